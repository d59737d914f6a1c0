"""Columns that are written afterwards by nature: known by name, or by what a profile reads them as."""

from __future__ import annotations

import csv
import fnmatch
import functools
import re
from collections.abc import Iterable
from pathlib import Path

from salesinsight.exports import load_profile
from salesinsight.language import languages, load_pack

# what a profile reads from a column that is filled in, or overwritten, when a deal ends
LATER = ("closed_at", "reason", "status", "status_reason", "changed_at")
ENDS = ("won", "lost", "deleted")


def written_later(columns: Iterable[object], profile: str | Path | None = None) -> dict[object, str]:
    """Find columns that a CRM fills in, or keeps overwriting, until the deal has ended.

    Parameters
    ----------
    columns : iterable
        Names of columns.
    profile : str or path, optional
        The profile that the table was exported with; the headers that it reads as the end of a deal count.

    Returns
    -------
    dict
        Column to "profile" or "name". The names stand in ``columns/later.csv`` of the language packs; all
        languages are tried, for a Dutch export may have English headers.

    Raises
    ------
    ProfileMissing, BadProfile
        See `load_profile`.

    Examples
    --------
    >>> written_later(["amount", "Last Activity", "gesloten_op"])
    {'Last Activity': 'name', 'gesloten_op': 'name'}
    >>> written_later(["Deal - Status", "Deal - Value"], "pipedrive")
    {'Deal - Status': 'profile'}
    """
    marked = set() if profile is None else _marked(profile)
    found: dict[object, str] = {}
    for column in columns:
        name = _plain(str(column))
        if name in marked:
            found[column] = "profile"
        elif any(fnmatch.fnmatchcase(name, known) for known in _names()):
            found[column] = "name"
    return found


@functools.cache
def _names() -> frozenset[str]:
    names: set[str] = set()
    for language in languages():
        text = (load_pack(language).folder / "columns" / "later.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            names |= {name.strip() for name in row["names"].split("|")}
    return frozenset(names)


def _marked(profile: str | Path) -> set[str]:
    """Headers that a profile reads as the end of a deal, or as what is overwritten until then."""
    read = load_profile(profile)
    words: set[str] = set()
    for source in read.sources:
        columns = source.columns or {}
        if source.table == "snapshot":
            words |= {columns[meaning] for meaning in LATER if meaning in columns}
        if source.table == "events" and source.constants.get("kind") in ENDS:
            words |= {columns[meaning] for meaning in ("at", "value") if meaning in columns}
    headers = {header for word in words for header in (word, *read.names.get(word, ()))}
    return {_plain(header) for header in headers}


def _plain(name: str) -> str:
    """Small letters and single spaces: ``Last_Activity``, ``last activity`` and ``LastActivity`` are one."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.split(r"[\W_]+", parted.lower())).strip()
