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

from salesinsight.features.measures import BOTH, Measure, Pick, Ratio

SELLER, CUSTOMER, WORDS = pl.col("seller"), pl.col("customer"), pl.col("words")
PAUSE = pl.col("gap_before")

TALK: dict[str, Measure] = {
    "talk_share": Ratio(SELLER, SELLER | CUSTOMER, amount=WORDS, of_amount=WORDS, given=BOTH),
    "monologue_s_max": Pick("largest", pl.col("stretch_words"), pl.col("opens") & SELLER),
    "monologue_c_max": Pick("largest", pl.col("stretch_words"), pl.col("opens") & CUSTOMER),
    "switch_rate": Ratio(pl.col("switches"), pl.col("closes"), of_amount=pl.col("minutes"), given=BOTH),
    "patience_med": Pick("median", PAUSE.clip(lower_bound=0), pl.col("after_customer")),
    "interrupt_s_rate": Ratio(pl.col("after_customer") & (PAUSE <= -1), SELLER, scale=100, given=("ended",)),
}
