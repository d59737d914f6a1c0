"""Workbooks, JSON and Parquet → cells: files in which numbers and dates are values of their own."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl
import python_calamine

from salesinsight.errors import EmptyFile, UnknownName, UnreadableFile
from salesinsight.exports.readers.cells import Cells, as_cell, gather
from salesinsight.exports.readers.delimited import HEAD


def read_workbook(data: bytes, name: str, sheet: str | None, header: int) -> Cells:
    """Read one sheet of a workbook; the first when none is named.

    Raises
    ------
    UnknownName
        When there is no such sheet.
    UnreadableFile, EmptyFile
        When it is not a workbook, is locked with a password, or has no line `header`.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        if sheet and sheet not in book.sheet_names:
            raise UnknownName(kind=f"sheet ({name})", name=sheet, known=book.sheet_names)
        found = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as cause:
        raise UnreadableFile(file=name, expected="XLSX", cause=str(cause)) from cause
    if len(found) < header:
        raise EmptyFile(file=name)
    rows = [[as_cell(cell) for cell in row] for row in found]
    head = ["\t".join(cell or "" for cell in row) for row in rows[:HEAD]]
    names = [cell or "" for cell in rows[header - 1]]
    below = rows[header:]
    columns = [list(column) for column in zip(*below, strict=True)] or [[] for _ in names]
    return gather(names, columns, list(range(header + 1, header + 1 + len(below))), head=head)


def read_records(text: str, name: str, whole: bool, rows: str | None) -> Cells:
    """Read JSON (a list of records, or one) or, when not `whole`, a record on each line.

    Parameters
    ----------
    text : str
        The file.
    name : str
        How messages call it.
    whole : bool
        Whether the file is one JSON document.
    rows : str or None
        Field of a record that holds a list of rows; the record's other fields go along with each.

    Raises
    ------
    UnreadableFile, EmptyFile
        When a whole document is not JSON, or there is no record.
    """
    broken: list[tuple[int, str, str]] = []
    records: list[tuple[int, Any]] = []
    for line, part in enumerate([text] if whole else text.split("\n"), 1):
        if not part.strip():
            continue
        try:
            records.append((line, json.loads(part)))
        except json.JSONDecodeError as cause:
            if whole:
                raise UnreadableFile(file=name, expected="JSON", cause=str(cause)) from cause
            broken.append((line, part, "not_json"))
    if whole and records and isinstance(records[0][1], list):
        records = list(enumerate(records[0][1], 1))
    good: list[tuple[int, dict[str, Any]]] = []
    for line, record in records:
        for item in _items(record, rows):
            if isinstance(item, dict):
                good.append((line, item))
            else:
                broken.append((line, str(as_cell(item)), "not_a_record"))
    if not good and not broken:
        raise EmptyFile(file=name)
    names = list(dict.fromkeys(key for _, item in good for key in item))
    columns = [[as_cell(item.get(key)) for _, item in good] for key in names]
    return gather(names, columns, [line for line, _ in good], broken)


def read_parquet(data: bytes, name: str) -> Cells:
    """Read Parquet; moments with a time zone keep it.

    Raises
    ------
    UnreadableFile
        When it is not Parquet.
    """
    try:
        found = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as cause:
        raise UnreadableFile(file=name, expected="Parquet", cause=str(cause)) from cause
    frame = found.select(_as_text(column).alias(str(n)) for n, column in enumerate(found.get_columns()))
    lines = pl.int_range(1, found.height + 1, dtype=pl.Int64, eager=True)
    return Cells(found.columns, frame.with_columns(_line=lines), gather([], [], []).broken, [])


def _items(record: Any, rows: str | None) -> list[Any]:
    if rows is None or not isinstance(record, dict):
        return [record]
    inner = record.get(rows)
    outer = {key: value for key, value in record.items() if key != rows}
    items = inner if isinstance(inner, list) else [] if inner is None else [inner]
    return [outer | item if isinstance(item, dict) else item for item in items]


def _as_text(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Datetime):
        moments = column.dt.convert_time_zone("UTC") if column.dtype.time_zone else column
        return moments.dt.to_string("%Y-%m-%d %H:%M:%S%.6f" + ("Z" if column.dtype.time_zone else ""))
    if column.dtype.is_float():
        whole = column.is_not_null() & (column == column.floor()) & (column.abs() < 2**53)
        whole_text = column.cast(pl.Int64, strict=False).cast(pl.String)
        # as in as_cell: a fraction of three digits must not look like thousands
        text = column.cast(pl.String)
        fraction_text = text.zip_with(text.str.contains("e", literal=True).fill_null(True), text + "0")
        return whole_text.zip_with(whole.fill_null(False), fraction_text.set(column.is_nan(), None))
    if column.dtype.is_nested() or column.dtype == pl.Object:
        return pl.Series(column.name, [as_cell(value) for value in column.to_list()], pl.String)
    return column.cast(pl.String)
