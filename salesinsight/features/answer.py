"""What the customer commits to: an advance or a continuation.

===================  =========================================================================  ============
feature              formula                                                                    source
===================  =========================================================================  ============
answer_accept_share  requests answered yes ÷ requests                                           Rackham
answer_vague_share   requests answered vaguely or put off ÷ requests                            001
answer_clear_no      1 when the customer refuses a request or an offer outright, else 0         001
next_c_owned         1 when the customer says he will do something, else 0                      Rackham
next_dated           1 when an agreed step in the last 30 % carries a day or time, else 0       Rackham
advance_score        (customer-owned + dated + someone else named + concrete deed) ÷ 4          Rackham
===================  =========================================================================  ============

An agreed step is a commitment or promise of the customer, his yes to a request (with the day or time that
the request named), that request itself, or the seller turn right after. The last answer to a request
counts. *Someone else named*: a commitment that names others who decide, or a yes to an introduction or to
talking it over at home. *Concrete deed*: the customer promises a deed of his own, or says yes to anything
but information. A promise of the seller is no step of the customer.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, LAST_PART, both_heard, heard, share

STEP = {
    "owned": pl.col("commits"),
    "dated": pl.col("agreed_step") & pl.col("dated") & (pl.col("p") >= LAST_PART),
    "named": (pl.col("commits") & (pl.col("n_gatekeeper") > 0))
    | (pl.col("agreed") & pl.col("request_kind").is_in(["introduction", "internal_discussion"])),
    "concrete": (pl.col("commits") & (pl.col("n_promise") > 0))
    | (pl.col("agreed") & (pl.col("request_kind") != "information")),
}


def answer(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of answers and commitments, one row per conversation."""
    requests = pl.col("request")
    no = pl.col("customer") & (pl.col("refusal") | (pl.col("answer") == "refuse").fill_null(False))
    return turns.group_by(KEY).agg(
        answer_accept_share=share(pl.col("agreed"), requests),
        answer_vague_share=share((pl.col("answered") == "vague").fill_null(False), requests),
        answer_clear_no=heard("customer", no.any()),
        next_c_owned=heard("customer", STEP["owned"].any()),
        next_dated=both_heard(STEP["dated"].any()),
        advance_score=both_heard(pl.sum_horizontal(part.any() for part in STEP.values()) / 4),
    )
