"""Windows that have not closed: how many each answered one stands for (IPCW)."""

from __future__ import annotations

import numpy as np


def censoring_weights(
    event: np.ndarray, followed: np.ndarray, censored: np.ndarray, used: np.ndarray
) -> np.ndarray:
    """Weigh windows by the chance that they could be followed as long as they had to be.

    Of windows that began lately only early answers are known. Keeping these and leaving the others out would
    make the stalled share too low; so each window counts for all that ended, or would have ended, alike.

    Parameters
    ----------
    event : numpy.ndarray
        Days from the landmark to the answer, or the horizon for windows without one.
    followed : numpy.ndarray
        Days from the landmark up to which its window can be known.
    censored : numpy.ndarray of bool
        Windows of which nothing is known yet.
    used : numpy.ndarray of bool
        Windows that count, the censored ones among them.

    Returns
    -------
    numpy.ndarray
        1 / P(followed at least as long as the event took), Kaplan–Meier; NaN where not used or censored.

    Notes
    -----
    Unbiased only when being followed shorter has nothing to do with the outcome, as when an export ends for
    all deals on one day. Robins, J. M. and Rotnitzky, A. (1992), Recovery of information and adjustment for
    dependent censoring.

    Examples
    --------
    >>> event, followed = np.array([5.0, 60, 60, 60]), np.array([10.0, 20, 90, 90])
    >>> censored = np.array([False, True, False, False])
    >>> censoring_weights(event, followed, censored, np.full(4, True)).round(6).tolist()
    [1.0, nan, 1.5, 1.5]
    """
    weights = np.where(used & ~censored, 1.0, np.nan)
    if not (used & censored).any():
        return weights
    # statsmodels takes a second to import, and only this choice needs it
    from statsmodels.duration.survfunc import SurvfuncRight

    time = np.where(censored, followed, event)
    curve = SurvfuncRight(time[used], censored[used].astype(int))
    # a window whose event and whose end of following fall together was followed long enough
    place = np.searchsorted(curve.surv_times, event, side="left")
    return weights / np.append(1.0, curve.surv_prob)[place]
