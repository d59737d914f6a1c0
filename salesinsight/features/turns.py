"""One table of turns that every family measures on: who spoke, how long, when, what was tagged and heard.

A side that has no turns in a transcript was not heard; what it did is then unknown, not zero. A position
`p` runs from 0 to 1 over the conversation: by the clock where every turn has a start, else by words; it
is that of the middle of the turn.
"""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.errors import MissingColumns

KEY = "conversation"
LAST_FIFTH, LAST_PART = 0.8, 0.7  # positions from which a turn stands in the last 20 % and the last 30 %
SURE = 0.5  # a cue weaker than this is a hint for the taggers, not something to count
BACKCHANNEL_WORDS = 3
CUE_FAMILIES = ["acts", "endings", "questions", "talk"]
ASKING = ("question", "question_open", "question_closed", "question_alternative", "tag", "indirect")
WORDS = ("we", "you")
COUNTED = (
    "asked",
    "assent",
    "confront",
    "defer",
    "discount",
    "dont_know",
    "gatekeeper",
    "need_explicit",
    "pitch",
    "promise",
    "quantity",
    "rapport",
    "reason",
    "time_expression",
    *WORDS,
)
ACTS = ("action_request", "commitment", "stall", "refusal", "objection", "gatekeeper", "decision_maker_probe")
LEVELS = {
    "information": 1,
    "meeting": 2,
    "visit": 2,
    "internal_discussion": 3,
    "introduction": 3,
    "trial": 4,
    "quote": 4,
    "signature": 5,
}
NEEDED = pl.Schema(
    {
        "conversation_id": pl.String,
        "turn": pl.Int64,
        "role": pl.String,
        "text": pl.String,
        "is_question": pl.Boolean,
        "question_form": pl.String,
        "is_leading": pl.Boolean,
        "is_tag": pl.Boolean,
        "spin": pl.String,
        "push_pull": pl.String,
        "request_kind": pl.String,
        "answers_turn": pl.Int64,
        "answer": pl.String,
        "phase": pl.Int64,
        "acts": pl.String,
        "act_commitment_p": pl.Float64,
        "act_refusal_p": pl.Float64,
    }
)
OPTIONAL = pl.Schema({"start_s": pl.Float64, "end_s": pl.Float64, "language": pl.String})


def prepare(tagged: pd.DataFrame, hits: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Lay out the turns of these conversations, in order, with everything that the families ask for.

    Parameters
    ----------
    tagged : pandas.DataFrame
        Turns with their speech acts.
    hits : polars.DataFrame
        Cues found in the texts of `tagged`; ``row`` counts its rows from 0.
    ids : polars.Series
        The conversations; turns of others are left aside.
    """
    there = [*NEEDED, *(name for name in OPTIONAL if name in tagged.columns)]
    frame = pl.from_pandas(tagged[there].reset_index(drop=True), nan_to_null=True)
    frame = frame.with_columns(pl.lit(None).alias(name) for name in OPTIONAL if name not in there)
    frame = frame.cast(pl.Schema([*NEEDED.items(), *OPTIONAL.items()]))
    order = pl.DataFrame({"conversation_id": ids.cast(pl.String)}).with_row_index(KEY)
    frame = frame.with_row_index("row").join(order, on="conversation_id").sort(KEY, "turn")
    frame = frame.join(_counts(hits), on="row", how="left")
    return _answers(_neighbours(_positions(_flags(frame))))


def refuse_untagged(tagged: pd.DataFrame) -> None:
    """Raise MissingColumns when this is not a table of tagged turns of conversations."""
    absent = [name for name in NEEDED if name not in tagged.columns]
    if absent:
        raise MissingColumns(table="tagged", absent=absent, present=list(tagged.columns))


def heard(side: str, value: pl.Expr) -> pl.Expr:
    """The value where this side ("seller", "customer") has turns in the transcript, else missing."""
    return pl.when(pl.col(side).any()).then(value)


def both_heard(value: pl.Expr) -> pl.Expr:
    """The value where both sides have turns in the transcript, else missing."""
    return pl.when(pl.col("seller").any() & pl.col("customer").any()).then(value)


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Turns that are part of the whole ÷ turns that are the whole; NaN where there are none."""
    return (part & whole).sum() / whole.sum()


def _counts(hits: pl.DataFrame) -> pl.DataFrame:
    """Per turn: sentences (for we and you: words) with a sure cue of each label, and the weight of hedges."""
    hits = hits.with_columns(pl.col("row").cast(pl.UInt32), pl.col("label").cast(pl.String))
    label = pl.col("label")
    sure = hits.filter(pl.col("weight") >= SURE).select(
        "row",
        label=pl.when(label.is_in(ASKING)).then(pl.lit("asked")).otherwise(label),
        place=pl.when(label.is_in(WORDS)).then("start_char").otherwise("sentence"),
    )
    counts = sure.unique().group_by("row").agg((label == name).sum().alias(f"n_{name}") for name in COUNTED)
    hedges = hits.filter(label == "hedge").group_by("row", "sentence").agg(pl.col("weight").max())
    hedges = hedges.group_by("row").agg(hedging=pl.col("weight").sum())
    return counts.join(hedges, on="row", how="full", coalesce=True)


def _flags(frame: pl.DataFrame) -> pl.DataFrame:
    """Who spoke, how many words, which acts; what is not tagged is not there."""
    seller, customer = pl.col("role") == "seller", pl.col("role") == "customer"
    done = pl.col("acts").fill_null("").str.split("|")
    acts = {act: done.list.contains(act) for act in ACTS}
    counted = pl.col("^n_.*$").fill_null(0).cast(pl.Int64)
    frame = frame.with_columns(
        counted,
        pl.col("hedging").fill_null(0.0),
        pl.col("text").fill_null("").str.count_matches(r"\S+").cast(pl.Int64).alias("words"),
        pl.col("is_leading", "is_tag").fill_null(False),
        pl.col("is_question").fill_null(False).alias("question"),
        seller.fill_null(False).alias("seller"),
        customer.fill_null(False).alias("customer"),
        **acts,
    )
    question = pl.col("question")
    promise = (pl.col("n_promise") > 0) & ~(question | pl.col("stall"))
    willing = pl.col("act_commitment_p").fill_null(0) >= pl.col("act_refusal_p").fill_null(0)
    assents = (pl.col("n_assent") > 0) & (pl.col("words") <= BACKCHANNEL_WORDS)
    return frame.with_columns(
        questions=pl.when(question).then(pl.max_horizontal("n_asked", 1)).otherwise(0),
        request=pl.col("seller") & pl.col("action_request"),
        level=pl.col("request_kind").replace_strict(LEVELS, default=1, return_dtype=pl.Int64),
        accepts=pl.col("customer") & (pl.col("answer") == "accept").fill_null(False),
        commits=pl.col("customer") & (pl.col("commitment") | promise) & (willing | ~pl.col("refusal")),
        bare=assents & ~question & pl.col("answer").is_null(),
    )


def _positions(frame: pl.DataFrame) -> pl.DataFrame:
    """Position in the conversation, its length in minutes, and the pauses where the clock is known."""
    start = pl.col("start_s")
    clocked = start.is_not_null().all().over(KEY)
    ended = clocked & pl.col("end_s").is_not_null().all().over(KEY)
    end = pl.max_horizontal(pl.coalesce("end_s", start.shift(-1).over(KEY), "start_s"), "start_s")
    first, last = start.min().over(KEY), end.max().over(KEY)
    seconds = pl.when(clocked & (last > first)).then(last - first)
    words = pl.col("words").sum().over(KEY)
    by_words = (pl.col("words").cum_sum().over(KEY) - pl.col("words") / 2) / words
    gap = pl.when(ended).then(start - pl.col("end_s").shift(1).over(KEY))
    return frame.with_columns(
        p=pl.coalesce(((start + end) / 2 - first) / seconds, pl.when(words > 0).then(by_words)),
        minutes=seconds / 60,
        ended=ended,
        gap_before=gap,
        gap_after=gap.shift(-1).over(KEY),
    )


def _neighbours(frame: pl.DataFrame) -> pl.DataFrame:
    """The turns around each turn, and the stretches in which one side holds the floor.

    A backchannel ("ja", "hm") that follows no question leaves the floor where it was: its stretch is missing.
    """
    before = pl.col("role").shift(1).over(KEY)
    asked_before = pl.col("question").shift(1).over(KEY).fill_null(False)
    frame = frame.with_columns(
        role_before=before,
        role_after=pl.col("role").shift(-1).over(KEY),
        words_after=pl.col("words").shift(-1).over(KEY),
        floor=pl.when(pl.col("bare") & ~asked_before & before.is_not_null())
        .then(None)
        .otherwise(pl.col("role").fill_null("unknown")),
    )
    held = pl.col("floor").forward_fill().shift(1).over(KEY)
    taken = pl.col("floor").is_not_null() & (held.is_null() | (pl.col("floor") != held))
    return frame.with_columns(stretch=pl.when(pl.col("floor").is_not_null()).then(taken.cum_sum()))


def _answers(frame: pl.DataFrame) -> pl.DataFrame:
    """Give each request the last answer it got, and each answer the kind of request it is about."""
    given = frame.filter(pl.col("customer") & pl.col("answer").is_not_null())
    last = given.group_by(KEY, pl.col("answers_turn").alias("turn"), maintain_order=True)
    dated = pl.col("n_time_expression") > 0
    asked = frame.filter("request").select(
        KEY, answers_turn="turn", answered_kind="request_kind", answered_dated=dated
    )
    frame = frame.join(last.agg(answered=pl.col("answer").last()), on=[KEY, "turn"], how="left")
    frame = frame.join(asked, on=[KEY, "answers_turn"], how="left").sort(KEY, "turn")
    agreed = pl.col("request") & (pl.col("answered") == "accept").fill_null(False)
    step = pl.col("commits") | pl.col("accepts")
    settled = pl.col("seller") & step.shift(1).over(KEY).fill_null(False)
    dated = dated | pl.col("answered_dated").fill_null(False)
    return frame.with_columns(agreed=agreed, agreed_step=step | agreed | settled, dated=dated)
