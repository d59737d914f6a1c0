"""The words of the last conversation known at each landmark, for a baseline that counts words."""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.deals.talks import last_known
from salesinsight.deals.timeline import Timeline
from salesinsight.schema import Export


def last_words(marks: pl.DataFrame, timeline: Timeline, export: Export) -> pd.Series | None:
    """Give each landmark all that was said in the deal's last conversation that could be read.

    Parameters
    ----------
    marks : polars.DataFrame
        deal_id, t.
    timeline : Timeline
        The deals on their two clocks.
    export : Export
        Its turns.

    Returns
    -------
    pandas.Series or None
        In the order of `marks`; dtype ``category``, so that a text that counts on many Mondays is held once.
        A conversation counts from when it was entered. Missing where none had been by the landmark; None when
        there is no text of any of them.
    """
    turns = pl.from_pandas(export.turns[["conversation_id", "turn", "text"]]).drop_nulls("text")
    said = (
        turns.join(timeline.talks.select("conversation_id"), on="conversation_id", how="semi")
        .sort("conversation_id", "turn")
        .group_by("conversation_id")
        .agg(pl.col("text").str.join(" "))
        .sort("conversation_id")
    )
    texts = said.select(pl.col("text").unique(maintain_order=True)).with_row_index("code")
    coded = said.join(texts, on="text").select("conversation_id", "code")
    talks = timeline.talks.select("deal_id", "conversation_id", "known_at").join(
        coded, on="conversation_id", how="inner", maintain_order="left"
    )
    last = last_known(marks.select("deal_id", "t").with_row_index("place"), talks).sort("place")
    used = last.select(pl.col("code").drop_nulls().unique().sort()).with_row_index("short")
    if used.is_empty():
        return None
    codes = last.join(used, on="code", how="left", maintain_order="left")["short"].cast(pl.Int64)
    kept = texts.join(used, on="code").sort("short")["text"].to_list()
    return pd.Series(pd.Categorical.from_codes(codes.fill_null(-1).to_numpy(), kept), name="words")
