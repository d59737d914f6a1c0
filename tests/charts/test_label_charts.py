"""Charts of the label report: their numbers hold together, and they say what they show."""

import dataclasses

import numpy as np
import pytest

import salesinsight as si
from salesinsight.charts import incidence_table, label_choices_table, plot_incidence, plot_label_choices
from salesinsight.charts.frame import blank_axes
from salesinsight.deals import label_report, make_dataset, open_deals
from salesinsight.errors import BadArgument, UnknownName


@pytest.fixture(scope="module")
def export():
    return si.make_sample(n_deals=120, seed=4)


@pytest.fixture(scope="module")
def data(export):
    return make_dataset(export)


@pytest.fixture(scope="module")
def table(data, export):
    return incidence_table(data, export.stages["nieuw"])


def test_the_curves_end_at_the_shares_of_the_first_landmarks(table, data):
    first = data.y4.groupby(level="deal_id").first()
    last = table[(table["stage"] == "all") & (table["day"] == 60)].set_index("outcome")
    for outcome in ("won", "progress", "lost"):
        assert last.loc[outcome, "share"] == pytest.approx((first == outcome).mean())
        assert last.loc[outcome, "low"] < last.loc[outcome, "share"] < last.loc[outcome, "high"]
    assert last["deals"].iloc[0] == len(first)


def test_the_curves_never_fall_and_small_stages_are_in_all_alone(table, data):
    for _, part in table.groupby(["stage", "outcome"]):
        assert (np.diff(part["share"]) >= 0).all()
    assert table["stage"].iloc[0] == "all"
    assert (table["deals"] >= 30).all()
    assert len(set(table["stage"])) < len(set(data.info["stage"].dropna())) + 1


def test_an_outcome_that_nobody_had_is_zero(data):
    none = data.event.where(data.event != "lost", "stalled")
    table = incidence_table(dataclasses.replace(data, event=none))
    assert (table.loc[table["outcome"] == "lost", ["share", "low", "high"]] == 0).all().all()


def test_windows_that_have_not_closed_play_no_part(export, table):
    weighed = make_dataset(dataclasses.replace(export, label={"censoring": "ipcw"}))
    assert incidence_table(weighed, export.stages["nieuw"]).equals(table)


def test_open_deals_have_no_outcomes(export):
    with pytest.raises(BadArgument, match="open deals"):
        incidence_table(open_deals(export))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_titles_state_the_finding(table, export, language):
    ax = plot_incidence(table, blank_axes(4.0), language=language)
    title = " ".join(ax.get_figure().get_suptitle().split())
    assert "60" in title
    assert "10" in title
    assert str(int(table["deals"].iloc[0])) in ax.get_figure().get_supxlabel()
    choices = label_choices_table(label_report(export))
    ax = plot_label_choices(choices, blank_axes(5.0), language=language)
    assert len(ax.get_yticks()) == len(choices) + choices["choice"].nunique()
    assert "10" in ax.get_figure().get_suptitle()
    ax.get_figure().draw_without_rendering()
    paper, stamp = ax.get_figure().bbox, [text for text in ax.texts if text.get_text() == export.watermark]
    for text in (*stamp, ax.xaxis.label):
        drawn = text.get_window_extent()
        assert paper.x0 <= drawn.x0 and drawn.x1 <= paper.x1
    with pytest.raises(UnknownName, match="all"):
        plot_incidence(table, blank_axes(4.0), stage="tekenen")


def test_too_little_data_is_said(table, export):
    nothing = table.head(0)
    assert plot_incidence(nothing, blank_axes(2.0)).texts
    assert plot_label_choices(label_choices_table(label_report(export)).head(0), blank_axes(2.0)).texts
