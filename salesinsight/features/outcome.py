"""How the conversation ended, as a class: order, advance, continuation or no_sale, and 'een goed gesprek'.

The first of these that holds:

1. *order*: the customer says yes to signing.
2. *advance*: in the second half he commits to a step, or says yes to a request for more than information,
   and no refusal comes after it (a no to another request takes nothing back).
3. *no_sale*: he refuses in the last 30 %.
4. *continuation*: he answered vaguely, put it off, didn't know, or agreed to something small or early.
5. Else what the seller's note says, else *continuation* when it was pleasant, else nothing is known.

``good_talk`` is pleasant without progress: rapport in at least two turns, or the note says so, and the
outcome is continuation or unknown. A clear no is not a 'goed gesprek' (article 001).
"""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.features.turns import KEY, LAST_PART

SECOND_HALF = 0.5
PLEASANT_TURNS = 2  # one courtesy at the door doesn't make a conversation pleasant


def outcome(turns: pl.DataFrame) -> pl.DataFrame:
    """What the dialogue itself says, one row per conversation: ending (or missing), pleasant."""
    customer, place = pl.col("customer"), pl.col("turn")
    answer, kind = pl.col("answer").fill_null(""), pl.col("answered_kind").fill_null("")
    accepts, refusal = pl.col("accepts"), customer & pl.col("refusal")
    step = pl.col("commits") | (accepts & (kind != "information"))
    step_at = place.filter(step & (pl.col("p") >= SECOND_HALF)).max()
    back_at = place.filter(refusal & (answer == "")).max()
    refuses = (refusal | (customer & (answer == "refuse"))) & (pl.col("p") >= LAST_PART)
    wavers = pl.col("stall") | (pl.col("n_defer") > 0) | (pl.col("n_dont_know") > 0) | (answer == "vague")
    ending = (
        pl.when((accepts & (kind == "signature")).any())
        .then(pl.lit("order"))
        .when(step_at.is_not_null() & (back_at.is_null() | (back_at <= step_at)))
        .then(pl.lit("advance"))
        .when(refuses.any())
        .then(pl.lit("no_sale"))
        .when((customer & (wavers | step | accepts)).any())
        .then(pl.lit("continuation"))
    )
    return turns.group_by(KEY).agg(ending=ending, pleasant=(pl.col("n_rapport") > 0).sum() >= PLEASANT_TURNS)


def classify(
    ending: pd.Series, pleasant: pd.Series, phase: pd.Series, notes: pd.DataFrame | None
) -> pd.DataFrame:
    """The class columns, from what the dialogue says and, where it is silent, from the note.

    Parameters
    ----------
    ending, pleasant : pandas.Series
        From `outcome`, index conversation_id; missing for conversations without a transcript.
    phase : pandas.Series
        ``phase_c``, same index.
    notes : pandas.DataFrame or None
        From `tag_notes`: ``outcome`` and ``good_talk`` by conversation_id.
    """
    index = ending.index
    noted = pd.Series(pd.NA, index=index, dtype="string")
    praised = pd.Series(pd.NA, index=index, dtype="boolean")
    if notes is not None:
        noted, praised = noted.fillna(notes["outcome"].astype("string")), praised.fillna(notes["good_talk"])
    said = ending.astype("string").fillna(noted)
    nice = pleasant.astype("boolean")
    tagged = said.mask(said.isna() & nice.fillna(False), "continuation")
    # `|` on missing flags: either yes is enough, and a missing one is no more than unknown
    friendly = nice.fillna(praised) | praised.fillna(False)
    flat = ~tagged.isin(["order", "advance", "no_sale"])
    classes = {"outcome_tagged": tagged, "good_talk": friendly & flat, "buyer_phase": phase.astype("Int64")}
    return pd.DataFrame(classes, index=index)
