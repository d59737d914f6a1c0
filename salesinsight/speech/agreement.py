"""Agreement: whether two people who label the same utterances mean the same by the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.errors import MissingColumns, NotTheSame
from salesinsight.schema import SELLER_ACTS, takes
from salesinsight.speech.labels import LABELS

if TYPE_CHECKING:
    from nltk.metrics.agreement import AnnotationTask

SINGLE = ("question", "form", "spin", "push_pull")
LEAST = 10  # uses; of fewer nothing can be said
ROUNDS = 2_000
COUNTS = ["both", "only_first", "only_second"]
MEASURES = ["kappa", "low", "high", "alpha"]


@takes(first=pd.DataFrame, second=pd.DataFrame)
def agreement(first: pd.DataFrame, second: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Measure how far two labellers agree, beyond what chance would give.

    Parameters
    ----------
    first, second : pandas.DataFrame
        The same utterances in the same order, labelled apart: the label columns of ``docs/annotation.md``
        (those that both have), several labels in a cell with ``|`` between; role and previous where known.
    seed : int, default 0
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row per label that someone used: column; label; n, the utterances where it could stand; both,
        only_first and only_second, how often who used it; kappa, Cohen's κ, with low and high, its 95 %
        interval (missing with fewer than 10 uses: *te weinig*); alpha, Krippendorff's α over the column
        (question, form, spin and push_pull only).

    Raises
    ------
    MissingColumns, NotTheSame
        When the tables have no label column in common, or are about other utterances.

    Notes
    -----
    κ is 1 for full agreement and 0 for what chance would give. A form, flag, SPIN type, push or pull is
    compared where both saw a question (the last two: of the seller), a kind of request where both saw a
    request, an act where the side that does it speaks, an answer where a customer speaks after something.
    The interval draws the utterances anew, 2,000 times.

    Examples
    --------
    >>> first = pd.DataFrame({"question": ["yes"] * 12 + ["no"] * 8})
    >>> second = pd.DataFrame({"question": ["yes"] * 11 + ["no"] * 9})
    >>> agreement(first, second)[["label", "n", "both", "kappa"]].round(2).values.tolist()
    [['yes', 20, 11, 0.9]]
    """
    first, second = (table.reset_index(drop=True) for table in (first, second))
    _refuse_others(first, second)
    columns = [name for name in LABELS if name in first and name in second]
    if not columns:
        raise MissingColumns(table="labels", absent=list(LABELS), present=list(first.columns))
    said = [table[columns].astype("string").fillna("").apply(_stripped) for table in (first, second)]
    rng = np.random.default_rng(seed)
    rows = [row for column in columns for row in _of_column(column, first, said, rng)]
    table = pd.DataFrame(rows, columns=["column", "label", "n", *COUNTS, *MEASURES])
    numbers = dict.fromkeys(["n", *COUNTS], "int64") | dict.fromkeys(MEASURES, "Float64")
    return table.astype({"column": "string", "label": "string"} | numbers)


def _of_column(
    column: str, facts: pd.DataFrame, said: list[pd.DataFrame], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """A row per label of one column."""
    where = _where(column, facts, *said)
    values = [table.loc[where, column] for table in said]
    alpha = _alpha(*values) if column in SINGLE else pd.NA
    sets = [value.str.split("|") for value in values]
    rows = []
    for label in sorted(set(pd.concat(sets).explode()) - {"", "no"}):
        uses = [each.map(lambda here, label=label: label in here).to_numpy(dtype=bool) for each in sets]
        side = _side(label, column, facts.loc[where])
        compared = _compare(uses[0][side], uses[1][side], rng)
        rows.append({"column": column, "label": label} | compared | {"alpha": alpha})
    return rows


def _stripped(values: pd.Series) -> pd.Series:
    return values.str.strip().str.lower().str.replace(r"\s*\|\s*", "|", regex=True)


def _refuse_others(first: pd.DataFrame, second: pd.DataFrame) -> None:
    if len(first) != len(second):
        raise NotTheSame(first=len(first), second=len(second))
    if "text" in first and "text" in second:
        one, two = (table["text"].astype("string").fillna("").str.strip() for table in (first, second))
        other = np.flatnonzero((one != two).to_numpy(dtype=bool))
        if len(other):
            raise NotTheSame(row=int(other[0]) + 1, first=one[other[0]], second=two[other[0]])


def _where(column: str, facts: pd.DataFrame, one: pd.DataFrame, two: pd.DataFrame) -> pd.Series:
    """The utterances in which a label of this column can stand, as both see it."""
    where = pd.Series(True, index=facts.index)
    if column in ("form", "flags", "spin", "push_pull") and "question" in one:
        where &= one["question"].eq("yes") & two["question"].eq("yes")
    if column == "request_kind":
        where &= one[column].ne("") & two[column].ne("")
    if column in ("spin", "push_pull") and "role" in facts:
        where &= facts["role"].ne("customer").fillna(True)
    if column == "answer":
        where &= facts["role"].ne("seller").fillna(True) if "role" in facts else True
        where &= facts["previous"].fillna("").ne("") if "previous" in facts else True
    return where.astype(bool)


def _side(label: str, column: str, facts: pd.DataFrame) -> np.ndarray:
    """Where the side speaks that does an act; everywhere for other labels."""
    if column != "acts" or "role" not in facts:
        return np.ones(len(facts), dtype=bool)
    other = "customer" if label in SELLER_ACTS else "seller"
    return facts["role"].ne(other).fillna(True).to_numpy(dtype=bool)


def _compare(one: np.ndarray, two: np.ndarray, rng: np.random.Generator) -> dict[str, Any]:
    """How often who used a label, κ and its interval."""
    n = len(one)
    cells = np.array([(one & two).sum(), (one & ~two).sum(), (~one & two).sum(), (~one & ~two).sum()])
    found: dict[str, Any] = {"n": n, **dict(zip(COUNTS, map(int, cells), strict=False))}
    if cells[:3].sum() < LEAST or not np.isfinite(_kappa(cells)):
        return found | dict.fromkeys(["kappa", "low", "high"], pd.NA)
    # drawing utterances anew is drawing these four numbers anew
    drawn = _kappa(rng.multinomial(n, cells / n, size=ROUNDS))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return found | {"kappa": _task(one, two).kappa(), "low": float(low), "high": float(high)}


def _kappa(cells: np.ndarray) -> Any:
    """Cohen's κ from counts of both, only the first, only the second, neither (the last axis)."""
    both, first, second, neither = np.moveaxis(cells.astype(float), -1, 0)
    n = both + first + second + neither
    seen = (both + neither) / n
    chance = ((both + first) * (both + second) + (neither + first) * (neither + second)) / n**2
    with np.errstate(invalid="ignore", divide="ignore"):
        return (seen - chance) / (1 - chance)


def _task(one: np.ndarray, two: np.ndarray) -> AnnotationTask:
    # loaded where it is used: it takes a second
    from nltk.metrics.agreement import AnnotationTask

    labels = [("first", place, str(label)) for place, label in enumerate(one)]
    return AnnotationTask([*labels, *(("second", place, str(label)) for place, label in enumerate(two))])


def _alpha(one: pd.Series, two: pd.Series) -> Any:
    """Krippendorff's α; missing with fewer than two labels in use."""
    if len(set(one) | set(two)) < 2:
        return pd.NA
    return float(_task(one.to_numpy(), two.to_numpy()).alpha())
