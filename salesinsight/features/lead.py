"""Who leads: the customer who asks and thinks along.

==================  ==========================================================================  ========
feature             formula                                                                     source
==================  ==========================================================================  ========
question_c_count    customer turns with a question                                              000
question_c_share    question_c_count ÷ (question_s_count + question_c_count)                    000
question_c_process  customer questions about price and risk, or as one asks who sees himself    000
                    having it (when it starts, how paying goes)
==================  ==========================================================================  ========

Endless requests for information can also be a way not to decide: the sign is a hypothesis.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import BOTH, CUSTOMER, Count, Measure, Ratio

ASKS = pl.col("customer") & pl.col("question")
PROCESS = ASKS & ((pl.col("phase") == 3) | pl.col("buying_signal"))

LEAD: dict[str, Measure] = {
    "question_c_count": Count(ASKS, given=CUSTOMER),
    "question_c_share": Ratio(ASKS, ASKS | pl.col("asked"), given=BOTH),
    "question_c_process": Count(PROCESS, given=CUSTOMER),
}
