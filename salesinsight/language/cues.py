"""The cue matcher: finds every cue of a language pack in a column of texts, with its place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language.packs import Pack
from salesinsight.language.patterns import Tree, find, grow
from salesinsight.language.text import Tokens, first_of_each, tokenise


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
        token, from 0 in the text). In order of row and position; label and cue are of type Enum.

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
    hits = match_tokens(tokenise(texts, pack), pack, roles, families)
    if not with_words:
        return hits
    cut = pl.col("text").str.slice(pl.col("start_char"), pl.col("end_char") - pl.col("start_char"))
    words = hits.with_columns(text=texts.gather(hits["row"])).select(words=cut).to_series()
    return hits.insert_column(4, words)


def match_tokens(
    tokens: Tokens,
    pack: Pack,
    roles: pl.Series | pd.Series | None = None,
    families: Iterable[str] | None = None,
) -> pl.DataFrame:
    """Find every cue in texts that are cut into tokens already: `match_cues` without the words."""
    tree = grow(pack, None if families is None else tuple(sorted(families)))
    cue, first, last = find(tree, tokens)
    keep = ~_per_cue(tree, "negatable", "yes")[cue] | ~_negated(first, tokens, pack)
    if roles is not None:
        keep &= _side_fits(tree, cue, _as_polars(roles), tokens.row[first])
    return _table(tree, tokens, cue[keep], first[keep], last[keep])


def _table(tree: Tree, tokens: Tokens, cue: np.ndarray, first: np.ndarray, last: np.ndarray) -> pl.DataFrame:
    """Write finds as the table of hits, in order of text, first token, last token and cue."""
    order = np.argsort((first * len(tokens.code) + last) * len(tree.cues) + cue)
    cue, first, last = cue[order], first[order], last[order]
    text_start = first_of_each(tokens.row)[first]
    return pl.DataFrame(
        {
            "row": tokens.row[first].astype(np.uint32),
            "label": tree.cues["label"].gather(cue),
            "cue": tree.cues["pattern"].gather(cue),
            "weight": tree.cues["weight"].gather(cue),
            "start_char": tokens.start[first],
            "end_char": tokens.end[last],
            "sentence": tokens.sentence[first] - tokens.sentence[text_start],
            "position": first - text_start,
        }
    )


def _as_polars(values: pl.Series | pd.Series) -> pl.Series:
    if isinstance(values, pd.Series):
        return pl.Series(pl.from_pandas(values.astype("string")), dtype=pl.String)
    return values.cast(pl.String)


def _per_cue(tree: Tree, column: str, value: str) -> np.ndarray:
    return (tree.cues[column] == value).to_numpy()


def _negated(first: np.ndarray, tokens: Tokens, pack: Pack) -> np.ndarray:
    """Whether a negation word stands shortly before the token, in its sentence."""
    rule = pack.settings["negation"]
    number = np.arange(len(tokens.code))
    seen = np.maximum.accumulate(np.where(tokens.among(rule["words"]), number, -1))
    before = np.where(first > 0, seen[first - 1], -1)
    near = (before >= 0) & (first - before <= rule["window"])
    return near & (tokens.sentence[before] == tokens.sentence[first])


def _side_fits(tree: Tree, cue: np.ndarray, roles: pl.Series, row: np.ndarray) -> np.ndarray:
    """Whether the speaker is on the side that the cue asks for, or may be."""
    fits = _per_cue(tree, "side", "any")[cue] | roles.is_null().to_numpy()[row]
    fits |= (roles == "unknown").fill_null(False).to_numpy()[row]
    for side in ("seller", "customer"):
        fits |= _per_cue(tree, "side", side)[cue] & (roles == side).fill_null(False).to_numpy()[row]
    return fits
