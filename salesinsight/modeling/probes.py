"""Columns that know the answer too well: written afterwards, or written because of the answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from salesinsight.modeling.metrics import column_auc

ALONE, TOGETHER = 0.85, 0.90
STANDS_OUT, STANDS_OUT_BY = 0.75, 0.15
# an area under the curve counts when it is this many standard errors from 0.5; noise of few deals isn't
SURE, FOLDS, BINS, PRIOR = 4.0, 5, 10, 5.0


def leak_probe(X: pd.DataFrame, y: pd.Series, time: pd.Series | pd.Index | None = None) -> pd.DataFrame:
    """Find columns, or a whole table, that foretell the outcome suspiciously well.

    Parameters
    ----------
    X : pandas.DataFrame
        Any table: numbers, texts, moments. An index level ``deal_id`` keeps rows of a deal together.
    y : pandas.Series
        0 or 1; rows where it is missing are left out.
    time : pandas.Series or Index, optional
        Moment of each row; the whole table is then tried on rows later than those it learned from.

    Returns
    -------
    pandas.DataFrame
        column, auc, reason; empty when nothing is suspect. Reasons: "alone" (this column alone has an area
        under the ROC curve above 0.85), "stands_out" (above 0.75, and 0.15 above every other column),
        "together" (all columns, column "*", above 0.90).

    Notes
    -----
    The area of a column is the larger of two: that of its values in order, in either direction, and that of
    the stalled share per class or tenth of its values, learned on other deals; being missing is a class. A
    suspect is a question for a person: an honest column may be that good, but it seldom is.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> y = pd.Series(rng.integers(0, 2, 200))
    >>> X = pd.DataFrame({"noise": rng.normal(size=200), "closed_by": y * 2 + rng.normal(size=200) / 9})
    >>> leak_probe(X, y)[["column", "reason"]].values.tolist()
    [['closed_by', 'alone'], ['*', 'together']]
    """
    known = y.notna().to_numpy()
    X, answer = X[known], y[known].to_numpy(dtype=float)
    deals = _deals(X)
    if min(answer.sum(), len(answer) - answer.sum()) < FOLDS or len(np.unique(deals)) < FOLDS:
        return pd.DataFrame({"column": [], "auc": [], "reason": []})
    fold = np.zeros(len(X), dtype=int)
    for number, (_, test) in enumerate(
        GroupKFold(FOLDS, shuffle=True, random_state=0).split(X, groups=deals)
    ):
        fold[test] = number
    auc = pd.Series({name: _auc(X[name], answer, fold) for name in X.columns}, dtype=float)
    moments = None if time is None else pd.Series(np.asarray(time), dtype=object)[known].to_numpy()
    whole = _together(X, answer, fold, moments)
    sure = 0.5 + SURE * _standard_error(answer, len(np.unique(deals)))
    rows = [(name, value, "alone") for name, value in auc.items() if value > max(ALONE, sure)]
    ranked = auc.sort_values(ascending=False)
    if (
        not rows
        and len(ranked) > 1
        and ranked.iloc[0] > max(STANDS_OUT, ranked.iloc[1] + STANDS_OUT_BY, sure)
    ):
        rows = [(ranked.index[0], ranked.iloc[0], "stands_out")]
    rows.sort(key=lambda row: -row[1])
    rows += [("*", whole, "together")] if whole > max(TOGETHER, sure) else []
    return pd.DataFrame(rows, columns=["column", "auc", "reason"])


def _deals(X: pd.DataFrame) -> np.ndarray:
    if "deal_id" in X.index.names:
        return X.index.get_level_values("deal_id").to_numpy(dtype=object)
    return np.arange(len(X))


def _standard_error(y: np.ndarray, deals: int) -> float:
    """Standard error of the area of a column that says nothing, with one observation per deal."""
    n1, n0 = y.sum(), len(y) - y.sum()
    return float(np.sqrt((n1 + n0 + 1) / (12 * n1 * n0) * len(y) / deals))


def _numbers(column: pd.Series) -> np.ndarray | None:
    """The values as numbers with NaN; None for a column of names."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return ((column - column.min()) / pd.Timedelta(days=1)).to_numpy(dtype=float)
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return None


def _codes(column: pd.Series) -> np.ndarray:
    """Classes or tenths of the values, numbered from 0; missing is a class of its own."""
    numbers = _numbers(column)
    if numbers is None:
        return pd.factorize(column.astype("string"), use_na_sentinel=False)[0]
    if pd.Series(numbers).nunique() > BINS:
        edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1]))
        binned = np.searchsorted(edges, numbers, side="right").astype(float)
        numbers = np.where(np.isnan(numbers), np.nan, binned)
    return pd.factorize(numbers, use_na_sentinel=False)[0]


def _shares(column: pd.Series, y: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Share of ones in the row's class on the other folds, leaning towards the share of all."""
    codes = _codes(column)
    cell = fold * (codes.max() + 1) + codes
    shape = (FOLDS, codes.max() + 1)
    ones = np.bincount(cell, y, minlength=shape[0] * shape[1]).reshape(shape)
    every = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    shares = (ones.sum(0) - ones + PRIOR * y.mean()) / (every.sum(0) - every + PRIOR)
    return shares[fold, codes]


def _auc(column: pd.Series, y: np.ndarray, fold: np.ndarray) -> float:
    numbers = _numbers(column)
    best = column_auc(y, _shares(column, y, fold))
    if numbers is not None and not np.isnan(numbers).all():
        raw = column_auc(y, np.where(np.isnan(numbers), np.nanmedian(numbers), numbers))
        best = max(best, raw, 1 - raw)
    return best


def _together(X: pd.DataFrame, y: np.ndarray, fold: np.ndarray, moments: np.ndarray | None) -> float:
    """Area of a logistic model on all columns, tested on other deals and, with moments, on later ones."""
    table = np.column_stack([_inputs(X[name]) for name in X.columns])
    table = (table - table.mean(axis=0)) / np.where(table.std(axis=0) > 0, table.std(axis=0), 1.0)
    early = np.zeros(len(y), dtype=bool)
    if moments is not None:
        early = pd.Series(moments).rank(method="average").to_numpy() <= len(y) / 2
    p = np.full(len(y), np.nan)
    with threadpool_limits(1):
        for number in range(FOLDS):
            train = (fold != number) & (early if early.any() else True)
            test = (fold == number) & ~early
            if test.any() and 0 < y[train].sum() < train.sum():
                model = LogisticRegression(C=0.01, max_iter=1000).fit(table[train], y[train])
                p[test] = model.decision_function(table[test])
    tested = ~np.isnan(p)
    return column_auc(y[tested], p[tested]) if tested.any() else np.nan


def _inputs(column: pd.Series) -> np.ndarray:
    """The values and whether they are missing; for names one column per name, when there are few."""
    numbers = _numbers(column)
    missing = column.isna().to_numpy(dtype=float)
    if numbers is None:
        codes, names = pd.factorize(column.astype("string"))
        return np.eye(len(names) + 1)[codes] if len(names) <= 2 * BINS else missing[:, None]
    middle = 0.0 if np.isnan(numbers).all() else np.nanmedian(numbers)
    return np.column_stack([np.where(np.isnan(numbers), middle, numbers), missing])
