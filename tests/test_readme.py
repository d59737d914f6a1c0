"""What the pages promise is true: the README's code runs, and generated pages are up to date."""

import contextlib
import importlib.util
import io
import re
import shutil
from pathlib import Path

import pytest

from salesinsight.cli import app
from salesinsight.features import features_page
from salesinsight.schema import data_dictionary

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def tasks():
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_is_short():
    assert len(README.splitlines()) <= 150


def test_ten_lines_of_python_run_as_printed(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    shutil.copytree(ROOT / "data" / "sample" / "nl", tmp_path / "data" / "sample" / "nl")
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec(compile(code, "README.md", "exec"), {})
    assert "deal_id" in shown.getvalue()
    assert len(shown.getvalue().splitlines()) > 5


def test_files_and_pictures_it_names_exist():
    named = [name for name in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in name]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_names_every_command_and_no_other():
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert set(re.findall(r"^\| `(\w+)", README, flags=re.M)) == commands


def test_map_names_every_room():
    rooms = {path.name for path in (ROOT / "salesinsight").iterdir() if (path / "__init__.py").exists()}
    assert [room for room in sorted(rooms) if f"  {room}/" not in README] == []


def test_data_dictionary_is_up_to_date(tasks):
    page = (ROOT / "data" / "README.md").read_text("utf-8")
    assert page.partition(tasks.GENERATED)[2].strip() == data_dictionary().strip()


def test_feature_page_is_up_to_date():
    assert (ROOT / "docs" / "features.md").read_text("utf-8").strip() == features_page().strip()


def test_notebook_index_is_up_to_date(tasks):
    assert (ROOT / "notebooks" / "README.md").read_text("utf-8") == tasks.notebooks_index()
