"""Who leads: the customer who asks, thinks along; the seller who asks on, follows him.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
question_c_count   customer turns with a question                                               000
question_c_share   question_c_count ÷ (question_s_count + question_c_count)                     000
follow_up_share    answers to the seller's questions and objections that he asks on about ÷     000; Rackham
                   all of those
=================  ===========================================================================  ============

Asking on: the customer says something after a question, or objects, and the seller's very next turn is a
question, not a request. A bare "ja" gives nothing to ask on about.

Endless requests for information can also be a way not to decide: the sign is a hypothesis.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, both_heard, heard, share


def lead(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of the customer's questions, one row per conversation."""
    customer, asked = pl.col("customer"), pl.col("question") & (pl.col("seller") | pl.col("customer"))
    asks = pl.col("seller") & pl.col("question")
    turns = turns.with_columns(
        asked_before=asks.shift(1).over(KEY).fill_null(False),
        asks_on=(asks & ~pl.col("request")).shift(-1).over(KEY).fill_null(False),
    )
    told = customer & ~pl.col("bare") & (pl.col("objection") | pl.col("asked_before"))
    return turns.group_by(KEY).agg(
        question_c_count=heard("customer", (customer & pl.col("question")).sum()),
        question_c_share=both_heard(share(customer, asked)),
        follow_up_share=both_heard(share(pl.col("asks_on"), told)),
    )
