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


@dataclasses.dataclass(frozen=True)
class Found:
    """Cues (or parts of cues) found, one entry per find: which, and the numbers of its outer tokens."""

    cue: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def where(self, keep: np.ndarray) -> Found:
        """Some of the finds, by mask or by order."""
        return Found(self.cue[keep], self.first[keep], self.last[keep])


@dataclasses.dataclass(frozen=True)
class Tree:
    """The patterns of a pack as a tree; its edges are symbols, a symbol is a word or a word class.

    Attributes
    ----------
    cues : polars.DataFrame
        The cue rows; the number of a cue is its row here.
    parts : numpy.ndarray
        The number of parts of each cue: the pieces between its gaps.
    gaps : numpy.ndarray
        The most tokens in the gap before each part of each cue.
    symbols : dict of str to list of int
        Per word its symbols: the word itself and the classes that hold it.
    table : numpy.ndarray
        The state that a state leads to by a symbol; the root where there is no branch.
    ends : dict of str to numpy.ndarray
        Which part of which cue ends in a state, and whether it must open or close a sentence; by state.
    """

    cues: pl.DataFrame
    parts: np.ndarray
    gaps: np.ndarray
    symbols: dict[str, list[int]]
    table: np.ndarray
    ends: dict[str, np.ndarray]


@functools.cache
def grow(pack: Pack, families: tuple[str, ...] | None) -> Tree:
    """Make the tree of a pack's cues, or of those in some of its files; kept in memory."""
    cues = pack.cues if families is None else pack.cues.filter(pl.col("family").is_in(families))
    patterns = [_split(pattern) for pattern in cues["pattern"]]
    symbol_of: dict[str, int] = {}
    states: dict[tuple[int, int], int] = {}
    ends = []
    for cue, (parts, _) in enumerate(patterns):
        for part, words in enumerate(parts):
            opens, closes = words[0] == "^", words[-1] == "$"
            state = ROOT
            for word in words[int(opens) : len(words) - int(closes)]:
                symbol = symbol_of.setdefault(word, len(symbol_of))
                state = states.setdefault((state, symbol), len(states) + 1)
            ends.append((state, cue, part, opens, closes))
    depth = max(len(parts) for parts, _ in patterns)
    table = np.full((len(states) + 1, len(symbol_of)), ROOT, dtype=np.int32)
    for (state, symbol), target in states.items():
        table[state, symbol] = target
    columns = zip(*sorted(ends), strict=True)
    names = ("state", "cue", "part", "opens", "closes")
    return Tree(
        cues=cues,
        parts=np.array([len(parts) for parts, _ in patterns]),
        gaps=np.array([(gaps + [0] * depth)[:depth] for _, gaps in patterns]),
        symbols=_symbols(symbol_of, pack),
        table=table,
        ends={name: np.array(column) for name, column in zip(names, columns, strict=True)},
    )


def find(tree: Tree, tokens: Tokens) -> Found:
    """Find every cue of a tree in the tokens."""
    state, first, last = _walk(tree, tokens)
    starts = np.searchsorted(tree.ends["state"], np.arange(len(tree.table) + 1))
    copy, nth = _spread(starts, state)
    end = {name: values[nth] for name, values in tree.ends.items()}
    found = Found(end["cue"], first[copy], last[copy])
    fits = (tokens.opens[found.first] | ~end["opens"]) & (tokens.closes[found.last] | ~end["closes"])
    found, part = found.where(fits), end["part"][fits]
    begun = found.where(part == 0)
    whole = [begun.where(tree.parts[begun.cue] == 1)]
    for place in range(1, tree.parts.max(initial=1)):
        begun = begun.where(tree.parts[begun.cue] > place)
        begun = _add_part(begun, found.where(part == place), tree.gaps[:, place], tokens)
        whole.append(begun.where(tree.parts[begun.cue] == place + 1))
    return Found(*(np.concatenate([getattr(f, name) for f in whole]) for name in ("cue", "first", "last")))


def _split(pattern: str) -> tuple[list[list[str]], list[int]]:
    """Split a pattern into its parts, and say how wide the gap before each may be."""
    parts: list[list[str]] = [[]]
    gaps = [0]
    for word in pattern.split(" "):
        if word in GAPS:
            parts.append([])
            gaps.append(GAPS[word])
        else:
            parts[-1].append(word)
    return parts, gaps


def _symbols(symbol_of: dict[str, int], pack: Pack) -> dict[str, list[int]]:
    symbols: dict[str, list[int]] = {}
    for name, symbol in symbol_of.items():
        for word in pack.word_class(name[1:-1]) if name.startswith("{") else [name]:
            symbols.setdefault(word, []).append(symbol)
    return symbols


def _walk(tree: Tree, tokens: Tokens) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return every state in which a pattern ends, with the first and last token of the way to it."""
    words = [tree.symbols.get(word, []) for word in tokens.vocabulary]
    starting = [[symbol for symbol in symbols if tree.table[ROOT, symbol] != ROOT] for symbols in words]
    is_end = np.zeros(len(tree.table), dtype=bool)
    is_end[tree.ends["state"]] = True
    goes_on = tree.table.any(axis=1)
    n = len(tokens.code)
    followed = np.zeros(n, dtype=bool)
    followed[:-1] = tokens.sentence[1:] == tokens.sentence[:-1]
    starts, symbols = _lists(starting)
    at = first = np.arange(n)
    state = np.full(n, ROOT)
    steps = []
    while len(at):
        copy, nth = _spread(starts, tokens.code[at])
        first, at, state = first[copy], at[copy], tree.table[state[copy], symbols[nth]]
        arrived = is_end[state]
        steps.append((state[arrived], first[arrived], at[arrived]))
        onward = goes_on[state] & followed[at] & (state != ROOT)
        first, at, state = first[onward], at[onward] + 1, state[onward]
        starts, symbols = _lists(words)
    if not steps:
        return state, first, at
    return tuple(np.concatenate(column) for column in zip(*steps, strict=True))


def _add_part(begun: Found, following: Found, gaps: np.ndarray, tokens: Tokens) -> Found:
    """Put the nearest next part behind each beginning, across a gap in the same sentence."""
    n = len(tokens.code)
    key = following.cue * n + following.first
    order = np.argsort(key)
    key = key[order]
    nearest = np.searchsorted(key, begun.cue * n + begun.last + 1)
    there = nearest < len(key)
    begun, nearest = begun.where(there), order[nearest[there]]
    then = following.where(nearest)
    near = (then.cue == begun.cue) & (then.first - begun.last - 1 <= gaps[begun.cue])
    near &= tokens.sentence[then.first] == tokens.sentence[begun.last]
    return Found(begun.cue[near], begun.first[near], then.last[near])


def _lists(lists: Iterable[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Lay lists behind each other; list i stands from starts[i] to starts[i + 1]."""
    starts = np.cumsum([0, *map(len, lists)])
    return starts, np.array([item for items in lists for item in items], dtype=np.int64)


def _spread(starts: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Go through list which[0], list which[1] …: for every item the place in `which`, and that of the item."""
    times = starts[which + 1] - starts[which]
    copy = np.repeat(np.arange(len(which)), times)
    passed = np.cumsum(times) - times
    return copy, np.arange(len(copy)) + (starts[which] - passed)[copy]
