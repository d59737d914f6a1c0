import warnings

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import UnknownName
from salesinsight.modeling.fitting import equal_weights, fit_model
from salesinsight.modeling.pipelines import (
    ALL_KINDS,
    DEFAULT_C,
    PROBABILITIES,
    core_pipeline,
    describe_columns,
    make_pipeline,
    model_columns,
    predict_four,
)
from salesinsight.modeling.tuning import GRIDS


def parts(table, rows=slice(None)):
    X = table.X.iloc[rows]
    return X, table.y4.to_numpy(dtype=object)[rows], equal_weights(X.index)


def chosen_c(X, y4, weight, groups):
    pipeline = make_pipeline("logistic", "volledig", list(X.columns))
    model = fit_model(pipeline, X, y4, weight, grid=GRIDS["logistic"], groups=groups)
    return model.named_steps["model"].C


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_four_outcomes_in_order_and_zero_for_one_never_seen(table, kind):
    X, y4, weight = parts(table)
    seen = np.flatnonzero(y4 != "won")[:400]
    model = fit_model(make_pipeline(kind, "volledig", list(X.columns)), X.iloc[seen], y4[seen], weight[seen])
    told = predict_four(model, X.iloc[:50])
    assert list(told.columns) == list(PROBABILITIES)
    assert (told["p_won"] == 0).all()
    assert np.allclose(told.sum(axis=1), 1)
    assert told.index.equals(X.index[:50])


def test_one_outcome_in_training_is_said_with_certainty(table):
    X, y4, weight = parts(table)
    only = np.flatnonzero(y4 == "stalled")[:50]
    model = fit_model(
        make_pipeline("logistic", "volledig", list(X.columns)), X.iloc[only], y4[only], weight[only]
    )
    assert (predict_four(model, X)["p_stalled"] == 1).all()


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_empty_columns_new_stages_and_newly_missing_values_are_taken(table, kind):
    X, y4, weight = parts(table, slice(0, 300))
    X = X.assign(hedge_c_rate=np.nan, crm_days_in_stage=X["crm_days_in_stage"].fillna(0))
    model = fit_model(make_pipeline(kind, "volledig", list(X.columns)), X, y4, weight)
    new = X.assign(crm_stage="never seen", crm_days_in_stage=np.nan, hedge_c_rate=3.0)
    assert np.isfinite(predict_four(model, new).to_numpy()).all()
    new["crm_stage"] = np.nan
    assert np.isfinite(predict_four(model, new).to_numpy()).all()


def test_calibration_leaves_order_within_an_outcome_but_not_the_size(table):
    X, y4, weight = parts(table)
    pipeline = make_pipeline("boosting", "volledig", list(X.columns))
    apart = np.arange(len(X)) % 4 == 0
    raw = fit_model(pipeline, X[~apart], y4[~apart], weight[~apart])
    tempered = fit_model(pipeline, X, y4, weight, calibrate_on=apart)
    before, after = (predict_four(model, X)["p_stalled"] for model in (raw, tempered))
    assert before.corr(after, method="spearman") > 0.95
    assert abs(before - after).max() > 0.01


def test_calibration_is_left_when_an_outcome_is_too_rare(table):
    X, y4, weight = parts(table)
    apart = np.zeros(len(X), dtype=bool)
    apart[:3] = True
    model = fit_model(
        make_pipeline("logistic", "volledig", list(X.columns)), X, y4, weight, calibrate_on=apart
    )
    assert hasattr(model, "named_steps")


def test_little_data_sees_one_summary_per_family_and_the_crm():
    columns = ["hedge_c_rate", "hedge_c_rate_mean", "hedge_c_rate_change", "defer_count", "defer_count_mean"]
    columns += ["crm_stage", "crm_days_in_stage", "quote_before_need", "dq_words"]
    assert model_columns(columns, "voorlopig") == ["hedge_c_rate_mean", "crm_stage", "crm_days_in_stage"]
    assert model_columns(columns, "volledig") == [
        c for c in columns if c not in ("hedge_c_rate_change", "dq_words")
    ]
    assert model_columns(columns, "volledig", conversation=False) == ["crm_stage", "crm_days_in_stage"]


def test_columns_are_described_by_the_catalog():
    about = describe_columns(["defer_count_change", "crm_deal_age_days", "own_column"])
    assert about["feature"].tolist() == ["defer_count", "crm_deal_age_days", "own_column"]
    assert about["form"].tolist() == ["change", "last", "last"]
    assert about["family"].tolist() == ["hedge", "history", "history"]


def test_weights_count_deals_and_are_equal(table):
    weight = equal_weights(table.X.index)
    assert np.isclose(weight.sum(), table.X.index.get_level_values("deal_id").nunique())
    assert len(set(weight)) == 1


def test_the_penalty_is_weaker_only_where_it_clearly_helps(build_table):
    table = build_table(150, effect=2.0, seed=3)
    X, y4, weight = parts(table)
    groups = table.groups.to_numpy(dtype=object)
    shuffled = np.random.default_rng(0).permutation(y4)
    assert chosen_c(X, shuffled, weight, groups) <= DEFAULT_C["volledig"]
    told = X.assign(hedge_c_rate=(y4 == "stalled") + np.random.default_rng(0).normal(size=len(y4)) / 2)
    assert chosen_c(told, y4, weight, groups) > DEFAULT_C["volledig"]


def test_conversation_columns_count_for_less_only_among_many():
    columns = ["hedge_c_rate", "hedge_c_rate_mean", "crm_stage", "crm_days_in_stage"]
    weights = {
        mode: make_pipeline("logistic", mode, columns).named_steps["columns"].transformer_weights
        for mode in ("voorlopig", "volledig")
    }
    assert weights == {"voorlopig": None, "volledig": {"talk": 0.5}}


def test_with_few_accounts_the_penalty_is_the_default(table):
    X, y4, weight = parts(table, slice(0, 60))
    groups = pd.Series(np.arange(60) % 5).astype(str).to_numpy(dtype=object)
    assert chosen_c(X, y4, weight, groups) == DEFAULT_C["volledig"]


def test_the_net_leaves_columns_out_and_never_warns(table):
    X, y4, weight = parts(table)
    pipeline = make_pipeline("elastic_net", "volledig", list(X.columns)).set_params(
        model__C=0.2, model__max_iter=5
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        left = fit_model(pipeline, X, y4, weight).named_steps["model"].coef_
        rest = fit_model(pipeline.set_params(model__C=0.05), X, y4, weight).named_steps["model"].coef_
    assert 0 < (rest != 0).any(axis=0).sum() < (left != 0).any(axis=0).sum()
    logistic = fit_model(make_pipeline("logistic", "volledig", list(X.columns)), X, y4, weight)
    assert (logistic.named_steps["model"].coef_ != 0).all()


def test_medians_and_scales_come_from_all_rows_and_the_model_from_those_not_kept_apart(table):
    X, y4, weight = parts(table)
    pipeline = make_pipeline("logistic", "volledig", list(X.columns))
    apart = np.arange(len(X)) % 4 == 0
    tempered = core_pipeline(fit_model(pipeline, X, y4, weight, calibrate_on=apart))
    whole = fit_model(pipeline, X, y4, weight)
    assert np.allclose(
        tempered.named_steps["columns"].transform(X), whole.named_steps["columns"].transform(X)
    )
    # what became of the rows kept apart moves the temperature only
    drawn = y4.copy()
    drawn[apart] = np.random.default_rng(0).permutation(y4[apart])
    again = core_pipeline(fit_model(pipeline, X, drawn, weight, calibrate_on=apart))
    assert np.allclose(again.named_steps["model"].coef_, tempered.named_steps["model"].coef_)
    assert not np.allclose(whole.named_steps["model"].coef_, tempered.named_steps["model"].coef_)


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownName):
        make_pipeline("forest", "volledig", ["crm_stage"])
