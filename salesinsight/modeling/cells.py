"""Shares of stalled deals and how far they can be trusted, per stage, band or other group of landmarks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from salesinsight.deals.shares import wilson
from salesinsight.modeling.metrics import LEAST_ROWS, stretch, worth_of


def share_interval(y: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """95 % interval of a share of rows that hang together: Wilson's, with as many cases as they are worth.

    Parameters
    ----------
    y : numpy.ndarray
        0 or 1 per row.
    groups : numpy.ndarray
        The account, or the deal, of each row.

    Returns
    -------
    tuple of float
        Low and high; both NaN without rows.

    Notes
    -----
    Rows are worth as many independent cases as would give a share that varies as much as the sums over groups
    say that this one does (Kish's design effect): at most all rows; the number of groups where all are alike.
    That spread itself is known from few groups, for which a t interval makes up (Korn and Graubard, 1998).

    Examples
    --------
    >>> y, deals = np.repeat([1, 0] * 10, 2), np.repeat(range(20), 2)
    >>> [[round(float(edge), 2) for edge in told] for told in (share_interval(y, deals), wilson(20, 40))]
    [[0.28, 0.72], [0.35, 0.65]]
    """
    n = len(y)
    if not n:
        return math.nan, math.nan
    share = float(np.mean(y))
    _, group = np.unique(groups, return_inverse=True)
    count = group.max() + 1
    variance = (np.bincount(group, y - share) ** 2).sum() / n**2
    if variance == 0 or count == 1:
        return wilson(share * count, count)
    worth = min(share * (1 - share) / variance, n) / stretch(worth_of(groups)) ** 2
    return wilson(share * worth, worth)


def score_cells(oof: pd.DataFrame, by: str) -> pd.DataFrame:
    """Stalled share, mean probability and Brier score per value of a column, say per stage.

    Parameters
    ----------
    oof : pandas.DataFrame
        With y, p_stalled, deal_id and the column.
    by : str
        The column.

    Returns
    -------
    pandas.DataFrame
        The column, n, n_deals, stalled, low, high (`share_interval`), predicted, brier; NaN where n is below
        `LEAST_ROWS`.
    """
    rows = []
    for cell, part in oof.groupby(by):
        y, p = part["y"].to_numpy(dtype=float), part["p_stalled"].to_numpy(dtype=float)
        low, high = share_interval(y, part["deal_id"].to_numpy())
        told = {
            "stalled": y.mean(),
            "low": low,
            "high": high,
            "predicted": p.mean(),
            "brier": np.mean((p - y) ** 2),
        }
        said = told if len(y) >= LEAST_ROWS else dict.fromkeys(told, np.nan)
        rows.append({by: cell, "n": len(y), "n_deals": part["deal_id"].nunique(), **said})
    return pd.DataFrame(rows, columns=[by, "n", "n_deals", "stalled", "low", "high", "predicted", "brier"])
