"""Labelling of one's own: doubtful turns, checked labels, taggers that learn from them."""

import pandas as pd
import pytest

import salesinsight as si
from salesinsight.errors import BadLabels, MissingColumns, UnknownName
from salesinsight.language import languages, load_pack
from salesinsight.speech import labelling
from salesinsight.speech.labels import LABELS, checked_labels
from salesinsight.speech.learned import load_taggers
from salesinsight.speech.utterances import loose_utterances

GOOD = {
    "text": "Hoe doet u dat nu?",
    "role": "seller",
    "question": "yes",
    "form": "open",
    "spin": "situation",
}


@pytest.fixture(scope="module")
def tagged():
    return si.tag_turns(si.make_sample(n_deals=30).turns)


def test_doubtful_turns_lie_near_what_is_needed(tagged):
    sheet = si.uncertain(tagged, n=10, label="stall")
    assert len(sheet) == 10 and set(sheet["doubt"]) == {"stall"}
    assert set(sheet["role"]) == {"customer"}
    p = tagged.loc[tagged["role"] == "customer", "act_stall_p"].dropna()
    distance = (p - sheet["needed"].iloc[0]).abs()
    assert (sheet["p"] - sheet["needed"]).abs().median() < distance.median()


def test_doubtful_turns_come_from_different_conversations_and_differ(tagged):
    sheet = si.uncertain(tagged, n=20)
    assert sheet["conversation_id"].is_unique and sheet["text"].is_unique
    one = tagged[tagged["conversation_id"] == tagged["conversation_id"].iloc[0]]
    assert 1 < len(si.uncertain(one, n=50)) <= len(one)


def test_the_sheet_is_empty_where_a_labeller_writes(tagged):
    sheet = si.uncertain(tagged, n=5)
    assert sheet[list(LABELS)].eq("").all().all()
    turns = tagged.set_index(["conversation_id", "turn"])
    for row in sheet.itertuples():
        before = turns["text"].get((row.conversation_id, row.turn - 1), "")
        assert row.previous in ("", before)
    assert sheet["previous"].ne("").any()


def test_doubt_about_a_tracker(tagged, tmp_path):
    (tmp_path / "t.csv").write_text("name,pattern,weight\nprijs,prijs,0.6\n", "utf-8")
    own = si.tag_turns(tagged, trackers=si.read_trackers(tmp_path / "t.csv"))
    sheet = si.uncertain(own, n=3, label="prijs")
    assert set(sheet["doubt"]) == {"tracker_prijs"} and sheet["text"].str.contains("prijs").all()
    with pytest.raises(UnknownName, match="question"):
        si.uncertain(own, label="questoin")


def test_untagged_turns_are_refused(tagged):
    with pytest.raises(MissingColumns):
        si.uncertain(tagged[["text"]])


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"role": "verkoper"}, "role", "seller | customer"),
        ({"question": "maybe"}, "question", "yes | no"),
        ({"form": "wide"}, "form", "open | closed"),
        ({"form": ""}, "form", "a question has a form"),
        ({"question": "no", "form": "", "spin": "", "flags": "tag"}, "flags", "only a question"),
        ({"role": "customer"}, "spin", "of the seller"),
        ({"acts": "action_request|asking", "request_kind": "visit"}, "acts", "gatekeeper"),
        ({"acts": "stall"}, "acts", "other side"),
        ({"request_kind": "visit"}, "request_kind", "has a kind"),
        ({"answer": "accept"}, "answer", "only a customer"),
        ({"text": " "}, "text", "no text"),
    ],
)
def test_labels_that_cannot_be_are_listed(change, column, reason):
    with pytest.raises(BadLabels) as caught:
        checked_labels(pd.DataFrame([GOOD, GOOD | change]), "mine.csv")
    bad = caught.value.bad
    assert (bad["line"] == 2).all()
    assert reason in " ".join(bad.loc[bad["column"] == column, "reason"])
    assert "mine.csv" in caught.value.text("nl")


def test_rows_without_labels_are_left_out_and_columns_may_be_absent():
    empty = {"text": "Nog niet gelabeld.", "role": "customer", "question": ""}
    told = checked_labels(pd.DataFrame([GOOD, empty]), "mine.csv")
    assert told["text"].to_list() == [GOOD["text"]]
    assert told["acts"].to_list() == [""]
    with pytest.raises(MissingColumns, match="role"):
        checked_labels(pd.DataFrame([GOOD]).drop(columns="role"), "mine.csv")


@pytest.mark.parametrize("language", languages())
def test_the_files_of_the_packs_pass(language):
    files = sorted((load_pack(language).folder / "utterances").glob("*.csv"))
    assert files
    for file in files:
        assert len(loose_utterances(file))


def test_own_utterances_are_added_to_the_packs(tmp_path, monkeypatch):
    path = tmp_path / "mijn.csv"
    pd.DataFrame([GOOD | {"previous": "Wij doen alles zelf."}]).to_csv(path, index=False, sep=";")
    seen = []
    monkeypatch.setattr(
        labelling.training, "learn_taggers", lambda turns, pack: seen.append(turns) or "learned"
    )
    assert (
        si.learn_taggers([]) == si.learn_taggers(path) == si.learn_taggers(pd.DataFrame([GOOD])) == "learned"
    )
    alone, from_file, from_table = seen
    assert len(from_file) - len(alone) == 2 and len(from_table) - len(alone) == 1
    assert from_file["source"].iloc[-1] == "mijn" and from_table["labelled"].iloc[-1]


def test_turns_are_tagged_with_the_taggers_given():
    taggers = load_taggers(load_pack("nl"))
    turns = pd.DataFrame({"text": ["Dat is ons te duur."], "role": ["customer"]})
    hard = type(taggers)(**{**vars(taggers), "needed": taggers.needed + 20})
    assert si.tag_turns(turns, taggers=taggers)["act"].to_list() == ["objection"]
    assert si.tag_turns(turns, taggers=hard)["act"].isna().all()
