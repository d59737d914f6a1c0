"""Notes: what the seller's own words about a conversation say about how it went."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.errors import MissingColumns
from salesinsight.language import Pack, load_pack, match_cues
from salesinsight.schema import OUTCOMES, takes
from salesinsight.speech.scores import Scores, likeliest, named, score_hits

FAMILY = "notes"
ENDING = {
    "note_order": "order",
    "note_advance": "advance",
    "note_no_sale": "no_sale",
    "note_continuation": "continuation",
    "note_stall": "continuation",
}
# Says that what stands inside it isn't so: "besteld" in "vorig jaar besteld".
VOID = "note_void"


@takes(conversations=pd.DataFrame)
def tag_notes(conversations: pd.DataFrame, language: str = "nl") -> pd.DataFrame:
    """Read the seller's own notes: how the conversation ended, and whether it was a 'goed gesprek'.

    Parameters
    ----------
    conversations : pandas.DataFrame
        conversation_id and note; with ``status`` a conversation that didn't take place has no outcome.
    language : str, default "nl"
        The language pack to use.

    Returns
    -------
    pandas.DataFrame
        One row per conversation, index conversation_id: note (what `evidence` reads), outcome (order,
        advance, continuation, no_sale), outcome_p, good_talk (boolean), good_talk_p, action_request_p,
        commitment_p, stall_p, refusal_p. Missing where there is no note; outcome and good_talk are also
        missing where the status isn't held, outcome where the note doesn't tell.

    Raises
    ------
    MissingColumns
        When conversation_id or note is absent.
    UnknownName
        When there is no pack for the language.

    Notes
    -----
    good_talk is article 001's warning: the note praises the talk, and tells of no order and no next step.
    Who orders or promises a step commits himself: commitment_p is never below what an order or an advance
    is worth. The rows of ``note_void`` and any longer cue of another ending take away what stands inside
    them: "akkoord" in "als de directie akkoord is" is no order.

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
    tags = pd.DataFrame(
        _tags(conversations["note"], pack),
        index=pd.Index(conversations["conversation_id"], name="conversation_id"),
    )
    note = conversations["note"].astype("string").set_axis(tags.index)
    tags.insert(0, "note", note)
    unwritten = note.str.strip().fillna("").eq("").to_numpy(dtype=bool)
    tags = tags.apply(lambda column: column.mask(unwritten))
    if "status" in conversations:
        status = conversations["status"].astype("string").fillna("held")
        of_talk = ["outcome", "outcome_p", "good_talk", "good_talk_p"]
        unheld = status.ne("held").to_numpy(dtype=bool)
        tags[of_talk] = tags[of_talk].apply(lambda column: column.mask(unheld))
    tags.attrs["language"] = language
    return tags


def hits_in_notes(notes: pd.Series, pack: Pack, with_words: bool = True) -> pl.DataFrame:
    """Find the cues that count in notes: the hits of `match_cues` without those that another takes away."""
    found = match_cues(notes, pack, families=[FAMILY], with_words=with_words)
    hits = found.with_row_index("hit").with_columns(pl.col("label").cast(pl.String))
    ending = pl.col("label").replace_strict(ENDING, default=None)
    spans = hits.select("hit", "row", "label", "start_char", "end_char", ending=ending)
    taking = spans.filter(pl.col("ending").is_not_null() | (pl.col("label") == VOID))
    both = spans.join(taking, on="row", suffix="_wider")
    before = pl.col("start_char") - pl.col("start_char_wider")
    after = pl.col("end_char_wider") - pl.col("end_char")
    inside, same = (before >= 0) & (after >= 0), (before == 0) & (after == 0)
    # nothing agreed stays so, whatever else isn't so
    voided = (pl.col("label_wider") == VOID) & (pl.col("ending").fill_null("") != "continuation")
    other = (pl.col("ending") != pl.col("ending_wider")).fill_null(False) & ~same
    gone = both.filter(inside & (voided | other))["hit"]
    return hits.filter(~pl.col("hit").is_in(gone.implode()), pl.col("label") != VOID).drop("hit")


def _tags(notes: pd.Series, pack: Pack) -> dict[str, object]:
    n = len(notes)
    hits = hits_in_notes(notes, pack, with_words=False)
    labels = [*ENDING, "note_good_talk", "note_action_request"]
    scores = score_hits(hits["row"].to_numpy(), hits["label"], hits["weight"].to_numpy(), labels, n)
    order, advance, no_sale = (scores[label] for label in ("note_order", "note_advance", "note_no_sale"))
    progress = np.maximum(order, advance)
    # what is put off or praised takes nothing from a yes, a next step or a no
    flat = _either(scores, "note_continuation", "note_stall", "note_good_talk")
    endings = {
        "order": order,
        "advance": advance * (1 - order),
        "no_sale": no_sale * (1 - order),
        "continuation": flat * (1 - np.maximum(progress, no_sale)),
    }
    table = np.stack([endings[outcome] for outcome in OUTCOMES], axis=1)
    best, p = likeliest(table, pack.threshold("outcome"))
    good_talk_p = scores["note_good_talk"] * (1 - progress)
    return {
        "outcome": named(best, OUTCOMES),
        "outcome_p": p,
        "good_talk": pd.array(good_talk_p >= pack.threshold("good_talk"), dtype="boolean"),
        "good_talk_p": good_talk_p,
        "action_request_p": scores["note_action_request"],
        "commitment_p": progress,
        "stall_p": scores["note_stall"],
        "refusal_p": no_sale,
    }


def _either(scores: Scores, *labels: str) -> np.ndarray:
    """How likely at least one of these labels holds."""
    return 1 - np.prod([1 - scores[label] for label in labels], axis=0)
