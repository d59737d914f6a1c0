"""Features that need a norm: how a value compares with what is usual among the deals learned from.

A norm of all deals would carry the deals to be tested into training, so these come from a transformer that
is fitted on training rows only, as part of the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

#: What each feature is made of; a feature whose columns are not all there is left out.
NEEDS = {
    "talk_share_dev": ("talk_share", "phase_c"),
    "days_in_stage_z": ("crm_stage", "crm_days_in_stage"),
    "pleasant_no_progress": ("pleasant_rate", "progress_evidence"),
}
#: Tells, where it is known, at which kind of conversation a talk share was measured.
KIND = "met_in_person"
ALL = ""


class FittedFeatures(TransformerMixin, BaseEstimator):
    """Compare deals with what is usual among the rows it was fitted on.

    ``talk_share_dev``
        talk_share less its median among conversations in the same phase of buying and, where that is known,
        of the same kind (at one table or not).
    ``days_in_stage_z``
        (days in the stage less the median) ÷ (third less first quartile), of how long deals were seen to be
        in that stage. Missing where there is no spread.
    ``pleasant_no_progress``
        How many standard deviations pleasant_rate lies above its mean, 0 when below, where progress_evidence
        is at most 1; else 0. Missing where either is.

    Parameters
    ----------
    least : int, default 10
        A group of fewer conversations, or deals, has no norm of its own: it gets that of all together.

    Attributes
    ----------
    names_ : list of str
        The features made: those of `NEEDS` whose columns were there.
    talk_medians_ : dict
        Median talk share per phase and kind; that of all under "".
    stage_norms_ : dict
        Median and interquartile range of the days per stage; those of all under "".
    pleasant_norm_ : list of float
        Mean and standard deviation of pleasant_rate.

    Notes
    -----
    A conversation counts once, on however many Mondays it was the latest, and a deal once per stage, with
    the longest that it was seen there. For that the index needs a level ``deal_id``; without one every row is
    a deal of its own.

    Examples
    --------
    >>> X = pd.DataFrame({"crm_stage": ["offerte"] * 5, "crm_days_in_stage": [0.0, 10, 20, 30, 40]})
    >>> FittedFeatures().fit(X).transform(X)["days_in_stage_z"].to_list()
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """

    def __init__(self, least: int = 10) -> None:
        self.least = least

    def fit(self, X: pd.DataFrame, y: object = None) -> FittedFeatures:
        """Learn what is usual from these rows; `y` plays no part."""
        self.names_ = fitted_names(X.columns)
        deal = X.index.get_level_values("deal_id") if "deal_id" in X.index.names else np.arange(len(X))
        if "talk_share_dev" in self.names_:
            talks = pd.DataFrame(
                {"deal": np.asarray(deal), "of": _kinds(X), "value": X["talk_share"].to_numpy()}
            )
            talks = talks.drop_duplicates()
            self.talk_medians_ = {of: float(value.median()) for of, value in _groups(talks, self.least)}
        if "days_in_stage_z" in self.names_:
            days = X["crm_days_in_stage"].to_numpy(dtype=float)
            stays = pd.DataFrame({"deal": np.asarray(deal), "of": _stages(X), "value": days})
            stays = stays.groupby(["deal", "of"], as_index=False, sort=False)["value"].max()
            self.stage_norms_ = {of: _middle(value) for of, value in _groups(stays, self.least)}
        if "pleasant_no_progress" in self.names_:
            heard = pd.DataFrame({"deal": np.asarray(deal), "value": X["pleasant_rate"].to_numpy()})
            rates = heard.dropna().drop_duplicates()["value"]
            self.pleasant_norm_ = [float(rates.mean()), float(rates.std(ddof=0))]
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Give the features of these rows, as the rows of `fit` make them: index of X, float64."""
        check_is_fitted(self, "names_")
        made = {name: getattr(self, f"_{name}")(X) for name in self.names_}
        return pd.DataFrame(made, index=X.index, columns=self.names_, dtype="float64")

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> np.ndarray:
        """The features made."""
        check_is_fitted(self, "names_")
        return np.asarray(self.names_, dtype=object)

    def _talk_share_dev(self, X: pd.DataFrame) -> np.ndarray:
        usual = [self.talk_medians_.get(of, self.talk_medians_[ALL]) for of in _kinds(X)]
        return X["talk_share"].to_numpy(dtype=float) - np.array(usual, dtype=float)

    def _days_in_stage_z(self, X: pd.DataFrame) -> np.ndarray:
        norms = [self.stage_norms_.get(of, self.stage_norms_[ALL]) for of in _stages(X)]
        middle, spread = np.array(norms, dtype=float).reshape(-1, 2).T
        return (X["crm_days_in_stage"].to_numpy(dtype=float) - middle) / np.where(spread > 0, spread, np.nan)

    def _pleasant_no_progress(self, X: pd.DataFrame) -> np.ndarray:
        mean, spread = self.pleasant_norm_
        rate, evidence = (X[name].to_numpy(dtype=float) for name in NEEDS["pleasant_no_progress"])
        z = np.maximum(0.0, (rate - mean) / (spread if spread > 0 else np.nan))
        return np.where(np.isnan(z) | np.isnan(evidence), np.nan, np.where(evidence <= 1, z, 0.0))


def fitted_names(columns: Sequence[str]) -> list[str]:
    """Name the fitted features that can be made of these columns.

    Examples
    --------
    >>> fitted_names(["crm_stage", "crm_days_in_stage", "talk_share"])
    ['days_in_stage_z']
    """
    return [name for name, needs in NEEDS.items() if set(needs) <= set(columns)]


def fitted_inputs(columns: Sequence[str]) -> list[str]:
    """Name the columns, in their order, of which the fitted features are made.

    Examples
    --------
    >>> fitted_inputs(["crm_days_in_stage", "talk_share", "crm_stage"])
    ['crm_days_in_stage', 'crm_stage']
    """
    needed = {name for feature in fitted_names(columns) for name in NEEDS[feature]}
    needed |= {KIND} if "talk_share" in needed else set()
    return [name for name in columns if name in needed]


def _groups(values: pd.DataFrame, least: int) -> Iterator[tuple[str, pd.Series]]:
    """The known values of all, under "", and of each group that is large enough."""
    values = values.dropna(subset=["value"])
    yield ALL, values["value"]
    for name, own in values.groupby("of")["value"]:
        if len(own) >= least and name != ALL:
            yield str(name), own


def _middle(values: pd.Series) -> list[float]:
    first, median, third = values.quantile([0.25, 0.5, 0.75])
    return [float(median), float(third - first)]


def _stages(X: pd.DataFrame) -> np.ndarray:
    return X["crm_stage"].astype(object).fillna(ALL).astype(str).to_numpy(dtype=object)


def _kinds(X: pd.DataFrame) -> np.ndarray:
    """Phase and kind of the last conversation as one name per row."""
    kind = X[KIND].to_numpy(dtype=float) if KIND in X else np.full(len(X), np.nan)
    pairs = zip(X["phase_c"].to_numpy(dtype=float), kind, strict=True)
    return np.array([f"{phase:g}|{at_table:g}" for phase, at_table in pairs], dtype=object)
