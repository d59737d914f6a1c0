"""What the list is worth: counted on cases that can be counted by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import BadArgument
from salesinsight.modeling.hours import hours_later, hours_scenario
from salesinsight.modeling.value import lead_time, list_precision, net_benefit

MONDAY = pd.Timestamp("2026-01-05 06:00", tz="UTC")


@pytest.fixture
def oof():
    """Ten deals over eight weeks; the five with an even number stall, and the model knows nearly all of them."""
    rows = [
        {"deal_id": f"d{deal}", "landmark_at": MONDAY + pd.Timedelta(weeks=week), "group": f"d{deal}",
         "y": int(deal % 2 == 0), "p_stalled": 0.9 if deal in (0, 2, 4, 6, 1) else 0.2, "p_B1": 0.5}
        for week in range(8) for deal in range(10)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_precision_lift_and_recall_of_a_list(oof):
    table = list_precision(oof, (5, 10), draws=200).set_index(["model", "k"])
    own = table.loc[("full", 5)]
    assert (own["precision"], own["lift"], own["recall"]) == pytest.approx((0.8, 1.6, 0.8))
    assert own["low"] < 0.8 < own["high"]
    assert (own["weeks"], own["listed"], own["deals"]) == (8, 40, 5)
    assert table.loc[("full", 10), "precision"] == pytest.approx(0.5)
    assert ("B2", 5) not in table.index


def test_few_moments_on_lists_say_nothing(oof):
    assert list_precision(oof.head(20), (5,))["precision"].isna().all()


def test_days_before_the_rule(oof):
    days = pd.Series(0.0, index=pd.MultiIndex.from_frame(oof[["deal_id", "landmark_at"]]))
    at = days.index.get_level_values("landmark_at")
    deal = days.index.get_level_values("deal_id")
    days[(deal == "d0") & (at >= MONDAY + pd.Timedelta(weeks=3))] = 20.0
    days[deal == "d8"] = 20.0
    # a customer who never made a step is silent since the deal began, two days before the first Monday
    days[deal == "d2"] = np.nan
    age = pd.Series((at - MONDAY) / pd.Timedelta(days=1) + 2, days.index)
    X, info = age.to_frame("crm_deal_age_days"), days.to_frame("days_since_customer_step")
    table = lead_time(oof, SimpleNamespace(info=info, X=X), k=5).set_index("deal_id")
    assert table.loc["d0", "days"] == 21 and table.loc["d0", "first"] == "both"
    assert table.loc["d2", "days"] == 14 and table.loc["d2", "first"] == "both"
    assert table["first"].drop(["d0", "d2"]).to_dict() == {"d4": "list", "d6": "list", "d8": "rule"}


def test_net_benefit_counts_who_is_troubled_for_nothing(oof):
    table = net_benefit(oof, np.array([0.1, 0.5, 0.95]), draws=100)
    assert table["all"].tolist() == pytest.approx([0.5 - 0.5 / 9, 0.0, 0.5 - 0.5 * 19])
    assert table["model"].tolist() == pytest.approx([0.5 - 0.5 / 9, 0.4 - 0.1, 0.0])
    assert table.loc[2, "better_low"] > 0 and table.loc[0, "better_low"] == pytest.approx(0)


@pytest.fixture
def past():
    """Forty stalled deals, each with four hours in the window, and hours before and after it."""
    deals = [f"p{number}" for number in range(40)]
    index = pd.MultiIndex.from_product([deals, [MONDAY]], names=["deal_id", "landmark_at"])
    info = pd.DataFrame({"stage": "offerte"}, index)
    data = SimpleNamespace(y=pd.Series(1, index), info=info, settings={"horizon_days": 60})
    when = [MONDAY + pd.Timedelta(days=day) for day in (-1, 10, 61)]
    events = pd.DataFrame({"deal_id": np.repeat(deals, 3), "at": when * 40, "value": ["2", "4", "8"] * 40})
    # each talks an hour in the window, which is less than what was logged, and an hour before it
    talks = pd.DataFrame(
        {"deal_id": np.repeat(deals, 2), "started_at": [when[0], when[1]] * 40, "status": "held"}
    )
    talks["ended_at"] = talks["started_at"] + pd.Timedelta(hours=1)
    return SimpleNamespace(events=events.assign(kind="hours_logged"), conversations=talks), data


def test_hours_count_within_the_window_only(past):
    assert hours_later(*past).tolist() == [4.0] * 40
    export, data = past
    unlogged = SimpleNamespace(
        events=export.events.assign(kind="note"), conversations=export.conversations.copy()
    )
    assert hours_later(unlogged, data).tolist() == [1.0] * 40
    unlogged.conversations.loc[:1, "status"] = "no_answer"
    assert hours_later(unlogged, data).tolist() == [0.0] + [1.0] * 39
    unlogged.conversations["ended_at"] = pd.Series(pd.NaT, range(80), "datetime64[us, UTC]")
    assert hours_later(unlogged, data).empty


def test_hours_count_in_the_window_of_the_stage(past):
    export, data = past
    data.settings["horizon_per_stage"] = {"offerte": 61, "contact": 5}
    assert hours_later(export, data).tolist() == [12.0] * 40
    data.info["stage"] = "contact"
    assert hours_later(export, data).tolist() == [0.0] * 40


def test_the_scenario_is_a_range_with_its_costs(oof, past):
    run = SimpleNamespace(oof=oof)
    found = hours_scenario(run, *past, k=5)
    assert found["hours_low"] < found["hours_high"]
    row = list_precision(oof, (5,)).iloc[0]
    assert found["hours_high"] == pytest.approx(5 * row["high"] * 0.75 * 4 - 5 * 0.25)
    dear = hours_scenario(run, *past, k=5, dropped_share=0.5)
    assert dear["dropped"] == pytest.approx(5 * 0.2 * 0.5 * 8)
    assert dear["hours_low"] < found["hours_low"]
    assert np.isnan(hours_scenario(SimpleNamespace(oof=oof.head(0)), *past)["hours_low"])


def test_hours_that_are_stated_take_the_place_of_logged_ones(oof, past):
    export, data = past
    unlogged = SimpleNamespace(events=export.events.head(0), conversations=export.conversations.head(0))
    run, row = SimpleNamespace(oof=oof), list_precision(oof, (5,)).iloc[0]
    assert np.isnan(hours_scenario(run, unlogged, data, k=5)["hours_high"])
    found = hours_scenario(run, unlogged, data, k=5, per_deal=6, avoidable=(0.1, 0.5), review_hours=1)
    assert found["hours_high"] == pytest.approx(5 * row["high"] * 0.5 * 6 - 5)
    assert (found["per_deal"], found["deals"]) == (6, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"avoidable": (0.5, 0.2)},
        {"avoidable": (0.5, 1.2)},
        {"avoidable": 0.5},
        {"review_hours": -1},
        {"per_deal": 1e6},
    ],
)
def test_assumptions_that_can_not_be_are_refused(oof, past, wrong):
    with pytest.raises(BadArgument, match=next(iter(wrong))):
        hours_scenario(SimpleNamespace(oof=oof), *past, **wrong)
