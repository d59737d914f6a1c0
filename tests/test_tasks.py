"""tasks.py: what it says when something is lacking, and what it remembers."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def tasks():
    spec = importlib.util.spec_from_file_location("tasks", ROOT / "tasks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_a_task_it_explains_itself():
    done = subprocess.run([sys.executable, "tasks.py"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "demo" in done.stderr and "Traceback" not in done.stderr


def test_an_unknown_task_is_named(tasks):
    with pytest.raises(SystemExit, match="unknown task 'deom'"):
        tasks.main(["deom"])


def test_an_old_python_is_told_which_one_is_needed(tasks, monkeypatch):
    monkeypatch.setattr(tasks, "OLDEST", (99, 0))
    with pytest.raises(SystemExit, match=r"needs Python 99\.0 or newer; this is 3\."):
        tasks.main(["demo"])


def test_nothing_is_installed_twice(tasks, monkeypatch, tmp_path):
    python = tmp_path / "python"
    python.touch()
    monkeypatch.setattr(tasks, "PYTHON", python)
    monkeypatch.setattr(tasks, "STAMP", tmp_path / "installed.json")
    calls = []
    monkeypatch.setattr(tasks, "run", lambda *command, what=None: calls.append(command))
    tasks.set_up("test")
    first = len(calls)
    assert first and any("--group" in command for command in calls)
    tasks.set_up("test")
    tasks.set_up("demo")
    assert len(calls) == first


def test_a_changed_pyproject_installs_again(tasks, monkeypatch, tmp_path):
    python = tmp_path / "python"
    python.touch()
    monkeypatch.setattr(tasks, "PYTHON", python)
    monkeypatch.setattr(tasks, "STAMP", tmp_path / "installed.json")
    tasks.STAMP.write_text(json.dumps({"pyproject": "another", "parts": ["core", "test"]}))
    assert tasks.installed() is None


def test_make_only_calls_tasks():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.M).group(1).split()
    recipes = re.findall(r"^\t(.*)$", makefile, flags=re.M)
    assert {"demo", "test", "lab", "lint", "docs", "clean"} <= set(targets)
    assert recipes == ["@$(PYTHON) tasks.py $@"]
