"""Turns to speech acts: the tagged table of the contract."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesinsight.errors import MissingColumns
from salesinsight.language import Pack, load_pack, match_cues
from salesinsight.schema import ANSWERS
from salesinsight.speech.acts import act_columns
from salesinsight.speech.answers import answer_chances, answer_columns
from salesinsight.speech.questions import question_columns
from salesinsight.speech.scores import score_hits

# The cue files that say something about a turn; notes.csv is about what sellers write afterwards.
FAMILIES = ("acts", "answers", "phases", "push_pull", "questions", "requests", "spin", "talk")
CHUNK = 10_000  # turns tagged at a time: what fits the processor's cache is fastest


def tag_turns(turns: pd.DataFrame, language: str = "nl") -> pd.DataFrame:
    """Tag every turn with what it asks and does.

    Parameters
    ----------
    turns : pandas.DataFrame
        At least ``text``. ``role`` sharpens the tags, for many cues only count for one side; with
        ``conversation_id`` and ``turn`` answers are tied to requests.
    language : str, default "nl"
        The language pack to use.

    Returns
    -------
    pandas.DataFrame
        The turns, rows and index kept, with the columns added that ``docs/contract.md`` lists under
        *tagged*. Columns that end in ``_p`` are probabilities between 0 and 1.

    Raises
    ------
    MissingColumns
        When there is no column ``text``.
    UnknownName
        When there is no pack for the language.

    Notes
    -----
    Every probability is 1 − Π(1 − weight) over the cues found, and a name (act, spin, answer …) is the
    likeliest one above its threshold in ``pack.toml``. A turn without text has missing values everywhere;
    ``question_form``, ``spin`` and ``push_pull`` are missing where the turn asks nothing, ``request_kind``
    where it requests nothing, ``answers_turn`` and ``answer`` where it answers no request. Question
    forms, SPIN and push/pull: articles 000 and 003; requests and answers: 002; who decides: 004.

    Examples
    --------
    >>> turns = pd.DataFrame({"text": ["Hoe lang werkt u al met die partij?", None]})
    >>> tag_turns(turns, language="nl")["question_form"].to_list()
    ['open', <NA>]
    """
    if "text" not in turns:
        raise MissingColumns(table="turns", absent=["text"], present=list(turns.columns))
    pack = load_pack(language)
    starts = range(0, max(len(turns), 1), CHUNK)
    columns = pd.concat([_tag_words(turns.iloc[start : start + CHUNK], pack) for start in starts])
    chances = np.stack([columns.pop(answer).to_numpy() for answer in ANSWERS], axis=1)
    requests = columns["act_action_request_p"].to_numpy() >= pack.threshold("action_request")
    answers = pd.DataFrame(answer_columns(turns, requests, chances, pack), index=turns.index)
    tags = pd.concat([columns, answers], axis=1)
    unspoken = turns["text"].astype("string").str.strip().fillna("").eq("").to_numpy(dtype=bool)
    tags = tags.apply(lambda column: column.mask(unspoken))
    tagged = pd.concat([turns.drop(columns=tags.columns, errors="ignore"), tags], axis=1)
    tagged.attrs["language"] = language
    return tagged


def _tag_words(turns: pd.DataFrame, pack: Pack) -> pd.DataFrame:
    """Tag turns by their own words alone; the columns named after answers are how likely each would be."""
    n = len(turns)
    hits = match_cues(turns["text"], pack, roles=turns.get("role"), families=FAMILIES, with_words=False)
    labels = pack.cues.filter(pack.cues["family"].is_in(FAMILIES))["label"].unique().sort().to_list()
    scores = score_hits(hits["row"].to_numpy(), hits["label"], hits["weight"].to_numpy(), labels, n)
    acts = act_columns(scores, pack)
    columns = question_columns(hits, scores, pack, n) | acts | answer_chances(scores, acts)
    return pd.DataFrame(columns, index=turns.index)
