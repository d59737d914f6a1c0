"""Columns that know the answer too well: written afterwards, or written because of the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student_t

from salesinsight.modeling.afterwards import written_later
from salesinsight.modeling.foretelling import Foretelling
from salesinsight.schema import PATH, takes

ALONE, TOGETHER = 0.85, 0.90
STANDS_OUT, STANDS_OUT_BY = 0.75, 0.15
# columns that say so much of each other at equal outcome were filled in together
ALIKE = 0.4
# an area under the curve counts when it is this many standard errors from 0.5; noise of few deals isn't
SURE = 4.0
# the planted column is the outcome with so much noise
CANARY = 0.3
SHUFFLES = 5
COLUMNS = ["column", "auc", "reason", "beside", "after"]
CHECKS = ["check", "auc", "low", "high", "passed"]


@takes(X=pd.DataFrame, y=pd.Series, profile=PATH)
def leak_probe(
    X: pd.DataFrame,
    y: pd.Series,
    time: pd.Series | pd.Index | None = None,
    *,
    profile: str | Path | None = None,
) -> pd.DataFrame:
    """Find columns, or a whole table, that foretell the outcome suspiciously well.

    Parameters
    ----------
    X : pandas.DataFrame
        Any table: numbers, texts, moments. An index level ``deal_id`` keeps rows of a deal together.
    y : pandas.Series
        0 or 1; rows where it is missing are left out.
    time : pandas.Series or Index, optional
        Moments: rows are then held against others of their fifth of time, so that no calendar hides a leak.
    profile : str or path, optional
        Of the export that the table comes from: what it reads as the end of a deal is written later. Raises
        ProfileMissing or BadProfile.

    Returns
    -------
    pandas.DataFrame
        column; auc; reason; beside: the suspect that a column goes with, else None; after: area of all that
        is left when this column and those above it are dropped. Empty when nothing is suspect. Reasons:
        "alone" (an area under the ROC curve above 0.85), "stands_out" (above 0.75, and 0.15 above every other
        column), "profile" and "name" (known to be written afterwards, and says something of the outcome),
        "certain" (99 % of the rows with one of its values, in 20 deals or more, have the rarer outcome),
        "group" (the strongest of what is left, dropped because the rest together was still above 0.90, and
        tried again), "with" (says much of the suspect `beside` at equal outcome, so it was probably filled in
        with it), "together" (all columns, column "*", above 0.90).

    Notes
    -----
    The area of a column is the larger of two: of its values in order, in either direction, and of the share
    of ones per class or tenth, learned on other deals (missing is a class). All together: a logistic model on
    these shares, tested on other deals. A suspect is a question for a person: an honest column may be that
    good, but it seldom is.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> y = pd.Series(rng.integers(0, 2, 200))
    >>> X = pd.DataFrame({"noise": rng.normal(size=200), "signed_by": y * 2 + rng.normal(size=200) / 9})
    >>> leak_probe(X, y)[["column", "reason"]].values.tolist()
    [['signed_by', 'alone'], ['*', 'together']]
    """
    table = Foretelling.of(X, y, time)
    if table is None:
        return _frame([])
    sure = 0.5 + SURE * table.noise
    ranked = pd.Series({name: table.alone(name) for name in X.columns}, dtype=float)
    ranked, whole = ranked.sort_values(ascending=False), _area(table, list(X.columns))
    rows = _drop_and_retry(table, ranked, sure, _reasons(table, ranked, sure, profile))
    if whole > max(TOGETHER, sure):
        after = rows[-1]["after"] if rows else whole
        rows.append({"column": "*", "auc": whole, "reason": "together", "beside": None, "after": after})
    return _frame(rows)


def leak_checks(
    X: pd.DataFrame,
    y: pd.Series,
    time: pd.Series | pd.Index | None = None,
    *,
    suspects: pd.DataFrame | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Try the probes themselves: what they make of labels that mean nothing, and of the future.

    Parameters
    ----------
    X, y, time
        As in `leak_probe`.
    suspects : pandas.DataFrame, optional
        From `leak_probe`; the area without these columns is given as well.
    seed : int
        Of the drawn labels and the noise of the planted column.

    Returns
    -------
    pandas.DataFrame
        check, auc, low, high (95 %, whole deals as the unit), passed (missing where nothing is to pass):

        - "random": all columns, tested on other deals;
        - "later": the same, learned on the first three fifths of time and tested on the rest. Much lower than
          "random" means that random folds flatter here, by drift or by a leak that has come to an end;
        - "random without suspects", "later without suspects";
        - "permuted": each deal with the labels of a deal drawn at random, five times over; passed when the
          area is about 0.5 (the interval is that of the mean), else the test itself leaks;
        - "canary": a planted column that knows the outcome; passed when the probe would name it, else there
          are too few deals to see any leak.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame(rng.normal(size=(300, 3)))
    >>> checks = leak_checks(X, pd.Series(rng.integers(0, 2, 300))).set_index("check")
    >>> checks.loc[["permuted", "canary"], "passed"].tolist()
    [True, True]
    """
    table = Foretelling.of(X, y, time)
    if table is None:
        return pd.DataFrame(columns=CHECKS)
    dropped = set() if suspects is None else set(suspects["column"])
    every = list(X.columns)
    left = [name for name in every if name not in dropped]
    rows = [_checked("random", table, every)]
    rows += [_checked("later", table, every, later=True)] if time is not None else []
    if len(left) < len(every):
        rows.append(_checked("random without suspects", table, left))
        rows += [_checked("later without suspects", table, left, later=True)] if time is not None else []
    rows += [_permuted(table, every, seed), _canary(table, seed)]
    return pd.DataFrame(rows, columns=CHECKS).astype({"passed": "boolean"})


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    # None stays None beside texts only in a column of objects
    beside = pd.Series([row["beside"] for row in rows], dtype=object)
    return pd.DataFrame(rows, columns=COLUMNS).assign(beside=beside)


def _reasons(table: Foretelling, ranked: pd.Series, sure: float, profile: Any) -> dict[Any, str]:
    """Columns that are suspect by themselves, and the gravest reason."""
    telling = ranked.index[ranked > sure]
    certain = {name: "certain" for name in telling if table.certain(name)}
    return certain | written_later(telling, profile) | _outstanding(ranked, sure)


def _outstanding(ranked: pd.Series, sure: float) -> dict[Any, str]:
    """Columns that are too good alone or, when there are none, the one that leaves all others behind."""
    alone = ranked.index[ranked > max(ALONE, sure)]
    if len(alone) or len(ranked) < 2:
        return dict.fromkeys(alone, "alone")
    far = max(STANDS_OUT, ranked.iloc[1] + STANDS_OUT_BY, sure)
    return {ranked.index[0]: "stands_out"} if ranked.iloc[0] > far else {}


def _drop_and_retry(
    table: Foretelling, ranked: pd.Series, sure: float, reasons: dict[Any, str]
) -> list[dict[str, Any]]:
    """Drop suspects with all that goes with them, then the strongest of the rest while that is too good."""
    left, rows, rest = list(ranked.index), [], None
    todo = [name for name in ranked.index if name in reasons]
    while left:
        if not todo:
            rest = _area(table, left) if rest is None else rest
            if rest <= max(TOGETHER, sure):
                break
            todo = [left[0]]
        name = todo.pop(0)
        if name not in left:
            continue
        left.remove(name)
        strong = [other for other in left if ranked[other] > sure and other not in reasons]
        beside = [other for other in strong if table.alike(name, other) > ALIKE]
        left = [other for other in left if other not in beside]
        rest = _area(table, left)
        rows.append(_row(name, ranked, reasons.get(name, "group"), None, rest))
        rows += [_row(other, ranked, "with", name, rest) for other in beside]
    return rows


def _row(name: Any, ranked: pd.Series, reason: str, beside: Any, after: float) -> dict[str, Any]:
    return {"column": name, "auc": float(ranked[name]), "reason": reason, "beside": beside, "after": after}


def _area(table: Foretelling, names: list) -> float:
    return table.figure(table.together(names))[0]


def _checked(check: str, table: Foretelling, names: list, *, later: bool = False) -> dict[str, Any]:
    value, low, high = table.figure(table.together(names, later=later))
    return {"check": check, "auc": value, "low": low, "high": high, "passed": None}


def _permuted(table: Foretelling, names: list, seed: int) -> dict[str, Any]:
    drawn = [table.shuffled(SHUFFLES * seed + number) for number in range(SHUFFLES)]
    values = np.array([_area(shuffled, names) for shuffled in drawn])
    half = student_t.ppf(0.975, SHUFFLES - 1) * values.std(ddof=1) / np.sqrt(SHUFFLES)
    low, value, high = values.mean() + np.array([-half, 0.0, half])
    passed = abs(value - 0.5) < SURE * table.noise
    return {"check": "permuted", "auc": value, "low": low, "high": high, "passed": passed}


def _canary(table: Foretelling, seed: int) -> dict[str, Any]:
    planted = table.y + np.random.default_rng(seed).normal(size=len(table.y)) * CANARY
    value, low, high = table.figure(planted)
    passed = value > max(ALONE, 0.5 + SURE * table.noise)
    return {"check": "canary", "auc": value, "low": low, "high": high, "passed": passed}
