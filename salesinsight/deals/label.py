"""The outcome of a deal after a landmark: *ja*, *nee*, *vooruit* or *misschien*.

Let E be the first of, after the landmark: won; lost with a reason that is an answer; progress, which is
a stage above every earlier one (reached after the grace days and held for the dwell days) or a later
conversation recorded as advance or order. A stage or an order followed by won within the dwell days is
that won. A deal without E within the horizon is stalled: stalling is the absence of an event, so a window
counts only when it has closed. A loss without decision ends the deal but is no answer; the deal stays
stalled. Where the stage at the landmark is not known, a first stage later on can't be called progress and
the deal can't be called stalled: it is left out.
"""

from __future__ import annotations

import datetime

import pandas as pd
import polars as pl

from salesinsight.deals.settings import LabelSettings
from salesinsight.deals.timeline import CLOSING, SETTLE, Timeline
from salesinsight.errors import NoProgressSource, NoStageOrder

DAY = datetime.timedelta(days=1)


def label_landmarks(
    marks: pl.DataFrame, timeline: Timeline, settings: LabelSettings, as_of: pd.Timestamp
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Label each landmark with what happened within its horizon.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t, episode_at, horizon (days), and parked_until as `parked_until` gives it.
    timeline, settings
        As elsewhere in this room.
    as_of : pandas.Timestamp
        Until when the export knows the world.

    Returns
    -------
    labelled : polars.DataFrame
        row, y4, time: days from the landmark to the event, 1 is within the first 24 hours; for a
        stalled deal the horizon.
    left_out : polars.DataFrame
        deal_id, t, reason.

    Raises
    ------
    NoProgressSource
        When the export has neither ordered stages nor recorded outcomes, and the profile doesn't say
        that progress is not to be looked for.
    """
    if settings.progress_rule == "crm":
        _refuse_without_progress(marks, timeline)
    marks = marks.select("row", "deal_id", "t", "episode_at", "horizon", "parked_until")
    marks = marks.with_columns(until=pl.col("t") + pl.duration(days="horizon"))
    marks = marks.join(_first_closing(marks, timeline, settings), on="row", how="left")
    if settings.progress_rule == "crm":
        marks = marks.join(_first_progress(marks, timeline, settings), on="row", how="left")
    else:
        never = pl.lit(None, dtype=pl.Datetime("us", "UTC"))
        marks = marks.with_columns(progress_at=never, passing=pl.lit(False), first_stage_at=never)
    later = _latest_step(marks, timeline, pl.col("at") <= pl.col("until"))
    marks = marks.join(later.rename({"parked_until": "parked_later"}), on="row", how="left")
    judged = _judge(marks, settings, as_of)
    out = judged.filter(pl.col("reason").is_not_null()).select("deal_id", "t", "reason")
    return judged.filter(pl.col("reason").is_null()).select("row", "y4", "time").sort("row"), out


def parked_until(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """Return until when the customer, by the latest step known, put the deal off beyond the horizon.

    Needs row, deal_id, t and horizon; gives row and parked_until, for the landmarks where it lies beyond.
    """
    return _latest_step(marks, timeline, pl.col("known_at") <= pl.col("t"))


def _latest_step(marks: pl.DataFrame, timeline: Timeline, counts: pl.Expr) -> pl.DataFrame:
    """The customer's latest dated step among those that count, where it lies beyond the horizon."""
    steps = timeline.talks.filter(pl.col("next_step_owner") == "customer").drop_nulls("next_step_at")
    return (
        marks.select("row", "deal_id", "t", until=pl.col("t") + pl.duration(days="horizon"))
        .join(steps.select("deal_id", "known_at", "at", "next_step_at"), on="deal_id")
        .filter(counts)
        .sort("row", "at", "next_step_at")
        .group_by("row", maintain_order=True)
        .last()
        .filter(pl.col("next_step_at") > pl.col("until"))
        .select("row", parked_until="next_step_at")
    )


def _refuse_without_progress(marks: pl.DataFrame, timeline: Timeline) -> None:
    # stages that were all entered after the last landmark are today's, and no history
    stages = timeline.events.drop_nulls("rank").select("deal_id", "known_at")
    first = stages.group_by("deal_id").agg(pl.col("known_at").min())
    last = marks.group_by("deal_id").agg(pl.col("t").max())
    known = last.join(first, on="deal_id").filter(pl.col("known_at") < pl.col("t"))
    has_stages = known.height > 0 or (stages.height > 0 and not marks.height)
    has_outcomes = timeline.talks["outcome"].is_not_null().any()
    if has_stages or has_outcomes:
        return
    named = timeline.events.filter(pl.col("kind") == "stage")["value"].drop_nulls()
    if named.len() and not stages.height:
        raise NoStageOrder(stages=named.value_counts(sort=True)["value"].head(8).to_list())
    raise NoProgressSource()


def _first_closing(marks: pl.DataFrame, timeline: Timeline, settings: LabelSettings) -> pl.DataFrame:
    value = pl.col("value").str.strip_chars().str.to_lowercase()
    lost = (
        pl.when(value.is_null())
        .then(
            pl.lit(
                {"exclude": "no_reason", "lost": "lost", "stalled": "no_answer"}[settings.lost_without_reason]
            )
        )
        .when(value.is_in(list(settings.no_decision_reasons)))
        .then(pl.lit("no_answer"))
        .otherwise(pl.lit("lost"))
    )
    kind = pl.col("kind")
    gone = {"censor": "deleted", "stalled": "no_answer"}[settings.deleted_deals]
    closings = timeline.events.filter(kind.is_in(CLOSING)).select(
        "deal_id",
        closed_at="at",
        closing=pl.when(kind == "won")
        .then(pl.lit("won"))
        .when(kind == "lost")
        .then(lost)
        .otherwise(pl.lit(gone)),
    )
    return (
        marks.select("row", "deal_id", "t")
        .join(closings, on="deal_id")
        .filter(pl.col("closed_at") > pl.col("t"))
        .sort("row", "closed_at", "closing")
        .group_by("row", maintain_order=True)
        .agg(pl.col("closed_at").first(), pl.col("closing").first())
    )


def _first_progress(marks: pl.DataFrame, timeline: Timeline, settings: LabelSettings) -> pl.DataFrame:
    """First qualifying stage or conversation after the landmark and before the closing.

    Returns row, progress_at, passing (a stage or an order: when the deal is won within the dwell days,
    that is what it was) and first_stage_at (for deals whose stage at the landmark nobody knows).
    """
    stages = _held_stages(timeline, settings.min_dwell_days)
    grace = datetime.timedelta(days=settings.grace_days)
    joined = marks.select("row", "deal_id", "t", "episode_at", "closed_at").join(stages, on="deal_id")
    joined = joined.filter(pl.col("at") >= pl.col("episode_at") - SETTLE)
    early = pl.col("at") <= pl.col("t") + grace
    top = joined.filter(early).group_by("row").agg(top=pl.col("rank").max())
    unknown = joined.join(top, on="row", how="anti").group_by("row").agg(first_stage_at=pl.col("at").min())
    reached = (
        joined.filter(early.not_())
        .join(top, on="row", how="left")
        .filter(pl.col("lowest") > pl.col("top"))
        .select("row", "closed_at", progress_at="at", passing=pl.lit(True))
    )
    met = (
        marks.select("row", "deal_id", "t", "closed_at")
        .join(timeline.talks.select("deal_id", "at", "outcome"), on="deal_id")
        .filter((pl.col("at") > pl.col("t")) & pl.col("outcome").is_in(["advance", "order"]))
        .select("row", "closed_at", progress_at="at", passing=pl.col("outcome") == "order")
    )
    return (
        pl.concat([reached, met])
        .filter(pl.col("closed_at").is_null() | (pl.col("progress_at") < pl.col("closed_at")))
        .sort("row", "progress_at", "passing")
        .group_by("row", maintain_order=True)
        .agg(pl.col("progress_at").first(), pl.col("passing").first())
        .join(unknown, on="row", how="full", coalesce=True)
    )


def _held_stages(timeline: Timeline, min_dwell_days: float) -> pl.DataFrame:
    """Stage events with the lowest rank that the deal had within the dwell time after each.

    A deal lost or deleted within the dwell time did not hold the stage: its lowest rank is -1.
    """
    dwell = datetime.timedelta(days=min_dwell_days)
    stages = timeline.events.filter(pl.col("rank").is_not_null()).select("deal_id", "at", "rank")
    stages = stages.with_row_index("event")
    closing = timeline.events.filter(pl.col("kind").is_in(["lost", "deleted"]))
    after = pl.concat(
        [
            stages.select("deal_id", later="at", later_rank="rank"),
            closing.select("deal_id", later="at", later_rank=pl.lit(-1.0)),
        ]
    )
    lowest = (
        stages.join(after, on="deal_id")
        .filter((pl.col("later") >= pl.col("at")) & (pl.col("later") < pl.col("at") + dwell))
        .group_by("event")
        .agg(lowest=pl.col("later_rank").min())
    )
    return (
        stages.join(lowest, on="event", how="left")
        .with_columns(lowest=pl.coalesce("lowest", "rank"))
        .select("deal_id", "at", "rank", "lowest")
    )


def _judge(marks: pl.DataFrame, settings: LabelSettings, as_of: pd.Timestamp) -> pl.DataFrame:
    dwell = datetime.timedelta(days=settings.min_dwell_days)
    within = {
        name: (pl.col(name) <= pl.col("until")).fill_null(False)
        for name in ("progress_at", "closed_at", "first_stage_at")
    }
    closed = {
        kind: within["closed_at"] & (pl.col("closing") == kind)
        for kind in ("won", "lost", "no_reason", "deleted")
    }
    is_win = closed["won"] & pl.col("passing") & (pl.col("closed_at") < pl.col("progress_at") + dwell)
    y4 = (
        pl.when(is_win.fill_null(False))
        .then(pl.lit("won"))
        .when(within["progress_at"])
        .then(pl.lit("progress"))
        .when(closed["won"])
        .then(pl.lit("won"))
        .when(closed["lost"])
        .then(pl.lit("lost"))
        .otherwise(pl.lit("stalled"))
    )
    answered = pl.col("y4").is_in(["won", "lost"])
    event_at = pl.when(pl.col("y4") == "progress").then("progress_at").when(answered).then("closed_at")
    stalled = pl.col("y4") == "stalled"
    parked = pl.col("parked_until").is_not_null() | (stalled & pl.col("parked_later").is_not_null())
    reason = (
        pl.when(pl.col("until") + dwell > pl.lit(as_of))
        .then(pl.lit("window not closed"))
        .when(pl.lit(settings.parked == "exclude") & parked)
        .then(pl.lit("parked"))
        .when(stalled & closed["no_reason"])
        .then(pl.lit("lost without reason"))
        .when(stalled & closed["deleted"])
        .then(pl.lit("deleted"))
        .when(stalled & pl.col("first_stage_at").is_not_null())
        .then(pl.lit("stage not known"))
    )
    days = ((event_at - pl.col("t")) / DAY).ceil().clip(lower_bound=1.0)
    return marks.with_columns(y4=y4).with_columns(
        reason=reason, time=pl.coalesce(days, pl.col("horizon").cast(pl.Float64))
    )
