"""Names that no pattern finds: a linear model, learned from sentences, weighs a word and its neighbours."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import polars as pl

from salesinsight.language import load_pack
from salesinsight.privacy.bits import Is
from salesinsight.privacy.page import Page, Span
from salesinsight.privacy.words import Line

FILE = "learned.csv"
# from even odds on, for a name that stays is worse than a word that goes
THRESHOLD = 0.5
AT_ONCE = 20_000  # words weighed at a time, which keeps memory in bounds
REACH = (-2, -1, 0, 1, 2)
ENDING = 3  # letters
BITS = list(Is)
# what a word is beside its bits: part of a name by the patterns, and what it is not
MORE = ("RULED", "SMALL", "OPENING", "SURE", "FLAT")
SIGNS = [*(str(bit.name) for bit in BITS), *MORE]
PAIRED = ("FIRST", "LAST", "UNHEARD", "CAPITAL")  # of the word itself, each with every sign around it
FEATURES = [f"{sign}@{place}" for place in REACH for sign in SIGNS] + [
    f"{own}+{sign}@{place}" for own in PAIRED for place in (-1, 0, 1) for sign in SIGNS
]
NAME_LIKE = Is.FIRST | Is.LAST | Is.UNHEARD | Is.CAPITAL
NO_NAME = Is.NEVER | Is.BREAK | Is.STOP | Is.EDGE | Is.INITIAL


@dataclasses.dataclass(frozen=True, eq=False)
class Weights:
    """What the model learned.

    Attributes
    ----------
    start : float
        Weight of every word.
    signs : numpy.ndarray
        One weight per feature of `FEATURES`.
    words : dict of int to dict of str to float
        Per place beside the word, weights of the words that stand there.
    endings : dict of str to float
        Weights of the last letters of the word.
    """

    start: float
    signs: np.ndarray
    words: dict[int, dict[str, float]]
    endings: dict[str, float]

    @classmethod
    def of(cls, learned: dict[str, float]) -> Weights:
        """Sort weights by what they weigh: a feature, ``word:bel@-1`` or ``ending:stra``."""
        words: dict[int, dict[str, float]] = {place: {} for place in REACH if place}
        endings = {}
        for name, weight in learned.items():
            kind, _, rest = name.partition(":")
            if kind == "word":
                word, _, place = rest.rpartition("@")
                words[int(place)][word] = weight
            elif kind == "ending":
                endings[rest] = weight
        signs = np.array([learned.get(name, 0.0) for name in FEATURES], dtype=np.float32)
        return cls(learned.get("start", 0.0), signs, words, endings)


@functools.cache
def load_weights(language: str) -> Weights | None:
    """The weights of a language; nothing when it has none."""
    path = load_pack(language).folder / "names" / FILE
    if not path.is_file():
        return None
    learned = pl.read_csv(path, schema={"feature": pl.String, "weight": pl.Float64})
    return Weights.of(dict(learned.iter_rows()))


def find_learned(page: Page, line: Line, found: list[Span], weights: Weights | None) -> list[Span]:
    """Names that the patterns left, joined with those beside them.

    Parameters
    ----------
    page : Page
        The texts.
    line : Line
        Their words.
    found : list of Span
        What the patterns found, in order.
    weights : Weights, optional
        What was learned; without it nothing is added.

    Returns
    -------
    list of Span
        Those found, with the added ones; one that lies against a name of a person is made one with it.

    Examples
    --------
    >>> find_learned(Page.of(pl.Series(["Dag Kees"])), None, [(4, 8, "person")], None)
    [(4, 8, 'person')]
    """
    if weights is None or not len(line.bits):
        return found
    ruled = ruled_words(line, found)
    places = np.flatnonzero(candidates(line) & ~ruled)
    name = np.zeros(len(line.bits), dtype=bool)
    name[places] = certainty(line, ruled, places, weights) >= THRESHOLD
    before = {end: (start, end, kind) for start, end, kind in found if kind == "person"}
    behind = {start: (start, end, kind) for start, end, kind in found if kind == "person"}
    joined: set[Span] = set()
    added: list[Span] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], name, [False]]).astype(np.int8)))
    for first, last in zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True):
        opening = _with_particles(line, ruled, first)
        if _is_other(line, opening, last):
            continue
        start, end = int(line.start[opening]), int(line.end[last])
        for beside, place in ((before, start - 1), (behind, end + 1)):
            span = beside.get(place)
            if span and page.text[min(place, end)] == " ":
                joined.add(span)
                start, end = min(start, span[0]), max(end, span[1])
        added.append((start, end, "person"))
    return [*(span for span in found if span not in joined), *_one(added)]


def _one(spans: list[Span]) -> list[Span]:
    """Make one of spans that share a part: both took the name between them in."""
    whole: list[Span] = []
    for start, end, kind in sorted(spans):
        if whole and start < whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]), kind)
        else:
            whole.append((start, end, kind))
    return whole


def _with_particles(line: Line, ruled: np.ndarray, first: int) -> int:
    """Where a name begins, with the "van der" before it when it opens with a last name."""
    if not line.bits[first] & (Is.LAST | Is.UNHEARD) or line.bits[first] & Is.FIRST:
        return first
    place = first
    while place and line.bits[place - 1] & Is.PARTICLE and not ruled[place - 1]:
        place -= 1
    # "ter attentie van Mbuyi": one small particle before a capital is more often a word
    alone = place == first - 1 and line.bits[first] & Is.CAPITAL and not line.bits[place] & Is.CAPITAL
    return place if line.bits[place] & Is.STARTS and not alone else first


def _is_other(line: Line, first: int, last: int) -> bool:
    """Whether what stands beside it makes it a firm or a street: "Jan van Galenstraat"."""
    before = line.bits[first - 1] if first else 0
    at = last + 1
    while line.bits[at] & Is.PARTICLE:  # every page ends with an edge
        at += 1
    street = line.bits[at] & Is.STREET
    return bool(before & Is.FIRM_NEXT or line.bits[last + 1] & Is.FIRM_BEFORE or street)


def candidates(line: Line) -> np.ndarray:
    """Which words may be names at all; the others are not weighed."""
    like = ((line.bits & NAME_LIKE) > 0) & ((line.bits & NO_NAME) == 0)
    # "een merel" is a bird; after words that only may name somebody, a word that is also a word is one:
    # "de dag erna"
    behind = np.concatenate([[False], (line.bits[:-1] & Is.NEUTER) > 0])[: len(like)]
    unsaid = ((line.bits & Is.ALSO) > 0) & ((line.bits & Is.MAYBE) > 0) & ((line.bits & Is.MET) == 0)
    return like & ~((behind | unsaid) & ((line.bits & Is.CAPITAL) == 0))


def ruled_words(line: Line, found: list[Span]) -> np.ndarray:
    """Which words the patterns took for a part of a name."""
    ruled = np.zeros(len(line.bits) + 1, dtype=np.int64)
    if found:
        begin, end = (np.array([span[at] for span in found]) for at in (0, 1))
        np.add.at(ruled, np.searchsorted(line.end, begin, side="right"), 1)
        np.add.at(ruled, np.searchsorted(line.start, end, side="left"), -1)
    return np.cumsum(ruled)[:-1] > 0


def certainty(line: Line, ruled: np.ndarray, places: np.ndarray, weights: Weights) -> np.ndarray:
    """How sure each of these words is a part of a name, from 0 to 1."""
    total = np.full(len(places), weights.start)
    signs = signs_of(line, ruled)
    for begin in range(0, len(places), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        total[part] += features_of(signs, places[part]) @ weights.signs
    for place, table in weights.words.items():
        total += _weighed(neighbours(line, places, place), table)
    total += _weighed(endings_of(line.keys.gather(places)), weights.endings)
    return 1 / (1 + np.exp(-total))


def _weighed(keys: pl.Series, table: dict[str, float]) -> np.ndarray:
    if not table:
        return np.zeros(len(keys))
    return keys.replace_strict(table, default=0.0, return_dtype=pl.Float64).to_numpy()


def signs_of(line: Line, ruled: np.ndarray) -> np.ndarray:
    """One row per word, with two empty rows at either end: its bits as 0 and 1, and the signs of `MORE`."""
    bits = line.bits
    small = ((bits & Is.WORD) > 0) & ((bits & Is.CAPITAL) == 0)
    sure = ((bits & (Is.FIRST | Is.LAST)) > 0) & ((bits & Is.ALSO) == 0)
    text = np.cumsum((bits & Is.EDGE) > 0)
    capitals = np.bincount(text, weights=(bits & Is.CAPITAL) > 0)
    more = (ruled, small, (bits & Is.INSIDE) == 0, sure, capitals[text] == 0)
    signs = np.zeros((len(bits) + 4, len(SIGNS)), dtype=bool)
    for column, bit in enumerate(BITS):
        signs[2:-2, column] = (bits & bit) > 0
    for column, values in enumerate(more, start=len(BITS)):
        signs[2:-2, column] = values
    return signs


def features_of(signs: np.ndarray, places: np.ndarray) -> np.ndarray:
    """One row per word at these places, one column per feature of `FEATURES`; nothing of another text."""
    edge = SIGNS.index("EDGE")
    around = {place: signs[places + place + 2].astype(np.float32) for place in REACH}
    for near, far in ((-1, -2), (1, 2)):
        around[far] *= 1 - around[near][:, [edge]]
    own_ruled = SIGNS.index("RULED")
    around[0][:, own_ruled] = 0  # of the word itself it would tell what is asked
    own = [around[0][:, [SIGNS.index(sign)]] for sign in PAIRED]
    parts = [around[place] for place in REACH]
    parts += [mine * around[place] for mine in own for place in (-1, 0, 1)]
    return np.hstack(parts)


def neighbours(line: Line, places: np.ndarray, place: int) -> pl.Series:
    """The word so many places from each of these; empty where the page ends."""
    at = places + place
    inside = (at >= 0) & (at < len(line.keys))
    words = line.keys.gather(np.clip(at, 0, len(line.keys) - 1))
    return pl.select(pl.when(pl.Series(inside)).then(words).otherwise(pl.lit(""))).to_series()


def endings_of(words: pl.Series) -> pl.Series:
    """The last letters of each longer word; empty for a short one."""
    return pl.select(
        pl.when(words.str.len_chars() > ENDING + 1).then(words.str.slice(-ENDING)).otherwise(pl.lit(""))
    ).to_series()
