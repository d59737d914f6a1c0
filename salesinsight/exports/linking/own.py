"""Talks among the sellers themselves: they are no customer's conversation, however well the time fits."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.evidence import level, mentions, whole_names
from salesinsight.exports.linking.known import Tables, day_of, keys_of, persons, seller_ids
from salesinsight.exports.linking.roles import told_sides
from salesinsight.exports.profile import Profile

# one own voice alone may be a message on somebody's voicemail
LEAST_VOICES = 2


def own_talks(recordings: pl.DataFrame, tables: Tables, known: pl.DataFrame, profile: Profile) -> pl.Series:
    """Recordings in which only people of the sellers' own organisation speak.

    Parameters
    ----------
    recordings : polars.DataFrame
        rec, at, speakers, emails, sides, unnamed.
    tables : dict
        All tables.
    known : polars.DataFrame
        Of `ties`.
    profile : Profile
        Who sells, the domains of the own organisation, and the time zone.

    Returns
    -------
    polars.Series
        Their rec. Every voice has a whole name, an address or a side that is known as the sellers', and there
        are two at least. A seller's namesake who took part in a conversation of that day for a customer
        makes it unsure, and so do two voices of one name when a customer has it too.
    """
    voices = recordings.filter(~pl.col("unnamed")).select("rec", "at", "speakers", "emails", "sides")
    voices = voices.explode("speakers", "emails", "sides").drop_nulls("speakers")
    voices = voices.with_row_index("spot").with_columns(told=told_sides(profile))
    # a voice is a recording of its own here, so that its name is told from those beside it
    alone = voices.select(
        rec="spot",
        speakers=pl.concat_list("speakers"),
        emails=pl.concat_list("emails"),
        title=pl.lit(None, pl.String),
        rest=pl.lit(None, pl.String),
    )
    said = whole_names(mentions(alone)).drop("voice").rename({"rec": "spot"})
    said = said.join(voices.select("spot", "rec", day=day_of("at", profile.time_zone)), on="spot")
    listed = pl.Series("person", profile.sellers, dtype=pl.String)
    sells = keys_of(pl.concat([listed, seller_ids(tables)]).unique(), persons(tables))
    sells = sells.select("key", "is_initial", "is_single").unique()
    whole = level(pl.col("key").str.slice(0, 1)) == 0
    named = said.join(sells, on="key").filter(whole)["spot"]
    talks = tables["conversations"]
    talks = talks.select("conversation_id", day=day_of("started_at", profile.time_zone))
    others = known.filter(tie="attendee").join(talks, on="conversation_id")
    same = said.join(others, on=["key", "day"]).filter(whole)
    customers = known.filter(pl.col("tie").is_in(["attendee", "contact"])).select("key").unique()
    twice = said.filter(pl.col("key").str.starts_with("f:"), pl.col("spot").n_unique().over("rec", "key") > 1)
    doubtful = pl.concat([same["spot"], twice.join(customers, on="key", how="semi")["spot"]])
    is_named = pl.col("spot").is_in(named.implode()) & ~pl.col("spot").is_in(doubtful.implode())
    own = pl.when(pl.col("told").is_null()).then(is_named).otherwise(pl.col("told") == "seller")
    per = (
        voices.with_columns(own=own).group_by("rec", maintain_order=True).agg(pl.col("own").all(), n=pl.len())
    )
    return per.filter(pl.col("own") & (pl.col("n") >= LEAST_VOICES))["rec"]
