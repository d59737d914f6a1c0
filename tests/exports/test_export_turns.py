"""Rows become turns: merged per speaker, numbered in order, each on its side."""

import pytest

from salesinsight.exports import read_export


def turns_of(export_of, rows, header="conversation_id,role,speaker_id,text", **files):
    folder = export_of({"turns.csv": header + "\n" + "\n".join(rows), **files})
    return read_export(folder).turns


def test_consecutive_rows_of_one_speaker_are_one_turn(export_of):
    rows = ["c1,seller,,a", "c1,seller,,b", "c1,customer,,c", "c1,seller,,d"]
    turns = turns_of(export_of, rows)
    assert turns.text.tolist() == ["a b", "c", "d"]
    assert turns.turn.tolist() == [0, 1, 2]


def test_two_speakers_on_one_side_stay_apart(export_of):
    rows = ["c1,customer,k1,a", "c1,customer,k2,b", "c1,customer,k2,c"]
    assert turns_of(export_of, rows).text.tolist() == ["a", "b c"]


def test_conversations_that_run_through_each_other_are_taken_apart_in_file_order(export_of):
    rows = ["c2,seller,,a", "c1,seller,,b", "c2,seller,,c", "c1,customer,,d", "c2,customer,,e"]
    turns = turns_of(export_of, rows)
    assert turns[["conversation_id", "turn", "text"]].values.tolist() == [
        ["c2", 0, "a c"],
        ["c2", 1, "e"],
        ["c1", 0, "b"],
        ["c1", 1, "d"],
    ]


def test_numbers_in_the_file_give_the_order_where_every_row_has_one(export_of):
    rows = [
        "c1,2,seller,c",
        "c1,1,customer,b",
        "c1,0,seller,a",
        "c2,5,seller,x",
        "c2,,customer,y",
        "c2,1,seller,z",
    ]
    turns = turns_of(export_of, rows, header="conversation_id,turn,role,text")
    assert turns.text.tolist() == ["a", "b", "c", "x", "y", "z"]
    assert turns.turn.tolist() == [0, 1, 2, 0, 1, 2]


def test_a_merged_turn_runs_from_the_first_start_to_the_last_end(export_of):
    rows = ["c1,seller,a,1.5,2", "c1,seller,b,2.5,4", "c1,seller,c,,"]
    turns = turns_of(export_of, rows, header="conversation_id,role,text,start_s,end_s")
    assert turns[["start_s", "end_s"]].values.tolist() == [[1.5, 4.0]]


PEOPLE = "person_id,side,name\np1,seller,Eva\np2,customer,Bo"
CONVERSATIONS = "conversation_id,started_at,seller_id\nc1,2026-01-12 10:00,p9\nc2,2026-01-12 10:00,"


@pytest.mark.parametrize(
    ("rows", "roles"),
    [
        (["c2,,p1,a", "c2,,Bo,b", "c2,,p7,c"], ["seller", "customer", "unknown"]),
        (["c1,,p9,a", "c1,,p7,b", "c1,,,c"], ["seller", "customer", "unknown"]),
        (["c2,,p7,a", "c2,,p8,b"], ["unknown", "unknown"]),
        (["c1,customer,p9,a"], ["customer"]),
    ],
)
def test_roles_come_from_what_the_export_says_never_from_who_speaks_first(export_of, rows, roles):
    extra = {"people.csv": PEOPLE, "conversations.csv": CONVERSATIONS}
    assert turns_of(export_of, rows, **extra).role.tolist() == roles


def test_unknown_roles_are_kept_and_counted(export_of):
    rows = ["c1,seller,,a", "c1,,,b", "c1,,,c", "c1,customer,,d", "c1,seller,,e"]
    folder = export_of({"turns.csv": "conversation_id,role,speaker_id,text\n" + "\n".join(rows)})
    export = read_export(folder)
    assert export.turns.role.tolist() == ["seller", "unknown", "unknown", "customer", "seller"]
    assert any("40%" in notice for notice in export.notices)
