"""Verbs that take apart what one row holds, and stages that mean more than a stage."""

import pytest

from salesinsight import errors
from salesinsight.exports import check_export, read_export
from salesinsight.exports.profile import load_profile

EVENTS = '[[events]]\nfile = "e.csv"\nconstants = { kind = "stage" }\n'
HISTORY = '[history]\nwon = ["Signed"]\nlost = ["Dead"]\nkeeps = 3\n'


def _told(export_of, profile_of, profile, rows):
    folder, path = export_of({"e.csv": rows}), profile_of(profile)
    return read_export(folder, path, "en"), check_export(folder, path, "en").tables


def test_unpivot_makes_a_row_of_every_column_that_holds_something(export_of, profile_of):
    profile = EVENTS + (
        'unpivot = { name = ["stage", "pipe"], columns = { since = ["since * (*)", "sinds * (*)"] } }\n'
        'columns = { deal_id = "id", at = "since", value = "stage" }\n'
    )
    rows = "id,Since A (x) (p),SINCE B (q),other\n1,2026-01-01,2026-01-02,z\n2,,2026-01-03,z\n3,,,z\n"
    export, tables = _told(export_of, profile_of, profile, rows)
    assert export.events[["deal_id", "value"]].values.tolist() == [["1", "A (x)"], ["1", "B"], ["2", "B"]]
    assert (tables["events"].read, tables["events"].used, tables["events"].skipped) == (4, 3, 1)


def test_unpivot_puts_columns_with_the_same_sign_at_the_star_in_one_row(export_of, profile_of):
    profile = EVENTS + (
        'unpivot = { name = "n", columns = { v = "Value (*)", t = "Time (*)" } }\n'
        'columns = { deal_id = "id", at = "t", value = "v" }\n'
    )
    rows = "id,Value (1),Time (1),Value (2),Time (2)\n1,a,2026-01-01,b,2026-01-02\n"
    export, _ = _told(export_of, profile_of, profile, rows)
    assert export.events["value"].tolist() == ["a", "b"]
    assert export.events["at"].dt.day.tolist() == [31, 1]


def test_split_and_first(export_of, profile_of):
    profile = EVENTS + (
        'split = { ids = ";" }\nfirst = { who = ";", code = 2 }\n'
        'columns = { deal_id = "ids", at = "t", value = "code", person_id = "who" }\n'
    )
    export, tables = _told(export_of, profile_of, profile, "ids,who,t,code\n1; 2;;1,k;l,2026-01-01,abc\n")
    assert export.events[["deal_id", "person_id", "value"]].values.tolist() == [
        ["1", "k", "ab"],
        ["2", "k", "ab"],
    ]
    assert (tables["events"].read, tables["events"].used) == (2, 2)
    assert any("'who' holds several values" in notice for notice in export.notices)


def test_compose_fills_what_is_empty_and_keeps_what_is_there(export_of, profile_of):
    profile = EVENTS + (
        'compose = { name = "{first} {last}" }\ncolumns = { deal_id = "id", at = "t", value = "name" }\n'
    )
    rows = "id,t,name,first,last\n1,2026-01-01,,Proef,Persoon\n2,2026-01-01,Al Bekend,x,y\n"
    export, _ = _told(export_of, profile_of, profile, rows + "3,2026-01-01,,,Alleen\n4,2026-01-01,,,\n")
    assert export.events["value"].fillna("-").tolist() == ["Proef Persoon", "Al Bekend", "Alleen", "-"]


@pytest.mark.parametrize(
    "part",
    [
        'unpivot = { name = "a", columns = { v = "no star" } }',
        'unpivot = { name = ["a", "b"], columns = { v = "one *" } }',
        'unpivot = { name = "a", columns = {} }',
        'compose = { name = "no column" }',
        'compose = { name = "{open" }',
    ],
)
def test_what_can_not_be_meant_is_refused(profile_of, part):
    path = profile_of(EVENTS + f'{part}\ncolumns = {{ deal_id = "id", at = "t" }}\n')
    with pytest.raises(errors.BadProfile):
        load_profile(path)


def test_history_is_read_as_what_it_means(export_of, profile_of):
    profile = HISTORY + EVENTS + 'columns = { deal_id = "id", at = "t", value = "v" }\n'
    rows = ["A", "a", "B", "Dead", "dead", "B", "SIGNED"]
    lines = "".join(f"1,2026-01-0{n},{value}\n" for n, value in enumerate(rows, 1))
    export, tables = _told(export_of, profile_of, profile, "id,t,v\n" + lines)
    found = export.events[["kind", "value"]].fillna("").values.tolist()
    assert found == [
        ["stage", "A"],
        ["stage", "B"],
        ["lost", ""],
        ["reopened", ""],
        ["stage", "B"],
        ["won", ""],
    ]
    assert (tables["events"].read, tables["events"].used, tables["events"].merged) == (7, 5, 2)
    assert any("3 or more changes" in notice for notice in export.notices)


def test_without_history_a_stage_stays_what_it_is(export_of, profile_of):
    profile = EVENTS + 'columns = { deal_id = "id", at = "t", value = "v" }\n'
    export, _ = _told(export_of, profile_of, profile, "id,t,v\n1,2026-01-01,Signed\n1,2026-01-02,Signed\n")
    assert export.events["value"].tolist() == ["Signed", "Signed"]


def test_a_profile_of_ones_own_adds_names_of_closing_stages(export_of, profile_of):
    path = profile_of('base = "hubspot"\n[history]\nwon = ["Getekend"]\n')
    assert {"Getekend", "closed won"} <= set(load_profile(path).history.won)
    assert load_profile(path).history.keeps == 20
