"""What a language knows of names: its own lists, two name lists of Faker and the dictionary of Simplemma."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import importlib.resources
import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from typing import Any

import polars as pl

from salesinsight.language import load_pack

# lists of people's names as they live in the Low Countries; of the last ones first names only
HOME = ("nl_NL", "nl_BE")
ABROAD = ("fr_BE", "de_DE", "en_GB", "tr_TR", "pl_PL")
# further away: only with a capital inside a sentence
FAR = (
    "es_ES",
    "it_IT",
    "pt_PT",
    "ro_RO",
    "hr_HR",
    "cs_CZ",
    "hu_HU",
    "fr_DZ",
    "en_IN",
    "id_ID",
    "vi_VN",
    "yo_NG",
    "ha_NG",
)
# anywhere: a hint for the learned tagger
_OF_FAKER = """az_AZ da_DK de_AT de_CH en_IE en_KE en_NG en_PK et_EE fi_FI fr_CH fr_FR ga_IE ig_NG lt_LT
lv_LV no_NO pt_BR sk_SK sl_SI sv_SE sw tw_GH uz_UZ zu_ZA"""
_OF_MIMESIS = "nl da de de-at de-ch en es fr it pl pt pt-br sv tr hr hu"
WIDE = (*HOME, *ABROAD, *FAR, *_OF_FAKER.split())
TOWNS_OF = ("nl", "nl-be")
WIDE_TOO = tuple(_OF_MIMESIS.split())
SHORTEST_ID_NAME = 3
_HOOK = re.compile(r"['\u2018\u2019`\u00b4]")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclasses.dataclass(frozen=True, eq=False)
class Lexicon:
    """The words of one language that give names away.

    Attributes
    ----------
    language : str
        Language code.
    settings : Mapping
        ``packs/<language>/names/names.toml``.
    first, last : frozenset of str
        First names and last names without their particles, in lower case.
    also_words : frozenset of str
        Those of them that are ordinary words too.
    bare : frozenset of str
        Last names that are never written with a particle.
    joined : frozenset of str
        Last names that may be.
    """

    language: str
    settings: Mapping[str, Any]
    first: frozenset[str]
    last: frozenset[str]
    also_words: frozenset[str]
    bare: frozenset[str]
    joined: frozenset[str]

    @functools.cached_property
    def cues(self) -> frozenset[str]:
        """Words that say that something personal follows, and are in no dictionary: "iban", "mvg"."""
        people, numbers = self.settings["people"], self.settings["numbers"]
        lists = [people[name] for name in ("name_phrases", "person_phrases", "greetings", "desks")]
        lists += [numbers[name] for name in ("not_personal", "bsn", "rrn", "iban")]
        found = {word for said in lists for word in said if " " not in word}
        names = self.first | self.last
        strange = {word for word in found if not is_word(word, self.language) and word not in names}
        return frozenset(strange | set(numbers["iban"]))

    @property
    def labels(self) -> Mapping[str, str]:
        """What each kind is called in a text."""
        return self.settings["labels"]

    def people(self, name: str) -> frozenset[str]:
        """One of the word lists about people."""
        return self._lists[name]

    @functools.cached_property
    def _lists(self) -> dict[str, frozenset[str]]:
        return {name: _set(words) for name, words in self.settings["people"].items()}

    def is_id(self, value: str) -> bool:
        """Whether the value of a column of ids is an id, not a name or an address.

        Examples
        --------
        >>> [load_lexicon("nl").is_id(value) for value in ("s01", "toestel 12", "Kees Smit", "k@bedrijf.nl")]
        [True, True, False, False]
        """
        if "@" in value:
            return False
        found = [word for word in _LETTERS.findall(value.lower()) if len(word) > 1]
        words = [word for word in found if word not in self.people("roles")]
        if len(found) < 2 and re.search(r"\d", value):
            return True
        return not words or max(map(len, words)) < SHORTEST_ID_NAME


def _set(words: Any) -> frozenset[str]:
    """A word list; one of pairs has no use as a set."""
    return (
        frozenset(word for word in words if isinstance(word, str)) if isinstance(words, list) else frozenset()
    )


@functools.cache
def load_lexicon(language: str) -> Lexicon:
    """Read the lexicon of a language; the second time it comes from memory.

    Raises
    ------
    UnknownName
        When there is no pack for this language.

    Examples
    --------
    >>> "kees" in load_lexicon("nl").first
    True
    """
    folder = load_pack(language).folder / "names"
    settings = tomllib.loads((folder / "names.toml").read_text(encoding="utf-8"))
    people = settings["people"]
    first = set(people["first_names"].split())
    last = set(people["last_names"].split())
    bare: set[str] = set()
    joined: set[str] = set()
    for place in HOME:
        given, family = _name_lists(place)
        first |= given
        cores = {name: _core(name, people["particles"]) for name in family}
        last |= set(filter(None, cores.values()))
        bare |= {core for name, core in cores.items() if core == name}
        joined |= {core for name, core in cores.items() if core != name}
    # Mimesis knows many surnames of the Netherlands, some from elsewhere: only those that are nothing else
    for name in _both("nl")[1]:
        core = _core(name, people["particles"])
        if len(core) > 3 and not is_word(core, language) and core not in towns() | first:
            last.add(core)
    known = {name for name in first | last if is_word(name, language)}
    for place in ABROAD:
        # a name from abroad that is a word here is nearly always the word
        first |= {name for name in _name_lists(place)[0] if len(name) > 2 and not is_word(name, language)}
    far: set[str] = set()
    for place in FAR:
        far |= {name for name in _name_lists(place)[0] if len(name) > 3 and not is_word(name, language)}
    far -= first | last
    first |= far
    # "gael" and "yildiz", as a recogniser writes them
    first |= {plain for name in first if not is_word(plain := plain_letters(name), language)}
    last |= {plain for name in last if not is_word(plain := plain_letters(name), language)}
    never = set(people["brands"]) | set(people["not_names"])
    first -= set(people["brands"]) | set(people["particles_abroad"])
    first -= set(people["person_verbs"]) - set(people["also_words"])
    last -= never
    also = far | (known - set(people["sure"])) | set(people["also_words"])
    return Lexicon(
        language,
        settings,
        frozenset(first),
        frozenset(last),
        frozenset(also),
        frozenset(bare - joined),
        frozenset(joined),
    )


def learned_weights(language: str, file: str) -> dict[str, float]:
    """What was learned of names or of addresses: weights by what they weigh; empty without such a file."""
    path = load_pack(language).folder / "names" / file
    if not path.is_file():
        return {}
    return dict(pl.read_csv(path, schema={"feature": pl.String, "weight": pl.Float64}).iter_rows())


@functools.cache
def wide_names() -> tuple[frozenset[str], frozenset[str]]:
    """First names and last names of the whole world in Latin letters: a hint, no proof."""
    first: set[str] = set()
    last: set[str] = set()
    for given, family in (*map(_name_lists, WIDE), *map(_both, WIDE_TOO)):
        first |= given
        last |= family
    return _with_plain(first), _with_plain(last)


def _with_plain(names: set[str]) -> frozenset[str]:
    return frozenset(names | {plain_letters(name) for name in names})


@functools.cache
def towns() -> frozenset[str]:
    """Towns of the Netherlands and Belgium, in lower case."""
    found: set[str] = set()
    for place in HOME:
        found |= _lower(importlib.import_module(f"faker.providers.address.{place}").Provider.cities)
    for place in TOWNS_OF:
        data = importlib.resources.files("mimesis") / "datasets" / place / "address.json"
        found |= _lower(json.loads(data.read_text(encoding="utf-8"))["city"])
    # "in Baarle" for Baarle-Hertog
    found |= {front for name in found if len(front := name.partition("-")[0]) > 4 and "-" in name}
    return frozenset(found)


@functools.cache
def all_towns(lexicon: Lexicon) -> frozenset[str]:
    """Towns, with those that a language pack adds."""
    return towns() | lexicon.people("more_towns")


@functools.lru_cache(maxsize=200_000)
def is_word(word: str, language: str) -> bool:
    """Whether the dictionary knows this as a word that is not only a name."""
    from simplemma import is_known  # loaded where it is used

    return bool(word) and is_known(word, lang=language)


def plain_letters(word: str) -> str:
    """A word without accents."""
    apart = unicodedata.normalize("NFD", word.replace("ı", "i").replace("ł", "l").replace("ø", "o"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@functools.lru_cache(maxsize=50_000)
def is_made(word: str, language: str) -> bool:
    """Whether a word is two words of the dictionary written as one, perhaps with an s between.

    Examples
    --------
    >>> is_made("offertebrief", "nl"), is_made("smurfel", "nl")
    (True, False)
    """
    parts = ((word[:place], word[place:]) for place in range(3, len(word) - 2))
    return any(
        is_word(behind, language) and (is_word(front, language) or is_word(front.removesuffix("s"), language))
        for front, behind in parts
    )


def without_hooks(words: pl.Expr) -> pl.Expr:
    """Lower case, with one kind of apostrophe."""
    return words.str.normalize("NFC").str.to_lowercase().str.replace_all(_HOOK.pattern, "'")


def _name_lists(place: str) -> tuple[set[str], set[str]]:
    provider = importlib.import_module(f"faker.providers.person.{place}").Provider
    return _lower(provider.first_names), _lower(provider.last_names)


def _both(place: str) -> tuple[set[str], set[str]]:
    """First and last names of Mimesis; some lists are parted by gender."""
    data = importlib.resources.files("mimesis") / "datasets" / place / "person.json"
    read = json.loads(data.read_text(encoding="utf-8"))
    given, family = (
        [*names.values()] if isinstance(names, dict) else [names]
        for names in (read["names"], read["surnames"])
    )
    return _lower(name for part in given for name in part), _lower(name for part in family for name in part)


def _lower(names: Any) -> set[str]:
    return {name.strip().lower() for name in names if len(name.strip()) > 1}


def _core(name: str, particles: list[str]) -> str:
    """The last name without the particles before it; nothing when there is more than one word left."""
    words = name.split()
    while words and words[0] in particles:
        words = words[1:]
    return words[0] if len(words) == 1 and len(words[0]) > 1 else ""
