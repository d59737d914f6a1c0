"""The tagged table: its columns and types, what stays as it was, and the words behind it."""

import pandas as pd
import pytest

import salesinsight.speech.tagging as tagging
from salesinsight.errors import MissingColumns, UnknownName
from salesinsight.schema import ACTS, ANSWERS, QUESTION_FORMS, REQUEST_KINDS, SPIN_TYPES
from salesinsight.speech import evidence, tag_turns

NAMES = {
    "question_form": QUESTION_FORMS,
    "spin": SPIN_TYPES,
    "push_pull": ("push", "pull"),
    "act": ACTS,
    "acts": None,
    "request_kind": REQUEST_KINDS,
    "answer": ANSWERS,
}
FLAGS = ["is_question", "is_leading", "is_tag", "is_indirect", "is_rhetorical"]
CHANCES = [
    "question_p",
    "question_form_p",
    "spin_p",
    "push_pull_p",
    *(f"act_{act}_p" for act in ACTS),
    "hedge_p",
    "rapport_p",
    "confront_p",
    "pitch_p",
]
NUMBERS = ["answers_turn", "phase"]
TEXTS = [
    "Hoe regelt u dat nu?",
    "Dat doen we zelf, maar het kost veel tijd.",
    "Zullen we dinsdag een afspraak inplannen?",
    "Daar moet ik nog over nadenken.",
    None,
    "  ",
    "ja",
]


@pytest.fixture
def turns() -> pd.DataFrame:
    turns = pd.DataFrame(
        {
            "conversation_id": "c1",
            "turn": range(len(TEXTS)),
            "role": pd.Series(["seller", "customer"] * 3 + [None], dtype="string"),
            "start_s": [float(10 * i) for i in range(len(TEXTS))],
            "text": pd.Series(TEXTS, dtype="string"),
            "own": range(len(TEXTS)),
        }
    )
    return turns.set_axis([5, 3, 3, "x", 9, 8, 7])


def test_the_columns_of_the_contract_in_their_types(turns):
    tagged = tag_turns(turns)
    types = (
        dict.fromkeys(FLAGS, "boolean")
        | dict.fromkeys(CHANCES, "float64")
        | dict.fromkeys(NAMES, "string")
        | dict.fromkeys(NUMBERS, "Int64")
    )
    assert set(tagged.columns) == {*turns.columns, *types}
    assert {name: str(tagged[name].dtype) for name in types} == types
    assert tagged[CHANCES].stack().dropna().between(0, 1).all()
    for name, known in ((name, known) for name, known in NAMES.items() if known):
        assert set(tagged[name].dropna()) <= set(known), name


def test_rows_index_and_input_stay_as_they_were(turns):
    before = turns.copy(deep=True)
    tagged = tag_turns(turns)
    pd.testing.assert_frame_equal(turns, before)
    pd.testing.assert_frame_equal(tagged[list(turns.columns)], before)


def test_a_turn_without_text_is_missing_everywhere(turns):
    tagged = tag_turns(turns)
    added = [name for name in tagged.columns if name not in turns.columns]
    assert tagged[added].iloc[[4, 5]].isna().all(axis=None)
    assert tagged["is_question"].iloc[[0, 6]].notna().all()


def test_without_conversations_the_labels_of_a_turn_do_not_depend_on_its_neighbours(turns):
    turns = turns.drop(columns="conversation_id")
    own = ["is_question", "question_p", "question_form", "spin", "push_pull", "act", "act_stall_p", "phase"]
    tagged = tag_turns(turns)[own].reset_index(drop=True)
    upside_down = tag_turns(turns.iloc[::-1])[own].reset_index(drop=True).iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(tagged, upside_down)
    alone = [tag_turns(turns.iloc[[i]])[own].reset_index(drop=True) for i in range(len(turns))]
    pd.testing.assert_frame_equal(tagged, pd.concat(alone, ignore_index=True))


def test_chunks_do_not_show(turns, monkeypatch):
    whole = tag_turns(turns)
    monkeypatch.setattr(tagging, "CHUNK", 2)
    pd.testing.assert_frame_equal(tag_turns(turns), whole)


def test_tagging_again_gives_the_same_table(turns):
    once = tag_turns(turns)
    pd.testing.assert_frame_equal(tag_turns(once), once)


@pytest.mark.parametrize(
    "small",
    [
        pd.DataFrame({"text": pd.Series([], dtype="string")}),
        pd.DataFrame({"text": []}),
        pd.DataFrame({"text": [None, None]}),
        pd.DataFrame({"text": ["Waarom?"]}),
        pd.DataFrame({"text": ["?"], "role": ["customer"]}),
    ],
    ids=["empty", "empty object", "all missing", "one turn", "one mark"],
)
def test_small_tables(small):
    tagged = tag_turns(small)
    assert len(tagged) == len(small)
    assert str(tagged["act"].dtype) == "string" and str(tagged["is_question"].dtype) == "boolean"
    assert len(evidence(tagged)) >= tagged["is_question"].fillna(False).sum()


def test_text_alone_is_enough():
    tagged = tag_turns(pd.DataFrame({"text": ["Dat is te duur.", "Zullen we iets prikken?"]}))
    assert tagged["act"].to_list() == ["objection", "action_request"]
    assert tagged[["answers_turn", "answer"]].isna().all(axis=None)


def test_what_cannot_be_tagged_is_refused():
    with pytest.raises(MissingColumns, match="'text'"):
        tag_turns(pd.DataFrame({"tekst": ["Hallo"]}))
    with pytest.raises(UnknownName, match="'fr'"):
        tag_turns(pd.DataFrame({"text": ["Bonjour"]}), language="fr")


def test_evidence_shows_the_words_spoken(turns):
    tagged = tag_turns(turns)
    hits = evidence(tagged)
    columns = ["conversation_id", "turn", "role", "start_s", "words", "label", "cue"]
    assert list(hits.columns) == [*columns, "start_char", "end_char", "weight"]
    texts = dict(enumerate(TEXTS))
    cut = [texts[hit.turn][hit.start_char : hit.end_char] for hit in hits.itertuples()]
    assert hits["words"].to_list() == cut
    stall = hits[hits["label"] == "stall"]
    assert set(stall["turn"]) == {3} and stall["start_s"].eq(30).all()
    assert hits["weight"].between(0, 1).all()
    assert hits["turn"].is_monotonic_increasing


def test_every_act_has_evidence(turns):
    tagged = tag_turns(turns)
    hits = evidence(tagged)
    for row in tagged.dropna(subset="act").itertuples():
        assert row.act in set(hits.loc[hits["turn"] == row.turn, "label"])


def test_evidence_knows_the_language_of_the_tags():
    tagged = tag_turns(pd.DataFrame({"text": ["That is too expensive for us."]}), language="en")
    assert "objection" in set(evidence(tagged)["label"])
    assert "objection" not in set(evidence(tagged, language="nl")["label"])
