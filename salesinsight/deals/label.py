"""The outcome of a deal after a landmark: *ja*, *nee*, *vooruit* or *misschien*.

Let E be the first of, after the landmark: won; lost with a reason that is an answer; progress, which is
a stage above every earlier one (reached after the grace days and held for the dwell days) or a later
conversation recorded as advance or order; by the strict rule only what the customer was seen to do. A stage
or an order followed by won within the dwell days is that won. A deal without E within the horizon is stalled:
stalling is the absence of an event, so a window counts only when it has closed, or when answered windows are
weighed for those that are not yet. A loss without decision ends the deal but is no answer; the deal stays
stalled. Where the stage at the landmark is not known, a first stage later on can't be called progress and
the deal can't be called stalled: it is left out.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.deals.censoring import censoring_weights
from salesinsight.deals.closings import first_closing
from salesinsight.deals.progress import MOMENT, first_progress
from salesinsight.deals.settings import LabelSettings
from salesinsight.deals.timeline import CLOSING, SETTLE, Timeline, plus_days, wall_clock

DAY = datetime.timedelta(days=1)
#: What a labelled row says beside y4 and time; see `label_landmarks`.
DETAILS = ["decided_by", "decided_at", "what", "active", "bulk", "known_at", "window_weight"]
# what a seller does to keep a deal alive; conversations and attempts to reach the customer come with them
TOUCHES = ["mail_out", "quote_sent", "hours_logged", "meeting_booked"]


def label_landmarks(
    marks: pl.DataFrame, timeline: Timeline, settings: LabelSettings, as_of: pd.Timestamp
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Label each landmark with what happened within its horizon.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t, episode_at, closed_unseen, horizon (days), and parked_until as `parked_until` gives
        it.
    timeline, settings
        As elsewhere in this room.
    as_of : pandas.Timestamp
        Until when the export knows the world.

    Returns
    -------
    labelled : polars.DataFrame
        row, y4; time: days from the landmark to the event, 1 is within the first 24 hours; for a stalled deal
        the horizon; and `DETAILS`: decided_by {won, lost, stage, conversation, tagged, kept_step,
        new_decider, no_decision, silence}, decided_at, what (stage, reason of loss, conversation or date
        behind it), active (whether the seller did anything while it stalled), bulk (closed in a clean-up),
        known_at (from when on the label stands: its window had closed and all that it hangs on was entered)
        and window_weight (1, unless windows that have not closed are weighed).
    left_out : polars.DataFrame
        deal_id, t, reason.

    Raises
    ------
    NoProgressSource
        When the export has nothing that the progress rule looks at, and the profile doesn't say that
        progress is not to be looked for.
    """
    zone = timeline.time_zone
    columns = ["row", "deal_id", "t", "episode_at", "closed_unseen", "horizon", "parked_until"]
    until = plus_days(pl.col("t"), pl.col("horizon"), zone)
    marks = marks.select(columns).with_columns(until=until)
    marks = marks.with_columns(settled=plus_days(pl.col("until"), settings.min_dwell_days, zone))
    marks = marks.join(first_closing(marks, timeline, settings), on="row", how="left")
    marks = marks.join(first_progress(marks, timeline, settings), on="row", how="left")
    later = _latest_step(marks, timeline, pl.col("at") <= pl.col("until"))
    marks = marks.join(later.rename({"parked_until": "parked_later"}), on="row", how="left")
    marks = marks.join(_entered(marks, timeline), on="row", how="left")
    marks = marks.join(_touched(marks, timeline), on="row", how="left")
    judged = _judge(marks, settings, zone).with_columns(
        reason=_reason(settings, as_of, zone), time=_days("event_at", zone, whole=True)
    )
    judged = judged.with_columns(window_weight=_weights(judged, settings, as_of, zone))
    out = judged.filter(pl.col("reason").is_not_null()).select("deal_id", "t", "reason")
    kept = judged.filter(pl.col("reason").is_null()).sort("row")
    return kept.select("row", "y4", "time", *DETAILS), out


def parked_until(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """Return until when the customer, by the latest step known, put the deal off beyond the horizon.

    Needs row, deal_id, t and horizon; gives row and parked_until, for the landmarks where it lies beyond.
    """
    until = plus_days(pl.col("t"), pl.col("horizon"), timeline.time_zone)
    return _latest_step(marks.with_columns(until=until), timeline, pl.col("known_at") <= pl.col("t"))


def _latest_step(marks: pl.DataFrame, timeline: Timeline, counts: pl.Expr) -> pl.DataFrame:
    """The customer's latest dated step among those that count, where it lies beyond the horizon."""
    steps = timeline.talks.filter(pl.col("next_step_owner") == "customer").drop_nulls("next_step_at")
    return (
        marks.select("row", "deal_id", "t", "until")
        .join(steps.select("deal_id", "known_at", "at", "next_step_at"), on="deal_id")
        .filter(counts)
        .sort("row", "at", "next_step_at")
        .group_by("row", maintain_order=True)
        .last()
        .filter(pl.col("next_step_at") > pl.col("until"))
        .select("row", parked_until="next_step_at")
    )


def _entered(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """When the last row was entered that a label may hang on: row, entered_at; only where it was late."""
    kinds = ["stage", "mail_in", "reopened", *CLOSING]
    rows = timeline.events.filter(pl.col("kind").is_in(kinds))
    rows = pl.concat([frame.select("deal_id", "at", "known_at") for frame in (rows, timeline.talks)])
    late = rows.filter(pl.col("known_at") > pl.col("at"))
    known = pl.col("known_at") > pl.col("settled")
    within = (pl.col("at") >= pl.col("episode_at") - SETTLE) & (pl.col("at") <= pl.col("settled"))
    joined = marks.select("row", "deal_id", "episode_at", "settled").join(late, on="deal_id")
    return joined.filter(known & within).group_by("row").agg(entered_at=pl.col("known_at").max())


def _touched(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """Landmarks after which the seller did something within the window: row, active."""
    own = timeline.events.filter(pl.col("kind").is_in(TOUCHES))
    touches = pl.concat([frame.select("deal_id", "at") for frame in (own, timeline.talks, timeline.tries)])
    after = (pl.col("at") > pl.col("t")) & (pl.col("at") <= pl.col("until"))
    joined = marks.select("row", "deal_id", "t", "until").join(touches, on="deal_id").filter(after)
    return joined.select("row", active=pl.lit(True)).unique()


def _judge(marks: pl.DataFrame, settings: LabelSettings, zone: str) -> pl.DataFrame:
    """Add y4, event_at (of an answer or of progress) and what decided it."""
    within = {
        name: (pl.col(name) <= pl.col("until")).fill_null(False)
        for name in ("progress_at", "closed_at", "first_stage_at")
    }
    kinds = ("won", "lost", "no_answer", "no_reason", "deleted")
    closed = {kind: within["closed_at"] & (pl.col("closing") == kind) for kind in kinds}
    held_until = plus_days(pl.col("progress_at"), settings.min_dwell_days, zone)
    is_win = (closed["won"] & pl.col("passing") & (pl.col("closed_at") < held_until)).fill_null(False)
    y4 = (
        pl.when(is_win)
        .then(pl.lit("won"))
        .when(within["progress_at"])
        .then(pl.lit("progress"))
        .when(closed["won"])
        .then(pl.lit("won"))
        .when(closed["lost"])
        .then(pl.lit("lost"))
        .otherwise(pl.lit("stalled"))
    )
    y = pl.col("y4")
    moved, stalled = y == "progress", y == "stalled"
    ended = stalled & closed["no_answer"]
    event_at = pl.when(moved).then("progress_at").when(stalled.not_()).then("closed_at")
    by = pl.when(moved).then("progress_by").when(ended).then(pl.lit("no_decision"))
    what = pl.when(moved).then("progress_what").when(stalled.not_() | ended).then("closing_reason")
    return (
        marks.with_columns(y4=y4)
        .with_columns(event_at=event_at.cast(MOMENT))
        .with_columns(
            decided_by=by.when(stalled).then(pl.lit("silence")).otherwise(y),
            decided_at=pl.coalesce("event_at", pl.when(ended).then("closed_at"), "until"),
            what=what,
            active=pl.when(stalled).then(pl.col("active").fill_null(False)),
            bulk=within["closed_at"] & moved.not_() & pl.col("bulk").fill_null(False),
            known_at=pl.max_horizontal("settled", "entered_at"),
            unsaid=stalled & closed["no_reason"],
            gone=stalled & closed["deleted"],
            unplaced=stalled & within["first_stage_at"],
        )
    )


def _reason(settings: LabelSettings, as_of: pd.Timestamp, zone: str) -> pl.Expr:
    """Why a landmark can't be used; missing when it can."""
    unknown = pl.col("settled") > pl.lit(as_of)
    if settings.censoring == "ipcw":
        standing = plus_days(pl.col("event_at"), settings.min_dwell_days, zone) <= pl.lit(as_of)
        # of windows that were never followed to their end nobody can say how many stall
        ends = (pl.col("settled") <= pl.lit(as_of)).any()
        unknown = unknown & (standing.fill_null(False) & ends).not_()
    stalled = pl.col("y4") == "stalled"
    parked = pl.col("parked_until").is_not_null() | (stalled & pl.col("parked_later").is_not_null())
    return (
        pl.when(unknown)
        .then(pl.lit("window not closed"))
        .when(pl.lit(settings.parked == "exclude") & parked)
        .then(pl.lit("parked"))
        .when("unsaid")
        .then(pl.lit("lost without reason"))
        .when("gone")
        .then(pl.lit("deleted"))
        .when(pl.lit(settings.bulk_closes == "exclude") & pl.col("bulk"))
        .then(pl.lit("closed in a clean-up"))
        .when("unplaced")
        .then(pl.lit("stage not known"))
    )


def _days(moment: str, zone: str, *, whole: bool) -> pl.Expr:
    """Days from the landmark to a moment by the clock on the wall; the horizon where there is none."""
    days = (wall_clock(pl.col(moment), zone) - wall_clock(pl.col("t"), zone)) / DAY
    least, most = (1.0, pl.col("horizon").cast(pl.Float64)) if whole else (0.0, None)
    days = days.ceil() if whole else days
    return days.clip(lower_bound=least, upper_bound=most).fill_null(pl.col("horizon").cast(pl.Float64))


def _weights(judged: pl.DataFrame, settings: LabelSettings, as_of: pd.Timestamp, zone: str) -> pl.Series:
    """How many windows each one stands for; see `censoring_weights`."""
    if settings.censoring != "ipcw":
        return pl.Series("window_weight", np.ones(judged.height))
    seen_until = plus_days(pl.lit(as_of).cast(MOMENT), -settings.min_dwell_days, zone)
    about = judged.with_columns(seen_until=seen_until).select(
        event=_days("event_at", zone, whole=False),
        followed=_days("seen_until", zone, whole=False),
        censored=pl.col("reason") == "window not closed",
        used=pl.col("reason").is_null() | (pl.col("reason") == "window not closed"),
    )
    censored = about["censored"].fill_null(False).to_numpy()
    event, followed, used = (about[name].to_numpy() for name in ("event", "followed", "used"))
    return pl.Series("window_weight", censoring_weights(event, followed, censored, used))
