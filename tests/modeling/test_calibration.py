"""The interval of the expected calibration error holds it, also where it is nothing at all."""

import numpy as np
import pytest

from salesinsight.modeling.calibration import bin_numbers, calibration_figures, error_interval


@pytest.mark.parametrize("size", [0.0, 0.4, 1.5])
def test_the_interval_of_the_error_holds_it_whether_chance_or_the_gaps_are_large(size):
    rng, told = np.random.default_rng(1), []
    gaps = size * np.array([-0.02, 0.0, 0.01, 0.03, -0.01, 0.0, 0.02, -0.03, 0.0, 0.01])
    for _ in range(300):
        found = gaps + rng.normal(0, 0.012, 10)
        drawn = found + rng.normal(0, 0.012, (300, 10))
        told.append(list(error_interval(np.vstack([found, drawn]), 0.025).values()))
    value, low, high = np.array(told).T
    right = np.abs(gaps).sum()
    assert np.all((low <= value) & (value <= high))
    assert 0.92 <= np.mean((low <= right) & (right <= high)) <= 0.995
    assert np.mean(low > 0) < 0.05 if size == 0 else np.mean(high > right) > 0.93
    # resamples as they are add chance to chance: they would say that an error of 0 is one
    assert np.mean(value) < right + 0.06


def test_a_large_error_is_told_from_nothing():
    gaps = np.full(10, 0.02) + np.random.default_rng(2).normal(0, 0.004, (400, 10))
    told = error_interval(np.vstack([np.full(10, 0.02), gaps]), 0.025)
    assert 0.15 < told["low"] < told["value"] < told["high"] < 0.25


def test_without_resamples_or_gaps():
    assert np.isnan(list(error_interval(np.full((1, 10), 0.01), 0.025).values())).all()
    assert set(error_interval(np.zeros((3, 10)), 0.025).values()) == {0.0}


def test_gaps_are_those_of_bins_with_as_many_landmarks():
    rng = np.random.default_rng(3)
    p = rng.random(500)
    y = (rng.random(500) < p).astype(float)
    assert set(np.bincount(bin_numbers(p))) == {50}
    gaps = calibration_figures(p, y, np.ones((1, 500)))["ece"][0]
    lowest = np.argsort(p)[:50]
    assert gaps[0] == pytest.approx((y[lowest] - p[lowest]).sum() / 500)
    assert gaps.sum() == pytest.approx((y - p).mean())


def test_one_probability_for_all_is_one_bin():
    y = np.r_[np.ones(30), np.zeros(70)]
    found = calibration_figures(np.full(100, 0.2), y, np.ones((1, 100)))
    assert np.isnan(found["calibration_slope"]).all()
    assert np.abs(found["ece"]).sum() == pytest.approx(0.1)
