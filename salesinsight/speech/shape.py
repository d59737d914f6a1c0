"""The shape of what is said: stretches of a turn, and the words, pairs and kinds of words in them as numbers.

What a learned tagger sees of a text. The same functions make it for learning and for tagging.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import polars as pl
import pyarrow as pa
import scipy.sparse as sp

from salesinsight.language import Pack, Tokens
from salesinsight.language.segments import places_among
from salesinsight.language.text import bytes_of
from salesinsight.speech.counting import (
    cut_pieces,
    cut_stretches,
    pair_kinds,
    pair_words,
    places_in_table,
    table_of,
)
from salesinsight.speech.summing import add_rows

LONG = 24  # a sentence of more words is cut where a clause may begin
MARKS = ("<begin>", "<end>", "<open>")  # stand in for a word at the edges of a stretch
GRAM = 4  # letters in a piece of a word


@dataclasses.dataclass(frozen=True)
class Stretches:
    """The pieces in which turns are read: sentences, and clauses of very long ones.

    Attributes
    ----------
    row : numpy.ndarray
        Of each stretch the turn; ascending.
    begin : numpy.ndarray
        Of each stretch its first token; one entry more at the end.
    of_token : numpy.ndarray
        Of each token its stretch.
    opening : numpy.ndarray
        Of each stretch the first token that is no filler, or its first token.
    """

    row: np.ndarray
    begin: np.ndarray
    of_token: np.ndarray
    opening: np.ndarray

    def __len__(self) -> int:
        return len(self.row)


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """What is known of a language: the columns of `shape_of`, in this order.

    Attributes
    ----------
    pieces : polars.Series
        Words, and pieces of words between ``<`` and ``>``.
    words : polars.Series
        The words that pairs are made of.
    pairs : numpy.ndarray
        Pairs of neighbours as ``first * len(all words) + second``, ascending.
    kinds : tuple of str
        The word classes by which words are told apart; a word is of the first class that holds it.
    """

    pieces: pl.Series
    words: pl.Series
    pairs: np.ndarray
    kinds: tuple[str, ...]

    @property
    def n_kinds(self) -> int:
        """How many kinds of words there are, with "no other kind" and "no word" among them."""
        return len(self.kinds) + 2

    @property
    def widths(self) -> tuple[int, int, int, int]:
        """How many columns: pieces, pairs, pairs of kinds, openings of three kinds."""
        return len(self.pieces), len(self.pairs), self.n_kinds**2, self.n_kinds**3

    @functools.cached_property
    def pairs_table(self) -> np.ndarray:
        """Where `places_in_table` finds the pairs."""
        return table_of(self.pairs)


@dataclasses.dataclass(frozen=True)
class Shape:
    """What is said in each stretch: what to count once, as rows of a table and the columns that go with them.

    Attributes
    ----------
    words : tuple of numpy.ndarray
        Per token its stretch and its distinct word.
    pieces : tuple of numpy.ndarray
        Per piece of a distinct word that word, and the column of the piece; -1 when it isn't known.
    rest : list of tuple of numpy.ndarray
        The same of pairs, pairs of kinds and openings: stretch, and column counted from the last piece on.
    n_stretches, n_words, n_pieces, n_rest : int
        How many stretches and distinct words there are, and how many columns of both sorts.
    """

    words: tuple[np.ndarray, np.ndarray]
    pieces: tuple[np.ndarray, np.ndarray]
    rest: list[tuple[np.ndarray, np.ndarray]]
    n_stretches: int
    n_words: int
    n_pieces: int
    n_rest: int

    def table(self) -> sp.csr_matrix:
        """Stretch by column of the vocabulary: what a model learns from."""
        stretch, word = self.words
        begin = np.searchsorted(stretch, np.arange(self.n_stretches + 1))
        words = sp.csr_matrix(
            (np.ones(len(word), np.float32), word, begin), shape=(self.n_stretches, self.n_words)
        )
        pieces = _counts(*self.pieces, self.n_words, self.n_pieces)
        row, column = (np.concatenate(part) for part in zip(*self.rest, strict=True))
        return sp.hstack([words @ pieces, _counts(row, column, self.n_stretches, self.n_rest)], format="csr")

    def weigh(self, weights: np.ndarray) -> np.ndarray:
        """The same as ``table() @ weights``, without making the table: each distinct word is weighed once."""
        of_words = np.zeros((self.n_words, weights.shape[1]), np.float32)
        add_rows(*self.pieces, weights[: self.n_pieces], of_words)
        odds = np.zeros((self.n_stretches, weights.shape[1]), np.float32)
        add_rows(*self.words, of_words, odds)
        for stretch, column in self.rest:
            add_rows(stretch, column, weights[self.n_pieces :], odds)
        return odds


def _counts(row: np.ndarray, column: np.ndarray, n_rows: int, n_columns: int) -> sp.csr_matrix:
    known = column >= 0
    ones = np.ones(known.sum(), np.float32)
    return sp.csr_matrix((ones, (row[known], column[known])), shape=(n_rows, n_columns))


def stretches_of(tokens: Tokens, pack: Pack) -> Stretches:
    """Cut texts into stretches: at the ends of sentences, and before clauses in very long sentences."""
    said = (tokens.code, tokens.sentence, tokens.row, tokens.opens)
    clause, mark = tokens.flags(pack.word_class("clause")), tokens.flags(["?", "!"])
    begin, *places = cut_stretches(*said, clause, mark, LONG)
    return Stretches(tokens.row[begin[:-1]], begin, *places)


def shape_of(tokens: Tokens, stretches: Stretches, vocabulary: Vocabulary, pack: Pack) -> Shape:
    """Count what each stretch holds."""
    n_pieces, *widths = vocabulary.widths
    return Shape(
        words=(stretches.of_token, tokens.code),
        pieces=_known_pieces(tokens.vocabulary, vocabulary.pieces),
        rest=_neighbours(tokens, stretches, vocabulary, pack),
        n_stretches=len(stretches),
        n_words=len(tokens.vocabulary),
        n_pieces=n_pieces,
        n_rest=sum(widths),
    )


def pieces_of(words: pl.Series) -> pl.DataFrame:
    """Every word and its pieces of four letters, one row each: word (its place) and piece."""
    word, pieces, to = cut_pieces(*bytes_of(words), GRAM)
    edges = pa.py_buffer(np.append(0, to))
    cut = pa.LargeStringArray.from_buffers(len(to), edges, pa.py_buffer(pieces))
    frame = pl.DataFrame({"word": word.astype(np.int64), "piece": pl.Series(cut, dtype=pl.String)})
    return frame.filter(pl.col("piece") != "")  # of a missing word


def _known_pieces(words: pl.Series, pieces: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Of each piece of the words its word, and its place among the known pieces; -1 where it isn't there."""
    word, cut, to = cut_pieces(*bytes_of(words), GRAM)
    return word, places_among((cut, to), bytes_of(pieces))


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Pairs of neighbouring words: their stretch, the token left and right, and their key or column.

    At the edges of a stretch the mark has no token: left and right are then the same word.
    """

    stretch: np.ndarray
    left: np.ndarray
    right: np.ndarray
    column: np.ndarray


def pairs_of(tokens: Tokens, stretches: Stretches, words: pl.Series) -> Pairs:
    """Find the pairs of known words; the edges of a stretch are words too; `column` is the pair's key."""
    number = tokens.numbers(words, np.arange(1, len(words) + 1, dtype=np.int32))
    return Pairs(
        *pair_words(number, tokens.code, stretches.begin, stretches.opening, len(words) + len(MARKS) + 1)
    )


def known_pairs(tokens: Tokens, stretches: Stretches, vocabulary: Vocabulary) -> Pairs:
    """Find the pairs of the vocabulary; `column` is their place in it."""
    pairs = pairs_of(tokens, stretches, vocabulary.words)
    place = places_in_table(pairs.column, vocabulary.pairs, vocabulary.pairs_table)
    known = place >= 0
    return Pairs(pairs.stretch[known], pairs.left[known], pairs.right[known], place[known])


def kinds_of(tokens: Tokens, vocabulary: Vocabulary, pack: Pack) -> np.ndarray:
    """Of each entry of the tokens' vocabulary its kind: 1 for none of the classes, from 2 on the classes."""
    return tokens.numbers(*_kinds_of_words(pack, vocabulary.kinds), default=1)


@functools.cache
def _kinds_of_words(pack: Pack, kinds: tuple[str, ...]) -> tuple[pl.Series, np.ndarray]:
    known: dict[str, int] = {}
    for number, name in enumerate(kinds, start=2):
        for word in pack.word_class(name):
            known.setdefault(word, number)
    return pl.Series(list(known), dtype=pl.String), np.array(list(known.values()), dtype=np.int32)


def _neighbours(
    tokens: Tokens, stretches: Stretches, vocabulary: Vocabulary, pack: Pack
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows and columns of `Shape.rest`."""
    _, n_pairs, n_double, _ = vocabulary.widths
    pairs = pairs_of(tokens, stretches, vocabulary.words)
    place = places_in_table(pairs.column, vocabulary.pairs, vocabulary.pairs_table)
    kind = kinds_of(tokens, vocabulary, pack)
    double, triple = pair_kinds(kind, tokens.code, stretches.begin, stretches.opening, vocabulary.n_kinds)
    double[double >= 0] += n_pairs
    return [
        (pairs.stretch, place),
        (stretches.of_token, double),
        (np.arange(len(stretches), dtype=np.int32), triple + np.int32(n_pairs + n_double)),
    ]


def pieces_table(words: pl.Series, pieces: pl.Series) -> sp.csr_matrix:
    """Distinct word by known piece."""
    return _counts(*_known_pieces(words, pieces), len(words), len(pieces))
