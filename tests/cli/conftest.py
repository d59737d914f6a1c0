"""A small invented export in a folder, and a way to run commands as a user does."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from salesinsight.cli import app
from salesinsight.sample import make_sample, write_sample


class Command:
    """Runs one command and keeps what it said."""

    def __init__(self, *arguments):
        self.result = CliRunner().invoke(app, [str(part) for part in arguments])
        self.exit_code = self.result.exit_code
        self.stdout, self.stderr = self.result.stdout, self.result.stderr
        assert "Traceback" not in self.result.output
        assert self.result.exception is None or isinstance(self.result.exception, SystemExit)

    @property
    def facts(self):
        return json.loads(self.stdout)

    @property
    def messages(self):
        """What stands on stderr besides the steps that were done."""
        return [line for line in self.stderr.splitlines() if line.strip() and "✓" not in line]


@pytest.fixture(scope="session")
def run():
    return Command


@pytest.fixture(scope="session")
def untouched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "small"
    write_sample(make_sample(n_deals=24, language="nl", seed=3), folder)
    return folder


@pytest.fixture
def export(untouched, tmp_path):
    return shutil.copytree(untouched, tmp_path / "export")
