"""Salesforce: what its reports and objects give, compared with what was written down beside each fixture."""

import pathlib

import pytest

from salesinsight.exports import check_export, read_export
from tests.exports.vendors.tables import expected, lines

HERE = pathlib.Path(__file__).parent / "vendors" / "salesforce"
HEADER = '"Opportunity ID","Stage","Created Date","Close Date","Won","Closed"'


@pytest.mark.parametrize("fixture", ["reports", "objects"])
def test_every_table_is_what_the_fixture_says(fixture):
    folder = HERE / fixture
    found = lines(read_export(folder, "salesforce", "en"), check_export(folder, "salesforce", "en"))
    wanted = expected(HERE / f"{fixture}.expected")
    for name, rows in wanted.items():
        assert found[name] == rows, name


@pytest.mark.parametrize("fixture", ["reports", "objects"])
def test_every_row_is_used_merged_skipped_or_rejected(fixture):
    for table in check_export(HERE / fixture, "salesforce").tables.values():
        assert table.read == table.used + table.merged + table.skipped + table.rejected


def test_the_lines_below_a_report_are_told_and_no_rows():
    check = check_export(HERE / "reports", "salesforce", "en")
    assert any("report-opportunities.csv: 3 lines below the rows" in notice for notice in check.notices)
    assert not check.rejects["value"].str.contains("Confidential|Copyright|Grand").any()


@pytest.mark.parametrize(
    ("created", "closes", "day"),
    [
        ("5-1-2026", "13-3-2026", "2026-01-05"),
        ("1/5/2026", "3/13/2026", "2026-01-05"),
        ("05/01/2026", "13/03/2026", "2026-01-05"),
        ("05/01/2026", "03/04/2026", None),
        ("1/5/2026, 2:05 PM", "3/13/2026", "2026-01-05"),
        ("05/13/2026", "13/05/2026", "2026-05-13"),
    ],
    ids=["dutch", "american", "british", "either", "with a clock", "both"],
)
def test_which_comes_first_the_day_or_the_month_follows_from_the_file_or_is_not_guessed(
    export_of, created, closes, day
):
    rows = f'{HEADER}\n"006A","Prospecting","{created}","{closes}","0","0"\n'
    export = read_export(
        export_of({"r.csv": rows + '"006B","Prospecting","2026-01-02","","0","0"\n'}), "salesforce"
    )
    found = export.deals.set_index("deal_id").loc["006A", "created_at"]
    assert (None if str(found) == "NaT" else f"{found.tz_convert('Europe/Amsterdam'):%Y-%m-%d}") == day


def test_a_report_and_an_object_know_the_same_opportunity_by_15_and_18_signs(export_of):
    files = {
        "report.csv": f'{HEADER}\n"0065x00000AAAA1","Prospecting","2026-01-05","2026-03-01","0","0"\n',
        "OpportunityHistory.csv": '"Id","OpportunityId","StageName","CreatedDate"\n'
        '"1","0065x00000AAAA1AAZ","Prospecting","2026-01-05T09:00:00.000Z"\n',
    }
    export = read_export(export_of(files), "salesforce", "en")
    assert not any("known from events only" in notice for notice in export.notices)
    assert set(export.events["deal_id"]) == {"0065x00000AAAA1"}


def test_a_row_that_is_cut_off_is_no_line_below_the_report(export_of):
    rows = f'{HEADER}\n"006A","Prospecting","2026-01-05","2026-03-01","0","0"\n"006B","Prospecting"\n'
    check = check_export(export_of({"r.csv": rows}), "salesforce", "en")
    assert check.tables["deals"].rejected == 1
    assert "another number of columns than the header" in check.reasons
