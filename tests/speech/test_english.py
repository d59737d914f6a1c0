"""English talk: questions without question marks, SPIN, push and pull, acts, requests, answers and notes."""

import re

import pandas as pd
import pytest

from salesinsight.speech import tag_notes, tag_turns

OPEN = [
    "what do you use for planning today",
    "okay great so how many people work on that every week",
    "and who signs off on a purchase like this",
    "how did you end up with three different suppliers",
    "why is that",
    "tell me a bit about how the month end works",
    "walk me through the last order that went wrong",
    "right what's the main reason you started looking",
]
CLOSED = [
    "are you still on the old contract",
    "so does your finance team have to approve it",
    "alright and have you looked at anyone else",
    "is everything clear so far",
    "would a shorter term make it easier",
    "you run two warehouses don't you",
    "doesn't that worry your production people",
    "the training is that included in the fee",
]
ALTERNATIVE = [
    "do you buy those or do you lease them",
    "would you prefer Monday or Thursday",
    "is it per user or per site",
]
INDIRECT = [
    "i was wondering how you handle returns at the moment",
    "could you tell me what the delay costs",
    "i'd like to understand who else looks at this",
    "do you happen to know when the licence ends",
]
STATEMENTS = [
    "we use what we have and that works fine",
    "when you do it by hand it takes a week",
    "if you can you should see the plant once",
    "what we do is we type it all in again",
    "they like the dashboard and so do we",
    "that's right we moved in March",
    "the problem is that the invoices are late",
    "have a great weekend",
    "which is why we wanted something simpler",
    "no matter how often we ask they never answer",
    "it depends on what is left at the end of the year",
    "I know what you mean",
]
SPIN = {
    "situation": ["which system do you use for quotes today", "how many sites do you have in Wales"],
    "problem": ["how happy are you with the current supplier", "where does it go wrong most often"],
    "implication": ["what does that cost you every month", "and what happens if a driver calls in sick"],
    "need_payoff": [
        "what would it mean for the team if that were gone",
        "how would that help you in the audit",
    ],
}
PUSH_PULL = {
    "push": [
        "most of our clients lose a day on that, do you recognise that?",
        "wouldn't you like to have it all in one place?",
        "would our platform be a solution for you?",
    ],
    "pull": [
        "what have you already tried to solve it",
        "how long have you been looking for something else",
        "how did this project come about",
    ],
}
ACTS = {
    "action_request": [
        "shall we put half an hour in the diary for Thursday",
        "could you put it to your management team this month",
        "would you be willing to run a small pilot",
        "can I put you down for ten licences",
        "what would you say to a visit to our plant",
        "just sign here and we start on Monday",
    ],
    "commitment": [
        "great, let's do it",
        "I'll send you the figures before Friday",
        "we'd like to go ahead with the larger package",
        "Thursday at ten works for me",
        "send me the contract",
    ],
    "stall": [
        "I want to sleep on it first",
        "we'll get back to you after the summer",
        "it's not really a priority right now",
        "just send me some information",
        "maybe next quarter",
    ],
    "refusal": [
        "we're not interested thank you",
        "we've decided to go with another supplier, so that's a no",
        "I'll pass",
        "please take me off your list",
    ],
    "objection": [
        "that is far too expensive for us",
        "we already have a supplier for that",
        "I'm not convinced it fits the way we work",
        "we don't have the budget",
    ],
    "buying_signal": [
        "how soon could you deliver the first batch",
        "what are your payment terms",
        "that is exactly what we need",
        "can we pay monthly",
    ],
    "gatekeeper": [
        "that isn't my decision I'm afraid",
        "my director has to sign off on that",
        "you'd need to talk to our buyer",
        "it has to go through procurement",
    ],
    "decision_maker_probe": [
        "who else is involved in the decision",
        "who signs the contract in the end",
        "do you need anyone's approval for this",
        "how are decisions like this made",
    ],
}
KINDS = {
    "information": "could you send me the figures of last year",
    "meeting": "shall we book a call for Tuesday",
    "visit": "would you like to come to our open day",
    "trial": "would you be open to a trial with one team",
    "internal_discussion": "could you put it to your management team",
    "introduction": "could you introduce me to your director",
    "quote": "shall I send you a quote this week",
    "signature": "are you ready to sign the contract",
}
ANSWERS = {
    "accept": ["yes that works", "sure, happy to", "Thursday is fine", "I'll ask her on Monday"],
    "vague": [
        "maybe, I'll have to see",
        "let me think about it",
        "I'm not sure yet",
        "call me back in spring",
    ],
    "refuse": ["no thanks", "I'd rather not", "that's not possible", "we're not interested"],
}


def tag(text, role=None):
    turns = pd.DataFrame({"text": [text] if isinstance(text, str) else text})
    return tag_turns(turns if role is None else turns.assign(role=role), language="en")


def cases(by_name):
    return [(name, text) for name, texts in by_name.items() for text in texts]


@pytest.mark.parametrize("text", OPEN + CLOSED + ALTERNATIVE + INDIRECT)
def test_a_question_is_found_without_its_mark(text):
    assert tag(text)["is_question"].all()


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_is_no_question(text):
    assert not tag(text)["is_question"].any()


@pytest.mark.parametrize(
    ("form", "text"), cases({"open": OPEN, "closed": CLOSED, "alternative": ALTERNATIVE})
)
def test_the_form_of_a_question(form, text):
    assert tag(text)["question_form"].item() == form


def test_capitals_and_punctuation_make_no_difference():
    texts = OPEN + CLOSED
    written = [text[0].upper() + text[1:] + "?" for text in texts]
    shouted = [re.sub(r"[^\w\s]", "", text).upper() for text in texts]
    assert tag(written)["is_question"].all()
    assert tag(shouted)["is_question"].all()


@pytest.mark.parametrize("text", INDIRECT)
def test_an_indirect_question(text):
    assert tag(text)["is_indirect"].all()


def test_flags_of_questions():
    tags = tag(
        [
            "you want to grow don't you",
            "wouldn't you agree that it is slow",
            "they never call back but who cares",
            "which tool do you use",
        ]
    )
    assert tags["is_tag"].to_list()[0] and not tags["is_tag"].to_list()[3]
    assert tags["is_leading"].to_list()[1] and not tags["is_leading"].to_list()[3]
    assert not tags["is_rhetorical"].to_list()[3]


@pytest.mark.parametrize(("kind", "text"), cases(SPIN))
def test_spin(kind, text):
    assert tag(text, "seller")["spin"].item() == kind


@pytest.mark.parametrize(("kind", "text"), cases(PUSH_PULL))
def test_push_and_pull(kind, text):
    assert tag(text, "seller")["push_pull"].item() == kind


@pytest.mark.parametrize(("act", "text"), cases(ACTS))
def test_speech_acts(act, text):
    role = "seller" if act in ("action_request", "decision_maker_probe") else "customer"
    assert tag(text, role)[f"act_{act}_p"].item() >= 0.5


def test_an_act_counts_for_its_own_side_only():
    assert tag("I'll pass", "seller")["act_refusal_p"].item() == 0
    assert tag("shall we book a call for Tuesday", "customer")["act_action_request_p"].item() == 0


def test_a_negation_undoes_an_objection_and_a_commitment():
    said = ["it is too expensive", "it is not too expensive", "we'll go ahead", "we won't go ahead"]
    tags = tag(said, "customer")
    objection, commitment = tags["act_objection_p"].to_list(), tags["act_commitment_p"].to_list()
    assert objection[0] > 0.8 and objection[1] < objection[0] - 0.2
    assert commitment[2] > 0.8 and commitment[3] < 0.5


def test_passing_it_on_is_a_step_only_with_an_own_opinion_and_a_date():
    step, deflection = (
        "I'm convinced it fits, and I'll put it to my management team on Monday",
        "I'll put it to my management team",
    )
    tags = tag([step, deflection], "customer")
    assert tags["act"].to_list()[0] == "commitment"
    assert tags["act_stall_p"].to_list()[1] >= 0.5
    assert tags["act_gatekeeper_p"].to_list()[1] >= 0.5


@pytest.mark.parametrize(("kind", "text"), list(KINDS.items()))
def test_kinds_of_request(kind, text):
    assert tag(text, "seller")["request_kind"].item() == kind


@pytest.mark.parametrize(("answer", "text"), cases(ANSWERS))
def test_answers(answer, text):
    turns = pd.DataFrame(
        {
            "conversation_id": "c1",
            "turn": [0, 1],
            "role": ["seller", "customer"],
            "text": ["shall we book a call for Thursday", text],
        }
    )
    tags = tag_turns(turns, language="en")
    assert tags["answer"].to_list()[1] == answer
    assert tags["answers_turn"].to_list()[1] == 0


def test_the_phase_of_the_buyer():
    tags = tag(
        [
            "we struggle with returns and we are looking around",
            "can it connect to our own system and what about integration",
            "the price is over our budget and what is the notice period",
        ],
        "customer",
    )
    assert tags["phase"].to_list() == [1, 2, 3]


def test_hedges_add_up():
    tags = tag(["we will do it", "maybe we will do it", "maybe, I'm not sure, we might do it"], "customer")
    assert tags["hedge_p"].is_monotonic_increasing and tags["hedge_p"].iloc[0] == 0


def test_notes_of_the_seller():
    notes = {
        "order": "Contract signed, starts in May.",
        "advance": "Demo booked with the CFO on Thursday.",
        "continuation": "Good conversation, nice people, will send a brochure.",
        "no_sale": "Clear no, they went with another supplier.",
    }
    talks = pd.DataFrame({"conversation_id": list(notes), "note": list(notes.values())})
    tags = tag_notes(talks, language="en")
    assert tags["outcome"].to_list() == list(notes)
    assert tags["good_talk"].to_list() == [False, False, True, False]
