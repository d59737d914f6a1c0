"""Progress after a landmark: what the CRM says, or, strictly, what the customer was seen to do."""

from __future__ import annotations

import dataclasses

import pandas as pd
import polars as pl

from salesinsight.deals.settings import LabelSettings
from salesinsight.deals.timeline import SETTLE, Timeline, local_date, plus_days
from salesinsight.errors import BadArgument, NoProgressSource, NoStageOrder, NoStrictSource

MOMENT = pl.Datetime("us", "UTC")
STEPS: dict[str, pl.DataType] = {"row": pl.UInt32(), "closed_at": MOMENT, "progress_at": MOMENT}
STEPS |= {"by": pl.String(), "what": pl.String(), "passing": pl.Boolean()}


def first_progress(marks: pl.DataFrame, timeline: Timeline, settings: LabelSettings) -> pl.DataFrame:
    """First progress after each landmark and before its closing.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t, episode_at, closed_at.
    timeline, settings
        As elsewhere in this room.

    Returns
    -------
    polars.DataFrame
        row; progress_at; progress_by {stage, conversation, tagged, kept_step, new_decider}; progress_what
        (name of the stage, else id of the conversation or due date of the step); passing (a stage or an
        order: when the deal is won within the dwell days, that is what it was); first_stage_at, of a stage
        that can't be compared with one at the landmark: none was known then, or one of another pipeline.

    Raises
    ------
    NoProgressSource, NoStageOrder, NoStrictSource
        When the export holds nothing of what the rule looks at.
    """
    unknown = pl.DataFrame(schema={"row": pl.UInt32, "first_stage_at": MOMENT})
    steps = pl.DataFrame(schema=STEPS)
    if settings.progress_rule == "crm":
        _refuse_without_progress(marks, timeline)
        reached, unknown = _stages(marks, timeline, settings)
        steps = pl.concat([reached, _agreed(marks, timeline)])
    elif settings.progress_rule == "strict":
        _refuse_without_steps(timeline)
        steps = pl.concat([_kept(marks, timeline), _deciders(marks, timeline)])
    open_still = pl.col("closed_at").is_null() | (pl.col("progress_at") < pl.col("closed_at"))
    return (
        steps.filter(open_still)
        .sort("row", "progress_at", "passing", "by", "what")
        .group_by("row", maintain_order=True)
        .agg(pl.col("progress_at", "passing").first(), pl.col("by", "what").first().name.prefix("progress_"))
        .join(unknown, on="row", how="full", coalesce=True)
    )


def with_tagged_outcomes(timeline: Timeline, features: pd.DataFrame | None) -> Timeline:
    """Give conversations without a recorded outcome the one that was heard or read in their words.

    Raises
    ------
    BadArgument
        When there are no features, or they hold no `outcome_tagged`.
    """
    if features is None or "outcome_tagged" not in features:
        needed = 'conversation_features(…) / [label] outcome_source = "recorded"'
        raise BadArgument(argument="features", expected=needed, got="None")
    heard = features["outcome_tagged"].astype("string").rename("heard")
    told = pl.from_pandas(heard.rename_axis("conversation_id").reset_index()).cast(pl.String)
    talks = timeline.talks.join(told, on="conversation_id", how="left", maintain_order="left")
    tagged = pl.col("outcome").is_null() & pl.col("heard").is_not_null()
    talks = talks.with_columns(tagged=tagged, outcome=pl.coalesce("outcome", "heard")).drop("heard")
    return dataclasses.replace(timeline, talks=talks)


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


def _refuse_without_steps(timeline: Timeline) -> None:
    if (
        not _promises(timeline).height
        and timeline.attended["decision_rank"].null_count() == timeline.attended.height
    ):
        raise NoStrictSource()


def _stages(
    marks: pl.DataFrame, timeline: Timeline, settings: LabelSettings
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Stages above all of their pipeline that were reached by the end of the grace days, and held."""
    stages = _held_stages(timeline, settings.min_dwell_days)
    joined = marks.select("row", "deal_id", "t", "episode_at", "closed_at").join(stages, on="deal_id")
    joined = joined.filter(pl.col("at") >= pl.col("episode_at") - SETTLE)
    early = pl.col("at") <= plus_days(pl.col("t"), settings.grace_days, timeline.time_zone)
    same = ["row", "pipeline"]
    top = joined.filter(early).group_by(same).agg(top=pl.col("rank").max())
    unknown = joined.join(top, on=same, how="anti", nulls_equal=True)
    reached = (
        joined.filter(early.not_())
        .join(top, on=same, how="left", nulls_equal=True)
        .filter(pl.col("lowest") > pl.col("top"))
        .select("row", "closed_at", progress_at="at", by=pl.lit("stage"), what="value", passing=pl.lit(True))
    )
    return reached, unknown.group_by("row").agg(first_stage_at=pl.col("at").min())


def _held_stages(timeline: Timeline, min_dwell_days: float) -> pl.DataFrame:
    """Stage events with the lowest rank that the deal had within the dwell time after each.

    A deal lost or deleted within the dwell time did not hold the stage: its lowest rank is -1.
    """
    stages = timeline.events.filter(pl.col("rank").is_not_null())
    stages = stages.select("deal_id", "at", "rank", "value", "pipeline").with_row_index("event")
    closing = timeline.events.filter(pl.col("kind").is_in(["lost", "deleted"]))
    after = pl.concat(
        [
            stages.select("deal_id", later="at", later_rank="rank"),
            closing.select("deal_id", later="at", later_rank=pl.lit(-1.0)),
        ]
    )
    held_until = plus_days(pl.col("at"), min_dwell_days, timeline.time_zone)
    lowest = (
        stages.join(after, on="deal_id")
        .filter((pl.col("later") >= pl.col("at")) & (pl.col("later") < held_until))
        .group_by("event")
        .agg(lowest=pl.col("later_rank").min())
    )
    return stages.join(lowest, on="event", how="left").with_columns(lowest=pl.coalesce("lowest", "rank"))


def _agreed(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """Conversations after the landmark that ended in an advance or an order."""
    tagged = pl.col("tagged") if "tagged" in timeline.talks.columns else pl.lit(False)
    by = pl.when(tagged).then(pl.lit("tagged")).otherwise(pl.lit("conversation"))
    talks = timeline.talks.select("deal_id", "at", "outcome", by=by, what="conversation_id")
    return (
        marks.select("row", "deal_id", "t", "closed_at")
        .join(talks, on="deal_id")
        .filter((pl.col("at") > pl.col("t")) & pl.col("outcome").is_in(["advance", "order"]))
        .select(
            "row", "closed_at", progress_at="at", by="by", what="what", passing=pl.col("outcome") == "order"
        )
    )


def _promises(timeline: Timeline) -> pl.DataFrame:
    """Dated steps that the customer took upon himself: deal_id, promised_at, due."""
    own = (pl.col("next_step_owner") == "customer") & (pl.col("next_step_at") > pl.col("at"))
    return timeline.talks.filter(own).select("deal_id", promised_at="ended_at", due="next_step_at")


def _kept(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """Promises that the customer kept: he wrote or spoke after it, by the end of the day it was due."""
    promises = _promises(timeline)
    mails = timeline.events.filter(pl.col("kind") == "mail_in").select("deal_id", "at")
    heard = pl.concat([mails, timeline.talks.select("deal_id", "at")])
    in_time = local_date("at", timeline.time_zone) <= local_date("due", timeline.time_zone)
    kept = (
        promises.join(heard, on="deal_id")
        .filter((pl.col("at") > pl.col("promised_at")) & in_time)
        .group_by("deal_id", "promised_at", "due")
        .agg(pl.col("at").min())
    )
    return (
        marks.select("row", "deal_id", "t", "closed_at")
        .join(kept, on="deal_id")
        .filter(pl.col("at") > pl.col("t"))
        .select(
            "row", "closed_at", progress_at="at", by=pl.lit("kept_step"),
            what=local_date("due", timeline.time_zone).cast(pl.String), passing=pl.lit(False),
        )
    )  # fmt: skip


def _deciders(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """Conversations after the landmark with somebody new who has more say than all before him."""
    came = timeline.attended.drop_nulls("decision_rank")
    first = came.group_by("deal_id", "at", maintain_order=True).agg(
        pl.col("decision_rank").max(), pl.col("conversation_id").first()
    )
    # nobody known before is as little say as a user has
    before = pl.col("decision_rank").cum_max().shift(fill_value=0).over("deal_id")
    higher = first.sort("deal_id", "at").filter(pl.col("decision_rank") > before)
    return (
        marks.select("row", "deal_id", "t", "closed_at")
        .join(higher, on="deal_id")
        .filter(pl.col("at") > pl.col("t"))
        .select(
            "row", "closed_at", progress_at="at", by=pl.lit("new_decider"), what="conversation_id",
            passing=pl.lit(False),
        )
    )  # fmt: skip
