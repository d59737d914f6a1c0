"""When a new model is put to use, and when it is not."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import salesinsight.exports
from salesinsight.errors import (
    CurrentDamaged,
    ForStudy,
    LeakyTest,
    MissingColumns,
    ModelSuspect,
    NotBetter,
    NotComparable,
    RunTakenOver,
    SchemaChanged,
    StagesUnknown,
    Worse,
)
from salesinsight.retrain import path, promotion, run_path, score_path, try_path
from salesinsight.retrain.prepare import prepare, quiet
from salesinsight.sample import make_sample, write_sample


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    write_sample(make_sample(n_deals=24, language="nl", seed=4), folder)
    return folder


@pytest.fixture(scope="module")
def ready(export):
    return prepare(export)


class Judged:
    """Stands in for a run of which only the judgement matters."""

    def __init__(
        self, folder, skill, suspects=(), horizon=60, stages=None, watermark="voorbeelddata", permuted=True
    ):
        self.folder, self.skill = folder, skill
        self.model, self.mode = object(), "voorlopig"
        self.settings = {"landmarks": "weekly", "horizon_days": horizon}
        stages = (
            ["contact", "behoefte", "oplossing", "offerte", "onderhandeling"] if stages is None else stages
        )
        self.card = {
            "suspects": [{"column": name} for name in suspects],
            "checks": [
                {"check": "random", "auc": 0.7, "passed": None},
                {"check": "permuted", "auc": 0.5 if permuted else 0.81, "passed": permuted},
            ],
            "watermark": watermark,
            "stages": stages,
        }
        self.suspect = bool(suspects)

    def value(self, metric, what="value"):
        assert metric == "brier_skill_b2"
        return {"value": self.skill, "low": self.skill - 0.1, "high": self.skill + 0.1}[what]

    def refuse(self, open_):
        pass

    def score(self, open_, evidence, language, **tables):
        known = ["deal_id", "amount", "currency", "days_since_customer_step"]
        frame = open_.info.reset_index()[known]
        return frame.assign(
            p_won=0.1, p_lost=0.2, p_progress=0.3, p_stalled=0.4, low=0.3, high=0.5, band="midden"
        )


def told_of(deals, new, used):
    """Predictions of two models of the same rows, two rows a deal; every other deal stalled."""
    y = np.repeat(np.arange(deals) % 2, 2).astype(float)
    deal = np.repeat(np.arange(deals), 2).astype(str)
    rows = pd.DataFrame({"deal_id": deal, "group": deal, "y": y})
    return rows.assign(new=np.where(y, new, 1 - new), used=np.where(y, used, 1 - used))


@pytest.fixture
def walk(export, ready, tmp_path, monkeypatch):
    """Walk the path with a new model and a model in use that are judged as given."""

    def prepared(folder, *given, progress=quiet, **rest):
        if folder != export:
            return prepare(folder, *given, progress=progress, **rest)
        for step in ("read", "tag", "featurize", "dataset"):
            progress(step)
        return ready

    def run(new, in_use=None, rows=None, **options):
        out = tmp_path / "models"
        current = None if in_use is None else Judged(out / "old", **in_use)
        monkeypatch.setattr(path, "prepare", prepared)
        monkeypatch.setattr(path, "train", lambda data, folder, **rest: Judged(folder, **new))
        monkeypatch.setattr(path, "write_reference", lambda run, ready: None)
        monkeypatch.setattr(path, "model_in_use", lambda out: current)
        monkeypatch.setattr(
            promotion, "paired", lambda *given: told_of(30, 0.6, 0.6) if rows is None else rows
        )
        monkeypatch.setattr(path, "write_report", lambda folder, **tables: folder / "report.html")
        monkeypatch.setattr(path, "put_to_use", lambda out, run: (out / "current.json").write_text(run))
        outcome = run_path(export, out=out, **options)
        return outcome, SimpleNamespace(
            status=json.loads((out / "status.json").read_text("utf-8")),
            promoted=(out / "current.json").exists(),
            ledger=(out / "ledger.csv").read_text("utf-8") if (out / "ledger.csv").exists() else "",
        )

    return run


GOOD, POOR = {"skill": 0.3}, {"skill": 0.0}


def test_the_first_model_is_promoted_when_it_beats_what_is_known_without_it(walk):
    outcome, kept = walk(new=GOOD)
    assert (outcome.exit_code, outcome.refused, kept.promoted) == (0, None, True)
    assert kept.status["last_good_run"] == outcome.folder.name == kept.status["scored_with"]


def test_deals_held_back_by_lot_are_scored_and_not_listed(walk):
    outcome, kept = walk(new=GOOD, reserve=0.5)
    rows = [line.split(",") for line in kept.ledger.splitlines()]
    listed, reserved = rows[0].index("listed"), rows[0].index("reserved")
    held = [row for row in rows[1:] if row[reserved] == "True"]
    assert 0 < len(held) < len(rows) - 1 == len(outcome.scores)
    assert {row[listed] for row in held} == {"False"}


@pytest.mark.parametrize("skill", [0.0, -0.1, float("nan")])
def test_a_first_model_no_better_than_the_stage_is_not_promoted(walk, skill):
    outcome, kept = walk(new={"skill": skill})
    assert type(outcome.refused) is NotBetter
    assert (outcome.exit_code, kept.promoted, kept.ledger) == (10, False, "")
    assert kept.status["refused"]["error"] == "NotBetter" and kept.status["last_good_run"] is None
    assert outcome.report.name == "report.html"


@pytest.mark.parametrize("rows", [told_of(30, 0.6, 0.6), told_of(30, 0.8, 0.6), told_of(40, 0.6, 0.6)])
def test_a_model_that_may_well_be_as_good_is_promoted(walk, rows):
    outcome, kept = walk(new=GOOD, in_use=GOOD, rows=rows)
    assert (outcome.exit_code, kept.promoted) == (0, True)


@pytest.mark.parametrize(
    ("new", "in_use", "rows", "error"),
    [
        (GOOD, GOOD, told_of(30, 0.6, 0.7), Worse),
        (GOOD, GOOD, told_of(5, 0.6, 0.6), NotComparable),
        (GOOD | {"horizon": 30}, GOOD, None, NotComparable),
        (POOR, GOOD, None, NotBetter),
        (GOOD | {"suspects": ["crm_closed_at"]}, POOR, None, ModelSuspect),
        (GOOD | {"permuted": False}, POOR, None, LeakyTest),
    ],
)
def test_a_model_that_may_not_be_used_leaves_the_one_in_use(walk, new, in_use, rows, error):
    outcome, kept = walk(new=new, in_use=in_use, rows=rows)
    assert type(outcome.refused) is error
    assert (outcome.exit_code, kept.promoted) == (10, False)
    assert outcome.model.folder.name == "old"
    assert (kept.status["last_good_run"], kept.status["exit_code"]) == (None, 10)
    assert (kept.status["refused"]["error"], kept.status["scored_with"]) == (error.__name__, "old")
    assert kept.status["refused"]["nl"] != kept.status["refused"]["en"]
    assert "\nold," in kept.ledger


def test_a_worse_average_within_chance_is_no_reason_to_refuse(walk):
    rows = told_of(30, 0.7, 0.7)
    rows.loc[rows["deal_id"] == "0", "new"] = 0.0 + (rows["y"] == 0)
    assert ((rows["new"] - rows["y"]) ** 2).mean() > ((rows["used"] - rows["y"]) ** 2).mean()
    assert walk(new=GOOD, in_use=GOOD, rows=rows)[0].refused is None


def test_a_suspect_column_is_named_in_both_languages(walk):
    outcome, _ = walk(new=GOOD | {"suspects": ["crm_closed_at"]})
    assert all("crm_closed_at" in outcome.refused.text(language) for language in ("nl", "en"))


def test_what_the_test_found_in_drawn_labels_is_said_in_both_languages(walk):
    outcome, kept = walk(new=GOOD | {"permuted": False})
    assert (outcome.exit_code, kept.promoted) == (10, False)
    assert "0,810" in outcome.refused.text("nl") and "0.810" in outcome.refused.text("en")
    # nothing could be tried: no reason to refuse
    assert walk(new=GOOD | {"permuted": None})[0].refused is None


def test_a_model_for_study_is_not_put_to_use(walk, tmp_path):
    new = Judged(tmp_path / "new", 0.3)
    new.settings["landmarks"] = "conversation"
    assert type(promotion.refusal(new, None, None)) is ForStudy


def test_a_model_of_invented_deals_is_none_of_real_ones(walk):
    outcome, kept = walk(new=GOOD, in_use=GOOD | {"watermark": None}, rows=told_of(30, 0.1, 0.9))
    assert (outcome.exit_code, kept.promoted) == (0, True)


def copied(export, tmp_path):
    return Path(shutil.copytree(export, tmp_path / "copy"))


def edit_stages(folder, change):
    events = pd.read_csv(folder / "events.csv", sep=";", dtype=str, keep_default_na=False)
    moved = events["kind"] == "stage"
    events.loc[moved, "value"] = change(events.loc[moved, "value"])
    events.to_csv(folder / "events.csv", sep=";", index=False)


def test_stages_that_nobody_knows_are_not_scored_and_nothing_is_learned(
    walk, ready, export, tmp_path, monkeypatch
):
    def never(*given, **rest):
        raise AssertionError("learned from stages that nobody knows")

    stage, left = ready.open_.info["stage"].value_counts().index[:2]
    renamed = copied(export, tmp_path)
    edit_stages(renamed, lambda value: value.where(value != stage, f"{stage} 2.0"))
    walk(new=GOOD, in_use=GOOD)
    monkeypatch.setattr(path, "train", never)
    outcome = run_path(renamed, out=tmp_path / "models")
    assert type(outcome.refused) is StagesUnknown and outcome.exit_code == 13
    assert outcome.model.folder.name == "old"
    open_ = outcome.prepared.open_
    assert len(outcome.scores) == len(open_.X) > 0
    assert left in set(open_.info["stage"]) and f"{stage} 2.0" not in set(open_.info["stage"])
    assert (open_.left_out["reason"] == "unknown stage").sum() == outcome.refused.facts["deals"] > 0
    said = outcome.refused.text("nl")
    assert f'[stages.nieuw]\naliases = [{{ from = "{stage} 2.0", to = "{stage}", since = 2025' in said
    scored = score_path(renamed, models=tmp_path / "models", out=tmp_path / "out")
    assert (scored.exit_code, len(scored.scores)) == (13, len(outcome.scores))
    monkeypatch.setattr(path, "train", lambda data, folder, **rest: Judged(folder, 0.3))
    assert run_path(renamed, out=tmp_path / "models", accept_changes=True).exit_code == 0


def test_the_proposed_line_is_one_that_a_profile_takes(walk, ready, export, tmp_path):
    stage = ready.open_.info["stage"].value_counts().index[0]
    renamed = copied(export, tmp_path)
    edit_stages(renamed, lambda value: value.where(value != stage, 'Fase "2"'))
    walk(new=GOOD, in_use=GOOD)
    lines = run_path(renamed, out=tmp_path / "models").refused.facts["toml"].splitlines()
    text = (Path(salesinsight.exports.__file__).parent / "profiles" / "sample.toml").read_text("utf-8")
    profile = tmp_path / "own.toml"
    profile.write_text(text.replace(lines[0], "\n".join(lines)), encoding="utf-8")
    outcome = run_path(renamed, profile, out=tmp_path / "models")
    assert outcome.exit_code == 0
    assert len(outcome.scores) == len(ready.open_.X)


def test_a_name_that_only_closed_deals_had_is_asked_about_too(walk, ready, export, tmp_path):
    closed = sorted(set(ready.export.deals["deal_id"]) - set(ready.open_.X.index.get_level_values("deal_id")))
    renamed = copied(export, tmp_path)
    events = pd.read_csv(renamed / "events.csv", sep=";", dtype=str, keep_default_na=False)
    row = events[(events["kind"] == "stage") & events["deal_id"].isin(closed)].index[0]
    events.loc[row, "value"] = "Herzien"
    events.to_csv(renamed / "events.csv", sep=";", index=False)
    walk(new=GOOD, in_use=GOOD)
    outcome = run_path(renamed, out=tmp_path / "models")
    assert (outcome.exit_code, outcome.refused.facts["deals"]) == (13, 0)
    assert len(outcome.scores) == len(ready.open_.X)


def test_when_no_deal_stands_in_a_known_stage_nothing_is_scored(walk, export, tmp_path):
    other = copied(export, tmp_path)
    edit_stages(other, lambda value: "fase " + value)
    walk(new=GOOD, in_use=GOOD)
    with pytest.raises(StagesUnknown):
        run_path(other, out=tmp_path / "models")
    status = json.loads((tmp_path / "models" / "status.json").read_text("utf-8"))
    assert (status["exit_code"], status["refused"]["error"]) == (13, "StagesUnknown")
    assert (status["scored_with"], bool(status["last_good_run"])) == (None, True)


def test_a_column_that_is_gone_is_a_change_when_a_model_learned_from_it(walk, export, tmp_path):
    lacking = copied(export, tmp_path)
    turns = pd.read_csv(export / "turns.csv", sep=";", dtype=str)
    turns.rename(columns={"text": "tekst"}).to_csv(lacking / "turns.csv", sep=";", index=False)
    with pytest.raises(MissingColumns):
        run_path(lacking, out=tmp_path / "fresh")
    walk(new=GOOD, in_use=GOOD)
    with pytest.raises(SchemaChanged, match="tekst") as changed:
        run_path(lacking, out=tmp_path / "models")
    assert changed.value.exit_code == 13


def test_each_step_is_announced_once_and_in_order(walk):
    steps = []
    walk(new=GOOD, progress=steps.append)
    assert steps == ["read", "tag", "featurize", "dataset", "train", "score", "report"]


def test_a_run_that_was_killed_and_a_model_that_cannot_be_read_are_told(walk, export, tmp_path, monkeypatch):
    out = tmp_path / "models"

    def damaged(out):
        raise CurrentDamaged(folder=str(out), file="current.json", got="??")

    walk(new=GOOD)
    (out / ".20260302-070000-12").mkdir()
    (out / ".20260302-070000-12" / "model.skops").write_text("half")
    (out / ".lock").write_text('{"since": "2026-03-02 07:00:00 UTC", "process": 12, "host": "kantoor"}')
    monkeypatch.setattr(path, "model_in_use", damaged)
    outcome = run_path(export, out=out)
    assert [type(notice) for notice in outcome.notices] == [RunTakenOver, CurrentDamaged]
    assert "2026-03-02" in outcome.notices[0].text("nl") and "kantoor" in outcome.notices[0].text("nl")
    assert outcome.exit_code == 0
    assert not list(out.glob(".2*")) and not (out / ".lock").exists()
    status = json.loads((out / "status.json").read_text("utf-8"))
    assert [notice["error"] for notice in status["notices"]] == ["RunTakenOver", "CurrentDamaged"]


def test_trying_puts_nothing_to_use(export, tmp_path):
    (tmp_path / "keep.txt").write_text("mine")
    outcome = try_path(export, out=tmp_path)
    assert outcome.report == tmp_path / "report.html" and outcome.report.exists()
    assert (tmp_path / "keep.txt").read_text() == "mine"
    assert not (tmp_path / "current.json").exists()
    assert not (tmp_path / "status.json").exists()
    assert outcome.refused is not None and outcome.model.model is None


def test_a_shorter_horizon_is_offered_when_it_gives_more(export, tmp_path):
    refused = try_path(export, out=tmp_path, horizon_days=150).refused
    assert refused.facts["shorter_deals"] > refused.facts["deals"]
    assert "30 dagen" in refused.text("nl") and "30 days" in refused.text("en")
