"""The table of weights: which side each is on, and how much of that the resamples agree with."""

import copy
import dataclasses

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from salesinsight.modeling import training
from salesinsight.modeling.coefficients import LEAST_SAME, account_freedom, coefficient_table
from salesinsight.modeling.fitting import fit_kind
from salesinsight.modeling.pipelines import core_pipeline


@pytest.fixture
def last(run):
    return core_pipeline(run.model).named_steps["model"]


def times(last, factor):
    """The last step as a replicate, with all weights so many times as large."""
    other = copy.deepcopy(last)
    other.coef_ = factor * other.coef_
    return Pipeline([("model", other)])


def verdicts(run, table, replicates):
    return coefficient_table(run.model, replicates, table).set_index("column")


def test_the_share_of_replicates_on_the_same_side_is_counted(run, table, last):
    found = verdicts(run, table, [times(last, factor) for factor in [1.0, 0.9, 1.1, -0.5]])
    assert (found["same_sign"] == 0.75).all() and (found["replicates"] == 4).all()
    assert (run.coefficients["replicates"] == len(run.replicates)).all()


def test_no_direction_is_confirmed_where_too_many_replicates_have_the_other_sign(run, table, last):
    # three of forty just beyond 0 hardly widen the spread, and so leave q small
    for others, decided in ((1, True), (3, False)):
        factors = [1.0] * (40 - others) + [-0.01] * others
        found = verdicts(run, table, [times(last, factor) for factor in factors])
        expected = found["direction"].isin(["+", "-"]) & (found["form"] != "stage")
        assert (found.loc[expected, "q"] < 0.01).all()
        assert (found.loc[expected, "verdict"] != "undecided").all() == decided
        assert (found["same_sign"] >= LEAST_SAME).all() == decided


def test_a_weight_of_nothing_has_no_side(run, table, last):
    model = copy.deepcopy(run.model)
    core_pipeline(model).named_steps["model"].coef_[:, 0] = 0.0
    one = core_pipeline(model).named_steps["model"]
    found = coefficient_table(model, [times(one, factor) for factor in (1.0, 1.1, 0.9)], table)
    assert found["same_sign"].isna().sum() == 1
    assert found.loc[found["same_sign"].isna(), ["weight", "verdict"]].to_numpy().tolist() == [
        [0.0, "undecided"]
    ]
    assert np.isfinite(found["p"]).all()


def test_what_few_accounts_move_has_less_freedom():
    groups = np.repeat(np.arange(60), 10)
    spread = np.tile([-1.0, 1.0], 300)
    values = np.column_stack([spread, np.where(groups < 6, spread, 0.0)])
    freedom, widen = account_freedom(values, groups, 3)
    np.testing.assert_allclose(freedom, [56.0, 2.0])
    np.testing.assert_allclose(widen, np.sqrt([60 / 56, 3.0]))


def test_where_nothing_is_true_p_is_no_more_often_small_than_it_says(table):
    account = table.groups.astype(str).to_numpy()
    places = {name: np.flatnonzero(account == name) for name in np.unique(account)}
    # what is the same on all landmarks of a customer, and large for few of them
    rng = np.random.default_rng(0)
    size = {f"crm_few_{i}": {name: np.exp(1.5 * rng.normal()) for name in places} for i in range(20)}
    few = {column: [of[name] for name in account] for column, of in size.items()}
    table = dataclasses.replace(table, X=table.X.assign(**few))
    small = []
    for seed in range(12):
        # every account gets the outcomes of another one, stretched over its own landmarks
        taken = np.empty(len(account), dtype=int)
        for own, other in zip(
            places.values(), np.random.default_rng(seed).permutation(list(places)), strict=True
        ):
            taken[own] = places[other][np.linspace(0, len(places[other]) - 1, len(own)).round().astype(int)]
        y4 = table.y4.iloc[taken].set_axis(table.y4.index)
        dealt = dataclasses.replace(table, y4=y4, y=(y4 == "stalled").astype("Int64"))
        model, _ = fit_kind("logistic", dealt, np.arange(len(y4)), calibrate=False, tuned={"C": 0.01})
        found = coefficient_table(model, training._replicates("logistic", model, dealt, False, 0), dealt)
        small += (found.loc[found["column"].isin(list(few)), "p"] < 0.05).tolist()
    # 0.09 by the spread of the replicates alone
    assert np.mean(small) < 0.06
