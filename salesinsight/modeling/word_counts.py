"""A logistic model on nothing but which words were said (TF-IDF): what features with a meaning must beat."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from salesinsight.modeling.fitting import equal_weights, fit_model
from salesinsight.modeling.pipelines import PROBABILITIES
from salesinsight.modeling.splits import required, window_weights
from salesinsight.modeling.tuning import Grid, tune

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

MOST_WORDS, LEAST_TALKS = 5000, 5
# a conversation is a row of length 1; so much longer, the penalties weigh on it as on a table of 25 columns
LENGTH = 5.0
# fewer than B3 has: there are thousands of columns, so each costs more time
PENALTIES: Grid = {"C": [0.01, 0.1, 0.3]}


def predict_by_words(data: Dataset, train: np.ndarray, test: np.ndarray, seed: int = 0) -> np.ndarray:
    """Learn from the words of the last conversation known at some landmarks, and predict others.

    Parameters
    ----------
    data : Dataset
        With `words`.
    train, test : numpy.ndarray
        Row numbers.
    seed : int
        For the choice of C, which is made as that of B3.

    Returns
    -------
    numpy.ndarray
        One row per test row; p_won, p_lost, p_progress, p_stalled.

    Notes
    -----
    Which words count (the `MOST_WORDS` that are in most conversations, in at least `LEAST_TALKS`) and how
    rare they are comes from the training rows alone. Landmarks of one conversation with the same answer are
    one row with their weight together: they look the same.
    """
    words = required(data.words).reindex(data.X.index)
    code = words.cat.codes.to_numpy().astype(int)
    table = _weighed(tuple(words.cat.categories), np.unique(code[train]))
    rows = pd.DataFrame({
        "code": code[train],
        "y4": required(data.y4).to_numpy(dtype=object)[train],
        "group": data.groups.to_numpy(dtype=object)[train],
        "weight": equal_weights(data.X.index[train]) * window_weights(data, train),
    })  # fmt: skip
    rows = rows.groupby(["code", "y4", "group"], as_index=False)["weight"].sum()
    X = table[rows["code"]]
    y4, group, weight = (rows[name].to_numpy() for name in ("y4", "group", "weight"))
    logistic = LogisticRegression(C=PENALTIES["C"][0], max_iter=2000, tol=1e-3)
    logistic.set_params(**tune(logistic, PENALTIES, X, y4, weight, group, seed))
    model = fit_model(Pipeline([("columns", FunctionTransformer()), ("model", logistic)]), X, y4, weight)
    told = pd.DataFrame(model.predict_proba(table), columns=[f"p_{name}" for name in model.classes_])
    return told.reindex(columns=list(PROBABILITIES), fill_value=0.0).to_numpy()[code[test]]


def _weighed(texts: tuple[str, ...], learned_from: np.ndarray) -> csr_matrix:
    """TF-IDF per conversation, and last a row for "no conversation", which code -1 points at."""
    # only who has words to count should wait for this import
    from sklearn.feature_extraction.text import TfidfTransformer

    counts = _counted(texts)
    known = counts[learned_from[learned_from >= 0]]
    talks = np.bincount(known.indices, minlength=known.shape[1])
    kept = np.argsort(-talks, kind="stable")[:MOST_WORDS]
    kept = kept[talks[kept] >= LEAST_TALKS]
    weighed = counts[:, kept].astype(float)
    if len(kept):
        weighed = TfidfTransformer(sublinear_tf=True).fit(known[:, kept]).transform(weighed)
    nothing_said = np.zeros((len(texts) + 1, 1))
    nothing_said[-1] = 1.0
    return csr_matrix(LENGTH * hstack([weighed, nothing_said]))


@functools.lru_cache(maxsize=1)
def _counted(texts: tuple[str, ...]) -> csr_matrix:
    """How often each word stands in each text, counted once for all folds: no outcome is looked at.

    The last row is of a text in which there is no word; its "__" keeps the table from being refused when
    none of the others holds one either.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    return csr_matrix(CountVectorizer(dtype=np.int32).fit_transform([*texts, "__"]))
