"""Agreement of two labellers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from salesinsight.errors import MissingColumns, NotTheSame
from salesinsight.speech import agreement


def table(n=60, seed=0, change=()):
    rng = np.random.default_rng(seed)
    asks = rng.random(n) < 0.5
    frame = pd.DataFrame(
        {
            "text": [f"zin {place}" for place in range(n)],
            "role": "seller",
            "question": np.where(asks, "yes", "no"),
            "form": np.where(asks, rng.choice(["open", "closed"], n), ""),
            "acts": np.where(rng.random(n) < 0.4, "action_request", ""),
        }
    )
    for place in change:
        frame.loc[place, "acts"] = "" if frame.loc[place, "acts"] else "action_request"
    return frame


def row(found, label):
    return found[found["label"] == label].iloc[0]


def test_full_agreement_is_one_and_none_is_below_zero():
    first = table()
    found = agreement(first, first)
    assert found["kappa"].dropna().tolist() == [1.0] * len(found)
    assert found["low"].dropna().eq(1).all()
    other = first.assign(acts=np.where(first["acts"] == "", "action_request", ""))
    assert row(agreement(first, other), "action_request")["kappa"] < -0.7


def test_kappa_is_cohens_and_lies_in_its_interval():
    first, second = table(), table(change=range(0, 60, 9))
    one = row(agreement(first, second), "action_request")
    expected = cohen_kappa_score(first["acts"], second["acts"])
    assert one["kappa"] == pytest.approx(expected)
    assert one["low"] < one["kappa"] < one["high"]
    assert one["both"] + one["only_first"] + one["only_second"] <= one["n"] == 60
    assert one["only_first"] == ((first["acts"] != "") & (second["acts"] == "")).sum()


def test_the_interval_is_the_same_with_the_same_seed():
    first, second = table(), table(change=[1, 2, 3])
    pd.testing.assert_frame_equal(agreement(first, second, seed=3), agreement(first, second, seed=3))
    assert not agreement(first, second, seed=3)["low"].equals(agreement(first, second, seed=4)["low"])


def test_few_uses_give_no_kappa():
    first = table(30).assign(acts=["decision_maker_probe"] * 9 + [""] * 21)
    one = row(agreement(first, first), "decision_maker_probe")
    assert one["both"] == 9 and pd.isna(one["kappa"]) and pd.isna(one["low"])


def test_several_labels_in_a_cell_count_each():
    texts = {"role": "customer", "question": "no"}
    first = pd.DataFrame({"acts": ["gatekeeper|stall"] * 10 + ["stall"] * 5 + [""] * 9, **texts})
    second = pd.DataFrame({"acts": ["stall | gatekeeper"] * 10 + ["objection"] * 5 + [""] * 9, **texts})
    found = agreement(first, second)
    assert row(found, "gatekeeper")["kappa"] == 1
    assert row(found, "stall")[["both", "only_first", "only_second"]].tolist() == [10, 5, 0]


def test_labels_are_compared_where_they_can_stand():
    first = table()
    second = first.assign(question=np.where(np.arange(60) < 6, "no", first["question"]))
    both_ask = (first["question"] == "yes") & (second["question"] == "yes")
    assert row(agreement(first, second), "open")["n"] == both_ask.sum()
    mixed = first.assign(role=np.where(np.arange(60) % 2, "seller", "customer"))
    assert row(agreement(mixed, mixed), "action_request")["n"] == 30


def test_alpha_stands_with_the_columns_of_one_choice():
    first, second = table(), table().assign(form=lambda t: t["form"].replace("open", "closed"))
    found = agreement(first, second).set_index("label")
    assert found.loc["yes", "alpha"] == 1
    assert found.loc["closed", "alpha"] < 0.1
    assert pd.isna(found.loc["action_request", "alpha"])


def test_other_utterances_are_refused():
    with pytest.raises(NotTheSame, match="60 rows, the second 59"):
        agreement(table(), table().head(59))
    with pytest.raises(NotTheSame, match="row 4 differs"):
        agreement(table(), table().assign(text=lambda t: t["text"].replace("zin 3", "anders")))
    with pytest.raises(MissingColumns):
        agreement(table()[["text"]], table()[["text"]])
