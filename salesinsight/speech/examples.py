"""Learning a tracker from labelled examples: the same shape as the taggers, beside talk of other things."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language import Pack, Tokens, match_tokens, tokenise
from salesinsight.speech.learned import CERTAIN, FAR, Taggers, weighed_table
from salesinsight.speech.reading import FAMILIES, without_statements
from salesinsight.speech.shape import MARKS, Vocabulary, stretches_of
from salesinsight.speech.training import bare, fit_stretches, needed_odds, platt
from salesinsight.speech.utterances import read_utterances

FOLDS = 5
BACKGROUND = 5_000  # utterances of the pack that show what ordinary talk looks like
TIMES = 10.0  # what the background weighs at most, against all examples
TELLING = 0.1  # a word of smaller weight is no evidence
MOST_WORDS = 300  # that are shown as evidence of one tracker


@dataclasses.dataclass(frozen=True, eq=False)
class Learned:
    """What was learned of trackers.

    Attributes
    ----------
    taggers : Taggers
        Those of the language, with an output per tracker after their own and the examples' own words known.
    words : polars.DataFrame
        label, pattern, weight: the words and pairs of words that weigh most, to show as evidence.
    quality : pandas.DataFrame
        Index label; examples, found (the share of them that is found when left out while learning) and
        false_alarms (the share of ordinary talk in which it is found).
    """

    taggers: Taggers
    words: pl.DataFrame
    quality: pd.DataFrame


class _Material:
    """Examples and ordinary talk, cut into stretches, with all that a tagger looks at."""

    def __init__(self, examples: pd.DataFrame, labels: list[str], pack: Pack, taggers: Taggers) -> None:
        own = examples.drop_duplicates(["label", "text"]).reset_index(drop=True)
        own["fold"] = own.groupby("label").cumcount() % FOLDS
        # the same words under two names are left out together
        own["fold"] = own.groupby("text")["fold"].transform("first")
        talk = read_utterances(pack)[["text", "role"]]
        talk = talk[~talk["text"].isin(own["text"])]
        talk = talk.iloc[np.linspace(0, len(talk) - 1, min(BACKGROUND, len(talk))).astype(int)]
        talk = talk.assign(label="", fold=np.arange(len(talk)) % FOLDS)
        if own["role"].eq("unknown").any():  # else a known side would mark ordinary talk
            talk["role"] = "unknown"
        rows = [own.assign(own=True), own.assign(own=True, text=bare(own["text"])), talk.assign(own=False)]
        self.rows = pd.concat(rows, ignore_index=True)
        self.is_own = self.rows["own"].to_numpy(dtype=bool)
        tokens = tokenise(pl.Series(self.rows["text"].tolist(), dtype=pl.String), pack)
        self.vocabulary = self._with_own_words(taggers.vocabulary, tokens)
        stretches = stretches_of(tokens, pack)
        hits = without_statements(match_tokens(tokens, pack, self.rows["role"], FAMILIES))
        roles, cues = self.rows["role"], taggers.cues
        self.table = weighed_table(tokens, stretches, hits, roles, self.vocabulary, cues, pack)
        self.row = stretches.row

    def _with_own_words(self, vocabulary: Vocabulary, tokens: Tokens) -> Vocabulary:
        """The vocabulary with the words, such as names of products, that several examples share."""
        said = pl.DataFrame({"row": tokens.row, "word": tokens.vocabulary.gather(tokens.code)}).filter(
            pl.lit(self.is_own[tokens.row])
        )
        own = said.unique().group_by("word").len().filter(pl.col("len") >= 4)["word"].sort()  # twice two
        new = own.filter(~own.is_in(vocabulary.pieces.to_list()))
        return dataclasses.replace(vocabulary, pieces=pl.concat([vocabulary.pieces, new]))

    def fit(self, true: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, float]:
        """Learn one tracker from some rows; of a row of several stretches the clearest one counts."""
        row = self.row
        own, talk = (rows & self.is_own).sum(), (rows & ~self.is_own).sum()
        worth = np.where(self.is_own, 1.0, min(TIMES * own / max(talk, 1), 1.0))[row]
        use = np.flatnonzero(rows[row])
        return fit_stretches(
            self.table[use], true[row[use]], row[use], np.bincount(row)[row[use]], worth[use]
        )

    def odds(self, weights: np.ndarray, bias: float) -> np.ndarray:
        """Per row the log-odds of its likeliest stretch."""
        odds = np.full(len(self.rows), -FAR)
        np.maximum.at(odds, self.row, np.clip(self.table @ weights + bias, -FAR, FAR))
        return odds


def learn_examples(examples: pd.DataFrame, labels: list[str], pack: Pack, taggers: Taggers) -> Learned:
    """Learn trackers from labelled examples.

    Parameters
    ----------
    examples : pandas.DataFrame
        text, role, and label: one of `labels`, or "" for something else.
    labels : list of str
        The trackers.
    pack, taggers
        The language, and the taggers whose vocabulary is shared.

    Notes
    -----
    An example of one tracker shows what the others are not; so does ordinary talk of the pack, with a smaller
    weight. Ordinary talk that looks more like the tracker than half of its own examples do is left aside: it
    may well be one. Every fifth part of the examples is left out once; the log-odds of what was left out
    scale the weights (Platt) and set the threshold (best F1). Nothing is drawn by lot.
    """
    material = _Material(examples, labels, pack, taggers)
    fitted = [_learn(material, label) for label in labels]
    weights = np.stack([weights for weights, *_ in fitted], axis=1).astype(np.float32)
    known = len(taggers.vocabulary.pieces)
    new = np.zeros((len(material.vocabulary.pieces) - known, len(taggers.outputs)), np.float32)
    before = np.concatenate([taggers.weights[:known], new, taggers.weights[known:]])
    both = dataclasses.replace(
        taggers,
        vocabulary=material.vocabulary,
        outputs=(*taggers.outputs, *labels),
        weights=np.concatenate([before, weights], axis=1),
        bias=np.append(taggers.bias, [bias for _, bias, *_ in fitted]).astype(np.float32),
        needed=np.append(taggers.needed, [needed for *_, needed, _ in fitted]).astype(np.float32),
    )
    words = [_telling(material.vocabulary, weights[:, place], label) for place, label in enumerate(labels)]
    quality = pd.DataFrame([quality for *_, quality in fitted], index=pd.Index(labels, name="label"))
    return Learned(both, pl.concat(words), quality)


def _learn(material: _Material, label: str) -> tuple[np.ndarray, float, float, dict[str, float]]:
    """Weights, bias, the log-odds needed, and quality of one tracker."""
    true = (material.rows["label"] == label).to_numpy()
    fold = material.rows["fold"].to_numpy()
    rows = np.ones(len(true), dtype=bool)
    for _ in range(2):
        unseen = np.empty(len(true))
        for left_out in range(FOLDS):
            unseen[fold == left_out] = material.odds(*material.fit(true, rows & (fold != left_out)))[
                fold == left_out
            ]
        rows = material.is_own | (unseen < np.median(unseen[true]))
    weights, bias = material.fit(true, rows)
    slope, shift = platt(unseen[rows], true[rows])
    odds = unseen * slope + shift
    needed = needed_odds(odds[rows], true[rows])
    found, others = odds >= needed, ~material.is_own
    quality = {
        "examples": int(true.sum() // 2),
        "found": float(found[true].mean()),
        "false_alarms": float(found[others].mean()) if others.any() else np.nan,
    }
    return weights * slope, bias * slope + shift, needed, quality


def _telling(vocabulary: Vocabulary, weights: np.ndarray, label: str) -> pl.DataFrame:
    """The words and pairs of words that weigh most for a tracker, as patterns of cues."""
    size = len(vocabulary.words) + len(MARKS) + 1
    names = pl.concat([pl.Series([""]), vocabulary.words, pl.Series(["^", "$", "^"])])
    pairs = names.gather(vocabulary.pairs // size) + " " + names.gather(vocabulary.pairs % size)
    patterns = pl.concat([vocabulary.pieces.rename(""), pairs])
    table = pl.DataFrame({"pattern": patterns, "weight": weights[: len(patterns)].astype(np.float64)})
    # pieces of words begin with "<"; a mark alone tells nobody anything
    spoken = pl.col("pattern").str.contains(r"^[^<]*\p{L}[^<]*$")
    table = table.filter(spoken, pl.col("weight") >= TELLING).sort(
        "weight", "pattern", descending=[True, False]
    )
    strength = (1 - (-pl.col("weight")).exp()).clip(0, CERTAIN)
    return table.head(MOST_WORDS).select(pl.lit(label).alias("label"), "pattern", weight=strength)
