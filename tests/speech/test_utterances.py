"""Labelled utterances: how they are read, what can be told of which, and that the packs' own are in order."""

import numpy as np
import pandas as pd
import pytest

from salesinsight.language import languages, load_pack
from salesinsight.schema import (
    ACTS,
    ANSWERS,
    OUTCOMES,
    QUESTION_FORMS,
    REQUEST_KINDS,
    SELLER_ACTS,
    SPIN_TYPES,
)
from salesinsight.speech.utterances import (
    LABELS,
    holds,
    loose_utterances,
    read_examples,
    read_outcomes,
    read_utterances,
)

HEADER = "previous,text,role,question,form,flags,spin,push_pull,acts,request_kind,answer\n"
KNOWN = {
    "question": {"yes", "no"},
    "form": set(QUESTION_FORMS),
    "flags": {"leading", "tag", "indirect", "rhetorical"},
    "spin": set(SPIN_TYPES),
    "push_pull": {"push", "pull"},
    "acts": set(ACTS),
    "request_kind": set(REQUEST_KINDS),
    "answer": set(ANSWERS),
}


@pytest.fixture(params=languages())
def turns(request) -> pd.DataFrame:
    return read_utterances(load_pack(request.param))


def loose(folder, *rows: str) -> pd.DataFrame:
    path = folder / "own.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    return loose_utterances(path)


def test_what_was_said_before_is_a_turn_of_the_other_side(tmp_path):
    turns = loose(
        tmp_path, "Belt u dinsdag?,Ja doe maar,customer,no,,,,,commitment,,accept", ",Prima,seller,no,,,,,,,"
    )
    assert turns["conversation_id"].to_list() == ["own:0", "own:0", "own:1"]
    assert turns["text"].to_list() == ["Belt u dinsdag?", "Ja doe maar", "Prima"]
    assert turns["role"].to_list() == ["seller", "customer", "seller"]
    assert turns["labelled"].to_list() == [False, True, True]
    assert turns["source"].unique().tolist() == ["own"]
    assert turns.loc[0, list(LABELS)].eq("").all()


def test_what_can_be_told_of_which_rows(tmp_path):
    turns = loose(
        tmp_path,
        "Dag,Hoe regelt u dat?,seller,yes,open,,situation,pull,,,",
        ",Wat kost dat?,customer,yes,open,,,,,,",
        ",Zullen we dinsdag afspreken?,seller,yes,closed,,,,action_request,meeting,",
        "Zullen we afspreken?,Nee te duur,customer,no,,,,,refusal|objection,,refuse",
    )
    told = holds(turns)
    said = turns["text"].to_numpy()

    def rows(output: str) -> tuple[list[str], list[str]]:
        true, where = told[output]
        return said[true & where].tolist(), said[where].tolist()

    questions = ["Hoe regelt u dat?", "Wat kost dat?", "Zullen we dinsdag afspreken?"]
    assert rows("question") == (questions, [*questions, "Nee te duur"])
    assert rows("form_open") == (questions[:2], questions)
    sellers = [questions[0], questions[2]]
    assert rows("spin_situation") == (questions[:1], sellers)
    assert rows("pull") == (questions[:1], sellers)
    assert rows("action_request") == (questions[2:], sellers)
    assert rows("objection") == (["Nee te duur"], ["Wat kost dat?", "Nee te duur"])
    assert rows("refusal") == rows("objection")
    assert rows("request_meeting") == (questions[2:], questions[2:])
    assert rows("answer_refuse") == (["Nee te duur"], ["Nee te duur"])


def test_files_without_sales_talk_teach_nothing_about_acts(tmp_path):
    sales = loose(
        tmp_path,
        ",Hoe regelt u dat?,seller,yes,open,,situation,pull,,,",
        ",Te duur,customer,no,,,,,objection,,",
    )
    chat = loose(
        tmp_path, ",Hoe was de vakantie?,seller,yes,open,,,,,,", ",Te duur,customer,no,,,,,,,"
    ).assign(source="chat")
    both = pd.concat([sales, chat], ignore_index=True)
    told = holds(both)
    assert both["source"][told["objection"][1]].unique().tolist() == ["own"]
    assert both["source"][told["spin_situation"][1]].unique().tolist() == ["own"]
    assert set(both["source"][told["question"][1]]) == {"own", "chat"}


@pytest.mark.parametrize("language", languages())
def test_examples_of_cues_show_what_they_match_and_what_not(language):
    pack = load_pack(language)
    examples = read_examples(pack)
    assert not examples.duplicated(["shows", "text", "role", "holds"]).any()
    stall = examples[examples["shows"] == "stall"]
    assert stall["holds"].any() and (~stall["holds"]).any()
    row = pack.cues.filter((pack.cues["label"] == "statement") & (pack.cues["weight"] >= 0.6)).row(
        0, named=True
    )
    of = examples[examples["shows"] == "question"].set_index("text")["holds"]
    assert not np.any(of[row["matches"]])  # a statement asks nothing
    forms = {f"form_{form}" for form in QUESTION_FORMS}
    assert forms <= set(examples["shows"]) and "question_open" not in set(examples["shows"])


def test_the_packs_own_labels_are_known_ones(turns):
    labelled = turns[turns["labelled"]]
    for column, known in KNOWN.items():
        used = set(labelled[column].str.split("|").explode()) - {""}
        assert used <= known, column
    assert labelled["question"].isin(["yes", "no"]).all()
    assert turns["role"].isin(["seller", "customer"]).all()
    assert turns["text"].str.strip().ne("").all()


def test_labels_of_questions_stand_at_questions(turns):
    labelled = turns[turns["labelled"]]
    asks = labelled["question"] == "yes"
    for column in ("form", "flags", "spin", "push_pull"):
        assert labelled.loc[~asks, column].eq("").all(), column
    assert labelled.loc[asks, "form"].ne("").all()
    of_seller = labelled["spin"].ne("") | labelled["push_pull"].ne("")
    assert labelled.loc[of_seller, "role"].eq("seller").all()
    requests = labelled["acts"].str.contains("action_request")
    assert labelled.loc[labelled["request_kind"].ne(""), "acts"].str.contains("action_request").all()
    assert labelled.loc[requests, "request_kind"].ne("").all()
    acts = labelled["acts"].str.split("|").explode()
    side = acts.map(lambda act: "seller" if act in SELLER_ACTS else "customer")
    wrong = labelled.loc[acts[(acts != "") & (side != labelled["role"].reindex(acts.index))].index, "text"]
    assert wrong.to_list() == []


def test_there_are_enough_of_every_label(turns):
    """Each form, SPIN type, push, pull and act at least 150 times, as was asked."""
    labelled = turns[turns["labelled"]]
    for column in ("form", "spin", "push_pull", "acts"):
        times = labelled[column].str.split("|").explode().value_counts()
        few = {
            label: int(times.get(label, 0)) for label in sorted(KNOWN[column]) if times.get(label, 0) < 150
        }
        assert few == {}, column


@pytest.mark.parametrize("language", languages())
def test_conversations_end_in_known_ways(language):
    pack = load_pack(language)
    outcomes = read_outcomes(pack)
    assert set(outcomes["outcome"]) <= set(OUTCOMES) and set(outcomes["good_talk"]) <= {"yes", "no"}
    assert outcomes["conversation_id"].is_unique
    assert set(outcomes["conversation_id"]) <= set(read_utterances(pack)["conversation_id"])
    bought = outcomes["outcome"].isin(["order", "advance"])
    assert outcomes.loc[bought, "good_talk"].eq("no").all()
