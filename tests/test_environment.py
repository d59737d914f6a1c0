"""environment.yml says the same as pyproject.toml, and why each package is there."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "environment.yml"
CONDA_NAME = {"pandera": "pandera-pandas"}  # conda-forge has a package per extra of pandera
ONLY_CONDA = {"python", "pip"}


@pytest.fixture(scope="module")
def wanted():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lines = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["notebooks"],
        *project["dependency-groups"]["test"],
    ]
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(CONDA_NAME.get(item.name, item.name)): item.specifier for item in found}


@pytest.fixture(scope="module")
def present():
    entries = yaml.safe_load(ENVIRONMENT.read_text("utf-8"))["dependencies"]
    by_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    lines = [entry for entry in entries if isinstance(entry, str)]
    lines += [line for line in by_pip if not line.startswith("--editable")]
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(item.name): item.specifier for item in found}


def test_has_every_package_of_pyproject_and_no_other(wanted, present):
    assert set(present) - ONLY_CONDA == set(wanted)


def test_has_the_same_bounds(wanted, present):
    assert {name: present[name] for name in wanted} == wanted


def test_python_is_the_one_of_pyproject(present):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert str(present["python"]) == project["requires-python"]


def test_every_line_says_why():
    lines = ENVIRONMENT.read_text("utf-8").splitlines()
    packages = [line for line in lines if re.match(r"\s+- (?!conda-forge$|pip:$)", line)]
    assert len(packages) > 20
    assert [line for line in packages if not re.search(r"\s# \S.{5,}", line)] == []


def test_installs_the_project_itself_last():
    entries = yaml.safe_load(ENVIRONMENT.read_text("utf-8"))["dependencies"]
    assert entries[-1]["pip"][-1] == "--editable ."
