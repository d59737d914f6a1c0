"""links.csv as a user opens it in a spreadsheet: which transcript belongs where, and what is still open."""

from __future__ import annotations

import pathlib

import pandas as pd

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

    Examples
    --------
    >>> import tempfile
    >>> write_links(pd.DataFrame({"file": ["a.vtt"]}), tempfile.mkdtemp() + "/links.csv").name
    'links.csv'
    """
    table = pd.DataFrame(columns=["file"]) if links is None else links
    if "question" in table:
        table = table.loc[table["question"].isna().sort_values(kind="stable").index]
    # semicolons and a mark of UTF-8, so that Excel in Dutch shows columns and accents
    text = table.to_csv(index=False, sep=";", lineterminator="\n")
    return write_whole(pathlib.Path(path), text.encode("utf-8-sig"))
