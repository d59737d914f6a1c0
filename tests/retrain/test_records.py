"""What is kept beside the runs: the model in use, the status and the ledger."""

import json

import pandas as pd
import pytest

from salesinsight.errors import CurrentDamaged, LedgerDamaged, MissingColumns, NothingBefore, TooLittleData
from salesinsight.retrain import records, roll_back
from salesinsight.retrain.ledger import BEFORE, LEDGER, add_to_ledger, read_ledger
from salesinsight.retrain.records import (
    model_in_use,
    name_in_use,
    new_run_name,
    put_to_use,
    remember_refusal,
    write_status,
)


def status_of(folder):
    return json.loads((folder / "status.json").read_text("utf-8"))


def scores_of(*deals):
    frame = pd.DataFrame({"deal_id": deals}).assign(**dict.fromkeys(BEFORE[3:-1], 0.25))
    known = {"amount": 100.0, "currency": "EUR", "days_since_customer_step": 3.0}
    return frame.assign(band="midden", quotes="not kept", **known)


@pytest.fixture
def runs(tmp_path):
    for name in ("r1", "r2", "r3"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_status_keeps_the_last_good_run_when_a_later_one_is_refused(tmp_path):
    write_status(tmp_path, "first", None)
    refused = MissingColumns(table="turns", absent=["text"], present=["tekst"])
    with pytest.raises(MissingColumns), remember_refusal(tmp_path, "second"):
        raise refused
    status = status_of(tmp_path)
    assert (status["last_good_run"], status["last_run"], status["exit_code"]) == ("first", "second", 3)
    assert status["refused"]["error"] == "MissingColumns"
    assert "text" in status["refused"]["en"] and status["refused"]["nl"] != status["refused"]["en"]
    assert not list(tmp_path.glob("*.new"))


def test_status_of_a_first_run_with_too_little_data(tmp_path):
    write_status(tmp_path, "first", TooLittleData(found=3, what="deals", needed=40, advice=""))
    assert status_of(tmp_path)["last_good_run"] is None
    assert status_of(tmp_path)["exit_code"] == 11


def test_the_ledger_only_grows(tmp_path):
    add_to_ledger(tmp_path, "r1", scores_of("d1", "d2"), "2026-03-02")
    before = (tmp_path / "ledger.csv").read_text("utf-8")
    add_to_ledger(tmp_path, "r2", scores_of("d1"), "2026-03-09")
    after = (tmp_path / "ledger.csv").read_text("utf-8")
    assert after.startswith(before)
    ledger = pd.read_csv(tmp_path / "ledger.csv")
    assert list(ledger.columns) == LEDGER
    assert ledger[["run", "date", "deal_id"]].to_numpy().tolist() == [
        ["r1", "2026-03-02", "d1"],
        ["r1", "2026-03-02", "d2"],
        ["r2", "2026-03-09", "d1"],
    ]


def test_without_current_json_no_model_is_in_use(tmp_path):
    assert model_in_use(tmp_path / "nowhere") is None


def test_the_ledger_tells_what_stood_on_the_list_and_what_was_held_back(tmp_path):
    scores = scores_of(*(f"d{number:02d}" for number in range(12)))
    scores["p_stalled"] = [0.9 - 0.05 * number for number in range(12)]
    scores["reserved"] = scores["deal_id"] == "d01"
    assert add_to_ledger(tmp_path, "r1", scores, "2026-03-02") is None
    kept = read_ledger(tmp_path).set_index("deal_id")
    assert kept["rank"].tolist() == list(range(1, 13))
    assert kept.index[~kept["listed"]].tolist() == ["d01", "d11"]
    assert kept.index[kept["reserved"]].tolist() == ["d01"]


def test_a_ledger_of_the_version_before_goes_on_with_empty_columns(tmp_path):
    rows = scores_of("d1", "d2").assign(run="r0", date="2026-02-23")[BEFORE]
    rows.to_csv(tmp_path / "ledger.csv", index=False)
    assert read_ledger(tmp_path)["listed"].isna().all()
    add_to_ledger(tmp_path, "r1", scores_of("d1"), "2026-03-02")
    kept = read_ledger(tmp_path)
    assert list(kept.columns) == LEDGER
    assert kept["run"].tolist() == ["r0", "r0", "r1"]
    assert kept["listed"].isna().tolist() == [True, True, False]
    assert kept["p_stalled"].eq(0.25).all()


def test_a_score_is_not_added_twice_and_a_torn_line_is_set_aside(tmp_path):
    add_to_ledger(tmp_path, "r1", scores_of("d1", "d2"), "2026-03-02")
    whole = (tmp_path / "ledger.csv").read_bytes()
    (tmp_path / "ledger.csv").write_bytes(whole + b"r1,2026-03-09,d1,0.")
    assert len(read_ledger(tmp_path)) == 2
    told = add_to_ledger(tmp_path, "r1", scores_of("d2", "d3"), "2026-03-02")
    assert "ledger-cut.txt" in told.text("nl")
    assert (tmp_path / "ledger-cut.txt").read_text("utf-8") == "r1,2026-03-09,d1,0.\n"
    assert read_ledger(tmp_path)["deal_id"].tolist() == ["d1", "d2", "d3"]
    assert (tmp_path / "ledger.csv").read_bytes().startswith(whole)


@pytest.mark.parametrize("content", [b"deal,x\n1,2\n", b"\x00\xff\x00", b"\n"])
def test_to_a_ledger_of_others_nothing_is_added(tmp_path, content):
    (tmp_path / "ledger.csv").write_bytes(content)
    with pytest.raises(LedgerDamaged):
        add_to_ledger(tmp_path, "r1", scores_of("d1"), "2026-03-02")
    assert (tmp_path / "ledger.csv").read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"run,da"])
def test_a_ledger_of_which_the_first_line_was_cut_short_begins_anew(tmp_path, content):
    (tmp_path / "ledger.csv").write_bytes(content)
    add_to_ledger(tmp_path, "r1", scores_of("d1"), "2026-03-02")
    assert read_ledger(tmp_path)["deal_id"].tolist() == ["d1"]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"run": 3}', '{"run": "../r1"}', '{"run": "/etc"}', '{"run": ".."}', '{"run": "r9"}',
     '{"run": "r1/../r2"}', '{"run": "r1", "before": "r2"}', '{"run": "r1\\u0000"}', "[" * 100_000],
)  # fmt: skip
def test_current_json_leads_nowhere_but_to_a_run_beside_it(runs, content):
    (runs / "current.json").write_text(content, encoding="utf-8")
    with pytest.raises(CurrentDamaged) as refused:
        name_in_use(runs)
    assert refused.value.exit_code == 3
    assert "current.json" in refused.value.text("nl")
    put_to_use(runs, "r2")
    assert name_in_use(runs) == "r2"


def test_going_back_takes_the_run_before_that_can_still_be_used(runs, monkeypatch):
    def load(folder):
        if folder.name == "r2":
            raise CurrentDamaged(folder="", file="", got="")
        return folder

    monkeypatch.setattr(records, "load_run", load)
    for name in ("r1", "r2", "r3"):
        put_to_use(runs, name)
    put_to_use(runs, "r3")
    assert roll_back(runs).name == "r1"
    assert name_in_use(runs) == "r1"
    with pytest.raises(NothingBefore):
        roll_back(runs)
    assert name_in_use(runs) == "r1"
    put_to_use(runs, "r2")
    assert roll_back(runs).name == "r1"


def test_two_runs_in_one_second_have_two_names(tmp_path, monkeypatch):
    names = []
    for _ in range(3):
        names.append(new_run_name(tmp_path))
        (tmp_path / names[-1]).mkdir()
    assert len(set(names)) == 3 and names == sorted(names)


def test_a_damaged_status_says_nothing(tmp_path):
    (tmp_path / "status.json").write_text("{half")
    write_status(tmp_path, "second", TooLittleData(found=3, what="deals", needed=40, advice=""))
    assert status_of(tmp_path)["last_good_run"] is None


def test_a_full_disk_is_noted_when_there_is_room_for_that(tmp_path):
    write_status(tmp_path, "first", None)
    with pytest.raises(OSError, match="No space"), remember_refusal(tmp_path, "second"):
        raise OSError(28, "No space left on device", "model.skops")
    status = status_of(tmp_path)
    assert (status["last_good_run"], status["refused"]["error"]) == ("first", "DiskFull")
