"""What surrounds a deal, shown to people and never an input of a model: its lead source, its seller's calls.

Lead source and seller of a deal carry no date, and how much a seller does is no measure of a deal (003).
"""

from __future__ import annotations

import datetime

import pandas as pd
import polars as pl

from salesinsight.deals.timeline import Timeline
from salesinsight.schema import Export

CONTEXT = ("source_refers_share", "seller_calls_count", "seller_refusals_count")
WEEKS = datetime.timedelta(weeks=4)


def surroundings(
    marks: pl.DataFrame, timeline: Timeline, export: Export, features: pd.DataFrame | None
) -> pl.DataFrame:
    """Tell what surrounds each deal at its landmark.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t, and conversation_id of the last conversation known.
    timeline : Timeline
        The deals on their two clocks.
    export : Export
        Its conversations tell who the seller was.
    features : pandas.DataFrame or None
        Index conversation_id.

    Returns
    -------
    polars.DataFrame
        row; ``source_refers_share``, the share of all conversations heard so far from the deal's lead source
        in which the customer left the decision to someone else (004: a popje is made where the lead was);
        ``seller_calls_count`` and ``seller_refusals_count``, the calls and meetings, held or tried, that the
        seller of the last conversation entered in the four weeks before, and how many of these were recorded
        as no-sale. Missing where source, seller or transcripts are not known.
    """
    talks = _sellers_talks(export)
    seller = marks.select("row", "t", "conversation_id").join(
        talks.select("conversation_id", "seller_id").drop_nulls(), on="conversation_id"
    )
    seller = seller.with_columns(start=pl.col("t") - WEEKS)
    now, then = (_upto(seller, talks, "seller_id", at).sort("row") for at in ("t", "start"))
    recent = now.select(
        "row",
        seller_calls_count=now["calls"] - then["calls"].fill_null(0.0),
        seller_refusals_count=now["refusals"] - then["refusals"].fill_null(0.0),
    )
    source = marks.select("row", "deal_id", "t").join(_sources(timeline), on="deal_id")
    heard = _upto(source, _referred(timeline, features), "lead_source", "t")
    heard = heard.select("row", source_refers_share="refers")
    return marks.select("row").join(recent, on="row", how="left").join(heard, on="row", how="left")


def _upto(marks: pl.DataFrame, counted: pl.DataFrame, by: str, at: str) -> pl.DataFrame:
    """The counts as they stood at a moment."""
    counted = counted.drop([name for name in counted.columns if name in marks.columns and name != by])
    return marks.sort(at).join_asof(counted, left_on=at, right_on="known_at", by=by, check_sortedness=False)


def _sellers_talks(export: Export) -> pl.DataFrame:
    """All conversations, held or tried, in the order in which they became known, with counts so far."""
    refused = pl.col("outcome").eq("no_sale").fill_null(False)
    return (
        pl.from_pandas(export.conversations)
        .drop_nulls("started_at")
        .filter(pl.col("status").ne_missing("cancelled"))
        .unique("conversation_id", keep="first", maintain_order=True)
        .with_columns(known_at=pl.max_horizontal("started_at", "ended_at", "entered_at"))
        .sort("known_at", "conversation_id")
        .with_columns(
            calls=pl.int_range(1, pl.len() + 1).over("seller_id").cast(pl.Float64),
            refusals=refused.cast(pl.Float64).cum_sum().over("seller_id"),
        )
        .select("conversation_id", "seller_id", "known_at", "calls", "refusals")
    )


def _sources(timeline: Timeline) -> pl.DataFrame:
    return timeline.deals.select("deal_id", "lead_source").drop_nulls().unique("deal_id", keep="first")


def _referred(timeline: Timeline, features: pd.DataFrame | None) -> pl.DataFrame:
    """Per lead source the share of conversations so far in which the decision was left to someone else."""
    name = "authority_ref_count"
    known = (
        {}
        if features is None or name not in features
        else features[name].dropna().astype("float64").to_dict()
    )
    told = pl.DataFrame(
        {"conversation_id": list(known), "said": list(known.values())},
        schema={"conversation_id": pl.String, "said": pl.Float64},
    )
    refers = (pl.col("said") > 0).cast(pl.Float64)
    return (
        timeline.talks.select("deal_id", "conversation_id", "known_at")
        .join(told, on="conversation_id")
        .join(_sources(timeline), on="deal_id")
        .sort("known_at", "conversation_id")
        .with_columns(refers=(refers.cum_sum() / pl.int_range(1, pl.len() + 1)).over("lead_source"))
        .select("lead_source", "known_at", "refers")
    )
