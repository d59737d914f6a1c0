"""What deals with such a chance came to in the test, and how sure that is."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from salesinsight.modeling.recalibration import likely_share, log_odds, recalibrate

ASKED = np.array([0.1, 0.3, 0.6])


def invented_test(rng, accounts=150, rows=4, slope=1.0, shared=0.0):
    """A test of a model that tells `slope` times the log-odds; rows of an account share some of their luck."""
    truth = rng.normal(-0.5, 1.0, size=(accounts, rows))
    luck = shared * rng.normal(size=(accounts, 1))
    y = rng.random((accounts, rows)) < expit(truth + luck)
    told = expit(slope * truth)
    group = np.repeat(np.arange(accounts), rows)
    return pd.DataFrame({"y": y.ravel().astype(float), "p_stalled": told.ravel(), "group": group})


def test_intervals_hold_what_deals_with_such_a_chance_come_to():
    rng, held = np.random.default_rng(1), []
    for _ in range(200):
        oof = invented_test(rng)
        centre, error = recalibrate(oof, ASKED)
        held.append(np.abs(centre - log_odds(ASKED)) < 1.96 * error)
        low, high = likely_share(ASKED, np.tile(ASKED, (5, 1)), oof)
        assert np.all(low <= ASKED) and np.all(high >= ASKED)
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)


def test_the_chance_of_a_model_that_is_too_sure_lies_at_the_edge_of_its_interval():
    oof = invented_test(np.random.default_rng(2), accounts=2000, slope=2.0)
    centre, _ = recalibrate(oof, np.array([0.9]))
    assert expit(centre)[0] == pytest.approx(expit(log_odds(np.array([0.9])) / 2)[0], abs=0.04)
    low, high = likely_share(np.array([0.9]), np.array([[0.9], [0.9]]), oof)
    assert low[0] < 0.8 and high[0] == 0.9


def test_what_the_test_shows_counts_as_far_as_it_is_more_than_doubt():
    p, disagreeing = np.array([0.5]), np.array([[0.35], [0.65]])
    # in the test three in five of such deals stalled
    shown = {"y": [1.0, 1, 1, 0, 0] * 2, "p_stalled": [0.4, 0.5, 0.6, 0.5, 0.5] * 2}
    few, many = (
        pd.DataFrame({name: values * times for name, values in shown.items()} | {"group": range(10 * times)})
        for times in (3, 300)
    )
    low, high = likely_share(p, disagreeing, few)
    assert low[0] + high[0] == pytest.approx(1)
    low, high = likely_share(p, np.tile(p, (3, 1)), many)
    centre, error = recalibrate(many, p)
    assert low[0] == 0.5
    assert high == pytest.approx(expit(centre + 1.96 * error), abs=0.01)


def test_rows_of_one_account_are_hardly_more_than_one():
    together = invented_test(np.random.default_rng(3), accounts=60, rows=12, shared=1.5)
    apart = together.assign(group=range(len(together)))
    assert recalibrate(together, ASKED)[1].mean() > 1.3 * recalibrate(apart, ASKED)[1].mean()


def test_replicates_that_disagree_make_it_wider():
    oof = invented_test(np.random.default_rng(4))
    alike, apart = np.tile(ASKED, (20, 1)), expit(log_odds(ASKED) + np.linspace(-1, 1, 20)[:, None])
    narrow, wide = (likely_share(ASKED, replicates, oof) for replicates in (alike, apart))
    assert np.all(wide[0] < narrow[0]) and np.all(wide[1] > narrow[1])


@pytest.mark.parametrize(
    "oof",
    [
        pd.DataFrame({"y": [], "p_stalled": [], "group": []}, dtype=float),
        pd.DataFrame({"y": [0.0, 1.0] * 100, "p_stalled": [0.1, 0.9] * 100, "group": range(200)}),
        pd.DataFrame({"y": [0.0, 1.0] * 100, "p_stalled": 0.5, "group": range(200)}),
        pd.DataFrame(
            {"y": [0.0, 1.0, 1.0, 0.0] * 50, "p_stalled": [0.3, 0.6] * 100, "group": [0, 0, 1, 1] * 50}
        ),
    ],
    ids=["empty", "separated", "one chance", "two accounts"],
)
def test_a_test_that_says_nothing_leaves_the_chance_as_it_is(oof):
    centre, error = recalibrate(oof, ASKED)
    assert np.allclose(centre, log_odds(ASKED)) and not error.any()


def test_no_deals_no_intervals():
    low, high = likely_share(np.empty(0), np.empty((3, 0)), invented_test(np.random.default_rng(5)))
    assert len(low) == len(high) == 0
