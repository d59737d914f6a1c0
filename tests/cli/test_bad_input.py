"""Input that is not as it should be: one clear message, the right exit code, nothing lost."""

import pandas as pd
import pytest


def edit(folder, table, change):
    path = folder / f"{table}.csv"
    rows = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)
    change(rows).to_csv(path, sep=";", index=False, encoding="utf-8")


def with_value(rows, places, column, value):
    rows.loc[rows.index[places], column] = value
    return rows


def empty_file(folder):
    (folder / "deals.csv").write_bytes(b"")


def missing_column(folder):
    edit(folder, "turns", lambda rows: rows.rename(columns={"text": "tekst"}))


def not_text_at_all(folder):
    (folder / "turns.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)


def windows_encoding(folder):
    path = folder / "turns.csv"
    text = path.read_text("utf-8-sig").replace("Ja", "Ja, één café", 1)
    path.write_bytes(text.encode("cp1252", errors="replace"))


def duplicate_ids(folder):
    edit(folder, "conversations", lambda rows: pd.concat([rows, rows.head(3).assign(note="anders")]))


def turn_without_conversation(folder):
    edit(folder, "turns", lambda rows: with_value(rows, slice(-4, None), "conversation_id", "weg"))


def conversation_without_deal(folder):
    edit(folder, "conversations", lambda rows: with_value(rows, slice(2), "deal_id", "weg"))


def closed_before_created(folder):
    closed = {"kind": "won", "value": "", "at": "2001-01-01T10:00:00+00:00", "entered_at": ""}
    edit(folder, "events", lambda rows: pd.concat([rows, rows.tail(1).assign(**closed)]))


def end_before_start(folder):
    wrong = "2001-01-01T10:00:00+00:00"
    edit(folder, "conversations", lambda rows: with_value(rows, slice(2), "ended_at", wrong))


def mixed_dates(folder):
    edit(folder, "events", lambda rows: with_value(rows, slice(3), "at", "eind maart"))


def unknown_roles(folder):
    def change(rows):
        people = rows.groupby("conversation_id").ngroup() % 5 < 2
        return rows.assign(role=rows["role"].mask(people, ""), speaker_id=rows["speaker_id"].mask(people, ""))

    edit(folder, "turns", change)


REFUSED = {
    empty_file: ("EmptyFile", "deals.csv"),
    missing_column: ("MissingColumns", "tekst"),
    not_text_at_all: ("UnreadableFile", "turns.csv"),
}
SET_ASIDE = {
    duplicate_ids: ("conversations", 3),
    turn_without_conversation: ("turns", 4),
    closed_before_created: ("events", 1),
    mixed_dates: ("events", 3),
}
USED_ALL_THE_SAME = [conversation_without_deal, end_before_start, unknown_roles, windows_encoding]


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
@pytest.mark.parametrize("command", ["report", "train"])
def test_a_file_that_cannot_be_used_is_refused_by_name(export, tmp_path, run, spoil, command):
    spoil(export)
    error, named = REFUSED[spoil]
    place = ["--models", tmp_path / "models"]
    done = run(command, export, *place)
    assert done.exit_code == 3
    assert len(done.messages) == 1 and named in done.messages[0]
    assert done.stdout == ""
    again = run(command, export, *place, "--json", "--language", "en").facts
    assert (again["exit_code"], again["error"]) == (3, error)
    assert named in again["message"]


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
def test_check_names_it_beside_all_else(export, run, spoil):
    spoil(export)
    done = run("check", export, "--json")
    assert done.exit_code == 3 and done.messages == []
    assert not done.facts["usable"]
    assert any(REFUSED[spoil][1] in refused for refused in done.facts["refused"])
    assert done.facts["tables"]["conversations"]["used"] > 0


@pytest.mark.parametrize("spoil", SET_ASIDE, ids=lambda spoil: spoil.__name__)
def test_rows_that_cannot_be_used_are_set_aside_with_a_reason(export, run, spoil):
    spoil(export)
    table, rows = SET_ASIDE[spoil]
    facts = run("check", export, "--json").facts
    assert facts["exit_code"] == 0 and facts["usable"]
    assert facts["tables"][table]["rejected"] == rows
    assert sum(facts["reasons"].values()) >= rows
    assert all(reject["line"] and reject["reason"] for reject in facts["rejects"])
    assert_nothing_lost(facts)


@pytest.mark.parametrize("spoil", USED_ALL_THE_SAME, ids=lambda spoil: spoil.__name__)
def test_the_rest_is_used_and_told(export, run, spoil):
    before = run("check", export, "--json").facts
    spoil(export)
    facts = run("check", export, "--json").facts
    assert facts["exit_code"] == 0 and facts["usable"]
    for name, table in facts["tables"].items():
        assert (
            table["used"] + table["merged"]
            == before["tables"][name]["used"] + before["tables"][name]["merged"]
        )
    told = set(facts["notices"]) | set(facts["reasons"])
    assert told - set(before["notices"]) - set(before["reasons"])
    assert_nothing_lost(facts)


def test_all_of_that_together_still_ends_in_a_report(export, tmp_path, run):
    for spoil in [*SET_ASIDE, *USED_ALL_THE_SAME]:
        spoil(export)
    done = run("report", export, "--out", tmp_path / "out" / "r", "--models", tmp_path, "--json")
    assert done.exit_code == 0 and done.messages == []
    assert done.facts["read"]["rejects"] >= sum(rows for _, rows in SET_ASIDE.values())


def test_unknown_roles_are_counted(export, run):
    unknown_roles(export)
    assert 0.2 < run("check", export, "--json").facts["unknown_roles"] < 0.6


def assert_nothing_lost(facts):
    for name, table in facts["tables"].items():
        parts = [table[part] for part in ("used", "merged", "skipped", "rejected")]
        assert sum(parts) == table["read"], name
