import dataclasses

import numpy as np
import pandas as pd
import pytest

from salesinsight.modeling.dose import LEAST_TALKS, LEVELS, dose_response


def data_of(table, n=600, seed=0, effect=0.0, warmth=2.0, landmarks=1, **columns):
    """Conversations: in stage "late" there are more requests, and deals stall less (`warmth`).

    A request itself changes the log-odds of stalling by `effect`.
    """
    rng = np.random.default_rng(seed)
    late = rng.random(n) < 0.5
    asked = (rng.random(n) < np.where(late, 0.8, 0.2)).astype(float)
    chance = 1 / (1 + np.exp(-(1 - warmth * late + effect * asked)))
    rows = pd.DataFrame(
        {
            "deal": [f"D{i}" for i in range(n)],
            "request_count": asked,
            "request_first_pos": np.where(asked > 0, 0.9, np.nan),
            "request_phase_gap": np.nan,
            "phase_c": np.nan,
            "crm_stage": np.where(late, "late", "early"),
            "y": (rng.random(n) < chance).astype(int),
            **columns,
        }
    )
    rows = pd.concat([rows.assign(week=week) for week in range(landmarks)], ignore_index=True)
    at = pd.Timestamp("2025-01-06", tz="UTC") + pd.to_timedelta(7 * rows["week"], unit="D")
    rows.index = pd.MultiIndex.from_arrays([rows["deal"], at], names=["deal_id", "landmark_at"])
    info = pd.DataFrame({"conversation_id": "c" + rows["deal"]})
    X = rows.drop(columns=["deal", "y", "week"])
    return dataclasses.replace(
        table, X=X, y=rows["y"].astype("Int64"), groups=rows["deal"].astype("string"), info=info
    )


def response(data, dose="count", **more):
    told = dose_response(data, **({"bootstrap": 60} | more))
    return told[told["dose"] == dose].set_index("level")


def test_what_the_stage_explains_is_no_response(table):
    told = response(data_of(table))
    raw, adjusted = (told.loc["none", name] - told.loc["one", name] for name in ("share", "adjusted"))
    assert raw > 0.15
    assert abs(adjusted) < 0.08
    assert told.loc["none", "adjusted_low"] < told.loc["one", "adjusted_high"]


def test_a_planted_response_stays_after_adjusting(table):
    told = response(data_of(table, effect=-2.0))
    assert told.loc["one", "adjusted_high"] < told.loc["none", "adjusted_low"]


def test_intervals_hold_their_share(table):
    told = dose_response(data_of(table), bootstrap=30).dropna(subset=["share"])
    for name in ("share", "adjusted"):
        assert (told[f"{name}_low"] <= told[name]).all() and (told[name] <= told[f"{name}_high"]).all()


def test_a_conversation_counts_once_however_many_landmarks_know_it(table):
    once, often = (response(data_of(table, landmarks=n), bootstrap=10) for n in (1, 4))
    pd.testing.assert_frame_equal(once, often)


@pytest.mark.parametrize(("size", "known"), [(LEAST_TALKS - 1, False), (LEAST_TALKS, True)])
def test_few_conversations_have_no_share(table, size, known):
    n = 200
    count = np.where(np.arange(n) < size, 2.0, 0.0)
    told = response(data_of(table, n=n, request_count=count), bootstrap=10)
    assert told.loc["two", "n"] == size
    assert pd.notna(told.loc["two", "share"]) == known == pd.notna(told.loc["two", "adjusted"])


def test_few_customers_have_no_share(table):
    data = data_of(table)
    few = dataclasses.replace(data, groups=pd.Series("A", index=data.X.index, dtype="string"))
    assert response(few)["share"].isna().all()


def test_levels_are_put_where_they_belong(table):
    gap = np.resize([-1.0, 0.0, 2.0, np.nan], 600)
    data = data_of(
        table, request_phase_gap=gap, phase_c=2.0, request_first_pos=np.resize([0.1, 0.5, 0.9], 600)
    )
    assert response(data, "phase_2", bootstrap=5)["n"].to_dict() == dict.fromkeys(LEVELS["phase_2"], 150)
    assert response(data, "timing", bootstrap=5)["n"].to_dict() == dict.fromkeys(LEVELS["timing"], 200)
    assert response(data, "phase_1", bootstrap=5).empty


def test_nothing_heard_is_nothing_told(table):
    assert dose_response(data_of(table, request_count=np.nan)).empty
