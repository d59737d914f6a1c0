"""Who talks, how long on end, and how the turns change hands.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
talk_share         seller words ÷ (seller + customer words)                                     Gong
monologue_s_max    words of the seller's longest stretch; backchannels don't break one          Gong; Zoom
monologue_c_max    the same of the customer                                                     Gong; Dynamics
switch_rate        changes between seller and customer per minute; needs a clock                Gong
patience_med       median pause in seconds before the seller speaks after the customer, an      Gong; Dynamics
                   overlap counting as 0; needs a clock with ends
interrupt_s_rate   seller turns that start ≥ 1 s before the customer's end, per 100 seller      Revenue.io
                   turns; needs a clock with ends
=================  ===========================================================================  ============

What the right share of talk is depends on the kind of conversation: describe it, don't aim at a number.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, both_heard


def talk(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of talk dynamics, one row per conversation."""
    seller, customer = pl.col("seller"), pl.col("customer")
    s_words, c_words = (pl.col("words").filter(side).sum() for side in ("seller", "customer"))
    after_customer = seller & (pl.col("role_before") == "customer")
    switch = after_customer | (customer & (pl.col("role_before") == "seller"))
    pause = pl.col("gap_before").filter(after_customer)
    timed = pl.col("ended").first() & seller.any()
    measured = turns.group_by(KEY).agg(
        talk_share=both_heard(s_words / (s_words + c_words)),
        switch_rate=both_heard(switch.sum() / pl.col("minutes").first()),
        patience_med=pause.clip(lower_bound=0).median(),
        interrupt_s_rate=pl.when(timed).then(100 * (pause <= -1).sum() / seller.sum()),
    )
    stretches = turns.drop_nulls("stretch").group_by(KEY, "stretch")
    longest = (
        stretches.agg(pl.col("words").sum(), pl.col("role").first())
        .group_by(KEY)
        .agg(
            monologue_s_max=pl.col("words").filter(pl.col("role") == "seller").max(),
            monologue_c_max=pl.col("words").filter(pl.col("role") == "customer").max(),
        )
    )
    return measured.join(longest, on=KEY, how="left")
