"""What went wrong or was assumed while reading: collected as facts, put into words at the end.

Every source row ends up in exactly one of four places: *used* (a row of a table), *merged* (into
another row), *skipped* (a filter or an empty line) or *rejected*. A value that can't be used while its
row can is listed among the rejects too, and counted apart.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import pandas as pd
import polars as pl

from salesinsight.language import Words
from salesinsight.schema import conform, empty_table

# columns that travel with every row from its file to the end
TRACE = ["_source", "_path", "_line"]
LONGEST_VALUE = 120


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
        Per source number: how many rows were read, merged, skipped and rejected.
    set_aside : list of SetAside
        Rows and values that were not used.
    notices : list of tuple
        Key of the sentence and its facts.
    """

    def __init__(self) -> None:
        self.tallies: dict[int, Counter[str]] = {}
        self.set_aside: list[SetAside] = []
        self.notices: list[tuple[str, dict[str, Any]]] = []

    def count(self, what: str, rows: pl.DataFrame) -> None:
        """Add rows to a tally, each under its own source."""
        for source, number in rows["_source"].value_counts().iter_rows():
            self.tallies.setdefault(source, Counter())[what] += number

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

    def forget(self, source: int) -> None:
        """Drop the tally of a source that was refused as a whole."""
        self.tallies.pop(source, None)

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
        table = pl.concat(parts).sort("file", "line", nulls_last=True, maintain_order=True)
        return conform(table.to_pandas(), "rejects")

    def sentences(self, words: Words) -> list[str]:
        """The notices in the words of a language."""
        return [words(f"exports.notice.{code}", **_said(facts, words)) for code, facts in self.notices]


def _listed(rows: pl.DataFrame, column: str, value: str) -> pl.DataFrame:
    shown = pl.col(value).cast(pl.String).str.slice(0, LONGEST_VALUE) if value else pl.lit(None, pl.String)
    return rows.select(
        file=pl.col("_path"),
        line=pl.col("_line").cast(pl.Int64),
        column=pl.lit(column or None, pl.String),
        value=shown,
    )


def _said(facts: dict[str, Any], words: Words) -> dict[str, Any]:
    said = dict(facts)
    for key, value in facts.items():
        if isinstance(value, list):
            said[key] = ", ".join(map(str, value))
        elif isinstance(value, int):
            said[key] = words.number(value)
    return said
