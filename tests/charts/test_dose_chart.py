import pandas as pd
import pytest

from salesinsight.charts.dose import plot_dose
from salesinsight.charts.frame import blank_axes, figure_of, with_facts
from salesinsight.modeling.dose import COLUMNS

ABOUT = {"as_of": "2026-03-03T12:00:00+00:00", "watermark": "voorbeelddata"}


def table_of(*shares):
    rows = [
        ("count", level, 40, 20, 10, share, share - 0.05, share + 0.05, share, share - 0.05, share + 0.05)
        for level, share in zip(("none", "one"), shares, strict=True)
    ]
    rows.append(("timing", "end", 3, 3, 1, *[float("nan")] * 6))
    rows.append(("timing", "begin", 0, 0, 0, *[float("nan")] * 6))
    return with_facts(pd.DataFrame(rows, columns=COLUMNS), ABOUT)


def drawn(table, language="nl"):
    ax = plot_dose(table, blank_axes(4), language=language)
    figure = figure_of(ax)
    texts = [text.get_text() for text in ax.texts]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    return figure.get_suptitle().replace("\n", " "), texts, labels, figure.get_supxlabel().replace("\n", " ")


def test_the_title_tells_the_difference_as_an_association():
    title, _, _, caption = drawn(table_of(0.62, 0.31))
    assert title == (
        "Bij vergelijkbare gesprekken liepen er van 10 deals 6 vast zonder vraag om actie en 3 na één vraag om actie"
    )
    assert "samenhang, geen oorzaak" in caption


@pytest.mark.parametrize("shares", [(0.5, 0.45), (0.5, float("nan"))])
def test_without_a_clear_difference_the_title_tells_none(shares):
    title = drawn(table_of(*shares))[0]
    assert "6" not in title and ("geen duidelijk verschil" in title or "Te weinig gegevens" in title)


def test_few_conversations_are_named_and_none_are_left_out():
    _, texts, labels, _ = drawn(table_of(0.62, 0.31))
    assert "te weinig gegevens" in texts
    assert labels == [
        "niet (n = 40)", "één keer (n = 40)", "laatste derde (n = 3)", "Hoe vaak gevraagd", "Wanneer voor het eerst",
    ]  # fmt: skip


def test_english_has_no_dutch():
    title, _, labels, _ = drawn(table_of(0.62, 0.31), "en")
    assert title.startswith("In comparable conversations") and labels[0] == "not (n = 40)"
