"""Patterns of cues as a tree, and the walk of tokens through it.

All positions of all texts walk through the tree at the same time: a step takes every walker one token
further and drops those for which the tree has no branch. There is no loop over texts.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable

import numpy as np
import polars as pl

from salesinsight.language.packs import Pack
from salesinsight.language.text import Tokens

GAPS = {"~": 4, "~~": 12}  # the most tokens that a gap may hold
ROOT = 0
Finds = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Tree:
    """The patterns of a pack as a tree; its edges are symbols, a symbol is a word or a word class.

    A gap cuts a pattern into parts. A part that two cues share is there once.

    Attributes
    ----------
    cues : polars.DataFrame
        The cue rows, label and pattern as Enum; the number of a cue is its row here.
    symbols : dict of str to list of int
        Per word its symbols: the word itself and the classes that hold it.
    table : numpy.ndarray
        The state that a state leads to by a symbol; the root where there is no branch.
    parts : numpy.ndarray
        Per part three numbers: the state in which it ends, whether it must open a sentence, and whether it
        must close one; in order of state.
    chain, gaps : numpy.ndarray
        Per cue its parts (-1: no more), and the widest gap before each.
    """

    cues: pl.DataFrame
    symbols: dict[str, list[int]]
    table: np.ndarray
    parts: np.ndarray
    chain: np.ndarray
    gaps: np.ndarray


@dataclasses.dataclass(frozen=True)
class Places:
    """Where parts were found: which part, its first and its last token; in order of part and place."""

    part: np.ndarray
    first: np.ndarray
    last: np.ndarray
    n_tokens: int

    def after(self, part: np.ndarray, token: np.ndarray) -> np.ndarray:
        """The nearest place where a part begins after a token, or -1."""
        place = np.searchsorted(self.part * self.n_tokens + self.first, part * self.n_tokens + token, "right")
        is_part = np.append(self.part, -1)[place] == part
        return np.where(is_part, place, -1)

    def before(self, part: np.ndarray, token: np.ndarray) -> np.ndarray:
        """The nearest place where a part ends before a token, or -1."""
        # A part is always equally long, so the last tokens are in order too.
        place = np.searchsorted(self.part * self.n_tokens + self.last, part * self.n_tokens + token) - 1
        is_part = np.append(self.part, -1)[place] == part
        return np.where(is_part, place, -1)


@functools.cache
def grow(pack: Pack, families: tuple[str, ...] | None) -> Tree:
    """Make the tree of a pack's cues, or of those in some of its files; kept in memory."""
    cues = pack.cues if families is None else pack.cues.filter(pl.col("family").is_in(families))
    symbol_of: dict[str, int] = {}
    states: dict[tuple[int, int], int] = {}
    chains: list[list[tuple[int, int, int]]] = []
    gaps: list[list[int]] = []
    for pattern in cues["pattern"]:
        chains.append([])
        gaps.append([])
        for gap, words in _split(pattern):
            opens, closes = words[0] == "^", words[-1] == "$"
            state = ROOT
            for word in words[int(opens) : len(words) - int(closes)]:
                symbol = symbol_of.setdefault(word, len(symbol_of))
                state = states.setdefault((state, symbol), len(states) + 1)
            chains[-1].append((state, opens, closes))
            gaps[-1].append(gap)
    table = np.full((len(states) + 1, len(symbol_of)), ROOT, dtype=np.int32)
    for (state, symbol), target in states.items():
        table[state, symbol] = target
    parts = sorted({part for chain in chains for part in chain})
    number = {part: place for place, part in enumerate(parts)}
    names = [pl.col(name).cast(pl.Enum(cues[name].unique().sort())) for name in ("label", "pattern")]
    return Tree(
        cues=cues.with_columns(names),
        symbols=_symbols(symbol_of, pack),
        table=table,
        parts=np.array(parts, dtype=np.int64).reshape(-1, 3),
        chain=_rectangle([[number[part] for part in chain] for chain in chains], -1),
        gaps=_rectangle(gaps, 0),
    )


def find(tree: Tree, tokens: Tokens) -> Finds:
    """Find every cue of a tree in the tokens: which cue, and the numbers of its first and last token."""
    places = _places(tree, tokens)
    begin = np.searchsorted(places.part, np.arange(len(tree.parts) + 1))
    whole = np.flatnonzero(tree.chain[:, 1] < 0)
    which, at = _spread(begin, tree.chain[whole, 0])
    found = [(whole[which], at, at)]
    cue, start, at = _pairs(tree, places, begin, tokens)
    for nth in range(2, tree.chain.shape[1]):
        part = tree.chain[cue, nth]
        found.append((cue[part < 0], start[part < 0], at[part < 0]))
        cue, start, at = cue[part >= 0], start[part >= 0], at[part >= 0]
        then = places.after(part[part >= 0], places.last[at])
        near = _near(at, then, tree.gaps[cue, nth], places, tokens)
        cue, start, at = cue[near], start[near], then[near]
    found.append((cue, start, at))
    cue, start, at = (np.concatenate(column) for column in zip(*found, strict=True))
    return cue, places.first[start], places.last[at]


def _split(pattern: str) -> list[tuple[int, list[str]]]:
    """Split a pattern into its parts, each with the width of the gap before it."""
    parts: list[tuple[int, list[str]]] = [(0, [])]
    for word in pattern.split(" "):
        if word in GAPS:
            parts.append((GAPS[word], []))
        else:
            parts[-1][1].append(word)
    return parts


def _rectangle(rows: list[list[int]], filler: int) -> np.ndarray:
    """Lay rows under each other, at least two wide, filled up with a number."""
    width = max([2, *map(len, rows)])
    return np.array([row + [filler] * (width - len(row)) for row in rows], dtype=np.int64).reshape(-1, width)


def _symbols(symbol_of: dict[str, int], pack: Pack) -> dict[str, list[int]]:
    symbols: dict[str, list[int]] = {}
    for name, symbol in symbol_of.items():
        for word in pack.word_class(name[1:-1]) if name.startswith("{") else [name]:
            symbols.setdefault(word, []).append(symbol)
    return symbols


def _places(tree: Tree, tokens: Tokens) -> Places:
    """Return every place where a part stands."""
    state, first, last = _walk(tree, tokens)
    begin = np.searchsorted(tree.parts[:, 0], np.arange(len(tree.table) + 1))
    copy, part = _spread(begin, state)
    first, last = first[copy], last[copy]
    opens, closes = tree.parts[part, 1] > 0, tree.parts[part, 2] > 0
    fits = np.flatnonzero((tokens.opens[first] | ~opens) & (tokens.closes[last] | ~closes))
    order = fits[np.argsort(part[fits] * len(tokens.code) + first[fits])]
    return Places(part[order], first[order], last[order], len(tokens.code))


def _walk(tree: Tree, tokens: Tokens) -> Finds:
    """Return every state in which a part ends, with the first and last token of the way to it."""
    symbols_of = [tree.symbols.get(word, []) for word in tokens.vocabulary]
    roots_of = [[symbol for symbol in symbols if tree.table[ROOT, symbol] != ROOT] for symbols in symbols_of]
    is_end = np.isin(np.arange(len(tree.table)), tree.parts[:, 0])
    goes_on = np.asarray(tree.table.any(axis=1))
    n = len(tokens.code)
    followed = np.zeros(n, dtype=bool)
    followed[:-1] = tokens.sentence[1:] == tokens.sentence[:-1]
    first, at, state = np.arange(n), np.arange(n), np.full(n, ROOT)
    begin, symbols = _lists(roots_of)
    steps = []
    while len(at):
        copy, nth = _spread(begin, tokens.code[at])
        first, at, state = first[copy], at[copy], tree.table[state[copy], symbols[nth]]
        ends = is_end[state]
        steps.append((state[ends], first[ends], at[ends]))
        onward = goes_on[state] & followed[at] & (state != ROOT)
        first, at, state = first[onward], at[onward] + 1, state[onward]
        begin, symbols = _lists(symbols_of)
    if not steps:
        return state, first, at
    state, first, at = (np.concatenate(column) for column in zip(*steps, strict=True))
    return state, first, at


def _pairs(tree: Tree, places: Places, begin: np.ndarray, tokens: Tokens) -> Finds:
    """Find the first two parts of the cues with a gap: the places nearest to each other."""
    cues = np.flatnonzero(tree.chain[:, 1] >= 0)
    count = np.diff(begin)
    first_is_rarer = count[tree.chain[cues, 0]] <= count[tree.chain[cues, 1]]
    forth, back = cues[first_is_rarer], cues[~first_is_rarer]
    which, start = _spread(begin, tree.chain[forth, 0])
    which_back, at_back = _spread(begin, tree.chain[back, 1])
    forth, back = forth[which], back[which_back]
    at = places.after(tree.chain[forth, 1], places.last[start])
    start_back = places.before(tree.chain[back, 0], places.first[at_back])
    cue = np.concatenate([forth, back])
    start, at = np.concatenate([start, start_back]), np.concatenate([at, at_back])
    near = _near(start, at, tree.gaps[cue, 1], places, tokens)
    cue, start, at = cue[near], start[near], at[near]
    mutual = places.after(tree.chain[cue, 1], places.last[start]) == at
    mutual &= places.before(tree.chain[cue, 0], places.first[at]) == start
    return cue[mutual], start[mutual], at[mutual]


def _near(start: np.ndarray, then: np.ndarray, gap: np.ndarray, places: Places, tokens: Tokens) -> np.ndarray:
    """Whether both places exist, stand in one sentence and leave no wider gap than allowed."""
    exist = (start >= 0) & (then >= 0)
    last, first = places.last[start], places.first[then]
    return exist & (first - last - 1 <= gap) & (tokens.sentence[last] == tokens.sentence[first])


def _lists(lists: Iterable[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Lay lists behind each other; list i stands from begin[i] to begin[i + 1]."""
    begin = np.cumsum([0, *map(len, lists)])
    return begin, np.array([item for items in lists for item in items], dtype=np.int64)


def _spread(begin: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Go through the lists `which`: for every item the place of its list in `which`, and its own place."""
    times = begin[which + 1] - begin[which]
    copy = np.repeat(np.arange(len(which)), times)
    passed = np.cumsum(times) - times
    return copy, np.arange(len(copy)) + (begin[which] - passed)[copy]
