"""One file of a folder, and the writing of a section of a profile that reads it."""

from __future__ import annotations

import dataclasses

import polars as pl

from salesinsight.exports.layouts import LAYOUTS
from salesinsight.exports.proposal.asking import Asking, array, commented, inline
from salesinsight.exports.proposal.mapping import CHOICES, Layout, Mapped
from salesinsight.exports.proposal.words import value_of

MADE_KEY, MADE_MOMENT = "own_key", "own_moment"


@dataclasses.dataclass(frozen=True)
class Sheet:
    """One file, or several with the same columns, and where its table stands in it.

    Attributes
    ----------
    name : str
        The first file.
    files : tuple of str
        All of them.
    frame : polars.DataFrame
        Rows of the first.
    header : int
        Line of its column names.
    layout : Layout
        What its columns mean.
    taken_by : tuple of str
        Headers by which a source knows it.
    patterns : tuple of str
        Which files a source looks into.
    """

    name: str
    files: tuple[str, ...]
    frame: pl.DataFrame
    header: int
    layout: Layout
    taken_by: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


def usable(one: Mapped | None, layout: Layout) -> bool:
    """Whether a column goes into the profile; a header that only contains a word is asked about first."""
    if one is None or not one.meaning:
        return False
    needed = one.name in layout.key or one.meaning in ("started_at", "text", "changed_at", "new_stage")
    told = one.how in ("exact", "near") or (one.how == "values" and one.meaning in CHOICES)
    return one.sure or needed or told


class Writer:
    """Writes the sections of one file, and what its columns need besides a name."""

    def __init__(self, sheet: Sheet, asking: Asking) -> None:
        self.sheet, self.layout, self.asking = sheet, sheet.layout, asking

    def header(self, meaning: str) -> str:
        """The header of a meaning that is sure enough to be used."""
        one = self.layout.column(meaning)
        return one.name if one and usable(one, self.layout) else ""

    def key(self) -> tuple[str, dict[str, str]]:
        """The column that tells rows apart, and how it is put together when it is none of the file's."""
        headers = self.layout.key
        if len(headers) == 1:
            return headers[0], {}
        return MADE_KEY, {MADE_KEY: " ".join(f"{{{header}}}" for header in headers)}

    def section(
        self,
        table: str,
        columns: dict[str, str],
        compose: dict[str, str] | None = None,
        extra: tuple[str, ...] = (),
    ) -> list[str]:
        """One section: the file, its columns, and how its dates are written."""
        columns = {target: header for target, header in columns.items() if header}
        lines = ["", f"[[{table}]]", f"file = {array(self.sheet.patterns)}"]
        if self.sheet.taken_by:
            lines.append(f"having = {array(self.sheet.taken_by)}")
        if self.sheet.header > 1:
            lines.append(f"header = {self.sheet.header}")
        if compose:
            lines.append(f"compose = {inline(compose)}")
        lines += [*extra, f"columns = {inline(columns)}"]
        return lines + self.dates(columns) + self.values(table, columns)

    def dates(self, columns: dict[str, str]) -> list[str]:
        """Patterns of dates that are not read anyway; where the file does not show which, it is asked."""
        lines = []
        for target, header in columns.items():
            one = self._moment(target, header)
            if one is None or not one.cells.patterns:
                continue
            time = self._time_behind() if header == MADE_MOMENT else ""
            patterns = [pattern + time for pattern in one.cells.patterns]
            if len(patterns) == 1:
                lines.append(f"dates.{target} = {array(patterns)}")
            else:
                lines += self.asking.ask("date", column=one.name)
                lines += commented(f"dates.{target} = {array([pattern])}" for pattern in patterns)
        return lines

    def values(self, table: str, columns: dict[str, str]) -> list[str]:
        """What the words in a column stand for, as far as known; the other words are asked."""
        lines = []
        for target in ("status", "direction", "kind", "role", "side"):
            one = next((one for one in self.layout.columns if one.name == columns.get(target)), None)
            if one is None:
                continue
            meaning = "call_status" if table == "conversations" and target == "status" else target
            known = {value: value_of(meaning, value) for value in one.cells.values}
            told = {value: ours for value, ours in known.items() if ours and value != ours}
            if one.meaning == "stage":
                # a stage that does not close is open, whatever it is called
                told = {value: ours for value, ours in told.items() if ours != "open"} | {"*": "open"}
            unknown = [value for value, ours in known.items() if not ours and "*" not in told]
            if unknown:
                choices = ", ".join(_choices(table, target))
                lines += self.asking.ask(
                    "values", column=one.name, words=_some(one, unknown), choices=choices
                )
            if told:
                lines.append(f"values.{target} = {inline(told)}")
        return lines

    def started(self) -> tuple[str, dict[str, str]]:
        """The column with the start, and how it is put together of a day and a time."""
        day, time = self.header("started_at"), self.layout.column("started_time")
        if time is None or time.how == "part" or _has_time(self.sheet.frame, day):
            return day, {}
        return MADE_MOMENT, {MADE_MOMENT: f"{{{day}}} {{{time.name}}}"}

    def _moment(self, target: str, header: str) -> Mapped | None:
        name = self.header("started_at") if header == MADE_MOMENT else header
        one = next((one for one in self.layout.columns if one.name == name), None)
        dated = target.endswith("_at") or target in ("at", "close_date")
        return one if dated and one and one.cells.patterns is not None else None

    def _time_behind(self) -> str:
        time = self.layout.header("started_time")
        seconds = self.sheet.frame[time].drop_nulls().str.count_matches(":").max() == 2
        return " %H:%M:%S" if seconds else " %H:%M"


def _has_time(frame: pl.DataFrame, header: str) -> bool:
    times = frame[header].drop_nulls().head(50).str.contains(r"\d:\d{2}") if header else pl.Series([False])
    return bool(times.any())


def _choices(table: str, target: str) -> tuple[str, ...]:
    return next(column.values for column in LAYOUTS[table].columns if column.name == target)


def _some(one: Mapped, words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words[:12]) if one.listable else "…"
