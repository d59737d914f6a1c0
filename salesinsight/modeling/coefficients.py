"""What the logistic model makes of each column, and whether that agrees with what was expected beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression

from salesinsight.modeling.fitted import fitted_names
from salesinsight.modeling.pipelines import CATEGORY, core_pipeline, describe_columns
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

COLUMNS = [
    "column", "feature", "family", "form", "weight", "low", "high", "same_sign", "p", "q",
    "direction", "verdict",
]  # fmt: skip
SURE_Q = 0.05


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
        high (95 % of the replicates), same_sign (share of replicates on the same side of 0), p (two-sided,
        from the replicates' spread), q (p after Benjamini-Hochberg over all rows), direction (expected
        beforehand) and verdict: confirmed, contradicted, or undecided where q > 0.05 or nothing was expected.
        Strongest first.
    """
    columns = core_pipeline(model).named_steps["columns"]
    names = columns.get_feature_names_out()
    weight = pd.Series(_contrast(model, data) * _scales(columns), index=names)
    if weight.isna().all():
        return pd.DataFrame(columns=COLUMNS)
    drawn = pd.DataFrame([_contrast(replicate, data) for replicate in replicates], columns=names).fillna(0.0)
    drawn = drawn * _scales(columns)
    names = weight.index.to_series()
    is_stage = ~names.isin([*data.X.columns, *fitted_names(data.X.columns)])
    about = describe_columns(names.mask(is_stage, CATEGORY).tolist())
    spread = drawn.std(axis=0)
    z = (weight / spread.where(spread > 0)).fillna(0.0)
    table = about[["feature", "family", "direction"]].assign(
        column=names.to_numpy(),
        form=about["form"].mask(is_stage.to_numpy(), "stage"),
        weight=weight.to_numpy(),
        low=drawn.quantile(0.025).to_numpy(),
        high=drawn.quantile(0.975).to_numpy(),
        same_sign=(np.sign(drawn) == np.sign(weight)).mean().to_numpy(),
        p=2 * norm.sf(z.abs()),
    )
    table = table.reset_index(drop=True)
    table["q"] = false_discovery_control(table["p"].to_numpy())
    sign = table["direction"].where(table["form"] != "stage", "?").map({"+": 1, "-": -1})
    decided = (table["q"] <= SURE_Q) & sign.notna()
    agrees = np.sign(table["weight"]) == sign
    table["verdict"] = np.select([decided & agrees, decided], ["confirmed", "contradicted"], "undecided")
    order = table["weight"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order, COLUMNS].reset_index(drop=True)


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
