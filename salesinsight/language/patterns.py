"""Patterns of cues as one automaton, and where they are found in tokens."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from salesinsight.language.packs import Pack
from salesinsight.language.text import Tokens
from salesinsight.language.walking import ROOT, find_parts, join_parts

SIDES = ("any", "seller", "customer")
GAPS = {"~": 4, "~~": 12}  # the most tokens that a gap may hold
Finds = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclasses.dataclass(frozen=True, eq=False)
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
    edges : numpy.ndarray
        Per part 1 when it must open a sentence, plus 2 when it must close one.
    chain, gaps : numpy.ndarray
        Per cue its parts (-1: no more), and the widest gap before each.
    told_begin, told : numpy.ndarray
        The cues that are whole with part p, or of which it is the second, are
        ``told[told_begin[p]:told_begin[p + 1]]``.
    negatable, side : numpy.ndarray
        Per cue whether a negation drops it, and the side that says it, as a place in `SIDES`.
    """

    cues: pl.DataFrame
    kinds: pl.DataFrame
    table: np.ndarray
    begin: np.ndarray
    ends: np.ndarray
    edges: np.ndarray
    chain: np.ndarray
    gaps: np.ndarray
    told_begin: np.ndarray
    told: np.ndarray
    negatable: np.ndarray
    side: np.ndarray


@functools.cache
def grow(pack: Pack, families: tuple[str, ...] | None) -> Tree:
    """Make the automaton of a pack's cues, or of those in some of its files; kept in memory."""
    cues = pack.cues if families is None else pack.cues.filter(pl.col("family").is_in(families))
    branches: list[dict[str, int]] = [{}]
    chains: list[list[tuple[int, int]]] = []
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
            chains[-1].append((state, opens + 2 * closes))
            gaps[-1].append(gap)
    parts = sorted({part for chain in chains for part in chain})
    number = {part: place for place, part in enumerate(parts)}
    kinds, table, states = _determine(branches, pack)
    parts_in: dict[int, list[int]] = {}
    for place, (state, _) in enumerate(parts):
        parts_in.setdefault(state, []).append(place)
    begin, ends = _lists([sorted(part for s in merged for part in parts_in.get(s, [])) for merged in states])
    names = [pl.col(name).cast(pl.Enum(cues[name].unique().sort())) for name in ("label", "pattern")]
    chain = _rectangle([[number[part] for part in chain] for chain in chains], -1)
    told_by = np.where(chain[:, 1] < 0, chain[:, 0], chain[:, 1])
    return Tree(
        cues=cues.with_columns(names),
        kinds=kinds,
        table=table,
        begin=begin,
        ends=ends,
        edges=np.array([edge for _, edge in parts], dtype=np.int32),
        chain=chain,
        gaps=_rectangle(gaps, 0),
        told_begin=np.searchsorted(np.sort(told_by), np.arange(len(parts) + 1)).astype(np.int32),
        told=np.argsort(told_by, kind="stable").astype(np.int32),
        negatable=(cues["negatable"] == "yes").to_numpy(),
        side=_places_in(cues["side"], SIDES, 0),
    )


def find(tree: Tree, tokens: Tokens) -> Finds:
    """Find every cue of a tree in the tokens: which cue, and the numbers of its first and last token."""
    kind = tokens.numbers(tree.kinds["word"], tree.kinds["kind"].to_numpy())
    said = (kind, tokens.code, tokens.sentence, tokens.opens, tokens.closes)
    automaton = (tree.table, tree.begin, tree.ends, tree.edges)
    *places, _ = _with_room(2 * len(tokens.code), find_parts, *said, *automaton)
    told = (tree.told_begin, tree.told, tree.chain, tree.gaps)
    *found, _ = _with_room(len(tokens.code), join_parts, *places, tokens.sentence, *told)
    return found[0], found[1], found[2]


@functools.lru_cache(maxsize=64)
def cues_among(tree: Tree, labels: tuple[str, ...]) -> np.ndarray:
    """Per cue the place of its label in labels; -1 when it isn't one of them."""
    return _places_in(tree.cues["label"].cast(pl.String), labels, -1)


def _places_in(values: pl.Series, names: Sequence[str], default: int) -> np.ndarray:
    number = {name: place for place, name in enumerate(names)}
    return np.array([number.get(value, default) for value in values], dtype=np.int32)


def _with_room(room: int, search: Any, *arrays: np.ndarray) -> tuple[Any, ...]:
    """Search again with more room when there is more to find than was thought."""
    *found, n = search(*arrays, room)
    return search(*arrays, n) if n > room else (*found, n)


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
    return np.array([row + [filler] * (width - len(row)) for row in rows], dtype=np.int32).reshape(-1, width)


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


def _lists(lists: Iterable[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Lay lists behind each other; list i stands from begin[i] to begin[i + 1]."""
    begin = np.cumsum([0, *map(len, lists)], dtype=np.int32)
    return begin, np.array([item for items in lists for item in items], dtype=np.int32)
