"""What happened to each deal and when it was known: the raw material of landmarks, features and labels.

Two clocks run through this room. ``at`` is when something happened, ``known_at`` when it stood in the
system. Features look at what was known at the landmark; labels look at what happened after it.
"""

from __future__ import annotations

import dataclasses
import datetime

import pandas as pd
import polars as pl

from salesinsight.errors import BadArgument, BadTable, NoMoment
from salesinsight.schema import Export

CLOSING = ["won", "lost", "deleted"]
# a CRM may write the first stage a moment before the deal, or before its reopening, that it belongs to
SETTLE = datetime.timedelta(days=1)
# so long after its newest entry an export says nothing of what is open or stalled
FARTHEST = pd.Timedelta(days=366)
# who weighs more in a decision; of the others nobody knows it
DECISION_RANKS = {"user": 0, "gatekeeper": 0, "influencer": 1, "decider": 2}


@dataclasses.dataclass(frozen=True)
class Timeline:
    """The deals of an export as Polars frames, sorted so that row order in the files does not matter.

    Attributes
    ----------
    deals : deal_id, account_id, pipeline, opened_at and the columns shown to people
    events : deal_id, at, known_at, kind, value, number (the value as a number), rank (of a stage) and the
        pipeline it is a rank in
    talks : held conversations: deal_id, conversation_id, at (start), known_at, outcome, next step
    tries : conversations that were not held: deal_id, at, known_at
    attended : who of the customer's side sat at a held conversation: deal_id, conversation_id, at, person_id,
        decision_rank. People carry no date, so this is for the label and for display, never for a feature.
    """

    deals: pl.DataFrame
    events: pl.DataFrame
    talks: pl.DataFrame
    tries: pl.DataFrame
    attended: pl.DataFrame
    time_zone: str


def read_timeline(export: Export) -> Timeline:
    """Put an export on its two clocks; rows without a deal are of no use here and stay out.

    Raises
    ------
    BadTable
        When two different rows are about one deal or conversation. The same row twice counts once.
    """
    deals = _once(export, "deals", "deal_id")
    events = _events(export, deals)
    held, tries = _conversations(export)
    attended = _attended(export, held)
    return Timeline(_deals(deals, events), events, held, tries, attended, export.time_zone)


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
        expected = {"en": "a moment such as 2026-06-29 07:00", "nl": "een moment zoals 2026-06-29 07:00"}
        raise BadArgument(argument="as_of / at", expected=expected, got=repr(given)) from cause
    if export.as_of is not None and stamp > export.as_of + FARTHEST:
        latest = (export.as_of + FARTHEST).date()
        expected = {"en": f"a moment up to {latest}", "nl": f"een moment tot en met {latest}"}
        raise BadArgument(argument="as_of / at", expected=expected, got=str(stamp.date()))
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


def wall_clock(moment: pl.Expr, time_zone: str) -> pl.Expr:
    """A moment as the clock on the users' wall showed it."""
    return moment.dt.convert_time_zone(time_zone).dt.replace_time_zone(None)


def plus_days(moment: pl.Expr, days: pl.Expr | float, time_zone: str) -> pl.Expr:
    """So many days after a moment, at the same time of day where the users live.

    A day on which the clock changes has 23 or 25 hours; a window of 60 days that begins on Monday at 07:00
    ends at 07:00 nevertheless. A time that the clock skips is that many times 24 hours later instead.
    """
    # floats become whole microseconds
    each = pl.lit(datetime.timedelta(days=1))
    span = (each * days) if isinstance(days, pl.Expr) else pl.lit(datetime.timedelta(days=days))
    moved = (wall_clock(moment, time_zone) + span).dt.replace_time_zone(
        time_zone, ambiguous="earliest", non_existent="null"
    )
    return pl.coalesce(moved.dt.convert_time_zone("UTC"), moment + span)


def _frame(export: Export, table: str) -> pl.DataFrame:
    return pl.from_pandas(getattr(export, table))


def _once(export: Export, table: str, key: str) -> pl.DataFrame:
    """A table with each key once; a row that stands there twice would count twice."""
    rows = (
        _frame(export, table).with_row_index("_row").unique([*getattr(export, table).columns], keep="first")
    )
    twice = rows.filter(pl.col(key).is_duplicated() & pl.col(key).is_not_null()).sort("_row")
    if twice.height:
        bad = twice.select(row="_row", column=pl.lit(key), value=key, reason=pl.lit("duplicate"))
        raise BadTable(table=table, bad=pd.DataFrame(bad.to_dicts()))
    return rows.sort("_row").drop("_row")


def _deals(deals: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    first = events.group_by("deal_id").agg(first_at=pl.col("known_at").min())
    return (
        deals.join(first, on="deal_id", how="full", coalesce=True)
        .with_columns(opened_at=pl.coalesce("created_at", "first_at"))
        .drop("first_at")
        .sort("deal_id")
    )


def _events(export: Export, deals: pl.DataFrame) -> pl.DataFrame:
    return (
        _frame(export, "events")
        .drop_nulls(["deal_id", "at", "kind"])
        .with_columns(
            known_at=pl.max_horizontal("at", "entered_at"),
            number=pl.col("value").cast(pl.Float64, strict=False),
        )
        .pipe(_ranked, deals.select("deal_id", current="pipeline"), _ranks(export))
        .select("deal_id", "at", "known_at", "kind", "value", "number", "rank", "pipeline")
        .sort("deal_id", "at", "known_at", "kind", "rank", "value")
    )


def _ranked(events: pl.DataFrame, current: pl.DataFrame, ranks: pl.DataFrame) -> pl.DataFrame:
    """Give stages their rank, in the pipeline that the deal was in at the time as far as that can be known.

    A deal's pipeline carries no date: the one of today may be another than the one it was in. A stage that
    only one pipeline has tells it; a name that several have counts in the last one told, else in today's.
    """
    names = ranks["pipeline"].unique()
    only = names[0] if len(names) == 1 else None
    homes = ranks.filter(pl.col("stage").is_unique()).select(value="stage", home="pipeline")
    is_stage = pl.col("kind") == "stage"
    told = (
        events.join(current, on="deal_id", how="left")
        .join(homes, on="value", how="left")
        .with_columns(
            home=pl.when(is_stage).then("home"), current=pl.coalesce("current", pl.lit(only, pl.String))
        )
        .sort("known_at", "at", "value")
        .with_columns(home=pl.col("home").forward_fill().over("deal_id"))
    )
    then = ranks.select(home="pipeline", value="stage", rank_then="rank")
    now = ranks.select(current="pipeline", value="stage", rank_current="rank")
    return (
        told.join(then, on=["home", "value"], how="left")
        .join(now, on=["current", "value"], how="left")
        .with_columns(
            rank=pl.when(is_stage).then(pl.coalesce("rank_then", "rank_current")),
            pipeline=pl.when(pl.col("rank_then").is_not_null()).then("home").otherwise("current"),
        )
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
        _once(export, "conversations", "conversation_id")
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


def _attended(export: Export, held: pl.DataFrame) -> pl.DataFrame:
    seller = (pl.col("side") == "seller").fill_null(False)
    rank = pl.col("decision_role").replace_strict(DECISION_RANKS, default=None, return_dtype=pl.Int64)
    people = _frame(export, "people").filter(seller.not_())
    people = people.group_by("person_id").agg(decision_rank=rank.max())
    return (
        _frame(export, "attendance")
        .unique()
        .join(people, on="person_id")
        .join(held.select("conversation_id", "deal_id", "at"), on="conversation_id")
        .select("deal_id", "conversation_id", "at", "person_id", "decision_rank")
        .sort("deal_id", "at", "conversation_id", "person_id")
    )
