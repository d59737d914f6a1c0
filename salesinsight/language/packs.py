"""Language packs: what the library knows about a language, read from the folders in ``packs/``."""

from __future__ import annotations

import dataclasses
import functools
import pathlib
import tomllib
from types import MappingProxyType
from typing import Any

import polars as pl

from salesinsight.errors import UnknownName

PACKS = pathlib.Path(__file__).parent / "packs"
CUE_COLUMNS = {
    "label": pl.String,
    "pattern": pl.String,
    "side": pl.String,
    "weight": pl.Float64,
    "negatable": pl.String,
    "source": pl.String,
    "matches": pl.String,
    "not_matches": pl.String,
}


@dataclasses.dataclass(frozen=True, eq=False)
class Pack:
    """One language: its numbers and months, its thresholds, its word classes and its cues.

    Attributes
    ----------
    language, name : str
        "nl" and "Nederlands".
    folder : pathlib.Path
        Where the pack lives; the sample generator finds its phrases there.
    settings : Mapping
        Everything in ``pack.toml``: numbers, months, label, thresholds, negation, classes.
    cues : polars.DataFrame
        Every row of ``cues/*.csv``, with its file name as ``family``.
    """

    language: str
    name: str
    folder: pathlib.Path
    settings: MappingProxyType[str, Any]
    cues: pl.DataFrame

    def threshold(self, name: str) -> float:
        """The probability from which a label counts as found."""
        return float(self.settings["thresholds"][name])

    def word_class(self, name: str) -> list[str]:
        """The words of a class, which patterns write between braces.

        Raises
        ------
        UnknownName
            When ``[classes]`` of the pack does not have it.
        """
        classes = self.settings["classes"]
        if name not in classes:
            raise UnknownName(kind=f"word class ({self.language})", name=name, known=list(classes))
        return classes[name]


def languages() -> list[str]:
    """List the languages that have a pack.

    Examples
    --------
    >>> languages()
    ['en', 'nl']
    """
    return sorted(path.parent.name for path in PACKS.glob("*/pack.toml"))


@functools.cache
def load_pack(language: str) -> Pack:
    """Read the pack of a language; the second time it comes from memory.

    Raises
    ------
    UnknownName
        When there is no pack for this language.

    Examples
    --------
    >>> load_pack("nl").name
    'Nederlands'
    """
    if language not in languages():
        raise UnknownName(kind="language", name=language, known=languages())
    folder = PACKS / language
    settings = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
    files = sorted((folder / "cues").glob("*.csv"))
    tables = [pl.read_csv(file, schema=CUE_COLUMNS).with_columns(family=pl.lit(file.stem)) for file in files]
    empty = pl.DataFrame(schema=CUE_COLUMNS | {"family": pl.String})
    return Pack(
        language=settings["language"],
        name=settings["name"],
        folder=folder,
        settings=MappingProxyType(settings),
        cues=pl.concat([empty, *tables]),
    )
