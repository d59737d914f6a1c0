"""The lock of a folder: held by one, let go by whoever dies, and no words of a dead one stop anybody."""

import json
import os
import signal
import subprocess
import sys

import pytest

from salesinsight.errors import RunLocked
from salesinsight.retrain.lock import LOCK, one_at_a_time

HOLD = """
import sys, pathlib
from salesinsight.retrain.lock import one_at_a_time
with one_at_a_time(pathlib.Path(sys.argv[1])):
    sys.stdout.write("held\\n")
    sys.stdout.flush()
    sys.stdin.readline()
"""


@pytest.mark.skipif(os.name == "nt", reason="a process is killed otherwise there")
def test_another_process_holds_it_until_it_is_killed(tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(RunLocked) as refused, one_at_a_time(tmp_path):
            pass
        assert (refused.value.exit_code, refused.value.facts["process"]) == (14, str(child.pid))
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert (tmp_path / LOCK).exists()
        with one_at_a_time(tmp_path) as before:
            assert before.facts["process"] == str(child.pid)
            assert str(child.pid) in before.text("nl")
        with one_at_a_time(tmp_path) as before:
            assert before is None
    finally:
        child.kill()
        child.communicate()


def test_a_second_run_is_refused_while_the_first_is_busy(tmp_path):
    with one_at_a_time(tmp_path):
        with pytest.raises(RunLocked) as refused, one_at_a_time(tmp_path):
            pass
        assert (tmp_path / LOCK).exists()
        assert str(tmp_path) in str(refused.value) and "UTC" in refused.value.text("nl")
        assert json.loads((tmp_path / LOCK).read_text("utf-8"))["process"] == os.getpid()
    assert not (tmp_path / LOCK).exists()


def test_it_goes_even_when_the_run_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), one_at_a_time(tmp_path):
        raise ZeroDivisionError
    with one_at_a_time(tmp_path) as before:
        assert before is None


@pytest.mark.parametrize("left", [b"2026-03-02 07:00:00 UTC", b"\xff\xfe", b"[]", b'{"since": 3}'])
def test_words_that_cannot_be_read_hold_nobody_up(tmp_path, left):
    (tmp_path / LOCK).write_bytes(left)
    with one_at_a_time(tmp_path) as before:
        assert before is not None and before.text("en") and before.text("nl")


def test_a_lock_file_removed_by_hand_does_not_let_a_third_in_beside_the_second(tmp_path):
    with one_at_a_time(tmp_path):
        (tmp_path / LOCK).unlink()
        with one_at_a_time(tmp_path), pytest.raises(RunLocked), one_at_a_time(tmp_path):
            pass
