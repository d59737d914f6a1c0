import dataclasses

import numpy as np
import pandas as pd
import pytest

from salesinsight.modeling import explain
from salesinsight.modeling.explain import family_importance
from salesinsight.modeling.pipelines import describe_columns


@pytest.fixture(scope="module")
def told(run, table):
    return family_importance(run, table).set_index("family")


def test_what_is_planted_is_found_and_noise_is_not(run, table):
    X = table.X.copy()
    noise = np.random.default_rng(0).normal(size=len(X))
    X["hedge_c_rate"] = table.y.to_numpy(dtype=float) + noise
    planted = family_importance(run, dataclasses.replace(table, X=X)).set_index("family")
    assert planted.loc["hedge", "low"] > 0.02
    for other in ("push_pull", "talk"):
        assert planted.loc[other, "low"] <= 0
        assert planted.loc[other, "gain"] < planted.loc["hedge", "gain"] / 5


def test_every_family_of_the_model_has_one_row_and_holds_together(told, run):
    assert set(told.index) == set(describe_columns(run.card["columns"])["family"])
    assert told["n_columns"].sum() == len(run.card["columns"])
    assert ((told["low"] <= told["gain"]) & (told["gain"] <= told["high"])).all()
    assert told["gain"].is_monotonic_decreasing
    assert told.loc["hedge", "column"] == "hedge_c_rate" and told.loc["hedge", "same_sign"] == 1


def test_tested_rows_are_those_of_the_run(told, run):
    assert (told["n"] == (~run.oof["newest"]).sum()).all()


def test_the_same_run_gives_the_same_numbers_and_leaves_the_data(told, run, table):
    before = table.X.copy()
    pd.testing.assert_frame_equal(family_importance(run, table).set_index("family"), told)
    assert table.X.equals(before)


def test_many_rows_are_drawn_by_account(run, table, monkeypatch):
    monkeypatch.setattr(explain, "MOST_ROWS", len(table.X) // 2)
    kept = explain.drawn_accounts(table.groups, explain.MOST_ROWS)
    assert 0 < kept.sum() <= len(table.X) // 2
    assert (table.groups[kept].nunique() + table.groups[~kept].nunique()) == table.groups.nunique()


def test_one_account_of_more_rows_than_are_asked_takes_part():
    assert explain.drawn_accounts(pd.Series(["a"] * 5 + ["b"] * 5), 3).sum() == 5


def test_without_a_model_there_is_nothing(run, table):
    assert family_importance(dataclasses.replace(run, model=None), table).empty
