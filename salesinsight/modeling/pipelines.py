"""Models as ordinary scikit-learn pipelines.

From simple to flexible: a multinomial logistic regression with an L2 penalty, which can be read; the same
with an elastic net, which can leave columns out; and gradient boosting, which can bend. All give the four
outcomes of `schema.Y4`. By name only: a boosting in which p_stalled never goes against the direction that was
registered for a feature.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from salesinsight.errors import UnknownName
from salesinsight.features import feature_catalog, of_trackers
from salesinsight.modeling.attenuation import STAGE, AttenuatedColumns
from salesinsight.modeling.fitted import FittedFeatures, fitted_inputs
from salesinsight.modeling.monotone import MonotoneBoosting
from salesinsight.schema import Y4

#: From simple to flexible; `ALL_KINDS` has those that are tried only when asked for.
KINDS = ("logistic", "elastic_net", "boosting")
ALL_KINDS = (*KINDS, "boosting_monotone")
LINEAR = ("logistic", "elastic_net")
CATEGORY = "crm_stage"
PROBABILITIES = tuple(f"p_{name}" for name in Y4)
ABOUT = ["feature", "form", "family", "summary", "direction"]
BELOW_ALL = -1e9
TALK_WEIGHT = 0.5
# per mode: fewer columns bear a weaker penalty
DEFAULT_C = {"voorlopig": 0.03, "volledig": 0.02}
# mostly L2: with more of L1 the net did worse on invented and on real deals
NET = {"C": 0.1, "l1_ratio": 0.2}


def describe_columns(columns: Sequence[str]) -> pd.DataFrame:
    """Look up which feature of the catalog each column of X comes from.

    Parameters
    ----------
    columns : sequence of str
        Columns of X: a feature's name, alone or with ``_mean`` or ``_change``, or ``crm_...``.

    Returns
    -------
    pandas.DataFrame
        Index: the columns. feature, form ("last", "mean" or "change"), family ("tracker" for trackers of
        one's own, "history" for what else the catalog doesn't know), summary, direction.

    Examples
    --------
    >>> describe_columns(["hedge_c_rate_mean", "crm_stage"])["family"].tolist()
    ['hedge', 'history']
    """
    catalog, rows = _catalog(), []
    for column in columns:
        feature, form = column, "last"
        for suffix in ("mean", "change"):
            shorter = column.removesuffix(f"_{suffix}")
            if shorter in catalog or of_trackers(shorter):
                feature, form = shorter, suffix if shorter != column else form
        known = catalog.get(feature, {})
        rows.append(
            {
                "feature": feature,
                "form": form,
                "family": known.get("family", "tracker" if of_trackers(feature) else "history"),
                "summary": bool(known.get("summary", False)),
                "direction": known.get("direction", "?"),
            }
        )
    return pd.DataFrame(rows, index=pd.Index(columns, name="column"), columns=ABOUT)


@functools.cache
def _catalog() -> dict[str, dict[str, Any]]:
    return feature_catalog().set_index("name")[["family", "summary", "direction"]].to_dict("index")


def model_columns(columns: Sequence[str], mode: str, *, conversation: bool = True) -> list[str]:
    """Choose which columns of X a model may use.

    Parameters
    ----------
    columns : sequence of str
        Columns of X.
    mode : str
        In "voorlopig" the model sees one summary per family, as a mean so far, beside the CRM columns; else
        all, but for the changes: a change is the difference of the last value and an earlier mean, which
        the model can make itself from the last value and the mean so far.
    conversation : bool
        False leaves the ``crm_`` columns only.

    Returns
    -------
    list of str
        In the order of X. Quality and context never: how well a conversation was heard, and what surrounds
        a deal, say nothing of how it goes.
    """
    about = describe_columns(columns)
    crm = about.index.str.startswith("crm_")
    shown_only = about["family"].isin(["quality", "context"])
    allowed = ~shown_only & (about["form"] != "change") & (conversation | crm)
    if mode == "voorlopig":
        has_mean = about["feature"].isin(about.loc[about["form"] == "mean", "feature"])
        allowed &= crm | (about["summary"] & (has_mean == (about["form"] == "mean")))
    return about.index[allowed].tolist()


def make_pipeline(
    kind: str,
    mode: str,
    columns: Sequence[str],
    *,
    C: float | None = None,
    seed: int = 0,
) -> Pipeline:
    """Build an unfitted pipeline from the table X to the four outcomes.

    Parameters
    ----------
    kind : {"logistic", "elastic_net", "boosting", "boosting_monotone"}
        Which model.
    mode : {"voorlopig", "volledig"}
        How much data there is; decides on the columns.
    columns : sequence of str
        Columns of X.
    C : float, optional
        Inverse strength of a linear penalty, relative to the number of deals (logistic: `DEFAULT_C`).
    seed : int
        Of what is drawn.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Steps ``columns`` and ``model``. The columns that the model may use, and the features that need a norm
        made of them (`FittedFeatures`), whose norms are learned with the model. Missing numbers become the
        median (a column per missing column made it worse on few deals) or, for the free boosting, lower than
        all values. With all columns, those of conversations count `TALK_WEIGHT` each for the penalty of a
        linear model: they are many, and each says little. A linear model sees values drawn in and fading with
        the age of the deal (`AttenuatedColumns`). "boosting_monotone" lets each conversation column
        with a registered direction move p_stalled in that direction only; CRM columns and norms are free.

    Raises
    ------
    UnknownName
        For another kind.

    Examples
    --------
    >>> make_pipeline("logistic", "volledig", ["crm_stage", "hedge_c_rate"]).steps[1][1]
    LogisticRegression(C=0.02, max_iter=2000, tol=0.001)
    """
    if kind not in ALL_KINDS:
        raise UnknownName(kind="model", name=kind, known=list(ALL_KINDS))
    used = model_columns(columns, mode)
    groups = {"crm": [n for n in used if n.startswith("crm_") and n != CATEGORY]}
    groups["talk"] = [n for n in used if not n.startswith("crm_")]
    numbers, model = _numbers(kind), _model(kind, groups, mode, C, seed)
    stage = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10, sparse_output=False)
    parts = [(name, numbers, group) for name, group in groups.items() if group]
    parts += [(STAGE, stage, [CATEGORY])] if CATEGORY in used else []
    parts += _norms(used, numbers)
    talk = [name for name, *_ in parts if name.startswith("talk")]
    weighed = kind in LINEAR and mode == "volledig" and talk
    weights = dict.fromkeys(talk, TALK_WEIGHT) if weighed else None
    seen = AttenuatedColumns if kind in LINEAR else ColumnTransformer
    table = seen(parts, transformer_weights=weights, verbose_feature_names_out=False)
    return Pipeline([("columns", table), ("model", model)])


def _numbers(kind: str) -> Any:
    """What is done to columns of numbers."""
    if kind == "boosting":
        # it can take NaN, but not a column of nothing else: missing becomes lower than all values
        return SimpleImputer(strategy="constant", fill_value=BELOW_ALL, keep_empty_features=True)
    # a missing value that is lower than all would be bound to a direction as well
    fill = SimpleImputer(strategy="median", keep_empty_features=True)
    return fill if kind == "boosting_monotone" else Pipeline([("fill", fill), ("scale", StandardScaler())])


def _model(kind: str, groups: dict[str, list[str]], mode: str, C: float | None, seed: int) -> BaseEstimator:
    # the columns are standardised: with smaller tolerances no probability moves by more than about 0.01
    if kind == "logistic":
        return LogisticRegression(C=DEFAULT_C[mode] if C is None else C, tol=1e-3, max_iter=2000)
    if kind == "elastic_net":
        net = NET | ({} if C is None else {"C": C})
        return LogisticRegression(**net, solver="saga", tol=0.01, max_iter=300, random_state=seed)
    # few bins and small trees: a data set of hundreds of deals has no more detail than this
    trees = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.03, max_leaf_nodes=4, min_samples_leaf=20, max_bins=32,
        l2_regularization=20.0, early_stopping=False, random_state=seed,
    )  # fmt: skip
    if kind == "boosting":
        return trees
    directions = describe_columns(groups["talk"])["direction"].map({"+": 1, "-": -1}).fillna(0).astype(int)
    return MonotoneBoosting(trees, [0] * len(groups["crm"]) + directions.tolist())


def _norms(used: Sequence[str], numbers: Any) -> list[tuple[str, Pipeline, list[str]]]:
    """The parts that compare with a norm, those of the CRM apart: they need no words."""
    crm = [name for name in used if name.startswith("crm_")]
    sides = {"crm_norm": crm, "talk_norm": [name for name in used if name not in crm]}
    inputs = {name: fitted_inputs(side) for name, side in sides.items()}
    return [
        (name, Pipeline([("norm", FittedFeatures()), ("numbers", numbers)]), own)
        for name, own in inputs.items()
        if own
    ]


def core_pipeline(model: BaseEstimator) -> Pipeline:
    """The pipeline itself, without the temperature that may follow it."""
    return model.estimator.estimator if isinstance(model, CalibratedClassifierCV) else model


def predict_four(model: BaseEstimator, X: pd.DataFrame) -> pd.DataFrame:
    """Probabilities of won, lost, progress and stalled, in this order; 0 for one absent in training.

    Returns
    -------
    pandas.DataFrame
        Index of X; columns p_won, p_lost, p_progress, p_stalled; rows sum to 1.
    """
    found = model.predict_proba(stages_as_names(X)) if len(X) else np.empty((0, len(model.classes_)))
    table = pd.DataFrame(found, index=X.index, columns=[f"p_{name}" for name in model.classes_])
    return table.reindex(columns=list(PROBABILITIES), fill_value=0.0)


def predict_stalled(model: BaseEstimator, table: np.ndarray) -> np.ndarray:
    """p_stalled of a model that takes a table of numbers; 0 when it never saw a deal stall."""
    places = np.flatnonzero(model.classes_ == "stalled")
    return model.predict_proba(table)[:, places].sum(axis=1)


def stages_as_names(X: pd.DataFrame) -> pd.DataFrame:
    """The table with its stages as objects: a column of nothing but missing ones is of numbers to pandas."""
    return X.astype({CATEGORY: object}) if CATEGORY in X and X[CATEGORY].dtype != object else X
