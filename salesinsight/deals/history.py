"""What was known of a deal at its landmark: stage, waiting times, mails, appointments, earlier conversations.

Columns that begin with ``crm_`` need no words at all: they are what a manager already has, and the
baseline that conversation features must beat. Waiting times count whole calendar days, as people do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from salesinsight.deals.timeline import SETTLE, Timeline, days_between, local_date

# of so many answers; a mail that comes later than a month after the seller's answers something else
LAST_REPLIES, LONGEST_REPLY_H = 3, 720


def crm_history(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """The ``crm_`` columns at each landmark, from events and conversation dates known by then.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t, episode_at.
    timeline : Timeline
        The deals on their two clocks.

    Returns
    -------
    polars.DataFrame
        row, ``crm_`` columns; stage, seller_estimate and conversation_id for display; stage_pipeline,
        quote_at (the first quote) and talk_before_at (the last conversation but one) for those that build on
        them. A count is 0 when nothing of the kind was known; a number of days is missing when there was no
        such event.
    """
    known = marks.join(timeline.events, on="deal_id").filter(
        (pl.col("known_at") <= pl.col("t")) & (pl.col("at") <= pl.col("t"))
    )
    talks = marks.join(timeline.talks, on="deal_id").filter(pl.col("known_at") <= pl.col("t"))
    tries = marks.join(timeline.tries, on="deal_id").filter(
        (pl.col("known_at") <= pl.col("t")) & (pl.col("at") <= pl.col("t"))
    )
    order = ["row", "at", "known_at"]
    return (
        marks.join(_stages(known.sort(*order, "rank", "value")), on="row", how="left")
        .join(_counts(known), on="row", how="left")
        .join(_dates(known.sort(*order, "value")), on="row", how="left")
        .join(_replies(known), on="row", how="left")
        .join(_talks(talks.sort(*order, "conversation_id")), on="row", how="left")
        .join(_steps_kept(marks, timeline), on="row", how="left")
        .join(tries.group_by("row").agg(crm_missed_calls_count=pl.len()), on="row", how="left")
        .join(_unanswered(known, talks, tries), on="row", how="left")
        .pipe(_days, timeline.time_zone)
        .with_columns(pl.col("^crm_.*_count$").cast(pl.Float64).fill_null(0.0))
        .sort("row")
    )


def _stages(known: pl.DataFrame) -> pl.DataFrame:
    """Current stage, since when, how often it moved and moved back."""
    stages = known.filter((pl.col("kind") == "stage") & (pl.col("at") >= pl.col("episode_at") - SETTLE))
    stages = stages.with_columns(
        before=pl.col("rank").shift().over("row"), held=pl.col("value").shift().over("row")
    )
    moved = pl.col("held").is_null() | (pl.col("held") != pl.col("value"))
    return stages.group_by("row", maintain_order=True).agg(
        stage=pl.col("value").last(),
        stage_pipeline=pl.col("pipeline").last(),
        crm_stage_rank=pl.col("rank").last(),
        stage_at=pl.col("at").filter(moved).last(),
        top_at=pl.col("at").filter(pl.col("rank") > pl.col("rank").cum_max().shift()).last(),
        crm_stage_moves_count=moved.sum() - 1,
        crm_stage_back_count=(pl.col("rank") < pl.col("before")).sum(),
    )


def _counts(known: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("kind")
    return known.group_by("row").agg(
        crm_mails_out_count=(kind == "mail_out").sum(),
        crm_mails_in_count=(kind == "mail_in").sum(),
        crm_contacts_count=(kind == "contact_added").sum(),
        crm_quotes_count=(kind == "quote_sent").sum(),
        crm_hours_logged=pl.col("number").filter(kind == "hours_logged").sum(),
    )


def _dates(known: pl.DataFrame) -> pl.DataFrame:
    """Latest known amount, estimate and dates; a date that moved to a later one is a postponement."""
    kind = pl.col("kind")
    date = pl.col("value").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    closing = date.filter(kind == "close_date_set")
    amount = pl.col("number").filter(kind == "amount_set").last()
    return known.group_by("row", maintain_order=True).agg(
        crm_amount_log10=pl.when(amount > 0).then(amount.log10()),
        seller_estimate=pl.col("value").filter(kind == "seller_estimate").last(),
        close_date=closing.last(),
        crm_close_pushes_count=(closing.diff().dt.total_days() > 0).sum(),
        booked=date.filter(kind == "meeting_booked").max(),
        mail_in_at=pl.col("at").filter(kind == "mail_in").last(),
        quote_at=pl.col("at").filter(kind == "quote_sent").first(),
    )


def _talks(talks: pl.DataFrame) -> pl.DataFrame:
    outcome = pl.col("outcome")
    minutes = (pl.col("ended_at") - pl.col("at")).dt.total_seconds() / 60
    flat = (outcome == "continuation").fill_null(False)
    return talks.group_by("row", maintain_order=True).agg(
        conversation_id=pl.col("conversation_id").last(),
        talk_at=pl.col("ended_at").last(),
        talk_before_at=pl.col("at").slice(-2, 1).first().filter(pl.len() > 1).first(),
        crm_conversations_count=pl.len(),
        crm_conversation_minutes=minutes.filter(minutes > 0).sum(),
        crm_in_person_count=pl.col("in_person").fill_null(False).sum(),
        crm_continuations_count=flat.reverse().cast(pl.Int64).cum_min().sum(),
        step_at=pl.col("at").filter(outcome.is_in(["advance", "order"])).last(),
    )


def _replies(known: pl.DataFrame) -> pl.DataFrame:
    """Median hours that the customer took for his last answers, from the seller's last mail before each."""
    mails = known.filter(pl.col("kind").is_in(["mail_in", "mail_out"])).sort("row", "at", "kind")
    answer = pl.col("kind") == "mail_in"
    mails = mails.with_columns(round=answer.shift(fill_value=False).cum_sum().over("row"))
    rounds = mails.group_by("row", "round", maintain_order=True).agg(
        asked_at=pl.col("at").filter(answer.not_()).last(), answered_at=pl.col("at").filter(answer).first()
    )
    hours = (pl.col("answered_at") - pl.col("asked_at")).dt.total_seconds() / 3600
    answered = rounds.filter(hours <= LONGEST_REPLY_H).group_by("row", maintain_order=True)
    return answered.agg(crm_reply_hours=hours.tail(LAST_REPLIES).median())


def _steps_kept(marks: pl.DataFrame, timeline: Timeline) -> pl.DataFrame:
    """Whether the customer wrote or spoke by the end of the day for which his latest step was agreed."""
    zone = timeline.time_zone
    steps = timeline.talks.filter(
        pl.col("next_step_at").is_not_null() & pl.col("next_step_owner").ne_missing("seller")
    )
    steps = steps.select("deal_id", "known_at", made_at="ended_at", due=local_date("next_step_at", zone))
    steps = steps.filter(pl.col("due") >= local_date("made_at", zone)).with_row_index("step")
    heard = [timeline.talks, timeline.events.filter(pl.col("kind") == "mail_in")]
    answers = pl.concat([frame.select("deal_id", "at", heard_at="known_at") for frame in heard])
    kept = steps.join(answers, on="deal_id").filter(
        (pl.col("at") > pl.col("made_at")) & (local_date("at", zone) <= pl.col("due"))
    )
    steps = steps.join(kept.group_by("step").agg(pl.col("heard_at").min()), on="step", how="left")
    return (
        marks.select("row", "deal_id", "t")
        .join(steps, on="deal_id")
        .filter((pl.col("known_at") <= pl.col("t")) & (pl.col("due") < local_date("t", zone)))
        .sort("row", "due", "made_at", "step")
        .group_by("row", maintain_order=True)
        .last()
        .select(
            "row",
            crm_prior_step_kept=(pl.col("heard_at") <= pl.col("t")).fill_null(False).cast(pl.Float64),
        )
    )


def phase_of_stage(table: pl.DataFrame, stages: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Add stage_phase: the phase of buying (1, 2, 3) that fits the stage, by thirds of its pipeline.

    Parameters
    ----------
    table : polars.DataFrame
        From `crm_history`.
    stages : mapping
        The stages of each pipeline, from the first to the last open one.

    Returns
    -------
    polars.DataFrame
        With stage_phase; of four stages the phases are 1, 1, 2, 3. Missing where the stage has no rank.
    """
    count = pl.col("stage_pipeline").replace_strict(
        {name: len(order) for name, order in stages.items()}, default=None, return_dtype=pl.Float64
    )
    return table.with_columns(stage_phase=1.0 + (3 * pl.col("crm_stage_rank") / count).floor())


def _unanswered(known: pl.DataFrame, talks: pl.DataFrame, tries: pl.DataFrame) -> pl.DataFrame:
    """Mails and missed calls of the seller since the customer last wrote or spoke."""
    heard = pl.concat(
        [known.filter(pl.col("kind") == "mail_in").select("row", "at"), talks.select("row", "at")]
    )
    heard = heard.group_by("row").agg(heard_at=pl.col("at").max())
    tried = pl.concat(
        [known.filter(pl.col("kind") == "mail_out").select("row", "at"), tries.select("row", "at")]
    )
    since = pl.col("heard_at").is_null() | (pl.col("at") > pl.col("heard_at"))
    tried = tried.join(heard, on="row", how="left").filter(since)
    return tried.group_by("row").agg(crm_unanswered_count=pl.len())


def _days(joined: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    today = pl.col("t").dt.convert_time_zone(time_zone).dt.date()
    spans = {
        "crm_days_in_stage": "stage_at",
        "crm_deal_age_days": "episode_at",
        "crm_days_since_conversation": "talk_at",
        "crm_days_since_customer_step": "customer_at",
        "crm_days_since_quote": "quote_at",
    }
    customer = pl.max_horizontal("mail_in_at", "step_at", "top_at")
    return (
        joined.with_columns(customer_at=customer)
        .with_columns(**{name: days_between(at, "t", time_zone) for name, at in spans.items()})
        .with_columns(
            crm_days_to_close_date=(pl.col("close_date") - today).dt.total_days().cast(pl.Float64),
            crm_meeting_booked=(pl.col("booked") >= today).cast(pl.Float64).fill_null(0.0),
            crm_conversation_minutes=pl.col("crm_conversation_minutes").fill_null(0.0),
            crm_hours_logged=pl.col("crm_hours_logged").fill_null(0.0),
        )
        .drop("stage_at", "talk_at", "customer_at", "mail_in_at", "step_at", "top_at", "close_date", "booked")
    )
