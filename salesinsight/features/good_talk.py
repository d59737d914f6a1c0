"""'Een goed gesprek': how pleasant it was against what it brought.

===================  =========================================================================  ============
feature              formula                                                                    source
===================  =========================================================================  ============
pleasant_rate        sentences of rapport, by anyone, per 100 turns                             001
progress_evidence    how many of five are there: an explicit need; an amount, number or term    001; Rackham
                     from the customer; a commitment of his that is a dated step; an
                     objection; someone else at the customer named or introduced
assent_flat          customer turns that only assent ("ja", "klopt") ÷ customer turns           001
buying_signal_count  customer turns that picture having it, or ask what one asks who wants it   001
aversion_count       customer turns with an objection or a refusal                              001
on_table_count       how many of three the customer laid on the table: a need, enthusiasm (a    001
                     buying signal or an own opinion), aversion
===================  =========================================================================  ============

An objection is progress: article 001 wants the customer's aversion on the table as much as his needs.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.answer import STEP
from salesinsight.features.measures import BOTH, CUSTOMER, Count, Kinds, Measure, Ratio

SAYS = pl.col("customer")
NEED = SAYS & (pl.col("n_need_explicit") > 0)
SIGNAL = SAYS & pl.col("buying_signal")
AVERSION = SAYS & (pl.col("objection") | pl.col("refusal"))

GOOD_TALK: dict[str, Measure] = {
    "pleasant_rate": Ratio(pl.col("spoken"), pl.col("spoken"), amount=pl.col("n_rapport"), scale=100),
    "progress_evidence": Kinds(
        {
            "need": NEED,
            "number": SAYS & (pl.col("n_quantity") > 0),
            "step": STEP["owned"] & STEP["dated"],
            "objection": SAYS & pl.col("objection"),
            "person": STEP["named"],
        },
        BOTH,
    ),
    "assent_flat": Ratio(SAYS & pl.col("bare"), SAYS),
    "buying_signal_count": Count(SIGNAL, given=CUSTOMER),
    "aversion_count": Count(AVERSION, given=CUSTOMER),
    "on_table_count": Kinds(
        {"need": NEED, "enthusiasm": SIGNAL | (SAYS & (pl.col("n_own_opinion") > 0)), "aversion": AVERSION},
        CUSTOMER,
    ),
}
