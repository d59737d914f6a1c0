"""Productive discomfort: silence after a question, rescuing the customer from it, and confronting him.

=====================  =======================================================================  ============
feature                formula                                                                  source
=====================  =======================================================================  ============
silence_after_q        seller questions followed by a pause of ≥ 3 seconds ÷ seller             001; Curhan
                       questions; needs a clock with ends
silence_c_breaks       those that the customer breaks ÷ those                                   001
rescue_count           seller questions that he doesn't leave with the customer: his own next   001
                       turn asks anew, answers with a reason or a pitch, or gives a discount
extra_q_after_resist   objections and hedges of the customer with a seller's question in the    001
                       two turns after ÷ all of those
challenge_count        seller sentences that confront the customer with a problem               001; CEB
challenge_x_hedge      challenge_count × hedge_c_rate: pressing a customer who can't decide     JOLT; 001
problem_owned          confronting turns after which the customer states trouble or a need      001
                       within four turns ÷ confronting turns
=====================  =======================================================================  ============

The sources disagree. Silence helped the party of higher status in Curhan's study, and a seller often has
the lower one; pressing a customer who can't decide is said to drive him away (JOLT).
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import SELLER, Combined, Count, Measure, Ratio

ASKED, RESISTS, CHALLENGES = pl.col("asked"), pl.col("resists"), pl.col("challenges")
SILENCE = ASKED & pl.col("silent_after")

DISCOMFORT: dict[str, Measure | Combined] = {
    "silence_after_q": Ratio(SILENCE, ASKED, given=("ended",)),
    "silence_c_breaks": Ratio(SILENCE & (pl.col("role_after") == "customer"), SILENCE),
    "rescue_count": Count(pl.col("rescued"), given=SELLER),
    "extra_q_after_resist": Ratio(pl.col("asked_after_resistance"), RESISTS),
    "challenge_count": Count(pl.col("seller"), pl.col("n_confront"), SELLER),
    "challenge_x_hedge": Combined(
        ("challenge_count", "hedge_c_rate"), lambda challenges, hedging: challenges * hedging
    ),
    "problem_owned": Ratio(pl.col("owned"), CHALLENGES),
}
