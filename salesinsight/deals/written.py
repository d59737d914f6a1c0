"""Whether the seller asks for a next step in what he writes: a mail without a request is one not made."""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.deals.timeline import Timeline
from salesinsight.speech import tag_turns

WRITTEN = ["mail_out", "quote_sent"]
# many exports hold the subject of a mail only; fewer words than this are taken for one
LEAST_WORDS = 8


def written_requests(marks: pl.DataFrame, timeline: Timeline, language: str) -> pl.DataFrame:
    """Count the seller's messages that ask for a next step, where the export holds their text.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t.
    timeline : Timeline
        The deals on their two clocks.
    language : str
        Of the messages.

    Returns
    -------
    polars.DataFrame
        row; ``request_written_count``, mails and quotes so far whose words ask for a next step, as
        `tag_turns` reads the turn of a seller; ``request_written_share``, these ÷ all with text. Rows
        without any message of at least `LEAST_WORDS` words are absent.
    """
    words = pl.col("value").str.count_matches(r"\S+")
    sent = timeline.events.filter(pl.col("kind").is_in(WRITTEN) & (words >= LEAST_WORDS))
    texts = pd.DataFrame({"text": sent["value"].unique(maintain_order=True).to_list(), "role": "seller"})
    # each message stands alone: none is the turn after another
    turns = texts.astype("string").assign(conversation_id=texts.index.astype("string"), turn=0)
    acts = tag_turns(turns, language=language)["acts"] if len(turns) else pd.Series(dtype="string")
    asks = acts.fillna("").str.split("|").map(lambda found: "action_request" in found).to_list()
    read = pl.DataFrame(
        {"value": texts["text"].to_list(), "asks": asks}, schema={"value": pl.String, "asks": pl.Boolean}
    )
    return (
        marks.select("row", "deal_id", "t")
        .join(sent.select("deal_id", "known_at", "value"), on="deal_id")
        .filter(pl.col("known_at") <= pl.col("t"))
        .join(read, on="value")
        .group_by("row")
        .agg(
            request_written_count=pl.col("asks").sum().cast(pl.Float64),
            request_written_share=pl.col("asks").mean(),
        )
    )
