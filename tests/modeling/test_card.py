"""The card's page: every figure with its interval or its count, and when the model says that it doesn't know."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from salesinsight.language import words
from salesinsight.modeling.card import BESIDE, card_page
from salesinsight.modeling.conformal import conformal_sets, set_coverage
from salesinsight.schema import Y4

#: A figure with decimals or in percents.
FIGURE = r"-?\d+,\d+|\d+%"


@pytest.fixture(scope="module")
def page(run):
    return card_page(run.card, run.metrics, run.newest, "nl")


def section(page, key):
    heading = words("nl")(f"card.heading.{key}")
    return page.split(f"## {heading}\n")[1].split("\n## ")[0]


def test_every_figure_of_the_test_stands_with_its_interval(page):
    rows = [line for line in section(page, "metrics").splitlines() if line.startswith("| ")]
    cells = [cell.strip() for row in rows for cell in row.split("|")[2:-1]]
    figures = [cell for cell in cells if re.search(FIGURE, cell)]
    assert len(figures) > 40
    assert all(re.fullmatch(rf"({FIGURE}) \(({FIGURE}) – ({FIGURE})\)", cell) for cell in figures)
    assert "momenten van" in section(page, "metrics")


def test_every_band_stands_with_its_count_and_its_interval(page):
    rows = [line for line in section(page, "bands").splitlines() if re.match(r"\| (laag|midden|hoog)", line)]
    assert len(rows) == 3
    assert all(re.search(r"\d+ / \d+ \| \d+ \| \d+% \(\d+% – \d+%\) \|$", row) for row in rows)


def test_all_models_are_compared_and_few_in_full(page, run):
    tables = section(page, "metrics").split("\n\n")
    heads = [table.splitlines()[0] for table in tables if table.startswith("| |")]
    shown = [cell.strip() for cell in heads[0].split("|")[2:-1]]
    assert shown == [model for model in run.metrics["model"].unique() if model in BESIDE]
    compared = [table for table in tables if table.startswith("| |")][1]
    assert re.findall(r"^\| (\w+) \|", compared, flags=re.M) == list(run.metrics["model"].unique())


def test_when_the_model_says_that_it_does_not_know(page, run):
    told = section(page, "doubt")
    assert "90%" in told and "30 deals" in told
    assert words("nl").percent(run.card["domain"]["known"]) in told
    older = {name: part for name, part in run.card.items() if name != "domain"}
    assert "kenmerk" not in section(card_page(older, run.metrics, run.newest, "nl"), "doubt")


def test_reasons_to_leave_out_are_in_words(run):
    data = run.card["data"] | {"left_out": {"window not closed": 12, "some new reason": 3}}
    page = card_page(run.card | {"data": data}, run.metrics, run.newest, "nl")
    assert "- het venster is nog niet voorbij: 12" in page and "- some new reason: 3" in page


def test_how_often_sets_held_is_measured_later_and_without_the_account_itself(run):
    found = set_coverage(run.oof).set_index("metric")
    assert found.loc["set_coverage", "value"] == run.value("set_coverage")
    assert (found["low"] <= found["value"]).all() and (found["value"] <= found["high"]).all()
    newest = run.oof[run.oof["block"] == run.oof["block"].max()]
    assert set(found["n"]) == {len(newest)} and set(found["n_deals"]) == {newest["deal_id"].nunique()}
    # an account that is known already tells nothing of its own set
    own = run.oof.assign(group="the only one", block=run.oof["block"].where(run.oof["block"] > 0, 1))
    assert set_coverage(own)["n"].tolist() == [0, 0]
    assert set_coverage(own)["value"].isna().all()


def test_sets_of_a_world_that_changed_hold_less(build_table):
    rng, n = np.random.default_rng(0), 800
    p = rng.dirichlet([2, 2, 2, 2], size=n)
    y4 = np.array(Y4)[(p.cumsum(axis=1) > rng.random(n)[:, None]).argmax(axis=1)]
    oof = pd.DataFrame(p, columns=[f"p_{name}" for name in Y4]).assign(
        y4=y4, deal_id=range(n), group=range(n), block=np.arange(n) // 400, fold=np.arange(n) // 100
    )
    calm = set_coverage(oof)
    assert calm["low"].iloc[0] < 0.9 < calm["high"].iloc[0]
    turned = oof.assign(
        y4=oof["y4"].where(oof["block"] == 0, oof[[f"p_{name}" for name in Y4]].idxmin(axis=1).str[2:])
    )
    assert set_coverage(turned)["high"].iloc[0] < 0.9
    assert conformal_sets(p[:400], y4[:400], range(400), p[400:]).notna().all()


def test_a_run_without_a_model_has_a_card_too(run):
    bare = dataclasses.replace(run, card={**run.card, "chosen": None})
    page = card_page(bare.card, run.metrics.iloc[:0], run.newest, "en")
    assert "When the model doubts" not in page and page.startswith("# Model card")
