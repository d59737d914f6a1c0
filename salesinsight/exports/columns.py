"""Whether a file has the columns that its source needs, and what is said when it has not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

import polars as pl

from salesinsight.errors import (
    DuplicateColumns,
    HeaderElsewhere,
    InputRefused,
    MissingColumns,
    nearest_header,
)
from salesinsight.exports.findings import Findings
from salesinsight.exports.layouts import LAYOUTS
from salesinsight.exports.readers.files import OWN, Rows
from salesinsight.exports.sources import Source

Names = Mapping[str, tuple[str, ...]]


def fill_absent(rows: Rows, source: Source, name: str, names: Names, findings: Findings) -> Rows:
    """Add the columns that this source names and the file does not have, empty."""
    absent = sorted(source.named - set(rows.frame.columns))
    # a column that only has to be empty is no loss, nor is the conversation that linking has to find
    found_later = source.filled | ({"conversation_id"} if source.link else set())
    mapped = set((source.columns or {}).values())
    missed = [
        word for word in absent if word not in found_later and (word not in source.where or word in mapped)
    ]
    if missed:
        # in two languages, for nobody looks for the English name in a Dutch file
        known = [" / ".join(dict.fromkeys(names[word][:2])) if names.get(word) else word for word in missed]
        findings.notice("columns_absent", file=name, columns=known)
    return dataclasses.replace(
        rows, frame=rows.frame.with_columns(pl.lit(None, pl.String).alias(word) for word in absent)
    )


def check_columns(rows: Rows, source: Source, name: str, names: Names, findings: Findings) -> None:
    """Refuse a file without the columns that its source can't do without; tell the others it lacks.

    Raises
    ------
    MissingColumns, HeaderElsewhere
        When they are not there, or on another line.
    DuplicateColumns
        When two columns of one name differ.
    """
    have = rows.frame.columns
    mapped = source.columns or {name: name for name in LAYOUTS[source.table].names}
    if source.pair:
        mapped = {target: column.removeprefix("end.") for target, column in mapped.items()}
    mapped = {target: column for target, column in mapped.items() if column not in source.taken}
    provided = set(source.constants) | set(source.case) | set(source.offsets)
    needed = source.steering | {
        column for target, column in mapped.items() if target in source.required and target not in provided
    }
    absent = sorted(needed - set(have))
    if absent:
        raise _explain(absent, needed, needed | set(mapped.values()), rows, source, name, names)
    used = (source.steering | set(mapped.values())) & set(rows.twice)
    if used:
        raise DuplicateColumns(file=name, names=sorted(used))
    for column in mapped.values() if source.columns else []:
        if column not in have:
            near = nearest_header(column, shown(have), names) or "-"
            findings.notice("column_missing", file=name, column=column, nearest=near)


def _explain(
    absent: list[str],
    needed: set[str],
    wanted: set[str],
    rows: Rows,
    source: Source,
    name: str,
    names: Names,
) -> InputRefused:
    """Tell whether the names stand on another line, or are not there at all."""
    best, found = len(wanted & set(rows.frame.columns)), 0
    for line, text in enumerate(rows.head, 1):
        cells = {" ".join(cell.split()).strip("\"'") for cell in re.split(r"[;,\t|]", text)}
        if line != source.header and len(wanted & cells) > best:
            best, found = len(wanted & cells), line
    if found and best >= len(needed) / 2:
        return HeaderElsewhere(file=name, expected=source.header, found=found, place=source.stands)
    return MissingColumns(
        table=f"{source.table} ({name})", absent=absent, present=shown(rows.frame.columns), headers=names
    )


def shown(names: list[str]) -> list[str]:
    """Names of the columns of a file, for messages."""
    # where there is no header, what stands for names may be words of a customer: keep it short
    return [name[:40] for name in names if name not in OWN]
