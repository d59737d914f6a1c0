"""Landmarks: the moments at which a deal is looked at, with only what was known then.

Every Monday morning gives the list that people work from; each conversation, or a fixed number of days
after an event, gives the moments at which conversations or quotes are studied.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import pandas as pd
import polars as pl

from salesinsight.deals.settings import LabelSettings
from salesinsight.deals.timeline import CLOSING, Timeline, plus_days
from salesinsight.errors import BadArgument
from salesinsight.schema import EVENT_KINDS

MONDAY_HOUR = 7
Landmarks = str | Mapping[str, Sequence[float]] | Sequence[str]


def find_landmarks(
    timeline: Timeline, landmarks: Landmarks, settings: LabelSettings, as_of: pd.Timestamp
) -> pl.DataFrame:
    """List the candidate landmarks of all deals: deal_id, t (the landmark), sorted.

    Raises
    ------
    BadArgument
        When `landmarks` is not "weekly", "conversation", ``{event kind: [days, ...]}`` or a list of moments.
    """
    if landmarks == "weekly":
        found = _weekly(timeline, as_of)
    elif landmarks == "conversation":
        lag = datetime.timedelta(hours=settings.log_lag_h)
        found = timeline.talks.select("deal_id", t=pl.max_horizontal(pl.col("ended_at") + lag, "known_at"))
    elif isinstance(landmarks, Mapping) and set(landmarks) <= set(EVENT_KINDS) and landmarks:
        found = pl.concat([_after(timeline, kind, days) for kind, days in landmarks.items()])
    elif isinstance(landmarks, list):
        found = _these(timeline, landmarks)
    else:
        expected = '"weekly", "conversation", {"quote_sent": [0, 7, 14]}, ["2026-03-02"]'
        raise BadArgument(argument="landmarks", expected=expected, got=repr(landmarks))
    return found.filter(pl.col("t") <= as_of).unique().sort("deal_id", "t").with_row_index("row")


def _these(timeline: Timeline, moments: Sequence[str]) -> pl.DataFrame:
    """All deals at each of these moments, dates being midnight in the time zone of the export."""
    try:
        stamps = [pd.Timestamp(moment) for moment in moments]
    except ValueError as cause:
        raise BadArgument(argument="landmarks", expected='["2026-03-02"]', got=repr(moments)) from cause
    zoned = [stamp if stamp.tz else stamp.tz_localize(timeline.time_zone) for stamp in stamps]
    found = pl.Series("t", [stamp.tz_convert("UTC") for stamp in zoned], dtype=pl.Datetime("us", "UTC"))
    return timeline.deals.select("deal_id").join(found.to_frame(), how="cross")


def keep_open(
    marks: pl.DataFrame, timeline: Timeline, settings: LabelSettings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split landmarks into those of deals known to be open and those left out, with the reason.

    A deal is open at t when it was opened before t and the last closing or reopening known at t is not
    a closing. Nothing that was entered later has a part in it: a deal that had closed without anybody having
    entered it stood on the list of that morning, so it is looked at in training too.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t.
    timeline, settings
        As elsewhere in this room.

    Returns
    -------
    open : polars.DataFrame
        row, deal_id, t, episode_at (when the deal, or its reopening, began), and for the label alone
        closed_unseen: whether the deal had closed by t though nobody had entered it yet.
    left_out : polars.DataFrame
        deal_id, t, reason.
    """
    state = timeline.events.filter(pl.col("kind").is_in([*CLOSING, "reopened"]))
    joined = marks.join(state, on="deal_id").filter(pl.col("at") <= pl.col("t"))
    is_closing = pl.col("kind").is_in(CLOSING)
    known = pl.col("known_at") <= pl.col("t")
    by_time = joined.sort("row", "at", "known_at").group_by("row", maintain_order=True)
    status = by_time.agg(
        closed_known=is_closing.filter(known).last(),
        closed_unseen=is_closing.last() & known.last().not_(),
        reopened_at=pl.col("at").filter(known & (pl.col("kind") == "reopened")).last(),
    )
    opened = timeline.deals.select("deal_id", "opened_at")
    old_enough = plus_days(pl.col("episode_at"), settings.min_open_days, timeline.time_zone) <= pl.col("t")
    judged = (
        marks.join(opened, on="deal_id", how="left")
        .join(status, on="row", how="left")
        .with_columns(
            episode_at=pl.coalesce("reopened_at", "opened_at"),
            closed_unseen=pl.col("closed_unseen").fill_null(False),
        )
        .with_columns(
            reason=pl.when(pl.col("opened_at").is_null())
            .then(pl.lit("no opening date"))
            .when(pl.col("closed_known").fill_null(False))
            .then(pl.lit("closed at the landmark"))
            .when(old_enough.not_())
            .then(pl.lit("opened too recently"))
        )
        .sort("row")
    )
    out = judged.filter(pl.col("reason").is_not_null()).select("deal_id", "t", "reason")
    kept = judged.filter(pl.col("reason").is_null())
    return kept.select("row", "deal_id", "t", "episode_at", "closed_unseen"), out


def _weekly(timeline: Timeline, as_of: pd.Timestamp) -> pl.DataFrame:
    zone = timeline.time_zone
    state = timeline.events.filter(pl.col("kind").is_in([*CLOSING, "reopened"]))
    ended = state.group_by("deal_id", maintain_order=True).agg(
        closed=pl.col("kind").last().is_in(CLOSING), known_at=pl.col("known_at").max()
    )
    spans = (
        timeline.deals.select("deal_id", "opened_at")
        .drop_nulls()
        .join(ended, on="deal_id", how="left")
        .with_columns(
            last=pl.when(pl.col("closed").fill_null(False))
            .then(pl.min_horizontal("known_at", pl.lit(as_of)))
            .otherwise(pl.lit(as_of))
        )
    )
    local = pl.col("opened_at").dt.convert_time_zone(zone).dt.date()
    until = pl.col("last").dt.convert_time_zone(zone).dt.date()
    monday = local + pl.duration(days=(8 - local.dt.weekday()) % 7)
    return (
        spans.with_columns(first=monday.cast(pl.Date), until=until)
        .filter(pl.col("first") <= pl.col("until"))
        .with_columns(day=pl.date_ranges("first", "until", interval="1w"))
        .explode("day")
        .select(
            "deal_id",
            t=pl.col("day")
            .dt.combine(datetime.time(MONDAY_HOUR))
            .dt.replace_time_zone(zone)
            .dt.convert_time_zone("UTC")
            .dt.cast_time_unit("us"),
        )
    )


def _after(timeline: Timeline, kind: str, days: Sequence[float]) -> pl.DataFrame:
    per_deal = timeline.events.filter(pl.col("kind") == kind).group_by("deal_id", maintain_order=True)
    first = per_deal.agg(pl.col("at").first(), pl.col("known_at").first())
    spans = [plus_days(pl.col("at"), day, timeline.time_zone) for day in days]
    # a moment that nobody could know of yet is no moment to look
    return pl.concat([first.select("deal_id", t=pl.max_horizontal(span, "known_at")) for span in spans])
