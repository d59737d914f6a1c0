"""Sheets: small CSV files that people make, as rows that know their line in the file."""

from __future__ import annotations

import csv
import io
import os
import pathlib

import pandas as pd

from salesinsight.errors import EmptyFile, PathUnusable, UnreadableFile

SEPARATORS = ",;\t"
LINE, EXTRA = "_line", "_extra"


def read_sheet(path: str | os.PathLike[str]) -> pd.DataFrame:
    r"""Read a CSV with commas, or with semicolons as a Dutch Excel writes it; UTF-8, else Windows-1252.

    Parameters
    ----------
    path : path
        The file; its first line holds the names of the columns.

    Returns
    -------
    pandas.DataFrame
        Texts without spaces around them, "" where empty, under the names in lower case; ``_line`` where the
        row begins in the file (from 1), ``_extra`` whether it has more cells than the header. Empty rows are
        left out.

    Raises
    ------
    PathUnusable, EmptyFile, UnreadableFile
        When there is no file, nothing in it, or no text that can be cut into cells.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.csv")
    ...     _ = path.write_text("Name;Pattern\nprijs;te duur\n", "utf-8")
    ...     read_sheet(path).to_dict("records")
    [{'name': 'prijs', 'pattern': 'te duur', '_line': 2, '_extra': False}]
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise PathUnusable(path=str(path), cause="folder" if path.is_dir() else "absent")
    text = _decode(path)
    if not text.strip():
        raise EmptyFile(file=path.name)
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count))
    rows, lines, line = [], [], 1
    try:
        for row in reader:
            rows.append([cell.strip() for cell in row])
            lines.append(line)
            line = reader.line_num + 1
    except csv.Error as cause:
        raise UnreadableFile(file=path.name, expected="CSV", cause=str(cause)) from cause
    header, width = [name.lower() for name in rows[0]], len(rows[0])
    kept = [place for place, row in enumerate(rows) if place and any(row)]
    cells = [(rows[place] + [""] * width)[:width] for place in kept]
    sheet = pd.DataFrame(cells, columns=header, dtype=object)
    sheet = sheet.loc[:, [bool(name) and name not in header[:place] for place, name in enumerate(header)]]
    return sheet.assign(
        **{LINE: [lines[place] for place in kept], EXTRA: [any(rows[place][width:]) for place in kept]}
    )


def _decode(path: pathlib.Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError as wrong:
            cause = wrong
    raise UnreadableFile(file=path.name, expected="UTF-8", cause=str(cause)) from cause
