"""Productive discomfort: silence after a question, and confronting the customer.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
silence_after_q    seller questions followed by a pause of ≥ 3 seconds ÷ seller questions;      001; Curhan
                   needs a clock with ends
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
    return turns.group_by(KEY).agg(
        silence_after_q=pl.when(pl.col("ended").first()).then(share(pl.col("gap_after") >= SILENCE_S, asked)),
        challenge_count=heard("seller", pl.col("n_confront").filter("seller").sum()),
    )
