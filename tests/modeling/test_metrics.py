import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from salesinsight.modeling.metrics import (
    column_auc,
    interval,
    score_cells,
    score_models,
    weekly_lists,
    wilson,
)

MONDAY = pd.Timestamp("2025-01-06 06:00", tz="UTC")


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(0)
    n = 1200
    group = rng.integers(0, 150, n)
    x = rng.normal(size=n) + rng.normal(size=150)[group]
    p = (1 / (1 + np.exp(-x))).round(2).clip(0.01, 0.99)
    y = rng.random(n) < 1 / (1 + np.exp(-0.7 * x - 0.3))
    y4 = np.where(y, "stalled", rng.choice(["won", "lost", "progress"], n)).astype(object)
    P = np.column_stack([np.outer(1 - p, [0.2, 0.3, 0.5]), p])
    at = pd.DatetimeIndex(MONDAY + pd.to_timedelta(rng.integers(0, 20, n) * 7, unit="D"))
    deals = np.arange(n).astype(str).astype(object)
    return {"P": P, "p": p, "y": y, "y4": y4, "group": group.astype(str), "deals": deals, "at": at}


@pytest.fixture(scope="module")
def scored(case):
    uninformed = np.tile([0.1, 0.2, 0.2, 0.5], (len(case["y"]), 1))
    only_stalled = np.column_stack([np.full((len(case["y"]), 3), np.nan), np.full(len(case["y"]), 0.5)])
    told = {"full": case["P"], "B2": only_stalled, "B3": uninformed}
    listed = {name: weekly_lists(case["at"], case["deals"], p[:, 3]) for name, p in told.items()}
    metrics, samples = score_models(told, case["y4"], case["group"], case["deals"], listed, draws=400)
    return metrics.set_index(["model", "metric"]), samples


def test_figures_are_those_of_scikit_learn(case, scored):
    y, p = case["y"], case["p"]
    expected = {
        "roc_auc": roc_auc_score(y, p),
        "pr_auc": average_precision_score(y, p),
        "brier": brier_score_loss(y, p),
        "prevalence": y.mean(),
        "log_loss": log_loss(
            case["y4"], case["P"][:, [1, 2, 3, 0]], labels=["lost", "progress", "stalled", "won"]
        ),
    }
    odds = np.log(p / (1 - p))[:, None]
    expected["calibration_slope"] = LogisticRegression(C=1e8, tol=1e-8).fit(odds, y).coef_[0, 0]
    for metric, value in expected.items():
        assert scored[0].loc[("full", metric), "value"] == pytest.approx(value, rel=1e-5), metric
    assert column_auc(y, p) == pytest.approx(expected["roc_auc"])


def test_intervals_hold_the_value_and_match_resampling_by_hand(case, scored):
    metrics = scored[0]
    assert (
        ((metrics["low"] <= metrics["value"]) & (metrics["value"] <= metrics["high"]))
        .drop(index=[("full", "ece"), ("B2", "ece"), ("B3", "ece")], errors="ignore")
        .loc["full"]
        .all()
    )
    rng = np.random.default_rng(1)
    accounts = np.unique(case["group"])
    rows = {name: np.flatnonzero(case["group"] == name) for name in accounts}
    error = (case["p"] - case["y"]) ** 2
    drawn = [
        np.mean(error[np.concatenate([rows[name] for name in rng.choice(accounts, len(accounts))])])
        for _ in range(400)
    ]
    told = metrics.loc[("full", "brier")]
    assert told["high"] - told["low"] == pytest.approx(np.ptp(np.percentile(drawn, [2.5, 97.5])), rel=0.15)


def test_gain_and_skill_are_paired_differences(scored):
    metrics, samples = scored
    gain = samples["B3", "brier"] - samples["full", "brier"]
    assert metrics.loc[("full", "gain_brier"), "value"] == gain[0] > 0
    assert metrics.loc[("full", "gain_brier"), "low"] == interval(gain)["low"]
    skill = 1 - metrics.loc[("full", "brier"), "value"] / metrics.loc[("B2", "brier"), "value"]
    assert metrics.loc[("full", "brier_skill_b2"), "value"] == pytest.approx(skill)
    assert ("B2", "log_loss") not in metrics.index


def test_precision_is_that_of_the_weekly_lists(case, scored):
    table = pd.DataFrame({"at": case["at"], "p": case["p"], "y": case["y"]})
    top = table.sort_values("p", ascending=False, kind="stable").groupby("at").head(10)
    told = scored[0].loc[("full", "precision_at_10"), "value"]
    assert told == pytest.approx(top["y"].mean())
    assert scored[0].loc[("full", "lift_at_10"), "value"] == pytest.approx(told / case["y"].mean())


def test_a_deal_is_on_a_weeks_list_once_with_its_last_landmark():
    at = pd.DatetimeIndex([MONDAY, MONDAY + pd.Timedelta(days=2), MONDAY + pd.Timedelta(days=7)])
    on_list = weekly_lists(at, np.array(["a", "a", "a"]), np.array([0.9, 0.1, 0.5]))
    assert on_list.tolist() == [False, True, True]


def test_few_rows_give_sizes_but_no_figures(case):
    few = slice(0, 29)
    told, listed = {"full": case["P"][few]}, {"full": np.ones(29, dtype=bool)}
    metrics, _ = score_models(told, case["y4"][few], case["group"][few], case["deals"][few], listed, draws=10)
    assert metrics[["value", "low", "high"]].isna().all(axis=None)
    assert (metrics["n"] == 29).all()


def test_one_outcome_only_gives_no_ranking(case):
    y4 = np.full(60, "stalled", dtype=object)
    few = slice(0, 60)
    listed = {"full": np.ones(60, dtype=bool)}
    metrics, _ = score_models(
        {"full": case["P"][few]}, y4, case["group"][few], case["deals"][few], listed, draws=10
    )
    told = metrics.set_index("metric")["value"]
    assert np.isnan(told["roc_auc"])
    assert told["precision_at_10"] == 1


def test_cells_with_few_rows_are_kept_empty():
    oof = pd.DataFrame(
        {"y": [1, 0] * 20, "p_stalled": 0.5, "deal_id": range(40), "stage": ["a"] * 35 + ["b"] * 5}
    )
    cells = score_cells(oof, "stage").set_index("stage")
    assert cells.loc["a", "brier"] == pytest.approx(0.25)
    assert cells.loc["b", ["stalled", "brier"]].isna().all()
    assert cells.loc["b", "n"] == 5


def test_wilson_without_observations():
    assert np.isnan(wilson(0, 0)).all()
    assert wilson(0, 10)[0] == 0
