"""Dutch speech acts, their exceptions, and how acts share out a turn."""

import pandas as pd
import pytest

from salesinsight.schema import ACTS
from salesinsight.speech import tag_turns

SAID = {
    ("seller", "action_request"): [
        "Zullen we dinsdag een afspraak inplannen?",
        "zal ik u de offerte mailen",
        "Kunt u mij de cijfers doorsturen?",
        "Wat vindt u ervan om dit aan de directie voor te leggen?",
        "Past het u beter in de ochtend of in de middag?",
        "Ik nodig u graag uit voor een rondleiding.",
        "Hebt ge donderdag tijd om samen te zitten?",
    ],
    ("seller", "decision_maker_probe"): [
        "Wie beslist hierover?",
        "gaat u daar zelf over",
        "Wie moet dit nog goedkeuren?",
    ],
    ("customer", "commitment"): [
        "Ja, doe maar.",
        "Ik stuur u morgen de lijst.",
        "woensdag om drie uur is goed",
        "Wij gaan akkoord.",
    ],
    ("customer", "stall"): [
        "Daar moet ik nog even over nadenken.",
        "we komen er later op terug",
        "Misschien volgend jaar.",
        "Stuur maar wat informatie.",
        "Ik laat nog iets weten.",
    ],
    ("customer", "refusal"): [
        "Nee, wij hebben geen interesse.",
        "laat maar",
        "We gaan het niet doen.",
        "Ik heb er geen goesting in.",
    ],
    ("customer", "objection"): [
        "Dat is me veel te duur.",
        "We hebben al een vaste leverancier.",
        "Dat past niet in ons budget.",
        "de prijs is te hoog",
    ],
    ("customer", "buying_signal"): [
        "Dat is precies wat we zoeken.",
        "Hoe snel kunnen jullie leveren?",
        "Dat spreekt mij wel aan.",
    ],
    ("customer", "gatekeeper"): [
        "Daar ga ik niet over.",
        "Dat moet ik met mijn vennoot bespreken.",
        "onze zaakvoerder beslist dat",
    ],
}
CASES = [(role, act, text) for (role, act), texts in SAID.items() for text in texts]
NEUTRAL = {
    "seller": ["Goedemorgen, u spreekt met Roos.", "Dat begrijp ik.", "Ons pakket draait in de cloud."],
    "customer": ["Wij hebben drie winkels.", "Dat klopt.", "We werken met een spreadsheet."],
}


def tag(text: str | None, role: str | None = "customer") -> pd.Series:
    return tag_turns(pd.DataFrame({"text": [text], "role": [role]})).iloc[0]


@pytest.mark.parametrize(("role", "act", "text"), CASES)
def test_acts_are_named(role, act, text):
    assert tag(text, role)["act"] == act


@pytest.mark.parametrize(("role", "act", "text"), CASES)
def test_acts_belong_to_a_side_unless_the_role_is_unknown(role, act, text):
    other = {"seller": "customer", "customer": "seller"}[role]
    assert tag(text, other)[f"act_{act}_p"] == 0
    assert tag(text, "unknown")[f"act_{act}_p"] >= 0.5
    assert tag(text, None)[f"act_{act}_p"] >= 0.5


@pytest.mark.parametrize(
    ("role", "text"), [(role, text) for role, texts in NEUTRAL.items() for text in texts]
)
def test_ordinary_talk_has_no_act(role, text):
    tagged = tag(text, role)
    assert pd.isna(tagged["act"]), tagged["act"]
    assert pd.isna(tagged["request_kind"])


@pytest.mark.parametrize(
    ("act", "text", "negated"),
    [
        ("objection", "Dat is te duur.", "Dat is niet te duur."),
        ("commitment", "Wij zijn akkoord.", "Wij zijn nog niet akkoord."),
        ("buying_signal", "Dat is ideaal.", "Dat is niet ideaal."),
    ],
)
def test_a_negation_takes_an_act_back(act, text, negated):
    assert tag(text)[f"act_{act}_p"] > tag(negated)[f"act_{act}_p"]
    assert tag(negated)[f"act_{act}_p"] < 0.5


def test_someone_else_decides_is_also_a_stall():
    tagged = tag("Dat moet ik aan de directie voorleggen.")
    assert tagged["act"] == "gatekeeper"
    assert tagged["act_stall_p"] >= 0.5


def test_with_an_own_opinion_and_a_date_it_is_a_commitment():
    tagged = tag("Ik vind het een goed plan, ik leg het dinsdag voor aan de directie.")
    assert tagged["act"] == "commitment"
    assert tagged["act_gatekeeper_p"] == tagged["act_stall_p"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "Ik vind het een goed plan, ik leg het voor aan de directie.",
        "Ik leg het dinsdag voor aan de directie.",
    ],
)
def test_an_opinion_or_a_date_alone_is_not_enough(text):
    assert tag(text)["act_stall_p"] >= 0.5


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("information", "Kunt u mij de cijfers mailen?"),
        ("meeting", "Zullen we dinsdag een afspraak maken?"),
        ("visit", "Mag ik eens langskomen?"),
        ("trial", "Wilt u het een maand uitproberen?"),
        ("internal_discussion", "Kunt u dat intern voorleggen?"),
        ("introduction", "Kunt u mij in contact brengen met uw directeur?"),
        ("quote", "Zal ik een offerte opmaken?"),
        ("signature", "Wilt u vandaag tekenen?"),
    ],
)
def test_what_is_asked_for(kind, text):
    assert tag(text, "seller")["request_kind"] == kind


@pytest.mark.parametrize(
    ("column", "role", "text"),
    [
        ("hedge_p", "customer", "Misschien wel, ik weet nog niet of dat past."),
        ("rapport_p", "seller", "Leuk om u weer te zien!"),
        ("confront_p", "seller", "Als u niets doet, heeft u straks een probleem."),
        ("pitch_p", "seller", "Wij zijn marktleider en ons pakket is uniek."),
    ],
)
def test_manner_of_speaking(column, role, text):
    assert tag(text, role)[column] > 0.5
    assert tag("Wij hebben drie winkels.", role)[column] < 0.5


@pytest.mark.parametrize(
    ("phase", "text"),
    [
        (1, "Op dit moment hebben we last van storingen, we zoeken iets anders."),
        (2, "Hoe werkt die koppeling in de praktijk?"),
        (3, "Wat is de prijs en de looptijd van het contract?"),
    ],
)
def test_the_customers_words_place_the_phase(phase, text):
    assert tag(text)["phase"] == phase


def test_every_act_has_a_probability():
    tagged = tag("Dat is te duur, laat maar.")
    assert all(0 <= tagged[f"act_{act}_p"] <= 1 for act in ACTS)
    assert {"objection", "refusal"} <= {act for act in ACTS if tagged[f"act_{act}_p"] >= 0.5}
