"""Dynamics 365 Sales in English and Dutch; tests/exports/vendors/dynamics/README.md lists what is odd."""

from pathlib import Path

import pandas as pd
import pytest

from salesinsight.exports import read_export
from salesinsight.exports.profile import load_profile
from salesinsight.exports.read import read

FOLDER = Path(__file__).parent / "vendors" / "dynamics"
SEEN = "2026-02-10 16:21"
DEAL = "7f3a0001-0000-4000-8000-00000000000"
TALK = "aa000001-0000-4000-8000-00000000000"


@pytest.fixture(scope="module")
def export():
    return read_export(FOLDER / "en", profile="dynamics")


def rows(frame, *columns):
    """Rows as lists; moments as the clock in Amsterdam shows them, nothing as None, ids by their last sign."""
    shown = frame[list(columns)].copy()
    for name in columns:
        if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
            shown[name] = shown[name].dt.tz_convert("Europe/Amsterdam").dt.strftime("%Y-%m-%d %H:%M")
        elif name in ("deal_id", "conversation_id"):
            shown[name] = shown[name].str[-1]
    return shown.astype(object).where(shown.notna(), None).values.tolist()


def test_deals(export):
    assert export.deals.deal_id[0] == f"{DEAL}1"
    assert rows(export.deals, "deal_id", "name", "account_name", "created_at", "amount", "owner_id") == [
        ["1", "Filling line", "Trial Company North", "2026-01-05 09:12", 12500.0, "Eva Trial"],
        ["2", "Capping line", "Trial Company South", "2026-01-06 11:00", 1250.0, "Tom Trial"],
        ["3", "Labels", "Trial Company West", "2026-01-07 11:00", 900.0, "Tom Trial"],
        ["4", "Service", "Trial Company East", "2026-01-08 15:45", None, "Eva Trial"],
        ["5", "Service", "Trial Company East", "2026-01-08 16:45", 410.0, "Eva Trial"],
    ]
    assert export.deals["account_id"].equals(export.deals["account_name"].rename("account_id"))


def test_events(export):
    found = rows(export.events, "deal_id", "kind", "value", "at", "entered_at")
    assert found == [
        ["1", "meeting_booked", "2026-01-26T13:30:00+01:00", "2026-01-12 10:45", "2026-01-12 10:45"],
        ["1", "meeting_booked", "2026-02-03T09:00:00+01:00", "2026-01-28 09:00", "2026-01-28 09:00"],
        ["2", "meeting_booked", "2026-02-20T09:00:00+01:00", "2026-02-03 09:00", "2026-02-03 09:00"],
        ["1", "stage", "3-Propose", "2026-02-05 10:00", SEEN],
        ["4", "stage", "1-Qualify", "2026-01-20 09:00", SEEN],
        ["5", "stage", "1-Qualify", "2026-01-20 09:00", SEEN],
        ["1", "amount_set", "12500", SEEN, SEEN],
        ["5", "amount_set", "410", SEEN, SEEN],
        ["1", "close_date_set", "2026-03-31", SEEN, SEEN],
        ["2", "won", None, "2026-02-10 00:00", SEEN],
        ["3", "lost", "Canceled", "2026-02-01 00:00", SEEN],
    ]
    assert export.stages == {"verkoop": ["1-Qualify", "2-Develop", "3-Propose", "4-Close"]}


def test_conversations(export):
    columns = [
        "conversation_id",
        "deal_id",
        "kind",
        "direction",
        "status",
        "started_at",
        "ended_at",
        "entered_at",
    ]
    assert rows(export.conversations, *columns) == [
        ["1", "1", "call", "out", "held", "2026-01-12 10:41", None, "2026-01-12 10:41"],
        # two opportunities have this topic: neither is chosen
        ["5", None, "call", "in", None, "2026-02-04 09:00", None, "2026-02-04 09:00"],
        ["2", "1", "meeting", None, "held", "2026-01-26 13:30", "2026-01-26 15:30", "2026-01-27 08:05"],
        ["3", "1", "meeting", None, "cancelled", "2026-02-03 09:00", "2026-02-03 10:00", "2026-02-03 10:00"],
    ]
    assert any("passen bij meer dan één rij" in notice for notice in export.notices)


def test_people(export):
    assert rows(export.people, "name", "side", "account_id", "title") == [
        ["Eva Trial", "seller", None, None],
        ["Tom Trial", "seller", None, None],
        ["Trial Person One", "customer", "Trial Company North", "Buyer"],
    ]


def test_a_call_without_any_time_is_set_aside(export):
    assert rows(export.rejects, "file", "line", "column") == [["Activities.csv", 8, "Actual Start"]]


def test_every_row_ends_in_one_of_four_places():
    profile = load_profile("dynamics")
    tallies = read(FOLDER / "en", profile, None).findings.tallies
    found = {}
    for (number, file), tally in tallies.items():
        if number >= 0:
            counts = [tally[what] for what in ("used", "merged", "skipped", "rejected")]
            assert tally["read"] == sum(counts)
            found.setdefault((profile.sources[number].table, file), []).append(counts)
    deals = "Open-and-closed-opportunities.csv"
    assert found == {
        ("deals", deals): [[5, 0, 0, 0]],
        ("snapshot", deals): [[5, 0, 0, 0]],
        ("people", deals): [[2, 3, 0, 0]],
        ("people", "Contacts.csv"): [[1, 0, 0, 0]],
        ("conversations", "Activities.csv"): [[2, 0, 4, 1], [2, 0, 5, 0]],
        ("events", "Activities.csv"): [[3, 0, 4, 0]],
    }


def test_dutch_headers_and_words_give_the_same_stages():
    export = read_export(FOLDER / "nl", profile="dynamics")
    assert rows(export.deals, "deal_id", "created_at", "amount") == [
        ["1", "2026-01-05 09:12", 12500.5],
        ["2", "2026-01-06 11:00", 1250.0],
        ["3", "2026-01-07 11:00", 900.0],
    ]
    assert rows(export.events, "deal_id", "kind", "value", "at") == [
        ["1", "meeting_booked", "2026-01-26T13:30:00+01:00", "2026-01-12 10:45"],
        ["1", "stage", "3-Propose", "2026-02-05 10:00"],
        ["1", "amount_set", "12500.5", SEEN],
        ["1", "close_date_set", "2026-03-31", SEEN],
        ["2", "won", None, "2026-02-10 00:00"],
        ["3", "lost", "Geannuleerd", "2026-02-01 00:00"],
    ]
    assert rows(export.conversations, "conversation_id", "deal_id", "kind", "direction", "status") == [
        ["1", "1", "call", "out", "held"],
        ["2", "1", "meeting", None, "held"],
    ]
    assert len(export.rejects) == 0


def test_excel_with_dates_of_its_own_gives_the_same(tmp_path, export):
    deals = pd.read_csv(FOLDER / "en" / "Open-and-closed-opportunities.csv")
    for name in ("(Do Not Modify) Modified On", "Created On", "Est. Close Date", "Actual Close Date"):
        deals[name] = pd.to_datetime(deals[name])
    deals.to_excel(tmp_path / "Mijn verkoopkansen.xlsx", index=False)
    found = read_export(tmp_path, profile="dynamics")
    pd.testing.assert_frame_equal(found.deals, export.deals)
    same = export.events[export.events.kind != "meeting_booked"].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.events, same)
