import numpy as np
import pytest

from salesinsight.modeling.baselines import baseline_columns, predict_baseline
from salesinsight.modeling.stage_table import PRIOR_DEALS, StageTable


def fitted(stage, days, time, stalled, deal=None, since=None):
    n = len(days)
    deal = np.arange(n).astype(str) if deal is None else np.asarray(deal)
    since = np.zeros(n) if since is None else np.asarray(since, float)
    return StageTable.fit(
        deal, np.asarray(stage), since, np.asarray(days, float), np.asarray(time, float), np.asarray(stalled)
    )


def lean(survived, at_risk, share):
    """What is left of a share that was seen on few deals."""
    return (at_risk * survived + PRIOR_DEALS * share) / (at_risk + PRIOR_DEALS)


def test_kaplan_meier_by_hand():
    # 40 deals seen from day 0: 10 end on day 5, 10 on day 20, the rest outlive the horizon of 60
    time = [5.0] * 10 + [20.0] * 10 + [60.0] * 20
    table = fitted(["a"] * 40, [0.0] * 40, time, [False] * 20 + [True] * 20)
    told = table.predict(np.array(["a", "a"]), np.array([0.0, 5.0]), np.array([60.0, 10.0]))
    # 0.5 survives all of it; nobody goes between day 5 and 15; both lean to the share of 0.5
    assert told == pytest.approx([lean(0.5, 40, 0.5), lean(1.0, 30, 0.5)])


def test_landmarks_of_one_stay_count_once():
    # one deal looked at on day 0 and 7 of the same stay is one observation from day 0
    single = fitted(["a"] * 40, [0.0] * 40, [5.0] * 20 + [60.0] * 20, [False] * 20 + [True] * 20)
    days = [0.0] * 40 + [7.0] * 20
    time = [5.0] * 20 + [60.0] * 20 + [60.0] * 20
    deal = [*range(40), *range(20, 40)]
    double = fitted(["a"] * 60, days, time, [False] * 20 + [True] * 40, deal=deal)
    at = (np.array(["a"]), np.array([0.0]), np.array([10.0]))
    expected = [lean(0.5, 40, 40 / 60), lean(0.5, 40, 20 / 40)]
    assert [double.predict(*at)[0], single.predict(*at)[0]] == pytest.approx(expected)


def test_a_stay_may_have_an_event_and_go_on():
    # every deal makes a step on day 10 of its stay and is looked at again on day 14
    days = [0.0] * 30 + [14.0] * 30
    time = [10.0] * 30 + [60.0] * 30
    table = fitted(["a"] * 60, days, time, [False] * 30 + [True] * 30, deal=[*range(30), *range(30)])
    told = table.predict(np.array(["a", "a"]), np.array([0.0, 14.0]), np.full(2, 60.0))
    assert told == pytest.approx([lean(0.0, 30, 0.5), lean(1.0, 30, 0.5)], abs=1e-6)


def test_a_stay_first_seen_late_is_not_taken_to_have_survived_before():
    # 30 deals are seen from day 0 and half end on day 10; 200 are seen from day 50 on
    days = [0.0] * 30 + [50.0] * 200
    time = [10.0] * 15 + [60.0] * 15 + [60.0] * 200
    table = fitted(["a"] * 230, days, time, [False] * 15 + [True] * 215)
    early = table.predict(np.array(["a"]), np.array([0.0]), np.array([20.0]))[0]
    assert early == pytest.approx(lean(0.5, 30, 215 / 230))


def test_sparse_stages_are_taken_together_and_missing_days_give_the_share():
    time = [5.0] * 40 + [60.0] * 40
    table = fitted(["a"] * 78 + ["b"] * 2, [0.0] * 80, time, [False] * 40 + [True] * 40)
    told = table.predict(np.array(["b", "zz", "a"]), np.array([0.0, 0.0, np.nan]), np.full(3, 60.0))
    assert told[0] == told[1] == pytest.approx(0.5)
    assert told[2] == pytest.approx(38 / 78)


def test_prevalence_and_the_rule_of_silence(table):
    train, test = np.arange(0, 800), np.arange(800, len(table.X))
    y4 = table.y4.to_numpy(dtype=object)[train]
    told = predict_baseline("B0", [], table, train, test)
    assert told[0] == pytest.approx([np.mean(y4 == name) for name in ("won", "lost", "progress", "stalled")])
    silent = table.info["days_since_customer_step"].to_numpy() >= 14
    told = predict_baseline("B1", [], table, train, test)[:, 3]
    assert told[silent[test]] == pytest.approx((y4 == "stalled")[silent[train]].mean())
    assert told[~silent[test]] == pytest.approx((y4 == "stalled")[~silent[train]].mean())


def test_each_baseline_sees_its_own_columns(table):
    columns = baseline_columns(table)
    assert set(columns["B3"]) == {name for name in table.X if name.startswith("crm_")}
    assert set(columns["B4"]) == {"talk_share", "question_s_count"}
    assert "B8" not in columns


def test_the_crm_baseline_ignores_conversations(table):
    train, test = np.arange(0, 800), np.arange(800, len(table.X))
    columns = baseline_columns(table)["B3"]
    told = predict_baseline("B3", columns, table, train, test)
    shuffled = table.X.copy()
    shuffled["hedge_c_rate"] = 7.0
    again = predict_baseline("B3", columns, type(table)(**{**vars(table), "X": shuffled}), train, test)
    assert (told == again).all()
    assert told.sum(axis=1) == pytest.approx(1)
