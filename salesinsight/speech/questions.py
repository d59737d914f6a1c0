"""Questions: whether a turn asks something, in which form, and what kind of question it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesinsight.schema import PUSH_PULL, QUESTION_FLAGS, QUESTION_FORMS, SPIN_TYPES
from salesinsight.speech.reading import Reading, likeliest_of
from salesinsight.speech.scores import columns_of, likeliest, named


def question_columns(reading: Reading, roles: pd.Series | None) -> dict[str, Any]:
    """Tag questions.

    Parameters
    ----------
    reading : Reading
        The log-odds of all outputs per turn.
    roles : pandas.Series, optional
        Who speaks: SPIN and push or pull are about the seller's questions.

    Returns
    -------
    dict
        The columns question_p … push_pull_p of the tagged table.

    Notes
    -----
    A turn is as likely a question as its likeliest sentence is; that sentence gives the form and the rest.
    The forms of a question exclude each other, so their probabilities add up to 1. SPIN types and push or
    pull are missing below their thresholds: many questions have none, and of some it can't be told.
    """
    asks = reading.found("question")
    form, form_p = likeliest(_shares(reading, [f"form_{form}" for form in QUESTION_FORMS]), 0.0)
    columns: dict[str, Any] = {
        "question_p": reading.p("question"),
        "is_question": pd.array(asks, dtype="boolean"),
        "question_form": named(np.where(asks, form, -1), QUESTION_FORMS),
        "question_form_p": np.where(asks, form_p, np.nan),
    }
    of_seller = asks if roles is None else asks & roles.ne("customer").fillna(True).to_numpy(dtype=bool)
    for flag in QUESTION_FLAGS:
        columns[f"is_{flag}"] = pd.array(asks & reading.found(flag), dtype="boolean")
    for name, kinds, outputs in (
        ("spin", SPIN_TYPES, [f"spin_{kind}" for kind in SPIN_TYPES]),
        ("push_pull", PUSH_PULL, list(PUSH_PULL)),
    ):
        best, p = likeliest_of(reading, outputs)
        columns[name] = named(np.where(of_seller, best, -1), kinds)
        columns[f"{name}_p"] = np.where(of_seller, p, np.nan)
    return columns


def _shares(reading: Reading, outputs: Sequence[str]) -> np.ndarray:
    """Probabilities of outputs of which one holds; they add up to 1."""
    table = columns_of([reading.p(output) for output in outputs])
    total = table.sum(axis=1, keepdims=True)
    return np.divide(table, total, out=np.full_like(table, 1 / table.shape[1]), where=total > 0)
