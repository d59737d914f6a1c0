"""Set up and run salesinsight with nothing but Python: ``python3 tasks.py demo``.

    demo     the whole path on the shipped sample, up to the report
    test     the tests
    lint     ruff and mypy
    lab      JupyterLab on the notebooks
    docs     write data/README.md, docs/features.md and notebooks/README.md again, run the notebooks again
    sample   write data/sample/nl and data/sample/en again
    clean    remove the environment, caches, build leftovers and out/ (never data/ or models/)

The first task that needs a package makes ``.venv`` and installs into it; a stamp remembers for which
pyproject.toml that was done, so later runs start at once. Arguments after the task go to the program
behind it: ``python3 tasks.py test -k house``.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.json"
OLDEST = (3, 11)

NEEDS = {  # task -> (extras, dependency groups)
    "demo": ((), ()),
    "test": ((), ("test",)),
    "lint": ((), ("test", "lint")),
    "lab": (("notebooks",), ()),
    "docs": ((), ("test",)),
    "sample": ((), ()),
}

GENERATED = "<!-- Below this line the page is generated: python3 tasks.py docs -->"
PAGES = """
import sys
from pathlib import Path
from salesinsight.features import features_page
from salesinsight.schema import data_dictionary

intro, mark, _ = Path("data/README.md").read_text("utf-8").partition(sys.argv[1])
Path("data/README.md").write_text(f"{intro}{mark}\\n\\n{data_dictionary().strip()}\\n", "utf-8")
Path("docs/features.md").write_text(features_page().strip() + "\\n", "utf-8")
"""

NOTEBOOKS = """
import sys
import nbformat
from nbclient import NotebookClient

for path in sys.argv[1:]:
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": "notebooks"}}
    NotebookClient(notebook, kernel_name="python3", record_timing=False, resources=place).execute()
    nbformat.write(notebook, path)
"""


def say(text):
    """Tell the user, at once, what happens."""
    print(f"[tasks] {text}", flush=True)


def stop(text):
    """End with a message that says what to do."""
    sys.exit(f"[tasks] {text}")


def run(*command, what=None):
    """Run a program from the repository root; a failing one ends the task with its own exit code."""
    start = time.monotonic()
    if what:
        say(what + " ...")
    code = subprocess.call([str(part) for part in command], cwd=ROOT)
    if code:
        if what:
            say(f"{what}: failed with exit code {code}")
        sys.exit(code)
    if what:
        say(f"{what}: done in {time.monotonic() - start:.0f} s")


def make_venv():
    """Make .venv with a recent pip in it."""
    import venv

    say(f"making {VENV.name} with Python {sys.version.split()[0]}")
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        # Debian splits ensurepip off: a pip outside can still fill an environment that has none
        venv.create(VENV, with_pip=False, symlinks=os.name != "nt")
        outer = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip>=25.1"]
        if subprocess.call(outer, cwd=ROOT):
            shutil.rmtree(VENV)
            stop(
                "this Python can't make an environment with pip in it. On Debian or Ubuntu install it with\n"
                f"    sudo apt install python3-venv\nand run again: python3 tasks.py {sys.argv[1]}"
            )
        return
    venv.create(VENV, with_pip=True, symlinks=os.name != "nt")


def installed():
    """What .venv holds according to its stamp: extras and groups, or None when that is not known."""
    if not (PYTHON.exists() and STAMP.exists()):
        return None
    stamp = json.loads(STAMP.read_text("utf-8"))
    return stamp["parts"] if stamp["pyproject"] == fingerprint() else None


def fingerprint():
    """Hash of pyproject.toml: when it changes, the environment is brought up to date."""
    return hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()


def set_up(task):
    """Make sure that .venv holds what the task needs; does nothing when it already does."""
    extras, groups = NEEDS[task]
    wanted = {"core", *extras, *groups}
    present = installed()
    if present is not None and wanted <= set(present):
        return
    if not PYTHON.exists():
        make_venv()
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check"]
    run(*pip, "install", "--quiet", "--upgrade", "pip>=25.1", what="updating pip in .venv")
    target = "." + (f"[{','.join(extras)}]" if extras else "")
    options = [part for group in groups for part in ("--group", group)]
    what = "installing salesinsight" + "".join(f" + {part}" for part in (*extras, *groups))
    run(*pip, "install", "--quiet", "--editable", target, *options, what=what)
    parts = sorted(wanted | set(present or ()))
    STAMP.write_text(json.dumps({"pyproject": fingerprint(), "parts": parts}), "utf-8")


def notebooks_index(folder=ROOT / "notebooks"):
    """The notebooks as a page: number, title and first paragraph of each."""
    lines = ["# Notebooks", "", "Executed on the shipped sample, outputs kept. This index is generated:"]
    lines += ["`python3 tasks.py docs`. Open them with `python3 tasks.py lab`.", ""]
    lines += ["| notebook | what it shows |", "|---|---|"]
    for path in sorted(folder.glob("[0-9][0-9]-*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "markdown"))
        title, _, rest = text.partition("\n")
        first = rest.strip().partition("\n\n")[0].replace("\n", " ")
        lines.append(f"| [{title.lstrip('# ').strip()}]({path.name}) | {first} |")
    return "\n".join(lines) + "\n"


def docs():
    """Write the generated pages again, and run the notebooks again so that their outputs are true."""
    run(PYTHON, "-c", PAGES, GENERATED, what="writing data/README.md and docs/features.md")
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
    run(PYTHON, "-c", NOTEBOOKS, *notebooks, what=f"running {len(notebooks)} notebooks")
    (ROOT / "notebooks" / "README.md").write_text(notebooks_index(), "utf-8")
    say("wrote notebooks/README.md")


def test(arguments):
    """Run the tests on both cores; pytest's own closing line comes last."""
    workers = str(min(4, os.cpu_count() or 1))
    say(f"running the tests on {workers} cores")
    run(PYTHON, "-m", "pytest", "-n", workers, "--dist", "loadfile", *arguments)


def lint(arguments):
    """Run the style and the type checker."""
    run(PYTHON, "-m", "ruff", "check", *arguments, what="ruff check")
    run(PYTHON, "-m", "ruff", "format", "--check", what="ruff format --check")
    run(PYTHON, "-m", "mypy", what="mypy")


def clean():
    """Remove what the tasks made. Data and models are the user's and stay."""
    leftovers = [VENV, *(ROOT / name for name in ("build", "dist", "out"))]
    leftovers += ROOT.glob(".*_cache")
    leftovers += [path for path in ROOT.rglob("__pycache__") if VENV not in path.parents]
    for path in leftovers:
        if path.exists():
            shutil.rmtree(path)
            say(f"removed {path.relative_to(ROOT)}")


def main(arguments):
    """Run one task."""
    if sys.version_info < OLDEST:
        needed, found = ".".join(map(str, OLDEST)), sys.version.split()[0]
        stop(f"salesinsight needs Python {needed} or newer; this is {found}. Install one and try again.")
    task, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if task not in (*NEEDS, "clean"):
        stop(f"unknown task '{task}'.\n\n{__doc__}" if task else __doc__)
    if task == "clean":
        return clean()
    set_up(task)
    if task in ("demo", "lab"):
        run(PYTHON, "-m", "salesinsight", task, *rest)
    elif task == "sample":
        for language in ("nl", "en"):
            run(PYTHON, "-m", "salesinsight", "sample", f"data/sample/{language}", "--language", language)
    elif task == "docs":
        docs()
    else:
        {"test": test, "lint": lint}[task](rest)


if __name__ == "__main__":
    main(sys.argv[1:])
