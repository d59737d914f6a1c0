"""Profiles that build on others, columns by many names, files known by their columns, dated folders."""

import gzip

import pandas as pd
import pytest

from salesinsight import errors
from salesinsight.exports import check_export, load_profile, read_export
from salesinsight.exports.readers.links import read_links

BASE = """
name = "base"
language = "en"
time_zone = "UTC"
sellers = ["Eva"]
own_domains = ["verkoop.example"]
[names]
deal = ["Record ID", "Deal-ID"]
amount = ["Amount", "Bedrag"]
[stages.a]
order = ["one", "two"]
aliases = [{ from = "old", to = "one" }]
[stages.b]
order = ["three"]
[label]
horizon_days = 30
grace_days = 3
[[deals]]
file = "deals.csv"
columns = { deal_id = "deal", amount = "amount" }
"""


@pytest.fixture
def profiles(tmp_path_factory):
    """Write several profiles beside each other; the path of the last."""

    def write(**texts):
        folder = tmp_path_factory.mktemp("profiles")
        for name, text in texts.items():
            path = folder / f"{name}.toml"
            path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_profile_takes_over_its_base_and_changes_what_it_says(profiles):
    mine = """
    base = "base.toml"
    language = "nl"
    as_of = 2026-03-01
    sellers = ["Jan"]
    own_domains = ["groep.example"]
    [names]
    deal = ["Mijn deal"]
    stage = "Fase"
    [stages.a]
    order = ["uno"]
    [label]
    grace_days = 5
    [[deals]]
    file = "meer.csv"
    [[turns]]
    file = "t.csv"
    """
    found = load_profile(profiles(base=BASE, mine=mine))
    assert (found.name, found.language, found.time_zone) == ("mine", "nl", "UTC")
    assert found.as_of == pd.Timestamp("2026-03-01", tz="UTC")
    assert found.sellers == ("Eva", "Jan")
    assert found.own_domains == ("verkoop.example", "groep.example")
    assert found.names["deal"] == ("Mijn deal", "Record ID", "Deal-ID")
    assert found.names["stage"] == ("Fase",)
    assert found.stages == {"a": ["uno"], "b": ["three"]}
    # an alias of an order that is no longer there would name a stage that does not exist
    assert found.aliases == ()
    assert found.label == {"horizon_days": 30, "grace_days": 5}
    assert [(source.table, source.file) for source in found.sources] == [
        ("turns", ("t.csv",)),
        ("deals", ("deals.csv",)),
        ("deals", ("meer.csv",)),
    ]


def test_a_base_may_be_one_of_the_library(profiles):
    found = load_profile(profiles(mine='base = "sample"\nsellers = ["Jan"]'))
    assert found.sources == load_profile("sample").sources
    assert found.stages == load_profile("sample").stages


@pytest.mark.parametrize(
    ("texts", "file", "place"),
    [
        ({"mine": 'base = "sampel"'}, "mine.toml", "TOML base"),
        ({"mine": 'base = "mine.toml"'}, "mine.toml", "base"),
        ({"a": 'base = "mine.toml"', "mine": 'base = "a.toml"'}, "a.toml", "mine.toml → a.toml → mine.toml"),
        ({"a": "[[deals]]\nfile = 3", "mine": 'base = "a.toml"'}, "a.toml", "[[deals]] 1 file"),
        ({"a": "x = ", "mine": 'base = "a.toml"'}, "a.toml", "line 1"),
        (
            {"a": '[[deals]]\nfile = "a"', "mine": 'base = "a.toml"\n[[deals]]\nfil = "a"'},
            "mine.toml",
            "[[deals]] 1",
        ),
    ],
)
def test_a_complaint_names_the_file_it_is_about(profiles, texts, file, place):
    with pytest.raises(errors.BadProfile) as caught:
        load_profile(profiles(**texts))
    assert f"Profile {file}" in str(caught.value)
    assert place in str(caught.value)


def test_a_missing_file_is_told_with_the_profile_that_asks_for_it(profiles, export_of):
    path = profiles(base=BASE, mine='base = "base.toml"\n[[people]]\nfile = "p.csv"\noptional = true')
    with pytest.raises(errors.FileMissing, match=r"base\.toml, \[\[deals\]\] 1"):
        read_export(export_of({"x.csv": "a"}), path)


LISTS = [
    ('sellers = "jan"', 'sellers = ["jan"]'),
    ('own_domains = "a.nl"', 'own_domains = ["a.nl"]'),
    ('[stages.a]\norder = "x"', 'order = ["x"]'),
    ('[[deals]]\nfile = "a"\nhaving = "x"', 'having = ["x"]'),
    ('[[deals]]\nfile = "a"\nhaving = []', 'having = ["a", "b"]'),
    ('[[deals]]\nfile = ["a", "../b"]', "../b"),
    ("[[deals]]\nfile = []", "file"),
    ('[[deals]]\nfile = "a"\nlink = true', "[[turns]]"),
    ("[names]\nstage = 3", "stage"),
    ('[[snapshot]]\nfile = "a"\ncolumns = { deal_id = "x", stagee = "y" }', "'stage'"),
    ('[[snapshot]]\nfile = "a"\ncolumns = { stage = "y" }', "deal_id"),
]


@pytest.mark.parametrize(("text", "expected"), LISTS)
def test_what_is_meant_as_a_list_must_be_one(profiles, text, expected):
    with pytest.raises(errors.BadProfile) as caught:
        load_profile(profiles(mine=text))
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "dutch"),
    [
        ('name = "a"\nfile = \n', 2, "regel 2, kolom 8 is niet te lezen"),
        ('[[deals]\nfile = "a"', 1, "regel 1"),
        ('name = "a"\nname = "b"', 2, "geeft een naam die er al boven staat"),
        ('sellers = ["a"', 1, "regel 1"),
    ],
)
def test_what_is_no_toml_is_told_by_line_and_column(profiles, text, line, dutch):
    with pytest.raises(errors.BadToml) as caught:
        load_profile(profiles(mine=text))
    assert f"line {line}" in str(caught.value)
    assert dutch in caught.value.text("nl")
    assert "at line" not in caught.value.text("nl")


# names


def test_a_column_goes_by_the_first_of_its_names_that_the_file_has(export_of, profile_of):
    folder = export_of(
        {
            "a.csv": "DEAL  stage;Dealfase;nr\neen;x;1",
            "b.csv": "dealfase;nr\ntwee;2",
            "c.csv": "stage;nr\ndrie;3",
            "d.csv": "stage;Deal Stage;nr\nfout;vier;4",
        }
    )
    profile = profile_of(
        """
        [names]
        stage = ["Deal Stage", "Dealfase"]
        [[deals]]
        file = "*.csv"
        columns = { deal_id = "nr", product = "stage" }
        """
    )
    assert read_export(folder, profile).deals["product"].tolist() == ["een", "twee", "drie", "vier"]


def test_names_of_a_source_go_before_those_of_the_profile_and_hold_for_joins(export_of, profile_of):
    folder = export_of(
        {"deals.csv": "Nummer,Deal,Eigenaar\n1,9,7", "owners.csv": "Eigenaar,Voornaam\n7,Eva\n8,Jan"}
    )
    profile = profile_of(
        """
        [names]
        deal = ["Deal"]
        owner = ["Eigenaar"]
        first_name = ["First name", "Voornaam"]
        [[deals]]
        file = "deals.csv"
        names = { deal = ["Nummer"] }
        columns = { deal_id = "deal", owner_id = "seller" }
        join = { file = "owners.csv", on = "owner", take = { seller = "first_name" } }
        """
    )
    deals = read_export(folder, profile).deals
    assert deals[["deal_id", "owner_id"]].values.tolist() == [["1", "Eva"]]


def test_what_is_rejected_is_told_under_the_files_own_header(export_of, profile_of):
    folder = export_of({"d.csv": "Nr,Aangemaakt op\n1,ooit\n2,2026-01-01", "e.csv": "Nr,Created\n3,soon"})
    profile = profile_of(
        """
        [names]
        created = ["Created", "Aangemaakt op"]
        [[deals]]
        file = "*.csv"
        columns = { deal_id = "Nr", created_at = "created" }
        """
    )
    assert read_export(folder, profile).rejects["column"].tolist() == ["Aangemaakt op", "Created"]


def test_a_missing_column_is_held_against_every_header_that_means_it(export_of, profile_of):
    folder = export_of({"d.csv": "Recordnummer,Dealfasen\n1,a"})
    profile = profile_of(
        '[names]\nnr = ["Record-nummer"]\n[[deals]]\nfile = "d.csv"\ncolumns = { deal_id = "nr" }'
    )
    with pytest.raises(errors.MissingColumns, match="'Recordnummer' nearest to 'nr'"):
        read_export(folder, profile)


# files


def test_files_by_several_patterns_and_at_any_depth(export_of, profile_of):
    row = "deal_id\nd"
    folder = export_of(
        {
            "a.csv": row + "1",
            "x/b.csv": row + "2",
            "x/y/c.csv": row + "3",
            ".trash/d.csv": row + "4",
            "x/e.tsv": row + "5",
            "links.csv": "file\na.vtt",
        }
    )

    def deals(pattern):
        return read_export(folder, profile_of(f"[[deals]]\nfile = {pattern}")).deals.deal_id.tolist()

    assert deals('"**/*.csv"') == ["d1", "d2", "d3"]
    assert deals('"x/**/*.csv"') == ["d2", "d3"]
    assert deals('["x/*.tsv", "a.csv", "*.csv"]') == ["d1", "d5"]


def test_a_folder_or_a_dead_link_where_a_file_is_meant(small, export_of):
    (small / "people.csv").mkdir()
    with pytest.raises(errors.NotAFile, match="a folder") as caught:
        read_export(small)
    assert caught.value.text("nl").startswith("people.csv moet een bestand zijn, maar is een map")
    (small / "people.csv").rmdir()
    (small / "people.csv").symlink_to(small / "weg.csv")
    with pytest.raises(errors.NotAFile, match="not there"):
        read_export(small)


# files known by their columns

HAVING = """
[names]
record_id = ["Record ID"]
stage = ["Deal Stage", "Dealfase"]
[[deals]]
file = "**/*.csv"
having = ["record_id", "stage"]
optional = true
where = { archived = "" }
columns = { deal_id = "record_id", amount = "Amount", owner_id = "owner name", created_at = "Created" }
dates = { created_at = "%d/%m/%Y" }
join = { file = "**/*.csv", having = ["owner"], on = { "Owner" = "owner" }, take = { "owner name" = "name" } }
[deals.case]
pipeline = [{ when = { "Pipeline" = "x" }, value = "y" }, { value = "z" }]
[[people]]
file = "**/*.csv"
having = ["contact", "email"]
optional = true
columns = { person_id = "contact" }
[[turns]]
file = "*.csv"
having = ["said"]
optional = true
columns = { conversation_id = "call", text = "said" }
"""


def test_files_are_told_apart_by_their_columns(export_of, profile_of):
    folder = export_of(
        {
            "export (3).csv": "Record ID,Dealfase,Amount\n1,a,12\n2,b,",
            "x/hubspot-2026.csv": "Deal Stage,Record ID,archived\nc,3,\nd,4,yes",
            "contacten.csv": "contact,Email,name\np1,a@b.example,Jan",
            "people.csv": "contact,email\np2,x@b.example",
            "bijna.csv": "Record ID;Naam\n1;x",
            "leeg.csv": "",
            "brief.pdf": "x",
        }
    )
    check = check_export(folder, profile_of(HAVING), language="nl")
    assert check.refused == []
    deals = check.tables["deals"]
    assert deals.files == ["export (3).csv", "x/hubspot-2026.csv"]
    assert (deals.read, deals.used, deals.skipped) == (4, 3, 1)
    # having is exact: 'Email' is not 'email', so the names list must say that it is
    assert check.tables["people"].files == ["people.csv"]
    assert check.unused == ["bijna.csv", "brief.pdf", "contacten.csv", "leeg.csv"]
    notice = next(notice for notice in check.notices if "Niet gebruikte" in notice)
    assert "(4)" in notice
    assert "bijna.csv ([[deals]] 1: 'stage'?)" in notice
    assert "contacten.csv ([[people]] 1: 'email'?)" in notice
    aside = check.rejects[check.rejects["file"] == "leeg.csv"]
    assert aside["reason"].tolist() == [
        "het hele bestand is terzijde gelegd: In leeg.csv werden rijen verwacht; het bestand is leeg. "
        "Exporteer het opnieuw of haal het uit de map."
    ]
    absent = next(notice for notice in check.notices if notice.startswith("export (3).csv heeft geen kolom"))
    assert "Created, Owner, Pipeline;" in absent
    assert read_export(folder, profile_of(HAVING)).deals["pipeline"].tolist() == ["z"] * 3


def test_a_source_that_finds_no_file_of_its_own(export_of, profile_of):
    folder = export_of({"a.csv": "x\n1"})
    profile = profile_of(HAVING.replace("optional = true\nwhere", "where"))
    with pytest.raises(errors.FileMissing, match=r"\*\*/\*\.csv \(record_id, stage\)"):
        read_export(folder, profile)
    check = check_export(folder, profile)
    assert not check.usable


def test_a_workbook_without_the_sheet_is_not_this_sources(tmp_path, profile_of):
    frame = pd.DataFrame({"deal_id": ["d1"], "x": [1]})
    frame.to_excel(tmp_path / "a.xlsx", sheet_name="Deals", index=False)
    frame.to_excel(tmp_path / "b.xlsx", sheet_name="Anders", index=False)
    profile = profile_of('[[deals]]\nfile = "*.xlsx"\nsheet = "Deals"\nhaving = ["deal_id"]')
    check = check_export(tmp_path, profile)
    assert check.tables["deals"].files == ["a.xlsx"]
    assert check.unused == ["b.xlsx"]


# transcripts

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Eva>Dag.</v>\n\n00:00:03.000 --> 00:00:04.000\n<v Bo>Hallo.</v>\n"
SRT = "1\n00:00:01,000 --> 00:00:02,000\nEva: Dag.\n\n2\n00:00:03,000 --> 00:00:04,000\nBo: Hallo.\n"


def test_a_transcript_is_a_conversation_by_its_path(export_of, profile_of):
    folder = export_of(
        {"calls/a.vtt": VTT, "calls/b.VTT.gz": gzip.compress(VTT.encode()), "c.vtt": VTT, "c.srt": SRT}
    )
    profile = profile_of('[[turns]]\nfile = ["**/*.vtt", "**/*.vtt.gz", "**/*.srt"]\nlink = true')
    turns = read_export(folder, profile).turns
    # of two transcripts with one name, the ending tells them apart
    assert turns["conversation_id"].unique().tolist() == ["c.srt", "c.vtt", "calls/a", "calls/b"]
    assert turns["speaker_id"].tolist()[-2:] == ["Eva", "Bo"]


def test_a_transcript_may_name_its_call(export_of, profile_of):
    folder = export_of({"a.csv": "call_id,speaker,text\nk1,Eva,Dag\n,Bo,Hallo", "b.csv": "text,nr\nJa,k2"})
    profile = profile_of(
        '[[turns]]\nfile = "a.csv"\nlink = true\n'
        '[[turns]]\nfile = "b.csv"\nlink = true\ncolumns = { conversation_id = "nr" }'
    )
    turns = read_export(folder, profile).turns
    assert turns[["conversation_id", "text"]].values.tolist() == [["k1", "Dag"], ["a", "Hallo"], ["k2", "Ja"]]


# folders named by a date

DATED = """
time_zone = "UTC"
[stages.a]
order = ["one", "two"]
[[conversations]]
file = "talks.csv"
optional = true
[[deals]]
file = "deals.csv"
columns = { deal_id = "deal_id", amount = "amount" }
[[events]]
file = "events.csv"
optional = true
[[snapshot]]
file = "deals.csv"
"""
TALK = "conversation_id,started_at\n"
EVENT = "deal_id,at,kind,value\n"


def test_folders_named_by_a_date_are_read_one_by_one(export_of, profile_of):
    folder = export_of(
        {
            "20260201 eerste/deals.csv": "deal_id,stage,amount\nd1,one,1\nd9,one,9",
            "20260201 eerste/talks.csv": TALK + "c1,2026-01-05",
            "20260201 eerste/events.csv": EVENT + "d1,2026-01-04,mail_in,\nd1,2026-01-04,mail_in,",
            "2026-03-01T08.30/deals.csv": "deal_id,stage,amount\nd1,two,2\nd2,one,5\nd9,one,9",
            "2026-03-01T08.30/talks.csv": TALK + "c1,2026-01-05\nc2,2026-01-06\nc3,2026-02-20",
            "2026-03-01T08.30/events.csv": EVENT
            + "d1,2026-01-04,mail_in,\nd1,2026-01-04,mail_in,\nd1,2026-01-20,note,later\nd1,2026-02-10,mail_out,",
            "2026-13-45/deals.csv": "deal_id\nnooit",
        }
    )
    profile = profile_of(DATED)
    export = read_export(folder, profile)
    first, second = pd.Timestamp("2026-02-01 23:59:59", tz="UTC"), pd.Timestamp("2026-03-01 08:30", tz="UTC")
    assert export.as_of == second
    assert export.deals[["deal_id", "amount"]].values.tolist() == [["d1", 2.0], ["d2", 5.0], ["d9", 9.0]]
    talks = export.conversations.set_index("conversation_id")["entered_at"]
    assert talks["c1"] == pd.Timestamp("2026-01-05", tz="UTC")
    # what the first export did not have was entered later, whenever it took place
    assert talks[["c2", "c3"]].tolist() == [second, second]
    events = export.events.set_index("kind")["entered_at"]
    assert events["mail_in"].tolist() == [pd.Timestamp("2026-01-04", tz="UTC")] * 2
    assert events["note"] == second
    assert events["mail_out"] == pd.Timestamp("2026-02-10", tz="UTC")
    stages = export.events[export.events["kind"] == "stage"]
    found = sorted(stages[["deal_id", "value", "entered_at"]].values.tolist())
    assert found == [["d1", "one", first], ["d1", "two", second], ["d2", "one", second], ["d9", "one", first]]
    check = check_export(folder, profile)
    for table in check.tables.values():
        assert table.read == table.used + table.merged + table.skipped + table.rejected
    assert check.unused == ["2026-13-45/deals.csv"]


def test_files_outside_the_dated_folders_are_read_once(export_of, profile_of):
    folder = export_of(
        {
            "2026-02-01/deals.csv": "deal_id,stage\nd1,one",
            "2026-03-01/deals.csv": "deal_id,stage\nd1,two",
            "talks.csv": TALK + "c1,2026-01-05",
        }
    )
    talks = read_export(folder, profile_of(DATED)).conversations
    # that file may have been there all along: nothing follows from the date of the newest folder
    assert talks["entered_at"].tolist() == [pd.Timestamp("2026-01-05", tz="UTC")]


def test_without_dated_folders_the_state_is_of_as_of_else_of_the_newest_moment(export_of, profile_of):
    files = {"deals.csv": "deal_id,stage\nd1,one", "talks.csv": TALK + "c1,2026-01-05"}
    folder = export_of(files)
    export = read_export(folder, profile_of(DATED))
    assert export.as_of == pd.Timestamp("2026-01-05", tz="UTC")
    assert any("2026-01-05" in notice and "as_of" in notice for notice in export.notices)
    export = read_export(folder, profile_of("as_of = 2026-02-02\n" + DATED))
    assert export.events["entered_at"].tolist() == [pd.Timestamp("2026-02-02", tz="UTC")]
    (folder / "talks.csv").unlink()
    with pytest.raises(errors.TableLost, match="put as_of in the profile"):
        read_export(folder, profile_of(DATED))


# links


def test_links_are_read_from_the_folder_and_refused_when_they_are_wrong(export_of):
    folder = export_of({"links.csv": "file;conversation_id;swap;sure\na.vtt;c1;WAAR;0,5\n;;;\nb.vtt;;;"})
    found = read_links(folder)
    assert found.select("kind", "file", "conversation_id", "swap", "sure", "_line").rows() == [
        ("transcript", "a.vtt", "c1", True, 0.5, 2),
        ("transcript", "b.vtt", None, None, None, 4),
    ]
    assert read_links(folder / "weg") is None
    wrong = export_of({"l.csv": "file,kind,swap\n,transcript,\na,transkript,\nb,,misschien\nc,,\nc,,\nd"})
    with pytest.raises(errors.BadTable) as caught:
        read_links(folder, wrong / "l.csv")
    bad = caught.value.bad[["row", "column", "reason"]].values.tolist()
    assert bad == [
        [2, "file", "missing"],
        [3, "kind", "transcript / duplicate"],
        [4, "swap", "true / false"],
        [6, "file", "twice"],
        [7, "", "width"],
    ]
    with pytest.raises(errors.FileMissing):
        read_links(folder, folder / "niets.csv")
    with pytest.raises(errors.MissingColumns):
        read_links(export_of({"m.csv": "bestand\na"}), folder / "m.csv")
