"""Texts to tokens: offsets, sentences, spellings."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesinsight.language import load_pack, normalise
from salesinsight.language.text import tokenise

NL = load_pack("nl")


def words(text: str) -> list[str]:
    tokens = tokenise(pl.Series([text]), NL)
    return tokens.vocabulary.gather(tokens.code).to_list()


def sentences(text: str) -> list[str]:
    tokens = tokenise(pl.Series([text]), NL)
    found: dict[int, list[str]] = {}
    for number, word in zip(tokens.sentence, words(text), strict=True):
        found.setdefault(int(number), []).append(word)
    return [" ".join(parts) for parts in found.values()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hoe lang al?", ["hoe", "lang", "al", "?"]),
        ("’t is ‘k weet het", ["het", "is", "ik", "weet", "het"]),
        ("foto's, auto’s en één-op-één", ["foto's", "auto's", "en", "één-op-één"]),
        ("Leuk hé", ["leuk", "hè"]),
        ("Dat is, euh, 12.500 euro om 14:30", ["dat", "is", "#", "euro", "om", "#"]),
        ("een 3e keer", ["een", "#", "keer"]),
        ("he\u0300 \u00e9\u00e9n", ["hè", "een"]),
        ("", []),
        ("...", []),
        ("\U0001f600 ok", ["oké"]),
    ],
)
def test_words_are_read_in_one_spelling(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ja. Dat klopt. Echt waar?", 3),
        ("Dat kost 1.200 euro per maand", 1),
        ("Ik sprak dhr. De Vries en mevr. Peeters", 1),
        ("Bedragen zijn excl. vervoer", 1),
        ("Nou... ik weet het niet", 1),
        ("Eerlijk gezegd: dat is veel; te veel", 3),
        ("Echt?! Hoe dan?", 2),
        ("eerste regel\ntweede regel", 2),
    ],
)
def test_sentences_end_at_marks_and_not_at_abbreviations(text, count):
    assert len(sentences(text)) == count


def test_missing_stays_missing_and_empty_stays_empty():
    assert normalise(pl.Series(["Ja!", None, ""]), NL).to_list() == ["ja !", None, ""]


@settings(deadline=None)  # the first text waits for the loops
@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), max_size=6))
def test_spans_point_at_the_original_text(texts):
    tokens = tokenise(pl.Series(texts, dtype=pl.String), NL)
    last = dict.fromkeys(range(len(texts)), 0)
    for row, start, end in zip(tokens.row, tokens.start, tokens.end, strict=True):
        assert last[row] <= start < end <= len(texts[row])
        last[row] = end
        assert texts[row][start:end].strip()


def test_a_text_reads_the_same_alone_and_among_others():
    texts = ["Dat is goed.", "?", None, "Ja maar, hoe dan?", ""]
    together = normalise(pl.Series(texts), NL).to_list()
    assert together == [normalise(pl.Series([text], dtype=pl.String), NL)[0] for text in texts]
