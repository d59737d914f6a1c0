"""What is kept beside the runs: the lock, the model in use, the ledger of scores and the status.

::

    models/current.json   the run in use
    models/ledger.csv     every score ever shown; rows are added, never changed
    models/status.json    the last good run, and what was refused last and why
    models/.lock          there while a run is being written
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from salesinsight.errors import RunLocked, SalesInsightError
from salesinsight.modeling import Run, load_run
from salesinsight.writing import write_json

LEDGER = ["run", "date", "deal_id", "p_won", "p_lost", "p_progress", "p_stalled", "low", "high", "band"]


def new_run_name() -> str:
    """Name of a run: the present moment, so that names sort in order."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}"


def model_in_use(models: str | Path) -> Run | None:
    """The run that ``current.json`` names; None when there is none yet."""
    current = Path(models) / "current.json"
    if not current.exists():
        return None
    return load_run(current.parent / json.loads(current.read_text("utf-8"))["run"])


def add_to_ledger(models: Path, run: str, scores: pd.DataFrame, date: str) -> None:
    """Add the scores that are about to be shown to ``ledger.csv``; what stands there stays."""
    rows = scores.assign(run=run, date=date)[LEDGER]
    path = models / "ledger.csv"
    rows.to_csv(path, mode="a", header=not path.exists(), index=False, lineterminator="\n")


@contextlib.contextmanager
def one_at_a_time(out: Path) -> Iterator[None]:
    """Hold the lock of a folder of runs."""
    out.mkdir(parents=True, exist_ok=True)
    lock = out / ".lock"
    try:
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError as cause:
        since = lock.read_text("utf-8") or "?"
        raise RunLocked(folder=str(out), since=since, lock=str(lock)) from cause
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")
        yield
    finally:
        lock.unlink(missing_ok=True)


@contextlib.contextmanager
def remember_refusal(out: Path, run: str) -> Iterator[None]:
    """Note in ``status.json`` why a run was refused; the error goes on."""
    try:
        yield
    except SalesInsightError as error:
        write_status(out, run, error)
        raise


def write_status(out: Path, run: str, refused: SalesInsightError | None) -> None:
    """Note how a run ended; the last good run stays known when this one was refused."""
    path = out / "status.json"
    before = json.loads(path.read_text("utf-8")) if path.exists() else {"last_good_run": None}
    reason = None
    if refused is not None:
        reason = {"error": type(refused).__name__, "en": refused.text("en"), "nl": refused.text("nl")}
    status = {
        "last_good_run": before["last_good_run"] if refused else run,
        "last_run": run,
        "exit_code": refused.exit_code if refused else 0,
        "refused": reason,
    }
    write_json(path, status)
