"""Questions, SPIN, push and pull, who leads: each feature on a conversation worked out by hand."""

import numpy as np

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


def _asking_at(*places):
    """Ten turns of one word, two in each fifth of the conversation; those at these places ask."""
    return [(S, "Vraag?", OPEN) if place in places else (C, "Nee.") for place in range(10)]


TROUBLE = (C, "Het loopt elke week vast.", {"cues": ["need_implied"]})
OFFERS = {"cues": [("pitch", 1, 0), ("pitch", 1, 1)]}
HOURS = (C, "Tien uur per week.", {"cues": ["quantity"]})
WHY = (C, "Omdat het bord dan niet klopt.", {"cues": ["reason"]})

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
    (
        "question_followup_share",
        [(S, "Wat?", OPEN), (C, "Drie stuks."), (S, "Waarom?", OPEN), (C, "Zomaar.")],
        0.5,
    ),
    (
        "question_followup_share",
        [(S, "Dag."), (C, "Te duur.", {"acts": ["objection"]}), (S, "Hoezo?", OPEN)],
        1,
    ),
    (
        "question_followup_share",
        [
            (S, "Wat?", OPEN),
            (C, "Drie stuks."),
            (S, "Zullen we dat doen?", CLOSED | {"acts": ["action_request"]}),
        ],
        0,
    ),
    (
        "question_followup_share",
        [(S, "Ja?", CLOSED), (C, "Ja.", {"cues": ["assent"]}), (S, "Wat?", OPEN)],
        NAN,
    ),
    ("question_followup_share", [(S, "Vraag?", OPEN)], NAN),
    # two in one fifth, in two fifths, one in each fifth; two and one: (ln 3 − ⅔ ln 2) ÷ ln 3
    ("question_spread", _asking_at(0, 1), 0),
    ("question_spread", _asking_at(0, 2), 1),
    ("question_spread", _asking_at(1, 3, 5, 7, 9), 1),
    ("question_spread", _asking_at(0, 1, 2), 0.57938),
    # six questions at most 2, 1, 1, 1, 1: -(2/6 ln 2/6 + 4/6 ln 1/6) = 1.56071
    ("question_spread", _asking_at(0, 1, 2, 4, 6, 8), 1),
    ("question_spread", _asking_at(0, 1, 2, 3, 4, 5), 0.70392),  # 2, 2, 2: ln 3 ÷ 1.56071
    ("question_spread", _asking_at(4), NAN),
    # eight words after the question mark; the other question is left to the customer
    (
        "question_self_answered",
        [
            (S, "Wat kost u dat? Dat is al gauw een dag per week.", OPEN),
            (C, "Ja."),
            (S, "Wie plant er?", OPEN),
        ],
        0.5,
    ),
    ("question_self_answered", [(S, "Wie plant er", OPEN), (S, "Dat doet u zelf natuurlijk.")], 1),
    ("question_self_answered", [(S, "Wie plant er", OPEN), (S, "Nou ja."), (C, "Ik.")], 0),
    # four words after the mark: a greeting
    ("question_self_answered", [(S, "Spreek ik met Gijs? Met Vera van Voorbeeld.", CLOSED), (C, "Ja.")], 0),
    ("question_self_answered", [(S, "Wie plant er", OPEN), (S, "Wie doet dat bij u?", OPEN)], 0),
    ("question_self_answered", [(S, "Dag."), (C, "Wat? Ik weet het niet hoor.", OPEN)], NAN),
    ("need_conversion", [NEED, TROUBLE], 0.75),  # 1½ ÷ 2
    ("need_conversion", [NEED, NEED, TROUBLE, TROUBLE, TROUBLE], 0.625),  # 2½ ÷ 4
    ("need_conversion", [(S, "Dag."), (C, "Dag.")], 0.5),
    ("need_conversion", [OFFER], NAN),
    ("spin_s", [(S, "Wie beslist er?", OPEN | {"spin": "situation", "acts": ["decision_maker_probe"]})], 0),
    ("spin_s", [(S, "Komt u?", OPEN | {"spin": "situation", "acts": ["action_request"]})], 0),
    ("spin_s", [(S, "Hoe dan?", OPEN | {"spin": "situation", "spin_p": 0.4})], 0),
    ("spin_s", [(S, "Hoe dan?", OPEN | {"spin": "situation", "spin_p": 0.6})], 1),
    ("need_quantified", [(S, "Vraag?", OPEN | {"spin": "problem"}), HOURS], 1),
    ("need_quantified", [(S, "Vraag?", OPEN | {"spin": "implication"}), (C, "Ja."), HOURS], 1),
    ("need_quantified", [(S, "Vraag?", OPEN | {"spin": "problem"}), (C, "Ja."), (S, "O."), HOURS], 0),
    ("need_quantified", [(S, "Vraag?", OPEN | {"spin": "situation"}), HOURS], 0),
    ("need_quantified", [HOURS], NAN),
    # one reason in two customer turns; the third comes too late
    (
        "self_explain_rate",
        [(S, "Vraag?", OPEN | {"spin": "need_payoff"}), WHY, (C, "Ja."), WHY],
        50,
    ),
    ("self_explain_rate", [(S, "Vraag?", OPEN | {"spin": "implication"}), (C, "Ja.")], 0),
    ("self_explain_rate", [(S, "Vraag?", OPEN | {"spin": "situation"}), WHY], NAN),
    ("pitch_len_max", [(S, "een twee drie vier", OFFERS), (C, "vijf zes"), (S, "zeven", OFFERS)], 4),
    # two turns on end are one stretch; a story with a question in it, or with one sentence, is no pitch
    (
        "pitch_len_max",
        [(S, "een twee", {"cues": ["pitch"]}), (S, "drie", {"cues": ["pitch"]}), (C, "vier")],
        3,
    ),
    ("pitch_len_max", [(S, "een twee drie", OFFERS | {"is_question": True}), (C, "vier")], 0),
    ("pitch_len_max", [(S, "een twee drie", {"cues": ["pitch"]}), (C, "vier")], 0),
    ("pitch_len_max", [(C, "een")], NAN),
    # "planning" comes back in one of two replies; a short word and a function word say nothing
    (
        "mirror_rate",
        [
            (C, "Onze planning loopt vast."),
            (S, "Wat is er met die Planning?"),
            (C, "Alles."),
            (S, "Goed, die planning dus."),
        ],
        50,
    ),
    ("mirror_rate", [(C, "Vast en misschien."), (S, "Misschien vast.")], 0),
    ("mirror_rate", [(S, "Onze planning."), (C, "Onze planning.")], NAN),
    (
        "question_c_process",
        [
            (C, "Wat kost het?", {"is_question": True, "phase": 3}),
            (C, "Wanneer kan ik beginnen?", {"is_question": True, "acts": ["buying_signal"]}),
            (C, "Hoe werkt het?", {"is_question": True, "phase": 2}),
            (C, "Dat is duur.", {"phase": 3}),
            (S, "Wat mag het kosten?", {"is_question": True, "phase": 3}),
        ],
        2,
    ),
    ("question_c_process", [(S, "Vraag?", OPEN)], NAN),
    *((name, [(S, "Dag."), (C, "Dag.")], NAN) for name in ("spin_s", "spin_p", "spin_i", "push_q_share")),
]
