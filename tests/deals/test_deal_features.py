"""Features of what was said, written and who was there, on Monday 26 January (day 21), worked out by hand."""

import dataclasses
import math

import pandas as pd
import pytest

from salesinsight.deals import open_deals
from salesinsight.features import feature_catalog
from salesinsight.schema import conform
from tests.deals.conftest import day
from tests.deals.test_history import EXPECTED

AT = pd.Timestamp("2026-01-26 07:00", tz="Europe/Amsterdam")
OPENED = ("d", 0, "stage", "contact")
REQUEST = "Ik heb alles op een rij gezet, kunnen we dinsdag om tien uur afspreken?"
NO_REQUEST = "Bijgaand vindt u onze nieuwe folder over alle mogelijkheden van het systeem."


def known(export, features=None, at=AT):
    """X and info of the one deal, as one row."""
    told = open_deals(export, features, at=at)
    return pd.concat([told.X, told.info], axis=1).iloc[0]


def said(**columns):
    """Features of conversations c0, c1 ... by hand."""
    count = max(len(values) for values in columns.values())
    index = pd.Index([f"c{number}" for number in range(count)], name="conversation_id")
    return pd.DataFrame(columns, index=index)


def talks(*days, **more):
    return [
        {"deal": "d", "day": n, **{name: values[i] for name, values in more.items()}}
        for i, n in enumerate(days)
    ]


def with_people(export, *rows):
    """Attendance as (conversation, person, side)."""
    there = pd.DataFrame(rows, columns=["conversation_id", "person_id", "side"])
    people = there[["person_id", "side"]].drop_duplicates()
    return dataclasses.replace(
        export,
        people=conform(people, "people"),
        attendance=conform(there[["conversation_id", "person_id"]], "attendance"),
    )


def adding(export, deal_days):
    """Contacts added as {person: day}."""
    rows = [("d", day(n), day(n), "contact_added", name) for name, n in deal_days.items()]
    added = pd.DataFrame(rows, columns=["deal_id", "at", "entered_at", "kind", "person_id"])
    events = pd.concat([export.events, conform(added, "events")], ignore_index=True)
    return dataclasses.replace(export, events=events)


NONE, CLEAR = float("nan"), 1.0


# what was asked, accepted, refused and recorded per conversation, and how many were neither yes nor no
@pytest.mark.parametrize(
    ("accepted", "refused", "recorded", "expected"),
    [
        ([0.0, 0.5], [0.0, 0.0], [None, None], 1),
        ([NONE, NONE], [0.0, 1.0], [None, None], 1),
        ([NONE, NONE], [0.0, 0.0], ["advance", "no_sale"], 0),
        ([NONE, NONE], [NONE, NONE], ["continuation", None], 1),
        ([NONE, NONE], [NONE, 0.0], [None, "continuation"], 1),
        ([NONE, NONE], [NONE, NONE], [None, None], NONE),
    ],
)
def test_conversations_without_yes_or_no(build, accepted, refused, recorded, expected):
    features = said(answer_accept_share=accepted, answer_clear_no=refused)
    row = known(build([OPENED], talks(1, 8, outcome=recorded)), features)
    assert row["no_clear_no_count"] == pytest.approx(expected, nan_ok=True)


def test_a_trend_is_the_last_conversation_less_the_mean_before(build):
    features = said(question_c_share=[0.1, 0.3, 0.5], hedge_c_rate=[10.0, 20.0, 6.0])
    row = known(build([OPENED], talks(1, 8, 15)), features)
    assert row["question_c_share_change"] == pytest.approx(0.3)
    assert row["hedge_c_rate_change"] == pytest.approx(-9.0)


def test_interest_grows_from_one_conversation_to_the_next(build):
    # 1 in 500 words is 2 per 1,000, then not measured, then 6 in 1,200 is 5
    features = said(buying_signal_count=[1.0, None, 6.0], dq_words=[500.0, 80.0, 1200.0])
    assert known(build([OPENED], talks(1, 8, 15)), features)["interest_growth"] == pytest.approx(3.0)
    assert math.isnan(known(build([OPENED], talks(1, 8)), features[:2])["interest_growth"])


@pytest.mark.parametrize(
    ("phases", "expected"), [([2, 1], 1), ([1, 2], 0), ([3, None, 2], 1), ([3, 3], 0), ([2, None], NONE)]
)
def test_a_buyer_who_goes_back_a_phase(build, phases, expected):
    features = said(phase_c=pd.Series(phases, dtype="float64").to_numpy())
    row = known(build([OPENED], talks(*range(1, len(phases) + 1))), features)
    assert row["phase_regress"] == pytest.approx(expected, nan_ok=True)


# of four stages the phases are 1, 1, 2 and 3; the customer was last heard to be in phase 2
@pytest.mark.parametrize(
    ("stage", "expected"), [("contact", -1), ("behoefte", -1), ("oplossing", 0), ("offerte", 1), ("x", NONE)]
)
def test_the_stage_against_the_buyers_phase(build, stage, expected):
    features = said(phase_c=[3.0, 2.0, None])
    row = known(build([("d", 0, "stage", stage)], talks(1, 8, 15)), features)
    assert row["phase_gap_crm"] == pytest.approx(expected, nan_ok=True)


# who decides comes up on day 8; the customer's people came in on these days
@pytest.mark.parametrize(
    ("refers", "asked", "added", "expected"),
    [
        ([0.0, 1.0], [0.0, 0.0], {"boss": 10}, 1),
        ([0.0, 0.0], [0.0, 1.0], {"boss": 8}, 1),
        ([0.0, 1.0], [0.0, 0.0], {"boss": 7}, 0),
        ([0.0, 1.0], [0.0, 0.0], {}, 0),
        ([0.0, 0.0], [0.0, 0.0], {"boss": 10}, NONE),
        ([NONE, NONE], [NONE, NONE], {"boss": 10}, NONE),
    ],
)
def test_contact_with_the_decider(build, refers, asked, added, expected):
    export = with_people(build([OPENED], talks(1, 8)), ("c0", "anna", "customer"), ("c1", "anna", "customer"))
    features = said(authority_ref_count=refers, authority_asked=asked)
    row = known(adding(export, added), features)
    assert row["authority_contact"] == pytest.approx(expected, nan_ok=True)


def test_a_decider_who_joins_the_next_conversation_is_a_contact_and_one_who_sat_there_is_not(build):
    features = said(authority_ref_count=[1.0, 0.0], authority_asked=[0.0, 0.0])
    export = build([OPENED], talks(1, 8))
    joined = with_people(export, ("c0", "anna", "customer"), ("c1", "boss", "customer"))
    assert known(joined, features)["authority_contact"] == 1
    there = with_people(export, ("c0", "anna", "customer"), ("c0", "boss", "customer"))
    assert known(there, features)["authority_contact"] == 0
    assert math.isnan(known(export, features)["authority_contact"])


@pytest.mark.parametrize(
    ("rows", "added", "count", "new"),
    [
        ([("c0", "anna", "customer"), ("c0", "sam", "seller"), ("c1", "anna", "customer")], {}, 1, 0),
        ([("c0", "anna", "customer"), ("c1", "boss", "customer")], {}, 2, 1),
        ([("c0", "anna", "customer")], {"boss": 20}, 2, 1),
        ([("c0", "anna", "customer")], {"anna": 20}, 1, 0),
        ([("c1", "anna", "customer")], {}, 1, NONE),
        ([("c0", "tolk", "other")], {}, NONE, NONE),
    ],
)
def test_people_of_the_customer(build, rows, added, count, new):
    row = known(adding(with_people(build([OPENED], talks(1, 8)), *rows), added))
    assert row["crm_stakeholders_count"] == pytest.approx(count, nan_ok=True)
    assert row["crm_new_stakeholder"] == pytest.approx(new, nan_ok=True)


# a step agreed on day 1 for day 9, and the day on which the customer wrote
@pytest.mark.parametrize(
    ("owner", "due", "wrote", "expected"),
    [
        ("customer", 9, 9.5, 1),
        ("customer", 9, 10, 0),
        ("customer", 9, 0.5, 0),
        (None, 9, 5, 1),
        ("seller", 9, 5, NONE),
        ("customer", 21, 5, NONE),
        ("customer", 20, 5, 1),
        ("customer", None, 5, NONE),
    ],
)
def test_a_step_that_came_due(build, owner, due, wrote, expected):
    agreed = talks(1, next_step_day=[due], owner=[owner])
    row = known(build([OPENED, ("d", wrote, "mail_in")], agreed))
    assert row["crm_prior_step_kept"] == pytest.approx(expected, nan_ok=True)


def test_the_latest_step_that_came_due_counts_and_a_conversation_keeps_it(build):
    agreed = talks(1, 5, 6, next_step_day=[3, 6, 40], owner=["customer"] * 3)
    assert known(build([OPENED], agreed))["crm_prior_step_kept"] == 1
    assert known(build([OPENED], agreed[:2]))["crm_prior_step_kept"] == 0


def test_hours_to_a_reply_are_of_the_last_three_and_from_the_last_mail_before(build):
    # 100, 36 and 12 hours, and 24 after the seller's reminder on day 13; the mail on day 7 answers nothing
    out = [(n, "mail_out") for n in (0, 5, 8, 12, 13, 19)]
    back = [(n, "mail_in") for n in (100 / 24, 6.5, 7, 8.5, 14)]
    export = build([OPENED, *(("d", *mail) for mail in out + back)])
    assert known(export)["crm_reply_hours"] == pytest.approx(24)


@pytest.mark.parametrize(("sent", "expected"), [(-15, 720), (-16, NONE)])
def test_a_mail_after_more_than_thirty_days_is_no_reply(build, sent, expected):
    export = build([OPENED, ("d", sent, "mail_out"), ("d", 15, "mail_in")])
    assert known(export)["crm_reply_hours"] == pytest.approx(expected, nan_ok=True)


def test_requests_in_writing(build):
    mails = [
        ("mail_out", REQUEST),
        ("mail_out", NO_REQUEST),
        ("quote_sent", NO_REQUEST),
        ("mail_in", REQUEST),
    ]
    mails += [("mail_out", "Kunnen we afspreken?"), ("mail_out", None)]
    events = [("d", number + 1, kind, text) for number, (kind, text) in enumerate(mails)]
    features = said(hedge_c_rate=[1.0])
    row = known(build([OPENED, *events], talks(1)), features)
    assert row["request_written_count"] == 1
    assert row["request_written_share"] == pytest.approx(1 / 3)
    bare = known(build([OPENED, *events[-2:]], talks(1)), features)
    assert bare[["request_written_count", "request_written_share"]].isna().all()
    assert "request_written_count" not in known(build([OPENED, *events], talks(1)))


def test_what_surrounds_a_deal_is_shown_and_never_an_input(build):
    calls = [{"deal": d, "day": n, "outcome": o, "status": s} for d, n, o, s in [
        ("d", 18, "continuation", "held"), ("d", 20, None, "no_answer"), ("e", 19, "no_sale", "held"),
        ("e", -10, "no_sale", "held"), ("f", 19, "no_sale", "held"), ("e", 22, "no_sale", "held"),
    ]]  # fmt: skip
    export = build([OPENED, ("e", 0, "stage", "contact"), ("f", 0, "stage", "contact")], calls)
    sellers = export.conversations["deal_id"].map({"d": "s1", "e": "s1", "f": "s2"}).astype("string")
    source = export.deals["deal_id"].map({"d": "beurs", "e": "beurs", "f": "site"}).astype("string")
    export = dataclasses.replace(
        export,
        conversations=export.conversations.assign(seller_id=sellers),
        deals=export.deals.assign(lead_source=source),
    )
    features = said(authority_ref_count=[0.0, NONE, 2.0, 1.0, 1.0, 0.0])
    told = open_deals(export, features, at=AT)
    info = told.info.loc["d"].iloc[0]
    # c0, c1 and c2 in the four weeks before; c3 is older, c5 was entered later; c0, c2, c3 were heard
    assert (info["seller_calls_count"], info["seller_refusals_count"]) == (3, 1)
    assert info["source_refers_share"] == pytest.approx(2 / 3)
    assert not {"source_refers_share", "seller_calls_count", "seller_refusals_count"} & set(told.X.columns)


def test_the_sellers_estimate_is_shown_and_never_an_input(build):
    row = open_deals(
        build([OPENED, ("d", 2, "seller_estimate", "40"), ("d", 9, "seller_estimate", "60")]), at=AT
    )
    assert row.info["seller_estimate"].item() == "60"
    assert "seller_estimate" not in row.X


def test_every_deal_feature_has_a_test_by_hand():
    here = {
        "question_c_share_change",
        "hedge_c_rate_change",
        "interest_growth",
        "phase_gap_crm",
        "phase_regress",
    }
    here |= {"no_clear_no_count", "authority_contact", "request_written_count", "request_written_share"}
    here |= {"source_refers_share", "seller_calls_count", "seller_refusals_count", "seller_estimate"}
    there = {"continuations_run", "quote_before_need", "crm_stage"}  # in test_history
    names = set(feature_catalog().query("stage == 'deal'")["name"])
    assert names == {*EXPECTED, *here, *there}
