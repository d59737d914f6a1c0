"""Which profile of the library fits the files of a folder: by the columns that its sources ask for."""

from __future__ import annotations

import dataclasses
import fnmatch

from salesinsight.exports.columns import Names
from salesinsight.exports.keys import Join
from salesinsight.exports.layouts import LAYOUTS
from salesinsight.exports.profile import Profile, before, load_profile, profile_names
from salesinsight.exports.readers.files import OWN, Rows, name_columns
from salesinsight.exports.readers.folder import Found, find_files
from salesinsight.exports.sources import Source

# what a CRM is known by; lists of people look alike everywhere
TELLING = {"deals", "snapshot", "conversations", "events", "turns"}
# a file of a CRM has at least so many columns that the profile knows, or this share of all
KNOWN, SHARE = 8, 0.6
# columns of tables → what they are called in a proposal, where that differs
MEANINGS = {"account_id": "account", "owner_id": "owner", "seller_id": "owner", "speaker_id": "speaker",
            "account_name": "account", "name": "person_name", "deals name": "deal_name"}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Fit:
    """A profile of the library held against the files.

    Attributes
    ----------
    name : str
        The profile.
    tables : dict
        Per file that it takes: the tables that it makes of it.
    known : dict
        Per file that it takes: the headers that it has a use for, and what each fills; "" for those that
        only say which rows count and how.
    """

    name: str
    tables: dict[str, set[str]]
    known: dict[str, dict[str, str]]

    @property
    def good(self) -> bool:
        """Whether it takes a file that tells of deals or of what happened to them."""
        return any(TELLING & tables for tables in self.tables.values())

    @property
    def score(self) -> tuple[int, int]:
        """Files that tell, and columns known in them."""
        telling = [file for file, tables in self.tables.items() if TELLING & tables]
        return len(telling), sum(len(self.known[file]) for file in telling)


def fit(name: str, files: list[tuple[Found, Rows]], strict: bool = True) -> Fit:
    """Hold one profile against the files; `strict` leaves out files of which it knows few columns."""
    profile = load_profile(name)
    found = Fit(name, {}, {})
    for source in profile.sources:
        if source.link:
            continue
        fitting = {one.name for one in find_files([file for file, _ in files], source.file)}
        for file, rows in files:
            if file.name in fitting:
                _add(found, source, profile, file, rows)
        for join in source.join if any(source.table in tables for tables in found.tables.values()) else ():
            _add_joined(found, join, before(source.names, profile.names), files)
    for file, rows in files:
        if file.name in found.known and strict:
            columns = len(rows.frame.columns)
            if len(found.known[file.name]) < min(KNOWN, SHARE * columns):
                del found.known[file.name], found.tables[file.name]
    return found


def best_fits(files: list[tuple[Found, Rows]]) -> list[Fit]:
    """The profiles that fit, best first."""
    fits = [fit(name, files) for name in profile_names()]
    return sorted((one for one in fits if one.good), key=lambda one: one.score, reverse=True)


def _add_joined(found: Fit, join: Join, names: Names, files: list[tuple[Found, Rows]]) -> None:
    """Files from which columns or gaps of another are filled."""
    needed = {*join.on.values(), *join.take.values(), *join.fill.values()}
    fitting = {one.name for one in find_files([file for file, _ in files], join.file)}
    for file, rows in files:
        named = name_columns(rows, names)
        if file.name in fitting and {*needed, *join.having} <= set(named.frame.columns):
            found.tables.setdefault(file.name, set())
            known = found.known.setdefault(file.name, {})
            for word in needed:
                known.setdefault(named.headers.get(word, word), "")


def _own(source: Source) -> dict[str, str]:
    return {name: name for name in LAYOUTS[source.table].names}


def _needed(source: Source, fills: dict[str, str]) -> set[str]:
    """Columns without which a file is not this source's."""
    if source.having:
        return set(source.having)
    must = {word for word, target in fills.items() if target in source.required}
    return (must | source.steering) - source.taken - set(OWN)


def _add(found: Fit, source: Source, profile: Profile, file: Found, rows: Rows) -> None:
    named = name_columns(rows, before(source.names, profile.names))
    columns = set(named.frame.columns)
    # a source that names no columns takes those with our own names
    fills = {word: target for target, word in (source.columns or _own(source)).items()}
    if not _needed(source, fills) <= columns:
        return
    # of all words that the profile has for headers, those that this source reads
    used = (source.named | set(fills)) & columns
    known = found.known.setdefault(file.name, {})
    for word in used:
        header = named.headers.get(word, word)
        target = fills.get(word, "")
        plain = MEANINGS.get(target, target)
        known[header] = known.get(header) or MEANINGS.get(f"{source.table} {target}", plain)
    # columns that are rows go by a pattern
    spread = source.unpivot.columns.values() if source.unpivot else []
    patterns = [pattern.casefold() for several in spread for pattern in several]
    for name in columns - set(OWN) - set(known):
        if any(fnmatch.fnmatchcase(name.casefold(), pattern.replace("[", "[[]")) for pattern in patterns):
            known[name] = ""
    found.tables.setdefault(file.name, set()).add(source.table)
