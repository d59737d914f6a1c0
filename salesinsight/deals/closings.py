"""How deals ended after a landmark: won, lost with an answer, or closed without one."""

from __future__ import annotations

import polars as pl

from salesinsight.deals.settings import LabelSettings
from salesinsight.deals.timeline import CLOSING, Timeline, local_date

LOST = ["lost", "deleted"]


def first_closing(marks: pl.DataFrame, timeline: Timeline, settings: LabelSettings) -> pl.DataFrame:
    """The first closing after each landmark.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t, closed_unseen.
    timeline, settings
        As elsewhere in this room.

    Returns
    -------
    polars.DataFrame
        row; closed_at; closing {won, lost, no_answer, no_reason, deleted}; closing_reason as it was written
        down; bulk, whether it was one of many on one day. A deal that had closed by the landmark without
        anybody having entered it closed at the landmark: its answer was there already.
    """
    closings = timeline.events.filter(pl.col("kind").is_in(CLOSING)).select(
        "deal_id", "at", "known_at", closing=_closing(settings), closing_reason="value"
    )
    closings = closings.join(_bulk(timeline, settings), on=["deal_id", "at"], how="left")
    unseen = pl.col("closed_unseen") & (pl.col("known_at") > pl.col("t"))
    return (
        marks.select("row", "deal_id", "t", "closed_unseen")
        .join(closings, on="deal_id")
        .filter((pl.col("at") > pl.col("t")) | unseen)
        .with_columns(closed_at=pl.max_horizontal("at", "t"), bulk=pl.col("bulk").fill_null(False))
        # of several that nobody had entered the last one holds
        .sort("row", "closed_at", "at", "closing", descending=[False, False, True, False])
        .group_by("row", maintain_order=True)
        .agg(pl.col("closed_at", "closing", "closing_reason", "bulk").first())
    )


def _closing(settings: LabelSettings) -> pl.Expr:
    kind, value = pl.col("kind"), pl.col("value").str.strip_chars().str.to_lowercase()
    unsaid = {"exclude": "no_reason", "lost": "lost", "stalled": "no_answer"}[settings.lost_without_reason]
    gone = {"censor": "deleted", "stalled": "no_answer"}[settings.deleted_deals]
    lost = (
        pl.when(value.is_null())
        .then(pl.lit(unsaid))
        .when(value.is_in(list(settings.no_decision_reasons)))
        .then(pl.lit("no_answer"))
        .otherwise(pl.lit("lost"))
    )
    return pl.when(kind == "won").then(pl.lit("won")).when(kind == "lost").then(lost).otherwise(pl.lit(gone))


def _bulk(timeline: Timeline, settings: LabelSettings) -> pl.DataFrame:
    """Losses and deletions of which an owner had many on one calendar day: deal_id, at, bulk.

    The owner is today's, which a label may know; a deal without one is in no clean-up.
    """
    ends = timeline.events.filter(pl.col("kind").is_in(LOST)).select("deal_id", "at")
    owned = ends.join(timeline.deals.select("deal_id", "owner_id"), on="deal_id").drop_nulls()
    day = local_date("at", timeline.time_zone)
    many = pl.col("deal_id").n_unique().over("owner_id", day) >= settings.bulk_close_count
    return owned.filter(many).select("deal_id", "at", bulk=pl.lit(True)).unique()
