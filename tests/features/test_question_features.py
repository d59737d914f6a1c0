"""Questions, SPIN, push and pull, who leads: each feature on a conversation worked out by hand."""

import numpy as np
import pytest

S, C = "seller", "customer"
NAN = np.nan
OPEN = {"is_question": True, "question_form": "open"}
CLOSED = {"is_question": True, "question_form": "closed"}
EITHER = {"is_question": True, "question_form": "alternative"}
TALK = [
    (S, "Hoe plannen jullie de ritten nu?", OPEN),
    (C, "Met een bord in de kantine en veel telefoontjes."),  # 9 words
    (S, "En werkt dat goed?", CLOSED),
    (C, "Nee."),
    (S, "Wat kost dat u per week?", OPEN),
    (C, "Een dag of twee."),  # 4 words
    (S, "Wilt u dat op papier of op het scherm?", EITHER),
    (C, "Op het scherm, en kan dat ook op de telefoon?", {"is_question": True}),
]


def _spin(*kinds):
    return [turn for kind in kinds for turn in ((S, "Vraag?", OPEN | {"spin": kind}), (C, "Antwoord."))]


def _push_pull(*kinds):
    return [turn for kind in kinds for turn in ((S, "Vraag?", OPEN | {"push_pull": kind}), (C, "Antwoord."))]


NEED = (C, "We zoeken een planning die blijft staan.", {"cues": ["need_explicit"]})
OFFER = (S, "Ons pakket houdt de planning vast.", {"cues": ["pitch"]})

CASES = [
    ("question_s_count", TALK, 4),
    ("question_s_count", [(S, "Goedemorgen."), (C, "Dag.")], 0),
    ("question_s_count", [(C, "Waarom belt u?", OPEN)], NAN),
    ("question_s_rate", TALK, NAN),
    # one question in half an hour
    (
        "question_s_rate",
        [
            (S, "Hoe gaat het?", OPEN | {"start_s": 0, "end_s": 10}),
            (C, "Goed.", {"start_s": 10, "end_s": 1800}),
        ],
        2,
    ),
    ("question_open_share", TALK, 2 / 3),
    ("question_open_share", [(S, "Dag."), (C, "Dag.")], NAN),
    ("question_open_share", [(S, "Thee of koffie?", EITHER), (C, "Thee.")], NAN),
    (
        "question_leading_share",
        [
            (S, "U wilt toch ook rust?", CLOSED | {"is_leading": True}),
            (C, "Ja."),
            (S, "Dat is handig, hè?", CLOSED | {"is_tag": True}),
            (C, "Ja."),
            (S, "Wie plant er?", OPEN),
            (C, "Ik."),
            (S, "Sinds wanneer?", OPEN),
        ],
        0.5,
    ),
    ("question_leading_share", [(S, "Dat is handig."), (C, "Ja.")], NAN),
    # one turn with two questions, one with one
    (
        "question_stacked_share",
        [
            (S, "Wie plant er? En sinds wanneer?", OPEN | {"cues": [("question", 1, 0), ("question", 1, 1)]}),
            (C, "Ik."),
            (S, "Bevalt het?", CLOSED | {"cues": ["question", "question_closed"]}),
            (C, "Nee."),
        ],
        0.5,
    ),
    # two sellers who both ask before the customer speaks
    ("question_stacked_share", [(S, "Wie plant er?", OPEN), (S, "En sinds wanneer?", OPEN), (C, "Ik.")], 1),
    # a weak cue is no question, and a turn that is no question has none
    ("question_stacked_share", [(S, "Vraag?", OPEN | {"cues": [("question", 0.3, 1)]}), (C, "Ja.")], 0),
    ("question_stacked_share", [(S, "Dag.", {"cues": ["question"]}), (C, "Dag.")], NAN),
    ("question_answer_len", TALK, 6.5),
    ("question_answer_len", [(S, "Hoe gaat het?", OPEN)], NAN),
    ("question_answer_len", [(S, "Gaat het?", CLOSED), (C, "Ja hoor.")], NAN),
    ("spin_s", _spin("situation", "situation", "problem", None), 0.5),
    ("spin_p", _spin("situation", "situation", "problem", None), 0.25),
    ("spin_i", _spin("implication", "problem"), 0.5),
    ("spin_n", _spin("need_payoff", "problem", "problem", "problem", "problem"), 0.2),
    ("spin_n", [(S, "Dag."), (C, "Dag.")], NAN),
    ("spin_depth", _spin("situation", "problem", "implication", "need_payoff"), 2.5 / 5),
    ("spin_depth", _spin("situation"), 0.25),
    ("spin_depth", _spin(None, None), NAN),
    ("need_explicit_count", [OFFER, NEED, (S, "Ja."), NEED], 2),
    # two cues in one sentence state one need; the seller's wish is no need of the customer
    (
        "need_explicit_count",
        [
            (S, "We willen starten.", {"cues": ["need_explicit"]}),
            (C, "We willen en eisen rust.", {"cues": ["need_explicit"] * 2}),
        ],
        1,
    ),
    ("need_explicit_count", [OFFER], NAN),
    ("offer_before_need", [OFFER, NEED], 1),
    ("offer_before_need", [NEED, OFFER], 0),
    ("offer_before_need", [OFFER, (C, "Aha.")], 1),
    ("offer_before_need", [(S, "Dag."), (C, "Dag.")], 0),
    ("offer_before_need", [OFFER], NAN),
    ("push_q_share", _push_pull("push", "push", "pull", None), 0.5),
    ("pull_q_share", _push_pull("push", "push", "pull", None), 0.25),
    ("pull_q_share", [(S, "Dag."), (C, "Dag.")], NAN),
    ("push_pull_index", _push_pull("push", "push", "pull", None), 0.25),
    ("push_pull_index", _push_pull("pull", "pull"), -2 / 3),
    ("push_pull_index", _push_pull(None), 0),
    ("push_pull_index", [(S, "Dag."), (C, "Dag.")], NAN),
    (
        "we_you_ratio",
        [(S, "Wij, wij en ons.", {"cues": ["we", "we", "we", "you"]}), (C, "U.", {"cues": ["you"]})],
        2,
    ),
    ("we_you_ratio", [(S, "Dag.")], 1),
    ("we_you_ratio", [(C, "Wij.", {"cues": ["we"]})], NAN),
    ("question_c_count", TALK, 1),
    ("question_c_count", [(S, "Vraag?", OPEN)], NAN),
    ("question_c_share", TALK, 0.2),
    ("question_c_share", [(S, "Dag."), (C, "Dag.")], NAN),
    ("question_c_share", [(S, "Vraag?", OPEN)], NAN),
    # a story after a question, and an objection out of the blue; a bare "ja" gives nothing to ask on about
    ("follow_up_share", [(S, "Wat?", OPEN), (C, "Drie stuks."), (S, "Waarom?", OPEN), (C, "Zomaar.")], 0.5),
    (
        "follow_up_share",
        [(S, "Dag."), (C, "Te duur.", {"acts": ["objection"]}), (S, "Hoezo?", OPEN)],
        1,
    ),
    (
        "follow_up_share",
        [
            (S, "Wat?", OPEN),
            (C, "Drie stuks."),
            (S, "Zullen we dat doen?", CLOSED | {"acts": ["action_request"]}),
        ],
        0,
    ),
    ("follow_up_share", [(S, "Ja?", CLOSED), (C, "Ja.", {"cues": ["assent"]}), (S, "Wat?", OPEN)], NAN),
    ("follow_up_share", [(S, "Vraag?", OPEN)], NAN),
]


@pytest.fixture(scope="module")
def measured(measure):
    return measure([turns for _, turns, _ in CASES])


@pytest.mark.parametrize("case", range(len(CASES)), ids=[name for name, _, _ in CASES])
def test_by_hand(case, measured):
    name, _, expected = CASES[case]
    assert measured.iloc[case][name] == pytest.approx(expected, nan_ok=True)
