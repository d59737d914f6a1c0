"""How linear models see columns: odd values drawn in, and less of everything the longer a deal has been open.

Who is still open after half a year is a survivor, and survivors are more alike than beginners: what was
said or done tells deals apart less and less. One weight for all ages would say too little of young deals
and far too much of old ones. Counts, besides, have long tails, and one odd deal must not get an odd
probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer

AGE = "crm_deal_age_days"
STAGE = "stage"
#: Standard deviations beyond which a value counts as no further from the mean.
MOST_DEVIATIONS = 2.5


class AttenuatedColumns(ColumnTransformer):
    """A `ColumnTransformer` of standardised columns whose values fade with the age of the deal.

    Values are drawn in to `MOST_DEVIATIONS` standard deviations and multiplied by 1 / sqrt(1 + age /
    middle age), times a constant such that the mean square of that factor is 1 over the rows it was
    fitted on: a weight is that of a deal of about middle age. The columns of the part "stage" and the age
    itself stay as they are. Without the column `AGE` nothing fades; a deal of unknown age is of middle
    age.

    Attributes
    ----------
    middle_age_ : float
        Median age in days of the rows it was fitted on, at least 1; NaN where no age is known.
    factor_ : float
        The constant.
    scales_ : numpy.ndarray
        The standard deviation with which each column made comes out.
    fades_ : numpy.ndarray of bool
        Which of the columns made fade.

    Notes
    -----
    Effects that decline with the landmark: van Houwelingen and Putter, Dynamic Prediction in Clinical
    Survival Analysis (2012), chapters 7 and 8; that they must where deals differ in what nobody sees: Aalen,
    Effects of frailty in survival analysis (1994). A factor instead of a second column for each costs no
    weights.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> X = pd.DataFrame({"calls": [0.0, 2, 0, 2], AGE: [0.0, 0, 30, 30]})
    >>> table = AttenuatedColumns([("crm", StandardScaler(), ["calls", AGE])]).fit_transform(X)
    >>> table[:, 0].round(2).tolist()
    [-1.22, 1.22, -0.71, 0.71]
    """

    def fit_transform(self, X: pd.DataFrame, y: object = None, **params: Any) -> np.ndarray:
        """Learn the columns, the middle age and the constant, and give the rows as the model sees them."""
        table = super().fit_transform(X, y, **params)
        names = self.get_feature_names_out()
        self.scales_, self.fades_ = np.ones(len(names)), names != AGE
        for part, scale in (self.transformer_weights or {}).items():
            self.scales_[self.output_indices_[part]] = scale
        if STAGE in self.output_indices_:
            self.fades_[self.output_indices_[STAGE]] = False
        ages = X[AGE].to_numpy(dtype=float) if AGE in X else np.full(len(X), np.nan)
        known = ages[~np.isnan(ages)]
        self.middle_age_ = max(float(np.median(known)), 1.0) if len(known) else float("nan")
        self.factor_ = 1.0
        self.factor_ = float(1 / np.sqrt(np.mean(self._factors(X) ** 2)))
        return self._attenuated(table, X)

    def transform(self, X: pd.DataFrame, **params: Any) -> np.ndarray:
        """Give rows as the model sees them."""
        return self._attenuated(super().transform(X, **params), X)

    def _attenuated(self, table: np.ndarray, X: pd.DataFrame) -> np.ndarray:
        most = np.where(self.fades_, MOST_DEVIATIONS * self.scales_, np.inf)
        return table.clip(-most, most) * np.where(self.fades_, self._factors(X)[:, None], 1.0)

    def _factors(self, X: pd.DataFrame) -> np.ndarray:
        if np.isnan(self.middle_age_):
            return np.ones(len(X))
        age = X[AGE].to_numpy(dtype=float) if AGE in X else np.full(len(X), np.nan)
        age = np.where(np.isnan(age), self.middle_age_, np.maximum(age, 0.0))
        return self.factor_ / np.sqrt(1 + age / self.middle_age_)
