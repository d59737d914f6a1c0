"""Context: what stands around a turn, and how it shifts what the turn's own words say."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from salesinsight.schema import ACTS, ANSWERS
from salesinsight.speech.learned import FAR, Taggers
from salesinsight.speech.reading import Reading
from salesinsight.speech.scores import columns_of
from salesinsight.speech.summing import mix

# What is read again with the turns around it; forms, flags and SPIN are a matter of the words alone.
ACTING = (*ACTS, *(f"answer_{answer}" for answer in ANSWERS))
OUTPUTS = ("question", *ACTING)
BEFORE = (
    "question",
    "form_open",
    "form_closed",
    "form_alternative",
    "action_request",
    "decision_maker_probe",
)
ANSWERING = ("commitment", "stall", "refusal", "objection", "gatekeeper", *ACTING[-3:])
SHORT = 3  # words
TALK = 3  # turns; fewer are no conversation


@dataclasses.dataclass(frozen=True)
class Neighbours:
    """Of each turn the place of the turn of the other side before and after it; -1 when there is none.

    The turn before is the last of the other side, if at most one turn of the same side stands between; the
    turn after is the very next one. `n_turns` counts the turns of the conversation.
    """

    before: np.ndarray
    after: np.ndarray
    n_turns: np.ndarray

    def shift(self, output: str) -> np.ndarray:
        """Where the turns around change what is read: for questions, any turn of a whole conversation."""
        return self.n_turns >= TALK if output == "question" else (self.before >= 0) | (self.after >= 0)


def neighbours_of(turns: pd.DataFrame) -> Neighbours:
    """Find the turns around each turn; the turns stand in order, those of a conversation together."""
    n = len(turns)
    nobody = np.full(n, -1)
    if n == 0 or "role" not in turns or "conversation_id" not in turns:
        return Neighbours(nobody, nobody, np.ones(n, dtype=int))
    talk = pd.factorize(turns["conversation_id"])[0]
    side, names = pd.factorize(turns["role"])
    side[side == names.get_indexer(["unknown"])[0]] = -1  # as where it is missing
    place = np.arange(n)
    before, after = nobody.copy(), nobody.copy()
    for step in (2, 1):  # the nearest wins
        here, there = place[step:], place[:-step]
        fits = (talk[here] == talk[there]) & (side[here] != side[there])
        before[here[fits]] = there[fits]
    follows = (talk[1:] == talk[:-1]) & (side[1:] != side[:-1])
    after[:-1][follows] = place[1:][follows]
    return Neighbours(before, after, np.bincount(talk)[talk])


def question_design(reading: Reading, neighbours: Neighbours) -> np.ndarray:
    """What a question is judged by in a conversation: its own log-odds, its length, what follows."""
    has_after, after = neighbours.after >= 0, np.maximum(neighbours.after, 0)
    columns = [
        np.clip(reading.of("question"), -FAR, FAR) / 4,
        has_after,
        has_after & (reading.n_words[after] <= SHORT),
        has_after & reading.assents[after],
        has_after & reading.denies[after],
        np.log1p(reading.n_words) / 3,
        reading.n_words <= SHORT,
        reading.n_words == 1,
    ]
    return columns_of([column.astype(np.float32, copy=False) for column in columns])


def act_design(reading: Reading, neighbours: Neighbours) -> np.ndarray:
    """What acts and answers are judged by: all log-odds of the turn, what was said before, and products."""
    odds = np.clip(reading.odds, -FAR, FAR) / 4
    before, after = np.maximum(neighbours.before, 0), np.maximum(neighbours.after, 0)
    has_before, has_after = neighbours.before >= 0, neighbours.after >= 0
    p_before = [reading.p(output)[before] * has_before for output in BEFORE]
    requested, asked = p_before[BEFORE.index("action_request")], p_before[BEFORE.index("question")]
    answering = [odds[:, reading.outputs.index(output)] for output in ANSWERING]
    yes_no = [reading.assents, reading.denies]
    columns = [
        *odds.T,
        *p_before,
        has_before,
        has_after,
        has_after & reading.assents[after],
        has_after & reading.denies[after],
        np.log1p(reading.n_words) / 3,
        reading.n_words <= SHORT,
        *yes_no,
        *(requested * one for one in answering),
        *(requested * one for one in yes_no),
        *(asked * one for one in yes_no),
    ]
    return columns_of([column.astype(np.float32, copy=False) for column in columns])


def in_context(reading: Reading, taggers: Taggers, turns: pd.DataFrame) -> Reading:
    """Read again with the turns around: log-odds and thresholds of `OUTPUTS` change where they can."""
    neighbours = neighbours_of(turns)
    said = reading.n_words > 0
    odds, needed = reading.odds.copy(order="K"), reading.needed.copy(order="F")
    for outputs, design in ((("question",), question_design), (ACTING, act_design)):
        learned = [output for output in outputs if output in taggers.context]
        here = neighbours.shift(outputs[0]) & said
        if not learned or not here.any():
            continue
        around = [taggers.context[output] for output in learned]
        weights = np.stack([one.weights for one in around]).astype(np.float32)
        again = mix(weights, design(reading, neighbours).T)
        for output, one, weighed in zip(learned, around, again, strict=True):
            column = reading.outputs.index(output)
            weighed += np.float32(one.bias)
            np.copyto(odds[:, column], np.clip(weighed, -FAR, FAR), where=here)
            needed[here, column] = one.needed
    return dataclasses.replace(reading, odds=odds, needed=needed)
