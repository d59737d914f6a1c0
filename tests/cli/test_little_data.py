"""Little to learn from: a report that describes, an exit code that says so, no probabilities."""

import json

import pandas as pd

from salesinsight.sample import make_sample, write_sample


def test_three_deals_give_a_report_but_no_model(tmp_path, run):
    write_sample(make_sample(n_deals=3, language="nl", seed=1), tmp_path / "three")
    done = run("train", tmp_path / "three", "--models", tmp_path / "models", "--json")
    facts = done.facts
    assert (done.exit_code, facts["mode"], facts["refused"]["error"]) == (11, "beschrijvend", "TooFewDeals")
    assert facts["report"].endswith("report.html")
    status = json.loads((tmp_path / "models" / "status.json").read_text("utf-8"))
    assert (status["last_good_run"], status["exit_code"]) == (None, 11)
    assert "40" in status["refused"]["nl"]
    assert not (tmp_path / "models" / "current.json").exists()
    assert not (tmp_path / "models" / "ledger.csv").exists()


def test_report_and_demo_do_not_call_that_a_failure(untouched, tmp_path, run):
    done = run("report", untouched, "--models", tmp_path, "--out", tmp_path / "out" / "r")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].endswith("report.html")


def test_one_outcome_only_gives_no_model(untouched, tmp_path, run):
    folder = tmp_path / "won"
    write_sample(make_sample(n_deals=60, language="nl", seed=2), folder)
    path = folder / "events.csv"
    events = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    created = events.groupby("deal_id", as_index=False)["at"].min()
    first = pd.to_datetime(created["at"], utc=True) + pd.Timedelta(days=9)
    won = created.assign(kind="won", value="", person_id="")
    won["at"] = won["entered_at"] = first.dt.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    events = events[~events["kind"].isin(["won", "lost", "deleted", "reopened"])]
    pd.concat([events, won[events.columns]]).to_csv(path, sep=";", index=False, encoding="utf-8")
    done = run("train", folder, "--models", tmp_path / "models", "--json")
    assert done.exit_code == 11 and done.messages == []
    assert done.facts["refused"]["error"] == "TooFewDeals"
