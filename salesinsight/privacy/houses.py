"""Addresses that no pattern finds: a linear model, learned from sentences, weighs words before a number."""

from __future__ import annotations

import dataclasses
import functools
import importlib.resources
import json
import math
import re
from collections.abc import Iterator, Mapping

from salesinsight.privacy.lexicon import Lexicon, is_made, is_word, learned_weights, towns
from salesinsight.privacy.page import Page
from salesinsight.privacy.said import counting_of
from salesinsight.privacy.streets import Streets

FILE = "houses.csv"
THRESHOLD = 0.5
WORDS = 4  # before the number
FAR = 48  # characters in which they stand
STREETS_OF = ("nl", "nl-be")  # lists of Mimesis
_TOKEN = re.compile(r"[\w'\u2019.-]+")
_AFTER = re.compile(r"[ ]?([,;:.!?)\n|\u2022\u2013/-]?)\s{0,2}([\w'\u2019-]*)(?:[ ]([\w'\u2019-]+))?")
_NUMBERS = re.compile(r"[ ]?[-./]?[ ]?\d")  # one number behind another is a telephone's or an order's
_INITIAL = re.compile(r"(?:[A-Z]\.)+$|\d{1,2}(?:e|de|ste)$")


@dataclasses.dataclass(frozen=True)
class House:
    """A number with the words before it, which may be a street.

    Attributes
    ----------
    words : list of tuple
        Place and text of the words, the last one nearest to the number.
    start, end : int
        The number, with its letter and its box.
    number : str
        The number as it is written.
    called : bool
        Whether "nummer" stands between.
    """

    words: list[tuple[int, str]]
    start: int
    end: int
    number: str
    called: bool


@functools.cache
def load_weights(language: str) -> Mapping[str, float]:
    """The weights of a language; empty when it has none."""
    return learned_weights(language, FILE)


def find_houses(
    page: Page,
    places: list[tuple[int, int]],
    streets: Streets,
    lexicon: Lexicon,
    weights: Mapping[str, float],
) -> list[tuple[int, int, int]]:
    """Where learned addresses stand: the start of the text, of the address, and the end of its number.

    Parameters
    ----------
    page : Page
        The texts.
    places : list of tuple of int
        Start and end of those that have a number.
    streets, lexicon
        The words of the language.
    weights : Mapping of str to float
        What was learned; without any, nothing is found.
    """
    if not weights:
        return []
    bar = -math.log(1 / THRESHOLD - 1) - weights.get("start", 0.0)
    return [
        (place[0], first_of(house, lexicon), house.end)
        for place in places
        for house in houses(page.text, place, streets, lexicon)
        if sum(weights.get(clue, 0.0) for clue in clues(house, page.text, place, streets, lexicon)) >= bar
    ]


def houses(text: str, place: tuple[int, int], streets: Streets, lexicon: Lexicon) -> Iterator[House]:
    """Every number of a text that may be a house's."""
    called_words = lexicon.settings["address"]["number_words"]
    for match in streets.number.finditer(text, *place):
        begin = max(place[0], match.start() - FAR)
        before = text[begin : match.start()]
        cut = max(before.rfind(sign) for sign in (*",;:!?()\n|\u2022\u2013", "//"))
        words = [(begin + word.start(), word[0]) for word in _TOKEN.finditer(before, cut + 1)][-WORDS - 1 :]
        called = bool(words) and words[-1][1].lower().rstrip(".") in called_words
        words = (words[:-1] if called else words)[-WORDS:]
        if words and _counted(words[-1][1], text[match.end() : place[1]], lexicon):
            continue
        again = _NUMBERS.match(text, match.end(), place[1]) and not streets.code.match(
            text, match.end(), place[1]
        )
        if words and _named(words[-1][1], lexicon) and not again and _counts(match["number"], lexicon):
            yield House(words, match.start(), match.end(), match["number"], called)


def _counted(word: str, behind: str, lexicon: Lexicon) -> bool:
    """Whether a number counts what stands behind it: "op de markt 3 spelers"."""
    noun = re.match(r"[ ]([^\W\d]{2,})", behind)
    small = noun and noun[1][0].islower() and noun[1].lower() not in lexicon.settings["people"]["not_names"]
    return bool(small) and word in lexicon.settings["address"]["streets"]


def _counts(number: str, lexicon: Lexicon) -> bool:
    """Whether a number can be a house's: "een" alone is an article, and none begins with a 0."""
    said = counting_of(lexicon).values.get(number.lower())
    return (
        not number.startswith("0")
        and said != "1"
        and counting_of(lexicon).values.get(number.lower().split()[0]) != "0"
    )


@functools.lru_cache(maxsize=50_000)
def _named(word: str, lexicon: Lexicon) -> bool:
    """Whether a word may be the last one of a street's name at all."""
    lower = word.lower().strip(".'-\u2019")
    letters = lower.isalpha() or ("-" in lower and not lower[:1].isdigit()) or "'" in lower
    settings = lexicon.settings
    never = (
        lower in [*settings["people"]["not_names"], *settings["address"]["boxes_of_post"]]
        or lower in counting_of(lexicon).values
    )
    return (
        len(lower) > 1
        and letters
        and not never
        and not lower.endswith(tuple(settings["address"]["not_name_endings"]))
    )


def clues(house: House, text: str, place: tuple[int, int], streets: Streets, lexicon: Lexicon) -> list[str]:
    """What tells of a number that it is a house's, or another one."""
    lower = [word.lower() for _, word in house.words]
    found = [*own(house.words[-1][1], lexicon)]
    for back in (2, 3):
        said = lower[-back] if len(lower) >= back else "^"
        found.append(f"word:{said}@-{back}")
        if len(lower) >= back and house.words[-back][1][:1].isupper():
            found.append(f"capital@-{back}")
    for many in (2, 3):
        if " ".join(lower[-many:]) in known_streets() and len(lower) >= many:
            found.append("listed:whole")
    if len(lower) > 1 and lower[-2] in lexicon.settings["address"]["street_starts"]:
        found.append("article")
    if streets.living.search(text[max(place[0], house.words[-1][0] - 40) : house.words[-1][0]]):
        found.append("living")
    opens = house.words[0][0] - place[0] < 2
    found += ["opens"] if opens else []
    found += ["opens:few"] if opens and len(lower) < 3 else []
    found += [*_number(house.number, house.called), *_behind(house, text, place, streets, lexicon)]
    return found


@functools.lru_cache(maxsize=50_000)
def own(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """What the last word before the number tells itself."""
    lower = word.lower().strip(".")
    marked = f"^{lower}$"
    settings = lexicon.settings["address"]
    found = [f"part:{marked[-size:]}" for size in (3, 4, 5, 6)] + [f"part:{marked[:4]}", f"word:{lower}@-1"]
    shape = "upper" if word.isupper() else "capital" if word[:1].isupper() else "small"
    found += [shape, f"{shape}:{'word' if is_word(lower, lexicon.language) else 'strange'}"]
    found += ["made"] * is_made(lower, lexicon.language)
    found += ["ends"] * lower.endswith(tuple(settings["streets"]))
    found += [f"listed:{shape}"] * (lower in known_streets())
    found += ["not"] * (lower in settings["not_names"] or lower in lexicon.people("brands"))
    found += ["town"] * (lower in towns())
    found += ["name"] * (lower in lexicon.first or lower in lexicon.last)
    return tuple(found)


def _number(number: str, called: bool) -> list[str]:
    digits = re.match(r"\d+", number)
    if not digits:
        return ["number:said"]
    value = int(digits[0])
    size = next((top for top in (10, 60, 400, 1900, 2040) if value < top), 9999)
    found = [f"number:{size}"] + ["number:called"] * called
    rest = number[digits.end() :].strip()
    return found + (["number:letter"] if rest.isalpha() else ["number:more"] if rest else [])


def _behind(house: House, text: str, place: tuple[int, int], streets: Streets, lexicon: Lexicon) -> list[str]:
    """What stands behind the number: a postcode, a town, a unit, a sign, the end."""
    settings = lexicon.settings["address"]
    if streets.code.match(text, house.end, place[1]) and not house.number.startswith("0"):
        return ["behind:code"]
    after = _AFTER.match(text, house.end, place[1])
    sign, first, second = (after[at] or "" for at in (1, 2, 3)) if after else ("", "", "")
    found = [f"sign:{sign or 'none'}"]
    if not first:
        return [*found, "behind:end"]
    lower = first.lower()
    town = lower in towns() or f"{lower} {second.lower()}" in towns()
    linked = lower in settings["town_words"] and second.lower() in towns()
    found += ["behind:town"] * town + ["behind:linked"] * linked + [f"word:{lower}@1"]
    found += ["behind:unit"] * (lower in settings["not_house"] and not sign)
    found += ["behind:number"] * first[0].isdigit()
    kind = "capital" if first[0].isupper() else "word" if is_word(lower, lexicon.language) else "strange"
    small = lower in lexicon.settings["people"]["not_names"] or lower in settings["town_words"]
    return [*found, f"behind:{'small' if small else kind}{'' if sign else ':near'}"]


def first_of(house: House, lexicon: Lexicon) -> int:
    """Where the name of a street begins: with the words before its last one that belong to it."""
    settings = lexicon.settings["address"]
    begins = {*settings["street_starts"], *settings["street_prefixes"], *settings["street_links"]}
    named = house.words[-1][1].lower().endswith(tuple(settings["streets"]))
    at = len(house.words) - 1
    while at:
        word = house.words[at - 1][1]
        if not (word[0].isupper() or word.lower() in begins or _INITIAL.match(word)):
            break
        if named and word in settings["street_at"]:  # "op de kerkstraat twaalf"
            break
        at -= 1
    return house.words[at][0]


@functools.cache
def known_streets() -> frozenset[str]:
    """Names of streets of the Netherlands and Flanders, in lower case."""
    found: set[str] = set()
    for place in STREETS_OF:
        data = importlib.resources.files("mimesis") / "datasets" / place / "address.json"
        found |= {name.lower() for name in json.loads(data.read_text(encoding="utf-8"))["street"]["name"]}
    return frozenset(found)
