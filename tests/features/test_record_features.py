"""What notes, people and the calendar tell of a conversation: each feature worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from salesinsight.features import feature_evidence
from salesinsight.features.build import features_from
from salesinsight.schema import conform

S, C = "seller", "customer"
NAN = np.nan
HELLO, LONG = (S, "Goedemorgen meneer."), (C, "een twee drie vier vijf zes zeven acht negen tien")
LATER = (C, "Ik kom er nog op terug.", {"acts": ["stall"], "cues": ["defer", "ending_later"]})
NO = (C, "Nee, wij doen het niet.", {"acts": ["refusal"]})
START = pd.Timestamp("2026-03-02 09:00", tz="UTC")


def _with(export_of, **columns):
    """An export of one conversation with these columns."""
    export = export_of(["a"])
    told = export.conversations.assign(**{name: [value] for name, value in columns.items()})
    export.conversations = conform(told, "conversations")
    return export


@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("duration_ratio", {"ended_at": START + pd.Timedelta(minutes=45), "planned_min": 30.0}, 1.5),
        ("duration_ratio", {"ended_at": START + pd.Timedelta(minutes=15), "planned_min": 60.0}, 0.25),
        ("duration_ratio", {"ended_at": START + pd.Timedelta(minutes=15)}, NAN),
        ("duration_ratio", {"planned_min": 30.0}, NAN),
        ("duration_ratio", {"ended_at": START, "planned_min": 30.0}, NAN),  # no length is no measurement
        ("duration_ratio", {"ended_at": START + pd.Timedelta(minutes=15), "planned_min": 0.0}, NAN),
        ("met_in_person", {"in_person": True}, 1),
        ("met_in_person", {"in_person": False}, 0),
        ("met_in_person", {}, NAN),
    ],
)
def test_what_the_calendar_tells(name, columns, expected, export_of, lay_out):
    export = _with(export_of, **columns)
    assert features_from(export, *lay_out()).loc["a", name] == pytest.approx(expected, nan_ok=True)
    rows = feature_evidence(export, lay_out()[0], name)
    assert rows.empty == np.isnan(expected)
    assert rows["turn"].isna().all()


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (["decider"], 1),
        (["user", "decider"], 1),
        ([None, "decider"], 1),
        (["user", "gatekeeper"], 0),
        (["user", None], NAN),
        (["user", "unknown"], NAN),
        ([], NAN),
    ],
)
def test_who_was_at_the_table(roles, expected, export_of, lay_out):
    ids = [f"p{n}" for n in range(len(roles))]
    people = pd.DataFrame(
        {"person_id": [*ids, "s"], "side": [C] * len(ids) + [S], "decision_role": [*roles, "decider"]}
    )
    attendance = pd.DataFrame({"conversation_id": "a", "person_id": [*ids, "s"]})
    export = export_of(["a"], people=people, attendance=attendance)
    assert features_from(export, *lay_out()).loc["a", "authority_present"] == pytest.approx(
        expected, nan_ok=True
    )


def _noted(export_of, tagged, hits, good, outcome=None, **columns):
    export = _with(export_of, **columns)
    notes = pd.DataFrame(
        {"outcome": [outcome], "good_talk": [good]}, index=pd.Index(["a"], name="conversation_id")
    )
    return features_from(
        export, tagged, hits, notes.astype({"outcome": "string", "good_talk": "boolean"})
    ).loc["a"]


@pytest.mark.parametrize(
    ("good", "columns", "expected"),
    [
        (True, {}, 1),
        (True, {"outcome": "continuation"}, 1),
        (True, {"outcome": "advance"}, 0),
        (True, {"next_step": "rondleiding op dinsdag"}, 0),
        (False, {}, 0),
        (None, {}, NAN),
    ],
)
def test_note_alone_tells_of_a_good_talk(good, columns, expected, export_of, lay_out):
    row = _noted(export_of, *lay_out(), good, **columns)
    assert row["note_goed_gesprek"] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("turns", "good", "outcome", "expected", "flat"),
    [
        ([], True, None, None, True),
        ([], True, "order", "order", False),
        ([], False, "continuation", "continuation", False),
        ([], None, None, None, None),
        ([LONG, HELLO, LATER], None, "advance", "continuation", False),  # the dialogue wins
        ([LONG, HELLO, LATER], True, None, "continuation", True),
        ([LONG, HELLO, NO], True, None, "no_sale", False),
        ([HELLO, LONG], None, "advance", "advance", False),  # too short to tell
        ([HELLO, LONG], True, None, None, True),
    ],
)
def test_note_fills_in_what_the_dialogue_leaves_open(
    turns, good, outcome, expected, flat, export_of, lay_out
):
    row = _noted(export_of, *lay_out(a=turns), good, outcome)
    assert (row["outcome_tagged"] if pd.notna(row["outcome_tagged"]) else None) == expected
    assert (row["good_talk"] if pd.notna(row["good_talk"]) else None) == flat
