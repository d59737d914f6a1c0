"""Probabilities from hits: how likely a label holds for a turn, given the cues found in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import polars as pl

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
    p = table.max(axis=1, initial=-np.inf)
    best = table.argmax(axis=1) if len(table) else np.empty(0, dtype=int)
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
    known = code.is_not_null().to_numpy()
    place = unit[known].astype(np.int64) * len(labels) + code.drop_nulls().to_numpy()
    left = np.log1p(-np.minimum(weight[known], CERTAIN))
    doubt = np.bincount(place, weights=left, minlength=n * len(labels))
    return Scores(tuple(labels), 1 - np.exp(doubt.reshape(n, len(labels))))


def named(codes: np.ndarray, names: Sequence[str]) -> pd.api.extensions.ExtensionArray:
    """Turn numbers of names into names; -1 is missing."""
    return pd.array(np.append(np.array(names, dtype=object), pd.NA)[codes], dtype="string")
