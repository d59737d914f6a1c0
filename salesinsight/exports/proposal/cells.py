"""What stands in a column: dates and how they are written, numbers, addresses, a few words, long text."""

from __future__ import annotations

import dataclasses

import polars as pl

from salesinsight.exports.convert import CLOCK, moments, numbers
from salesinsight.exports.dating import fitting_patterns

# so many rows show what a column holds
LOOKED_AT = 3000
# so many of the filled cells make it so; some slips are always there
NEARLY_ALL = 0.9
# a column of so few different words may be a list of choices
FEW = 25
LONG = 45
EMAIL = r"^[^@\s,;]+@[^@\s,;]+\.[A-Za-z]{2,}$"
PHONE = r"^(?:\+|00|0|\(0)[\d\s().\-/]{7,}$"
DATE_LIKE = r"^\d{1,4}[-/. ]\w{1,9}[-/. ]\d{2,4}(?:\b|T)|^\d{8}\b|^[A-Za-z]{3,9} \d{1,2}, \d{4}"
TIME = r"^\d{1,2}:\d{2}(:\d{2})?$"
PERCENT = r"^\d{1,3}([.,]\d+)?\s*%$"


@dataclasses.dataclass(frozen=True)
class Cells:
    """What the filled cells of one column are.

    Attributes
    ----------
    kinds : frozenset of str
        Everything they may be: moment, clock, number, whole, percent, email, phone, long, text; empty for
        an empty column.
    filled, distinct : int
        Filled cells, and different ones among them.
    patterns : tuple of str or None
        Patterns of dates: none needed when empty, more than one when it can't be told which; None when it
        holds no dates.
    values : tuple of str
        The different values, in the order of the file, when there are few.
    """

    kinds: frozenset[str]
    filled: int
    distinct: int
    patterns: tuple[str, ...] | None
    values: tuple[str, ...]

    @property
    def unique(self) -> bool:
        """Whether no value comes twice."""
        return self.filled > 0 and self.distinct == self.filled


def look(column: pl.Series, usual: tuple[str, ...]) -> Cells:
    """Look at the cells of a column.

    Parameters
    ----------
    column : polars.Series
        Text; missing where a cell is empty.
    usual : tuple of str
        The patterns by which dates of this file are read anyway (`convert.date_patterns`).

    Examples
    --------
    >>> found = look(pl.Series(["1-12-2026", "24-12-2026"]), ("%d-%m-%Y",))
    >>> sorted(found.kinds), found.patterns
    (['moment'], ())
    """
    filled = column.drop_nulls()
    several = filled.unique(maintain_order=True)
    values = tuple(several) if len(several) <= FEW else ()
    if not len(filled):
        return Cells(frozenset(), 0, 0, None, ())
    shown = several.head(LOOKED_AT)
    kinds = {
        name for name, pattern in {"email": EMAIL, "percent": PERCENT}.items() if _mostly(shown, pattern)
    }
    patterns = _patterns(shown, usual)
    if patterns is not None:
        kinds.add("moment")
    if _mostly(shown, TIME) or _mostly(shown, CLOCK):
        kinds.add("clock")
    if _mostly(shown, PHONE) and not _mostly(shown, r"^0(\.\d+|,\d+)?$"):
        kinds.add("phone")
    number = numbers(shown)
    if number.count() >= NEARLY_ALL * len(shown):
        kinds.add("number")
        if (number == number.floor()).all():
            kinds.add("whole")
    if not kinds:
        kinds.add("long" if float(shown.str.len_chars().mean() or 0) > LONG else "text")  # type: ignore[arg-type]
    return Cells(frozenset(kinds), len(filled), len(several), patterns, values)


def _mostly(texts: pl.Series, pattern: str) -> bool:
    return bool(texts.str.contains(pattern).mean() >= NEARLY_ALL)  # type: ignore[operator]


def _patterns(texts: pl.Series, usual: tuple[str, ...]) -> tuple[str, ...] | None:
    """Patterns that read (nearly) all; empty when the usual ones do, several when none is certain."""
    if not _mostly(texts, DATE_LIKE):
        return None
    read = moments(texts, usual, "UTC")
    if read.count() >= NEARLY_ALL * len(texts):
        return ()
    like = texts.filter(texts.str.contains(DATE_LIKE)).head(300)
    found = fitting_patterns(like)
    return tuple(found) or None
