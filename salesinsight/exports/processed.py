"""Imported exports: the tables of an export kept as Parquet, pseudonymised, with the names apart.

::

    turns.parquet … rejects.parquet   the tables of the contract; links.parquet, ticks.parquet where known
    export.json                       what else an export knows: language, moment, stages, label, key
    names.csv                         the name behind each code, readable with the owner's key only
    forgotten.csv                     what was forgotten and must not come back with the next import
"""

from __future__ import annotations

import dataclasses
import json
import pathlib

import pandas as pd

from salesinsight.errors import FileMissing, FolderInUse, UnreadableFile, WrongKey
from salesinsight.privacy import Key, Vault, load_key, restore
from salesinsight.schema import TABLES, Export, conform
from salesinsight.writing import put_back, whole_folder, write_json

MARK, NAMES, FORGOTTEN, LINKS = "export.json", "names.csv", "forgotten.csv", "links.parquet"
TICKS = "ticks.parquet"
MOST_NAMED = 5
FACTS = ("language", "time_zone", "stages", "label", "watermark", "notices")


@dataclasses.dataclass(frozen=True)
class Processed:
    """An imported export as it stands on disk.

    Attributes
    ----------
    export : Export
        The tables, with codes for names.
    vault : Vault
        The name behind each code, encrypted.
    forgotten : pandas.DataFrame
        kind {deal, person, code, shared, before} and value: what must not come back.
    key_mark : str, optional
        `Key.mark` of the key that made the codes; None when an older version imported it.
    """

    export: Export
    vault: Vault
    forgotten: pd.DataFrame
    key_mark: str | None = None

    def made_with(self, key: Key) -> bool:
        """Whether this is the key that made the codes."""
        if self.key_mark is not None:
            return self.key_mark == key.mark
        try:
            self.vault.open(key)
        except WrongKey:
            return False
        return True


def is_processed(folder: pathlib.Path) -> bool:
    """Whether a folder holds an imported export; one that a crash left aside is put back first."""
    put_back(folder)
    return (folder / MARK).is_file()


def write_processed(processed: Processed, folder: str | pathlib.Path) -> pathlib.Path:
    """Keep an imported export in a folder, all at once; what stood there is replaced.

    Raises
    ------
    FolderInUse
        When there is anything else in it: only tables of an earlier import are ever replaced.
    FileBusy
        When a file in it is open in another program.
    """
    folder, export = pathlib.Path(folder), processed.export
    refuse_other_files(folder)
    with whole_folder(folder) as part:
        for name in TABLES:
            getattr(export, name).to_parquet(part / f"{name}.parquet", index=False)
        if export.links is not None:
            export.links.to_parquet(part / LINKS, index=False)
        if export.ticks is not None:
            # of a deal that must be forgotten nothing may stay
            ticks = export.ticks[export.ticks["deal_id"].isin(export.deals["deal_id"])]
            ticks.to_parquet(part / TICKS, index=False)
        as_of = None if export.as_of is None else export.as_of.isoformat()
        facts = {name: getattr(export, name) for name in FACTS}
        write_json(part / MARK, facts | {"as_of": as_of, "key_mark": processed.key_mark})
        processed.vault.write(part / NAMES)
        processed.forgotten.to_csv(part / FORGOTTEN, index=False, lineterminator="\n")
    return folder


def refuse_other_files(folder: pathlib.Path) -> None:
    """Raise FolderInUse when a folder holds anything but an imported export, or is a file."""
    if folder.exists() and not folder.is_dir():
        raise FolderInUse(folder=str(folder), files=[folder.name])
    own = {MARK, NAMES, FORGOTTEN, LINKS, TICKS, *(f"{name}.parquet" for name in TABLES)}
    present = {path.name for path in folder.iterdir()} if folder.exists() else set()
    strange = sorted(present if MARK not in present else present - own)
    if strange:
        raise FolderInUse(folder=str(folder), files=strange[:MOST_NAMED])


def read_processed(folder: str | pathlib.Path) -> Processed:
    """Read an imported export; names stay codes.

    Raises
    ------
    FileMissing, UnreadableFile
        When a part of it is absent or damaged.
    """
    folder = pathlib.Path(folder)
    present = sorted(path.name for path in folder.iterdir())
    for name in (MARK, *(f"{table}.parquet" for table in TABLES), FORGOTTEN):
        if name not in present:
            raise FileMissing(name=name, folder=str(folder), present=present, place=MARK)
    try:
        facts = json.loads((folder / MARK).read_text("utf-8"))
        as_of, mark = facts.pop("as_of"), facts.pop("key_mark", None)
        tables = {name: conform(pd.read_parquet(folder / f"{name}.parquet"), name) for name in TABLES}
        links, ticks = (
            pd.read_parquet(folder / name) if name in present else None for name in (LINKS, TICKS)
        )
        at = None if as_of is None else pd.Timestamp(as_of)
        export = Export(**tables, **facts, links=links, ticks=ticks, as_of=at)
        forgotten = pd.read_csv(folder / FORGOTTEN, dtype="string")
    except (OSError, ValueError, TypeError, KeyError) as cause:
        raise UnreadableFile(file=str(folder / MARK), expected="JSON / Parquet", cause=str(cause)) from cause
    return Processed(export, Vault.read(folder / NAMES), forgotten, mark)


def read_imported(folder: pathlib.Path, key: str | pathlib.Path | None = None) -> Export:
    """The tables of an imported export; with the owner's key, names stand where their codes stood."""
    kept = read_processed(folder)
    return kept.export if key is None else restore(kept.export, kept.vault, load_key(key))


def read_names(folder: pathlib.Path, key: str | pathlib.Path) -> dict[str, str]:
    """The name behind each code of an imported export; its tables are not opened."""
    return Vault.read(folder / NAMES).open(load_key(key))


def nothing_forgotten() -> pd.DataFrame:
    """The list of an export of which nothing was forgotten."""
    return pd.DataFrame({"kind": pd.Series(dtype="string"), "value": pd.Series(dtype="string")})
