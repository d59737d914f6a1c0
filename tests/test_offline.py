"""Nothing leaves the machine: the commands do all their work where no connection can be made."""

import os
import shutil
import subprocess
import sys

import pytest

from salesinsight.sample import make_sample, write_sample

# every way to the network in Python ends in one of these
CUT = """
import socket, sys

def refuse(*given, **more):
    raise SystemExit("network: " + repr(given))

for name in ("connect", "connect_ex", "sendto", "bind"):
    setattr(socket.socket, name, refuse)
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
from salesinsight.cli import main
sys.argv[0] = "salesinsight"
main()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offline")
    write_sample(make_sample(n_deals=24, seed=5), folder / "export")
    return folder


def run(folder, *arguments, before=()):
    command = [*before, sys.executable, "-c", CUT, *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "HOME": str(folder)},
    )


STEPS = [
    ("check", "export"),
    ("import", "export", "--out", "tables", "--key", "owner.key"),
    ("report", "tables", "--out", "out", "--key", "owner.key"),
    ("forget", "tables", "--before", "2025-01-01"),
]


def test_the_cut_cuts(folder):
    """Without this, the next test could pass on a machine where nothing was cut."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            CUT.replace(
                "from salesinsight.cli import main",
                "import urllib.request as u; u.urlopen('http://127.0.0.1:9')",
            ),
        ],
        capture_output=True,
        text=True,
    )
    assert "network:" in done.stderr


def test_every_step_works_with_the_network_cut(folder):
    for step in STEPS:
        done = run(folder, *step)
        assert done.returncode == 0, (step, done.stderr)
    assert (folder / "out" / "report.html").is_file()


def test_a_report_asks_nothing_of_the_network(folder):
    if not (folder / "out" / "report.html").is_file():
        pytest.skip("made by the test above")
    page = (folder / "out" / "report.html").read_text("utf-8")
    assert "http" not in page.replace("http://www.w3.org/", "")
    assert "<script" not in page and "<link" not in page


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs Linux namespaces")
def test_a_step_works_on_a_machine_without_any_interface(folder):
    cut = ["unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*cut, "true"], capture_output=True).returncode:
        pytest.skip("namespaces are closed here")
    done = run(folder, "check", "export", before=cut)
    assert done.returncode == 0, done.stderr
