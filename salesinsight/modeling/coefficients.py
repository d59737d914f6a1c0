"""What the logistic model makes of each column, and whether that agrees with what was expected beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, t
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression

from salesinsight.modeling.fitted import fitted_names
from salesinsight.modeling.pipelines import CATEGORY, core_pipeline, describe_columns, stages_as_names
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

COLUMNS = [
    "column", "feature", "family", "form", "weight", "low", "high", "same_sign", "replicates", "p", "q",
    "direction", "verdict",
]  # fmt: skip
SURE_Q = 0.05
#: A side is named only where so large a share of the resamples is on it: 38 of 40.
LEAST_SAME = 0.95


def coefficient_table(
    model: BaseEstimator, replicates: Sequence[BaseEstimator], data: Dataset
) -> pd.DataFrame:
    """What the logistic model makes of each column.

    Parameters
    ----------
    model : estimator
        A logistic one, calibrated or not.
    replicates : sequence of estimator
        Its last step, fitted on resamples of accounts.
    data : Dataset
        The rows learned from.

    Returns
    -------
    pandas.DataFrame
        column, feature, family, form (last, mean, change or stage), weight (how much the log-odds
        of stalled against the other outcomes, mixed as in the data, rise per standard deviation), low and
        high (95 % of the replicates), same_sign (share of replicates on the same side of 0; missing for a
        weight of 0), replicates (how many), p (two-sided, from their spread; see `account_freedom`), q (p
        after Benjamini-Hochberg over all rows), direction (expected beforehand) and verdict: confirmed,
        contradicted, or undecided where q > 0.05, same_sign < `LEAST_SAME` or nothing was expected.
        Strongest first.
    """
    columns = core_pipeline(model).named_steps["columns"]
    names = columns.get_feature_names_out()
    weight = pd.Series(_contrast(model, data) * _scales(columns), index=names)
    if weight.isna().all():
        return pd.DataFrame(columns=COLUMNS)
    drawn = pd.DataFrame([_contrast(other, data) for other in replicates], columns=names).fillna(0.0)
    drawn *= _scales(columns)
    names = weight.index.to_series()
    is_stage = ~names.isin([*data.X.columns, *fitted_names(data.X.columns)])
    about = describe_columns(names.mask(is_stage, CATEGORY).tolist())
    seen = np.asarray(columns.transform(stages_as_names(data.X)), dtype=float)
    freedom, widen = account_freedom(seen, data.groups.to_numpy(dtype=object), int(is_stage.sum()))
    spread = drawn.std(axis=0) * widen
    z = (weight / spread.where(spread > 0)).fillna(0.0)
    low, high = (weight + widen * (drawn.quantile(edge) - weight) for edge in (0.025, 0.975))
    table = about[["feature", "family", "direction"]].assign(
        column=names.to_numpy(),
        form=about["form"].mask(is_stage.to_numpy(), "stage"),
        weight=weight.to_numpy(),
        low=low.to_numpy(),
        high=high.to_numpy(),
        same_sign=(np.sign(drawn) == np.sign(weight)).mean().where(weight != 0).to_numpy(),
        replicates=len(drawn),
        p=2 * t.sf(z.abs(), np.minimum(freedom, len(drawn) - 1)),
    )
    table = table.reset_index(drop=True)
    table["q"] = false_discovery_control(table["p"].to_numpy())
    sign = table["direction"].where(table["form"] != "stage", "?").map({"+": 1, "-": -1})
    decided = (table["q"] <= SURE_Q) & (table["same_sign"] >= LEAST_SAME) & sign.notna()
    agrees = np.sign(table["weight"]) == sign
    table["verdict"] = np.select([decided & agrees, decided], ["confirmed", "contradicted"], "undecided")
    order = table["weight"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order, COLUMNS].reset_index(drop=True)


def account_freedom(values: np.ndarray, groups: np.ndarray, held: int) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of freedom per column, and how many times wider than the resamples show its spread is.

    Parameters
    ----------
    values : numpy.ndarray
        Landmarks x columns, nothing missing.
    groups : numpy.ndarray
        The account of each landmark.
    held : int
        What deals are held equal on: the number of stages.

    Notes
    -----
    A column that few accounts move has fewer independent observations than there are accounts: as many as
    equal accounts would vary as much (Carter, Schnepel and Steigerwald, 2017). Resamples of so few show too
    little spread.

    Examples
    --------
    >>> freedom, widen = account_freedom(np.array([[0.0], [0.0], [1.0], [1.0]]), np.array(list("abcd")), 1)
    >>> freedom.tolist(), widen.round(2).tolist()
    ([2.0], [1.41])
    """
    moved = pd.DataFrame((values - values.mean(axis=0)) ** 2).groupby(groups.astype(str)).sum().to_numpy()
    accounts = moved.sum(axis=0) ** 2 / np.maximum((moved**2).sum(axis=0), 1e-12)
    freedom = np.maximum(accounts - held - 1, 1.0)
    return freedom, np.sqrt(np.maximum(accounts / freedom, 1.0))


def _scales(columns: ColumnTransformer) -> np.ndarray:
    """How large a standard deviation of each column is when the model gets to see it."""
    scales = np.ones(len(columns.get_feature_names_out()))
    for part, scale in (columns.transformer_weights or {}).items():
        scales[columns.output_indices_[part]] = scale
    return scales


def _contrast(model: BaseEstimator, data: Dataset) -> np.ndarray:
    """Weight of each column on stalled, less the other outcomes' weights mixed as in the data."""
    logistic = core_pipeline(model).named_steps["model"]
    classes = list(logistic.classes_)
    if not isinstance(logistic, LogisticRegression) or "stalled" not in classes:
        return np.full(logistic.n_features_in_, np.nan)
    # with two outcomes scikit-learn keeps the weights of the second only
    weights = logistic.coef_ if len(classes) > 2 else np.vstack([0 * logistic.coef_, logistic.coef_])
    shares = (
        required(data.y4)
        .value_counts(normalize=True)
        .reindex(classes)
        .fillna(0.0)
        .to_numpy(dtype=float, copy=True)
    )
    stalled = classes.index("stalled")
    shares[stalled] = 0.0
    return weights[stalled] - shares @ weights / max(shares.sum(), 1e-9)
