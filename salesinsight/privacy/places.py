"""Addresses: a street with a number, a postcode with a number, and the town behind them."""

from __future__ import annotations

import dataclasses
import functools
import re

from salesinsight.privacy.lexicon import Lexicon, towns
from salesinsight.privacy.numbers import any_of, before
from salesinsight.privacy.page import Page, Span
from salesinsight.privacy.spoken import number_starts, said_numbers

_CAPITAL = r"[^\W\d_a-zà-öø-ÿ][\w'\u2019-]*"


@dataclasses.dataclass(frozen=True)
class Streets:
    """The patterns of addresses in one language.

    Attributes
    ----------
    street : re.Pattern
        Kerkstraat 12 bus 3, with postcode and town when they follow.
    postcode : re.Pattern
        1234 AB 12; 9000 Gent, Kerkstraat 12; 8500 huisnummer 41.
    any_street : re.Pattern
        Any name with a number before a postcode: Singel 44, 3112 GP Schiedam.
    living : re.Pattern
        Words that say that an address follows.
    """

    street: re.Pattern[str]
    postcode: re.Pattern[str]
    any_street: re.Pattern[str]
    named: re.Pattern[str]
    living: re.Pattern[str]


def find_addresses(page: Page, lexicon: Lexicon) -> list[Span]:
    """Find addresses; a street without a number is a place, not somebody's address."""
    streets = streets_of(lexicon)
    text = page.text
    words = lexicon.settings["address"]
    not_streets, not_code = set(words["not_streets"]), set(words["not_postcode"])
    found: list[Span] = []
    starts = number_starts(lexicon)
    numbered = rf"\d|{any_of([*words['streets'], *words['postcode']])}\b.{{0,15}}?\b{starts}"
    for place in page.holding(numbered):
        matches = list(streets.any_street.finditer(text, *place))
        matches += [
            match
            for match in streets.street.finditer(text, *place)
            if (match["word"] or "").lower() not in not_streets
        ]
        matches += [match for match in streets.postcode.finditer(text, *place) if _is_code(match, not_code)]
        matches += [
            match for match in streets.named.finditer(text, *place)
            if streets.living.search(before(text, match.start()))
        ]  # fmt: skip
        found += [(match.start(), match.end(), "address") for match in matches]
    return _joined(found)


def _is_code(match: re.Match[str], not_code: set[str]) -> bool:
    """Whether four digits and two letters are a postcode: "2024 en" and "1500 kg" are not."""
    letters = match["letters"]
    if not letters:
        return True
    if letters.lower() in not_code:
        return letters.isupper() and bool(match["house"])
    return letters.isupper() or bool(match["house"])


def _joined(spans: list[Span]) -> list[Span]:
    """Parts of one address that overlap are one find."""
    done: list[Span] = []
    for start, end, kind in sorted(spans):
        if done and start < done[-1][1]:
            done[-1] = (done[-1][0], max(end, done[-1][1]), kind)
        else:
            done.append((start, end, kind))
    return done


@functools.cache
def streets_of(lexicon: Lexicon) -> Streets:
    """Write the patterns of a language; made once."""
    words = lexicon.settings["address"]
    suffix, prefix, nr = (
        any_of(words["streets"]),
        any_of(words["street_prefixes"]),
        any_of(words["number_words"]),
    )
    number = any_of(said_numbers(lexicon))
    box = rf"(?:,?[ ]?{any_of(words['box'])}\.?(?:[ ]?(?:\d+[\w.]*|[A-Za-z](?!\w)))?(?!\w))"
    # 12, 12-14, 12a, 12 b, 12-II
    letter = r"(?:[ ]?[-/]?[ ]?[A-Za-z](?![\w.\u2019'-])|[A-Za-z]{2}(?!\w))"
    digits = rf"\d{{1,4}}(?:[ ]?[-/][ ]?\d{{1,4}})?{letter}?(?!\w|[.,:]\d|[ ]?[%€])"
    spoken = rf"{number}(?!\w)"
    house = rf"(?:{nr}\.?[ ]?)?(?:{digits}|{spoken}){box}?(?![ ]?{any_of(words['not_house'])}(?!\w))"
    known_town = rf"(?i:{any_of(towns())})(?!\w)"
    town = rf"(?:{_CAPITAL}(?:[ -](?:{any_of(words['town_links'])}|{_CAPITAL})){{0,3}}|{known_town})"
    dutch = r"[1-9]\d{3}[ ]?(?:(?!S[ADS])[A-Z]{2}|[a-z]{2})(?!\w)"
    code = rf"(?:(?:NL|B|BE)[ -])?(?:{dutch}|[1-9]\d{{3}}(?!\w))"
    link = rf"{any_of(words['town_words'])}[ ]"
    tail = rf"(?:,?[ ](?:{link})?{code}(?:,?[ ]{town})?|,?[ ]{link}{town})?"
    lead = rf"(?:(?:(?i:{prefix})|{_CAPITAL})[ .-]{{1,2}}){{0,3}}"
    street = rf"{lead}(?P<word>(?i:[\w'\u2019-]*{suffix}))"
    foreign = rf"(?i:{any_of(words['foreign_streets'])})(?:[ ][\w'\u2019-]+){{1,5}}?"
    links = any_of(words["street_links"])
    behind = rf"(?i:{any_of(words['streets_first'])}[ ]{links}(?:[ ][\w'\u2019-]+){{1,3}}?)"
    alone = r"(?<![\w.,€-])"  # no part of an amount or a longer number
    belgian = r"(?:(?:B|BE)-)?[1-9]\d{3}"
    before_code = rf"(?<![\w-])(?:(?:['\u2019]s|(?i:{prefix}))[ ])?{_CAPITAL}(?:[ ][\w'\u2019.-]+){{0,3}}?"
    return Streets(
        street=re.compile(rf"(?<![\w-])(?:{street}|{foreign}|{behind}),?[ ](?i:{house}){tail}"),
        postcode=re.compile(
            rf"{alone}{belgian}[ ]?(?P<letters>(?!S[ADS])[A-Z]{{2}}|[a-z]{{2}})(?!\w)"
            rf"(?P<house>,?[ ](?i:{house}))?(?:,?[ ]{town})?"
            rf"|{alone}{belgian}(?:[ ]{town})?,?[ ](?i:{nr})\.?[ ]?{digits}{box}?"
            rf"|{alone}(?:B|BE)-[1-9]\d{{3}}[ ]{town}(?:,[ ]{_CAPITAL}(?:[ ]\w+){{0,2}}[ ]{digits}{box}?)?"
            rf"|(?i:(?<!\w){any_of(words['postcode'])}(?:[ ]\w{{1,4}})?[ :]+"
            rf"(?:{spoken}[ ]){{1,4}}[a-z][ ]?[a-z](?!\w)"
            rf"(?:,?[ ]{house})?)"
        ),
        any_street=re.compile(
            rf"{before_code}[ ](?i:{house}),?[ ]"
            rf"(?:(?:{dutch}|(?:B-)?[1-9]\d{{3}}(?=[ ]{_CAPITAL}))(?:,?[ ]{town})?"
            rf"|(?<=,[ ])(?=[A-Z]){known_town})"
        ),
        named=re.compile(rf"(?<![\w-])(?:(?i:{prefix})[ ])?{_CAPITAL}[ ]{digits}{tail}"),
        living=re.compile(rf"(?<!\w){any_of(words['living'])}[: ]+(?:\w{{1,4}}[ ])?$", re.IGNORECASE),
    )
