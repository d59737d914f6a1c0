"""How the seller asks: number, form and patience of his questions.

All count seller turns that hold a question (a turn with two questions is one question turn, and stacked).

=========================  ====================================================================  ============
feature                    formula                                                               source
=========================  ====================================================================  ============
question_s_count           seller turns with a question                                          Gong (rate)
question_s_rate            question_s_count ÷ hours; needs a clock                               Gong
question_open_share        open ÷ (open + closed); alternative questions in neither              000; Rackham
question_leading_share     leading or tag questions ÷ question_s_count                           000
question_stacked_share     seller stretches with ≥ 2 questions ÷ stretches with ≥ 1              001
question_answer_len        median words of the customer turn right after an open question        000
=========================  ====================================================================  ============

The expected directions in the catalog are registered hypotheses, no findings: Rackham found no effect of
open against closed questions, and the best number of questions is thought to lie in the middle.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, heard, share


def question(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of the seller's questions, one row per conversation."""
    asked = pl.col("seller") & pl.col("question")
    is_open, is_closed = pl.col("question_form") == "open", pl.col("question_form") == "closed"
    answer = asked & is_open & (pl.col("role_after") == "customer")
    count = asked.sum()
    measured = turns.group_by(KEY).agg(
        question_s_count=heard("seller", count),
        question_s_rate=heard("seller", count / (pl.col("minutes").first() / 60)),
        question_open_share=share(is_open, asked & (is_open | is_closed)),
        question_leading_share=share(pl.col("is_leading") | pl.col("is_tag"), asked),
        question_answer_len=pl.col("words_after").filter(answer).median(),
    )
    stretches = turns.filter("seller").drop_nulls("stretch").group_by(KEY, "stretch")
    stacked = (
        stretches.agg(pl.col("questions").sum())
        .group_by(KEY)
        .agg(question_stacked_share=share(pl.col("questions") >= 2, pl.col("questions") >= 1))
    )
    return measured.join(stacked, on=KEY, how="left")
