"""Patterns of cues as one automaton, and the walk of tokens through it.

All positions of all texts walk through the automaton at the same time: a step takes every walker one token
further and drops those for which there is no way on. There is no loop over texts.
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
    """The patterns of a pack as a deterministic automaton over kinds of words.

    A gap cuts a pattern into parts. A part that two cues share is there once. Words that the same patterns
    ask for, by themselves or through the same word classes, are of one kind.

    Attributes
    ----------
    cues : polars.DataFrame
        The cue rows, label and pattern as Enum; the number of a cue is its row here.
    kinds : polars.DataFrame
        word and kind (from 1) of every word in a pattern or in a class that a pattern names; any other word
        is of kind 0.
    table : numpy.ndarray
        The state that a state leads to by a kind of word; the root where there is no way on.
    begin, ends : numpy.ndarray
        The parts that end in state s are ``ends[begin[s]:begin[s + 1]]``.
    opens, closes : numpy.ndarray
        Per part whether it must open a sentence, and whether it must close one.
    chain, gaps : numpy.ndarray
        Per cue its parts (-1: no more), and the widest gap before each.
    """

    cues: pl.DataFrame
    kinds: pl.DataFrame
    table: np.ndarray
    begin: np.ndarray
    ends: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
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
    """Make the automaton of a pack's cues, or of those in some of its files; kept in memory."""
    cues = pack.cues if families is None else pack.cues.filter(pl.col("family").is_in(families))
    branches: list[dict[str, int]] = [{}]
    chains: list[list[tuple[int, bool, bool]]] = []
    gaps: list[list[int]] = []
    for pattern in cues["pattern"]:
        chains.append([])
        gaps.append([])
        for gap, words in _split(pattern):
            opens, closes = words[0] == "^", words[-1] == "$"
            state = ROOT
            for word in words[int(opens) : len(words) - int(closes)]:
                if word not in branches[state]:
                    branches[state][word] = len(branches)
                    branches.append({})
                state = branches[state][word]
            chains[-1].append((state, opens, closes))
            gaps[-1].append(gap)
    parts = sorted({part for chain in chains for part in chain})
    number = {part: place for place, part in enumerate(parts)}
    kinds, table, states = _determine(branches, pack)
    parts_in: dict[int, list[int]] = {}
    for place, (state, _, _) in enumerate(parts):
        parts_in.setdefault(state, []).append(place)
    begin, ends = _lists([sorted(part for s in merged for part in parts_in.get(s, [])) for merged in states])
    names = [pl.col(name).cast(pl.Enum(cues[name].unique().sort())) for name in ("label", "pattern")]
    return Tree(
        cues=cues.with_columns(names),
        kinds=kinds,
        table=table,
        begin=begin,
        ends=ends,
        opens=np.array([opens for _, opens, _ in parts], dtype=bool),
        closes=np.array([closes for _, _, closes in parts], dtype=bool),
        chain=_rectangle([[number[part] for part in chain] for chain in chains], -1),
        gaps=_rectangle(gaps, 0),
    )


def find(tree: Tree, tokens: Tokens) -> Finds:
    """Find every cue of a tree in the tokens: which cue, and the numbers of its first and last token."""
    places = _places(tree, tokens)
    begin = np.searchsorted(places.part, np.arange(len(tree.opens) + 1))
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


def _determine(
    branches: list[dict[str, int]], pack: Pack
) -> tuple[pl.DataFrame, np.ndarray, list[frozenset[int]]]:
    """Merge the states that the same words lead to: kinds of words, table, and what each state merges."""
    asked: dict[str, set[str]] = {}
    for name in {name for branch in branches for name in branch}:
        for word in pack.word_class(name[1:-1]) if name.startswith("{") else [name]:
            asked.setdefault(word, set()).add(name)
    kind_of: dict[frozenset[str], int] = {}
    kinds = {word: kind_of.setdefault(frozenset(names), len(kind_of) + 1) for word, names in asked.items()}
    of_name: dict[str, list[int]] = {}
    for names, kind in kind_of.items():
        for name in names:
            of_name.setdefault(name, []).append(kind)
    root = frozenset([ROOT])
    number, ways = {root: ROOT}, []
    for merged in (states := [root]):  # grows while we walk it
        onward: dict[int, set[int]] = {}
        for state in merged:
            for name, target in branches[state].items():
                for kind in of_name.get(name, ()):
                    onward.setdefault(kind, set()).add(target)
        for kind, targets in onward.items():
            both = frozenset(targets)
            if both not in number:
                number[both] = len(states)
                states.append(both)
            ways.append((number[merged], kind, number[both]))
    table = np.full((len(states), len(kind_of) + 1), ROOT, dtype=np.int32)
    if ways:
        source, kind_column, target_column = np.array(ways).T
        table[source, kind_column] = target_column
    words = pl.DataFrame(
        {"word": list(kinds), "kind": list(kinds.values())}, schema={"word": pl.String, "kind": pl.Int32}
    )
    return words, table, states


def _places(tree: Tree, tokens: Tokens) -> Places:
    """Return every place where a part stands."""
    state, first, last = _walk(tree, tokens)
    copy, item = _spread(tree.begin, state)
    part, first, last = tree.ends[item], first[copy], last[copy]
    fits = np.flatnonzero(
        (tokens.opens[first] | ~tree.opens[part]) & (tokens.closes[last] | ~tree.closes[part])
    )
    order = fits[np.argsort(part[fits] * len(tokens.code) + first[fits])]
    return Places(part[order], first[order], last[order], len(tokens.code))


def _walk(tree: Tree, tokens: Tokens) -> Finds:
    """Return every state in which a part ends, with the first and last token of the way to it."""
    words = tokens.vocabulary.replace_strict(tree.kinds["word"], tree.kinds["kind"], default=0)
    kind = words.to_numpy()[tokens.code].astype(np.int64)
    width, table = tree.table.shape[1], tree.table.ravel()
    is_end = np.diff(tree.begin) > 0
    goes_on = np.asarray(tree.table.any(axis=1))
    followed = np.zeros(len(kind), dtype=bool)
    followed[:-1] = tokens.sentence[1:] == tokens.sentence[:-1]
    first = at = np.arange(len(kind))
    state = np.full(len(kind), ROOT, dtype=np.int64)
    steps = []
    while True:
        state = table[state * width + kind[at]].astype(np.int64)
        ends = np.flatnonzero(is_end[state])
        steps.append((state[ends], first[ends], at[ends]))
        onward = np.flatnonzero(goes_on[state] & followed[at] & (state != ROOT))
        if not len(onward):
            break
        first, at, state = first[onward], at[onward] + 1, state[onward]
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
