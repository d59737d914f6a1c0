"""Boosting whose p_stalled never goes against the directions that were registered beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.validation import check_is_fitted, validate_data


class MonotoneBoosting(ClassifierMixin, BaseEstimator):
    """Whether a deal stalls, bound to directions; then which of the other outcomes it has, free.

    scikit-learn binds a boosting of two outcomes only, so there are two of them: stalled or not, and what it
    is when it isn't stalled.

    Parameters
    ----------
    boosting : HistGradientBoostingClassifier
        Unfitted; its settings serve both.
    directions : sequence of int
        Per column, in order: 1 when p_stalled may only rise with it, -1 when it may only fall, 0 free.
        Columns beyond the last are free.

    Attributes
    ----------
    classes_ : numpy.ndarray
        Outcomes in training.
    stalled_, rest_ : HistGradientBoostingClassifier or None
        Of the two questions; None where training had one answer only.

    Examples
    --------
    >>> X, y = np.arange(90.0)[:, None] % 30, np.array(["won", "stalled", "lost"] * 30)
    >>> model = MonotoneBoosting(HistGradientBoostingClassifier(), [1]).fit(X, y)
    >>> bool((np.diff(model.predict_proba(np.arange(30.0)[:, None])[:, 1]) >= 0).all())
    True
    """

    def __init__(self, boosting: HistGradientBoostingClassifier, directions: Sequence[int] = ()) -> None:
        self.boosting = boosting
        self.directions = directions

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> MonotoneBoosting:
        """Learn both from numbers (rows x columns) and names of outcomes."""
        X, y = validate_data(self, X, y, dtype=float, ensure_all_finite=False)
        self.classes_ = np.unique(y)
        bound = np.zeros(X.shape[1], dtype=int)
        bound[: len(self.directions)] = self.directions
        stalled = y == "stalled"
        every = np.ones(len(y), dtype=bool)
        self.stalled_ = self._fit(X, stalled, every, sample_weight, monotonic_cst=bound)
        self.rest_ = self._fit(X, y, ~stalled, sample_weight)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Probabilities of `classes_`."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, ensure_all_finite=False, reset=False)
        told, is_stalled = np.zeros((len(X), len(self.classes_))), self.classes_ == "stalled"
        p = (
            self.stalled_.predict_proba(X)[:, 1]
            if self.stalled_
            else np.full(len(X), float(is_stalled.any()))
        )
        others = np.flatnonzero(~is_stalled)
        told[:, is_stalled] = p[:, None]
        rest = self.rest_.predict_proba(X) if self.rest_ else np.ones((len(X), len(others)))
        told[:, others] = (1 - p)[:, None] * rest
        return told

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The likeliest outcome."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        rows: np.ndarray,
        weight: np.ndarray | None,
        **settings: np.ndarray,
    ) -> HistGradientBoostingClassifier | None:
        if len(np.unique(y[rows])) < 2:
            return None
        model = clone(self.boosting).set_params(**settings)
        return model.fit(X[rows], y[rows], sample_weight=None if weight is None else weight[rows])
