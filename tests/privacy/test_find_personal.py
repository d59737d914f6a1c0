"""Finding names, addresses and numbers of people, one sentence per way of writing or saying them."""

import pandas as pd
import polars as pl
import pytest

from salesinsight.privacy import Known, find_personal

CRM = Known(("Bas Kok", "Pim van Wijngaarden"), ("Veldzicht Kassenbouw BV", "Yıldız Transport"))


def found(text: str, known: Known | None = None) -> list[tuple[str, str]]:
    return find_personal(pd.Series([text]), "nl", known).select("kind", "value").rows()


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("mail naar h.proef+x@bedrijf.example.", "email", "h.proef+x@bedrijf.example"),
        (
            "jan punt de vries apenstaartje bedrijf punt nl",
            "email",
            "jan punt de vries apenstaartje bedrijf punt nl",
        ),
        ("bel 06-12345678 even", "phone", "06-12345678"),
        ("bel 06.53.08.17.46 even", "phone", "06.53.08.17.46"),
        ("bel +31 (0)6 12 34 56 78", "phone", "+31 (0)6 12 34 56 78"),
        ("bel 0475/12 34 56", "phone", "0475/12 34 56"),
        ("bel 0032 9 223 41 56", "phone", "0032 9 223 41 56"),
        ("bel 020-1234567", "phone", "020-1234567"),
        ("nul zes twaalf vierendertig zesenvijftig achtenzeventig", "phone", None),
        ("het is 0 4 7 8 2 2 9 1 3 5 ja", "phone", "0 4 7 8 2 2 9 1 3 5"),
        ("bel nul vier zeven vijf dat is dan twaalf vierendertig zesenvijftig", "phone", None),
        ("nul negen tweehonderd drieëntwintig eenenveertig zesenvijftig", "phone", None),
        ("het is p punt jansen at outlook com", "email", None),
        ("van NL91 ABNA 0417 1643 00 naar BE68 5390 0754 7034", "iban", "BE68 5390 0754 7034"),
        ("op zijn pas staat 111.22.23.33 ja", "bsn", "111.22.23.33"),
        ("rijksregister vijfentachtig nul zeven dertig nul drieëndertig achtentwintig", "rrn", None),
        ("we zitten op Zuid 4B", "address", "op Zuid 4B"),
        ("leveren op de kluis vierentwintig bus drie", "address", "op de kluis vierentwintig bus drie"),
        ("adres molenweg achtendertig drieduizend vijfhonderd elf hasselt", "address", None),
        ("kom naar Achter de Molen 7 in Lochem", "address", "naar Achter de Molen 7 in Lochem"),
        ("lev.adres Vlasakker 16, Zwevegem", "address", "Vlasakker 16, Zwevegem"),
        ("Kerkstr. 4, 5071 AA Udenhout", "address", "Kerkstr. 4, 5071 AA Udenhout"),
        ("Uitbreidingstraat 84/3 – 2600 Antwerpen", "address", "Uitbreidingstraat 84/3 – 2600 Antwerpen"),
        ("Bergstraat 40\n6981 DE Doesburg", "address", "Bergstraat 40\n6981 DE Doesburg"),
        ("adres Boerhaavelaan 63-2hoog", "address", "Boerhaavelaan 63-2hoog"),
        ("kapellestraat 44 bus 3 in 9220 hamme", "address", "kapellestraat 44 bus 3 in 9220 hamme"),
        ("stuur naar gaëtan zonder trema at moulin punt be", "email", None),
        ("b e 5 2 2 2 0 1 7 7 6 7 2 2 0 9", "iban", "b e 5 2 2 2 0 1 7 7 6 7 2 2 0 9"),
        ("vraag naar mevrouw koekoek", "person", "koekoek"),
        ("gebeld met jan op den brouw", "person", "jan op den brouw"),
        ("met van der wal over de levering", "person", "van der wal"),
        ("gebeld naar el bakali, voicemail", "person", "el bakali"),
        ("griet haar iban volgt", "person", "griet"),
        ("peeters kim heeft gebeld", "person", "peeters kim"),
        ("op NL91 ABNA 0417 1643 00 graag", "iban", "NL91 ABNA 0417 1643 00"),
        ("op BE68 5390 0754 7034", "iban", "BE68 5390 0754 7034"),
        ("nl eenennegentig abna nul vier een zeven een zes vier drie nul nul", "iban", None),
        ("zijn bsn is 111222333", "bsn", "111222333"),
        ("rijksregister 85.07.30-033.28", "rrn", "85.07.30-033.28"),
        ("85073003328 staat op de kaart", "rrn", "85073003328"),
        ("stuur naar 1234 AB 12", "address", "1234 AB 12"),
        ("ik woon Kerkstraat 12 bus 3, 9000 Gent", "address", "Kerkstraat 12 bus 3, 9000 Gent"),
        ("op de kerkstraat twaalf", "address", "de kerkstraat twaalf"),
        ("U spreekt met Kees van Dam.", "person", "Kees van Dam"),
        ("mijn naam is jan van der meulen", "person", "jan van der meulen"),
        ("dag meneer jansen", "person", "jansen"),
        ("mevrouw Van den Broeck belde", "person", "Van den Broeck"),
        ("dhr. J.P. Jansen-de Vries tekent", "person", "J.P. Jansen-de Vries"),
        ("dat is Jan's idee", "person", "Jan"),
        ("dat is tims idee", "person", "tims"),
        ("dan belt Mark morgen", "person", "Mark"),
        ("Mark belt morgen", "person", "Mark"),
        ("het is dombrowski, d o m b r o w s k i", "person", "dombrowski"),
    ],
)
def test_what_is_personal_is_found(text, kind, value):
    if value is None:  # the number with which the sentence ends, whatever stands before it
        assert [text.endswith(said) for one, said in found(text) if one == kind] == [True]
    else:
        assert (kind, value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "de bas is te hard en ik wil een roos",
        "in mei komt de bakker langs bij de visser",
        "ik ben de boer niet",
        "ordernummer 111222333 van vorige week",
        "factuur 2024-0093 van 12-03-2024 om 14:30",
        "BTW BE0456.789.123 en EAN 5412345678908",
        "dat kost 12.500 euro of 1500 kg",
        "week 34, kamer 214, ISO 9001 en RAL 7016",
        "nul vijf procent rente",
        "meneer de directeur is er niet",
        "de offerte van Jansen Verwarming en van Bosch",
        "we leveren in Utrecht en Leuven",
        "BSN 123456789 is geen geldig nummer"[4:],
        "bij de poort, 24 juli",
        "op de markt 3 spelers en storing 4711",
        "de Jan van Galenstraat is dicht",
        "Voicemail, kickoff heeft plaatsgevonden",
        "wij werken met Topdesk in Den Haag",
        "de dag erna was er een merel",
        "we zitten bij albert heijn en douwe egberts",
        "BE 0987.654.321 RPR Gent",
        "postbus 412, 3500 AK Utrecht",
        "ordernummer 276 en week 32",
        "ik heb u zojuist aan de lijn gehad en dat is allang voorbij",
        "[PERSOON-7KQ2MX4A] belt morgen terug",
        "",
    ],
)
def test_what_is_not_personal_is_left(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("was gisteren bij bas, die zag het zitten", [("person", "bas")]),
        ("van wijngaarden vindt het te duur", [("person", "van wijngaarden")]),
        ("de kok was ziek", []),
        ("veldzicht kassenbouw bestelt", [("organisation", "veldzicht kassenbouw")]),
        ("yildiz transport rijdt", [("organisation", "yildiz transport")]),
        ("veldzichtkassenbouw bestelt", [("organisation", "veldzichtkassenbouw")]),
        ("bij pim van wyngaarden", [("person", "pim van wyngaarden")]),
        ("kassenbouw veldzicht belt", [("organisation", "kassenbouw veldzicht")]),
        ("Pim is directeur", [("person", "Pim")]),
    ],
)
def test_what_the_crm_knows_goes_first(text, expected):
    assert found(text, CRM) == expected


def test_finds_are_ordered_and_apart_and_missing_texts_have_none():
    texts = pl.Series(["Kees 06-12345678 k@x.nl", None, "Sanne, Kees"])
    spans = find_personal(texts, "nl")
    assert spans["row"].to_list() == sorted(spans["row"].to_list()) == [0, 0, 0, 2, 2]
    for one, two in zip(spans.iter_rows(named=True), spans[1:].iter_rows(named=True), strict=False):
        assert one["row"] < two["row"] or one["end_char"] <= two["start_char"]
    for row in spans.iter_rows(named=True):
        assert texts[row["row"]][row["start_char"] : row["end_char"]] == row["value"]


def test_places_are_counted_in_characters_also_after_a_wide_one():
    assert found("\U0001f600 é Kees belt") == [("person", "Kees")]


HEARD = Known(
    ("Kimberly Vanhees", "Ingeborg Tack", "Willemijn in 't Veld", "Joost Ruiter"),
    ("Garage Blomme", "Apotheek Hemelsoet", "Manege Ruiter", "Feestzaal Ter Linde", "Nachtwinkel Bosporus"),
)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("met kimberly van hees gebeld", "person", "kimberly van hees"),
        ("kimberly euh van hees is er", "person", "kimberly euh van hees"),
        ("ingeborg tak betaalt later", "person", "ingeborg tak"),
        ("mevrouw in het veld wil een afspraak", "person", "in het veld"),
        ("garage blom levert de banden", "organisation", "garage blom"),
        ("apotheek hemel soet is van wacht", "organisation", "apotheek hemel soet"),
        ("hooi voor manege de ruiter", "organisation", "manege de ruiter"),
        ("voorschot ter linde is binnen", "organisation", "ter linde"),
        ("twee paletten voor de Bosporus", "organisation", "de Bosporus"),
    ],
)
def test_a_known_name_is_found_as_it_is_heard(text, kind, value):
    assert (kind, value) in found(text, HEARD)


@pytest.mark.parametrize("text", ["de garage is dicht", "in het veld staat graan", "ter plaatse te betalen"])
def test_a_part_of_a_known_name_alone_is_no_name(text):
    assert found(text, HEARD) == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("dossier Vermeersch R., afgesloten", "person", "Vermeersch R"),
        ("paraaf MvdB", "person", "MvdB"),
        ("spreekt met o. de jong", "person", "o. de jong"),
        ("ge schrijft G, O, O, dubbel S, E, N, S", "person", "G, O, O, dubbel S, E, N, S"),
        ("achternaam B van Bernard, O, S van Simon, C, H", "person", "B van Bernard, O, S van Simon, C, H"),
        ("vroeg prijs, tel 0413-36 52 90", "phone", "0413-36 52 90"),
        ("whatsapp zes achtendertig vierentwintig nul zeven negentien", "phone", None),
        ("zero vier drie acht twintig eenendertig veertig", "phone", None),
        ("ja elf nee sorry een een een twee twee twee drie drie drie", "bsn", None),
        ("in het portaal staat 111222333", "bsn", "111222333"),
        ("veertig nul zeven achtentwintig honderd negenenzestig vierenzeventig", "rrn", None),
        ("Houtkaai 15 b 301, 9300 Aalst", "address", "Houtkaai 15 b 301, 9300 Aalst"),
        ("Nieuwe Gracht 2-rood, 2011 NE Haarlem", "address", "Nieuwe Gracht 2-rood, 2011 NE Haarlem"),
        ("3583 GK 27bis graag", "address", "3583 GK 27bis"),
        ("kerkstraat acht en twintig", "address", "kerkstraat acht en twintig"),
        ("brinklaan eh zesentwintig", "address", "brinklaan eh zesentwintig"),
        ("Kasteeldreef 61 // 2120 Schoten", "address", "Kasteeldreef 61 // 2120 Schoten"),
    ],
)
def test_other_ways_of_writing_and_saying(text, kind, value):
    spans = [(each, said if value else None) for each, said in found(text)]
    assert (kind, value) in spans


@pytest.mark.parametrize(
    "text",
    [
        "Eindhoven, Tilburg en Breda zijn gepland",
        "de trein naar Luik en Londen",
        "rusthuis De Linde zoekt personeel",
        "Jansen & Co heeft niets opgehaald",
        "de tram stopt aan het Sint-Pietersstation",
        "2 x 9000 lumen, 4000 kelvin",
        "order 12, factuurnr 0612345678",
    ],
)
def test_places_firms_and_units_are_left(text):
    assert found(text) == []
