"""Trackers at work: what they add to the reading of turns, and the words behind them."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language import Pack, load_pack
from salesinsight.language.packs import CUE_COLUMNS
from salesinsight.speech.cue_rows import write_patterns
from salesinsight.speech.examples import learn_examples
from salesinsight.speech.learned import Taggers
from salesinsight.speech.reading import Reading
from salesinsight.speech.trackers import Trackers, refuse_taken

FAMILY = "talk"  # cues that no tagger weighs
ENOUGH = 0.5  # a tracker of cues holds from this probability
KEPT = 8  # trackers of which what they look for stays in memory
CUES = ("label", "pattern", "side", "weight", "negatable")


@dataclasses.dataclass(frozen=True, eq=False)
class Tracking:
    """Trackers in one language, beside its taggers.

    Attributes
    ----------
    pack : Pack
        The language, with the cues of the trackers.
    taggers : Taggers
        The taggers, with an output after their own for each tracker that was learned.
    cues, learned : tuple of str
        The labels of trackers that are told by cues, and of those that were learned.
    kept : dict
        What the tagged table keeps in its ``attrs``: the names, and what `evidence` looks for.
    quality : pandas.DataFrame
        Of learned trackers; see `salesinsight.speech.examples.Learned`.
    """

    pack: Pack
    taggers: Taggers
    cues: tuple[str, ...]
    learned: tuple[str, ...]
    kept: dict[str, Any]
    quality: pd.DataFrame

    def columns(self, reading: Reading) -> dict[str, Any]:
        """The columns ``tracker_<name>`` and ``tracker_<name>_p``."""
        found: dict[str, Any] = {}
        for label in self.cues:
            p = reading.scores[label]
            found |= {label: pd.array(p >= ENOUGH, dtype="boolean"), f"{label}_p": p}
        for label in self.learned:
            found[label] = pd.array(reading.found(label), dtype="boolean")
            found[f"{label}_p"] = reading.p(label).astype(np.float64)
        return found

    def without(self, reading: Reading) -> Reading:
        """The reading as it is without learned trackers: the taggers' own outputs."""
        n = len(reading.outputs) - len(self.learned)
        outputs, odds, needed = reading.outputs[:n], reading.odds[:, :n], reading.needed[:, :n]
        return dataclasses.replace(reading, outputs=outputs, odds=odds, needed=needed)


def track(trackers: Trackers, pack: Pack, taggers: Taggers, turns: pd.DataFrame) -> Tracking:
    """Make trackers ready for turns of a language; what was learned of the last few stays in memory.

    Raises
    ------
    UnknownName
        When a pattern names a word class that this language doesn't have.
    NameTaken
        When a tracker would write over a column of the turns.
    """
    refuse_taken(trackers, turns)
    for known, of_trackers, tracking in _made:
        if known is taggers and of_trackers is trackers:
            return tracking
    tracking = _track(trackers, pack, taggers)
    _made.insert(0, (taggers, trackers, tracking))
    del _made[KEPT:]
    return tracking


_made: list[tuple[Taggers, Trackers, Tracking]] = []


def kept_words(language: str, kept: dict[str, Any]) -> tuple[Pack, list[str]]:
    """The pack with the words of trackers as its cues, and the labels that were learned."""
    return _with_cues(language, kept["words"]), json.loads(kept["words"])["learned"]


def _track(trackers: Trackers, pack: Pack, taggers: Taggers) -> Tracking:
    labels = tuple(f"tracker_{name}" for name in trackers.names)
    rows = trackers.rows.assign(label="tracker_" + trackers.rows["tracker"])
    quality = pd.DataFrame()
    if trackers.kind == "cues":
        written = write_patterns(rows["pattern"].tolist(), pack)
        for _, _, facts in written:
            if "name" in facts:
                pack.word_class(facts["name"])  # raises, and says which there are
        cues = pl.from_pandas(rows.assign(pattern=[pattern for pattern, *_ in written])[list(CUES)])
        cues = cues.unique(["label", "pattern", "side"], keep="first", maintain_order=True)
    else:
        named = rows["label"].where(rows["tracker"] != "", "")
        examples = rows.assign(label=named)[["label", "text", "role"]]
        learned = learn_examples(examples, list(labels), pack, taggers)
        taggers, quality = learned.taggers, learned.quality
        cues = learned.words.with_columns(side=pl.lit("any"), negatable=pl.lit("no")).select(CUES)
    told = () if trackers.kind == "examples" else labels
    words = json.dumps({"learned": [] if told else labels, "cues": cues.rows()})
    kept = {"trackers": {"names": list(trackers.names), "words": words}}
    return Tracking(_with_cues(pack.language, words), taggers, told, () if told else labels, kept, quality)


@functools.lru_cache(maxsize=KEPT)
def _with_cues(language: str, kept: str) -> Pack:
    pack = load_pack(language)
    rows = pl.DataFrame(
        json.loads(kept)["cues"], schema={name: CUE_COLUMNS[name] for name in CUES}, orient="row"
    )
    more = rows.with_columns(
        family=pl.lit(FAMILY), **{name: pl.lit("") for name in CUE_COLUMNS if name not in CUES}
    )
    return dataclasses.replace(pack, cues=pl.concat([pack.cues, more.select(pack.cues.columns)]))
