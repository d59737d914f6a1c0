"""What the CRM itself knows: names of people and organisations, read from the tables before any text is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import pandas as pd

from salesinsight.privacy.lexicon import load_lexicon
from salesinsight.schema import Export

# columns whose values may be names or addresses instead of ids
PERSON_IDS = {
    "turns": ["speaker_id"],
    "conversations": ["seller_id"],
    "people": ["person_id"],
    "attendance": ["person_id"],
    "deals": ["owner_id"],
    "events": ["person_id"],
}
ACCOUNT_IDS = {"conversations": ["account_id"], "people": ["account_id"], "deals": ["account_id"]}
LINK_COLUMNS = {"account_id", "sellers"}
SHORTEST_NAME = 3


@dataclasses.dataclass(frozen=True)
class Known:
    """Names that are known before any text is read.

    Attributes
    ----------
    people : tuple of str
        Names of people as the CRM writes them.
    organisations : tuple of str
        Names of organisations.
    """

    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


def known_names(export: Export) -> Known:
    """Gather the names that the tables of an export give.

    Parameters
    ----------
    export : Export
        ``people.name`` and every id of a person, seller or owner that is a name; account ids that are
        names; ``links`` where there are any.

    Returns
    -------
    Known
        Sorted, each name once. Ids that are no names ("0061t00000", "seller") are not in it.

    Examples
    --------
    >>> from salesinsight.sample import make_sample
    >>> known_names(make_sample(n_deals=3)).people[:2]
    ('...', '...')
    """
    is_id = load_lexicon(export.language).is_id
    people = _distinct(getattr(export, table)[name] for table, names in PERSON_IDS.items() for name in names)
    accounts = _distinct(
        getattr(export, table)[name] for table, names in ACCOUNT_IDS.items() for name in names
    )
    if export.links is not None:
        people |= {name for said in _distinct([export.links["sellers"]]) for name in said.split("; ")}
        accounts |= _distinct([export.links["account_id"]])
    names = _distinct([export.people["name"]])
    found = names | {value for value in people if not is_id(value) and "@" not in value}
    organisations = {value for value in accounts if not is_id(value) and "@" not in value}
    return Known(tuple(sorted(found)), tuple(sorted(organisations - found)))


def _distinct(columns: Iterable[pd.Series]) -> set[str]:
    return {value.strip() for column in columns for value in column.dropna().unique() if value.strip()}
