"""Segments of texts: the loops over bytes do what the regular expression beside them says."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesinsight.language import segments
from salesinsight.language.segments import (
    QUOTES,
    kinds_of_characters,
    places_among,
    segment_ends,
    sort_bytes,
    tell_apart,
)
from salesinsight.language.text import bytes_of

LETTER = r"[\p{L}\p{M}\p{N}]"
SEGMENT = "|".join(
    [
        r"\p{N}+(?:[.,:]\p{N}+)+",  # 12.000 and 14:30
        rf"[{QUOTES}]\p{{L}}\b",  # 't and 'k
        rf"{LETTER}+(?:(?:[{QUOTES}]|[-&]){LETTER}+)*",
        f"[{QUOTES}]",
        rf"[^\p{{L}}\p{{M}}\p{{N}}{QUOTES}]+",
    ]
)
# what decides where a segment ends, and characters of two, three and four bytes
TELLING = "ab1 '’-&.,:?_é\u0301\u200d²Ⅻ一\U0001f600\U0001d7d8"


def cut(texts: list[str]) -> list[list[str]]:
    data, ends = bytes_of(pl.Series(texts, dtype=pl.String))
    to, until = segment_ends(sort_bytes(data, kinds_of_characters()), ends)
    parts = [bytes(part).decode() for part in np.split(data, to)[: len(to)]]
    return [list(part) for part in np.split(np.array(parts, dtype=object), until)[: len(texts)]]


@settings(deadline=None)  # the first text waits for the loops
@given(st.lists(st.one_of(st.text(max_size=12), st.text(TELLING, max_size=12)), min_size=1, max_size=20))
def test_texts_are_cut_as_the_regular_expression_cuts_them(texts):
    expected = pl.Series(texts, dtype=pl.String).str.extract_all(SEGMENT)
    assert cut(texts) == expected.to_list()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12.000,50x", ["12.000,50", "x"]),
        ("'t is 'ns", ["'t", " ", "is", " ", "'", "ns"]),
        ("R&D-team's-", ["R&D-team's", "-"]),
        ("’k\U0001f600", ["’k", "\U0001f600"]),
        ("", []),
    ],
)
def test_segments(text, parts):
    assert cut([text]) == [parts]


@pytest.mark.parametrize("n", [3, 40_000])  # more than a table has slots for at first
def test_what_is_the_same_has_one_number(n):
    said = [f"{place % n}woord{'x' * (place % 3)}" for place in range(2 * n)]
    data, ends = bytes_of(pl.Series(said))
    code, begin, store = tell_apart(data, ends)
    distinct = list(dict.fromkeys(said))
    assert [distinct[number] for number in code] == said
    assert [bytes(part).decode() for part in np.split(store, begin[1:-1])] == distinct


def test_words_that_begin_alike_are_told_apart(monkeypatch):
    """The key of a word is a number of its first bytes; when keys are equal the bytes decide."""
    monkeypatch.setattr(segments, "PRIME", np.uint64(0))  # all long words get one key
    said = ["verzekering", "verzekeraar", "verzekering", "verz"]
    data, ends = bytes_of(pl.Series(said))
    with np.errstate(over="ignore"):  # a key is what is left of a product
        code, first, is_full = segments._number.function(data, ends, 6)
    assert code.tolist() == [0, 1, 0, 2] and first.tolist() == [0, 1, 3] and not is_full


def test_places_among_words():
    wanted, words = (bytes_of(pl.Series(said)) for said in (["b", None, "zz", "a", "b"], ["a", "b", "c"]))
    assert places_among(wanted, words).tolist() == [1, -1, -1, 0, 1]
    nothing = bytes_of(pl.Series([], dtype=pl.String))
    assert places_among(wanted, nothing).tolist() == [-1] * 5
    assert places_among(nothing, words).tolist() == []
