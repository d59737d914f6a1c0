"""Patterns of cues as a tree, and the walk of tokens through it.

All positions of all texts walk through the tree at the same time: a step takes every walker one token
further and drops those for which the tree has no branch. There is no loop over texts.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import polars as pl

from salesinsight.language.packs import Pack
from salesinsight.language.text import Tokens

GAP = 4


@dataclasses.dataclass(frozen=True)
class Tree:
    """The patterns of a pack as a tree; its edges are symbols, a symbol is a word or a word class.

    Attributes
    ----------
    cues : polars.DataFrame
        The cue rows; the number of a cue is its row here.
    symbols : polars.DataFrame
        Per word its symbols: the word itself and the classes that hold it.
    branches, targets : numpy.ndarray
        Sorted keys ``state * n_symbols + symbol``, and the state that each leads to.
    ends : polars.DataFrame
        Which part of which cue ends in a state, and whether it must open or close a sentence.
    """

    cues: pl.DataFrame
    symbols: pl.DataFrame
    n_symbols: int
    branches: np.ndarray
    targets: np.ndarray
    ends: pl.DataFrame
    depth: int


@functools.cache
def grow(pack: Pack, families: tuple[str, ...] | None) -> Tree:
    """Make the tree of a pack's cues, or of those in some of its files; kept in memory."""
    cues = pack.cues if families is None else pack.cues.filter(pl.col("family").is_in(families))
    symbol_of: dict[str, int] = {}
    states: dict[tuple[int, int], int] = {}
    ends = []
    depth = 0
    for cue, pattern in enumerate(cues["pattern"].to_list()):
        parts = [part.split(" ") for part in pattern.split(" ~ ")]
        for place, part in enumerate(parts):
            opens, closes = part[0] == "^", part[-1] == "$"
            words = part[int(opens) : len(part) - int(closes)]
            state = 0
            for word in words:
                symbol = symbol_of.setdefault(word, len(symbol_of))
                state = states.setdefault((state, symbol), len(states) + 1)
            depth = max(depth, len(words))
            ends.append((state, cue, place, len(parts), opens, closes))
    keys = np.array([state * len(symbol_of) + symbol for state, symbol in states], dtype=np.int64)
    order = np.argsort(keys)
    return Tree(
        cues=cues,
        symbols=_symbols_per_word(symbol_of, pack),
        n_symbols=len(symbol_of),
        branches=keys[order],
        targets=np.array(list(states.values()), dtype=np.int64)[order],
        ends=pl.DataFrame(ends, schema=["state", "cue", "part", "parts", "opens", "closes"], orient="row"),
        depth=depth,
    )


def find(tree: Tree, tokens: Tokens) -> pl.DataFrame:
    """Find every cue: columns cue, first and last (numbers of its first and last token)."""
    places = _walk(tree, tokens).join(tree.ends, on="state")
    first, last = places["first"].to_numpy(), places["last"].to_numpy()
    fits = (tokens.opens[first] | ~places["opens"].to_numpy()) & (
        tokens.closes[last] | ~places["closes"].to_numpy()
    )
    places = places.filter(pl.Series(fits)).with_columns(
        sentence=tokens.sentence[first[fits]] if fits.any() else pl.lit(0, pl.Int64)
    )
    columns = ["cue", "first", "last"]
    whole = [places.filter(pl.col("parts") == 1).select(columns)]
    begun = places.filter((pl.col("parts") > 1) & (pl.col("part") == 0))
    part = 1
    while len(begun):
        begun = _add_part(begun, places.filter((pl.col("parts") > part) & (pl.col("part") == part)))
        part += 1
        whole.append(begun.filter(pl.col("parts") == part).select(columns))
        begun = begun.filter(pl.col("parts") > part)
    return pl.concat(whole)


def _add_part(begun: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Put the nearest next part behind each beginning, at most `GAP` tokens on in the same sentence."""
    following = parts.select("cue", "sentence", then="first", until="last")
    between = pl.col("then") - pl.col("last") - 1
    return (
        begun.join(following, on=["cue", "sentence"])
        .filter(between.is_between(0, GAP))
        .sort("then")
        .unique(["cue", "first"], keep="first", maintain_order=True)
        .with_columns(last="until")
        .drop("then", "until")
    )


def _symbols_per_word(symbol_of: dict[str, int], pack: Pack) -> pl.DataFrame:
    held: dict[str, list[int]] = {}
    for name, symbol in symbol_of.items():
        for word in pack.word_class(name[1:-1]) if name.startswith("{") else [name]:
            held.setdefault(word, []).append(symbol)
    schema = {"word": pl.String, "symbols": pl.List(pl.Int64)}
    return pl.DataFrame({"word": list(held), "symbols": list(held.values())}, schema=schema)


def _walk(tree: Tree, tokens: Tokens) -> pl.DataFrame:
    """Return every state that a stretch of tokens leads to: state, first, last."""
    n = len(tokens.row)
    known = pl.DataFrame({"word": tokens.word, "token": np.arange(n)}).join(
        tree.symbols, on="word", maintain_order="left"
    )
    count = np.zeros(n, dtype=np.int64)
    count[known["token"].to_numpy()] = known["symbols"].list.len().to_numpy()
    begin = np.cumsum(count) - count
    symbols = known["symbols"].explode().to_numpy()
    first, at, state = np.arange(n), np.arange(n), np.zeros(n, dtype=np.int64)
    found = [np.empty((3, 0), dtype=np.int64)]
    for _ in range(tree.depth if len(symbols) else 0):
        times = count[at]
        nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        first, at, state = np.repeat(first, times), np.repeat(at, times), np.repeat(state, times)
        key = state * tree.n_symbols + symbols[begin[at] + nth]
        branch = np.minimum(np.searchsorted(tree.branches, key), len(tree.branches) - 1)
        alive = tree.branches[branch] == key
        first, at, state = first[alive], at[alive], tree.targets[branch[alive]]
        found.append(np.stack([state, first, at]))
        onward = (at + 1 < n) & (tokens.sentence[np.minimum(at + 1, n - 1)] == tokens.sentence[at])
        first, at, state = first[onward], at[onward] + 1, state[onward]
    state, first, last = np.concatenate(found, axis=1)
    return pl.DataFrame({"state": state, "first": first, "last": last})
