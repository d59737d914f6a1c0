"""All texts as one long page, so that a pattern is looked for once and not once per text."""

from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl

BETWEEN = "\0"  # between two texts; no pattern reaches over it

# first character, character after the last, kind; a span without a kind is to be left alone
Span = tuple[int, int, str]


@dataclasses.dataclass(frozen=True)
class Page:
    """Texts behind each other.

    Attributes
    ----------
    text : str
        The texts, each closed by `BETWEEN`.
    starts : numpy.ndarray
        Where each text begins.
    texts : polars.Series
        The texts themselves.
    """

    text: str
    starts: np.ndarray
    texts: pl.Series

    @classmethod
    def of(cls, texts: pl.Series) -> Page:
        """Put texts behind each other; a missing text is an empty one."""
        clean = texts.fill_null("").str.replace_all(BETWEEN, " ", literal=True)
        lengths = clean.str.len_chars().cast(pl.Int64).to_numpy() + len(BETWEEN)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])[: len(clean)]
        return cls("".join(f"{text}{BETWEEN}" for text in clean), starts, clean)

    def holding(self, pattern: str, least: int = 1) -> list[tuple[int, int]]:
        """Where texts stand that have a pattern at least so often; the costly patterns look only there."""
        rows = (self.texts.str.count_matches(f"(?i){pattern}") >= least).arg_true().to_numpy()
        begin = self.starts[rows]
        lengths = self.texts.gather(rows).str.len_chars().cast(pl.Int64).to_numpy()
        return list(zip(begin.tolist(), (begin + lengths).tolist(), strict=True))
