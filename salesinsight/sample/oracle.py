"""What can be known at best: the exact probability of each outcome, given the truth of the deal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesinsight.errors import BadArgument
from salesinsight.sample.process import KINDS, LOST, N_STAGES, PROGRESS, REST, WON
from salesinsight.sample.workdays import to_local, working_days
from salesinsight.schema import Export
from salesinsight.schema.tables import MOMENT

MAX_GRACE_DAYS = 3
CLOSINGS = ("won", "lost", "deleted")


def oracle(
    export: Export, landmarks: pd.DataFrame, horizon_days: float = 60, grace_days: float = 3
) -> pd.DataFrame:
    """Give P(won, lost, progress, stalled) of deals at landmarks from the truth that made them.

    Parameters
    ----------
    export : Export
        From `make_sample`, with its `truth`.
    landmarks : pandas.DataFrame
        deal_id and landmark_at (time-zone aware), as columns or as index.
    horizon_days : float
        Length of the window after the landmark, in calendar days.
    grace_days : float
        A stage move this soon after the landmark raises the stage but is not progress; at most 3,
        because a deal rests three working days in a stage.

    Returns
    -------
    pandas.DataFrame
        p_won, p_lost, p_progress, p_stalled (sum 1) with the index of `landmarks`; NaN where the
        deal was not open.

    Raises
    ------
    BadArgument
        When the export has no truth, or the grace is longer than 3 days.

    Notes
    -----
    The outcome is the first of won, lost with an explicit no, and a move to a stage above all reached
    by landmark + grace; a deal without any of them in the window, or closed without a decision, is
    stalled. Deleting, reopening, parking and losses without a reason leave rows out of a dataset and
    play no part here.

    Examples
    --------
    >>> from salesinsight.sample import make_sample, oracle
    >>> export = make_sample(n_deals=20, seed=1)
    >>> marks = export.deals[["deal_id"]].assign(landmark_at=export.deals.created_at + pd.Timedelta("2D"))
    >>> round(float(oracle(export, marks).iloc[0].sum()), 6)
    1.0
    """
    _refuse(export, grace_days)
    marks = landmarks if "deal_id" in landmarks.columns else landmarks.index.to_frame(index=False)
    moment = to_local(marks["landmark_at"])
    stage, rested, is_open = _state(export, marks["deal_id"], marks["landmark_at"])
    rates = _rates(export.truth, marks["deal_id"])
    day = np.timedelta64(86400, "s")
    start = working_days(moment)
    horizon = working_days(moment + (horizon_days * day).astype("timedelta64[s]")) - start
    grace = working_days(moment + (grace_days * day).astype("timedelta64[s]")) - start
    wait = np.maximum(REST - rested, 0.0)
    chances = outcome_chances(rates, stage, wait, grace, horizon)
    chances[~is_open] = np.nan
    names = ["p_won", "p_lost", "p_progress", "p_stalled"]
    return pd.DataFrame(chances, index=landmarks.index, columns=names)


def outcome_chances(
    rates: np.ndarray, stage: np.ndarray, wait: np.ndarray, grace: np.ndarray, horizon: np.ndarray
) -> np.ndarray:
    """Closed form of competing exponentials with a grace period; times in working days.

    Parameters
    ----------
    rates : (n, stages, kinds)
        Hazards per working day.
    stage, wait : (n,)
        Stage at the landmark and how long the deal still rests in it.
    grace, horizon : (n,)
        Lengths after the landmark.

    Returns
    -------
    (n, 4) : won, lost, progress, stalled.

    Notes
    -----
    With hazards h of sum L in the stage at the landmark and h', L' in the next one, and x the time
    since the rest ended (a of it within the grace, b within the horizon): won and lost come directly
    with h/L (1 - exp(-L b)); progress counts only after the grace, h/L (exp(-L a) - exp(-L b)); a move
    at x < a leads to the next stage, from which outcome k still comes with
    h'/L' (1 - exp(-L' (b - x - REST))), integrated over x. A second move within the grace is
    impossible because of the rest.
    """
    rows = np.arange(len(stage))
    here = rates[rows, stage]
    following = np.minimum(stage + 1, N_STAGES - 1)
    there = rates[rows, following]
    total, total_next = here.sum(axis=1), there.sum(axis=1)
    b = np.maximum(horizon - wait, 0.0)
    a = np.minimum(np.maximum(grace - wait, 0.0), b)
    direct = here / total[:, None] * -np.expm1(-total * b)[:, None]
    late = here[:, PROGRESS] / total * (np.exp(-total * a) - np.exp(-total * b))

    # Moves within the grace early enough to leave time after the rest in the next stage.
    early = np.minimum(a, np.maximum(b - REST, 0.0))
    moved = -np.expm1(-total * early) / total
    gap = total - total_next
    with np.errstate(divide="ignore", invalid="ignore"):
        overlap = np.where(np.abs(gap) < 1e-9, early, -np.expm1(-gap * early) / gap)
    still = here[:, PROGRESS] * (moved - np.exp(-total_next * np.maximum(b - REST, 0.0)) * overlap)
    after_move = there / total_next[:, None] * np.maximum(still, 0.0)[:, None]

    won = direct[:, WON] + after_move[:, WON]
    lost = direct[:, LOST] + after_move[:, LOST]
    progress = late + after_move[:, PROGRESS]
    return np.stack([won, lost, progress, 1.0 - won - lost - progress], axis=1)


def rate_columns() -> list[str]:
    """Names of the hazards in the truth: stage by stage, kind by kind."""
    return [f"h_{kind}_{stage}" for stage in range(N_STAGES) for kind in KINDS]


def _refuse(export: Export, grace_days: float) -> None:
    if export.truth is None:
        expected = {
            "en": "an export of make_sample, with its truth",
            "nl": "een export van make_sample, met de waarheid erbij,",
        }
        got = {"en": "one without it", "nl": "een export zonder"}
        raise BadArgument(argument="export", expected=expected, got=got)
    if not 0 <= grace_days <= MAX_GRACE_DAYS:
        expected = {"en": f"0 to {MAX_GRACE_DAYS}", "nl": f"0 tot en met {MAX_GRACE_DAYS}"}
        raise BadArgument(argument="grace_days", expected=expected, got=grace_days)


def _rates(truth: pd.DataFrame, deals: pd.Series) -> np.ndarray:
    table = truth.set_index("deal_id").loc[deals.astype(str), rate_columns()]
    return table.to_numpy(dtype=float).reshape(-1, N_STAGES, len(KINDS))


def _state(export: Export, deals: pd.Series, marks: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stage of the deals at the landmarks, working days since it was entered, whether the deal was open."""
    changes = export.events[export.events["kind"].isin(["stage", *CLOSINGS])].sort_values("at", kind="stable")
    stages = next(iter(export.stages.values()))
    changes = changes.assign(entered=changes["at"])[["deal_id", "at", "entered", "kind", "value"]]
    asked = pd.DataFrame({"deal_id": deals.astype("string").array, "at": _utc(marks)})
    asked = asked.reset_index(names="row").sort_values("at", kind="stable")
    found = pd.merge_asof(asked, changes, on="at", by="deal_id").sort_values("row")
    is_open = (found["kind"] == "stage").fillna(False).to_numpy(dtype=bool)
    ranks = {name: place for place, name in enumerate(stages)}
    stage = found["value"].map(ranks).fillna(0).to_numpy(dtype=int)
    entered = found["entered"].where(is_open, found["at"])
    rested = working_days(to_local(found["at"])) - working_days(to_local(entered))
    return stage, rested, is_open


def _utc(moments: pd.Series) -> np.ndarray:
    return pd.to_datetime(pd.Series(moments), utc=True).astype(MOMENT).array
