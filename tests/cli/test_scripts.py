"""What scripts rely on: the page about them, the exit codes, and the container."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from salesinsight import errors
from salesinsight.errors import SalesInsightError
from salesinsight.retrain.monitor import Monitored

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scripts.md").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def lines_of(name):
    """Instructions of the last stage, continued lines joined."""
    last = DOCKERFILE.replace("\\\n", " ").rpartition("\nFROM ")[2]
    return [line.split(None, 1)[1] for line in last.splitlines() if line.startswith(f"{name} ")]


def test_the_page_explains_every_exit_code_that_there_is():
    explained = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    raised = {kind.exit_code for kind in kinds if issubclass(kind, SalesInsightError)}
    alarm = Monitored.exit_code.fget(type("Moved", (), {"alarms": [1]})())
    assert explained == raised | {0, 1, alarm}


@pytest.mark.skipif(shutil.which("sh") is None, reason="no shell here")
def test_the_script_on_the_page_is_one():
    script = PAGE.partition("```sh\n")[2].partition("```")[0]
    assert script.startswith("#!/bin/sh")
    assert subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0


def test_the_container_runs_as_nobody_special_and_needs_no_network():
    [user] = lines_of("USER")
    assert user.split(":")[0].isdigit() and int(user.split(":")[0]) > 0
    assert lines_of("ENTRYPOINT") == ['["salesinsight"]']
    # what needs a network is done in the first stage
    assert lines_of("RUN") == [] and lines_of("ADD") == [] and lines_of("EXPOSE") == []
    assert all("--from=build" in line for line in lines_of("COPY"))
    assert not re.search(r"pip|apt|curl|wget", DOCKERFILE.rpartition("\nFROM ")[2])
    assert "--network none" in PAGE and "--network none" in DOCKERFILE


def test_the_image_is_built_from_the_package_only():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert sorted(f"!{name}" for name in names) == sorted(rule for rule in rules if rule.startswith("!"))
    assert all((ROOT / name).exists() for name in names)
