"""links.csv as answers: what was left as it was changes nothing, and what can't be used is told."""

import pytest

import salesinsight as si
from salesinsight.exports import write_links
from salesinsight.exports.readers.links import read_links
from tests.exports.linking.conftest import moment
from tests.exports.linking.test_linking import COLLEAGUE, DEAL, LINES, PEOPLE, TALK, link, two_calls_of_a_day

WORDS = [("Eva Prins", " ".join(f"woord{n}" for n in range(60))), ("Jan de Vries", "een")]
NAME = "2026-03-02 14.01.vtt"


def kinds_of_recordings():
    """One file of every fate: linked, part, copy, made, own, unsure, undated, with a voice nobody knows."""
    other = [("Eva Prins", "Iets heel anders."), ("Jan de Vries", "Goed.")]
    own = [("Eva Prins", "Hoe gaat het?"), ("Tom Blom", "Goed.")]
    return {
        "k-1002 vergadering.vtt": {"lines": [*LINES, ("Vergaderzaal 2", "Ja.")]},
        "2026-03-02 14.00 deel 1.vtt": {"lines": LINES, "duration_s": 900},
        "2026-03-02 14.15 deel 2.vtt": {"lines": other, "duration_s": 900},
        "2026-03-09 10.00.vtt": {"lines": WORDS, "duration_s": 600},
        "2026-03-09 10.00 (1).vtt": {"lines": WORDS, "duration_s": 600},
        "Week.vtt": {"lines": own},
        "gesprek 2-3-2026.vtt": {"lines": [("Eva Prins", "Zo."), ("de Vries, Jan", "Ja.")]},
        "los.vtt": {},
    }


def office():
    rows = two_calls_of_a_day() | {"people": [*PEOPLE, COLLEAGUE]}
    rows["conversations"] = [TALK | {"deal_id": None}, rows["conversations"][1] | {"seller_id": "s2"}]
    return rows


def written(links, folder):
    """What reading gets of a proposal that was written and saved."""
    write_links(links.to_pandas(), folder / "links.csv")
    return read_links(folder)


def relink(files, given, **rows):
    return link(files, given.drop("_line").to_dicts(), **rows)


def same(one, other):
    tables, links, findings = one
    tables_, links_, findings_ = other
    assert links_.equals(links)
    assert all(tables_[name].equals(table) for name, table in tables.items())
    assert findings_.notices == findings.notices


def test_a_proposal_that_was_only_saved_changes_nothing_at_all(tmp_path):
    first = link(kinds_of_recordings(), **office())
    assert first[1]["how"].n_unique() >= 6
    assert None in first[0]["turns"]["role"].to_list()
    again = first
    for _ in range(2):
        again = relink(kinds_of_recordings(), written(again[1], tmp_path), **office())
        same(first, again)


def test_answers_stay_what_they_were_when_the_file_is_written_again(tmp_path):
    files, first = kinds_of_recordings(), link(kinds_of_recordings(), **office())
    answers = {
        "gesprek 2-3-2026.vtt": {"conversation_id": "k-1002"},
        "2026-03-09 10.00.vtt": {"sellers": "Jan de Vries"},
        "2026-03-02 14.00 deel 1.vtt": {"swap": True},
    }
    rows = [row | answers.get(row["file"], {}) for row in first[1].to_dicts()]
    done = link(files, rows, **office())
    assert not done[0]["turns"].equals(first[0]["turns"])
    again = done
    for _ in range(2):
        again = relink(files, written(again[1], tmp_path), **office())
        assert again[0]["turns"].equals(done[0]["turns"])
        assert again[0]["conversations"].equals(done[0]["conversations"])


def test_a_round_trip_through_the_folder_changes_nothing(tmp_path):
    deals = "Record ID,Deal Stage,Create Date,Deal owner\n9000,Open,2026-01-01 10:00,Eva Verzonnen\n"
    calls = "Record ID,Activity date,Call outcome,Create Date,Activity assigned to\n"
    calls += "1,2026-02-05 11:00,Connected,2026-02-05 11:30,Eva Verzonnen\n"
    (tmp_path / "deals.csv").write_text(deals, "utf-8")
    (tmp_path / "calls.csv").write_text(calls, "utf-8")
    said = "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Eva Verzonnen>{}</v>\n\n00:05.000 --> 00:09.000\n<v Bo>Ja.</v>\n"
    for name in ("2026-02-05 11.00 Eva", "2026-02-05 11.00 Eva (1)", "20260206_110500", "los"):
        text = said.format(" ".join(["Wat vindt u van de offerte?"] * 10) + ("." if name == "los" else ""))
        (tmp_path / f"{name}.vtt").write_text(text, "utf-8")
    first = si.read_export(tmp_path, profile="hubspot", language="nl")
    export = first
    for _ in range(2):
        write_links(export.links, tmp_path / "links.csv")
        export = si.read_export(tmp_path, profile="hubspot", language="nl")
        for name in ("conversations", "turns", "links", "rejects"):
            assert getattr(export, name).equals(getattr(first, name))
        assert export.notices == first.notices


def roles(done):
    return dict(done["turns"].select("speaker_id", "role").unique().iter_rows())


def test_swapped_sides_are_not_swapped_again(tmp_path):
    # a colleague of the seller spoke, so that nothing is known of the third voice
    files = {"opname k-1001.vtt": {"lines": [*LINES, ("Vergaderzaal 2", "Ja.")]}}
    rows = {"conversations": [TALK | {"seller_id": "s2"}], "people": [*PEOPLE, COLLEAGUE]}
    done, links, _ = link(files, **rows)
    assert roles(done)["Vergaderzaal 2"] is None
    done, links, _ = link(files, [links.row(0, named=True) | {"swap": True}], **rows)
    assert roles(done)["Eva Prins"] == "customer"
    assert links.select("sellers", "swap").row(0) == ("Vries, J. de (Gast)", None)
    for _ in range(2):
        again, links, findings = relink(files, written(links, tmp_path), **rows)
        assert again["turns"].equals(done["turns"])
        assert not [code for code, _ in findings.notices if code.startswith("link_")]


def test_sellers_that_are_filled_in_win_over_swap():
    answer = {"kind": "transcript", "file": NAME, "sellers": "Vries, J. de (Gast)", "swap": True}
    done, links, findings = link({NAME: {"lines": LINES}}, [answer])
    assert roles(done) == {"Eva Prins": "customer", "Vries, J. de (Gast)": "seller"}
    assert links.select("sellers", "swap").row(0) == ("Vries, J. de (Gast)", None)
    assert findings.notices == [("link_both", {"lines": ["2"], "names": [f"'{NAME}'"]})]


@pytest.mark.parametrize(
    ("answer", "code", "name"),
    [
        ({"file": NAME, "deal_id": "d9"}, "link_no_deal", "d9"),
        ({"file": NAME, "conversation_id": "k-9"}, "link_unknown", "k-9"),
        ({"file": "los.vtt", "deal_id": "d1"}, "link_unplaced", "los.vtt"),
        ({"file": NAME, "sellers": "Eva Pins"}, "link_no_speaker", "Eva Pins"),
        ({"file": NAME, "sellers": "Eva Prins; Bo"}, "link_no_speaker", "Bo"),
        ({"file": "weg.vtt", "conversation_id": "k-1001"}, "link_no_file", "weg.vtt"),
    ],
)
def test_an_answer_that_cannot_be_used_is_told_with_its_line(answer, code, name):
    files = {NAME: {"lines": LINES}, "los.vtt": {}}
    done, links, _ = link(files)
    again, same_links, findings = link(files, [{"kind": "transcript"} | answer])
    assert (code, {"lines": ["2"], "names": [f"'{name}'"]}) in findings.notices
    assert again["conversations"].equals(done["conversations"])
    assert same_links["conversation_id"].equals(links["conversation_id"])
    assert roles(again) == roles(done)


def test_of_many_unusable_answers_the_first_are_told():
    given = [{"kind": "transcript", "file": f"weg {n}.vtt"} for n in range(9)]
    _, _, findings = link({NAME: {"lines": LINES}}, given)
    facts = dict(findings.notices)["link_no_file"]
    assert facts["lines"] == ["2", "3", "4", "5", "6"] and facts["names"][-1] == "'weg 4.vtt' … (+4)"


def test_capitals_and_slashes_of_a_file_are_forgiven_where_only_one_can_be_meant():
    files = {"Opnames/Los.vtt": {}, "twee.vtt": {}, "Twee.vtt": {"lines": LINES}}
    given = [{"kind": "transcript", "file": "OPNAMES\\LOS.VTT", "conversation_id": "k-1001"}]
    _, links, findings = link(files, given)
    assert links["conversation_id"].to_list() == ["k-1001", None, None]
    assert "link_no_file" not in dict(findings.notices)
    _, links, findings = link(files, [given[0] | {"file": "TWEE.vtt"}])
    assert links["conversation_id"].to_list() == [None] * 3
    assert "link_no_file" in dict(findings.notices)


def test_a_deal_that_was_proposed_does_not_follow_to_another_conversation():
    rows = two_calls_of_a_day()
    rows["deals"] = [DEAL, DEAL | {"deal_id": "d2"}]
    rows["conversations"] = [TALK, rows["conversations"][1] | {"deal_id": "d2"}]
    _, links, _ = link({NAME: {"lines": LINES}}, **rows)
    assert links["deal_id"].to_list() == ["d1"]
    answer = links.row(0, named=True) | {"conversation_id": "k-1002"}
    done, links, _ = link({NAME: {"lines": LINES}}, [answer], **rows)
    assert links.select("conversation_id", "deal_id").row(0) == ("k-1002", "d2")
    assert done["conversations"]["deal_id"].to_list() == ["d1", "d2"]


def test_a_small_number_of_a_conversation_is_not_taken_for_that_of_a_candidate(tmp_path):
    talks = [TALK | {"conversation_id": "2", "deal_id": None}, TALK | {"conversation_id": "9"}]
    talks[1]["started_at"], talks[1]["ended_at"] = moment("2026-01-20T09:00:00"), None
    deals = [DEAL | {"deal_id": name} for name in ("7", "9")]
    first = link({NAME: {"lines": LINES, "duration_s": 1800}}, conversations=talks, deals=deals)
    assert first[1].select("conversation_id", "deal_id").row(0) == ("2", None)
    assert first[1]["candidates"][0].endswith("(9)")
    files = {NAME: {"lines": LINES, "duration_s": 1800}}
    same(first, relink(files, written(first[1], tmp_path), conversations=talks, deals=deals))


def test_two_recordings_that_the_user_gives_one_conversation_are_parts_of_it():
    files = {"a.vtt": {"lines": [("Eva Prins", "Een.")], "duration_s": 60}, "b.vtt": {"lines": LINES}}
    given = [{"kind": "transcript", "file": file, "conversation_id": "k-1001"} for file in files]
    done, links, _ = link(files, given)
    assert links["conversation_id"].to_list() == ["k-1001"] * 2
    assert done["turns"]["text"].to_list() == ["Een.", "Hallo.", "Dag."]


def test_duplicates_that_were_kept_apart_stay_so_when_the_file_is_written_again(tmp_path):
    other = {"account_id": "a1", "seller_id": "Eva Prins", "_source": 5, "_path": "log.csv"}
    other |= {"conversation_id": "t-1", "started_at": TALK["started_at"]}
    rows = {"conversations": [TALK, other]}
    files = {NAME: {"lines": LINES}}
    _, links, _ = link(files, **rows)
    assert links["kind"].to_list() == ["transcript", "duplicate"]
    answer = [
        row | {"conversation_id": row["candidates"] or row["conversation_id"]} for row in links.to_dicts()
    ]
    done, links, _ = link(files, answer, **rows)
    for _ in range(2):
        assert done["conversations"]["conversation_id"].to_list() == ["k-1001", "t-1"]
        done, links, _ = relink(files, written(links, tmp_path), **rows)


def test_seller_and_customer_of_one_name_are_asked():
    ask = ("Jan de Vries", "Wat houdt u tegen? Ik stel voor dat ik u een offerte stuur.")
    lines = [ask, ("Jan de Vries (Gast)", "Wij willen er nog over nadenken.")] * 6
    people = [PEOPLE[1], {"person_id": "s1", "name": "Jan de Vries", "side": "seller"}]
    done, links, _ = link({"opname k-1001.vtt": {"lines": lines}}, people=people)
    assert done["turns"]["role"].null_count() == 12
    assert links["sellers"][0] is None and "verkoper" in links["question"][0]
    answer = links.row(0, named=True) | {"sellers": "Jan de Vries"}
    done, links, _ = link({"opname k-1001.vtt": {"lines": lines}}, [answer], people=people)
    assert roles(done) == {"Jan de Vries": "seller", "Jan de Vries (Gast)": "customer"}
    # two of other names are told apart by the same words
    lines = [(name.replace("Jan de Vries", "Spreker"), text) for name, text in lines]
    _, links, _ = link({"opname k-1001.vtt": {"lines": lines}}, people=people)
    assert links["sellers"].to_list() == ["Spreker"] and "100" not in links["how"][0]
