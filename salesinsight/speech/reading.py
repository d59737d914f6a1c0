"""Reading turns: per turn the log-odds of everything the taggers tell, and the scores of the cues."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language import Hits, Pack, Tokens, match_tokens, tokenise
from salesinsight.speech.learned import Taggers
from salesinsight.speech.scores import Scores, columns_of, combine, likeliest
from salesinsight.speech.shape import Stretches, stretches_of
from salesinsight.speech.summing import bring_to_turns, cover

# The cue files that say something about a turn; notes.csv is about what sellers write afterwards.
FAMILIES = ("acts", "answers", "phases", "push_pull", "questions", "requests", "spin", "talk")
ASKING = ("question", "question_open", "question_closed", "question_alternative", "tag", "indirect")
OF_QUESTION = ("form_", "spin_", "push", "pull", "leading", "tag", "indirect", "rhetorical")


@dataclasses.dataclass(frozen=True)
class Reading:
    """What was read in some turns.

    Attributes
    ----------
    outputs : tuple of str
        What the taggers tell, one per column of `odds`.
    odds : numpy.ndarray
        Turn by output: log-odds, of the stretch that shows it most; what is told of questions comes from
        the stretch that asks, the kind of a request from the stretch that requests.
    needed : numpy.ndarray
        Turn by output: the log-odds from which it counts as found.
    scores : Scores
        The scores of the cues, turn by label.
    n_words : numpy.ndarray
        How many words each turn has.
    assents, denies : numpy.ndarray
        Whether each turn begins with a word for yes, or for no.
    """

    outputs: tuple[str, ...]
    odds: np.ndarray
    needed: np.ndarray
    scores: Scores
    n_words: np.ndarray
    assents: np.ndarray
    denies: np.ndarray

    def of(self, output: str) -> np.ndarray:
        """The log-odds of one output."""
        return self.odds[:, self.outputs.index(output)]

    def lead(self, output: str) -> np.ndarray:
        """How far the log-odds of one output are above what it needs to count as found."""
        return self.of(output) - self.needed[:, self.outputs.index(output)]

    def found(self, output: str) -> np.ndarray:
        """Whether one output counts as found."""
        return self.lead(output) >= 0

    def p(self, output: str) -> np.ndarray:
        """The probability of one output."""
        return chance(self.of(output))


def read_turns(turns: pd.DataFrame, pack: Pack, taggers: Taggers, labels: list[str]) -> Reading:
    """Read turns by their own words alone.

    Parameters
    ----------
    turns : pandas.DataFrame
        text, and role when known.
    pack : Pack
        The language.
    taggers : Taggers
        Its taggers.
    labels : list of str
        The cue labels to score.
    """
    texts = pl.Series(pl.from_pandas(turns["text"].astype("string")), dtype=pl.String)
    tokens = tokenise(texts, pack)
    stretches = stretches_of(tokens, pack)
    hits = match_tokens(tokens, pack, turns.get("role"), FAMILIES)
    odds = taggers.log_odds(tokens, stretches, without_statements(hits), turns.get("role"), pack)
    n = len(turns)
    return Reading(
        outputs=taggers.outputs,
        odds=_of_turns(odds, taggers.outputs, stretches, n),
        needed=np.broadcast_to(taggers.needed, (n, len(taggers.needed))),
        scores=combine(tokens.row[hits.first], hits.among(labels), hits.weight, labels, n),
        n_words=count_words(tokens, n),
        assents=begins_with(tokens, pack.word_class("assent_word"), n),
        denies=begins_with(tokens, pack.word_class("deny_word"), n),
    )


def chance(odds: np.ndarray) -> np.ndarray:
    """The probabilities that go with log-odds."""
    return 1 / (1 + np.exp(-odds.astype(np.float64)))


def likeliest_of(reading: Reading, outputs: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Which of these outputs is furthest above its threshold, -1 where none is, and its probability."""
    best, _ = likeliest(columns_of([reading.lead(output) for output in outputs]), 0.0)
    odds = columns_of([reading.of(output) for output in outputs])
    return best, chance(odds[np.arange(len(odds)), np.maximum(best, 0)])


def without_statements(hits: Hits) -> Hits:
    """Weaken what asks but begins inside the words of a statement: "kunt u" in "dan kunt u"."""
    statement = np.flatnonzero(hits.among(["statement"]) == 0)
    if not len(statement):
        return hits
    certainty = np.zeros(int(hits.last.max()) + 1)
    cover(hits.first[statement], hits.last[statement], hits.weight[statement], certainty)
    asking = hits.among(ASKING) >= 0
    left = np.where(asking, 1 - certainty[hits.first], 1.0)
    return dataclasses.replace(hits, weight=hits.weight * left)


def _of_turns(odds: np.ndarray, outputs: tuple[str, ...], stretches: Stretches, n: int) -> np.ndarray:
    """Bring log-odds of stretches to turns; a turn without words has none of it."""
    shown_by = np.arange(len(outputs))
    for group, shower in ((OF_QUESTION, "question"), (("request_",), "action_request")):
        shown_by[[output.startswith(group) for output in outputs]] = outputs.index(shower)
    return bring_to_turns(odds, stretches.row, shown_by, n)


def count_words(tokens: Tokens, n: int) -> np.ndarray:
    """How many words each of n texts has."""
    return np.diff(tokens.begin) - np.bincount(tokens.row[tokens.among(["?", "!"])], minlength=n)


def begins_with(tokens: Tokens, words: list[str], n: int) -> np.ndarray:
    """Whether each of n texts begins with one of these words."""
    spoken = np.flatnonzero(np.diff(tokens.begin))
    begins = np.zeros(n, dtype=bool)
    begins[spoken] = tokens.among(words, at=tokens.begin[spoken])
    return begins
