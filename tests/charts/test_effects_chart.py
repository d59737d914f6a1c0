import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from salesinsight.charts.effects import effects_height, plot_effects
from salesinsight.charts.frame import blank_axes, figure_of, with_facts
from salesinsight.modeling import TOO_LITTLE
from salesinsight.modeling.effects import COLUMNS

ABOUT = {"as_of": "2026-03-03T12:00:00+00:00", "watermark": "voorbeelddata", "mode": "volledig"}


def rows_of(
    column="crm_days_in_stage", shares=(0.31, 0.42, 0.58), values=(5, 20, 138), verdict="higher", **more
):
    table = pd.DataFrame({"value": values, "share": shares}, dtype=float)
    table = table.assign(
        column=column, start=table["value"], end=table["value"] + 1, n=[200, 100, 20][: len(table)]
    )
    table = table.assign(
        n_deals=30, counted=table["share"] * 1.2, low=table["share"] - 0.1, high=table["share"] + 0.1
    )
    facts = {"change": shares[-1] - shares[0], "same": 38, "replicates": 40, "deals": 207, "verdict": verdict}
    return table.assign(**facts, **more).reindex(columns=COLUMNS)


def drawn(*parts, language="nl"):
    table = with_facts(pd.concat(parts, ignore_index=True), ABOUT)
    ax = plot_effects(table, blank_axes(effects_height(table)), language=language)
    figure = figure_of(ax)
    said = [" ".join(text.get_text().split()) for text in figure.findobj(Text) if text.get_text().strip()]
    return ax, " ".join(figure.get_suptitle().split()), said


def test_the_title_states_the_strongest_sure_change_in_tens():
    small = rows_of("hedge_c_rate", (0.4, 0.44), (0, 30))
    unsure = rows_of("spin_depth", (0.1, 0.9), (0.1, 0.6), TOO_LITTLE)
    _, title, said = drawn(small, unsure, rows_of())
    assert title == (
        "Dagen in deze fase: bij 5 verwacht het model 'misschien' voor 3 van de 10 deals, bij 138 voor 6 van de 10"
    )
    assert "207 deals · 38 van 40 keer dezelfde kant op" in said
    assert "207 deals · te weinig gegevens voor een richting" in said
    assert [text for text in said if "samenhang, geen oorzaak" in text]


@pytest.mark.parametrize(
    ("part", "start"),
    [
        (rows_of(shares=(0.41, 0.42, 0.43)), "Geen van deze gegevens"),
        (rows_of(verdict=TOO_LITTLE), "Te weinig gegevens"),
    ],
)
def test_a_title_claims_no_more_than_the_curves(part, start):
    assert drawn(part)[1].startswith(start)


def test_curve_rug_and_counted_shares_are_where_the_data_are():
    panel = drawn(rows_of())[0].child_axes[0]
    curve, rug = panel.lines
    np.testing.assert_allclose(curve.get_ydata(), [3.1, 4.2, 5.8])
    assert rug.get_xdata().tolist() == [5, 6, 20, 21, 138, 139]
    dots = panel.collections[-1]
    np.testing.assert_allclose(dots.get_offsets()[:, 1], [3.72, 5.04, 6.96])
    assert (np.diff(dots.get_sizes()) < 0).all()
    assert panel.get_xlim()[0] > -5 and panel.get_xlim()[1] < 150


def test_values_are_in_the_unit_of_the_column():
    yes_no = rows_of("request_last20", (0.5, 0.4), (0, 1))
    share = rows_of("question_c_share_mean", (0.5, 0.4), (0.0, 0.5))
    ax, _, said = drawn(yes_no, share)
    figure_of(ax).draw_without_rendering()
    labels = [[label.get_text() for label in panel.get_xticklabels()] for panel in ax.child_axes]
    assert labels[0] == ["nee", "ja"] and "40%" in labels[1]
    assert "Aandeel vragen van de klant, gemiddeld tot nu toe" in said


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_nothing_is_cut_off_or_on_top_of_its_neighbour(count, language):
    longest = [
        "crm_days_since_customer_step",
        "question_c_share_mean",
        "request_last20",
        "push_pull_index_mean",
    ]
    ax, title, said = drawn(*[rows_of(name) for name in longest[:count]], language=language)
    figure_of(ax).draw_without_rendering()
    whole, paper = ax.figure.get_tightbbox(), ax.figure.bbox_inches
    assert whole.x0 >= -0.01 and whole.y0 >= -0.01
    assert whole.x1 <= paper.x1 + 0.01 and whole.y1 <= paper.y1 + 0.01
    boxes = [panel.get_tightbbox() for panel in ax.child_axes] + [ax.get_legend().get_window_extent()]
    pairs = [(one, other) for place, one in enumerate(boxes) for other in boxes[:place]]
    assert not [1 for one, other in pairs if one.overlaps(other)]
    sizes = [text.get_fontsize() for text in ax.figure.findobj(Text) if text.get_text().strip()]
    assert min(sizes) >= 9
    assert not re.search(r"\d[.,]\d", title)
    if language == "en":
        assert title.startswith("Days since the customer") and "of 10 deals" in " ".join(said)


def test_without_rows_it_says_why():
    ax, title, said = drawn(pd.DataFrame(columns=COLUMNS))
    assert ax.child_axes == [] and title.startswith("Hoe de verwachting")
    assert [text for text in said if text.startswith("Te weinig gegevens: er is geen model")]
