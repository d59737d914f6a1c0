"""Numbers and addresses as they are said: "nul zes twaalf vierendertig", "jan punt smit apenstaartje"."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable

from salesinsight.privacy.lexicon import Lexicon
from salesinsight.privacy.numbers import (
    LOOK_FAR,
    any_of,
    before,
    context,
    digits_of,
    is_bsn,
    is_iban,
    is_other,
    is_phone,
    is_rrn,
    mentioned,
)
from salesinsight.privacy.page import BETWEEN, Page, Span
from salesinsight.privacy.said import counting_of, number_starts, said_number

_SPACE = r"[ \u00a0,.\-/\u2013]*"
MOST_FILLERS = 3


@dataclasses.dataclass(frozen=True)
class Grammar:
    """The patterns of one language for what is said aloud.

    Attributes
    ----------
    number : str
        One number, in words or digits.
    run : re.Pattern
        Numbers behind each other with a stopword here and there.
    iban, email : re.Pattern
        An account number that begins with its country; an e-mail address.
    letter, spelled : re.Pattern
        One letter that is spelled ("dubbel s", "s van Simon"); four or more of them.
    again : re.Pattern
        What is said before a number is begun anew.
    """

    number: re.Pattern[str]
    run: re.Pattern[str]
    iban: re.Pattern[str]
    email: re.Pattern[str]
    letter: re.Pattern[str]
    spelled: re.Pattern[str]
    again: re.Pattern[str]


def find_spoken(page: Page, lexicon: Lexicon) -> list[Span]:
    """Find what is read aloud, digit by digit or word by word, and words that are spelled."""
    grammar = grammar_of(lexicon)
    text = page.text.lower()
    if len(text) != len(page.text):  # a letter that has two characters in lower case
        text = page.text
    said = number_starts(lexicon)
    found: list[Span] = []
    for place in page.holding(rf"\b{any_of(lexicon.settings['email']['at'])}\b|@"):
        found += [(match.start(), match.end(), "email") for match in grammar.email.finditer(text, *place)]
    for place in page.holding(rf"\b(?:{said}|\d)", least=3):
        for match in grammar.iban.finditer(text, *place):
            found += _iban(match, lexicon)
        for match in grammar.run.finditer(text, *place):
            found += _numbers(text, match, lexicon)
    for match in grammar.spelled.finditer(text):
        found.append((match.start(), match.end(), "person"))
        found += _same_word(text, match, lexicon)
    return found


def _same_word(text: str, spelled: re.Match[str], lexicon: Lexicon) -> list[Span]:
    """Where the name that is spelled is said as a word, in the same text."""
    parts = grammar_of(lexicon).letter.finditer(spelled[0])
    word = "[ ]?".join(letter[2] * (2 if letter[1] else 1) for letter in parts)
    begin, end = text.rfind(BETWEEN, 0, spelled.start()) + 1, text.find(BETWEEN, spelled.end())
    particles = any_of(lexicon.settings["people"]["particle_starts"])
    said = re.compile(rf"(?<![\w'])(?:{particles}[ ])*{word}(?!\w)")
    return [(match.start(), match.end(), "person") for match in said.finditer(text, begin, end)]


@functools.cache
def grammar_of(lexicon: Lexicon) -> Grammar:
    """Write the patterns of a language; made once."""
    said, mail = lexicon.settings["numbers"], lexicon.settings["email"]
    number = rf"(?:{counting_of(lexicon).whole}|\d+(?!\w))"
    again = any_of([*said["twice"], *said["thrice"]])
    atom = rf"(?:(?:{again}|{any_of(said['plus'])}|\+)[ ])?{number}"
    gap = rf"(?:{_SPACE}(?:{any_of(said['fillers'])})(?!\w)){{0,{MOST_FILLERS}}}{_SPACE}"
    run = rf"{atom}(?:{gap}{atom})*"
    country = any_of(said["countries"])
    letter = rf"(?:[a-z]|{any_of(lexicon.settings['address']['letters'])})"
    bank = rf"(?:[a-z]{{4}}|{letter}(?:[ .-]+{letter}){{3}}|{any_of(said['banks'])})(?!\w)"
    part = rf"[\w.+-]+(?:[ ](?:{counting_of(lexicon).whole}|\d+|[a-z])(?!\w))*"
    word = rf"(?:(?:{any_of(lexicon.settings['people']['particle_starts'])})[ ])*{part}"
    glue = rf"[(\[]?{any_of([*mail['dot'], *mail['signs']])}[)\]]?"
    domain = rf"(?:[a-z][ ])*[\w.-]+(?:[ ][\w-]+){{0,2}}?(?:[ ]?(?:{glue})[ ]?[\w-]+)*?"
    top = rf"(?:[ ]?[(\[]?{any_of(mail['dot'])}[)\]]?[ ]?{any_of(mail['domains'])})(?!\w)"
    provider = rf"{any_of(mail['providers'])}(?:[ ]{any_of(mail['domains'])}(?!\w)|(?=[.!?,]|[ ]*\0))"
    aside = rf"(?:[ ]{any_of(lexicon.settings['people']['spelled_as'])}[ ][^\W\d_]{{3,}})?"
    doubled = rf"(?:{any_of(said['twice'])}[ ])?(?:ij|[^\W\d_])"
    return Grammar(
        letter=re.compile(rf"(?<!\w)({any_of(said['twice'])}[ ])?(ij|[^\W\d_])(?!\w){aside}"),
        spelled=re.compile(
            rf"(?<![\w'\u2019])(?:{doubled}{aside}[ .,-]{{1,3}}){{3,}}{doubled}{aside}(?![\w'\u2019])"
        ),
        again=re.compile(rf"(?<!\w){any_of(said['corrections'])}(?!\w)"),
        number=re.compile(
            rf"(?:(?<!\w)|(?<=[a-z]{{2}})(?=\d))(?:({again}|{any_of(said['plus'])}|\+)[ ])?({number})"
        ),
        run=re.compile(rf"(?<![\w€])(?<!\d[.,]){run}"),
        iban=re.compile(rf"(?<!\w){country}{gap}({run})(?:{gap}(?:{bank}){gap}({run}))?"),
        email=re.compile(
            rf"(?<![\w.]){word}(?:[ ](?:{glue})[ ]{word})*"
            rf"(?:[ ]{any_of(mail['asides'])})?[ ]?[(\[]?(?:(?<!\w){any_of(mail['at'])}(?!\w)|@)[)\]]?[ ]?"
            rf"(?:{domain}(?:{top}|(?<=\w)\.{any_of(mail['domains'])}(?!\w))|{provider})"
        ),
    )


def _atoms(match: re.Match[str], group: int, lexicon: Lexicon) -> list[tuple[int, int, str]]:
    """The numbers of a run: place and digits, with "plus" as a plus sign."""
    said = lexicon.settings["numbers"]
    found = []
    for atom in grammar_of(lexicon).number.finditer(match.string, *match.span(group)):
        digits = said_number(atom[2], lexicon)
        if atom[1] in said["twice"]:
            digits *= 2
        elif atom[1] in said["thrice"]:
            digits *= 3
        elif atom[1]:
            digits = "+" + digits
        found.append((atom.start(), atom.end(), digits))
    return found


def _numbers(text: str, match: re.Match[str], lexicon: Lexicon) -> list[Span]:
    """Numbers of people within a run, with "achtentwintig honderd" as one number or as two."""
    if not any(map(str.isalpha, match[0])) and " " not in match[0]:
        return []
    atoms = _atoms(match, 0, lexicon)
    return _people(text, atoms, lexicon) or _people(text, _halved(text, atoms, lexicon), lexicon)


def _halved(text: str, atoms: list[tuple[int, int, str]], lexicon: Lexicon) -> list[tuple[int, int, str]]:
    """Numbers with those that have a space before "honderd" as two; nothing when there are none."""
    halves = []
    for start, end, digits in atoms:
        at = text.find(" " + lexicon.settings["numbers"]["hundred"][0], start, end)
        first = said_number(text[start:at], lexicon) if at > 0 else ""
        second = said_number(text[at + 1 : end], lexicon) if first else ""
        halves += [(start, at, first), (at + 1, end, second)] if second else [(start, end, digits)]
    return halves if len(halves) > len(atoms) else []


def _people(text: str, atoms: list[tuple[int, int, str]], lexicon: Lexicon) -> list[Span]:
    """Numbers of people among numbers: the longest that is right, from each place on."""
    if len(atoms) < 3 or sum(len(digits) for *_, digits in atoms) < 8:
        return []
    said = before(text, atoms[0][0])
    if is_other(said, lexicon):
        return []
    far = before(text, atoms[0][0], LOOK_FAR)
    named = [kind for kind in ("bsn", "rrn") if mentioned(lexicon, kind).search(far)]
    named += ["phone"] if context(lexicon, "phone_cues").search(said) else []
    again = grammar_of(lexicon).again
    anew = {at for at in range(1, len(atoms)) if again.search(text[atoms[at - 1][1] : atoms[at][0]])}
    found: list[Span] = []
    start = 0
    while start < len(atoms):
        for end in range(len(atoms), start + 2, -1):
            digits = "".join(part for *_, part in atoms[start:end])
            whole = end == len(atoms) and (start == 0 or start in anew)
            spoken = any(map(str.isalpha, text[atoms[start][0] : atoms[end - 1][1]]))
            if kind := _kind(digits, named, whole, spoken):
                found.append((atoms[0 if start in anew else start][0], atoms[end - 1][1], kind))
                start = end - 1
                break
        start += 1
    return found


def _kind(digits: str, named: list[str], whole: bool, spoken: bool) -> str:
    """What digits that were said can be."""
    if spoken and (is_phone(digits) or ("phone" in named and whole and is_phone("0" + digits))):
        return "phone"
    if is_rrn(digits, "rrn" in named):
        return "rrn"
    called = "bsn" in named
    return "bsn" if (called or (whole and spoken)) and is_bsn(digits, called) else ""


def _iban(match: re.Match[str], lexicon: Lexicon) -> Iterable[Span]:
    country = _country(match, lexicon)
    first = _atoms(match, 1, lexicon)
    digits = "".join(digits_of(part) for *_, part in first)
    if country == "BE":
        joined, last = "", 0
        for _, end, part in first:
            joined, last = joined + digits_of(part), end
            if len(joined) >= 14:
                break
        return [(match.start(), last, "iban")] if is_iban("BE" + joined) else []
    if match[2] is None or len(digits) != 2:
        return []
    joined, last = "", 0
    for _, end, part in _atoms(match, 2, lexicon):
        joined, last = joined + digits_of(part), end
        if len(joined) >= 10:
            break
    return [(match.start(), last, "iban")] if len(joined) == 10 else []


def _country(match: re.Match[str], lexicon: Lexicon) -> str:
    said = lexicon.settings["numbers"]["countries"]
    return next(said[word] for word in sorted(said, key=len, reverse=True) if match[0].startswith(word))
