"""What the system refuses (no room, no such path) is told in one sentence, with a refusal's exit code."""

import errno

import pandas as pd
import pytest

from salesinsight.cli import sources
from salesinsight.privacy import new_key
from salesinsight.retrain.lock import one_at_a_time
from salesinsight.sample import make_sample, write_sample


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    write_sample(make_sample(n_deals=6, language="nl", seed=5), folder)
    return folder


@pytest.fixture(scope="module")
def tables(export, tmp_path_factory, run):
    place = tmp_path_factory.mktemp("tables")
    assert run("import", export, "--out", place / "t", "--key", place / "k" / "owner.key").exit_code == 0
    return place / "t"


def test_paths_that_cannot_be_are_refused_by_name(run, export, tables, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for given, code, named in [
        (("check", export, "--links", tmp_path), 3, str(tmp_path)),
        (("import", export, "--out", tmp_path / "file" / "t", "--key", tmp_path / "k"), 3, "file"),
        (("sample", tmp_path / "file" / "t", "--deals", 3), 3, "file"),
        (("featurize", tmp_path / "nope.parquet", tmp_path / "x.parquet"), 3, "nope.parquet"),
        (("forget", tables, "--before", "gisteren"), 2, "gisteren"),
        (("forget", tables, "--before", "2025-01-01", "--runs", tmp_path / "typo"), 2, "typo"),
        (("forget", tables), 2, "--deal"),
        (("forget", export, "--deal", "x"), 2, "import"),
        (("import", tables, "--key", tmp_path / "k"), 2, "import"),
    ]:
        done = run(*given)
        assert done.exit_code == code, given
        assert named in done.stderr and "niet mogen gebeuren" not in done.stderr, given
    assert not list(tmp_path.glob("*.part"))


def test_a_full_disk_is_told_as_such(run, export, tmp_path, monkeypatch):
    def full(*given, **more):
        raise OSError(errno.ENOSPC, "No space left on device", "deals.parquet")

    monkeypatch.setattr(sources, "import_path", full)
    done = run("import", export, "--out", tmp_path / "t", "--key", tmp_path / "k")
    assert done.exit_code == 3
    assert "schijf is vol" in done.stderr and "deals.parquet" in done.stderr


def test_a_key_that_could_not_be_written_leaves_no_file(tmp_path, monkeypatch):
    def full(*given, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("salesinsight.privacy.keys.base64.urlsafe_b64encode", lambda key: b"")
    monkeypatch.setattr("salesinsight.privacy.keys.os.fdopen", full)
    with pytest.raises(OSError, match="No space"):
        new_key(tmp_path / "owner.key")
    assert not list(tmp_path.iterdir())


def test_forget_tells_which_folders_it_did_not_find(run, export, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("import", export, "--out", "t", "--key", "owner.key").exit_code == 0
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "ledger.csv").write_text("deal,x\n1,2\n", encoding="utf-8")
    deal = pd.read_parquet("t/deals.parquet")["deal_id"].iloc[0]
    done = run("forget", "t", "--deal", deal)
    assert done.exit_code == 0
    assert "niet opgeschoond: out." in done.stdout
    assert "kijk zelf of de deal erin staat: models" in done.stdout
    facts = run("forget", "t", "--deal", deal, "--json").facts
    assert facts["cleaned"] == ["models"] and facts["rows"]["deals"] == 0
    with one_at_a_time(tmp_path / "models"):
        assert run("forget", "t", "--deal", deal).exit_code == 14


@pytest.mark.parametrize(("language", "said"), [("nl", "De meeste beurten"), ("en", "Most turns")])
def test_a_warning_is_told_in_the_language_of_the_user(run, tmp_path, language, said):
    turns = pd.DataFrame({"conversation_id": "c1", "turn": range(4), "text": "Dag.", "language": "nl"})
    turns["language"] = "en" if language == "nl" else "nl"
    turns.to_parquet(tmp_path / "turns.parquet")
    done = run("featurize", tmp_path / "turns.parquet", tmp_path / "out.parquet", "--language", language)
    assert done.exit_code == 0
    assert said in done.stderr and "LanguageMismatch" not in done.stderr
