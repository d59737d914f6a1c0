"""The sellers' own notes."""

import pandas as pd
import pytest

from salesinsight.errors import MissingColumns
from salesinsight.speech import evidence, tag_notes, tag_turns


def read(*notes: str | None) -> pd.DataFrame:
    ids = [f"c{i}" for i in range(len(notes))]
    return tag_notes(pd.DataFrame({"conversation_id": ids, "note": pd.Series(notes, dtype="string")}))


@pytest.mark.parametrize(
    ("note", "outcome", "good_talk"),
    [
        ("Contract getekend, start in mei.", "order", False),
        ("Afspraak gemaakt voor dinsdag met de directeur.", "advance", False),
        ("Fijne mensen, prettig gesprek. Ga een offerte op maat maken.", "continuation", True),
        ("Denkt er nog over na, over een maand terugbellen.", "continuation", False),
        ("Duidelijke nee: geen interesse.", "no_sale", False),
        ("Goed gesprek, sfeer prima. Vervolgafspraak op donderdag.", "advance", False),
    ],
)
def test_outcome_and_good_talk(note, outcome, good_talk):
    tagged = read(note).iloc[0]
    assert tagged["outcome"] == outcome
    assert tagged["good_talk"] == good_talk


def test_a_note_that_tells_nothing_has_no_outcome():
    tagged = read("Belde vanuit de auto.").iloc[0]
    assert pd.isna(tagged["outcome"])
    assert tagged["good_talk"] == False  # noqa: E712
    assert tagged["stall_p"] == 0


def test_no_note_is_missing_and_not_a_zero():
    tagged = read(None, "", "  ", "Goed gesprek gehad.")
    assert tagged.iloc[:3].isna().all(axis=None)
    assert tagged["good_talk"].iloc[3]


@pytest.mark.parametrize(
    ("note", "outcome"),
    [
        ("Heeft vandaag 12 stuks besteld.", "order"),
        ("Heeft vorig jaar besteld, komt er nog op terug.", "continuation"),
        ("Heeft bij de concurrent getekend.", "no_sale"),
        ("Zei vorige maand nog nee, heeft vandaag getekend.", "order"),
        ("Stuurt het contract getekend terug als de directie akkoord is.", "continuation"),
        ("Contract is nog niet getekend, ligt nog bij de directie.", "continuation"),
        ("Akkoord voor een proef van 2 weken.", "advance"),
        ("Klant stuurt vrijdag de cijfers.", "advance"),
        ("Ik stuur vrijdag de cijfers.", "continuation"),
        ("Bespreekt het do 12 mei met de directie.", "advance"),
        ("Gaat het eens met de directie bespreken.", "continuation"),
        ("kl komt wo 14u met zn vrouw naar de showroom", "advance"),
        ("Bel hem wo 14u terug.", "continuation"),
        ("Momenteel geen interesse, volgend jaar misschien.", "continuation"),
        ("Geen interesse.", "no_sale"),
        ("Voelt er niks voor.", "no_sale"),
    ],
)
def test_what_tells_an_outcome_from_what_looks_like_it(note, outcome):
    assert read(note)["outcome"].to_list() == [outcome]


def test_acts_in_notes():
    tagged = read(
        "Om de order gevraagd.", "Klant stuurt de cijfers.", "Komt er op terug.", "Ziet ervan af, zegt nee."
    )
    columns = ["action_request_p", "commitment_p", "stall_p", "refusal_p"]
    assert tagged[columns].to_numpy().argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("note", "asked"),
    [
        ("Gevraagd om een afspraak.", True),
        ("Vroeg hem de cijfers te sturen.", True),
        ("Heb voorgesteld om een proef te doen.", True),
        ("Gevraagd naar het budget.", False),
        ("Klant vroeg om korting.", False),
        ("Niet om de order gevraagd.", False),
    ],
)
def test_a_request_is_of_the_seller_and_for_a_step(note, asked):
    assert (read(note)["action_request_p"] >= 0.5).to_list() == [asked]


def test_who_orders_commits_himself():
    tagged = read("Contract getekend.", "Klant komt dinsdag langs.", "Denkt er nog over na.")
    assert (tagged["commitment_p"] >= 0.5).to_list() == [True, True, False]


def test_a_conversation_that_was_not_held_has_no_outcome():
    note = "Gevraagd om dinsdag terug te bellen."
    talks = pd.DataFrame(
        {"conversation_id": ["a", "b", "c"], "note": note, "status": ["voicemail", "held", None]}
    )
    tagged = tag_notes(talks)
    assert tagged["outcome"].isna().to_list() == [True, False, False]
    assert tagged["good_talk"].isna().to_list() == [True, False, False]
    assert (tagged["action_request_p"] >= 0.5).all()


def test_evidence_of_notes_is_the_words_that_counted():
    note = "Fijn gesprek. Heeft vorig jaar besteld, nu geen interesse meer."
    hits = evidence(read(None, note))
    assert set(hits["conversation_id"]) == {"c1"}
    assert {"note_good_talk", "note_no_sale"} <= set(hits["label"])
    assert not {"note_order", "note_void"} & set(hits["label"])
    spans = [note[start:end] for start, end in zip(hits["start_char"], hits["end_char"], strict=True)]
    assert spans == hits["words"].to_list()
    assert hits[["turn", "role", "start_s"]].isna().all(axis=None)
    assert (
        hits.columns.to_list() == evidence(tag_turns(pd.DataFrame({"text": ["Te duur."]}))).columns.to_list()
    )


def test_evidence_knows_the_language_of_the_notes():
    talks = pd.DataFrame({"conversation_id": ["c1"], "note": ["Contract signed."]})
    assert "note_order" in set(evidence(tag_notes(talks, language="en"))["label"])


def test_types_index_and_input():
    talks = pd.DataFrame({"conversation_id": ["c0", "c1"], "note": ["Goed gesprek gehad.", None]})
    before = talks.copy()
    tagged = tag_notes(talks)
    pd.testing.assert_frame_equal(talks, before)
    assert tagged.index.name == "conversation_id"
    assert tagged.index.to_list() == ["c0", "c1"]
    assert str(tagged["outcome"].dtype) == "string" and str(tagged["good_talk"].dtype) == "boolean"
    assert len(read()) == 0 and len(evidence(read())) == 0


def test_missing_columns_are_named():
    with pytest.raises(MissingColumns, match="'note'"):
        tag_notes(pd.DataFrame({"conversation_id": ["c1"]}))
