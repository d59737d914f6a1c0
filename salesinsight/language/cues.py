"""The cue matcher: finds every cue of a language pack in a column of texts, with its place."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.language.packs import Pack
from salesinsight.language.patterns import SIDES, Tree, cues_among, find, grow
from salesinsight.language.text import Tokens, tokenise
from salesinsight.language.walking import hold


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
    tokens = tokenise(texts, pack)
    hits = _table(tokens, match_tokens(tokens, pack, roles, families))
    if not with_words:
        return hits
    cut = pl.col("text").str.slice(pl.col("start_char"), pl.col("end_char") - pl.col("start_char"))
    words = hits.with_columns(text=texts.gather(hits["row"])).select(words=cut).to_series()
    return hits.insert_column(4, words)


@dataclasses.dataclass(frozen=True)
class Hits:
    """The cues found in tokens, one entry per hit; in no order.

    Attributes
    ----------
    tree : Tree
        The cues that were looked for.
    cue : numpy.ndarray
        Of each hit the number of its cue.
    first, last : numpy.ndarray
        The tokens at which it begins and ends.
    weight : numpy.ndarray
        Of each hit how surely the label holds, by this hit alone.
    """

    tree: Tree
    cue: np.ndarray
    first: np.ndarray
    last: np.ndarray
    weight: np.ndarray

    def among(self, labels: Sequence[str]) -> np.ndarray:
        """Of each hit the place of its label among these labels; -1 when it isn't one of them."""
        return cues_among(self.tree, tuple(labels))[self.cue]


def match_tokens(
    tokens: Tokens,
    pack: Pack,
    roles: pl.Series | pd.Series | None = None,
    families: Iterable[str] | None = None,
) -> Hits:
    """Find every cue in texts that are cut into tokens already, as `match_cues` does."""
    tree = grow(pack, None if families is None else tuple(sorted(families)))
    cue, first, last = find(tree, tokens)
    rule = pack.settings["negation"]
    side = (
        np.zeros(tokens.row[-1] + 1 if len(tokens.row) else 0, dtype=np.int8)
        if roles is None
        else sides(roles)
    )
    of_tokens = (tokens.code, tokens.sentence, tokens.row, tokens.flags(rule["words"]))
    kept = hold(cue, first, *of_tokens, rule["window"], tree.negatable, tree.side, side)
    cue, first, last = cue[kept], first[kept], last[kept]
    return Hits(tree, cue, first, last, tree.cues["weight"].to_numpy()[cue])


def sides(roles: pl.Series | pd.Series) -> np.ndarray:
    """Who says each text: 1 the seller, 2 the customer, 3 someone else, 0 not known."""
    code, names = pd.factorize(roles.to_pandas() if isinstance(roles, pl.Series) else roles)
    known = {"unknown": 0} | {name: place for place, name in enumerate(SIDES) if place}
    number = [known.get(name, 3) for name in names]
    return np.array([*number, 0], dtype=np.int8)[code]  # the last is where it is missing


def _table(tokens: Tokens, hits: Hits) -> pl.DataFrame:
    """Write hits as a table, in order of text, first token, last token and cue."""
    order = np.lexsort((hits.cue, hits.last, hits.first))
    cue, first, last = hits.cue[order], hits.first[order], hits.last[order]
    text_start = tokens.begin[tokens.row[first]]
    return pl.DataFrame(
        {
            "row": tokens.row[first].astype(np.uint32),
            "label": hits.tree.cues["label"].gather(cue),
            "cue": hits.tree.cues["pattern"].gather(cue),
            "weight": hits.weight[order],
            "start_char": tokens.start[first].astype(np.int64),
            "end_char": tokens.end[last].astype(np.int64),
            "sentence": (tokens.sentence[first] - tokens.sentence[text_start]).astype(np.int64),
            "position": (first - text_start).astype(np.int64),
        }
    )


def _as_polars(values: pl.Series | pd.Series) -> pl.Series:
    if isinstance(values, pd.Series):
        return pl.Series(pl.from_pandas(values.astype("string")), dtype=pl.String)
    return values.cast(pl.String)
