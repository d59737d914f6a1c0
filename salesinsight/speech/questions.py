"""Questions: whether a turn asks something, in which form, and what kind of question it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language import Pack
from salesinsight.schema import QUESTION_FORMS, SPIN_TYPES
from salesinsight.speech.scores import Scores, likeliest, named, score_hits

PUSH_PULL = ("push", "pull")
ASKING = ("question", "question_open", "question_closed", "tag", "indirect")
FORMS = (*ASKING, "question_alternative")
FLAGS = {"is_leading": "leading", "is_tag": "tag", "is_indirect": "indirect", "is_rhetorical": "rhetorical"}


def question_columns(hits: pl.DataFrame, scores: Scores, pack: Pack, n: int) -> dict[str, Any]:
    """Tag questions.

    Parameters
    ----------
    hits : polars.DataFrame
        The hits of `match_cues` on the turns.
    scores : Scores
        The probabilities of all labels per turn.
    pack : Pack
        Gives the thresholds.
    n : int
        The number of turns.

    Returns
    -------
    dict
        The columns question_p … push_pull_p of the tagged table.

    Notes
    -----
    A turn is as likely a question as its likeliest sentence is. The form weighs the sentences that ask: an
    alternative question is a closed one with a choice in it ("of" between two options), and an indirect
    question that holds a question word ("kunt u zeggen hoe …") is open.
    """
    question_p, form, form_p = _forms(hits, pack, n)
    is_question = question_p >= pack.threshold("question")
    columns: dict[str, Any] = {
        "question_p": question_p,
        "is_question": pd.array(is_question, dtype="boolean"),
        "question_form": named(np.where(is_question, form, -1), QUESTION_FORMS),
        "question_form_p": np.where(is_question, form_p, np.nan),
    }
    for name, label in FLAGS.items():
        flag = is_question & (scores[label] >= pack.threshold(label))
        columns[name] = pd.array(flag, dtype="boolean")
    for name, kinds, labels in (
        ("spin", SPIN_TYPES, [f"spin_{kind}" for kind in SPIN_TYPES]),
        ("push_pull", PUSH_PULL, PUSH_PULL),
    ):
        best, p = scores.likeliest(labels, pack.threshold(name))
        columns[name] = named(np.where(is_question, best, -1), kinds)
        columns[f"{name}_p"] = np.where(is_question, p, np.nan)
    return columns


def _forms(hits: pl.DataFrame, pack: Pack, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per turn the probability that it asks, the likeliest form and that form's probability."""
    clues = _without_statements(hits.filter(pl.col("label").is_in(FORMS)), hits)
    sentence = clues.select(pl.struct("row", "sentence").rle_id()).to_series().to_numpy()
    m = int(sentence[-1]) + 1 if len(sentence) else 0
    by_sentence = score_hits(sentence, clues["label"], clues["weight"].to_numpy(), FORMS, m)
    row = np.zeros(m, dtype=np.int64)
    row[sentence] = clues["row"].to_numpy()
    p = 1 - np.prod([1 - by_sentence[label] for label in ASKING], axis=0)
    question_p = np.zeros(n)
    np.maximum.at(question_p, row, p)
    asks = p >= pack.threshold("question")  # only these sentences say something about the form
    doubt = np.zeros((n, len(FORMS)))
    np.add.at(doubt, row[asks], np.log1p(-by_sentence.table[asks]))
    turn = Scores(FORMS, 1 - np.exp(doubt))
    has_word = turn["question_open"] > 0
    opened = np.where(has_word, np.maximum(turn["question_open"], turn["indirect"]), 0)
    closed = np.maximum(turn["question_closed"], turn["tag"]) * np.where(has_word, 1 - turn["indirect"], 1)
    choice = closed * turn["question_alternative"]
    parts = np.stack([opened, closed - choice, choice], axis=1)
    total = parts.sum(axis=1, keepdims=True)
    share = np.divide(parts, total, out=np.zeros_like(parts), where=total > 0)
    return question_p, *likeliest(share, pack.threshold("question_form"))


def _without_statements(clues: pl.DataFrame, hits: pl.DataFrame) -> pl.DataFrame:
    """Weaken the clues that begin inside the words of a statement: "kunt u" in "dan kunt u"."""
    clues = clues.with_row_index("clue")
    statements = hits.filter(pl.col("label") == "statement").select(
        "row", "sentence", from_char="start_char", to_char="end_char", certainty="weight"
    )
    begins_inside = pl.col("start_char").is_between("from_char", "to_char", closed="left")
    weaker = (
        clues.join(statements, on=["row", "sentence"])
        .filter(begins_inside)
        .group_by("clue")
        .agg(pl.col("certainty").max())
    )
    left = pl.col("weight") * (1 - pl.col("certainty").fill_null(0.0))
    return clues.join(weaker, on="clue", how="left", maintain_order="left").with_columns(weight=left)
