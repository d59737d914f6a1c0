"""On which side a speaker is: from the file, addresses, names and ids; never by who comes first."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.evidence import level, whole_names
from salesinsight.exports.linking.known import Tables, keys_of, persons, seller_ids, ties
from salesinsight.exports.linking.names import name_keys, plain
from salesinsight.exports.profile import Profile
from salesinsight.language import languages, words

# how Gong and Amazon Contact Lens call the sides
SIDES = {
    "internal": "seller",
    "agent": "seller",
    "seller": "seller",
    "external": "customer",
    "customer": "customer",
}
VOICE = ["conversation_id", "speaker_id"]


def voices_of(recordings: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """What the files themselves tell of their speakers: the side they name, or the domain of an address.

    Returns
    -------
    polars.DataFrame
        conversation_id, speaker_id, side {seller, customer}, rule (see `others_are_customers`); only
        speakers of whom it is known.
    """
    rows = _each_voice(recordings)
    found = rows.select("conversation_id", speaker_id="speakers", side=told_sides(profile), rule=True)
    return found.drop_nulls().unique(VOICE, keep="first", maintain_order=True)


def told_sides(profile: Profile) -> pl.Expr:
    """The side of a voice (speakers, emails, sides) as the file itself says it; missing where it doesn't."""
    domain = pl.coalesce("emails", "speakers").str.to_lowercase().str.extract(r"@([^@\s<>]+\.[^@\s<>]+?)>?$")
    own = domain.is_in([name.lower().lstrip("@") for name in profile.own_domains])
    told = pl.col("sides").str.to_lowercase().replace_strict(SIDES, default=None)
    by_domain: pl.Expr = pl.when(own).then(pl.lit("seller"))
    if profile.own_domains:
        by_domain = pl.when(own).then(pl.lit("seller")).when(~own).then(pl.lit("customer"))
    return pl.coalesce(told, by_domain)


def guests_are_customers(turns: pl.DataFrame, recordings: pl.DataFrame) -> pl.DataFrame:
    """Who came in as a guest of the meeting is a customer, where a known seller was there as none.

    Notes
    -----
    Being a guest only says that somebody is not of the organisation that holds the meeting. Who holds it
    follows from a seller who is no guest; where all sellers are guests too, the customer held it, and
    nothing is taken from it.
    """
    words_for = {w for code in languages() for w in words(code)("exports.link.guest").split(", ")}
    rows = _each_voice(recordings).select("conversation_id", "sides", speaker_id="speakers")
    guests = rows.filter(pl.col("sides").str.to_lowercase().is_in(list(words_for)))
    guests = guests.select(*VOICE, _guest=True).unique(VOICE)
    found = turns.join(guests, on=VOICE, how="left", maintain_order="left")
    guest = pl.col("_guest").fill_null(False)
    held = ((pl.col("role") == "seller").fill_null(False) & ~guest).any().over("conversation_id")
    customer = pl.when(pl.col("role").is_null() & guest & held).then(pl.lit("customer"))
    return found.with_columns(role=pl.coalesce("role", customer)).drop("_guest")


def _each_voice(recordings: pl.DataFrame) -> pl.DataFrame:
    rows = recordings.select("conversation_id", "speakers", "emails", "sides")
    return rows.explode("speakers", "emails", "sides").drop_nulls("speakers")


def sides_by_name(turns: pl.DataFrame, tables: Tables, sellers: tuple[str, ...]) -> pl.DataFrame:
    """Find the side of speakers by their name, address or id, however it is written.

    Parameters
    ----------
    turns : polars.DataFrame
        Turns with the conversation they belong to.
    tables : dict
        All tables: first the people of that conversation count, then everyone.
    sellers : tuple of str
        Who sells, as the profile names them.

    Returns
    -------
    polars.DataFrame
        conversation_id, speaker_id, side and rule: whether it is the seller of this very conversation, or
        one the profile names. The side is missing of who bears a name that a seller and a customer of this
        conversation both have; speakers whose name fits both sides less well are left out.
    """
    speakers = turns.filter(pl.col("role").is_null()).select(VOICE).drop_nulls().unique(maintain_order=True)
    names = speakers["speaker_id"].unique(maintain_order=True)
    keys = name_keys(names)
    keys = keys.with_columns(speaker_id=names.gather(keys["row"])).drop("row")
    people, sells = persons(tables), seller_ids(tables)
    sold = pl.when(pl.col("person").is_in(sells.implode())).then(pl.lit("seller"))
    side = pl.coalesce("side", sold, pl.when(pl.col("account_id").is_not_null()).then(pl.lit("customer")))
    kind = pl.col("key").str.slice(0, 1)
    here = ties(tables).filter(pl.col("tie") != "account").drop("since")
    here = here.join(people, left_on="person", right_on="person_id", how="left")
    own = pl.col("tie") == "seller"
    here = here.with_columns(side=pl.when(own).then(pl.lit("seller")).otherwise(side), rule=own)
    near = speakers.join(keys, on="speaker_id").join(here, on=["conversation_id", "key"])
    # who is named in full is not also the one who shares a first name
    near = near.with_columns(level=level(kind)).drop_nulls("level")
    near = near.filter(pl.col("level") == pl.col("level").min().over(VOICE))
    listed = keys_of(pl.Series("person", sellers, dtype=pl.String), people).with_columns(
        side=pl.lit("seller"), rule=True
    )
    ids = pl.concat([people["person_id"].alias("person"), sells]).unique()
    everyone = keys_of(ids, people).join(people, left_on="person", right_on="person_id", how="left")
    everyone = everyone.with_columns(side=side, rule=False).drop_nulls("side")
    wide = pl.concat(
        [part.select("key", "is_initial", "is_single", "side", "rule") for part in (listed, everyone)]
    )
    far = speakers.join(keys, on="speaker_id").join(whole_names(wide), on="key").filter(level(kind) < 2)
    same_name = (
        near.filter(pl.col("level") < 2)
        .group_by(VOICE, maintain_order=True)
        .agg(n=pl.col("side").drop_nulls().n_unique())
        .filter(pl.col("n") > 1)
    )
    both = same_name.select(*VOICE, rule=False, side=pl.lit(None, pl.String))
    found = [_one_side(near), _one_side(far), both]
    return pl.concat(found).unique(VOICE, keep="first", maintain_order=True)


def _one_side(rows: pl.DataFrame) -> pl.DataFrame:
    sides = rows.group_by(VOICE, maintain_order=True).agg(
        pl.col("rule").any(), sides=pl.col("side").drop_nulls().unique()
    )
    one = sides.filter(pl.col("sides").list.len() == 1)
    return one.select(*VOICE, "rule", side=pl.col("sides").list.first())


def take_sides(turns: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """Give turns without a role the side of their speaker."""
    found = turns.join(sides.select(*VOICE, "side"), on=VOICE, how="left", maintain_order="left")
    return found.with_columns(role=pl.coalesce("role", "side")).drop("side")


def others_are_customers(turns: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    """Where the seller of the conversation itself speaks (rule), other speakers with a name are customers."""
    sold = sides.filter(pl.col("rule") & (pl.col("side") == "seller"))["conversation_id"].unique()
    other = pl.col("role").is_null() & pl.col("speaker_id").is_not_null()
    other = other & pl.col("conversation_id").is_in(sold.implode())
    return turns.with_columns(role=pl.when(other).then(pl.lit("customer")).otherwise("role"))


def named_sides(fixed: pl.DataFrame, turns: pl.DataFrame) -> pl.DataFrame:
    """Sides as links.csv says them: the sellers it lists, and all others customers.

    Parameters
    ----------
    fixed : polars.DataFrame
        conversation_id and sellers (names with ";" between).
    """
    listed = fixed.drop_nulls(["conversation_id", "sellers"])
    listed = listed.select("conversation_id", name=pl.col("sellers").str.split(";")).explode("name")
    listed = listed.select(
        "conversation_id", name=plain(pl.col("name").str.strip_chars()), side=pl.lit("seller")
    )
    speakers = turns.select(VOICE).drop_nulls().unique(maintain_order=True)
    speakers = speakers.filter(pl.col("conversation_id").is_in(listed["conversation_id"].implode()))
    speakers = speakers.with_columns(name=plain(pl.col("speaker_id")))
    found = speakers.join(listed.unique(), on=["conversation_id", "name"], how="left", maintain_order="left")
    sells = pl.col("side").is_not_null()
    # a list in which nobody is found says nothing
    found = found.filter(sells.any().over("conversation_id"))
    return found.select(*VOICE, pl.col("side").fill_null("customer"))


def swap_sides(turns: pl.DataFrame, swapped: pl.Series) -> pl.DataFrame:
    """Exchange seller and customer in some conversations; others are customers, as in a list of sellers."""
    other = pl.col("role").replace({"seller": "customer", "customer": "seller"})
    here = pl.col("conversation_id").is_in(swapped.implode())
    turns = turns.with_columns(role=pl.when(here).then(other).otherwise("role"))
    sold = ((pl.col("role") == "seller") & pl.col("speaker_id").is_not_null()).any().over("conversation_id")
    rest = here & sold & pl.col("role").is_null() & pl.col("speaker_id").is_not_null()
    return turns.with_columns(role=pl.when(rest).then(pl.lit("customer")).otherwise("role"))
