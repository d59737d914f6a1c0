"""Pseudonymise a whole export: every free text and every id that is a name or an address."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pandas as pd
import polars as pl

from salesinsight.privacy.find import find_personal
from salesinsight.privacy.keys import Key, normal_form
from salesinsight.privacy.known import ACCOUNT_IDS, PERSON_IDS, Known, known_names
from salesinsight.privacy.lexicon import Lexicon, load_lexicon
from salesinsight.privacy.vault import CODE, Vault
from salesinsight.privacy.words import name_words
from salesinsight.schema import Export

FREE_TEXT = {
    "turns": ["text"],
    "conversations": ["note", "next_step"],
    "people": ["title"],
    "deals": ["name", "product", "lead_source"],
    "rejects": ["value", "reason"],
    "links": ["question"],
}
# whole cells that are a name, by its kind
NAMES = {"people": {"name": "person"}, "deals": {"account_name": "organisation"}}
# file names, and ids that may have been made from them
FILE_NAMES = {
    "turns": ["conversation_id"],
    "conversations": ["conversation_id"],
    "attendance": ["conversation_id"],
    "rejects": ["file"],
    "links": ["file", "conversation_id"],
}
# the value of these events is a stage, a number or a date
NO_TEXT = ("stage", "close_date_set", "amount_set", "seller_estimate", "hours_logged")
# a code as an id; a number behind it tells apart what differs in capitals only
AS_ID = re.compile(CODE.pattern + r"(?:-\d+)?")
IN_FILE_NAMES = ("person", "organisation", "email", "phone")


class Coder:
    """Gives codes, and remembers what each stands for, with capitals where anybody wrote them."""

    def __init__(self, key: Key, lexicon: Lexicon, language: str, known: Known, ids: frozenset[str]) -> None:
        self.key, self.lexicon, self.language, self.known = key, lexicon, language, known
        self.kept = ids  # ids of the tables: no number of a person, whatever they look like
        self.surfaces: dict[str, tuple[str, str]] = {}
        self._codes: dict[tuple[str, str], str] = {}
        self._writings: dict[str, list[str]] = {}

    def code(self, kind: str, surface: str) -> str:
        """The code of a surface, without brackets."""
        asked = (kind, normal_form(surface))
        if asked not in self._codes:
            code = f"{self.lexicon.labels[kind]}-{self.key.code(kind, surface)}"
            self._codes[asked] = code
            self.surfaces[code] = (kind, surface)
        elif surface != surface.lower() and self.surfaces[self._codes[asked]][1].islower():
            # who once wrote a name without capitals should not have it come back so everywhere
            self.surfaces[self._codes[asked]] = (kind, surface)
        return self._codes[asked]

    def texts(self, values: pd.Series) -> pd.Series:
        """Replace what is personal inside texts."""
        return self._replaced(values, values, None)

    def notices(self, values: pd.Series) -> pd.Series:
        """Replace in our own sentences only names that the tables have: a header of a file is no name."""
        coded = [surface for kind, surface in self.surfaces.values() if kind == "person"]
        said = [*self.known.people, *coded]
        words = {word for name in said for word in name_words(name)}
        return self._replaced(values, values, None, words)

    def candidates(self, values: pd.Series, talks: pd.Series) -> pd.Series:
        """Replace names in lists of candidates; ids of conversations get what they got in their table."""
        codes = zip(talks, self.file_names(talks), strict=True)
        changed = {talk: code for talk, code in codes if talk != code}
        known = {
            value: re.sub(r"[^\s;()]+", lambda word: changed.get(word[0], word[0]), value)
            for value in values.dropna().unique()
        }
        return self.texts(_mapped(values, known))

    def file_names(self, values: pd.Series) -> pd.Series:
        """Replace names and telephone numbers in file names, where _ is a space; dates and ids stay."""
        distinct = pd.Series(values.dropna().unique(), dtype="string")
        spaced = distinct.str.replace("_", " ", regex=False)
        done = self._replaced(distinct, spaced, IN_FILE_NAMES)
        clash = done.duplicated(keep=False) & (done != distinct)
        done[clash] = [self.code("person", value) + f"-{n}" for n, value in enumerate(distinct[clash])]
        return _mapped(values, dict(zip(distinct, done, strict=True)))

    def ids(self, values: pd.Series, kind: str) -> pd.Series:
        """Replace ids that are names or addresses; other ids stay."""
        return _mapped(values, {value: self.id_code(value, kind) for value in values.dropna().unique()})

    def id_code(self, value: str, kind: str) -> str:
        """The code of one id, or the id itself when it is no name."""
        if AS_ID.fullmatch(value) or self.lexicon.is_id(value):
            return value
        code = self.code("email" if "@" in value else kind, value.strip())
        # two ids that differ in capitals only are two ids
        writings = self._writings.setdefault(code, [])
        if value not in writings:
            writings.append(value)
        place = writings.index(value)
        return f"{code}-{place + 1}" if place else code

    def names(self, values: pd.Series, kind: str) -> pd.Series:
        """Replace whole cells that are the name of a person or an organisation."""
        found = {
            value: value if CODE.fullmatch(value) else f"[{self.code(kind, value.strip())}]"
            for value in values.dropna().unique()
        }
        return _mapped(values, found)

    def _replaced(
        self,
        values: pd.Series,
        read_as: pd.Series,
        kinds: tuple[str, ...] | None,
        words: set[str] | None = None,
    ) -> pd.Series:
        """Replace the spans found in `read_as`, of which the places are those in `values`."""
        spans = find_personal(read_as, self.language, self.known)
        spans = spans.filter(~pl.col("value").is_in(list(self.kept)))
        if kinds:
            spans = spans.filter(pl.col("kind").is_in(kinds))
        if words is not None:
            said = [set(name_words(value)) <= words for value in spans["value"]]
            spans = spans.filter((pl.col("kind") != "person") | pl.Series(said, dtype=pl.Boolean))
        done = values.to_list()
        rows = spans.group_by("row", maintain_order=True).agg("start_char", "end_char", "kind")
        # only texts in which something was found come by here
        for row, starts, ends, found in rows.iter_rows():
            text, parts, last = done[row], [], 0
            for start, end, kind in zip(starts, ends, found, strict=True):
                parts += [text[last:start], f"[{self.code(kind, text[start:end])}]"]
                last = end
            done[row] = "".join([*parts, text[last:]])
        return pd.Series(done, index=values.index, dtype="string", name=values.name)


def pseudonymise(export: Export, key: Key) -> tuple[Export, Vault]:
    """Put codes where the tables of an export name people, organisations, addresses and numbers of people.

    Parameters
    ----------
    export : Export
        As read; it stays as it is.
    key : Key
        The owner's key. The same key gives the same code to the same name, in every import.

    Returns
    -------
    tuple of Export and Vault
        The same tables with codes, and what the codes stand for, encrypted. Texts get
        ``[PERSOON-7KQ2MX4A]``, one word; columns of ids the same without brackets.

    Notes
    -----
    Through it go: what is said, notes, next steps, free values of events, names and titles of people, names
    of deals and of customers, products and lead sources, ids that are names or addresses, file names,
    notices, links, and what stands in rejects. Ids of the CRM, stages, amounts, moments and the sellers' own
    firm stay. Names come from the CRM itself first, then from the words around them; what neither gives away
    is not found: docs/validation.md says how much.

    Examples
    --------
    >>> from salesinsight.privacy import Key, pseudonymise, restore
    >>> from salesinsight.sample import make_sample
    >>> export = make_sample(n_deals=3)
    >>> hidden, vault = pseudonymise(export, Key(bytes(32)))
    >>> bool(hidden.people.name.str.fullmatch(r"\\[PERSOON-[A-Z2-7]{8}\\]").all())
    True
    >>> restore(hidden, vault, Key(bytes(32))).people.name.equals(export.people.name)
    True
    """
    lexicon = load_lexicon(export.language)
    coder = Coder(key, lexicon, export.language, known_names(export), _ids(export, lexicon))
    tables = {}
    # names first, so that the vault keeps them as the CRM writes them
    for table in ("people", "deals", "attendance", "conversations", "turns", "events", "rejects", "links"):
        frame = getattr(export, table)
        if frame is not None:
            tables[table] = _coded(frame, table, coder)
    if export.links is not None and "candidates" in export.links:
        candidates = coder.candidates(export.links["candidates"], export.conversations["conversation_id"])
        tables["links"] = tables["links"].assign(candidates=candidates)
    notices = coder.notices(pd.Series(export.notices, dtype="string")).to_list()
    return dataclasses.replace(export, **tables, notices=notices), Vault.lock(coder.surfaces, key)


def _ids(export: Export, lexicon: Lexicon) -> frozenset[str]:
    """The ids that stay: those of deals, conversations and people that are no names."""
    columns = [export.deals["deal_id"], export.conversations["conversation_id"], export.people["person_id"]]
    columns += [export.deals["account_id"], export.people["account_id"], export.deals["owner_id"]]
    values = {value for column in columns for value in column.dropna().unique()}
    return frozenset(value for value in values if lexicon.is_id(value))


def _coded(frame: pd.DataFrame, table: str, coder: Coder) -> pd.DataFrame:
    done: dict[str, pd.Series] = {}

    def put(names: list[str], change: Callable[[pd.Series], pd.Series]) -> None:
        done.update({name: change(frame[name]) for name in names if name in frame.columns})

    for name, kind in NAMES.get(table, {}).items():
        done[name] = coder.names(frame[name], kind)
    put(PERSON_IDS.get(table, []), lambda values: coder.ids(values, "person"))
    put(ACCOUNT_IDS.get(table, []), lambda values: coder.ids(values, "organisation"))
    put(FREE_TEXT.get(table, []), coder.texts)
    put(FILE_NAMES.get(table, []), coder.file_names)
    if table == "links":
        put(["account_id"], lambda values: coder.ids(values, "organisation"))
        put(["sellers"], lambda values: _each(values, lambda name: coder.id_code(name, "person")))
    if table == "events":
        coded = coder.texts(frame["value"].where(~frame["kind"].isin(NO_TEXT)))
        done["value"] = frame["value"].where(frame["kind"].isin(NO_TEXT), coded)
    return frame.assign(**done)


def _each(values: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Change every part of a list that is written with "; " between."""
    said = {value: "; ".join(map(change, re.split(r";\s*", value))) for value in values.dropna().unique()}
    return _mapped(values, said)


def _mapped(values: pd.Series, change: dict[str, str]) -> pd.Series:
    return values.map(change, na_action="ignore").astype(values.dtype)
