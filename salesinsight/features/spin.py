"""SPIN: which of the four kinds of question the seller asks, and whether a need is on the table.

====================  ==========================================================================  ============
feature               formula                                                                     source
====================  ==========================================================================  ============
spin_s … spin_n       seller questions of that kind (situation, problem, implication,             003; Rackham
                      need-payoff) ÷ seller questions
spin_depth            (I + N + ½) ÷ (S + P + I + N + 1); missing when no question has a kind      003; Rackham
need_explicit_count   customer sentences that state a want, wish or requirement                   Rackham; 000
need_conversion       (those + ½) ÷ (customer sentences that only tell of trouble + 1)            Rackham
need_quantified       1 when the customer names a number within two turns after a problem or      003
                      implication question, else 0
self_explain_rate     sentences with a reason per 100 customer turns that come within two turns   003
                      after an implication or need-payoff question
offer_before_need     1 when the seller's first offer comes before the first explicit need, or    000
                      no need follows; 0 otherwise
====================  ==========================================================================  ============

A question that asks for action or who decides is of no kind, and a kind counts where it is likelier than not.
A want inside a question states no need: "wat hebben jullie van ons nodig?"

The halves in spin_depth keep one implication question in a short conversation from counting as all depth.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import BOTH, CUSTOMER, Count, Measure, Occurs, Ratio

ASKED, SAYS = pl.col("asked"), pl.col("customer")
SITUATION, PROBLEM, IMPLICATION, NEED_PAYOFF = (
    ASKED & (pl.col("spin") == kind) for kind in ("situation", "problem", "implication", "need_payoff")
)

SPIN: dict[str, Measure] = {
    "spin_s": Ratio(SITUATION, ASKED),
    "spin_p": Ratio(PROBLEM, ASKED),
    "spin_i": Ratio(IMPLICATION, ASKED),
    "spin_n": Ratio(NEED_PAYOFF, ASKED),
    "spin_depth": Ratio(IMPLICATION | NEED_PAYOFF, pl.col("typed"), plus=(0.5, 1), given=("typed",)),
    "need_explicit_count": Count(SAYS, pl.col("n_need_explicit"), CUSTOMER),
    "need_conversion": Ratio(
        SAYS,
        SAYS,
        amount=pl.col("n_need_explicit"),
        of_amount=pl.col("n_need_implied"),
        plus=(0.5, 1),
        given=CUSTOMER,
    ),
    "need_quantified": Occurs(pl.col("quantifies"), BOTH),
    "self_explain_rate": Ratio(
        pl.col("explains_after"), pl.col("explains_after"), amount=pl.col("n_reason"), scale=100
    ),
    "offer_before_need": Occurs(pl.col("offer_early"), BOTH),
}
