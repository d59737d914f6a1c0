"""Forgetting a deal or a person: in the imported tables, the runs, the ledger and the reports."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd

from salesinsight.errors import BadArgument, KeyNeeded, NotFound
from salesinsight.exports import Processed, is_processed, read_processed, write_processed
from salesinsight.privacy import load_key, restore
from salesinsight.privacy.removal import (
    codes_in,
    talks_of,
    without_deals,
    without_old_words,
    without_people,
)
from salesinsight.schema import TABLES
from salesinsight.writing import write_whole

LEDGER, PREDICTED = "ledger.csv", "oof.parquet"
# what shows words or deals to people; it can be made again
SHOWN = ("report.html", "worklist.csv", "open_deals.csv", "scores.csv")


@dataclasses.dataclass(frozen=True)
class Forgotten:
    """What was taken out.

    Attributes
    ----------
    rows : dict
        Per table, how many rows are gone.
    names : int
        Names that can no longer be brought back.
    ledger : int
        Scores taken out of ledgers.
    files : list of str
        Reports and lists that were removed, with their charts, because they showed it.
    """

    rows: dict[str, int]
    names: int
    ledger: int
    files: list[str]


@dataclasses.dataclass(frozen=True)
class _Found:
    """How people are known: ids, codes of their own, codes that namesakes share, names, where they spoke."""

    ids: set[str] = dataclasses.field(default_factory=set)
    codes: set[str] = dataclasses.field(default_factory=set)
    shared: set[str] = dataclasses.field(default_factory=set)
    names: set[str] = dataclasses.field(default_factory=set)
    talks: set[str] = dataclasses.field(default_factory=set)


def forget(
    folder: str | Path,
    *,
    deals: Collection[str] = (),
    people: Collection[str] = (),
    before: pd.Timestamp | str | None = None,
    key: str | Path | None = None,
    runs: Iterable[str | Path] = (),
) -> Forgotten:
    """Take deals, people or old words out of an imported export and out of all that was made from it.

    Parameters
    ----------
    folder : path
        An imported export.
    deals : collection of str
        Their deal_id.
    people : collection of str
        Names, e-mail addresses or person_ids.
    before : pandas.Timestamp or str, optional
        What was said and noted in conversations that began before this moment; that they took place stays.
    key : path, optional
        File of the owner's key; needed to find how a person is named.
    runs : iterable of path
        Where runs, ledgers and reports are looked for, at any depth.

    Raises
    ------
    KeyNeeded, NotFound
        When people are to be forgotten without the key, or nothing answers to a name or id.
    BadArgument
        When the folder is no imported export, or nothing is asked.

    Notes
    -----
    ``forgotten.csv`` keeps it from coming back with the next import. The export as it came is not touched:
    take it out there too. A model keeps nothing but what it learned from all deals together.
    """
    folder = Path(folder)
    if not is_processed(folder):
        raise BadArgument(argument="folder", expected="an imported export", got=str(folder))
    if not (deals or people or before is not None):
        raise BadArgument(argument="forget", expected="deals / people / before", got="-")
    old = read_processed(folder)
    unknown = [deal for deal in deals if deal not in set(old.export.deals["deal_id"])]
    if unknown:
        raise NotFound(what=unknown)
    person = _find_people(old, people, key)
    export = without_people(without_deals(old.export, deals), person.ids, person.codes, person.shared)
    moment = None if before is None else _in_zone(before, old.export.time_zone)
    if moment is not None:
        export = without_old_words(export, moment)
    codes = set(old.vault.frame["code"])
    vault = old.vault.without(codes - codes_in(export))
    forgotten = pd.concat([old.forgotten, _listed(deals, person, moment)]).drop_duplicates()
    write_processed(Processed(export, vault, forgotten), folder)
    ledger, files = _clean_runs(old, deals, person, moment, [Path(place) for place in runs])
    lost = {name: len(getattr(old.export, name)) - len(getattr(export, name)) for name in TABLES}
    return Forgotten(lost, len(codes) - len(vault.frame), ledger, files)


def _clean_runs(
    old: Processed, deals: Collection[str], person: _Found, before: pd.Timestamp | None, places: list[Path]
) -> tuple[int, list[str]]:
    """Take it out of runs: how many scores went out of ledgers, and which pages were removed."""
    talks = old.export.conversations
    hit = talks["deal_id"].isin(list(deals))
    gone = talks.loc[hit if before is None else hit | (talks["started_at"] < before), "conversation_id"]
    shown = {*deals, *gone, *person.talks, *person.ids, *person.codes, *person.names}
    ledger = sum(_clean_run_tables(place, set(deals)) for place in places)
    return ledger, [file for place in places for file in _remove_pages(place, shown)]


def _listed(deals: Collection[str], person: _Found, before: pd.Timestamp | None) -> pd.DataFrame:
    kinds = {"deal": deals, "person": person.ids, "code": person.codes, "shared": person.shared}
    kinds["before"] = [] if before is None else [before.isoformat()]
    rows = [(kind, value) for kind, values in kinds.items() for value in sorted(values)]
    return pd.DataFrame(rows, columns=["kind", "value"], dtype="string")


def _find_people(old: Processed, asked: Collection[str], key: str | Path | None) -> _Found:
    """Find every code of these people: their whole names and addresses, and parts that namesakes share."""
    if not asked:
        return _Found()
    if key is None:
        raise KeyNeeded(people=list(asked))
    secret = load_key(key)
    surfaces = old.vault.open(secret)
    people, wanted = old.export.people, {name.casefold() for name in asked}
    named = restore(people, old.vault, secret)
    called, person_ids = named["name"].str.casefold(), named["person_id"].str.casefold()
    mine = called.isin(wanted) | person_ids.isin(wanted)
    known = {name.casefold() for name in surfaces.values()} | set(person_ids)
    unknown = [name for name in asked if name.casefold() not in known]
    if unknown:
        raise NotFound(what=unknown)
    ids, names = set(people.loc[mine, "person_id"]), wanted | set(called[mine].dropna())
    codes = {code for code, surface in surfaces.items() if _is_of(surface.casefold(), names)}
    shared = {code for code, surface in surfaces.items() if _may_be_of(surface.casefold(), names)} - codes
    names = {surfaces[code] for code in codes}
    return _Found(ids, codes, shared, names, talks_of(old.export, ids | codes))


def _is_of(surface: str, names: set[str]) -> bool:
    """Whether this is the whole name of one of these, or an e-mail address made of it.

    Examples
    --------
    >>> [_is_of(surface, {"jan de vries"}) for surface in ("jan de vries", "de vries", "j.devries@a.nl")]
    [True, False, True]
    """
    if "@" not in surface:
        return surface in names
    address = surface.split("@")[0].replace(".", "")
    parts = [name.split(maxsplit=1) for name in names if " " in name]
    made = any(address[:1] == first[:1] and last.replace(" ", "") in address for first, last in parts)
    return surface in names or made


def _may_be_of(surface: str, names: set[str]) -> bool:
    """Whether this is a part of one of these names, which others may have too."""
    parts = [name.split(maxsplit=1) for name in names if " " in name]
    return any(surface in (first, last) or surface.endswith(f" {last}") for first, last in parts)


def _clean_run_tables(place: Path, deals: set[str]) -> int:
    """Take deals out of ledgers and kept predictions; how many scores went out of ledgers."""
    taken = 0
    for path in sorted(place.rglob(LEDGER)):
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        kept = rows[~rows["deal_id"].isin(deals)]
        taken += len(rows) - len(kept)
        if len(kept) < len(rows):
            write_whole(path, kept.to_csv(index=False, lineterminator="\n").encode())
    for path in sorted(place.rglob(PREDICTED)):
        rows = pd.read_parquet(path)
        buffer = io.BytesIO()
        rows[~rows["deal_id"].isin(deals)].to_parquet(buffer, index=False)
        write_whole(path, buffer.getvalue())
    return taken


def _remove_pages(place: Path, shown: set[str]) -> list[str]:
    """Remove what was made for people from every folder in which something shows one of these words."""
    if not shown:
        return []
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(shown)))
    removed = []
    for folder in sorted({path.parent for name in SHOWN for path in place.rglob(name)}):
        pages = [folder / name for name in SHOWN if (folder / name).is_file()]
        read = [*pages, *(folder / "charts").glob("*.csv")]
        if any(pattern.search(path.read_text("utf-8")) for path in read):
            for path in pages:
                path.unlink()
            shutil.rmtree(folder / "charts", ignore_errors=True)
            removed += [str(path) for path in pages]
    return removed


def _in_zone(moment: pd.Timestamp | str, zone: str) -> pd.Timestamp:
    """A moment; without a zone of its own, in the export's."""
    stamp = pd.Timestamp(moment)
    return stamp.tz_localize(zone) if stamp.tzinfo is None else stamp
