"""Turns: which side speaks, and consecutive rows of one speaker as one turn."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.findings import Findings


def assign_roles(
    turns: pl.DataFrame, conversations: pl.DataFrame, people: pl.DataFrame, sellers: tuple[str, ...]
) -> pl.DataFrame:
    """Say on which side every speaker is, where the source or the profile tells; never by who comes first.

    Notes
    -----
    In this order: the role in the file; the side of the person in people (by id or name); the seller of
    the conversation; the profile's ``sellers``. In a conversation in which a seller is known this way,
    other speakers with a name are customers. The rest is "unknown".
    """
    known = [
        person.select(speaker_id=pl.col(name), _side="side")
        for name in ("person_id", "name")
        for person in [people]
    ]
    sides = pl.concat(known).drop_nulls().unique("speaker_id", keep="first", maintain_order=True)
    seller = conversations.select("conversation_id", _seller="seller_id")
    listed = pl.col("speaker_id").str.to_lowercase().is_in([name.strip().lower() for name in sellers])
    found = (
        turns.join(sides, on="speaker_id", how="left", maintain_order="left")
        .join(seller, on="conversation_id", how="left", maintain_order="left")
        .with_columns(
            sells=pl.col("speaker_id").eq(pl.col("_seller")).fill_null(False) | listed.fill_null(False)
        )
    )
    role = pl.coalesce("role", "_side", pl.when("sells").then(pl.lit("seller")))
    others = pl.col("sells").any().over("conversation_id") & pl.col("speaker_id").is_not_null()
    role = pl.when(role.is_null() & others).then(pl.lit("customer")).otherwise(role)
    return found.with_columns(role=role.fill_null("unknown")).drop("_side", "_seller", "sells")


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
