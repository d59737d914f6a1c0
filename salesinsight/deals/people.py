"""Who of the customer was known by a landmark: from the contacts added and from who sat in conversations.

People carry no date, and what they decide may have been found out at the closing. So only these dated rows
tell that somebody was there; of the table of people only the side is used, which nobody changes.
"""

from __future__ import annotations

import polars as pl

from salesinsight.deals.timeline import Timeline
from salesinsight.schema import Export


def known_people(marks: pl.DataFrame, timeline: Timeline, export: Export) -> pl.DataFrame:
    """Count the people of the customer at each landmark, and tell when the newest came in.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t, and talk_before_at of `crm_history`.
    timeline : Timeline
        The deals on their two clocks.
    export : Export
        Its people, attendance, and events of contacts added.

    Returns
    -------
    polars.DataFrame
        row; ``crm_stakeholders_count``, the people of the customer known by name or number so far; missing
        when nobody is; ``crm_new_stakeholder``, 1 when somebody came in after the last conversation but one,
        else 0; missing until there are two conversations and somebody known from the first of the two;
        newest_at and added_at, when the newest came in, of all and of those added in the CRM.
    """
    seen = _seen(timeline, export)
    known = marks.select("row", "deal_id", "t", "talk_before_at").join(seen, on="deal_id")
    known = known.filter((pl.col("known_at") <= pl.col("t")) & (pl.col("at") <= pl.col("t")))
    people = known.group_by("row", "person").agg(
        pl.col("talk_before_at").first(),
        pl.col("at").min(),
        added=pl.col("added").any(),
        named=pl.col("named").any(),
    )
    named, at = pl.col("named"), pl.col("at")
    named_count = named.sum().cast(pl.Float64)
    before = pl.col("talk_before_at").first()
    new = pl.when((named & (at <= pl.col("talk_before_at"))).any()).then((at.max() > before).cast(pl.Float64))
    return people.group_by("row").agg(
        crm_stakeholders_count=pl.when(named_count > 0).then(named_count),
        crm_new_stakeholder=new,
        newest_at=at.max(),
        added_at=at.filter("added").max(),
    )


def _seen(timeline: Timeline, export: Export) -> pl.DataFrame:
    """Every dated sign of somebody of the customer: deal_id, person, at, known_at, added, named."""
    added = (
        pl.from_pandas(export.events[export.events["kind"] == "contact_added"])
        .drop_nulls(["deal_id", "at"])
        .with_columns(known_at=pl.max_horizontal("at", "entered_at"), named=pl.col("person_id").is_not_null())
        .with_columns(person=pl.coalesce("person_id", "value", pl.lit("")))
        .select("deal_id", "person", "at", "known_at", "named", added=pl.lit(True))
    )
    people = pl.from_pandas(export.people[["person_id", "side"]])
    others = people.filter(pl.col("side").is_in(["seller", "other"]))["person_id"]
    talks = pl.from_pandas(export.conversations[["conversation_id", "seller_id"]])
    there = (
        pl.from_pandas(export.attendance)
        .drop_nulls()
        .filter(pl.col("person_id").is_in(others.implode()).not_())
        .join(talks, on="conversation_id")
        .filter(pl.col("person_id").ne_missing(pl.col("seller_id")))
        .join(timeline.talks.select("deal_id", "conversation_id", "at", "known_at"), on="conversation_id")
        .select("deal_id", "at", "known_at", person="person_id", added=pl.lit(False), named=pl.lit(True))
    )
    return pl.concat([added, there.select(added.columns)])
