"""'Een goed gesprek', and the classes of a conversation: each worked out by hand."""

import numpy as np

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
SENDS = (C, "Ik stuur u de cijfers.", {"acts": ["commitment"], "cues": ["promise"]})
PUTS_OFF = {"acts": ["commitment", "stall"], "cues": ["time_expression"]}


def _ask(kind):
    return (S, "Zullen we dat doen?", {"is_question": True, "acts": ["action_request"], "request_kind": kind})


def _reply(answer, to):
    return (C, "Daar zeg ik iets op terug.", {"answer": answer, "answers_turn": to})


def _ask_when():
    role, text, tags = _ask("meeting")
    return (role, text, tags | {"cues": ["time_expression"]})


ORDER = (S, "Zullen we het zo doen?", {"acts": ["action_request"], "cues": ["ending_order"]})
DATED_YES = (C, "Ja, dinsdag om tien.", DATED[2] | {"answer": "accept", "answers_turn": 1})
REFUSED = (*NO[:2], NO[2] | {"answer": "refuse", "answers_turn": 2})

WANTS = (C, "Daar zie ik ons al mee werken.", {"acts": ["buying_signal"]})
OPINION = (C, "Ik vind het zelf een goed plan.", {"cues": ["own_opinion"]})

CASES = [
    ("pleasant_rate", [NICE, NICE_TOO, HELLO, LONG], 50),
    ("pleasant_rate", [HELLO, LONG], 0),
    ("pleasant_rate", [("unknown", "Gezellig hier.", {"cues": ["rapport"]})], 100),
    ("progress_evidence", [HELLO, NEED, HELLO, DATED], 4),
    ("progress_evidence", [HELLO, LONG, _ask("introduction"), _reply("accept", 2)], 1),
    (
        "progress_evidence",
        [
            LONG,
            _ask("quote"),
            (C, "Ik geef het dinsdag door.", PUTS_OFF | {"answer": "vague", "answers_turn": 1}),
        ],
        0,
    ),
    # a date early in the conversation is no dated next step; what the seller says is no evidence
    ("progress_evidence", [(S, *NEED[1:]), DATED, LONG, LONG], 0),
    # an undated promise isn't dated by a yes to something else
    ("progress_evidence", [HELLO, LONG, SENDS, _ask_when(), _reply("accept", 3)], 0),
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
    ("buying_signal_count", [HELLO, WANTS, WANTS], 2),
    ("buying_signal_count", [HELLO, LONG], 0),
    ("buying_signal_count", [(S, "Daar ziet u zich al mee werken.", {"acts": ["buying_signal"]})], NAN),
    # an objection and a refusal in one turn are one turn; what the seller refuses is no aversion
    (
        "aversion_count",
        [
            NO,
            (C, "Nee, te duur.", {"acts": ["refusal", "objection"]}),
            (S, "Nee.", {"acts": ["refusal"]}),
            NEED,
        ],
        3,
    ),
    ("aversion_count", [HELLO], NAN),
    ("on_table_count", [HELLO, NEED], 2),  # a need and an objection
    ("on_table_count", [HELLO, NEED, WANTS, OPINION], 3),
    ("on_table_count", [HELLO, OPINION, NO], 2),
    ("on_table_count", [HELLO, LONG], 0),
    ("on_table_count", [HELLO], NAN),
]
