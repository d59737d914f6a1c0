"""The sellers' own notes."""

import pandas as pd
import pytest

from salesinsight.errors import MissingColumns
from salesinsight.speech import tag_notes


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


def test_acts_in_notes():
    tagged = read(
        "Om de order gevraagd.", "Klant stuurt de cijfers.", "Komt er op terug.", "Ziet ervan af, zegt nee."
    )
    columns = ["action_request_p", "commitment_p", "stall_p", "refusal_p"]
    assert tagged[columns].to_numpy().argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_types_and_index():
    tagged = read("Goed gesprek gehad.", None)
    assert tagged.index.name == "conversation_id"
    assert tagged.index.to_list() == ["c0", "c1"]
    assert str(tagged["outcome"].dtype) == "string" and str(tagged["good_talk"].dtype) == "boolean"
    assert len(read()) == 0


def test_missing_columns_are_named():
    with pytest.raises(MissingColumns, match="'note'"):
        tag_notes(pd.DataFrame({"conversation_id": ["c1"]}))
