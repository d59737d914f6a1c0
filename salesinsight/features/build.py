"""Conversations to numbers: one row per conversation, every column in the catalog."""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.features.answer import answer
from salesinsight.features.authority import authority, decider_present
from salesinsight.features.catalog import feature_catalog
from salesinsight.features.discomfort import discomfort
from salesinsight.features.good_talk import good_talk, noted_good_talk
from salesinsight.features.hedge import hedge
from salesinsight.features.lead import lead
from salesinsight.features.outcome import classify
from salesinsight.features.phase import phase
from salesinsight.features.push_pull import push_pull
from salesinsight.features.quality import quality
from salesinsight.features.question import question
from salesinsight.features.request import request
from salesinsight.features.spin import spin
from salesinsight.features.talk import talk
from salesinsight.features.tracker import tracker
from salesinsight.features.turns import CUE_FAMILIES, KEY, prepare, refuse_untagged
from salesinsight.language import load_pack, match_cues
from salesinsight.schema import Export
from salesinsight.speech.dialogue import conversations_from

FAMILIES = (
    question,
    spin,
    push_pull,
    talk,
    lead,
    request,
    answer,
    good_talk,
    discomfort,
    hedge,
    authority,
    phase,
    quality,
)


def conversation_features(
    export: Export, tagged: pd.DataFrame, notes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Measure each conversation: one row of numbers per conversation, from that conversation alone.

    Parameters
    ----------
    export : Export
        Its conversations give the rows and their order; its people and attendance tell who was there.
    tagged : pandas.DataFrame
        The turns with their speech acts, from `tag_turns`.
    notes : pandas.DataFrame, optional
        The seller's notes as tagged by `tag_notes`.

    Returns
    -------
    pandas.DataFrame
        Index conversation_id; the columns of stage "conversation" (``float64``) and "class"
        (``outcome_tagged``, ``outcome_p``, ``good_talk``, ``buyer_phase``) of `feature_catalog`, in its
        order; before the classes
        ``tracker_<name>_count`` and ``tracker_<name>_share`` where the turns were tagged with trackers.

    Raises
    ------
    MissingColumns
        When `tagged` lacks the columns that `tag_turns` gives.

    Notes
    -----
    NaN is "can't be known": a conversation without a transcript, a side without turns, a measure of time
    without a clock, a share of nothing. Where there is a transcript, a count of what wasn't said is 0.
    Units, formulas and sources stand in `feature_catalog`. A note counts from the moment it was entered:
    a note written after the moment of prediction must not be given.

    Examples
    --------
    >>> import salesinsight as si
    >>> export = si.make_sample(n_deals=5)
    >>> features = si.conversation_features(export, si.tag_turns(export.turns))
    >>> len(features) == len(export.conversations)
    True
    """
    refuse_untagged(tagged)
    pack = load_pack(export.language)
    texts, roles = pl.from_pandas(tagged["text"]), pl.from_pandas(tagged["role"])
    hits = match_cues(texts, pack, roles=roles, families=CUE_FAMILIES, with_words=False)
    return features_from(export, tagged, hits, notes)


def features_from(
    export: Export, tagged: pd.DataFrame, hits: pl.DataFrame, notes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """As `conversation_features`, with the cues already found in the texts of `tagged`."""
    ids = pl.Series(export.conversations["conversation_id"].astype("string"), dtype=pl.String)
    turns = prepare(tagged, hits, ids)
    wide = pl.DataFrame({KEY: pl.arange(len(ids), eager=True, dtype=pl.UInt32)})
    for family in FAMILIES:
        wide = wide.join(family(turns), on=KEY, how="left", maintain_order="left")
    index = pd.Index(export.conversations["conversation_id"], name="conversation_id")
    own = tracker(tagged, ids)
    wide = wide.join(own, on=KEY, how="left", maintain_order="left")
    said = wide.drop(KEY).to_pandas().set_index(index)
    said["note_goed_gesprek"] = noted_good_talk(export.conversations, notes)
    said["authority_present"] = decider_present(export)
    talks = conversations_from(tagged, hits).reindex(index)
    classes = classify(talks, said["phase_c"], notes)
    catalog = feature_catalog()
    numbers = catalog.loc[catalog["stage"] == "conversation", "name"]
    numbers = [*numbers, *(name for name in own.columns if name != KEY)]
    return said[numbers].astype("float64").join(classes)
