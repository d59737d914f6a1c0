"""Who is meant: every code under which a person stands in imported tables."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from salesinsight.errors import KeyNeeded, NotFound
from salesinsight.exports import Processed
from salesinsight.privacy import Key, load_key, restore
from salesinsight.privacy.removal import codes_beside, talks_of

NAMES = ("person", "organisation")
KINDS = (*NAMES, "email", "phone", "iban", "bsn", "rrn", "address")
SHORTEST, MOST_INITIALS = 5, 2


@dataclasses.dataclass(frozen=True)
class Found:
    """How people are known.

    Attributes
    ----------
    ids, codes : set of str
        Their person_id, and the codes of their own names, addresses and numbers.
    shared : set of str
        Codes of first names and surnames, which namesakes may share.
    names : set of str
        What their own codes stand for.
    talks : set of str
        The conversations that they were in.
    beside : dict
        Per kind, how many codes of numbers and addresses stand where they do, and may be theirs.
    """

    ids: set[str] = dataclasses.field(default_factory=set)
    codes: set[str] = dataclasses.field(default_factory=set)
    shared: set[str] = dataclasses.field(default_factory=set)
    names: set[str] = dataclasses.field(default_factory=set)
    talks: set[str] = dataclasses.field(default_factory=set)
    beside: dict[str, int] = dataclasses.field(default_factory=dict)


def find_people(old: Processed, asked: Collection[str], key: str | Path | None) -> Found:
    """Find every code of these people: their whole names and addresses, and parts that namesakes share.

    Parameters
    ----------
    old : Processed
        The imported export.
    asked : collection of str
        Names, e-mail addresses, numbers or person_ids.
    key : path, optional
        File of the owner's key.

    Raises
    ------
    KeyNeeded, WrongKey
        When there is no key, or it is another one.
    NotFound
        When nothing answers to a name; who was forgotten before does.
    """
    if not asked:
        return Found()
    if key is None:
        raise KeyNeeded(people=list(asked))
    secret = load_key(key)
    surfaces = old.vault.open(secret)
    named = restore(old.export.people, old.vault, secret)
    wanted = {_plain(name) for name in asked}
    person_ids = named["person_id"].str.casefold()
    mine = named["name"].map(_plain, "ignore").isin(wanted) | person_ids.isin([n.casefold() for n in asked])
    gone = {name: _forgotten_before(old, name, secret) for name in asked}
    known = {_plain(surface) for surface in surfaces.values()}
    unknown = [
        name
        for name in asked
        if _plain(name) not in known and name.casefold() not in set(person_ids) and gone[name].empty
    ]
    if unknown:
        raise NotFound(what=unknown)
    before = pd.concat(gone.values())
    ids = {*old.export.people.loc[mine, "person_id"], *before.loc[before["kind"] == "person", "value"]}
    names = {*asked, *named.loc[mine, "name"].dropna()}
    firms = _firms(old, named, mine, secret)
    own = {code for code, surface in surfaces.items() if _is_of(surface, names, firms)}
    shared = {code for code, surface in surfaces.items() if _may_be_of(surface, names)} - own
    spelled = {surfaces[code] for code in own} | {name for name in asked if not gone[name].empty}
    codes = own | set(before.loc[before["kind"] == "code", "value"])
    talks = talks_of(old.export, ids | codes)
    numbers = old.vault.frame[~old.vault.frame["kind"].isin(NAMES)].set_index("code")["kind"]
    near = [code for code in codes_beside(old.export, talks, codes) - codes - shared if code in numbers.index]
    beside = {str(kind): int(n) for kind, n in numbers[near].value_counts().items()}
    return Found(ids, codes, shared, spelled, talks, beside)


def _forgotten_before(old: Processed, name: str, key: Key) -> pd.DataFrame:
    """The lines of what was forgotten before under this name, number or id."""
    listed = old.forgotten[old.forgotten["kind"].isin(["person", "code"])]
    ends = tuple(f"-{key.code(kind, name)}" for kind in KINDS)
    return listed[(listed["value"] == name) | listed["value"].str.endswith(ends)]


def _firms(old: Processed, people: pd.DataFrame, mine: pd.Series, key: Key) -> set[str]:
    """What the organisations of these people are called, unless somebody of their first name is there too."""
    first = people["name"].str.split().str[0].map(_letters, "ignore")
    theirs = people.loc[~mine & first.isin(first[mine].dropna()), "account_id"]
    accounts = people.loc[mine, "account_id"].dropna()
    accounts = accounts[~accounts.isin(theirs)]
    deals = restore(old.export.deals[["account_id", "account_name"]], old.vault, key)
    called = deals.loc[deals["account_id"].isin(accounts), "account_name"].dropna()
    return {firm for firm in map(_letters, (*accounts, *called)) if len(firm) >= SHORTEST}


def _is_of(surface: str, names: Collection[str], firms: Collection[str] = ()) -> bool:
    """Whether this is the whole name of one of these, or an e-mail address made of it.

    Examples
    --------
    >>> [_is_of(surface, {"Jan de Vries"}) for surface in ("jan de vries", "de Vries", "j.devries@a.nl")]
    [True, False, True]
    >>> [_is_of(surface, {"Jan de Vries"}) for surface in ("jan.devriesema@a.nl", "jan@devries.nl", "j@a.nl")]
    [False, True, False]
    >>> _is_of("a.dargentelle@a.nl", {"Anouk d'Argentelle"}), _is_of("jan@dak.nl", {"Jan Bos"}, {"dakbv"})
    (True, False)
    >>> _is_of("jan@daktotaal.nl", {"Jan Bos"}, {"daktotaalbv"})
    True
    """
    if _plain(surface) in {_plain(name) for name in names}:
        return True
    local, at, domain = surface.casefold().partition("@")
    if not at:
        return False
    words = _words(local)
    # "anna.devries-jansen": her name and one more
    runs = {"".join(words[:n]) for n in range(1, len(words) + 1)}
    site = _letters(domain.rpartition(".")[0])
    for first, lasts in _parts(names):
        if any(_made_of(run, first, last) for run in runs for last in lasts):
            return True
        at_home = lasts[0] in site or any(last in site for last in lasts if len(last) >= SHORTEST)
        at_work = len(site) >= SHORTEST and any(site in firm or firm in site for firm in firms)
        if (at_home or at_work) and "".join(words) == first:
            return True
    return False


def _made_of(local: str, first: str, last: str) -> bool:
    """Whether letters are a first name or initials, and a last name, in either order."""
    for rest in (local.removesuffix(last), local.removeprefix(last)):
        initials = len(rest) <= MOST_INITIALS and rest[:1] == first[:1]
        if rest != local and rest and (rest == first or initials):
            return True
    return False


def _may_be_of(surface: str, names: Collection[str]) -> bool:
    """Whether this is a part of one of these names, or an address of such a part, which others may have too.

    Examples
    --------
    >>> [_may_be_of(surface, {"Jan de Vries"}) for surface in ("mevrouw De Vries", "jan@a.nl", "de Vriesema")]
    [True, True, False]
    """
    words = _words(surface.partition("@")[0])
    ends = {"".join(words[n:]) for n in range(len(words))}
    return any(
        "".join(words) in (first, *lasts) or ("@" not in surface and lasts[0] in ends)
        for first, lasts in _parts(names)
    )


def _parts(names: Collection[str]) -> list[tuple[str, list[str]]]:
    """Of each name the first name, and the last name with and without what stands before it, in letters only.

    Examples
    --------
    >>> _parts(["Anouk d'Argentelle", "jan@x.nl"])
    [('anouk', ['dargentelle', 'argentelle'])]
    """
    found = []
    for name in names:
        if "@" in name or " " not in name.strip():
            continue
        first, rest = name.split(maxsplit=1)
        words = _words(rest)
        lasts = [last for n in range(len(words)) if len(last := "".join(words[n:])) > 1]
        if _letters(first) and lasts:
            found.append((_letters(first), lasts))
    return found


def _words(text: str) -> list[str]:
    """The words of a name or an address, in letters only."""
    return [letters for word in re.split(r"[\W\d_]+", text) if (letters := _letters(word))]


def _letters(text: str) -> str:
    """Letters only, without capitals and accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if sign.isalpha())


def _plain(text: str) -> str:
    """The form in which two ways of writing a name or a number are the same; addresses keep their signs."""
    folded = unicodedata.normalize("NFKD", text.casefold().strip())
    return folded if "@" in folded else "".join(sign for sign in folded if sign.isalnum())
