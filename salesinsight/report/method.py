"""The last pages: what was counted and how, how well the model did, and what may not be concluded."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pandas as pd

from salesinsight.charts.label_choices import choice_name
from salesinsight.charts.shares import counted, in_ten
from salesinsight.deals import LabelSettings, ticked_agreement
from salesinsight.deals.settings import CHOICES
from salesinsight.exports.readers.folder import TICKS
from salesinsight.report.decisions import no_answer
from salesinsight.report.material import Material

TABLES = ("turns", "conversations", "people", "deals", "events")
MOST_REJECTS = 12
# what a reader knows or would do instead; the others are in the model card
MODELS = ("full", "B3", "B2", "B1", "B5", "good_talk", "popje", "B7", "B0")


def definition(material: Material) -> dict[str, Any] | None:
    """The settings that the definition of misschien names; None when nothing was labelled."""
    source = material.data or material.open_
    if source is None:
        return None
    settings = source.settings
    per_stage = settings.get("horizon_per_stage") or {}
    stages = [
        f"{stage}: {counted(days, 'day', material.language)}" for stage, days in dict(per_stage).items()
    ]
    return {
        "horizon": counted(settings["horizon_days"], "day", material.language),
        "grace": counted(settings["grace_days"], "day", material.language),
        "dwell": counted(settings["min_dwell_days"], "day", material.language),
        "stages": ", ".join(stages),
        "reasons": ", ".join(_reasons_found(material)),
        "rule": settings.get("progress_rule", "crm"),
        "landmarks": settings.get("landmarks", "weekly"),
        "unusual": "; ".join(_unusual(settings, material)),
        "ticked": ticked(material),
    }


def _unusual(settings: Mapping[str, Any], material: Material) -> list[str]:
    """Choices of the label that are not the usual ones, beside the horizon and the rule of progress."""
    usual = dataclasses.asdict(LabelSettings())
    own = {name: settings.get(name, usual[name]) for name in CHOICES if name != "progress_rule"}
    return [choice_name(name, own[name], material.words) for name in own if own[name] != usual[name]]


def ticked(material: Material) -> list[str]:
    """Whether a manager found the labels right, or how to ask him."""
    w, ticks = material.words, material.export.ticks
    if ticks is None:
        return [w("label.said.no_ticks", file=TICKS[0])]
    known = ticks["deal_id"].isin(material.export.deals["deal_id"])
    table = ticked_agreement(ticks[known])
    rows = table[table["ticked"] > 0].to_dict("records")
    said = []
    for row in rows:
        if row["y4"] == "all":
            bounds = {name: round(100 * row[name]) for name in ("low", "high")}
            said.append(w("label.said.agreement", ticked=row["ticked"], right=row["right"], **bounds))
        else:
            facts = {"label": w(f"common.y4.{row['y4']}"), "ticked": row["ticked"], "right": row["right"]}
            said.append(w("label.said.agreement_of", **facts))
    absent = ticks.loc[~known, "deal_id"].nunique()
    return said + ([w("label.said.ticked_deals", absent=w.number(absent))] if absent else [])


def _reasons_found(material: Material) -> list[str]:
    """The reasons of loss in this export that are no decision."""
    events = material.export.events
    reasons = events.loc[events["kind"] == "lost", "value"].dropna()
    return sorted(reasons[no_answer(material, reasons)].str.strip().unique())


def data_used(material: Material) -> list[dict[str, str]]:
    """How many rows of each table were read, and how many deals and moments the model learned from."""
    w, export = material.words, material.export
    rows = [(w(f"report.table.{name}"), len(getattr(export, name))) for name in TABLES]
    if material.data is not None and material.data.y4 is not None:
        index = material.data.y4.index
        rows.append((w("report.table.closed_deals"), index.get_level_values("deal_id").nunique()))
        rows.append((w("report.table.landmarks"), len(index)))
    rows.append((w("report.table.open_deals"), len(material.open_info)))
    return [{"name": name, "count": w.number(count)} for name, count in rows]


def left_out(material: Material) -> list[dict[str, str]]:
    """Why moments of deals were not used, with counts of moments and of deals."""
    w = material.words
    rows = []
    for where, source in (("closed", material.data), ("open", material.open_)):
        if source is None or source.left_out.empty:
            continue
        grouped = source.left_out.groupby("reason")["deal_id"].agg(["size", "nunique"])
        for reason, (moments, deals) in grouped.sort_values("size", ascending=False).iterrows():
            key = f"report.left_out.{reason}"
            name = w(key) if key in w else str(reason)
            count = {"moments": w.number(moments), "deals": w.number(deals)}
            rows.append(
                {
                    "where": w(f"report.left_out_from.{where}") if where == "open" else "",
                    "reason": name,
                    **count,
                }
            )
    return rows


def rejects(material: Material) -> dict[str, Any]:
    """Source rows that were not used, by file, column and reason."""
    w, table = material.words, material.export.rejects
    keys = ["file", "column", "reason"]
    grouped = table.groupby(keys, dropna=False).size().sort_values(ascending=False, kind="stable")
    rows = [
        {
            "file": str(file),
            "column": "" if pd.isna(column) else str(column),
            "reason": str(reason),
            "count": w.number(n),
        }
        for (file, column, reason), n in grouped.head(MOST_REJECTS).items()
    ]
    return {"rows": rows, "total": w.number(len(table)), "more": max(len(grouped) - MOST_REJECTS, 0)}


def limits(material: Material) -> list[str]:
    """What may not be concluded, and what is not shown, as far as that holds for this report."""
    texts = material.words.section("report.limits")
    not_so = {"single": material.mode == "beschrijvend", "discreet": material.seller_words}
    return [text for name, text in texts.items() if not not_so.get(name, False)]


def evaluation(material: Material) -> dict[str, Any] | None:
    """How the model did on deals it could not know, in words and as a table; None without a model."""
    run = material.run
    if run is None or material.mode == "beschrijvend" or run.metrics.empty:
        return None
    figures = run.metrics.set_index(["model", "metric"])[["value", "low", "high", "n", "n_deals"]]
    w = material.words
    return {
        "caution": skill_verdict(figures) not in ("yes", None),
        "deals": counted(int(figures["n_deals"].max()), "deal", material.language),
        "moments": w.number(figures["n"].max()),
        "verdicts": [
            text
            for text in (_gain(figures, material), _skill(figures, material), _list(figures, material))
            if text
        ],
        "notices": [w(f"card.notice.{code}") for code in run.card["notices"] if f"card.notice.{code}" in w],
        "rows": _models(figures, material),
    }


def _figure(figures: pd.DataFrame, model: str, metric: str) -> pd.Series | None:
    if (model, metric) not in figures.index:
        return None
    found = figures.loc[(model, metric)]
    return None if pd.isna(found["value"]) else found


def _gain(figures: pd.DataFrame, material: Material) -> str | None:
    """Whether what was said adds anything to what the CRM says already."""
    gain = _figure(figures, "full", "gain_brier")
    if gain is None:
        return None
    verdict = "yes" if gain["low"] > 0 else "worse" if gain["high"] < 0 else "unclear"
    return material.words(f"report.evaluation.gain_{verdict}")


def _skill(figures: pd.DataFrame, material: Material) -> str | None:
    """Whether the model beats stage and days in stage alone."""
    verdict = skill_verdict(figures)
    return None if verdict is None else material.words(f"report.evaluation.skill_{verdict}")


def skill_verdict(figures: pd.DataFrame) -> str | None:
    """Yes, unclear or worse: whether the model beats stage and days in stage; None when not computed."""
    skill = _figure(figures, "full", "brier_skill_b2")
    if skill is None:
        return None
    return "yes" if skill["low"] > 0 else "worse" if skill["high"] < 0 else "unclear"


def _list(figures: pd.DataFrame, material: Material) -> str | None:
    """How many of the ten deals on a weekly list stalled, beside all deals."""
    hit, base = _figure(figures, "full", "precision_at_10"), _figure(figures, "full", "prevalence")
    if hit is None or base is None:
        return None
    said = in_ten(hit["value"], hit["low"], hit["high"], material.language)
    return material.words(
        "report.evaluation.list",
        share=said,
        base=in_ten(base["value"], base["low"], base["high"], material.language),
    )


def _models(figures: pd.DataFrame, material: Material) -> list[dict[str, Any]]:
    """The model and the simpler rules it must beat, one row each."""
    w, rows = material.words, []
    for model in MODELS:
        order, error = _figure(figures, model, "roc_auc"), _figure(figures, model, "brier")
        if error is None:
            continue
        pairs = (
            ""
            if order is None or model == "B0"
            else in_ten(order["value"], order["low"], order["high"], material.language)
        )
        numbers = {name: w.number(error[name], 3) for name in ("value", "low", "high")}
        said = w("report.evaluation.brier", **numbers)
        rows.append(
            {"name": w(f"report.model.{model}"), "pairs": pairs, "error": said, "own": model == "full"}
        )
    return rows
