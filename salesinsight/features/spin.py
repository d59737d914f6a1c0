"""SPIN: which of the four kinds of question the seller asks, and whether a need is on the table.

=====================  =========================================================================  ============
feature                formula                                                                    source
=====================  =========================================================================  ============
spin_s … spin_n        seller questions of that kind (situation, problem, implication,            003; Rackham
                       need-payoff) ÷ seller questions
spin_depth             (I + N + ½) ÷ (S + P + I + N + 1); missing when no question has a kind     003; Rackham
need_explicit_count    customer sentences that state a want, wish or requirement                  Rackham; 000
offer_before_need      1 when the seller's first offer comes before the first explicit need, or   000
                       no need follows; 0 otherwise
=====================  =========================================================================  ============

The halves in spin_depth keep one implication question in a short conversation from counting as all depth.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, both_heard, heard, share


def spin(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of SPIN questions and needs, one row per conversation."""
    asked, kind = pl.col("seller") & pl.col("question"), pl.col("spin")
    typed = (asked & kind.is_not_null()).sum()
    deep = (asked & kind.is_in(["implication", "need_payoff"])).sum()
    offer = pl.col("turn").filter(pl.col("seller") & (pl.col("n_pitch") > 0)).min()
    need = pl.col("turn").filter(pl.col("customer") & (pl.col("n_need_explicit") > 0)).min()
    early = offer.is_not_null() & (need.is_null() | (offer < need))
    return turns.group_by(KEY).agg(
        spin_s=share(kind == "situation", asked),
        spin_p=share(kind == "problem", asked),
        spin_i=share(kind == "implication", asked),
        spin_n=share(kind == "need_payoff", asked),
        spin_depth=pl.when(typed > 0).then((deep + 0.5) / (typed + 1)),
        need_explicit_count=heard("customer", pl.col("n_need_explicit").filter("customer").sum()),
        offer_before_need=both_heard(early),
    )
