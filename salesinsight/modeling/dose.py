"""Dose and response: how often deals stalled after more, later or further requests for action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from salesinsight.modeling.metrics import resamples
from salesinsight.modeling.pipelines import CATEGORY
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

COLUMNS = [
    "dose", "level", "n", "n_deals", "stalled", "share", "share_low", "share_high", "adjusted",
    "adjusted_low", "adjusted_high",
]  # fmt: skip
#: Of fewer conversations, or of fewer customers, no share is given.
LEAST_TALKS, LEAST_ACCOUNTS = 30, 10
#: What the conversations are made alike in, beside the stage.
COVARIATES = ("crm_amount_log10", "crm_deal_age_days", "met_in_person")
LEVELS = {
    "count": ("none", "one", "two", "more"),
    "timing": ("begin", "middle", "end"),
    "phase_1": ("below", "fits", "beyond"),
    "phase_2": ("below", "fits", "beyond"),
    "phase_3": ("below", "fits", "beyond"),
}
# a light penalty: in some stage nothing may have stalled
PENALTY_C = 10.0


@threadpool_limits.wrap(limits=1)
def dose_response(data: Dataset, *, bootstrap: int = 200, seed: int = 0) -> pd.DataFrame:
    """Show how often deals stalled per number of requests, their moment, and their fit to the phase.

    Parameters
    ----------
    data : Dataset
        Closed windows. Each conversation counts once, at the first landmark that knows it.
    bootstrap : int
        Resamples of accounts for the intervals.
    seed : int
        The same data and seed give the same numbers.

    Returns
    -------
    pandas.DataFrame
        dose ("count": requests in the conversation; "timing": when the first one came; "phase_1" to
        "phase_3": the furthest request against the buyer's phase), level (see `LEVELS`), n (conversations),
        n_deals, stalled; share (0 to 1) with its 95 % interval; adjusted: the same share had all
        conversations of this dose been alike in stage and `COVARIATES`, with its interval. The shares are
        NaN with fewer than `LEAST_TALKS` conversations or `LEAST_ACCOUNTS` customers. No rows where no
        conversation was heard.

    Notes
    -----
    Adjusted by standardisation: a logistic regression on level, stage and covariates tells for every
    conversation what would be expected at each level, and the mean of these is given. It is an association:
    a warm customer invites a request as much as a request warms a customer.

    Examples
    --------
    >>> import salesinsight as si
    >>> export = si.make_sample(n_deals=30)
    >>> features = si.conversation_features(export, si.tag_turns(export.turns))
    >>> told = dose_response(si.make_dataset(export, features), bootstrap=10)
    >>> told.loc[told["dose"] == "count", "level"].tolist()
    ['none', 'one', 'two', 'more']
    """
    rows = _talks(data)
    found = [part for dose, levels in _doses(rows) for part in _of_dose(dose, levels, rows, bootstrap, seed)]
    return pd.DataFrame(found, columns=COLUMNS)


def _talks(data: Dataset) -> pd.DataFrame:
    """One row per conversation that was heard: the first landmark at which it is the deal's last."""
    asked = ["request_count", "request_first_pos", "request_phase_gap", "phase_c", *COVARIATES, CATEGORY]
    rows = data.X.reindex(columns=asked).reset_index()
    rows["talk"] = data.info["conversation_id"].to_numpy(dtype=object)
    rows["account"] = data.groups.to_numpy(dtype=object)
    rows["y"] = required(data.y).to_numpy(dtype=float)
    rows = rows.dropna(subset=["talk", "request_count"]).sort_values(
        ["landmark_at", "deal_id"], kind="stable"
    )
    return rows.drop_duplicates("talk").reset_index(drop=True)


def _doses(rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Per dose the level of each conversation; missing where the dose doesn't apply."""
    names = {dose: list(levels) for dose, levels in LEVELS.items()}
    yield "count", pd.cut(rows["request_count"], [-1, 0, 1, 2, np.inf], labels=names["count"])
    position = rows["request_first_pos"]
    yield "timing", pd.cut(position, [-1, 1 / 3, 2 / 3, np.inf], labels=names["timing"])
    fit = pd.cut(rows["request_phase_gap"], [-np.inf, -0.5, 0.5, np.inf], labels=names["phase_1"])
    for phase in (1, 2, 3):
        yield f"phase_{phase}", fit.where(rows["phase_c"] == phase)


def _of_dose(
    dose: str, levels: pd.Series, rows: pd.DataFrame, bootstrap: int, seed: int
) -> Iterator[dict[str, object]]:
    """The rows of one dose: raw and adjusted shares of the levels that are large enough."""
    known = levels.notna().to_numpy()
    if not known.any():
        return
    rows, place = rows[known].reset_index(drop=True), levels[known].cat.codes.to_numpy()
    names, y = LEVELS[dose], rows["y"].to_numpy()
    enough = [
        at for at in range(len(names))
        if (place == at).sum() >= LEAST_TALKS and rows.loc[place == at, "account"].nunique() >= LEAST_ACCOUNTS
    ]  # fmt: skip
    raw, adjusted = _resampled(rows, place, enough, bootstrap, seed) if enough else (None, None)
    for at, name in enumerate(names):
        own = place == at
        row: dict[str, object] = {
            "dose": dose,
            "level": name,
            "n": int(own.sum()),
            "stalled": int(y[own].sum()),
        }
        row["n_deals"] = int(rows.loc[own, "deal_id"].nunique())
        for column, drawn in (("share", raw), ("adjusted", adjusted)):
            values = drawn[:, enough.index(at)] if drawn is not None and at in enough else np.full(2, np.nan)
            row[column] = values[0]
            row[f"{column}_low"], row[f"{column}_high"] = _interval(values)
        yield row


def _interval(values: np.ndarray) -> tuple[float, float]:
    """95 % of the resamples; the first value is that of the data themselves, and always inside."""
    drawn = values[1:][~np.isnan(values[1:])]
    if not len(drawn) or np.isnan(values[0]):
        return float("nan"), float("nan")
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(min(low, values[0])), float(max(high, values[0]))


def _resampled(
    rows: pd.DataFrame, place: np.ndarray, enough: list[int], bootstrap: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Raw and adjusted share per level that is large enough: a row for the data, then one per resample."""
    keep = np.isin(place, enough)
    rows, place = rows[keep], place[keep]
    y, alike = rows["y"].to_numpy(), _covariates(rows)
    dummies = (place[:, None] == np.array(enough)).astype(float)
    drawn = np.concatenate(list(resamples(rows["account"].to_numpy(dtype=str), bootstrap, seed)))
    raw, adjusted = [], []
    for weight in drawn:
        size = weight @ dummies
        raw.append(np.where(size > 0, (weight * y) @ dummies / np.maximum(size, 1e-9), np.nan))
        adjusted.append(_standardised(dummies, alike, y, weight))
    return np.array(raw), np.array(adjusted)


def _standardised(dummies: np.ndarray, alike: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """What would be expected at each level if it held for every conversation."""
    used = weight > 0
    if len(np.unique(y[used])) < 2:
        return np.full(dummies.shape[1], y[used].mean())
    model = LogisticRegression(C=PENALTY_C, max_iter=500)
    model.fit(np.hstack([dummies, alike])[used], y[used], sample_weight=weight[used])
    rest = alike @ model.coef_[0, dummies.shape[1] :] + model.intercept_[0]
    expected = expit(rest[:, None] + model.coef_[0, : dummies.shape[1]])
    expected[:, weight @ dummies == 0] = np.nan
    return weight @ expected / weight.sum()


def _covariates(rows: pd.DataFrame) -> np.ndarray:
    """Stage as dummies and the covariates as standard deviations; what is missing gets the median."""
    numbers = SimpleImputer(strategy="median", keep_empty_features=True).fit_transform(rows[list(COVARIATES)])
    stages = pd.get_dummies(rows[CATEGORY].astype(object).fillna("")).to_numpy(dtype=float)
    return np.hstack([StandardScaler().fit_transform(numbers), stages])
