import numpy as np
import pandas as pd
import pytest

from salesinsight.features import feature_catalog
from salesinsight.language import words
from salesinsight.modeling.moves import (
    AGREED,
    CONFIRM,
    DEFAULT,
    FACTS,
    RULES,
    article_of,
    fired_rules,
    next_move,
)
from salesinsight.modeling.reasons import rule_reasons


def moves_of(days=5.0, talk="c1", **values):
    X = pd.DataFrame({name: [float(value)] for name, value in values.items()})
    X = X if len(X) else pd.DataFrame(index=[0])
    info = pd.DataFrame(
        {"days_since_customer_step": [days], "conversation_id": pd.array([talk], dtype="string")},
        index=X.index,
    )
    [fired] = fired_rules(X, info)
    return [rule.move for rule in fired]


def troubles_of(**facts):
    """Moves of rules that speak of trouble."""
    return [move for move in moves_of(**facts) if move != CONFIRM.move]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"authority_ref_count": 2}, "decision_maker"),
        ({"authority_ref_count": 2, "request_any": 0}, "decision_maker"),
        ({"request_nagging_count": 1, "request_any": 1}, "stop_nagging"),
        ({"days": 45.0}, "fetch_answer"),
        ({"quote_before_need": 1}, "back_to_need"),
        ({"offer_before_need": 1, "need_explicit_count": 0}, "back_to_need"),
        ({"continuations_run": 1, "next_dated": 0}, "one_question_more"),
        ({"note_goed_gesprek": 1}, "one_question_more"),
        ({"request_any": 0}, "ask_step"),
        ({"request_any": 1, "answer_vague_share": 0.5}, "make_concrete"),
        ({"defer_count": 2}, "name_doubt"),
        ({"dontknow_count": 1}, "name_doubt"),
        ({"answer_accept_share": 1, "next_dated": 0}, "pin_date"),
        ({"talk": None}, "plan_talk"),
        ({"request_phase_gap": 2}, "smaller_step"),
        ({"crm_mails_out_count": 2, "request_written_share": 0}, "ask_in_writing"),
        ({"push_q_share": 0.6, "question_s_count": 3}, "ask_openly"),
    ],
)
def test_each_rule_speaks_when_it_should(facts, expected):
    assert moves_of(**facts)[0] == expected


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"authority_ref_count": 2, "authority_asked": 1},
        {"authority_ref_count": 2, "authority_present": 1},
        {"authority_ref_count": np.nan},
        {"offer_before_need": 1, "need_explicit_count": 2},
        {"request_any": np.nan, "next_dated": np.nan, "answer_accept_share": 1},
        {"answer_accept_share": 1, "next_dated": 1},
        {"days": np.nan},
        {"authority_ref_count": 2, "authority_introduced": 1},
        {"authority_ref_count": 2, "authority_contact": 1},
        {"crm_mails_out_count": 0, "request_written_share": 0},
        {"crm_mails_out_count": 2},
        {"push_q_share": 1, "question_s_count": 1},
        {"talk": None, "crm_meeting_booked": 1},
        {"answer_accept_share": 1, "next_dated": 0, "crm_meeting_booked": 1},
    ],
)
def test_no_rule_speaks_without_cause(facts):
    assert troubles_of(**facts) == []


@pytest.mark.parametrize(
    "agreed",
    [
        {"answer_accept_share": 1, "next_dated": 1},
        {"next_c_owned": 1, "next_dated": 0},
        {"authority_introduced": 1},
        {"crm_meeting_booked": 1, "crm_days_since_conversation": 90},
        {"next_c_owned": 1, "crm_days_since_conversation": 20, "request_any": 0},
    ],
)
def test_a_step_is_confirmed_only_when_one_was_promised(agreed):
    assert moves_of(**agreed) == [CONFIRM.move]
    nothing = {
        name: 0 if name in (*AGREED, "crm_meeting_booked") else value for name, value in agreed.items()
    }
    assert CONFIRM.move not in moves_of(**nothing)
    unknown = {name: np.nan if name in (*AGREED, "crm_meeting_booked") else 3 for name in agreed}
    assert moves_of(**unknown) == []
    assert next_move([]) == DEFAULT


def test_a_promise_of_long_ago_is_not_confirmed():
    promised = {"next_c_owned": 1, "next_dated": 1}
    assert moves_of(**promised, crm_days_since_conversation=29) == [CONFIRM.move]
    assert moves_of(**promised, crm_days_since_conversation=31) == []


def test_what_was_agreed_is_no_reason_to_expect_a_stall():
    assert rule_reasons([CONFIRM], "nl") == []
    assert len(rule_reasons([RULES[0], RULES[1]], "nl")) == 2


ASKED_AGAIN = {
    "stop_nagging": {"request_nagging_count": 1},
    "smaller_step": {"request_phase_gap": 2},
    "fetch_answer": {"days": 45.0},
    "one_question_more": {"note_goed_gesprek": 1},
    "ask_step": {"request_any": 0},
    "make_concrete": {"answer_vague_share": 0.5},
    "name_doubt": {"defer_count": 1},
}


@pytest.mark.parametrize("agreed", [*AGREED, "crm_meeting_booked"])
@pytest.mark.parametrize("move", ASKED_AGAIN)
def test_what_was_just_agreed_is_not_asked_again(move, agreed):
    facts = ASKED_AGAIN[move] | {"crm_days_since_conversation": 6}
    assert move in moves_of(**facts)
    assert move not in moves_of(**facts, **{agreed: 1})


def test_an_agreement_without_a_sequel_grows_old():
    agreed = {"answer_accept_share": 1, "next_dated": 1, "days": 45.0}
    assert moves_of(**agreed, crm_days_since_conversation=20) == [CONFIRM.move]
    assert moves_of(**agreed, crm_days_since_conversation=45) == ["fetch_answer"]


def test_a_move_is_named_once():
    assert moves_of(defer_count=1, dontknow_count=1) == ["name_doubt"]


def test_the_models_reasons_go_before_the_order_of_the_rules():
    rules = [rule for rule in RULES if rule.move in ("stop_nagging", "name_doubt")]
    assert next_move(rules) == "stop_nagging"
    assert next_move(rules, {"hedge"}) == "name_doubt"
    assert next_move(rules, {"phase"}) == "stop_nagging"


def test_rules_look_at_features_that_exist():
    known = set(feature_catalog()["name"]) | set(FACTS)
    used = {name for rule in RULES for name, _ in (*rule.more, *rule.not_more, *rule.at_most)}
    assert used <= known
    assert {rule.family for rule in RULES} <= set(feature_catalog()["family"])
    of_talks = feature_catalog().query("stage == 'conversation'")["name"]
    assert {rule.shown_by for rule in (*RULES, CONFIRM) if rule.shown_by} <= set(of_talks)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_move_has_its_words(language):
    say = words(language)
    for move in {*(rule.move for rule in RULES), CONFIRM.move, DEFAULT}:
        assert say(f"moves.{move}.title")
        assert say(f"moves.{move}.reason").endswith(".")
        assert "?" in say(f"moves.{move}.text")
        assert move in (DEFAULT, CONFIRM.move) or say(f"moves.article.{article_of(move)}")
    promised = {"afgesproken", "bevestig", "confirm", "agreed"}
    assert not promised & set(say(f"moves.{DEFAULT}.title").lower().split())


def test_dutch_moves_are_polite():
    for text in words("nl").section("moves").values():
        assert not {"je", "jij", "jouw", "jullie"} & set(text.lower().replace("'", " ").split())
