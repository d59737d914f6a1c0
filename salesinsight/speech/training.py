"""Learning the taggers from labelled utterances."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import polars as pl
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import GroupKFold, cross_val_predict

from salesinsight.language import Pack, match_tokens, tokenise
from salesinsight.schema import QUESTION_FLAGS
from salesinsight.speech.context import OUTPUTS as CONTEXTUAL
from salesinsight.speech.context import TALK, act_design, neighbours_of, question_design
from salesinsight.speech.learned import FAR, SIGNS, Surroundings, Taggers, ends_asking, weighed_table
from salesinsight.speech.reading import FAMILIES, Reading, begins_with, count_words, without_statements
from salesinsight.speech.scores import Scores
from salesinsight.speech.shape import Vocabulary, pairs_of, pieces_of, stretches_of
from salesinsight.speech.utterances import LABELS, holds, read_examples

LEAST = 3  # in how many stretches a word, a piece or a pair must stand to be known
PIECES = {"question": 0.25, "form_": 0.5}  # what words count where their order tells more
SIDES = ("is_seller", "is_customer")
EXAMPLE = 0.5  # what the example of a cue counts beside a labelled utterance
FEW = 15  # fewer examples teach nothing
STRENGTH = 0.5  # of the data against the pull to zero
SMALLEST = 0.01  # a weight below this is left out
UNSURE = float(np.log(4))  # log-odds of four to one
FOLDS = 5  # parts in which authors are left out
ROUNDS = 2  # how often the stretch that carries a label is chosen anew
BARE = r"[?.!,;:…]"


def bare(text: pd.Series) -> pd.Series:
    """Lower case and without punctuation: what a bad transcript leaves."""
    return (
        text.str.lower().str.replace(BARE, " ", regex=True).str.replace(r"\s+", " ", regex=True).str.strip()
    )


class Material:
    """Labelled turns cut into stretches, with all that a tagger looks at.

    Each turn is there twice: as written, and bare (without capitals and punctuation).
    """

    def __init__(self, turns: pd.DataFrame, pack: Pack) -> None:
        turns = pd.concat([turns, read_examples(pack)], ignore_index=True)
        turns["labelled"] = turns["labelled"].eq(True)
        turns[list(LABELS)] = turns[list(LABELS)].fillna("")
        plain = turns.assign(text=bare(turns["text"]), conversation_id="bare:" + turns["conversation_id"])
        both = pd.concat([turns, plain], ignore_index=True)
        self.turns = both
        self.is_example = both["shows"].notna().to_numpy()
        self.tokens = tokenise(pl.Series(both["text"].tolist(), dtype=pl.String), pack)
        self.stretches = stretches_of(self.tokens, pack)
        said = np.bincount(self.stretches.row, minlength=len(both)) > 0
        is_so = both["holds"].eq(True).to_numpy()
        self.told = {}
        for name, (true, where) in holds(both).items():
            shown = (both["shows"] == name).to_numpy()
            self.told[name] = (np.where(shown, is_so, true), (where | shown) & said)
        self.vocabulary = self._vocabulary(pack)
        hits = without_statements(match_tokens(self.tokens, pack, both["role"], FAMILIES))
        self.cues = tuple(sorted(pack.cues.filter(pl.col("family").is_in(FAMILIES))["label"].unique()))
        said_by = both["role"]
        self.table = weighed_table(
            self.tokens, self.stretches, hits, said_by, self.vocabulary, self.cues, pack
        )
        self.asking = ends_asking(self.tokens, self.stretches)
        self.asked = np.zeros(len(both), dtype=bool)
        self.asked[self.stretches.row[self.asking]] = True
        self.is_piece = np.arange(self.table.shape[1]) < len(self.vocabulary.pieces)
        others = self.table.shape[1] - len(SIGNS)
        self.is_side = np.isin(np.arange(self.table.shape[1]), [others + SIGNS.index(side) for side in SIDES])
        self._assent, self._deny = (pack.word_class(name) for name in ("assent_word", "deny_word"))

    def _vocabulary(self, pack: Pack) -> Vocabulary:
        kinds = tuple(pack.settings["learned"]["kinds"])
        count = np.bincount(self.tokens.code, minlength=len(self.tokens.vocabulary))
        seen = pl.DataFrame({"word": np.arange(len(count)), "times": count})
        pieces = (
            pieces_of(self.tokens.vocabulary)
            .unique()
            .join(seen, on="word")
            .group_by("piece")
            .agg(pl.col("times").sum())
            .filter(pl.col("times") >= 2 * LEAST)
        )["piece"].sort()
        words = pl.DataFrame({"text": self.tokens.vocabulary, "times": count}).drop_nulls().group_by("text")
        known = words.agg(pl.col("times").sum()).filter(pl.col("times") >= 2 * LEAST)["text"].sort()
        pairs = pairs_of(self.tokens, self.stretches, known)
        key, times = np.unique(pairs.column, return_counts=True)
        return Vocabulary(pieces, known, key[times >= 2 * LEAST], kinds)

    def reading(self, outputs: tuple[str, ...], odds: np.ndarray) -> Reading:
        """The turns as read, with these log-odds."""
        n = len(self.turns)
        begins = (begins_with(self.tokens, words, n) for words in (self._assent, self._deny))
        no_scores = Scores((), np.empty((n, 0)))
        return Reading(outputs, odds, np.zeros_like(odds), no_scores, count_words(self.tokens, n), *begins)


def learn_taggers(turns: pd.DataFrame, pack: Pack) -> Taggers:
    """Learn all taggers of a language from labelled turns.

    Parameters
    ----------
    turns : pandas.DataFrame
        Labelled turns, as `salesinsight.speech.utterances.read_utterances` gives them.
    pack : Pack
        The language: its cues are looked at too.

    Returns
    -------
    Taggers
        Linear models whose log-odds are calibrated, and thresholds that give the best F1, both on utterances
        of authors whom the model didn't learn from.

    Notes
    -----
    Every author's file (a whole conversation counts with its file) is left out once, a fifth of the files at
    a time. The log-odds of the left-out turns scale the final weights (Platt), set the thresholds, and teach
    what context adds: those of loose utterances for words alone, those of conversations for turns in context.
    """
    material = Material(turns, pack)
    rows = np.ones(len(material.turns), dtype=bool)
    names = tuple(name for name, (true, where) in material.told.items() if (true & where).sum() >= 2 * FEW)
    unseen = np.stack([left_out_odds(material, name) for name in names], axis=1)
    fitted = [fit_output(material, name, rows) for name in names]
    weights = np.stack([weights for weights, _ in fitted], axis=1).astype(np.float32)
    bias = np.array([bias for _, bias in fitted], dtype=np.float32)
    alone = ~material.is_example & (neighbours_of(material.turns).n_turns < TALK)
    judged = []  # per output what holds, where it is judged
    for place, name in enumerate(names):
        true, where = material.told[name]
        where = where & alone & ~np.isnan(unseen[:, place])
        judged.append((true[where], where))
        slope, shift = platt(unseen[where, place], true[where])
        weights[:, place] *= slope
        bias[place] = bias[place] * slope + shift
        unseen[:, place] = unseen[:, place] * slope + shift
    question = names.index("question")
    stop = weights.shape[0] - len(SIGNS) + SIGNS.index("is_stopped")
    weights[stop, question] += _full_stop(material, unseen[:, question])
    found = [needed_odds(unseen[where, place], true) for place, (true, where) in enumerate(judged)]
    # a flag is rare: better missed than wrong
    needed = [max(at, 0.0) if name in QUESTION_FLAGS else at for name, at in zip(names, found, strict=True)]
    weights[np.abs(weights) < SMALLEST] = 0
    mark = _mark(material)
    unseen[material.asked, question] = np.fmax(unseen[material.asked, question], mark)
    least = np.array(needed, dtype=np.float32)
    taggers = Taggers(material.vocabulary, material.cues, names, weights, bias, mark, least, {})
    return add_context(taggers, material, unseen)


def left_out_odds(material: Material, name: str) -> np.ndarray:
    """Per turn the log-odds that models give which didn't learn from its author; NaN without such a model."""
    true, where = material.told[name]
    source, row = material.turns["source"].to_numpy(), material.stretches.row
    odds = np.full(len(true), np.nan)
    authors = np.unique(source[~material.is_example])
    for fold in range(min(FOLDS, len(authors))):
        left_out = np.isin(source, authors[fold::FOLDS])
        rows = ~left_out
        if (true & where & rows).sum() < FEW:
            rows = np.arange(len(source)) % 2 == 0  # one author: halves instead
        weights, bias = fit_output(material, name, rows)
        mine = left_out[row]
        if name == "question":
            mine &= ~material.asked[row]
        of_turn = pd.Series(material.table[mine] @ weights + bias).groupby(row[mine]).max()
        odds[of_turn.index] = of_turn
    return np.clip(odds, -FAR, FAR)


def fit_output(material: Material, name: str, rows: np.ndarray) -> tuple[np.ndarray, float]:
    """Learn one output from some turns; of a turn of several stretches the one that shows it most counts."""
    true, where = material.told[name]
    row = material.stretches.row
    use = (rows & where)[row]
    if name == "question":  # a question mark speaks for itself
        use &= ~(material.asked & true)[row] & ~material.asking
    use = np.flatnonzero(use)
    label = true[row[use]]
    of_words = next((worth for start, worth in PIECES.items() if name.startswith(start)), 1.0)
    counts = np.where(material.is_piece, of_words, 1.0)
    if name == "question":  # sellers ask most in our files; elsewhere it is another, or nobody knows who
        counts[material.is_side] = 0.0
    scale = sp.diags(counts)
    table = material.table[use] @ scale
    worth = np.where(material.is_example, EXAMPLE, 1.0)[row[use]]
    weights, bias = fit_stretches(table, label, row[use], np.bincount(row)[row[use]], worth)
    return weights @ scale, bias


def fit_stretches(
    table: sp.csr_matrix, label: np.ndarray, row: np.ndarray, parts: np.ndarray, worth: np.ndarray
) -> tuple[np.ndarray, float]:
    """Learn from stretches of which only their turn is labelled: weights and bias.

    At first all stretches of a turn share its label; then the one that shows it most has it alone.

    Parameters
    ----------
    table : scipy.sparse.csr_matrix
        Stretch by what is looked at.
    label : numpy.ndarray
        Whether it holds for the turn.
    row, parts : numpy.ndarray
        The turn of each stretch, and in how many stretches that turn is cut.
    worth : numpy.ndarray
        What each stretch counts.
    """
    weight = np.where(label, worth / parts, worth)
    for _ in range(ROUNDS):
        model = LogisticRegression(C=STRENGTH, solver="liblinear", dual=True, tol=0.05, random_state=0)
        model.fit(table, label, sample_weight=weight)
        odds = model.decision_function(table)
        best = pd.Series(odds).groupby(row).transform("max").to_numpy()
        weight = np.where(label & (odds < best), 0.0, worth)
    return model.coef_[0], float(model.intercept_[0])


def add_context(taggers: Taggers, material: Material, unseen: np.ndarray) -> Taggers:
    """Learn what the turns around a turn add to its own words, from log-odds of unseen utterances."""
    odds = np.where(np.isnan(unseen), -FAR, unseen)
    reading = material.reading(taggers.outputs, odds)
    neighbours = neighbours_of(material.turns)
    tables = {"question": question_design(reading, neighbours), "act": act_design(reading, neighbours)}
    context = {}
    for output in CONTEXTUAL:
        true, where = material.told[output]
        rows = where & neighbours.shift(output) & ~material.is_example
        if true[rows].sum() < FEW:
            continue
        table = tables.get(output, tables["act"])[rows]
        model = LogisticRegression(C=0.1, max_iter=1000)
        talks = GroupKFold(5).split(table, groups=material.turns["conversation_id"][rows])
        odds = cross_val_predict(model, table, true[rows], cv=talks, method="decision_function")
        model.fit(table, true[rows])
        needed = needed_odds(odds, true[rows])
        context[output] = Surroundings(model.coef_[0], float(model.intercept_[0]), needed)
    return dataclasses.replace(taggers, context=context)


def _mark(material: Material) -> float:
    """The log-odds that what ends with a question mark asks."""
    true, where = material.told["question"]
    row = material.stretches.row
    asks = true[row[material.asking & (where & ~material.is_example)[row]]]
    return float(np.log((asks.sum() + 1) / ((~asks).sum() + 1)))


def _full_stop(material: Material, odds: np.ndarray) -> float:
    """What a full stop takes from the log-odds of a question, in turns of one sentence; changes `odds`."""
    true, where = material.told["question"]
    row = material.stretches.row
    single = np.bincount(row, minlength=len(true)) == 1
    stopped = np.zeros(len(true))
    stopped[row] = material.tokens.stopped[material.stretches.begin[1:] - 1]
    stopped *= single
    rows = where & single & ~material.is_example & ~np.isnan(odds)
    model = LogisticRegression(C=10).fit(np.stack([odds, stopped], axis=1)[rows], true[rows])
    shift = min(float(model.coef_[0, 1]), 0.0)
    odds += shift * stopped
    return shift


def platt(odds: np.ndarray, true: np.ndarray) -> tuple[float, float]:
    """Slope and shift that make log-odds of unseen utterances probabilities that come true."""
    model = LogisticRegression(C=1e3).fit(odds[:, None], true)
    return max(float(model.coef_[0, 0]), 0.1), float(model.intercept_[0])


def needed_odds(odds: np.ndarray, true: np.ndarray) -> float:
    """The log-odds from which F1 is highest; between those of a fifth and of four fifths."""
    precision, recall, at = precision_recall_curve(true, odds)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return float(np.clip(at[f1[:-1].argmax()], -UNSURE, UNSURE))
