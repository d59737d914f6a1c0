"""The part of the path before a model: from files to what was said and what was known when."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from salesinsight.deals import Dataset, make_dataset, open_deals
from salesinsight.errors import BadArgument
from salesinsight.exports import is_processed, read_export, read_names
from salesinsight.features import conversation_features
from salesinsight.language import words
from salesinsight.report.names import named, seller_names
from salesinsight.schema import Export
from salesinsight.speech import evidence, read_trackers, tag_notes, tag_turns

Progress = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Prepared:
    """All that precedes a model: the export, what was said in it, the deals to learn from and to score."""

    export: Export
    tagged: pd.DataFrame
    hits: pd.DataFrame
    notes: pd.DataFrame
    features: pd.DataFrame
    data: Dataset
    open_: Dataset


@dataclasses.dataclass(frozen=True)
class Shown:
    """How a report is written: language, names, sellers' words or not, the share held back, hours assumed."""

    language: str
    names: dict[str, str]
    seller_words: bool
    reserve: float = 0.0
    hours: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def report(self) -> dict[str, Any]:
        """What `write_report` is told."""
        shown: dict[str, Any] = {"language": self.language, "names": self.names, "hours": self.hours}
        return shown | {"seller_words": self.seller_words}

    def named(self, deals: pd.DataFrame, export: Export) -> pd.DataFrame:
        """Deals with what they are called, as far as that may be shown."""
        hidden = [] if self.seller_words else seller_names(export, self.names)
        return named(deals, self.names, hidden, f"[{words(self.language)('common.role.seller')}]")


def names_in(folder: str | Path, key: str | Path | None) -> dict[str, str]:
    """The name behind each code of an imported export; none without the key.

    Raises
    ------
    BadArgument
        When there is a key, but the folder holds an export as it came.
    KeyMissing, KeyUnreadable, WrongKey
        When the key can't be used.
    """
    if key is None:
        return {}
    if not is_processed(Path(folder)):
        expected = {"en": "an imported export beside it", "nl": "bij een geïmporteerde export gegeven"}
        raise BadArgument(argument="key", expected=expected, got=str(folder))
    return read_names(Path(folder), key)


def quiet(step: str) -> None:
    """Say nothing."""


def prepare(
    folder: str | Path,
    profile: str | Path = "sample",
    *,
    at: pd.Timestamp | str | None = None,
    landmarks: str | dict = "weekly",
    horizon_days: int | None = None,
    trackers: str | Path | None = None,
    progress: Progress = quiet,
) -> Prepared:
    """Read an export and work out what was said and what was known when; arguments as in `run_path`."""
    progress("read")
    export = read_export(folder, profile=profile)
    own = read_trackers(trackers, export.language) if trackers else None
    if own:
        export.rejects = pd.concat([export.rejects, own.rejects], ignore_index=True)
    progress("tag")
    tagged = tag_turns(export.turns, language=export.language, trackers=own)
    notes = tag_notes(export.conversations, language=export.language)
    hits = evidence(tagged)
    progress("featurize")
    features = conversation_features(export, tagged, notes)
    progress("dataset")
    data = make_dataset(export, features, as_of=at, horizon_days=horizon_days, landmarks=landmarks)
    open_ = open_deals(export, features, at=at, horizon_days=horizon_days)
    return Prepared(export, tagged, hits, notes, features, data, open_)
