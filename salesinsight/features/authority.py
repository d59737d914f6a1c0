"""The popje: signs that this contact doesn't decide.

===================  =========================================================================  ============
feature              formula                                                                    source
===================  =========================================================================  ============
authority_ref_count  customer turns that leave the decision to someone else                     004
authority_asked      1 when the seller asks who decides, else 0                                 004
authority_present    1 when a decider of the customer attended, 0 when all who did are known    Gong; 004
                     not to decide; missing when that isn't known
===================  =========================================================================  ============

"I'll put it to my management team" with an own opinion and a date is a commitment, and isn't counted here.
"""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.features.turns import KEY, heard
from salesinsight.schema import Export


def authority(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of who decides, as said in the conversation, one row per conversation."""
    return turns.group_by(KEY).agg(
        authority_ref_count=heard("customer", (pl.col("customer") & pl.col("gatekeeper")).sum()),
        authority_asked=heard("seller", (pl.col("seller") & pl.col("decision_maker_probe")).any()),
    )


def decider_present(export: Export) -> pd.Series:
    """Whether someone who decides attended, from attendance and people; needs no transcript."""
    customers = export.people[export.people["side"] == "customer"]
    came = export.attendance.merge(customers[["person_id", "decision_role"]], on="person_id")
    role = came["decision_role"].mask(came["decision_role"] == "unknown")
    decides = (role == "decider").astype("Float64").mask(role.isna())
    by_talk = decides.groupby(came["conversation_id"])
    present = by_talk.max().where((by_talk.max() == 1) | (by_talk.count() == by_talk.size()))
    return present.reindex(export.conversations["conversation_id"]).astype("float64")
