"""What happened to each deal and when it was known: the raw material of landmarks, features and labels.

Two clocks run through this room. ``at`` is when something happened, ``known_at`` when it stood in the
system. Features look at what was known at the landmark; labels look at what happened after it.
"""

from __future__ import annotations

import dataclasses
import datetime

import pandas as pd
import polars as pl

from salesinsight.errors import BadArgument, NoMoment
from salesinsight.schema import Export

CLOSING = ["won", "lost", "deleted"]
# a CRM may write the first stage a moment before the deal, or before its reopening, that it belongs to
SETTLE = datetime.timedelta(days=1)
# so long after its newest entry an export says nothing of what is open or stalled
FARTHEST = pd.Timedelta(days=366)


@dataclasses.dataclass(frozen=True)
class Timeline:
    """The deals of an export as Polars frames, sorted so that row order in the files does not matter.

    Attributes
    ----------
    deals : deal_id, account_id, pipeline, opened_at and the columns shown to people
    events : deal_id, at, known_at, kind, value, number (the value as a number), rank (of a stage)
    talks : held conversations: deal_id, conversation_id, at (start), known_at, outcome, next step
    tries : conversations that were not held: deal_id, at, known_at
    last_rank : per pipeline, the rank of its last stage
    """

    deals: pl.DataFrame
    events: pl.DataFrame
    talks: pl.DataFrame
    tries: pl.DataFrame
    time_zone: str


def read_timeline(export: Export) -> Timeline:
    """Put an export on its two clocks; rows without a deal are of no use here and stay out."""
    events = _events(export)
    held, tries = _conversations(export)
    return Timeline(_deals(export, events), events, held, tries, export.time_zone)


def moment_of(moment: pd.Timestamp | str | None, export: Export) -> pd.Timestamp:
    """Return the moment asked for, or the export's own, in UTC; one without a zone is local time."""
    given = export.as_of if moment is None else moment
    if given is None:
        raise NoMoment()
    try:
        stamp = pd.Timestamp(given)
        stamp = stamp.tz_localize(export.time_zone) if stamp.tz is None else stamp
        stamp = stamp.tz_convert("UTC").as_unit("us")
    except ValueError as cause:
        raise BadArgument(argument="as_of / at", expected="2026-06-29 07:00", got=repr(given)) from cause
    if export.as_of is not None and stamp > export.as_of + FARTHEST:
        latest = (export.as_of + FARTHEST).date()
        raise BadArgument(argument="as_of / at", expected=f"<= {latest}", got=str(stamp.date()))
    return stamp


def known_by(export: Export, moment: pd.Timestamp) -> Export:
    """The export as it stood at a moment: rows entered later are gone."""
    events, talks = export.events, export.conversations
    entered = talks["entered_at"].fillna(talks["ended_at"]).fillna(talks["started_at"])
    return dataclasses.replace(
        export,
        events=events[events["entered_at"].fillna(events["at"]) <= moment],
        conversations=talks[entered <= moment],
    )


def local_date(column: str, time_zone: str) -> pl.Expr:
    """The calendar date on which a moment fell where the users live."""
    return pl.col(column).dt.convert_time_zone(time_zone).dt.date()


def days_between(earlier: str, later: str, time_zone: str) -> pl.Expr:
    """Whole calendar days from one moment to a later one, as people count them."""
    span = local_date(later, time_zone) - local_date(earlier, time_zone)
    return span.dt.total_days().cast(pl.Float64)


def _frame(export: Export, table: str) -> pl.DataFrame:
    return pl.from_pandas(getattr(export, table))


def _deals(export: Export, events: pl.DataFrame) -> pl.DataFrame:
    first = events.group_by("deal_id").agg(first_at=pl.col("known_at").min())
    return (
        _frame(export, "deals")
        .join(first, on="deal_id", how="full", coalesce=True)
        .with_columns(opened_at=pl.coalesce("created_at", "first_at"))
        .drop("first_at")
        .sort("deal_id")
    )


def _events(export: Export) -> pl.DataFrame:
    pipelines = _frame(export, "deals").select("deal_id", "pipeline")
    ranks = _ranks(export)
    only = ranks["pipeline"].unique()
    fallback = only[0] if len(only) == 1 else None
    return (
        _frame(export, "events")
        .drop_nulls(["deal_id", "at", "kind"])
        .with_columns(known_at=pl.max_horizontal("at", "entered_at"))
        .join(pipelines, on="deal_id", how="left")
        .with_columns(pipeline=pl.coalesce("pipeline", pl.lit(fallback, dtype=pl.String)))
        .join(ranks, left_on=["pipeline", "value"], right_on=["pipeline", "stage"], how="left")
        .with_columns(
            rank=pl.when(pl.col("kind") == "stage").then("rank"),
            number=pl.col("value").cast(pl.Float64, strict=False),
        )
        .select("deal_id", "at", "known_at", "kind", "value", "number", "rank", "pipeline")
        .sort("deal_id", "at", "known_at", "kind", "rank", "value")
    )


def _ranks(export: Export) -> pl.DataFrame:
    rows = [
        (pipeline, stage, float(rank))
        for pipeline, stages in export.stages.items()
        for rank, stage in enumerate(stages)
    ]
    return pl.DataFrame(
        rows, schema={"pipeline": pl.String, "stage": pl.String, "rank": pl.Float64}, orient="row"
    )


def _conversations(export: Export) -> tuple[pl.DataFrame, pl.DataFrame]:
    talks = (
        _frame(export, "conversations")
        .drop_nulls(["deal_id", "started_at"])
        .with_columns(at=pl.col("started_at"), ended_at=pl.coalesce("ended_at", "started_at"))
        .with_columns(known_at=pl.max_horizontal("ended_at", "entered_at"))
        .sort("deal_id", "known_at", "at", "conversation_id")
    )
    held = pl.col("status") == "held"
    columns = ["deal_id", "conversation_id", "at", "ended_at", "known_at", "outcome"]
    columns += ["next_step_at", "next_step_owner", "planned_min", "in_person"]
    return (
        talks.filter(held).select(columns),
        talks.filter(held.not_() & (pl.col("status") != "cancelled")).select("deal_id", "at", "known_at"),
    )
