"""Shares with their uncertainty."""

from __future__ import annotations

import math


def wilson(hits: float, n: float) -> tuple[float, float]:
    """95 % interval of a share, after Wilson (1927); it stays between 0 and 1 and bears small n.

    Parameters
    ----------
    hits, n : float
        Cases with the trait, and all cases. They need not be whole: weighted counts will do.

    Returns
    -------
    tuple of float
        Low and high; both NaN when n is 0.

    Examples
    --------
    >>> [round(bound, 2) for bound in wilson(10, 20)]
    [0.3, 0.7]
    """
    if n <= 0:
        return math.nan, math.nan
    # statsmodels takes a second to import, and most paths never come here
    from statsmodels.stats.proportion import proportion_confint

    low, high = (float(bound) for bound in proportion_confint(hits, n, method="wilson"))
    # rounding must not leave the share itself outside
    return min(max(low, 0.0), hits / n), max(min(high, 1.0), hits / n)
