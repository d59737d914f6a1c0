"""Bad input: one clear sentence for a whole file, a line with a reason for a row, never a traceback."""

import pathlib

import pandas as pd
import pytest

from salesinsight import errors
from salesinsight.exports import check_export, read_export


def refusal(kind, folder, profile="sample"):
    """The error in both languages; Dutch and English must each say it."""
    with pytest.raises(kind) as caught:
        read_export(folder, profile)
    assert caught.value.text("nl") != caught.value.text("en")
    assert caught.value.exit_code == 3
    return str(caught.value)


def rejected(folder, profile="sample"):
    rejects = read_export(folder, profile, language="en").rejects
    rows = rejects[["line", "column", "value", "reason"]].astype(object)
    return rows.where(rejects[rows.columns].notna(), None).values.tolist()


# whole files


def test_no_folder_or_nothing_in_it(tmp_path):
    assert "not a folder" in refusal(errors.FolderMissing, tmp_path / "weg")
    (tmp_path / "turnz.csv").write_text("x", encoding="utf-8")
    text = refusal(errors.NothingUsable, tmp_path)
    assert "'turns.csv'" in text
    assert "'turnz.csv'" in text


def test_a_file_that_the_profile_names_is_not_there(export_of, profile_of):
    folder = export_of({"beurten 2026.csv": "x"})
    text = refusal(errors.FileMissing, folder, profile_of('[[turns]]\nfile = "beurten-2026.csv"'))
    assert "Did you mean 'beurten 2026.csv'?" in text
    assert "[[turns]] 1" in text


ODD = {
    "jsonl": '{"conversation_id": "c1", "text": "\\ud83d x"}\n{"conversation_id": 7, "text": null}\n',
    "csv": 'conversation_id;text;_line\n"c1";5" breed;x\n;;\nc1;;\n',
}


@pytest.mark.parametrize("ending", ODD)
def test_odd_but_readable_files(export_of, profile_of, ending):
    folder = export_of({f"t.{ending}": ODD[ending]})
    export = read_export(folder, profile_of(f'[[turns]]\nfile = "t.{ending}"'))
    assert len(export.turns) == 1
    assert len(export.rejects) == 1


UNREADABLE = {
    "a.json": b'{"x": ',
    "b.parquet": b"PAR1",
    "c.csv.gz": b"no gzip",
    "d.csv": b'"' + b"x" * 200_000,
    "e.vtt": b"no subtitles",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_files_that_are_not_what_their_name_says(export_of, profile_of, name):
    folder = export_of(UNREADABLE)
    assert name in refusal(errors.UnreadableFile, folder, profile_of(f'[[deals]]\nfile = "{name}"'))


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_an_empty_file(small, content):
    (small / "turns.csv").write_text(content, encoding="utf-8")
    assert "turns.csv" in refusal(errors.EmptyFile, small)


def test_a_file_with_a_header_only_is_told(small):
    (small / "turns.csv").write_text("conversation_id;text\n", encoding="utf-8")
    assert any("turns.csv bevat geen rijen" in notice for notice in read_export(small).notices)


@pytest.mark.parametrize("content", [b"text\n\x81\x8d\n", b"\x00\x01\x02text", b"PK\x03\x04\x14\x00\x00\x00"])
def test_a_file_that_is_no_text(small, content):
    (small / "turns.csv").write_bytes(content)
    text = refusal(errors.UnreadableFile, small)
    assert "Windows-1252 in turns.csv" in text


def test_a_kind_of_file_that_is_not_known(export_of, profile_of):
    folder = export_of({"x.docx": "iets"})
    assert "docx" in refusal(errors.UnreadableFile, folder, profile_of('[[deals]]\nfile = "x.docx"'))


def test_a_file_that_is_open_in_excel(small, monkeypatch):
    def locked(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(pathlib.Path, "read_bytes", locked)
    assert "Close it in Excel" in refusal(errors.FileBusy, small)


def test_missing_columns_come_with_the_nearest_that_are_there(export_of):
    folder = export_of({"turns.csv": "conversationid;tekst;turn\n1;a;0"})
    text = refusal(errors.MissingColumns, folder)
    assert "'conversation_id', 'text'" in text
    assert "'conversationid' nearest to 'conversation_id'" in text


def test_a_missing_column_that_is_not_needed_is_a_notice(export_of, profile_of):
    folder = export_of({"turns.csv": "id;wat;rol\n1;a;x"})
    profile = profile_of(
        '[[turns]]\nfile = "turns.csv"\ncolumns = { conversation_id = "id", text = "wat", role = "rool" }'
    )
    assert any("'rool'" in n and "'rol'" in n for n in read_export(folder, profile).notices)


def test_a_header_that_is_not_on_the_first_line(export_of, tmp_path):
    folder = export_of({"turns.csv": "Gemaakt op 1 maart\n\nconversation_id;text\nc1;Hallo"})
    text = refusal(errors.HeaderElsewhere, folder)
    assert "line 1" in text
    assert "header = 3" in text
    frame = pd.DataFrame([["Rapport", None], ["conversation_id", "text"], ["c1", "Hallo"]])
    frame.to_excel(tmp_path / "t.xlsx", header=False, index=False)
    (tmp_path / "p.toml").write_text('[[turns]]\nfile = "t.xlsx"', encoding="utf-8")
    assert "header = 2" in refusal(errors.HeaderElsewhere, tmp_path, tmp_path / "p.toml")


def test_two_columns_of_one_name(export_of):
    folder = export_of({"turns.csv": "conversation_id;text;text;x;x\nc1;a;b;1;2"})
    assert "'text'" in refusal(errors.DuplicateColumns, folder)
    folder = export_of({"turns.csv": "conversation_id;text;text;x;x\nc1;a;a;1;2"})
    assert read_export(folder).turns.text.tolist() == ["a"]


# rows


def test_rows_of_another_width_and_a_quote_that_stays_open(export_of):
    folder = export_of({"turns.csv": 'conversation_id;text\nc1;a\nc1\nc1;b;c\nc1;d\nc1;"e\nc1;f\n'})
    assert read_export(folder).turns.text.tolist() == ["a", "d"]
    assert [(line, reason.split()[-1]) for line, _, _, reason in rejected(folder)] == [
        (3, "header"),
        (4, "header"),
        (6, "closed"),
        (7, "closed"),
    ]


def test_duplicate_ids_keep_the_first(export_of):
    folder = export_of(
        {
            "deals.csv": "deal_id,amount\nd1,1\nd1,2\nd2,3",
            "conversations.csv": "conversation_id,deal_id,started_at\nc1,d1,2026-01-01\nc1,d2,2026-01-02",
            "people.csv": "person_id\np1\np1",
            "attendance.csv": "conversation_id,person_id\nc1,p1\nc1,p1",
        }
    )
    export = read_export(folder)
    assert export.deals.amount.tolist() == [1, 3]
    assert export.conversations.deal_id.tolist() == ["d1"]
    assert sorted(export.rejects.file) == ["attendance.csv", "conversations.csv", "deals.csv", "people.csv"]
    assert set(export.rejects.reason) == {"komt al eerder voor in de export; de eerste telt"}


def test_a_turn_without_a_conversation_is_kept_out(small):
    with (small / "turns.csv").open("a", encoding="utf-8") as file:
        file.write("c9;0;seller;s1;0;1;Hallo;nl\n")
    assert len(read_export(small).turns) == 4
    assert rejected(small) == [[6, "conversation_id", "c9", "there is no such conversation"]]


def test_a_conversation_without_a_deal_is_kept_and_counted(export_of):
    folder = export_of(
        {
            "conversations.csv": "conversation_id,deal_id,started_at\nc1,,2026-01-01\nc2,d9,2026-01-01\nc3,d1,2026-01-01",
            "deals.csv": "deal_id\nd1",
        }
    )
    export = read_export(folder)
    assert export.conversations.deal_id.isna().tolist() == [True, True, False]
    assert any("2 van de 3 gesprekken" in notice for notice in export.notices)
    assert rejected(folder) == [[3, "deal_id", "d9", "there is no such deal; the row is used without it"]]


def test_links_stay_where_there_are_no_deals_to_hold_them_against(export_of):
    folder = export_of({"conversations.csv": "conversation_id,deal_id,started_at\nc1,d9,2026-01-01"})
    assert read_export(folder).conversations.deal_id.tolist() == ["d9"]


def test_a_deal_closed_before_it_was_created(export_of):
    folder = export_of(
        {
            "deals.csv": "deal_id,created_at\nd1,2026-01-05 14:00\nd2,2026-01-05 14:00",
            "events.csv": "deal_id,at,kind\nd1,2026-01-04,won\nd2,2026-01-05,lost\nd1,2026-01-01,mail_in",
        }
    )
    assert read_export(folder).events.kind.tolist() == ["lost", "mail_in"]
    assert rejected(folder)[0][::3] == [2, "closed before the deal was created"]


def test_an_end_before_the_start_is_dropped_and_its_row_kept(export_of):
    folder = export_of(
        {
            "conversations.csv": "conversation_id,started_at,ended_at\nc1,2026-01-01 10:00,2026-01-01 09:00",
            "turns.csv": "conversation_id,text,start_s,end_s\nc1,a,10,9",
        }
    )
    export = read_export(folder)
    assert export.conversations.ended_at.isna().tolist() == [True]
    assert export.turns.end_s.isna().tolist() == [True]
    assert {reason for *_, reason in rejected(folder)} == {
        "the end lies before the start; the row is used without it"
    }


DATES = "conversation_id,started_at\nc1,2026-02-03\nc2,03-02-2026 9:05\nc3,2026-02-03T09:05:00+01:00\nc4,03/02/2026\nc5,3 feb\nc6,\n"


def test_dates_in_several_formats_are_read_and_unclear_ones_are_not_guessed(export_of, profile_of):
    folder = export_of({"conversations.csv": DATES})
    talks = read_export(folder).conversations
    assert talks.conversation_id.tolist() == ["c1", "c2", "c3"]
    assert set(talks.started_at.dt.tz_convert("Europe/Amsterdam").dt.date.astype(str)) == {"2026-02-03"}
    assert [line for line, *_ in rejected(folder)] == [5, 6, 7]
    for pattern, day in [("%d/%m/%Y", 3), ("%m/%d/%Y", 2)]:
        profile = profile_of(
            f'[[conversations]]\nfile = "conversations.csv"\ndates = {{ started_at = "{pattern}" }}\n'
            "where = { conversation_id = 'c4' }"
        )
        start = read_export(folder, profile).conversations.started_at.dt.tz_convert("Europe/Amsterdam")
        assert start.dt.day.tolist() == [day]


def test_the_hour_that_the_clock_skips_is_no_moment(export_of):
    text = "conversation_id,started_at\nc1,2026-03-29 02:30\nc2,2026-10-25 02:30"
    export = read_export(export_of({"conversations.csv": text}))
    assert export.conversations.started_at.tolist() == [pd.Timestamp("2026-10-25 00:30", tz="UTC")]
    assert export.rejects.line.tolist() == [2]


@pytest.mark.parametrize(
    ("rows", "amounts"),
    [
        (["1.234,50", "€ 1.000,-", "12,5"], [1234.5, 1000.0, 12.5]),
        (["1,234.50", "$1,000", "12.5"], [1234.5, 1000.0, 12.5]),
        (["1.234,50", "1.234"], [1234.5, 1234.0]),
        (["12,5", "12.5", "1.234"], [12.5, 12.5, None]),
        (["veel", "12"], [None, 12.0]),
    ],
)
def test_numbers_as_people_write_them(export_of, rows, amounts):
    folder = export_of(
        {"deals.csv": "deal_id|amount\n" + "\n".join(f"d{i}|{row}" for i, row in enumerate(rows))}
    )
    export = read_export(folder)
    assert export.deals.amount.astype(object).where(export.deals.amount.notna(), None).tolist() == amounts
    assert len(export.rejects) == amounts.count(None)


def test_words_that_are_not_in_the_table(export_of):
    folder = export_of(
        {
            "turns.csv": "conversation_id,role,text,language\nc1,Verkoper,a,fr\nc1,SELLER,b,nl",
            "events.csv": "deal_id,at,kind\nd1,2026-01-01,gewonnen\nd1,2026-01-02,won",
        }
    )
    export = read_export(folder)
    assert export.turns.role.tolist() == ["unknown", "seller"]
    assert export.events.kind.tolist() == ["won"]
    assert [row[:3] for row in rejected(folder)] == [
        [2, "kind", "gewonnen"],
        [2, "role", "Verkoper"],
        [2, "language", "fr"],
    ]


def test_values_of_events_are_written_one_way(export_of):
    rows = [
        "d1;2026-01-01;amount_set;12.500,50",
        "d1;2026-01-01;close_date_set;03-02-2026",
        "d1;2026-01-01;meeting_booked;3-2-2026 14:00",
        "d1;2026-01-01;meeting_booked;na de zomer",
        "d1;2026-01-01;seller_estimate;80",
        "d1;2026-01-01;seller_estimate;waarschijnlijk",
        "d1;2026-01-01;hours_logged;1,5",
        "d1;2026-01-01;lost;1,5",
        "d1;2026-01-01;amount_set;veel",
        "d1;2026-01-01;close_date_set;ooit",
    ]
    folder = export_of({"events.csv": "deal_id;at;kind;value\n" + "\n".join(rows)})
    assert read_export(folder).events.value.tolist()[:8] == [
        "12500.5",
        "2026-02-03",
        "2026-02-03T14:00:00+01:00",
        "na de zomer",
        "80",
        "waarschijnlijk",
        "1.5",
        "1,5",
    ]
    assert read_export(folder).events.value.isna().tolist()[8:] == [True, True]
    assert [row[:3] for row in rejected(folder)] == [[10, "value", "veel"], [11, "value", "ooit"]]


def test_empty_rows_are_skipped_and_rows_without_words_rejected(export_of):
    folder = export_of(
        {"turns.csv": "conversation_id,role,text\n,,\nc1,seller,\n,seller,x\nc1,seller,NULL\nc1,seller,y"}
    )
    assert [row[:2] for row in rejected(folder)] == [[3, "text"], [4, "conversation_id"], [5, "text"]]
    assert check_export(folder).tables["turns"].skipped == 1


def test_the_column_in_a_reject_is_the_files_own(export_of, profile_of):
    folder = export_of({"x.csv": "nr,wanneer\n1,gisteren\n2,2026-01-01"})
    profile = profile_of(
        '[[conversations]]\nfile = "x.csv"\ncolumns = { conversation_id = "nr", started_at = "wanneer" }\n'
        '[[turns]]\nfile = "x.csv"\ncolumns = { conversation_id = "nr", text = "nr" }'
    )
    assert rejected(folder, profile)[0][:3] == [2, "wanneer", "gisteren"]


def test_a_long_value_is_cut_in_the_rejects(export_of):
    folder = export_of({"turns.csv": f"conversation_id,role,text\nc1,{'x' * 500},a"})
    assert len(read_export(folder).rejects.value[0]) == 120


def test_three_deals_are_enough_to_read(small):
    assert len(read_export(small).deals) == 3
