"""Rows of a file that are none: totals and copyright below the last row, a header repeated, broken lines."""

from __future__ import annotations

import dataclasses
import re

import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.readers.files import OWN, Rows

# a table of fewer columns may well have rows with one value
FEWEST_CELLS = 4
ONE_CELL = r'^\s*("[^"]*"|[^",;\t|]*)\s*$'
SHOWN = 60


def sift_rows(rows: Rows, number: int, name: str, findings: Findings) -> Rows:
    """Count the rows of a file for a source, and leave out those that are no rows of a table.

    Parameters
    ----------
    rows : Rows
        What the file holds.
    number : int
        Number of the source in the profile, which the rows carry along as ``_source``.
    name : str
        How messages call the file.
    findings : Findings
        Gets what is skipped and rejected.
    """
    frame = rows.frame.with_columns(_source=pl.lit(number))
    broken = rows.broken.with_columns(_source=pl.lit(number))
    findings.count("read", frame)
    findings.count("read", broken)
    # our words stand beside the file's own headers
    cells = [column for column in frame.columns if column not in (*OWN, "_source", *rows.headers)]
    frame, broken = _without_foot(frame, broken, cells if rows.head else [], name, findings)
    for code in broken["code"].unique().sort():
        findings.reject(broken.filter(code=code), code, "", "_text")
    if rows.encoding == "cp1252":
        findings.notice("encoding", file=name)
    frame = _without_headers(frame, cells, name, findings)
    if not frame.height:
        findings.notice("no_rows", file=name)
    return dataclasses.replace(rows, frame=frame)


def _without_foot(
    frame: pl.DataFrame, broken: pl.DataFrame, cells: list[str], name: str, findings: Findings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Skip lines with one cell below the last row, also where a spreadsheet padded them with empty cells."""
    count = pl.sum_horizontal(pl.col(cells).is_not_null()) if cells else pl.lit(2)
    filled = frame.filter(count > (1 if len(cells) >= FEWEST_CELLS else 0))
    below = pl.col("_line") > (filled["_line"].max() or 0)
    padded = (count == 1) & below & bool(filled.height)
    alone = (pl.col("code") == "width") & below & pl.col("_text").str.contains(ONE_CELL)
    texts = frame.filter(padded).select(pl.coalesce(cells)).to_series().to_list() if cells else []
    texts += broken.filter(alone)["_text"].to_list()
    findings.count("skipped", frame.filter(padded))
    findings.count("skipped", broken.filter(alone))
    if texts and filled.height:
        findings.notice("foot", file=name, n=len(texts), text=str(texts[0])[:SHOWN])
    return frame.filter(~padded), broken.filter(~alone)


def _without_headers(frame: pl.DataFrame, cells: list[str], name: str, findings: Findings) -> pl.DataFrame:
    """Skip the header where exports were pasted under each other."""
    same = (pl.col(cell).str.to_lowercase() == _without_number(cell).lower() for cell in cells)
    said = pl.all_horizontal(*same).fill_null(False) if cells else pl.lit(False)
    repeated = frame.filter(said)
    if repeated.height:
        findings.count("skipped", repeated)
        findings.notice("header_repeated", file=name, n=repeated.height, line=repeated["_line"][0])
    return frame.filter(~said)


def _without_number(column: str) -> str:
    """The header itself, without the number that tells two of one name apart."""
    return re.sub(r" \(\d+\)$", "", column)
