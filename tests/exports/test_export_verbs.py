"""where, pair, join, case: the four verbs of a profile."""

import pytest

from salesinsight import errors
from salesinsight.exports import check_export, read_export

SOURCE = '[[events]]\nfile = "e.csv"\ncolumns = { deal_id = "id", at = "at", value = "v" }\n'
ROWS = "id,at,v,n\na,2026-01-01,x,1\nb,2026-01-01,y,2.5\nc,2026-01-01,,\nd,2026-01-01,z,-3\n"


@pytest.mark.parametrize(
    ("test", "kept"),
    [
        ('v = "x"', "a"),
        ('v = ["x", "z"]', "ad"),
        ('v = ""', "c"),
        ('v = { not = "" }', "abd"),
        ('v = { not = ["x", ""] }', "bd"),
        ("n = 1", "a"),
        ("n = { above = 1 }", "b"),
        ("n = { at_least = 1, below = 2.5 }", "a"),
        ("n = { at_most = 1 }", "ad"),
        ('v = { not = "x" }, n = { above = 0 }', "b"),
    ],
)
def test_where_keeps_rows_for_which_every_test_holds(export_of, profile_of, test, kept):
    profile = profile_of(SOURCE + f'constants = {{ kind = "note" }}\nwhere = {{ {test} }}')
    folder = export_of({"e.csv": ROWS})
    assert "".join(read_export(folder, profile).events.deal_id) == kept
    table = check_export(folder, profile).tables["events"]
    assert (table.read, table.used, table.skipped) == (4, len(kept), 4 - len(kept))


def test_pair_makes_one_row_of_a_start_and_the_next_end_with_the_same_keys(export_of, profile_of):
    rows = [
        "k1,bel,START,2026-01-01 10:00",
        "k2,bel,START,2026-01-01 10:05",
        "k1,bel,PLAN,2026-01-01 10:06",
        "k1,bel,END,2026-01-01 10:10",
        "k1,bel,END,2026-01-01 10:20",
        "k2,mail,END,2026-01-01 10:30",
        "k1,bel,START,2026-01-01 11:00",
        "k1,bel,START,2026-01-01 12:00",
        "k1,bel,END,2026-01-01 12:30",
        "k3,skip,END,2026-01-01 12:30",
    ]
    folder = export_of({"log.csv": "k,what,step,t\n" + "\n".join(rows)})
    profile = profile_of(
        """
        time_zone = "UTC"
        [[conversations]]
        file = "log.csv"
        where = { what = { not = "skip" }, "end.step" = ["END", ""] }
        pair = { on = ["k", "what"], column = "step", start = "START", end = "END" }
        columns = { conversation_id = "_line", account_id = "k", started_at = "t", ended_at = "end.t" }
        """
    )
    export = read_export(folder, profile)
    talks = export.conversations
    assert talks.conversation_id.tolist() == ["2", "3", "8", "9"]
    assert [str(end)[11:16] for end in talks.ended_at] == ["10:10", "", "", "12:30"]
    assert export.rejects.line.tolist() == [6, 7]
    table = check_export(folder, profile).tables["conversations"]
    assert (table.read, table.used, table.merged, table.skipped, table.rejected) == (10, 4, 2, 2, 2)


def test_join_takes_columns_of_another_file(export_of, profile_of):
    folder = export_of({"e.csv": ROWS, "x.csv": "key,side,who\na,1,Eva\na,0,Bo\nb,1,Cas\nb,1,Dirk\n,1,Fay\n"})
    profile = profile_of(
        SOURCE.replace('value = "v"', 'value = "v", person_id = "new"')
        + 'constants = { kind = "note" }\n'
        + 'join = { file = "x.csv", on = { id = "key" }, take = { new = "who" }, where = { side = 1 } }'
    )
    export = read_export(folder, profile)
    assert export.events.person_id.astype(object).where(export.events.person_id.notna(), None).tolist() == [
        "Eva",
        "Cas",
        None,
        None,
    ]
    assert any("x.csv" in n and "de eerste telt" in n for n in export.notices)
    assert any("2 van de 4" in n for n in export.notices)


def test_join_refuses_what_it_cannot_take(export_of, profile_of):
    folder = export_of({"e.csv": ROWS, "x.csv": "id,v,sorce\na,1,2"})
    base = SOURCE + 'constants = { kind = "note" }\n'
    with pytest.raises(errors.BadProfile, match="take"):
        read_export(folder, profile_of(base + 'join = { file = "x.csv", on = "id", take = "v" }'))
    with pytest.raises(errors.MissingColumns, match="nearest to 'source'"):
        read_export(folder, profile_of(base + 'join = { file = "x.csv", on = "id", take = "source" }'))
    with pytest.raises(errors.FileMissing, match=r"Did you mean .x\.csv"):
        read_export(folder, profile_of(base + 'join = { file = "xs.csv", on = "id", take = "w" }'))


def test_case_takes_the_first_that_holds_else_the_last(export_of, profile_of):
    profile = profile_of(
        SOURCE
        + """
        [[events.case.kind]]
        when = { n = { above = 0 }, v = "x" }
        value = "won"
        [[events.case.kind]]
        when = { n = { above = 0 } }
        value = "lost"
        [[events.case.kind]]
        value = "note"
        [[events.case.value]]
        when = { v = "y" }
        value = "no"
        """
    )
    events = read_export(export_of({"e.csv": ROWS}), profile).events
    assert events.kind.tolist() == ["won", "lost", "note", "note"]
    # without an else, a case leaves the column's own value
    assert events.value.fillna("-").tolist() == ["x", "no", "-", "z"]


def test_distinct_makes_a_table_of_conversations_from_turns(export_of, profile_of):
    folder = export_of({"t.csv": "c,day,said\nc1,2026-01-01,a\nc1,2026-01-01,b\nc2,2026-01-02,c"})
    profile = profile_of(
        """
        [[turns]]
        file = "t.csv"
        columns = { conversation_id = "c", text = "said" }
        [[conversations]]
        file = "t.csv"
        distinct = true
        columns = { conversation_id = "c", started_at = "day" }
        """
    )
    export = read_export(folder, profile)
    assert export.conversations.conversation_id.tolist() == ["c1", "c2"]
    assert export.conversations.status.tolist() == ["held", "held"]
    assert len(export.rejects) == 0
    assert check_export(folder, profile).tables["conversations"].merged == 1
