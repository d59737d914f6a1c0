"""Which conversation is this recording? Every reason for and against, weighed and added up.

The weights are logarithms of how much likelier a trait is for the right conversation than for another
one near in time; they are round numbers, measured as a whole in ``tests/exports/linking``.
"""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.known import Tables, day_of, keys_of, persons, seller_ids
from salesinsight.exports.linking.names import name_keys, title_keys

SHORTEST_ID = 4
# the id of the conversation is in the file or its name
ID_POINTS, SHORT_ID_POINTS, LONG_ID = 12.0, 6.0, 6
# minutes between the two starts, and what they are worth; beyond the last it is another talk of that day
STARTS = ((2, 5.0), (5, 4.0), (15, 2.5), (30, 0.5))
OTHER_TIME, SAME_DAY, INSIDE, AT_END = -5.0, 1.5, 1.5, 1.5
# a clock that is one or two hours off: summer time, or UTC taken for local time; it may be another call too
HOURS_OFF, OFF_POINTS, OFF_SLACK_MIN = (60, 120), -1.0, 3
DURATIONS = ((0.1, 1.5), (0.25, 0.7))
OTHER_DURATION, TWICE = -1.5, 2.0
# by how well the names agree: wholly, by an initial, by one word
PERSON = {
    "seller": (2.0, 1.5, 1.0),
    "colleague": (2.0, 1.5, 1.0),
    "attendee": (4.0, 3.0, 1.5),
    "contact": (3.0, 2.0, 1.0),
}
SELLING = ["seller", "colleague"]
ACCOUNT = 2.5
OTHER_SELLER, OTHER_PERSON = -3.0, -3.0
REASONS = ("id", "time", "duration", "seller", "people", "account")


def weigh(recordings: pl.DataFrame, tables: Tables, known: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Lay recordings beside the conversations they may be of.

    Parameters
    ----------
    recordings : polars.DataFrame
        rec (number), call_id, at, timed, zoned, rest, title, duration_s, speakers, emails.
    tables : dict
        All tables.
    known : polars.DataFrame
        Of `ties`.
    zone : str
        Time zone in which a day is a day.

    Returns
    -------
    polars.DataFrame
        rec, conversation_id, timed, one column of points per reason in `REASONS`, and their sum as points.
    """
    talks = tables["conversations"].select("conversation_id", "seller_id", "started_at", "ended_at")
    said = mentions(recordings)
    ids = _ids(recordings, talks)
    day = pl.col("at").dt.convert_time_zone(zone).dt.date()
    near = (
        recordings.select("rec", day=day)
        .drop_nulls()
        .join(talks.select("conversation_id", day=day_of("started_at", zone)), on="day")
    )
    undated = recordings.filter(pl.col("at").is_null()).select("rec")
    others = known.filter(pl.col("tie").is_in(SELLING).not_())
    called = said.join(undated, on="rec").join(others, on="key").filter(_agree().is_not_null())
    pairs = pl.concat(part.select("rec", "conversation_id") for part in (near, called, ids)).unique()
    # only for pairs in question: a seller's name is in hundreds of conversations
    shared = _shared(pairs, said, known, recordings)
    pairs = (
        pairs.join(ids, on=["rec", "conversation_id"], how="left")
        .join(recordings.select("rec", "at", "timed", "zoned", "duration_s"), on="rec")
        .join(talks, on="conversation_id")
        .with_columns(time=_time(zone), duration=_duration())
    )
    pairs = _people(pairs, shared, said, tables)
    reasons = pl.col(REASONS).fill_null(0.0)
    return (
        pairs.with_columns(reasons)
        .with_columns(points=pl.sum_horizontal(REASONS))
        .select("rec", "conversation_id", "timed", *REASONS, "points")
        .sort("rec", "points", "conversation_id", descending=[False, True, False])
    )


def mentions(recordings: pl.DataFrame) -> pl.DataFrame:
    """Who is named in a recording: its speakers and their addresses (voice), its title and file name."""
    voices = pl.concat(
        recordings.select("rec", name=column).explode("name") for column in ("speakers", "emails")
    ).drop_nulls("name")
    spoken = name_keys(voices["name"])
    titles = pl.concat(recordings.select("rec", name=column) for column in ("title", "rest"))
    written = title_keys(titles["name"])
    parts = [
        spoken.with_columns(rec=voices["rec"].gather(spoken["row"]), voice=True),
        written.with_columns(rec=titles["rec"].gather(written["row"]), voice=False),
    ]
    return pl.concat(part.drop("row") for part in parts).unique(maintain_order=True)


def level(kind: pl.Expr) -> pl.Expr:
    """How well two names agree by the kind of their shared key: 0 wholly, 1 by an initial, 2 by one word."""
    of_one_word = pl.col("is_single") | pl.col("is_single_right")
    by_initial = pl.col("is_initial") | pl.col("is_initial_right")
    return (
        pl.when(kind.is_in(["e", "f", "p", "x", "a"]))
        .then(0)
        .when((kind == "i") & by_initial)
        .then(1)
        .when(kind.is_in(["g", "l"]) & of_one_word)
        .then(2)
    )


def _agree() -> pl.Expr:
    return level(pl.col("key").str.slice(0, 1))


def whole_names(keys: pl.DataFrame) -> pl.DataFrame:
    """Without the keys of a first or a last name alone, which many people share."""
    return keys.filter(pl.col("key").str.slice(0, 1).is_in(["g", "l"]).not_())


def _shared(
    pairs: pl.DataFrame, said: pl.DataFrame, known: pl.DataFrame, recordings: pl.DataFrame
) -> pl.DataFrame:
    """The names that a recording and a conversation share, as far as they were known at the time."""
    both = pairs.join(known, on="conversation_id").join(said, on=["rec", "key"])
    both = both.join(recordings.select("rec", "at"), on="rec").with_columns(level=_agree())
    in_time = pl.col("since").is_null() | pl.col("at").is_null() | (pl.col("since") <= pl.col("at"))
    return both.filter(pl.col("level").is_not_null() & in_time)


def _ids(recordings: pl.DataFrame, talks: pl.DataFrame) -> pl.DataFrame:
    """Where a recording names the id of a conversation, as a word of its own."""
    ids = talks["conversation_id"].unique()
    long = ids.filter((ids.str.len_chars() >= SHORTEST_ID) & ids.str.contains(r"\d"))
    places = pl.concat(
        [
            recordings.select("rec", text="rest"),
            recordings.select("rec", text="title"),
            recordings.select("rec", text="recording"),
        ]
    ).drop_nulls("text")
    found = places.with_columns(
        conversation_id=pl.col("text").str.extract_many(long.implode(), overlapping=True)
    )
    found = found.explode("conversation_id").drop_nulls("conversation_id")
    around = pl.col("text").str.splitn(pl.col("conversation_id"), 2).struct
    beside = pl.concat_str(around.field("field_0").str.tail(1), around.field("field_1").str.head(1))
    found = found.filter(~beside.str.contains(r"[\p{L}\d]"))
    whole = recordings.select("rec", conversation_id="call_id").join(
        talks.select("conversation_id"), on="conversation_id"
    )
    worth = pl.when(pl.col("conversation_id").str.len_chars() >= LONG_ID).then(ID_POINTS)
    found = found.with_columns(id=worth.otherwise(SHORT_ID_POINTS))
    whole = whole.with_columns(id=pl.lit(ID_POINTS))
    both = pl.concat(part.select("rec", "conversation_id", "id") for part in (found, whole))
    return both.group_by("rec", "conversation_id").agg(pl.col("id").max())


def _minutes(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    return (later - earlier).dt.total_milliseconds() / 60_000


def _time(zone: str) -> pl.Expr:
    apart = _minutes(pl.col("at"), pl.col("started_at")).abs()
    points: pl.Expr = pl.lit(OTHER_TIME)
    for hours in HOURS_OFF:
        off = ~pl.col("zoned") & ((apart - hours).abs() <= OFF_SLACK_MIN)
        points = pl.when(off).then(OFF_POINTS).otherwise(points)
    end = pl.col("at") + pl.duration(milliseconds=pl.col("duration_s") * 1000)
    late = _minutes(pl.col("started_at"), end).abs() <= STARTS[1][0]
    points = pl.when(late.fill_null(False)).then(AT_END).otherwise(points)
    inside = (pl.col("at") >= pl.col("started_at")) & (pl.col("at") <= pl.col("ended_at"))
    points = pl.when(inside.fill_null(False)).then(INSIDE).otherwise(points)
    for limit, worth in reversed(STARTS):
        points = pl.when(apart <= limit).then(pl.max_horizontal(points, worth)).otherwise(points)
    same_day = day_of("at", zone) == day_of("started_at", zone)
    by_day = pl.when(same_day).then(SAME_DAY).otherwise(OTHER_TIME)
    points = pl.when("timed").then(points).otherwise(by_day)
    # a named id may join moments far apart: the clock then counts for nothing
    return pl.when(pl.col("at").is_not_null() & pl.col("id").is_null()).then(points).otherwise(0.0)


def _duration() -> pl.Expr:
    theirs = (pl.col("ended_at") - pl.col("started_at")).dt.total_milliseconds() / 1000
    ours = pl.col("duration_s")
    apart = (theirs - ours).abs() / pl.max_horizontal(theirs, 60.0)
    differ = pl.max_horizontal(theirs, ours) > TWICE * pl.min_horizontal(theirs, ours)
    points: pl.Expr = pl.when(differ).then(OTHER_DURATION).otherwise(0.0)
    for limit, worth in reversed(DURATIONS):
        points = pl.when(apart <= limit).then(worth).otherwise(points)
    return pl.when((theirs > 0) & (ours > 0)).then(points).otherwise(0.0)


def _people(pairs: pl.DataFrame, shared: pl.DataFrame, said: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Points for the seller, the people and the organisation that both have, and against strangers."""
    worth: pl.Expr = pl.lit(None, pl.Float64)
    for tie, by_level in PERSON.items():
        of_tie = pl.col("level").replace_strict([0, 1, 2], list(by_level), default=None)
        worth = pl.when(pl.col("tie") == tie).then(of_tie).otherwise(worth)
    worth = pl.when(pl.col("tie") == "account").then(ACCOUNT).otherwise(worth)
    kind = pl.col("tie").replace({"colleague": "seller", "attendee": "people", "contact": "people"})
    best = (
        shared.with_columns(worth=worth, kind=kind)
        .group_by("rec", "conversation_id", "kind")
        .agg(pl.col("worth").max())
    )
    for name in ("seller", "people", "account"):
        part = best.filter(kind=name).select("rec", "conversation_id", pl.col("worth").alias(name))
        pairs = pairs.join(part, on=["rec", "conversation_id"], how="left")
    people = persons(tables)
    sells = seller_ids(tables)
    outside = people.filter(pl.col("side").eq("seller").not_().fill_null(True))["person_id"]
    outside = outside.filter(outside.is_in(sells.implode()).not_())
    voices = whole_names(said.filter("voice"))
    selling = whole_names(keys_of(sells, people))
    # a mailbox that several share, or a number, is nobody in particular: another seller is no stranger there
    persons_ = selling.filter(pl.col("key").str.slice(0, 1).is_in(["f", "i"]))["person"].unique()
    # a seller's voice is no stranger because a customer somewhere has his name
    theirs = whole_names(keys_of(outside, people)).join(selling, on="key", how="anti")
    for name, keys, points in (("seller", selling, OTHER_SELLER), ("people", theirs, OTHER_PERSON)):
        heard = voices.join(keys, on="key")
        by_name = heard.filter(_agree() < 2)["rec"].unique()
        named = pl.col("seller_id").is_in(persons_.implode()) if name == "seller" else pl.lit(True)
        stranger = pl.col("rec").is_in(by_name.implode()) & pl.col(name).is_null() & named
        pairs = pairs.with_columns(pl.when(stranger).then(points).otherwise(name).alias(name))
    return pairs
