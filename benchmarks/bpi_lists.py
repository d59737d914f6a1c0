"""What weekly lists are worth on a bank's loan offers: part of the section that ``bpi.py`` writes."""

import dataclasses

import numpy as np
import pandas as pd
from label import READINGS
from sections import table

import salesinsight as si
from salesinsight.modeling import evaluate, look_back
from salesinsight.modeling.review import compare_lists
from salesinsight.modeling.value import lead_time, list_precision, net_benefit

# some 700 offers are open each Monday: a bank's desk calls more of them than ten
LENGTHS = (20, 100)


def lists(bank: si.Export, horizon: int) -> str:
    """Precision, lead time, net benefit and the look back, of lists that were made out of fold."""
    precision, leads, benefits, looks = [], [], [], []
    for name, reasons in READINGS.items():
        export = dataclasses.replace(bank, label=bank.label | {"no_decision_reasons": reasons})
        data = si.make_dataset(export, landmarks="weekly", horizon_days=horizon)
        oof = evaluate(data, bootstrap=200, baselines=("B0", "B1", "B2")).oof
        reading = {"stalled is": name}
        precision += [reading | row for row in precisions(oof)]
        leads += [reading | ahead(oof, data, k) for k in LENGTHS]
        benefits.append(reading | useful(oof))
        looks += [reading | judged(oof, export, horizon, k) for k in LENGTHS]
    return "\n\n".join(
        [
            "### Weekly lists",
            "All open offers each Monday, in order of the chance to stall, from models that had not seen how these "
            f"ended (out of fold, logistic, horizon {horizon} days; 95 % intervals over deals). Share of a list that "
            "stalled; *full* is all CRM columns, B1 the rule of 14 days without a step of the customer, B2 stage and "
            "days in it:",
            table(pd.DataFrame(precision)),
            "Where *full* and B2 hold the same share, the list adds nothing to what the bank sees without it. The "
            "system ends most offers by itself after a month of silence, so a short list of the offers that stand "
            "longest is nearly all right; whether a list is early shows in the lead time.",
            "Lead time over the rule of 14 days, of deals that stalled: how many days the list flags them before "
            "(above 0) or after the rule fires. Both count from the first Monday of the test.",
            table(pd.DataFrame(leads)),
            "Net benefit: the chances to act on from which the model is shown to be more useful than acting on all "
            "offers and on none (95 %).",
            table(pd.DataFrame(benefits)),
            "The same lists as a ledger of shown scores, looked back on by `look_back`: the share that stalled less "
            "that of a list of the same length by the rule of 14 days.",
            table(pd.DataFrame(looks)),
        ]
    )


def precisions(oof: pd.DataFrame) -> list[dict]:
    found = list_precision(oof, LENGTHS)
    return [
        {
            "list of": row.k, "model": row.model, "stalled": _range(row.precision, row.low, row.high),
            "lift": _range(row.lift, row.lift_low, row.lift_high), "recall": f"{row.recall:.2f}",
            "weeks": row.weeks, "deals on lists": row.deals,
        }
        for row in found.itertuples()
    ]  # fmt: skip


def ahead(oof: pd.DataFrame, data: si.Dataset, k: int) -> dict:
    """How many days the list is ahead of the rule, over deals that stalled."""
    found = lead_time(oof, data, k)
    days, first = found["days"].dropna(), found["first"].value_counts()
    earlier, later = int((days > 0).sum()), int((days < 0).sum())
    return {
        "list of": k, "stalled deals": len(found), "both flag": len(days), "median days": days.median(),
        "list earlier": earlier, "rule earlier": later, "same week": len(days) - earlier - later,
        "list only": int(first.get("list", 0)), "rule only": int(first.get("rule", 0)),
        "neither": int(first.get("neither", 0)),
    }  # fmt: skip


def useful(oof: pd.DataFrame) -> dict:
    """Between which thresholds the model is shown to be of more use than all or none."""
    found = net_benefit(oof)
    better = found[(found["better_low"] > 0) & (found["low"] > 0)]["threshold"]
    none = {"lowest threshold": "–", "highest threshold": "–", "of": len(found), "thresholds": 0}
    if better.empty:
        return none
    return none | {
        "lowest threshold": f"{better.min():.2f}", "highest threshold": f"{better.max():.2f}",
        "thresholds": len(better),
    }  # fmt: skip


def judged(oof: pd.DataFrame, export: si.Export, horizon: int, k: int) -> dict:
    """The lists as they would stand in a ledger, held against what came of the deals."""
    rank = oof.groupby("landmark_at")["p_stalled"].rank(method="first", ascending=False)
    ledger = pd.DataFrame({
        "run": "oof", "date": oof["landmark_at"].map(pd.Timestamp.isoformat), "deal_id": oof["deal_id"],
        "p_stalled": oof["p_stalled"], "band": pd.NA, "rank": rank, "listed": rank <= k, "reserved": False,
    })  # fmt: skip
    rows = look_back(ledger, export, horizon_days=horizon)
    found = compare_lists(rows)
    return {
        "list of": k, "scores": len(rows), "judged": int(rows["y"].notna().sum()),
        "deals on the list": found["deals"],
        "more than the rule": _range(found["value"], found["low"], found["high"]), "verdict": found["verdict"],
    }  # fmt: skip


def _range(value: float, low: float, high: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f} ({low:.2f} to {high:.2f})"
