"""The scenario in hours says what it rests on: what was counted, what was stated, or that neither is known."""

from types import SimpleNamespace

import pandas as pd
import pytest

from salesinsight.language import words
from salesinsight.report.review import _lead, _scenario
from salesinsight.sample import make_sample

MONDAYS = pd.date_range("2026-01-05 06:00", periods=8, freq="7D", tz="UTC")


@pytest.fixture(scope="module")
def material():
    rows = [(f"d{n}", f"a{n}", at, n % 2) for at in MONDAYS for n in range(10)]
    oof = pd.DataFrame(rows, columns=["deal_id", "group", "landmark_at", "y"]).assign(p_stalled=0.5)
    y = oof.set_index(["deal_id", "landmark_at"])["y"]
    info = pd.DataFrame({"stage": "offerte"}, y.index)
    data = SimpleNamespace(y=y, info=info, settings={"horizon_days": 60})
    facts = {"run": SimpleNamespace(oof=oof), "data": data, "export": make_sample(n_deals=3)}
    return lambda language="nl", **hours: SimpleNamespace(
        words=words(language), language=language, hours=hours, **facts
    )


def test_unknown_hours_ask_for_them(material):
    [said] = _scenario(material())
    assert "--deal-hours" in said and "niet te maken" in said


@pytest.mark.parametrize(("language", "source"), [("nl", "uw eigen opgave"), ("en", "as you stated")])
def test_stated_hours_are_told_as_such(material, language, source):
    said, winners = _scenario(material(language, per_deal=6, avoidable=(0.2, 0.5), review_hours=0.5))
    assert source in said and "20%" in said and "50%" in said
    assert "5" in winners


def test_a_model_that_was_hardly_tested_says_so(material):
    untested = material(per_deal=6)
    untested.run = SimpleNamespace(oof=untested.run.oof.head(8))
    [said] = _scenario(untested)
    assert "te weinig lijsten getoetst" in said


def test_lists_and_a_rule_that_never_met_have_no_deal_in_the_middle(material):
    told = material()
    rows = [(f"d{n}", f"a{n}", at, 1) for at in MONDAYS for n in range(40)]
    oof = pd.DataFrame(rows, columns=["deal_id", "group", "landmark_at", "y"]).assign(p_stalled=0.5)
    info = oof.set_index(["deal_id", "landmark_at"])[["y"]].assign(days_since_customer_step=1.0)
    told.run, told.data = SimpleNamespace(oof=oof), SimpleNamespace(info=info, X=info[[]])
    said = _lead(told)
    assert "0 op de lijst én" in said and "(niets te vergelijken)" in said and "onbekend" not in said
