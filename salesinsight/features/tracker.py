"""Trackers of one's own: how often each is found in a conversation.

======================  ========================================================================  ============
feature                 formula                                                                   source
======================  ========================================================================  ============
tracker_<name>_count    turns in which the tracker is found, whoever says it                      own file
tracker_<name>_share    turns of seller and customer in which it is found ÷ turns of seller and    own file
                        customer
======================  ========================================================================  ============

These columns are there only where the turns were tagged with trackers, so the catalog doesn't list them.
"""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.features.turns import KEY

PREFIX = "tracker_"
SIDES = ("seller", "customer")


def trackers_in(tagged: pd.DataFrame) -> list[str]:
    """List the columns of trackers in a table of tagged turns: those that have a probability beside them."""
    names = [str(name) for name in tagged.columns if str(name).startswith(PREFIX)]
    return [name for name in names if f"{name}_p" in names]


def tracker(tagged: pd.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Features of trackers, one row per conversation with turns."""
    names = trackers_in(tagged)
    if not names:
        return pl.DataFrame(schema={KEY: pl.UInt32})
    table = tagged[["conversation_id", "role", *names]].reset_index(drop=True)
    order = pl.DataFrame({"conversation_id": ids.cast(pl.String)}).with_row_index(KEY)
    turns = pl.from_pandas(table).with_columns(pl.col("conversation_id").cast(pl.String))
    turns = turns.join(order, on="conversation_id").with_columns(
        pl.col(names).cast(pl.Boolean).fill_null(False)
    )
    sides = pl.col("role").cast(pl.String).is_in(SIDES).fill_null(False)
    counts = {f"{name}_count": pl.col(name).sum().cast(pl.Float64) for name in names}
    shares = {f"{name}_share": (pl.col(name) & sides).sum() / sides.sum() for name in names}
    named = [column for name in names for column in (f"{name}_count", f"{name}_share")]
    return turns.group_by(KEY).agg(**counts, **shares).select(KEY, *named)


def of_trackers(feature: str) -> bool:
    """Whether a feature of conversations comes from a tracker."""
    return feature.startswith(PREFIX) and feature.endswith(("_count", "_share"))
