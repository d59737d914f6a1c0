"""HubSpot: what its exports give, compared with what was written down by hand beside each fixture."""

import csv
import pathlib

import openpyxl
import pytest

from salesinsight.exports import check_export, read_export
from tests.exports.vendors.tables import expected, lines

HERE = pathlib.Path(__file__).parent / "vendors" / "hubspot"
DEALS = '"Record ID","Deal Stage","Create Date","Is Closed Won","Is closed lost"'


@pytest.mark.parametrize("fixture", ["en", "nl"])
def test_every_table_is_what_the_fixture_says(fixture):
    folder = HERE / fixture
    found = lines(read_export(folder, "hubspot", "en"), check_export(folder, "hubspot", "en"))
    wanted = expected(HERE / f"{fixture}.expected")
    for name, rows in wanted.items():
        assert found[name] == rows, name


def test_every_row_is_used_merged_skipped_or_rejected():
    for table in check_export(HERE / "en", "hubspot").tables.values():
        assert table.read == table.used + table.merged + table.skipped + table.rejected


def test_the_analyst_is_told_what_is_lost():
    told = " ".join(check_export(HERE / "en", "hubspot", "en").notices)
    assert "1 deals have 20 or more changes of their stage" in told
    assert "'Associated Deal IDs' holds several values" in told
    # it gives the companies their names
    assert "companies.csv" not in told


def test_19_changes_are_all_there(export_of):
    rows = "".join(f'"1","Deal Stage","s{n % 2}","2026-01-{n:02d} 10:00"\n' for n in range(1, 20))
    files = {
        "deals.csv": f'{DEALS}\n"1","s1","2026-01-01 09:00","false","false"\n',
        "history.csv": f'"Record ID","Property name","Value","Timestamp"\n{rows}',
    }
    export = read_export(export_of(files), "hubspot", "en")
    assert not any("20 or more" in notice for notice in export.notices)
    assert len(export.events) == 19


def test_a_closing_stage_of_ones_own_is_known_from_the_deals_in_it(export_of):
    files = {
        "deals.csv": f'{DEALS}\n"1","Getekend","2026-01-01 09:00","true","false"\n'
        '"2","Afgewezen","2026-01-01 09:00","false","true"\n"3","Offerte","2026-01-01 09:00","false","false"\n',
        "history.csv": '"Record ID","Property name","Value","Timestamp"\n'
        '"1","Deal Stage","Getekend","2026-02-01 10:00"\n"2","Deal Stage","Afgewezen","2026-02-02 10:00"\n'
        '"3","Deal Stage","Afgewezen","2026-02-03 10:00"\n"3","Deal Stage","Offerte","2026-02-04 10:00"\n',
    }
    events = read_export(export_of(files), "hubspot").events
    assert events.groupby("deal_id")["kind"].agg(list).to_dict() == {
        "1": ["won"],
        "2": ["lost"],
        "3": ["lost", "reopened", "stage"],
    }


def test_csv_and_xlsx_give_the_same(export_of, tmp_path_factory):
    source = HERE / "en" / "hubspot-crm-exports-all-deals-2026-04-01.csv"
    book = openpyxl.Workbook()
    for row in csv.reader(source.read_text(encoding="utf-8").splitlines()):
        book.active.append(row)
    folder = tmp_path_factory.mktemp("xlsx")
    book.save(folder / "deals.xlsx")
    plain = export_of({"deals.csv": source.read_bytes()})
    ours, theirs = (read_export(place, "hubspot") for place in (folder, plain))
    assert ours.deals.equals(theirs.deals)
    assert ours.events.equals(theirs.events)


def test_dated_folders_are_a_history(export_of):
    files = {
        "2026-02-01/deals.csv": f'{DEALS}\n"1","Afspraak","2026-01-05 09:00","false","false"\n',
        "2026-03-01/deals.csv": f'{DEALS}\n"1","Offerte","2026-01-05 09:00","false","false"\n',
    }
    events = read_export(export_of(files), "hubspot").events
    stages = events[events.kind == "stage"]
    assert stages["value"].tolist() == ["Afspraak", "Offerte"]
    assert stages["entered_at"].dt.strftime("%m").tolist() == ["02", "03"]


def test_a_warehouse_copy_is_read_by_ids(export_of):
    files = {
        "deal_data.csv": "deal_id,is_deleted,deal_pipeline_id,deal_pipeline_stage_id,owner_id,property_amount,"
        "property_closedate,property_createdate,property_dealname\n"
        "1,false,p,s2,o1,900,2026-02-01 10:00:00,2026-01-05 9:00:00,Dak\n2,true,p,s1,o1,,,2026-01-06 09:00:00,Goot\n",
        "deal_company_data.csv": "deal_id,company_id,type_id\n1,c1,341\n1,c2,5\n1,c2,341\n2,c1,341\n",
        "company_data.csv": "id,property_name\nc1,Proefhuis\nc2,Voorbeeldbouw\n",
        "deal_pipeline_data.csv": "pipeline_id,label,display_order\np,Verkoop,0\n",
        "deal_pipeline_stage_data.csv": "stage_id,pipeline_id,label,closed_won,is_closed\n"
        "s1,p,Offerte,FALSE,FALSE\ns2,p,Getekend,TRUE,TRUE\n",
        "deal_stage_data.csv": "deal_id,date_entered,value\n1,2026-01-05 09:00:00,s1\n"
        "1,2026-02-01 10:00:00,s2\n2,2026-01-06 09:00:00,s1\n",
        "engagement_call_data.csv": "engagement_id,property_hs_timestamp,property_hs_createdate,type,"
        "property_hs_call_disposition\n7,2026-01-07 10:00:00,2026-01-07 10:09:00,CALL,"
        "b2cf5968-551e-4856-9783-52b3da59a7d0\n",
        "engagement_deal_data.csv": "deal_id,engagement_id\n1,7\n",
    }
    export = read_export(export_of(files), "hubspot_warehouse")
    assert export.deals["pipeline"].tolist() == ["Verkoop", "Verkoop"]
    # of several companies the primary one; of one it does not matter
    assert export.deals[["name", "account_id", "account_name"]].values.tolist() == [
        ["Dak", "c2", "Voorbeeldbouw"],
        ["Goot", "c1", "Proefhuis"],
    ]
    assert export.conversations[["deal_id", "status"]].values.tolist() == [["1", "voicemail"]]
    events = export.events[export.events.kind.isin(["stage", "won", "lost", "deleted"])]
    assert events[["deal_id", "kind", "value"]].fillna("").values.tolist() == [
        ["1", "stage", "Offerte"],
        ["1", "won", ""],
        ["2", "stage", "Offerte"],
        ["2", "deleted", ""],
    ]
