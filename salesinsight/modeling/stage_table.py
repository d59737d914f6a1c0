"""How long deals of a stage go on without an answer: Kaplan-Meier per stage, from landmarks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

Curve = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
# a table per stage of fewer stays than this foretells worse than one of all stages together
LEAST_STAYS, LEAST_EVENTS, PRIOR_DEALS = 60, 10, 20.0


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
