"""'Een goed gesprek': how pleasant it was against what it brought.

=================  ===========================================================================  ============
feature            formula                                                                      source
=================  ===========================================================================  ============
pleasant_rate      sentences of rapport, by anyone, per 100 turns                               001
progress_evidence  how many of five are there: an explicit need; an amount, number or term      001; Rackham
                   from the customer; a dated step that the customer owns; an objection; someone
                   else at the customer named or introduced
assent_flat        customer turns that only assent ("ja", "klopt") ÷ customer turns             001
note_goed_gesprek  1 when the seller's note calls it a good talk while no next step is          001
                   recorded and the note tells of no order, step or no; 0 for other notes
=================  ===========================================================================  ============

An objection is progress: article 001 wants the customer's aversion on the table as much as his needs.
"""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.features.answer import STEP
from salesinsight.features.turns import KEY, both_heard, share


def good_talk(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of pleasantness against progress, one row per conversation."""
    customer = pl.col("customer")
    evidence = [
        (customer & (pl.col("n_need_explicit") > 0)).any(),
        (customer & (pl.col("n_quantity") > 0)).any(),
        STEP["owned"].any() & STEP["dated"].any(),
        (customer & pl.col("objection")).any(),
        STEP["named"].any(),
    ]
    return turns.group_by(KEY).agg(
        pleasant_rate=100 * pl.col("n_rapport").sum() / pl.len(),
        progress_evidence=both_heard(pl.sum_horizontal(evidence)),
        assent_flat=share(pl.col("bare"), customer),
    )


def noted_good_talk(conversations: pd.DataFrame, notes: pd.DataFrame | None) -> pd.Series:
    """Whether the seller's own note says 'een goed gesprek' and nothing more; missing without a note."""
    ids = conversations["conversation_id"]
    if notes is None:
        return pd.Series(float("nan"), index=ids, dtype="float64")
    known = notes.reindex(ids)
    step = conversations[["next_step", "next_step_at"]].notna().any(axis=1).to_numpy()
    decided = known["outcome"].isin(["order", "advance", "no_sale"]).to_numpy(dtype=bool)
    praised = known["good_talk"].astype("Float64").to_numpy(dtype="float64", na_value=float("nan"))
    return pd.Series(praised, index=ids).mask((praised == 1) & (step | decided), 0.0)
