"""links.csv: what the user filled in about recordings and duplicates, which wins over everything."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.trail import LINKS

FIXED = ["file", "conversation_id", "deal_id", "account_id", "sellers", "swap"]


def fixed_transcripts(given: pl.DataFrame | None) -> pl.DataFrame:
    """What links.csv says of recordings, by file; empty where nothing is given."""
    rows = pl.DataFrame(schema=LINKS) if given is None else given
    return rows.filter(kind="transcript").select(FIXED).unique("file", keep="last", maintain_order=True)


def kept_apart(given: pl.DataFrame | None) -> list[str]:
    """Conversations that must not be merged: rows of duplicates whose conversation is the merged one itself.

    Examples
    --------
    >>> rows = {"kind": ["duplicate"], "conversation_id": ["c2"], "candidates": ["c2"]}
    >>> kept_apart(pl.DataFrame(rows))
    ['c2']
    """
    if given is None:
        return []
    doubles = given.filter(kind="duplicate")
    return doubles.filter(pl.col("conversation_id") == pl.col("candidates"))["conversation_id"].to_list()
