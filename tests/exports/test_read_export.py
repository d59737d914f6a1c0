import pandas as pd
import pytest

from salesinsight.exports import read_export
from salesinsight.schema import TABLES, find_bad_rows


def test_a_whole_export_is_read_without_rejects(small):
    export = read_export(small)
    assert len(export.rejects) == 0, export.rejects
    assert [len(export.turns), len(export.conversations), len(export.deals), len(export.events)] == [
        4,
        2,
        3,
        3,
    ]
    assert export.deals.amount.tolist()[:2] == [12500.5, 800.0]
    assert export.deals.amount.isna().tolist() == [False, False, True]
    assert export.conversations.in_person.tolist() == [False, True]
    assert export.turns.start_s.tolist() == [0.0, 2.5, 0.0, 1.5]
    assert export.conversations.started_at[0] == pd.Timestamp("2026-01-12 09:00", tz="UTC")
    assert export.stages["nieuw"][-1] == "onderhandeling"


def test_every_table_has_its_columns_and_dtypes(small):
    export = read_export(small)
    for name, table in TABLES.items():
        frame = getattr(export, name)
        assert {c.name: c.dtype for c in table.columns} == frame.dtypes.astype(str).to_dict(), name
        assert len(find_bad_rows(frame, name)) == 0, name


def test_as_of_is_the_newest_entry_else_what_the_profile_says(small, profile_of):
    assert read_export(small).as_of == pd.Timestamp("2026-03-01 08:00", tz="UTC")
    profile = profile_of('as_of = 2026-04-01\n[[deals]]\nfile = "deals.csv"')
    assert read_export(small, profile).as_of == pd.Timestamp("2026-03-31 22:00", tz="UTC")
    assert read_export(small, profile_of('[[deals]]\nfile = "deals.csv"')).as_of is None


def test_status_follows_from_turns_note_or_end(export_of):
    folder = export_of(
        {
            "conversations.csv": "conversation_id,started_at,ended_at,note,status\n"
            "turns,2026-01-12 10:00,,,\nnote,2026-01-12 10:00,,x,\nend,2026-01-12 10:00,2026-01-12 11:00,,\n"
            "nothing,2026-01-12 10:00,,,\nsaid,2026-01-12 10:00,2026-01-12 11:00,,no_answer\n",
            "turns.csv": "conversation_id,text\nturns,Hallo",
        }
    )
    talks = read_export(folder).conversations.set_index("conversation_id").status
    assert talks[["turns", "note", "end", "said"]].tolist() == ["held", "held", "held", "no_answer"]
    assert pd.isna(talks["nothing"])


def test_unknown_entered_at_is_filled_and_said(export_of):
    folder = export_of(
        {
            "conversations.csv": "conversation_id,deal_id,started_at,ended_at\n"
            "c1,d1,2026-01-12 10:00,2026-01-12 11:00\nc2,d1,2026-01-13 10:00,",
            "deals.csv": "deal_id\nd1",
            "events.csv": "deal_id,at,kind\nd1,2026-01-14 09:00,won",
        }
    )
    export = read_export(folder)
    assert export.conversations.entered_at.tolist() == [
        export.conversations.ended_at[0],
        export.conversations.started_at[1],
    ]
    assert export.events.entered_at.tolist() == export.events["at"].tolist()
    assert sum("ingevoerd" in notice for notice in export.notices) == 2


@pytest.mark.parametrize(
    ("rows", "argument", "expected"),
    [
        ("text,language\nc1,Hello,en", None, "en"),
        ("text,language\nc1,Hello,en-GB", None, "en"),
        ("text\nc1,Hallo", None, "nl"),
        ("text\nc1,Hello", "en", "en"),
    ],
)
def test_language_is_the_turns_own_else_the_callers_else_the_profiles(export_of, rows, argument, expected):
    export = read_export(export_of({"turns.csv": "conversation_id," + rows}), language=argument)
    assert export.language == expected
    assert export.turns.language.tolist() == [expected]


def test_watermark_comes_from_the_folder_then_the_profile(small, profile_of):
    assert read_export(small).watermark is None
    profile = profile_of('watermark = "oefening"\n[[deals]]\nfile = "deals.csv"')
    assert read_export(small, profile).watermark == "oefening"
    (small / "WATERMARK.txt").write_text("voorbeelddata\n", encoding="utf-8")
    assert read_export(small, profile).watermark == "voorbeelddata"
    assert read_export(small).watermark == "voorbeelddata"


def test_turns_alone_are_enough_and_the_loss_is_said(export_of):
    export = read_export(export_of({"turns.csv": "conversation_id,text\nc1,Hallo"}))
    assert len(export.turns) == 1
    assert any("geen gesprekken" in notice for notice in export.notices)


def test_reading_twice_gives_the_same(small):
    first, second = read_export(small), read_export(small)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
