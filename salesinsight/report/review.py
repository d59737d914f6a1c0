"""Was last month's list right, and what is it worth: what the pages say beside the pictures."""

from __future__ import annotations

import math

from salesinsight.charts.review import verdict_on
from salesinsight.charts.shares import counted
from salesinsight.modeling.hours import hours_scenario
from salesinsight.modeling.metrics import LEAST_ROWS
from salesinsight.modeling.value import lead_time
from salesinsight.report.material import Material


def judged(material: Material) -> list[str]:
    """The verdicts on the lists shown before, in sentences; empty when none were."""
    past, table, w = material.past, material.review, material.words
    if past is None or table is None:
        return []
    n = int(past["y"].isna().sum())
    said = [w("review.waiting", n=w.number(n), scores=w.number(len(past)))] if n else []
    if table.empty:
        return [w("review.nothing"), *said]
    verdicts = [verdict_on(what, table, material.language) for what in ("seller", "benefit")]
    return [*verdicts, *said]


def worth(material: Material) -> list[str]:
    """Lead time over the rule and the scenario in hours, in sentences; empty without a tested model."""
    if material.run is None or material.mode == "beschrijvend" or material.run.oof.empty:
        return []
    return [_lead(material), *_scenario(material), material.words("value.proof")]


def _lead(material: Material) -> str:
    w, run, data = material.words, material.run, material.data
    if run is None or data is None:
        return w("value.lead_none")
    table = lead_time(run.oof, data)
    if len(table) < LEAST_ROWS:
        return w("value.lead_none")
    days = table["days"].dropna()
    ever = {name: w.number((table["first"] == name).sum()) for name in ("both", "list", "rule", "neither")}
    middle = _apart(float(days.median()), material)
    deals = counted(len(table), "deal", material.language)
    earlier, later = w.number((days > 0).sum()), w.number((days < 0).sum())
    return w("value.lead_time", deals=deals, middle=middle, earlier=earlier, later=later, **ever)


def _apart(days: float, material: Material) -> str:
    """How many days earlier or later than the rule, for the deal in the middle, if there is one."""
    if math.isnan(days):
        return material.words("value.middle_none")
    side = "same" if days == 0 else "earlier" if days > 0 else "later"
    return material.words(f"value.middle_{side}", days=counted(abs(days), "day", material.language))


def _scenario(material: Material) -> list[str]:
    """Hours as a range, and beside it what stands against them."""
    w, run, data = material.words, material.run, material.data
    if run is None or data is None:
        return []
    found = hours_scenario(run, material.export, data, **material.hours)
    if math.isnan(found["per_deal"]):
        return [w("value.scenario_none")]
    if math.isnan(found["hours_low"]):
        return [w("value.scenario_untested")]
    low, high = (w.percent(share) for share in found["avoidable"])
    facts = {name: w.number(found[name], 1) for name in ("hours_low", "hours_high", "per_deal", "review")}
    deals = counted(found["deals"], "deal", material.language)
    source = w("value.counted", deals=deals) if found["deals"] else w("value.stated")
    size = w.number(found["size"])
    winners = w("value.winners", count=w.number(found["size"] - found["stalled"]))
    return [w("value.scenario", low=low, high=high, size=size, source=source, **facts), winners]
