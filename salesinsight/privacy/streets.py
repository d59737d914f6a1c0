"""The patterns of addresses, written from the words of a language pack."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping

from salesinsight.privacy.lexicon import Lexicon
from salesinsight.privacy.numbers import any_of
from salesinsight.privacy.said import counting_of

CAPITAL = r"[^\W\d_a-zà-öø-ÿ][\w'\u2019-]*"
DUTCH = r"[1-9]\d{3}[ ]?(?:(?!S[ADS])[A-Z]{2}|[a-z]{2})(?!\w)"
BELGIAN = r"(?:(?:B|BE)-)?[1-9]\d{3}(?!\w)"
ALONE = r"(?<![\w.,€-])"  # no part of an amount or a longer number


@dataclasses.dataclass(frozen=True)
class Streets:
    """The patterns of addresses in one language; each ends with the number of the house.

    Attributes
    ----------
    street : re.Pattern
        A word that ends as streets do: Kerkstraat 12 bus 3.
    dutch : re.Pattern
        1234 AB 12, with or without the number.
    coded : re.Pattern
        9000 Gent nummer 12; postcode vierendertig elf a b.
    boxed : re.Pattern
        Any name with a number and a box, or with "nummer" between: Zuid 4 bus 2, Dorp nummer 7.
    placed : re.Pattern
        op de Hoogte 12, at the end of a clause.
    any_name : re.Pattern
        Any name with a number; it counts when a postcode or a town follows.
    living : re.Pattern
        Words that say that an address follows, at the end of what stands before it.
    code, before_code : re.Pattern
        The postcode behind an address, or before it with the town.
    towns : re.Pattern
        The words in which a town may be named.
    """

    street: re.Pattern[str]
    dutch: re.Pattern[str]
    coded: re.Pattern[str]
    boxed: re.Pattern[str]
    placed: re.Pattern[str]
    any_name: re.Pattern[str]
    living: re.Pattern[str]
    code: re.Pattern[str]
    before_code: re.Pattern[str]
    towns: re.Pattern[str]


@functools.cache
def streets_of(lexicon: Lexicon) -> Streets:
    """Write the patterns of a language; made once."""
    words = lexicon.settings["address"]
    number = rf"(?i:{counting_of(lexicon).whole})"
    numbered = rf"(?i:{any_of(words['number_words'])}\.?[ ]?)"
    letters = any_of([*words["letters"], *"abcdefghijklmnopqrstuvwxyz"])
    digits, plain, end, box, sure_box = _houses(words, number)
    house = rf"{plain}{end}{box}?"
    prefix, start = any_of(words["street_prefixes"]), any_of(words["street_starts"])
    lead = rf"(?:(?:(?i:{prefix})|{CAPITAL})[ .-]{{1,2}}){{0,3}}"
    street = rf"{lead}(?P<word>(?i:[\w'\u2019-]*{any_of(words['streets'])}))"
    foreign = rf"(?i:{any_of(words['foreign_streets'])})(?:[ ][\w'\u2019-]+){{1,5}}?"
    links = any_of(words["street_links"])
    behind = rf"(?i:{any_of(words['streets_first'])}[ ]{links}(?:[ ][\w'\u2019-]+){{1,3}}?)"
    # Achter de Molen, Het Hof, Zuid
    name = rf"(?:(?:(?i:{start})[ ]){{0,2}}{CAPITAL}(?:[ ](?:(?i:{start}|{links})|{CAPITAL})){{0,3}}?)"
    small = rf"(?:(?:(?i:{start})[ ]){{1,3}}[\w'\u2019-]{{2,}}|[\w'\u2019-]{{2,}})"
    at = any_of(words["street_at"])
    spelled = rf"(?i:{letters})[ .,]{{0,2}}(?i:{letters})"
    said_code = rf"(?:{number}[ ]?){{1,4}}(?:,?[ ]?(?P<spelled>{spelled})(?!\w))?"
    open_ = r"(?<![\w'\u2019-])"
    return Streets(
        street=re.compile(rf"{open_}(?:{street}|{foreign}|{behind})(?:,?[ ]{numbered}|[ ]){house}"),
        dutch=re.compile(
            rf"{ALONE}[1-9]\d{{3}}[ ]?(?P<letters>(?!S[ADS])[A-Z]{{2}}|[a-z]{{2}})(?!\w)"
            rf"(?P<house>,?[ ]{numbered}?{house})?"
        ),
        coded=re.compile(
            rf"{ALONE}{BELGIAN}(?:[ ][\w'\u2019-]+)?,?[ ]{numbered}{digits}{box}?"
            rf"|{ALONE}(?:B|BE)-[1-9]\d{{3}}[ ]{CAPITAL}"
            rf"|(?i:(?<!\w){any_of(words['postcode'])}(?:[ ](?!{number})\w{{1,4}})?[ :,]+)"
            rf"{said_code}(?:,?[ ]{numbered}?{house}|(?:[ ]\w+){{2}},?[ ]{numbered}{house})?"
        ),
        boxed=re.compile(
            rf"{open_}(?P<name>{name}|(?i:{at})[ ]{small})(?:,?[ ]{numbered}{house}|[ ]{plain}{sure_box})"
        ),
        placed=re.compile(
            rf"{open_}(?i:{at})[ ](?:(?i:{start})[ ])?"
            rf"(?P<name>{CAPITAL}(?:[ ](?:{start}|{links}|{CAPITAL})){{0,2}})"
            rf"[ ]{digits}{end}{box}?(?=[.,;:!?)\n\0]|[ ](?i:{any_of(words['town_words'])})[ ]|[ ]?$)"
        ),
        any_name=re.compile(rf"{open_}(?P<name>{name}|{small})[ ]{numbered}?{house}"),
        living=re.compile(rf"(?<!\w){any_of(words['living'])}[,: ]+(?:\w{{1,5}}[ ]){{0,2}}$", re.IGNORECASE),
        code=re.compile(
            rf",?[ ](?:(?:{any_of([*words['town_words'], *words['postcode']])})[ ]){{0,2}}"
            rf"(?:(?:NL|B|BE)[ -])?"
            rf"(?:(?P<dutch>{DUTCH})|(?P<belgian>[1-9]\d{{3}}(?!\w|[.,]\d))|(?P<said>{said_code}))"
        ),
        before_code=re.compile(rf"{ALONE}(?:{DUTCH}|{BELGIAN})(?:,?[ ](?P<town>[\w'\u2019 -]+?))?,?[ ]$"),
        towns=re.compile(
            rf"(?P<comma>,?)[ ](?P<link>(?:{any_of(words['town_words'])})[ ])?"
            rf"(?P<town>[\w'\u2019-]+(?:[ ][\w'\u2019/-]+){{0,3}})"
        ),
    )


def _houses(words: Mapping[str, list[str]], number: str) -> tuple[str, ...]:
    """Patterns of the number of a house, of what it may not be followed by, and of its box."""
    in_box = rf"(?:\d+[\w.]*|[A-Za-z](?!\w)|{number}(?:[ ][a-z](?!\w))?)"
    box = rf"(?:,?[ ]?(?i:{any_of(words['box'])})\.?[ ]?{in_box}?(?!\w))"
    sure_box = rf"(?:,?[ ]?(?i:{any_of(words['sure_box'])})[ ]?{in_box})(?!\w)"
    # 12, 12-14, 12a, 12 b, 12-II, twaalf a
    two = r"[ ]?-?[A-Za-z]{2}(?!\w)|-?[IVX]+(?!\w)|/[A-Za-z0-9]+"
    letter = rf"(?:[ ]?[-/]?[ ]?[A-Za-z](?![\w.\u2019'-])|{two})"
    digits = rf"\d{{1,4}}(?:[ ]?[-/][ ]?\d{{1,4}})?{letter}?(?!\w|[.,:]\d|[ ]?[%€])"
    spoken = rf"{number}(?:[ ](?!u\b)[a-z](?!['\u2019\w]))?"
    end = rf"(?![ ]?(?i:{any_of(words['not_house'])})(?!\w)|[ ]?[%€])"
    plain = rf"(?:{digits}|{spoken})"
    return digits, plain, end, box, sure_box
