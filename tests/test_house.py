"""The laws of the house, held by one walk over the source."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "salesinsight"
LONGEST_MODULE, LONGEST_FUNCTION = 300, 60

# left never imports right; rooms of one line don't import each other
ORDER = [
    {"errors"},
    {"writing"},
    {"schema"},
    {"language"},
    {"privacy"},
    {"exports", "speech", "sample"},
    {"features"},
    {"deals"},
    {"modeling"},
    {"charts"},
    {"report"},
    {"retrain", "scale"},
    {"cli"},
    {"__init__", "__main__"},
]
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
MAY_READ_THE_CLOCK = {"retrain", "cli"}
CLOCKS = {"now", "today", "utcnow"}

MODULES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "environment.yml", "tasks.py", "Makefile")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "data").glob("*.md")),
    *sorted((ROOT / "models").glob("*.md")),
    *sorted((ROOT / "notebooks").glob("*.*")),
    *MODULES,
]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "write the whole name of the module"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        parts = [name.split(".") for name in names if name.split(".")[0] == "salesinsight"]
        found |= {part[1] if len(part) > 1 and part[1] in RANK else "__init__" for part in parts}
    return found


@pytest.fixture(params=list(MODULES), ids=name_of)
def module(request):
    return request.param, MODULES[request.param]


def test_every_file_is_in_a_room_of_the_house(module):
    assert room_of(module[0]) in RANK


def test_imports_go_one_way(module):
    path, tree = module
    room = room_of(path)
    wrong = {other for other in rooms_imported(tree) - {room} if RANK[other] >= RANK[room]}
    assert not wrong, f"{room} imports {wrong}"


def test_modules_and_functions_stay_small(module):
    path, tree = module
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {n.name: n.end_lineno - n.lineno + 1 for n in functions}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


def test_nothing_prints_catches_everything_or_imports_stars(module):
    for node in ast.walk(module[1]):
        assert not (isinstance(node, ast.Name) and node.id == "print"), node.lineno
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None), node.lineno
        assert not (isinstance(node, ast.ImportFrom) and node.names[0].name == "*"), node.lineno


def test_no_step_reads_a_clock(module):
    path, tree = module
    if room_of(path) in MAY_READ_THE_CLOCK:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            source = [getattr(node, "module", None), *(alias.name for alias in node.names)]
            assert "time" not in source, f"line {node.lineno} imports time"
        if isinstance(node, ast.Call):
            said = [part.value for part in node.args[:1] if isinstance(part, ast.Constant)]
            called = getattr(node.func, "attr", None)
            assert called not in CLOCKS and not {"now", "today"} & set(map(str, said)), node.lineno


def test_no_drawer_for_odds_and_ends():
    assert [name_of(p) for p in MODULES if p.stem in ("utils", "util", "helpers", "misc")] == []


def test_public_names_exist_and_teach_by_example():
    si = importlib.import_module("salesinsight")
    assert len(si.__all__) == len(set(si.__all__))
    assert [name for name in si.__all__ if not hasattr(si, name)] == []
    functions = [name for name in si.__all__ if inspect.isfunction(getattr(si, name))]
    assert functions
    assert [name for name in functions if ">>>" not in (getattr(si, name).__doc__ or "")] == []


def test_every_room_says_what_it_exports_and_has_it():
    for path in MODULES:
        if path.name == "__init__.py" and path.parent != PACKAGE:
            room = importlib.import_module(".".join(path.parent.relative_to(ROOT).parts))
            assert room.__doc__, name_of(path)
            assert [name for name in getattr(room, "__all__", []) if not hasattr(room, name)] == []


def test_the_package_docstring_is_a_map():
    text = ast.get_docstring(MODULES[PACKAGE / "__init__.py"])
    rooms = {room for rank in ORDER for room in rank if not room.startswith("__")}
    assert [room for room in sorted(rooms) if room not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_pages_name_no_machine(path):
    text = path.read_text("utf-8")
    found = re.findall(r"(?<![\w.])/(?:work|home|root|tmp|Users)/[\w.-]+|[A-Z]:\\\\Users", text)
    assert found == []
