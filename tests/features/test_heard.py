"""Which cues count, and which words are taken up: sentences as people say them, in both languages."""

import pandas as pd
import pytest

from salesinsight.features.build import conversation_features
from salesinsight.speech import tag_turns

S, C = "seller", "customer"
HELLO = (S, "Goedemorgen.")
PROBLEM = {"nl": (S, "Welke problemen geeft dat?"), "en": (S, "What problems does that cause you?")}


@pytest.fixture(scope="module")
def of(export_of):
    """A feature of one conversation."""

    def measure(name, turns, language="nl"):
        rows = [{"conversation_id": "a", "turn": n, "role": r, "text": t} for n, (r, t) in enumerate(turns)]
        tagged = tag_turns(pd.DataFrame(rows), language)
        export = export_of(["a"])
        export.language = language
        return conversation_features(export, tagged).loc["a", name]

    return measure


@pytest.mark.parametrize(
    ("language", "text", "needs"),
    [
        ("nl", "Wat hebben jullie daarvoor van ons nodig?", 0),
        ("nl", "Wij zoeken een vaste partner, kunnen jullie dat?", 1),
        ("nl", "Wij zoeken een vaste partner. Kunnen jullie dat?", 1),
        ("nl", "Wat we zoeken is rust in de planning.", 1),
        ("en", "Do we need a licence for that?", 0),
        ("en", "We need a faster tool, can you do that?", 1),
    ],
)
def test_a_question_states_no_need(of, language, text, needs):
    assert of("need_explicit_count", [HELLO, (C, text)], language) == needs


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("nl", "Dat zou ik best een keer willen bekijken.", 0),
        ("nl", "Op een dag gaan we over.", 0),
        ("nl", "Dat gebeurt een keer per week.", 1),
        ("nl", "Dat gebeurt drie keer.", 1),
        ("nl", "Dat kost ons een dag.", 1),
        ("en", "Maybe one day.", 0),
        ("en", "It takes us one day.", 1),
    ],
)
def test_what_only_looks_like_a_number_is_none(of, language, text, number):
    assert of("progress_evidence", [HELLO, (C, text)], language) == number


@pytest.mark.parametrize(
    ("heard", "said", "mirrored"),
    [
        ("De planning loopt vast.", "Wat is er met die planning?", 100),
        ("Kan het donderdag?", "Dan wordt het donderdag.", 0),
        ("Kan het op 12 december?", "December is goed.", 0),
        ("We werken met Velderman samen.", "Hoe bevalt Velderman?", 0),
        ("Dat doet [PERSOON-7KQ2MX4A] hier.", "Komt [PERSOON-7KQ2MX4A] ook?", 0),
        ("Onze Planning loopt vast.", "Die planning dus.", 100),
        ("Planning is alles.", "Planning dus.", 100),  # a capital that opens a sentence is no name
        ("Velderman plant donderdag de planning.", "Hoe plant Velderman donderdag die planning?", 100),
    ],
)
def test_repeating_a_day_or_a_name_takes_up_nothing(of, heard, said, mirrored):
    assert of("mirror_rate", [(C, heard), (S, said)]) == mirrored


def test_english_months_and_days_are_not_taken_up_either(of):
    assert of("mirror_rate", [(C, "Thursday is fine."), (S, "So next Thursday then.")], "en") == 0
    assert of("mirror_rate", [(C, "The invoices are late."), (S, "Which invoices?")], "en") == 100
