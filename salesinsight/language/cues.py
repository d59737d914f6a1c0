"""The cue matcher: finds every cue of a language pack in a column of texts, with its place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language.packs import Pack
from salesinsight.language.patterns import find, grow
from salesinsight.language.text import Tokens, tokenise


def match_cues(
    texts: pl.Series | pd.Series,
    pack: Pack,
    roles: pl.Series | pd.Series | None = None,
    families: Iterable[str] | None = None,
    with_words: bool = True,
) -> pl.DataFrame:
    """Find every cue of a pack in every text.

    Parameters
    ----------
    texts : Series of str
        One text per row; a missing text has no hits.
    pack : Pack
        The language, from `load_pack`.
    roles : Series of str, optional
        Side of the speaker of each text. A cue of one side is not found in turns of another side; where
        the role is missing or "unknown" every cue counts.
    families : iterable of str, optional
        Names of the cue files to use; all of them by default.
    with_words : bool, default True
        Whether to cut out the words; without, the column ``words`` is missing and it goes faster.

    Returns
    -------
    polars.DataFrame
        One row per hit: row (number of the text), label, cue (the pattern as written), weight, words (as
        spoken), start_char and end_char (span in the text), sentence (from 0) and position (of the first
        token, from 0 in the text). In order of row and position.

    Notes
    -----
    A cue that is negatable is dropped when one of the pack's negation words stands within the pack's
    window before it in the same sentence. Pattern language: ``packs/nl/README.md``.

    Examples
    --------
    >>> from salesinsight.language import load_pack
    >>> hits = match_cues(pl.Series(["Hoe lang zoekt u al?"]), load_pack("nl"), families=["questions"])
    >>> "question_open" in hits["label"].to_list()
    True
    """
    texts = _as_polars(texts)
    tree = grow(pack, None if families is None else tuple(sorted(families)))
    tokens = tokenise(texts, pack)
    found = find(tree, tokens)
    cue, first, last = (found[name].to_numpy() for name in found.columns)
    keep = ~(tree.cues["negatable"] == "yes").to_numpy()[cue] | ~_negated(first, tokens, pack)
    if roles is not None:
        keep &= _side_fits(tree.cues["side"], cue, _as_polars(roles), tokens.row[first])
    order = np.flatnonzero(keep)
    order = order[np.lexsort((cue[order], last[order], first[order]))]
    cue, first, last = cue[order], first[order], last[order]
    row = tokens.row[first]
    text_start = np.searchsorted(tokens.row, row)
    hits = (
        tree.cues.select("label", cue="pattern", weight="weight")[cue]
        .with_columns(
            row=pl.Series(row, dtype=pl.UInt32),
            start_char=pl.Series(tokens.start[first], dtype=pl.Int64),
            end_char=pl.Series(tokens.end[last], dtype=pl.Int64),
            sentence=pl.Series(tokens.sentence[first] - tokens.sentence[text_start], dtype=pl.Int64),
            position=pl.Series(first - text_start, dtype=pl.Int64),
        )
    )
    columns = ["row", "label", "cue", "weight", "start_char", "end_char", "sentence", "position"]
    if not with_words:
        return hits.select(columns)
    columns.insert(4, "words")
    cut = pl.col("text").str.slice(pl.col("start_char"), pl.col("end_char") - pl.col("start_char"))
    return hits.with_columns(text=texts.gather(row)).with_columns(words=cut).select(columns)


def _as_polars(values: pl.Series | pd.Series) -> pl.Series:
    if isinstance(values, pd.Series):
        return pl.Series(values.astype("string").to_numpy(dtype=object, na_value=None), dtype=pl.String)
    return values.cast(pl.String)


def _negated(first: np.ndarray, tokens: Tokens, pack: Pack) -> np.ndarray:
    """Whether a negation word stands shortly before the token, in its sentence."""
    rule = pack.settings["negation"]
    is_negation = tokens.word.is_in(rule["words"]).to_numpy()
    seen = np.maximum.accumulate(np.where(is_negation, np.arange(len(is_negation)), -1))
    before = np.where(first > 0, seen[first - 1], -1)
    near = (before >= 0) & (first - before <= rule["window"])
    return near & (tokens.sentence[before] == tokens.sentence[first])


def _side_fits(sides: pl.Series, cue: np.ndarray, roles: pl.Series, row: np.ndarray) -> np.ndarray:
    """Whether the speaker is on the side that the cue asks for, or may be."""
    role = roles.fill_null("unknown").gather(row)
    side = sides.gather(cue)
    return ((side == "any") | (role == "unknown") | (side == role)).to_numpy()
