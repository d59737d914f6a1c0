"""From text to tokens: words, question marks and sentences, each with its place in the original text."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl

from salesinsight.language.packs import Pack

# Every character falls in one of these segments, so running lengths are offsets in the original text.
_QUOTE = "['\u2019\u2018`\u00b4]"
_LETTER = r"[\p{L}\p{M}\p{N}]"
_SEGMENT = "|".join(
    [
        r"\p{N}+(?:[.,:]\p{N}+)+",  # 12.000 and 14:30
        rf"{_QUOTE}\p{{L}}\b",  # 't and 'k
        rf"{_LETTER}+(?:(?:{_QUOTE}|[-&]){_LETTER}+)*",
        _QUOTE,
        r"[^\p{L}\p{M}\p{N}'\u2019\u2018`\u00b4]+",
    ]
)


@dataclasses.dataclass(frozen=True)
class Tokens:
    """The tokens of a column of texts, one entry per token.

    Attributes
    ----------
    row : numpy.ndarray
        Which text.
    sentence : numpy.ndarray
        Which sentence, counted on through all texts.
    word : polars.Series
        The token as cues see it: lower case, one spelling, ``#`` for a number, ``?`` and ``!``.
    start, end : numpy.ndarray
        The span in the original text, in characters.
    opens, closes : numpy.ndarray
        Whether a sentence starts here (fillers such as "ja maar" may come before) or ends here.
    """

    row: np.ndarray
    sentence: np.ndarray
    word: pl.Series
    start: np.ndarray
    end: np.ndarray
    opens: np.ndarray
    closes: np.ndarray

    def sentence_in_row(self) -> np.ndarray:
        """Which sentence of its own text, from 0."""
        return self.sentence - self.sentence[np.searchsorted(self.row, self.row)]


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
    segments = (
        pl.DataFrame({"row": np.arange(len(texts)), "text": texts.cast(pl.String)})
        .with_columns(pl.col("text").str.extract_all(_SEGMENT))
        .explode("text")
        .drop_nulls("text")
    )
    row = segments["row"].to_numpy()
    length = segments["text"].str.len_chars().to_numpy().astype(np.int64)
    end = np.cumsum(length)
    offset = (end - length)[np.searchsorted(row, row)]
    word, stops = _words_and_stops(segments["text"], pack)
    passed = np.cumsum(stops) - stops  # sentence ends before this segment
    kept = np.flatnonzero(word.is_not_null().to_numpy())
    row, passed, word = row[kept], passed[kept], word.gather(kept)
    new = np.ones(len(row), dtype=bool)
    new[1:] = (row[1:] != row[:-1]) | (passed[1:] != passed[:-1])
    sentence = np.cumsum(new) - 1
    is_filler = word.is_in(pack.word_class("filler")).to_numpy()
    is_mark = word.is_in(["?", "!"]).to_numpy()
    closes = np.ones(len(row), dtype=bool)
    closes[:-1] = new[1:] | is_mark[1:]
    opens = _after_fillers(new, is_filler)
    return Tokens(row, sentence, word, (end - length - offset)[kept], (end - offset)[kept], opens, closes)


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
        pl.DataFrame({"row": tokens.row, "word": tokens.word})
        .group_by("row", maintain_order=True)
        .agg(pl.col("word").str.join(" "))
    )
    rows = pl.DataFrame({"row": np.arange(len(texts)), "text": texts.cast(pl.String)})
    both = rows.join(joined, on="row", how="left", maintain_order="left")
    whole = pl.when(pl.col("text").is_not_null()).then(pl.col("word").fill_null(""))
    return both.select(whole.alias(texts.name)).to_series()


def _words_and_stops(segments: pl.Series, pack: Pack) -> tuple[pl.Series, np.ndarray]:
    """Name the token of each segment (null for what is no token) and say whether a sentence ends there."""
    text, before = pl.col("segment"), pl.col("before")
    spelling = pack.settings["spelling"]
    is_number, is_word = text.str.contains(r"^\p{N}"), text.str.contains(r"\p{L}")
    plain = text.str.to_lowercase().str.normalize("NFC").str.replace_all(_QUOTE, "'")
    after_short = before.is_in(pack.word_class("abbreviation")) | before.str.contains(r"^\p{L}$")
    full_stop = text.str.contains(".", literal=True) & ~text.str.contains("..", literal=True) & ~after_short
    done = (
        pl.DataFrame({"segment": segments})
        .with_columns(before=text.shift(1, fill_value="").str.to_lowercase())
        .select(
            word=pl.when(is_number)
            .then(pl.lit("#"))
            .when(is_word)
            .then(plain.replace(list(spelling), list(spelling.values())))
            .when(text.str.contains("?", literal=True))
            .then(pl.lit("?"))
            .when(text.str.contains("!", literal=True))
            .then(pl.lit("!")),
            stops=~is_number & ~is_word & (text.str.contains(r"[?!:;\n]") | full_stop),
        )
        .with_columns(pl.col("word").replace(pack.word_class("noise"), None))
    )
    return done["word"], done["stops"].to_numpy()


def _after_fillers(new: np.ndarray, is_filler: np.ndarray) -> np.ndarray:
    """Whether all words before this one in its sentence are fillers."""
    solid = np.cumsum(~is_filler)
    before = solid - ~is_filler  # words that are no filler, before this token
    at_start = before[np.flatnonzero(new)] if len(new) else before
    return before == at_start[np.cumsum(new) - 1]
