"""One source of one table: which file, and how its rows become rows of the table.

A source is a ``[[turns]]``, ``[[deals]]``, … section of a profile. Everything that can be wrong with it
is found here, before any file is opened. ``profiles/README.md`` shows every key with an example.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Mapping
from typing import Any

import polars as pl

from salesinsight.exports.convert import by_pattern
from salesinsight.exports.section import Section, as_text, time_zone
from salesinsight.schema import TABLES
from salesinsight.schema.tables import MOMENT

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
    """Columns of another file: `on` maps our key to theirs, `take` our new name to theirs."""

    file: str
    on: dict[str, str]
    take: dict[str, str]
    where: dict[str, Any]
    sheet: str | None
    header: int


@dataclasses.dataclass(frozen=True)
class Source:
    """One ``[[table]]`` section of a profile, checked."""

    table: str
    place: str
    file: str
    sheet: str | None = None
    header: int = 1
    rows: str | None = None
    optional: bool = False
    distinct: bool = False
    decimal: str | None = None
    time_zone: str | None = None
    columns: dict[str, str] | None = None
    constants: dict[str, str] = dataclasses.field(default_factory=dict)
    values: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    dates: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    units: dict[str, float] = dataclasses.field(default_factory=dict)
    offsets: dict[str, Offset] = dataclasses.field(default_factory=dict)
    pair: Pair | None = None
    join: tuple[Join, ...] = ()
    where: dict[str, Any] = dataclasses.field(default_factory=dict)
    case: dict[str, list[tuple[dict[str, Any], str]]] = dataclasses.field(default_factory=dict)

    @property
    def required(self) -> list[str]:
        """Columns of the table that every row must have; turns are numbered while reading."""
        return [name for name in TABLES[self.table].required if name != "turn"]

    @property
    def targets(self) -> set[str]:
        """Columns of the table that this source fills for certain; all of them when it names none."""
        named = set(self.columns or {}) if self.columns is not None else set(TABLES[self.table].names)
        return named | set(self.constants) | set(self.case) | set(self.offsets)

    @property
    def steering(self) -> set[str]:
        """Columns of the file that the verbs need: without them the rows can't be told apart."""
        names = set(self.where)
        names |= {name for cases in self.case.values() for when, _ in cases for name in when}
        names |= {offset.amount_column for offset in self.offsets.values() if offset.amount_column}
        names |= {ours for join in self.join for ours in join.on}
        if self.pair:
            names |= {*self.pair.on, self.pair.column}
            names = {name.removeprefix("end.") for name in names}
        return names - self.taken

    @property
    def taken(self) -> set[str]:
        """Columns that come from joined files."""
        return {name for join in self.join for name in join.take}


def read_source(table: str, section: Section) -> Source:
    """Check one section of a profile.

    Raises
    ------
    BadProfile
        For a key that does not exist, naming the nearest, and for values that can't be used.
    """
    section.only([field.name for field in dataclasses.fields(Source) if field.name not in ("table", "place")])
    for key in ("columns", "constants", "values", "dates", "units", "offsets", "case"):
        section.inner(key).only(TABLES[table].names)
    source = Source(
        table=table,
        place=section.place,
        file=_file(section),
        sheet=section.get("sheet", str, '"Sheet1"'),
        header=_header(section),
        rows=section.get("rows", str, '"turns"'),
        optional=section.get("optional", bool, "true", False),
        distinct=section.get("distinct", bool, "true", False),
        decimal=_decimal(section),
        time_zone=time_zone(section, None),
        columns=section.inner("columns").scalars() if "columns" in section.given else None,
        constants=section.inner("constants").scalars(),
        values={key: section.inner("values").inner(key).scalars() for key in section.inner("values").given},
        dates={key: _patterns(section.inner("dates"), key) for key in section.inner("dates").given},
        units={key: _factor(section.inner("units"), key, table) for key in section.inner("units").given},
        offsets={key: _offset(section.inner("offsets"), key) for key in section.inner("offsets").given},
        pair=_pair(section.inner("pair")) if "pair" in section.given else None,
        join=tuple(_join(part) for part in _several(section, "join")),
        where=_where(section.inner("where")),
        case={key: _cases(_several(section.inner("case"), key)) for key in section.inner("case").given},
    )
    _check_targets(source, section)
    return source


def _check_targets(source: Source, section: Section) -> None:
    table = TABLES[source.table]
    moments = [column.name for column in table.columns if column.dtype == MOMENT]
    for key, offset in source.offsets.items():
        for name in (key, offset.column):
            if name not in moments:
                raise section.wrong(moments, name, f"offsets {key}")
    # the value of an event may be a date
    dated = [*moments, "value"] if source.table == "events" else moments
    for name in source.dates:
        if name not in dated:
            raise section.wrong(dated, name, "dates")
    lacking = [name for name in source.required if name not in source.targets]
    if lacking:
        raise section.wrong(f'{lacking[0]} = "…"', list(source.targets), "columns")


def _several(section: Section, key: str) -> list[Section]:
    value = section.given.get(key, [])
    parts = value if isinstance(value, list) else [value]
    return [Section(section.profile, f"{section.place} {key} {n}", part) for n, part in enumerate(parts, 1)]


def _file(section: Section) -> str:
    name = section.need("file", str, '"turns.csv"').replace("\\", "/")
    if name.startswith("/") or ":" in name or ".." in name.split("/") or not name:
        raise section.wrong('file = "turns.csv" / "calls/*.vtt"', name, "file")
    return name


def _header(section: Section) -> int:
    line = section.get("header", int, "1", 1)
    if line < 1:
        raise section.wrong("header >= 1", line, "header")
    return line


def _decimal(section: Section) -> str | None:
    sign = section.get("decimal", str, '","')
    if sign not in (None, ",", "."):
        raise section.wrong('"," / "."', sign, "decimal")
    return sign


def _patterns(section: Section, key: str) -> tuple[str, ...]:
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


def _offset(section: Section, key: str) -> Offset:
    text = section.need(key, str, '"ended_at - 10 min"')
    found = OFFSET.fullmatch(text.strip())
    if not found:
        raise section.wrong('"ended_at - 10 min" / "started_at + {seconds} s"', text, key)
    column, sign, amount, amount_column, unit = found.groups()
    number = float(amount) if amount else None
    return Offset(column, 1 if sign == "+" else -1, number, amount_column, MILLISECONDS[unit])


def _factor(section: Section, key: str, table: str) -> float:
    """What a time in the file's unit is in the unit of its column."""
    timed = [column.name for column in TABLES[table].columns if column.unit in MILLISECONDS]
    section.only(timed)
    unit = section.need(key, str, '"ms"')
    if unit not in MILLISECONDS:
        raise section.wrong(list(MILLISECONDS), unit, key)
    own = next(column.unit for column in TABLES[table].columns if column.name == key)
    return MILLISECONDS[unit] / MILLISECONDS[own]


def _pair(section: Section) -> Pair:
    section.only(["on", "column", "start", "end"])
    column, start, end = (section.need(key, str, '"text"') for key in ("column", "start", "end"))
    return Pair(tuple(section.texts("on")), column, start, end)


def _join(section: Section) -> Join:
    section.only(["file", "on", "take", "where", "sheet", "header"])
    named = {}
    for key in ("on", "take"):
        if isinstance(section.given.get(key), Mapping):
            named[key] = section.inner(key).scalars()
        else:
            named[key] = {name: name for name in section.texts(key)}
    where = _where(section.inner("where"))
    sheet = section.get("sheet", str, '"Sheet1"')
    return Join(_file(section), named["on"], named["take"], where, sheet, _header(section))


def _where(section: Section) -> dict[str, Any]:
    for key, test in section.given.items():
        if isinstance(test, Mapping):
            section.inner(key).only(list(COMPARE))
            for sign, limit in test.items():
                if sign != "not" and (isinstance(limit, bool) or not isinstance(limit, (int, float))):
                    raise section.wrong(f"{sign} = 0", limit, key)
        elif not isinstance(test, (str, int, float, list)):
            raise section.wrong('"text" / 0 / ["a", "b"] / { above = 0 }', test, key)
    return dict(section.given)


def _cases(parts: list[Section]) -> list[tuple[dict[str, Any], str]]:
    cases = []
    for part in parts:
        part.only(["when", "value"])
        value = part.need("value", (str, int, float), '"text"')
        cases.append((_where(part.inner("when")), as_text(value)))
    return cases
