"""Recordings that no conversation of the CRM fits: conversations of their own, when their date is known."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.findings import TRACE
from salesinsight.exports.linking.evidence import level, mentions, whole_names
from salesinsight.exports.linking.known import MOMENT, Tables, keys_of, open_deals, persons, seller_ids
from salesinsight.schema import TABLES


def make_conversations(alone: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Make a conversation for each recording, with what its speakers tell of seller and customer.

    Parameters
    ----------
    alone : polars.DataFrame
        Recordings of `link`, with a moment.
    tables : dict
        All tables.

    Returns
    -------
    polars.DataFrame
        Rows of conversations. Of a recording with a date but no time the start is the start of that day
        and it counts as entered at its end, so that nothing is known too early.
    """
    who = participants(alone, tables)
    rows = alone.drop("account_id", strict=False).join(who, on="rec", how="left", maintain_order="left")
    end = pl.col("at") + pl.duration(milliseconds=pl.col("duration_s") * 1000)
    made = rows.select(
        _source=pl.lit(None, pl.Int64),
        _path="file",
        _line=pl.lit(None, pl.Int64),
        conversation_id="recording",
        account_id="account_id",
        started_at="at",
        ended_at=pl.when("timed").then(end),
        entered_at=pl.when(~pl.col("timed")).then(pl.col("at").dt.offset_by("1d")),
        kind=pl.lit("video"),
        seller_id="seller_id",
    )
    empty = tables["conversations"].clear().select(*TRACE, *TABLES["conversations"].names)
    return pl.concat([empty, made.with_columns(pl.col(pl.Datetime).cast(MOMENT))], how="diagonal_relaxed")


def participants(recordings: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """The one seller and the one organisation that the speakers of a recording are known to be of.

    Returns
    -------
    polars.DataFrame
        rec, seller_id and account_id; missing when nobody or more than one comes into question, counting
        only people who were known at that moment.
    """
    people, sells = persons(tables), seller_ids(tables)
    theirs = people.filter(
        pl.col("account_id").is_not_null() & pl.col("side").eq("seller").not_().fill_null(True)
    )
    voices = mentions(recordings).filter("voice").join(recordings.select("rec", "at"), on="rec")
    found = recordings.select("rec")
    for ids, name in ((sells, "seller_id"), (theirs["person_id"], "account_id")):
        heard = voices.join(whole_names(keys_of(ids, people)), on="key")
        heard = heard.filter(level(pl.col("key").str.slice(0, 1)) < 2)
        heard = heard.join(theirs, left_on="person", right_on="person_id", how="left")
        heard = heard.filter((pl.col("since") <= pl.col("at")).fill_null(True))
        value = pl.col("person" if name == "seller_id" else "account_id")
        one = heard.group_by("rec").agg(value.unique().alias(name))
        one = one.filter(pl.col(name).list.len() == 1).with_columns(pl.col(name).list.first())
        found = found.join(one, on="rec", how="left", maintain_order="left")
    return found


def deals_by_account(talks: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Give conversations without a deal that of their organisation, when one was open at the time.

    Returns
    -------
    polars.DataFrame
        The conversations, with _open: how many deals of the organisation were open then; missing where
        the conversation had a deal.
    """
    loose = talks.filter(pl.col("deal_id").is_null()).select("conversation_id", "account_id", at="started_at")
    open_ = (
        open_deals(tables, loose)
        .group_by("conversation_id")
        .agg(_deal=pl.col("deal_id").first(), _open=pl.col("deal_id").n_unique())
    )
    joined = talks.join(open_, on="conversation_id", how="left", maintain_order="left")
    only = pl.when(pl.col("_open") == 1).then("_deal")
    return joined.with_columns(
        deal_id=pl.coalesce("deal_id", only),
        _open=pl.when(pl.col("deal_id").is_null()).then(pl.col("_open").fill_null(0)),
    ).drop("_deal")
