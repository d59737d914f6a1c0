"""What a file holds before anything is made of it: cells of text under the names of its columns."""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import Any

import polars as pl

BROKEN = {"_line": pl.Int64, "_text": pl.String, "code": pl.String}


@dataclasses.dataclass(frozen=True)
class Cells:
    """The inside of one file.

    Attributes
    ----------
    names : list of str
        Column names as the file gives them.
    frame : polars.DataFrame
        Columns of text called "0", "1", … in the order of `names`, and ``_line`` (from 1; the number of
        the record in JSON and Parquet).
    broken : polars.DataFrame
        Rows that could not be cut into columns: _line, _text, code.
    head : list of str
        The first lines, to look for column names that stand elsewhere.
    decimal : str
        The decimal sign to expect: programs that write a comma separate with a semicolon.
    """

    names: list[str]
    frame: pl.DataFrame
    broken: pl.DataFrame
    head: list[str]
    decimal: str = "."


def gather(
    names: list[str],
    columns: list[list[str | None]],
    lines: list[int],
    broken: list[tuple[int, str, str]] | None = None,
    head: list[str] | None = None,
) -> Cells:
    """Put columns that are lists together as cells."""
    frame = pl.DataFrame([pl.Series(str(n), column, pl.String) for n, column in enumerate(columns)])
    frame = frame.with_columns(pl.Series("_line", lines, pl.Int64))
    return Cells(names, frame, pl.DataFrame(broken or [], schema=BROKEN, orient="row"), head or [])


def as_cell(value: Any) -> str | None:
    """A value of a typed file as text, the way a careful export would have written it.

    Examples
    --------
    >>> as_cell(3.0), as_cell(2.5), as_cell(True), as_cell(datetime.datetime(2026, 3, 1, 9, 5)), as_cell(None)
    ('3', '2.50', 'true', '2026-03-01 09:05:00', None)
    """
    if value is None:
        return None
    if isinstance(value, str):
        # JSON can hold half a character, which no text may
        return value.encode(errors="replace").decode()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        if value != value:
            return None
        # the zero at the end keeps 1.234 from looking like a thousand and some
        text = str(int(value)) if value.is_integer() else repr(value)
        return f"{text}0" if "." in text and "e" not in text else text
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    if isinstance(value, datetime.timedelta):
        return str(value.total_seconds())
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
