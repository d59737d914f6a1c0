"""Patterns that people write, as the matcher reads them."""

from __future__ import annotations

import itertools
from typing import Any

import polars as pl

from salesinsight.errors import nearest
from salesinsight.language import Pack, normalise
from salesinsight.language.patterns import GAPS

EDGES = ("^", "$")
SIGNS = ("?", "!", "#")
Written = tuple[
    str, str, dict[str, Any]
]  # the pattern, the reason why it can't be used ("" when it can), facts


def write_patterns(patterns: list[str], pack: Pack) -> list[Written]:
    """Write patterns as the texts are read: lower case, one spelling, without commas and full stops.

    Parameters
    ----------
    patterns : list of str
        In the pattern language of ``packs/<language>/README.md``.
    pack : Pack
        The language: its spellings and word classes.

    Returns
    -------
    list of tuple
        Per pattern: as written, the code of what is wrong with it (``trackers.reject`` in the words of a
        pack; "" when nothing is) and the facts of that sentence.

    Examples
    --------
    >>> from salesinsight.language import load_pack
    >>> write_patterns(["Da's Te Duur", "kunt {jij}"], load_pack("nl"))[0]
    ("dat's te duur", '', {})
    """
    split = [pattern.lower().split() for pattern in patterns]
    plain = sorted({word for parts in split for word in parts if not _is_sign(word)})
    known = dict(zip(plain, normalise(pl.Series(plain, dtype=pl.String), pack), strict=True))
    return [_write(parts, known, pack) for parts in split]


def _is_sign(word: str) -> bool:
    return word in GAPS or word in EDGES or word in SIGNS or "{" in word or "}" in word


def _write(parts: list[str], known: dict[str, str], pack: Pack) -> Written:
    for word in parts:
        if "{" in word or "}" in word:
            name = word[1:-1]
            if word != f"{{{name}}}" or set("{}") & set(name):
                return "", "pattern_braces", {"braces": "{you}"}
            if name not in pack.settings["classes"]:
                near = nearest(name, list(pack.settings["classes"])) or "-"
                return "", "pattern_class", {"name": name, "near": near, "language": pack.language}
    written = " ".join(known.get(word, word) for word in parts).split()
    inner = written[written[:1] == ["^"] : len(written) - (written[-1:] == ["$"])]
    if set(inner) & set(EDGES):
        return "", "pattern_edge", {}
    if not any(word not in GAPS for word in inner):
        return "", "pattern_words", {}
    if {inner[0], inner[-1]} & set(GAPS) or any(
        a in GAPS and b in GAPS for a, b in itertools.pairwise(inner)
    ):
        return "", "pattern_gap", {}
    return " ".join(written), "", {}
