"""Features that compare with a norm, worked out by hand, and where the norm comes from."""

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import clone

from salesinsight.features import feature_catalog
from salesinsight.modeling.fitted import NEEDS, FittedFeatures, fitted_names
from salesinsight.modeling.fitting import equal_weights, fit_model
from salesinsight.modeling.pipelines import make_pipeline, model_columns, predict_four


def rows(deals, **columns):
    """A small X; `deals` names the deal of each row, on Mondays one after another."""
    mondays = pd.date_range("2026-01-05 06:00", periods=len(deals), freq="W-MON", tz="UTC")
    index = pd.MultiIndex.from_arrays([deals, mondays], names=["deal_id", "landmark_at"])
    return pd.DataFrame(columns, index=index)


def test_the_talk_share_against_conversations_of_the_same_phase_and_kind():
    nan = float("nan")
    # d1 was looked at on two Mondays after one conversation: that counts once
    X = rows(
        ["d1", "d1", "d2", "d3", "d4", "d5", "d6"],
        talk_share=[0.5, 0.5, 0.6, 0.9, 0.3, 0.4, nan],
        phase_c=[1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0],
        met_in_person=[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0],
    )
    made = FittedFeatures(least=3).fit(X)
    # phase 1 by phone: 0.5, 0.6, 0.9; the others are too few and take the median of all: 0.5
    assert made.talk_medians_ == {"": 0.5, "1|0": pytest.approx(0.6)}
    expected = [-0.1, -0.1, 0.0, 0.3, -0.2, -0.1, nan]
    assert made.transform(X)["talk_share_dev"].to_list() == pytest.approx(expected, nan_ok=True)
    without_kind = FittedFeatures(least=2).fit(X.drop(columns="met_in_person"))
    assert without_kind.talk_medians_ == pytest.approx({"": 0.5, "1|nan": 0.6, "2|nan": 0.35})


def test_the_days_in_a_stage_against_the_deals_seen_there():
    # the longest of each deal: 10, 20, 30, 40, 50 in offerte, so 30 and 40 - 20; contact has one deal
    X = rows(
        ["d1", "d1", "d2", "d3", "d4", "d5", "d6"],
        crm_stage=["offerte"] * 6 + ["contact"],
        crm_days_in_stage=[3.0, 10.0, 20.0, 30.0, 40.0, 50.0, 30.0],
    )
    made = FittedFeatures(least=5).fit(X)
    assert made.stage_norms_ == {"": [30.0, 15.0], "offerte": [30.0, 20.0]}
    new = rows(
        ["n1", "n2", "n3"], crm_stage=["offerte", "contact", np.nan], crm_days_in_stage=[60.0, 0.0, 45.0]
    )
    assert made.transform(new)["days_in_stage_z"].to_list() == pytest.approx([1.5, -2.0, 1.0])


def test_days_without_any_spread_say_nothing():
    X = rows(["d1", "d2"], crm_stage=["contact", "contact"], crm_days_in_stage=[7.0, 7.0])
    assert FittedFeatures().fit_transform(X)["days_in_stage_z"].isna().all()


def test_pleasant_without_progress():
    nan = float("nan")
    # d4 was looked at twice: 1, 3, 5 and 7 have mean 4 and standard deviation √5
    X = rows(
        ["d1", "d2", "d3", "d4", "d4"],
        pleasant_rate=[1.0, 3.0, 5.0, 7.0, 7.0],
        progress_evidence=[0.0, 1.0, 1.0, 2.0, nan],
    )
    made = FittedFeatures().fit(X)
    assert made.pleasant_norm_ == [4.0, pytest.approx(5**0.5)]
    expected = [0.0, 0.0, 1 / 5**0.5, 0.0, nan]
    assert made.transform(X)["pleasant_no_progress"].to_list() == pytest.approx(expected, nan_ok=True)


def test_every_fitted_feature_of_the_catalog_is_made_and_tested_here():
    fitted = feature_catalog().query("stage == 'fitted'")["name"]
    assert set(fitted) == set(NEEDS)
    assert fitted_names({name for needs in NEEDS.values() for name in needs}) == list(NEEDS)
    assert fitted_names(["talk_share", "crm_stage"]) == []


def test_it_keeps_the_conventions_of_scikit_learn(table):
    X = table.X.assign(phase_c=1.0, pleasant_rate=table.X["talk_share"], progress_evidence=0.0)
    before = X.copy()
    made = FittedFeatures(least=7)
    assert clone(made).get_params() == {"least": 7}
    told = made.fit_transform(X)
    assert list(told.columns) == list(made.get_feature_names_out()) == list(NEEDS)
    assert told.index.equals(X.index)
    pd.testing.assert_frame_equal(X, before)


@pytest.mark.parametrize("kind", ["logistic", "boosting"])
@pytest.mark.parametrize("mode", ["voorlopig", "volledig"])
def test_in_a_model_the_norms_are_learned_from_its_training_rows(table, kind, mode):
    X = table.X.assign(phase_c=1.0)
    y4, train = table.y4.to_numpy(dtype=object), np.arange(len(X)) < 300
    pipeline = make_pipeline(kind, mode, list(X.columns))
    model = fit_model(pipeline, X[train], y4[train], equal_weights(X.index[train]))
    names = set(model.named_steps["columns"].get_feature_names_out())
    assert "days_in_stage_z" in names
    assert "talk_share_dev" in names
    assert set(X.columns) & names == set(model_columns(X.columns, mode)) - {"crm_stage"}
    part = dict(model.named_steps["columns"].named_transformers_)["crm_norm"].named_steps["norm"]
    assert part.stage_norms_ == FittedFeatures().fit(X[train]).stage_norms_
    assert part.stage_norms_ != FittedFeatures().fit(X).stage_norms_
    assert np.isfinite(predict_four(model, X[~train]).to_numpy()).all()


def test_without_conversations_the_days_in_the_stage_are_still_compared():
    columns = ["crm_stage", "crm_days_in_stage", "talk_share", "phase_c"]
    parts = make_pipeline("logistic", "volledig", columns[:2]).named_steps["columns"].transformers
    assert [name for name, *_ in parts] == ["crm", "stage", "crm_norm"]
    table = make_pipeline("logistic", "volledig", columns).named_steps["columns"]
    assert table.transformer_weights == {"talk": 0.5, "talk_norm": 0.5}


def test_it_is_kept_and_read_back_as_plain_values(table, tmp_path):
    made = FittedFeatures().fit(table.X)
    skops.io.dump(made, tmp_path / "norms.skops")
    assert skops.io.get_untrusted_types(file=tmp_path / "norms.skops") == [
        "salesinsight.modeling.fitted.FittedFeatures"
    ]
    read = skops.io.load(tmp_path / "norms.skops", trusted=["salesinsight.modeling.fitted.FittedFeatures"])
    pd.testing.assert_frame_equal(read.transform(table.X), made.transform(table.X))
