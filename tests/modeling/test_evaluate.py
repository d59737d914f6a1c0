import dataclasses
import importlib

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import BadArgument, TooLittleData, UnknownName
from salesinsight.modeling import evaluate
from salesinsight.modeling.tuning import GRIDS

# the package shows the function under the module's name
evaluation = importlib.import_module("salesinsight.modeling.evaluate")


@pytest.fixture(scope="module")
def strong(build_table):
    return evaluate(build_table(150, effect=1.5, seed=2), bootstrap=200)


def test_a_planted_effect_shows_and_is_credited_to_conversations(strong):
    assert strong.conversation_helps
    assert strong.value("brier_skill_b2", what="low") > 0
    assert strong.value("roc_auc") > strong.value("roc_auc", "B3") + 0.05
    assert strong.value("lift_at_10") > 1.1


def test_nothing_is_credited_where_conversations_say_nothing(build_table):
    table = build_table(100, effect=1.5, seed=2)
    rng = np.random.default_rng(0)
    told = [name for name in table.X if not name.startswith("crm_")]
    X = table.X.copy()
    X[told] = rng.permutation(X[told].to_numpy())
    assert not evaluate(dataclasses.replace(table, X=X), bootstrap=200, baselines=["B3"]).conversation_helps


def test_shuffled_answers_cannot_be_foretold(build_table):
    table = build_table(100, effect=1.5, seed=2)
    order = np.random.default_rng(0).permutation(len(table.X))
    shuffled = dataclasses.replace(
        table, y=table.y.iloc[order].set_axis(table.X.index), y4=table.y4.iloc[order].set_axis(table.X.index)
    )
    assert 0.42 < evaluate(shuffled, bootstrap=20, baselines=[]).value("roc_auc") < 0.56


def test_all_models_are_scored_on_the_same_rows(strong):
    sizes = strong.metrics.groupby("model")[["n", "n_deals"]].nunique()
    assert (sizes == 1).all(axis=None)
    rules = {"B1", "B1_07", "B1_30", "popje"}
    assert set(strong.metrics["model"]) == {"full", "B0", "B2", "B3", "B4", *rules}
    assert strong.metrics["n"].iloc[0] == len(strong.oof)


def test_out_of_fold_rows_say_all(strong):
    oof = strong.oof
    assert np.allclose(oof[["p_won", "p_lost", "p_progress", "p_stalled"]].sum(axis=1), 1)
    brier = np.mean((oof["p_stalled"] - oof["y"].astype(float)) ** 2)
    assert brier == pytest.approx(strong.value("brier"))
    assert oof[["p_B0", "p_B1", "p_B2", "p_B3"]].notna().all(axis=None)
    assert not oof.duplicated(["deal_id", "landmark_at"]).any()


def test_the_same_data_and_seed_give_the_same_numbers(table):
    first, second = (evaluate(table, bootstrap=20, baselines=["B0"], seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(first.metrics, second.metrics, check_exact=True)
    pd.testing.assert_frame_equal(first.oof, second.oof, check_exact=True)
    other = evaluate(table, bootstrap=20, baselines=["B0"], seed=6)
    assert not first.oof["p_stalled"].equals(other.oof["p_stalled"])


def test_the_newest_stretch_is_kept_apart(build_table):
    tested = evaluate(build_table(100, seed=1), bootstrap=20, newest=True, baselines=["B0"])
    at = tested.oof.groupby("newest")["landmark_at"].agg(["min", "max"])
    assert at.loc[False, "max"] < at.loc[True, "min"]
    assert tested.newest["n"].iloc[0] == tested.oof["newest"].sum()
    assert tested.metrics["n"].iloc[0] == (~tested.oof["newest"]).sum()


def test_a_newest_stretch_too_small_to_say_anything_is_not_kept_apart(build_table):
    tested = evaluate(build_table(45), bootstrap=20, newest=True, baselines=["B0"])
    assert "no_newest" in tested.notices
    assert tested.newest.empty


def test_a_short_history_is_tested_by_account_and_says_so(build_table):
    tested = evaluate(build_table(60, days=110), bootstrap=20, baselines=["B0"])
    assert (tested.splits, tested.notices) == ("grouped", ("grouped_short",))


def test_boosting_is_chosen_only_when_clearly_better(build_table):
    table = build_table(50, seed=4)
    tested = evaluate(table, ["logistic", "boosting"], bootstrap=50, baselines=[])
    assert tested.chosen == "logistic"
    assert {"full", "boosting"} == set(tested.metrics["model"])
    # an outcome that depends on the size of a column, not on its sign, is beyond a logistic model
    bent = (table.X["hedge_c_rate"].abs() > 1).to_numpy()
    y4 = pd.Series(np.where(bent, "stalled", "progress"), table.X.index, dtype="string")
    y = pd.Series(bent.astype(int), table.X.index, dtype="Int64")
    tested = evaluate(
        dataclasses.replace(table, y=y, y4=y4), ["logistic", "boosting"], bootstrap=50, baselines=[]
    )
    assert tested.chosen == "boosting"
    assert tested.value("brier") < tested.value("brier", "logistic")


def test_without_conversation_features_there_is_no_gain(table):
    crm = table.X[[name for name in table.X if name.startswith("crm_")]]
    tested = evaluate(dataclasses.replace(table, X=crm), bootstrap=20)
    assert tested.value("gain_brier") == 0
    assert not tested.conversation_helps
    assert "B4" not in set(tested.metrics["model"])


def test_b3_is_of_the_chosen_kind(build_table, monkeypatch):
    table = build_table(40, seed=4)
    monkeypatch.setattr(evaluation, "_choose", lambda data, candidates, *_: list(candidates)[-1])
    tested = evaluate(table, ["logistic", "elastic_net"], bootstrap=20, baselines=["B3"])
    crm = dataclasses.replace(table, X=table.X[["crm_days_in_stage", "crm_amount_log", "crm_stage"]])
    alone = evaluate(crm, ["elastic_net"], bootstrap=20, baselines=[])
    assert tested.chosen == "elastic_net"
    assert tested.value("brier", "B3") == pytest.approx(alone.value("brier"))


def test_chosen_is_the_simplest_within_one_standard_error_of_the_best(table):
    y, rng = (table.y4 == "stalled").to_numpy(dtype=float), np.random.default_rng(0)

    def told(worse):
        """Probabilities that are off by so much, at random."""
        p = np.where(y == 1, 0.8, 0.2) + worse * rng.choice([-1, 1], len(y))
        return np.column_stack([np.zeros((len(y), 3)), p])

    every = np.arange(len(y))
    level = {"logistic": told(0.2), "elastic_net": told(0.2), "boosting": told(0.2)}
    assert evaluation._choose(table, level, every, 100, 0) == "logistic"
    assert evaluation._choose(table, level | {"boosting": told(0.0)}, every, 100, 0) == "boosting"
    better = level | {"elastic_net": told(0.0), "boosting": told(0.001)}
    assert evaluation._choose(table, better, every, 100, 0) == "elastic_net"


def test_settings_are_kept_per_fold_and_all_kinds_can_be_asked_for(build_table):
    tested = evaluate(build_table(40), ["logistic", "boosting_monotone"], bootstrap=20, baselines=["B2"])
    assert {"full", "B2"} < set(tested.metrics["model"])
    assert tested.folds["logistic_C"].isin(GRIDS["logistic"]["C"]).all()
    assert not any(name.startswith("boosting_monotone_") for name in tested.folds)


def test_by_seller_the_model_is_tested_on_somebody_unknown(build_table):
    table = build_table(60)
    owner = pd.array(["S" + deal[-1] for deal in table.X.index.get_level_values("deal_id")], dtype="string")
    sold = dataclasses.replace(table, info=table.info.assign(owner_id=owner))
    tested = evaluate(sold, bootstrap=20, splits="seller", baselines=["B0"])
    assert tested.splits == "seller"
    assert tested.oof["fold"].nunique() >= 3
    assert len(tested.oof) == len(table.X)


def test_an_unknown_kind_is_refused(table):
    with pytest.raises(UnknownName, match="forest"):
        evaluate(table, ["logistic", "forest"])


def test_an_unknown_baseline_and_no_kind_at_all_are_refused(table):
    with pytest.raises(UnknownName, match="B9"):
        evaluate(table, baselines=["B2", "B9"])
    with pytest.raises(BadArgument, match="models"):
        evaluate(table, [])


def test_a_handful_of_deals_is_refused(build_table):
    with pytest.raises(TooLittleData):
        evaluate(build_table(3, days=110))
