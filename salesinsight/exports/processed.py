"""Imported exports: the tables of an export kept as Parquet, pseudonymised, with the names apart.

::

    turns.parquet … rejects.parquet   the tables of the contract, and links.parquet where there are links
    export.json                       what else an export knows: language, moment, stages, label
    names.csv                         the name behind each code, readable with the owner's key only
    forgotten.csv                     what was forgotten and must not come back with the next import
"""

from __future__ import annotations

import dataclasses
import json
import pathlib

import pandas as pd

from salesinsight.errors import FileMissing, UnreadableFile
from salesinsight.privacy import Vault, load_key, restore
from salesinsight.schema import TABLES, Export, conform
from salesinsight.writing import whole_folder, write_json

MARK, NAMES, FORGOTTEN, LINKS = "export.json", "names.csv", "forgotten.csv", "links.parquet"
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
    """

    export: Export
    vault: Vault
    forgotten: pd.DataFrame


def is_processed(folder: pathlib.Path) -> bool:
    """Whether a folder holds an imported export."""
    return (folder / MARK).is_file()


def write_processed(processed: Processed, folder: str | pathlib.Path) -> pathlib.Path:
    """Keep an imported export in a folder, all at once; what stood there is replaced.

    Raises
    ------
    FileBusy
        When a file in it is open in another program.
    """
    folder, export = pathlib.Path(folder), processed.export
    with whole_folder(folder) as part:
        for name in TABLES:
            getattr(export, name).to_parquet(part / f"{name}.parquet", index=False)
        if export.links is not None:
            export.links.to_parquet(part / LINKS, index=False)
        as_of = None if export.as_of is None else export.as_of.isoformat()
        write_json(part / MARK, {name: getattr(export, name) for name in FACTS} | {"as_of": as_of})
        processed.vault.write(part / NAMES)
        processed.forgotten.to_csv(part / FORGOTTEN, index=False, lineterminator="\n")
    return folder


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
        as_of = facts.pop("as_of")
        tables = {name: conform(pd.read_parquet(folder / f"{name}.parquet"), name) for name in TABLES}
        links = pd.read_parquet(folder / LINKS) if LINKS in present else None
        export = Export(**tables, **facts, links=links, as_of=None if as_of is None else pd.Timestamp(as_of))
        forgotten = pd.read_csv(folder / FORGOTTEN, dtype="string")
    except (OSError, ValueError, TypeError, KeyError) as cause:
        raise UnreadableFile(file=str(folder / MARK), expected="JSON / Parquet", cause=str(cause)) from cause
    return Processed(export, Vault.read(folder / NAMES), forgotten)


def read_imported(folder: pathlib.Path, key: str | pathlib.Path | None = None) -> Export:
    """The tables of an imported export; with the owner's key, names stand where their codes stood."""
    kept = read_processed(folder)
    return kept.export if key is None else restore(kept.export, kept.vault, load_key(key))


def nothing_forgotten() -> pd.DataFrame:
    """The list of an export of which nothing was forgotten."""
    return pd.DataFrame({"kind": pd.Series(dtype="string"), "value": pd.Series(dtype="string")})
