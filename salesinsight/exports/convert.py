"""Text of a file → values of a table: moments, numbers, yes/no and the fixed words of a column."""

from __future__ import annotations

import datetime
import functools
import operator
from typing import Any

import polars as pl

from salesinsight.schema.tables import FLAG, MOMENT, NUMBER, TEXT, WHOLE, Column

ISO = (
    r"^(\d{4}-\d{2}-\d{2})(?:[T ]+(\d{1,2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*"
    r"(?:(Z)|([+-])(\d{2}):?(\d{2}))?$"
)
# a date that can be read in two ways is not guessed: of patterns with a bar between them, the one that
# reads all values of the column while the other fails on some is the right one; else neither is
DAY_FIRST = (
    "%d-%m-%Y",
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d/%m/%Y|%m/%d/%Y",
    "%d/%m/%Y %H:%M|%m/%d/%Y %H:%M",
    "%d/%m/%Y, %H:%M|%m/%d/%Y, %H:%M",
    "%d/%m/%Y %H:%M:%S|%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %I:%M %p|%m/%d/%Y %I:%M %p",
    "%d/%m/%Y, %I:%M %p|%m/%d/%Y, %I:%M %p",
)
POINT = r"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d+)?$"
COMMA = r"^[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$"
PERCENT = r"\s*%\s*$"
NO_CENTS = r",-+\s*$"
AROUND_MONEY = r"[€$£\s\u00a0]"
CLOCK = r"^(?:(\d+):)?(\d{1,3}):(\d{2}(?:[.,]\d+)?)$"
FLAGS = {"true": True, "false": False, "1": True, "0": False}
DTYPES: dict[str, Any] = {
    TEXT: pl.String,
    WHOLE: pl.Int64,
    NUMBER: pl.Float64,
    FLAG: pl.Boolean,
    MOMENT: pl.Datetime("us", "UTC"),
}
# events whose value is a number or a date, and those of them that may also be put in words
COUNTED = ("amount_set", "hours_logged", "seller_estimate")
DATED = ("close_date_set", "meeting_booked")
WORDS_TOO = ("seller_estimate", "meeting_booked")
EARLIEST, LATEST = 1970, 2200
SLASHED = r"^(\d{1,2})/(\d{1,2})/\d{4}\b"


def convert(
    text: pl.Series, column: Column, patterns: tuple[str, ...], zone: str, decimal: str | None, fallback: str
) -> pl.Series:
    """Turn a column of text into values of the table's dtype; what can't be turned becomes missing.

    Parameters
    ----------
    text : polars.Series
        The texts.
    column : salesinsight.schema.Column
        What they must become.
    patterns : tuple of str
        Patterns of moments; when there are none, ``dd-mm-yyyy [hh:mm[:ss]]``, and with slashes where the
        column shows whether the day or the month stands first. ISO is always read.
    zone : str
        Time zone of moments that don't name one.
    decimal : str or None
        The decimal sign that the profile names.
    fallback : str
        The decimal sign to assume where the column itself does not show it.
    """
    if text.null_count() == len(text):
        return pl.Series(text.name, [None] * len(text), dtype=DTYPES[column.dtype])
    if column.dtype == MOMENT:
        return moments(text, patterns or DAY_FIRST, zone)
    if column.dtype in (NUMBER, WHOLE):
        found = numbers(text, decimal, fallback)
        if column.unit == "s":
            found = found.zip_with(found.is_not_null(), clock(text))
        if column.dtype == WHOLE:
            found = found.set(found != found.floor(), None).cast(pl.Int64)
        low = found < column.least if column.least is not None else pl.Series([False])
        return found.set(low.fill_null(False), None) if low.any() else found
    if column.dtype == FLAG:
        return text.str.to_lowercase().replace_strict(FLAGS, default=None, return_dtype=pl.Boolean)
    if column.name == "estimate":
        found = _plain(numbers(_bare(text), decimal, fallback))
        return found.zip_with(found.is_not_null(), text)
    if column.values:
        lower = text.str.to_lowercase()
        if column.name == "language":
            lower = lower.str.replace(r"[-_].*$", "")
        return lower.set(lower.is_in(list(column.values)).not_().fill_null(True), None)
    return text


def convert_event_values(
    kind: pl.Series,
    value: pl.Series,
    patterns: tuple[str, ...],
    zone: str,
    decimal: str | None,
    fallback: str,
) -> pl.Series:
    """Write the value of an event one way, whatever the file's: ``1234.5`` for numbers, ISO for dates.

    Notes
    -----
    What a kind in `COUNTED` or `DATED` has that is no number or date becomes missing. An estimate or a
    meeting may be described in words, which stay; the percent sign of an estimate does not.

    Examples
    --------
    >>> kinds = pl.Series(["amount_set", "close_date_set", "lost"])
    >>> given = pl.Series(["1.250,00", "3-2-2026", "9"])
    >>> convert_event_values(kinds, given, (), "UTC", None, ".").to_list()
    ['1250', '2026-02-03', '9']
    """
    none = pl.Series([None], dtype=pl.String)
    counted, dated = (kind.is_in(list(kinds)).fill_null(False) for kinds in (COUNTED, DATED))
    chance = (kind == "seller_estimate").fill_null(False)
    given = _bare(value).zip_with(chance, value)
    number_text = _plain(numbers(given.zip_with(counted, none), decimal, fallback))
    moment = moments(value.zip_with(dated, none), patterns or DAY_FIRST, zone).dt.convert_time_zone(zone)
    midnight = (moment.dt.time() == datetime.time()).fill_null(True)
    moment_text = moment.dt.strftime("%Y-%m-%d").zip_with(
        midnight, moment.dt.strftime("%Y-%m-%dT%H:%M:%S%:z")
    )
    found = number_text.zip_with(counted, moment_text.zip_with(dated, value))
    wordy = kind.is_in(list(WORDS_TOO)).fill_null(False) & found.is_null()
    return value.zip_with(wordy, found).alias(value.name)


def moments(text: pl.Series, patterns: tuple[str, ...], zone: str) -> pl.Series:
    """Read moments by patterns, then as ISO; missing where neither fits.

    Notes
    -----
    A pattern that ends in ``*`` reads the start of the text and ignores the rest. A time that the clock
    skips in spring is no moment; one that it shows twice in autumn is the first of the two.

    Examples
    --------
    >>> written = pl.Series(["03-02-2026 9:05", "2026-02-03T09:05+01:00"])
    >>> moments(written, DAY_FIRST, "Europe/Amsterdam").n_unique()
    1
    """
    found = pl.Series("moment", [None] * len(text), dtype=pl.Datetime("us", "UTC"))
    for pattern in patterns:
        found = found.zip_with(found.is_not_null(), _one_of(text, pattern.split("|"), zone))
    found = found.zip_with(found.is_not_null(), _iso(text, zone))
    return found.set(found.dt.year().is_between(EARLIEST, LATEST).not_().fill_null(True), None)


def date_patterns(frame: pl.DataFrame) -> tuple[str, ...]:
    """The patterns of dates for a file: with slashes, one date in it that has no two readings settles all.

    Examples
    --------
    >>> us = pl.DataFrame({"made": ["1/5/2026", "1/6/2026"], "closes": ["3/13/2026", None]})
    >>> moments(us["made"], date_patterns(us), "UTC").dt.month().to_list()
    [1, 1]
    """
    dated = [pl.col(name).str.extract_groups(SLASHED).alias(name) for name in _slashed(frame)]
    if not dated:
        return DAY_FIRST
    parts = pl.concat([column.struct.unnest() for column in frame.select(dated).get_columns()])
    first, second = ((parts.get_column(name).cast(pl.Int64) > 12).any() for name in parts.columns)
    if first == second:
        return DAY_FIRST
    return tuple(pattern.split("|")[-1 if second else 0] for pattern in DAY_FIRST)


def _slashed(frame: pl.DataFrame) -> list[str]:
    """Columns that begin with a date with slashes; looking at every cell of a file takes long."""
    texts = (column for column in frame.get_columns() if column.dtype == pl.String)
    return [column.name for column in texts if column.drop_nulls().head(20).str.contains(SLASHED).any()]


def numbers(text: pl.Series, decimal: str | None = None, fallback: str = ".") -> pl.Series:
    """Read numbers written with a decimal comma or point, thousands and currency signs.

    Notes
    -----
    ``1.234`` and ``1,234`` can be read in two ways. The profile's sign decides; else the other numbers
    of the column: when these show one sign, that one; when they show both, the number is missing, for
    it is not guessed; when they show none, `fallback`.

    Examples
    --------
    >>> numbers(pl.Series(["€ 1.234,50", "1.234", "12%"])).to_list()
    [1234.5, 1234.0, None]
    >>> numbers(pl.Series(["€ 1.234,50", "1.234", "12.5"])).to_list()
    [1234.5, None, 12.5]
    """
    bare = text.str.replace(NO_CENTS, ",00").str.replace_all(AROUND_MONEY, "")
    is_point, is_comma = (bare.str.contains(style).fill_null(False) for style in (POINT, COMMA))
    as_point = bare.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    as_comma = bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    as_comma = as_comma.cast(pl.Float64, strict=False)
    shows_point, shows_comma = (is_point & ~is_comma).any(), (is_comma & ~is_point).any()
    seen = None if shows_point == shows_comma else "." if shows_point else ","
    sign = decimal or seen or fallback
    found = as_point.zip_with(is_point & (~is_comma | pl.Series([sign == "."])), as_comma)
    unsure = is_point & is_comma & (as_point != as_comma).fill_null(False)
    if decimal or not (shows_point and shows_comma):
        unsure = pl.Series([False])
    return found.set(~(is_point | is_comma) | unsure | found.is_infinite().fill_null(False), None)


def _bare(text: pl.Series) -> pl.Series:
    """A chance without its percent sign."""
    return text.str.replace(PERCENT, "")


def _plain(number: pl.Series) -> pl.Series:
    """Numbers as text, whole ones without a point."""
    whole = number.cast(pl.Int64, strict=False)
    return whole.cast(pl.String).zip_with((whole == number).fill_null(True), number.cast(pl.String))


def clock(text: pl.Series) -> pl.Series:
    """Read ``[hours:]minutes:seconds`` as seconds.

    Examples
    --------
    >>> clock(pl.Series(["01:02:03.5", "2:05", "soon"])).to_list()
    [3723.5, 125.0, None]
    """
    parts = text.str.replace(",", ".", literal=True).str.extract_groups(CLOCK).struct.unnest()
    hours, minutes, seconds = (parts[name].cast(pl.Float64) for name in parts.columns)
    return (hours.fill_null(0) * 3600 + minutes * 60 + seconds).alias(text.name)


def by_pattern(text: pl.Series, pattern: str, zone: str) -> pl.Series:
    """Read moments by one pattern; missing where it does not fit."""
    if pattern.endswith("*"):
        pattern = pattern.removesuffix("*")
        sample = pl.datetime(2000, 11, 22, 13, 14, 15)
        width = len(pl.select(sample.dt.strftime(pattern)).item())
        text = text.str.slice(0, width)
    # Python's %f is the fraction without its point, which Polars writes as %.f with it
    pattern = pattern.replace(".%f", "%.f")
    if "%z" in pattern:
        found = text.str.to_datetime(pattern, time_unit="us", time_zone="UTC", strict=False, exact=True)
        return found
    return _in_zone(text.str.to_datetime(pattern, time_unit="us", strict=False), zone)


def _one_of(text: pl.Series, patterns: list[str], zone: str) -> pl.Series:
    """Read moments by the one pattern that reads all values that any of them reads; none when two do."""
    read = [by_pattern(text, pattern, zone) for pattern in patterns]
    some = functools.reduce(operator.or_, (found.is_not_null() for found in read))
    whole = [found for found in read if (found.is_not_null() == some).all()]
    unlike = any(not found.equals(whole[0], check_names=False) for found in whole[1:])
    return whole[0] if whole and not unlike else read[0].clear(len(text))


def _iso(text: pl.Series, zone: str) -> pl.Series:
    day, time, seconds, fraction, utc, sign, hours, minutes = (
        text.str.extract_groups(ISO).struct.unnest().get_columns()
    )
    whole = day + " " + time.fill_null("0:00") + ":" + seconds.fill_null("00") + "." + fraction.fill_null("0")
    naive = whole.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False)
    offset = hours.cast(pl.Int64) * 60 + minutes.cast(pl.Int64)
    offset = offset.zip_with((sign == "+").fill_null(True), -offset)
    offset = offset.zip_with(utc.is_null(), pl.Series([0]))
    shifted = naive.dt.replace_time_zone("UTC") - (offset * 60_000_000).cast(pl.Duration("us"))
    return shifted.zip_with(offset.is_not_null(), _in_zone(naive, zone))


def _in_zone(naive: pl.Series, zone: str) -> pl.Series:
    local = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")
