"""Partial effects: what is planted comes out, and nothing is said beyond the data."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import partial_dependence

from salesinsight.errors import UnknownName
from salesinsight.modeling import effects
from salesinsight.modeling.effects import COLUMNS, GROUPS, LEAST_HERE, chief_columns, partial_effects
from salesinsight.modeling.hypotheses import LEAST_DEALS
from salesinsight.modeling.pipelines import stages_as_names
from salesinsight.modeling.scoring import TOO_LITTLE


@pytest.fixture(scope="module")
def told(run, table):
    return partial_effects(run, table, ["hedge_c_rate", "question_stacked_share"])


def test_a_planted_column_rises_and_noise_has_no_direction(told):
    planted, noise = (told[told["column"] == name] for name in ("hedge_c_rate", "question_stacked_share"))
    assert (planted["verdict"] == "higher").all() and planted["same"].iloc[0] == planted["replicates"].iloc[0]
    assert planted["share"].iloc[-1] - planted["share"].iloc[0] == pytest.approx(planted["change"].iloc[0])
    assert planted["change_low"].iloc[0] > 0.02
    assert np.corrcoef(planted["counted"], planted["share"])[0, 1] > 0.7
    assert (noise["verdict"] == TOO_LITTLE).all()
    assert noise["change_low"].iloc[0] < 0 < noise["change_high"].iloc[0]


def test_alone_is_the_partial_dependence_of_scikit_learn(run, table, monkeypatch):
    monkeypatch.setattr(effects, "MOST_ROWS", len(table.X))
    rows = partial_effects(run, table, ["hedge_c_rate"])
    known = stages_as_names(table.X[table.X["hedge_c_rate"].notna()])
    grid = {"hedge_c_rate": rows["value"].to_numpy()}
    found = partial_dependence(
        run.model, known, ["hedge_c_rate"], custom_values=grid, response_method="predict_proba"
    )
    stalled = found["average"][list(run.model.classes_).index("stalled")]
    np.testing.assert_allclose(rows["alone"], stalled)


def test_a_column_known_of_few_deals_only_is_told_about_all_the_same(run, table, monkeypatch):
    monkeypatch.setattr(effects, "MOST_ROWS", 20)
    kept = effects.drawn_accounts(table.groups, 20)
    rare = table.X.assign(hedge_c_rate=table.X["hedge_c_rate"].mask(kept))
    rows = partial_effects(run, dataclasses.replace(table, X=rare), ["hedge_c_rate"])
    assert len(rows) > 1 and rows["share"].notna().all()


def test_the_family_moves_as_a_whole(run, table):
    # next_dated is of the same family, and shows the same trait the other way round
    rows = partial_effects(run, table, ["answer_vague_share"])
    alone = rows["alone"].iloc[-1] - rows["alone"].iloc[0]
    assert rows["change"].iloc[0] > 1.2 * alone > 0


def test_groups_hold_all_known_rows_and_enough_deals(told, table):
    for name, rows in told.groupby("column"):
        known = table.X[name].notna()
        assert rows["n"].sum() == known.sum()
        assert 2 <= len(rows) <= GROUPS and (rows["n_deals"] >= LEAST_HERE).all()
        assert (rows["start"] <= rows["value"]).all() and (rows["value"] <= rows["end"]).all()
        assert (rows["end"].to_numpy()[:-1] < rows["start"].to_numpy()[1:]).all()
        assert set(rows["value"]) <= set(table.X[name])
        assert rows["counted"].mul(rows["n"]).sum() == pytest.approx(table.y[known].sum())
        assert rows["deals"].iloc[0] == table.X[known].index.get_level_values("deal_id").nunique()
    assert ((told["low"] <= told["share"]) & (told["share"] <= told["high"])).all()


def test_the_same_question_gives_the_same_answer(run, table, told):
    X = table.X.copy()
    pd.testing.assert_frame_equal(partial_effects(run, table, list(told["column"].unique())), told)
    pd.testing.assert_frame_equal(table.X, X)


def test_a_column_known_of_few_deals_has_no_direction_and_of_fewer_no_rows(run, table):
    X, deals = table.X.copy(), table.X.index.get_level_values("deal_id")
    for name, many in {"hedge_c_rate": LEAST_DEALS - 1, "spin_depth": LEAST_HERE - 1}.items():
        X.loc[~deals.isin(deals.unique()[:many]), name] = np.nan
    X["talk_share"] = 0.5
    few = dataclasses.replace(table, X=X)
    rows = partial_effects(run, few, ["hedge_c_rate", "spin_depth", "talk_share"])
    assert set(rows["column"]) == {"hedge_c_rate"}
    assert (rows["verdict"] == TOO_LITTLE).all() and (rows["change_low"] > 0).all()
    assert partial_effects(dataclasses.replace(run, model=None), table).columns.tolist() == COLUMNS


def test_chief_columns_are_summaries_of_the_families_asked_for(run):
    by_weight = chief_columns(run)
    assert len(by_weight) == len(set(by_weight)) <= 4
    asked = chief_columns(run, ["talk", "hedge", "nothing"])
    assert asked[0].startswith("talk_share") and asked[1].startswith("hedge_c_rate")
    assert chief_columns(run, ["history"]) == ["crm_days_in_stage"]


@pytest.mark.parametrize("name", ["crm_stage", "hedge_rate"])
def test_a_column_that_is_no_number_of_the_model_is_refused(run, table, name):
    with pytest.raises(UnknownName, match=name):
        partial_effects(run, table, [name])
