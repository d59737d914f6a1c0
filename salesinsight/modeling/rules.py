"""Rules that people already go by, as scikit-learn classifiers: what a model must do better than.

===============  ====================================================================  ===============
rule             holds when                                                            from
===============  ====================================================================  ===============
SilenceRule      the customer has made no step for so many days                        CRMs; 14 days
OverdueRule      the expected close date has passed                                    CRMs
LateRequestRule  the seller asked for a next step in the last fifth of the talk        002
PopjeRule        the contact leaves the decision to someone whom nobody has met        004
GoodTalkRule     the last talk was pleasant and brought nothing                        001
===============  ====================================================================  ===============

A rule says yes, no or "not known", and learns which share stalled of each of the three: that share is the
chance it gives. So a rule that says nothing of stalling gives the same chance three times, and one that an
article had the wrong way round is used the right way round.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, check_array, check_X_y
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from salesinsight.errors import MissingColumns

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

SILENT_DAYS = 14


class RuleClassifier(ClassifierMixin, BaseEstimator):
    """A rule over columns of X that learns how often deals stall on either side of it.

    Attributes
    ----------
    columns : tuple of str
        What the rule looks at. Of the first `telling` of them at least one must be in the table, of the
        others those that are there count. An array without names is taken to hold them in this order.
    classes_ : numpy.ndarray
        0 and 1, or the labels that `y` has: not stalled and stalled.
    shares_ : numpy.ndarray
        Share of the second class where the rule doesn't hold, where it does, and where that isn't known; a
        side without rows has the share of all.
    """

    columns: ClassVar[tuple[str, ...]] = ()
    telling: ClassVar[int] = 1

    @classmethod
    def applies(cls, names: Collection[str]) -> bool:
        """Whether a table with these columns holds what the rule needs."""
        return any(name in names for name in cls.columns[: cls.telling])

    def fit(self, X: pd.DataFrame, y: Any, sample_weight: Any = None) -> Self:
        """Learn the share of the second class on either side of the rule.

        Parameters
        ----------
        X : pandas.DataFrame
            With the rule's columns; others are not looked at.
        y : array-like
            0 or 1, such as ``data.y``; two other labels will do.
        sample_weight : array-like, optional
            How much each row counts; 1 by default.

        Raises
        ------
        MissingColumns
            When the table lacks what the rule needs.
        """
        labels = None if y is None else np.asarray(y)
        values, labels = check_X_y(
            self._values(X, reset=True), labels, ensure_all_finite="allow-nan", estimator=self
        )
        if type_of_target(labels, input_name="y") != "binary":
            check_classification_targets(labels)
            # the words that scikit-learn's own checks look for
            raise ValueError("Only binary classification is supported: y must have two labels.")
        weight = _check_sample_weight(sample_weight, values)
        found = np.unique(labels)
        self.classes_ = np.array([0, 1]) if np.isin(found, [0, 1]).all() else found
        hit, side = weight * (labels == self.classes_[-1]), self._side(values)
        total = np.bincount(side, weight, minlength=3)
        known = np.bincount(side, hit, minlength=3) / np.where(total > 0, total, 1.0)
        self.shares_ = np.where(total > 0, known, hit.sum() / weight.sum())
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        """Chance of either class per row: the share learned for its side of the rule."""
        check_is_fitted(self)
        share = self.shares_[self._side(self._values(X, reset=False))]
        return np.column_stack([1 - share, share])[:, -len(self.classes_) :]

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """The likelier class per row."""
        likelier = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likelier]

    def holds(self, X: pd.DataFrame) -> np.ndarray:
        """What the rule says of each row: 1 yes, 0 no, NaN not known. It need not be fitted for that."""
        return self._holds(self._table(X))

    def _holds(self, values: np.ndarray) -> np.ndarray:
        """The rule itself, on an array of all its columns in their order."""
        raise NotImplementedError

    def _side(self, values: np.ndarray) -> np.ndarray:
        """0 where the rule doesn't hold, 1 where it does, 2 where that isn't known."""
        return np.nan_to_num(self._holds(values), nan=2.0).astype(int)

    def _values(self, X: Any, *, reset: bool) -> np.ndarray:
        values = self._table(X)
        validate_data(self, X, reset=reset, skip_check_array=True)
        return values

    def _table(self, X: Any) -> np.ndarray:
        """The columns of the rule in their order, those that the table doesn't have as NaN."""
        # numbered columns are no names to scikit-learn either
        if isinstance(X, pd.DataFrame) and all(isinstance(name, str) for name in X.columns):
            if not self.applies(X.columns):
                needed, present = list(self.columns[: self.telling]), list(X.columns)
                raise MissingColumns(table="X", absent=needed, present=present)
            return X.reindex(columns=list(self.columns)).to_numpy(dtype=float, na_value=np.nan)
        array = check_array(X, dtype=float, ensure_all_finite="allow-nan", estimator=self)
        own = array[:, : len(self.columns)]
        return np.pad(own, ((0, 0), (0, len(self.columns) - own.shape[1])), constant_values=np.nan)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class, tags.classifier_tags.poor_score = False, True
        tags.input_tags.allow_nan = True
        return tags


class SilenceRule(RuleClassifier):
    """No step of the customer for so many days: what CRMs warn of, after 7, 14 or 30 days.

    A step is a mail of the customer, a further stage, or a conversation that ended in an order or a next
    step. A customer who has made none at all is silent since the deal began (``crm_deal_age_days``); without
    that column it isn't known.

    Parameters
    ----------
    days : int, default 14
        The rule holds from so many days on.

    Examples
    --------
    >>> X = pd.DataFrame({"crm_days_since_customer_step": [3.0, 20.0, 14.0, None]})
    >>> SilenceRule().fit(X, [0, 1, 0, 0]).predict_proba(X)[:, 1].tolist()
    [0.0, 0.5, 0.5, 0.0]
    """

    columns = ("crm_days_since_customer_step", "crm_deal_age_days")

    def __init__(self, days: int = SILENT_DAYS) -> None:
        self.days = days

    def _holds(self, values: np.ndarray) -> np.ndarray:
        silent = np.where(np.isnan(values[:, 0]), values[:, 1], values[:, 0])
        return np.where(np.isnan(silent), np.nan, silent >= self.days)


class OverdueRule(RuleClassifier):
    """The expected close date has passed. Not known where there is no such date.

    Examples
    --------
    >>> X = pd.DataFrame({"crm_days_to_close_date": [30.0, -2.0, None]})
    >>> OverdueRule().holds(X).tolist()
    [0.0, 1.0, nan]
    """

    columns = ("crm_days_to_close_date",)

    def _holds(self, values: np.ndarray) -> np.ndarray:
        return _positive(-values[:, 0])


class LateRequestRule(RuleClassifier):
    """The seller asked for a next step in the last fifth of the last conversation (article 002).

    The article expects such deals to stall less: asking works towards the end, seldom at the start. Not known
    where no conversation could be read.

    Examples
    --------
    >>> LateRequestRule().holds(pd.DataFrame({"request_last20": [1.0, 0.0]})).tolist()
    [1.0, 0.0]
    """

    columns = ("request_last20",)

    def _holds(self, values: np.ndarray) -> np.ndarray:
        return _positive(values[:, 0])


class PopjeRule(RuleClassifier):
    """The contact leaves the decision to someone whom nobody has met: a popje (article 004).

    Holds when the customer referred to someone else who decides in the last conversation that could be read,
    and no decider sat at the table, was promised an introduction, or was added to the deal. That the seller
    asked who decides doesn't end it: the contact is a popje until whoever decides is there.

    Examples
    --------
    >>> X = pd.DataFrame({"authority_ref_count": [2.0, 2.0, 0.0], "authority_present": [None, 1.0, 0.0]})
    >>> PopjeRule().holds(X).tolist()
    [1.0, 0.0, 0.0]
    """

    columns = ("authority_ref_count", "authority_present", "authority_introduced", "authority_contact")

    def _holds(self, values: np.ndarray) -> np.ndarray:
        met = (values[:, 1:] > 0).any(axis=1)
        return np.where(met & ~np.isnan(values[:, 0]), 0.0, _positive(values[:, 0]))


class GoodTalkRule(RuleClassifier):
    """'Een goed gesprek': the last conversation was pleasant and brought nothing (article 001).

    Holds when it closed warmly without an agreed step or a clear answer (``continuation_flag``), or when the
    seller's note praises it and no step or outcome is recorded (``note_goed_gesprek``). Not known where there
    is neither a transcript nor a note.

    Examples
    --------
    >>> X = pd.DataFrame({"continuation_flag": [1.0, 0.0, None], "note_goed_gesprek": [None, 0.0, None]})
    >>> GoodTalkRule().holds(X).tolist()
    [1.0, 0.0, nan]
    """

    columns = ("continuation_flag", "note_goed_gesprek")
    telling = 2

    def _holds(self, values: np.ndarray) -> np.ndarray:
        # NaN only where both are missing
        return _positive(np.fmax(values[:, 0], values[:, 1]))


def silent_days(data: Dataset) -> pd.Series:
    """Days without a step of the customer, as `SilenceRule` counts them; missing where that isn't known."""
    days = data.info["days_since_customer_step"].astype("float64")
    age = SilenceRule.columns[1]
    return days.fillna(data.X[age]) if age in data.X else days


def _positive(values: np.ndarray) -> np.ndarray:
    """1.0 where a value is above 0, 0.0 where not, NaN where it is missing."""
    return np.where(np.isnan(values), np.nan, values > 0)
