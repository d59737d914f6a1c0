"""What a training that came to nothing says to somebody who has never heard of skill."""

from types import SimpleNamespace

import pandas as pd
import pytest

from salesinsight.cli.telling import tell_outcome
from salesinsight.cli.terminal import Terminal
from salesinsight.errors import NotBetter
from salesinsight.sample import make_sample

INDEX = pd.MultiIndex.from_tuples([("a", 0), ("b", 0)], names=["deal_id", "landmark_at"])
ROWS = pd.DataFrame({
    "deal_id": ["a"], "stage": ["offerte"], "amount": [9000.0], "currency": ["EUR"], "p_stalled": [0.7],
    "low": [0.5], "high": [0.8], "band": ["hoog"], "next_move": ["settle_step"],
    "days_since_customer_step": [40.0],
})  # fmt: skip


@pytest.fixture(scope="module")
def prepared():
    data = {"X": INDEX, "y": pd.Series([1, 0], INDEX), "settings": {"horizon_days": 60}, "left_out": []}
    return SimpleNamespace(
        export=make_sample(n_deals=3), data=SimpleNamespace(**data), open_=SimpleNamespace(X=ROWS)
    )


def told(prepared, capsys, language="nl", **outcome):
    facts = {"model": SimpleNamespace(mode="voorlopig"), "notices": (), "refused": None} | outcome
    with Terminal("train", language, as_json=False, debug=True) as screen:
        tell_outcome(screen, SimpleNamespace(prepared=prepared, scores=ROWS, **facts), many=5)
    return capsys.readouterr().out


def test_a_model_that_is_no_better_says_what_its_list_is_worth(prepared, capsys):
    refused = NotBetter(new="trial", skill=-0.02, low=-0.1, high=0.05)
    dutch = told(prepared, capsys, refused=refused, scored_with="trial")
    assert "voorspelde het niet beter" in dutch and "-0,020" in dutch and "Brier" not in dutch
    assert "niet als verwachting" in dutch
    assert dutch.index("niet als verwachting") < dutch.index("Werklijst")
    english = told(prepared, capsys, "en", refused=refused, scored_with="trial")
    assert "not as an expectation" in english


def test_a_list_of_the_model_in_use_needs_no_such_warning(prepared, capsys):
    refused = NotBetter(new="new", skill=-0.02, low=-0.1, high=0.05)
    for facts in ({"refused": refused, "scored_with": "old"}, {"scored_with": "new"}):
        assert "niet als verwachting" not in told(prepared, capsys, **facts)


def test_each_mode_says_what_it_means_and_how_the_list_is_ordered(prepared, capsys):
    for mode, meaning in (("voorlopig", "banden"), ("volledig", "kans per deal")):
        said = told(prepared, capsys, model=SimpleNamespace(mode=mode), scored_with="new")
        assert f"Stand: {mode}. " in said and meaning in said and "op kans maal bedrag" in said
    said = told(prepared, capsys, model=SimpleNamespace(mode="beschrijvend"), scored_with=None)
    assert "Te weinig deals voor een model" in said and "langst stil eerst" in said
