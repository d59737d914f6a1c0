"""What the list is worth: how many of its deals stall, and how early it tells.

Everything is counted on moments that the model was tested on, one list a week.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesinsight.deals import Dataset
from salesinsight.modeling.metrics import LEAST_ROWS, interval, resamples, weekly_lists
from salesinsight.modeling.rules import SILENT_DAYS, silent_days

LENGTHS = (5, 10, 20)
RIVALS = {"full": "p_stalled", "B1": "p_B1", "B2": "p_B2", "B3": "p_B3", "B5": "p_B5"}
NOTHING = {"value": np.nan, "low": np.nan, "high": np.nan}


def list_precision(
    oof: pd.DataFrame, lengths: tuple[int, ...] = LENGTHS, *, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Of the deals on a weekly list, the share that stalled; for the model and what it must beat.

    Parameters
    ----------
    oof : pandas.DataFrame
        Predictions out of fold: deal_id, landmark_at, group, y, p_stalled, and p_B1, p_B2, p_B3, p_B5 where
        known.
    lengths : tuple of int
        Deals on a list.
    draws, seed : int
        Resamples of whole accounts, for the intervals.

    Returns
    -------
    pandas.DataFrame
        model (full, B1, B2, B3, B5), k, precision with low and high (95 %), lift (precision over the share of
        all moments) with lift_low and lift_high, recall (share of all stalled moments that is on a list),
        weeks, listed (moments on lists), deals (on lists). Figures are NaN with fewer than 30 moments on
        lists.

    Examples
    --------
    >>> monday = pd.Timestamp("2026-01-05", tz="UTC")
    >>> oof = pd.DataFrame({"deal_id": ["a", "b"], "landmark_at": [monday] * 2, "group": ["a", "b"],
    ...     "y": [1, 0], "p_stalled": [0.8, 0.1]})
    >>> list_precision(oof, (1,))[["model", "k", "listed"]].to_numpy().tolist()
    [['full', 1, 1]]
    """
    y = oof["y"].to_numpy(dtype=float)
    at, deals = pd.DatetimeIndex(oof["landmark_at"]), oof["deal_id"].to_numpy(dtype=object)
    weeks = at.tz_localize(None).to_period("W-SUN").nunique()
    rows = []
    for model, column in RIVALS.items():
        if column not in oof or oof[column].isna().any():
            continue
        for k in lengths:
            on = weekly_lists(at, deals, oof[column].to_numpy(dtype=float), k)
            told = _on_lists(on, y, oof["group"].to_numpy(dtype=object), draws, seed)
            sizes = {"weeks": weeks, "listed": int(on.sum()), "deals": len(set(deals[on]))}
            rows.append({"model": model, "k": k, **told, **sizes})
    return pd.DataFrame(rows)


def _on_lists(on: np.ndarray, y: np.ndarray, groups: np.ndarray, draws: int, seed: int) -> dict[str, float]:
    precision: dict[str, float] = NOTHING
    lift, recall = NOTHING, np.nan
    if on.sum() >= LEAST_ROWS:
        found = []
        with np.errstate(invalid="ignore", divide="ignore"):
            for weights in resamples(groups, draws, seed):
                hits = weights[:, on] @ y[on] / weights[:, on].sum(axis=1)
                found.append(np.stack([hits, hits / (weights @ y / weights.sum(axis=1))]))
        both = np.concatenate(found, axis=1)
        precision, lift = interval(both[0]), interval(both[1])
        recall = float(y[on].sum() / max(y.sum(), 1.0))
    edges = {"lift": lift["value"], "lift_low": lift["low"], "lift_high": lift["high"]}
    told = {"precision": precision["value"], "low": precision["low"], "high": precision["high"]}
    return told | edges | {"recall": recall}


def lead_time(oof: pd.DataFrame, data: Dataset, k: int = 10) -> pd.DataFrame:
    """How many days the list flags a deal that stalls before the rule of 14 days of silence does.

    Parameters
    ----------
    oof : pandas.DataFrame
        As in `list_precision`.
    data : Dataset
        The data that it was tested on, for the days since the customer's last step.
    k : int
        Length of the list.

    Returns
    -------
    pandas.DataFrame
        One row per deal with a stalled moment in the test: deal_id, listed_at (first time on a list),
        silent_at (first time that the rule fires), days (silent_at less listed_at: above 0 is earlier than
        the rule; NaN when one of them never came) and first {both, list, rule, neither}: which ever did.

    Notes
    -----
    The first moment of the test may be later than the first time that the rule fired; then both count from
    there.

    Examples
    --------
    >>> import salesinsight as si
    >>> data = si.make_dataset(si.make_sample(n_deals=30))
    >>> oof = data.X.index.to_frame(index=False).assign(y=data.y.to_numpy(), p_stalled=0.5)
    >>> set(lead_time(oof, data)["first"]) <= {"both", "list", "rule", "neither"}
    True
    """
    at, deals = pd.DatetimeIndex(oof["landmark_at"]), oof["deal_id"].to_numpy(dtype=object)
    on = weekly_lists(at, deals, oof["p_stalled"].to_numpy(dtype=float), k)
    keys = pd.MultiIndex.from_frame(oof[["deal_id", "landmark_at"]])
    days = silent_days(data).reindex(keys).to_numpy(dtype=float)
    rows = oof[["deal_id", "landmark_at"]].assign(stalled=oof["y"].to_numpy(dtype=float) == 1)
    rows["listed_at"] = rows["landmark_at"].where(on)
    rows["silent_at"] = rows["landmark_at"].where(days >= SILENT_DAYS)
    stalled = rows[rows.groupby("deal_id")["stalled"].transform("any")]
    first = stalled.groupby("deal_id")[["listed_at", "silent_at"]].min().reset_index()
    first["days"] = (first["silent_at"] - first["listed_at"]) / pd.Timedelta(days=1)
    known = first["listed_at"].notna(), first["silent_at"].notna()
    names = np.select([known[0] & known[1], known[0], known[1]], ["both", "list", "rule"], "neither")
    return first.assign(first=pd.array(names, dtype="string"))


def net_benefit(
    oof: pd.DataFrame, thresholds: np.ndarray | None = None, *, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Net benefit of acting on deals above a threshold, per moment, beside acting on all and on none.

    Parameters
    ----------
    oof, draws, seed
        As in `list_precision`.
    thresholds : numpy.ndarray, optional
        Chances from which one acts; 0.05, 0.10, ... 0.95 by default. Who acts from 0.25 finds one stalled
        deal missed as bad as three deals troubled for nothing.

    Returns
    -------
    pandas.DataFrame
        threshold, model, low and high (95 %), all (acting on every deal), better_low (2.5 % point of model
        less all). In stalled deals caught, net of those troubled for nothing; none is 0. After Vickers and
        Elkin (2006).

    Examples
    --------
    >>> oof = pd.DataFrame({"group": ["a", "b"], "y": [1, 0], "p_stalled": [0.8, 0.1]})
    >>> net_benefit(oof, np.array([0.5]), draws=10)["model"].tolist()
    [0.5]
    """
    grid = np.arange(1, 20) / 20 if thresholds is None else np.asarray(thresholds, dtype=float)
    y, p = oof["y"].to_numpy(dtype=float), oof["p_stalled"].to_numpy(dtype=float)
    odds = grid / (1 - grid)
    everyone = y[:, None] - (1 - y[:, None]) * odds
    both = np.hstack([(p[:, None] >= grid) * everyone, everyone])
    found = [
        weights @ both / weights.sum(axis=1, keepdims=True)
        for weights in resamples(oof["group"].to_numpy(dtype=object), draws, seed)
    ]
    drawn = np.concatenate(found)
    model, every = drawn[:, : len(grid)], drawn[:, len(grid) :]
    low, high = np.percentile(model[1:], [2.5, 97.5], axis=0)
    better = np.percentile(model[1:] - every[1:], 2.5, axis=0)
    told = {"model": model[0], "low": low, "high": high, "all": every[0], "better_low": better}
    return pd.DataFrame({"threshold": grid, **told})
