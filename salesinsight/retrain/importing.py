"""Importing: an export as it came → pseudonymised tables to work with, the key kept apart."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from salesinsight.errors import ImportedAlready, KeyBesideData, OtherKey, TablesInExport
from salesinsight.exports import (
    Processed,
    is_processed,
    nothing_forgotten,
    read_export,
    read_processed,
    refuse_other_files,
    write_processed,
)
from salesinsight.privacy import Key, load_key, new_key, pseudonymise
from salesinsight.privacy.removal import (
    codes_in,
    without_deals,
    without_old_words,
    without_people,
)
from salesinsight.retrain.cleaning import held
from salesinsight.retrain.prepare import Progress, quiet
from salesinsight.schema import Export


@dataclasses.dataclass(frozen=True)
class Imported:
    """What an import came to.

    Attributes
    ----------
    folder : pathlib.Path
        Where the tables are.
    export : Export
        The tables, with codes for names.
    names : dict
        Per kind of personal data, how many different ones were replaced by codes.
    key : pathlib.Path
        File of the key.
    made_key : bool
        Whether the key was made for this import.
    """

    folder: Path
    export: Export
    names: dict[str, int]
    key: Path
    made_key: bool


def import_path(
    folder: str | Path,
    profile: str | Path,
    out: str | Path,
    key: str | Path,
    *,
    language: str | None = None,
    keep_days: int | None = None,
    progress: Progress = quiet,
) -> Imported:
    """Read an export, replace names and numbers of people by codes, and keep the tables.

    Parameters
    ----------
    folder, profile, language
        As in `read_export`; the folder is never written to.
    out : path
        Folder of the tables; what an earlier import put there is replaced, and what was forgotten in it
        stays forgotten.
    key : path
        File of the owner's key; made when absent. Keep it apart from the tables: with both, names come back.
    keep_days : int, optional
        Drop what was said and noted in conversations older than this, counted from the export's moment.
    progress : callable
        Called with the name of each step as it starts: read, pseudonymise, write.

    Raises
    ------
    ImportedAlready, TablesInExport
        When the folder holds an imported export already, or the tables would stand in or around the export.
    FolderInUse
        When there is anything but an earlier import where the tables go.
    KeyBesideData
        When the key would stand in the folder of the tables or of the export.
    OtherKey
        When something was forgotten in the tables that stand there, and they were made with another key.
    RunLocked
        When something is being imported or forgotten in the same place.
    SalesInsightError
        When the export can't be used.
    """
    folder, out, key = Path(folder), Path(out), Path(key)
    if is_processed(folder):
        raise ImportedAlready(folder=str(folder))
    secret = load_key(key) if key.exists() else None
    _forgotten_in(out, key, secret)  # puts back what a crash left aside, and refuses before the long work
    _refuse_places(folder, out, key)
    progress("read")
    export = read_export(folder, profile=profile, language=language)
    made, secret = secret is None, secret or _made_at(key)
    progress("pseudonymise")
    coded, vault = pseudonymise(export, secret)
    with held([], beside=out):
        forgotten = _forgotten_in(out, key, secret)
        coded = _kept(coded, forgotten, keep_days)
        # a code that no table holds any more needs no name
        vault = vault.without(set(vault.frame["code"]) - codes_in(coded))
        progress("write")
        write_processed(Processed(coded, vault, forgotten, secret.mark), out)
    return Imported(out, coded, vault.frame["kind"].value_counts().to_dict(), key, made)


def _made_at(path: Path) -> Key:
    path.parent.mkdir(parents=True, exist_ok=True)
    return new_key(path)


def _forgotten_in(out: Path, path: Path, key: Key | None) -> pd.DataFrame:
    """What was forgotten in the tables that stand there; only the key that made them keeps it out."""
    if not is_processed(out):
        return nothing_forgotten()
    kept = read_processed(out)
    if len(kept.forgotten) and (key is None or not kept.made_with(key)):
        raise OtherKey(folder=str(out), path=str(path), n=len(kept.forgotten))
    return kept.forgotten


def _refuse_places(folder: Path, out: Path, key: Path) -> None:
    """Refuse to write into the export, over something else, or a key beside what it protects."""
    raw, tables, secret = folder.resolve(), out.resolve(), key.resolve()
    if tables.is_relative_to(raw) or raw.is_relative_to(tables):
        raise TablesInExport(out=str(out), folder=str(folder))
    refuse_other_files(out)
    for place, shown in ((raw, folder), (tables, out)):
        if secret.is_relative_to(place):
            raise KeyBesideData(path=str(key), folder=str(shown))


def _kept(export: Export, forgotten: pd.DataFrame, keep_days: int | None) -> Export:
    """Take out again what was forgotten before, and words that are too old."""
    by_kind = forgotten.groupby("kind")["value"].agg(list).to_dict()
    export = without_deals(export, by_kind.get("deal", []))
    before = [pd.Timestamp(moment) for moment in by_kind.get("before", [])]
    if keep_days is not None and export.as_of is not None:
        before.append(export.as_of - pd.Timedelta(days=keep_days))
    for moment in before:
        export = without_old_words(export, moment)
    return without_people(export, *(by_kind.get(kind, []) for kind in ("person", "code", "shared")))
