"""Features of conversations carried to the landmarks of their deal: last value, mean so far, change.

Conversations count in the order in which they became known, so a note entered a week late changes no
landmark of that week. What runs from one conversation to the next stands in `salesinsight.deals.runs`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import polars.selectors as cs

from salesinsight.deals.runs import RUNS, SAID, SOURCES, running, said_and_recorded
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
        row, deal_id, t, and what the CRM knew: quote_at and stage_phase of `crm_history`, newest_at and
        added_at of `known_people`.
    timeline : Timeline
        The deals on their two clocks.
    features : pandas.DataFrame
        Index conversation_id.

    Returns
    -------
    polars.DataFrame
        row and per feature ``name`` (in the last conversation in which it could be measured),
        ``name_mean`` (over those so far) and ``name_change`` (last minus the mean of those before; missing
        until there are two); then what `running` and `said_and_recorded` tell.
    """
    names = conversation_columns(features)
    told = _told(timeline, features, names)
    runs = running(told).select("deal_id", "known_at", *RUNS, *SAID).with_row_index("talk")
    held = said_and_recorded()
    given = marks.select("row", "deal_id", "t", "quote_at", "stage_phase", "newest_at", "added_at")
    last = last_known(given, runs).with_columns(**held)
    rolled = _rolled(told, names).with_row_index("talk")
    return (
        last.join(rolled, on="talk", how="left")
        .select("row", cs.exclude(last.columns), *RUNS, *held)
        .sort("row")
    )


def last_known(marks: pl.DataFrame, talks: pl.DataFrame) -> pl.DataFrame:
    """Join the last conversation of the deal that was known at each landmark, in the order of ``t``.

    Parameters
    ----------
    marks : polars.DataFrame
        deal_id, t and what else is to be kept.
    talks : polars.DataFrame
        deal_id, known_at and what is to be joined, missing where nothing was known yet; of two
        conversations that became known at once the later one counts.
    """
    talks = talks.sort("known_at", maintain_order=True)
    return marks.sort("t").join_asof(
        talks, left_on="t", right_on="known_at", by="deal_id", check_sortedness=False
    )


def _told(timeline: Timeline, features: pd.DataFrame, names: list[str]) -> pl.DataFrame:
    """Held conversations with their features, in the order in which they became known."""
    numbers = [name for name in [*names, *SOURCES] if name in features]
    told = features[list(dict.fromkeys(numbers))].astype("float64")
    told = told.assign(outcome_tagged=features.get("outcome_tagged")).reset_index()
    frame = pl.from_pandas(told, nan_to_null=True).with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in SOURCES if name not in told
    )
    frame = frame.with_columns(pl.col("conversation_id", "outcome_tagged").cast(pl.String))
    talks = timeline.talks.select("deal_id", "conversation_id", "at", "known_at", "outcome")
    return talks.join(frame, on="conversation_id", how="left", maintain_order="left")


def _rolled(told: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Each feature's last value, mean so far and change at each conversation, all features at once.

    Walks the first conversations of all deals, then the second ones, and so on: sums are made of a deal's
    own values alone, so that not even their rounding depends on another deal.
    """
    place = told.select(pl.int_range(pl.len()).over("deal_id")).to_series().to_numpy()
    value = told.select(names).to_numpy().reshape(len(told), len(names))
    known = ~np.isnan(value)
    last, total, count = value.copy(), np.where(known, value, 0.0), known.astype(float)
    order = np.argsort(place, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(place))[:-1])[1:]:
        last[rows] = np.where(known[rows], value[rows], last[rows - 1])
        total[rows] += total[rows - 1]
        count[rows] += count[rows - 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, change = total / count, last - (total - last) / (count - 1)
    change[count < 2] = np.nan
    forms = {"": last, "_mean": mean, "_change": change}
    return pl.DataFrame(
        {f"{n}{form}": made[:, i] for i, n in enumerate(names) for form, made in forms.items()}
    )
