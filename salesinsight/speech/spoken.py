"""The words behind what the taggers tell: which words of a turn weighed most for each label it got."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language import Pack, Tokens, tokenise
from salesinsight.schema import (
    ACTS,
    PUSH_PULL,
    QUESTION_FLAGS,
    QUESTION_FORMS,
    REQUEST_KINDS,
    SPIN_TYPES,
)
from salesinsight.speech.learned import Taggers
from salesinsight.speech.shape import Stretches, known_pairs, pieces_table, stretches_of

WORD = 0.2  # log-odds from which a word belongs to a hit
HIT = 0.8  # log-odds from which words together are a hit
MOST = 3  # hits per turn and label
CHUNK = 20_000
NAMES = {f"form_{form}": f"question_{form}" for form in QUESTION_FORMS}


def spoken_words(tagged: pd.DataFrame, pack: Pack, taggers: Taggers) -> pl.DataFrame:
    """Find the words that weighed most for the labels of each turn.

    Parameters
    ----------
    tagged : pandas.DataFrame
        Turns as `tag_turns` returns them.
    pack : Pack
        Their language.
    taggers : Taggers
        What tagged them.

    Returns
    -------
    polars.DataFrame
        One row per hit: row (place of the turn), label, cue (the words as the taggers see them), words (as
        spoken), start_char, end_char, weight (1 − exp(−log-odds that these words add), between 0 and 1). At
        most three per turn and label.
    """
    starts = range(0, max(len(tagged), 1), CHUNK)
    parts = [_in_chunk(tagged.iloc[start : start + CHUNK], start, pack, taggers) for start in starts]
    return pl.concat(parts)


def labels_of(tagged: pd.DataFrame) -> dict[str, np.ndarray]:
    """Per output of the taggers, which turns got that label."""
    named = {
        "question_form": [(f"form_{form}", form) for form in QUESTION_FORMS],
        "spin": [(f"spin_{kind}", kind) for kind in SPIN_TYPES],
        "push_pull": [(way, way) for way in PUSH_PULL],
        "act": [(act, act) for act in ACTS],
        "request_kind": [(f"request_{kind}", kind) for kind in REQUEST_KINDS],
    }
    told = {"question": tagged["is_question"]} | {flag: tagged[f"is_{flag}"] for flag in QUESTION_FLAGS}
    for column, outputs in named.items():
        told |= {output: tagged[column] == value for output, value in outputs}
    return {output: rows.fillna(False).to_numpy(dtype=bool) for output, rows in told.items()}


def _in_chunk(tagged: pd.DataFrame, start: int, pack: Pack, taggers: Taggers) -> pl.DataFrame:
    texts = pl.Series(pl.from_pandas(tagged["text"].astype("string")), dtype=pl.String)
    tokens = tokenise(texts, pack)
    stretches = stretches_of(tokens, pack)
    weights = _weights_of_words(tokens, stretches, taggers)
    parts = []
    for output, rows in labels_of(tagged).items():
        if output in taggers.outputs and rows.any():
            column = weights[:, taggers.outputs.index(output)]
            label = NAMES.get(output, output)
            parts.append(_runs(tokens, stretches, column, rows).with_columns(label=pl.lit(label)))
    columns = ["row", "label", "cue", "words", "start_char", "end_char", "weight"]
    if not parts:
        kinds = [pl.Int64, pl.String, pl.String, pl.String, pl.Int64, pl.Int64, pl.Float64]
        return pl.DataFrame(schema=dict(zip(columns, kinds, strict=True)))
    found = pl.concat(parts)
    cut = pl.col("text").str.slice(pl.col("start_char"), pl.col("end_char") - pl.col("start_char"))
    spoken = found.with_columns(text=texts.gather(found["row"])).with_columns(words=cut)
    return spoken.with_columns(pl.col("row") + start).select(columns)


def _weights_of_words(tokens: Tokens, stretches: Stretches, taggers: Taggers) -> np.ndarray:
    """Token by output: what the word adds, with half of each pair that it is in."""
    known = taggers.vocabulary
    n_pieces = len(known.pieces)
    of_word = pieces_table(tokens.vocabulary, known.pieces) @ taggers.weights[:n_pieces]
    weights = of_word[tokens.code]
    pairs = known_pairs(tokens, stretches, known)
    of_pair = taggers.weights[n_pieces + pairs.column]
    np.add.at(weights, pairs.left, of_pair / 2)
    np.add.at(weights, pairs.right, of_pair / 2)
    return weights


def _runs(tokens: Tokens, stretches: Stretches, weight: np.ndarray, rows: np.ndarray) -> pl.DataFrame:
    """Runs of neighbouring words that all weigh for a label, the heaviest of each turn."""
    weighs = (weight >= WORD) & rows[tokens.row]
    place = np.flatnonzero(weighs)
    new = np.ones(len(place), dtype=bool)
    new[1:] = (np.diff(place) > 1) | (np.diff(stretches.of_token[place]) > 0)
    words = tokens.vocabulary.gather(tokens.code[place]).alias("cue")
    runs = (
        pl.DataFrame(
            {
                "run": np.cumsum(new),
                "row": tokens.row[place].astype(np.int64),
                "start_char": tokens.start[place],
                "end_char": tokens.end[place],
                "weight": weight[place].astype(np.float64),
            }
        )
        .with_columns(words)
        .group_by("run", maintain_order=True)
        .agg(
            pl.col("row").first(),
            pl.col("start_char").first(),
            pl.col("end_char").last(),
            pl.col("weight").sum(),
            pl.col("cue").str.join(" "),
        )
        .filter(pl.col("weight") >= HIT)
        .with_columns(weight=1 - (-pl.col("weight")).exp())  # as cues weigh
    )
    heaviest = pl.col("weight").rank("ordinal", descending=True).over("row") <= MOST
    return runs.filter(heaviest).drop("run")
