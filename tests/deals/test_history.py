"""What was known of a deal on Monday 26 January (day 21), worked out by hand."""

import math

import pandas as pd
import pytest

from salesinsight.deals import make_dataset, open_deals

AT = pd.Timestamp("2026-01-26 07:00", tz="Europe/Amsterdam")
EVENTS = [
    ("d", 0, "stage", "contact"),
    ("d", 2, "stage", "oplossing"),
    ("d", 9, "stage", "behoefte"),
    ("d", 1, "amount_set", "10000"),
    ("d", 3, "close_date_set", "2026-02-01"),
    ("d", 6, "close_date_set", "2026-01-20"),
    ("d", 8, "close_date_set", "2026-01-31"),
    ("d", 4, "mail_in"),
    ("d", 3.5, "mail_out"),
    ("d", 5, "mail_out"),
    ("d", 12, "mail_out"),
    ("d", 13, "mail_out"),
    ("d", 7, "quote_sent"),
    ("d", 14, "meeting_booked", "2026-01-28"),
    ("d", 2, "hours_logged", "1.5"),
    ("d", 3, "hours_logged", "2"),
    ("d", 20, "stage", "offerte", 22),  # happened before the landmark, entered after it
    ("d", 22, "mail_in"),
]
PEOPLE = [("d", 1, "anna"), ("d", 8, "ben")]  # deal, day, contact added
TALKS = [
    {"deal": "d", "day": 1, "outcome": "advance", "next_step_day": 3, "owner": "customer"},
    {"deal": "d", "day": 6, "outcome": "continuation"},
    {"deal": "d", "day": 10, "outcome": "continuation"},
    {"deal": "d", "day": 15, "status": "no_answer"},
    {"deal": "d", "day": 18, "outcome": "advance", "entered": 25},
]
EXPECTED = {
    "crm_stage_rank": 1,
    "crm_stage_moves_count": 2,
    "crm_stage_back_count": 1,
    "crm_days_in_stage": 12,
    "crm_deal_age_days": 21,
    "crm_days_since_conversation": 11,
    "crm_days_since_customer_step": 17,
    "crm_days_since_quote": 14,
    "crm_days_to_close_date": 5,
    "crm_close_pushes_count": 1,
    "crm_meeting_booked": 1,
    "crm_mails_out_count": 4,
    "crm_mails_in_count": 1,
    "crm_unanswered_count": 3,
    "crm_missed_calls_count": 1,
    "crm_contacts_count": 2,
    "crm_quotes_count": 1,
    "crm_hours_logged": 3.5,
    "crm_amount_log10": 4,
    "crm_conversations_count": 3,
    "crm_conversation_minutes": 90,
    "crm_in_person_count": 0,
    "crm_continuations_count": 2,
    "crm_reply_hours": 12,  # day 3.5 to day 4
    "crm_prior_step_kept": 0,
    "crm_stakeholders_count": 2,
    "crm_new_stakeholder": 1,
}


@pytest.fixture
def row(build):
    export = build([*EVENTS, *((deal, day, "contact_added") for deal, day, _ in PEOPLE)], TALKS)
    export.events.loc[export.events["kind"] == "contact_added", "person_id"] = [name for *_, name in PEOPLE]
    return open_deals(export, at=AT).X.loc[("d", AT.tz_convert("UTC"))]


@pytest.mark.parametrize("name", EXPECTED)
def test_by_hand(row, name):
    assert row[name] == pytest.approx(EXPECTED[name])


def test_every_column_is_worked_out_by_hand(row):
    assert set(row.index) == {*EXPECTED, "crm_stage"}
    assert row["crm_stage"] == "behoefte"


def test_a_deal_of_which_nothing_is_known_has_zero_counts_and_missing_days(build):
    bare = open_deals(build([("d", 30, "stage", "contact")]), at=AT).X.iloc[0]
    counts = [name for name in bare.index if name.endswith("_count") and name != "crm_stakeholders_count"]
    assert (bare[counts] == 0).all()
    absent = ["crm_days_in_stage", "crm_days_since_quote", "crm_amount_log10", "crm_stage_rank"]
    absent += ["crm_reply_hours", "crm_prior_step_kept", "crm_stakeholders_count", "crm_new_stakeholder"]
    for name in absent:
        assert math.isnan(bare[name])


def test_conversation_features_are_carried_as_last_mean_and_change(build):
    features = pd.DataFrame(
        {"hedge_c_rate": [1.0, None, 4.0, 9.0], "need_explicit_count": [0.0, None, 2.0, 1.0]},
        index=pd.Index(["c0", "c1", "c2", "c3"], name="conversation_id"),
    )
    talks = [{"deal": "d", "day": n, "entered": e} for n, e in [(1, 1), (6, 6), (10, 10), (18, 25)]]
    X = open_deals(build(EVENTS, talks), features, at=AT).X.iloc[0]
    assert (X["hedge_c_rate"], X["hedge_c_rate_mean"], X["hedge_c_rate_change"]) == (4.0, 2.5, 3.0)
    assert X["quote_before_need"] == 1.0  # the quote went out on day 7, the need was stated on day 10


def test_good_talks_in_a_row_by_record_or_else_by_what_was_said(build):
    features = pd.DataFrame(
        {"hedge_c_rate": 1.0, "outcome_tagged": ["advance", "continuation", "continuation", None]},
        index=pd.Index(["c0", "c1", "c2", "c3"], name="conversation_id"),
    )
    talks = [{"deal": "d", "day": n, "outcome": o} for n, o in [(1, None), (6, "continuation"), (10, None)]]
    assert open_deals(build(EVENTS, talks), features, at=AT).X["continuations_run"].item() == 2.0


def test_weight_and_groups(build):
    data = make_dataset(build([("d", 0, "stage", "contact"), ("e", 0, "stage", "contact"), ("e", 20, "won")]))
    assert data.weight.groupby("deal_id").sum().to_dict() == pytest.approx({"d": 1.0, "e": 1.0})
    assert set(data.groups) == {"a-d", "a-e"}
