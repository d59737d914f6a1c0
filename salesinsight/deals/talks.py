"""Features of conversations carried to the landmarks of their deal: last value, mean so far, change.

Conversations count in the order in which they became known, so a note entered a week late changes no
landmark of that week.
"""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.deals.timeline import Timeline
from salesinsight.features import feature_catalog, of_trackers


def conversation_columns(features: pd.DataFrame) -> list[str]:
    """List the numeric features of conversations that a model may see.

    Quality columns say how well a conversation was heard, not how it went. People carry no date: a decider
    who was only found out at the closing would be seen at every landmark before it.
    """
    catalog = feature_catalog()
    undated = catalog["needs"].str.contains("people")
    usable = catalog[(catalog["stage"] == "conversation") & (catalog["family"] != "quality") & ~undated]
    numeric = set(features.select_dtypes(["number", "boolean"]).columns)
    own = [name for name in features.columns if of_trackers(name)]
    return [name for name in [*usable["name"], *own] if name in numeric]


def carry_conversations(marks: pl.DataFrame, timeline: Timeline, features: pd.DataFrame) -> pl.DataFrame:
    """Give each landmark what its deal's known conversations said.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t.
    timeline : Timeline
        The deals on their two clocks.
    features : pandas.DataFrame
        Index conversation_id.

    Returns
    -------
    polars.DataFrame
        row and per feature ``name`` (in the last conversation in which it could be measured),
        ``name_mean`` (over those so far) and ``name_change`` (last minus the mean of those before; missing
        until there are two); ``continuations_run``, the 'goede gesprekken' in a row up to now by recorded
        outcome or else by what was said; ``quote_before_need``, whether a quote went out before the
        customer had stated a need in any conversation (missing without a quote or without a transcript).
    """
    names = conversation_columns(features)
    told = _told(timeline, features, names)
    rolled = told.select("deal_id", "known_at", *_rolled(names), "continuations_run", "need_at", "heard")
    joined = (
        marks.select("row", "deal_id", "t")
        .sort("t")
        .join_asof(
            rolled.sort("known_at"), left_on="t", right_on="known_at", by="deal_id", check_sortedness=False
        )
    )
    quotes = timeline.events.filter(pl.col("kind") == "quote_sent").select(
        "deal_id", "known_at", quote_at="at"
    )
    sent = marks.select("row", "deal_id", "t").join(quotes, on="deal_id")
    sent = sent.filter(pl.col("known_at") <= pl.col("t")).group_by("row").agg(pl.col("quote_at").min())
    early = pl.col("need_at").is_null() | (pl.col("quote_at") < pl.col("need_at"))
    measured = pl.col("quote_at").is_not_null() & pl.col("heard").fill_null(False)
    return (
        joined.join(sent, on="row", how="left")
        .with_columns(quote_before_need=pl.when(measured).then(early.cast(pl.Float64)))
        .drop("deal_id", "t", "known_at", "need_at", "heard", "quote_at")
        .sort("row")
    )


def _told(timeline: Timeline, features: pd.DataFrame, names: list[str]) -> pl.DataFrame:
    """Held conversations with their features, in the order in which they became known."""
    told = features[names].astype("float64").reset_index()
    for column in ("outcome_tagged", "need_explicit_count"):
        if column not in told:
            told[column] = features[column].to_numpy() if column in features else None
    frame = pl.from_pandas(told, nan_to_null=True)
    frame = frame.with_columns(
        pl.col("conversation_id").cast(pl.String),
        pl.col("outcome_tagged").cast(pl.String),
        pl.col("need_explicit_count").cast(pl.Float64),
    )
    talks = timeline.talks.select("deal_id", "conversation_id", "at", "known_at", "outcome")
    talks = talks.join(frame, on="conversation_id", how="left", maintain_order="left")
    flat = (pl.coalesce("outcome", "outcome_tagged") == "continuation").fill_null(False)
    need = pl.when(pl.col("need_explicit_count") > 0).then("at")
    run = pl.col("flat").cast(pl.Float64).cum_sum().over("deal_id", "streak")
    return (
        talks.with_columns(flat=flat)
        .with_columns(streak=pl.col("flat").not_().cum_sum().over("deal_id"))
        .with_columns(
            continuations_run=run,
            need_at=need.cum_min().forward_fill().over("deal_id"),
            heard=pl.col("need_explicit_count").is_not_null().cum_max().over("deal_id"),
        )
    )


def _rolled(names: list[str]) -> list[pl.Expr]:
    done = []
    for name in names:
        value = pl.col(name)
        total, count = value.cum_sum().forward_fill(), value.cum_count()
        last = value.forward_fill()
        before = (total - last) / (count - 1)
        done += [
            last.over("deal_id").alias(name),
            (total / count).over("deal_id").alias(f"{name}_mean"),
            pl.when(count > 1).then(last - before).over("deal_id").alias(f"{name}_change"),
        ]
    return done
