"""Files that nobody described yet: what each column means, what is sure, and a profile that can be read."""

import dataclasses
import pathlib
import tomllib

import openpyxl
import pytest

from salesinsight.errors import FolderMissing, UnknownName
from salesinsight.exports import check_export, load_profile, read_export
from salesinsight.exports.proposal import propose_profile
from salesinsight.exports.proposal.mapping import CELLS, map_columns
from salesinsight.exports.readers.files import read_rows
from salesinsight.language import languages, words

VENDORS = pathlib.Path(__file__).parent / "vendors"
LISTS = pathlib.Path(__file__).parent / "lists"

# name: (the file, what every column means; "" is nothing that is used)
INVENTED = {
    "kansenlijst.csv": (
        """Klant;Kans;Fase;Bedrag ex btw;Verwachte sluitdatum;Accountmanager;Laatste contact;Opmerkingen
Bakkerij Proef;Oven;Offerte;12.500,00;31-03-2026;Eva Proef;12-01-2026;Wil eerst de oude oven zien
Slager Test;Koeling;Contact;8.000,00;28-02-2026;Tom Proef;13-01-2026;Nog geen budget
Hotel Zee;Keuken;Gewonnen;22.000,00;15-02-2026;Eva Proef;10-02-2026;Getekend
Bar Noord;Vloer;Contact;2.600,00;11-04-2026;Tom Proef;;
""",
        "account deal_name stage amount close_date owner last_contact note",
    ),
    "belbestand.csv": (
        """Datum;Tijd;Nummer;Richting;Duur (sec);Medewerker;Resultaat
12-01-2026;09:05;0612345678;Uit;312;Eva Proef;Gesproken
12-01-2026;09:15;0612345679;Uit;0;Eva Proef;Geen gehoor
13-01-2026;11:02;0612345670;In;64;Tom Proef;Gesproken
""",
        "started_at started_time phone direction duration owner call_status",
    ),
    "offertes 2026.csv": (
        """Offertenr.;Debiteur;Omschrijving;Status;Ordersom (€);Datum aanvraag;Vertegenwoordiger;Reden verlies;Provisie %
26-001;Proef BV;Dakrenovatie;Lopend;€ 12.500,50;05-01-2026;EP;;3
26-002;Test NV;Gevel;Verloren;€ 900,-;06-01-2026;TP;Te duur;3
26-003;Zee VOF;Goot;Gewonnen;€ 1.900,-;07-01-2026;TP;;2
""",
        "deal_id account deal_name status amount created_at owner reason ",
    ),
    "pipeline.csv": (
        """Opp ID,Account,Opportunity,Sales Stage,Est. Value,Probability %,Created,Exp. close,Sales Rep,Source,Region
O-1,Works Ltd,Roof,1. Qualify,12500,20,2026-01-05,2026-03-31,Eva,Web,North
O-2,Tests Inc,Wall,2. Propose,8000.50,50,2026-01-06,2026-04-30,Tom,Fair,South
O-3,Proof Co,Gate,1. Qualify,700,20,2026-01-09,2026-05-30,Tom,Web,South
""",
        "deal_id account deal_name stage amount probability created_at close_date owner lead_source ",
    ),
    "contacten.csv": (
        """Voornaam;Achternaam;Functie;Bedrijf;E-mailadres;Mobiel;Verjaardag
Proef;Persoon;Inkoper;Proef BV;p.persoon@proef.example;06-12345678;1-2-1980
Test;Mens;Directeur;Test NV;mens@test.example;+31 6 12345679;3-4-1975
""",
        "first_name last_name title account email phone ",
    ),
    "gesprekken.csv": (
        """Gespreksnummer;Dealnummer;Starttijd;Eindtijd;Soort gesprek;Gespreksuitkomst;Gespreksverslag;Volgende stap;Terugbellen op
1;D1;2026-01-12 10:00;2026-01-12 10:20;Telefonisch;Gesproken;Wil intern overleggen voor hij iets zegt;Terugbellen;2026-01-20
2;D2;2026-01-13 11:00;2026-01-13 11:40;Bezoek;Gesproken;Rondleiding gehad in de fabriek, goed;Offerte maken;2026-01-22
3;D1;2026-01-20 10:00;2026-01-20 10:01;Telefonisch;Geen gehoor;;;
""",
        "conversation_id deal_id started_at ended_at kind call_status note next_step next_step_at",
    ),
    "faseverloop.csv": (
        """Dealnr;Oude fase;Nieuwe fase;Gewijzigd op;Door
D1;;Contact;05-01-2026 09:00;Eva
D1;Contact;Offerte;15-01-2026 09:00;Eva
D2;;Contact;06-01-2026 09:00;Tom
""",
        "deal_id old_stage new_stage changed_at owner",
    ),
    "transcripten.csv": (
        """gesprek_id,beurt,spreker,rol,start,eind,tekst
g1,0,Eva,Verkoper,0.0,2.5,"Goedemiddag, u spreekt met Eva van de proef."
g1,1,Klant,Klant,2.5,4.0,"Dag."
g2,0,Eva,Verkoper,0.0,3.0,"Hebt u de offerte gezien die ik gestuurd had?"
""",
        "conversation_id turn speaker role start_s end_s text",
    ),
    "typefouten.csv": (
        """Klnat;Dealnaam;Fase;Verwachte sluitingsdatm;Bedarg;Verkooper
Proef BV;Dak;Contact;31-3-2026;1000;Eva
Test NV;Gevel;Offerte;30-4-2026;2000;Tom
Zee VOF;Goot;Contact;30-5-2026;1500;Tom
""",
        "account deal_name stage close_date amount owner",
    ),
    "centrale.csv": (
        """Call start,From number,To number,Call direction,Talk time,Agent,Disposition,Queue
2026-01-12T10:00:00Z,+31201234567,+31612345678,Outbound,0:05:12,Eva,Answered,Sales
2026-01-12T10:10:00Z,+31201234567,+31612345679,Outbound,0:00:00,Eva,No answer,Sales
2026-01-12T10:20:00Z,+31612345670,+31201234567,Inbound,0:01:04,Tom,Answered,Sales
""",
        "started_at phone  direction duration owner call_status ",
    ),
    "amerikaans.csv": (
        """Deal;Company;Status;Start date;Close date;Amount
Roof;Works Ltd;Won;1/13/2026;3/1/2026;1,250.00
Wall;Tests Inc;Lost;2/1/2026;3/20/2026;9,100.50
Gate;Proof Co;Open;2/3/2026;5/20/2026;700.00
""",
        "deal_name account status created_at closing amount",
    ),
    "dubbelzinnig.csv": (
        """Nr;Naam;Status;Datum;Waarde;Type;Omschrijving
1;Proef BV;Contact;01/02/2026;100;Nieuw;Dak vervangen aan de noordkant van de oude hal
2;Test NV;Offerte;03/04/2026;250;Nieuw;Gevel
3;Zee VOF;Contact;05/06/2026;990;Uitbreiding;Goot
4;Duin BV;Contact;05/07/2026;190;Uitbreiding;Goot vervangen
""",
        "deal_id account stage created_at amount product note",
    ),
    "bezoeken.csv": (
        """Bezoekdatum;Relatie;Contactpersoon;Adviseur;Aantekeningen;Km
12-01-26;Proef BV;Proef Persoon;Eva;Wil in maart beslissen als het budget rond is;45
13-01-26;Test NV;Test Mens;Tom;Twijfelt nog over de levertijd van de machine;12
26-01-26;Proef BV;Proef Persoon;Eva;Nog niets;45
""",
        "started_at account person_name owner note ",
    ),
    "leads export.csv": (
        """ID;Firma;Verkoopfase;Scoringskans;Geschatte waarde;Munteenheid;Aangemaakt op;Laatst gesproken;Eigenaar;Herkomst;Postcode
77;Proef BV;Intake;10%;10.000;EUR;2026-01-02;2026-01-12;eva@bedrijf.example;Beurs;1234 AB
78;Test NV;Voorstel;60%;12.500;EUR;2026-01-03;2026-01-14;tom@bedrijf.example;Site;2345 BC
79;Zee VOF;Intake;10%;900;EUR;2026-01-04;;tom@bedrijf.example;Site;3456 CD
""",
        "deal_id account stage probability amount currency created_at last_contact owner lead_source ",
    ),
}


@pytest.fixture(params=list(INVENTED), scope="module")
def invented(request, tmp_path_factory):
    text, meanings = INVENTED[request.param]
    folder = tmp_path_factory.mktemp("map")
    (folder / request.param).write_text(text, encoding="utf-8")
    found = propose_profile(folder)
    headers = text.split("\n", 1)[0].replace(",", ";").split(";")
    return folder, found, dict(zip(headers, meanings.split(" "), strict=True))


def read_back(found, folder, tmp_path):
    path = tmp_path / "voorstel.toml"
    path.write_text(found.toml, encoding="utf-8")
    load_profile(path)
    return check_export(folder, path)


def test_columns_mean_what_they_mean(invented):
    _, found, meanings = invented
    seen = {column.name: column for column in found.files[0].columns}
    wrong = [
        name for name, meaning in meanings.items()
        if (seen[name].meaning if seen[name].sureness != "unused" else "") != meaning
    ]  # fmt: skip
    # whose name "Naam" is can't be seen; it is asked
    assert [name for name in wrong if name != "Naam"] == []
    sure = {name for name, column in seen.items() if column.sureness == "sure"}
    assert {name for name in sure if seen[name].meaning != meanings[name]} == set()


def test_the_proposal_loads_and_is_read(invented, tmp_path):
    folder, found, _ = invented
    if "# as_of = 2026-01-31" in found.toml:
        # of a list without a day the stages count from when it is given one
        assert "as_of" in str(read_back(found, folder, tmp_path).refused[0])
        found = dataclasses.replace(found, toml=found.toml.replace("# as_of", "as_of"))
    check = read_back(found, folder, tmp_path)
    assert [str(error) for error in check.refused] == []
    assert sum(table.used for table in check.tables.values()) > 0
    for table in check.tables.values():
        assert table.read == table.used + table.merged + table.skipped + table.rejected
    for question in found.questions:
        assert f"# VRAAG: {question}" in found.toml


# what the header says and the cells don't
ODD = """Klant;Fase;Bedrag;Laatste contact;Status;Verkoper;Aangemaakt op;Dealnummer;Kans
a@proef.example;0612345678;veel;gisteren nog;hij wil nog even wachten;2026-01-02;morgen;1;10%
b@test.example;0612345679;weinig;vorige week;geen idee;2026-01-03;later;1;20%
c@zee.example;0612345670;niets;lang geleden;belt terug;2026-01-04;ooit;1;30%
"""


def test_cells_that_disagree_are_never_sure(tmp_path):
    (tmp_path / "raar.csv").write_text(ODD, encoding="utf-8")
    found = propose_profile(tmp_path)
    assert {column.name for column in found.files[0].columns if column.sureness == "sure"} == set()


@pytest.mark.parametrize(
    ("place", "base"),
    [
        ("hubspot/en", "hubspot"), ("hubspot/nl", "hubspot"), ("salesforce/objects", "salesforce"),
        ("salesforce/reports", "salesforce"), ("pipedrive/en", "pipedrive"), ("pipedrive/nl", "pipedrive"),
        ("teamleader/nl", "teamleader"), ("dynamics/en", "dynamics"), ("dynamics/nl", "dynamics"),
        ("snapshots", "pipedrive"), ("transcripts", "transcripts"),
    ],
)  # fmt: skip
def test_files_of_a_crm_are_known(place, base, tmp_path):
    found = propose_profile(VENDORS / place)
    assert found.base == base
    given = tomllib.loads(found.toml)
    assert given["base"] == base
    # what the base reads is not read again
    assert not {"deals", "conversations", "events", "people"} & set(given)
    assert read_back(found, VENDORS / place, tmp_path).usable


def test_one_file_is_looked_at_alone(tmp_path):
    found = propose_profile(VENDORS / "hubspot/en/hubspot-crm-exports-all-calls-2026-04-01.csv")
    assert (found.base, [one.name for one in found.files]) == (
        "hubspot", ["hubspot-crm-exports-all-calls-2026-04-01.csv"]
    )  # fmt: skip


def test_the_base_can_be_chosen(tmp_path):
    (tmp_path / "a.csv").write_text(INVENTED["kansenlijst.csv"][0], encoding="utf-8")
    assert propose_profile(tmp_path, base="hubspot").base == "hubspot"
    assert propose_profile(VENDORS / "teamleader/nl", base="none").base == ""
    with pytest.raises(UnknownName, match="hubspot"):
        propose_profile(tmp_path, base="hubspt")
    with pytest.raises(FolderMissing):
        propose_profile(tmp_path / "nergens")


def test_a_call_log_beside_a_crm_is_added(tmp_path):
    for path in (VENDORS / "hubspot/en").glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "belbestand.csv").write_text(INVENTED["belbestand.csv"][0], encoding="utf-8")
    found = propose_profile(tmp_path)
    given = tomllib.loads(found.toml)
    assert (given["base"], len(given["conversations"]), "deals" in given) == ("hubspot", 1, False)


MOVES = "Dealnr;Nieuwe fase;Gewijzigd op\n" + "".join(
    f"D{n};{stage};0{day}-01-2026 09:00\n"
    for n in range(4)
    for day, stage in enumerate(["Intake", "Voorstel", "Akkoord in principe"], 1)
)


def test_stages_are_ordered_by_what_deals_did(tmp_path):
    # the file mentions them the other way round
    lines = MOVES.splitlines(keepends=True)
    (tmp_path / "verloop.csv").write_text(lines[0] + "".join(reversed(lines[1:])), encoding="utf-8")
    order = propose_profile(tmp_path).orders[0]
    assert (order.stages, order.how, order.sure) == (
        ("Intake", "Voorstel", "Akkoord in principe"),
        "moves",
        True,
    )


def test_stages_are_ordered_by_chances_or_numbers_else_asked(tmp_path):
    for name, (text, _) in INVENTED.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(text, encoding="utf-8")
    chances = propose_profile(tmp_path / "leads export.csv")
    numbers = propose_profile(tmp_path / "pipeline.csv")
    unsure = propose_profile(tmp_path / "kansenlijst.csv")
    assert (chances.orders[0].stages, chances.orders[0].how) == (("Intake", "Voorstel"), "chances")
    assert (numbers.orders[0].stages, numbers.orders[0].how) == (("1. Qualify", "2. Propose"), "numbers")
    assert (unsure.orders[0].how, unsure.orders[0].sure) == ("file", False)
    # an order that nobody vouches for does not count yet
    assert "stages" not in tomllib.loads(unsure.toml)
    assert "# order = " in unsure.toml


def test_a_date_that_can_be_read_in_two_ways_is_asked(tmp_path):
    (tmp_path / "a.csv").write_text(INVENTED["dubbelzinnig.csv"][0], encoding="utf-8")
    found = propose_profile(tmp_path)
    assert '# dates.created_at = ["%d/%m/%Y"]' in found.toml
    assert '# dates.created_at = ["%m/%d/%Y"]' in found.toml
    assert any("'Datum'" in question and "maand" in question for question in found.questions)


def test_a_title_above_the_columns_is_passed_over(tmp_path):
    (tmp_path / "lijst.csv").write_text(
        "Kansen 2026;;\n;;\nKans;Fase;Bedrag\nDak;Intake;5\nMuur;Bod;6\n", "utf-8"
    )
    found = propose_profile(tmp_path)
    assert tomllib.loads(found.toml)["deals"][0]["header"] == 3
    assert found.used["deals"] == 2


def test_names_of_people_stay_out_unless_asked_for(tmp_path):
    text = INVENTED["kansenlijst.csv"][0] + "Bar;Tap;Eva Proef;1;;Eva Proef;;Eva Proef belt\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (tmp_path / "b.csv").write_text(INVENTED["bezoeken.csv"][0], encoding="utf-8")
    plain = propose_profile(tmp_path)
    named = propose_profile(tmp_path, with_sellers=True)
    for name in ("Eva", "Tom", "Persoon", "Mens", "Slager", "Zee"):
        assert name not in plain.toml
    assert {"Eva Proef", "Tom Proef"} <= set(tomllib.loads(named.toml)["sellers"])


def test_own_domains_come_from_owners(tmp_path):
    (tmp_path / "a.csv").write_text(INVENTED["leads export.csv"][0], encoding="utf-8")
    found = propose_profile(tmp_path)
    assert tomllib.loads(found.toml)["own_domains"] == ["bedrijf.example"]
    assert "eva@" not in found.toml


def test_reasons_without_a_decision_are_proposed(tmp_path):
    reasons = ["Geen reactie meer", "Te duur", "Geen reactie meer", "Te duur"]
    rows = "".join(f"{n};Verloren;{reason};2026-01-0{n}\n" for n, reason in enumerate(reasons, 1))
    (tmp_path / "a.csv").write_text("Dealnummer;Fase;Reden verlies;Gesloten op\n" + rows, encoding="utf-8")
    found = propose_profile(tmp_path)
    assert tomllib.loads(found.toml)["label"]["no_decision_reasons"] == ["Geen reactie meer"]
    assert any("'Te duur'" in question for question in found.questions)


def test_files_of_our_own_layout_are_the_sample_profile(small):
    assert propose_profile(small).base == "sample"


def test_english_asks_in_english(tmp_path):
    (tmp_path / "a.csv").write_text(INVENTED["amerikaans.csv"][0], encoding="utf-8")
    found = propose_profile(tmp_path, language="en")
    assert "# QUESTION: " in found.toml and "VRAAG" not in found.toml


def test_every_meaning_has_a_word_in_every_language():
    for language in languages():
        assert set(CELLS) | {"closing"} <= set(words(language).section("proposal.meaning"))


DEALS = """Dealnummer;Naam deal;Klant;Fase;Aangemaakt op
D1;Dak;Proef BV;1 Intake;2026-01-02
D2;Gevel;Test NV;2 Bod;2026-01-03
D3;Goot;Proef BV;1 Intake;2026-01-04
"""
VISITS = """Datum bezoek;{deal};Klant;Verslag
12-01-2026;{one};Proef BV;Wil in maart beslissen
13-01-2026;{two};Test NV;Twijfelt nog
"""


@pytest.mark.parametrize(
    ("header", "cells"), [("Dealnummer", ("D1", "D2")), ("Deal", ("Dak", "Gevel"))], ids=["number", "name"]
)
def test_conversations_find_their_deal(header, cells, tmp_path):
    visits = VISITS.format(deal=header, one=cells[0], two=cells[1])
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    (tmp_path / "bezoeken.csv").write_text(visits, encoding="utf-8")
    found = propose_profile(tmp_path)
    path = tmp_path / "voorstel.toml"
    path.write_text(found.toml, encoding="utf-8")
    export = read_export(tmp_path, path)
    assert sorted(export.conversations["deal_id"]) == ["D1", "D2"]


def test_lists_of_several_dates_become_events(tmp_path):
    for day, stage in (("2026-01-31", "1 Intake"), ("2026-02-28", "2 Bod")):
        (tmp_path / day).mkdir()
        text = DEALS.replace("D1;Dak;Proef BV;1 Intake", f"D1;Dak;Proef BV;{stage}")
        (tmp_path / day / f"lijst {day}.csv").write_text(text, encoding="utf-8")
    found = propose_profile(tmp_path)
    # the day stands in the name of the folder, and a next list has another name
    assert "as_of" not in found.toml and "lijst" not in found.toml
    path = tmp_path / "voorstel.toml"
    path.write_text(found.toml, encoding="utf-8")
    events = read_export(tmp_path, path).events
    assert list(events.loc[events["deal_id"].eq("D1") & events["kind"].eq("stage"), "value"]) == [
        "1 Intake",
        "2 Bod",
    ]


def test_a_workbook_with_a_title_is_read(tmp_path):
    book = openpyxl.Workbook()
    for row in [["Kansen buitendienst"], [], *(line.split(";") for line in DEALS.splitlines())]:
        book.active.append(row)
    book.save(tmp_path / "kansen.xlsx")
    found = propose_profile(tmp_path)
    assert tomllib.loads(found.toml)["deals"][0]["header"] == 3


def test_the_own_files_stay_as_they_are(tmp_path):
    (tmp_path / "a.csv").write_text(DEALS, encoding="utf-8")
    propose_profile(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == DEALS


def test_files_that_say_nothing_give_a_profile_that_loads(tmp_path):
    (tmp_path / "leeg.csv").write_text("", encoding="utf-8")
    (tmp_path / "los.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "kapot.xlsx").write_bytes(b"geen werkmap")
    found = propose_profile(tmp_path)
    assert {one.name: one.what for one in found.files} == {
        "los.csv": "unknown", "leeg.csv": "unread", "kapot.xlsx": "unread"
    }  # fmt: skip
    assert found.used == {}
    assert not read_back(found, tmp_path, tmp_path).usable


def test_no_column_of_a_home_made_list_is_wrong_and_sure():
    """Home-made lists with headers of their own: many columns are found, and none is wrong and sure."""
    wrong, right, total = [], 0, 0
    for line in (LISTS / "meanings.txt").read_text(encoding="utf-8").splitlines()[1:]:
        name, meanings = line.split(": ")
        layout = map_columns(read_rows(LISTS / f"{name}.csv", name).frame)
        for column, meaning in zip(layout.columns, meanings.split(), strict=True):
            found = column.meaning if layout.file else ""
            right += (found or "-") == meaning
            total += 1
            wrong += [(name, column.name, found)] if found and column.sure and found != meaning else []
    assert wrong == []
    assert right >= 0.9 * total


def test_columns_of_a_crm_are_told_wherever_it_uses_them(tmp_path):
    found = propose_profile(VENDORS / "hubspot/en")
    used = {
        (one.name, column.name): column.meaning
        for one in found.files
        for column in one.columns
        if column.sureness == "sure"
    }
    deals = "hubspot-crm-exports-all-deals-2026-04-01.csv"
    # its own table, a column per stage, and a file that it is joined with
    assert used[deals, "Deal Name"] == "deal_name"
    assert (deals, 'Date entered "Proposal (sent) (Sales Pipeline)"') in used
    assert ("companies.csv", "Company name") in used
    assert ("contacts.csv", "Email") not in used
