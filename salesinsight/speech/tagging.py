"""Turns to speech acts: the tagged table of the contract."""

from __future__ import annotations

import concurrent.futures
import os
from typing import Any

import numpy as np
import pandas as pd

from salesinsight.errors import MissingColumns
from salesinsight.language import Pack, load_pack
from salesinsight.schema import ACTS, takes
from salesinsight.speech.acts import OTHERS, PHASES, act_columns, settle
from salesinsight.speech.answers import answer_columns
from salesinsight.speech.context import in_context
from salesinsight.speech.languages import warn_of_language
from salesinsight.speech.learned import Taggers, load_taggers
from salesinsight.speech.questions import question_columns
from salesinsight.speech.reading import read_turns
from salesinsight.speech.trackers import Trackers
from salesinsight.speech.tracking import Tracking, track

CHUNK = 50_000  # turns tagged at a time
SMALLEST = 5_000  # turns for which a thread is worth its while
SURE = ("question", *ACTS)  # of which the table holds the probability of every turn
LABELS = [*OTHERS.values(), *PHASES, "own_opinion", "time_expression"]


@takes(turns=pd.DataFrame, trackers=Trackers, taggers=Taggers)
def tag_turns(
    turns: pd.DataFrame,
    language: str = "nl",
    *,
    trackers: Trackers | None = None,
    taggers: Taggers | None = None,
) -> pd.DataFrame:
    """Tag every turn with what it asks and does.

    Parameters
    ----------
    turns : pandas.DataFrame
        At least ``text``. ``role`` sharpens the tags, for an act is done by one side; with
        ``conversation_id`` (and ``turn``, else the order of the rows) the turns around it count too, and
        answers are tied to requests.
    language : str, default "nl"
        The language pack to use. When most turns say that they are in another: a `LanguageMismatch` warning.
    trackers, taggers : Trackers, Taggers, optional
        Labels of one's own, from `read_trackers` (each adds ``tracker_<name>`` and ``tracker_<name>_p``), and
        taggers from `learn_taggers` instead of the pack's.

    Returns
    -------
    pandas.DataFrame
        The turns, rows and index kept, with the columns that ``docs/contract.md`` lists under *tagged*.

    Raises
    ------
    MissingColumns, NameTaken
        When there is no column ``text``, or a tracker would write over a column of the turns.
    UnknownName
        When there is no pack for the language, or a tracker names a word class that it doesn't have.

    Notes
    -----
    Questions, forms, SPIN, push and pull, acts and answers come from small linear models over words and
    cues, learned from labelled utterances (``docs/annotation.md``); hedge, rapport, confront, pitch, phase
    and trackers of cues from cues alone: 1 − Π(1 − weight) over those found. A name (act, spin …) is the
    one furthest above its threshold. A turn without text has missing values everywhere; ``question_form``,
    ``spin`` and ``push_pull`` are missing where the turn asks nothing, ``request_kind`` where it requests
    nothing, ``answers_turn`` and ``answer`` where it answers no request. Question forms, SPIN and
    push/pull: articles 000 and 003; requests and answers: 002; who decides: 004.

    Examples
    --------
    >>> turns = pd.DataFrame({"text": ["Hoe lang werkt u al met die partij?", None]})
    >>> tag_turns(turns, language="nl")["question_form"].to_list()
    ['open', <NA>]
    """
    if "text" not in turns:
        raise MissingColumns(table="turns", absent=["text"], present=list(turns.columns))
    pack = load_pack(language)
    warn_of_language(turns, language)
    taggers = taggers or load_taggers(pack)
    tracking = track(trackers, pack, taggers, turns) if trackers else None
    tags = _tags(turns, pack, taggers, tracking)
    tagged = pd.concat([turns.drop(columns=tags.columns, errors="ignore"), tags], axis=1)
    needed = _needed(tracking.taggers if tracking else taggers, "conversation_id" in turns)
    tagged.attrs |= {"language": language, "needed": needed} | (tracking.kept if tracking else {})
    return tagged


def _tags(turns: pd.DataFrame, pack: Pack, taggers: Taggers, tracking: Tracking | None) -> pd.DataFrame:
    """Tag turns in any order, several chunks at a time."""
    lean = _lean(turns)
    order = _order(lean)
    chunks = _whole_conversations(lean if order is None else lean.iloc[order])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        tags = pd.concat(pool.map(lambda chunk: _tag(chunk, pack, taggers, tracking), chunks))
    return (tags if order is None else tags.iloc[np.argsort(order)]).set_axis(turns.index)


def _lean(turns: pd.DataFrame) -> pd.DataFrame:
    """What is read of turns, in the types that are read fastest: text, role, conversation_id and turn."""
    columns: dict[str, Any] = {"text": turns["text"].astype("string").array}
    if "role" in turns:
        columns["role"] = pd.Categorical(turns["role"])
    if "conversation_id" in turns:
        columns["conversation_id"] = pd.factorize(turns["conversation_id"])[0]
    columns["turn"] = turns["turn"].array if "turn" in turns else np.arange(len(turns))
    return pd.DataFrame(columns)


def _tag(turns: pd.DataFrame, pack: Pack, taggers: Taggers, tracking: Tracking | None) -> pd.DataFrame:
    """Tag whole conversations, their turns in order."""
    roles = turns.get("role")
    tracked: dict[str, Any] = {}
    if tracking:
        reading = read_turns(turns, tracking.pack, tracking.taggers, [*LABELS, *tracking.cues])
        tracked, reading = tracking.columns(reading), tracking.without(reading)
    else:
        reading = read_turns(turns, pack, taggers, LABELS)
    alone, reading = reading, settle(in_context(reading, taggers, turns), roles)
    answers = answer_columns(turns, reading.found("action_request"), alone, reading)
    columns = question_columns(reading, roles) | act_columns(reading, pack) | answers | tracked
    wordless = np.flatnonzero(reading.n_words == 0)
    blank = turns["text"].iloc[wordless].str.strip().fillna("").eq("").to_numpy(dtype=bool)
    if blank.any():
        for column in columns.values():
            column[wordless[blank]] = np.nan if isinstance(column, np.ndarray) else pd.NA
    return pd.DataFrame(columns, copy=False)


def _needed(taggers: Taggers, in_talk: bool) -> dict[str, float]:
    """Per question, act and learned tracker the log-odds from which it counts as found."""
    needed = dict(zip(taggers.outputs, taggers.needed.tolist(), strict=True))
    if in_talk:
        needed |= {output: around.needed for output, around in taggers.context.items()}
    return {name: odds for name, odds in needed.items() if name in SURE or name.startswith("tracker_")}


def _order(turns: pd.DataFrame) -> np.ndarray | None:
    """The places of the rows by conversation and turn; None when they stand so already."""
    if "conversation_id" not in turns:
        return None
    talk = turns["conversation_id"].to_numpy()
    order = np.lexsort((np.arange(len(turns)), turns["turn"].to_numpy(), talk))
    return None if (np.diff(order) == 1).all() else order


def _whole_conversations(turns: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut the table into chunks that don't cut a conversation in two; a small one is cut for all cores."""
    size = min(CHUNK, max(SMALLEST, -(-len(turns) // (os.cpu_count() or 1))))
    if "conversation_id" not in turns:
        starts = np.arange(0, max(len(turns), 1), size)
    else:
        talk = turns["conversation_id"].to_numpy()
        first = np.flatnonzero(np.diff(talk, prepend=-1)) if len(talk) else np.zeros(1, dtype=int)
        chunk = first // size
        starts = first[np.flatnonzero(np.diff(chunk, prepend=-1))]
    ends = np.append(starts[1:], len(turns))
    return [turns.iloc[start:end] for start, end in zip(starts, ends, strict=True)]
