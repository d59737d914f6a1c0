"""Single cases of linking: names, file names, parts, doubles, corrections and sides."""

import polars as pl
import pytest

from salesinsight.exports.findings import Findings
from salesinsight.exports.linking import link_transcripts, recordings_of
from salesinsight.exports.linking.filenames import moments_in_names
from salesinsight.exports.profile import load_profile
from salesinsight.exports.readers.links import COLUMNS as LINKS
from tests.exports.linking.conftest import moment, recordings_from, tables_of, turns_from

START = moment("2026-03-02T13:00:00")
TALK = {"conversation_id": "k-1001", "account_id": "a1", "seller_id": "s1", "started_at": START}
TALK |= {"ended_at": moment("2026-03-02T13:30:00"), "deal_id": "d1"}
PEOPLE = [
    {"person_id": "s1", "name": "Eva Prins", "side": "seller"},
    {"person_id": "p1", "name": "Jan de Vries", "account_id": "a1", "side": "customer"},
]
DEAL = {"deal_id": "d1", "account_id": "a1", "created_at": moment("2026-01-05T09:00:00")}
LINES = [("Eva Prins", "Hallo."), ("Vries, J. de (Gast)", "Dag.")]


def link(files, given=None, **rows):
    frame = recordings_from(files)
    tables = tables_of(**({"people": PEOPLE, "deals": [DEAL], "conversations": [TALK]} | rows))
    findings = Findings()
    tables["turns"] = turns_from(frame)
    given = None if given is None else pl.DataFrame(given, schema=LINKS).with_row_index("_line", offset=2)
    done, links = link_transcripts(tables, recordings_of(frame), given, load_profile("sample"), findings)
    return done, links, findings


@pytest.mark.parametrize(
    ("name", "utc"),
    [
        ("2026-03-02 14.00 Kennismaking Jansen.vtt", "2026-03-02 13:00"),
        ("20260302_140005_+31612345678.json", "2026-03-02 13:00"),
        ("Meeting with X-20260302_140000-Meeting Recording.vtt", "2026-03-02 13:00"),
        ("GMT20260302-130000_Recording.transcript.vtt", "2026-03-02 13:00"),
        ("opname 2-3-2026.srt", "2026-03-01 23:00"),
        ("2026-03-02/gesprek.vtt", "2026-03-01 23:00"),
        ("Offerte 2 mrt 2026 nr 12.txt", "2026-03-01 23:00"),
        ("Call March 2, 2026 14.00.txt", "2026-03-02 13:00"),
        ("gesprek.vtt", None),
    ],
)
def test_moments_are_read_from_names(name, utc):
    found = moments_in_names(pl.Series([name]), "Europe/Amsterdam")["at"]
    assert found.dt.strftime("%Y-%m-%d %H:%M").to_list() == [utc]


def test_a_recording_finds_its_conversation_deal_and_sides():
    done, links, _ = link({"2026-03-02 14.01.vtt": {"lines": LINES, "duration_s": 1800}})
    assert links.select("conversation_id", "deal_id", "sellers", "question").row(0) == (
        "k-1001", "d1", "Eva Prins", None,
    )  # fmt: skip
    assert done["turns"]["role"].to_list() == ["seller", "customer"]


def test_the_number_of_the_conversation_in_the_name_is_enough():
    _, links, _ = link({"opname k-1001.vtt": {}})
    assert links["conversation_id"].to_list() == ["k-1001"]


def test_a_deal_that_was_made_or_closed_by_then_is_the_only_one_that_counts():
    later = {"deal_id": "d2", "account_id": "a1", "created_at": moment("2026-04-05T09:00:00")}
    loose = TALK | {"deal_id": None}
    name = "2026-03-02 14.01.vtt"
    _, links, _ = link({name: {"lines": LINES}}, conversations=[loose], deals=[DEAL, later])
    assert links["deal_id"].to_list() == ["d1"]
    lost = {"deal_id": "d1", "kind": "lost", "at": moment("2026-02-01T09:00:00")}
    _, links, _ = link({name: {"lines": LINES}}, conversations=[loose], deals=[DEAL, later], events=[lost])
    assert links["deal_id"].to_list() == [None]


def test_two_open_deals_are_asked_not_guessed():
    second = DEAL | {"deal_id": "d2"}
    files = {"2026-03-02 14.01.vtt": {"lines": LINES}}
    _, links, _ = link(files, conversations=[TALK | {"deal_id": None}], deals=[DEAL, second])
    assert links["deal_id"][0] is None and links["question"][0]
    assert links["candidates"][0] == "1) sinds 5 januari 2026 (d1); 2) sinds 5 januari 2026 (d2)"
    answer = {"kind": "transcript", "file": "2026-03-02 14.01.vtt", "deal_id": "2"}
    answer["candidates"] = links["candidates"][0]
    _, links, _ = link(files, [answer], conversations=[TALK | {"deal_id": None}], deals=[DEAL, second])
    assert links["deal_id"].to_list() == ["d2"]


def two_calls_of_a_day():
    firm = DEAL | {"account_name": "Bakkerij Zon (Breda)"}
    later = {"conversation_id": "k-1002", "started_at": moment("2026-03-02T15:00:00"), "ended_at": None}
    there = [{"conversation_id": "k-1001", "person_id": person} for person in ("s1", "p1")]
    return {"conversations": [TALK, TALK | later], "deals": [firm], "attendance": there}


def test_a_question_says_which_conversations_and_is_answered_with_a_number():
    files = {"gesprek 2-3-2026.vtt": {"lines": LINES}}
    _, links, _ = link(files, **two_calls_of_a_day())
    first, second = links["candidates"][0].split("; ")
    assert first == "1) 2 maart 2026 14:00, Bakkerij Zon Breda, met Jan de Vries, verkoper Eva Prins (k-1001)"
    assert second == "2) 2 maart 2026 16:00, Bakkerij Zon Breda, verkoper Eva Prins (k-1002)"
    for answer in ("2", "2)", "k-1002"):
        given = {"kind": "transcript", "file": "gesprek 2-3-2026.vtt", "conversation_id": answer}
        given["candidates"] = links["candidates"][0]
        done, again, _ = link(files, [given], **two_calls_of_a_day())
        assert again["conversation_id"].to_list() == ["k-1002"] and done["turns"].height == 2


COLLEAGUE = {"person_id": "s2", "name": "Tom Blom", "side": "seller"}


def test_a_talk_among_sellers_is_of_no_customer_and_nothing_is_asked():
    lines = [("Eva Prins", "Hoe staat het?"), ("Blom, Tom", "Goed.")]
    files = {"Weekstart-20260302_140000.vtt": {"lines": lines, "duration_s": 1800}}
    done, links, findings = link(files, people=[*PEOPLE, COLLEAGUE])
    assert links.select("conversation_id", "question").row(0) == (None, None)
    assert links["how"][0].startswith("alleen eigen mensen")
    assert done["turns"].height == 0 and done["conversations"].height == 1
    assert [item.code for item in findings.set_aside] == ["own_people"]
    assert sum(tally["rejected"] for tally in findings.tallies.values()) == 2
    # the user knows better
    given = [{"kind": "transcript", "file": "Weekstart-20260302_140000.vtt", "conversation_id": "k-1001"}]
    done, links, _ = link(files, given, people=[*PEOPLE, COLLEAGUE])
    assert done["turns"]["conversation_id"].to_list() == ["k-1001"] * 2


@pytest.mark.parametrize("other", [None, "Spreker 2", "Vergaderzaal 2", "Jan de Vries"])
def test_with_anyone_else_it_may_be_a_customers_conversation(other):
    lines = [("Eva Prins", "Hoe staat het?"), ("Tom Blom", "Goed."), (other, "Dag.")]
    files = {"20260302_140000.vtt": {"lines": lines, "duration_s": 1800}}
    _, links, _ = link(files, people=[*PEOPLE, COLLEAGUE])
    assert links["conversation_id"].to_list() == ["k-1001"]


def test_one_seller_alone_may_speak_on_a_voicemail():
    _, links, _ = link({"20260302_140000.vtt": {"lines": [("Eva Prins", "Bel me.")], "duration_s": 1800}})
    assert links["conversation_id"].to_list() == ["k-1001"]


def test_the_file_without_a_number_is_the_original():
    lines = [("Eva Prins", " ".join(f"woord{n}" for n in range(60))), ("Jan de Vries", "een")]
    files = {f"Gesprek-20260302_140000{end}.vtt": {"lines": lines} for end in (" (1)", "", " - kopie")}
    _, links, _ = link(files)
    copies = links.filter(pl.col("how").str.contains("zelfde woorden"))["file"].to_list()
    assert copies == ["Gesprek-20260302_140000 (1).vtt", "Gesprek-20260302_140000 - kopie.vtt"]
    # and where the user has placed a copy elsewhere, the others follow it
    given = [{"kind": "transcript", "file": copies[0], "conversation_id": "k-1002"}]
    _, links, _ = link(files, given, **two_calls_of_a_day())
    assert links["conversation_id"].to_list() == ["k-1002"] * 3
    assert links["how"].str.contains("zelfde woorden").to_list() == [False, True, True]


def test_a_guest_beside_a_seller_who_is_none_is_a_customer():
    lines = [("Onbekend Iemand", "Dag."), ("Tom Blom", "Goedemiddag.")]
    files = {"opname k-1001.vtt": {"lines": lines, "sides": {"Onbekend Iemand": "Gast"}}}
    done, _, _ = link(files, people=[*PEOPLE, COLLEAGUE])
    assert done["turns"]["role"].to_list() == ["customer", "seller"]
    # where the seller is a guest too, somebody else holds the meeting
    files["opname k-1001.vtt"]["sides"]["Tom Blom"] = "Gast"
    done, _, _ = link(files, people=[*PEOPLE, COLLEAGUE])
    assert done["turns"]["role"].to_list() == [None, "seller"]


def test_names_and_a_day_are_not_enough_nor_is_a_moment_alone():
    _, links, _ = link({"gesprek 2-3-2026.vtt": {"lines": LINES}})
    assert links["conversation_id"][0] is None and "k-1001" in links["candidates"][0]
    stranger = {"lines": [("+31612345678", "Dag."), ("Kanaal 2", "Ja.")], "duration_s": 1800}
    _, links, _ = link({"2026-03-02 14.00.vtt": stranger})
    assert links["conversation_id"][0] is None and links["question"][0]


def test_two_calls_in_one_file_are_two_rows_of_links():
    rows = [
        {
            "_source": 9,
            "_path": "alles.json",
            "_line": n,
            "speaker": "Eva Prins",
            "text": "Dag.",
            "call_id": call,
        }
        for n, call in enumerate(("k-1001", "k-1002"), 1)
    ]
    frame = pl.DataFrame(rows)
    tables = tables_of(people=PEOPLE, **two_calls_of_a_day())
    turns = frame.select("_source", "_path", "_line", "text", conversation_id="call_id", speaker_id="speaker")
    tables["turns"] = pl.concat([tables["turns"], turns], how="diagonal_relaxed")
    _, links = link_transcripts(tables, recordings_of(frame), None, load_profile("sample"), Findings())
    assert links["file"].to_list() == ["alles.json#k-1001", "alles.json#k-1002"]
    assert links["conversation_id"].to_list() == ["k-1001", "k-1002"]


def test_a_recording_without_a_conversation_makes_its_own_on_its_date():
    done, _, _ = link({"2026-03-09 10.00.vtt": {"lines": LINES, "duration_s": 600}})
    row = done["conversations"].filter(conversation_id="2026-03-09 10.00").row(0, named=True)
    assert (row["account_id"], row["deal_id"], row["seller_id"], row["kind"]) == ("a1", "d1", "s1", "video")


def test_someone_who_became_known_later_does_not_decide():
    added = {"deal_id": "d1", "kind": "contact_added", "person_id": "p1", "at": moment("2026-06-01T09:00:00")}
    done, _, _ = link({"2026-03-09 10.00.vtt": {"lines": LINES}}, events=[added])
    assert done["conversations"].filter(conversation_id="2026-03-09 10.00")["account_id"].to_list() == [None]


def test_an_unclear_recording_is_set_aside_once_and_counted():
    done, links, findings = link({"opname.vtt": {}})
    assert done["turns"].height == 0 and links["question"][0]
    assert len(findings.set_aside) == 1 and findings.set_aside[0].rows.height == 1


def test_links_csv_wins():
    given = [
        {"kind": "transcript", "file": "opname.vtt", "conversation_id": "k-1001", "sellers": "Spreker 2"}
    ]
    done, links, _ = link({"opname.vtt": {}}, given)
    assert done["turns"]["role"].to_list() == ["customer", "seller"] and links["sure"][0] == 1.0


def test_parts_follow_one_another_and_the_same_file_twice_counts_once():
    words = " ".join(f"woord{n}" for n in range(60))
    first = {"lines": [("Eva Prins", words), ("Jan de Vries", "een")], "duration_s": 900}
    second = {"lines": [("Eva Prins", "iets heel anders"), ("Jan de Vries", "twee")], "duration_s": 900}
    files = {"2026-03-02 14.00.vtt": first, "2026-03-02 14.15.vtt": second, "kopie.vtt": first}
    done, _, findings = link(files)
    assert done["turns"]["conversation_id"].unique().to_list() == ["k-1001"]
    assert [text.split()[0] for text in done["turns"]["text"]] == ["woord0", "een", "iets", "twee"]
    assert sum(tally["merged"] for tally in findings.tallies.values()) == 2


def test_the_first_speaker_is_not_the_seller():
    done, links, _ = link({"opname k-1001.vtt": {}})
    assert done["turns"]["role"].to_list() == [None, None]
    assert links["question"][0]


def test_one_talk_in_two_sources_is_one_and_two_calls_of_each_stay_two():
    other = {"account_id": "a1", "seller_id": "Eva Prins", "_source": 5, "_path": "log.csv"}
    later = {"started_at": moment("2026-03-02T13:05:00"), "ended_at": None}
    talks = [
        TALK,
        TALK | {"conversation_id": "k-1002"} | later,
        other | {"conversation_id": "t-1", "started_at": START, "direction": "out"},
        other | {"conversation_id": "t-2"} | later,
    ]
    done, links, _ = _doubles(talks)
    assert done["conversations"]["conversation_id"].to_list() == ["k-1001", "k-1002"]
    assert done["conversations"]["direction"][0] == "out"
    assert links.filter(kind="duplicate")["candidates"].to_list() == ["t-1", "t-2"]


def _doubles(talks):
    tables = tables_of(people=PEOPLE, deals=[DEAL], conversations=talks)
    none = recordings_of(pl.DataFrame(schema={"_source": pl.Int64, "_path": pl.String}))
    findings = Findings()
    done, links = link_transcripts(tables, none, None, load_profile("sample"), findings)
    assert sum(tally["merged"] for tally in findings.tallies.values()) == 2
    return done, links, findings


def test_what_was_proposed_and_left_as_it_was_says_the_same_again():
    lines = [("Eva Prins", " ".join(f"woord{n}" for n in range(60))), ("Jan de Vries", "een")]
    own = {"lines": [("Eva Prins", "Hoe gaat het?"), ("Tom Blom", "Goed.")]}
    files = {f"Gesprek-20260309_140000{end}.vtt": {"lines": lines} for end in (" (1)", "")}
    files |= {f"Demo-20260302_140000{end}.vtt": {"lines": lines[::-1]} for end in (" (1)", "")} | {
        "Week.vtt": own
    }
    done, links, _ = link(files, people=[*PEOPLE, COLLEAGUE])
    again, same, findings = link(files, links.to_dicts(), people=[*PEOPLE, COLLEAGUE])
    assert same["conversation_id"].to_list() == links["conversation_id"].to_list()
    for name in ("turns", "conversations"):
        assert again[name].equals(done[name])
    assert not [code for code, _ in findings.notices if code == "link_unknown"]
