"""Probabilities from hits: how likely a label holds for a turn, given the cues found in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from salesinsight.speech.summing import add_numbers

CERTAIN = 0.999  # no pile of cues is proof


@dataclasses.dataclass(frozen=True)
class Scores:
    """Probability of each label for each unit (a turn or a sentence): 1 − Π(1 − weight) over its hits.

    Attributes
    ----------
    labels : tuple of str
        The labels, one per column of `table`.
    table : numpy.ndarray
        One row per unit, one column per label; 0 where no cue was found.
    """

    labels: tuple[str, ...]
    table: np.ndarray

    def __getitem__(self, label: str) -> np.ndarray:
        """The probabilities of one label."""
        return self.table[:, self.labels.index(label)]

    def likeliest(self, labels: Sequence[str], threshold: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the number of the likeliest of these labels, -1 below the threshold, and its probability."""
        return likeliest(self.table[:, [self.labels.index(label) for label in labels]], threshold)


def likeliest(table: np.ndarray, threshold: float) -> tuple[np.ndarray, np.ndarray]:
    """Return per row which column is highest, -1 where it is below the threshold, and its value."""
    best, p = np.zeros(len(table), dtype=np.int64), table[:, 0].copy()
    for column in range(1, table.shape[1]):
        higher = table[:, column] > p
        best[higher] = column
        np.maximum(p, table[:, column], out=p)
    return np.where(p >= threshold, best, -1), p


def score_hits(
    unit: np.ndarray, label: pl.Series, weight: np.ndarray, labels: Sequence[str], n: int
) -> Scores:
    """Combine the weights of hits into probabilities.

    Parameters
    ----------
    unit : numpy.ndarray
        The unit (turn or sentence) of each hit, from 0.
    label, weight
        The label and the weight of each hit; hits with another label than those asked for are left out.
    labels : sequence of str
        The labels to score.
    n : int
        The number of units.

    Examples
    --------
    >>> hits = pl.DataFrame({"turn": [0, 0], "label": ["stall", "stall"], "weight": [0.5, 0.5]})
    >>> turn, weight = hits["turn"].to_numpy(), hits["weight"].to_numpy()
    >>> score_hits(turn, hits["label"], weight, ["stall"], n=2)["stall"].tolist()
    [0.75, 0.0]
    """
    code = label.cast(pl.Enum(labels), strict=False).to_physical()
    return combine(unit, code.cast(pl.Int64).fill_null(-1).to_numpy(), weight, labels, n)


def combine(unit: np.ndarray, label: np.ndarray, weight: np.ndarray, labels: Sequence[str], n: int) -> Scores:
    """Combine the weights of hits as `score_hits` does; `label` holds places in `labels`, -1 for another."""
    doubt = np.zeros((len(labels), n))
    add_numbers(label, unit, np.log1p(-np.minimum(weight, CERTAIN)), doubt)
    return Scores(tuple(labels), 1 - np.exp(doubt.T))


def named(codes: np.ndarray, names: Sequence[str]) -> pd.api.extensions.ExtensionArray:
    """Turn numbers of names into names; -1 is missing."""
    numbers = pa.array(codes, mask=codes < 0)
    return pd.array(pa.array(names, pa.large_string()).take(numbers), dtype="string")


def columns_of(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """A table of these columns, each of them in one piece."""
    return np.stack(arrays, axis=0).T
