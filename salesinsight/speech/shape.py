"""The shape of what is said: stretches of a turn, and the words, pairs and kinds of words in them as numbers.

What a learned tagger sees of a text. The same functions make it for learning and for tagging.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import polars as pl
import scipy.sparse as sp

from salesinsight.language import Pack, Tokens

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

    @functools.cached_property
    def inner(self) -> np.ndarray:
        """The tokens behind which another one of the same stretch stands."""
        return np.flatnonzero(self.of_token[1:] == self.of_token[:-1])


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


@dataclasses.dataclass(frozen=True)
class Shape:
    """What is said in each stretch, as sparse counts that share their rows.

    Attributes
    ----------
    words : scipy.sparse.csr_matrix
        Stretch by distinct word of this text.
    pieces : scipy.sparse.csr_matrix
        Distinct word by piece of the vocabulary.
    rest : scipy.sparse.csr_matrix
        Stretch by pair, pair of kinds and opening.
    """

    words: sp.csr_matrix
    pieces: sp.csr_matrix
    rest: sp.csr_matrix

    def table(self) -> sp.csr_matrix:
        """Stretch by column of the vocabulary: what a model learns from."""
        return sp.hstack([self.words @ self.pieces, self.rest], format="csr")

    def weigh(self, weights: np.ndarray) -> np.ndarray:
        """The same as ``table() @ weights``, without making the table: each distinct word is weighed once."""
        n = self.pieces.shape[1]
        return self.words @ (self.pieces @ weights[:n]) + self.rest @ weights[n:]


def stretches_of(tokens: Tokens, pack: Pack) -> Stretches:
    """Cut texts into stretches: at the ends of sentences, and before clauses in very long sentences."""
    n = len(tokens.code)
    new = np.ones(n, dtype=bool)
    new[1:] = tokens.sentence[1:] != tokens.sentence[:-1]
    length = np.bincount(tokens.sentence, minlength=1)
    is_long = length[tokens.sentence] > LONG if n else np.zeros(0, dtype=bool)
    new |= is_long & tokens.among(pack.word_class("clause"))
    # "?" and "!" close what stands before them
    new &= ~tokens.among(["?", "!"]) | (np.diff(tokens.row, prepend=-1) != 0)
    begin = np.append(np.flatnonzero(new), n)
    return Stretches(tokens.row[begin[:-1]], begin, np.cumsum(new) - 1, _openings(tokens, begin))


def shape_of(tokens: Tokens, stretches: Stretches, vocabulary: Vocabulary, pack: Pack) -> Shape:
    """Count what each stretch holds."""
    n, m = len(tokens.code), len(stretches)
    distinct = len(tokens.vocabulary)
    words = sp.csr_matrix((np.ones(n, np.float32), tokens.code, stretches.begin), shape=(m, distinct))
    rows, columns = [], []
    for row, column in _neighbours(tokens, stretches, vocabulary, pack):
        rows.append(row)
        columns.append(column)
    row, column = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(row), np.float32)
    rest = sp.csr_matrix((ones, (row, column)), shape=(m, sum(vocabulary.widths[1:])))
    return Shape(words, pieces_table(tokens.vocabulary, vocabulary.pieces), rest)


def pieces_of(words: pl.Series) -> pl.DataFrame:
    """Every word and its pieces of four letters, one row each: word (its place) and piece."""
    frame = pl.DataFrame({"word": np.arange(len(words), dtype=np.int64), "text": words})
    frame = frame.drop_nulls("text").with_columns(edged="<" + pl.col("text") + ">")
    length = pl.col("edged").str.len_chars().cast(pl.Int64)
    starts = pl.int_ranges(0, (length - GRAM + 1).clip(lower_bound=0))
    grams = (
        frame.with_columns(start=starts)
        .explode("start")
        .drop_nulls("start")
        .select("word", piece="<" + pl.col("edged").str.slice(pl.col("start"), GRAM) + ">")
    )
    return pl.concat([frame.select("word", piece="text"), grams])


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
    size = len(words) + len(MARKS) + 1
    begin, end, opening = (len(words) + 1 + place for place in range(len(MARKS)))
    number = tokens.vocabulary.replace_strict(words, np.arange(1, len(words) + 1), default=0)
    word = number.cast(pl.Int64).to_numpy()[tokens.code]
    first, last = stretches.begin[:-1], stretches.begin[1:] - 1
    inner, start = stretches.inner, stretches.opening
    left = np.concatenate([inner, first, last, start])
    right = np.concatenate([inner + 1, first, last, start])
    edge = np.repeat([0, begin, end, opening], [len(inner), len(first), len(last), len(start)])
    at_end = edge == end
    a = np.where((edge > 0) & ~at_end, edge, word[left])
    b = np.where(at_end, edge, word[right])
    known = np.flatnonzero((a > 0) & (b > 0))
    return Pairs(stretches.of_token[right[known]], left[known], right[known], a[known] * size + b[known])


def known_pairs(tokens: Tokens, stretches: Stretches, vocabulary: Vocabulary) -> Pairs:
    """Find the pairs of the vocabulary; `column` is their place in it."""
    pairs = pairs_of(tokens, stretches, vocabulary.words)
    place = np.searchsorted(vocabulary.pairs, pairs.column)
    found = np.flatnonzero(np.append(vocabulary.pairs, -1)[place] == pairs.column)
    return Pairs(pairs.stretch[found], pairs.left[found], pairs.right[found], place[found])


def _openings(tokens: Tokens, begin: np.ndarray) -> np.ndarray:
    first, n = begin[:-1], len(tokens.code)
    # `opens` holds from the start of a sentence up to and with the first word that is no filler
    still = np.append(tokens.opens[1:], False) & np.append(tokens.sentence[1:] == tokens.sentence[:-1], False)
    place = np.arange(n)
    stop = np.minimum.accumulate(np.where(still, n, place)[::-1])[::-1] if n else place
    reached = np.minimum(stop[first], begin[1:] - 1)
    return np.where(tokens.opens[first], reached, first)


def kinds_of(tokens: Tokens, vocabulary: Vocabulary, pack: Pack) -> np.ndarray:
    """Of each token its kind: 1 for none of the classes, from 2 on the classes; 0 is kept for no word."""
    known: dict[str, int] = {}
    for number, name in enumerate(vocabulary.kinds, start=2):
        for word in pack.word_class(name):
            known.setdefault(word, number)
    kind = tokens.vocabulary.replace_strict(list(known), list(known.values()), default=1)
    return kind.cast(pl.Int64).to_numpy()[tokens.code]


def _neighbours(
    tokens: Tokens, stretches: Stretches, vocabulary: Vocabulary, pack: Pack
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows and columns of `Shape.rest`."""
    _, n_pairs, n_double, _ = vocabulary.widths
    pairs = known_pairs(tokens, stretches, vocabulary)
    kind = np.append(kinds_of(tokens, vocabulary, pack), 0)
    inner = stretches.inner
    double = kind[inner] * vocabulary.n_kinds + kind[inner + 1]
    start, n = stretches.opening, len(tokens.code)
    end = stretches.begin[1:]
    second = np.where(start + 1 < end, np.minimum(start + 1, n), n)
    third = np.where(start + 2 < end, np.minimum(start + 2, n), n)
    opening = (kind[start] * vocabulary.n_kinds + kind[second]) * vocabulary.n_kinds + kind[third]
    return [
        (pairs.stretch, pairs.column),
        (stretches.of_token[inner], n_pairs + double),
        (np.arange(len(stretches)), n_pairs + n_double + opening),
    ]


def pieces_table(words: pl.Series, pieces: pl.Series) -> sp.csr_matrix:
    """Distinct word by known piece."""
    both = pieces_of(words)
    found = both["piece"].replace_strict(pieces, np.arange(len(pieces)), default=None, return_dtype=pl.Int64)
    row, column = both["word"].filter(found.is_not_null()).to_numpy(), found.drop_nulls().to_numpy()
    ones = np.ones(len(row), np.float32)
    return sp.csr_matrix((ones, (row, column)), shape=(len(words), len(pieces)))
