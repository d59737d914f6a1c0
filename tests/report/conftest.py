"""A small hand-made export, and runs of each mode that need no training."""

from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from salesinsight.deals import make_dataset, open_deals
from salesinsight.features import conversation_features
from salesinsight.modeling import Run
from salesinsight.schema import TABLES, Export, conform, empty_table
from salesinsight.speech import evidence, tag_notes, tag_turns

AS_OF = pd.Timestamp("2026-03-03 11:00", tz="UTC")
STAGES = ["contact", "behoefte", "offerte", "onderhandeling"]
VAGUE = [
    ("seller", "Wat hebt u tot nu toe geprobeerd?"),
    ("customer", "Nou, ik weet het niet, misschien hebben we dat wel eens gedaan."),
    ("seller", "Zullen we een afspraak maken voor volgende week dinsdag?"),
    ("customer", "Dat moet ik eerst aan mijn baas voorleggen, ik kom er nog op terug."),
    ("seller", "Het was in elk geval een heel prettig gesprek."),
    ("customer", "Ja, heel gezellig. Ik moet er nog even over nadenken."),
]
CLEAR = [
    ("seller", "Wat gaat er mis als u niets doet?"),
    ("customer", "Dan verliezen we 20 uur per week, omdat alles met de hand gaat. We zoeken een oplossing."),
    ("seller", "Zullen we een afspraak maken voor dinsdag om tien uur?"),
    ("customer", "Ja, dat is goed. Ik zet het in de agenda en ik neem de directeur mee."),
]


def make_export(n: int = 45, seed: int = 0) -> Export:
    rng = np.random.default_rng(seed)
    deals, events, talks, turns = [], [], [], []
    for i in range(n):
        deal, vague = f"D-{i:03d}", i % 2 == 0
        opened = AS_OF - pd.Timedelta(days=int(rng.integers(20, 300)))
        deals.append({
            "deal_id": deal, "account_id": f"A-{i // 2:03d}", "created_at": opened, "amount": 1000.0 * (1 + i),
            "currency": "EUR", "pipeline": "nieuw", "lead_source": ["beurs", "website"][i % 2], "owner_id": "Wilma Worst",
        })  # fmt: skip
        events.append({"deal_id": deal, "at": opened, "kind": "stage", "value": STAGES[0]})
        later = opened + pd.Timedelta(days=9 + i % 30)
        if later < AS_OF:
            events.append({"deal_id": deal, "at": later, "kind": "stage", "value": STAGES[1 + i % 2]})
            events.append({"deal_id": deal, "at": later, "kind": "quote_sent"})
        ended = opened + pd.Timedelta(days=60 + i)
        if i % 3 == 0 and ended < AS_OF:
            kind = ["won", "lost"][i % 2]
            reason = None if kind == "won" else ["te duur", "geen reactie"][i % 4 // 2]
            events.append({"deal_id": deal, "at": ended, "kind": kind, "value": reason})
        started = opened + pd.Timedelta(days=8, hours=2)
        talk = f"C-{i:03d}"
        talks.append({
            "conversation_id": talk, "deal_id": deal, "account_id": f"A-{i // 2:03d}", "started_at": started,
            "ended_at": started + pd.Timedelta(minutes=25), "status": "held", "seller_id": "Wilma Worst",
            "note": "Goed gesprek gehad, sfeer was prima." if vague else "Afspraak gemaakt voor een demo op dinsdag.",
        })  # fmt: skip
        for turn, (role, text) in enumerate(VAGUE if vague else CLEAR):
            turns.append({
                "conversation_id": talk, "turn": turn, "role": role, "start_s": 60.0 * turn, "end_s": 60.0 * turn + 20,
                "text": text,
            })  # fmt: skip
    rejects = [
        {"file": "events.csv", "line": 7, "column": "at", "value": "31-02-2026", "reason": "geen datum"}
    ]
    frames = {"deals": deals, "events": events, "conversations": talks, "turns": turns, "rejects": rejects}
    tables = {
        name: conform(pd.DataFrame(frames[name]), name) if name in frames else empty_table(name)
        for name in TABLES
    }
    return Export(
        **tables, as_of=AS_OF, stages={"nieuw": STAGES}, watermark="voorbeelddata",
        notices=["entered_at is onbekend; de datum van de gebeurtenis is gebruikt."],
    )  # fmt: skip


class FakeRun(Run):
    """What the report reads of a run, without a trained model."""

    cut_offs = (0.3, 0.6)
    settings: ClassVar[dict] = {}

    @property
    def bands(self) -> pd.DataFrame:
        rows = [("laag", 40, 0.1, 0.0, 0.2), ("midden", 35, 0.42, 0.3, 0.6), ("hoog", 12, 0.8, 0.5, 0.9)]
        return pd.DataFrame(rows, columns=["band", "n_deals", "share", "low", "high"])

    def expected_stalled(self, open_):
        n, amount = len(open_.X), float(open_.info["amount"].sum())
        money = {
            "n": n,
            "amount": amount / 3,
            "amount_low": amount / 5,
            "amount_high": amount / 2,
            "of": amount,
        }
        return {
            "n": n,
            "left_out": 0,
            "count": n / 2,
            "low": n / 4,
            "high": n * 0.75,
            "per_currency": {"EUR": money} if n else {},
        }


def make_run(mode: str, gain: tuple[float, float, float] = (0.02, 0.01, 0.03)) -> FakeRun:
    rows = [
        ("full", "brier", 0.19, 0.16, 0.22), ("full", "roc_auc", 0.71, 0.63, 0.78), ("B3", "brier", 0.21, 0.18, 0.24),
        ("full", "precision_at_10", 0.6, 0.5, 0.7), ("full", "prevalence", 0.4, 0.35, 0.45), ("B3", "roc_auc", 0.6, 0.5, 0.7),
        ("full", "brier_skill_b2", 0.1, -0.01, 0.2), ("full", "gain_brier", *gain),
    ]  # fmt: skip
    metrics = pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"]).assign(
        n=400, n_deals=120
    )
    rng = np.random.default_rng(0)
    chance = rng.random(400)
    oof = pd.DataFrame({"deal_id": [f"D-{i // 4}" for i in range(400)], "p_stalled": chance})
    oof["y"] = (rng.random(400) < chance).astype(int)
    oof["landmark_at"] = AS_OF - pd.to_timedelta(100 + 7 * (np.arange(400) % 4), unit="D")
    oof["group"] = oof["deal_id"]
    card, none = {"mode": mode, "notices": ["grouped_short"]}, pd.DataFrame()
    return FakeRun(Path("models/run-7"), card, metrics, none, oof, none, none)


def make_scores(open_, mode: str) -> pd.DataFrame:
    n = len(open_.X)
    shown = ["account_id", "stage", "amount", "currency", "days_since_customer_step", "conversation_id"]
    scores = open_.info[shown].reset_index()[["deal_id", *shown]]
    chances = np.random.default_rng(0).dirichlet([1, 1, 1, 2], size=n)
    scores[["p_won", "p_lost", "p_progress", "p_stalled"]] = chances if mode != "beschrijvend" else np.nan
    scores["low"], scores["high"] = scores["p_stalled"] - 0.1, scores["p_stalled"] + 0.1
    bands = pd.cut(scores["p_stalled"], [-1, 0.3, 0.6, 2], labels=["laag", "midden", "hoog"]).astype("string")
    scores["band"] = bands.fillna("te weinig gegevens")
    scores["reasons"] = [[{"family": "hedge", "text": "twijfeltaal 6,2 (meestal 2,1)"}] for _ in range(n)]
    scores["quotes"] = [
        [
            {
                "conversation_id": talk,
                "turn": 3,
                "role": "customer",
                "start_s": 180.0,
                "words": "voorleggen",
                "label": "gatekeeper",
            }
        ]
        for talk in scores.pop("conversation_id")
    ]
    scores["next_move"] = pd.array(["decision_maker"] * n, dtype="string")
    counts = {"stage": None, "n": 14, "stalled": 9, "low": 7, "high": 11, "enough": True}
    scores["comparable"] = [counts] * n
    return scores


def prepare(export: Export) -> dict:
    tagged = tag_turns(export.turns)
    notes = tag_notes(export.conversations)
    features = conversation_features(export, tagged, notes)
    return {
        "export": export, "tagged": tagged, "hits": evidence(tagged), "features": features, "notes": notes,
        "data": make_dataset(export, features), "open_": open_deals(export, features),
    }  # fmt: skip


@pytest.fixture(scope="session")
def tables():
    return prepare(make_export())


@pytest.fixture
def given(tables):
    """The arguments of `write_report` in a mode."""

    def of(mode: str | None, **more) -> dict:
        if mode is None:
            return {**tables, "run": None, "scores": None, **more}
        return {**tables, "run": make_run(mode), "scores": make_scores(tables["open_"], mode), **more}

    return of


@pytest.fixture(scope="session")
def make():
    return SimpleNamespace(export=make_export, run=make_run, scores=make_scores, prepare=prepare)
