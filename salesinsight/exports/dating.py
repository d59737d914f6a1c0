"""What is told about a column of moments: dates in several ways or unread, hours of a clock change."""

from __future__ import annotations

import dataclasses
import itertools

import polars as pl

from salesinsight.errors import DatesUnread
from salesinsight.exports.convert import moments
from salesinsight.exports.findings import Findings

# ways of writing that are common enough to propose
DAYS = ["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%d/%m/%y", "%m/%d/%y",
        "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%b %d, %Y"]  # fmt: skip
HOURS = ["", " %H:%M", " %H:%M:%S", ", %H:%M", ", %H:%M:%S", " %I:%M %p", ", %I:%M %p", "T%H:%M:%S", "%H%M%S"]
# the pattern of so many values is that of the column
NEARLY_ALL = 0.9
# so many different values show what fits
LOOKED_AT = 2000
DAY = r"^(\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{8})"
OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})$"


@dataclasses.dataclass(frozen=True)
class Dated:
    """One column of moments: what stood there, what was read, and where it is.

    Attributes
    ----------
    given : polars.Series
        The texts.
    values : polars.Series
        The moments; missing where they can't be read.
    rows : polars.DataFrame
        Where each stood: _source and _path.
    column, target : str
        The column of the file (our word for it) and of the table.
    place : str
        Where the profile speaks of it.
    patterns : tuple of str
        Patterns that were tried.
    zone : str
        Time zone of moments without one.
    """

    given: pl.Series
    values: pl.Series
    rows: pl.DataFrame
    column: str
    target: str
    place: str
    patterns: tuple[str, ...]
    zone: str


def tell_moments(dated: Dated, findings: Findings) -> tuple[pl.Series, DatesUnread | None]:
    """Tell what is odd about a column of moments.

    Returns
    -------
    skipped : polars.Series
        Which values name an hour that the clock skips.
    unread : DatesUnread or None
        What to do, when (nearly) no value can be read; it is told in a notice too.
    """
    given, values = dated.given, dated.values
    wrong = given.is_not_null() & values.is_null()
    _tell_twice(dated, findings)
    if not wrong.any():
        _tell_mixture(dated, wrong, findings)
        return wrong, None
    skipped = wrong & moments(given, dated.patterns, "UTC").is_not_null()
    unread = wrong & ~skipped
    if unread.sum() < NEARLY_ALL * given.count():
        _tell_mixture(dated, unread, findings)
        return skipped, None
    several = given.filter(unread).unique(maintain_order=True).head(LOOKED_AT)
    error = DatesUnread(
        file=dated.rows["_path"].filter(unread)[0],
        place=dated.place,
        column=findings.header(dated.rows.filter(unread), dated.column),
        target=dated.target,
        n=int(unread.sum()),
        total=given.count(),
        examples=[value[:40] for value in several.head(3)],
        patterns=fitting_patterns(several),
    )
    findings.notice("dates_unread", why=error)
    return skipped, error


def fitting_patterns(texts: pl.Series) -> list[str]:
    """Common patterns that read every one of these texts, each in another way.

    Examples
    --------
    >>> fitting_patterns(pl.Series(["12/31/2026", "1/2/2026"])), fitting_patterns(pl.Series(["1/2/2026"]))
    (['%m/%d/%Y'], ['%d/%m/%Y', '%m/%d/%Y'])
    """
    found: dict[str, pl.Series] = {}
    for day, hour in itertools.product(DAYS, HOURS):
        if moments(texts.head(1), (day + hour,), "UTC").null_count():
            continue
        read = moments(texts, (day + hour,), "UTC")
        if not read.null_count() and not any(read.equals(other) for other in found.values()):
            found[day + hour] = read
    return list(found)


def _tell_mixture(dated: Dated, unread: pl.Series, findings: Findings) -> None:
    """Say so when a column writes its days in more than one way, for a part may be read wrong."""
    day = dated.given.str.extract(DAY).str.replace_all(r"\d{4}", "y").str.replace_all(r"\d{1,2}", "d")
    rows = pl.DataFrame(
        {
            "given": dated.given,
            "_source": dated.rows["_source"],
            "_path": dated.rows["_path"],
            "day": day,
            "unread": unread,
        }
    )
    # words are no other way of writing a date
    rows = rows.drop_nulls("given").filter(pl.col("given").str.contains(r"\d"))
    ways = rows.group_by("day", "unread", maintain_order=True).agg(
        pl.first("given", "_source", "_path"), n=pl.len()
    )
    if ways.height < 2:
        return
    shown = [f"'{text[:40]}' ({n}×)" for text, n in ways.select("given", "n").iter_rows()]
    read = [text for text, bad in zip(shown, ways["unread"], strict=True) if not bad]
    left = [text for text, bad in zip(shown, ways["unread"], strict=True) if bad]
    column = findings.header(ways, dated.column)
    findings.notice(
        "dates_mixed", file=ways["_path"][0], column=column, read=read or ["-"], unread=left or ["-"]
    )


def _tell_twice(dated: Dated, findings: Findings) -> None:
    """Count the times that the clock shows twice, of which the first is taken."""
    local = dated.values.dt.convert_time_zone(dated.zone).dt.replace_time_zone(None)
    later = dated.values.dt.offset_by("1h").dt.convert_time_zone(dated.zone).dt.replace_time_zone(None)
    twice = (local == later) & ~dated.given.str.contains(OFFSET)
    if twice.any():
        example, column = (
            dated.given.filter(twice)[0],
            findings.header(dated.rows.filter(twice), dated.column),
        )
        findings.notice("hour_twice", column=column, n=int(twice.sum()), example=example)
