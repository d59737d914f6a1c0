"""What the CRM itself knows: names of people and organisations, read from the tables before any text is."""

from __future__ import annotations

import dataclasses
import re
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
        ``people.name`` and every id of a person, seller or owner that is a name; ``deals.account_name`` and
        account ids that are names; ``links`` where there are any.

    Returns
    -------
    Known
        Sorted, each name once. Ids that are no names ("0061t00000", "seller") are not in it.

    Notes
    -----
    The sellers' own firm is no personal data and is not in it either, so that it stays readable in what is
    said: it is known by its domain, "proefdam.nl" for Proefdam Techniek BV (``own_domains`` of the export).

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
    accounts |= _distinct([export.deals["account_name"]])
    names = _distinct([export.people["name"]])
    found = names | {value for value in people if not is_id(value) and "@" not in value}
    own = {domain.lower().lstrip("@").split(".")[0] for domain in export.own_domains}
    organisations = {value for value in accounts if not is_id(value) and "@" not in value}
    organisations = {value for value in organisations if not _is_own(value, own)}
    return Known(tuple(sorted(found)), tuple(sorted(organisations - found)))


def _is_own(name: str, own: set[str]) -> bool:
    """Whether the first words of a name, written as one, are what the firm's own domain is called.

    Examples
    --------
    >>> [_is_own(name, {"proefdam"}) for name in ("Proef-Dam Techniek BV", "Proefdamwand BV", "BV Proefdam")]
    [True, False, False]
    """
    words = re.findall(r"\w+", name.lower())
    return any("".join(words[:count]) in own for count in range(1, len(words) + 1))


def _distinct(columns: Iterable[pd.Series]) -> set[str]:
    return {value.strip() for column in columns for value in column.dropna().unique() if value.strip()}
