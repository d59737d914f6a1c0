"""Answers to requests: who answers whom, and how."""

import pandas as pd

from salesinsight.speech import tag_turns

REQUEST = ("seller", "Zullen we dinsdag een afspraak inplannen?")


def talk(*said: tuple[str, str | None], **columns) -> pd.DataFrame:
    turns = pd.DataFrame(said, columns=["role", "text"])
    return turns.assign(**{"conversation_id": "c1", "turn": range(len(turns))} | columns)


def answers(turns: pd.DataFrame) -> list[tuple[int, str]]:
    tagged = tag_turns(turns).dropna(subset="answer")
    assert tagged["answers_turn"].notna().all()
    return list(zip(tagged["answers_turn"], tagged["answer"], strict=True))


def test_the_three_answers():
    assert answers(talk(REQUEST, ("customer", "Ja, dat is goed."))) == [(0, "accept")]
    assert answers(talk(REQUEST, ("customer", "Daar moet ik nog over nadenken."))) == [(0, "vague")]
    assert answers(talk(REQUEST, ("customer", "Nee, liever niet."))) == [(0, "refuse")]


def test_an_answer_may_come_after_one_more_turn_of_the_seller():
    between = ("seller", "Dat duurt een half uur.")
    assert answers(talk(REQUEST, between, ("customer", "Ja, dat is goed."))) == [(0, "accept")]
    assert answers(talk(REQUEST, between, between, ("customer", "Prima."))) == []


def test_only_the_first_customer_turn_answers():
    assert answers(talk(REQUEST, ("customer", "Hm."), ("customer", "Ja, dat is goed."))) == []


def test_the_nearest_request_is_answered():
    other = ("seller", "Of zal ik u de offerte mailen?")
    assert answers(talk(REQUEST, other, ("customer", "Doe dat maar, graag."))) == [(1, "accept")]


def test_words_that_answer_nothing_are_no_answer():
    assert answers(talk(("seller", "Wij zitten in Gent."), ("customer", "Ja, dat is goed."))) == []
    assert answers(talk(REQUEST, ("customer", "Hm."))) == []


def test_an_answer_stays_in_its_conversation():
    turns = talk(REQUEST, ("customer", "Ja, dat is goed."))
    assert answers(turns.assign(conversation_id=["c1", "c2"])) == []


def test_turn_numbers_give_the_order_and_the_name_of_the_request():
    turns = talk(REQUEST, ("customer", "Ja, dat is goed."), turn=[7, 8])
    assert answers(turns) == [(7, "accept")]
    assert answers(turns.iloc[::-1]) == [(7, "accept")]
    assert answers(turns.assign(turn=[8, 7])) == []


def test_without_numbers_the_order_of_the_rows_counts():
    turns = talk(REQUEST, ("customer", "Ja, dat is goed.")).drop(columns=["turn", "conversation_id"])
    assert answers(turns) == [(0, "accept")]


def test_without_roles_there_are_no_answers():
    turns = talk(REQUEST, ("customer", "Ja, dat is goed."))
    assert answers(turns.drop(columns="role")) == []
    assert answers(turns.assign(role="unknown")) == []
