"""Reading turns: per turn the log-odds of everything the taggers tell, and the scores of the cues."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language import Pack, Tokens, match_tokens, tokenise
from salesinsight.speech.learned import Taggers
from salesinsight.speech.scores import Scores, likeliest, score_hits
from salesinsight.speech.shape import Stretches, stretches_of

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
        return 1 / (1 + np.exp(-self.of(output).astype(np.float64)))


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
        needed=np.tile(taggers.needed, (n, 1)),
        scores=score_hits(hits["row"].to_numpy(), hits["label"], hits["weight"].to_numpy(), labels, n),
        n_words=count_words(tokens, n),
        assents=begins_with(tokens, pack.word_class("assent_word"), n),
        denies=begins_with(tokens, pack.word_class("deny_word"), n),
    )


def likeliest_of(reading: Reading, outputs: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Which of these outputs is furthest above its threshold, -1 where none is, and its probability."""
    best, _ = likeliest(np.stack([reading.lead(output) for output in outputs], axis=1), 0.0)
    p = np.stack([reading.p(output) for output in outputs], axis=1)
    return best, p[np.arange(len(p)), np.maximum(best, 0)]


def without_statements(hits: pl.DataFrame) -> pl.DataFrame:
    """Weaken what asks but begins inside the words of a statement: "kunt u" in "dan kunt u"."""
    label = hits["label"].cast(pl.String)
    statements = hits.filter(label == "statement").select(
        "row", "sentence", from_char="start_char", to_char="end_char", certainty="weight"
    )
    if not len(statements):
        return hits
    hits = hits.with_row_index("hit")
    begins_inside = pl.col("start_char").is_between("from_char", "to_char", closed="left")
    weaker = (
        hits.filter(label.is_in(ASKING))
        .join(statements, on=["row", "sentence"])
        .filter(begins_inside)
        .group_by("hit")
        .agg(pl.col("certainty").max())
    )
    left = pl.col("weight") * (1 - pl.col("certainty").fill_null(0.0))
    return hits.join(weaker, on="hit", how="left", maintain_order="left").with_columns(weight=left)


def _of_turns(odds: np.ndarray, outputs: tuple[str, ...], stretches: Stretches, n: int) -> np.ndarray:
    """Bring log-odds of stretches to turns; a turn without words has none of it."""
    table = np.full((n, len(outputs)), -np.inf, dtype=np.float32)
    if not len(stretches):
        return table
    first = np.flatnonzero(np.diff(stretches.row, prepend=-1))
    table[stretches.row[first]] = odds[first]
    several = np.flatnonzero(np.bincount(stretches.row, minlength=n)[stretches.row] > 1)
    if not len(several):
        return table
    odds, rows = odds[several], stretches.row[several]
    begin = np.flatnonzero(np.diff(rows, prepend=-1))
    row = rows[begin]
    best = np.maximum.reduceat(odds, begin, axis=0)
    for group, shown_by in ((OF_QUESTION, "question"), (("request_",), "action_request")):
        columns = [place for place, name in enumerate(outputs) if name.startswith(group)]
        # the stretch with the highest log-odds, the last of equals
        order = np.lexsort((odds[:, outputs.index(shown_by)], rows))
        shown = order[np.append(begin[1:], len(order)) - 1]
        best[:, columns] = odds[np.ix_(shown, columns)]
    table[row] = best
    return table


def count_words(tokens: Tokens, n: int) -> np.ndarray:
    """How many words each of n texts has."""
    marks = tokens.among(["?", "!"])
    return np.bincount(tokens.row[~marks], minlength=n)


def begins_with(tokens: Tokens, words: list[str], n: int) -> np.ndarray:
    """Whether each of n texts begins with one of these words."""
    first = np.flatnonzero(np.diff(tokens.row, prepend=-1))
    begins = np.zeros(n, dtype=bool)
    begins[tokens.row[first]] = tokens.among(words)[first]
    return begins
