"""Talk dynamics, discomfort and quality: each feature on a conversation worked out by hand."""

import numpy as np

S, C = "seller", "customer"
NAN = np.nan
ASK = {"is_question": True}
ASSENT = {"cues": ["assent"]}


def _timed(*turns):
    """Turns as (role, start, end) or with tags."""
    return [
        (role, "een twee", {"start_s": start, "end_s": end} | (tags[0] if tags else {}))
        for role, start, end, *tags in turns
    ]


CALL = _timed((S, 0, 10), (C, 12, 30), (S, 29.5, 40, ASK), (C, 43, 50), (S, 48, 60))  # pauses 2, −½, 3, −2
FLOOR = [
    (S, "een twee drie vier"),
    (C, "hm hm", ASSENT),
    (S, "vijf zes", {"is_question": True}),
    (C, "ja", ASSENT),
    (C, "een twee drie"),
    (S, "zeven"),
]


OBJECTS = (C, "Te duur.", {"acts": ["objection"]})
CONFRONTS = (S, "Zo verliest u geld.", {"cues": ["confront"]})
ADMITS = (C, "Dat kost ons uren, ja.", {"cues": ["need_implied"]})

CASES = [
    ("talk_share", FLOOR, 7 / 13),
    ("talk_share", [(S, "Alleen ik.")], NAN),
    ("talk_share", [(S, "Een twee drie."), (C, "Vier."), ("unknown", "Vijf zes zeven.")], 0.75),
    # the backchannel does not break the seller's stretch; the answer to a question does
    ("monologue_s_max", FLOOR, 6),
    ("monologue_c_max", FLOOR, 4),
    ("monologue_c_max", [(S, "Dag.")], NAN),
    # someone in between takes the floor; a backchannel does not carry over to the next conversation
    ("monologue_s_max", [(S, "een twee"), ("other", "drie"), (S, "vier")], 2),
    ("monologue_c_max", [(C, "ja", ASSENT), (S, "een twee"), (C, "ja", ASSENT)], 1),
    ("switch_rate", CALL, 4),
    ("switch_rate", FLOOR, NAN),
    ("switch_rate", _timed((S, 0, 60)), NAN),
    ("switch_rate", [*_timed((S, 0, 60)), (C, "Zonder tijd.")], NAN),
    # starts alone make a clock too: 30 seconds, one change
    ("switch_rate", [(S, "een", {"start_s": 0}), (C, "twee", {"start_s": 30})], 2),
    ("patience_med", CALL, 0),  # after the customer: −½ and −2, both an overlap
    ("patience_med", _timed((C, 0, 1), (S, 3, 4), (C, 5, 6), (S, 10, 12)), 3),
    ("patience_med", _timed((S, 0, 1), (C, 3, 4)), NAN),
    ("patience_med", FLOOR, NAN),
    ("interrupt_s_rate", CALL, 100 / 3),
    ("interrupt_s_rate", _timed((S, 0, 1), (C, 3, 4)), 0),
    ("interrupt_s_rate", [(S, "een", {"start_s": 0}), (C, "twee", {"start_s": 30})], NAN),
    ("silence_after_q", CALL, 1),
    ("silence_after_q", _timed((S, 0, 1, ASK), (C, 2, 3), (S, 4, 5, ASK), (C, 9, 10)), 0.5),
    ("silence_after_q", _timed((S, 0, 1), (C, 2, 3)), NAN),
    ("silence_after_q", [(S, "Vraag?", ASK), (C, "Ja.")], NAN),
    # asks anew, gives a discount, or answers; a backchannel or the customer's own turn is no rescue
    ("rescue_count", [(S, "Wat vindt u?", ASK), (S, "Ik bedoel: bevalt het?", ASK), (C, "Ja.")], 1),
    ("rescue_count", [(S, "Wat vindt u?", ASK), (S, "Ik geef korting.", {"cues": ["discount"]})], 1),
    ("rescue_count", [(S, "Wat vindt u?", ASK), (S, "Hm."), (C, "Mooi.")], 0),
    ("rescue_count", [(S, "Wat vindt u?", ASK), (C, "Mooi."), (S, "Hoezo?", ASK)], 0),
    ("rescue_count", [(C, "Wat?", ASK)], NAN),
    (
        "challenge_count",
        [(S, "Zo verliest u geld. Elke dag.", {"cues": [("confront", 1, 0), ("confront", 1, 1)]})],
        2,
    ),
    ("challenge_count", [(C, "U hebt een probleem.", {"cues": ["confront"]})], NAN),
    ("challenge_count", [(S, "Tja.", {"cues": [("confront", 0.3)]})], 0),
    ("dq_role_conf", [(S, "een twee drie"), ("unknown", "vier"), ("other", "vijf")], 0.8),
    ("dq_role_conf", [(None, "een twee")], 0),
    ("dq_timestamps", [*_timed((S, 0, 5)), (C, "Zonder tijd.")], 0.5),
    ("dq_words", FLOOR, 13),
    ("dq_nl_share", [(S, "Dag.", {"language": "nl"}), (C, "Hello.", {"language": "en"}), (S, "Hm.")], 0.5),
    ("dq_nl_share", FLOOR, NAN),
    ("dq_lex_cover", [(S, "Wie?", ASK | {"spin": "situation"}), (S, "Wat?", ASK)], 0.5),
    ("dq_lex_cover", [(S, "Dag.")], NAN),
    ("silence_c_breaks", CALL, 1),
    (
        "silence_c_breaks",
        _timed((S, 0, 1, ASK), (S, 5, 6), (C, 6, 7), (S, 7, 8, ASK), (C, 11, 12)),
        0.5,
    ),
    ("silence_c_breaks", _timed((S, 0, 1, ASK), (C, 2, 3)), NAN),
    # a question right after the objection; after the hedge it comes three turns later
    (
        "extra_q_after_resist",
        [
            OBJECTS,
            (S, "Hoezo?", ASK),
            (C, "Misschien.", {"cues": ["hedge"]}),
            (S, "Goed."),
            (C, "Ja."),
            (S, "Wat?", ASK),
        ],
        0.5,
    ),
    ("extra_q_after_resist", [OBJECTS, (C, "Echt."), (S, "Hoezo?", ASK)], 1),
    ("extra_q_after_resist", [(C, "Ik denk het.", {"cues": [("hedge", 0.3)]}), (S, "Wat?", ASK)], NAN),
    # two confrontations × 50 hedges per 100 customer turns
    ("challenge_x_hedge", [CONFRONTS, CONFRONTS, (C, "Misschien.", {"cues": ["hedge"]}), (C, "Ja.")], 100),
    ("challenge_x_hedge", [CONFRONTS, (C, "Ja.")], 0),
    ("challenge_x_hedge", [CONFRONTS], NAN),
    ("problem_owned", [CONFRONTS, (C, "Hm."), (S, "Ja."), (C, "Tja."), ADMITS], 1),
    ("problem_owned", [CONFRONTS, ADMITS, CONFRONTS, (C, "Nee.")], 0.5),
    ("problem_owned", [CONFRONTS, *[(C, "Hm.")] * 4, ADMITS], 0),
    ("problem_owned", [ADMITS, (S, "O.")], NAN),
    ("monologue_s_max", [(C, "Dag.")], NAN),
]
