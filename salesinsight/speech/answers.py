"""Answers: how the customer answers a request for action."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from salesinsight.language import Pack
from salesinsight.schema import ANSWERS
from salesinsight.speech.scores import Scores, named

REACH = 2
SAME_AS = {"accept": ["commitment"], "vague": ["stall", "gatekeeper"], "refuse": ["refusal"]}


def answer_chances(scores: Scores, acts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How likely each turn, were it an answer, accepts, stays vague or refuses.

    What it says may be an answer cue, or an act: a commitment accepts, a stall or "someone else decides" is
    vague, a refusal refuses.
    """
    chances = {}
    for answer in ANSWERS:
        same = [acts[f"act_{act}_p"] for act in SAME_AS[answer]]
        chances[answer] = np.maximum.reduce([scores[f"answer_{answer}"], *same])
    return chances


def answer_columns(
    turns: pd.DataFrame, requests: np.ndarray, chances: np.ndarray, pack: Pack
) -> dict[str, ExtensionArray]:
    """Tie answers to requests.

    Parameters
    ----------
    turns : pandas.DataFrame
        The turns; without ``role`` nothing is an answer. Uses conversation_id and turn when present.
    requests : numpy.ndarray
        Whether each turn is a request for action.
    chances : numpy.ndarray
        One column per answer, from `answer_chances`.
    pack : Pack
        Gives the threshold.

    Returns
    -------
    dict
        answers_turn (the number of the turn with the request; its place in the table when turns have no
        numbers) and answer.

    Notes
    -----
    The first customer turn among the two turns after a seller's request answers it, provided that what it
    says can be read as an answer.
    """
    asked = _request_before(turns, requests)
    answered = (asked >= 0) & (chances.max(axis=1, initial=0) >= pack.threshold("answer"))
    best = np.where(answered, chances.argmax(axis=1), -1) if len(turns) else np.empty(0, dtype=int)
    number = turns["turn"] if "turn" in turns else pd.Series(np.arange(len(turns)))
    of_request = number.astype("Int64").array.take(np.where(answered, asked, -1), allow_fill=True)
    return {"answers_turn": of_request, "answer": named(best, ANSWERS)}


def _request_before(turns: pd.DataFrame, requests: np.ndarray) -> np.ndarray:
    """Return for each turn the place of the request that it may answer, or -1."""
    n = len(turns)
    asked = np.full(n, -1)
    if "role" not in turns or n == 0:
        return asked
    same = np.zeros(n, dtype=int)
    talk = pd.factorize(turns["conversation_id"])[0] if "conversation_id" in turns else same
    number = turns["turn"].to_numpy() if "turn" in turns else same
    order = np.lexsort((np.arange(n), number, talk))
    talk = talk[order]
    role = turns["role"].astype("string").fillna("unknown").to_numpy(dtype=object)[order]
    asks, is_customer = requests[order] & (role == "seller"), role == "customer"
    place = np.arange(n)
    last_customer = np.maximum.accumulate(np.where(is_customer, place, -1))
    for step in range(REACH, 0, -1):  # the nearest request wins
        before, after = place[: n - step], place[step:]
        answers = asks[before] & is_customer[after] & (talk[before] == talk[after])
        answers &= last_customer[after - 1] < before  # no customer turn in between
        asked[order[after[answers]]] = order[before[answers]]
    return asked
