"""The commands as a user and as a script meet them."""

import importlib.util
import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from salesinsight.cli import app, commands, sources
from salesinsight.sample import make_sample, write_sample

NAMES = [command.name or command.callback.__name__ for command in app.registered_commands]


@pytest.fixture(scope="module")
def trained(tmp_path_factory, run):
    folder = tmp_path_factory.mktemp("trained")
    write_sample(make_sample(n_deals=70, language="nl", seed=5), folder / "export")
    return folder, run("train", folder / "export", "--models", folder / "models", "--json")


@pytest.mark.parametrize("name", NAMES)
def test_each_explains_itself(run, name):
    done = run(name, "--help")
    assert done.exit_code == 0
    assert "--language" in done.stdout
    assert ("--json" in done.stdout) == (name != "lab")


def test_train_puts_the_first_model_to_use(trained):
    folder, done = trained
    assert (done.exit_code, done.facts["mode"], done.facts["refused"]) == (0, "voorlopig", None)
    run_folder = folder / "models" / done.facts["model"]
    assert {"model.skops", "card.json", "card.md", "report.html"} <= {p.name for p in run_folder.iterdir()}
    current = json.loads((folder / "models" / "current.json").read_text("utf-8"))
    status = json.loads((folder / "models" / "status.json").read_text("utf-8"))
    assert current["run"] == status["last_good_run"] == done.facts["model"]
    assert len(pd.read_csv(folder / "models" / "ledger.csv")) == done.facts["open"]


def test_score_uses_it_and_adds_to_the_ledger(trained, tmp_path, run):
    folder, first = trained
    before = (folder / "models" / "ledger.csv").read_text("utf-8")
    done = run(
        "score", folder / "export", "--models", folder / "models", "--out", tmp_path, "-k", 4, "--json"
    )
    assert done.exit_code == 0
    assert done.facts["model"] == first.facts["model"]
    assert len(done.facts["worklist"]) == 4
    shares = [
        sum(row[f"p_{name}"] for name in ("won", "lost", "progress", "stalled"))
        for row in done.facts["worklist"]
    ]
    assert shares == pytest.approx([1] * 4)
    assert (folder / "models" / "ledger.csv").read_text("utf-8").startswith(before)
    assert (tmp_path / "report.html").exists()


@pytest.mark.parametrize(("command", "language"), [("score", "nl"), ("report", "en")])
def test_the_path_of_the_report_comes_last_in_the_language_asked_for(
    trained, tmp_path, run, command, language
):
    folder, _ = trained
    place = ["--models", folder / "models", "--out", tmp_path]
    done = run(command, folder / "export", *place, "--language", language)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == str(tmp_path / "report.html")
    assert {"nl": "rapport schrijven", "en": "writing the report"}[language] in done.stderr
    assert ("Werklijst" in done.stdout) == (command == "score")
    assert f'lang="{language}"' in (tmp_path / "report.html").read_text("utf-8")


def test_score_without_a_model_says_how_to_make_one(untouched, tmp_path, run):
    done = run("score", untouched, "--models", tmp_path)
    assert done.exit_code == 3
    assert len(done.messages) == 1 and "salesinsight train" in done.messages[0]


def test_another_run_holds_the_lock(untouched, tmp_path, run):
    (tmp_path / ".lock").write_text("2026-03-02 07:00:00 UTC")
    done = run("train", untouched, "--models", tmp_path)
    assert done.exit_code == 14
    assert "2026-03-02" in done.messages[0]
    assert (tmp_path / ".lock").exists()


def test_an_export_with_other_stages_is_refused(trained, tmp_path, run):
    folder, _ = trained
    write_sample(make_sample(n_deals=12, language="en", seed=6), tmp_path / "other")
    done = run("score", tmp_path / "other", "--models", folder / "models", "--out", tmp_path)
    assert done.exit_code == 13
    assert len(done.messages) == 1


def test_check_tells_what_missing_speakers_cost(export, run):
    for name in ("people", "attendance"):
        (export / f"{name}.csv").unlink()
    turns = pd.read_csv(export / "turns.csv", sep=";", dtype=str)
    turns.drop(columns=["role", "speaker_id"]).to_csv(export / "turns.csv", sep=";", index=False)
    done = run("check", export)
    cost = {row["need"]: row for row in run("check", export, "--json").facts["cost"]}
    assert done.exit_code == 0
    assert cost["roles"]["features"] > 20 and cost["roles"]["of"] > cost["roles"]["features"]
    said = f"{cost['roles']['features']} van de {cost['roles']['of']} kenmerken hebben sprekers nodig"
    assert said in done.stdout
    assert "text" not in cost


def test_check_of_a_whole_export_lacks_nothing(untouched, run):
    done = run("check", untouched, "--language", "en")
    assert "features can be computed" in done.stdout
    assert "This export can be worked with." in done.stdout.splitlines()[-1]


def test_sample_then_featurize(tmp_path, run):
    assert run("sample", tmp_path / "s", "--deals", 8, "--language", "en").exit_code == 0
    done = run("featurize", tmp_path / "s", tmp_path / "f" / "out.parquet", "--profile", "sample", "--json")
    assert done.facts["path"] == str(tmp_path / "f" / "out.parquet")
    features = pd.read_parquet(tmp_path / "f" / "out.parquet")
    assert features.index.name == "conversation_id" and "talk_share" in features


def test_featurize_streams_parquet(untouched, tmp_path, run):
    turns = pd.read_csv(untouched / "turns.csv", sep=";", decimal=",")
    turns.to_parquet(tmp_path / "turns.parquet")
    assert run("featurize", tmp_path / "turns.parquet", tmp_path / "out.parquet").exit_code == 0
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == turns["conversation_id"].nunique()


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "x", "--nonsense"], ["nonsense"], ["check", "x", "--language", "fr"],
     ["check", "x", "--profile", "sampel"]],
)  # fmt: skip
def test_wrong_use_ends_with_2(run, arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""


def test_a_folder_that_is_not_there_is_refused(run, tmp_path):
    done = run("check", tmp_path / "nowhere")
    assert done.exit_code == 3
    assert "nowhere" in done.messages[0]


def test_the_unexpected_is_short_unless_asked(monkeypatch, run):
    def fail(*arguments, **options):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(sources, "check_export", fail)
    done = run("check", "x")
    assert done.exit_code == 1
    assert "planted" in done.stderr and "--debug" in done.stderr
    with pytest.raises(AssertionError):
        run("check", "x", "--debug")


def test_a_file_open_in_excel_gets_a_clear_message(monkeypatch, run):
    def fail(*arguments, **options):
        raise PermissionError(13, "Permission denied", "out.parquet")

    monkeypatch.setattr(commands, "featurize", fail)
    done = run("featurize", "turns.parquet", "out.parquet")
    assert done.exit_code == 3
    assert "out.parquet" in done.messages[0] and "Excel" in done.messages[0]


def test_lab_without_jupyterlab_says_what_to_install(monkeypatch, run):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = run("lab")
    assert done.exit_code == 2
    assert "salesinsight[notebooks]" in done.messages[0]


def test_demo_ends_with_the_path_of_the_report(monkeypatch, tmp_path, run):
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setattr(commands, "make_sample", lambda language: make_sample(n_deals=20, language=language))
    done = run("demo", "--out", tmp_path / "out", "--language", "en")
    assert done.exit_code == 0
    last = done.stdout.splitlines()[-1]
    assert last == str(tmp_path / "out" / "demo-en" / "report.html")
    assert os.path.exists(last)


def test_as_a_program(untouched, tmp_path):
    command = [sys.executable, "-m", "salesinsight", "check", str(untouched), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["usable"]


def test_import_forget_and_report_with_and_without_the_key(export, run, tmp_path):
    key, tables = tmp_path / "owner.key", tmp_path / "tables"
    done = run("import", export, "--out", tables, "--key", key)
    assert done.exit_code == 0
    assert str(key) in done.stdout and "Nieuwe sleutel" in done.stdout
    again = run("import", export, "--out", tables, "--key", key, "--json").facts
    assert again["made_key"] is False and sum(again["names"].values()) > 0
    assert run("report", tables, "--out", tmp_path / "out", "--key", key).exit_code == 0
    deal = pd.read_parquet(tables / "deals.parquet")["deal_id"].iloc[0]
    gone = run("forget", tables, "--deal", deal, "--runs", tmp_path / "out", "--json").facts
    assert gone["rows"]["deals"] == 1
    assert run("forget", tables, "--person", "Niemand").exit_code == 2
    assert run("forget", tables, "--deal", "nooit").exit_code == 3
    assert run("forget", export, "--deal", deal).exit_code == 2
    assert run("report", export, "--key", key, "--out", tmp_path / "out").exit_code == 2


def test_check_writes_the_links_to_correct(export, run, tmp_path):
    done = run("check", export, "--links", tmp_path / "links.csv")
    assert done.exit_code == 0
    assert (tmp_path / "links.csv").read_text("utf-8-sig").startswith("kind;file;")
