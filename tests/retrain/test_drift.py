"""What moved since the model in use learned, and what only chance moved."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import NoModel, NoReference
from salesinsight.language import words
from salesinsight.modeling.pipelines import CATEGORY
from salesinsight.retrain import drift as drifts
from salesinsight.retrain import monitor as monitoring
from salesinsight.retrain.drift import COLUMNS, Kept, drift, psi
from salesinsight.retrain.monitor import _page, figures, monitor_path, verdict
from salesinsight.retrain.prepare import prepare
from salesinsight.retrain.reference import describe, read_reference, shares_in, write_reference
from salesinsight.sample import make_sample, write_sample

LEDGER = ["run", "date", "deal_id", "p_stalled"]


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    write_sample(make_sample(n_deals=150, seed=3), folder)
    return prepare(folder)


def stub(folder, ready, p=None):
    """A run of which only its columns, its settings and one prediction for all matter."""
    columns = [CATEGORY, "crm_deal_age_days", "crm_amount_log10", "crm_mails_out_count", "hedge_c_rate"]
    share = float((ready.data.y4 == "stalled").mean()) if p is None else p
    return SimpleNamespace(
        folder=folder, card={"columns": columns}, settings={"horizon_days": 60}, model=object(),
        value=lambda metric, what="value": 0.7,
        predict=lambda X: pd.DataFrame({"p_stalled": share}, index=X.index),
    )  # fmt: skip


@pytest.fixture
def kept(ready, tmp_path):
    """A run made from the same export a hundred days before."""
    run = stub(tmp_path / "r1", ready)
    run.folder.mkdir()
    write_reference(run, ready)
    reference = read_reference(run.folder)
    moment = pd.Timestamp(ready.data.settings["as_of"]) - pd.Timedelta(days=100)
    return Kept(run, reference | {"as_of": moment.isoformat()}, pd.DataFrame(columns=LEDGER))


def alarms(table):
    return set(table.loc[table["alarm"].fillna(False), ["check", "what"]].itertuples(index=False, name=None))


def test_the_reference_has_no_rows_no_words_and_no_persons(ready, kept):
    text = (kept.run.folder / "reference.json").read_text("utf-8")
    for table, column in (
        ("deals", "deal_id"),
        ("deals", "account_id"),
        ("people", "name"),
        ("turns", "text"),
    ):
        values = getattr(ready.export, table)[column].dropna().unique()
        assert not [value for value in values if len(str(value)) > 3 and json.dumps(value) in text]


def test_nothing_alarms_when_nothing_moved(ready, kept):
    table = drift(kept, ready)
    assert list(table.columns) == [*COLUMNS[:5], "js", *COLUMNS[5:]]
    assert set(table["check"]) == {"rows", "missing", "psi", "hits", "prevalence", "calibration", "auc"}
    assert alarms(table) == set()
    assert table["alarm"].notna().sum() > 30


def test_what_was_learned_from_is_no_measure_of_what_stands_open(ready, kept):
    # in a young export most landmarks have no conversation behind them yet
    columns = {
        name: about | {"shares": dict.fromkeys(about["shares"], 0.0) | {"missing": 1.0}}
        for name, about in kept.reference["columns"].items()
    }
    young = dataclasses.replace(kept, reference=kept.reference | {"columns": columns})
    assert not {check for check, _ in alarms(drift(young, ready))} & {"psi", "missing"}


def test_a_model_of_few_deals_may_be_further_off(ready, kept):
    came = float((ready.data.y4 == "stalled").mean())
    off = dataclasses.replace(kept, run=stub(kept.run.folder, ready, p=came - 0.25))
    few = dataclasses.replace(off, reference=kept.reference | {"deals": 12})
    assert ("calibration", "stalled") in alarms(drift(off, ready))
    assert ("calibration", "stalled") not in alarms(drift(few, ready))


def test_too_few_open_deals_then_are_not_judged(ready, kept):
    few = dataclasses.replace(kept, reference=kept.reference | {"open_deals": 19})
    table = drift(few, ready)
    assert table.loc[table["check"].isin(["psi", "missing"]), "alarm"].isna().all()


def changed(ready, **tables):
    return dataclasses.replace(ready, export=dataclasses.replace(ready.export, **tables))


def test_amounts_in_cents_are_noticed(ready, kept):
    events = ready.export.events
    money = events["kind"] == "amount_set"
    cents = changed(ready, events=events.assign(value=events["value"].mask(money, events["value"] + "00")))
    table = drift(kept, cents)
    assert alarms(table) == {("psi", "crm_amount_log10")}
    row = table[(table["check"] == "psi") & (table["what"] == "crm_amount_log10")].iloc[0]
    assert row["moved"] > row["limit"] >= 0.25 and 0 < row["js"] <= 1


def test_a_column_that_is_gone_and_a_table_that_shrank_are_noticed(ready, kept):
    export = ready.export
    less = changed(
        ready, events=export.events[export.events["kind"] != "amount_set"], turns=export.turns.head(20),
    )  # fmt: skip
    found = alarms(drift(kept, less))
    assert {("rows", "turns"), ("missing", "crm_amount_log10"), ("psi", "crm_amount_log10")} <= found


def test_detectors_that_find_less_are_noticed(ready, kept):
    silent = dataclasses.replace(ready, hits=ready.hits[ready.hits["label"] != "action_request"])
    assert ("hits", "action_request") in alarms(drift(kept, silent))


def test_other_outcomes_and_a_model_that_is_wrong_on_average_are_noticed(ready, kept):
    reference = kept.reference | {"prevalence": {"won": 0.9, "lost": 0.1, "progress": 0.0, "stalled": 0.0}}
    sure = dataclasses.replace(kept, run=stub(kept.run.folder, ready, p=0.99), reference=reference)
    assert {("prevalence", "won"), ("calibration", "stalled")} <= alarms(drift(sure, ready))


def test_scores_that_were_shown_are_held_against_what_came(ready, kept):
    known = ready.data.y.rename("y").reset_index()
    rows = known.groupby("deal_id").head(2).assign(run="r1")
    day_before = rows["landmark_at"] - pd.Timedelta(days=3)
    rows = rows.assign(date=day_before.map(pd.Timestamp.isoformat))
    right = rows.assign(p_stalled=rows["y"].astype(float) * 0.8 + 0.1)[LEDGER]
    wrong = right.assign(p_stalled=1 - right["p_stalled"])
    for ledger, value in ((right, 1.0), (wrong, 0.0)):
        row = drift(dataclasses.replace(kept, ledger=ledger), ready).iloc[-1]
        assert (row["check"], row["now"], row["alarm"]) == ("auc", value, value == 0.0)
        assert row["n"] == len(rows)
    other = right.assign(run="r0")
    assert drift(dataclasses.replace(kept, ledger=other), ready).iloc[-1]["n"] == 0


def test_too_few_deals_are_not_judged(ready, kept, monkeypatch):
    monkeypatch.setattr(drifts, "LEAST", 10_000)
    judged = drift(kept, ready)
    assert set(judged.loc[judged["alarm"].notna(), "check"]) == {"rows"}


def test_psi_of_chance_alone_stays_below_its_limit():
    rng = np.random.default_rng(0)
    then = pd.Series(rng.normal(size=400), name="x")
    about = describe(then)
    limit = drifts.chi2.ppf(0.99, 9) * (1 / 400 + 1 / 60)
    over = [
        psi(about["shares"], shares_in(pd.Series(rng.normal(size=60)), about["edges"]), 400, 60) > limit
        for _ in range(300)
    ]
    assert np.mean(over) < 0.02
    moved = shares_in(pd.Series(rng.normal(1.5, size=60)), about["edges"])
    assert psi(about["shares"], moved, 400, 60) > max(limit, 0.25)


def test_bins_hold_every_value_also_missing_unseen_and_constant_ones():
    numbers = describe(pd.Series([1.0, 1.0, 1.0], name="x"))
    assert numbers == {"edges": [], "shares": {"0": 1.0}}
    assert describe(pd.Series([np.nan, np.nan], name="x"))["shares"] == {"missing": 1.0}
    stages = describe(pd.Series(["a", "b", None], name=CATEGORY))
    assert stages["edges"] is None
    now = shares_in(pd.Series(["a", "new", None, "a"], dtype=object), None, stages["shares"])
    assert now == {"a": 0.5, "missing": 0.25, "other": 0.25}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_can_be_read_in_both_languages(ready, kept, language):
    say = words(language)
    table = drift(kept, ready)
    page = _page(kept, table, ready, say)
    assert f'<html lang="{language}">' in page and say("monitor.title") in page
    assert verdict(table, say) in page and "nan" not in page.lower().split()
    calm = table.assign(alarm=table["alarm"].mask(table["check"] == "psi", True))
    assert "{" not in "".join(figures(calm.iloc[0], say).values())
    assert say("monitor.heading.alarms") in _page(kept, calm, ready, say)


def test_figures_of_before_open_deals_were_kept_are_no_measure(kept, monkeypatch, tmp_path):
    old = {name: value for name, value in kept.reference.items() if name != "open_deals"}
    monkeypatch.setattr(monitoring, "model_in_use", lambda models: kept.run)
    monkeypatch.setattr(monitoring, "read_reference", lambda folder: old)
    with pytest.raises(NoReference):
        monitor_path(tmp_path, models=tmp_path)


def test_without_a_model_or_its_figures_nothing_is_compared(tmp_path):
    with pytest.raises(NoModel):
        monitor_path(tmp_path, models=tmp_path)
    for content in (None, "{}", "[]", '{"self_sha256": "0"}'):
        if content is not None:
            (tmp_path / "reference.json").write_text(content)
        with pytest.raises(NoReference):
            read_reference(tmp_path)
