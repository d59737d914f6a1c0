"""Who leads: the customer who asks, thinks along.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
question_c_count   customer turns with a question                                               000
question_c_share   question_c_count ÷ (question_s_count + question_c_count)                     000
=================  ===========================================================================  ============

Endless requests for information can also be a way not to decide: the sign is a hypothesis.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, both_heard, heard, share


def lead(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of the customer's questions, one row per conversation."""
    customer, asked = pl.col("customer"), pl.col("question") & (pl.col("seller") | pl.col("customer"))
    return turns.group_by(KEY).agg(
        question_c_count=heard("customer", (customer & pl.col("question")).sum()),
        question_c_share=both_heard(share(customer, asked)),
    )
