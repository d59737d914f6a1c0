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
BESIDE = r"(?:,?[ ]|,?[ ]?(?://|[-\u2013|\u2022/\n])[ ]?)"  # between a street and its town
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
    number : re.Pattern
        A number that may be a house's, with its letter and its box.
    boxes_of_post : re.Pattern
        A box at the post office, at the end of what stands before a postcode.
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
    number: re.Pattern[str]
    boxes_of_post: re.Pattern[str]


@functools.cache
def streets_of(lexicon: Lexicon) -> Streets:
    """Write the patterns of a language; made once."""
    words = lexicon.settings["address"]
    number = rf"(?i:{counting_of(lexicon).whole})"
    below, ones = counting_of(lexicon).below, any_of(lexicon.settings["numbers"]["units"])
    numbered = rf"(?i:{any_of(words['number_words'])}\.?[ ]?)"
    letters = any_of([*words["letters"], *"abcdefghijklmnopqrstuvwxyz"])
    digits, plain, end, box, sure_box = _houses(words, number, ones)
    house = rf"{plain}{end}{box}?"
    start, links = any_of(words["street_starts"]), any_of(words["street_links"])
    # Achter de Molen, Het Hof, Zuid
    name = rf"(?:(?:(?i:{start})[ ]){{0,2}}{CAPITAL}(?:[ ](?:(?i:{start}|{links})|{CAPITAL})){{0,3}}?)"
    small = rf"(?:(?:(?i:{start})[ ]){{1,3}}[\w'\u2019-]{{2,}}|[\w'\u2019-]{{2,}})"
    at, pause = any_of(words["street_at"]), any_of(lexicon.people("hesitations"))
    spelled = rf"(?i:{letters})[ .,]{{0,2}}(?i:{letters})"
    said_code = rf"(?:{number}[ ]?){{1,4}}(?:,?[ ]?(?P<spelled>{spelled})(?!\w))?"
    open_ = r"(?<![\w'\u2019-])"
    return Streets(
        street=re.compile(rf"{open_}{_ending(words)}(?:,?[ ]{numbered}|[ ](?:{pause}[ ])?){house}"),
        dutch=re.compile(
            rf"{ALONE}[1-9]\d{{3}}[ ]?(?P<letters>(?!S[ADS])[A-Z]{{2}}|[a-z]{{2}})(?!\w)"
            rf"(?P<house>,?[ ]{numbered}?{house})?"
        ),
        coded=re.compile(
            rf"{ALONE}{BELGIAN}(?:[ ][\w'\u2019-]+)?,?[ ]{numbered}{digits}{box}?"
            rf"|(?i:(?<!\w)(?:{ones}(?:[ ]{ones}){{3}}|{below}[ ]{below})"
            rf"[ ]{spelled}[ ,]+(?:{any_of(words['house_links'])}[ ])?{numbered}{house})"
            rf"|(?i:(?<!\w){numbered}{plain}[ ]{at}[ ](?:\w{{1,3}}[ ])?[\w'\u2019-]*"
            rf"{any_of(words['streets'])}(?!\w))"
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
            rf"{BESIDE}(?:(?:{any_of([*words['town_words'], *words['postcode']])})[ ]){{0,2}}"
            rf"(?:(?:NL|B|BE)[ -])?"
            rf"(?:(?P<dutch>{DUTCH})|(?P<belgian>[1-9]\d{{3}}(?!\w|[.,]\d))|(?P<said>{said_code}))"
        ),
        before_code=re.compile(
            rf"{ALONE}(?:{DUTCH}|{BELGIAN})(?:,?[ ](?P<town>[\w'\u2019 -]+?))?(?:,?[ ]|[ ]?[-|\n][ ]?)$"
        ),
        towns=re.compile(
            rf"(?:(?P<comma>,?)[ ]|{BESIDE})(?P<link>(?:{any_of(words['town_words'])})[ ])?"
            rf"(?P<town>[\w'\u2019-]+(?:[ ][\w'\u2019/-]+){{0,3}})"
        ),
        number=re.compile(rf"(?<=[\w.'\u2019,][ ])(?=\d|{_openings(lexicon)})(?P<number>{plain}){box}?"),
        boxes_of_post=re.compile(rf"(?<!\w){any_of(words['boxes_of_post'])}[ ]\d+[,. ]+$", re.IGNORECASE),
    )


def _ending(words: Mapping[str, list[str]]) -> str:
    """A pattern for words that end, or begin, as the name of a street does."""
    prefix, links = any_of(words["street_prefixes"]), any_of(words["street_links"])
    lead = rf"(?:\d{{1,2}}(?:e|de|ste)[ ])?(?:(?:(?i:{prefix})|{CAPITAL})[ .-]{{1,2}}){{0,3}}"
    short = rf"{any_of(words['short_streets'])}\.?|\w{{3}}{any_of(words['pointed_streets'])}\."
    street = rf"{lead}(?P<word>(?i:[\w'\u2019-]*(?:{any_of(words['streets'])}|{short})))"
    foreign = rf"(?i:{any_of(words['foreign_streets'])})(?:[ ][\w'\u2019-]+){{1,5}}?"
    behind = rf"(?i:{any_of(words['streets_first'])}[ ]{links}(?:[ ][\w'\u2019-]+){{1,3}}?)"
    return rf"(?:{street}|{foreign}|{behind})"


def _openings(lexicon: Lexicon) -> str:
    """The first two letters of what is said for a number, so that most words are passed by."""
    said = lexicon.settings["numbers"]
    words = [*counting_of(lexicon).values, *said["hundred"], *said["thousand"]]
    return rf"(?i:{any_of({word[:2] for word in words})})"


def _houses(words: Mapping[str, list[str]], number: str, ones: str) -> tuple[str, ...]:
    """Patterns of the number of a house, of what it may not be followed by, and of its box."""
    in_box = rf"(?:\d+[\w.]*|[A-Za-z](?!\w)|{number}(?:[ ][a-z](?!\w))?)"
    floor = rf"(?:\d{{1,2}}e?|{number})[ ](?i:{any_of(words['floors'])})(?!\w)"
    one = rf"(?:,?[ ]?(?:[-/(][ ]?)?(?:(?i:{any_of(words['box'])})\.?[ ]?{in_box}?(?!\w)|{floor})\)?)"
    box = rf"(?:{one}{one}?)"
    sure_box = rf"(?:,?[ ]?(?i:{any_of(words['sure_box'])})[ ]?{in_box})(?!\w)"
    # 12, 12-14, 12a, 12 b, 12-II, twaalf a
    two = rf"[ -]?(?i:{any_of(words['additions'])})(?!\w)|[ ][A-Za-z][ ]\d{{1,4}}(?!\w|[.,:]\d)"
    two += r"|[ ]?-?[A-Za-z]{2}(?!\w)|[ -]?[IVX]+(?!\w)|/[A-Za-z0-9]+"
    two += r"|[A-Za-z]?-\d{1,2}(?!\w)|[ ][A-Za-z]\d{1,3}(?!\w)"
    two += rf"|[ -]\d?(?i:{any_of(words['floors'])})(?!\w)"
    letter = rf"(?:{two}|[ ]?[-/]?[ ]?[A-Za-z](?![\w.\u2019'-]))"
    more = any_of(words["house_links"])
    digits = (
        rf"\d{{1,4}}(?:[ ]?[-/][ ]?\d{{1,4}})?{letter}?(?!\w|[.,:/-]\d|[ ]?[%€])"
        rf"(?:[ ]{more}[ ]\d{{1,4}}[A-Za-z]?(?!\w|[.,:]\d|[ ]?[%€]|[ ][^\W\d]))?"
    )
    unit = rf"[ ]{ones}(?!\w)(?![ ]{any_of(words['floors'])})"  # no "drie hoog"
    spoken = rf"{number}(?:{unit}){{0,2}}(?:[ ](?!u\b)[a-z](?!['\u2019\w]))?"
    end = rf"(?![ ]?(?i:{any_of(words['not_house'])})(?!\w)|[ ]?[%€])"
    plain = rf"(?:{digits}|{spoken})"
    return digits, plain, end, box, sure_box
