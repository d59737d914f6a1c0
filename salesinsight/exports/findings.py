"""What went wrong or was assumed while reading: collected as facts, put into words at the end.

Every source row ends up in exactly one of four places: *used* (a row of a table), *merged* (into
another row), *skipped* (a filter or an empty line) or *rejected*. A value that can't be used while its
row can is listed among the rejects too, and counted apart.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection
from typing import Any

import pandas as pd
import polars as pl

from salesinsight.errors import InputRefused, SalesInsightError
from salesinsight.language import Words
from salesinsight.schema import conform, empty_table

# columns that travel with every row from its file to the end
TRACE = ["_source", "_path", "_line"]
LONGEST_VALUE, MOST_FILES = 120, 3


@dataclasses.dataclass(frozen=True)
class SetAside:
    """Rows or values that were not used, and one reason for all of them."""

    rows: pl.DataFrame
    code: str
    facts: dict[str, Any]
    kept: bool


class Findings:
    """The collector that travels along while one export is read.

    Attributes
    ----------
    tallies : dict
        Per source number and file: how many rows were read, merged, skipped and rejected.
    headers : dict
        Per source number, file and word of ours: the header that stands for it in the file.
    unread : list of tuple
        Source number and what to do about moments that it must have and of which (nearly) none is read.
    set_aside : list of SetAside
        Rows and values that were not used.
    notices : list of tuple
        Key of the sentence and its facts.
    """

    def __init__(self) -> None:
        self.tallies: dict[tuple[int, str], Counter[str]] = {}
        self.headers: dict[tuple[int, str, str], str] = {}
        self.unread: list[tuple[int, InputRefused]] = []
        self.set_aside: list[SetAside] = []
        self.notices: list[tuple[str, dict[str, Any]]] = []

    def count(self, what: str, rows: pl.DataFrame) -> None:
        """Add rows to a tally, each under its own source and file."""
        for source, path, number in rows.group_by("_source", "_path").len().iter_rows():
            self.tallies.setdefault((source, path), Counter())[what] += number

    def reject(self, rows: pl.DataFrame, code: str, column: str = "", value: str = "", **facts: Any) -> None:
        """Set whole rows aside. `value` is the name of the column that holds what stood there."""
        self.note(rows, code, column, value, kept=False, **facts)
        self.count("rejected", rows)

    def note(
        self, rows: pl.DataFrame, code: str, column: str, value: str, kept: bool = True, **facts: Any
    ) -> None:
        """List values that can't be used, without counting their rows; `kept` says that the rows are used."""
        if rows.height:
            self.set_aside.append(SetAside(_listed(rows, column, value), code, facts, kept))

    def notice(self, code: str, **facts: Any) -> None:
        """Remember an assumption; the same one twice is said once."""
        if (code, facts) not in self.notices:
            self.notices.append((code, facts))

    def header(self, rows: pl.DataFrame, column: str) -> str:
        """What a column is called in the file of the first of these rows."""
        return self.headers.get((rows["_source"][0], rows["_path"][0], column), column)

    def tally(self, numbers: Collection[int]) -> Counter[str]:
        """What became of the rows of some sources."""
        total: Counter[str] = Counter()
        for (number, _), tally in self.tallies.items():
            if number in numbers:
                total.update(tally)
        return total

    def commonest(self, numbers: Collection[int], words: Words) -> dict[str, Any]:
        """The file, line, column and reason that most rows of some sources were rejected for."""
        items = [item for item in self.set_aside if not item.kept and item.rows["_source"][0] in numbers]
        item = max(items, key=lambda item: item.rows.height)
        first = self._as_in_file(item.rows.head(1)).row(0, named=True)
        reason = words(f"exports.reject.{item.code}", **_said(item.facts, words))
        return {name: first[name] or "-" for name in ("file", "line", "column")} | {"reason": reason}

    def mark(self) -> tuple[Any, ...]:
        """What is known now, for `undo`."""
        tallies = {place: Counter(tally) for place, tally in self.tallies.items()}
        return tallies, list(self.unread), list(self.set_aside), list(self.notices)

    def undo(self, mark: tuple[Any, ...]) -> None:
        """Forget what came after a mark: what was found of a source that is refused as a whole."""
        self.tallies, self.unread, self.set_aside, self.notices = mark

    def rejects(self, words: Words) -> pd.DataFrame:
        """The rejects table, its reasons in the words of a language, by file and line."""
        if not self.set_aside:
            return empty_table("rejects")
        parts = []
        for item in self.set_aside:
            reason = words(f"exports.reject.{item.code}", **_said(item.facts, words))
            if item.kept:
                reason = words("exports.reject.kept", reason=reason)
            parts.append(item.rows.with_columns(reason=pl.lit(reason)))
        table = self._as_in_file(pl.concat(parts))
        table = table.sort("file", "line", nulls_last=True, maintain_order=True)
        return conform(table.to_pandas(), "rejects")

    def _as_in_file(self, table: pl.DataFrame) -> pl.DataFrame:
        """Columns under the names that they have in their files."""
        schema = {"_source": pl.Int64, "file": pl.String, "column": pl.String, "_header": pl.String}
        rows = [(*place, header) for place, header in self.headers.items()]
        headers = pl.DataFrame(rows, schema=schema, orient="row")
        table = table.join(headers, on=["_source", "file", "column"], how="left", maintain_order="left")
        return table.with_columns(column=pl.coalesce("_header", "column")).drop("_source", "_header")

    def sentences(self, words: Words) -> list[str]:
        """The notices in the words of a language."""
        # the same about many files is one notice
        by_rest: dict[str, tuple[str, dict[str, Any], list[str]]] = {}
        for code, facts in self.notices:
            rest = {key: value for key, value in facts.items() if key != "file"}
            said = by_rest.setdefault(f"{code} {rest if 'file' in facts else id(facts)}", (code, rest, []))
            said[2].extend([facts["file"]] if "file" in facts else [])
        return [
            words(
                f"exports.notice.{code}", **_said(rest | ({"file": _several(files)} if files else {}), words)
            )
            for code, rest, files in by_rest.values()
        ]


def _several(files: list[str]) -> str:
    more = len(files) - MOST_FILES
    return ", ".join(files[:MOST_FILES]) + (f" … (+{more})" if more > 0 else "")


def _listed(rows: pl.DataFrame, column: str, value: str) -> pl.DataFrame:
    shown = pl.col(value).cast(pl.String).str.slice(0, LONGEST_VALUE) if value else pl.lit(None, pl.String)
    return rows.select(
        pl.col("_source").cast(pl.Int64),
        file=pl.col("_path"),
        line=pl.col("_line").cast(pl.Int64),
        column=pl.lit(column or None, pl.String),
        value=shown,
    )


def _said(facts: dict[str, Any], words: Words) -> dict[str, Any]:
    said = dict(facts)
    for key, value in facts.items():
        if isinstance(value, SalesInsightError):
            said[key] = value.text(words.language)
        elif isinstance(value, list):
            said[key] = ", ".join(map(str, value))
        elif isinstance(value, int):
            said[key] = words.number(value)
    return said
