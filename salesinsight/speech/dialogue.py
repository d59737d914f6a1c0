"""Whole conversations: how they ended, and whether they were no more than 'een goed gesprek'."""

from __future__ import annotations

import functools
import pathlib

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.errors import MissingColumns
from salesinsight.language import load_pack, match_cues
from salesinsight.schema import OUTCOMES
from salesinsight.speech.dialogue_numbers import FAMILIES, SPEAKS_FOR, conversation_numbers

FILE = pathlib.Path(__file__).with_name("conversations.csv")
START = "start"  # the row with what holds before anything is said
TEMPER = ("pleasant", "unpleasant")
NEEDED = ("conversation_id", "turn", "role", "text", "act_commitment_p")
FEWEST = 3  # turns; fewer can't tell how a conversation ended
LIKELY = 0.35  # an outcome less likely than this isn't named
PLEASANT = 0.5


def read_conversations(tagged: pd.DataFrame, language: str | None = None) -> pd.DataFrame:
    """Tell of each conversation how it ended.

    Parameters
    ----------
    tagged : pandas.DataFrame
        Turns as `tag_turns` returns them, with conversation_id, turn and role.
    language : str, optional
        The language they were tagged in; `tag_turns` leaves it in ``tagged.attrs``, else it is "nl".

    Returns
    -------
    pandas.DataFrame
        Index conversation_id, in order of appearance. outcome {order, advance, continuation, no_sale} and
        outcome_p, its probability; order_p, advance_p, continuation_p and no_sale_p, together 1; good_talk
        (boolean) and good_talk_p: pleasant, and nothing came of it. All missing where one of the sides says
        nothing or there are fewer than three turns; outcome and outcome_p also where no outcome is likely
        enough.

    Raises
    ------
    MissingColumns
        When these aren't tagged turns of conversations.

    Notes
    -----
    A small multinomial model over the numbers of `salesinsight.speech.dialogue_numbers`, learned from the
    labelled conversations of all languages; ``conversations.csv`` holds its weights. What the outcomes mean
    stands in ``docs/annotation.md``. A clear no is not a 'goed gesprek' (article 001).

    Examples
    --------
    >>> from salesinsight.speech import tag_turns
    >>> talk = [("seller", "Zullen we dinsdag een afspraak inplannen?"), ("customer", "Nee, geen interesse.")]
    >>> talk += [("seller", "Jammer. Dan hou ik u niet op."), ("customer", "Haal me maar van de lijst.")]
    >>> turns = pd.DataFrame(talk, columns=["role", "text"]).assign(conversation_id="c1", turn=range(4))
    >>> read_conversations(tag_turns(turns))["outcome"].to_list()
    ['no_sale']
    """
    absent = [name for name in NEEDED if name not in tagged]
    if absent:
        raise MissingColumns(table="tagged", absent=absent, present=list(tagged.columns))
    pack = load_pack(language or tagged.attrs.get("language", "nl"))
    hits = match_cues(tagged["text"], pack, roles=tagged["role"], families=FAMILIES, with_words=False)
    return conversations_from(tagged, hits)


def conversations_from(tagged: pd.DataFrame, hits: pl.DataFrame) -> pd.DataFrame:
    """As `read_conversations`, with the cues already found in the texts of `tagged`."""
    numbers, weights = conversation_numbers(tagged, hits), _weights()
    outcome, pleasant = chances(numbers, OUTCOMES, weights), chances(numbers, TEMPER, weights)[TEMPER[0]]
    known = numbers["both"] & (numbers["turns"] >= FEWEST)
    likely = known & (outcome.max(axis=1) >= LIKELY)
    good = pleasant * outcome["continuation"]
    told = {
        "outcome": pd.Series(pd.NA, numbers.index, dtype="string").mask(likely, outcome.idxmax(axis=1)),
        "outcome_p": outcome.max(axis=1).where(likely),
        **{f"{name}_p": outcome[name].where(known) for name in OUTCOMES},
        "good_talk": (good >= PLEASANT).astype("boolean").where(known),
        "good_talk_p": good.where(known),
    }
    order = pd.Index(tagged["conversation_id"].dropna().unique(), name="conversation_id")
    return pd.DataFrame(told).reindex(order)


def chances(numbers: pd.DataFrame, classes: tuple[str, ...], weights: pd.DataFrame) -> pd.DataFrame:
    """The probability of each class, conversation by class, from `conversation_numbers` and weights."""
    there = weights.loc[list(SPEAKS_FOR), list(classes)].to_numpy()
    odds = numbers[list(SPEAKS_FOR)].to_numpy() @ there + weights.loc[START, list(classes)].to_numpy()
    share = np.exp(odds - odds.max(axis=1, keepdims=True, initial=0.0))
    return pd.DataFrame(share / share.sum(axis=1, keepdims=True), numbers.index, list(classes))


@functools.cache
def _weights() -> pd.DataFrame:
    return pd.read_csv(FILE, index_col="number")
