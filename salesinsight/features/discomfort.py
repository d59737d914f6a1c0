"""Productive discomfort: silence after a question, rescuing the customer from it, and confronting him.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
silence_after_q    seller questions followed by a pause of ≥ 3 seconds ÷ seller questions;      001; Curhan
                   needs a clock with ends
rescue_count       seller questions that he doesn't leave with the customer: his own next turn   001
                   asks anew, answers with a reason or a pitch, or gives a discount
challenge_count    seller sentences that confront the customer with a problem                   001; CEB
=================  ===========================================================================  ============

The sources disagree. Silence helped the party of higher status in Curhan's study, and a seller often has
the lower one; pressing a customer who can't decide is said to drive him away (JOLT).
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, heard, share

SILENCE_S = 3


def discomfort(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of productive discomfort, one row per conversation."""
    asked = pl.col("seller") & pl.col("question")
    fills = pl.col("question") | (pl.sum_horizontal("n_reason", "n_pitch", "n_discount") > 0)
    rescued = asked & (pl.col("seller") & fills).shift(-1).over(KEY).fill_null(False)
    return (
        turns.with_columns(rescued=rescued)
        .group_by(KEY)
        .agg(
            silence_after_q=pl.when(pl.col("ended").first()).then(
                share(pl.col("gap_after") >= SILENCE_S, asked)
            ),
            rescue_count=heard("seller", pl.col("rescued").sum()),
            challenge_count=heard("seller", pl.col("n_confront").filter("seller").sum()),
        )
    )
