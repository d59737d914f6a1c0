"""How the conversation ended, as a class: order, advance, continuation or no_sale, and 'een goed gesprek'.

The dialogue tells (`salesinsight.speech.read_conversations`); where it leaves the outcome open, the seller's
note does. ``outcome_p`` is how sure the dialogue is, missing where the note told.

``good_talk`` is pleasant without progress: the dialogue says so, or the note does, and the outcome is
continuation or unknown. A clear no is not a 'goed gesprek' (article 001).
"""

from __future__ import annotations

import pandas as pd

DECIDED = ["order", "advance", "no_sale"]


def classify(talks: pd.DataFrame, phase: pd.Series, notes: pd.DataFrame | None) -> pd.DataFrame:
    """The class columns, from what the dialogue says and, where it is silent, from the note.

    Parameters
    ----------
    talks : pandas.DataFrame
        What `read_conversations` tells, by conversation_id; missing for conversations without a transcript.
    phase : pandas.Series
        ``phase_c``, same index.
    notes : pandas.DataFrame or None
        From `tag_notes`: ``outcome`` and ``good_talk`` by conversation_id.
    """
    told = talks["outcome"].astype("string")
    good = talks["good_talk"].astype("boolean")
    if notes is not None:
        told = told.fillna(notes["outcome"].reindex(talks.index).astype("string"))
        praised = notes["good_talk"].reindex(talks.index).astype("boolean")
        # `|` on missing flags: either yes is enough, and a missing one is no more than unknown
        good = good.fillna(praised) | praised.fillna(False)
    return pd.DataFrame(
        {
            "outcome_tagged": told,
            "outcome_p": talks["outcome_p"].astype("float64"),
            "good_talk": good & ~told.isin(DECIDED),
            "buyer_phase": phase.astype("Int64"),
        }
    )
