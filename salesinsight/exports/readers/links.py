"""The file in which a user says which transcript is of which conversation."""

from __future__ import annotations

import pathlib
from typing import Any

import pandas as pd
import polars as pl

from salesinsight.errors import BadTable, FileMissing, IdsRounded, MissingColumns
from salesinsight.exports.readers.files import read_rows
from salesinsight.exports.readers.folder import LINKS
from salesinsight.language import languages, words

COLUMNS: Any = {
    "kind": pl.String,
    "file": pl.String,
    "conversation_id": pl.String,
    "deal_id": pl.String,
    "account_id": pl.String,
    "sellers": pl.String,
    "swap": pl.Boolean,
    "how": pl.String,
    "sure": pl.Float64,
    "candidates": pl.String,
    "question": pl.String,
}
KINDS = ("transcript", "duplicate")
# what a spreadsheet takes for a formula, a long number (which it rounds), a number with zeros before it or a
# date, and the mark that keeps it from doing so
MARK = "'"
RETYPED = r"^(?:[=+\-@\t\r'].*|\d{11,}|0\d+|\d+[eE]\d+|\d+(?:[-/.:, ]+\d+)+)$"
# 6,34E+10: what is left of an id in a spreadsheet that took it for a number
ROUNDED = r"^\d(?:[.,]\d+)?[eE]\+\d+$"


def read_links(folder: pathlib.Path, links: str | pathlib.Path | None = None) -> pl.DataFrame | None:
    """Read the links that a user has looked through; None when there are none.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the export, which may hold a ``links.csv``.
    links : str or pathlib.Path, optional
        Another file.

    Returns
    -------
    polars.DataFrame or None
        The columns of ``Export.links`` and ``_line``; other columns, such as own remarks, are left alone.

    Raises
    ------
    FileMissing, EmptyFile, UnreadableFile, FileBusy, MissingColumns
        When the file is not there, can't be read or has no column ``file``.
    BadTable
        When rows have no file, two rows are about one file, or a word is not one of those it can be.
    IdsRounded
        When a spreadsheet has rounded ids, so that nobody can tell which were meant.
    """
    path = folder / LINKS if links is None else pathlib.Path(links)
    if links is None and not path.exists():
        return None
    if not path.exists():
        present = sorted(one.name for one in path.parent.glob("*.csv"))
        raise FileMissing(name=path.name, folder=str(path.parent), present=present, place="links")
    rows = read_rows(path, path.name)
    if "file" not in rows.frame.columns:
        raise MissingColumns(table=path.name, absent=["file"], present=list(rows.frame.columns))
    absent = [name for name in COLUMNS if name not in rows.frame.columns]
    frame = rows.frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    frame = frame.filter(~pl.all_horizontal(pl.col(list(COLUMNS)).is_null()))
    # the mark that `write_links` gives to cells that would not stay as they are
    frame = frame.with_columns(pl.col(list(COLUMNS)).str.replace(rf"^{MARK}", ""))
    _refuse_rounded(frame, path.name)
    kind = pl.col("kind").fill_null(KINDS[0]).str.to_lowercase()
    frame = frame.with_columns(kind=kind, _swap=pl.col("swap").str.to_lowercase())
    flags = _flags()
    bad = [_bad(rows.broken.select("_line", value="_text"), "", "width")]
    bad += [
        _bad(frame.filter(test).select("_line", value=name), name, reason)
        for name, test, reason in [
            ("file", pl.col("file").is_null(), "missing"),
            ("kind", pl.col("kind").is_in(KINDS).not_(), " / ".join(KINDS)),
            ("swap", pl.col("_swap").is_in(list(flags)).not_(), "true / false"),
            ("file", (pl.col("kind") == KINDS[0]) & ~pl.struct("kind", "file").is_first_distinct(), "twice"),
        ]
    ]
    whole = pl.concat(bad).sort("row")
    if whole.height:
        raise BadTable(table=path.name, bad=pd.DataFrame(whole.to_dicts()))
    swap = pl.col("_swap").replace_strict(flags, default=None, return_dtype=pl.Boolean)
    sure = pl.col("sure").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    return frame.with_columns(swap=swap, sure=sure).select(*COLUMNS, "_line")


def _refuse_rounded(frame: pl.DataFrame, name: str) -> None:
    ids = pl.col("conversation_id", "deal_id", "account_id").str.contains(ROUNDED)
    rounded = frame.filter(pl.any_horizontal(ids).fill_null(False))
    if rounded.height:
        raise IdsRounded(name=name, count=rounded.height, first=rounded["_line"][0])


def _flags() -> dict[str, bool]:
    """How people and their Excel write yes and no, whatever the language of the file."""
    told = {"yes": True, "no": False}
    return {
        word: value
        for language in languages()
        for key, value in told.items()
        for word in words(language)(f"exports.link.{key}").split(", ")
    }


def _bad(rows: pl.DataFrame, column: str, reason: str) -> pl.DataFrame:
    return rows.select(row="_line", column=pl.lit(column), value="value", reason=pl.lit(reason))
