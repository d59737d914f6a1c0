"""Which of the cues found count, and which words are no words to take up: what stands around them decides.

A want inside a question ("wat hebben jullie van ons nodig?") states no need; "een keer" is no number; who
repeats a weekday or a name doesn't take up the customer's words.
"""

from __future__ import annotations

import polars as pl

LONG_WORD = r"\p{L}{7,}"
OPENS_SENTENCE = r"(^|[.!?:;…])\P{L}*\p{L}+"  # a capital there tells nothing
CAPITAL_WORD = r"\p{Lu}\p{Ll}{6,}"
CODE_WORD = r"\[\p{Lu}{7,}"  # of a code that stands where a name stood


def questioned(needs: pl.DataFrame, asking: pl.DataFrame) -> pl.Series:
    """Which needs come after what asks, in the same sentence.

    Parameters
    ----------
    needs, asking : polars.DataFrame
        Cues: row, sentence, start_char and ``hit``, the number of the cue.

    Returns
    -------
    polars.Series
        The numbers of those needs.
    """
    begins = asking.group_by("row", "sentence").agg(asks_at=pl.col("start_char").min())
    both = needs.join(begins, on=["row", "sentence"])
    return both.filter(pl.col("asks_at") <= pl.col("start_char"))["hit"]


def voided(cues: pl.DataFrame, voids: pl.DataFrame) -> pl.Series:
    """Which cues stand inside a void, where no other of them in the sentence stands outside.

    "een keer" is void, but in "een keer per week" something is counted.

    Parameters
    ----------
    cues, voids : polars.DataFrame
        Row, sentence, start_char and end_char; the cues also ``hit``, their number.

    Returns
    -------
    polars.Series
        The numbers of those cues.
    """
    spans = voids.select("row", "sentence", begin="start_char", end="end_char")
    inside = (pl.col("start_char") >= pl.col("begin")) & (pl.col("end_char") <= pl.col("end"))
    within = cues.join(spans, on=["row", "sentence"]).filter(inside).unique("hit")
    outside = cues.join(within, on="hit", how="anti")
    return within.join(outside, on=["row", "sentence"], how="anti")["hit"]


def words_within(spans: pl.DataFrame, texts: pl.Series) -> pl.Series:
    """The long words inside these spans, in lower case, per text; missing where there is no span.

    Parameters
    ----------
    spans : polars.DataFrame
        Row (number of the text), start_char and end_char.
    texts : polars.Series
        The texts.
    """
    length = spans["end_char"] - spans["start_char"]
    spoken = texts.gather(spans["row"]).str.slice(spans["start_char"], length).str.to_lowercase()
    said = pl.DataFrame({"row": spans["row"].cast(pl.UInt32), "word": spoken.str.extract_all(LONG_WORD)})
    per_text = said.explode("word").drop_nulls("word").group_by("row").agg("word")
    rows = pl.DataFrame({"row": pl.arange(len(texts), eager=True, dtype=pl.UInt32)})
    return rows.join(per_text, on="row", how="left", maintain_order="left")["word"]


def names_among(words: pl.Series, texts: pl.Series) -> pl.Series:
    """Whether each word is a name or stands in the code of one, as far as its own text shows.

    A name has a capital in the middle of a sentence, and nowhere in the text a small letter.
    """
    inside = texts.str.replace_all(OPENS_SENTENCE, " ").str.extract_all(CAPITAL_WORD)
    codes = texts.str.extract_all(CODE_WORD)
    lower = pl.element().str.strip_chars_start("[").str.to_lowercase()
    table = pl.DataFrame(
        {"word": words, "name": inside, "code": codes, "small": texts.str.extract_all(LONG_WORD)}
    ).with_columns(pl.col("name", "code").list.eval(lower))
    word = pl.col("word")
    is_name = word.is_in(pl.col("name")) & ~word.is_in(pl.col("small"))
    return table.select((is_name | word.is_in(pl.col("code"))).fill_null(False)).to_series()
