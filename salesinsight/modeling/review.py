"""Was the list right: scores that were shown, held against what happened since.

Beside the list stand two others of the same length from the same deals: the rule of 14 days without a step of
the customer, and the deals of which sellers themselves expected least. All three are judged by the same
answers, of windows that have closed in a newer export.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from salesinsight.deals import make_dataset
from salesinsight.deals.timeline import moment_of
from salesinsight.modeling.metrics import interval, resamples
from salesinsight.modeling.rules import SILENT_DAYS, silent_days
from salesinsight.modeling.splits import required
from salesinsight.schema import Export

#: Fewer deals than this on a list don't decide which of two lists was the better one.
LEAST_DEALS = 30
LISTS = ("model", "rule", "seller")
KEY = ["deal_id", "landmark_at"]
FACTS = ("as_of", "time_zone", "horizon_days")


def look_back(
    ledger: pd.DataFrame,
    export: Export,
    features: pd.DataFrame | None = None,
    *,
    as_of: pd.Timestamp | str | None = None,
    horizon_days: int | None = None,
) -> pd.DataFrame:
    """Put beside every score that was shown what came of the deal.

    Parameters
    ----------
    ledger : pandas.DataFrame
        The ledger beside the runs: run, date, deal_id, p_stalled, band, rank, listed and reserved.
    export : Export
        A newer export. Windows are labelled as `make_dataset` does: from rows entered by `as_of`; what was
        known at the date of the score is taken from rows entered by then.
    features : pandas.DataFrame, optional
        From `conversation_features`; needed when outcomes are those tagged in the words.
    as_of, horizon_days
        As in `make_dataset`.

    Returns
    -------
    pandas.DataFrame
        One row per date and deal, the latest score of that date: run, landmark_at, deal_id, group (account),
        p_stalled, band, rank (place among all scored deals), reserved, y4 (missing until the window has
        closed), y (1 stalled, 0 not, NaN unknown), why (reason that it is not known), and whether the deal
        stood on the list of the model, of the rule and of the seller (missing where that is not known).
        ``attrs`` holds as_of, time_zone, horizon_days and watermark.

    Examples
    --------
    >>> import salesinsight as si
    >>> export = si.make_sample(n_deals=30)
    >>> then = si.open_deals(export, at="2025-10-06").X.reset_index()
    >>> ledger = then[["deal_id"]].assign(run="r", date="2025-10-06", p_stalled=0.5, band="midden", rank=1,
    ...     listed=True, reserved=False)
    >>> len(look_back(ledger, export)) == len(then)
    True
    """
    rows = ledger.drop_duplicates(["date", "deal_id"], keep="last").reset_index(drop=True)
    at = pd.to_datetime(rows["date"], utc=True, format="ISO8601", errors="coerce")
    rows["landmark_at"] = at.astype("datetime64[us, UTC]")
    rows = rows[rows["landmark_at"] <= moment_of(as_of, export)].reset_index(drop=True)
    moments = sorted(moment.isoformat() for moment in rows["landmark_at"].unique())
    data = make_dataset(export, features, as_of=as_of, horizon_days=horizon_days, landmarks=moments)
    answers = {"y4": required(data.y4), "y": required(data.y).astype("float64")}
    known = data.info[["seller_estimate"]].assign(silent=silent_days(data), group=data.groups, **answers)
    out = data.left_out.rename(columns={"reason": "why"}).drop_duplicates(KEY)
    rows = rows.merge(known.reset_index(), on=KEY, how="left").merge(out, on=KEY, how="left")
    rows["why"] = rows["why"].mask(rows["y"].isna() & rows["why"].isna(), "no longer in the export")
    rows["why"] = rows["why"].mask(rows["y"].notna())
    rows["model"] = rows["listed"].astype("boolean")
    for name, order in (("rule", _silence(rows)), ("seller", -_estimate(rows))):
        rows[name] = _same_length(rows, order)
    columns = ["run", *KEY, "group", "p_stalled", "band", "rank", "reserved", *LISTS, "y4", "y", "why"]
    rows = rows[columns].astype({"reserved": "boolean"})
    rows.attrs = {name: data.settings[name] for name in FACTS} | {"watermark": export.watermark}
    return rows


def _estimate(rows: pd.DataFrame) -> pd.Series:
    """What the seller made of it, missing where that is in words: these have no order."""
    return pd.to_numeric(rows["seller_estimate"], errors="coerce").astype("float64")


def _silence(rows: pd.DataFrame) -> pd.Series:
    """Days without a step of the customer; deals of which the rule says nothing come last."""
    return rows["silent"].where(rows["silent"] >= SILENT_DAYS, -1.0)


def _same_length(rows: pd.DataFrame, order: pd.Series) -> pd.Series:
    """Which judged deals another list of the same length would have held, per date.

    Where the length is not known, or fewer deals than that can be put in order, there is no such list.
    """
    judged = rows["y"].notna()
    length = (rows["model"].fillna(False) & judged).groupby(rows["landmark_at"]).transform("sum")
    known = rows["model"].notna().groupby(rows["landmark_at"]).transform("all") & (length > 0)
    able = judged & order.notna()
    enough = known & (able.groupby(rows["landmark_at"]).transform("sum") >= length)
    place = order.where(able).groupby(rows["landmark_at"]).rank(method="first", ascending=False)
    return (place <= length).astype("boolean").mask(~enough | ~judged)


def compare_lists(
    rows: pd.DataFrame, other: str = "rule", *, draws: int = 1000, seed: int = 0
) -> dict[str, Any]:
    """How much more often deals of the list stalled than those of another list of the same length.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `look_back`.
    other : str
        "rule" or "seller".
    draws, seed : int
        Resamples of whole accounts, for the interval.

    Returns
    -------
    dict
        value, low, high (difference of two shares, 95 %); deals (on the list); verdict: "better", "worse",
        "same" (the interval holds 0) or "too_few" (fewer than `LEAST_DEALS` deals; the figures are NaN).

    Examples
    --------
    >>> rows = pd.DataFrame({"deal_id": ["a"], "group": ["a"], "y": [1.0], "model": [True], "rule": [True]})
    >>> compare_lists(rows)["verdict"]
    'too_few'
    """
    used = rows[rows["y"].notna() & rows[other].notna()]
    ours, theirs = (
        used[name].astype("boolean").fillna(False).to_numpy(dtype=bool) for name in ("model", other)
    )
    deals = int(used.loc[ours, "deal_id"].nunique())
    if min(deals, used.loc[theirs, "deal_id"].nunique()) < LEAST_DEALS:
        return {"value": np.nan, "low": np.nan, "high": np.nan, "deals": deals, "verdict": "too_few"}
    return _difference(used, ours, theirs, draws, seed) | {"deals": deals}


def measure_benefit(rows: pd.DataFrame, *, draws: int = 1000, seed: int = 0) -> dict[str, Any]:
    """How much less often deals stalled because they were shown: shown deals against those held back.

    Both stood high enough for the list of their date; which were held back was drawn by lot, so nothing but
    the list sets them apart.

    Parameters
    ----------
    rows, draws, seed
        As in `compare_lists`.

    Returns
    -------
    dict
        value (share of shown deals that stalled less that of those held back: below 0 is benefit), low, high,
        deals (held back) and verdict: "better" when shown deals stalled less, "worse", "same" or "too_few".

    Examples
    --------
    >>> rows = pd.DataFrame({"deal_id": ["a"], "group": ["a"], "y": [1.0], "landmark_at": [0], "rank": [1],
    ...     "model": [True], "reserved": [False]})
    >>> measure_benefit(rows)["verdict"]
    'too_few'
    """
    used = lot(rows)
    back = used["reserved"].to_numpy(dtype=bool)
    deals = int(used.loc[back, "deal_id"].nunique())
    if min(deals, used.loc[~back, "deal_id"].nunique()) < LEAST_DEALS:
        return {"value": np.nan, "low": np.nan, "high": np.nan, "deals": deals, "verdict": "too_few"}
    found = _difference(used, ~back, back, draws, seed)
    turned = {"better": "worse", "worse": "better", "same": "same"}
    return found | {"deals": deals, "verdict": turned[found["verdict"]]}


def lot(rows: pd.DataFrame) -> pd.DataFrame:
    """The judged deals that stood high enough for the list of their date, shown or held back."""
    listed = rows["model"].astype("boolean").fillna(False)
    length = listed.groupby(rows["landmark_at"]).transform("sum")
    high = pd.to_numeric(rows["rank"]) <= length
    used = rows[rows["y"].notna() & high.fillna(False)]
    return used.assign(reserved=used["reserved"].astype("boolean").fillna(False).astype(bool))


def _difference(
    used: pd.DataFrame, ours: np.ndarray, theirs: np.ndarray, draws: int, seed: int
) -> dict[str, Any]:
    y, groups = used["y"].to_numpy(dtype=float), used["group"].to_numpy(dtype=object)
    found = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for weights in resamples(groups, draws, seed):
            shares = [weights[:, part] @ y[part] / weights[:, part].sum(axis=1) for part in (ours, theirs)]
            found.append(shares[0] - shares[1])
    told = interval(np.concatenate(found))
    verdict = "better" if told["low"] > 0 else "worse" if told["high"] < 0 else "same"
    return {**told, "verdict": verdict}


def hold_back(deal_ids: pd.Series, share: float, salt: str = "reserve") -> np.ndarray:
    """Draw deals to keep off the list, so that it can be seen what the list does.

    Parameters
    ----------
    deal_ids : pandas.Series
        Ids of deals.
    share : float
        Which share of them to hold back, 0 to 1.
    salt : str
        Another salt draws other deals.

    Returns
    -------
    numpy.ndarray
        True for deals held back. A deal is drawn by its id alone: it stays held back week after week, and a
        larger share adds deals to those of a smaller one.

    Examples
    --------
    >>> hold_back(pd.Series(["D-1", "D-2", "D-3", "D-4"]), 0.5).tolist() == [
    ...     hold_back(pd.Series([deal]), 0.5)[0] for deal in ("D-1", "D-2", "D-3", "D-4")]
    True
    """
    drawn = [hashlib.sha256(f"{salt}:{deal}".encode()).digest()[:8] for deal in deal_ids]
    return np.array([int.from_bytes(part) / 2**64 < share for part in drawn], dtype=bool)
