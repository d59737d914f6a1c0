"""The keys of a source one by one: what may stand there, and what it becomes."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from salesinsight.exports.convert import by_pattern
from salesinsight.exports.layouts import LAYOUTS
from salesinsight.exports.section import Section, as_text

OFFSET = re.compile(r"(\w+)\s*([+-])\s*(?:(\d+(?:\.\d+)?)|\{(.+)\})\s*(ms|s|min|h|d)")
MILLISECONDS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
COMPARE = ("not", "above", "at_least", "below", "at_most")


@dataclasses.dataclass(frozen=True)
class Offset:
    """A moment that lies a fixed or a recorded time from another: ``"ended_at - 10 min"``."""

    column: str
    sign: int
    amount: float | None
    amount_column: str | None
    unit_ms: int


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two rows that are one: where `column` says `start` and, later with the same keys, `end`."""

    on: tuple[str, ...]
    column: str
    start: str
    end: str


@dataclasses.dataclass(frozen=True)
class Join:
    """Columns of other files: `on` maps our key to theirs, `take` our new name, `fill` our gaps."""

    file: tuple[str, ...]
    on: dict[str, str]
    take: dict[str, str]
    fill: dict[str, str]
    where: dict[str, Any]
    sheet: str | None
    header: int
    having: tuple[str, ...]


def read_several(section: Section, key: str) -> list[Section]:
    """One table or a list of tables under a key."""
    value = section.given.get(key, [])
    parts = value if isinstance(value, list) else [value]
    return [Section(section.profile, f"{section.place} {key} {n}", part) for n, part in enumerate(parts, 1)]


def read_file(section: Section) -> tuple[str, ...]:
    """Patterns of files, all of them inside the folder."""
    section.need("file", (str, list), '"turns.csv"')
    names = tuple(name.replace("\\", "/") for name in section.texts("file"))
    for name in names:
        if name.startswith("/") or ":" in name or ".." in name.split("/") or not name:
            raise section.wrong('file = "turns.csv" / "calls/*.vtt"', name, "file")
    if not names:
        raise section.wrong('file = "turns.csv" / ["a.csv", "b*.csv"]', "[]", "file")
    return names


def read_having(section: Section) -> tuple[str, ...]:
    """Columns by which a file is known; none when its name alone tells."""
    if "having" not in section.given:
        return ()
    names = tuple(section.names("having"))
    if not names:
        raise section.wrong('having = ["a", "b"]', "[]", "having")
    return names


def read_names(section: Section) -> dict[str, tuple[str, ...]]:
    """Our words for columns and, per word, the headers that mean it: the first that is there counts."""
    return {word: tuple(section.texts(word)) for word in section.given}


def read_header(section: Section) -> int:
    """Line of the column names."""
    line = section.get("header", int, "1", 1)
    if line < 1:
        raise section.wrong("header >= 1", line, "header")
    return line


def read_decimal(section: Section) -> str | None:
    """The decimal sign, when the source names one."""
    sign = section.get("decimal", str, '","')
    if sign not in (None, ",", "."):
        raise section.wrong('"," / "."', sign, "decimal")
    return sign


def read_patterns(section: Section, key: str) -> tuple[str, ...]:
    """Patterns of dates, tried on a date to see whether they give it back."""
    patterns = section.texts(key)
    for pattern in patterns:
        sample = datetime.datetime(2001, 2, 3, 4, 5, 6, tzinfo=datetime.UTC)
        try:
            written = sample.strftime(pattern.removesuffix("*"))
            read = by_pattern(pl.Series([written]), pattern, "UTC")
        except (ValueError, pl.exceptions.ComputeError) as cause:
            raise section.wrong('"%d-%m-%Y %H:%M"', pattern, key) from cause
        # a pattern without a whole date would give the same day to everything
        if read.null_count() or read[0].date() != sample.date():
            raise section.wrong('"%d-%m-%Y %H:%M"', pattern, key)
    return tuple(patterns)


def read_offset(section: Section, key: str) -> Offset:
    """A moment and its distance from another."""
    text = section.need(key, str, '"ended_at - 10 min"')
    found = OFFSET.fullmatch(text.strip())
    if not found:
        raise section.wrong('"ended_at - 10 min" / "started_at + {seconds} s"', text, key)
    column, sign, amount, amount_column, unit = found.groups()
    number = float(amount) if amount else None
    return Offset(column, 1 if sign == "+" else -1, number, amount_column, MILLISECONDS[unit])


def read_factor(section: Section, key: str, table: str) -> float:
    """What a time in the file's unit is in the unit of its column."""
    timed = [column.name for column in LAYOUTS[table].columns if column.unit in MILLISECONDS]
    section.only(timed)
    unit = section.need(key, str, '"ms"')
    if unit not in MILLISECONDS:
        raise section.wrong(list(MILLISECONDS), unit, key)
    own = next(column.unit for column in LAYOUTS[table].columns if column.name == key)
    return MILLISECONDS[unit] / MILLISECONDS[own]


def read_pair(section: Section) -> Pair:
    """The two rows that are one."""
    section.only(["on", "column", "start", "end"])
    column, start, end = (section.need(key, str, '"text"') for key in ("column", "start", "end"))
    return Pair(tuple(section.texts("on")), column, start, end)


def read_join(section: Section) -> Join:
    """The other file, its keys and what is taken from it."""
    section.only(["file", "on", "take", "fill", "where", "sheet", "header", "having"])
    fill = section.inner("fill").scalars()
    named: dict[str, dict[str, str]] = {"take": {}}
    # a join may be there only to fill gaps
    for key in ("on",) if fill and "take" not in section.given else ("on", "take"):
        if isinstance(section.given.get(key), Mapping):
            named[key] = section.inner(key).scalars()
        else:
            named[key] = {name: name for name in section.texts(key)}
    where = read_where(section.inner("where"))
    sheet = section.get("sheet", str, '"Sheet1"')
    having = read_having(section)
    on, take = named["on"], named["take"]
    return Join(read_file(section), on, take, fill, where, sheet, read_header(section), having)


def read_where(section: Section) -> dict[str, Any]:
    """Tests of columns: a value, a list, or comparisons."""
    for key, test in section.given.items():
        if isinstance(test, Mapping):
            section.inner(key).only(list(COMPARE))
            for sign, limit in test.items():
                if sign != "not" and (isinstance(limit, bool) or not isinstance(limit, (int, float))):
                    raise section.wrong(f"{sign} = 0", limit, key)
        elif not isinstance(test, (str, int, float, list)):
            raise section.wrong('"text" / 0 / ["a", "b"] / { above = 0 }', test, key)
    return dict(section.given)


def read_cases(parts: list[Section]) -> list[tuple[dict[str, Any], str]]:
    """Tests and the value that each gives."""
    cases = []
    for part in parts:
        part.only(["when", "value"])
        value = part.need("value", (str, int, float), '"text"')
        cases.append((read_where(part.inner("when")), as_text(value)))
    return cases
