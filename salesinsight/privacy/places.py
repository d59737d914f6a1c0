"""Addresses: a street or another name with a number, a postcode with a number, and the town behind them."""

from __future__ import annotations

import functools
import re

from salesinsight.privacy.houses import find_houses, load_weights
from salesinsight.privacy.lexicon import Lexicon, all_towns, is_word, towns
from salesinsight.privacy.numbers import any_of, before, context
from salesinsight.privacy.page import BETWEEN, Page, Span
from salesinsight.privacy.said import counting_of, number_starts, said_number
from salesinsight.privacy.streets import Streets, streets_of

TOWN_WORDS = 4


def find_addresses(page: Page, lexicon: Lexicon) -> list[Span]:
    """Find addresses; a street without a number is a place, not somebody's address."""
    streets = streets_of(lexicon)
    words = lexicon.settings["address"]
    cues = any_of([*words["streets"], *words["postcode"], *words["number_words"], *words["living"]])
    numbered = rf"\d|{cues}\b.{{0,30}}?\b{number_starts(lexicon)}"
    found: list[Span] = []
    places = page.holding(numbered)
    for first, start, end in find_houses(page, places, streets, lexicon, load_weights(lexicon.language)):
        stop = page.text.index(BETWEEN, end)
        found.append(
            (
                _earlier(page.text, start, first, streets),
                _further(page.text, end, stop, streets, lexicon),
                "address",
            )
        )
    holding = _holding(page, lexicon)
    for place in places:
        streeted, coded, followed = (place in texts for texts in holding)
        for start, end in _in_text(page.text, place, streets, lexicon, (streeted, coded, followed)):
            end = _further(page.text, end, place[1], streets, lexicon)
            found.append((_earlier(page.text, start, place[0], streets), end, "address"))
    return _joined(found)


def _holding(page: Page, lexicon: Lexicon) -> tuple[set[tuple[int, int]], ...]:
    """The texts with the ending of a street, with a postcode, and with what any name needs beside it."""
    words = lexicon.settings["address"]
    endings = any_of([*words["streets"], *words["short_streets"]])
    opening = any_of([*words["foreign_streets"], *words["streets_first"]])
    pointed = any_of(words["pointed_streets"])
    street = rf"{endings}(?:\.|\b)|\b{opening}\b|{pointed}\."
    code = rf"[1-9]\d{{3}}|\b{any_of([*words['postcode'], *words['number_words']])}"
    said = page.holding(rf"\b{number_starts(lexicon)}", least=3)
    town = r"\d[\w/-]*[^\w]{1,3}(?:\w{2,3} )?(?-i:\p{Lu})"
    town += rf"|\b{number_starts(lexicon)}.{{0,30}}(?-i:\p{{Lu}})"
    coded = {*page.holding(code), *said}
    return set(page.holding(street)), coded, {*coded, *page.holding(rf"\b{any_of(words['living'])}|{town}")}


def _in_text(
    text: str, place: tuple[int, int], streets: Streets, lexicon: Lexicon, holding: tuple[bool, ...]
) -> list[tuple[int, int]]:
    """What is an address within one text, without the town behind it; by what the text holds."""
    streeted, coded, followed = holding
    words = lexicon.settings["address"]
    found = []
    for match in streets.street.finditer(text, *place) if streeted else ():
        if _is_street(text, match, streets, lexicon):
            found.append(match.span())
    not_code = set(words["not_postcode"])
    other = context(lexicon, "not_personal")
    for match in streets.dutch.finditer(text, *place):
        said = before(text, match.start())
        word = said.rstrip(" :").rpartition(" ")[2].lower()
        boxed = streets.boxes_of_post.search(said)
        if (
            _is_code(match, not_code)
            and word not in lexicon.settings["numbers"]["not_personal"]
            and not boxed
        ):
            found.append(match.span())
    if coded:
        found += [match.span() for match in streets.coded.finditer(text, *place)]
    for pattern in (streets.boxed, streets.placed):
        for match in pattern.finditer(text, *place):
            counted = other.search(before(text, match.end("name")) + " ")
            if _may_be_street(match["name"], lexicon) and not counted:
                found.append(match.span())
    for match in streets.any_name.finditer(text, *place) if followed else ():
        said = before(text, match.start("name"))
        if not _may_be_street(match["name"], lexicon):
            continue
        capital = any(word[0].isupper() for word in match["name"].split())
        sure = capital or (" " in match["name"] and _closes(text, match.end(), lexicon))
        if (sure and streets.living.search(said)) or _has_code(
            text, match.end(), place[1], streets, lexicon, capital
        ):
            found.append(match.span())
    return found


def _is_street(text: str, match: re.Match[str], streets: Streets, lexicon: Lexicon) -> bool:
    """Whether a word that ends as a street does is one: "bij de poort 3" only if more says so."""
    word = match["word"] or ""
    words = lexicon.settings["address"]
    if word.lower() in words["not_streets"]:
        return False
    bare = word.lower() in words["streets"]
    weak = word.lower().endswith(tuple(words["weak_streets"])) and is_word(word.lower(), lexicon.language)
    if not bare and not weak:
        return True
    if bare and any(part[0].isupper() for part in match[0].split()):
        return True
    if re.match(r"[ ][^\W\d]", text[match.end() : match.end() + 2]):  # "op de markt 3 spelers"
        return _further(text, match.end(), len(text), streets, lexicon) > match.end()
    said = before(text, match.start())
    at = re.search(rf"(?<!\w){any_of(words['street_at'])}[ ](?:\w{{1,3}}[ ])?$", said)
    return bool(at or streets.living.search(said)) or match.start() < match.start("word")


def _closes(text: str, end: int, lexicon: Lexicon) -> bool:
    """Whether no noun follows that the number may count: "op de kluis 12 en dan"."""
    following = re.match(r"[ ]([^\W\d]+)", text[end : end + 20])
    return not following or following[1].lower() in lexicon.settings["people"]["not_names"]


@functools.lru_cache(maxsize=50_000)
def _may_be_street(name: str, lexicon: Lexicon) -> bool:
    """Whether words can name a street: no month, day, brand or kind of number among them."""
    words = [word.lower() for word in name.split()]
    settings = lexicon.settings
    never = {*settings["people"]["brands"], *settings["address"]["not_names"]}
    return words[-1] not in never and words[-1] not in settings["people"]["not_names"]


def _is_code(match: re.Match[str], not_code: set[str]) -> bool:
    """Whether four digits and two letters are a postcode: "2024 en" and "1500 kg" are not."""
    letters = match["letters"]
    if letters.lower() in not_code:
        return letters.isupper() and bool(match["house"])
    return letters.isupper() or bool(match["house"])


def _has_code(text: str, end: int, stop: int, streets: Streets, lexicon: Lexicon, capital: bool) -> bool:
    """Whether a postcode follows, or after a name with a capital ", Gent"."""
    if _code_end(text, end, stop, streets, lexicon):
        return True
    town = streets.towns.match(text, end, stop) if capital else None
    listed = town and town["town"].split()[0].lower() in towns()
    return bool(town and (town["comma"] or town["link"] or listed) and _town_end(town, text, lexicon))


def _further(text: str, end: int, stop: int, streets: Streets, lexicon: Lexicon) -> int:
    """Where an address ends, with the postcode and the town behind it."""
    end = _code_end(text, end, stop, streets, lexicon) or end
    town = streets.towns.match(text, end, stop)
    return (_town_end(town, text, lexicon) if town else 0) or end


def _code_end(text: str, end: int, stop: int, streets: Streets, lexicon: Lexicon) -> int:
    """Where the postcode behind an address ends; 0 when there is none."""
    code = streets.code.match(text, end, stop)
    if not code:
        return 0
    if code["dutch"]:
        return code.end()
    town = streets.towns.match(text, code.end(), stop)
    if code["belgian"]:
        named = town and _town_end(town, text, lexicon)
        return code.end() if named or not re.match(r"[ ]?\w", text[code.end() : code.end() + 2]) else 0
    parts = re.findall(counting_of(lexicon).whole, code["said"].lower())
    digits = "".join(said_number(part, lexicon) for part in parts)
    if len(digits) != 4:
        return 0
    if code["spelled"]:
        return code.end()
    last = code.start("said") + len(code["said"].rstrip())
    town = streets.towns.match(text, last, stop)
    return last if town and _town_end(town, text, lexicon) else 0


def _town_end(match: re.Match[str], text: str, lexicon: Lexicon) -> int:
    """Where the town ends: the longest name of a town, or words with capitals; 0 when there is none."""
    words = match["town"].split(" ")
    for many in range(min(len(words), TOWN_WORDS), 0, -1):
        if " ".join(words[:many]).lower() in all_towns(lexicon):
            # "in bergen" without a capital may be anything
            return match.start("town") + len(" ".join(words[:many]))
    strange = words[0][:1].isupper() and len(words[0]) > 2 and not is_word(words[0].lower(), lexicon.language)
    if match["link"] or not strange:
        return 0
    return match.start("town") + len(words[0])


def _earlier(text: str, start: int, first: int, streets: Streets) -> int:
    """Where an address begins, with the postcode and the town before it: "9000 Gent, Kerkstraat 12"."""
    code = streets.before_code.search(text, max(first, start - 40), start)
    if not code:
        return start
    town = code["town"]
    return code.start() if not town or town.lower() in towns() or town[0].isupper() else start


def _joined(spans: list[Span]) -> list[Span]:
    """Parts of one address that overlap are one find."""
    done: list[Span] = []
    for start, end, kind in sorted(spans):
        if done and start <= done[-1][1]:
            done[-1] = (done[-1][0], max(end, done[-1][1]), kind)
        else:
            done.append((start, end, kind))
    return done
