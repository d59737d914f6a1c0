"""`salesinsight profile` as a user and as a script meet it."""

import pytest

from salesinsight.exports import load_profile

LIST = """Klant;Kans;Fase;Bedrag;Laatste contact
Proef BV;Dak;Intake;1.000;12-01-2026
Test NV;Gevel;Bod;2.000;13-01-2026
Zee VOF;Goot;Intake;800;14-01-2026
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "map"
    folder.mkdir()
    (folder / "kansen.csv").write_text(LIST, encoding="utf-8")
    return folder


def test_it_shows_every_column_and_asks(run, folder):
    done = run("profile", folder)
    assert done.exit_code == 0
    for header in LIST.splitlines()[0].split(";"):
        assert header in done.stdout
    assert "zeker" in done.stdout and "Vragen" in done.stdout
    assert done.messages == []


def test_the_proposal_is_written_and_can_be_checked(run, folder, tmp_path):
    out = tmp_path / "mijn.toml"
    assert run("profile", folder, "--out", out).exit_code == 0
    assert load_profile(out).sources
    assert run("check", folder, "--profile", out).exit_code == 0


def test_a_file_that_is_there_stays_unless_asked(run, folder, tmp_path):
    out = tmp_path / "mijn.toml"
    out.write_text("# van mij", encoding="utf-8")
    refused = run("profile", folder, "--out", out)
    assert refused.exit_code == 2
    assert "--overwrite" in refused.stderr
    assert out.read_text(encoding="utf-8") == "# van mij"
    assert run("profile", folder, "--out", out, "--overwrite").exit_code == 0
    assert "Kans" in out.read_text(encoding="utf-8")


def test_a_script_gets_one_object(run, folder):
    facts = run("profile", folder, "--json").facts
    assert (facts["command"], facts["exit_code"], facts["base"]) == ("profile", 0, "")
    assert facts["files"][0]["columns"][0] == {
        "name": "Klant", "meaning": "account", "sureness": "sure", "why": facts["files"][0]["columns"][0]["why"]
    }  # fmt: skip
    assert facts["used"]["deals"] == 3


def test_english_is_english(run, folder):
    done = run("profile", folder, "--language", "en")
    assert "Questions" in done.stdout and "Vragen" not in done.stdout


def test_what_can_not_be_is_told(run, folder, tmp_path):
    assert run("profile", tmp_path / "nergens").exit_code == 3
    assert run("profile", folder, "--base", "hubspt").exit_code == 2
    (tmp_path / "leeg").mkdir()
    empty = run("profile", tmp_path / "leeg")
    assert empty.exit_code == 3
    assert "nog niets gelezen" in empty.stdout
