"""One source of one table: which file, and how its rows become rows of the table.

A source is a ``[[turns]]``, ``[[deals]]``, … section of a profile. Everything that can be wrong with it
is found here, before any file is opened. ``profiles/README.md`` shows every key with an example.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from salesinsight.exports.keys import (
    Join,
    Offset,
    Pair,
    read_cases,
    read_decimal,
    read_factor,
    read_file,
    read_having,
    read_header,
    read_join,
    read_names,
    read_offset,
    read_pair,
    read_patterns,
    read_several,
    read_where,
)
from salesinsight.exports.layouts import LAYOUTS
from salesinsight.exports.section import Section, time_zone
from salesinsight.exports.verbs import Unpivot, named_columns, read_compose, read_unpivot
from salesinsight.schema.tables import MOMENT

# what a transcript's rows are called, whatever file it is (`readers`)
SPOKEN = {"speaker_id": "speaker", "start_s": "start_s", "end_s": "end_s", "text": "text"}
# the column in which a transcript says which conversation it is, until that is found out
RECORDING = "conversation_id"


@dataclasses.dataclass(frozen=True)
class Source:
    """One ``[[table]]`` section of a profile, checked."""

    table: str
    profile: str
    place: str
    file: tuple[str, ...]
    sheet: str | None = None
    header: int = 1
    rows: str | None = None
    optional: bool = False
    having: tuple[str, ...] = ()
    link: bool = False
    names: dict[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    distinct: bool = False
    decimal: str | None = None
    time_zone: str | None = None
    compose: dict[str, str] = dataclasses.field(default_factory=dict)
    first: dict[str, str] = dataclasses.field(default_factory=dict)
    unpivot: Unpivot | None = None
    split: dict[str, str] = dataclasses.field(default_factory=dict)
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
    def stands(self) -> str:
        """Where a reader finds this source: the file of the profile and the section."""
        return f"{self.profile}, {self.place}"

    @property
    def required(self) -> list[str]:
        """Columns of the table that every row must have; turns are numbered while reading."""
        return [name for name in LAYOUTS[self.table].required if name != "turn"]

    @property
    def targets(self) -> set[str]:
        """Columns of the table that this source fills for certain; all of them when it names none."""
        named = set(self.columns or {}) if self.columns is not None else set(LAYOUTS[self.table].names)
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
    def named(self) -> set[str]:
        """Columns of the file that this source has a use for."""
        mapped = set((self.columns or {}).values()) if self.columns is not None else set()
        if self.pair:
            mapped = {name.removeprefix("end.") for name in mapped}
        spread, _ = named_columns(self.compose, self.first, self.unpivot, self.split)
        return (mapped | self.steering | spread) - self.taken

    @property
    def taken(self) -> set[str]:
        """Columns that are not in the file: those of joined files, and those that the verbs make."""
        _, made = named_columns(self.compose, self.first, self.unpivot, self.split)
        return {name for join in self.join for name in join.take} | made

    @property
    def filled(self) -> set[str]:
        """Columns whose gaps are filled from joined files."""
        return {name for join in self.join for name in join.fill}


# what a source is given by where it stands; all else are keys
PLACED = ("table", "profile", "place")


def read_source(table: str, section: Section) -> Source:
    """Check one section of a profile.

    Raises
    ------
    BadProfile
        For a key that does not exist, naming the nearest, and for values that can't be used.
    """
    section.only([field.name for field in dataclasses.fields(Source) if field.name not in PLACED])
    for key in ("columns", "constants", "values", "dates", "units", "offsets", "case"):
        section.inner(key).only(LAYOUTS[table].names)
    columns = section.inner("columns").scalars() if "columns" in section.given else None
    link = section.get("link", bool, "true", False)
    if link and table != "turns":
        raise section.wrong("[[turns]]", f"[[{table}]]", "link")
    names = read_names(section.inner("names"))
    if link:
        columns = SPOKEN | (columns or {})
        own = columns.get(RECORDING, RECORDING)
        names = names if own == RECORDING else names | {RECORDING: (own,)}
        columns[RECORDING] = RECORDING
    source = Source(
        table=table,
        profile=section.profile,
        place=section.place,
        file=read_file(section),
        sheet=section.get("sheet", str, '"Sheet1"'),
        header=read_header(section),
        rows=section.get("rows", str, '"turns"'),
        optional=section.get("optional", bool, "true", False),
        having=read_having(section),
        link=link,
        names=names,
        distinct=section.get("distinct", bool, "true", False),
        decimal=read_decimal(section),
        compose=read_compose(section.inner("compose")),
        first=section.inner("first").scalars(),
        unpivot=read_unpivot(section.inner("unpivot")) if "unpivot" in section.given else None,
        split=section.inner("split").scalars(),
        time_zone=time_zone(section, None),
        columns=columns,
        constants=section.inner("constants").scalars(),
        values={key: section.inner("values").inner(key).scalars() for key in section.inner("values").given},
        dates={key: read_patterns(section.inner("dates"), key) for key in section.inner("dates").given},
        units={key: read_factor(section.inner("units"), key, table) for key in section.inner("units").given},
        offsets={key: read_offset(section.inner("offsets"), key) for key in section.inner("offsets").given},
        pair=read_pair(section.inner("pair")) if "pair" in section.given else None,
        join=tuple(read_join(part) for part in read_several(section, "join")),
        where=read_where(section.inner("where")),
        case={
            key: read_cases(read_several(section.inner("case"), key)) for key in section.inner("case").given
        },
    )
    _check_targets(source, section)
    return source


def _check_targets(source: Source, section: Section) -> None:
    table = LAYOUTS[source.table]
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
