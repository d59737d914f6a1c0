"""Forgetting: an export without certain deals, people or old words."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import pandas as pd

from salesinsight.privacy.vault import CODE
from salesinsight.schema import TABLES, Export
from salesinsight.schema.tables import TEXT

# events whose value may be what somebody wrote
WRITTEN = ("note", "mail_in", "mail_out", "quote_sent", "contact_added")
# where people write and speak freely
WORDS = {"turns": ["text"], "conversations": ["note", "next_step"], "events": ["value"]}
REMOVED = {"nl": "[VERWIJDERD]", "en": "[REMOVED]"}


def without_deals(export: Export, deals: Collection[str]) -> Export:
    """Drop deals with everything that hangs on them: events, conversations, turns, attendance, links.

    Examples
    --------
    >>> from salesinsight.schema import Export, TABLES, empty_table
    >>> export = Export(**{name: empty_table(name) for name in TABLES})
    >>> len(without_deals(export, ["D-1"]).deals)
    0
    """
    gone = export.conversations["deal_id"].isin(list(deals))
    talks = export.conversations.loc[gone, "conversation_id"]
    kept = {name: _without(getattr(export, name), "deal_id", deals) for name in ("deals", "events")}
    kept["conversations"] = export.conversations[~gone].reset_index(drop=True)
    for name in ("turns", "attendance"):
        kept[name] = _without(getattr(export, name), "conversation_id", talks)
    if export.links is not None:
        kept["links"] = _without(_without(export.links, "deal_id", deals), "conversation_id", talks)
    return dataclasses.replace(export, **kept)


def without_people(
    export: Export, people: Collection[str], codes: Collection[str], shared: Collection[str] = ()
) -> Export:
    """Drop people, what they said, and where they were; codes of their names become a word that says so.

    Parameters
    ----------
    export : Export
        Pseudonymised.
    people : collection of str
        Their person_id.
    codes : collection of str
        The codes of their names, addresses and numbers; without brackets.
    shared : collection of str
        Codes of first names and surnames, which others may share: these go only from conversations that the
        people were in.

    Notes
    -----
    Turns that they spoke are dropped; the numbers of the other turns stay as they are.
    """
    ids = [*people, *codes]
    talks = talks_of(export, ids)
    kept = {name: _without(getattr(export, name), "person_id", ids) for name in ("people", "attendance")}
    turns = _without(export.turns, "speaker_id", ids)
    events = export.events.assign(
        person_id=export.events["person_id"].mask(export.events["person_id"].isin(ids))
    )
    done = dataclasses.replace(export, **kept, turns=turns, events=events)
    return without_codes(without_codes(done, codes), shared, talks)


def talks_of(export: Export, ids: Collection[str]) -> set[str]:
    """The conversations that people were in or spoke in."""
    found = [
        frame.loc[frame[column].isin(list(ids)), "conversation_id"]
        for frame, column in ((export.attendance, "person_id"), (export.turns, "speaker_id"))
    ]
    return set(pd.concat(found))


def without_codes(export: Export, codes: Collection[str], talks: Collection[str] | None = None) -> Export:
    """Put a word that says so in the place of codes, in every text or in those of some conversations."""
    if not codes:
        return export
    word = REMOVED.get(export.language, REMOVED["en"])
    pattern = rf"\[?\b(?:{'|'.join(sorted(codes))})\b\]?"
    done = {}
    for name, frame in _tables(export).items():
        rows = None if talks is None else _of(frame, talks)
        done[name] = frame.assign(
            **{col: _swap(frame[col], pattern, word, rows) for col in _texts(name, frame)}
        )
    return dataclasses.replace(export, **done)


def codes_in(export: Export) -> set[str]:
    """All codes that stand in the tables, in texts or as ids."""
    found: set[str] = set()
    for name, frame in _tables(export).items():
        for column in _texts(name, frame):
            said = frame[column].dropna()
            said = said[said.str.contains("-", regex=False)].unique()
            found.update(code for text in said for code in CODE.findall(text))
    return found


def codes_beside(export: Export, talks: Collection[str], codes: Collection[str]) -> set[str]:
    """All codes in what was said and noted in some conversations, or in texts with one of these codes."""
    found: set[str] = set()
    for name, columns in WORDS.items():
        frame = getattr(export, name)
        near = _of(frame, talks)
        for column in columns:
            for text, here in zip(frame[column], near, strict=True):
                said = set() if pd.isna(text) or "-" not in text else set(CODE.findall(text))
                if here or said & set(codes):
                    found |= said
    return found


def without_old_words(export: Export, before: pd.Timestamp) -> Export:
    """Drop what was said and noted in conversations that began before a moment; that they were stays."""
    talks = export.conversations
    old = (talks["started_at"] < before).fillna(False)
    words = {name: talks[name].mask(old) for name in ("note", "next_step")}
    gone = talks.loc[old, "conversation_id"]
    kept = {
        name: _without(getattr(export, name), "conversation_id", gone) for name in ("turns", "attendance")
    }
    events = export.events
    noted = events["kind"].isin(WRITTEN) & (events["at"] < before)
    kept["events"] = events.assign(value=events["value"].mask(noted.fillna(False)))
    return dataclasses.replace(export, **kept, conversations=talks.assign(**words))


def _tables(export: Export) -> dict[str, pd.DataFrame]:
    named = {name: getattr(export, name) for name in TABLES}
    return named if export.links is None else named | {"links": export.links}


def _texts(name: str, frame: pd.DataFrame) -> list[str]:
    """Columns that may hold a name: of text, and not of a few fixed words."""
    if name not in TABLES:
        return list(frame.select_dtypes(include=["string", "object"]).columns)
    return [column.name for column in TABLES[name].columns if column.dtype == TEXT and not column.values]


def _without(frame: pd.DataFrame, column: str, values: Collection[str]) -> pd.DataFrame:
    return frame[~frame[column].isin(list(values))].reset_index(drop=True)


def _of(frame: pd.DataFrame, talks: Collection[str]) -> pd.Series:
    if "conversation_id" not in frame:
        return pd.Series(False, index=frame.index)
    return frame["conversation_id"].isin(list(talks))


def _swap(texts: pd.Series, pattern: str, word: str, rows: pd.Series | None) -> pd.Series:
    swapped = texts.str.replace(pattern, word, regex=True)
    return swapped if rows is None else texts.where(~rows, swapped)
