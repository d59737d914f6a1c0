"""From text to tokens: words, question marks and sentences, each with its place in the original text."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from salesinsight.language.packs import Pack
from salesinsight.language.segments import (
    FILLER,
    FULL_STOP,
    QUOTES,
    SHORT,
    SIGN,
    STOP,
    TOKEN,
    kinds_of_characters,
    lay_tokens,
    places_among,
    segment_ends,
    sort_bytes,
    tell_apart,
)

NUMBER = "#"
EVERY = slice(None)


@dataclasses.dataclass(frozen=True)
class Tokens:
    """The tokens of a column of texts: a vocabulary, and arrays with one entry per token.

    Attributes
    ----------
    vocabulary : polars.Series
        The tokens as cues see them: lower case, one spelling, ``#`` for a number, ``?`` and ``!``. A
        token written in two ways is in it twice; null is what separates tokens.
    row : numpy.ndarray
        Which text.
    sentence : numpy.ndarray
        Which sentence, counted on through all texts.
    code : numpy.ndarray
        Which entry of the vocabulary.
    start, end : numpy.ndarray
        The span in the original text, in characters.
    opens, closes : numpy.ndarray
        Whether a sentence starts here (fillers such as "ja maar" may come before) or ends here.
    stopped : numpy.ndarray
        Whether a full stop, colon or the like comes right after; a question mark is a token of its own.
    begin : numpy.ndarray
        Of each text its first token, or of the texts after it when it has none; one entry more at the end.
    """

    vocabulary: pl.Series
    row: np.ndarray
    sentence: np.ndarray
    code: np.ndarray
    start: np.ndarray
    end: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    stopped: np.ndarray
    begin: np.ndarray

    def among(self, words: Sequence[str], at: np.ndarray | slice = EVERY) -> np.ndarray:
        """Whether each token, or each of those at some places, is one of these words."""
        return self.flags(words)[self.code[at]]

    def flags(self, words: Sequence[str]) -> np.ndarray:
        """Whether each entry of the vocabulary is one of these words."""
        return self._places_in(pl.Series(words, dtype=pl.String)) >= 0

    def numbers(self, words: pl.Series, numbers: np.ndarray, default: int = 0) -> np.ndarray:
        """The number that goes with each entry of the vocabulary; the words are all different."""
        return np.append(numbers, np.int32(default))[self._places_in(words)]

    def _places_in(self, words: pl.Series) -> np.ndarray:
        """Of each entry of the vocabulary its place among words; -1 when it isn't one of them."""
        return places_among(self.vocabulary_bytes, bytes_of(words))

    @functools.cached_property
    def vocabulary_bytes(self) -> tuple[np.ndarray, np.ndarray]:
        """The vocabulary as `bytes_of` writes it."""
        return bytes_of(self.vocabulary)


def tokenise(texts: pl.Series, pack: Pack) -> Tokens:
    """Cut texts into tokens.

    Parameters
    ----------
    texts : polars.Series
        The texts; a missing text has no tokens.
    pack : Pack
        Gives spellings, and the word classes ``noise`` (left out), ``filler`` (may stand before the
        start of a sentence) and ``abbreviation``.

    Notes
    -----
    A sentence ends at ``. ! ? : ;`` or a new line, not at a comma, an ellipsis or an abbreviation.
    Transcripts often have none of these: then the whole turn is one sentence.
    """
    data, ends = bytes_of(texts)
    to, until = segment_ends(sort_bytes(data, kinds_of_characters()), ends)
    # Texts hold few distinct segments; what they are is found out of those.
    code, begin, store = tell_apart(data, to)
    distinct = pa.StringArray.from_buffers(len(begin) - 1, pa.py_buffer(begin), pa.py_buffer(store))
    traits, length, words = _describe(pl.Series(distinct, dtype=pl.String), pack)
    return Tokens(words, *lay_tokens(code, until, traits, length))


def normalise(texts: pl.Series, pack: Pack) -> pl.Series:
    """Write texts as cues see them: the tokens of `tokenise`, one space apart; missing stays missing.

    Examples
    --------
    >>> from salesinsight.language import load_pack
    >>> normalise(pl.Series(["Da's 'n goeie, hé?", None]), load_pack("nl")).to_list()
    ["dat's een goeie hè ?", None]
    """
    tokens = tokenise(texts, pack)
    joined = (
        pl.DataFrame({"row": tokens.row.astype(np.int64), "word": tokens.vocabulary.gather(tokens.code)})
        .group_by("row", maintain_order=True)
        .agg(pl.col("word").str.join(" "))
    )
    rows = pl.DataFrame({"row": np.arange(len(texts)), "text": texts.cast(pl.String)})
    both = rows.join(joined, on="row", how="left", maintain_order="left")
    whole = pl.when(pl.col("text").is_not_null()).then(pl.col("word").fill_null(""))
    return both.select(whole.alias(texts.name)).to_series()


def bytes_of(texts: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of all texts behind each other in UTF-8, and where each text ends; a missing one is empty."""
    array = texts.cast(pl.String).fill_null("").rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, ends, data = array.buffers()
    ends = np.frombuffer(ends, np.int64)[array.offset : array.offset + len(array) + 1]
    # a copy, for arrays that can't be written are another type to compiled loops
    return np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].copy(), ends[1:] - ends[0]


def _describe(segments: pl.Series, pack: Pack) -> tuple[np.ndarray, np.ndarray, pl.Series]:
    """Say of each distinct segment what it is, how many characters it has, and which word (null: none)."""
    text = pl.col("segment")
    lower = text.str.to_lowercase().str.normalize("NFC")
    spelling = pack.settings["spelling"]
    is_number, is_word = text.str.contains(r"^\p{N}"), text.str.contains(r"\p{L}")
    between = ~is_number & ~is_word
    dots = text.str.contains(".", literal=True) & ~text.str.contains("..", literal=True)
    word = (
        pl.when(is_number)
        .then(pl.lit(NUMBER))
        .when(is_word)
        .then(lower.str.replace_all(f"[{QUOTES}]", "'").replace(list(spelling), list(spelling.values())))
        .when(text.str.contains("?", literal=True))
        .then(pl.lit("?"))
        .when(text.str.contains("!", literal=True))
        .then(pl.lit("!"))
    )
    short = lower.is_in(pack.word_class("abbreviation")) | text.str.contains(r"^\p{L}$")
    known = pl.DataFrame({"segment": segments}).select(
        segment=text,
        lower=lower,
        word=word.replace(pack.word_class("noise"), None),
        length=text.str.len_chars().cast(pl.Int32),
    )
    bits = {
        TOKEN: pl.col("word").is_not_null(),
        SHORT: short,
        STOP: between & text.str.contains(r"[?!:;\n]"),
        FULL_STOP: between & dots,
        SIGN: pl.col("word").is_in(["?", "!"]),
        FILLER: pl.col("word").is_in(pack.word_class("filler")),
    }
    traits = known.select(
        sum(flag.fill_null(False).cast(pl.UInt8) * bit for bit, flag in bits.items())
    ).to_series()
    return traits.to_numpy(writable=True), known["length"].to_numpy(writable=True), known["word"]
