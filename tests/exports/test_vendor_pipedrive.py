"""Pipedrive as its users export it; tests/exports/vendors/pipedrive/README.md lists what is odd in the files."""

from pathlib import Path

import pandas as pd
import pytest

from salesinsight.exports import check_export, read_export
from salesinsight.exports.profile import load_profile
from salesinsight.exports.read import read

FOLDER = Path(__file__).parent / "vendors" / "pipedrive"
SEEN = "2026-02-10 16:20"
DATES = ["Deal - Deal created", "Deal - Last stage change", "Deal - Won time", "Deal - Lost time"]


@pytest.fixture(scope="module")
def export():
    return read_export(FOLDER / "en", profile="pipedrive")


def rows(frame, *columns):
    """Rows as lists; moments as the clock in Amsterdam shows them, nothing as None."""
    shown = frame[list(columns)].copy()
    for name in columns:
        if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
            shown[name] = shown[name].dt.tz_convert("Europe/Amsterdam").dt.strftime("%Y-%m-%d %H:%M")
    return shown.astype(object).where(shown.notna(), None).values.tolist()


def test_deals(export):
    columns = ["deal_id", "name", "account_name", "created_at", "amount", "currency", "pipeline", "owner_id"]
    assert rows(export.deals, *columns) == [
        [
            "101",
            "Vorm nieuwe stempel",
            "Proefbedrijf Noord",
            "2026-01-05 09:12",
            12500.0,
            "EUR",
            "Sales",
            "Eva Proef",
        ],
        [
            "102",
            "Onderhoud 2026",
            "Proefbedrijf Zuid",
            "2026-01-06 11:00",
            4800.5,
            "EUR",
            "Sales",
            "Tom Proef",
        ],
        [
            "103",
            "Onderhoud 2026",
            "Proefbedrijf West",
            "2026-01-07 11:00",
            900.0,
            "EUR",
            "Sales",
            "Tom Proef",
        ],
        ["104", "Offerte kraan", "Proefbedrijf Oost", "2026-01-08 15:45", None, "EUR", "Sales", "Eva Proef"],
        [
            "105",
            "Dubbel genoteerd",
            "Proefbedrijf Oost",
            "2026-01-09 15:45",
            700.0,
            "EUR",
            "Sales",
            "Eva Proef",
        ],
        ["106", "Weggegooid", "Proefbedrijf Noord", "2026-01-11 09:00", 50.0, "EUR", "Sales", "Eva Proef"],
        [
            "107",
            "Terug van weggeweest",
            "Proefbedrijf Noord",
            "2026-01-12 09:00",
            60.0,
            "EUR",
            "Sales",
            "Tom Proef",
        ],
    ]
    # a Pipedrive list knows organisations by their names only
    assert export.deals["account_id"].equals(export.deals["account_name"].rename("account_id"))


def test_events(export):
    found = rows(export.events, "deal_id", "kind", "value", "at", "entered_at")
    assert sorted(found, key=str) == sorted(
        [
            ["101", "meeting_booked", "2026-01-26T13:30:00+01:00", "2026-01-12 10:45", "2026-01-12 10:45"],
            ["101", "meeting_booked", "2026-02-20T09:00:00+01:00", "2026-02-03 10:02", "2026-02-03 10:02"],
            ["104", "mail_out", "Offerte mailen", "2026-02-02 11:30", "2026-02-02 11:30"],
            ["101", "note", "Budget pas in mei rond.", "2026-02-04 09:00", "2026-02-04 09:00"],
            ["101", "stage", "Proposal Made", "2026-02-03 10:00", SEEN],
            ["104", "stage", "Qualified", "2026-01-08 15:45", SEEN],
            ["105", "stage", "Qualified", SEEN, SEEN],
            ["101", "amount_set", "12500", SEEN, SEEN],
            ["105", "amount_set", "700", SEEN, SEEN],
            ["101", "close_date_set", "2026-03-31", SEEN, SEEN],
            ["104", "close_date_set", "2026-04-15", SEEN, SEEN],
            ["102", "won", None, SEEN, SEEN],
            ["103", "lost", "geen reactie", "2026-02-01 09:00", SEEN],
            ["107", "lost", "te duur", SEEN, SEEN],
            ["106", "deleted", None, SEEN, SEEN],
        ],
        key=str,
    )
    assert str(export.as_of) == "2026-02-10 15:20:11+00:00"


def test_conversations(export):
    columns = ["conversation_id", "kind", "status", "started_at", "entered_at", "seller_id", "note"]
    note = 'Klant wil eerst de "oude" stempel zien; belt terug.'
    assert sorted(rows(export.conversations, *columns)) == [
        ["9001", "call", "held", "2026-01-12 10:00", "2026-01-12 10:41", "Eva Proef", note],
        [
            "9002",
            "meeting",
            "held",
            "2026-01-26 13:30",
            "2026-01-27 08:05",
            "Eva Proef",
            "Rondleiding gehad.",
        ],
        ["9004", "call", None, "2026-01-15 00:00", "2026-01-15 17:00", "Tom Proef", None],
        ["9008", "meeting", "held", "2026-01-19 12:00", "2026-01-19 14:00", "Tom Proef", None],
    ]
    deals = export.conversations.set_index("conversation_id").deal_id
    assert deals[["9001", "9002"]].tolist() == ["101", "101"]


def test_a_title_of_two_deals_links_nothing_and_says_so(export):
    """9004 names 'Onderhoud 2026', which 102 and 103 both are; only the customer can tell them apart."""
    talk = export.conversations.set_index("conversation_id").loc["9004"]
    assert talk.account_id == "Proefbedrijf Zuid"
    assert talk.deal_id == "102" or pd.isna(talk.deal_id)
    assert any("passen bij meer dan één rij" in notice for notice in export.notices)


def test_people(export):
    assert rows(export.people, "person_id", "name", "side", "account_id", "title") == [
        ["Eva Proef", "Eva Proef", "seller", None, None],
        ["Tom Proef", "Tom Proef", "seller", None, None],
        ["501", "Proef Persoon Een", "customer", "Proefbedrijf Noord", "Inkoper"],
        ["502", "Proef Persoon Twee", "customer", "Proefbedrijf Zuid", "Directeur"],
    ]


def test_rejects_name_file_line_and_column(export):
    deals, activities = "deals-7654321-12.csv", "activities-7654321-13.csv"
    both = "2026-01-20 12:00:002026-02-02 12:00:00"
    found = rows(export.rejects, "file", "line", "column", "value")
    assert found == [
        [activities, 8, "started", "soon"],
        [deals, 6, "Deal - Expected close date", "not yet"],
        [deals, 7, "Deal - ID", "105"],
        [deals, 7, "Deal - ID", "105"],
        [deals, 8, "Deal - ID", None],
        [deals, 8, "Deal - ID", None],
        [deals, 10, "closed_at", both],
    ]


def test_every_row_ends_in_one_of_four_places():
    """Per source, in the order of the profile: used, merged, skipped, rejected; together the rows of the file."""
    profile = load_profile("pipedrive")
    tallies = read(FOLDER / "en", profile, None).findings.tallies
    found = {}
    for (number, file), tally in tallies.items():
        if number >= 0:
            key = (profile.sources[number].table, file.split("-")[0])
            found.setdefault(key, []).append(
                [tally[what] for what in ("used", "merged", "skipped", "rejected")]
            )
            assert tally["read"] == sum(found[key][-1]), key
    assert found == {
        ("deals", "deals"): [[7, 0, 0, 2]],
        ("snapshot", "deals"): [[7, 0, 0, 2]],
        ("people", "deals"): [[2, 7, 0, 0]],
        ("people", "people"): [[2, 1, 0, 0]],
        ("conversations", "activities"): [[2, 0, 5, 1], [2, 0, 6, 0]],
        ("events", "activities"): [[2, 0, 6, 0], [1, 0, 7, 0]],
        ("events", "notes"): [[1, 0, 1, 0]],
    }


def test_organisations_are_not_needed_and_said_to_be_unused(export):
    assert any("organizations-7654321-16.csv" in notice for notice in export.notices)


def test_dutch_headers_decimal_comma_and_short_dates():
    export = read_export(FOLDER / "nl", profile="pipedrive")
    assert rows(export.deals, "deal_id", "created_at", "amount", "pipeline") == [
        ["201", "2026-01-05 09:12", 12500.5, "Verkoop"],
        ["202", "2026-01-06 11:00", 1250.0, "Verkoop"],
        ["203", "2026-01-07 11:00", 900.0, "Verkoop"],
    ]
    assert rows(export.events, "deal_id", "kind", "value", "at") == [
        ["201", "stage", "Offerte", "2026-02-03 10:00"],
        ["201", "amount_set", "12500.5", SEEN],
        ["201", "close_date_set", "2026-03-31", SEEN],
        ["202", "won", None, SEEN],
        ["203", "lost", "geen reactie", "2026-02-01 09:00"],
    ]
    assert len(export.rejects) == 0


def test_the_same_deals_as_excel_give_the_same(tmp_path, export):
    """In a workbook dates and numbers are values of their own; rows that are odd in the CSV are left out."""
    deals = pd.read_csv(FOLDER / "en" / "deals-7654321-12.csv", dtype=str).iloc[:4]
    for name in DATES:
        deals[name] = pd.to_datetime(deals[name])
    deals["Deal - Expected close date"] = pd.to_datetime(deals["Deal - Expected close date"]).dt.date
    deals["Deal - ID"] = deals["Deal - ID"].astype(int)
    deals["Deal - Value"] = deals["Deal - Value"].str.replace(",", "").astype(float)
    deals.to_excel(tmp_path / "deals.xlsx", index=False)
    found = read_export(tmp_path, profile="pipedrive")
    pd.testing.assert_frame_equal(found.deals, export.deals.iloc[:4], check_dtype=True)
    kinds = ["stage", "won", "lost", "amount_set", "close_date_set"]
    same = export.events[export.events.kind.isin(kinds) & export.events.deal_id.isin(found.deals.deal_id)]
    pd.testing.assert_frame_equal(found.events, same.reset_index(drop=True))
    assert len(found.rejects) == 0


def test_a_deals_file_without_a_needed_column_is_refused_with_its_header(tmp_path):
    deals = pd.read_csv(FOLDER / "en" / "deals-7654321-12.csv", dtype=str).drop(columns="Deal - Deal created")
    deals.to_csv(tmp_path / "deals.csv", index=False)
    check = check_export(tmp_path, profile="pipedrive")
    assert not check.usable
    assert any("deal_created" in error.text("nl") for error in check.refused)
