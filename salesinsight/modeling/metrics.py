"""How good probabilities are, with intervals that know that landmarks of one account belong together.

Every figure is computed for many resamples of the accounts at once: a resample is a row of weights, one
weight per landmark, and the first row is the data as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata
from scipy.stats import t as student

from salesinsight.modeling.calibration import TINY, bin_numbers, calibration_figures, error_interval

LEAST_ROWS, LIST_LENGTH = 30, 10
#: Half the width of a 95 % interval, in standard errors.
Z = 1.959964
# resamples are handled in portions of at most so many weights, to stay within some tens of megabytes
PORTION = 4_000_000
COLUMNS = ["model", "metric", "value", "low", "high", "n", "n_deals"]


def resamples(groups: np.ndarray, draws: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Draw accounts with replacement, `draws` times, after the data as they are.

    Yields
    ------
    numpy.ndarray
        Portions of the weights, one row per draw and one column per landmark: how often its account was
        drawn.
    """
    _, account = np.unique(groups, return_inverse=True)
    count = account.max() + 1
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=draws)
    drawn = np.vstack([np.ones(count), drawn])
    size = max(1, PORTION // len(groups))
    for start in range(0, len(drawn), size):
        yield drawn[start : start + size][:, account]


def score_models(
    predictions: Mapping[str, np.ndarray],
    y4: np.ndarray,
    groups: np.ndarray,
    deals: np.ndarray,
    listed: Mapping[str, np.ndarray],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[pd.DataFrame, dict[tuple[str, str], np.ndarray]]:
    """Score several models on the same landmarks.

    Parameters
    ----------
    predictions : mapping
        Per model the probabilities of won, lost, progress and stalled; the first three may be NaN. "full",
        "B2" and "B3" are compared with each other when present.
    y4, groups, deals : numpy.ndarray
        Outcome, account and deal of each landmark.
    listed : mapping
        Per model which landmarks are on a weekly list of `LIST_LENGTH` (see `weekly_lists`).
    draws : int
        Resamples of accounts for the intervals.
    seed : int
        Of the resamples.

    Returns
    -------
    metrics : pandas.DataFrame
        model, metric, value, low, high (95 %: what the same models come to among other accounts), n
        (landmarks), n_deals. brier_skill_b2 is 1 - Brier / Brier of B2; gain_brier and gain_log_loss are
        what B3 (CRM alone) loses more than "full": positive when conversations help. ece is corrected for
        what chance alone makes of it. With fewer than `LEAST_ROWS` landmarks all figures are NaN.
    samples : dict
        (model, metric) to the value per resample, the data themselves first.
    """
    y = (y4 == "stalled").astype(float)
    collected: dict[tuple[str, str], list[np.ndarray]] = {}
    for weights in resamples(groups, draws, seed):
        for model, p in predictions.items():
            for metric, values in _figures(p, y4, y, weights, listed[model]).items():
                collected.setdefault((model, metric), []).append(values)
    samples = {key: np.concatenate(parts) for key, parts in collected.items()}
    gaps = {(model, "ece"): samples[model, "ece"] for model in predictions}
    samples |= {key: np.abs(gap).sum(axis=1) for key, gap in gaps.items()}
    samples |= _comparisons(samples, list(predictions))
    cases = worth_of(groups)
    told = {key: interval(values, cases) for key, values in samples.items()}
    told |= {key: error_interval(gap, _beyond(_worth_of_bins(predictions[key[0]][:, 3], groups)))
             for key, gap in gaps.items()}  # fmt: skip
    rows = [
        {"model": model, "metric": metric, **(found if len(y) >= LEAST_ROWS else EMPTY)}
        for (model, metric), found in told.items()
    ]
    sizes = {"n": len(y), "n_deals": len(np.unique(deals))}
    return pd.DataFrame(rows).assign(**sizes)[COLUMNS], samples


EMPTY = {"value": np.nan, "low": np.nan, "high": np.nan}


def interval(values: np.ndarray, cases: float = math.inf) -> dict[str, float]:
    """The value of the data themselves, and an interval that holds 95 % of the resamples.

    With few independent `cases` (see `worth_of`) it holds a little more, as a t interval is wider than a
    normal one: the expanded percentile interval of Hesterberg (2015). Percentiles are those that hold a next
    resample as often as asked (Weibull's); others promise too much of few resamples.
    """
    drawn = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]) or not len(drawn):
        return EMPTY
    beyond = _beyond(cases)
    low, high = np.quantile(drawn, [beyond, 1 - beyond], method="weibull")
    return {"value": float(values[0]), "low": float(low), "high": float(high)}


def _beyond(cases: float) -> float:
    """Share of resamples to leave out on either side."""
    return float(norm.cdf(-Z * stretch(cases)))


def stretch(cases: float) -> float:
    """How many times as wide as a normal interval one is whose spread was learned from few independent cases.

    Examples
    --------
    >>> [round(stretch(cases), 3) for cases in (10, 50, math.inf)]
    [1.217, 1.036, 1.0]
    """
    if math.isinf(cases):
        return 1.0
    n = max(cases, 2.0)
    return float(math.sqrt(n / (n - 1)) * student.ppf(0.975, n - 1) / Z)


def worth_of(groups: np.ndarray) -> float:
    """How many groups of one size these groups are worth to learn a spread from: (sum n²)² / sum n⁴.

    Fewer than Kish's (sum n)² / sum n², which they are worth to learn a mean from: large groups decide on the
    spread more than on the mean (Carter, Schnepel and Steigerwald, 2017).

    Examples
    --------
    >>> worth_of(np.array(["a", "a", "b", "b"])), round(worth_of(np.array(["a", "a", "b"])), 2)
    (2.0, 1.47)
    """
    _, rows = np.unique(groups, return_counts=True)
    squares = rows.astype(float) ** 2
    return float(squares.sum() ** 2 / (squares**2).sum())


def _worth_of_bins(p: np.ndarray, groups: np.ndarray) -> float:
    """How many groups those of one bin of probabilities are worth, on average."""
    place, group = bin_numbers(p), np.unique(groups, return_inverse=True)[1]
    return float(np.mean([worth_of(group[place == number]) for number in np.unique(place)]))


def weekly_lists(
    at: pd.DatetimeIndex, deals: np.ndarray, p: np.ndarray, length: int = LIST_LENGTH
) -> np.ndarray:
    """Which landmarks are on a list of the likeliest to stall, one list a week.

    A deal is on a list with its last landmark of that week. Landmarks without a date form one list.
    """
    week = (
        at.tz_convert("UTC").tz_localize(None).to_period("W-SUN")
        if at.tz is not None
        else at.to_period("W-SUN")
    )
    table = pd.DataFrame({"week": week.astype(str), "deal": deals, "at": at, "p": p})
    last = table.sort_values("at", kind="stable").drop_duplicates(["week", "deal"], keep="last").sort_index()
    rank = last.groupby("week")["p"].rank(method="first", ascending=False)
    return np.isin(np.arange(len(table)), rank.index[rank <= length])


def column_auc(y: np.ndarray, values: np.ndarray) -> float:
    """ROC-AUC of one column of numbers; NaN with one outcome."""
    ones = y == 1
    n1, n0 = ones.sum(), (~ones).sum()
    if not n1 or not n0:
        return np.nan
    return float((rankdata(values)[ones].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def _figures(
    P: np.ndarray, y4: np.ndarray, y: np.ndarray, weights: np.ndarray, listed: np.ndarray
) -> dict[str, np.ndarray]:
    p, total = P[:, 3], weights.sum(axis=1)
    prevalence = weights @ y / total
    figures = _ranking(p, y, weights)
    figures["prevalence"] = prevalence
    figures["brier"] = weights @ (p - y) ** 2 / total
    if not np.isnan(P).any():
        of_the_outcome = (P * (y4[:, None] == np.array(["won", "lost", "progress", "stalled"]))).sum(axis=1)
        figures["log_loss"] = weights @ -np.log(of_the_outcome.clip(TINY)) / total
    figures |= calibration_figures(p, y, weights)
    on_list = weights[:, listed]
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = on_list @ y[listed] / on_list.sum(axis=1)
        figures[f"precision_at_{LIST_LENGTH}"] = precision
        figures[f"lift_at_{LIST_LENGTH}"] = precision / prevalence
    return figures


def _ranking(p: np.ndarray, y: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Area under the ROC and the precision-recall curve; equal probabilities share a step of the curve."""
    order = np.argsort(-p, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(p[order]) != 0])
    ordered = weights[:, order]
    ones = np.add.reduceat(ordered * y[order], starts, axis=1)
    every = np.add.reduceat(ordered, starts, axis=1)
    zeros = every - ones
    above, zeros_above = ones.cumsum(axis=1), zeros.cumsum(axis=1)
    n1, n0 = above[:, -1], zeros_above[:, -1]
    with np.errstate(invalid="ignore", divide="ignore"):
        roc = ((above - ones / 2) * zeros).sum(axis=1) / (n1 * n0)
        precision = np.nan_to_num(above / (above + zeros_above))
        return {"roc_auc": roc, "pr_auc": (precision * ones).sum(axis=1) / n1}


def _comparisons(samples: Mapping[tuple[str, str], np.ndarray], models: list[str]) -> dict:
    paired = {}
    if "B2" in models:
        for model in models:
            if model != "B2":
                skill = 1 - samples[model, "brier"] / samples["B2", "brier"]
                paired[model, "brier_skill_b2"] = skill
    if {"full", "B3"} <= set(models):
        for metric in ("brier", "log_loss"):
            paired["full", f"gain_{metric}"] = samples["B3", metric] - samples["full", metric]
        paired["full", "gain_roc_auc"] = samples["full", "roc_auc"] - samples["B3", "roc_auc"]
    return paired
