"""The words of the last conversation known at a landmark."""

import dataclasses

import pandas as pd
import pytest

from salesinsight.deals import make_dataset, open_deals
from salesinsight.schema import conform

EVENTS = [("d", 0, "stage", "contact"), ("e", 0, "stage", "contact")]
TALKS = [
    {"id": "c1", "deal": "d", "day": 3},
    {"id": "late", "deal": "d", "day": 10, "entered": 22},
    {"id": "mute", "deal": "d", "day": 32},
    {"id": "missed", "deal": "d", "day": 33, "status": "no_answer"},
    {"id": "again", "deal": "d", "day": 40},
]
SAID = {
    "c1": ["Goedemorgen.", "Dag, waar gaat het om?"],
    "late": ["Hebt u erover nagedacht?"],
    "missed": ["Spreek in na de toon."],
    "again": ["Hebt u erover nagedacht?"],
    "of no deal": ["Verkeerd verbonden."],
}
FEATURES = pd.DataFrame(index=pd.Index(list(SAID), name="conversation_id", dtype="string"))


@pytest.fixture
def export(build):
    rows = [(talk, turn, text) for talk, texts in SAID.items() for turn, text in enumerate(texts)]
    # turns may stand in any order
    turns = pd.DataFrame(rows[::-1], columns=["conversation_id", "turn", "text"])
    return dataclasses.replace(build(EVENTS, TALKS), turns=conform(turns, "turns"))


def words_on(data, deal):
    words = data.words.xs(deal, level="deal_id")
    return {(at.date() - pd.Timestamp("2026-01-05").date()).days: text for at, text in words.items()}


def test_the_words_are_those_of_the_last_talk_entered_by_the_landmark(export):
    words = words_on(make_dataset(export, FEATURES, horizon_days=30), "d")
    first = "Goedemorgen. Dag, waar gaat het om?"
    # the talk of day 10 was entered on day 22; those without words, or not held, change nothing
    assert [words[day] for day in (7, 14, 21)] == [first] * 3
    assert {words[day] for day in (28, 35, 42, 49)} == {"Hebt u erover nagedacht?"}


def test_a_deal_in_which_nothing_was_said_has_no_words(export):
    data = make_dataset(export, FEATURES, horizon_days=30)
    assert data.words.xs("e", level="deal_id").isna().all()
    assert data.words.index.equals(data.X.index)


def test_a_text_is_held_once(export):
    assert len(make_dataset(export, FEATURES, horizon_days=30).words.cat.categories) == 2


def test_nothing_is_looked_at_without_features_without_turns_and_for_open_deals(export):
    assert make_dataset(export, horizon_days=30).words is None
    assert open_deals(export, FEATURES).words is None
    silent = dataclasses.replace(export, turns=export.turns[:0])
    assert make_dataset(silent, FEATURES, horizon_days=30).words is None


def test_words_are_not_printed_with_the_data(export):
    assert "nagedacht" not in repr(make_dataset(export, FEATURES, horizon_days=30))
