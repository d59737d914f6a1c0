"""The pipelines of a profile: their stages in order, and the names that stages used to have."""

from __future__ import annotations

import dataclasses

import pandas as pd

from salesinsight.exports.section import Section, moment


@dataclasses.dataclass(frozen=True)
class Alias:
    """Another name that a stage had: `was` counts as `now`, from `since` on and before `until`."""

    pipeline: str
    was: str
    now: str
    since: pd.Timestamp | None
    until: pd.Timestamp | None


def read_stages(section: Section, zone: str) -> tuple[dict[str, list[str]], tuple[Alias, ...]]:
    """Check ``[stages.…]``: the stages per pipeline, first to last, and their aliases.

    Raises
    ------
    BadProfile
        For a key that does not exist, and for an alias of a stage that the order does not have.
    """
    stages: dict[str, list[str]] = {}
    aliases: list[Alias] = []
    for pipeline in section.inner("stages").given:
        inner = Section(section.profile, f"[stages.{pipeline}]", section.given["stages"][pipeline])
        inner.only(["order", "aliases"])
        stages[pipeline] = inner.names("order")
        for number, given in enumerate(inner.get("aliases", list, '[{ from = "a", to = "b" }]', []), 1):
            part = Section(section.profile, f"{inner.place} aliases {number}", given)
            part.only(["from", "to", "since", "until"])
            now = part.need("to", str, '"text"')
            if now not in stages[pipeline]:
                raise part.wrong(stages[pipeline], now, "to")
            was = part.need("from", str, '"text"')
            since, until = moment(part, "since", zone), moment(part, "until", zone)
            aliases.append(Alias(pipeline, was, now, since, until))
    return stages, tuple(aliases)
