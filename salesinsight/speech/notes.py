"""Notes: what the seller's own words about a conversation say about how it went."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesinsight.errors import MissingColumns
from salesinsight.language import load_pack, match_cues
from salesinsight.schema import OUTCOMES
from salesinsight.speech.scores import likeliest, named, score_hits

ACTS_IN_NOTES = ("action_request", "commitment", "stall", "refusal")


def tag_notes(conversations: pd.DataFrame, language: str = "nl") -> pd.DataFrame:
    """Read the seller's own notes: how the conversation ended, and whether it was a 'goed gesprek'.

    Parameters
    ----------
    conversations : pandas.DataFrame
        conversation_id and note.
    language : str, default "nl"
        The language pack to use.

    Returns
    -------
    pandas.DataFrame
        One row per conversation, index conversation_id: outcome (order, advance, continuation, no_sale),
        outcome_p, good_talk (boolean), good_talk_p, action_request_p, commitment_p, stall_p, refusal_p.
        Missing where there is no note; outcome is also missing where the note doesn't tell.

    Raises
    ------
    MissingColumns
        When conversation_id or note is absent.

    Notes
    -----
    good_talk is article 001's warning: the note praises the talk, and tells of no order and no next step.

    Examples
    --------
    >>> talks = pd.DataFrame({"conversation_id": ["c1"], "note": ["Goed gesprek gehad, fijne sfeer."]})
    >>> tag_notes(talks)[["outcome", "good_talk"]].to_dict("records")
    [{'outcome': 'continuation', 'good_talk': True}]
    """
    absent = [name for name in ("conversation_id", "note") if name not in conversations]
    if absent:
        raise MissingColumns(table="conversations", absent=absent, present=list(conversations.columns))
    pack = load_pack(language)
    n = len(conversations)
    hits = match_cues(conversations["note"], pack, families=["notes"], with_words=False)
    labels = pack.cues.filter(pack.cues["family"] == "notes")["label"].unique().sort().to_list()
    scores = score_hits(hits["row"].to_numpy(), hits["label"], hits["weight"].to_numpy(), labels, n)
    progress = np.maximum(scores["note_order"], scores["note_advance"])
    outcomes = np.stack([scores[f"note_{outcome}"] for outcome in OUTCOMES], axis=1)
    outcomes[:, OUTCOMES.index("continuation")] *= 1 - progress  # praise takes nothing from a next step
    best, p = likeliest(outcomes, pack.threshold("outcome"))
    good_talk_p = scores["note_good_talk"] * (1 - progress)
    tags = pd.DataFrame(
        {
            "outcome": named(best, OUTCOMES),
            "outcome_p": p,
            "good_talk": pd.array(good_talk_p >= pack.threshold("good_talk"), dtype="boolean"),
            "good_talk_p": good_talk_p,
        }
        | {f"{act}_p": scores[f"note_{act}"] for act in ACTS_IN_NOTES},
        index=pd.Index(conversations["conversation_id"], name="conversation_id"),
    )
    unwritten = conversations["note"].astype("string").str.strip().fillna("").eq("").to_numpy(dtype=bool)
    return tags.apply(lambda column: column.mask(unwritten))
