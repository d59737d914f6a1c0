"""Names in a report: of sellers they stay out, of customers they come back when the owner's key is there."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from salesinsight.privacy.vault import put_names
from salesinsight.schema import Export

# parts of a name this short ("de", "J.") are in too many other words
SHORTEST_PART = 3


def seller_names(export: Export, names: Mapping[str, str]) -> list[str]:
    """What the sellers in an export are called, whole and in parts, the longest first.

    Parameters
    ----------
    export : Export
        Sellers are whoever the conversations, deals, people and turns call so.
    names : mapping
        The name behind each code, when the export was pseudonymised and the key is there.
    """
    people, turns = export.people, export.turns
    columns = [
        export.conversations["seller_id"],
        export.deals["owner_id"],
        people.loc[(people["side"] == "seller").fillna(False), "name"],
        turns.loc[(turns["role"] == "seller").fillna(False), "speaker_id"],
    ]
    ids = pd.concat(columns).dropna().unique()
    listed = people.dropna(subset=["name"]).set_index("person_id")["name"].to_dict()
    called = {str(name) for person in ids for name in (person, listed.get(person, person))}
    whole = {names.get(name, name) for name in called}
    parts = {part for name in whole for part in re.split(r"[\s.@_]+", name)}
    # an id of a CRM is no name, though it may well be a word of a sentence ("12")
    said = {name for name in whole | parts if len(name) >= SHORTEST_PART and name[0].isupper()}
    return sorted(said, key=lambda name: (-len(name), name))


def without_sellers(text: str, sellers: list[str], instead: str) -> str:
    """Put another word where a seller is named.

    Examples
    --------
    >>> without_sellers("Ja Eva, dat klopt.", ["Eva Smit", "Eva"], "[verkoper]")
    'Ja [verkoper], dat klopt.'
    """
    if not sellers:
        return text
    named = "|".join(re.escape(name) for name in sellers)
    return re.sub(rf"(?<!\w)(?:{named})(?!\w)", instead, text)


def named(deals: pd.DataFrame, names: Mapping[str, str], sellers: list[str], instead: str) -> pd.DataFrame:
    """Deals with what they and their customers are called as it may be shown: names for codes, no sellers.

    Parameters
    ----------
    deals : pandas.DataFrame
        Has `name` and `account_name` where these are known; stays as it is.
    names : mapping
        The name behind each code; empty without the key, and then codes stay.
    sellers : list of str
        Who must not be named. An organisation that is called like one of them keeps its name.
    instead : str
        What stands where a seller was named.

    Examples
    --------
    >>> deals = pd.DataFrame({"name": ["Dak Smit BV, via Eva"], "account_name": ["Smit BV"]})
    >>> named(deals, {}, ["Smit", "Eva"], "[verkoper]")["name"].tolist()
    ['Dak Smit BV, via [verkoper]']
    """
    if not {"name", "account_name"} <= set(deals.columns):
        return deals
    shown = {
        column: [None if pd.isna(text) else put_names(text, names) for text in deals[column]]
        for column in ("name", "account_name")
    }
    shown["name"] = [
        name and _apart_from(firm, name, sellers, instead)
        for name, firm in zip(shown["name"], shown["account_name"], strict=True)
    ]
    return deals.assign(**{column: pd.array(said, dtype="string") for column, said in shown.items()})


def _apart_from(firm: str | None, name: str, sellers: list[str], instead: str) -> str:
    """Take the sellers out of a name, but not out of the organisation in it."""
    parts = name.split(firm) if firm else [name]
    return (firm or "").join(without_sellers(part, sellers, instead) for part in parts)
