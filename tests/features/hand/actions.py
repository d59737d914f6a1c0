"""Requests, answers, hedging, who decides, phase: each feature on a conversation worked out by hand."""

import numpy as np

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


OPINION = (S, "Wat vindt u er zelf van?", {"is_question": True, "cues": ["opinion_asked"]})
PHASE_1, PHASE_2, PHASE_3 = ((C, "Ik zeg er iets over.", {"phase": phase}) for phase in (1, 2, 3))
FAREWELL = (C, "Goed, fijne dag nog.", {"cues": ["ending_bye"], "answer": "accept", "answers_turn": 1})
FRIENDLY_NO = {"acts": ["refusal"], "answer": "refuse", "answers_turn": 1}
CLOSE = (C, "Bedankt, prettig gesprek.", FRIENDLY_NO | {"cues": ["ending_bye", "ending_warm"]})
NO_BYE = (C, "Nee, bedankt, fijne dag.", FRIENDLY_NO | {"cues": ["ending_bye", ("refusal", 0.3)]})
THANKS = (C, "Bedankt, leuk gesprek.", {"cues": ["ending_warm"]})
PROMISES = (S, "Ik bel u. Ik mail u.", {"cues": [("promise", 1, 0), ("promise", 1, 1)]})
PASSES_ON = ("commitment", "stall", "gatekeeper")
BYE = (
    C,
    "Oké, succes.",
    {"acts": ["commitment"], "cues": ["ending_bye"], "answer": "accept", "answers_turn": 1},
)


def _announce(*cues, kind="meeting"):
    """A seller turn that is tagged as a request, and asks nothing."""
    return (S, "Dan stuur ik het.", {"acts": ["action_request"], "request_kind": kind, "cues": cues})


def _at(start, end, turn, *acts):
    role, text = turn[:2]
    return (role, text, {"start_s": start, "end_s": end, "acts": acts})


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
    # thanks and goodbye are no no, whatever they answer; with a word of refusal they are
    ("answer_clear_no", [LONG, _announce(), CLOSE], 0),
    ("answer_clear_no", [LONG, _ask("visit"), CLOSE], 0),
    ("answer_clear_no", [LONG, _announce(), NO_BYE], 1),
    ("answer_clear_no", [LONG, _announce(), (C, "Ik hang op.", FRIENDLY_NO | {"cues": ["ending_bye"]})], 1),
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
    # passing it on with a vague answer is no step, though it is tagged as a commitment; with a yes it is
    (
        "advance_score",
        [LONG, _ask("quote", "time_expression"), _reply("vague", 1, "gatekeeper", acts=PASSES_ON)],
        0,
    ),
    (
        "advance_score",
        [LONG, _ask("introduction", "time_expression"), _reply("accept", 1, "gatekeeper", acts=PASSES_ON)],
        1,
    ),
    ("advance_score", [LONG, HELLO, (C, "Ik geef het door.", {"acts": PASSES_ON})], 0),
    ("advance_score", [LONG, HELLO, _reply("vague", None, "promise", "time_expression")], 0),
    # a vague answer is a commitment where it doesn't put off
    ("advance_score", [LONG, _ask("quote"), _reply("vague", 1, acts=["commitment"])], 0.25),
    # goodbye to what the seller announces is no step; to what he asks it is: owned, dated and concrete
    ("advance_score", [LONG, _announce("time_expression"), BYE], 0),
    ("advance_score", [LONG, _ask("meeting", "time_expression"), BYE], 0.75),
    ("advance_score", [LONG], NAN),
    (
        "hedge_c_rate",
        [HELLO, (C, "Misschien, denk ik.", {"cues": ["hedge", ("hedge", 0.4)]}), HELLO, DAG],
        50,
    ),
    ("hedge_c_rate", [HELLO, (C, "Ik denk het.", {"cues": [("hedge", 0.4)]}), DAG, DAG, DAG], 12.5),
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
    (
        "authority_ref_count",
        [HELLO, (C, "Mijn vennoot en ik, dus.", {"acts": ["gatekeeper"], "cues": ["decides_self"]})],
        0,
    ),
    (
        "authority_ref_count",  # a tag that is less likely than not
        [HELLO, (C, "Wie weet mijn baas.", {"acts": ["gatekeeper"], "act_gatekeeper_p": 0.4}), DAG],
        0,
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
    ("request_visit_any", [_ask("visit"), DAG], 1),
    ("request_visit_any", [_ask("meeting"), DAG], 0),
    ("request_visit_any", [LONG], NAN),
    # fits: phase 1 levels 1–2, phase 2 levels 2–4, phase 3 levels 3–5
    ("request_phase_gap", [_ask("signature"), PHASE_1], 3),
    ("request_phase_gap", [_ask("visit"), PHASE_1], 0),
    ("request_phase_gap", [_ask("quote"), PHASE_2], 0),
    ("request_phase_gap", [_ask("information"), PHASE_2], -1),
    ("request_phase_gap", [_ask("signature"), PHASE_3], 0),
    ("request_phase_gap", [HELLO, PHASE_3], -3),
    ("request_phase_gap", [_ask("visit"), DAG], NAN),
    ("request_phase_gap", [PHASE_1], NAN),
    ("request_overreach", [_ask("signature"), PHASE_2], 1),
    ("request_overreach", [HELLO, PHASE_3], 0),
    ("request_overreach", [_ask("visit"), DAG], NAN),
    ("request_underreach", [_ask("visit"), PHASE_3], 1),
    ("request_underreach", [_ask("signature"), PHASE_1], 0),
    ("request_underreach", [PHASE_1], NAN),
    # the first request comes two turns after the question for an opinion, the second seven
    (
        "request_after_opinion",
        [OPINION, DAG, _ask("visit"), DAG, HELLO, DAG, HELLO, _ask("quote")],
        0.5,
    ),
    ("request_after_opinion", [_ask("visit"), OPINION], 0),
    ("request_after_opinion", [OPINION, DAG], NAN),
    # three seconds that the customer breaks; four that the seller breaks
    (
        "request_then_silence",
        [
            _at(0, 2, HELLO, "action_request"),
            _at(5, 6, DAG),
            _at(6, 8, HELLO, "action_request"),
            _at(12, 13, HELLO),
        ],
        0.5,
    ),
    ("request_then_silence", [_at(0, 2, HELLO, "action_request"), _at(4, 5, DAG)], 0),
    ("request_then_silence", [_at(0, 2, HELLO), _at(5, 6, DAG)], NAN),
    ("request_then_silence", [_ask("visit"), DAG], NAN),
    ("continuation_flag", [HELLO, LONG, THANKS], 1),
    ("continuation_flag", [HELLO, LONG, DAG], 0),
    ("continuation_flag", [THANKS, HELLO, LONG], 0),  # warm at the start only
    ("continuation_flag", [HELLO, LONG, OWN, THANKS], 0),  # he promises a deed: 2 of 4
    ("continuation_flag", [HELLO, LONG, (C, "Nee.", {"acts": ["refusal"]}), THANKS], 0),
    ("continuation_flag", [LONG, _ask("signature"), _reply("accept", 1), THANKS], 0),
    # a goodbye to what is read as a request orders nothing, and a friendly close refuses nothing
    ("continuation_flag", [LONG, _announce(kind="signature"), FAREWELL, THANKS], 1),
    ("continuation_flag", [LONG, _announce(), CLOSE], 1),
    ("continuation_flag", [LONG, _announce(), NO_BYE, THANKS], 0),
    ("continuation_flag", [LONG, _ask("visit"), _reply("accept", 1), THANKS], 1),  # 1 of 4, undated
    ("continuation_flag", [LONG, THANKS], NAN),
    # two commitments, one stall
    ("commit_balance", [HELLO, OWN, OWN, (C, "Later.", {"acts": ["stall"]})], 0.25),
    ("commit_balance", [HELLO, (C, "Later.", {"acts": ["stall"]})], -0.5),
    ("commit_balance", [HELLO, DAG], 0),
    ("commit_balance", [HELLO], NAN),
    ("promise_asym", [PROMISES, OWN], 0.5),  # 2 ÷ (3 + 1)
    ("promise_asym", [HELLO, OWN], 0),
    ("promise_asym", [PROMISES], NAN),
    ("authority_introduced", [_ask("introduction"), _reply("accept", 0)], 1),
    ("authority_introduced", [_ask("introduction"), _reply("vague", 0)], 0),
    ("authority_introduced", [LONG, _announce(kind="introduction"), FAREWELL], 0),
    ("authority_introduced", [_ask("visit"), _reply("accept", 0)], 0),
    ("authority_introduced", [_ask("introduction")], NAN),
    (
        "vague_objection_share",
        [
            (C, "Te duur.", {"acts": ["objection"]}),
            (C, "Te duur, want het potje is leeg.", {"acts": ["objection"], "cues": ["reason"]}),
            (C, "Geen tijd.", {"acts": ["objection"]}),
            (C, "Ik zit vol tot maart.", {"acts": ["objection"], "cues": ["time_expression"]}),
        ],
        0.5,
    ),
    ("vague_objection_share", [HELLO, DAG], NAN),
    ("phase_margin", [PHASE_3, PHASE_3, PHASE_1], 1 / 3),
    ("phase_margin", [PHASE_2, (S, "een", {"phase": 3})], 1),
    ("phase_margin", [PHASE_2, PHASE_1], 0),
    ("phase_margin", [HELLO, DAG], NAN),
    *((name, [LONG], NAN) for name in ("request_count", "request_last20", "request_level")),
]
