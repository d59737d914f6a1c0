"""What headers and cells mean, from the language packs: ``columns/headers.csv`` and ``columns/values.csv``.

The words of all languages count together: a Dutch list often has English headers, and the other way round.
"""

from __future__ import annotations

import csv
import dataclasses
import difflib
import functools
import re
import unicodedata

from salesinsight.language import languages, load_pack

SIGNS = re.compile(r"[^\w%€]+|_")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# so much alike is a slip of the pen; shorter words are alike by accident
ALIKE, LEAST_LETTERS = 0.86, 5
UNITS = {"seconds": "s", "minutes": "min", "hours": "h"}


@dataclasses.dataclass(frozen=True)
class Hit:
    """A header that is, is like or contains a word of the packs.

    Attributes
    ----------
    meaning : str
        What the word means.
    how : str
        "exact", "near" (a slip of the pen) or "part" (one of several words).
    sure : bool
        Whether the word says this by itself.
    word : str
        The word of the pack.
    """

    meaning: str
    how: str
    sure: bool
    word: str


def fold(text: str) -> str:
    """Small letters without accents and signs, words one space apart.

    Examples
    --------
    >>> fold("Verw. Sluit-datum (ex BTW)"), fold("dealStage"), fold("created_at")
    ('verw sluit datum ex btw', 'deal stage', 'created at')
    """
    plain = unicodedata.normalize("NFKD", CAMEL.sub(" ", text))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(SIGNS.sub(" ", plain).split()).casefold()


@functools.lru_cache(maxsize=20_000)
def header_hits(header: str, file: str) -> tuple[Hit, ...]:
    """What a header may mean in a kind of file ("deals", "calls", …), the likeliest first.

    Examples
    --------
    >>> [(hit.meaning, hit.how, hit.sure) for hit in header_hits("Bedrag ex btw", "deals")]
    [('amount', 'exact', True)]
    >>> header_hits("Verwachte sluitdatm", "deals")[0].how
    'near'
    """
    known = _headers()[file]
    name = fold(header)
    bare = _bare(name)
    found = [Hit(meaning, "exact", sure, word) for meaning, sure, word in known if _same(word, name, bare)]
    if not found:
        near = _near(bare)
        found = [Hit(meaning, "near", sure, word) for meaning, sure, word in known if word == near]
    if not found:
        inside = [one for one in known if _inside(one[2], bare)]
        inside.sort(key=lambda one: -len(one[2]))
        found = [Hit(meaning, "part", False, word) for meaning, _, word in inside]
    return tuple(sorted(found, key=lambda hit: not hit.sure))


def value_of(meaning: str, text: str) -> str:
    """The fixed value that a word in a cell stands for; "" when none is known.

    Examples
    --------
    >>> value_of("status", "Gesloten - gewonnen"), value_of("direction", "Inbound"), value_of("status", "?")
    ('won', 'in', '')
    """
    return _values().get(meaning, {}).get(fold(text), "")


def unit_in(header: str) -> str:
    """The unit that a header names, "" when it names none.

    Examples
    --------
    >>> unit_in("Duur (sec.)"), unit_in("Gespreksduur")
    ('s', '')
    """
    tokens = fold(header).split()
    return next((UNITS[meaning] for meaning, _, word in _headers()["unit"] if word in tokens[1:]), "")


def is_no_decision(reason: str) -> bool:
    """Whether a reason of loss is, or contains, one that the packs know as no decision at all."""
    said = f" {fold(reason)} "
    return any(f" {fold(known)} " in said for known in _no_decisions())


def _inside(word: str, bare: str) -> bool:
    """Whether a word is one of several, or the last part of a compound as Dutch makes them."""
    apart = len(word) > 2 and f" {word} " in f" {bare} "
    return apart or (len(word) >= LEAST_LETTERS and bare.endswith(word) and " " not in word)


def _same(word: str, name: str, bare: str) -> bool:
    return word in (name, bare) or word.replace(" ", "") in (name.replace(" ", ""), bare.replace(" ", ""))


@functools.lru_cache(maxsize=20_000)
def _near(bare: str) -> str:
    """The word of the packs that a header was meant to be, "" when none is like it."""
    close, best, found = bare.replace(" ", ""), ALIKE, ""
    if len(close) < LEAST_LETTERS:
        return found
    for word, parts in _all_words():
        other = word.replace(" ", "")
        if parts != bare.count(" ") or abs(len(other) - len(close)) > 2 or len(other) < LEAST_LETTERS:
            continue
        if abs(len(other) - len(close)) > 1 and (other.startswith(close) or close.startswith(other)):
            # another word, made of this one
            continue
        alike = 1.0 if _swapped(close, other) else 0.0
        matcher = difflib.SequenceMatcher(None, close, other)
        if not alike and matcher.quick_ratio() >= best:
            alike = matcher.ratio()
        if alike >= best and (alike > best or not found):
            best, found = alike, word
    return found


def _swapped(one: str, other: str) -> bool:
    """Whether two neighbouring letters changed places."""
    unlike = [place for place, signs in enumerate(zip(one, other, strict=False)) if signs[0] != signs[1]]
    return len(one) == len(other) and len(unlike) == 2 and sorted(one) == sorted(other)


@functools.cache
def _all_words() -> list[tuple[str, int]]:
    words = {
        word for file, known in _headers().items() if file not in ("any", "unit") for _, _, word in known
    }
    return [(word, word.count(" ")) for word in sorted(words)]


def _bare(name: str) -> str:
    """A header without what stands behind it about tax, currency or unit."""
    extras = sorted((word for _, _, word in _headers()["any"]), key=len, reverse=True)
    units = [word for _, _, word in _headers()["unit"]]
    left = f" {name} "
    for word in extras:
        shorter = left.replace(f" {word} ", " ")
        left = shorter if shorter.strip() else left
    tokens = left.split()
    while len(tokens) > 1 and tokens[-1] in units:
        tokens.pop()
    return " ".join(tokens)


def _rows(name: str) -> list[dict[str, str]]:
    rows = []
    for language in languages():
        text = (load_pack(language).folder / "columns" / f"{name}.csv").read_text(encoding="utf-8")
        rows += list(csv.DictReader(text.splitlines()))
    return rows


def _split(words: str) -> list[str]:
    return [fold(word) for word in words.split("|")]


@functools.cache
def _headers() -> dict[str, list[tuple[str, bool, str]]]:
    """Per kind of file: what is meant, whether the word alone says so, and the word."""
    found: dict[str, dict[tuple[str, str], bool]] = {}
    for row in _rows("headers"):
        for file in row["file"].split():
            for word in _split(row["words"]):
                known = found.setdefault(file, {})
                known[row["meaning"], word] = known.get((row["meaning"], word), False) or row["sure"] == "yes"
    return {
        file: [(meaning, sure, word) for (meaning, word), sure in known.items()]
        for file, known in found.items()
    }


@functools.cache
def _values() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in _rows("values"):
        for word in _split(row["words"]):
            found.setdefault(row["meaning"], {})[word] = row["value"]
    return found


@functools.cache
def _no_decisions() -> list[str]:
    return [
        reason
        for language in languages()
        for reason in load_pack(language).settings["label"]["no_decision_reasons"]
    ]
