"""The charts themselves: words, marks, files."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from salesinsight import charts
from salesinsight.charts.frame import blank_axes
from salesinsight.errors import FileBusy, UnknownName

EXPECTED = {"count": 15.2, "low": 11.0, "high": 19.0}
TABLES = {
    "outlook": lambda make, about: charts.outlook_table(make.scores(), EXPECTED, about=about),
    "ages": lambda make, about: charts.ages_table(make.scores(), about=about),
    "waiting": lambda make, about: charts.waiting_table(make.data(), about=about),
    "reliability": lambda make, about: charts.reliability_table(make.oof(), about=about),
    "outcomes": lambda make, about: charts.outcomes_table(make.export(), make.features(), about=about),
    "requests": lambda make, about: charts.requests_table(make.features(), about=about),
    "worklist": lambda make, about: charts.worklist_table(
        make.scores().head(10), mode=about["mode"], about=about
    ),
}
EMPTY = {
    "outlook": lambda make, about: charts.outlook_table(make.scores().iloc[:0], EXPECTED, about=about),
    "ages": lambda make, about: charts.ages_table(make.scores().iloc[:0], about=about),
    "waiting": lambda make, about: charts.waiting_table(make.data(20), about=about),
    "reliability": lambda make, about: charts.reliability_table(make.oof().iloc[:0], about=about),
    "outcomes": lambda make, about: charts.outcomes_table(
        make.export(), make.features().iloc[:0], about=about
    ),
    "requests": lambda make, about: charts.requests_table(make.features().iloc[:0], about=about),
    "worklist": lambda make, about: charts.worklist_table(
        make.scores().iloc[:0], mode=about["mode"], about=about
    ),
}


def draw(name, table, language="nl", **more):
    return getattr(charts, f"plot_{name}")(table, blank_axes(4.0), language=language, **more)


def texts(ax) -> list[str]:
    found = [text.get_text() for text in ax.figure.findobj(Text) if text.get_text().strip()]
    return [" ".join(text.split()) for text in found]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", TABLES)
def test_every_chart_says_finding_export_date_and_watermark(name, language, make, about):
    said = texts(draw(name, TABLES[name](make, about), language))
    assert "voorbeelddata" in said
    date = {"nl": "3 maart 2026", "en": "3 March 2026"}[language]
    assert [text for text in said if date in text]
    assert len(max(said, key=len)) > 40


@pytest.mark.parametrize("name", TABLES)
def test_provisional_stands_on_every_chart(name, make, about):
    assert [
        t
        for t in texts(draw(name, TABLES[name](make, {**about, "mode": "voorlopig"})))
        if t.startswith("Voorlopig")
    ]
    assert not [t for t in texts(draw(name, TABLES[name](make, about))) if "oorlopig" in t]


@pytest.mark.parametrize("name", EMPTY)
def test_too_little_data_is_an_answer(name, make, about):
    said = " ".join(texts(draw(name, EMPTY[name](make, about))))
    assert re.search("te weinig|geen open deals", said, re.IGNORECASE)


@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_cut_off_and_all_letters_can_be_read(name, make, about):
    ax = draw(name, TABLES[name](make, about))
    ax.figure.draw_without_rendering()
    drawn, paper = ax.figure.get_tightbbox(), ax.figure.bbox_inches
    assert drawn.x0 >= -0.01 and drawn.y0 >= -0.01
    assert drawn.x1 <= paper.x1 + 0.01 and drawn.y1 <= paper.y1 + 0.01
    sizes = [text.get_fontsize() for text in ax.figure.findobj(Text) if text.get_text().strip()]
    assert min(sizes) >= 9


@pytest.mark.parametrize("name", TABLES)
def test_no_bare_decimals(name, make, about):
    said = [text for text in texts(draw(name, TABLES[name](make, about))) if text != "voorbeelddata"]
    assert not [text for text in said if re.search(r"\d,\d|0\.\d", text)]


def test_a_watermark_can_be_given_by_hand(make, about):
    table = TABLES["ages"](make, {**about, "watermark": None})
    assert "proef" not in texts(draw("ages", table))
    assert "proef" in texts(draw("ages", table, watermark="proef"))


def test_a_chart_fits_beside_others(make, about):
    import matplotlib.pyplot as plt

    figure, both = plt.subplots(1, 2, layout="constrained")
    ax = charts.plot_ages(TABLES["ages"](make, about), both[0])
    assert ax is both[0]
    assert "deals" in ax.get_title(loc="left")
    assert "export" in ax.get_xlabel()
    plt.close(figure)


def test_an_own_figure_is_made_when_no_axes_are_given(make, about):
    import matplotlib.pyplot as plt

    with plt.rc_context({"backend": "agg"}):
        ax = charts.plot_ages(TABLES["ages"](make, about))
    plt.close(ax.figure)
    assert len(ax.figure.axes) == 1


def test_an_unknown_language_is_refused(make, about):
    with pytest.raises(UnknownName):
        draw("ages", TABLES["ages"](make, about), "fr")


def test_plots_leave_their_table_alone(make, about):
    for name, table_of in TABLES.items():
        table = table_of(make, about)
        before, attrs = table.copy(deep=True), dict(table.attrs)
        draw(name, table)
        pd.testing.assert_frame_equal(table, before)
        assert table.attrs == attrs


def test_saving_twice_gives_the_same_bytes(tmp_path, make, about):
    table = TABLES["waiting"](make, about)
    first = charts.save_chart(draw("waiting", table), tmp_path / "a", "waiting", table)
    second = charts.save_chart(draw("waiting", table), tmp_path / "b", "waiting", table)
    assert sorted(first) == ["csv", "png", "svg"]
    for kind in first:
        assert first[kind].read_bytes() == second[kind].read_bytes()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "waiting.csv",
        "waiting.png",
        "waiting.svg",
    ]


def test_numbers_are_written_as_spreadsheets_expect_them(tmp_path, make, about):
    table = TABLES["reliability"](make, about)
    ax = draw("reliability", table)
    dutch = charts.save_chart(ax, tmp_path / "nl", "reliability", table)["csv"].read_text("utf-8-sig")
    english = charts.save_chart(ax, tmp_path / "en", "reliability", table, "en")["csv"].read_text("utf-8-sig")
    assert dutch.splitlines()[0].split(";")[:2] == ["group", "deals"]
    assert re.search(r"0,\d", dutch) and re.search(r"0\.\d", english)
    assert all(line.endswith("voorbeelddata") for line in dutch.splitlines()[1:])
    back = pd.read_csv(tmp_path / "nl" / "reliability.csv", sep=";", decimal=",")
    np.testing.assert_allclose(back["observed"], table["observed"], rtol=1e-5)


def test_a_picture_in_a_page_is_well_formed_with_ids_of_its_own(make, about):
    svg = charts.chart_svg(draw("ages", TABLES["ages"](make, about)), "ages")
    root = ElementTree.fromstring(svg)
    title = (
        "Bij 28 van de 40 open deals zette de klant al meer dan 30 dagen geen stap; bij 1 is geen stap bekend"
    )
    assert root.attrib["aria-label"] == title
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert all(name.startswith("ages-") for name in ids)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))
    assert used and used <= set(ids)
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]+"', "", svg)


def test_a_file_that_is_in_use_says_what_to_do(tmp_path, make, about, monkeypatch):
    def refuse(*paths):
        raise PermissionError

    monkeypatch.setattr("salesinsight.writing.os.replace", refuse)
    table = TABLES["ages"](make, about)
    with pytest.raises(FileBusy, match="Close it in Excel"):
        charts.save_chart(draw("ages", table), tmp_path, "ages", table)
    assert list(tmp_path.iterdir()) == []


def test_groups_near_to_each_other_are_named_apart():
    chances = np.repeat([0.30, 0.34, 0.38, 0.42], 40)
    deals = [f"D-{i}" for i in range(160)]
    oof = pd.DataFrame({"deal_id": deals, "p_stalled": chances, "y": np.tile([0, 1], 80)})
    ax = draw("reliability", charts.reliability_table(oof))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text().endswith("deals")]
    assert len(boxes) >= 3
    assert not [1 for place, box in enumerate(boxes) for other in boxes[:place] if box.overlaps(other)]


@pytest.mark.parametrize("name", ["waiting", "worklist"])
def test_long_names_of_stages_leave_room_for_the_chart(name, make, about):
    long = "Oplossingsrichting gepresenteerd aan de voltallige directie "
    if name == "waiting":
        data = make.data(400)
        data.info["stage"] = [f"{number % 7}. {long}" for number in range(400)]
        table = charts.waiting_table(data, about=about)
    else:
        table = charts.worklist_table(make.scores().head(10).assign(stage=long), about=about)
    ax = draw(name, table)
    ax.figure.draw_without_rendering()
    drawn, paper = ax.figure.get_tightbbox(), ax.figure.bbox_inches
    assert drawn.x0 >= -0.01 and drawn.x1 <= paper.x1 + 0.01
    assert ax.get_position().width > 0.5
