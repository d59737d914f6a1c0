"""From a source in a profile to the rows of its files, refused as a whole when they can't be what it says."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Callable

import polars as pl

from salesinsight.errors import (
    DuplicateColumns,
    EmptyFile,
    FileMissing,
    HeaderElsewhere,
    InputRefused,
    MissingColumns,
    UnreadableFile,
    nearest,
)
from salesinsight.exports.readers.files import OWN, Rows, find_files
from salesinsight.exports.findings import Findings
from salesinsight.exports.sources import Join, Source
from salesinsight.schema import TABLES

Reader = Callable[[pathlib.Path, str, str | None, int, str | None], Rows]


@dataclasses.dataclass(frozen=True)
class Opened:
    """The rows of one source.

    Attributes
    ----------
    frame : polars.DataFrame
        Rows of text, with _source, _path, _line and _file.
    files : list of str
        The files they came from.
    columns : list of str
        Column names in these files.
    decimal : str
        Decimal sign to assume where a column does not show it.
    """

    frame: pl.DataFrame
    files: list[str]
    columns: list[str]
    decimal: str


def files_present(folder: pathlib.Path) -> list[str]:
    """Names of the files in a folder, for messages."""
    return sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def open_source(
    source: Source, number: int, folder: pathlib.Path, read: Reader, findings: Findings
) -> Opened | None:
    """Read all files of a source; None when it is optional and there are none.

    Parameters
    ----------
    source : Source
        What the profile says.
    number : int
        Number of the source in the profile, which its rows carry along.
    folder : pathlib.Path
        Where the files are.
    read : callable
        `read_rows`, or one that remembers what it read.
    findings : Findings
        Gets the rows that can't be read.

    Raises
    ------
    FileMissing
        When there is no such file.
    EmptyFile, UnreadableFile, FileBusy
        When a file can't be used. When a pattern named several files, these are set aside instead,
        as long as one is left.
    MissingColumns, HeaderElsewhere, DuplicateColumns
        When a file does not have the columns that the profile needs.
    """
    paths = find_files(folder, source.file)
    if not paths:
        if source.optional:
            return None
        raise FileMissing(
            name=source.file, folder=str(folder), present=files_present(folder), place=source.place
        )
    several, refused, opened = len(paths) > 1, None, []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            rows = read(path, name, source.sheet, source.header, source.rows)
        except (EmptyFile, UnreadableFile) as error:
            if not several:
                raise
            refused = error
            aside = pl.DataFrame({"_source": [number], "_path": [name], "_line": [None]})
            findings.note(aside, "file", "", "", kept=False)
            continue
        _check_columns(rows, source, name, findings)
        opened.append(_count(rows, number, name, findings))
    if not opened and refused:
        raise refused
    frame = pl.concat([part.frame for part in opened], how="diagonal_relaxed")
    names = [name for name in frame.columns if name not in OWN]
    empty = pl.all_horizontal(pl.col(names).is_null()) if names else pl.lit(True)
    findings.count("skipped", frame.filter(empty))
    return Opened(
        frame.filter(~empty), [p.relative_to(folder).as_posix() for p in paths], names, opened[0].decimal
    )


def open_joined(join: Join, source: Source, folder: pathlib.Path, read: Reader) -> pl.DataFrame:
    """Read the file of a join.

    Raises
    ------
    FileMissing, MissingColumns
        When it is not there or has not the columns.
    """
    paths = find_files(folder, join.file)
    if not paths:
        place = f"{source.place} join"
        raise FileMissing(name=join.file, folder=str(folder), present=files_present(folder), place=place)
    name = paths[0].relative_to(folder).as_posix()
    rows = read(paths[0], name, join.sheet, join.header, None)
    needed = [*join.on.values(), *join.take.values(), *join.where]
    absent = [column for column in dict.fromkeys(needed) if column not in rows.frame.columns]
    if absent:
        raise MissingColumns(table=name, absent=absent, present=_shown(rows.frame.columns))
    return rows.frame


def _count(rows: Rows, number: int, name: str, findings: Findings) -> Rows:
    frame = rows.frame.with_columns(_source=pl.lit(number))
    broken = rows.broken.with_columns(_source=pl.lit(number))
    findings.count("read", frame)
    findings.count("read", broken)
    for code in broken["code"].unique().sort():
        findings.reject(broken.filter(code=code), code, "", "_text")
    if rows.encoding == "cp1252":
        findings.notice("encoding", file=name)
    if not frame.height:
        findings.notice("no_rows", file=name)
    return dataclasses.replace(rows, frame=frame)


def _check_columns(rows: Rows, source: Source, name: str, findings: Findings) -> None:
    have = rows.frame.columns
    mapped = source.columns or {name: name for name in TABLES[source.table].names}
    if source.pair:
        mapped = {target: column.removeprefix("end.") for target, column in mapped.items()}
    mapped = {target: column for target, column in mapped.items() if column not in source.taken}
    provided = set(source.constants) | set(source.case) | set(source.offsets)
    needed = source.steering | {
        column for target, column in mapped.items() if target in source.required and target not in provided
    }
    absent = sorted(needed - set(have))
    if absent:
        raise _explain(absent, needed, needed | set(mapped.values()), rows, source, name)
    used = (source.steering | set(mapped.values())) & set(rows.twice)
    if used:
        raise DuplicateColumns(file=name, names=sorted(used))
    for column in mapped.values() if source.columns else []:
        if column not in have:
            near = nearest(column, _shown(have)) or "-"
            findings.notice("column_missing", file=name, column=column, nearest=near)


def _explain(
    absent: list[str], needed: set[str], wanted: set[str], rows: Rows, source: Source, name: str
) -> InputRefused:
    """Tell whether the names stand on another line, or are not there at all."""
    best, found = len(wanted & set(rows.frame.columns)), 0
    for line, text in enumerate(rows.head, 1):
        cells = {" ".join(cell.split()).strip("\"'") for cell in re.split(r"[;,\t|]", text)}
        if line != source.header and len(wanted & cells) > best:
            best, found = len(wanted & cells), line
    if found and best >= len(needed) / 2:
        return HeaderElsewhere(file=name, expected=source.header, found=found, place=source.place)
    return MissingColumns(table=f"{source.table} ({name})", absent=absent, present=_shown(rows.frame.columns))


def _shown(names: list[str]) -> list[str]:
    # where there is no header, what stands for names may be words of a customer: keep it short
    return [name[:40] for name in names if name not in OWN]
