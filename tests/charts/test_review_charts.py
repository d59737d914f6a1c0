"""Charts of the lists that were shown and of what a list is worth: they say what the numbers say."""

import numpy as np
import pandas as pd
import pytest

from salesinsight.charts import (
    benefit_table,
    plot_benefit,
    plot_precision,
    plot_review,
    precision_table,
    review_table,
)
from salesinsight.charts.frame import blank_axes
from salesinsight.modeling.cells import share_interval

DATES = pd.to_datetime(["2026-01-05 06:00", "2026-01-12 06:00"], utc=True)


def make_rows(n=120, hit=0.8, miss=0.3, reserved=0, seed=0):
    """Two lists; the first half of the deals on the list, the other half on that of the rule."""
    rng = np.random.default_rng(seed)
    deal = np.tile(np.arange(n), 2)
    listed = deal < n // 2
    rows = pd.DataFrame({"deal_id": deal.astype(str), "landmark_at": np.repeat(DATES, n)})
    rows["y"] = (rng.random(2 * n) < np.where(listed, hit, miss)).astype(float)
    rows["reserved"] = deal < reserved
    rows["model"] = pd.array(listed & ~rows["reserved"], dtype="boolean")
    rows["rule"] = pd.array(~listed, dtype="boolean")
    rows["seller"] = pd.array([pd.NA] * len(rows), dtype="boolean")
    rows["rank"] = deal + 1
    told = {"p_stalled": np.where(listed, 0.8, 0.3), "band": np.where(listed, "hoog", "laag")}
    return rows.assign(group=rows["deal_id"], **told)


def test_lists_bands_and_lot_are_counted(about):
    rows = make_rows(reserved=10)
    table = review_table(rows, about=about, draws=50).set_index(["part", "name"])
    judged = rows[rows["model"].astype(bool)]
    own = table.loc[("list", "model")]
    assert (own["scores"], own["deals"], own["stalled"]) == (100, 50, judged["y"].sum())
    assert (own["low"], own["high"]) == share_interval(judged["y"].to_numpy(), judged["deal_id"].to_numpy())
    # the deals of an account hang together
    one = review_table(rows.assign(group=rows["deal_id"].astype(int) // 10), about=about, draws=50)
    one = one.set_index(["part", "name"]).loc[("list", "model")]
    assert one["share"] == own["share"] and one["high"] - one["low"] != own["high"] - own["low"]
    assert ("list", "seller") not in table.index
    assert table.loc[("band", "hoog"), "predicted"] == pytest.approx(0.8)
    assert table.loc[("lot", "reserved"), "deals"] == 10 and table.loc[("lot", "reserved"), "few"]
    assert ("lot", "shown") not in review_table(make_rows(), draws=50).set_index(["part", "name"]).index


@pytest.mark.parametrize(
    ("language", "said"), [("nl", "beter dan de 14-dagenregel"), ("en", "better than the 14-day rule")]
)
def test_the_title_gives_the_verdict(about, language, said):
    table = review_table(make_rows(), about=about, draws=100)
    ax = plot_review(table, blank_axes(4.6), language=language)
    title = " ".join(ax.get_figure().get_suptitle().split())
    assert said in title and "8" in title
    assert len(ax.get_yticks()) == len(table)
    few = review_table(make_rows(n=40), about=about, draws=50)
    title = plot_review(few, blank_axes(4.6), language=language).get_figure().get_suptitle()
    assert "20 deals" in " ".join(title.split())


def test_chances_are_not_shown_while_the_model_is_provisional(about):
    def lines(mode):
        table = review_table(make_rows(), about=about | {"mode": mode}, draws=50)
        return len(plot_review(table, blank_axes(4.6)).lines)

    assert lines("volledig") == lines("voorlopig") + 2


def test_nothing_judged_is_said(about):
    rows = make_rows().assign(y=np.nan)
    table = review_table(rows, about=about, draws=50)
    assert table.empty and plot_review(table, blank_axes(2.0)).texts


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_a_list_is_worth_is_drawn(about, language):
    rows = make_rows(n=60).assign(p_B1=0.5)
    table = precision_table(rows, (20, 30), about=about)
    ax = plot_precision(table, blank_axes(4.6), language=language)
    assert len(ax.get_xticks()) == 2 and ax.get_figure().get_suptitle()
    assert set(table["model"]) == {"full", "B1"}
    curve = benefit_table(rows, about=about)
    worth = plot_benefit(curve, blank_axes(3.8), language=language).get_figure().get_suptitle()
    useless = benefit_table(rows.assign(y=(np.arange(len(rows)) % 2).astype(float)), about=about)
    assert plot_benefit(useless, blank_axes(3.8), language=language).get_figure().get_suptitle() != worth
