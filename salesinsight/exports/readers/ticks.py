"""The sheet on which a manager ticked whether labels are right, back in the folder of an export."""

from __future__ import annotations

import pathlib

import pandas as pd
import polars as pl

from salesinsight.errors import BadTable, MissingColumns
from salesinsight.exports.readers.files import read_rows
from salesinsight.exports.readers.folder import TICKS
from salesinsight.exports.readers.links import MARK
from salesinsight.language import languages, words

NEEDED = ("deal_id", "label", "tick")


def read_ticks(folder: pathlib.Path) -> pd.DataFrame | None:
    """Read the ticks of a manager; None when there is no such file.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the export, which may hold a ``label_check.csv`` or ``label_check.xlsx``.

    Returns
    -------
    pandas.DataFrame or None
        deal_id, y4 (the label that was on the sheet), right (missing where nothing was ticked). Remarks stay
        in the file: they may name people.

    Raises
    ------
    EmptyFile, UnreadableFile, FileBusy, MissingColumns
        When the file can't be read, or has no column for the deal, the label or the tick.
    BadTable
        When a label or a tick is none of the words it can be; all of them are listed.
    """
    path = next((folder / name for name in TICKS if (folder / name).is_file()), None)
    if path is None:
        return None
    rows = read_rows(path, path.name)
    named = {_plain(text): key for key, text in _words("label.sheet")}
    names = {column: named.get(_plain(column), "") for column in rows.frame.columns}
    absent = [key for key in NEEDED if key not in names.values()]
    if absent:
        raise MissingColumns(table=path.name, absent=absent, present=rows.frame.columns)
    own = {key: column for column, key in reversed(names.items()) if key in NEEDED}
    frame = rows.frame.select("_line", **{key: pl.col(column) for key, column in own.items()})
    frame = frame.filter(pl.any_horizontal(pl.col(*NEEDED).is_not_null()))
    labels = {_plain(text): key for key, text in _words("common.y4")}
    ticks = {_plain(word): key for key, text in _words("label.tick") for word in text.split(", ")}
    plain = frame.with_columns(pl.col("label", "tick").map_elements(_plain, pl.String))
    read = plain.with_columns(
        deal_id=pl.col("deal_id").str.replace(rf"^{MARK}", ""),
        y4=pl.col("label").replace_strict(labels, default=None, return_dtype=pl.String),
        side=pl.col("tick").replace_strict(ticks, default=None, return_dtype=pl.String),
    )
    _refuse_unknown(frame, read, path.name, list(labels), list(ticks))
    found = read.select("deal_id", "y4", right=pl.col("side") == "right").to_pandas()
    return found.astype({"deal_id": "string", "y4": "string", "right": "boolean"})


def _refuse_unknown(
    frame: pl.DataFrame, read: pl.DataFrame, name: str, labels: list[str], ticks: list[str]
) -> None:
    bad = []
    for column, result, known, empty in (("label", "y4", labels, False), ("tick", "side", ticks, True)):
        wrong = read[result].is_null() & (frame[column].is_not_null() if empty else True)
        reason = pl.lit(" / ".join(known))
        bad.append(
            frame.filter(wrong).select(row="_line", column=pl.lit(column), value=column, reason=reason)
        )
    bad.append(
        frame.filter(pl.col("deal_id").is_null()).select(
            row="_line", column=pl.lit("deal_id"), value="deal_id", reason=pl.lit("missing")
        )
    )
    whole = pl.concat(bad).sort("row")
    if whole.height:
        raise BadTable(table=name, bad=pd.DataFrame(whole.to_dicts()))


def _words(section: str) -> list[tuple[str, str]]:
    """Key and text of a section of words, in all languages: a sheet may be of another one than the export."""
    return [pair for language in languages() for pair in words(language).section(section).items()]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
