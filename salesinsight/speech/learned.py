"""Learned taggers: small linear models over the words of a stretch and the cues found in it."""

from __future__ import annotations

import dataclasses
import functools
import pathlib
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import scipy.sparse as sp

from salesinsight.errors import TaggersUnreadable
from salesinsight.language import Hits, Pack, Tokens
from salesinsight.speech.shape import Stretches, Vocabulary, shape_of
from salesinsight.speech.summing import add_scaled_rows, sum_pairs

FILE = "taggers.npz"
CERTAIN = 0.95  # no pile of cues is proof
SIGNS = ("length", "is_stopped", "is_seller", "is_customer")
FAR = 8.0  # log-odds are cut here


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What the turns around a turn add to one output: weights of its design, and the log-odds then needed."""

    weights: np.ndarray
    bias: float
    needed: float


@dataclasses.dataclass(frozen=True)
class Taggers:
    """Linear models that share what they look at: per output the log-odds that it holds.

    Attributes
    ----------
    vocabulary : Vocabulary
        The words, pieces, pairs and kinds that they know.
    cues : tuple of str
        The labels of cues that they weigh, after the vocabulary.
    outputs : tuple of str
        What they tell: ``question``, ``form_open`` … ``answer_refuse``.
    weights : numpy.ndarray
        A row per column of the vocabulary, then per cue label, then per sign; a column per output.
    bias : numpy.ndarray
        Per output the log-odds of an empty stretch.
    mark : float
        The least log-odds of a question where a question mark stands.
    needed : numpy.ndarray
        Per output the log-odds from which it counts as found.
    context : dict of str to Surroundings
        What the turns around add, per output that they change (see `salesinsight.speech.context`).
    """

    vocabulary: Vocabulary
    cues: tuple[str, ...]
    outputs: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    mark: float
    needed: np.ndarray
    context: dict[str, Surroundings]

    def log_odds(
        self, tokens: Tokens, stretches: Stretches, hits: Hits, roles: pd.Series | None, pack: Pack
    ) -> np.ndarray:
        """Per stretch and output the log-odds that it holds."""
        n = sum(self.vocabulary.widths)
        odds = shape_of(tokens, stretches, self.vocabulary, pack).weigh(self.weights[:n])
        cues, signs = self.weights[n : n + len(self.cues)], self.weights[n + len(self.cues) :]
        add_scaled_rows(*cue_sums(stretches, hits, self.cues), cues, odds)
        odds += np.einsum("us,so->uo", sign_table(tokens, stretches, roles), signs)
        odds += self.bias
        asking, question = ends_asking(tokens, stretches), self.outputs.index("question")
        odds[asking, question] = np.maximum(odds[asking, question], self.mark)
        return np.clip(odds, -FAR, FAR, out=odds)

    def save(self, path: pathlib.Path) -> None:
        """Write the models to one file of plain arrays."""
        rows, columns = np.nonzero(self.weights)
        around = {
            f"context_{output}": np.append(one.weights, [one.bias, one.needed]).astype(np.float32)
            for output, one in self.context.items()
        }
        arrays: dict[str, Any] = dict(
            pieces=np.array(self.vocabulary.pieces.to_list(), dtype=str),
            words=np.array(self.vocabulary.words.to_list(), dtype=str),
            pairs=self.vocabulary.pairs,
            kinds=np.array(self.vocabulary.kinds, dtype=str),
            cues=np.array(self.cues, dtype=str),
            outputs=np.array(self.outputs, dtype=str),
            shape=np.array(self.weights.shape),
            rows=rows.astype(np.int32),
            columns=columns.astype(np.uint8),
            values=self.weights[rows, columns].astype(np.float16),
            bias=self.bias.astype(np.float32),
            mark=np.float32(self.mark),
            needed=self.needed.astype(np.float32),
            context=np.array(list(self.context), dtype=str),
            **around,
        )
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: pathlib.Path) -> Taggers:
        """Read models that `save` wrote; nothing in the file is run.

        Raises
        ------
        TaggersUnreadable
            When the file is absent, damaged or no file of taggers.
        """
        try:
            with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
                return cls(**_parts(file))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
            raise TaggersUnreadable(path=path) from problem


@functools.cache
def load_taggers(pack: Pack) -> Taggers:
    """Read the taggers of a pack; kept in memory."""
    return Taggers.load(pathlib.Path(pack.folder) / FILE)


def cue_sums(stretches: Stretches, hits: Hits, labels: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """Per stretch and cue label in it Σ −log(1 − weight) over its hits, so that 0.7 is about one half."""
    weight = -np.log1p(-np.minimum(hits.weight, CERTAIN))
    unit, label = stretches.of_token[hits.first], hits.among(labels)
    unit, label, total = sum_pairs(unit, label, weight, len(stretches), len(labels))
    return unit, label, np.minimum(total, 2 * -np.log1p(-CERTAIN)).astype(np.float32)


def is_side(roles: pd.Series, side: str) -> np.ndarray:
    """Whether each turn is said by this side; an unknown side is neither."""
    return roles.eq(side).fillna(False).to_numpy(dtype=bool)


def ends_asking(tokens: Tokens, stretches: Stretches) -> np.ndarray:
    """Of each stretch whether it ends with a question mark."""
    return tokens.among(["?"], at=stretches.begin[1:] - 1)


def sign_table(tokens: Tokens, stretches: Stretches, roles: pd.Series | None) -> np.ndarray:
    """Stretch by sign: how long it is (log), whether it ends with a full stop, and who says it."""
    table = np.zeros((len(stretches), len(SIGNS)), dtype=np.float32)
    table[:, 0] = np.log(np.diff(stretches.begin).clip(1)) / 3
    table[:, 1] = tokens.stopped[stretches.begin[1:] - 1] if len(stretches) else 0
    if roles is not None:
        for column, side in ((2, "seller"), (3, "customer")):
            table[:, column] = is_side(roles, side)[stretches.row]
    return table


def weighed_table(
    tokens: Tokens,
    stretches: Stretches,
    hits: Hits,
    roles: pd.Series | None,
    vocabulary: Vocabulary,
    cues: tuple[str, ...],
    pack: Pack,
) -> sp.csr_matrix:
    """Stretch by row of the weights: all that `Taggers.log_odds` weighs, as a table to learn from."""
    shape = shape_of(tokens, stretches, vocabulary, pack).table()
    stretch, label, total = cue_sums(stretches, hits, cues)
    found = sp.csr_matrix((total, (stretch, label)), shape=(len(stretches), len(cues)))
    return sp.hstack([shape, found, sp.csr_matrix(sign_table(tokens, stretches, roles))], format="csr")


def _parts(file: Mapping[str, np.ndarray]) -> dict[str, Any]:
    weights = np.zeros(tuple(file["shape"]), dtype=np.float32)
    weights[file["rows"], file["columns"]] = file["values"]
    pieces, words = (pl.Series(file[name].tolist(), dtype=pl.String) for name in ("pieces", "words"))
    context = {}
    for output in file["context"].tolist():
        *around, bias, needed = file[f"context_{output}"]
        context[output] = Surroundings(np.array(around), float(bias), float(needed))
    return {
        "vocabulary": Vocabulary(pieces, words, file["pairs"], tuple(file["kinds"].tolist())),
        "cues": tuple(file["cues"].tolist()),
        "outputs": tuple(file["outputs"].tolist()),
        "weights": weights,
        "bias": file["bias"],
        "mark": float(file["mark"]),
        "needed": file["needed"],
        "context": context,
    }
