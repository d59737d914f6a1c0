"""What runs through the conversations of a deal: good talks in a row, answers never given, interest, phase.

All of it stands at the last conversation known by then. What was said is held against what the CRM knew
at that moment: the stage, the first quote, the people of the customer.
"""

from __future__ import annotations

import polars as pl

#: Features of one conversation from which these columns are made; one that is absent counts as not known.
SOURCES = (
    "need_explicit_count",
    "answer_accept_share",
    "answer_clear_no",
    "phase_c",
    "buying_signal_count",
    "dq_words",
    "authority_ref_count",
    "authority_asked",
)
RUNS = ("continuations_run", "no_clear_no_count", "interest_growth", "phase_regress")
#: What was said so far and is yet to be held against the CRM.
SAID = ("said_phase", "need_at", "need_heard", "decider_at")
DEAL = "deal_id"


def running(told: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of `RUNS` and `SAID` to the held conversations of deals.

    Parameters
    ----------
    told : polars.DataFrame
        deal_id, at, outcome (as recorded), outcome_tagged and `SOURCES`, sorted by deal in the order in
        which conversations became known.

    Returns
    -------
    polars.DataFrame
        With ``continuations_run``, the 'goede gesprekken' in a row up to now, by recorded outcome or else by
        what was said; ``no_clear_no_count``, the conversations so far with neither a yes nor a no (a request
        accepted, an order or advance recorded; a request or offer refused, no-sale recorded; missing until
        one was heard or recorded); ``interest_growth``, the buying signals per 1,000 words in the last
        conversation less those in the one before; ``phase_regress``, 1 when the buyer is in an earlier phase
        than in the conversation before, else 0. The last two need two conversations in which they can be
        measured.
    """
    outcome = pl.col("outcome")
    flat = (pl.coalesce(outcome, "outcome_tagged") == "continuation").fill_null(False)
    yes = outcome.is_in(["order", "advance"]) | (pl.col("answer_accept_share") > 0)
    no = (outcome == "no_sale") | (pl.col("answer_clear_no") > 0)
    heard = outcome.is_not_null() | pl.col("answer_clear_no").is_not_null()
    vague = heard & ~(yes.fill_null(False) | no.fill_null(False))
    came_up = (pl.col("authority_ref_count") > 0) | (pl.col("authority_asked") > 0)
    phase, words = pl.col("phase_c"), pl.col("dq_words")
    interest = pl.when(words > 0).then(1000 * pl.col("buying_signal_count") / words)
    return (
        told.with_columns(flat=flat, streak=flat.not_().cum_sum().over(DEAL))
        .with_columns(
            continuations_run=pl.col("flat").cast(pl.Float64).cum_sum().over(DEAL, "streak"),
            no_clear_no_count=pl.when(heard.cum_max().over(DEAL)).then(_so_far(vague.cast(pl.Float64))),
            interest_growth=_latest(interest - _before(interest)),
            phase_regress=_latest((phase < _before(phase)).cast(pl.Float64)),
            said_phase=_latest(phase),
            need_at=_first_at(pl.col("need_explicit_count") > 0),
            need_heard=pl.col("need_explicit_count").is_not_null().cum_max().over(DEAL),
            decider_at=_first_at(came_up),
        )
        .drop("flat", "streak")
    )


def said_and_recorded() -> dict[str, pl.Expr]:
    """What was said, held against what the CRM knew at the landmark.

    Returns
    -------
    dict of str to polars.Expr
        ``quote_before_need``: 1 when the first quote went out before the customer had stated a need in any
        conversation, else 0; missing without a quote or without a transcript. ``phase_gap_crm``: the phase
        that fits the stage of the deal, less the buyer's phase. ``authority_contact``: 1 when someone of the
        customer came in after it had first come up who decides, else 0; missing as long as that has not
        come up, or nobody of the customer is known.

    Notes
    -----
    Needs the columns of `SAID`, and quote_at, stage_phase, newest_at and added_at (see `known_people`). A
    person added in the CRM at the very moment of that conversation came in by it; one who sat in it was
    there already.
    """
    quote, decider = pl.col("quote_at"), pl.col("decider_at")
    early = pl.col("need_at").is_null() | (quote < pl.col("need_at"))
    offered = quote.is_not_null() & pl.col("need_heard").fill_null(False)
    came_in = (pl.col("newest_at") > decider) | (pl.col("added_at") >= decider).fill_null(False)
    return {
        "quote_before_need": pl.when(offered).then(early.cast(pl.Float64)),
        "phase_gap_crm": pl.col("stage_phase") - pl.col("said_phase"),
        "authority_contact": pl.when(decider.is_not_null()).then(came_in.cast(pl.Float64)),
    }


def _before(value: pl.Expr) -> pl.Expr:
    """The value in the conversation before this one in which it could be measured."""
    return value.forward_fill().shift().over(DEAL)


def _latest(value: pl.Expr) -> pl.Expr:
    """The value in the last conversation in which it could be measured."""
    return value.forward_fill().over(DEAL)


def _so_far(value: pl.Expr) -> pl.Expr:
    return value.cum_sum().over(DEAL)


def _first_at(happened: pl.Expr) -> pl.Expr:
    """The start of the earliest conversation so far in which it happened."""
    return pl.when(happened).then("at").cum_min().forward_fill().over(DEAL)
