import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from salesinsight.modeling.posterior import posterior_draws

OUTCOMES, COLUMNS, C = 3, 6, 0.2


def drawn(rng, n):
    """Weights as the penalty believes them, and what they lead to."""
    coef = rng.normal(scale=np.sqrt(C), size=(OUTCOMES, COLUMNS))
    x = rng.normal(size=(n, COLUMNS))
    y = (x @ coef.T + rng.gumbel(size=(n, OUTCOMES))).argmax(axis=1)
    return coef, x, y


def log_odds(scores):
    """Of the last outcome against the others."""
    return scores[..., -1] - np.logaddexp.reduce(scores[..., :-1], axis=-1)


def test_intervals_hold_the_weights_that_made_the_data():
    rng, held = np.random.default_rng(3), []
    for seed in range(60):
        coef, x, y = drawn(rng, 60)
        fitted = LogisticRegression(C=C).fit(x, y)
        new = rng.normal(size=(20, COLUMNS))
        others = [model.decision_function(new) for model in posterior_draws(fitted, x, np.ones(60), 60, seed)]
        spread = 1.96 * log_odds(np.array(others)).std(axis=0)
        off = log_odds(new @ coef.T) - log_odds(fitted.decision_function(new))
        held.append(np.abs(off) < spread)
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_spread_falls_with_more_deals_and_rises_with_less_weight():
    rng = np.random.default_rng(4)
    _, x, y = drawn(rng, 800)

    def spread(n, weight):
        fitted = LogisticRegression(C=C).fit(x[:n], y[:n], sample_weight=np.full(n, weight))
        draws = posterior_draws(fitted, x[:n], np.full(n, weight), 100)
        return np.std([model.coef_ for model in draws], axis=0).mean()

    assert spread(800, 1.0) < spread(100, 1.0) < spread(100, 0.1) < 1.1 * np.sqrt(C)


def test_the_same_seed_gives_the_same_models_and_leaves_the_fitted_one_alone():
    _, x, y = drawn(np.random.default_rng(5), 100)
    fitted = LogisticRegression(C=C).fit(x, y)
    before = fitted.coef_.copy()
    first, again = (posterior_draws(fitted, x, np.ones(100), 5, seed=1) for _ in range(2))
    assert all(np.array_equal(one.coef_, other.coef_) for one, other in zip(first, again, strict=True))
    assert np.array_equal(fitted.coef_, before)
    assert first[0].predict_proba(x).sum(axis=1) == pytest.approx(1)


def test_two_outcomes_have_one_row_of_weights():
    _, x, y = drawn(np.random.default_rng(6), 100)
    fitted = LogisticRegression(C=C).fit(x, y == 0)
    assert {model.coef_.shape for model in posterior_draws(fitted, x, np.ones(100), 5)} == {(1, COLUMNS)}
