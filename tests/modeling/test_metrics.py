import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from salesinsight.deals.shares import wilson
from salesinsight.modeling.cells import score_cells, share_interval
from salesinsight.modeling.metrics import (
    column_auc,
    interval,
    score_models,
    weekly_lists,
    worth_of,
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


def test_gain_and_skill_are_paired_differences(scored, case):
    metrics, samples = scored
    gain = samples["B3", "brier"] - samples["full", "brier"]
    assert metrics.loc[("full", "gain_brier"), "value"] == gain[0] > 0
    assert metrics.loc[("full", "gain_brier"), "low"] == interval(gain, worth_of(case["group"]))["low"]
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


def test_rows_of_one_deal_are_worth_hardly_more_than_one():
    deals, stalled = np.repeat(np.arange(60), 9), np.repeat(np.arange(60) % 3 == 0, 9)
    alike = share_interval(stalled.astype(float), deals)
    assert alike == pytest.approx(wilson(20, 60), abs=0.02)
    apart = share_interval(stalled.astype(float), np.arange(540))
    assert apart == pytest.approx(wilson(180, 540), abs=1e-3)
    assert alike[1] - alike[0] > 2.5 * (apart[1] - apart[0])


def test_a_share_of_none_or_all_counts_groups():
    assert share_interval(np.zeros(40), np.repeat(range(10), 4)) == wilson(0, 10)
    assert np.isnan(share_interval(np.zeros(0), np.zeros(0))).all()


def test_interval_of_a_share_holds_it_when_deals_differ_in_length():
    rng, held = np.random.default_rng(1), 0
    for _ in range(400):
        rows = rng.geometric(0.2, size=80)
        chance = np.where(rows > 5, 0.6, 0.3)
        y = np.repeat(rng.random(80) < chance, rows).astype(float)
        low, high = share_interval(y, np.repeat(np.arange(80), rows))
        # rows of long deals stall more often: P(long) and their rows, by the geometric distribution
        long = 0.8**5 * (5 + 1 / 0.2)
        held += low <= (long * 0.6 + (5 - long) * 0.3) / 5 <= high
    assert 0.92 <= held / 400 <= 0.98


def test_calibration_error_of_right_probabilities_is_about_nothing():
    rng, raw, told = np.random.default_rng(2), [], []
    for seed in range(40):
        p = rng.uniform(0.1, 0.9, 300)
        y4 = np.where(rng.random(300) < p, "stalled", "progress").astype(object)
        P = np.column_stack([np.zeros((300, 2)), 1 - p, p])
        every, listed = np.arange(300), {"full": np.zeros(300, dtype=bool)}
        metrics, samples = score_models({"full": P}, y4, every, every, listed, draws=60, seed=seed)
        raw.append(samples["full", "ece"][0])
        told.append(metrics.set_index("metric").loc["ece", ["low", "value", "high"]].to_numpy(dtype=float))
    low, value, high = np.array(told).T
    assert ((low <= value) & (value <= high)).all()
    # ten bins of thirty: chance alone makes 0.06 of an error of 0
    assert np.mean(raw) > 0.05
    assert np.mean(value) < 0.7 * np.mean(raw)
    # a plain interval of resamples would begin at 0.06
    assert np.mean(low) < 0.015


def test_few_accounts_widen_an_interval_and_many_do_not():
    values = np.r_[0.0, np.random.default_rng(0).normal(size=200_000)]
    wide, usual, most = (interval(values, cases)["high"] for cases in (8, 1e6, np.inf))
    assert usual == pytest.approx(most, abs=0.01) == pytest.approx(1.96, abs=0.02)
    assert wide == pytest.approx(np.sqrt(8 / 7) * 2.365, abs=0.03)
    assert worth_of(np.repeat(range(5), 3)) == pytest.approx(5)
    # one large account among fifty decides on the spread
    assert worth_of(np.r_[np.arange(50), np.full(10, 50)]) < 3


def test_an_interval_of_few_resamples_holds_the_next_as_often_as_of_many():
    rng = np.random.default_rng(4)
    drawn = rng.normal(size=(4000, 80))
    told = [interval(np.r_[0.0, row[1:]]) for row in drawn]
    held = [one["low"] <= row[0] <= one["high"] for one, row in zip(told, drawn, strict=True)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.01)
