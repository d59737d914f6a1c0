"""Answers: how the customer answers a request for action."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from salesinsight.schema import ANSWERS
from salesinsight.speech.learned import is_side
from salesinsight.speech.reading import Reading
from salesinsight.speech.scores import columns_of, likeliest, named

REACH = 2  # turns after a request in which it is answered


def answer_columns(
    turns: pd.DataFrame, requests: np.ndarray, alone: Reading, around: Reading
) -> dict[str, ExtensionArray]:
    """Tie answers to requests.

    Parameters
    ----------
    turns : pandas.DataFrame
        The turns in order, with turn; without ``role`` nothing is an answer. Uses conversation_id when
        present.
    requests : numpy.ndarray
        Whether each turn is a request for action.
    alone, around : Reading
        How likely each turn accepts, stays vague or refuses: by its own words, and with the turns around it.

    Returns
    -------
    dict
        answers_turn (the number of the turn with the request) and answer.

    Notes
    -----
    The first customer turn among the two turns after a seller's request answers it, provided that what it
    says can be read as an answer.
    """
    asked = request_before(turns, requests)
    outputs = [f"answer_{answer}" for answer in ANSWERS]
    lead = columns_of([(alone.lead(output) + around.lead(output)) / 2 for output in outputs])
    best, _ = likeliest(lead, 0.0)
    best = np.where(asked >= 0, best, -1)
    of_request = turns["turn"].astype("Int64").array.take(np.where(best >= 0, asked, -1), allow_fill=True)
    return {"answers_turn": of_request, "answer": named(best, ANSWERS)}


def request_before(turns: pd.DataFrame, requests: np.ndarray) -> np.ndarray:
    """Return for each turn the place of the request that it answers, or -1."""
    n = len(turns)
    asked = np.full(n, -1)
    if "role" not in turns or n == 0:
        return asked
    same = np.zeros(n, dtype=int)
    talk = pd.factorize(turns["conversation_id"])[0] if "conversation_id" in turns else same
    asks, is_customer = requests & is_side(turns["role"], "seller"), is_side(turns["role"], "customer")
    place = np.arange(n)
    last_customer = np.maximum.accumulate(np.where(is_customer, place, -1))
    for step in range(REACH, 0, -1):  # the nearest request wins
        before, after = place[: n - step], place[step:]
        answers = asks[before] & is_customer[after] & (talk[before] == talk[after])
        answers &= last_customer[after - 1] < before  # no customer turn in between
        asked[after[answers]] = before[answers]
    return asked
