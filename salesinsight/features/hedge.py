"""Misschien in words: the customer hedges, defers, doesn't know.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
hedge_c_rate       hedging sentences per 100 customer turns; one that only hints at it          001; JOLT
                   ("ik denk") is half a hedge
hedge_c_end        the same over the customer turns in the last 20 %                            JOLT
defer_count        customer sentences that put it off                                           practice
dontknow_count     customer sentences that say he doesn't know                                  004
=================  ===========================================================================  ============

In research on change talk, early hesitation also preceded large steps forward: the sign is a hypothesis.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import CUSTOMER, Count, Measure, Ratio
from salesinsight.features.turns import LAST_FIFTH

SAYS = pl.col("customer")
LATE = SAYS & (pl.col("p") >= LAST_FIFTH)
HEDGING = pl.col("hedging")

HEDGE: dict[str, Measure] = {
    "hedge_c_rate": Ratio(SAYS, SAYS, amount=HEDGING, scale=100),
    "hedge_c_end": Ratio(LATE, LATE, amount=HEDGING, scale=100),
    "defer_count": Count(SAYS, pl.col("n_defer"), CUSTOMER),
    "dontknow_count": Count(SAYS, pl.col("n_dont_know"), CUSTOMER),
}
