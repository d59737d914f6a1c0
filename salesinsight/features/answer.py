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
continuation_flag    1 when the talk closes warmly (rapport or thanks in the last 30 %), the    Rackham; 001
                     advance_score is at most ¼ and there is no clear no and no order; else 0
commit_balance       (customer turns that commit − those that stall) ÷ (both + 1)               change talk
promise_asym         promises of the seller ÷ (promises of both + 1)                            001
===================  =========================================================================  ============

An agreed step is a commitment or promise of the customer, his yes to a request (with the day or time that
the request named), that request itself, or the seller turn right after. The last answer to a request
counts. *Someone else named*: a commitment that names others who decide, or a yes to an introduction or to
talking it over at home. *Concrete deed*: the customer promises a deed of his own, or says yes to anything
but information. A promise of the seller is no step of the customer, and neither is passing it on with a vague
answer, or saying goodbye: "oké, tot dan" to what the seller announced is a yes to nothing new, and "bedankt,
prettig gesprek" a no to nothing.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import (
    BOTH,
    CUSTOMER,
    Balance,
    Combined,
    Kinds,
    Measure,
    Occurs,
    Ratio,
)
from salesinsight.features.turns import LAST_PART

REQUESTS, AGREED, COMMITS = pl.col("request"), pl.col("agreed"), pl.col("commits")
STEPPED = pl.col("stepped")
SAYS = pl.col("seller") | pl.col("customer")
STEP = {
    "owned": COMMITS,
    "dated": pl.col("dated_at_end"),
    "named": (COMMITS & (pl.col("n_gatekeeper") > 0))
    | (STEPPED & pl.col("request_kind").is_in(["introduction", "internal_discussion"])),
    "concrete": (COMMITS & (pl.col("n_promise") > 0)) | (STEPPED & (pl.col("request_kind") != "information")),
}
WARM = (pl.col("p") >= LAST_PART) & (pl.sum_horizontal("n_rapport", "n_ending_warm") > 0)
ORDER = STEPPED & (pl.col("request_kind") == "signature")
NO = pl.col("customer") & (pl.col("refusal") | (pl.col("answer") == "refuse"))

ANSWER: dict[str, Measure | Combined] = {
    "answer_accept_share": Ratio(AGREED, REQUESTS),
    "answer_vague_share": Ratio(REQUESTS & (pl.col("answered") == "vague"), REQUESTS),
    "answer_clear_no": Occurs(NO, CUSTOMER),
    "next_c_owned": Occurs(STEP["owned"], CUSTOMER),
    "next_dated": Occurs(STEP["dated"], BOTH),
    "advance_score": Kinds(STEP, BOTH, of=4),
    "closes_warmly": Occurs(WARM, BOTH),
    "is_decided": Occurs(ORDER | NO, BOTH),
    "continuation_flag": Combined(
        ("closes_warmly", "advance_score", "is_decided"),
        lambda warm, step, decided: warm * (step <= 0.25) * (1 - decided),
    ),
    "commit_balance": Balance(COMMITS, pl.col("customer") & pl.col("stall"), CUSTOMER),
    "promise_asym": Ratio(
        pl.col("seller"),
        SAYS,
        amount=pl.col("n_promise"),
        of_amount=pl.col("n_promise"),
        plus=(0, 1),
        given=BOTH,
    ),
}
