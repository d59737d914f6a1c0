import numpy as np
import pandas as pd
import pytest

from salesinsight.modeling import leak_probe


def test_an_honest_table_is_not_suspect(table):
    assert leak_probe(table.X, table.y, table.X.index.get_level_values("landmark_at")).empty


@pytest.mark.parametrize("seed", range(5))
def test_noise_of_few_deals_is_not_suspect(seed):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(60, 100)))
    assert leak_probe(X, pd.Series(rng.integers(0, 2, 60))).empty


@pytest.mark.parametrize("kind", ["number", "reversed", "text", "missing", "moment"])
def test_a_column_from_the_future_is_caught(table, kind):
    y = table.y.to_numpy(dtype=float)
    rng = np.random.default_rng(0)
    column = {
        "number": y + rng.normal(size=len(y)) / 3,
        "reversed": -y + rng.normal(size=len(y)) / 3,
        # neither class comes first in the alphabet: only the shares per class tell
        "text": pd.Series(
            np.where(y == 1, "b", rng.choice(["a", "c"], len(y))), table.X.index, dtype="string"
        ),
        "missing": np.where(y == 1, np.nan, rng.normal(size=len(y))),
        "moment": pd.to_datetime(np.where(y == 1, "2030-01-01", "2020-01-01")).where(
            rng.random(len(y)) < 0.9
        ),
    }[kind]
    found = leak_probe(table.X.assign(canary=column), table.y)
    assert found["column"].tolist() == ["canary", "*"]
    assert found["reason"].tolist() == ["alone", "together"]


def test_a_column_far_above_the_others_stands_out():
    rng = np.random.default_rng(0)
    y = pd.Series(rng.integers(0, 2, 600))
    X = pd.DataFrame(rng.normal(size=(600, 5)), columns=list("abcde"))
    found = leak_probe(X.assign(canary=y + rng.normal(size=600) * 0.85), y)
    assert found[["column", "reason"]].values.tolist() == [["canary", "stands_out"]]


def test_rows_without_an_answer_are_left_out_and_nothing_is_said_of_a_handful():
    X = pd.DataFrame({"a": range(12)})
    y = pd.Series([0, 1] * 4 + [pd.NA] * 4, dtype="Int64")
    assert leak_probe(X, y).empty


def test_the_input_stays_as_it_is(table):
    before = table.X.copy()
    leak_probe(table.X, table.y)
    pd.testing.assert_frame_equal(table.X, before)
