"""links.csv as a user opens it in a spreadsheet: which transcript belongs where, and what is still open."""

from __future__ import annotations

import pathlib

import pandas as pd

from salesinsight.exports.readers.links import MARK, RETYPED
from salesinsight.writing import write_whole


def write_links(links: pd.DataFrame | None, path: str | pathlib.Path) -> pathlib.Path:
    """Write the links of an export as CSV, what is open first, so that it can be corrected and read back.

    Parameters
    ----------
    links : pandas.DataFrame or None
        ``Export.links``; None gives a file with nothing in it but the header.
    path : str or pathlib.Path
        Replaced all at once.

    Raises
    ------
    FileBusy
        When it is open in Excel.

    Notes
    -----
    A cell that a spreadsheet would take for a formula, a date or a long number gets an apostrophe before
    it, which `read_links` takes off again: ids of eleven digits stay what they are.

    Examples
    --------
    >>> import tempfile
    >>> links = pd.DataFrame({"file": ["a.vtt"], "conversation_id": ["63400017641"]})
    >>> path = write_links(links, tempfile.mkdtemp() + "/links.csv")
    >>> path.read_text("utf-8-sig").splitlines()[1]
    "a.vtt;'63400017641"
    """
    table = pd.DataFrame(columns=["file"]) if links is None else links
    if "question" in table:
        table = table.loc[table["question"].isna().sort_values(kind="stable").index]
    texts = table.select_dtypes(include=["object", "string"]).columns
    table = table.assign(**{name: _as_text(table[name]) for name in texts})
    # semicolons, decimal commas and a mark of UTF-8, so that Excel in Dutch shows columns and accents
    text = table.to_csv(index=False, sep=";", decimal=",", lineterminator="\n")
    return write_whole(pathlib.Path(path), text.encode("utf-8-sig"))


def _as_text(cells: pd.Series) -> pd.Series:
    """Mark the cells that a spreadsheet would make something else of."""
    texts = cells.astype("string")
    return texts.mask(texts.str.contains(RETYPED).fillna(False), MARK + texts)
