"""What is kept beside the runs: the lock, the status and the ledger."""

import json

import pandas as pd
import pytest

from salesinsight.errors import MissingColumns, RunLocked, TooLittleData
from salesinsight.retrain.records import (
    LEDGER,
    add_to_ledger,
    model_in_use,
    one_at_a_time,
    remember_refusal,
    write_status,
)


def status_of(folder):
    return json.loads((folder / "status.json").read_text("utf-8"))


def scores_of(*deals):
    frame = pd.DataFrame({"deal_id": deals}).assign(**dict.fromkeys(LEDGER[3:-1], 0.25))
    return frame.assign(band="middle", quotes="not kept")


def test_a_second_run_is_refused_while_the_first_is_busy(tmp_path):
    with one_at_a_time(tmp_path), pytest.raises(RunLocked) as refused, one_at_a_time(tmp_path):
        pass
    assert refused.value.exit_code == 14
    assert str(tmp_path) in str(refused.value) and "UTC" in str(refused.value)


def test_the_lock_goes_even_when_the_run_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), one_at_a_time(tmp_path):
        raise ZeroDivisionError
    with one_at_a_time(tmp_path):
        assert (tmp_path / ".lock").exists()
    assert not (tmp_path / ".lock").exists()


def test_the_locked_out_run_leaves_the_lock_in_place(tmp_path):
    with one_at_a_time(tmp_path):
        with pytest.raises(RunLocked), one_at_a_time(tmp_path):
            pass
        assert (tmp_path / ".lock").exists()


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
