"""How deals ended: which outcomes the closed windows had, and what was decided lately, and why."""

from __future__ import annotations

from typing import Any

import pandas as pd

from salesinsight.charts import cut
from salesinsight.charts.shares import counted
from salesinsight.report.front import LONGEST_NAME
from salesinsight.report.material import Material
from salesinsight.schema import Y4

REVIEW_DAYS = 14
MOST_ROWS, MOST_REASONS = 20, 8
# a reason from a list is short
LONGEST_REASON = 60


def outcome_counts(material: Material) -> dict[str, Any] | None:
    """How the deals stood at the end of their last closed window; None without any."""
    data, w = material.data, material.words
    if data is None or data.y4 is None or data.y4.empty:
        return None
    last = data.y4.groupby(level="deal_id", sort=False).last()
    counts = last.value_counts().reindex(Y4, fill_value=0)
    rows = [
        {"name": w(f"common.y4_long.{outcome}"), "count": w.number(n), "share": n / len(last)}
        for outcome, n in counts.items()
    ]
    horizon = data.settings["horizon_days"]
    return {"rows": rows, "deals": counted(len(last), "deal", material.language), "horizon": horizon}


def recent_decisions(material: Material) -> dict[str, Any] | None:
    """Deals won and lost in the two weeks before the export; None when there are none or no date is known."""
    as_of, events = material.as_of, material.export.events
    if as_of is None:
        return None
    recent = events["at"].between(as_of - pd.Timedelta(days=REVIEW_DAYS), as_of)
    closed = events[events["kind"].isin(["won", "lost"]) & recent].sort_values("at", ascending=False)
    if closed.empty:
        return None
    closed = closed.assign(outcome=closed["kind"].mask(no_answer(material, closed["value"]), "stalled"))
    deals = material.export.deals.set_index("deal_id")[["amount", "currency"]]
    counts = closed["outcome"].value_counts().reindex(Y4, fill_value=0)
    return {
        "rows": [
            _decision(material, event)
            for event in closed.head(MOST_ROWS).join(deals, on="deal_id").itertuples()
        ],
        "counts": {name: counted(int(n), "deal", material.language) for name, n in counts.items()},
        "days": REVIEW_DAYS,
        "more": max(len(closed) - MOST_ROWS, 0),
    }


def _decision(material: Material, event: Any) -> dict[str, str]:
    w = material.words
    unknown = "" if event.kind == "won" else w("report.decisions.no_reason")
    return {
        "deal": event.deal_id,
        "called": cut(material.called.get(event.deal_id, ""), LONGEST_NAME),
        "date": material.day(event.at),
        "amount": "" if pd.isna(event.amount) else w.money(event.amount, event.currency),
        "outcome": w(f"common.y4.{event.outcome}"),
        "reason": unknown if pd.isna(event.value) else _reason(material, str(event.value)),
    }


def _reason(material: Material, reason: str) -> str:
    """A reason of loss; one that was written out is a seller's own words."""
    if len(reason) > LONGEST_REASON and not material.seller_words:
        return material.words("report.decisions.own_words")
    return material.discreet(reason)


def no_answer(material: Material, reasons: pd.Series) -> pd.Series:
    """Which reasons of loss are no decision, by the settings of the label."""
    source = material.data if material.data is not None else material.open_
    known = () if source is None else source.settings.get("no_decision_reasons", ())
    return reasons.str.strip().str.casefold().isin(known).fillna(False).astype(bool)


def loss_reasons(material: Material) -> list[dict[str, Any]]:
    """Reasons of loss as the sellers wrote them down, with how often; the eight most frequent."""
    w, events = material.words, material.export.events
    lost = events.loc[events["kind"] == "lost", "value"]
    counts = lost.fillna(w("report.decisions.no_reason")).value_counts()
    shown = counts.head(MOST_REASONS)
    maybe = no_answer(material, shown.index.to_series())
    rows = [
        {"reason": _reason(material, str(reason)), "count": w.number(n), "maybe": bool(maybe[reason])}
        for reason, n in shown.items()
    ]
    rest = int(counts.iloc[MOST_REASONS:].sum())
    return rows + (
        [{"reason": w("common.value.other"), "count": w.number(rest), "maybe": False}] if rest else []
    )
