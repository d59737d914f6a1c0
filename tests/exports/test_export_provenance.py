"""Every row of every file is used, merged, skipped or rejected; nothing that is read is changed."""

import hashlib
import pathlib

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesinsight import errors
from salesinsight.exports import check_export, load_profile, read_export
from salesinsight.exports.read import NO_SOURCE, read

TABLES = ["turns", "conversations", "people", "attendance", "deals", "events", "rejects"]
PROFILE = """
time_zone = "Europe/Amsterdam"
[names]
nr = ["Record ID", "Nummer"]
[[turns]]
file = "gesprekken/*.csv"
columns = { conversation_id = "gesprek", speaker_id = "wie", text = "tekst" }
[[conversations]]
file = "gesprekken/*.csv"
distinct = true
columns = { conversation_id = "gesprek", started_at = "wanneer" }
[[deals]]
file = "**/*.csv"
having = ["nr", "bedrag"]
optional = true
where = { weg = "" }
columns = { deal_id = "nr", amount = "bedrag", created_at = "sinds", owner_id = "naam" }
join = { file = "eigenaars.csv", on = { eigenaar = "code" }, take = ["naam"] }
[[events]]
file = "**/*.csv"
having = ["nr", "stap", "tijd"]
optional = true
columns = { deal_id = "nr", at = "tijd", entered_at = "end.tijd", kind = "stap" }
values.kind = { begin = "stage" }
pair = { on = "nr", column = "stap", start = "begin", end = "einde" }
[[snapshot]]
file = "**/*.csv"
having = ["nr", "bedrag"]
optional = true
columns = { deal_id = "nr", amount = "bedrag" }
"""
KEY = st.sampled_from(["1", "2", "3", ""])
MOMENT = st.sampled_from(["2026-01-02", "03-01-2026 10:00", "29-03-2026 02:30", "1/2/26", "soms", ""])
TALK = st.tuples(
    st.sampled_from(["c1", "c2", ""]),
    st.sampled_from(["An", "Bo", ""]),
    st.sampled_from(["dag", "ja", ""]),
    MOMENT,
)
DEAL = st.tuples(KEY, st.sampled_from(["1,5", "2", "veel", ""]), MOMENT, st.sampled_from(["ja", ""]), KEY)
STEP = st.tuples(KEY, st.sampled_from(["begin", "einde", "los", ""]), MOMENT)
# a row of another width than its header
ODD = st.sampled_from([("x",), ("x", "y"), ("", "", "", "", "", "z")])
FILES = {
    "gesprekken/een.csv": ("gesprek;wie;tekst;wanneer", TALK),
    "gesprekken/twee.csv": ("gesprek;wie;tekst;wanneer", TALK),
    "deals (3).csv": ("Record ID;bedrag;sinds;weg;eigenaar", DEAL),
    "map/andere.csv": ("Nummer;bedrag;sinds;weg;eigenaar", DEAL),
    "stappen.csv": ("Nummer;stap;tijd", STEP),
}
OWNERS = "code;naam\n1;Eva\n1;Jan\n2;Piet\n"


def write(folder, tables):
    (folder / "eigenaars.csv").write_text(OWNERS, encoding="utf-8")
    for name, rows in tables.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        lines = [FILES[name][0], *(";".join(row) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def hashes(folder):
    files = sorted(path for path in pathlib.Path(folder).rglob("*") if path.is_file())
    return {path: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in files}


def same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.notices == other.notices


@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.fixed_dictionaries(
        {name: st.lists(st.one_of(row, row, row, row, ODD), max_size=7) for name, (_, row) in FILES.items()}
    )
)
def test_the_counts_add_up_per_source_and_per_file(tmp_path, profile_of, tables):
    write(tmp_path, tables)
    raw = hashes(tmp_path)
    profile = load_profile(profile_of(PROFILE))
    reading = read(tmp_path, profile, None, keep_going=True)
    seen = set()
    for (number, path), tally in reading.findings.tallies.items():
        if number == NO_SOURCE:
            continue
        done = tally["used"] + tally["merged"] + tally["skipped"] + tally["rejected"]
        assert tally["read"] == done, (profile.sources[number].table, path, tally)
        # what has no words on its line is no row
        rows = [row for row in tables[path] if "".join(row) or len(row) > 1]
        assert tally["read"] == len(rows), (profile.sources[number].table, path, tally)
        seen.add(path)
    assert seen == {name for name, rows in tables.items() if rows}
    again = read(tmp_path, profile, None, keep_going=True)
    same(reading.export, again.export)
    assert again.findings.tallies == reading.findings.tallies
    assert hashes(tmp_path) == raw


def test_a_corrected_file_heals(small):
    whole = read_export(small)
    events = small / "events.csv"
    right = events.read_text(encoding="utf-8")
    wrong = right.replace("2026-02-02T11:00:00+01:00;", "2 feb;").replace(";lost;", ";weg;")
    events.write_text(wrong, encoding="utf-8")
    broken = read_export(small)
    assert broken.rejects[["file", "line", "column"]].values.tolist() == [
        ["events.csv", 3, "at"],
        ["events.csv", 4, "kind"],
    ]
    for name in ("turns", "conversations", "deals"):
        pd.testing.assert_frame_equal(getattr(broken, name), getattr(whole, name))
    events.write_text(right, encoding="utf-8")
    same(read_export(small), whole)
    assert len(whole.rejects) == 0


def test_reading_and_checking_leave_the_folder_as_it_is(small):
    raw = hashes(small)
    read_export(small)
    check_export(small)
    assert hashes(small) == raw
    assert raw


# what is told


def notices(folder, profile="sample"):
    return read_export(folder, profile, language="nl").notices


def test_a_table_of_which_no_date_can_be_read_is_refused_with_the_pattern(small):
    talks = small / "conversations.csv"
    text = "conversation_id;started_at\nc1;12/31/26 10:00\nc2;01/02/26 09:30\n"
    talks.write_text(text, encoding="utf-8")
    with pytest.raises(errors.DatesUnread) as caught:
        read_export(small)
    assert 'dates = { started_at = "%m/%d/%y %H:%M" }' in str(caught.value)
    assert "'12/31/26 10:00'" in str(caught.value)
    check = check_export(small)
    assert not check.usable
    assert [type(error) for error in check.refused] == [errors.DatesUnread]
    table = check.tables["conversations"]
    assert (table.read, table.rejected, table.missing) == (2, 2, {})
    assert table.refused == check.refused
    assert check.tables["deals"].refused == []
    assert check.to_dict()["tables"]["conversations"]["refused"] == [check.refused[0].text("nl")]


@pytest.mark.parametrize(
    ("values", "nl"),
    [
        (["01/02/26", "03/04/26"], "welk bedoeld is, staat dus niet vast"),
        (["week 1", "week 2"], "Geen gangbaar patroon past"),
        (["31.12.2026", "01.01.2027"], 'dates = { created_at = "%d.%m.%Y" }'),
    ],
)
def test_what_would_read_the_dates_is_told_or_that_it_is_not_decided(export_of, values, nl):
    rows = "".join(f"d{n};{value}\n" for n, value in enumerate(values))
    told = notices(export_of({"deals.csv": f"deal_id;created_at\n{rows}"}))
    assert any(nl in notice for notice in told)


def test_a_table_without_one_usable_row_is_refused_with_the_commonest_reason(small):
    (small / "events.csv").write_text(
        "deal_id;at;kind\nd1;;won\nd2;;won\nd3;2026-01-01;x\n", encoding="utf-8"
    )
    with pytest.raises(
        errors.TableLost, match=r"3 rows in 'events.csv'.*'at' in events.csv, line 2: missing"
    ):
        read_export(small)
    assert "ontbreekt" in check_export(small).refused[0].text("nl")


def test_two_ways_of_writing_dates_are_counted_with_an_example_of_each(export_of):
    text = "deal_id;created_at\nd1;03-02-2026\nd2;2026-02-04\nd3;2026-02-05\nd4;5.2.2026\nd5;ooit\n"
    told = next(notice for notice in notices(export_of({"deals.csv": text})) if "manier" in notice)
    assert "'03-02-2026' (1×), '2026-02-04' (2×)" in told
    assert "Niet gelezen: '5.2.2026' (1×)" in told


def test_hours_of_a_clock_change(export_of):
    text = (
        "deal_id;created_at\nd1;2026-03-29 02:30\nd2;2026-10-25 02:30\nd3;2026-10-25T02:30:00+01:00\n"
        "d4;2026-10-25 03:00\nd5;2026-10-24 02:30"
    )
    export = read_export(export_of({"deals.csv": text}), language="nl")
    assert export.rejects[["line", "column", "value"]].values.tolist() == [
        [2, "created_at", "2026-03-29 02:30"]
    ]
    assert "slaat de klok dit uur over" in export.rejects["reason"][0]
    told = next(notice for notice in export.notices if "tweemaal" in notice)
    assert "1 tijdstippen zoals 2026-10-25 02:30" in told


def test_column_names_in_the_middle_of_a_file_are_skipped(export_of):
    folder = export_of({"deals.csv": "deal_id,amount\nd1,1\nDeal_id,amount\ndeal_id,amount\nd2,2"})
    assert read_export(folder).deals["deal_id"].tolist() == ["d1", "d2"]
    check = check_export(folder)
    assert check.tables["deals"].skipped == 2
    assert any("2 regels herhalen de kolomnamen, de eerste op regel 3" in notice for notice in check.notices)


def test_names_of_the_profile_that_the_export_does_not_know(export_of, profile_of):
    folder = export_of(
        {
            "deals.csv": "deal_id,pipeline\nd1,Nieuwe klanten",
            "events.csv": "deal_id,at,kind,value\nd1,2026-01-01,lost,Te duur",
        }
    )
    text = (
        '[stages.nieuw]\norder = ["a"]\n[label]\nno_decision_reasons = ["geen reactie", "te duur "]\n'
        '[[deals]]\nfile = "deals.csv"\n[[events]]\nfile = "events.csv"'
    )
    told = notices(folder, profile_of(text))
    assert any("fasen voor nieuw" in notice and "Nieuwe klanten" in notice for notice in told)
    assert any("noemt geen reactie, maar" in notice and "Te duur" in notice for notice in told)
    right = text.replace("nieuw]", '"Nieuwe klanten"]').replace('"geen reactie", ', "")
    assert not any("no_decision_reasons" in n or "Wel in" in n for n in notices(folder, profile_of(right)))


def test_the_nearest_column_of_one_that_the_profile_names(export_of, profile_of):
    folder = export_of({"d.csv": "nr;Dealbedragen\n1;2"})
    profile = profile_of('[[deals]]\nfile = "d.csv"\ncolumns = { deal_id = "nr", amount = "Dealbedrag" }')
    assert check_export(folder, profile).tables["deals"].missing["amount"] == "Dealbedragen"


def test_a_whole_conversation_in_one_cell_becomes_its_turns(export_of):
    text = (
        "conversation_id,speaker_id,text\n"
        'c1,,"Eva: Dag.\nBo: Hallo.\nEva: Let op: het is\nbijna vijf.\nBo: Goed."\n'
        'c2,,"Dit is één verhaal\nover twee regels."\n'
        'c3,Bo,"Eva: Dag.\nBo: Hallo.\nEva: Ja."\n'
    )
    folder = export_of({"turns.csv": text})
    turns = read_export(folder).turns
    assert turns["conversation_id"].tolist() == ["c1"] * 4 + ["c2", "c3"]
    assert turns["speaker_id"].tolist()[:4] == ["Eva", "Bo", "Eva", "Bo"]
    assert turns["text"][2] == "Let op: het is bijna vijf."
    table = check_export(folder).tables["turns"]
    assert (table.read, table.used) == (6, 6)
