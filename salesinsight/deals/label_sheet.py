"""A sheet of deals on which a manager ticks whether the label is right, and what came of the ticks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.deals.shares import wilson
from salesinsight.deals.timeline import wall_clock
from salesinsight.schema import Y4

FACTS = ["y4", "decided_by", "what", "stage", "horizon", "active", "bulk"]
NAMES = ["deal_id", "name", "account_id", "account_name"]


def draw_sheet(
    labelled: pl.DataFrame, deals: pl.DataFrame, *, n: int, seed: int, time_zone: str
) -> pd.DataFrame:
    """Draw deals for a manager to tick off, as many of each outcome as there are.

    Parameters
    ----------
    labelled : polars.DataFrame
        deal_id, t and what `label_landmarks` gives.
    deals : polars.DataFrame
        What deals and customers are called.
    n : int
        How many; fewer when there are fewer deals.
    seed : int
        The same seed draws the same deals, whatever the order of the rows.
    time_zone : str
        In which the dates are given.

    Returns
    -------
    pandas.DataFrame
        One landmark per deal: deal_id, name, account_id, account_name, landmark_at and decided_at (days), y4,
        decided_by, what, stage, horizon, active, bulk; in the order drawn, so that whoever stops halfway has
        ticked some of each.

    Examples
    --------
    >>> import salesinsight as si
    >>> from salesinsight.deals import label_report
    >>> label_report(si.make_sample(n_deals=60), n=8).sheet["y4"].value_counts().tolist()
    [2, 2, 2, 2]
    """
    rows = labelled.sort("deal_id", "t")
    drawn = np.random.default_rng(seed).permutation(rows.height)
    order = {outcome: place for place, outcome in enumerate(reversed(Y4))}
    turn = pl.int_range(pl.len()).over("y4")
    picked = (
        rows.with_columns(drawn=pl.Series(drawn, dtype=pl.Int64))
        .sort("drawn")
        .unique("deal_id", keep="first", maintain_order=True)
        .with_columns(turn=turn, place=pl.col("y4").replace_strict(order, return_dtype=pl.Int64))
        .sort("turn", "place")
        .head(n)
        .join(deals.select(NAMES), on="deal_id", how="left", maintain_order="left")
    )
    days = {
        name: wall_clock(pl.col(column), time_zone).dt.date()
        for name, column in (("landmark_at", "t"), ("decided_at", "decided_at"))
    }
    frame = picked.with_columns(**days).select(*NAMES, *days, *FACTS).to_pandas()
    texts = [*NAMES, "y4", "decided_by", "what", "stage"]
    return frame.astype(dict.fromkeys(texts, "string") | {"active": "boolean", "bulk": "boolean"})


def ticked_agreement(ticks: pd.DataFrame) -> pd.DataFrame:
    """Count how often a manager agreed with the label.

    Parameters
    ----------
    ticks : pandas.DataFrame
        ``Export.ticks``: y4 (the label that was on the sheet) and right (missing where nothing was ticked).

    Returns
    -------
    pandas.DataFrame
        y4 ("all" first, then each outcome that was ticked), ticked, right (counts), share, low and high
        (95 % after Wilson).

    Examples
    --------
    >>> ticks = pd.DataFrame({"y4": ["won", "stalled"], "right": [True, False]})
    >>> ticked_agreement(ticks)[["y4", "ticked", "right"]].values.tolist()
    [['all', 2, 1], ['won', 1, 1], ['stalled', 1, 0]]
    """
    known = ticks.dropna(subset=["right", "y4"])
    rows = []
    for name, part in [("all", known), *((name, known[known["y4"] == name]) for name in Y4)]:
        count, right = len(part), int(part["right"].sum())
        if count or name == "all":
            share = right / count if count else np.nan
            low, high = wilson(share * count, count)
            rows.append(
                {"y4": name, "ticked": count, "right": right, "share": share, "low": low, "high": high}
            )
    return pd.DataFrame(rows).astype({"y4": "string"})
