"""Whether probabilities mean what they say: intercept, slope and expected calibration error."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

BINS, TINY = 10, 1e-6


def calibration_figures(p: np.ndarray, y: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Figure out calibration for many resamples at once.

    Parameters
    ----------
    p, y : numpy.ndarray
        Probability and outcome (0 or 1) per landmark.
    weights : numpy.ndarray
        A row per resample, a column per landmark.

    Returns
    -------
    dict
        "calibration_intercept" (0 is right): how much too low the log-odds are on the whole.
        "calibration_slope" (1 is right): below 1 when the probabilities are too far apart. One per resample;
        NaN with one outcome, the slope with one probability as well. "ece": a row per resample and a column
        per bin, the gap between outcomes and probabilities there as a share of all weight; what they come to
        without their signs is the expected calibration error.

    Notes
    -----
    The data themselves (the first row) are fitted to the end; resamples take one Newton step from there.

    Examples
    --------
    >>> p, y = np.tile([0.2, 0.8], 50), np.tile([0, 0, 0, 1, 0, 1, 0, 1, 1, 1], 10)
    >>> found = calibration_figures(p, y, np.ones((1, 100)))
    >>> round(float(found["calibration_slope"][0]), 2), found["ece"].shape
    (1.0, (1, 10))
    """
    x = np.log(p.clip(TINY, 1 - TINY) / (1 - p).clip(TINY, 1))
    ones = np.ones_like(x)
    shift = _logistic(np.array([ones]), x, y, weights)
    slope = _logistic(np.array([ones, x]), np.zeros_like(x), y, weights) if p.std() > TINY else None
    in_bin = np.eye(BINS)[bin_numbers(p)]
    gaps = weights @ (in_bin * (y - p)[:, None])
    return {
        "calibration_intercept": shift[:, 0],
        "calibration_slope": np.full(len(weights), np.nan) if slope is None else slope[:, 1],
        "ece": gaps / weights.sum(axis=1, keepdims=True),
    }


def bin_numbers(p: np.ndarray) -> np.ndarray:
    """In which of `BINS` bins of about as many landmarks each probability falls.

    Examples
    --------
    >>> bin_numbers(np.arange(20) / 20)[:5]
    array([0, 0, 1, 1, 2])
    """
    return np.searchsorted(np.quantile(p, np.linspace(0, 1, BINS + 1)[1:-1]), p, side="left")


def error_interval(gaps: np.ndarray, beyond: float) -> dict[str, float]:
    """Tell the expected calibration error and how far it can be trusted.

    Parameters
    ----------
    gaps : numpy.ndarray
        A row per resample of accounts and a column per bin; the data themselves first.
    beyond : float
        Share of the resamples to leave out on either side.

    Returns
    -------
    dict
        value, low and high; NaN without resamples.

    Notes
    -----
    Chance adds to what is found, the more the smaller the error is. So the ends are the errors of which
    chance makes one as large, or as small, as was found in no more than that share of the resamples: a test
    inverted (Garthwaite and Buckland, 1992), with gaps in proportion to those found. The low end is 0 where
    an error of 0 comes to as much. The value is what was found less what resampling adds to it.

    Examples
    --------
    >>> gaps = np.vstack([np.full(10, 0.01), np.random.default_rng(0).normal(0.01, 0.01, (500, 10))])
    >>> [round(number, 2) for number in error_interval(gaps, 0.025).values()]
    [0.08, 0.0, 0.16]
    """
    found, chance = gaps[0], gaps[1:] - gaps[0]
    size = float(np.abs(found).sum())
    if not len(chance):
        return dict.fromkeys(("value", "low", "high"), np.nan)
    if size < TINY:
        return dict.fromkeys(("value", "low", "high"), size)
    most = 1 + np.abs(chance).sum(axis=1).max() / size

    def times(share: float) -> float:
        """How many times the gaps it takes for this share of the resamples to come to less than was found."""

        def over(factor: float) -> float:
            drawn = np.abs(factor * found + chance).sum(axis=1)
            return float(np.quantile(drawn, share, method="weibull")) - size

        return 0.0 if over(0.0) >= 0 else float(brentq(over, 0.0, most, xtol=1e-4))

    low, high = (size * times(share) for share in (1 - beyond, beyond))
    value = 2 * size - float(np.abs(gaps[1:]).sum(axis=1).mean())
    return {"value": min(max(value, low), high), "low": low, "high": high}


def _logistic(Z: np.ndarray, offset: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Coefficients of y on the rows of Z (one or two), per row of weights."""
    beta = np.zeros(len(Z))
    if not 0 < y.sum() < len(y):
        return np.full((len(weights), len(Z)), np.nan)
    for _ in range(30):
        mu = expit(offset + beta @ Z)
        step = np.linalg.solve(
            np.einsum("in,jn,n->ij", Z, Z, mu * (1 - mu)) + TINY * np.eye(len(Z)), Z @ (y - mu)
        )
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    mu = expit(offset + beta @ Z)
    slopes = weights @ ((y - mu) * Z).T
    pairs = (Z[:, None] * Z[None]) * (mu * (1 - mu))
    curves = np.einsum("dn,ijn->dij", weights, pairs, optimize=True) + TINY * np.eye(len(Z))
    return beta + np.linalg.solve(curves, slopes[..., None])[..., 0]
