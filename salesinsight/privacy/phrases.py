"""Phrases among the words of a page: what follows them, and those that name nobody."""

from __future__ import annotations

import numpy as np
import polars as pl

from salesinsight.privacy.bits import Is


def leave(keys: pl.Series, bits: np.ndarray, phrases: frozenset[str]) -> None:
    """Mark as no name what only looks like one: Albert Heijn, "mark my words"; but "van de Waal" is one."""
    spoken = np.flatnonzero((bits & Is.WORD) > 0)
    words = keys.gather(spoken)
    said = set(words.unique())
    for phrase in phrases:
        parts = phrase.replace(".", "").replace("&", "").split()
        if not said.issuperset(parts):
            continue
        at = runs(words, parts)
        first, last = spoken[at], spoken[at + len(parts) - 1]
        before = np.where(first > 0, bits[first - 1], 0)
        named = (((before & Is.STARTS) > 0) & ((before & Is.ARTICLE) == 0)) | ((before & Is.TITLE) > 0)
        for opening in at[~named & (last - first < 2 * len(parts))]:
            bits[spoken[opening : opening + len(parts)]] = Is.NEVER | Is.WORD | Is.INSIDE


def runs(words: pl.Series, parts: list[str]) -> np.ndarray:
    """Where these words stand behind each other."""
    at = np.flatnonzero((words == parts[0]).to_numpy())
    for step, part in enumerate(parts[1:], start=1):
        at = at[at + step < len(words)]
        at = at[(words.gather(at + step) == part).to_numpy()]
    return at


def after(words: pl.Series, bits: np.ndarray, phrases: list[str], opening: bool = False) -> np.ndarray:
    """The places right after one of these phrases; a comma or a colon may stand between."""
    said = set(words.unique())
    skip = ((bits & (Is.BREAK | Is.STOP)) > 0) & ((bits & Is.EDGE) == 0)
    places: list[np.ndarray] = []
    for phrase in phrases:
        parts = phrase.split()
        if not said.issuperset(parts):
            continue
        at = runs(words, parts)
        if opening:
            at = at[(bits[at] & Is.INSIDE) == 0]
        places.append(at + len(parts))
    found = np.unique(np.concatenate([*places, np.array([], dtype=np.int64)]))
    found = found[found < len(words)]
    found = found + skip[found]
    return found[found < len(words)]
