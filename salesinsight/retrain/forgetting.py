"""Forgetting a deal or a person: in the imported tables, the runs, the ledger and the reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd

from salesinsight.errors import NoDay, NotFound, NothingAsked, NotImported, RunsMissing
from salesinsight.exports import Processed, is_processed, read_processed, refuse_other_files, write_processed
from salesinsight.privacy.removal import codes_in, without_deals, without_old_words, without_people
from salesinsight.retrain.cleaning import clean_runs, held
from salesinsight.retrain.persons import Found, find_people
from salesinsight.schema import TABLES, Export


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
    beside : dict
        Per kind (email, phone, iban, bsn, rrn, address), how many codes still stand in the conversations and
        notes of the forgotten people: these may be theirs.
    stages : list of str
        Stages that are called after forgotten people: the names of stages stay as the CRM has them.
    unread : list of str
        Ledgers and predictions that could not be read, or are not of this library; left as they were.
    """

    rows: dict[str, int]
    names: int
    ledger: int
    files: list[str]
    beside: dict[str, int]
    stages: list[str]
    unread: list[str]


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
        Names, e-mail addresses, numbers or person_ids.
    before : pandas.Timestamp or str, optional
        What was said and noted in conversations that began before this moment; that they took place stays.
    key : path, optional
        File of the owner's key; needed to find how a person is named.
    runs : iterable of path
        Where runs, ledgers and reports are looked for, at any depth.

    Raises
    ------
    NotImported, NothingAsked, NoDay, RunsMissing
        When the folder is no imported export, nothing is asked, or a day or a folder is none.
    KeyNeeded, NotFound
        When people are to be forgotten without the key, or nothing answers to a name or id.
    RunLocked
        When a run is being written, or something imported or forgotten, in one of these folders.

    Notes
    -----
    Runs are cleaned before the tables are, so that what broke off halfway can be done again; what was
    forgotten before may be asked again. ``forgotten.csv`` keeps it from coming back with the next import. The
    export as it came is not touched: take it out there too. A model keeps nothing but what it learned from
    all deals together.
    """
    folder, places = Path(folder), [Path(place) for place in runs]
    if not is_processed(folder):
        raise NotImported(folder=str(folder))
    if not (deals or people or before is not None):
        raise NothingAsked()
    absent = [str(place) for place in places if not place.is_dir()]
    if absent:
        raise RunsMissing(folders=absent)
    with held(places, beside=folder):
        refuse_other_files(folder)
        return _forget(folder, read_processed(folder), deals, people, before, key, places)


def _forget(
    folder: Path,
    old: Processed,
    deals: Collection[str],
    people: Collection[str],
    before: pd.Timestamp | str | None,
    key: str | Path | None,
    places: list[Path],
) -> Forgotten:
    """Forget, with the locks held: all that can be refused first, then the runs, then the tables."""
    listed = old.forgotten.loc[old.forgotten["kind"] == "deal", "value"]
    unknown = [deal for deal in deals if deal not in {*old.export.deals["deal_id"], *listed}]
    if unknown:
        raise NotFound(what=unknown)
    moment = None if before is None else _in_zone(before, old.export.time_zone)
    person = find_people(old, people, key)
    export = without_people(without_deals(old.export, deals), person.ids, person.codes, person.shared)
    if moment is not None:
        export = without_old_words(export, moment)
    codes = set(old.vault.frame["code"])
    vault = old.vault.without(codes - codes_in(export))
    forgotten = pd.concat([old.forgotten, _listed(deals, person, moment)]).drop_duplicates()
    talks = old.export.conversations
    hit = talks["deal_id"].isin(list(deals))
    gone = talks.loc[hit if moment is None else hit | (talks["started_at"] < moment), "conversation_id"]
    shown = {*deals, *gone, *person.talks, *person.ids, *person.codes, *person.names}
    cleaned = clean_runs(places, deals, shown)
    write_processed(dataclasses.replace(old, export=export, vault=vault, forgotten=forgotten), folder)
    lost = {name: len(getattr(old.export, name)) - len(getattr(export, name)) for name in TABLES}
    left = person.beside, _stages_of(export, person)
    return Forgotten(
        lost, len(codes) - len(vault.frame), cleaned.scores, cleaned.removed, *left, cleaned.unread
    )


def _stages_of(export: Export, person: Found) -> list[str]:
    """Stages in whose name one of these people stands."""
    moved = export.events.loc[export.events["kind"] == "stage", "value"].dropna()
    stages = {*moved, *(stage for order in export.stages.values() for stage in order)}
    names = [name.casefold() for name in person.names]
    return sorted(stage for stage in stages if any(name in stage.casefold() for name in names))


def _listed(deals: Collection[str], person: Found, before: pd.Timestamp | None) -> pd.DataFrame:
    kinds = {"deal": deals, "person": person.ids, "code": person.codes, "shared": person.shared}
    kinds["before"] = [] if before is None else [before.isoformat()]
    rows = [(kind, value) for kind, values in kinds.items() for value in sorted(values)]
    return pd.DataFrame(rows, columns=["kind", "value"], dtype="string")


def _in_zone(moment: pd.Timestamp | str, zone: str) -> pd.Timestamp:
    """A moment; without a zone of its own, in the export's."""
    try:
        stamp = pd.Timestamp(moment)
    except ValueError as cause:
        raise NoDay(got=str(moment)) from cause
    if pd.isna(stamp):
        raise NoDay(got=str(moment))
    if stamp.tzinfo is not None:
        return stamp
    return stamp.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
