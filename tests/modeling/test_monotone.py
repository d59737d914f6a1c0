import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier

from salesinsight.modeling.monotone import MonotoneBoosting
from salesinsight.modeling.pipelines import make_pipeline

TREES = HistGradientBoostingClassifier(max_iter=10, min_samples_leaf=5, random_state=0)


@pytest.fixture(scope="module")
def bent():
    """Stalled in the middle of the first column, won at its end; the second column is noise."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, size=(400, 2))
    y = np.where(abs(X[:, 0]) < 1, "stalled", np.where(X[:, 0] > 0, "won", "lost")).astype(object)
    return X, y


def along(model, n=50):
    return model.predict_proba(np.column_stack([np.linspace(-2, 2, n), np.zeros(n)]))


@pytest.mark.parametrize("sign", [1, -1])
def test_stalled_never_goes_against_a_direction(bent, sign):
    model = MonotoneBoosting(TREES, [sign]).fit(*bent)
    p = along(model)[:, list(model.classes_).index("stalled")]
    assert (sign * np.diff(p) >= 0).all()
    assert np.ptp(p) > 0.1
    free = MonotoneBoosting(TREES, [0]).fit(*bent)
    assert (np.diff(along(free)[:, 1]) > 0).any() and (np.diff(along(free)[:, 1]) < 0).any()


def test_other_outcomes_are_free_and_all_sum_to_one(bent):
    model = MonotoneBoosting(TREES, [1]).fit(*bent)
    assert model.classes_.tolist() == ["lost", "stalled", "won"]
    told = model.predict_proba(bent[0])
    assert np.allclose(told.sum(axis=1), 1)
    right = bent[1] == "won"
    assert told[right, 2].mean() > told[~right, 2].mean() + 0.2


@pytest.mark.parametrize("outcomes", [["stalled"], ["won"], ["stalled", "won"], ["lost", "won"]])
def test_outcomes_that_training_lacks(bent, outcomes):
    X, y = bent
    rows = np.isin(y, outcomes)
    model = MonotoneBoosting(TREES, [1, 0]).fit(X[rows], y[rows])
    told = model.predict_proba(X)
    assert model.classes_.tolist() == sorted(outcomes)
    assert np.allclose(told.sum(axis=1), 1)
    assert set(model.predict(X)) <= set(outcomes)


def test_weights_count(bent):
    X, y = bent
    weight = np.where(y == "stalled", 10.0, 1.0)
    plain, heavy = (MonotoneBoosting(TREES, [0]).fit(X, y, given) for given in (None, weight))
    assert heavy.predict_proba(X)[:, 1].mean() > plain.predict_proba(X)[:, 1].mean()


def test_the_pipeline_binds_conversations_by_the_catalog_and_leaves_the_crm_free():
    columns = ["crm_stage", "crm_days_in_stage", "hedge_c_rate", "next_dated", "own_column"]
    model = make_pipeline("boosting_monotone", "volledig", columns).named_steps["model"]
    assert model.directions == [0, 1, -1, 0]
    assert clone(model).directions == model.directions
