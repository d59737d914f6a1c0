"""The files of an export's folder: which there are, which a pattern names, and folders named by a date."""

from __future__ import annotations

import dataclasses
import fnmatch
import os
import pathlib
import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

# files that say something about an export and are no part of it
WATERMARK, LINKS = "WATERMARK.txt", "links.csv"
TICKS = ("label_check.csv", "label_check.xlsx")
# 2026-02-01, 20260201, "2026-02-01 08.30 na de overgang": a date, perhaps a time, perhaps words
DATED = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})(?:[T _-]+(\d{2})[.:hu](\d{2}))?(?!\d)")


@dataclasses.dataclass(frozen=True)
class Found:
    """One file: where it is, how messages call it, and the path that patterns are held against."""

    path: pathlib.Path
    name: str
    inside: str


@dataclasses.dataclass(frozen=True)
class View:
    """Files that were exported together, with their folder; `at` is None where none is named by a date."""

    at: pd.Timestamp | None
    top: str
    files: tuple[Found, ...]


def list_files(folder: pathlib.Path) -> tuple[Found, ...]:
    """Everything in a folder, at any depth, in order of names; folders too, for one may bear a file's name.

    Notes
    -----
    Hidden files, Excel's "~$name.xlsx" beside an open file, the watermark, links and ticks are left out.
    """
    found, seen = [], set()
    for where, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        # a link to a folder that was walked already would give its files twice, or go round for ever
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (*folders, *files):
            path = pathlib.Path(where, name)
            shown = path.relative_to(folder).as_posix()
            if not name.startswith(("~$", ".")) and shown not in (WATERMARK, LINKS, *TICKS):
                found.append(Found(path, shown, shown))
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def find_files(files: Iterable[Found], patterns: Iterable[str]) -> list[Found]:
    """Files that one of the patterns names, in order of their names.

    Notes
    -----
    Capitals make no difference, and ``**/`` stands for any depth of folders, none too. A folder is given
    only for a pattern without ``*``, so that it can be told that a file was meant.
    """
    wanted = [_fold(pattern).split("/") for pattern in patterns]
    found = []
    for file in files:
        parts = _fold(file.inside).split("/")
        fitting = [want for want in wanted if _fits(parts, want)]
        if fitting and (not file.path.is_dir() or any("*" not in want[-1] for want in fitting)):
            found.append(file)
    return found


def find_views(files: tuple[Found, ...], zone: str) -> list[View]:
    """Folders named by a date, oldest first; what stands outside them goes along with the newest.

    Notes
    -----
    A date without a time is the end of that day: what the files tell was not known before.
    """
    dated: dict[str, pd.Timestamp] = {}
    for file in files:
        top = file.name.split("/", 1)[0]
        moment = _dated(top, zone) if top not in dated and file.path.is_dir() and top == file.name else None
        if moment is not None:
            dated[top] = moment
    inside: dict[str, list[Found]] = {top: [] for top in dated}
    loose = []
    for file in files:
        top, _, rest = file.name.partition("/")
        if top not in dated:
            loose.append(file)
        elif rest:
            inside[top].append(dataclasses.replace(file, inside=rest))
    tops = sorted(dated, key=lambda top: (dated[top], top))
    if not tops:
        return [View(None, "", files)]
    views = [View(dated[top], top, tuple(inside[top])) for top in tops]
    return [*views[:-1], View(views[-1].at, views[-1].top, (*views[-1].files, *loose))]


def _fold(name: str) -> str:
    # a Mac takes é apart into e and an accent
    return unicodedata.normalize("NFC", name).casefold()


def _fits(parts: list[str], want: list[str]) -> bool:
    if not want:
        return not parts
    if want[0] == "**":
        return any(_fits(parts[start:], want[1:]) for start in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], want[0]) and _fits(parts[1:], want[1:])


def _dated(name: str, zone: str) -> pd.Timestamp | None:
    found = DATED.match(name)
    if not found:
        return None
    year, _, month, day, hour, minute = found.groups()
    try:
        start = pd.Timestamp(f"{year}-{month}-{day}")
        if hour:
            start = pd.Timestamp(f"{year}-{month}-{day} {hour}:{minute}")
    except ValueError:
        return None
    last = start if hour else start + pd.Timedelta(days=1) - pd.Timedelta(seconds=1)
    return last.tz_localize(zone, ambiguous=False, nonexistent="shift_forward").tz_convert("UTC")
