"""Push and pull: whose reasons the seller's questions start from.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
push_q_share       seller questions that carry their answer (his own offer) ÷ seller questions  000
pull_q_share       seller questions wholly about the customer ÷ seller questions                000
push_pull_index    (push − pull) ÷ (push + pull + 1); missing without seller questions          000
we_you_ratio       (words for "we" + 1) ÷ (words for "you" + 1) in the seller's turns           000
=================  ===========================================================================  ============

Push can suit a proposition: the direction in the catalog is a hypothesis to test per product.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, heard, share


def push_pull(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of push and pull, one row per conversation."""
    asked = pl.col("seller") & pl.col("question")
    is_push, is_pull = pl.col("push_pull") == "push", pl.col("push_pull") == "pull"
    push, pull = (asked & is_push).sum().cast(pl.Float64), (asked & is_pull).sum().cast(pl.Float64)
    we, you = (pl.col(name).filter("seller").sum() for name in ("n_we", "n_you"))
    return turns.group_by(KEY).agg(
        push_q_share=share(is_push, asked),
        pull_q_share=share(is_pull, asked),
        push_pull_index=pl.when(asked.any()).then((push - pull) / (push + pull + 1)),
        we_you_ratio=heard("seller", (we + 1) / (you + 1)),
    )
