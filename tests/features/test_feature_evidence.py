"""The turns behind a feature, written out by hand."""

import pandas as pd
import pytest

from salesinsight.features import feature_evidence
from salesinsight.features.build import measured_turns
from salesinsight.features.evidence import rows_behind

S, C = "seller", "customer"
TALK = [
    (S, "Hoe plant u nu?", {"is_question": True, "question_form": "open"}),
    (C, "Misschien met een bord.", {"cues": ["hedge"], "acts": ["stall"]}),
    (S, "Werkt dat?", {"is_question": True, "question_form": "closed"}),
    (C, "Ik stuur u de cijfers.", {"acts": ["commitment"], "cues": ["promise"]}),
    (S, "Zo verliest u geld.", {"cues": ["confront"]}),
]
ROWS = {
    "question_open_share": [(0, "counted", 1), (0, "of", 1), (2, "of", 1)],
    "hedge_c_rate": [(1, "counted", 1), (1, "of", 1), (3, "of", 1)],
    "commit_balance": [(3, "plus", 1), (1, "minus", 1)],
    "advance_score": [(3, "owned", 1), (3, "concrete", 1)],
    "monologue_c_max": [(1, "value", 4), (3, "value", 5)],
    "question_spread": [(0, "class", 1), (2, "class", 3)],
    "challenge_x_hedge": [
        (4, "challenge_count: counted", 1),
        (1, "hedge_c_rate: counted", 1),
        (1, "hedge_c_rate: of", 1),
        (3, "hedge_c_rate: of", 1),
    ],
    "request_count": [],
    "answer_accept_share": [],  # unknown, so nothing stands behind it
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_behind_a_feature(name, lay_out, export_of):
    tagged, hits = lay_out(a=TALK, elsewhere=TALK)
    export = export_of(["a"])
    rows = rows_behind(export, measured_turns(export, tagged, hits), name)
    found = list(zip(rows["turn"], rows["part"], rows["amount"], strict=True))
    assert sorted(found) == sorted(ROWS[name])
    assert (rows["conversation_id"] == "a").all()
    assert rows["text"].to_list() == [TALK[turn][1] for turn in rows["turn"]]


def test_rows_stand_in_the_order_of_the_export(lay_out, export_of):
    tagged, _ = lay_out(a=TALK, b=TALK)
    rows = feature_evidence(export_of(["b", "a"]), tagged, "dq_words")
    assert rows["conversation_id"].to_list() == ["b"] * 5 + ["a"] * 5
    assert rows["turn"].to_list() == [0, 1, 2, 3, 4] * 2


def test_a_note_stands_behind_its_feature(lay_out, export_of):
    export = export_of(["a"], conversations=_noted("Goed gesprek gehad."))
    notes = pd.DataFrame({"outcome": [None], "good_talk": [True]}, index=["a"])
    notes = notes.astype({"outcome": "string", "good_talk": "boolean"})
    (row,) = feature_evidence(export, lay_out()[0], "note_goed_gesprek", notes).itertuples(index=False)
    assert (row.text, row.role, row.part, row.amount) == ("Goed gesprek gehad.", S, "value", 1)
    assert pd.isna(row.turn)
    assert feature_evidence(export, lay_out()[0], "note_goed_gesprek").empty


def _noted(note):
    start = pd.Timestamp("2026-03-02 09:00", tz="UTC")
    return pd.DataFrame({"conversation_id": ["a"], "started_at": start, "note": note})
