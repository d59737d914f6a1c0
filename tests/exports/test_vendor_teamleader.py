"""Teamleader Focus in Dutch and French; tests/exports/vendors/teamleader/README.md lists what is odd."""

from pathlib import Path

import pandas as pd
import pytest

from salesinsight.exports import read_export
from salesinsight.exports.profile import load_profile
from salesinsight.exports.read import read

FOLDER = Path(__file__).parent / "vendors" / "teamleader"
SEEN = "2026-02-10 16:20"


@pytest.fixture(scope="module")
def export():
    return read_export(FOLDER / "nl", profile="teamleader")


def rows(frame, *columns):
    """Rows as lists; moments as the clock in Brussels shows them, nothing as None."""
    shown = frame[list(columns)].copy()
    for name in columns:
        if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
            shown[name] = shown[name].dt.tz_convert("Europe/Brussels").dt.strftime("%Y-%m-%d %H:%M")
    return shown.astype(object).where(shown.notna(), None).values.tolist()


def test_deals(export):
    columns = ["deal_id", "name", "account_name", "created_at", "amount", "lead_source", "owner_id"]
    assert rows(export.deals, *columns) == [
        ["2026/1", "Vulmachine", "Proefbedrijf Noord", "2026-01-05 09:12", 12500.5, "Beurs", "Eva Proef"],
        ["2026/2", "Sluitlijn", "Proefbedrijf Zuid", "2026-01-06 11:00", 1250.0, "Website", "Tom Proef"],
        ["2026/3", "Etiketten", "Proefbedrijf West", "2026-01-07 11:00", 900.0, "Website", "Tom Proef"],
        ["2026/4", "Onderhoud", "Proefbedrijf Oost", "2026-01-08 15:45", None, None, "Eva Proef"],
        ["2026/5", "Onderhoud", "Proefbedrijf Oost", "2026-01-09 15:45", 300.0, None, "Eva Proef"],
        ["2026/6", "Zonder datum", "Proefbedrijf Oost", None, 300.0, None, "Eva Proef"],
    ]
    assert export.deals["account_id"].equals(export.deals["account_name"].rename("account_id"))
    assert export.time_zone == "Europe/Brussels"


def test_phases_that_end_a_deal_are_no_stages(export):
    assert rows(export.events, "deal_id", "kind", "value", "at", "entered_at") == [
        ["2026/1", "stage", "Offerte verstuurd", "2026-02-03 00:00", SEEN],
        ["2026/4", "stage", "Gecontacteerd", SEEN, SEEN],
        ["2026/5", "stage", "Nieuw", SEEN, SEEN],
        ["2026/6", "stage", "Nieuw", SEEN, SEEN],
        ["2026/1", "amount_set", "12500.5", SEEN, SEEN],
        ["2026/5", "amount_set", "300", SEEN, SEEN],
        ["2026/6", "amount_set", "300", SEEN, SEEN],
        ["2026/1", "close_date_set", "2026-03-31", SEEN, SEEN],
        ["2026/2", "won", None, SEEN, SEEN],
        ["2026/3", "lost", "geen reactie", "2026-02-01 09:00", SEEN],
    ]


def test_calls_and_meetings(export):
    columns = ["conversation_id", "kind", "status", "started_at", "ended_at", "entered_at", "note"]
    assert rows(export.conversations, *columns) == [
        ["c-1", "call", "held", "2026-01-12 10:00", None, "2026-01-12 10:20", "Wil eerst intern overleggen."],
        ["c-2", "call", "no_answer", "2026-01-13 11:00", None, "2026-01-13 11:01", None],
        ["c-3", "call", "held", "2026-01-14 11:00", None, "2026-01-14 11:30", "Stuurt tekening op."],
        ["m-1", "meeting", "held", "2026-01-26 13:30", "2026-01-26 15:00", "2026-01-27 08:05", "Goede demo."],
        ["m-2", "meeting", "cancelled", "2026-02-20 09:00", "2026-02-20 10:00", "2026-02-20 10:00", None],
        ["m-3", "meeting", "held", "2026-01-21 09:00", None, "2026-01-21 09:00", None],
    ]
    deals = export.conversations.set_index("conversation_id").deal_id
    assert deals[["c-1", "c-3", "m-1"]].tolist() == ["2026/1", "2026/2", "2026/1"]
    # two deals of this customer are called Onderhoud, and both are open
    assert pd.isna(deals["c-2"])


def test_people(export):
    assert rows(export.people, "person_id", "name", "side", "account_id", "title") == [
        ["Eva Proef", "Eva Proef", "seller", None, None],
        ["Tom Proef", "Tom Proef", "seller", None, None],
        ["k1", "Proef Persoon Een", "customer", "Proefbedrijf Noord", "Inkoper"],
        ["k2", "Persoon Twee", "customer", "Proefbedrijf Zuid", "Directeur"],
    ]


def test_rejects_name_file_line_and_value(export):
    found = rows(export.rejects, "file", "line", "value")
    assert found[:3] == [
        ["calls.csv", 5, "c-3"],
        ["deals.csv", 5, "31/02/2026"],
        ["deals.csv", 8, "Ingetrokken"],
    ]
    assert found[3][:2] == ["meetings.csv", 4]
    assert len(found) == 4


def test_every_row_ends_in_one_of_four_places():
    profile = load_profile("teamleader")
    tallies = read(FOLDER / "nl", profile, None).findings.tallies
    found = {}
    for (number, file), tally in tallies.items():
        if number >= 0:
            counts = [tally[what] for what in ("used", "merged", "skipped", "rejected")]
            assert tally["read"] == sum(counts)
            found[profile.sources[number].table, file] = counts
    assert found == {
        ("deals", "deals.csv"): [6, 0, 1, 0],
        ("snapshot", "deals.csv"): [6, 0, 1, 0],
        ("people", "deals.csv"): [2, 4, 1, 0],
        ("people", "contacten.csv"): [2, 0, 0, 0],
        ("conversations", "calls.csv"): [3, 0, 0, 1],
        ("conversations", "meetings.csv"): [3, 0, 0, 0],
    }


def test_french_headers_and_words():
    export = read_export(FOLDER / "fr", profile="teamleader")
    seen = "2026-02-09 10:00"
    assert rows(export.deals, "deal_id", "name", "account_name", "created_at", "amount") == [
        ["2026/7", "Remplisseuse", "Société Essai Liège", "2026-01-12 09:00", 8400.0],
        ["2026/8", "Étiqueteuse", "Société Essai Namur", "2026-01-13 09:00", 2000.0],
        ["2026/9", "Convoyeur", "Société Essai Mons", "2026-01-14 09:00", 950.0],
    ]
    assert rows(export.events, "deal_id", "kind", "value", "at") == [
        ["2026/7", "stage", "Offre envoyée", seen],
        ["2026/7", "amount_set", "8400", seen],
        ["2026/7", "close_date_set", "2026-04-30", seen],
        ["2026/8", "won", None, seen],
        ["2026/9", "lost", "trop cher", "2026-02-05 10:00"],
    ]
    assert len(export.rejects) == 0
