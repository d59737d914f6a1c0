import pandas as pd

from salesinsight.charts.frame import blank_axes, figure_of, with_facts
from salesinsight.charts.importance import plot_importance

COLUMNS = ["family", "gain", "low", "high", "n", "n_deals"]


def drawn(*rows, language="nl"):
    table = with_facts(pd.DataFrame(rows, columns=COLUMNS), {})
    ax = plot_importance(table, blank_axes(3), language=language)
    figure = figure_of(ax)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    return figure.get_suptitle().replace("\n", " "), labels, figure.get_supxlabel().replace("\n", " ")


def test_the_title_names_what_is_sure():
    row = ("hedge", 0.04, 0.01, 0.07, 900, 120)
    title, labels, caption = drawn(row, ("talk", 0.0, -0.01, 0.01, 900, 120))
    assert title == "Het model leunt het meest op: twijfeltaal"
    assert labels == ["twijfeltaal", "wie praat"]
    assert "120 deals (900 momenten)" in caption.replace("\xa0", " ")


def test_what_may_be_chance_is_not_named():
    assert "aantoonbaar" in drawn(("hedge", 0.04, -0.01, 0.07, 900, 120))[0]


def test_of_what_is_sure_the_largest_is_named():
    rows = ("history", 0.05, -0.02, 0.09, 900, 120), ("hedge", 0.04, 0.01, 0.07, 900, 120)
    assert drawn(*rows)[0].endswith("twijfeltaal")


def test_nothing_is_said_to_be_nothing():
    assert drawn(language="en")[:2] == ("What the model leans on can't be told", [])
