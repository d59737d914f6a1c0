"""What two models said of the same newest moments, when neither had seen how these ended."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from salesinsight.retrain.promotion import paired

FIRST = pd.Timestamp("2026-01-05 06:00", tz="UTC")
COLUMNS = ["deal_id", "landmark_at", "group", "block", "newest", "y", "p_stalled"]


@dataclasses.dataclass(frozen=True)
class Table:
    X: pd.DataFrame
    info: pd.DataFrame
    settings: dict


@pytest.fixture
def data():
    """Twelve weekly landmarks of twenty deals; a window closes 21 days after its landmark."""
    at = FIRST + pd.to_timedelta(np.arange(12) * 7, unit="D")
    index = pd.MultiIndex.from_product(
        [pd.Index([f"d{n}" for n in range(20)], dtype="string"), at], names=["deal_id", "landmark_at"]
    )
    X = pd.DataFrame({"x": 0.0}, index=index)
    return Table(
        X, pd.DataFrame({"stage": "contact"}, index=index), {"horizon_days": 18, "min_dwell_days": 3}
    )


def predicted(data, weeks, p, newest=()):
    """Predictions out of fold of these weeks, one block per four weeks."""
    rows = data.X.index.to_frame(index=False)
    week = ((rows["landmark_at"] - FIRST).dt.days // 7).astype(int)
    rows = rows.assign(
        group=rows["deal_id"], block=week // 4, newest=week.isin(list(newest)), y=1.0, p_stalled=p
    )
    return rows[week.isin(list(weeks))][COLUMNS]


def model(data, oof, as_of=None, p=0.9):
    told = pd.DataFrame({"p_stalled": p}, index=data.X.index)
    settings = {"as_of": None if as_of is None else (FIRST + pd.Timedelta(days=as_of)).isoformat()}
    return SimpleNamespace(oof=oof, settings=settings, predict=lambda X: told.loc[X.index])


def test_older_windows_count_as_tested_and_later_ones_as_predicted(data):
    # the old model was made on day 70: of week 7 (closed on day 70) it had seen the end, of week 8 not
    old = model(data, predicted(data, range(4, 8), 0.3), as_of=70, p=0.9)
    rows = paired(model(data, predicted(data, range(12), 0.5, newest=range(6, 12))), old, data)
    week = (rows["landmark_at"] - FIRST).dt.days // 7
    assert sorted(week.unique()) == list(range(6, 12)) and len(rows) == 6 * 20
    assert rows.loc[week <= 7, "used"].eq(0.3).all()
    assert rows.loc[week >= 8, "used"].eq(0.9).all()
    assert rows["new"].eq(0.5).all() and rows["y"].eq(1.0).all()


def test_moments_whose_end_the_old_model_had_seen_without_being_tested_on_are_left_out(data):
    old = model(data, predicted(data, range(4, 6), 0.3), as_of=70)
    rows = paired(model(data, predicted(data, range(12), 0.5, newest=range(4, 12))), old, data)
    assert sorted(((rows["landmark_at"] - FIRST).dt.days // 7).unique()) == [4, 5, 8, 9, 10, 11]


def test_without_a_newest_block_the_last_ones_that_are_large_enough_count(data):
    old = model(data, predicted(data, range(12), 0.3), as_of=0)
    last = paired(model(data, predicted(data, range(12), 0.5)), old, data)
    assert ((last["landmark_at"] - FIRST).dt.days // 7).min() == 8
    short = predicted(data, range(9), 0.5)
    both = paired(model(data, short), old, data)
    assert len(short[short["block"] == 2]) < 30
    assert ((both["landmark_at"] - FIRST).dt.days // 7).min() == 4


def test_moments_in_another_time_zone_are_the_same_moments(data):
    oof = predicted(data, range(12), 0.3).assign(deal_id=lambda rows: rows["deal_id"].astype(object))
    oof["landmark_at"] = oof["landmark_at"].dt.tz_convert("Europe/Amsterdam")
    old = model(data, oof, as_of=200)
    assert len(paired(model(data, predicted(data, range(12), 0.5, newest=[11])), old, data)) == 20
