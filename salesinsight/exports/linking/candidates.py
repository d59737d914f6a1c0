"""Conversations and deals as a person knows them, numbered, so that a question is answered with a number."""

from __future__ import annotations

import re

import polars as pl

from salesinsight.exports.linking.known import Tables, firm_names
from salesinsight.exports.profile import Profile
from salesinsight.language import words

BETWEEN = "; "
# between the signs that hold a list of candidates together, and those that Excel makes rows of
NOT_IN_NAMES = re.compile(r"\s*[;()\r\n\t]+\s*")
MOST_NAMES = 3


def numbered(asked: pl.DataFrame, labels: dict[str, str]) -> pl.DataFrame:
    """Write the candidates of every row as one text, numbered from 1.

    Parameters
    ----------
    asked : polars.DataFrame
        _row and candidates (list of ids).
    labels : dict
        What a person knows each of them by.

    Returns
    -------
    polars.DataFrame
        _row and listed: ``1) 2 maart 2026 14:00, Bakkerij Zon, met Jan (k-1001); 2) …``

    Examples
    --------
    >>> asked = pl.DataFrame({"_row": [0], "candidates": [["c7", "c9"]]})
    >>> numbered(asked, {"c7": "Bakkerij Zon"})["listed"].to_list()
    ['1) Bakkerij Zon (c7); 2) c9']
    """
    rows = []
    # one walk over what is asked, a few hundred rows at most
    for row, ids in asked.select("_row", "candidates").iter_rows():
        parts = [f"{labels[one]} ({one})" if labels.get(one) else one for one in ids or []]
        rows.append((row, BETWEEN.join(f"{n}) {part}" for n, part in enumerate(parts, 1)) or None))
    return pl.DataFrame(rows, schema={"_row": pl.UInt32, "listed": pl.String}, orient="row")


def chosen(answer: str | None, candidates: str | None) -> str | None:
    """The id that an answer stands for: the number of a candidate, or an id itself.

    Examples
    --------
    >>> chosen("2", "1) 2 maart 2026 14:00, Bakkerij Zon (c7); 2) c9"), chosen("c7", None)
    ('c9', 'c7')
    """
    if answer is None or candidates is None:
        return answer
    found = {}
    for part in candidates.split(BETWEEN):
        number, bracket, rest = part.partition(") ")
        if bracket and number.isdigit():
            inside = re.search(r"\(([^()]+)\)$", rest)
            found[number] = inside[1] if inside else rest
    answer = answer.strip()
    return answer if answer in found.values() else found.get(answer.rstrip(")."), answer)


def talk_labels(ids: pl.Series, tables: Tables, profile: Profile) -> dict[str, str]:
    """What a person knows conversations by: moment, organisation, who took part and who sold."""
    said, names = words(profile.language), dict(tables["people"].select("person_id", "name").iter_rows())
    talks = tables["conversations"].unique("conversation_id", keep="first")
    talks = talks.filter(pl.col("conversation_id").is_in(ids.implode()))
    talks = talks.join(firm_names(talks, tables), on="conversation_id", how="left", maintain_order="left")
    there = tables["attendance"].filter(pl.col("conversation_id").is_in(ids.implode()))
    there = there.group_by("conversation_id", maintain_order=True).agg(
        pl.col("person_id").unique(maintain_order=True)
    )
    with_ = dict(there.iter_rows())
    local = talks["started_at"].dt.convert_time_zone(profile.time_zone)
    labels = {}
    for talk, at in zip(talks.iter_rows(named=True), local, strict=True):
        seller = talk["seller_id"]
        # the seller is named by himself; a person without a name says nothing
        others = [names.get(one) for one in with_.get(talk["conversation_id"], []) if one != seller]
        others = [_clean(name) for name in others if name][:MOST_NAMES]
        parts = [f"{said.date(at)} {at:%H:%M}" if at else None, _clean(talk["firm"] or talk["account_id"])]
        if others:
            parts.append(said("exports.link.with", names=", ".join(filter(None, others))))
        if seller:
            parts.append(said("exports.link.sold_by", name=_clean(names.get(seller) or seller)))
        labels[talk["conversation_id"]] = ", ".join(part for part in parts if part)
    return labels


def deal_labels(ids: pl.Series, tables: Tables, profile: Profile) -> dict[str, str]:
    """What a person knows deals by: their name or product, and since when they are there."""
    said, labels = words(profile.language), {}
    deals = tables["deals"].unique("deal_id", keep="first").filter(pl.col("deal_id").is_in(ids.implode()))
    local = deals["created_at"].dt.convert_time_zone(profile.time_zone)
    for deal, since in zip(deals.iter_rows(named=True), local, strict=True):
        parts = [_clean(deal["name"] or deal["product"])]
        if since is not None:
            parts.append(said("exports.link.since", date=said.date(since)))
        labels[deal["deal_id"]] = ", ".join(part for part in parts if part)
    return labels


def _clean(name: str | None) -> str | None:
    return NOT_IN_NAMES.sub(" ", name).strip() if name else None
