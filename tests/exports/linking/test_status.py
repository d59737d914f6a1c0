"""Voicemail, no answer, wrong number and cancelled are read from words; mere mentions are not."""

import polars as pl
import pytest

from salesinsight.exports.linking.status import statuses_in_notes, statuses_in_turns

NOTES = {
    "nl": {
        "voicemail": [
            "Voicemail ingesproken.",
            "VM ingesproken, morgen weer proberen",
            "vm",
            "Kreeg de voicemail, bericht achtergelaten met terugbelverzoek.",
            "Antwoordapparaat, boodschap achtergelaten.",
            "Klant gebeld maar kreeg voicemail.",
            "Weer de voicemail. Mail gestuurd.",
            "Heb ingesproken dat ik vrijdag terugbel.",
            "10:15 gebeld, vm ingesproken. Volgende poging dinsdag.",
            "Voicemail ingesproken en gevraagd of hij mij wil terugbellen over de offerte.",
            "Niet gesproken, voicemail ingesproken.",
            "2e poging: voicemail",
        ],
        "no_answer": [
            "Geen gehoor.",
            "geen gehoor, probeer het maandag opnieuw",
            "Neemt niet op.",
            "Klant nam weer niet op, mail gestuurd met voorstel voor donderdag.",
            "Niet bereikbaar, staat in de file.",
            "Mevrouw Maes is niet aanwezig, morgen terug.",
            "Kreeg hem niet te pakken.",
            "Gebeld, niemand gesproken.",
            "GG",
            "Lijn bezet, later nog eens.",
            "Niet kunnen bereiken: was niet te bereiken op kantoor.",
            "Inkoper niet aan de lijn gekregen.",
            "3x gebeld, neemt de telefoon niet op",
            "Niemand nam op.",
        ],
        "wrong_number": [
            "Verkeerd nummer.",
            "Nummer klopt niet, opzoeken op de website.",
            "Fout nummer, kreeg een particulier aan de lijn.",
            "Telefoonnummer niet in gebruik.",
            "Dit nummer bestaat niet meer.",
            "Was verkeerd verbonden: ander bedrijf.",
        ],
        "cancelled": [
            "Afspraak geannuleerd door klant.",
            "Afgezegd wegens ziekte, nieuwe datum volgt.",
            "No show.",
            "Klant kwam niet opdagen in Teams.",
            "Afspraak verzet naar 12 mei.",
            "Gesprek ging niet door.",
            "Demo gecanceld, klant vertelde dat het te druk is.",
            "Afspraak gaat niet door, hij zit in het buitenland.",
            "Heeft afgebeld.",
        ],
        None: [
            "Eerder voicemail ingesproken, nu gesproken.",
            "Goed gesprek gehad over de planning.",
            "Na mijn voicemail van dinsdag teruggebeld door Jansen: wil een offerte.",
            "Vorige week geen gehoor, vandaag besproken wat nodig is.",
            "Klant klaagt dat hun leverancier nooit opneemt en niet bereikbaar is.",
            "Abonnement bij de concurrent is geannuleerd, wil nu bij ons starten.",
            "Zij zoeken een oplossing voor hun voicemail.",
            "Als ik vrijdag geen gehoor krijg, mail ik de offerte.",
            "Eerst verkeerd nummer, daarna inkoop gesproken.",
            "De vorige afspraak was afgezegd, vandaag kennisgemaakt.",
            "Praktijk heeft veel no-show en wil herinneringen sturen.",
            "Offerte besproken, klant overlegt met directie.",
            "Geen voicemail nodig, hij nam meteen op.",
            "Gisteren nog de voicemail, nu eindelijk gesproken: akkoord op prijs.",
            "Interesse in demo, volgende week dinsdag.",
            "Klant belt terug na de vakantie.",
            "De koop gaat niet door, te duur.",
            "Wil graag bericht over de levertijd.",
            "Eerst geen gehoor, later belde terug met vragen over de levertijd.",
            "Levering geannuleerd door de fabriek, klant boos.",
            "Onderwerp: nieuwe telefooncentrale, ze missen te veel gesprekken.",
            "Afspraak gemaakt voor 3 maart om 10 uur.",
            "Reactie op mijn voicemail: hij wil in mei verder.",
            "Prettig gesprek, hij is volgende maand niet bereikbaar.",
            "Hun klanten krijgen vaak geen gehoor bij de balie, dat is het probleem.",
            None,
        ],
    },
    "en": {
        "voicemail": [
            "Left voicemail.",
            "LVM, will try again Tuesday",
            "Got voicemail again, sent an email.",
            "Left her a message with the front desk machine.",
            "Went straight to voicemail",
            "Answering machine. Left a message.",
        ],
        "no_answer": [
            "No answer.",
            "Didn't pick up, sent a mail instead.",
            "Could not reach him today",
            "Not available, back on Monday.",
            "Line was busy.",
            "Called twice, no one picked up.",
        ],
        "wrong_number": [
            "Wrong number.",
            "Number is out of service.",
            "Number has been disconnected, look up a new one.",
        ],
        "cancelled": [
            "No show.",
            "Meeting was cancelled by the client.",
            "Rescheduled to May 3.",
            "She cancelled the call this morning.",
            "Client didn't show up.",
        ],
        None: [
            "Last week no answer, today spoke with the buyer.",
            "Left a voicemail earlier, now spoke to Ann.",
            "Good call, wants a quote.",
            "Called back after my voicemail, agreed on a demo.",
            "They cancelled the contract with their supplier.",
            "If there is no answer by Friday I will mail.",
            "Their voicemail system is outdated and they want a new one.",
            "Clinic has many no-show patients.",
            "First got the wrong number, then spoke to purchasing.",
            "Discussed price, no answer yet on the start date.",
            "Meeting booked for Tuesday.",
            "Previous meeting was cancelled; discussed the proposal today.",
        ],
    },
}


@pytest.mark.parametrize("language", NOTES)
def test_notes_tell_that_nobody_was_spoken(language):
    pairs = [(status, note) for status, notes in NOTES[language].items() for note in notes]
    found = statuses_in_notes(pl.Series([note for _, note in pairs], dtype=pl.String), language)
    wrong = [(*pair, got) for pair, got in zip(pairs, found, strict=True) if pair[0] != got]
    assert wrong == []
    assert len(pairs) >= {"nl": 60, "en": 30}[language]


TALKS = [
    (
        "voicemail",
        "nl",
        ["U bent verbonden met de voicemail van Eva Prins. Spreek een bericht in na de piep."],
    ),
    (
        "voicemail",
        "nl",
        ["Dit is het antwoordapparaat, laat uw boodschap achter.", "Dag, met Jan, belt u mij?"],
    ),
    ("no_answer", "nl", ["Wij zijn op dit moment telefonisch niet bereikbaar."]),
    ("wrong_number", "nl", ["Met Jan.", "U bent verkeerd verbonden.", "O sorry."]),
    ("voicemail", "en", ["You have reached the voicemail of Ann. Please leave a message after the tone."]),
    ("wrong_number", "en", ["Sorry, you have the wrong number."]),
    (None, "nl", ["Goedemorgen, met Eva.", "Dag Eva, ik had uw voicemail gehoord.", "Fijn dat u terugbelt."]),
    (None, "nl", ["Spreek een bericht in na de piep. " + "Dag, ja ik ben er toch. " * 40]),
    (None, "en", ["Hi, this is Ann.", "Hi Ann, I got your message."]),
]


@pytest.mark.parametrize(("status", "language", "lines"), TALKS)
def test_short_recordings_of_a_machine_or_a_stranger_are_no_conversation(status, language, lines):
    turns = pl.DataFrame({"conversation_id": "c1", "text": lines, "language": language})
    found = dict(statuses_in_turns(turns, "nl").iter_rows())
    assert found.get("c1") == status
