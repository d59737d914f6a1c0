"""Names that no pattern finds, and finds that are none: a linear model that was learned weighs them."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from salesinsight.privacy.bits import Is
from salesinsight.privacy.clues import FEATURES, REACH, clues, coded, features_of, reached, signs_of
from salesinsight.privacy.lexicon import Lexicon, learned_weights
from salesinsight.privacy.page import Page, Span
from salesinsight.privacy.words import Line

FILE = "learned.csv"
# from even odds on, for a name that stays is worse than a word that goes; what a pattern found goes only
# when it is hardly a name
THRESHOLD, DOUBT = 0.5, 0.1
AT_ONCE = 20_000  # words weighed at a time, which keeps memory in bounds
NAME_LIKE = Is.FIRST | Is.LAST | Is.UNHEARD | Is.CAPITAL
NO_NAME = Is.NEVER | Is.TITLE | Is.BREAK | Is.STOP | Is.EDGE | Is.INITIAL


@dataclasses.dataclass(frozen=True, eq=False)
class Weights:
    """What the model learned.

    Attributes
    ----------
    start : float
        Weight of every word.
    signs : numpy.ndarray
        One weight per feature of `FEATURES`.
    words : dict of str to float
        Weights of the clues of words, and of the patterns: ``word:bel@-1``, ``part:stra``, ``rule:name3``.
    """

    start: float
    signs: np.ndarray
    words: dict[str, float]

    @classmethod
    def of(cls, learned: dict[str, float]) -> Weights:
        """Sort weights by what they weigh."""
        signs = np.array([learned.get(name, 0.0) for name in FEATURES], dtype=np.float32)
        words = {name: weight for name, weight in learned.items() if ":" in name}
        return cls(learned.get("start", 0.0), signs, words)


@functools.cache
def load_weights(language: str) -> Weights | None:
    """The weights of a language; nothing when it has none."""
    learned = learned_weights(language, FILE)
    return Weights.of(learned) if learned else None


def find_learned(
    page: Page, line: Line, found: list[Span], rules: list[str], weights: Weights | None, lexicon: Lexicon
) -> list[Span]:
    """Names that the patterns left, joined with those beside them; what they found without reason goes.

    Parameters
    ----------
    page : Page
        The texts.
    line : Line
        Their words.
    found : list of Span
        What the patterns found.
    rules : list of str
        Which pattern found each.
    weights : Weights, optional
        What was learned; without it nothing changes.
    lexicon : Lexicon
        The words of the language.

    Returns
    -------
    list of Span
        Those found, with the added ones; one that lies against a name of a person is made one with it.

    Examples
    --------
    >>> import polars as pl
    >>> from salesinsight.privacy.lexicon import load_lexicon
    >>> page = Page.of(pl.Series(["Dag Kees"]))
    >>> find_learned(page, None, [(4, 8, "person")], ["titled"], None, load_lexicon("nl"))
    [(4, 8, 'person')]
    """
    if weights is None or not len(line.bits):
        return found
    ruled, names = ruled_words(line, found, rules)
    places = np.flatnonzero(weighed(line, ruled))
    sure = np.zeros(len(line.bits))
    sure[places] = certainty(line, ruled, names, places, weights, lexicon)
    found = [span for span in found if span[2] != "person" or _stands(line, span, sure)]
    ruled, _ = ruled_words(line, found, ["kept"] * len(found))
    name = (sure >= THRESHOLD) & (ruled == 0) & candidates(line)
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
    return [*(span for span in found if span not in joined), *one_of(added)]


def _stands(line: Line, span: Span, sure: np.ndarray) -> bool:
    """Whether any word of a find may be a name."""
    first, last = np.searchsorted(line.end, span[0], side="right"), np.searchsorted(line.start, span[1])
    return bool(sure[first:last].max(initial=0.0) >= DOUBT)


def one_of(spans: list[Span]) -> list[Span]:
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
    begin = first - 1 if first and line.bits[first - 1] & (Is.PARTICLE | Is.UPON) else first
    before = line.bits[begin - 1] if begin else 0
    at = last + 1
    while line.bits[at] & Is.PARTICLE:  # every page ends with an edge
        at += 1
    street = line.bits[at] & Is.STREET
    beside = last + 2 if line.bits[last + 1] & Is.AND else last + 1  # "Jansen & Co"
    return bool(before & Is.FIRM_NEXT or line.bits[beside] & Is.FIRM_BEFORE or street)


def candidates(line: Line) -> np.ndarray:
    """Which words may be names without a pattern that says so."""
    bits = line.bits
    barred = (bits & NO_NAME) > 0
    # "wil" is a name too; a word right behind a first name or a title may be one
    also = ((bits & (Is.FIRST | Is.LAST)) > 0) & ((bits & Is.ALSO) > 0) & ((bits & Is.CAPITAL) == 0)
    barred &= ~(also & ((bits & NO_NAME) == Is.NEVER))
    behind = np.concatenate([[False], (bits[:-1] & (Is.FIRST | Is.TITLE)) > 0])[: len(bits)]
    counted = np.concatenate([[False], (bits[:-1] & Is.NEUTER) > 0])[: len(bits)]  # "een merel" is a bird
    barred |= counted & ((bits & Is.CAPITAL) == 0)
    # "Van:" heads a message
    barred |= ((bits & Is.PARTICLE) > 0) & ((bits & (Is.FIRST | Is.LAST | Is.UNHEARD)) == 0)
    # "Tilburg en Breda", "van Bosch"
    town = ((bits & (Is.TOWN | Is.BRAND)) > 0) & ((bits & (Is.FIRST | Is.KNOWN | Is.NAMED)) == 0)
    alone = np.concatenate([[True], (bits[:-1] & (Is.FIRST | Is.TITLE | Is.INITIAL)) == 0])[: len(bits)]
    firm = np.concatenate([[False], (bits[:-1] & Is.AND) > 0])[: len(bits)] & ((bits & Is.FIRM_BEFORE) > 0)
    barred |= (town & alone) | firm  # "& Co"
    return ~barred & (((bits & NAME_LIKE) > 0) | (behind & ((bits & Is.PLAIN) > 0)))


def weighed(line: Line, ruled: np.ndarray) -> np.ndarray:
    """Which words are weighed: those that may be names, and the words of what was found."""
    return candidates(line) | ((ruled > 0) & ((line.bits & Is.WORD) > 0))


def ruled_words(line: Line, found: list[Span], rules: list[str]) -> tuple[np.ndarray, list[str]]:
    """Which pattern took each word for a part of a name: a number in the names of patterns, 0 for none."""
    names = ["", *sorted(set(rules))]
    number = {name: at for at, name in enumerate(names)}
    ruled = np.zeros(len(line.bits), dtype=np.int64)
    if found:
        first = np.searchsorted(line.end, [span[0] for span in found], side="right")
        last = np.searchsorted(line.start, [span[1] for span in found], side="left")
        for begin, end, rule in zip(first.tolist(), last.tolist(), rules, strict=True):
            ruled[begin:end] = number[rule]
    return ruled, names


def certainty(
    line: Line, ruled: np.ndarray, names: list[str], places: np.ndarray, weights: Weights, lexicon: Lexicon
) -> np.ndarray:
    """How sure each of these words is a part of a name, from 0 to 1."""
    total = np.full(len(places), weights.start)
    signs = signs_of(line, ruled, lexicon)
    for begin in range(0, len(places), AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        total[part] += features_of(signs, places[part]) @ weights.signs
    code, distinct = coded(line)
    table = weights.words
    for place in REACH:
        at = reached(line, places, place)
        used = np.zeros(len(distinct), dtype=bool)
        used[code[at[at >= 0]]] = True
        worth = np.zeros(len(distinct) + 1)
        for which in np.flatnonzero(used).tolist():
            worth[which] = sum(table.get(clue, 0.0) for clue in clues(distinct[which], place))
        total += worth[np.where(at >= 0, code[at], -1)]
    total += np.array([table.get(f"rule:{name}", 0.0) for name in names])[ruled[places]]
    return 1 / (1 + np.exp(-total))
