import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from salesinsight.modeling import tuning
from salesinsight.modeling.pipelines import ALL_KINDS, make_pipeline
from salesinsight.modeling.tuning import GRIDS, first_of_the_best, grid_for, stalled_score, tune


def made(n=400, per_account=4, noise=20, strength=0.0, seed=0):
    """Rows of accounts; one column tells of stalled as strongly as asked, the others nothing."""
    rng = np.random.default_rng(seed)
    groups = np.array([f"A{number // per_account:03}" for number in range(n)], dtype=object)
    y4 = rng.choice(np.array(["won", "stalled"], dtype=object), n)
    table = rng.normal(size=(n, noise))
    table[:, 0] += strength * (y4 == "stalled")
    return table, y4, np.ones(n) / per_account, groups


GRID = {"C": [0.01, 0.001, 0.1]}


def test_settings_stay_where_nothing_can_be_told():
    assert tune(LogisticRegression(), GRID, *made()) == {"C": 0.01}


def test_a_weaker_penalty_where_it_clearly_pays():
    assert tune(LogisticRegression(), GRID, *made(strength=3.0)) == {"C": 0.1}


def test_accounts_are_never_on_both_sides():
    # the first column is the account's own: it tells all of it, and nothing of others
    table, _, weight, groups = made(noise=4)
    rng = np.random.default_rng(1)
    _, account = np.unique(groups, return_inverse=True)
    y4 = rng.choice(np.array(["won", "stalled"], dtype=object), account.max() + 1)[account]
    own = np.eye(account.max() + 1)[account] * 9
    learned = []

    class Spy(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            learned.append(set(np.flatnonzero(X[:, : own.shape[1]].any(axis=0))))
            return super().fit(X, y, sample_weight)

        def predict_proba(self, X):
            if len(learned) <= 3 * len(GRID["C"]):
                assert not learned[-1] & set(np.flatnonzero(X[:, : own.shape[1]].any(axis=0)))
            return super().predict_proba(X)

    tune(Spy(), GRID, np.hstack([own, table]), y4, weight, groups)
    # each of three values in each of three folds, and the best on everything
    assert len(learned) == 3 * 3 + 1


def test_weights_decide_in_fitting_and_in_the_score():
    table, y4, _, groups = made(strength=2.0, per_account=2)
    odd = np.arange(len(y4)) % 4 < 2
    # where nothing weighs, the column tells the opposite
    table[odd, 0] *= -1
    alone = tune(LogisticRegression(), GRID, table[~odd], y4[~odd], np.ones(200), groups[~odd])
    weight = np.where(odd, 1e-9, 1.0)
    assert tune(LogisticRegression(), GRID, table, y4, weight, groups) == alone == {"C": 0.1}
    assert tune(LogisticRegression(), GRID, table, y4, np.ones(400), groups) != alone
    model = LogisticRegression().fit(table, y4, weight)
    seen = stalled_score(model, table, y4, weight)
    assert seen == pytest.approx(stalled_score(model, table[~odd], y4[~odd]), abs=1e-6)


@pytest.mark.parametrize(("n", "stalled"), [(40, 20), (400, 8)])
def test_few_accounts_or_few_that_stalled_choose_nothing(n, stalled):
    table, _, weight, groups = made(n, strength=3.0)
    y4 = np.where(np.arange(n) < stalled, "stalled", "won").astype(object)
    assert tune(LogisticRegression(), GRID, table, y4, weight, groups) == {}


def test_the_first_within_one_standard_error_of_the_best_is_taken():
    def results(*scores):
        return {f"split{k}_test_score": np.array(part) for k, part in enumerate(zip(*scores, strict=True))}

    usual, better = [-0.5, -0.5, -0.5], [-0.4, -0.4, -0.4]
    assert first_of_the_best(results(usual, better)) == 1
    # better on the whole, by one fold alone
    assert first_of_the_best(results(usual, [-0.5, -0.5, -0.1])) == 0
    # the second is as good as the best, and comes before it
    assert first_of_the_best(results(usual, [-0.4, -0.42, -0.39], better)) == 1
    assert first_of_the_best(results(usual, better, [-0.4, -0.42, -0.39])) == 1


def test_grids_begin_with_the_models_own_settings():
    for kind, grid in GRIDS.items():
        own = make_pipeline(kind, "volledig", ["crm_stage"]).named_steps["model"].get_params()
        assert {name: values[0] for name, values in grid.items()} == {name: own[name] for name in grid}


def test_nets_and_trees_are_tuned_only_with_many_deals():
    few = {"mode": "volledig", "n_deals": 999, "n_stalled": 400, "n_columns": 41}
    for kind in ALL_KINDS:
        assert bool(grid_for(kind, **few)) == (kind == "logistic")
    assert grid_for("boosting", **few | {"n_columns": 40}) == GRIDS["boosting"]
    assert grid_for("elastic_net", **few | {"n_deals": 1000}) == GRIDS["elastic_net"]
    assert grid_for("boosting_monotone", **few | {"n_deals": 1000}) == {}


def test_a_net_that_does_not_settle_says_nothing():
    net = make_pipeline("elastic_net", "volledig", ["crm_stage"]).named_steps["model"].set_params(max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tune(net, {"C": [100.0, 10.0]}, *made(strength=1.0))


def test_many_rows_are_drawn_by_account(monkeypatch):
    monkeypatch.setattr(tuning, "MOST_ROWS", 100)
    sizes = []

    class Spy(LogisticRegression):
        def fit(self, X, y, sample_weight=None):
            sizes.append(len(y))
            return super().fit(X, y, sample_weight)

    tune(Spy(), GRID, *made())
    assert sizes[-1] == 100
