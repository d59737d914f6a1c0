"""An invented data set with a planted, stated truth, in the shape that the deals room gives.

Every deal has one hidden trait (how unwilling the customer is to decide). The trait slows the next event
down, `effect` times, and shows in a handful of conversation columns; all other columns are noise.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from salesinsight.deals import Dataset
from salesinsight.modeling import train, training

STAGES = ["contact", "behoefte", "oplossing", "offerte"]
#: Columns that show the hidden trait, with the sign of it.
PLANTED = {"hedge_c_rate": 1.0, "answer_vague_share": 0.8, "next_dated": -0.9, "spin_depth": -0.7}
#: Columns that show nothing at all.
NOISE = ["we_you_ratio", "question_stacked_share", "talk_share", "question_s_count", "push_q_share"]
COUNTS = [
    "authority_ref_count",
    "authority_asked",
    "request_any",
    "request_nagging_count",
    "offer_before_need",
]
FIRST_DAY = pd.Timestamp("2024-01-01 06:00", tz="UTC")


def landmarks_of(deal: int, rng: np.random.Generator, effect: float, days: int, horizon: int) -> list[dict]:
    """Weekly landmarks of one deal, with the days to the next event of the stage it is in."""
    # deals also begin before the first day, so that the first lists are as mixed as the last
    trait, day, rows = rng.normal(), int(rng.integers(-300, days - horizon - 7)), []
    for stage, name in enumerate(STAGES):
        wait = rng.exponential(45 + 12 * stage) * np.exp(effect * trait)
        last = stage == len(STAGES) - 1
        kind = rng.choice(["won", "lost", "progress"], p=[0.5, 0.5, 0.0] if last else [0.06, 0.3, 0.64])
        first = max(day, 0)
        for landmark in range(first + (-first) % 7, int(min(day + wait, day + 200, days - horizon - 7)), 7):
            rows.append({
                "deal": deal, "day": landmark, "stage": name, "since": landmark - day,
                "left": day + wait - landmark, "kind": kind, "trait": trait,
            })  # fmt: skip
        day = int(day + wait)
        if kind != "progress" or day > days - horizon - 7:
            break
    return rows


def make_table(
    n_deals: int = 100,
    effect: float = 1.0,
    seed: int = 0,
    days: int = 540,
    extra: int = 0,
    mode: str = "volledig",
) -> Dataset:
    """`n_deals` deals over `days` days with weekly landmarks; `extra` more columns of noise."""
    rng, horizon = np.random.default_rng(seed), 60
    rows = pd.DataFrame(
        [r for deal in range(n_deals) for r in landmarks_of(deal, rng, effect, days, horizon)]
    )
    n = len(rows)
    stalled = rows["left"] > horizon
    y4 = rows["kind"].where(~stalled, "stalled")
    columns: dict[str, np.ndarray] = {}
    for name, load in PLANTED.items():
        columns[name] = load * rows["trait"].to_numpy() + rng.normal(size=n)
    for name in [*NOISE, *(f"talk_share_{i}" for i in range(extra))]:
        columns[name] = rng.normal(size=n)
    for name in COUNTS:
        columns[name] = rng.poisson(0.4, size=n).astype(float)
    X = pd.DataFrame(columns)
    X[rng.random(n) < 0.3] = np.nan
    index = pd.MultiIndex.from_arrays(
        [("D" + rows["deal"].astype(str).str.zfill(4)), FIRST_DAY + pd.to_timedelta(rows["day"], unit="D")],
        names=["deal_id", "landmark_at"],
    )
    X["crm_days_in_stage"] = rows["since"].astype(float)
    X["crm_amount_log"] = rng.normal(9, 1, size=n_deals)[rows["deal"]]
    X["crm_stage"] = rows["stage"].astype(object)
    X.index = index
    account = pd.Series(
        "A" + (rows["deal"] // 2 * 2 * (rows["deal"] % 3 > 0) + rows["deal"]).astype(str).to_numpy(),
        index,
        dtype="string",
    )
    info = pd.DataFrame({
        "name": pd.array(["Dak"] * n, dtype="string"), "account_name": pd.array(["Proefhuis"] * n, dtype="string"),
        "account_id": account, "stage": pd.array(rows["stage"], dtype="string"),
        "amount": np.exp(X["crm_amount_log"]).round(-2), "currency": pd.array(["EUR"] * n, dtype="string"),
        "days_since_customer_step": rows["since"].to_numpy(float),
        "conversation_id": pd.array("C" + rows["deal"].astype(str), dtype="string"),
        "days_in_stage": rows["since"].to_numpy(float), "owner_id": pd.array(["S1"] * n, dtype="string"),
        "pipeline": pd.array(["nieuw"] * n, dtype="string"),
    }, index=index)  # fmt: skip
    settings = {"horizon_days": horizon, "grace_days": 3, "min_dwell_days": 3, "landmarks": "weekly",
                "as_of": str(FIRST_DAY + pd.Timedelta(days=days)), "time_zone": "Europe/Amsterdam"}  # fmt: skip
    deal_size = rows.groupby("deal")["day"].transform("size").to_numpy()
    return Dataset(
        X=X, y=pd.Series(stalled.astype(int).to_numpy(), index, dtype="Int64"),
        y4=pd.Series(y4.to_numpy(), index, dtype="string"),
        time=pd.Series(rows["left"].to_numpy(), index), event=pd.Series(rows["kind"].to_numpy(), index, dtype="string"),
        groups=account, weight=pd.Series(1 / deal_size, index),
        left_out=pd.DataFrame({"deal_id": [], "landmark_at": [], "reason": []}),
        info=info, mode=mode, settings=settings, watermark="voorbeelddata",
    )  # fmt: skip


def open_part(table: Dataset, n: int = 25) -> Dataset:
    """The newest landmark of the last `n` deals, as if they were open now."""
    newest = table.X.reset_index().groupby("deal_id")["landmark_at"].max().tail(n)
    keep = pd.MultiIndex.from_arrays([newest.index, newest.to_numpy()], names=["deal_id", "landmark_at"])
    rows = table.X.index.isin(keep)
    return dataclasses.replace(
        table, X=table.X[rows], y=None, y4=None, time=None, event=None, groups=table.groups[rows],
        weight=table.weight[rows], info=table.info[rows],
    )  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Small models are much slower on several threads."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session", autouse=True)
def few_replicates():
    """Ten models on resamples show what forty do, and are kept and read faster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "REPLICATES", {"logistic": 10, "boosting": 5})
        yield


@pytest.fixture(scope="session")
def table() -> Dataset:
    return make_table()


@pytest.fixture(scope="session")
def build_table():
    return make_table


@pytest.fixture(scope="session")
def open_table(table: Dataset) -> Dataset:
    return open_part(table)


@pytest.fixture(scope="session")
def run(table: Dataset, tmp_path_factory: pytest.TempPathFactory):
    return train(table, tmp_path_factory.mktemp("models") / "run", models=["logistic"], bootstrap=20)
