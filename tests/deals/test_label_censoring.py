"""Windows that have not closed: which ways of handling them keep the stalled share right, and which don't."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from salesinsight.deals import make_dataset
from salesinsight.modeling.splits import make_folds, window_weights
from salesinsight.schema import Export, conform, empty_table

DAYS, HORIZON, FIRST = 270, 60, pd.Timestamp("2025-01-06 07:00", tz="UTC")


def simulate(deals, seed=0):
    """Deals that begin over 270 days, each with one landmark and one waiting time until an answer.

    Some are closed without a decision halfway, which is no answer.
    """
    rng = np.random.default_rng(seed)
    start, wait = rng.uniform(0, DAYS, deals), rng.exponential(70, deals)
    kind = rng.choice(["won", "lost", "stage"], deals, p=[0.35, 0.35, 0.3])
    none = rng.random(deals) < 0.1
    kind, wait = np.where(none, "lost", kind), np.where(none, wait / 3, wait)
    value = np.select([none, kind == "lost", kind == "stage"], ["geen reactie", "te duur", "offerte"], None)
    names = [f"d{n:05}" for n in range(deals)]
    at = lambda day: FIRST + pd.to_timedelta(day, unit="D")  # noqa: E731
    events = pd.concat(
        [
            pd.DataFrame({"deal_id": names, "at": at(start), "kind": "stage", "value": "contact"}),
            pd.DataFrame({"deal_id": names, "at": at(start + 3), "kind": "quote_sent"}),
            pd.DataFrame({"deal_id": names, "at": at(start + 3 + wait), "kind": kind, "value": value}),
        ]
    ).reset_index(drop=True)
    table = pd.DataFrame({"deal_id": names, "created_at": at(start), "pipeline": "nieuw"})
    return Export(
        **{name: empty_table(name) for name in ("turns", "conversations", "people", "attendance", "rejects")},
        deals=conform(table, "deals"),
        events=conform(events.assign(entered_at=events["at"]), "events"),
        as_of=at(DAYS),
        time_zone="UTC",
        stages={"nieuw": ["contact", "offerte"]},
        label={"grace_days": 0, "min_dwell_days": 0, "lost_without_reason": "stalled"},
    )


@pytest.fixture(scope="module")
def export():
    return simulate(6000)


def look(export, as_of=DAYS, **label):
    known = dataclasses.replace(export, label={**export.label, **label})
    return make_dataset(known, as_of=FIRST + pd.Timedelta(days=as_of), landmarks={"quote_sent": [0]})


@pytest.fixture(scope="module")
def truth(export):
    """The share that a much later export shows, of all deals with a landmark by then."""
    later = dataclasses.replace(export, as_of=FIRST + pd.Timedelta(days=DAYS + 300))
    return look(later, as_of=DAYS + 300)


def weighed(data):
    return float(np.average(data.y.astype(float), weights=data.weight))


def test_the_closed_window_and_the_weights_keep_the_share_and_three_other_ways_do_not(export, truth):
    share = truth.y.mean()
    # standard errors are 0.007; the three wrong ways are off by many times that
    closed, ipcw = look(export), look(export, censoring="ipcw")
    assert abs(closed.y.mean() - share) < 0.02
    assert abs(weighed(ipcw) - share) < 0.02
    assert len(ipcw.X) > 1.05 * len(closed.X)
    landmark = truth.X.index.get_level_values("landmark_at")
    known = pd.DataFrame({"y": truth.y.astype(float), "time": truth.time, "at": landmark})
    known = known[known["at"] <= export.as_of]
    followed = (export.as_of - known["at"]).dt.total_seconds() / 86400
    answered = (known["y"] == 0) & (known["time"] <= followed)
    told = answered | (followed >= HORIZON)
    assert ipcw.y.mean() < share - 0.03  # keep what happens to be known
    assert known.loc[told, "y"].mean() < share - 0.03
    assert (known["y"] * told).mean() < share - 0.06  # unknown = not stalled
    assert (~answered).mean() > share + 0.04  # open at the export = stalled


def test_weights_are_one_where_every_window_has_closed(truth):
    assert (truth.label["window_weight"] == 1).all()
    assert truth.weight.eq(1).all()


def test_a_window_answered_early_stands_for_those_that_nobody_could_follow(export):
    data = look(export, censoring="ipcw")
    weight = data.label["window_weight"]
    assert weight.min() == pytest.approx(1.0, abs=0.02)
    # the longer it took, the fewer could be followed so long
    assert data.time.corr(weight, method="spearman") > 0.99
    open_still = data.label["known_at"] > export.as_of
    assert open_still.any()
    assert (data.y[open_still] == 0).all()
    assert weight.sum() == pytest.approx(
        len(data.X) + (data.left_out["reason"] == "window not closed").sum(), rel=0.03
    )


def test_open_windows_are_in_no_fold_and_weigh_in_the_final_model_alone(export):
    few = dataclasses.replace(export, deals=export.deals.head(600))
    few.events = few.events[few.events["deal_id"].isin(few.deals["deal_id"])]
    data = look(few, censoring="ipcw")
    open_still = (data.label["known_at"] > export.as_of).to_numpy()
    for splits in ("time", "grouped"):
        folds = make_folds(data, splits)
        assert folds
        for fold in folds:
            assert not open_still[fold.train].any()
            assert not open_still[fold.test].any()
            assert (window_weights(data, fold.train) == 1).all()
    every = np.arange(len(data.X))
    assert (window_weights(data, every) == data.label["window_weight"]).all()
