"""Numbers of people as they are written: e-mail, telephone, IBAN, BSN and RRN, each held to its check."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from salesinsight.privacy.lexicon import Lexicon
from salesinsight.privacy.page import Page, Span

_GAP = r"[ \u00a0\u202f]?[-./–]?[ \u00a0\u202f]?"
_DIGIT_BEFORE = r"(?<![\w+])(?<!\d[.,:/-])"
EMAIL = re.compile(r"(?<![\w.+-])[\w+](?:[\w.+'-]*[\w+])?@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_MAYBE_PHONE = re.compile(
    rf"{_DIGIT_BEFORE}(?:(?:\(?\+|00){_GAP}\d{{2}}\)?|\(?0\d{{0,4}}\)?)(?:{_GAP}\(0\))?(?:{_GAP}\d){{4,12}}(?![\w]|[.,:/-]\d)"
)
_MAYBE_BSN = re.compile(r"(?<![\w.,€$+-])(?<!\d )\d{1,4}(?:(?:[ .]| ?[-–] ?)?\d){5,8}(?![\w]|[.,:/-]\d| \d)")
_MAYBE_RRN = re.compile(r"(?<!\w)\d{2}[. /-]?\d{2}[. /-]?\d{2}[ ./-]{0,3}\d{3}[ ./-]{0,3}\d{2}(?!\w|[.,]\d)")
_DATE = re.compile(
    r"\(?\d{1,2}([-/. ])\d{1,2}\1(?:19|20)\d{2}(?!\d)|\d{1,2}([-/.])\d{1,2}\2\d{2}(?!\d|[-/. ]\d)"
)
# length of a bank account number, letters and digits together
IBAN_LENGTHS = {
    "NL": 18, "BE": 16, "DE": 22, "FR": 27, "LU": 20, "GB": 22, "ES": 24, "IT": 27, "AT": 20, "CH": 21,
    "PL": 28, "PT": 25, "IE": 22, "DK": 18, "SE": 24, "NO": 15, "FI": 18, "CZ": 24, "LT": 20, "TR": 26,
    "HU": 28, "RO": 24, "GR": 27, "BG": 22, "HR": 21, "SK": 24, "SI": 19, "EE": 20, "LV": 21, "MT": 31,
    "CY": 28,
}  # fmt: skip
_COUNTRY = "|".join(IBAN_LENGTHS)
_MAYBE_IBAN = re.compile(rf"(?<!\w)(?:(?i:{_COUNTRY}))[ ]?\d[ ]?\d(?:[ .-]?[A-Za-z0-9]){{10,30}}(?!\w)")
_AT_HOME = re.compile(r"NL\d\d[A-Z]{4}\d{10}|BE\d{14}")
LOOK_BACK, LOOK_FAR = 40, 80


def find_numbers(page: Page, lexicon: Lexicon) -> list[Span]:
    """Find e-mail addresses and numbers; the surest kinds first."""
    found: list[Span] = [(match.start(), match.end(), "email") for match in EMAIL.finditer(page.text)]
    found += _ibans(page.text)
    rrn = mentioned(lexicon, "rrn")
    for match in _MAYBE_RRN.finditer(page.text):
        named = rrn.search(before(page.text, match.start(), LOOK_FAR))
        if is_rrn(digits_of(match[0]), named=bool(named)):
            found.append((match.start(), match.end(), "rrn"))
    bsn = mentioned(lexicon, "bsn")
    for match in _MAYBE_PHONE.finditer(page.text):
        said = before(page.text, match.start())
        if is_phone(match[0]) and not is_other(said, lexicon) and not is_firm_number(match[0], said):
            found.append((match.start(), match.end(), "phone"))
    for match in _MAYBE_BSN.finditer(page.text):
        said = before(page.text, match.start())
        named = bsn.search(before(page.text, match.start(), LOOK_FAR))
        if (named or not is_other(said, lexicon)) and is_bsn(digits_of(match[0]), named=bool(named)):
            found.append((match.start(), match.end(), "bsn"))
    return found


def digits_of(text: str) -> str:
    """The digits in a text."""
    return re.sub(r"\D", "", text)


def is_phone(text: str) -> bool:
    """Whether a written number can be a telephone number of the Netherlands, Belgium or abroad."""
    digits = digits_of(text.replace("(0)", ""))
    if _DATE.match(text):
        return False
    if "+" in text or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if digits.startswith(("31", "32")):
            return is_phone_at_home("0" + digits[2:].removeprefix("0"))
        return 9 <= len(digits) <= 14
    return is_phone_at_home(digits)


def is_firm_number(text: str, said: str) -> bool:
    """Whether a number is a Belgian firm's: "BE" before it, or its form with the check of 97.

    Examples
    --------
    >>> [is_firm_number(text, "") for text in ("0883.120.447", "0403.170.701", "0475 12 34 56")]
    [False, True, False]
    """
    if not re.fullmatch(r"0\d{3}([. ])\d{3}\1\d{3}", text):
        return False
    digits = digits_of(text)
    return said.rstrip(" .").endswith("BE") or 97 - int(digits[:8]) % 97 == int(digits[8:])


def is_phone_at_home(digits: str) -> bool:
    """Whether these digits, from the 0, are a Dutch or a Belgian telephone number.

    Examples
    --------
    >>> [is_phone_at_home(digits) for digits in ("0612345678", "0475123456", "092123456", "0512345")]
    [True, True, True, False]
    """
    if not digits.startswith("0") or digits.startswith("00"):
        return False
    if digits[:4] in {"0800", "0900", "0906", "0909"}:
        return 8 <= len(digits) <= 11
    return len(digits) == 10 or (len(digits) == 9 and digits[1] in "123456789")


def is_iban(text: str) -> bool:
    """Whether letters and digits are a bank account number: the country's length and the check of 97.

    Examples
    --------
    >>> is_iban("NL91ABNA0417164300"), is_iban("DE89370400440532013001")
    (True, False)
    """
    if _AT_HOME.fullmatch(text):
        return True  # with a slip of the pen it is still somebody's account
    if IBAN_LENGTHS.get(text[:2]) != len(text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def is_bsn(digits: str, named: bool = False) -> bool:
    """Whether digits are a citizen service number: nine (eight and a 0) that pass the test of 11.

    Examples
    --------
    >>> is_bsn("111222333"), is_bsn("123456789")
    (True, False)
    """
    if len(digits) == 8:
        return named and is_bsn("0" + digits)
    if len(digits) != 9 or len(set(digits)) == 1:
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0 or named


def is_rrn(digits: str, named: bool = False) -> bool:
    """Whether eleven digits are a Belgian national number, born before or after 2000, or are called one.

    Examples
    --------
    >>> is_rrn("85073003328"), is_rrn("85073003327")
    (True, False)
    """
    if len(digits) != 11 or int(digits[2:4]) % 20 > 12 or int(digits[4:6]) > 31:
        return False
    return named or any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))


def is_other(said: str, lexicon: Lexicon) -> bool:
    """Whether what stands before a number makes it another one: "factuur", but not "factuur, tel"."""
    other = context(lexicon, "not_personal").search(said)
    cue = context(lexicon, "phone_cues").search(said)
    return other is not None and (cue is None or cue.start() < other.start())


@functools.cache
def context(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    """A word of a list close before a number, with nothing but small words between."""
    words = lexicon.settings["numbers"][name]
    # "factuurnr" is a factuur, but "portaal" is no po
    short = any_of([word for word in words if len(word) < 4] or ["\0"])
    long = any_of([word for word in words if len(word) > 3] or ["\0"])
    return re.compile(rf"(?<!\w)(?:{long}|{short}(?!\w))[^\w\0]*(?:\w{{1,6}}[^\w\0]+){{0,2}}$", re.IGNORECASE)


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, long ones first."""
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


@functools.cache
def mentioned(lexicon: Lexicon, name: str) -> re.Pattern[str]:
    """A word of a list anywhere, with no other number after it."""
    return re.compile(rf"(?<!\w){any_of(lexicon.settings['numbers'][name])}(?!\w)[^\d]*$", re.IGNORECASE)


def before(text: str, place: int, far: int = LOOK_BACK) -> str:
    """What stands shortly before a place, in the same text."""
    return text[max(0, place - far) : place].rpartition("\0")[2]


def _ibans(text: str) -> list[Span]:
    """Longer runs may hold an account number and the words after it: the longest right one counts."""
    found: list[Span] = []
    place = 0
    while match := _MAYBE_IBAN.search(text, place):
        places = [place for place in range(match.start(), match.end()) if text[place].isalnum()]
        signs = "".join(text[place] for place in places).upper()
        length = IBAN_LENGTHS.get(signs[:2], 0)
        place = match.start() + 2
        if length and len(signs) >= length and is_iban(signs[:length]):
            place = places[length - 1] + 1
            found.append((match.start(), place, "iban"))
    return found
