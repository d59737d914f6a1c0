"""Push and pull: whose reasons the seller's questions and stories start from.

===============  =============================================================================  ========
feature          formula                                                                        source
===============  =============================================================================  ========
push_q_share     seller questions that carry their answer (his own offer) ÷ seller questions    000
pull_q_share     seller questions wholly about the customer ÷ seller questions                  000
push_pull_index  (push − pull) ÷ (push + pull + 1); missing without seller questions            000
we_you_ratio     (words for "we" + 1) ÷ (words for "you" + 1) in the seller's turns             000
pitch_len_max    words of the seller's longest stretch without a question and with at least     000; Gong
                 two sentences about his offer; 0 without one
mirror_rate      seller turns right after a customer turn that take up a long word from it,     000
                 per 100 of those
===============  =============================================================================  ========

A long word has at least seven letters and is none of the language pack's function words: without a parser
that is the nearest to "a word that carries content". What says when, and a name that a capital in the middle
of a sentence gives away, is repeated to agree on it and left out.

Push can suit a proposition: the direction in the catalog is a hypothesis to test per product.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import SELLER, Balance, Measure, Pick, Ratio

ASKED, SAYS = pl.col("asked"), pl.col("seller")
PUSH, PULL = (ASKED & (pl.col("push_pull") == side) for side in ("push", "pull"))
PITCH = pl.col("opens") & SAYS & (pl.col("stretch_questions") == 0) & (pl.col("stretch_offers") >= 2)

PUSH_PULL: dict[str, Measure] = {
    "push_q_share": Ratio(PUSH, ASKED),
    "pull_q_share": Ratio(PULL, ASKED),
    "push_pull_index": Balance(PUSH, PULL, given=("asked",)),
    "we_you_ratio": Ratio(
        SAYS, SAYS, amount=pl.col("n_we"), of_amount=pl.col("n_you"), plus=(1, 1), given=SELLER
    ),
    "pitch_len_max": Pick("largest", pl.col("stretch_words"), PITCH, none=0, given=SELLER),
    "mirror_rate": Ratio(pl.col("mirrors"), pl.col("after_customer"), scale=100),
}
