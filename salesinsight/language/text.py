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


NUMBER = "#"


@dataclasses.dataclass(frozen=True)
class Tokens:
    """The tokens of a column of texts, one entry per token.

    Attributes
    ----------
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
    vocabulary : polars.Series
        The tokens as cues see them: lower case, one spelling, ``#`` for a number, ``?`` and ``!``. A
        token written in two ways is in it twice; null is what separates tokens.
    """

    row: np.ndarray
    sentence: np.ndarray
    code: np.ndarray
    start: np.ndarray
    end: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    stopped: np.ndarray
    vocabulary: pl.Series

    def among(self, words: list[str]) -> np.ndarray:
        """Whether each token is one of these words."""
        return self.vocabulary.is_in(words).fill_null(False).to_numpy()[self.code]


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
    # Texts hold few distinct segments; what follows works on those.
    encoded = segments["text"].to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
    code = encoded.indices.to_numpy()
    distinct = _describe(pl.Series(encoded.dictionary, dtype=pl.String), pack)
    end = np.cumsum(distinct["length"].to_numpy()[code])
    start = np.concatenate([[0], end[:-1]])[: len(end)]
    offset = start[first_of_each(row)]
    after_short = np.concatenate([[False], distinct["short"].to_numpy()[code[:-1]]])[: len(code)]
    stops = distinct["stop"].to_numpy()[code] | (distinct["full_stop"].to_numpy()[code] & ~after_short)
    passed = np.cumsum(stops) - stops  # sentence ends before this segment
    kept = np.flatnonzero(distinct["word"].is_not_null().to_numpy()[code])
    stopped = np.append(stops[1:] & (row[1:] == row[:-1]), False)[kept] if len(row) else stops
    row, passed, code = row[kept], passed[kept], code[kept]
    new = np.ones(len(row), dtype=bool)
    new[1:] = (row[1:] != row[:-1]) | (passed[1:] != passed[:-1])
    place = (start - offset)[kept], (end - offset)[kept]
    tokens = Tokens(row, np.cumsum(new) - 1, code, *place, new, new, stopped, distinct["word"])
    closes = np.ones(len(row), dtype=bool)
    closes[:-1] = new[1:] | tokens.among(["?", "!"])[1:]
    opens = _after_fillers(tokens.sentence, new, tokens.among(pack.word_class("filler")))
    return dataclasses.replace(tokens, opens=opens, closes=closes)


def first_of_each(row: np.ndarray) -> np.ndarray:
    """For each entry of a sorted array, the place of the first entry with the same value."""
    place = np.arange(len(row))
    return np.maximum.accumulate(np.where(np.diff(row, prepend=-1) != 0, place, 0))


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
        pl.DataFrame({"row": tokens.row, "word": tokens.vocabulary.gather(tokens.code)})
        .group_by("row", maintain_order=True)
        .agg(pl.col("word").str.join(" "))
    )
    rows = pl.DataFrame({"row": np.arange(len(texts)), "text": texts.cast(pl.String)})
    both = rows.join(joined, on="row", how="left", maintain_order="left")
    whole = pl.when(pl.col("text").is_not_null()).then(pl.col("word").fill_null(""))
    return both.select(whole.alias(texts.name)).to_series()


def _describe(segments: pl.Series, pack: Pack) -> pl.DataFrame:
    """Say of each distinct segment which word it is (null: none) and whether it can end a sentence."""
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
        .then(lower.str.replace_all(_QUOTE, "'").replace(list(spelling), list(spelling.values())))
        .when(text.str.contains("?", literal=True))
        .then(pl.lit("?"))
        .when(text.str.contains("!", literal=True))
        .then(pl.lit("!"))
    )
    return pl.DataFrame({"segment": segments}).select(
        word=word.replace(pack.word_class("noise"), None),
        length=text.str.len_chars().cast(pl.Int64),
        short=lower.is_in(pack.word_class("abbreviation")) | text.str.contains(r"^\p{L}$"),
        stop=between & text.str.contains(r"[?!:;\n]"),
        full_stop=between & dots,
    )


def _after_fillers(sentence: np.ndarray, new: np.ndarray, is_filler: np.ndarray) -> np.ndarray:
    """Whether all words before this one in its sentence are fillers."""
    before = np.cumsum(~is_filler) - ~is_filler  # words that are no filler, before this token
    return before == before[np.flatnonzero(new)][sentence]
