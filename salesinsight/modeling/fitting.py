"""How a model is fitted on few deals: weights, the strength of the penalty, and calibration.

All landmarks weigh the same. Weights of 1 / landmarks of the deal look fairer, but how many landmarks a deal
gets depends on how it ends: deals that linger would count for less at every moment at which somebody has to
judge them, and the stalled share of next Monday's list would be foretold far too low.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline

from salesinsight.modeling.pipelines import DEFAULT_C, make_pipeline, predict_stalled
from salesinsight.modeling.splits import required, window_weights

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

PENALTIES, TUNING_FOLDS = (0.001, 0.003, DEFAULT_C, 0.03, 0.1, 0.3), 3
CALIBRATION_PARTS, LEAST_PER_CLASS = 4, 5


def fit_kind(
    kind: str,
    data: Dataset,
    rows: np.ndarray,
    *,
    calibrate: bool,
    C: float | None = None,
    seed: int = 0,
) -> tuple[BaseEstimator, float]:
    """Fit one kind of model on some rows, the way it is tested and used.

    Parameters
    ----------
    kind : {"logistic", "boosting"}
        Which model.
    data : Dataset
        Closed windows.
    rows : numpy.ndarray
        Row numbers to learn from.
    calibrate : bool
        Whether a temperature follows.
    C : float, optional
        Chosen by folds of accounts within the rows when not given.
    seed : int
        For what is drawn.

    Returns
    -------
    model : estimator
        Fitted.
    C : float
        That of the logistic model; NaN for the boosting.
    """
    X, y4 = data.X.iloc[rows], required(data.y4).to_numpy(dtype=object)[rows]
    groups = data.groups.to_numpy(dtype=object)[rows]
    weight = equal_weights(X.index) * window_weights(data, rows)
    pipeline: Pipeline = make_pipeline(kind, data.mode, list(X.columns), seed=seed)
    if kind == "logistic":
        C = choose_c(pipeline, X, y4, weight, groups, seed) if C is None else C
        pipeline.set_params(model__C=C)
    apart = calibration_rows(groups, seed) if calibrate else None
    deals = X.index.get_level_values("deal_id").to_numpy(dtype=object)
    model = fit_model(pipeline, X, y4, weight, calibrate_on=apart, deals=deals)
    return model, float("nan") if C is None else C


def equal_weights(index: pd.MultiIndex) -> np.ndarray:
    """One weight for all rows, such that together they weigh as many as there are deals.

    Rows of one deal say much the same; a penalty must be seen against the number of deals.
    """
    deals = index.get_level_values("deal_id").nunique()
    return np.full(len(index), deals / max(len(index), 1))


def fit_model(
    pipeline: Pipeline,
    X: pd.DataFrame,
    y4: np.ndarray,
    weight: np.ndarray,
    *,
    calibrate_on: np.ndarray | None = None,
    deals: np.ndarray | None = None,
) -> BaseEstimator:
    """Fit a copy of a pipeline, and calibrate it on rows kept apart when these are given.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        From `make_pipeline`; stays as it is.
    X, y4, weight
        Training rows.
    calibrate_on : numpy.ndarray of bool, optional
        Rows to learn one temperature from (see `calibration_rows`); the pipeline is fitted on the others.
        Left undone when one of the model's outcomes has fewer than `LEAST_PER_CLASS` deals there.
    deals : numpy.ndarray, optional
        Which deal each row is of; without it each row counts as one.

    Returns
    -------
    estimator
        With ``classes_`` and ``predict_proba``. With one outcome in training it always says that one.
    """
    fitted = clone(pipeline)
    if len(np.unique(y4)) < 2:
        fitted.set_params(model=DummyClassifier())
    if calibrate_on is None:
        return fitted.fit(X, y4, model__sample_weight=weight)
    rest = ~calibrate_on
    deals = np.arange(len(y4)) if deals is None else deals
    ended = pd.Series(deals[calibrate_on]).groupby(y4[calibrate_on]).nunique()
    if set(ended.index) != set(y4) or set(ended.index) != set(y4[rest]) or ended.min() < LEAST_PER_CLASS:
        return fitted.fit(X, y4, model__sample_weight=weight)
    fitted.fit(X[rest], y4[rest], model__sample_weight=weight[rest])
    every = np.arange(calibrate_on.sum())
    calibrated = CalibratedClassifierCV(FrozenEstimator(fitted), method="temperature", cv=[(every, every)])
    with warnings.catch_warnings():
        # a frozen pipeline can't take the weights, and need not: it isn't fitted again
        warnings.filterwarnings("ignore", message="Since FrozenEstimator does not appear")
        return calibrated.fit(X[calibrate_on], y4[calibrate_on], sample_weight=weight[calibrate_on])


def calibration_rows(groups: np.ndarray, seed: int = 0) -> np.ndarray:
    """Rows to calibrate on: those of one account in `CALIBRATION_PARTS`.

    Accounts rather than the newest stretch of time: between a model and a later stretch a whole horizon
    must stay unused, which few data sets can spare.
    """
    accounts = np.unique(groups)
    count = max(1, len(accounts) // CALIBRATION_PARTS)
    return np.isin(groups, np.random.default_rng(seed).permutation(accounts)[:count])


def choose_c(
    pipeline: Pipeline, X: pd.DataFrame, y4: np.ndarray, weight: np.ndarray, groups: np.ndarray, seed: int = 0
) -> float:
    """Choose the logistic model's C inside the training rows, by folds of accounts.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        A logistic one from `make_pipeline`.
    X, y4, weight, groups
        Training rows.
    seed : int
        Which accounts go together.

    Returns
    -------
    float
        `DEFAULT_C`, unless the log-loss of p_stalled is lower by more than a standard error with the next
        one of `PENALTIES`, and so on. With few deals the least loss is mostly luck.

    Notes
    -----
    Medians and scales come from all training rows: they see no outcome, and once is much faster.
    """
    stalled = y4 == "stalled"
    _, account = np.unique(groups, return_inverse=True)
    fewest = min(len(np.unique(account[part])) for part in (stalled, ~stalled))
    if account.max() + 1 < 4 * TUNING_FOLDS or fewest < LEAST_PER_CLASS:
        return DEFAULT_C
    table = clone(pipeline.named_steps["columns"]).fit_transform(X)
    folds = list(GroupKFold(TUNING_FOLDS, shuffle=True, random_state=seed).split(table, groups=groups))
    if any(not 0 < stalled[train].sum() < len(train) for train, _ in folds):
        return DEFAULT_C
    models = [LogisticRegression(max_iter=2000, tol=1e-3, warm_start=True) for _ in folds]

    def losses(C: float) -> np.ndarray:
        """Log-loss out of fold, summed per account."""
        told = np.zeros(len(y4))
        for model, (train, test) in zip(models, folds, strict=True):
            model.set_params(C=C).fit(table[train], y4[train], sample_weight=weight[train])
            told[test] = predict_stalled(model, table[test]).clip(1e-6, 1 - 1e-6)
        return np.bincount(account, -weight * np.log(np.where(stalled, told, 1 - told)))

    start = PENALTIES.index(DEFAULT_C)
    first = losses(DEFAULT_C)
    for way in (PENALTIES[start + 1 :], PENALTIES[:start][::-1]):
        best, least = DEFAULT_C, first
        for C in way:
            loss = losses(C)
            gain = least - loss
            if gain.sum() <= np.sqrt(len(gain)) * gain.std():
                break
            best, least = C, loss
        if best != DEFAULT_C:
            return best
    return DEFAULT_C
