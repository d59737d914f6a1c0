"""What the export knew at the moment of a talk: who belongs to which conversation, which deals were open."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.names import account_keys, name_keys

CLOSING = ["won", "lost", "deleted"]
Tables = dict[str, pl.DataFrame]
MOMENT = pl.Datetime("us", "UTC")
TIE = ["conversation_id", "tie", "person", "since", "key", "is_initial", "is_single"]


def day_of(column: str, zone: str) -> pl.Expr:
    """The day on which a moment lies, there."""
    return pl.col(column).dt.convert_time_zone(zone).dt.date()


def firm_names(talks: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """What the organisations of conversations are called, as deals tell it: conversation_id and firm."""
    named = tables["deals"].drop_nulls("account_name")
    by_deal = named.select("deal_id", _of_deal="account_name").unique("deal_id", keep="first")
    by_account = named.drop_nulls("account_id").select("account_id", _of_account="account_name")
    found = talks.select("conversation_id", "deal_id", "account_id").join(by_deal, on="deal_id", how="left")
    found = found.join(by_account.unique("account_id", keep="first"), on="account_id", how="left")
    return found.select("conversation_id", firm=pl.coalesce("_of_deal", "_of_account"))


def persons(tables: Tables) -> pl.DataFrame:
    """People with the moment from which they are known: when they were added to a deal, else always."""
    added = tables["events"].filter(pl.col("kind") == "contact_added").drop_nulls("person_id")
    since = added.group_by("person_id").agg(since=pl.col("at").min())
    people = tables["people"].select("person_id", "account_id", "side", "name")
    return people.join(since, on="person_id", how="left", maintain_order="left")


def seller_ids(tables: Tables) -> pl.Series:
    """All who are recorded as seller of a conversation, owner of a deal, or on the selling side."""
    people = tables["people"].filter(pl.col("side") == "seller")
    ids = [tables["conversations"]["seller_id"], tables["deals"]["owner_id"], people["person_id"]]
    return pl.concat([part.alias("person") for part in ids]).drop_nulls().unique(maintain_order=True)


def keys_of(ids: pl.Series, people: pl.DataFrame) -> pl.DataFrame:
    """The keys of persons by their id, which may be a name or an address itself, and by their name."""
    own = pl.DataFrame({"person": ids, "name": ids})
    named = pl.DataFrame({"person": ids}).join(people, left_on="person", right_on="person_id", how="inner")
    both = pl.concat([own, named.select("person", "name")]).drop_nulls().unique(maintain_order=True)
    keys = name_keys(both["name"])
    return keys.with_columns(person=both["person"].gather(keys["row"])).drop("row")


def ties(tables: Tables) -> pl.DataFrame:
    """The keys by which a conversation may be known, with who they are of.

    Returns
    -------
    polars.DataFrame
        conversation_id, tie {seller, colleague, attendee, contact, account}, person, since (from then on;
        missing when always), key, is_initial, is_single.
    """
    talks = tables["conversations"].select("conversation_id", "deal_id", "account_id", "seller_id")
    people = persons(tables)
    there = (
        tables["attendance"]
        .select("conversation_id", person="person_id")
        .join(people, left_on="person", right_on="person_id", how="left")
    )
    sells = pl.col("side").eq("seller").fill_null(False)
    contacts = talks.join(people.filter(~sells), on="account_id").rename({"person_id": "person"})
    parts = [
        talks.drop_nulls("seller_id").select(
            "conversation_id", person="seller_id", tie=pl.lit("seller"), since=None
        ),
        there.select(
            "conversation_id",
            "person",
            pl.when(sells).then(pl.lit("colleague")).otherwise(pl.lit("attendee")).alias("tie"),
            "since",
        ),
        contacts.select("conversation_id", "person", pl.lit("contact").alias("tie"), "since"),
    ]
    tied = pl.concat(
        [part.select("conversation_id", "person", "tie", pl.col("since").cast(MOMENT)) for part in parts]
    )
    keys = keys_of(tied["person"].unique(maintain_order=True), people)
    called = talks.select("conversation_id", firm="account_id")
    called = pl.concat([called, firm_names(talks, tables)]).drop_nulls().unique(maintain_order=True)
    firms = called["firm"].unique(maintain_order=True)
    named = account_keys(firms)
    named = named.with_columns(firm=firms.gather(named["row"]))
    organisations = called.join(named, on="firm").with_columns(
        person="firm", tie=pl.lit("account"), since=pl.lit(None, MOMENT)
    )
    return pl.concat([tied.join(keys, on="person").select(TIE), organisations.select(TIE)])


def open_deals(tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
    """The deals of an organisation that were open at a moment.

    Parameters
    ----------
    tables : dict
        Deals and events.
    moments : polars.DataFrame
        account_id and at, and any columns that tell them apart.

    Returns
    -------
    polars.DataFrame
        The rows of `moments`, once per deal of that organisation that had been made by then and was not
        closed, with its deal_id.
    """
    deals = tables["deals"].drop_nulls(["account_id", "created_at"])
    pairs = moments.drop_nulls(["account_id", "at"]).join(
        deals.select("deal_id", "account_id", "created_at"), on="account_id"
    )
    pairs = pairs.filter(pl.col("created_at") <= pl.col("at")).drop("created_at").sort("at")
    turning = tables["events"].filter(pl.col("kind").is_in([*CLOSING, "reopened"]))
    turning = turning.select("deal_id", "at", _turn="kind").sort("at", maintain_order=True)
    state = pairs.join_asof(turning, on="at", by="deal_id", check_sortedness=False)
    return state.filter(pl.col("_turn").is_in(CLOSING).not_().fill_null(True)).drop("_turn")
