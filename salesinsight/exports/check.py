"""The check: what an export would give, without stopping at the first thing that is wrong."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence
from typing import Any

import pandas as pd

from salesinsight.errors import SalesInsightError, nearest
from salesinsight.exports.layouts import READABLE
from salesinsight.exports.opening import Opened
from salesinsight.exports.processed import MARK, is_processed, read_imported
from salesinsight.exports.profile import load_profile
from salesinsight.exports.read import Reading, read
from salesinsight.exports.sources import Source
from salesinsight.schema import PATH, TABLES, Export, takes

TALLY = ("read", "used", "merged", "skipped", "rejected")


@dataclasses.dataclass(frozen=True)
class TableCheck:
    """One table: where it came from, what became of the rows, which columns hold something.

    Attributes
    ----------
    files : list of str
        Files read.
    read, used, merged, skipped, rejected : int
        Rows of these files; the last four add up to the first.
    found : list of str
        Columns of the table with at least one value.
    missing : dict
        Columns without any, with the column of the files that looks most like it ("" when none does);
        none of a table that is refused.
    refused : list of SalesInsightError
        Why the table, or a file of it, can't be used.
    """

    files: list[str]
    read: int
    used: int
    merged: int
    skipped: int
    rejected: int
    found: list[str]
    missing: dict[str, str]
    refused: list[SalesInsightError]


@dataclasses.dataclass(frozen=True)
class Check:
    """What an export gives and what it lacks.

    Attributes
    ----------
    folder, profile, language : str
        What was checked.
    tables : dict of TableCheck
        Per table.
    refused : list of SalesInsightError
        Files that can't be used as a whole; `read_export` raises the first of them.
    rejects : pandas.DataFrame
        Rows and values set aside.
    reasons : dict
        How often each reason occurs.
    notices : list of str
        What was assumed.
    available : set of str
        Which of text, roles, timestamps, crm, history, people and notes there are.
    unknown_roles : float
        Share of turns whose side is not known; NaN without turns.
    as_of : pandas.Timestamp or None
        The moment up to which the export knows the world.
    unused : list of str
        Files in the folder that no source took.
    links : pandas.DataFrame or None
        How transcripts were joined to conversations, and what is still open.
    """

    folder: str
    profile: str
    language: str
    tables: dict[str, TableCheck]
    refused: list[SalesInsightError]
    rejects: pd.DataFrame
    reasons: dict[str, int]
    notices: list[str]
    available: set[str]
    unknown_roles: float
    as_of: pd.Timestamp | None
    unused: list[str]
    links: pd.DataFrame | None

    @property
    def usable(self) -> bool:
        """Whether `read_export` would return an export."""
        return not self.refused and any(
            self.tables[name].used for name in ("turns", "conversations", "deals", "events")
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values that JSON can hold; the rejects as a list of rows."""
        rows = self.rejects.astype(object).where(self.rejects.notna(), None)
        return {
            "folder": self.folder,
            "profile": self.profile,
            "language": self.language,
            "usable": self.usable,
            "tables": {name: self._plain(table) for name, table in self.tables.items()},
            "refused": [error.text(self.language) for error in self.refused],
            "reasons": self.reasons,
            "rejects": rows.to_dict("records"),
            "notices": self.notices,
            "unused": self.unused,
            "available": sorted(self.available),
            "unknown_roles": None if pd.isna(self.unknown_roles) else self.unknown_roles,
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
        }

    def _plain(self, table: TableCheck) -> dict[str, Any]:
        found = {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}
        return found | {"refused": [error.text(self.language) for error in table.refused]}


@takes(folder=PATH, profile=PATH)
def check_export(
    folder: str | pathlib.Path,
    profile: str | pathlib.Path = "sample",
    language: str | None = None,
    links: str | pathlib.Path | None = None,
    told_in: str | None = None,
) -> Check:
    """Say what an export gives and lacks, everything at once instead of stopping at the first refusal.

    Parameters
    ----------
    folder, profile, language, links
        As in `read_export`.
    told_in : str, optional
        Language of reasons and notices; else that of the export.

    Raises
    ------
    FolderMissing, BadProfile, UnknownName
        When there is nothing to check. What is wrong with a file is in `Check.refused`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "turns.csv").write_text("conversation_id,text\\nc1,Hallo", encoding="utf-8")
    >>> check = check_export(folder)
    >>> check.usable, sorted(check.available), check.tables["turns"].used
    (True, ['text'], 1)
    """
    folder = pathlib.Path(folder)
    if is_processed(folder):
        export = read_imported(folder)
        tables = {name: _imported_table(name, export) for name in READABLE}
        return _check(folder, MARK, export, tables, [], [])
    plan = load_profile(profile)
    reading = read(folder, plan, language, links, keep_going=True, told_in=told_in)
    tables = {name: _table(name, reading) for name in READABLE}
    refused = [error for _, error in reading.refused]
    return _check(folder, plan.name, reading.export, tables, refused, reading.unused)


def _check(
    folder: pathlib.Path,
    profile: str,
    export: Export,
    tables: dict[str, TableCheck],
    refused: Sequence[SalesInsightError],
    unused: list[str],
) -> Check:
    turns = export.turns
    return Check(
        folder=str(folder),
        profile=profile,
        language=export.language,
        tables=tables,
        refused=list(refused),
        rejects=export.rejects,
        reasons={str(key): int(n) for key, n in export.rejects["reason"].value_counts().items()},
        notices=export.notices,
        available=available(export),
        unknown_roles=float((turns["role"] == "unknown").mean()) if len(turns) else float("nan"),
        as_of=export.as_of,
        unused=unused,
        links=export.links,
    )


def available(export: Export) -> set[str]:
    """What features may ask of an export and it has.

    Notes
    -----
    *text*: turns. *roles*: turns of a seller and of a customer. *timestamps*: turns with a start.
    *crm*: events of deals. *history*: deals with more than one conversation that took place. *people*:
    who was present, and somebody's part in the decision. *notes*: notes of sellers.
    """
    turns, talks = export.turns, export.conversations
    has = {
        "text": len(turns) > 0,
        "roles": {"seller", "customer"} <= set(turns["role"].dropna()),
        "timestamps": turns["start_s"].notna().any(),
        "crm": len(export.events) > 0,
        "history": talks.loc[talks["status"] == "held", "deal_id"].dropna().duplicated().any(),
        "people": len(export.attendance) > 0 and export.people["decision_role"].notna().any(),
        "notes": talks["note"].notna().any(),
    }
    return {name for name, there in has.items() if there}


def _table(name: str, reading: Reading) -> TableCheck:
    opened = [(number, source, found) for number, source, found in reading.opened if source.table == name]
    tally = reading.findings.tally({number for number, _, _ in opened})
    refused: list[SalesInsightError] = [error for table, error in reading.refused if table == name]
    found = _columns_with_values(name, reading.export)
    unused = _unused([(source, part) for _, source, part in opened if part])
    # of a table that is refused the refusal tells what is wrong, and not its columns
    absent = [column for column in TABLES[name].names if column not in found and not refused]
    missing = {column: _nearest(column, [source for _, source, _ in opened], unused) for column in absent}
    files = list(dict.fromkeys(file for _, _, part in opened if part for file in part.files))
    rows = {what: tally[what] for what in TALLY}
    return TableCheck(files=files, found=found, missing=missing, refused=refused, **rows)


def _imported_table(name: str, export: Export) -> TableCheck:
    """What an imported table holds: its rows were counted when it was imported."""
    found, rows = _columns_with_values(name, export), len(getattr(export, name))
    missing = {column: "" for column in TABLES[name].names if column not in found and rows}
    files = [f"{name}.parquet"] if rows else []
    return TableCheck(files, rows, rows, 0, 0, 0, found, missing, [])


def _columns_with_values(name: str, export: Export) -> list[str]:
    frame = getattr(export, name)
    known = (frame[TABLES[name].names].astype("string") != "unknown").fillna(False).any()
    return known.index[known].tolist()


def _nearest(column: str, sources: list[Source], unused: list[str]) -> str:
    """The column of the files that looks most like what the profile names for a column, else like itself."""
    named = [source.columns[column] for source in sources if source.columns and column in source.columns]
    return next(filter(None, (nearest(name, unused) for name in [*named, column])), "")


def _unused(opened: list[tuple[Source, Opened]]) -> list[str]:
    used = {column for source, _ in opened for column in (source.columns or {}).values()}
    return list(dict.fromkeys(column for _, part in opened for column in part.columns if column not in used))
