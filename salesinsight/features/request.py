"""Asking for action: whether, when, how far and how insistently the seller asks for a next step.

======================  ======================================================================  ============
feature                 formula                                                                 source
======================  ======================================================================  ============
request_any             1 when the seller asks for a next step, else 0                          002
request_count           seller turns that ask for one                                           002; Rackham
request_first_pos       position (0 start, 1 end) of the first                                  002
request_last20          1 when one stands in the last 20 %, else 0                              002
request_level           the furthest: 0 none, 1 information, 2 meeting or visit, 3 talk it      002
                        over at home or introduce, 4 trial or quote, 5 signature
request_nagging_count   requests at least as far as the one before, which the customer did not  002
                        accept, without a question, a reason or something new in between
======================  ======================================================================  ============

A request of unknown kind counts as level 1. The customer must have spoken between a request and its
repetition: two requests in one breath are one.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY, LAST_FIFTH, heard


def request(turns: pl.DataFrame) -> pl.DataFrame:
    """Features of requests for action, one row per conversation."""
    asks, place = pl.col("request"), pl.col("p")
    measured = turns.group_by(KEY).agg(
        request_any=heard("seller", asks.any()),
        request_count=heard("seller", asks.sum()),
        request_first_pos=place.filter(asks).min(),
        request_last20=heard("seller", (asks & (place >= LAST_FIFTH)).any()),
        request_level=heard("seller", pl.col("level").filter(asks).max().fill_null(0)),
    )
    nagging = pl.col("request_nagging_count").fill_null(0)
    return measured.join(_nagging(turns), on=KEY, how="left").with_columns(
        request_nagging_count=pl.when(pl.col("request_any").is_not_null()).then(nagging)
    )


def _nagging(turns: pl.DataFrame) -> pl.DataFrame:
    new = pl.col("question") | (pl.col("n_reason") > 0) | (pl.col("n_pitch") > 0)
    told = (pl.col("seller") & ~pl.col("request") & new).cum_sum().over(KEY)
    replies = pl.col("customer").cum_sum().over(KEY)
    requests = turns.with_columns(told=told, replies=replies).filter("request")
    last = {name: pl.col(name).shift(1).over(KEY) for name in ("agreed", "level", "told", "replies")}
    again = (
        ~last["agreed"]
        & (pl.col("level") >= last["level"])
        & (pl.col("told") == last["told"])
        & (pl.col("replies") > last["replies"])
    )
    requests = requests.with_columns(again=again.fill_null(False))
    return requests.group_by(KEY).agg(request_nagging_count=pl.col("again").sum())
