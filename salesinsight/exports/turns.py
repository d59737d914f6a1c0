"""Turns: consecutive rows of one speaker are one turn."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.findings import Findings


def merge_turns(turns: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Join consecutive rows of one speaker in a conversation and number what is left from 0.

    Notes
    -----
    Rows stand in the order of the files; where every row of a conversation has a number, in the order of
    those. Two rows are of one speaker when role and speaker are the same; rows of nobody in particular
    (role unknown, no speaker) are left apart, for they may be of several people.
    """
    numbered = pl.col("turn").is_not_null().all().over("conversation_id")
    rows = (
        turns.with_row_index("_row")
        .with_columns(
            _talk=pl.col("_row").min().over("conversation_id"),
            _place=pl.when(numbered).then("turn").otherwise(0),
        )
        .sort("_talk", "_place", maintain_order=True)
        .drop("_row", "_talk", "_place")
    )
    nobody = (pl.col("role") == "unknown") & pl.col("speaker_id").is_null()
    new = nobody
    for name in ("conversation_id", "role", "speaker_id"):
        new = new | pl.col(name).ne_missing(pl.col(name).shift(1))
    rows = rows.with_columns(_run=new.cum_sum())
    findings.count("merged", rows.filter(pl.col("_run").is_first_distinct().not_()))
    merged = rows.group_by("_run", maintain_order=True).agg(
        pl.col("_source", "_path", "_line", "conversation_id", "role", "speaker_id").first(),
        pl.col("start_s").min(),
        pl.col("end_s").max(),
        pl.col("text").str.join(" "),
        pl.col("language").drop_nulls().first(),
    )
    return merged.drop("_run").with_columns(turn=pl.int_range(pl.len()).over("conversation_id"))
