"""What a model must beat: the same question answered without conversations, or with next to nothing.

====  =========================================================================================
B0    the share of each outcome so far
B1    the rule "no step of the customer for 14 days", with the stalled share on either side of it
B2    how long deals of that stage, and already that long in it, went on without an answer
B3    a logistic model on the CRM columns alone; what conversations add is measured against it
B4    a logistic model on talk share and number of questions
B8    a logistic model on number and length of conversations
====  =========================================================================================
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from salesinsight.modeling.fitting import choose_c, equal_weights, fit_model
from salesinsight.modeling.pipelines import (
    PROBABILITIES,
    describe_columns,
    make_pipeline,
    model_columns,
    predict_four,
)
from salesinsight.modeling.splits import required, row_horizons

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

BASELINES = ("B0", "B1", "B2", "B3", "B4", "B8")
SILENT_DAYS = 14
FEATURES_OF = {
    "B4": ("talk_share", "question_s_count"),
    "B8": ("crm_conversations_count", "crm_conversation_minutes"),
}
Curve = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
FEW_COLUMNS_C = 0.1
# a table per stage of fewer stays than this foretells worse than one of all stages together
LEAST_STAYS, LEAST_EVENTS, PRIOR_DEALS = 60, 10, 20.0


def baseline_columns(data: Dataset) -> dict[str, list[str]]:
    """Columns of X that each baseline sees; a baseline without the columns it needs is left out."""
    about = describe_columns(data.X.columns)
    columns: dict[str, list[str]] = {"B0": [], "B1": [], "B2": []}
    columns["B3"] = model_columns(data.X.columns, data.mode, conversation=False)
    for name, features in FEATURES_OF.items():
        columns[name] = about.index[about["feature"].isin(features)].tolist()
    return {name: found for name, found in columns.items() if found or name in ("B0", "B1", "B2")}


def predict_baseline(
    name: str, columns: list[str], data: Dataset, train: np.ndarray, test: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Fit a baseline on some rows and predict others.

    Parameters
    ----------
    name : str
        One of `BASELINES`.
    columns : list of str
        From `baseline_columns`.
    data : Dataset
        Closed windows.
    train, test : numpy.ndarray
        Row numbers.
    seed : int
        For the choice of C.

    Returns
    -------
    numpy.ndarray
        One row per test row and the columns won, lost, progress, stalled. B1 and B2 say something of
        stalled only: the other columns are NaN.
    """
    y4 = required(data.y4).to_numpy(dtype=object)[train]
    stalled_only = np.full((len(test), len(PROBABILITIES)), np.nan)
    if name == "B0":
        shares = [np.mean(y4 == outcome.removeprefix("p_")) for outcome in PROBABILITIES]
        return np.tile(shares, (len(test), 1))
    if name == "B1":
        silent = ~(data.info["days_since_customer_step"].to_numpy(dtype=float) < SILENT_DAYS)
        stalled_only[:, 3] = _silence_rule(silent[train], y4 == "stalled")[silent[test].astype(int)]
        return stalled_only
    if name == "B2":
        stage = data.info["stage"].astype("string").fillna("").to_numpy(dtype=object)
        days = data.info["days_in_stage"].to_numpy(dtype=float)
        since = _days_at(data) - np.nan_to_num(days)
        deal = data.X.index.get_level_values("deal_id").to_numpy(dtype=object)
        time = required(data.time).to_numpy(dtype=float)[train]
        table = StageTable.fit(deal[train], stage[train], since[train], days[train], time, y4 == "stalled")
        stalled_only[:, 3] = table.predict(stage[test], days[test], row_horizons(data)[test])
        return stalled_only
    X, groups = data.X[columns], data.groups.to_numpy(dtype=object)
    pipeline = make_pipeline("logistic", "volledig", columns, C=FEW_COLUMNS_C)
    weight = equal_weights(X.index[train])
    if name == "B3":
        pipeline.set_params(model__C=choose_c(pipeline, X.iloc[train], y4, weight, groups[train], seed))
    model = fit_model(pipeline, X.iloc[train], y4, weight)
    return predict_four(model, X.iloc[test]).to_numpy()


@dataclasses.dataclass(frozen=True)
class StageTable:
    """Kaplan-Meier per stage: the chance that a deal so long in its stage gets no answer for so long again.

    Attributes
    ----------
    curves : dict
        Per stage (None for all stages together): first and last days of the stretches under observation,
        the days of events, and the cumulative hazard at these.
    shares : dict
        Stalled share per stage; None for all.
    """

    curves: dict[str | None, Curve]
    shares: dict[str | None, float]

    @classmethod
    def fit(
        cls, deal: np.ndarray, stage: np.ndarray, since: np.ndarray, days: np.ndarray, time: np.ndarray,
        stalled: np.ndarray,
    ) -> StageTable:  # fmt: skip
        """Learn from landmarks, each of them a stretch of observation of a deal's stay in a stage.

        Parameters
        ----------
        deal, stage, since : numpy.ndarray
            Which deal, in which stage, entered on which day (any zero point).
        days, time : numpy.ndarray
            Days in the stage at the landmark, and from the landmark to the event or the horizon.
        stalled : numpy.ndarray
            No event within the horizon.

        Notes
        -----
        A stretch begins at the landmark (the stay before the first one was not seen: left truncation) and
        ends at the event, at the stay's next landmark, or at the horizon (right censoring). So a stay is
        under observation once at a time, and may have more than one event.
        """
        rows = pd.DataFrame({"deal": deal, "stage": stage, "since": since.round(), "entry": days})
        rows["exit"], rows["event"] = days + np.maximum(time, 1.0), ~stalled
        rows = rows[rows["entry"].notna()].sort_values("entry", kind="stable")
        later = rows.groupby(["deal", "stage", "since"])["entry"].shift(-1).fillna(np.inf)
        rows["event"] &= rows["exit"] <= later
        rows["exit"] = np.minimum(rows["exit"], later)
        shares: dict[str | None, float] = {None: float(stalled.mean())}
        curves: dict[str | None, Curve] = {None: _curve(rows)} if rows["event"].any() else {}
        for name, own in rows.groupby("stage"):
            stays = len(own.drop_duplicates(["deal", "since"]))
            if stays >= LEAST_STAYS and own["event"].sum() >= LEAST_EVENTS:
                curves[name] = _curve(own)
                shares[name] = float(stalled[stage == name].mean())
        return cls(curves, shares)

    def predict(self, stage: np.ndarray, days: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """Chance of no event in the next `horizon` days.

        Stages with fewer than `LEAST_STAYS` stays or `LEAST_EVENTS` events are taken together. Where few
        deals were seen so old, the chance leans towards the stage's own stalled share, as if that were
        `PRIOR_DEALS` deals more. A missing number of days gives that share.
        """
        p = np.full(len(stage), self.shares[None])
        for name in np.unique(stage):
            rows = np.flatnonzero(stage == name)
            key = name if name in self.curves else None
            if key not in self.curves:
                continue
            share, (entry, leave, moments, hazard) = self.shares[key], self.curves[key]
            day = days[rows]
            until = np.append(0.0, hazard)
            gone = until[np.searchsorted(moments, day + horizon[rows], side="right")]
            gone = gone - until[np.searchsorted(moments, day, side="right")]
            at_risk = np.searchsorted(entry, day, side="right") - np.searchsorted(leave, day, side="right")
            own = (at_risk * np.exp(-gone) + PRIOR_DEALS * share) / (at_risk + PRIOR_DEALS)
            p[rows] = np.where(np.isnan(day), share, own)
        return p


def _curve(stretches: pd.DataFrame) -> Curve:
    # importing statsmodels takes longer than everything else here together
    from statsmodels.duration.survfunc import SurvfuncRight

    entry, leave = stretches["entry"].to_numpy(), stretches["exit"].to_numpy()
    fitted = SurvfuncRight(leave, stretches["event"].to_numpy(dtype=int), entry=entry)
    risk = fitted.n_events / np.maximum(fitted.n_risk, 1)
    # the last of its kind has a risk of 1 in its week, which says nothing of the weeks after
    hazard = -np.log1p(-np.minimum(risk, 1 - 1e-9)).cumsum()
    return np.sort(entry), np.sort(leave), np.asarray(fitted.surv_times), hazard


def _silence_rule(silent: np.ndarray, stalled: np.ndarray) -> np.ndarray:
    """Stalled share of deals with and without a recent step; a side without deals gets the whole share."""
    sides = [stalled[silent == side] for side in (False, True)]
    return np.array([side.mean() if len(side) else stalled.mean() for side in sides])


def _days_at(data: Dataset) -> np.ndarray:
    at = pd.DatetimeIndex(data.X.index.get_level_values("landmark_at"))
    return (at - at.min()) / pd.Timedelta(days=1)
