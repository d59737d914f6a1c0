"""What each family of features adds: models with and without it, tested on the same landmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, t
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from salesinsight.errors import TooLittleData, UnknownName
from salesinsight.modeling.baselines import FEATURES_OF
from salesinsight.modeling.calibration import TINY
from salesinsight.modeling.coefficients import SURE_Q
from salesinsight.modeling.fitting import equal_weights, fit_model
from salesinsight.modeling.metrics import LEAST_ROWS, resamples
from salesinsight.modeling.pipelines import (
    CATEGORY,
    DEFAULT_C,
    describe_columns,
    make_pipeline,
    model_columns,
    stages_as_names,
)
from salesinsight.modeling.splits import Fold, make_folds, required, shared_training, window_weights
from salesinsight.schema import Y4

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

LANDMARKS = {"en": "landmarks", "nl": "peilmomenten"}
TALK, METRICS = "conversations", ("brier", "log_loss")
COLUMNS = [
    "family", "columns", "compared", "metric", "without", "with", "gain", "low", "high", "p", "q",
    "verdict", "n", "n_deals",
]  # fmt: skip
Columns = frozenset[str]


class Pair(NamedTuple):
    """Two sets of columns to compare: what the larger or other one gains over the first."""

    family: str
    size: int
    compared: str
    without: Columns
    having: Columns


def ablation(
    data: Dataset,
    *,
    families: Mapping[str, Sequence[str]] | None = None,
    splits: str = "time",
    C: float | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Test what each family of features adds to the others, to the CRM, and to the length of conversations.

    Parameters
    ----------
    data : Dataset
        Closed windows.
    families : mapping of str to sequence of str, optional
        Columns of X per family; those of the catalog by default, with "conversations" for all but the CRM.
    splits : {"time", "grouped"}
        See `make_folds`.
    C : float, optional
        Inverse strength of the logistic penalty, one for all models; `pipelines.DEFAULT_C` by default.
    draws, seed : int
        Resamples of whole accounts; what decides on these and on the folds.

    Returns
    -------
    pandas.DataFrame
        Three comparisons per family, in two metrics each. compared: "left out" (all columns without the
        family, then with it), "beside CRM" (the CRM columns, then the family with them: B3) or "alone"
        (only number and minutes of conversations, B8, then only the family). columns: how many the family
        has. metric: brier (of stalled) or log_loss (four outcomes). without, with: its two values. gain:
        without less with, positive when the family helps. low, high (95 %) and p (two-sided): paired, and
        widened for training rows that folds share (Nadeau and Bengio, 2003). q (p after Benjamini-Hochberg
        over all rows of that metric). verdict: helps, harms, or "not shown" (q above 0.05, or an interval
        around 0). n landmarks of n_deals deals.

    Raises
    ------
    BadArgument, UnknownName, TooLittleData
        For open deals or other splits; columns that X lacks; too few accounts, or no fold possible.

    Examples
    --------
    >>> import salesinsight as si
    >>> found = ablation(si.make_dataset(si.make_sample(n_deals=120)), splits="grouped", draws=200)
    >>> sorted(set(found["compared"]))
    ['alone', 'left out']
    """
    folds = make_folds(data, splits, seed=seed)
    rows = np.sort(np.concatenate([fold.test for fold in folds])) if folds else np.empty(0, dtype=int)
    if len(rows) < LEAST_ROWS:
        raise TooLittleData(found=len(rows), what=LANDMARKS, needed=LEAST_ROWS, advice="")
    pairs = _pairs(data, families)
    y4, groups = (part.to_numpy(dtype=object)[rows] for part in (required(data.y4), data.groups))
    with threadpool_limits(1):
        told = _predict(data, folds, pairs, DEFAULT_C[data.mode] if C is None else C)
    losses = {columns: _losses(p[rows], y4) for columns, p in told.items()}
    table = _compare(pairs, losses, groups, shared_training(folds), draws, seed)
    deals = data.X.index[rows].get_level_values("deal_id").nunique()
    return table.assign(n=len(rows), n_deals=deals)[COLUMNS]


def _pairs(data: Dataset, families: Mapping[str, Sequence[str]] | None) -> list[Pair]:
    used = model_columns(data.X.columns, data.mode)
    every, crm = frozenset(used), frozenset(name for name in used if name.startswith("crm_"))
    length = frozenset(name for name in FEATURES_OF["B8"] if name in data.X)
    if families is None:
        own = describe_columns(used)["family"]
        families = {str(name): list(part.index) for name, part in own.groupby(own, sort=False)}
        families |= {TALK: sorted(every - crm)} if len(families) > 1 else {}
    unknown = sorted({column for named in families.values() for column in named} - set(data.X.columns))
    if unknown:
        raise UnknownName(kind="column", name=unknown[0], known=list(data.X.columns))
    pairs = []
    for name, named in families.items():
        columns = frozenset(named) & every
        if name != TALK:
            pairs.append(Pair(name, len(columns), "left out", every - columns, every))
        if columns - crm:
            pairs.append(Pair(name, len(columns), "beside CRM", crm, crm | columns))
        if columns != length:
            pairs.append(Pair(name, len(columns), "alone", length, columns))
    return pairs


def _predict(
    data: Dataset, folds: Sequence[Fold], pairs: Sequence[Pair], C: float
) -> dict[Columns, np.ndarray]:
    """Probabilities out of fold per set of columns; each column is filled and scaled once per fold."""
    wanted = list(dict.fromkeys(columns for pair in pairs for columns in (pair.without, pair.having)))
    told = {columns: np.zeros((len(data.X), len(Y4))) for columns in wanted}
    y4 = required(data.y4).to_numpy(dtype=object)
    for fold in folds:
        weight = equal_weights(data.X.index[fold.train]) * window_weights(data, fold.train)
        names, train, test = _numbers(data, fold, sorted(frozenset().union(*wanted)))
        for columns in wanted:
            own = np.isin(names, list(columns))
            # without columns a model says the same of everyone
            model = LogisticRegression(C=C, max_iter=2000, tol=1e-3) if own.any() else DummyClassifier()
            fitted = fit_model(Pipeline([("model", model)]), train[:, own], y4[fold.train], weight)
            places = np.array([Y4.index(name) for name in fitted.classes_])
            told[columns][np.ix_(fold.test, places)] = fitted.predict_proba(test[:, own])
    return told


def _numbers(data: Dataset, fold: Fold, columns: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The column of X that each number is from, and the numbers as models see them, to learn and to test."""
    # a norm is made of columns of more than one family, so none are added
    step = make_pipeline("logistic", data.mode, columns).named_steps["columns"]
    step.set_params(**{name: "drop" for name, *_ in step.transformers if name.endswith("_norm")})
    learn, tell = (stages_as_names(data.X.iloc[rows]) for rows in (fold.train, fold.test))
    train, test = step.fit_transform(learn), step.transform(tell)
    made = [name if name in data.X else CATEGORY for name in step.get_feature_names_out()]
    return np.array(made), train, test


def _losses(told: np.ndarray, y4: np.ndarray) -> np.ndarray:
    """Brier score of stalled and log-loss of the four outcomes, per landmark."""
    hit = y4[:, None] == np.array(Y4, dtype=object)
    brier = (told[:, Y4.index("stalled")] - hit[:, Y4.index("stalled")]) ** 2
    return np.column_stack([brier, -np.log((told * hit).sum(axis=1).clip(TINY))])


def _compare(
    pairs: Sequence[Pair],
    losses: Mapping[Columns, np.ndarray],
    groups: np.ndarray,
    widen: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """One row per pair and metric."""
    gains = np.stack([losses[pair.without] - losses[pair.having] for pair in pairs], axis=1)
    names, account = np.unique(groups, return_inverse=True)
    sums = np.zeros((len(names), *gains.shape[1:]))
    np.add.at(sums, account, gains)
    counts = np.bincount(account)
    weights = np.concatenate(list(resamples(names, draws, seed)))
    drawn = np.einsum("da,apm->dpm", weights, sums) / (weights @ counts)[:, None, None]
    gain, spread = drawn[0], widen * drawn[1:].std(axis=0)
    low, high = gain + widen * (np.percentile(drawn[1:], [2.5, 97.5], axis=0) - gain)
    with np.errstate(invalid="ignore", divide="ignore"):
        # models that say the same differ in nothing
        p = np.where(spread > 0, 2 * t.sf(np.abs(gain) / spread, len(names) - 1), 1.0)
    rows = [
        {
            "family": pair.family, "columns": pair.size, "compared": pair.compared, "metric": metric,
            "without": losses[pair.without][:, m].mean(), "with": losses[pair.having][:, m].mean(),
            "gain": gain[i, m], "low": low[i, m], "high": high[i, m], "p": p[i, m],
        }
        for m, metric in enumerate(METRICS)
        for i, pair in enumerate(pairs)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table["q"] = table.groupby("metric")["p"].transform(lambda p: false_discovery_control(p.to_numpy()))
    sure = table["q"] <= SURE_Q
    helps, harms = sure & (table["low"] > 0), sure & (table["high"] < 0)
    return table.assign(verdict=np.select([helps, harms], ["helps", "harms"], "not shown"))
