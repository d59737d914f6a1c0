"""One talk in several sources (CRM call, agenda, telephony log): merged into its fullest row."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.linking.known import Tables, keys_of, persons
from salesinsight.schema import TABLES

# starts this near each other are one talk, when seller and customer are the same
NEAR_MIN = 10


def merge_duplicates(tables: Tables, apart: list[str], findings: Findings) -> tuple[Tables, pl.DataFrame]:
    """Merge conversations of different sources that are one talk.

    Parameters
    ----------
    tables : dict
        All tables.
    apart : list of str
        Conversations that the user wants to keep apart.
    findings : Findings
        Gets the merged rows counted.

    Returns
    -------
    dict of polars.DataFrame
        The tables; turns and attendance follow the row that stays, and its gaps are filled from the others.
    polars.DataFrame
        The trail: conversation_id (what stays), double, file, line.
    """
    talks = tables["conversations"]
    trail = pl.DataFrame(
        schema=dict.fromkeys(["conversation_id", "double", "file"], pl.String) | {"line": pl.Int64}
    )
    if talks["_source"].n_unique() < 2:
        return dict(tables), trail
    kept = _kept(_pairs(tables, apart), talks)
    if not kept.height:
        return dict(tables), trail
    names = [name for name in TABLES["conversations"].names if name != "conversation_id"]
    rows = talks.join(kept, left_on="conversation_id", right_on="double", how="left", maintain_order="left")
    doubles = rows.filter(pl.col("stays").is_not_null())
    findings.count("merged", doubles)
    gaps = doubles.group_by("stays", maintain_order=True).agg(pl.col(names).drop_nulls().first())
    whole = rows.filter(pl.col("stays").is_null()).drop("stays")
    whole = whole.join(gaps, left_on="conversation_id", right_on="stays", how="left", maintain_order="left")
    filled = [pl.coalesce(name, f"{name}_right").alias(name) for name in names]
    done = dict(tables) | {"conversations": whole.with_columns(filled).select(talks.columns)}
    new = dict(kept.iter_rows())
    for name in ("turns", "attendance"):
        done[name] = tables[name].with_columns(pl.col("conversation_id").replace(new))
    # a person in both rows is there once
    there = done["attendance"]
    again = there.select(again=pl.struct(TABLES["attendance"].key).is_first_distinct().not_())["again"]
    moved = tables["attendance"]["conversation_id"].is_in(kept["double"].implode())
    moved = moved | tables["attendance"]["conversation_id"].is_in(kept["stays"].implode())
    findings.count("merged", there.filter(again & moved))
    done["attendance"] = there.filter(~(again & moved))
    trail = doubles.select(conversation_id="stays", double="conversation_id", file="_path", line="_line")
    return done, trail


def _pairs(tables: Tables, apart: list[str]) -> pl.DataFrame:
    """Rows of two sources that are each other's nearest in time, with one seller and one customer."""
    talks = tables["conversations"].filter(pl.col("conversation_id").is_in(apart).not_())
    party = talks.select(
        "_source", "conversation_id", "deal_id", "account_id", "seller_id", "started_at", "ended_at"
    )
    owner = tables["deals"].select("deal_id", _account="account_id").unique("deal_id")
    party = party.join(owner, on="deal_id", how="left").with_columns(
        account_id=pl.coalesce("account_id", "_account")
    )
    there = tables["attendance"].select("conversation_id", "person_id")
    keyed = [
        party.select("conversation_id", party="a:" + pl.col("account_id")),
        party.select("conversation_id", party="d:" + pl.col("deal_id")),
        there.select("conversation_id", party="p:" + pl.col("person_id")),
    ]
    keys = pl.concat(keyed).drop_nulls().unique()
    sellers = pl.concat([party["seller_id"].rename("s")]).drop_nulls().unique()
    # a seller is in every talk of his own: that he is there says nothing of the customer
    keys = keys.filter(pl.col("party").is_in(("p:" + sellers).implode()).not_())
    side = party.join(keys, on="conversation_id")
    both = side.join(side, on="party", suffix="_b").filter(pl.col("_source") < pl.col("_source_b"))
    gap = (pl.col("started_at") - pl.col("started_at_b")).abs()
    overlap = (pl.col("started_at") < pl.col("ended_at_b")) & (pl.col("started_at_b") < pl.col("ended_at"))
    near = (gap <= pl.duration(minutes=NEAR_MIN)) | overlap.fill_null(False)
    clash = [pl.col(name) != pl.col(f"{name}_b") for name in ("deal_id", "account_id")]
    fits = near & ~pl.any_horizontal(part.fill_null(False) for part in clash)
    both = (
        both.filter(fits & (pl.col("conversation_id") != pl.col("conversation_id_b")))
        .with_columns(gap=gap)
        .unique(["conversation_id", "conversation_id_b"])
    )
    both = both.join(_same_seller(both, tables), on=["seller_id", "seller_id_b"], nulls_equal=True)
    nearest = [
        pl.col("gap") == pl.col("gap").min().over(f"conversation_id{one}", f"_source{other}")
        for one, other in (("", "_b"), ("_b", ""))
    ]
    return both.filter(nearest).select("conversation_id", "conversation_id_b").sort(pl.all())


def _same_seller(pairs: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Which sellers of two sources are one: the same id, the same name or address, or one unknown."""
    pairs = pairs.select("seller_id", "seller_id_b").unique()
    ids = pl.concat([pairs["seller_id"], pairs["seller_id_b"].alias("seller_id")]).drop_nulls().unique()
    keys = keys_of(ids, persons(tables)).filter(pl.col("key").str.slice(0, 1).is_in(["e", "f", "x"]))
    keys = keys.select("person", "key")
    same = keys.join(keys, on="key", suffix="_b").select(seller_id="person", seller_id_b="person_b").unique()
    unknown = pairs.filter(pl.any_horizontal(pl.all().is_null()))
    return pl.concat([pairs.join(same, on=["seller_id", "seller_id_b"]), unknown])


def _kept(pairs: pl.DataFrame, talks: pl.DataFrame) -> pl.DataFrame:
    """Per group of rows that are one talk: which stays (the fullest, then the first) and which go."""
    group: dict[str, str] = {}

    def head(name: str) -> str:
        while group.get(name, name) != name:
            name = group[name]
        return name

    names = TABLES["conversations"].names
    full = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in names)
    order = talks.select("conversation_id", rank=full.rank("ordinal", descending=True))
    rank = dict(order.iter_rows())
    for one, other in pairs.iter_rows():
        first, last = sorted((head(one), head(other)), key=lambda name: rank[name])
        if first != last:
            group[last] = first
    rows = [(name, head(name)) for name in group]
    return pl.DataFrame(rows, schema=dict.fromkeys(["double", "stays"], pl.String), orient="row")
