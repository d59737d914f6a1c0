"""What a learned tagger sees of a text: the pieces it is cut into, and what is counted in them."""

import numpy as np
import polars as pl
import pytest

from salesinsight.language import load_pack, tokenise
from salesinsight.speech.learned import load_taggers
from salesinsight.speech.shape import (
    LONG,
    Vocabulary,
    kinds_of,
    pairs_of,
    pieces_of,
    shape_of,
    stretches_of,
)

PACK = load_pack("nl")


def read(*texts):
    tokens = tokenise(pl.Series(texts, dtype=pl.String), PACK)
    return tokens, stretches_of(tokens, PACK)


def words_of(*texts) -> list[str]:
    """The stretches of texts, as their words."""
    tokens, stretches = read(*texts)
    said = tokens.vocabulary.gather(tokens.code).to_list()
    edges = zip(stretches.begin[:-1], stretches.begin[1:], strict=True)
    return [" ".join(said[begin:end]) for begin, end in edges]


def small(words: list[str], pairs: list[tuple[str, str]] = ()) -> Vocabulary:
    """A vocabulary of some words, of which these pairs are known."""
    size = len(words) + 4
    place = {word: at for at, word in enumerate([*words, "<begin>", "<end>", "<open>"], start=1)}
    keys = np.array(sorted(place[a] * size + place[b] for a, b in pairs), dtype=np.int64)
    return Vocabulary(pl.Series(words), pl.Series(words), keys, ("you", "wh"))


def test_a_turn_is_cut_at_the_ends_of_sentences():
    assert words_of("Dat is goed. Hoe laat?", "Prima") == ["dat is goed", "hoe laat ?", "prima"]


def test_a_mark_closes_the_stretch_before_it():
    tokens, stretches = read("Komt dat uit? Ja!")
    assert words_of("Komt dat uit? Ja!") == ["komt dat uit ?", "ja !"]
    assert tokens.among(["?", "!"])[stretches.begin[1:] - 1].all()


def test_a_mark_alone_is_a_stretch_of_its_own_turn():
    _, stretches = read("Prima", "?")
    assert stretches.row.tolist() == [0, 1]


def test_only_very_long_sentences_are_cut_before_a_clause():
    short = "wij doen dat zelf en dat gaat goed"
    assert words_of(short) == [short]
    long = " ".join(["woord"] * LONG) + " en dat gaat goed"
    assert words_of(long) == [" ".join(["woord"] * LONG), "en dat gaat goed"]


def test_every_token_is_in_one_stretch_of_its_own_turn():
    tokens, stretches = read("Nou, ja. Goed?", None, "", "  ...", "Dus " + "woord " * 40 + "want dat kan")
    assert (np.diff(stretches.of_token) >= 0).all()
    assert (stretches.row[stretches.of_token] == tokens.row).all()
    assert stretches.begin[-1] == len(tokens.code) and len(stretches) == len(stretches.begin) - 1


@pytest.mark.parametrize("texts", [(), (None,), ("", "  ", "...")])
def test_without_words_there_are_no_stretches(texts):
    tokens, stretches = read(*texts)
    assert len(stretches) == 0
    vocabulary = small(["dat", "goed"], [("dat", "goed")])
    shape = shape_of(tokens, stretches, vocabulary, PACK)
    assert shape.table().shape == (0, sum(vocabulary.widths))
    assert shape.weigh(np.ones((sum(vocabulary.widths), 3), np.float32)).shape == (0, 3)


def test_weighing_is_multiplying_by_the_table():
    vocabulary = load_taggers(PACK).vocabulary
    tokens, stretches = read(
        "Hoe bevalt dat nu? Nou, eigenlijk best goed hoor.", "zqxwv", "Doe maar dinsdag om tien uur"
    )
    shape = shape_of(tokens, stretches, vocabulary, PACK)
    weights = np.random.default_rng(0).normal(size=(sum(vocabulary.widths), 5)).astype(np.float32)
    assert np.allclose(shape.weigh(weights), shape.table() @ weights, atol=1e-4)
    assert shape.table().shape == (len(stretches), len(weights))


def test_words_pieces_and_pairs_are_counted_where_they_are_known():
    vocabulary = small(["dat", "goed", "<goed>"], [("dat", "goed"), ("<begin>", "dat"), ("goed", "<end>")])
    tokens, stretches = read("dat goed", "goed dat", "goeds zqxwv")
    table = shape_of(tokens, stretches, vocabulary, PACK).table().toarray()
    # columns: the words "dat" and "goed", the piece "goed" within a word, then the pairs in order of their keys
    assert table[:, 0].tolist() == [1, 1, 0]
    assert table[:, 1].tolist() == [1, 1, 0]
    assert table[:, 2].tolist() == [1, 1, 1]
    pairs = table[:, 3:6]
    assert pairs.sum(axis=1).tolist() == [3, 0, 0]


def test_unknown_words_count_for_their_kind_alone():
    vocabulary = small(["dat"])
    tokens, stretches = read("zqxwv vwxqz")
    table = shape_of(tokens, stretches, vocabulary, PACK).table().toarray()
    pieces, pairs, doubles, openings = vocabulary.widths
    assert table[0, : pieces + pairs].sum() == 0
    assert table[0, pieces + pairs : pieces + pairs + doubles].sum() == 1  # two neighbours of no kind
    assert table[0, -openings:].sum() == 1


def test_pieces_of_a_word_are_all_its_fours_and_the_word():
    pieces = pieces_of(pl.Series(["goed", "ja", None]))
    of = {word: pieces.filter(pl.col("word") == word)["piece"].sort().to_list() for word in (0, 1, 2)}
    assert of == {0: ["<<goe>", "<goed>", "<oed>>", "goed"], 1: ["<<ja>>", "ja"], 2: []}


def test_pairs_never_reach_over_the_edge_of_a_stretch():
    tokens, stretches = read("goed. dat", "dat goed")
    # begin, end and opening; and one pair of neighbours
    pairs = pairs_of(tokens, stretches, pl.Series(["dat", "goed"]))
    assert np.bincount(pairs.stretch).tolist() == [3, 3, 4]
    assert (tokens.row[pairs.left] == tokens.row[pairs.right]).all()


def test_fillers_at_the_start_are_passed_over():
    tokens, stretches = read("nou ja hoe gaat dat", "hoe gaat dat", "nou ja")
    said = tokens.vocabulary.gather(tokens.code[stretches.opening]).to_list()
    assert said[:2] == ["hoe", "hoe"] and said[2] in ("nou", "ja")


def test_a_word_is_of_the_first_class_that_holds_it():
    vocabulary = small(["dat"])
    tokens, _ = read("u hoe zqxwv")
    assert kinds_of(tokens, vocabulary, PACK)[tokens.code].tolist() == [2, 3, 1]
