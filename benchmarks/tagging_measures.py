"""How well tags fit labels: F1 per class and over classes, average precision, calibration, all with intervals.

Intervals are the middle 95 % of 1,000 resamples of units: utterances, or whole talks where talks were labelled.
"""

import dataclasses

import numpy as np
import pandas as pd

from salesinsight.schema import ACTS, QUESTION_FORMS, SPIN_TYPES

DRAWS = 1000
ENOUGH = 15  # a class of fewer examples can't be judged
CLASSES = {
    "question": ("yes",),
    "question, bare": ("yes",),
    "form": tuple(QUESTION_FORMS),
    "SPIN": tuple(SPIN_TYPES),
    "push/pull": ("push", "pull"),
    "acts": tuple(ACTS),
}


@dataclasses.dataclass(frozen=True)
class Figure:
    """A value with its interval and the number of rows it is of."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return "–" if np.isnan(self.value) else f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"

    def counted(self) -> str:
        """The same with the number of rows."""
        return "–" if np.isnan(self.value) else f"{self}, n = {self.n}"


NOTHING = Figure(np.nan, np.nan, np.nan, 0)


def resamples(unit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How often each unit is drawn in each resample, the whole first; and of each row the number of its unit."""
    number, names = pd.factorize(unit)
    k = len(names)
    drawn = (
        np.random.default_rng(0).multinomial(k, np.full(k, 1 / k), size=DRAWS) if k else np.ones((DRAWS, 0))
    )
    return np.vstack([np.ones((1, k)), drawn]), number


def f1_of(gold: pd.Series, found: pd.Series, classes: tuple[str, ...], unit: np.ndarray) -> dict[str, Figure]:
    """F1 per class with enough examples, and under "" the mean over those."""
    drawn, number = resamples(unit)
    gold, found = gold.to_numpy(dtype=object), found.to_numpy(dtype=object)
    figures, curves = {}, []
    for name in classes:
        true, said = gold == name, found == name
        if true.sum() < ENOUGH:
            continue
        both, either = (
            drawn @ np.bincount(number, weights, drawn.shape[1])
            for weights in (2.0 * (true & said), 1.0 * true + said)
        )
        curves.append(np.divide(both, either, out=np.zeros_like(both), where=either > 0))
        figures[name] = spread(curves[-1], int(true.sum()))
    figures[""] = spread(np.mean(curves, axis=0), len(gold)) if curves else NOTHING
    return figures


def share_of(true: pd.Series, unit: np.ndarray) -> Figure:
    """A share of rows."""
    if not len(true):
        return NOTHING
    drawn, number = resamples(unit)
    right = drawn @ np.bincount(number, true.to_numpy(dtype=float), drawn.shape[1])
    rows = drawn @ np.bincount(number, minlength=drawn.shape[1])
    return spread(right / np.maximum(rows, 1), len(true))


def average_precision(gold: pd.Series, p: pd.Series, unit: np.ndarray) -> Figure:
    """Average precision of probabilities; rows of equal probability come in together."""
    order = np.argsort(-p.to_numpy(dtype=float), kind="stable")
    p, true = p.to_numpy(dtype=float)[order], gold.to_numpy(dtype=float)[order]
    drawn, number = resamples(unit)
    last = np.flatnonzero(np.append(np.diff(p) != 0, True))
    values = []
    for weights in drawn:
        weight = weights[number[order]]
        hits, rows = np.cumsum(weight * true)[last], np.cumsum(weight)[last]
        gained = np.diff(hits, prepend=0.0)
        values.append((gained * hits / np.maximum(rows, 1)).sum() / max(hits[-1], 1))
    return spread(np.array(values), len(gold))


def spread(values: np.ndarray, n: int) -> Figure:
    """A figure from its value on the whole, first, and on the resamples."""
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return Figure(float(values[0]), float(low), float(high), n)


def measured(rows: pd.DataFrame) -> dict[str, dict[str, Figure]]:
    """All measures of labelled rows with their tags.

    Of `rows`: unit, question (bool), form, spin, push_pull, acts (with "|" between, the main one first), and what
    was said of them: said_question, bare_question (bool), said_form, said_spin, said_push_pull, said_act; "" is
    none. A second fitting act is accepted. Each measure is of the rows on which its label can be told: forms of
    questions, types of questions that have one, acts of rows that have one; false alarms of rows without.
    """
    named = rows["question"].map({True: "yes", False: "no"})
    unit = rows["unit"].to_numpy()
    figures = {}
    for name, column in (("question", "said_question"), ("question, bare", "bare_question")):
        said = rows[column].map({True: "yes", False: "no"})
        figures[name] = f1_of(named, said, CLASSES[name], unit)
    for name, column in (("form", "form"), ("SPIN", "spin"), ("push/pull", "push_pull")):
        told = rows[rows[column].isin(CLASSES[name])]
        figures[name] = f1_of(told[column], told[f"said_{column}"], CLASSES[name], told["unit"].to_numpy())
    acting, still = rows[rows["acts"] != ""], rows[(rows["acts"] == "") & rows["acts_told"]]
    figures["acts"] = f1_of(main_act(acting), acting["said_act"], CLASSES["acts"], acting["unit"].to_numpy())
    figures["false alarms"] = {"": share_of(still["said_act"] != "", still["unit"].to_numpy())}
    return figures


def main_act(rows: pd.DataFrame) -> pd.Series:
    """The act that should be said: the first of the row, or the one that was said when it is among them."""
    acts = rows["acts"].str.split("|")
    fits = [said in own for said, own in zip(rows["said_act"], acts, strict=True)]
    return rows["said_act"].where(fits, acts.str[0])


def reliability(p: pd.Series, true: pd.Series, unit: np.ndarray) -> dict[str, str]:
    """In ten bins of what was said the share that was so, and the expected calibration error with its interval."""
    p, true = p.to_numpy(dtype=float), true.to_numpy(dtype=float)
    bin_ = np.minimum((p * 10).astype(int), 9)
    drawn, number = resamples(unit)
    gap, cells = np.zeros(len(drawn)), {}
    for place in range(10):
        here = bin_ == place
        rows = drawn @ np.bincount(number[here], minlength=drawn.shape[1])
        off = drawn @ np.bincount(number[here], (p - true)[here], drawn.shape[1])
        gap += np.abs(off)
        few = f" ({here.sum()})"
        cells[f"{place / 10:.1f}–{place / 10 + 0.1:.1f}"] = (
            f"{true[here].mean():.2f}{few}" if rows[0] >= ENOUGH else "–"
        )
    size = drawn @ np.bincount(number, minlength=drawn.shape[1])
    return {"n": str(len(p)), "ECE": str(spread(gap / size, len(p))), **cells}
