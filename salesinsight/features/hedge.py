"""Misschien in words: the customer hedges, defers, doesn't know.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
hedge_c_rate       hedging sentences per 100 customer turns, each by the weight of its          001; JOLT
                   strongest cue ("ik denk" is half a hedge)
hedge_c_end        the same over the customer turns in the last 20 %                            JOLT
defer_count        customer sentences that put it off                                           practice
dontknow_count     customer sentences that say he doesn't know                                  004
=================  ===========================================================================  ============

In research on change talk, early hesitation also preceded large steps forward: the sign is a hypothesis.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, LAST_FIFTH, heard


def hedge(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of hedging, one row per conversation."""
    customer, late = pl.col("customer"), pl.col("customer") & (pl.col("p") >= LAST_FIFTH)
    hedging = pl.col("hedging")
    return turns.group_by(KEY).agg(
        hedge_c_rate=100 * hedging.filter(customer).sum() / customer.sum(),
        hedge_c_end=100 * hedging.filter(late).sum() / late.sum(),
        defer_count=heard("customer", pl.col("n_defer").filter(customer).sum()),
        dontknow_count=heard("customer", pl.col("n_dont_know").filter(customer).sum()),
    )
