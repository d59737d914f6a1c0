"""Which questions ask for the customer's own opinion: as people ask them, and facts that look like it."""

import polars as pl
import pytest

from salesinsight.language import load_pack, match_cues

ASKED = {
    "nl": [
        "Wat is uw eigen gevoel erbij?",
        "Hoe is het voor u zelf?",
        "Los van de rest: wat zou u zelf doen?",
        "Waar zit voor jullie de grootste winst?",
        "wat zegt je gevoel als je dit zo hoort",
        "Wat vinden jullie van die opzet?",
        "Wat vindt ge er zelf van?",
        "Wat peinst gij daarvan?",
        "Hoe kijkt ge daar zelf tegenaan?",
        "Vind je dat een eerlijke prijs?",
        "Zien jullie dat zitten?",
        "Bent u het daar mee eens?",
        "Wat vond u van de rondleiding?",
        "Wat is jouw eerste indruk?",
        "Hoe voelt u zich daarbij?",
        "Wat is voor u het belangrijkste?",
        "Lijkt jullie dat iets?",
        "Wat is uw eerlijke mening?",
    ],
    "en": [
        "What's your own feeling about it?",
        "What goes through your mind when you hear this?",
        "Leaving the rest aside, what would you do?",
        "Where's the biggest gain for you?",
        "how does that feel",
        "What do you think of it yourself?",
        "What did you make of the demo?",
        "What's your honest opinion?",
        "How did you find the visit?",
        "Do you agree with that?",
        "What matters most to you?",
        "Which would you prefer?",
        "What do you like about it?",
        "How does that sit with you?",
        "Do you think that is a fair price?",
        "How is that for you?",
    ],
}
FACTS = {
    "nl": [
        "Hoe vindt uw team nieuwe klanten?",
        "Waar vindt u het personeel?",
        "Hoe is dat bij u geregeld?",
        "Wie is voor u de grootste klant?",
        "Wat was de winst vorig jaar?",
        "Zou u zelf vrijdag kunnen bellen?",
        "Hoe vaak ziet u dat per maand?",
        "Wat doet u nu als het misgaat?",
        "Heeft dinsdag uw voorkeur?",
        "Hoe staat het met de planning?",
        "Wat kost u dat per week?",
        "Wie heeft daar een mening over?",
        "Hoe lang zit u al bij die partij?",
        "Wat zou dat jullie schelen?",
        "Waar loopt ge tegenaan?",
        "Op gevoel gedaan, of met een rekensom?",
        "Kijkt u even mee op het scherm?",
        "Dan vindt u het vanzelf.",
    ],
    "en": [
        "How do you find new customers?",
        "Where do you find the people?",
        "How is that arranged here?",
        "Who is your biggest customer?",
        "What was the profit last year?",
        "Would you ring me on Friday?",
        "How often do you see that a month?",
        "What would you do with the hours you save?",
        "How does it work today?",
        "What does that cost you a week?",
        "Who has a say in it?",
        "How long have you worked with them?",
        "Do you use a spreadsheet for that?",
        "Which of the two do you use?",
        "Do you see the screen?",
        "You'll find it here.",
    ],
}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_questions_for_an_opinion_are_told_from_questions_for_facts(language):
    texts = pl.Series([*ASKED[language], *FACTS[language]])
    roles = pl.Series(["seller"] * len(texts))
    hits = match_cues(texts, load_pack(language), roles=roles, families=["opinions"])
    hits = hits.filter(pl.col("weight") >= 0.5)
    assert texts.gather(hits["row"].unique().sort()).to_list() == ASKED[language]
