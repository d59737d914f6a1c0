"""Requests, answers, hedging, who decides, phase: each feature on a conversation worked out by hand."""

import numpy as np
import pandas as pd
import pytest

S, C = "seller", "customer"
NAN = np.nan


def _ask(kind, *cues):
    return (
        S,
        "Zullen we dat doen?",
        {"is_question": True, "acts": ["action_request"], "request_kind": kind, "cues": cues},
    )


def _reply(answer, to, *cues, acts=()):
    return (
        C,
        "Daar zeg ik iets op terug.",
        {"answer": answer, "answers_turn": to, "cues": cues, "acts": acts},
    )


HELLO, DAG = (S, "Goedemorgen meneer."), (C, "Dag.")
NEW = (S, "Het pakket kan nog meer.", {"cues": ["pitch"]})
OWN = (C, "Ik stuur u de cijfers.", {"acts": ["commitment"], "cues": ["promise"]})
LONG = (C, "een twee drie vier vijf zes zeven acht negen tien")

CASES = [
    ("request_any", [_ask("meeting"), DAG], 1),
    ("request_any", [HELLO, DAG], 0),
    ("request_any", [LONG], NAN),
    ("request_any", [HELLO, (C, "Stuur maar iets.", {"acts": ["action_request"]})], 0),
    ("request_count", [_ask("meeting"), DAG, _ask("visit"), DAG], 2),
    # 10 words, then a turn of 4 words of which the middle is at 12 of 14
    ("request_first_pos", [LONG, _ask("meeting")], 12 / 14),
    ("request_first_pos", [HELLO, DAG], NAN),
    # by the clock, where every turn has a start: the middle of 30–50 of 100 seconds
    (
        "request_first_pos",
        [
            (C, "een", {"start_s": 0, "end_s": 30}),
            (S, "Zullen we?", {"start_s": 30, "end_s": 50, "acts": ["action_request"]}),
            (C, "een", {"start_s": 50, "end_s": 100}),
        ],
        0.4,
    ),
    ("request_last20", [LONG, _ask("meeting")], 1),
    ("request_last20", [_ask("meeting"), LONG], 0),
    ("request_last20", [HELLO, DAG], 0),
    ("request_level", [_ask("information"), DAG, _ask("quote"), DAG, _ask("visit")], 4),
    ("request_level", [_ask(None), DAG], 1),
    ("request_level", [HELLO, DAG], 0),
    (
        "request_nagging_count",
        [_ask("meeting"), _reply("vague", 0), _ask("meeting"), DAG, _ask("signature")],
        2,
    ),
    ("request_nagging_count", [_ask("quote"), _reply("vague", 0), _ask("meeting")], 0),  # a step back
    ("request_nagging_count", [_ask("meeting"), _reply("accept", 0), _ask("meeting")], 0),
    ("request_nagging_count", [_ask("meeting"), _reply("vague", 0), NEW, DAG, _ask("meeting")], 0),
    ("request_nagging_count", [_ask("meeting"), _ask("meeting"), DAG], 0),  # in one breath
    ("request_nagging_count", [HELLO, DAG], 0),
    ("request_nagging_count", [LONG], NAN),
    ("answer_accept_share", [_ask("meeting"), _reply("accept", 0), _ask("quote"), _reply("vague", 2)], 0.5),
    ("answer_accept_share", [HELLO, DAG], NAN),
    # the last answer to a request counts
    ("answer_accept_share", [_ask("meeting"), _reply("vague", 0), HELLO, _reply("accept", 0)], 1),
    ("answer_vague_share", [_ask("meeting"), DAG, _ask("quote"), _reply("vague", 2)], 0.5),
    ("answer_vague_share", [HELLO, DAG], NAN),
    ("answer_clear_no", [_ask("meeting"), _reply("refuse", 0)], 1),
    ("answer_clear_no", [HELLO, (C, "Nee, dat doen we niet.", {"acts": ["refusal"]})], 1),
    ("answer_clear_no", [(S, "Nee, dat kan niet.", {"acts": ["refusal"]}), DAG], 0),
    ("answer_clear_no", [HELLO], NAN),
    ("next_c_owned", [HELLO, OWN], 1),
    ("next_c_owned", [(S, "Ik stuur u iets.", {"acts": ["commitment"], "cues": ["promise"]}), DAG], 0),
    ("next_c_owned", [HELLO, (C, "Ik laat nog iets horen.", {"acts": ["stall"], "cues": ["promise"]})], 0),
    ("next_c_owned", [HELLO], NAN),
    ("next_dated", [HELLO, LONG, (*OWN[:2], OWN[2] | {"cues": ["promise", "time_expression"]})], 1),
    (
        "next_dated",
        [HELLO, (*OWN[:2], OWN[2] | {"cues": ["promise", "time_expression"]}), LONG, LONG],
        0,
    ),  # too early
    ("next_dated", [LONG, _ask("meeting", "time_expression"), _reply("accept", 1)], 1),
    ("next_dated", [LONG, _ask("meeting", "time_expression"), _reply("vague", 1)], 0),
    (
        "next_dated",
        [
            LONG,
            LONG,
            _ask("meeting"),
            _reply("accept", 2),
            (S, "Dan tot dinsdag.", {"cues": ["time_expression"]}),
        ],
        1,
    ),
    ("next_dated", [LONG, (S, "Ik bel u dinsdag.", {"cues": ["promise", "time_expression"]}), DAG], 0),
    ("next_dated", [HELLO], NAN),
    ("advance_score", [HELLO, DAG], 0),
    ("advance_score", [LONG, _ask("information"), _reply("accept", 1)], 0),
    ("advance_score", [LONG, _ask("visit"), _reply("accept", 1)], 0.25),
    ("advance_score", [LONG, _ask("introduction"), _reply("accept", 1)], 0.5),
    (
        "advance_score",
        [
            LONG,
            HELLO,
            (
                C,
                "Ik leg het dinsdag voor.",
                {"acts": ["commitment"], "cues": ["promise", "time_expression", "gatekeeper"]},
            ),
        ],
        1,
    ),
    ("advance_score", [LONG], NAN),
    (
        "hedge_c_rate",
        [HELLO, (C, "Misschien, denk ik.", {"cues": ["hedge", ("hedge", 0.5)]}), HELLO, DAG],
        50,
    ),
    ("hedge_c_rate", [HELLO, (C, "Ik denk het.", {"cues": [("hedge", 0.5)]}), DAG, DAG, DAG], 12.5),
    ("hedge_c_rate", [(S, "Misschien.", {"cues": ["hedge"]}), DAG], 0),
    ("hedge_c_rate", [HELLO], NAN),
    ("hedge_c_end", [(C, "Misschien.", {"cues": ["hedge"]}), LONG, HELLO, DAG], 0),
    ("hedge_c_end", [LONG, HELLO, (C, "Misschien.", {"cues": ["hedge"]})], 100),
    ("hedge_c_end", [DAG, LONG, (S, "een twee drie vier vijf zes")], NAN),
    ("defer_count", [HELLO, (C, "Later. Na de vakantie.", {"cues": [("defer", 1, 0), ("defer", 1, 1)]})], 2),
    ("defer_count", [HELLO, DAG], 0),
    ("defer_count", [(S, "Later dan.", {"cues": ["defer"]})], NAN),
    (
        "dontknow_count",
        [HELLO, (C, "Geen idee.", {"cues": ["dont_know"]}), (S, "Ik ook niet.", {"cues": ["dont_know"]})],
        1,
    ),
    ("dontknow_count", [HELLO], NAN),
    (
        "authority_ref_count",
        [HELLO, (C, "Dat beslist mijn baas.", {"acts": ["gatekeeper", "stall"]}), DAG],
        1,
    ),
    ("authority_ref_count", [HELLO], NAN),
    (
        "authority_asked",
        [(S, "Wie beslist er mee?", {"is_question": True, "acts": ["decision_maker_probe"]}), DAG],
        1,
    ),
    ("authority_asked", [HELLO, (C, "Wie beslist er bij u?", {"acts": ["decision_maker_probe"]})], 0),
    ("authority_asked", [DAG], NAN),
    ("phase_c", [(C, "een", {"phase": 3}), (C, "twee", {"phase": 3}), (C, "drie", {"phase": 1})], 3),
    ("phase_c", [(C, "een", {"phase": 3}), (C, "twee", {"phase": 2})], 2),  # a tie
    ("phase_c", [(S, "een", {"phase": 3}), (C, "twee", {"phase": 1}), (S, "drie", {"phase": 3})], 1),
    ("phase_c", [HELLO, DAG], NAN),
]


@pytest.fixture(scope="module")
def measured(measure):
    return measure([turns for _, turns, _ in CASES])


@pytest.mark.parametrize("case", range(len(CASES)), ids=[name for name, _, _ in CASES])
def test_by_hand(case, measured):
    name, _, expected = CASES[case]
    assert measured.iloc[case][name] == pytest.approx(expected, nan_ok=True)


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
    from salesinsight.features.build import features_from

    ids = [f"p{n}" for n in range(len(roles))]
    people = pd.DataFrame(
        {"person_id": [*ids, "s"], "side": [C] * len(ids) + [S], "decision_role": [*roles, "decider"]}
    )
    attendance = pd.DataFrame({"conversation_id": "a", "person_id": [*ids, "s"]})
    export = export_of(["a"], people=people, attendance=attendance)
    assert features_from(export, *lay_out()).loc["a", "authority_present"] == pytest.approx(
        expected, nan_ok=True
    )
