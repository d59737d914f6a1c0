"""What a model leans on as a whole: how much worse it foretells when a family of features is shuffled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from salesinsight.modeling.fitting import fit_kind
from salesinsight.modeling.metrics import resamples
from salesinsight.modeling.pipelines import describe_columns, predict_four
from salesinsight.modeling.splits import make_folds, required

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from salesinsight.deals import Dataset
    from salesinsight.modeling.run import Run

COLUMNS = ["family", "n_columns", "gain", "low", "high", "column", "same_sign", "n", "n_deals"]
#: More landmarks than this make the figures hardly better and the work longer: accounts are then drawn.
MOST_ROWS = 4000
REPEATS, BOOTSTRAP = 3, 300


@threadpool_limits.wrap(limits=1)
def family_importance(run: Run, data: Dataset, *, seed: int = 0) -> pd.DataFrame:
    """Permutation importance of each family of features, on landmarks that the models did not learn from.

    Parameters
    ----------
    run : Run
        Says which kind of model, how it was tested and what its weights are.
    data : Dataset
        Closed windows.
    seed : int
        The same run, data and seed give the same numbers.

    Returns
    -------
    pandas.DataFrame
        family; n_columns (columns of the model in it); gain (by which part the Brier score of stalled rises
        when the columns of the family are shuffled together over the tested landmarks; 0.02 is 2 %), low and
        high (95 %, resamples of accounts); column (the one with the largest weight in the readable model)
        and same_sign (share of the replicates that give it the same sign); n (landmarks) and n_deals. The
        most important first. No rows without a model.

    Notes
    -----
    Models of the run's kind and strength are fitted on the folds of its test again, so that no landmark is
    judged by a model that knows its account or its future; only the settings, such as how strong a penalty
    is, are those that were chosen on all rows. Families are shuffled whole: of columns that tell the same,
    each alone would seem to be of no use. A family that adds nothing has an interval around 0. It explains
    the model, not the customer.
    """
    if run.model is None:
        return pd.DataFrame(columns=COLUMNS)
    about = describe_columns([name for name in run.card["columns"] if name in data.X.columns])
    families = {
        str(name): list(columns) for name, columns in about.groupby("family", sort=True).groups.items()
    }
    rows, base, shuffled = _errors(run, data, families, seed)
    if not len(rows):
        return pd.DataFrame(columns=COLUMNS)
    gains = _gains(data.groups.to_numpy(dtype=object)[rows], base, shuffled, seed)
    n_deals = data.X.index[rows].get_level_values("deal_id").nunique()
    low, high = np.quantile(gains[1:], [0.025, 0.975], axis=0)
    table = pd.DataFrame(
        {
            "family": list(families), "n_columns": [len(columns) for columns in families.values()],
            "gain": gains[0], "low": np.minimum(low, gains[0]), "high": np.maximum(high, gains[0]),
            "n": len(rows), "n_deals": n_deals,
        }
    )  # fmt: skip
    strongest = run.coefficients.drop_duplicates("family").set_index("family").reindex(table["family"])
    table["column"] = strongest["column"].to_numpy()
    table["same_sign"] = strongest["same_sign"].to_numpy()
    return table.sort_values("gain", ascending=False, kind="stable", ignore_index=True)[COLUMNS]


def _errors(
    run: Run, data: Dataset, families: dict[str, list[str]], seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The tested rows, their squared errors, and those with each family shuffled (rows x families)."""
    rng, kept = np.random.default_rng(seed), drawn_accounts(data.groups, MOST_ROWS, seed)
    y = required(data.y).to_numpy(dtype=float)
    newest = bool(run.oof["newest"].any())
    rows, base, shuffled = [], [], []
    for fold in make_folds(data, run.card["splits"], newest=newest, seed=seed):
        train, test = (part[kept[part]] for part in (fold.train, fold.test))
        if fold.newest or len(test) < 2 or len(np.unique(required(data.y4).iloc[train])) < 2:
            continue
        tuned, calibrate = run.card["tuned"], run.card["calibrated"]
        model, _ = fit_kind(run.card["chosen"], data, train, calibrate=calibrate, tuned=tuned, seed=seed)
        X, truth = data.X.iloc[test], y[test]
        rows.append(test)
        base.append((predict_four(model, X)["p_stalled"].to_numpy() - truth) ** 2)
        shuffled.append(_shuffled(model, X, truth, list(families.values()), rng))
    if not rows:
        return np.empty(0, dtype=int), np.empty(0), np.empty((0, len(families)))
    return np.concatenate(rows), np.concatenate(base), np.concatenate(shuffled)


def _shuffled(
    model: BaseEstimator,
    X: pd.DataFrame,
    truth: np.ndarray,
    families: list[list[str]],
    rng: np.random.Generator,
) -> np.ndarray:
    """Squared errors with the columns of each family taken from other rows, the mean of some shuffles."""
    copies = []
    for names in families:
        for _ in range(REPEATS):
            other = X.copy()
            other[names] = X[names].iloc[rng.permutation(len(X))].set_axis(X.index)
            copies.append(other)
    # one table for all questions: predicting once is much faster than once per question
    p = predict_four(model, pd.concat(copies))["p_stalled"].to_numpy()
    errors = (p.reshape(len(families), REPEATS, len(X)) - truth) ** 2
    return errors.mean(axis=1).T


def _gains(groups: np.ndarray, base: np.ndarray, shuffled: np.ndarray, seed: int) -> np.ndarray:
    """By which part the mean error rises per family: for the rows themselves, then per resample."""
    weight = np.concatenate(list(resamples(groups.astype(str), BOOTSTRAP, seed)))
    error = weight @ base
    return (weight @ shuffled - error[:, None]) / np.maximum(error, 1e-12)[:, None]


def drawn_accounts(groups: pd.Series, most: int, seed: int = 0) -> np.ndarray:
    """Whether each row is of an account that takes part: all of them, where these are at most `most` rows.

    At least one does, however many rows it has.
    """
    _, account = np.unique(groups.to_numpy(dtype=str), return_inverse=True)
    if len(account) <= most:
        return np.ones(len(account), dtype=bool)
    order = np.random.default_rng(seed).permutation(account.max() + 1)
    rows = np.cumsum(np.bincount(account)[order])
    return np.isin(account, order[rows <= max(most, rows[0])])
