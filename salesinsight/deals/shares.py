"""Shares with their uncertainty."""

from __future__ import annotations

import numpy as np


def share_interval(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n cases, after Wilson; both NaN when n is 0.

    Examples
    --------
    >>> [round(bound, 2) for bound in share_interval(0.5, 20)]
    [0.3, 0.7]
    """
    # statsmodels takes a second to import, and most paths never come here
    from statsmodels.stats.proportion import proportion_confint

    if n == 0:
        return np.nan, np.nan
    low, high = proportion_confint(share * n, n, method="wilson")
    return float(low), float(high)
