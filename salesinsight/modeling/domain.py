"""Deals unlike anything the model learned from: about these it says "te weinig gegevens" instead of a chance.

Three things make a deal such a one, looked at in this order:

``stage``
    it stands in a stage in which the model never saw a deal;
``known``
    fewer of the model's columns are known than for 99 % of the landmarks that it learned from;
``domain``
    a column lies further outside the seen range, in widths of that range, than 99.5 % of landmarks of
    accounts that were kept apart did in any column; at least half a width. The columns of the CRM and those
    of conversations have a limit each: rare counts in conversations would hide an amount in another currency.

So of 200 deals like those learned from, at most about four are called strange. ``interval``, the fourth code,
is not about the deal but about the model: the interval of its p_stalled is wider than `WIDEST`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from salesinsight.language import words
from salesinsight.modeling.pipelines import CATEGORY
from salesinsight.modeling.wording import ColumnWords

# a range of fewer known values than this says nothing about the next value
LEAST_KNOWN = 30
# an interval of p_stalled wider than this says as good as nothing
WIDEST = 0.5
LEAST_WIDER, INSIDE, KNOWN_BY = 0.5, 0.995, 0.99
PARTS = 5


def learn_domain(X: pd.DataFrame, groups: pd.Series, seed: int = 0) -> dict[str, Any]:
    """Learn from training rows what a deal must look like to be judged.

    Parameters
    ----------
    X : pandas.DataFrame
        The model's columns, one row per landmark.
    groups : pandas.Series
        Account of each row: an account is kept apart as a whole.
    seed : int
        Which accounts are kept apart together.

    Returns
    -------
    dict
        known: least share of columns that must be known, 0 to 1. ranges: by column its lowest and highest
        value, widened; columns of one value, or known in fewer than 30 rows, have none. wider: by how many
        widths the ranges of CRM and talk columns were widened.

    Examples
    --------
    >>> X = pd.DataFrame({"crm_amount_log10": np.linspace(3, 5, 60)})
    >>> learn_domain(X, pd.Series(range(60)))["ranges"]
    {'crm_amount_log10': [2.0, 6.0]}
    """
    numbers = X.drop(columns=CATEGORY, errors="ignore").astype("float64")
    of_crm = numbers.columns.str.startswith("crm_")
    beyond = _held_out(numbers, groups, seed)
    wider = {name: _limit(beyond[:, part]) for name, part in (("crm", of_crm), ("talk", ~of_crm))}
    low, width = _seen(numbers)
    room = width * np.where(of_crm, wider["crm"], wider["talk"])
    ranges = pd.DataFrame({"low": low - room, "high": low + width + room}).dropna()
    return {
        "known": float(np.quantile(X.notna().mean(axis=1), 1 - KNOWN_BY, method="lower")),
        "ranges": {str(name): [float(low), float(high)] for name, low, high in ranges.itertuples()},
        "wider": wider,
    }


def find_strange(domain: dict[str, Any] | None, X: pd.DataFrame, unseen: np.ndarray) -> pd.DataFrame:
    """Say which deals are unlike what the model learned from, and why.

    Parameters
    ----------
    domain : dict or None
        From `learn_domain`; None for a run that was made without it.
    X : pandas.DataFrame
        The model's columns of the deals.
    unseen : numpy.ndarray of bool
        Whether a deal stands in a stage that the model never saw.

    Returns
    -------
    pandas.DataFrame
        Index of X. too_little: "stage", "known" or "domain"; outside: with "domain", the column that lies
        furthest outside its range. Missing for deals that can be judged.

    Examples
    --------
    >>> domain = {"known": 0.5, "ranges": {"crm_amount_log10": [2.0, 6.0]}}
    >>> X = pd.DataFrame({"crm_amount_log10": [4.0, 7.5, None]})
    >>> find_strange(domain, X, np.zeros(3, bool))["too_little"].tolist()
    [<NA>, 'domain', 'known']
    """
    code, outside = (np.full(len(X), None, dtype=object) for _ in range(2))
    if domain is not None and domain["ranges"]:
        low, high = (np.array(edge) for edge in zip(*domain["ranges"].values(), strict=True))
        values = X[list(domain["ranges"])].to_numpy(dtype=float)
        over = np.nan_to_num(np.maximum(low - values, values - high) / (high - low), nan=-1.0)
        far = (over > 0).any(axis=1)
        outside[far] = np.array(list(domain["ranges"]), dtype=object)[over[far].argmax(axis=1)]
        code[far] = "domain"
    if domain is not None:
        code[X.notna().mean(axis=1).to_numpy() < domain["known"]] = "known"
    code[unseen] = "stage"
    outside[code != "domain"] = None
    return pd.DataFrame({"too_little": code, "outside": outside}, index=X.index, dtype="string")


def why_too_little(deal: Mapping[str, Any], language: str) -> str:
    """Say why a scored deal has too little data, by its too_little and outside; "" when it can be judged.

    Examples
    --------
    >>> why_too_little({"too_little": "domain", "outside": "crm_deal_age_days"}, "en")
    'this lies far outside anything the model ever saw: age of the deal'
    """
    code, column = (deal.get(name) for name in ("too_little", "outside"))
    if not isinstance(code, str):
        return ""
    name = ColumnWords([column], language).name(column) if isinstance(column, str) else ""
    return words(language)(f"common.too_little.{code}", name=name)


def _seen(numbers: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Lowest value and width of each column; NaN where these say nothing."""
    low, width = numbers.min(), numbers.max() - numbers.min()
    usable = (width > 0) & (numbers.notna().sum() >= LEAST_KNOWN)
    return low.where(usable), width.where(usable)


def _held_out(numbers: pd.DataFrame, groups: pd.Series, seed: int) -> np.ndarray:
    """How far each value lies outside what the other accounts show, in widths; 0 inside or when missing."""
    beyond = np.zeros(numbers.shape)
    parts = min(PARTS, groups.nunique())
    if parts < 2:
        return beyond
    apart = GroupKFold(parts, shuffle=True, random_state=seed).split(numbers, groups=groups.to_numpy(object))
    for learn, test in apart:
        low, width = _seen(numbers.iloc[learn])
        values = numbers.iloc[test]
        over = np.maximum(low - values, values - low - width) / width
        beyond[test] = over.clip(lower=0).fillna(0.0)
    return beyond


def _limit(beyond: np.ndarray) -> float:
    """By how many widths to widen the ranges of these columns."""
    if not beyond.shape[1]:
        return LEAST_WIDER
    return max(LEAST_WIDER, float(np.quantile(beyond.max(axis=1), INSIDE)))
