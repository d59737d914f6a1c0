"""Hand-made tables in the shapes that the other rooms give."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

ABOUT = {
    "as_of": "2026-03-03T12:00:00+00:00",
    "time_zone": "Europe/Amsterdam",
    "horizon_days": 60,
    "mode": "volledig",
    "watermark": "voorbeelddata",
}


def make_scores(n: int = 40, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet([1, 2, 3, 4], size=n)
    scores = pd.DataFrame(chances, columns=["p_won", "p_lost", "p_progress", "p_stalled"])
    scores.insert(0, "deal_id", [f"D-{i:04d}" for i in range(n)])
    scores["stage"] = pd.array(rng.choice(["behoefte", "offerte", "onderhandeling"], n), dtype="string")
    scores["amount"] = (rng.lognormal(9.5, 0.7, n)).round(-2)
    scores["currency"] = pd.array(["EUR"] * n, dtype="string")
    scores["days_since_customer_step"] = rng.integers(0, 120, n).astype(float)
    scores.loc[3, "days_since_customer_step"] = np.nan
    scores["low"] = (scores["p_stalled"] - 0.15).clip(0, 1)
    scores["high"] = (scores["p_stalled"] + 0.15).clip(0, 1)
    scores["band"] = pd.cut(scores["p_stalled"], [-1, 0.3, 0.6, 1], labels=["laag", "midden", "hoog"]).astype(
        "string"
    )
    return scores.sort_values("p_stalled", ascending=False, ignore_index=True)


def make_data(n: int = 160, seed: int = 0) -> SimpleNamespace:
    rng = np.random.default_rng(seed)
    stage = rng.choice(["contact", "behoefte", "offerte", "proef"], n, p=[0.35, 0.35, 0.25, 0.05])
    wait = np.ceil(rng.exponential(np.where(stage == "offerte", 80, 35)))
    event = np.where(wait > 60, "stalled", rng.choice(["won", "lost", "progress"], n))
    days = pd.date_range("2025-01-06 06:00", periods=n, freq="D", tz="UTC")
    index = pd.MultiIndex.from_arrays(
        [[f"D-{i:04d}" for i in range(n)], days], names=["deal_id", "landmark_at"]
    )
    return SimpleNamespace(
        info=pd.DataFrame({"stage": pd.array(stage, dtype="string"), "days_in_stage": 1.0}, index=index),
        time=pd.Series(np.minimum(wait, 60), index),
        event=pd.Series(event, index),
        y4=pd.Series(event, index),
        settings={name: ABOUT[name] for name in ("as_of", "time_zone", "horizon_days")},
        mode="volledig",
        watermark="voorbeelddata",
    )


def make_oof(n: int = 900, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    chance = rng.beta(1.5, 2, n)
    deals = [f"D-{i // 4:04d}" for i in range(n)]
    return pd.DataFrame({"deal_id": deals, "p_stalled": chance, "y": (rng.random(n) < chance).astype(int)})


def make_features(n: int = 200, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    count = rng.poisson(1.0, n).astype(float)
    late = (rng.random(n) < 0.5) & (count > 0)
    chance = np.where(late, 0.6, 0.25)
    other = rng.choice(["continuation", "no_sale"], n, p=[0.8, 0.2])
    outcome = np.where(rng.random(n) < chance, rng.choice(["advance", "order"], n, p=[0.9, 0.1]), other)
    table = pd.DataFrame({"request_count": count, "request_last20": late.astype(float)})
    table["outcome_tagged"] = pd.array(outcome, dtype="string")
    table.loc[rng.random(n) < 0.1, "outcome_tagged"] = pd.NA
    return table.set_axis(pd.Index([f"C-{i:04d}" for i in range(n)], name="conversation_id"))


def make_export(n: int = 200, seed: int = 0) -> SimpleNamespace:
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2025-02-03 09:00", tz="UTC") + pd.to_timedelta(rng.integers(0, 390, n), unit="D")
    talks = pd.DataFrame({"conversation_id": [f"C-{i:04d}" for i in range(n)], "started_at": start})
    talks["status"] = pd.array(["held"] * n, dtype="string")
    return SimpleNamespace(conversations=talks, time_zone="Europe/Amsterdam", **{
        name: ABOUT[name] for name in ("as_of", "watermark")
    })  # fmt: skip


@pytest.fixture
def scores():
    return make_scores()


@pytest.fixture
def data():
    return make_data()


@pytest.fixture
def oof():
    return make_oof()


@pytest.fixture
def features():
    return make_features()


@pytest.fixture
def export():
    return make_export()


@pytest.fixture
def about():
    return dict(ABOUT)


@pytest.fixture
def make():
    """The makers themselves, for tests that need other sizes."""
    return SimpleNamespace(
        scores=make_scores, data=make_data, oof=make_oof, features=make_features, export=make_export
    )
