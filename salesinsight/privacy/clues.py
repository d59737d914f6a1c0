"""What tells that a word is a name: signs of the words around it, the words, and how they are written."""

from __future__ import annotations

import functools
import re

import numpy as np
import polars as pl

from salesinsight.privacy.bits import Is
from salesinsight.privacy.lexicon import Lexicon, is_word, towns, wide_names
from salesinsight.privacy.words import Line

SHORTEST_TAIL = 5
_VOWEL = re.compile(r"[aeiouyà-öø-ÿ]")
REACH = (-2, -1, 0, 1, 2)
BITS = list(Is)
# what a word is beside its bits: part of a name by the patterns, how it is written, in which lists it is
MORE = (
    "RULED",
    "SMALL",
    "OPENING",
    "SURE",
    "FLAT",
    "WIDE_FIRST",
    "WIDE_LAST",
    "VERB",
    "FOREIGN",
    "PLACE",
    "TAIL",
    "MUTE",
    "AGAIN",
    "COMMON",
)
KINDS = 7  # of them, what the lists say: from WIDE_FIRST to MUTE
SIGNS = [*(str(bit.name) for bit in BITS), *MORE]
PAIRED = (
    "FIRST",
    "LAST",
    "UNHEARD",
    "CAPITAL",
    "PLAIN",
    "KNOWN",
)  # of the word itself, each with every sign around it
FEATURES = [f"{sign}@{place}" for place in REACH for sign in SIGNS] + [
    f"{own}+{sign}@{place}" for own in PAIRED for place in (-1, 0, 1) for sign in SIGNS
]


def signs_of(line: Line, ruled: np.ndarray, lexicon: Lexicon) -> np.ndarray:
    """One row per word, with two empty rows at either end: its bits as 0 and 1, and the signs of `MORE`."""
    bits = line.bits
    code, distinct = coded(line)
    small = ((bits & Is.WORD) > 0) & ((bits & Is.CAPITAL) == 0)
    sure = ((bits & (Is.FIRST | Is.LAST)) > 0) & ((bits & Is.ALSO) == 0)
    text = np.cumsum((bits & Is.EDGE) > 0)
    capitals = np.bincount(text, weights=(bits & Is.CAPITAL) > 0)
    kinds = np.array([_kinds(word, lexicon) for word in distinct], dtype=bool).reshape(-1, KINDS)[code]
    pair = text.astype(np.int64) * len(distinct) + code
    _, place, count = np.unique(pair, return_inverse=True, return_counts=True)
    again = (count[place] > 1) & ((bits & Is.WORD) > 0)
    common = ((bits & Is.KNOWN) > 0) & ((bits & Is.ALSO) > 0) & small
    more = (ruled > 0, small, (bits & Is.INSIDE) == 0, sure, capitals[text] == 0, *kinds.T, again, common)
    signs = np.zeros((len(bits) + 4, len(SIGNS)), dtype=bool)
    for column, bit in enumerate(BITS):
        signs[2:-2, column] = (bits & bit) > 0
    for column, values in enumerate(more, start=len(BITS)):
        signs[2:-2, column] = values
    return signs


@functools.lru_cache(maxsize=200_000)
def _kinds(word: str, lexicon: Lexicon) -> tuple[bool, ...]:
    """The signs from WIDE_FIRST to MUTE; a TAIL is a word of which only the end is in the dictionary."""
    from simplemma import lemmatize  # loaded where it is used

    first, last = wide_names()
    verb = len(word) > 2 and (stem := lemmatize(word, lang=lexicon.language)) != word and stem.endswith("n")
    known = is_word(word, lexicon.language)
    foreign = not known and is_word(word, "en")
    tail = not known and any(
        is_word(word[at:], lexicon.language) for at in range(2, len(word) - SHORTEST_TAIL)
    )
    mute = not _VOWEL.search(word)
    town = word in towns() or word in lexicon.people("places")
    return word in first, word in last, bool(verb), foreign, town, tail, mute


def features_of(signs: np.ndarray, places: np.ndarray) -> np.ndarray:
    """One row per word at these places, one column per feature of `FEATURES`; nothing of another text."""
    edge = SIGNS.index("EDGE")
    around = {place: signs[places + place + 2].astype(np.float32) for place in REACH}
    for near, far in ((-1, -2), (1, 2)):
        around[far] *= 1 - around[near][:, [edge]]
    around[0][:, SIGNS.index("RULED")] = 0  # which pattern took it says more
    own = [around[0][:, [SIGNS.index(sign)]] for sign in PAIRED]
    parts = [around[place] for place in REACH]
    parts += [mine * around[place] for mine in own for place in (-1, 0, 1)]
    return np.hstack(parts)


def coded(line: Line) -> tuple[np.ndarray, list[str]]:
    """Which word stands at each place of a line, and the distinct words; signs without space around them."""
    words = line.keys.str.strip_chars()
    encoded = words.to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()


def clues(word: str, place: int) -> list[str]:
    """What a word itself tells, so many places beside the one that is weighed.

    Examples
    --------
    >>> clues("vraagt", 1)
    ['word:vraagt@1', 'tail:agt@1']
    """
    if place:
        return (
            [f"word:{word}@{place}", f"tail:{word[-3:]}@{place}"]
            if abs(place) == 1
            else [f"word:{word}@{place}"]
        )
    marked = f"^{word}$"
    parts = [f"part:{marked[at : at + size]}" for size in (3, 4) for at in range(len(marked) - size + 1)]
    return [*dict.fromkeys(parts), f"size:{min(len(word), 12)}"]


def reached(line: Line, places: np.ndarray, place: int) -> np.ndarray:
    """Where the word so many places from each of these stands; -1 for one of another text."""
    at = places + place
    inside = (at >= 0) & (at < len(line.bits))
    at = np.where(inside, at, 0)
    if abs(place) == 2:
        inside &= (line.bits[places + place // 2 * inside] & Is.EDGE) == 0
    return np.where(inside, at, -1)
