"""The label report on disk, ticked by a manager, read back with the export, and printed in the report."""

import dataclasses

import pandas as pd
import pytest

import salesinsight as si
from salesinsight.deals import label_report
from salesinsight.errors import BadTable, MissingColumns
from salesinsight.exports.readers.ticks import read_ticks
from salesinsight.language import words
from salesinsight.report import write_label_report, write_report
from salesinsight.report.material import Material
from salesinsight.report.method import definition


@pytest.fixture(scope="module")
def export():
    return si.make_sample(n_deals=60, seed=4)


@pytest.fixture(scope="module")
def report(export):
    return label_report(export)


def tick(path, values, column):
    """Fill in the column of ticks, as a spreadsheet would save it."""
    sheet = pd.read_csv(path, sep=None, engine="python", encoding="utf-8-sig", dtype="string")
    sheet[column] = [*values, *[None] * (len(sheet) - len(values))]
    sheet.to_csv(path, sep=";", index=False, encoding="utf-8-sig")
    return sheet


@pytest.mark.parametrize(
    ("language", "values"),
    [("nl", ["klopt", "Klopt  niet", "JA", "x"]), ("en", ["right", "wrong", "Yes", "✓"])],
)
def test_ticks_come_back(export, report, tmp_path, language, values):
    path = write_label_report(tmp_path, export=export, report=report, language=language)
    sheet = tick(path, values, words(language)("label.sheet.tick"))
    found = read_ticks(tmp_path)
    assert found["right"].head(4).tolist() == [True, False, True, True]
    assert found["right"].isna().sum() == len(sheet) - 4
    assert found["y4"].tolist() == report.sheet["y4"].tolist()
    assert found["deal_id"].tolist() == report.sheet["deal_id"].tolist()


def test_a_workbook_is_read_too_and_long_numbers_survive(export, report, tmp_path):
    long = report.sheet.assign(deal_id=[f"634000176{n:02}" for n in range(len(report.sheet))])
    path = write_label_report(tmp_path, export=export, report=dataclasses.replace(report, sheet=long))
    sheet = tick(path, ["klopt"], "klopt / klopt niet")
    path.unlink()
    sheet.to_excel(tmp_path / "label_check.xlsx", index=False)
    assert read_ticks(tmp_path)["deal_id"].tolist() == long["deal_id"].tolist()


def test_the_sheet_says_what_decided_in_words(export, report, tmp_path):
    path = write_label_report(tmp_path, export=export, report=report)
    rows = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype="string").set_index("deal")
    for row in report.sheet.itertuples():
        said = rows.loc[row.deal_id, "waarom"]
        assert str(row.decided_at.year) in said
        if row.decided_by == "stage":
            assert row.what in said
    assert rows["watermark"].eq("voorbeelddata").all()
    assert {file.name for file in (tmp_path / "charts").glob("*.csv")} == {"label_choices.csv"}


def test_wrong_ticks_labels_and_columns_are_named(export, report, tmp_path):
    path = write_label_report(tmp_path, export=export, report=report)
    sheet = tick(path, ["klopt", "soms"], "klopt / klopt niet")
    with pytest.raises(BadTable, match="soms"):
        read_ticks(tmp_path)
    sheet.drop(columns="label").to_csv(path, sep=";", index=False)
    with pytest.raises(MissingColumns, match="label"):
        read_ticks(tmp_path)
    assert read_ticks(tmp_path / "charts") is None


def told(export, data):
    """What the report says of the label."""
    return definition(Material(export, None, None, None, None, data, None, None, None))


def test_the_report_names_the_choices_that_are_not_the_usual_ones(export):
    assert told(export, si.make_dataset(export))["unusual"] == ""
    data = si.make_dataset(dataclasses.replace(export, label={"parked": "stalled", "censoring": "ipcw"}))
    said = "geparkeerde deals: als misschien; vensters die nog lopen: beantwoorde meegewogen"
    assert told(export, data)["unusual"] == said


def test_the_next_report_says_how_often_the_label_was_right(export, report, tmp_path):
    data = si.make_dataset(export)
    assert "nog niemand nagekeken" in told(export, data)["ticked"][0]
    right = pd.array([True] * 15 + [False] * 3 + [None] * 2, dtype="boolean")
    ticked = dataclasses.replace(export, ticks=report.sheet[["deal_id", "y4"]].assign(right=right))
    page = write_report(tmp_path / "r", export=ticked, data=data).read_text("utf-8")
    assert "18 labels, waarvan juist: 15 (61 tot 94 van de 100)" in page
    gone = dataclasses.replace(export, ticks=ticked.ticks.assign(deal_id="gone"))
    assert told(gone, data)["ticked"] == [
        "Beoordeelde deals die niet in deze export staan en dus niet meetellen: 1."
    ]
