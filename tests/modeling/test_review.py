"""Scores that were shown, held against what happened; and the draw of what is kept off the list."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from salesinsight.deals import make_dataset, open_deals
from salesinsight.errors import BadArgument
from salesinsight.modeling import hold_back, look_back, worklist
from salesinsight.modeling.review import compare_lists, measure_benefit
from salesinsight.sample import make_sample

MONDAYS = ["2025-09-01T07:00:00+02:00", "2025-10-06T07:00:00+02:00"]


@pytest.fixture(scope="module")
def export():
    return make_sample(n_deals=80, seed=3)


def shown_at(export, date, listed=5, p=0.5):
    deals = open_deals(export, at=date).X.index.get_level_values("deal_id")
    rank = np.arange(1, len(deals) + 1)
    told = {"run": "r1", "date": date, "p_stalled": p, "band": "midden", "reserved": False}
    return pd.DataFrame({"deal_id": deals, "rank": rank, "listed": rank <= listed}).assign(**told)


@pytest.fixture(scope="module")
def ledger(export):
    return pd.concat([shown_at(export, date) for date in MONDAYS], ignore_index=True)


def test_every_score_gets_the_label_of_its_own_moment(export, ledger):
    rows = look_back(ledger, export)
    truth = make_dataset(export, landmarks=MONDAYS)
    assert len(rows) == len(ledger)
    judged = rows.dropna(subset=["y"]).set_index(["deal_id", "landmark_at"])
    assert len(judged) > 20
    assert (judged["y4"] == truth.y4.reindex(judged.index)).all()
    assert (rows["why"].isna() == rows["y"].notna()).all()


def test_windows_that_have_not_closed_are_not_judged(export, ledger):
    rows = look_back(ledger, export, as_of="2025-10-20")
    assert set(rows["why"]) == {"window not closed"}
    assert rows["y"].isna().all()
    assert len(look_back(ledger, export, as_of="2025-09-08")) == (ledger["date"] == MONDAYS[0]).sum()


def test_what_is_entered_later_changes_nothing_of_what_was_known(export, ledger):
    whole = look_back(ledger, export)
    later = export.events["entered_at"] > pd.Timestamp(MONDAYS[1]) + pd.Timedelta(days=70)
    assert later.any()
    cut = look_back(ledger, export, as_of=pd.Timestamp(MONDAYS[1]) + pd.Timedelta(days=70))
    known = cut["y"].notna() & whole["y"].notna()
    assert known.sum() > 10
    assert (cut.loc[known, "y4"] == whole.loc[known, "y4"]).all()


def test_the_list_of_the_rule_is_as_long_and_holds_the_longest_silent(export, ledger):
    rows = look_back(ledger, export)
    judged = rows[rows["y"].notna()]
    assert judged["rule"].sum() == judged["model"].sum() > 5
    first = judged[judged["landmark_at"] == judged["landmark_at"].min()].set_index("deal_id")
    then = open_deals(export, at=MONDAYS[0])
    days = then.info["days_since_customer_step"]
    # who never made a step is silent since the deal began
    assert days.isna().any()
    silent = days.fillna(then.X["crm_deal_age_days"]).droplevel("landmark_at").reindex(first.index)
    on = first["rule"].astype(bool)
    assert silent[on].min() >= silent[~on].max() or (silent[on] < 14).any()


def test_estimates_in_words_give_no_list_of_the_sellers(export, ledger):
    in_words = dataclasses.replace(export, events=export.events.copy())
    estimates = in_words.events["kind"] == "seller_estimate"
    assert estimates.any()
    in_words.events.loc[estimates, "value"] = "Commit"
    rows = look_back(ledger, in_words)
    assert rows["model"].notna().any()
    assert rows["seller"].isna().all()


def test_the_latest_score_of_a_date_counts_and_old_rows_have_no_list(export, ledger):
    again = ledger.assign(run="r2", p_stalled=0.9)
    rows = look_back(pd.concat([ledger, again]), export)
    assert set(rows["run"]) == {"r2"}
    old = ledger.assign(listed=pd.NA, rank=pd.NA, reserved=pd.NA)
    rows = look_back(old, export)
    assert rows["y"].notna().any()
    assert rows[["model", "rule", "seller"]].isna().all(axis=None)


def test_a_deal_that_is_gone_is_told(export, ledger):
    strange = ledger.tail(1).assign(deal_id="nobody")
    rows = look_back(pd.concat([ledger, strange]), export)
    assert rows.set_index("deal_id").loc["nobody", "why"] == "no longer in the export"


def rows_of(n, hit, miss, seed=0):
    rng = np.random.default_rng(seed)
    listed = np.arange(2 * n) < n
    y = (rng.random(2 * n) < np.where(listed, hit, miss)).astype(float)
    rows = pd.DataFrame({"deal_id": np.arange(2 * n).astype(str), "y": y, "model": listed, "rule": ~listed})
    return rows.assign(group=rows["deal_id"], landmark_at=0, rank=1, reserved=False)


def test_lists_are_told_apart_only_with_enough_deals():
    assert compare_lists(rows_of(200, 0.7, 0.3))["verdict"] == "better"
    assert compare_lists(rows_of(200, 0.3, 0.7))["verdict"] == "worse"
    assert compare_lists(rows_of(29, 1.0, 0.0))["verdict"] == "too_few"
    same = compare_lists(rows_of(60, 0.5, 0.5, seed=2))
    assert same["verdict"] == "same" and same["low"] < 0 < same["high"]


def test_benefit_is_the_difference_that_the_lot_made():
    rows = rows_of(200, 0.3, 0.6)
    rows["reserved"] = ~rows["model"]
    found = measure_benefit(rows)
    assert found["verdict"] == "better" and found["value"] == pytest.approx(-0.3, abs=0.12)
    assert measure_benefit(rows.assign(reserved=False))["verdict"] == "too_few"


def test_the_lot_is_stable_and_grows():
    deals = pd.Series([f"D-{number}" for number in range(4000)])
    few, more = hold_back(deals, 0.1), hold_back(deals, 0.3)
    assert abs(few.mean() - 0.1) < 0.02 and abs(more.mean() - 0.3) < 0.03
    assert more[few].all()
    assert (hold_back(deals[::-1], 0.1)[::-1] == few).all()
    assert (hold_back(deals, 0.1, salt="other") != few).any()
    assert not hold_back(deals, 0.0).any()


def test_what_is_held_back_does_not_come_on_the_list():
    scores = pd.DataFrame({"deal_id": ["a", "b"], "p_stalled": [0.9, 0.4], "band": ["hoog", "midden"]})
    known = {"amount": 100.0, "currency": "EUR", "days_since_customer_step": 3.0}
    scores = scores.assign(**known, reserved=[True, False])
    assert worklist(scores)["deal_id"].tolist() == ["b"]


def test_moments_that_are_none_are_refused(export):
    with pytest.raises(BadArgument, match="landmarks"):
        make_dataset(export, landmarks=["next week"])
