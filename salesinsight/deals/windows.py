"""Deals at their landmarks with the window that follows: how long it is, and what came of it."""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.deals.label import label_landmarks, parked_until
from salesinsight.deals.progress import with_tagged_outcomes
from salesinsight.deals.settings import LabelSettings
from salesinsight.deals.timeline import Timeline


def with_windows(table: pl.DataFrame, timeline: Timeline, settings: LabelSettings) -> pl.DataFrame:
    """Add horizon (days, by the stage at the landmark) and parked_until to row, deal_id, t and stage."""
    horizons = dict(settings.horizon_per_stage)
    horizon = pl.col("stage").replace_strict(horizons, default=settings.horizon_days, return_dtype=pl.Int64)
    table = table.with_columns(horizon=horizon if horizons else pl.lit(settings.horizon_days, pl.Int64))
    return table.join(parked_until(table, timeline), on="row", how="left")


def label_windows(
    table: pl.DataFrame,
    timeline: Timeline,
    features: pd.DataFrame | None,
    settings: LabelSettings,
    as_of: pd.Timestamp,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Label the windows of a table from `with_windows`; gives what `label_landmarks` gives.

    Features are asked for only when outcomes may be those tagged in the words of a conversation.
    """
    if settings.outcome_source == "tagged":
        timeline = with_tagged_outcomes(timeline, features)
    return label_landmarks(table, timeline, settings, as_of)
