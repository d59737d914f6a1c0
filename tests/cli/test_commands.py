"""The commands as a user and as a script meet them."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from salesinsight.cli import app, commands, sources
from salesinsight.retrain import path
from salesinsight.retrain.lock import one_at_a_time
from salesinsight.retrain.records import put_to_use
from salesinsight.sample import make_sample, write_sample

NAMES = [command.name or command.callback.__name__ for command in app.registered_commands]


@pytest.fixture(scope="module")
def trained(tmp_path_factory, run):
    folder = tmp_path_factory.mktemp("trained")
    write_sample(make_sample(n_deals=70, language="nl", seed=5), folder / "export")
    with pytest.MonkeyPatch.context() as judged:
        # how good a model of 70 invented deals is, is another matter
        judged.setattr(path, "refusal", lambda new, in_use, ready: None)
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
    with one_at_a_time(tmp_path):
        done = run("train", untouched, "--models", tmp_path)
    assert done.exit_code == 14
    assert len(done.messages) == 1 and f"proces {os.getpid()}" in done.messages[0]


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
    done = run("featurize", tmp_path / "turns.parquet", tmp_path / "out.parquet", "--json")
    n = turns["conversation_id"].nunique()
    assert (done.facts["turns"], done.facts["conversations"], done.facts["measured"]) == (len(turns), n, n)
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == n
    again = run("featurize", tmp_path / "turns.parquet", tmp_path / "out.parquet")
    assert "gemeten: 0." in again.stdout and str(tmp_path / "out.parquet") in again.stdout


def test_featurize_on_a_cluster_that_is_not_there_says_what_to_do(tmp_path, run, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = run("featurize", "s3://calls", tmp_path / "out", "--cluster", "tcp://nowhere:8786")
    assert done.exit_code == 2
    assert "salesinsight[cluster]" in done.messages[0]


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "x", "--nonsense"], ["nonsense"], ["check", "x", "--language", "fr"],
     ["check", "x", "--profile", "sampel"]],
)  # fmt: skip
def test_wrong_use_ends_with_2(run, arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    facts = run(*arguments, "--json").facts
    assert facts["exit_code"] == 2 and facts["message"]
    assert run("--nonsense", *arguments, "--json").facts["error"] == "NoSuchOption"


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

    monkeypatch.setattr(commands, "stream_features", fail)
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


def test_monitor_tells_what_moved_in_words_and_for_scripts(trained, tmp_path, run):
    folder, first = trained
    given = ["--models", folder / "models", "--out", tmp_path / "out"]
    calm = run("monitor", folder / "export", *given)
    assert calm.exit_code == 0
    assert "Geen alarm" in calm.stdout and calm.stdout.splitlines()[-1] == str(
        tmp_path / "out" / "monitor.html"
    )
    changed = shutil.copytree(folder / "export", tmp_path / "changed")
    turns = pd.read_csv(changed / "turns.csv", sep=";", dtype=str)
    turns.head(30).to_csv(changed / "turns.csv", sep=";", index=False)
    moved = run("monitor", changed, *given, "--json", "--language", "en")
    assert (moved.exit_code, moved.facts["model"]) == (12, first.facts["model"])
    assert ("rows", "turns") in {(row["check"], row["what"]) for row in moved.facts["alarms"]}
    assert len(moved.facts["checks"]) == len(pd.read_csv(tmp_path / "out" / "monitor.csv"))
    assert 'lang="en"' in (tmp_path / "out" / "monitor.html").read_text("utf-8")
    assert run("monitor", changed, "--models", tmp_path).exit_code == 3


def test_rollback_puts_the_model_before_back_to_use(trained, tmp_path, run):
    folder, first = trained
    models = tmp_path / "models"
    shutil.copytree(folder / "models" / first.facts["model"], models / "a")
    shutil.copytree(folder / "models" / first.facts["model"], models / "b")
    assert run("rollback", "--models", models).exit_code == 2
    for name in ("a", "b"):
        put_to_use(models, name)
    assert run("rollback", "--models", models, "--json").facts["model"] == "a"
    assert json.loads((models / "current.json").read_text("utf-8"))["run"] == "a"
    again = run("rollback", "--models", models)
    assert again.exit_code == 2 and len(again.messages) == 1


def test_a_model_in_use_that_was_altered_is_refused_in_one_sentence(trained, tmp_path, run):
    folder, first = trained
    models = shutil.copytree(folder / "models", tmp_path / "models")
    with (models / first.facts["model"] / "model.skops").open("ab") as file:
        file.write(b" ")
    for command in ("score", "monitor"):
        done = run(command, folder / "export", "--models", models, "--out", tmp_path / "out")
        assert done.exit_code == 3
        assert len(done.messages) == 1 and "na de training veranderd" in done.messages[0]
    (models / "current.json").write_text('{"run": "../elsewhere"}', encoding="utf-8")
    done = run("score", folder / "export", "--models", models, "--out", tmp_path / "out", "--language", "en")
    assert done.exit_code == 3 and "does not name a run" in done.messages[0]
