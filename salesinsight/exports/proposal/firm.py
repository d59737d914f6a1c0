"""What no vendor knows: the order of a firm's own stages, its reasons of loss, who sells and its domain."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pandas as pd
import polars as pl

from salesinsight.exports.convert import date_patterns, moments, numbers
from salesinsight.exports.proposal.cells import EMAIL
from salesinsight.exports.proposal.sections import Sheet
from salesinsight.exports.proposal.words import is_no_decision, value_of
from salesinsight.schema import Export

# an order follows from moves when so many deals show each step, and so many of them agree
LEAST, AGREE = 3, 0.8
NUMBERED = re.compile(r"^\D{0,2}(\d{1,2})\b")
MOST_STAGES, LONGEST = 25, 60


@dataclasses.dataclass(frozen=True)
class Order:
    """The open stages of one pipeline, first to last.

    Attributes
    ----------
    pipeline : str
        Its name; "" when deals don't name one.
    stages : tuple of str
        The names, in order.
    how : str
        What the order follows from: "moves", "numbers", "chances" or "file".
    sure : bool
        Whether that is enough to rely on.
    """

    pipeline: str
    stages: tuple[str, ...]
    how: str
    sure: bool


def stage_orders(export: Export, sheets: list[Sheet], closed: set[str]) -> list[Order]:
    """Put the stages of every pipeline in order, by the best evidence that there is.

    Parameters
    ----------
    export : Export
        What a first draft of the profile reads.
    sheets : list of Sheet
        The files, for chances and for the order in which stages are mentioned.
    closed : set of str
        Names of stages that close a deal, in small letters; left out.

    Notes
    -----
    First what deals did: a stage that comes before another in most deals that had both. Else numbers in
    the names, else the column with chances, else the order in which the file mentions them, which says
    little.
    """
    events = export.events
    staged = events.loc[events["kind"].eq("stage") & events["value"].notna(), ["deal_id", "at", "value"]]
    staged = staged[~staged["value"].str.strip().str.lower().isin(closed)]
    lines = export.deals.drop_duplicates("deal_id").set_index("deal_id")["pipeline"]
    staged = staged.assign(pipeline=staged["deal_id"].map(lines).astype("string").fillna(""))
    people = _people(export)
    found = []
    for pipeline, rows in staged.groupby("pipeline", sort=True):
        names = [name for name in dict.fromkeys(rows["value"]) if name not in people and len(name) <= LONGEST]
        if 1 < len(names) <= MOST_STAGES:
            found.append(_order(str(pipeline), names, rows, sheets))
    return found


def closing_stages(sheets: list[Sheet]) -> dict[str, list[str]]:
    """Names of stages that say that a deal was won or lost."""
    values = [
        value
        for sheet in sheets
        for one in sheet.layout.columns
        if one.meaning in ("stage", "new_stage")
        for value in one.cells.values
    ]
    return {
        kind: [value for value in dict.fromkeys(values) if value_of("status", value) == kind]
        for kind in ("won", "lost")
    }


def loss_reasons(export: Export) -> tuple[list[str], list[str]]:
    """Reasons of loss that come again: those that look like no decision at all, and the others."""
    lost = export.events.loc[export.events["kind"].eq("lost"), "value"].dropna()
    counted = lost.value_counts()
    # what is said once may be a sentence about somebody
    reasons = [str(name) for name, n in counted.items() if n > 1 and len(str(name)) <= LONGEST]
    if len(reasons) > MOST_STAGES:
        return [], []
    undecided = [reason for reason in reasons if is_no_decision(reason)]
    return undecided, [reason for reason in reasons if reason not in undecided]


def own_domains(sheets: list[Sheet]) -> list[str]:
    """What stands behind the @ in the addresses of those who own deals and conversations."""
    found: list[str] = []
    for sheet in sheets:
        for one in sheet.layout.columns:
            if one.meaning == "owner" and "email" in one.cells.kinds:
                texts = sheet.frame[one.name].drop_nulls().str.to_lowercase()
                domains = texts.filter(texts.str.contains(EMAIL)).str.split("@").list.last()
                found += domains.value_counts(sort=True)[domains.name].to_list()
    return list(dict.fromkeys(found))


def newest_day(export: Export, sheets: list[Sheet], zone: str) -> str:
    """The newest day on which something is said to have happened, as ISO; "" when no day is known."""
    days = [] if export.as_of is None else [export.as_of]
    for sheet in sheets:
        one = sheet.layout.column("last_contact")
        if one and one.cells.patterns is not None and len(one.cells.patterns) < 2:
            patterns = one.cells.patterns or date_patterns(sheet.frame)
            days += [
                pd.Timestamp(day) for day in [moments(sheet.frame[one.name], patterns, zone).max()] if day
            ]
    return str(max(days).tz_convert(zone).date()) if days else ""


def sellers(export: Export) -> list[str]:
    """Who owns deals or had conversations, as the files name them."""
    names = pd.concat([export.deals["owner_id"], export.conversations["seller_id"]]).dropna()
    return sorted(name for name in set(map(str, names)) if not name.isdigit())


def _people(export: Export) -> set[str]:
    named = [export.people["name"], export.deals["owner_id"], export.deals["account_id"]]
    return set(pd.concat([*named, export.conversations["seller_id"]]).dropna())


def _order(pipeline: str, names: list[str], rows: pd.DataFrame, sheets: list[Sheet]) -> Order:
    by_moves, known, sure = _by_moves(names, rows)
    if known:
        return Order(pipeline, by_moves, "moves", sure)
    numbered = {name: int(found.group(1)) for name in names if (found := NUMBERED.match(name))}
    if len(set(numbered.values())) == len(names):
        return Order(pipeline, tuple(sorted(names, key=numbered.__getitem__)), "numbers", True)
    chances = _chances(names, sheets)
    if len(chances) == len(names) and len(set(chances.values())) > 1:
        sure = len(set(chances.values())) == len(names)
        return Order(pipeline, tuple(sorted(names, key=chances.__getitem__)), "chances", sure)
    return Order(pipeline, tuple(names), "file", False)


def _by_moves(names: list[str], rows: pd.DataFrame) -> tuple[tuple[str, ...], bool, bool]:
    """Stages by how many others they come before; whether every one is known by moves, and for sure."""
    first = rows.groupby(["deal_id", "value"], sort=False)["at"].min().reset_index()
    pairs = first.merge(first, on="deal_id")
    pairs = pairs[pairs["at_x"] < pairs["at_y"]]
    before = pairs.groupby(["value_x", "value_y"]).size().to_dict()

    def share(one: str, other: str) -> float:
        ahead, behind = before.get((one, other), 0), before.get((other, one), 0)
        return ahead / (ahead + behind) if ahead + behind else 0.5

    wins = {one: sum(share(one, other) for other in names if other != one) for one in names}
    order = tuple(sorted(names, key=lambda name: -wins[name]))
    steps = list(itertools.pairwise(order))
    known = all(share(one, other) > 0.5 for one, other in steps)
    sure = known and all(before.get(step, 0) >= LEAST and share(*step) >= AGREE for step in steps)
    return order, known, sure


def _chances(names: list[str], sheets: list[Sheet]) -> dict[str, float]:
    """The chance that stands most with every stage."""
    for sheet in sheets:
        stage, chance = sheet.layout.header("stage"), sheet.layout.header("probability")
        if stage and chance:
            number = numbers(sheet.frame[chance].str.replace("%", "", literal=True).str.strip_chars())
            rows = pl.DataFrame({"stage": sheet.frame[stage], "chance": number}).drop_nulls()
            middle = rows.group_by("stage").agg(pl.col("chance").median())
            return {name: value for name, value in middle.iter_rows() if name in names}
    return {}
