"""The articles' rules as classifiers, by hand and by scikit-learn's own checks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from salesinsight.errors import MissingColumns
from salesinsight.modeling import GoodTalkRule, LateRequestRule, OverdueRule, PopjeRule, SilenceRule

NAN = np.nan


# All of them apply, for an array without names is taken to hold a rule's columns in their order. What stands
# beside these, `check_dataframe_column_names_consistency`, fits frames whose columns have invented names:
# a rule on named columns has to refuse them (see below), so it can't apply.
@parametrize_with_checks([SilenceRule(), OverdueRule(), LateRequestRule(), PopjeRule(), GoodTalkRule()])
def test_a_rule_keeps_to_the_customs_of_scikit_learn(estimator, check):
    check(estimator)


def test_each_side_gets_the_share_that_was_learned_on_it():
    X = pd.DataFrame({"request_last20": [1, 1, 1, 1, 0, 0, NAN, NAN]})
    y = pd.Series([0, 0, 0, 1, 1, 1, 1, 0], dtype="Int64")
    rule = LateRequestRule().fit(X, y)
    assert rule.classes_.tolist() == [0, 1]
    assert rule.shares_.tolist() == [1.0, 0.25, 0.5]
    told = rule.predict_proba(pd.DataFrame({"request_last20": [0, 1, NAN]}))
    assert told.tolist() == [[0.0, 1.0], [0.75, 0.25], [0.5, 0.5]]


def test_a_side_never_seen_gets_the_share_of_all():
    rule = OverdueRule().fit(pd.DataFrame({"crm_days_to_close_date": [5.0, 6.0, -1.0, -1.0]}), [1, 0, 0, 0])
    assert rule.shares_.tolist() == [0.5, 0.0, 0.25]


def test_both_classes_are_given_even_if_no_deal_stalled():
    X = pd.DataFrame({"crm_days_to_close_date": [5.0, 6.0]})
    assert OverdueRule().fit(X, [0, 0]).predict_proba(X).tolist() == [[1.0, 0.0], [1.0, 0.0]]


def test_rows_count_by_their_weight():
    X = pd.DataFrame({"request_last20": [1, 1, 0, 0]})
    rule = LateRequestRule().fit(X, [1, 0, 1, 0], sample_weight=[3.0, 1.0, 0.0, 2.0])
    assert rule.shares_.tolist() == [0.0, 0.75, 0.5]


def test_silence_counts_from_the_last_step_or_else_from_the_beginning_of_the_deal():
    X = pd.DataFrame(
        {"crm_days_since_customer_step": [13, 14, NAN, NAN, NAN], "crm_deal_age_days": [90, 90, 13, 14, NAN]}
    )
    assert np.array_equal(SilenceRule().holds(X), [0, 1, 0, 1, NAN], equal_nan=True)
    assert np.array_equal(SilenceRule(7).holds(X), [1, 1, 1, 1, NAN], equal_nan=True)
    assert np.array_equal(SilenceRule().holds(X.iloc[:, :1]), [0, 1, NAN, NAN, NAN], equal_nan=True)
    assert clone(SilenceRule(30)).get_params() == {"days": 30}


def test_a_close_date_is_overdue_from_the_day_after():
    X = pd.DataFrame({"crm_days_to_close_date": [1, 0, -1, NAN]})
    assert np.array_equal(OverdueRule().holds(X), [0, 0, 1, NAN], equal_nan=True)


@pytest.mark.parametrize(
    ("refers", "present", "introduced", "contact", "holds"),
    [
        (0, 0, 0, 0, 0),
        (1, 0, 0, 0, 1),
        (2, NAN, NAN, NAN, 1),
        (2, 1, 0, 0, 0),
        (2, 0, 1, NAN, 0),
        (2, NAN, NAN, 1, 0),
        (NAN, 0, 0, 0, NAN),
        (NAN, 1, 0, 0, NAN),
    ],
)
def test_a_popje_leaves_the_decision_to_someone_nobody_met(refers, present, introduced, contact, holds):
    X = pd.DataFrame([[refers, present, introduced, contact]], columns=PopjeRule.columns, dtype=float)
    assert np.array_equal(PopjeRule().holds(X), [holds], equal_nan=True)


def test_a_good_talk_is_told_by_the_talk_or_by_the_note():
    X = pd.DataFrame({"continuation_flag": [1, 0, 0, NAN, NAN], "note_goed_gesprek": [0, 1, NAN, 0, NAN]})
    assert np.array_equal(GoodTalkRule().holds(X), [1, 1, 0, 0, NAN], equal_nan=True)
    assert np.array_equal(GoodTalkRule().holds(X[["note_goed_gesprek"]]), [0, 1, NAN, 0, NAN], equal_nan=True)


def test_a_table_without_what_the_rule_needs_is_refused_by_name():
    X = pd.DataFrame({"authority_present": [1.0], "crm_stage": ["offerte"]})
    with pytest.raises(MissingColumns, match="authority_ref_count"):
        PopjeRule().fit(X, [1])


def test_columns_of_words_beside_those_of_the_rule_do_no_harm():
    X = pd.DataFrame({"crm_stage": ["offerte", None], "request_last20": pd.array([1, None], dtype="Int64")})
    assert LateRequestRule().fit(X, [0, 1]).predict_proba(X)[:, 1].tolist() == [0.0, 1.0]
