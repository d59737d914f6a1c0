"""What a weekly list would save in hours: a scenario, and no measurement.

It multiplies the share of lists that stalled by hours of past deals and by a share that nobody knows; only a
list drawn by lot can show savings (see `measure_benefit`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from salesinsight.deals import Dataset
from salesinsight.errors import BadArgument
from salesinsight.modeling.metrics import LEAST_ROWS
from salesinsight.modeling.run import Run
from salesinsight.modeling.splits import row_horizons
from salesinsight.modeling.value import list_precision
from salesinsight.schema import Export

AVOIDABLE, REVIEW_HOURS = (0.25, 0.75), 0.25
# hours that a deal of the list, and a stalled deal, can take at most
MOST = (24, 2000)


def hours_later(export: Export, data: Dataset) -> pd.Series:
    """Hours that went into each stalled deal after its first stalled moment and before its window closed.

    Parameters
    ----------
    export : Export
        With events of kind hours_logged, or ends of held conversations.
    data : Dataset
        Closed windows.

    Returns
    -------
    pandas.Series
        Hours per stalled deal: those logged, or those spent in conversation where these are more; no rows
        when the export tells neither.

    Notes
    -----
    The two are not added up: whoever logs hours mostly logs those of conversations too.

    Examples
    --------
    >>> import salesinsight as si
    >>> export = si.make_sample(n_deals=30)
    >>> hours_later(export, si.make_dataset(export)).name
    'hours'
    """
    events, talks = export.events, export.conversations
    logged = events[events["kind"] == "hours_logged"]
    logged = logged[["deal_id", "at"]].assign(hours=pd.to_numeric(logged["value"], errors="coerce"))
    talked = talks.loc[talks["status"] == "held", ["deal_id", "started_at", "ended_at"]]
    length = (talked["ended_at"] - talked["started_at"]).dt.total_seconds() / 3600
    talked = talked.rename(columns={"started_at": "at"}).assign(hours=length)
    known = [part.dropna(subset="hours") for part in (logged, talked)]
    if data.y is None or not any(len(part) for part in known):
        return pd.Series(dtype=float, name="hours")
    moments = data.y.index.to_frame(index=False).assign(days=row_horizons(data))
    stalled = moments[data.y.to_numpy(dtype=float) == 1].sort_values("landmark_at", kind="stable")
    first = stalled.drop_duplicates("deal_id").set_index("deal_id")
    spent = [_within(part, first) for part in known]
    return pd.concat(spent, axis=1).max(axis=1).rename("hours")


def _within(rows: pd.DataFrame, first: pd.DataFrame) -> pd.Series:
    """Hours per deal in the window that began at its first stalled moment."""
    begun, days = (rows["deal_id"].map(first[name]) for name in ("landmark_at", "days"))
    inside = (rows["at"] > begun) & (rows["at"] <= begun + pd.to_timedelta(days, unit="D"))
    hours = rows.loc[inside, "hours"].astype(float).clip(lower=0)
    return hours.groupby(rows.loc[inside, "deal_id"]).sum().reindex(first.index).fillna(0.0)


def check_hours(
    *,
    avoidable: tuple[float, float] = AVOIDABLE,
    review_hours: float = REVIEW_HOURS,
    per_deal: float | None = None,
) -> None:
    """Refuse assumptions of `hours_scenario` that can't be.

    Raises
    ------
    BadArgument
        When the avoidable shares are not two from 0 to 1, the lowest first; a deal of the list takes less
        than nothing or more than a day; or a stalled deal takes less than nothing or more than a year.

    Examples
    --------
    >>> check_hours(avoidable=(0.5, 0.25))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    salesinsight.errors.base.BadArgument: avoidable takes two shares from 0 to 1, lowest first; ...
    """
    two = isinstance(avoidable, Sequence) and [isinstance(one, Real) for one in avoidable] == [True, True]
    low, high = avoidable if two else (math.nan, math.nan)
    if not 0 <= low <= high <= 1:
        expected = {
            "en": "two shares from 0 to 1, lowest first", "nl": "twee delen van 0 tot 1, het laagste eerst"
        }  # fmt: skip
        raise BadArgument(argument="avoidable", expected=expected, got=repr(avoidable))
    for name, hours, most in (("review_hours", review_hours, MOST[0]), ("per_deal", per_deal, MOST[1])):
        if hours is not None and not (isinstance(hours, Real) and 0 <= hours <= most):
            expected = {"en": f"0 to {most:,} hours", "nl": f"0 tot {most} uur"}
            shown = f"{hours:g}" if isinstance(hours, Real) else repr(hours)
            raise BadArgument(argument=name, expected=expected, got=shown)


def hours_scenario(
    run: Run,
    export: Export,
    data: Dataset,
    *,
    k: int = 10,
    avoidable: tuple[float, float] = AVOIDABLE,
    review_hours: float = REVIEW_HOURS,
    per_deal: float | None = None,
    dropped_hours: float = 8.0,
    dropped_share: float = 0.0,
) -> dict[str, Any]:
    """What one weekly list would save, if: a scenario and no measurement.

    Parameters
    ----------
    run : Run
        For the tests of the model.
    export, data : Export and Dataset
        The hours, and the deals that it learned from.
    k : int
        Length of the list.
    avoidable : tuple of float
        Share of the later hours of a stalled deal that could have been avoided, lowest and highest.
    review_hours : float
        Hours that it takes to look at one deal of the list.
    per_deal : float, optional
        Hours that a stalled deal still takes; else the mean of `hours_later`.
    dropped_hours, dropped_share : float
        What a deal costs that was dropped though it would not have stalled, in hours; and the share of such
        deals on the list that would be dropped.

    Returns
    -------
    dict
        hours_low and hours_high (per list, net of costs; NaN with too few hours or moments), per_deal
        (NaN when too few hours are known), deals (it rests on; 0 when it was given), stalled (deals of a
        list that stall, with stalled_low and stalled_high), review and dropped (cost in hours per list) and
        the assumptions. Raises BadArgument as `check_hours`.
    """
    check_hours(avoidable=avoidable, review_hours=review_hours, per_deal=per_deal)
    hours = hours_later(export, data) if per_deal is None else pd.Series(dtype=float)
    size, share = _of_a_list(run, k)
    if per_deal is None:
        per_deal = float(hours.mean()) if len(hours) >= LEAST_ROWS else np.nan
    cost = size * review_hours
    edges = [
        size * (part * r * per_deal - (1 - part) * dropped_share * dropped_hours) - cost
        for part, r in ((share["low"], avoidable[0]), (share["high"], avoidable[1]))
    ]
    return {
        "hours_low": float(edges[0]), "hours_high": float(edges[1]), "per_deal": per_deal,
        "deals": len(hours),
        "stalled": size * share["precision"], "stalled_low": size * share["low"],
        "stalled_high": size * share["high"], "review": cost,
        "dropped": size * (1 - share["precision"]) * dropped_share * dropped_hours,
        "size": float(size), "avoidable": avoidable, "review_hours": review_hours,
        "dropped_hours": dropped_hours, "dropped_share": dropped_share,
    }  # fmt: skip


def _of_a_list(run: Run, k: int) -> tuple[float, dict[str, float]]:
    """Deals on a list, and the share of them that stalled: precision, low and high."""
    found = list_precision(run.oof, (k,)) if len(run.oof) else pd.DataFrame()
    if not len(found):
        return k, dict.fromkeys(("precision", "low", "high"), np.nan)
    own = found[found["model"] == "full"].iloc[0]
    share = {name: float(own[name]) for name in ("precision", "low", "high")}
    return own["listed"] / max(own["weeks"], 1), share
