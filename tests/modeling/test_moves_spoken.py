"""From words to a move: a step is confirmed when the customer promised one in so many words, and only then."""

import pandas as pd
import pytest

import salesinsight as si
from salesinsight.modeling.moves import CONFIRM, fired_rules
from salesinsight.schema import TABLES, Export, conform, empty_table

PROMISED = {
    "nl": ["Kunt u vrijdag de cijfers sturen?", "Ja, ik stuur u vrijdag de cijfers."],
    "en": ["Could you send me the figures on Friday?", "Yes, I will send you the figures on Friday."],
}
NOT_PROMISED = {
    "nl": [
        ["Wat vindt u zelf van het voorstel?", "Ik vind het mooi, dank u wel."],
        ["Ik stuur u vrijdag de cijfers.", "Prima, dank u wel."],
        ["Kunnen we dinsdag een afspraak maken?", "Nee, dat hoeft niet."],
        ["Zullen we dinsdag verder praten?", "Daar moet ik nog eens over nadenken."],
    ],
    "en": [
        ["What do you think of the proposal?", "I like it, thank you."],
        ["I will send you the figures on Friday.", "Fine, thank you."],
        ["Can we make an appointment on Tuesday?", "No, there is no need."],
        ["Shall we talk again on Tuesday?", "I will have to think about it."],
    ],
}


def moves_of(talks, language):
    rows = [
        {"conversation_id": f"c{talk}", "turn": turn, "role": role, "text": text, "language": language}
        for talk, said in enumerate(talks)
        for turn, (role, text) in enumerate(zip(("seller", "customer"), said, strict=True))
    ]
    names = [f"c{talk}" for talk in range(len(talks))]
    held = {"conversation_id": names, "started_at": "2026-01-05T10:00:00Z", "status": "held"}
    tables = {name: empty_table(name) for name in TABLES}
    tables |= {
        "turns": conform(pd.DataFrame(rows), "turns"),
        "conversations": conform(pd.DataFrame(held), "conversations"),
    }
    export = Export(**tables, language=language)
    features = si.conversation_features(export, si.tag_turns(export.turns, language=language)).loc[names]
    info = pd.DataFrame({"days_since_customer_step": 5.0, "conversation_id": names}, index=features.index)
    return [[rule.move for rule in fired] for fired in fired_rules(features, info)]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_what_the_customer_promised_is_confirmed_and_nothing_else(language):
    promised, *others = moves_of([PROMISED[language], *NOT_PROMISED[language]], language)
    assert promised == [CONFIRM.move]
    assert all(CONFIRM.move not in moves for moves in others)
