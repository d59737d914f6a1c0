"""The check: everything at once, in words and in numbers that add up."""

import json
import math

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salesinsight import errors
from salesinsight.exports import check_export, read_export
from salesinsight.schema import find_bad_rows


def adds_up(table):
    return table.read == table.used + table.merged + table.skipped + table.rejected


def test_a_good_export(small):
    check = check_export(small)
    assert check.usable
    assert check.available == {"text", "roles", "timestamps", "crm", "history", "notes"}
    assert check.unknown_roles == 0
    assert check.tables["turns"].files == ["turns.csv"]
    assert check.tables["turns"].missing == {}
    assert check.tables["people"].read == 0
    assert all(adds_up(table) for table in check.tables.values())
    assert check.as_of == read_export(small).as_of


def test_missing_columns_come_with_the_nearest_unused_ones(export_of):
    check = check_export(export_of({"turns.csv": "conversation_id,text,rol,startsec\nc1,a,x,1"}))
    assert check.tables["turns"].missing["role"] == "rol"
    assert check.tables["turns"].missing["start_s"] == "startsec"
    assert check.tables["turns"].missing["speaker_id"] == ""
    assert check.unknown_roles == 1


def test_all_refusals_at_once(export_of):
    folder = export_of(
        {
            "turns.csv": "",
            "conversations.csv": "x\n1",
            "deals.csv": "deal_id\nd1",
            "people.csv": b"\x00\x00\x01",
        }
    )
    check = check_export(folder)
    assert [type(error) for error in check.refused] == [
        errors.EmptyFile,
        errors.MissingColumns,
        errors.UnreadableFile,
    ]
    assert not check.usable
    assert check.tables["deals"].used == 1
    with pytest.raises(errors.EmptyFile):
        read_export(folder)


def test_nothing_usable_is_said_and_not_raised(tmp_path):
    check = check_export(tmp_path)
    assert not check.usable
    assert check.available == set()
    assert math.isnan(check.unknown_roles)


def test_the_check_is_json(export_of):
    folder = export_of({"turns.csv": "conversation_id,text\nc1,a\nc1,", "events.csv": ""})
    found = json.loads(json.dumps(check_export(folder, language="en").to_dict()))
    assert found["reasons"] == {"missing": 1}
    assert found["rejects"][0]["line"] == 3
    assert "events.csv" in found["refused"][0]
    assert found["tables"]["turns"]["rejected"] == 1
    assert found["as_of"] is None


def test_people_are_available_only_with_a_part_and_a_presence(export_of):
    files = {
        "conversations.csv": "conversation_id,started_at\nc1,2026-01-01",
        "people.csv": "person_id,decision_role\np1,decider",
    }
    assert "people" not in check_export(export_of(files)).available
    files["attendance.csv"] = "conversation_id,person_id\nc1,p1"
    assert "people" in check_export(export_of(files)).available


IDS = st.sampled_from(["c1", "c2", "c9", ""])
TURN = st.tuples(
    IDS,
    st.sampled_from(["seller", "customer", "iemand", ""]),
    st.sampled_from(["0", "1,5", "-2", "x", ""]),
    st.text(alphabet='ab ;"\n', max_size=6),
)
MOMENTS = ["2026-01-01", "02-01-2026 10:00", "1/2/26", "2026-01-03T10:00:00+01:00", ""]
TALK = st.tuples(IDS, st.sampled_from(["d1", "d7", ""]), st.sampled_from(MOMENTS), st.sampled_from(MOMENTS))
EVENT = st.tuples(
    st.sampled_from(["d1", "d7", ""]), st.sampled_from(MOMENTS), st.sampled_from(["won", "stage", "?", ""])
)
FILES = {
    "turns": (["conversation_id", "role", "start_s", "text"], TURN),
    "conversations": (["conversation_id", "deal_id", "started_at", "ended_at"], TALK),
    "deals": (
        ["deal_id", "created_at"],
        st.tuples(st.sampled_from(["d1", "d2", ""]), st.sampled_from(MOMENTS)),
    ),
    "events": (["deal_id", "at", "kind"], EVENT),
}


@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.fixed_dictionaries({name: st.lists(rows, max_size=8) for name, (_, rows) in FILES.items()}))
def test_every_row_of_the_source_is_used_merged_skipped_or_rejected(tmp_path, tables):
    for name, rows in tables.items():
        frame = pd.DataFrame(rows, columns=FILES[name][0])
        frame.to_csv(tmp_path / f"{name}.csv", sep=";", index=False)
    check = check_export(tmp_path)
    # a table of which every row is rejected is refused, and nothing else is
    lost = [name for name, table in check.tables.items() if table.refused]
    assert len(check.refused) == len(lost)
    assert all(check.tables[name].rejected and not check.tables[name].used for name in lost)
    for name, rows in tables.items():
        table = check.tables[name]
        assert table.read == len(rows)
        assert adds_up(table), (name, table)
    if check.usable:
        export = read_export(tmp_path)
        for name in tables:
            frame = getattr(export, name)
            assert len(frame) == check.tables[name].used
            assert len(find_bad_rows(frame, name)) == 0
