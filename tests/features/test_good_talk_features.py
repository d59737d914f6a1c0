"""'Een goed gesprek', and the classes of a conversation: each worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from salesinsight.features.build import features_from
from salesinsight.schema import conform

S, C = "seller", "customer"
NAN = np.nan
NICE = (S, "Wat zit u hier mooi!", {"cues": ["rapport"]})
NICE_TOO = (C, "Leuk dat u er bent, we hadden het er gisteren thuis nog over.", {"cues": ["rapport"]})
HELLO, LONG = (S, "Goedemorgen meneer."), (C, "een twee drie vier vijf zes zeven acht negen tien")
DATED = (
    C,
    "Ik stuur u dinsdag de cijfers.",
    {"acts": ["commitment"], "cues": ["promise", "time_expression"]},
)
NEED = (C, "We willen vier ritten minder.", {"cues": ["need_explicit", "quantity"], "acts": ["objection"]})
LATER = (C, "Ik kom er nog op terug.", {"acts": ["stall"], "cues": ["defer", "ending_later"]})
NO = (C, "Nee, wij doen het niet.", {"acts": ["refusal"]})


def _ask(kind):
    return (S, "Zullen we dat doen?", {"is_question": True, "acts": ["action_request"], "request_kind": kind})


def _reply(answer, to):
    return (C, "Daar zeg ik iets op terug.", {"answer": answer, "answers_turn": to})


ORDER = (S, "Zullen we het zo doen?", {"acts": ["action_request"], "cues": ["ending_order"]})
DATED_YES = (C, "Ja, dinsdag om tien.", DATED[2] | {"answer": "accept", "answers_turn": 1})
REFUSED = (*NO[:2], NO[2] | {"answer": "refuse", "answers_turn": 2})

CASES = [
    ("pleasant_rate", [NICE, NICE_TOO, HELLO, LONG], 50),
    ("pleasant_rate", [HELLO, LONG], 0),
    ("pleasant_rate", [("unknown", "Gezellig hier.", {"cues": ["rapport"]})], 100),
    ("progress_evidence", [HELLO, NEED, HELLO, DATED], 4),
    ("progress_evidence", [HELLO, LONG, _ask("introduction"), _reply("accept", 2)], 1),
    # a date early in the conversation is no dated next step; what the seller says is no evidence
    ("progress_evidence", [(S, *NEED[1:]), DATED, LONG, LONG], 0),
    ("progress_evidence", [NEED], NAN),
    ("assent_flat", [HELLO, (C, "Ja.", {"cues": ["assent"]}), HELLO, LONG], 0.5),
    # an answer to a request, or assent with a story, is more than assent
    (
        "assent_flat",
        [_ask("visit"), (C, "Ja.", {"cues": ["assent"], "answer": "accept", "answers_turn": 0})],
        0,
    ),
    ("assent_flat", [HELLO, (C, "Ja, want het bord is elke week weer anders.", {"cues": ["assent"]})], 0),
    ("assent_flat", [HELLO], NAN),
    ("outcome_tagged", [LONG, ORDER, _reply("accept", 1)], "order"),
    ("outcome_tagged", [LONG, _ask("visit"), DATED_YES], "advance"),
    # a no to another request takes no step back; a no out of the blue does
    (
        "outcome_tagged",
        [LONG, DATED, _ask("visit"), (*NO[:2], {"acts": ["refusal"], "answer": "refuse", "answers_turn": 2})],
        "advance",
    ),
    ("outcome_tagged", [LONG, DATED, HELLO, NO], "no_sale"),
    ("outcome_tagged", [LONG, NO, HELLO, DATED], "advance"),
    ("outcome_tagged", [LONG, LONG, _ask("visit"), REFUSED], "no_sale"),
    ("outcome_tagged", [LONG, HELLO, LATER], "continuation"),
    ("outcome_tagged", [HELLO, LONG], None),  # too short to tell
    ("good_talk", [NICE, *[NICE_TOO, NICE] * 3, LATER], True),
    ("good_talk", [HELLO, LATER, HELLO, LATER], False),
    ("good_talk", [NICE, NICE_TOO, NICE, NICE_TOO, ORDER, _reply("accept", 4)], False),
    ("good_talk", [NICE, NICE_TOO, NICE, NICE_TOO, NICE, NO], False),
    ("good_talk", [HELLO, LONG], None),
    ("buyer_phase", [HELLO, (C, "Wat kost het?", {"phase": 3})], 3),
    ("buyer_phase", [HELLO, LONG], None),
]


@pytest.fixture(scope="module")
def measured(measure):
    return measure([turns for _, turns, _ in CASES])


@pytest.mark.parametrize("case", range(len(CASES)), ids=[name for name, _, _ in CASES])
def test_by_hand(case, measured):
    name, _, expected = CASES[case]
    value = measured.iloc[case][name]
    assert pd.isna(value) if expected is None else value == pytest.approx(expected, nan_ok=True)


def _noted(export_of, tagged, hits, good, outcome=None, **columns):
    export = export_of(["a"])
    told = export.conversations.assign(**{name: [value] for name, value in columns.items()})
    export.conversations = conform(told, "conversations")
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
