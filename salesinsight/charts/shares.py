"""Shares with their uncertainty, and how they are said to people: in tens, with a range."""

from __future__ import annotations

import math

from salesinsight.language import words

#: Fewer cases than this are too few to show a share without a mark.
FEW = 30


def in_ten(share: float, low: float, high: float, language: str = "nl", *, of: str = "") -> str:
    """Say a share as a count out of ten, with its range.

    Parameters
    ----------
    share, low, high : float
        The share and its interval, between 0 and 1. A missing share is said as too little data.
    language : str
        Language of the words.
    of : str
        What there are ten of; without it the noun is left out.

    Examples
    --------
    >>> in_ten(0.62, 0.41, 0.78, "en", of=" deals").replace("\xa0", " ")
    '6 in 10 deals (4 to 8)'
    """
    if math.isnan(share):
        return words(language)("charts.share.too_few")
    if math.isnan(low) or math.isnan(high):
        return words(language)("charts.share.in_ten_bare", count=round(10 * share), of=of)
    return words(language)("charts.share.in_ten", of=of, **tens(share, low, high))


def tens(share: float, low: float, high: float) -> dict[str, int]:
    """A share and its interval as counts out of ten: count, low and high, with count never outside the range.

    Examples
    --------
    >>> tens(0.62, 0.41, 0.78)
    {'count': 6, 'low': 4, 'high': 8}
    """
    count = round(10 * share)
    return {"count": count, "low": min(round(10 * low), count), "high": max(round(10 * high), count)}


def counted(n: float, noun: str, language: str = "nl") -> str:
    """A number with its noun, in the singular where it is one.

    Examples
    --------
    >>> counted(1, "deal"), counted(1200, "conversation")
    ('1 deal', '1.200 gesprekken')
    """
    w = words(language)
    return w(f"charts.count.{noun}_{'one' if n == 1 else 'many'}", n=w.number(n))
