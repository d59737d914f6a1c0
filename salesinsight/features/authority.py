"""The popje: signs that this contact doesn't decide.

=====================  =======================================================================  ============
feature                formula                                                                  source
=====================  =======================================================================  ============
authority_ref_count    customer turns that leave the decision to someone else, and don't say    004
                       that he decides himself
authority_asked        1 when the seller asks who decides, else 0                               004
authority_introduced   1 when the customer says yes to bringing in who decides, else 0          004
vague_objection_share  objections without a number, a reason or a moment ÷ objections           004
=====================  =======================================================================  ============

"I'll put it to my management team" with an own opinion and a date is a commitment, and isn't counted here.
Who was at the table stands in `salesinsight.features.records`.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import BOTH, CUSTOMER, SELLER, Count, Measure, Occurs, Ratio

SAYS = pl.col("customer")
REFERS = SAYS & pl.col("gatekeeper") & (pl.col("n_decides_self") == 0)  # "mijn compagnon en ik beslissen"
OBJECTS = SAYS & pl.col("objection")
VAGUE = OBJECTS & (pl.sum_horizontal("n_quantity", "n_reason", "n_time_expression") == 0)
INTRODUCED = pl.col("stepped") & (pl.col("request_kind") == "introduction")

AUTHORITY: dict[str, Measure] = {
    "authority_ref_count": Count(REFERS, given=CUSTOMER),
    "authority_asked": Occurs(pl.col("seller") & pl.col("decision_maker_probe"), SELLER),
    "authority_introduced": Occurs(INTRODUCED, BOTH),
    "vague_objection_share": Ratio(VAGUE, OBJECTS),
}
