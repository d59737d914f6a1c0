"""Files of any kind → rows of text with the line each stood on."""

from __future__ import annotations

import dataclasses
import gzip
import pathlib
import zlib
from collections.abc import Mapping

import polars as pl

from salesinsight.errors import EmptyFile, FileBusy, NotAFile, UnreadableFile, WordDocument
from salesinsight.exports.readers.cells import Cells
from salesinsight.exports.readers.delimited import decode, read_delimited
from salesinsight.exports.readers.named_lines import read_named
from salesinsight.exports.readers.spoken_json import read_spoken
from salesinsight.exports.readers.subtitles import read_subtitles
from salesinsight.exports.readers.typed import read_parquet, read_records, read_workbook

# how programs write "nothing" in a cell of an export
NOTHING = ["", "NULL", "null", "\\N", "NaN", "nan", "NaT", "<NA>", "#N/A", "#N/B"]
# columns that the library adds
OWN = ("_source", "_path", "_line", "_file")
DELIMITED = (".csv", ".tsv", ".txt")
SPREADSHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
RECORDS = (".json", ".jsonl", ".ndjson")
SUBTITLES = (".vtt", ".srt")
DOCUMENTS = (".docx", ".doc")


@dataclasses.dataclass(frozen=True)
class Rows:
    """What one file holds.

    Attributes
    ----------
    frame : polars.DataFrame
        Columns of text as the file names them, missing where a cell is empty, plus ``_path``, ``_line``
        (from 1; the record in JSON and Parquet) and ``_file`` (the name without its ending).
    broken : polars.DataFrame
        Rows that could not be cut into columns: _path, _line, _text, code.
    head : list of str
        The first lines, to look for column names that stand elsewhere.
    twice : list of str
        Column names that occur more than once with different values; the first keeps the name.
    decimal : str
        The decimal sign to expect where a number does not show it.
    encoding : str
        How the text was decoded.
    headers : dict
        Our words for columns, and the header that stands for each in this file.
    """

    frame: pl.DataFrame
    broken: pl.DataFrame
    head: list[str]
    twice: list[str]
    decimal: str
    encoding: str
    headers: dict[str, str] = dataclasses.field(default_factory=dict)


def read_rows(
    path: pathlib.Path, name: str, sheet: str | None = None, header: int = 1, rows: str | None = None
) -> Rows:
    """Read a file of any kind that the library knows.

    Parameters
    ----------
    path : pathlib.Path
        The file; its ending tells the kind, and ``.gz`` after it is unpacked.
    name : str
        How messages call the file.
    sheet : str, optional
        Sheet of a workbook; the first when absent.
    header : int
        Line of the column names.
    rows : str, optional
        For JSON: the field of a record that holds a list of rows; the record's own fields go along.

    Raises
    ------
    EmptyFile, UnreadableFile, FileBusy, NotAFile
        When the file as a whole can't be used.
    UnknownName
        When the workbook has no such sheet.
    """
    data, kind = _bytes(path, name)
    if not data.strip():
        raise EmptyFile(file=name)
    text, encoding = decode(data, name) if kind in (*DELIMITED, *RECORDS, *SUBTITLES) else ("", "")
    if kind in DELIMITED:
        cells = (read_named(text) if kind == ".txt" else None) or read_delimited(text, name, header)
    elif kind in SPREADSHEETS:
        cells = read_workbook(data, name, sheet, header)
    elif kind in RECORDS:
        # a profile that says where the rows are knows better
        spoken = read_spoken(text) if kind == ".json" and rows is None else None
        cells = spoken or read_records(text, name, kind == ".json", rows)
    elif kind in SUBTITLES:
        cells = read_subtitles(text, name, kind.removeprefix("."))
    elif kind == ".parquet":
        cells = read_parquet(data, name)
    elif kind in DOCUMENTS:
        raise WordDocument(file=name)
    else:
        raise UnreadableFile(
            file=name, expected="CSV / XLSX / JSON / JSONL / Parquet / VTT", cause=kind or "?"
        )
    frame, twice = _name_columns(cells)
    stem = path.name.removesuffix(".gz").rsplit(".", 1)[0]
    frame = frame.with_columns(_path=pl.lit(name), _file=pl.lit(stem))
    broken = cells.broken.with_columns(_path=pl.lit(name))
    return Rows(frame, broken, cells.head, twice, cells.decimal, encoding)


def _bytes(path: pathlib.Path, name: str) -> tuple[bytes, str]:
    if path.is_dir():
        raise NotAFile(file=name, link=False)
    if path.is_symlink() and not path.exists():
        raise NotAFile(file=name, link=True)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    kind = suffixes[-1] if suffixes else ""
    try:
        data = path.read_bytes()
        if kind == ".gz":
            kind = suffixes[-2] if len(suffixes) > 1 else ""
            data = gzip.decompress(data) if data else data
    except PermissionError as cause:
        raise FileBusy(file=name) from cause
    except (OSError, EOFError, zlib.error) as cause:
        raise UnreadableFile(file=name, expected=kind or "?", cause=str(cause)) from cause
    return data, kind


def name_columns(rows: Rows, names: Mapping[str, tuple[str, ...]]) -> Rows:
    """Let columns go by our words too, where a header is one of those that mean a word.

    Notes
    -----
    Capitals and inner spaces make no difference. Of the headers that mean a word, the first in its list
    that the file has counts; a column of the file that has that word for a name itself goes aside.
    """
    frame = rows.frame
    known = {_fold(name): name for name in reversed(frame.columns) if name not in OWN}
    found = {}
    for word, headers in names.items():
        header = next((known[_fold(one)] for one in headers if _fold(one) in known), word)
        if header != word:
            found[word] = header
    if not found:
        return rows
    aside = {word: f"{word} ({number})" for number, word in enumerate(frame.columns, 1) if word in found}
    named = frame.select(
        *(pl.col(name).alias(aside.get(name, name)) for name in frame.columns),
        *(pl.col(header).alias(word) for word, header in found.items()),
    )
    twice = [*rows.twice, *(word for word, header in found.items() if header in rows.twice)]
    return dataclasses.replace(rows, frame=named, twice=twice, headers=found)


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()


def _name_columns(cells: Cells) -> tuple[pl.DataFrame, list[str]]:
    """Give columns their names and cells their final form: no spaces around, missing where empty."""
    frame = cells.frame.with_columns(pl.col(pl.String).str.strip_chars())
    frame = frame.with_columns(
        pl.when(pl.col(pl.String).is_in(NOTHING).not_()).then(pl.col(pl.String)).name.keep()
    )
    new: dict[str, str] = {}
    twice: list[str] = []
    for number, given in enumerate(cells.names):
        name = " ".join(given.split()) or f"column {number + 1}"
        name = f"{name} ({number + 1})" if name in OWN else name
        if name in new.values():
            first = next(column for column, known in new.items() if known == name)
            if not frame[first].equals(frame[str(number)], check_names=False):
                twice.append(name)
            name = f"{name} ({number + 1})"
        new[str(number)] = name
    return frame.rename(new), twice
