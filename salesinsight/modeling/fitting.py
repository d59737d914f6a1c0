"""How a model is fitted on few deals: weights, settings chosen inside the training rows, and calibration.

All landmarks weigh the same. Weights of 1 / landmarks of the deal look fairer, but how many landmarks a deal
gets depends on how it ends: deals that linger would count for less at every moment at which somebody has to
judge them, and the stalled share of next Monday's list would be foretold far too low.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from salesinsight.modeling.pipelines import LINEAR, core_pipeline, make_pipeline, model_columns
from salesinsight.modeling.splits import required, window_weights
from salesinsight.modeling.tuning import GRIDS, Grid, grid_for, tune

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

CALIBRATION_PARTS, LEAST_PER_CLASS = 4, 5


def fit_kind(
    kind: str,
    data: Dataset,
    rows: np.ndarray,
    *,
    calibrate: bool,
    tuned: dict[str, Any] | None = None,
    seed: int = 0,
) -> tuple[BaseEstimator, dict[str, Any]]:
    """Fit one kind of model on some rows, the way it is tested and used.

    Parameters
    ----------
    kind : str
        One of `pipelines.ALL_KINDS`.
    data : Dataset
        Closed windows.
    rows : numpy.ndarray
        Row numbers to learn from.
    calibrate : bool
        Whether a temperature follows.
    tuned : dict, optional
        Settings as this function gave them; searched within the rows when not given (see `tuning`).
    seed : int
        For what is drawn.

    Returns
    -------
    model : estimator
        Fitted.
    tuned : dict
        The settings that a search may choose, and their values: empty for a kind without any.
    """
    X, y4 = data.X.iloc[rows], required(data.y4).to_numpy(dtype=object)[rows]
    groups = data.groups.to_numpy(dtype=object)[rows]
    deals = X.index.get_level_values("deal_id").to_numpy(dtype=object)
    pipeline = make_pipeline(kind, data.mode, list(X.columns), seed=seed)
    if tuned is None:
        n_deals, n_stalled = (len(np.unique(part)) for part in (deals, deals[y4 == "stalled"]))
        n_columns = len(model_columns(list(X.columns), data.mode))
        grid = grid_for(kind, data.mode, n_deals, n_stalled, n_columns)
    else:
        grid = {}
        pipeline.named_steps["model"].set_params(**tuned)
    weight = row_weights(kind, data, rows)
    apart = calibration_rows(groups, seed) if calibrate else None
    given: dict[str, Any] = {
        "grid": grid,
        "groups": groups,
        "calibrate_on": apart,
        "deals": deals,
        "seed": seed,
    }
    model = fit_model(pipeline, X, y4, weight, **given)
    settings = core_pipeline(model).named_steps["model"].get_params()
    return model, {name: settings[name] for name in GRIDS.get(kind, {}) if name in settings}


def row_weights(kind: str, data: Dataset, rows: np.ndarray) -> np.ndarray:
    """What each row counts for: one penalty must be seen against deals, a leaf of a tree against rows."""
    weight = window_weights(data, rows)
    return weight * equal_weights(data.X.index[rows]) if kind in LINEAR else weight


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
    grid: Grid | None = None,
    groups: np.ndarray | None = None,
    calibrate_on: np.ndarray | None = None,
    deals: np.ndarray | None = None,
    seed: int = 0,
) -> BaseEstimator:
    """Fit a copy of a pipeline, and calibrate it on rows kept apart when these are given.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        From `make_pipeline`; stays as it is.
    X, y4, weight
        Training rows.
    grid, groups : dict and numpy.ndarray, optional
        Settings of the last step to search (see `tuning.tune`), and the accounts to search them by.
    calibrate_on : numpy.ndarray of bool, optional
        Rows to learn one temperature from (see `calibration_rows`); the model is fitted on the others. Left
        undone when one of the model's outcomes has fewer than `LEAST_PER_CLASS` deals there.
    deals : numpy.ndarray, optional
        Which deal each row is of; without it each row counts as one.
    seed : int
        Of the search.

    Returns
    -------
    estimator
        With ``classes_`` and ``predict_proba``. With one outcome in training it always says that one.
    """
    fitted = clone(pipeline)
    if len(np.unique(y4)) < 2:
        fitted.set_params(model=DummyClassifier())
        grid = {}
    *before, (_, last) = fitted.steps
    table = X
    for _, step in before:
        table = step.fit_transform(table)
    if grid and groups is not None:
        last.set_params(**tune(last, grid, table, y4, weight, groups, seed))
    apart = np.zeros(len(y4), dtype=bool) if calibrate_on is None else calibrate_on
    if calibrate_on is not None:
        deals = np.arange(len(y4)) if deals is None else deals
        ended = pd.Series(deals[apart]).groupby(y4[apart]).nunique()
        if (
            set(ended.index) != set(y4)
            or set(ended.index) != set(y4[~apart])
            or ended.min() < LEAST_PER_CLASS
        ):
            apart = np.zeros(len(y4), dtype=bool)
    _fit_last(last, table[~apart], y4[~apart], weight[~apart])
    return _with_temperature(fitted, X[apart], y4[apart], weight[apart]) if apart.any() else fitted


def _fit_last(last: BaseEstimator, table: Any, y4: np.ndarray, weight: np.ndarray) -> None:
    with warnings.catch_warnings():
        # a net that hasn't settled after all its rounds is a little more penalised than asked, no more
        warnings.simplefilter("ignore", ConvergenceWarning)
        # trees find their bins much faster without weights
        last.fit(table, y4, sample_weight=None if (weight == 1).all() else weight)


def _with_temperature(
    fitted: Pipeline, X: pd.DataFrame, y4: np.ndarray, weight: np.ndarray
) -> CalibratedClassifierCV:
    every = np.arange(len(y4))
    calibrated = CalibratedClassifierCV(FrozenEstimator(fitted), method="temperature", cv=[(every, every)])
    with warnings.catch_warnings():
        # a frozen pipeline can't take the weights, and need not: it isn't fitted again
        warnings.filterwarnings("ignore", message="Since FrozenEstimator does not appear")
        return calibrated.fit(X, y4, sample_weight=weight)


def calibration_rows(groups: np.ndarray, seed: int = 0) -> np.ndarray:
    """Rows to calibrate on: those of one account in `CALIBRATION_PARTS`.

    Accounts rather than the newest stretch of time: between a model and a later stretch a whole horizon
    must stay unused, which few data sets can spare.
    """
    accounts = np.unique(groups)
    count = max(1, len(accounts) // CALIBRATION_PARTS)
    return np.isin(groups, np.random.default_rng(seed).permutation(accounts)[:count])
