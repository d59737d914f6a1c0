"""How strong a penalty, how large a tree: chosen inside the training rows, by folds of accounts.

scikit-learn's grid search tries the settings; what is taken is the first in its grid within one standard
error of the best. Grids begin with what did well on few deals and go on from simple to flexible, so a setting
is left for another only where the data show that it pays. With few deals the least loss is mostly luck.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, GroupKFold, GroupShuffleSplit

from salesinsight.modeling.calibration import TINY
from salesinsight.modeling.pipelines import predict_stalled

Grid = dict[str, list]
GRIDS: dict[str, Grid] = {
    "logistic": {"C": [0.02, 0.007, 0.05, 0.15]},
    "elastic_net": {"C": [0.1, 0.05], "l1_ratio": [0.2, 0.5]},
    "boosting": {"learning_rate": [0.03, 0.1], "max_leaf_nodes": [4, 8]},
}
# for the logistic model of "voorlopig", with one summary per family
FEW_COLUMNS: Grid = {"C": [0.03, 0.01, 0.08, 0.25]}
FOLDS, ACCOUNTS_PER_FOLD, LEAST_PER_SIDE = 3, 4, 5
# a net and trees have more than one setting, and few deals can't tell them apart
EVENTS_PER_COLUMN, MANY_DEALS = 10, 1000
# C is relative to the number of deals, so that a draw of rows chooses as all of them would
MOST_ROWS = 4_000


def grid_for(kind: str, mode: str, n_deals: int, n_stalled: int, n_columns: int) -> Grid:
    """Settings to try for a kind of model on so much data; none where its usual ones stand.

    Parameters
    ----------
    kind : str
        One of `pipelines.ALL_KINDS`.
    mode : {"voorlopig", "volledig"}
        How much data there is.
    n_deals, n_stalled, n_columns : int
        Deals to learn from, those of them that stalled at some landmark, and columns of the model.

    Returns
    -------
    dict
        Of lists, as `GridSearchCV` takes it. All kinds but the logistic model have a grid only with
        `EVENTS_PER_COLUMN` stalled deals per column or with `MANY_DEALS` deals.

    Examples
    --------
    >>> grid_for("boosting", "volledig", n_deals=300, n_stalled=140, n_columns=200)
    {}
    >>> grid_for("logistic", "volledig", n_deals=300, n_stalled=140, n_columns=200)["C"][0]
    0.02
    """
    if kind == "logistic" and mode == "voorlopig":
        return FEW_COLUMNS
    enough = n_deals >= MANY_DEALS or n_stalled >= EVENTS_PER_COLUMN * n_columns
    return GRIDS.get(kind, {}) if kind == "logistic" or enough else {}


def tune(
    model: BaseEstimator,
    grid: Grid,
    table: Any,
    y4: np.ndarray,
    weight: np.ndarray,
    groups: np.ndarray,
    seed: int = 0,
) -> dict[str, Any]:
    """Search a grid by folds of accounts within the training rows.

    Parameters
    ----------
    model : estimator
        The last step of a pipeline; stays as it is.
    grid : dict of lists
        From `grid_for`, in order of preference.
    table : array or sparse matrix
        What the model sees of the training rows: medians, scales and norms come from all of them, for they
        see no outcome, and once is much faster.
    y4, weight, groups : numpy.ndarray
        Outcomes, weights (of fitting and of the score) and accounts of these rows.
    seed : int
        Which accounts go together.

    Returns
    -------
    dict
        Values of the settings in the grid. Empty, so that the model's own stand, for an empty grid and where
        fewer than `ACCOUNTS_PER_FOLD` accounts per fold or `LEAST_PER_SIDE` accounts with, or without, a
        stalled landmark would decide.

    Notes
    -----
    The score is `stalled_score`. One account in `FOLDS` is told by the others; a setting's standard error is
    that of its distance to the best over these folds: the search keeps no score per account. Five and ten
    folds chose no better than three (docs/models.md).
    """
    stalled, (names, account) = y4 == "stalled", np.unique(groups, return_inverse=True)
    sides = [len(np.unique(account[part])) for part in (stalled, ~stalled)]
    if not grid or len(names) < FOLDS * ACCOUNTS_PER_FOLD or min(sides) < LEAST_PER_SIDE:
        return {}
    rows = np.arange(len(y4))
    if len(rows) > MOST_ROWS:
        draw = GroupShuffleSplit(1, train_size=MOST_ROWS / len(rows), random_state=seed)
        rows, _ = next(draw.split(rows, groups=account))
    folds = list(GroupKFold(FOLDS, shuffle=True, random_state=seed).split(rows, groups=account[rows]))
    if any(len(np.unique(stalled[rows[learned]])) < 2 for learned, _ in folds):
        return {}

    given: dict[str, Any] = {"scoring": stalled_score, "refit": first_of_the_best, "error_score": "raise"}
    search = GridSearchCV(model, grid, cv=folds, **given)
    with warnings.catch_warnings():
        # a strength at which a net doesn't settle in time is judged by what it foretells all the same
        warnings.simplefilter("ignore", ConvergenceWarning)
        search.fit(table[rows], y4[rows], sample_weight=weight[rows])
    return search.best_params_


def stalled_score(
    model: BaseEstimator, table: Any, y4: np.ndarray, sample_weight: np.ndarray | None = None
) -> float:
    """Log-likelihood of stalled or not, the mean over rows; 0 is perfect, and higher is better."""
    told = predict_stalled(model, table).clip(TINY, 1 - TINY)
    return float(np.average(np.log(np.where(y4 == "stalled", told, 1 - told)), weights=sample_weight))


def first_of_the_best(results: dict[str, Any]) -> int:
    """Number of the first setting in the grid that is within one standard error of the best.

    Parameters
    ----------
    results : dict
        ``cv_results_`` of a search.

    Returns
    -------
    int
        Place in the order of the grid, which is one of preference.

    Examples
    --------
    >>> scores = {"split0_test_score": np.array([-0.5, -0.4]), "split1_test_score": np.array([-0.4, -0.4])}
    >>> first_of_the_best(scores), first_of_the_best({name: scores["split0_test_score"] for name in scores})
    (0, 1)
    """
    splits = [name for name in results if name.startswith("split") and name.endswith("_test_score")]
    scores = np.column_stack([results[name] for name in splits])
    behind = scores[scores.mean(axis=1).argmax()] - scores
    error = behind.std(axis=1, ddof=1) / np.sqrt(len(splits))
    return int(np.flatnonzero(behind.mean(axis=1) <= error)[0])
