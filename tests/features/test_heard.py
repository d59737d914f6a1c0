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
        # nor is the figure of a date or a time of day, or of a moment ahead
        ("nl", "Vrijdag 8 mei kan ik.", 0),
        ("nl", "Ja, de 6e is goed.", 0),
        ("nl", "Morgen om 12:30 uur.", 0),
        ("nl", "Over twee weken kijk ik ernaar.", 0),
        ("nl", "Dat is al zo sinds 2019.", 0),
        ("nl", "Op 8 mei misten we 14 orders.", 1),
        ("nl", "Het gaat om 12 machines.", 1),
        ("nl", "Dat kost ons 10 uur per week.", 1),
        ("en", "Let's say the 8th of next month.", 0),
        ("en", "Thursday at 10 next week.", 0),
        ("en", "In two weeks.", 0),
        ("en", "It costs us 10 hours a week.", 1),
        ("en", "In two weeks we lost 40 orders a day.", 1),
    ],
)
def test_what_only_looks_like_a_number_is_none(of, language, text, number):
    assert of("need_quantified", [PROBLEM[language], (C, text)], language) == number


@pytest.mark.parametrize(
    ("language", "text"), [("nl", "Ja, de 6e is goed."), ("en", "Yes, the 8th is fine.")]
)
def test_the_day_of_the_month_alone_dates_a_step(of, language, text):
    ask = {"nl": "Zullen we een afspraak maken?", "en": "Shall we plan a meeting?"}[language]
    assert of("next_dated", [HELLO, (C, "Dag. " * 12), (S, ask), (C, text)], language) == 1


@pytest.mark.parametrize(
    ("language", "announced", "text", "no"),
    [
        ("nl", "Perfect, ik zet vrijdag in de agenda.", "Dank voor het meedenken, fijn gesprek.", 0),
        ("nl", "Perfect, ik zet vrijdag in de agenda.", "U ook bedankt, het was een prettig gesprek.", 0),
        ("nl", "Perfect, ik zet vrijdag in de agenda.", "Bedankt voor uw tijd.", 0),
        ("nl", "Perfect, ik zet vrijdag in de agenda.", "Nee, bedankt voor uw tijd.", 1),
        ("nl", "Perfect, ik zet vrijdag in de agenda.", "Geen interesse, fijne dag.", 1),
        ("en", "Then I'll put Friday in the diary.", "Thank you too, it was a pleasant conversation.", 0),
        ("en", "Then I'll put Friday in the diary.", "No thanks, have a nice day.", 1),
    ],
)
def test_a_friendly_close_is_no_refusal(of, language, announced, text, no):
    assert of("answer_clear_no", [HELLO, (C, "Dag."), (S, announced), (C, text)], language) == no


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
