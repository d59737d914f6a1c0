"""Every file of a folder: read, its header found, and files with the same columns put together."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Iterable

import polars as pl

from salesinsight.errors import EmptyFile, InputRefused, NotAFile, UnreadableFile
from salesinsight.exports.proposal.mapping import FILES, Layout, map_columns
from salesinsight.exports.proposal.sections import Sheet, usable
from salesinsight.exports.proposal.words import header_hits
from salesinsight.exports.readers.files import OWN, Rows, read_rows
from salesinsight.exports.readers.folder import Found, find_views, list_files

SPOKEN = (".vtt", ".srt", ".docx", ".doc")
TRANSCRIPT = {"speaker", "start_s", "text"}
# a title and a remark may stand above the column names
HIGHEST = 12
# what a kind of file is known by, besides the columns that tell its rows apart
TELLING = {
    "deals": ("stage", "status", "amount"),
    "calls": ("started_at", "direction", "duration", "call_status", "note"),
    "people": ("person_name", "last_name", "title", "email"),
    "turns": ("text", "speaker", "role"),
    "history": ("changed_at", "new_stage", "deal_id", "deal_name"),
}


@dataclasses.dataclass(frozen=True)
class Looked:
    """The files of a folder.

    Attributes
    ----------
    rows : list of tuple
        Files that could be read as a table, with their rows.
    headers : dict
        Per file the line of its column names.
    transcripts : list of str
        Files with what was said.
    failed : dict
        Files that can't be read, and why.
    dated : bool
        Whether the folder holds exports in folders named by a date.
    """

    rows: list[tuple[Found, Rows]]
    headers: dict[str, int]
    transcripts: list[str]
    failed: dict[str, InputRefused]
    dated: bool


def look_at(folder: pathlib.Path, zone: str) -> Looked:
    """Read every file of the newest export in a folder."""
    view = find_views(list_files(folder), zone)[-1]
    found = Looked([], {}, [], {}, view.at is not None)
    for file in view.files:
        kind = "".join(file.path.suffixes).lower().removesuffix(".gz")
        if file.path.is_dir() or kind.endswith(".toml"):
            continue
        if kind.endswith(SPOKEN):
            found.transcripts.append(file.name)
            continue
        try:
            rows, line = _read(file)
        except (EmptyFile, UnreadableFile, NotAFile) as error:
            found.failed[file.name] = error
            continue
        if set(rows.frame.columns) >= TRANSCRIPT and kind.endswith((".txt", ".json")):
            found.transcripts.append(file.name)
            continue
        found.rows.append((file, rows))
        found.headers[file.name] = line
    return found


def sheets_of(looked: Looked, left: Iterable[str]) -> list[Sheet]:
    """Put files with the same columns together and say what they are.

    Parameters
    ----------
    looked : Looked
        The files.
    left : iterable of str
        Those of them that the profile to build on does not take.
    """
    groups: dict[tuple[str, ...], list[tuple[Found, Rows]]] = {}
    for file, rows in looked.rows:
        if file.name in set(left):
            groups.setdefault((str(looked.headers[file.name]), *_columns(rows)), []).append((file, rows))
    columns = {file.name: set(_columns(rows)) for file, rows in looked.rows}
    sheets = []
    for files in groups.values():
        frame = pl.concat([rows.frame for _, rows in files], how="diagonal_relaxed")
        frame = frame.filter(pl.any_horizontal(pl.exclude(*OWN).is_not_null()))
        first, names = files[0][0], tuple(file.name for file, _ in files)
        layout = map_columns(frame)
        others = [theirs for name, theirs in columns.items() if name not in names]
        by = _known_by(layout, others)
        patterns = _kinds(file for file, _ in files) if by else tuple(_named(file) for file, _ in files)
        sheets.append(Sheet(first.name, names, frame, looked.headers[first.name], layout, by, patterns))
    return sheets


def _read(file: Found) -> tuple[Rows, int]:
    """The rows of a file, below the line that looks most like column names."""
    rows = read_rows(file.path, file.name)
    best, line = _told(_columns(rows)), 1
    for number, text in enumerate(rows.head[:HIGHEST], 1):
        cells = [cell.strip().strip('"') for cell in re.split(r"[;,\t|]", text)]
        told = _told(cells)
        if number > 1 and told >= 2 and told > 2 * best:
            best, line = told, number
    return (rows, 1) if line == 1 else (read_rows(file.path, file.name, header=line), line)


def _told(names: list[str]) -> int:
    """How many of these are headers that are known."""
    return sum(
        any(hit.how == "exact" for file in FILES for hit in header_hits(name[:80], file))
        for name in names
        if name.strip()
    )


def _columns(rows: Rows) -> list[str]:
    return [name for name in rows.frame.columns if name not in OWN]


def _known_by(layout: Layout, others: list[set[str]]) -> tuple[str, ...]:
    """Headers by which a file is known whatever it is called; none when another file has them all too."""
    if not layout.file:
        return ()
    telling = [layout.header(meaning) for meaning in TELLING[layout.file]]
    core = list(dict.fromkeys([*layout.key, *filter(None, telling[:3])]))
    rest = [one.name for one in layout.columns if usable(one, layout) and one.name not in core]
    rest += [one.name for one in layout.columns if one.name not in core and one.name not in rest]
    while any(set(core) <= other for other in others):
        if not rest:
            return ()
        core.append(rest.pop(0))
    return tuple(core)


def _kinds(files: Iterable[Found]) -> tuple[str, ...]:
    endings = []
    for file in files:
        packed = ".gz" if file.path.suffix.lower() == ".gz" else ""
        name = file.path.name.removesuffix(packed)
        endings.append(f"**/*.{name.rsplit('.', 1)[-1]}{packed}")
    return tuple(dict.fromkeys(endings))


def _named(file: Found) -> str:
    # a bracket would be read as a choice of letters
    return file.inside.replace("[", "?").replace("]", "?").replace(":", "?")
