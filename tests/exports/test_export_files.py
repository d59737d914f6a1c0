"""Every kind of file, and the oddities of each."""

import gzip
import io
import json
import zipfile

import pandas as pd
import polars as pl
import pytest

from salesinsight import errors
from salesinsight.exports import check_export, read_export
from salesinsight.exports.readers.files import read_rows
from salesinsight.exports.readers.folder import find_files, list_files

ROWS = [("c1", "Dag, één café", "1.5"), ("c1", "Prima €", "2.0")]
TEXT = "conversation_id;text;start_s\nc1;Dag, één café;1,5\nc1;Prima €;2,0\n"


def read_one(folder, file, keys=""):
    profile = folder / "p.toml"
    profile.write_text(
        f'[[turns]]\nfile = "{file}"\n{keys}\n'
        'columns = { conversation_id = "conversation_id", text = "text", start_s = "start_s" }',
        encoding="utf-8",
    )
    return read_export(folder, profile)


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separators_and_quotes(export_of, separator):
    text = f'conversation_id{separator}text\nc1{separator}"a{separator} ""b"""\n'
    assert read_export(export_of({"turns.csv": text})).turns.text.tolist() == [f'a{separator} "b"']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(export_of, encoding):
    folder = export_of({"turns.csv": TEXT.encode(encoding)})
    export = read_export(folder)
    assert export.turns.text.tolist() == ["Dag, één café", "Prima €"]
    assert any("Windows-1252" in notice for notice in export.notices) == (encoding == "cp1252")


def test_text_that_was_saved_in_a_wrong_encoding_is_told(export_of):
    broken = TEXT.encode().decode("cp1252").encode()
    export = read_export(export_of({"turns.csv": broken}))
    assert any("codering" in notice for notice in export.notices)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_blank_lines_and_values_over_lines_keep_their_line_numbers(export_of, ending):
    lines = ["conversation_id,text", "c1,a", "", '"c1","b', 'c"', "c2,", "c2,d"]
    export = read_export(export_of({"turns.csv": ending.join(lines)}))
    assert export.turns.text.tolist() == ["a", "b\nc", "d"]
    assert export.rejects.line.tolist() == [6]


def test_excels_first_line_and_a_header_further_down(export_of):
    folder = export_of({"turns.csv": "sep=|\nconversation_id|text\nc1|a;b"})
    assert read_export(folder).turns.text.tolist() == ["a;b"]
    folder = export_of({"turns.csv": "Export van maart\n\nconversation_id;text;start_s\nc1;a;1\nc1;;\n"})
    export = read_one(folder, "turns.csv", "header = 3")
    assert export.turns.text.tolist() == ["a"]
    assert export.rejects.line.tolist() == [5]


def test_packed_csv(export_of):
    folder = export_of({"turns.csv.gz": gzip.compress(TEXT.encode())})
    assert read_one(folder, "turns.csv.gz").turns.text.tolist() == ["Dag, één café", "Prima €"]


def test_workbook_with_sheets_dates_and_numbers(export_of, tmp_path):
    frame = pd.DataFrame(
        {
            "conversation_id": ["c1", "c2"],
            "started_at": [pd.Timestamp("2026-01-12 10:00"), "13-01-2026 10:00"],
            "planned_min": [30.5, "1.234,5"],
            "in_person": [True, False],
            "deal_id": [1, 2],
        }
    )
    with pd.ExcelWriter(tmp_path / "x.xlsx") as book:
        pd.DataFrame({"a": [1]}).to_excel(book, sheet_name="toelichting", index=False)
        frame.to_excel(book, sheet_name="gesprekken", index=False)
    (tmp_path / "p.toml").write_text(
        '[[conversations]]\nfile = "X.XLSX"\nsheet = "gesprekken"', encoding="utf-8"
    )
    talks = read_export(tmp_path, tmp_path / "p.toml").conversations
    assert talks.started_at.tolist() == [
        pd.Timestamp("2026-01-12 09:00", tz="UTC"),
        pd.Timestamp("2026-01-13 09:00", tz="UTC"),
    ]
    assert talks.planned_min.tolist() == [30.5, 1234.5]
    assert talks.in_person.tolist() == [True, False]
    assert talks.deal_id.tolist() == ["1", "2"]
    (tmp_path / "p.toml").write_text(
        '[[conversations]]\nfile = "x.xlsx"\nsheet = "gesprek"', encoding="utf-8"
    )
    with pytest.raises(errors.UnknownName, match="Did you mean 'gesprekken'"):
        read_export(tmp_path, tmp_path / "p.toml")


@pytest.mark.parametrize("value", [1.234, 12.345, 1e-7, 123456.789, 0.1 + 0.2, 1e20])
def test_numbers_of_typed_files_stay_what_they_are(tmp_path, value):
    frame = pl.DataFrame({"deal_id": ["d1"], "amount": [value]})
    frame.write_parquet(tmp_path / "deals.parquet")
    (tmp_path / "deals.json").write_text(json.dumps(frame.to_dicts()), encoding="utf-8")
    frame.to_pandas().to_excel(tmp_path / "deals.xlsx", index=False)
    for ending in ("parquet", "json", "xlsx"):
        (tmp_path / "p.toml").write_text(f'[[deals]]\nfile = "deals.{ending}"', encoding="utf-8")
        assert read_export(tmp_path, tmp_path / "p.toml").deals.amount[0] == pytest.approx(value, rel=1e-12)


def test_parquet_with_moments_and_whole_numbers_that_became_fractions(tmp_path):
    pl.DataFrame(
        {
            "conversation_id": [7.0, None],
            "started_at": pl.Series(["2026-01-12T10:00:00"] * 2).str.to_datetime(time_zone="UTC"),
            "ended_at": pl.Series(["2026-01-12T11:30:00"] * 2).str.to_datetime(),
        }
    ).write_parquet(tmp_path / "c.parquet")
    (tmp_path / "p.toml").write_text('[[conversations]]\nfile = "c.parquet"', encoding="utf-8")
    export = read_export(tmp_path, tmp_path / "p.toml")
    assert export.conversations.conversation_id.tolist() == ["7"]
    assert export.conversations.started_at[0].hour == 10
    assert export.conversations.ended_at[0].hour == 10  # local time in Amsterdam
    assert export.rejects.line.tolist() == [2]


def test_json_lines_and_nested_json(export_of):
    records = [
        {"id": "c1", "turns": [{"who": "a", "said": "Hallo"}, {"who": "b", "said": "Dag"}]},
        {"id": "c2", "turns": []},
        {"id": "c3"},
    ]
    lines = "\n".join(json.dumps(record) for record in records) + "\n{oeps\n[1, 2]\n"
    folder = export_of({"t.jsonl": lines, "t.json": json.dumps(records), "one.json": json.dumps(records[0])})
    for file, rejected in [("t.jsonl", [4, 5]), ("t.json", []), ("one.json", [])]:
        (folder / "p.toml").write_text(
            f'[[turns]]\nfile = "{file}"\nrows = "turns"\n'
            'columns = { conversation_id = "id", speaker_id = "who", text = "said" }',
            encoding="utf-8",
        )
        export = read_export(folder, folder / "p.toml")
        assert export.turns.text.tolist() == ["Hallo", "Dag"]
        assert export.turns.conversation_id.tolist() == ["c1", "c1"]
        assert export.rejects.line.tolist() == rejected


def vtt(folder, keys=""):
    (folder / "p.toml").write_text(
        f'{keys}\n[[turns]]\nfile = "*.vtt"\ncolumns = {{ conversation_id = "_file", speaker_id = "speaker", '
        'start_s = "start_s", end_s = "end_s", text = "text" }',
        encoding="utf-8",
    )
    return read_export(folder, folder / "p.toml")


def test_webvtt_with_voices(export_of):
    folder = export_of(
        {
            "g1.vtt": "\ufeffWEBVTT\n\nNOTE opname\n\n00:01.000 --> 00:02.500\n<v Eva>Hallo <i>daar</i></v>\n"
            "<v Klant>Dag &amp; welkom</v>\n\n00:00:03.000 --> 00:00:04.000\n<v.luid Klant>één\ntwee\n",
            "g2.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nNiemand zegt dit\n\n00:02.000 --> 00:03.000\nOf dit: toch\n"
            "\n00:03.000 --> 00:04.000\nEn dit\n",
        }
    )
    turns = vtt(folder, 'sellers = ["eva"]').turns
    assert turns.text.tolist()[:2] == ["Hallo daar", "Dag & welkom één twee"]
    assert turns.speaker_id.tolist()[:2] == ["Eva", "Klant"]
    assert turns.role.tolist()[:2] == ["seller", "customer"]
    assert turns.start_s.tolist()[:2] == [1.0, 1.0]
    assert turns.end_s.tolist()[:2] == [2.5, 4.0]
    # rows of nobody in particular are not one speaker
    assert turns.text.tolist()[2:] == ["Niemand zegt dit", "Of dit: toch", "En dit"]
    assert turns.speaker_id.isna().tolist()[2:] == [True] * 3


def test_webvtt_with_names_before_the_words(export_of):
    text = (
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nEva de Proef: Goedemiddag: hoe gaat het?\n\n"
        "2\n00:02.000 --> 00:03.000\nKlant: Goed.\nEva de Proef: Fijn.\n"
    )
    turns = vtt(export_of({"g.vtt": text})).turns
    assert turns.speaker_id.tolist() == ["Eva de Proef", "Klant", "Eva de Proef"]
    assert turns.text.tolist() == ["Goedemiddag: hoe gaat het?", "Goed.", "Fijn."]


def test_subtitles_that_the_reader_leaves_out_are_listed(export_of):
    folder = export_of(
        {
            "a.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nEen\n\n00:02.000 --> 00:0x.000\nTwee\n\nDrie zonder tijd\n\n"
            "00:03.000 --> 00:04.000\nVier\n",
            "leeg.vtt": "",
            "geen.vtt": "dit is geen ondertitel",
        }
    )
    export = vtt(folder)
    assert export.turns.text.tolist() == ["Een", "Twee", "Drie zonder tijd", "Vier"]
    assert export.rejects.loc[0, ["file", "line", "column"]].tolist() == ["a.vtt", 6, "end_s"]
    assert sorted(export.rejects.file[1:]) == ["geen.vtt", "leeg.vtt"]


def test_srt(export_of):
    folder = export_of(
        {"g.srt": "1\n00:00:01,000 --> 00:00:02,500\nHallo\n\n2\n00:00:03,000 --> 00:00:04,000\nDag\n"}
    )
    export = read_rows(folder / "g.srt", "g.srt")
    assert export.frame["start_s"].to_list() == ["00:00:01.000", "00:00:03.000"]
    assert export.frame["_line"].to_list() == [2, 6]


def test_patterns_find_files_in_order_and_skip_lock_files(export_of):
    folder = export_of({"calls/B.vtt": "x", "calls/a.vtt": "x", "calls/~$a.vtt": "x", "c.vtt": "x"})
    files = list_files(folder)
    assert [file.name for file in find_files(files, ["Calls/*.VTT"])] == ["calls/a.vtt", "calls/B.vtt"]
    assert [file.name for file in find_files(files, ["*.vtt"])] == ["c.vtt"]


def test_a_workbook_with_a_password_or_a_broken_one(export_of):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("readme.txt", "niets")
    folder = export_of({"x.xlsx": archive.getvalue()})
    with pytest.raises(errors.UnreadableFile, match=r"XLSX in x\.xlsx"):
        read_rows(folder / "x.xlsx", "x.xlsx")


def test_a_file_that_is_there_twice_counts_once(export_of):
    deals = "deal_id;created_at\nD1;2026-01-05\nD2;2026-01-06\n"
    events = "deal_id;at;kind\nD1;2026-01-07 10:00;mail_out\nD1;2026-01-07 10:00;mail_out\n"
    profile = '[[deals]]\nfile = "deals*.csv"\n[[events]]\nfile = "events*.csv"\n'
    folder = export_of({"deals.csv": deals, "events.csv": events, "mine.toml": profile})
    once = read_export(folder, folder / "mine.toml")
    (folder / "deals (1).csv").write_text(deals, encoding="utf-8")
    (folder / "events (1).csv").write_text(events, encoding="utf-8")
    (folder / "lus").symlink_to(folder, target_is_directory=True)
    twice = read_export(folder, folder / "mine.toml")
    # two equal rows of one file are two mails; the same rows of another file are those mails
    assert len(once.events) == len(twice.events) == 2
    assert len(twice.deals) == 2
    assert twice.rejects.empty
    tables = check_export(folder, folder / "mine.toml").tables
    assert (tables["events"].read, tables["events"].used, tables["events"].merged) == (4, 2, 2)
    assert sum("meer dan één bestand" in notice for notice in twice.notices) == 2


def test_a_transcript_that_two_sources_would_take_is_read_once(export_of):
    source = '[[turns]]\nfile = "*.vtt"\nhaving = ["speaker", "text"]\nlink = true\n'
    words = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Eva>Hallo\n"
    folder = export_of({"a 2026-02-03.vtt": words, "mine.toml": source + source})
    found = check_export(folder, folder / "mine.toml").tables["turns"]
    assert (found.read, found.used) == (1, 1)


def test_the_foot_of_a_report_is_no_row_also_when_a_spreadsheet_padded_it(export_of):
    rows = "deal_id;created_at;account_id;product\nD1;2026-01-05;A1;x\nD2;2026-01-06;A2;y\n"
    folder = export_of({"deals.csv": rows + ";;;\nGrand Totals (2 records);;;\nConfidential;;;\n"})
    export = read_export(folder)
    assert export.deals["deal_id"].tolist() == ["D1", "D2"]
    assert any("Grand Totals" in notice for notice in export.notices)
    found = check_export(folder).tables["deals"]
    assert (found.read, found.used, found.skipped) == (5, 2, 3)
