import dataclasses

import pandas as pd
import pytest

from salesinsight.modeling.comparable import LEAST_DEALS, comparable_deals, look_up_comparable

NAMES = ["deal", "day", "stage", "account", "stalled", "request_any"]


def data_of(table, rows):
    """The table of the invented data set with these rows: the rule "ask_step" holds where request_any is 0."""
    told = pd.DataFrame(rows, columns=NAMES)
    at = pd.Timestamp("2025-01-06", tz="UTC") + pd.to_timedelta(told["day"], unit="D")
    index = pd.MultiIndex.from_arrays([told["deal"], at], names=["deal_id", "landmark_at"])
    told.index = index
    info = pd.DataFrame(
        {"stage": told["stage"], "conversation_id": "c", "days_since_customer_step": 3.0}, index=index
    )
    return dataclasses.replace(
        table,
        X=told[["request_any"]].astype(float),
        y=told["stalled"].astype("Int64"),
        groups=told["account"],
        info=info,
    )


def counts_of(table, rows):
    return comparable_deals(data_of(table, rows)).set_index(["move", "stage"])


def test_a_deal_counts_once_at_the_first_landmark_at_which_the_rule_holds(table):
    rows = [
        ("D1", 0, "contact", "A", 0, 1),
        ("D1", 7, "contact", "A", 1, 0),
        ("D1", 14, "contact", "A", 0, 0),
        ("D2", 0, "offerte", "B", 0, 0),
    ]
    found = counts_of(table, rows)
    assert found.loc[("ask_step", None), ["n", "stalled"]].tolist() == [2, 1]
    assert found.loc[("ask_step", "contact"), ["n", "stalled"]].tolist() == [1, 1]
    assert found.loc[("ask_step", "offerte"), ["n", "stalled"]].tolist() == [1, 0]
    assert found.loc[("settle_step", None), ["n", "stalled"]].tolist() == [1, 0]


def test_the_range_is_wider_when_the_deals_are_of_few_customers(table):
    def width(accounts):
        rows = [(f"D{i}", 0, "contact", f"A{i % accounts}", i % 2, 0) for i in range(40)]
        found = counts_of(table, rows).loc[("ask_step", None)]
        assert found["low"] < 20 < found["high"]
        return found["high"] - found["low"]

    assert width(5) > width(40)


@pytest.mark.parametrize(("in_stage", "stage"), [(LEAST_DEALS, "contact"), (LEAST_DEALS - 1, None)])
def test_the_same_stage_goes_first_when_it_has_enough_deals(table, in_stage, stage):
    rows = [(f"D{i}", 0, "contact" if i < in_stage else "offerte", f"A{i}", 0, 0) for i in range(30)]
    counts = comparable_deals(data_of(table, rows)).to_dict("records")
    found = look_up_comparable(counts, "ask_step", "contact")
    assert (found["stage"], found["enough"]) == (stage, True)
    assert look_up_comparable(counts, "ask_step", pd.NA)["n"] == 30
    assert look_up_comparable(counts, "stop_nagging", "contact") is None


def test_few_deals_are_said_to_be_few(table):
    rows = [(f"D{i}", 0, "contact", f"A{i}", 0, 0) for i in range(LEAST_DEALS - 1)]
    counts = comparable_deals(data_of(table, rows)).to_dict("records")
    assert not look_up_comparable(counts, "ask_step", "contact")["enough"]


def test_without_deals_there_are_no_counts(table):
    assert comparable_deals(data_of(table, [])).empty
