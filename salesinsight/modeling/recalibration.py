"""What deals with such a probability came to when the model was tested, and how sure that is."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy.special import expit

from salesinsight.modeling.calibration import TINY
from salesinsight.modeling.metrics import Z

LEAST_OF_EACH, LEAST_ACCOUNTS = 10, 20


def recalibrate(oof: pd.DataFrame, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of stalling among deals that were given such a probability, with a standard error.

    Parameters
    ----------
    oof : pandas.DataFrame
        Tested landmarks of a run: y, p_stalled and group (the account).
    p : numpy.ndarray
        Probabilities to look up.

    Returns
    -------
    centre, error : numpy.ndarray
        Per probability. A test that told the outcomes apart without an error, or holds fewer than
        `LEAST_OF_EACH` of either or `LEAST_ACCOUNTS` accounts, says nothing: the log-odds of `p` as they
        are, and 0.

    Notes
    -----
    Logistic recalibration (Cox, 1958): y on the log-odds out of fold. Rows of an account hang together, so
    the covariance is that of sums per account, with as many accounts as there are.

    Examples
    --------
    >>> told = {"y": [0, 0, 0, 1, 1, 0] * 50, "p_stalled": [0.3] * 3 + [0.5] * 3, "group": range(300)}
    >>> oof = pd.DataFrame(told | {"p_stalled": ([0.3] * 3 + [0.6] * 3) * 50})
    >>> centre, error = recalibrate(oof, np.array([0.6]))
    >>> [round(float(expit(centre + edge * error)[0]), 2) for edge in (-Z, 0, Z)]
    [0.59, 0.67, 0.74]
    """
    asked = log_odds(p)
    y, account = oof["y"].to_numpy(dtype=float), pd.factorize(oof["group"])[0]
    told = log_odds(oof["p_stalled"].to_numpy(dtype=float))
    few = min(y.sum(), len(y) - y.sum()) < LEAST_OF_EACH or account.max(initial=-1) + 1 < LEAST_ACCOUNTS
    if few or told.std() < 1e-9:
        return asked, np.zeros(len(asked))
    # importing statsmodels takes longer than everything else here together
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            model = GLM(y, _line(told), family=Binomial())
            fitted = model.fit(cov_type="cluster", cov_kwds={"groups": account})
        except PerfectSeparationWarning:
            return asked, np.zeros(len(asked))
    line = _line(asked)
    return line @ fitted.params, np.sqrt(np.einsum("ij,jk,ik->i", line, fitted.cov_params(), line))


def likely_share(p: np.ndarray, replicates: np.ndarray, oof: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of p_stalled, as the share that stalls of deals like these.

    Two things make it wide, in log-odds that are added in squares: how surely the test tells what deals with
    such a probability come to (`recalibrate`), and how much the probability would have been another with
    other accounts to learn from. It lies about `p`, and moves towards what the test showed as far as that is
    more than these two doubts make of nothing. It always holds `p` itself.

    Parameters
    ----------
    p : numpy.ndarray
        p_stalled per deal.
    replicates : numpy.ndarray
        The same by each replicate, a row each.
    oof : pandas.DataFrame
        As of `recalibrate`.

    Returns
    -------
    low, high : numpy.ndarray
        Per deal.

    Notes
    -----
    The tested models learned from fewer rows than the one in use, so what they got wrong is only in part what
    that one gets wrong. The test's answer is shrunk towards `p` by the non-negative garrote (Breiman, 1995),
    1 - doubt² / difference².

    Examples
    --------
    >>> oof = pd.DataFrame({"y": [0, 1, 1, 0] * 50, "p_stalled": [0.4, 0.6] * 100, "group": range(200)})
    >>> low, high = likely_share(np.array([0.5]), np.array([[0.45], [0.55]]), oof)
    >>> bool(low[0] < 0.5 < high[0])
    True
    """
    if not len(p):
        return p, p
    told, (shown, error) = log_odds(p), recalibrate(oof, p)
    doubt = np.hypot(error, log_odds(replicates).std(axis=0))
    away = shown - told
    kept = 1 - np.minimum(doubt**2 / np.maximum(away**2, TINY), 1)
    centre, half = told + kept * away, Z * doubt
    return np.minimum(expit(centre - half), p), np.maximum(expit(centre + half), p)


def log_odds(p: np.ndarray) -> np.ndarray:
    """Logarithm of p / (1 - p), finite."""
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def _line(x: np.ndarray) -> np.ndarray:
    return np.column_stack([np.ones(len(x)), x])
