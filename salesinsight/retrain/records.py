"""What is kept beside the runs: the model in use, the ledger of scores and the status.

::

    models/current.json   the run in use, and the ones before it
    models/ledger.csv     every score ever shown; rows are added, never changed
    models/status.json    the last good run, and what was refused last and why
    models/.lock          there while a run is being written
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from salesinsight.errors import (
    CurrentDamaged,
    NothingBefore,
    SalesInsightError,
    refusal_of,
)
from salesinsight.modeling import Run, load_run
from salesinsight.retrain.lock import one_at_a_time
from salesinsight.writing import write_json

CURRENT, STATUS = "current.json", "status.json"
# so many runs can be gone back to
REMEMBERED = 20
HALF_WRITTEN = re.compile(r"\.\d{8}-\d{6}(-\d+)?-\d+(-old)?")


def new_run_name(models: Path) -> str:
    """Name of a run: the present moment, so that names sort in order; one more in a second gets a number."""
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    taken = len(list(models.glob(f"{name}*")))
    return f"{name}-{taken + 1}" if taken else name


def clear_half_written(models: Path) -> None:
    """Remove what runs that were killed left half written; with the lock held, nobody is writing it."""
    for path in models.iterdir():
        if path.is_dir() and HALF_WRITTEN.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)


def name_in_use(models: str | Path) -> str | None:
    """Name of the run that ``current.json`` names; None when there is none yet.

    Raises
    ------
    CurrentDamaged
        When it names none in this folder.
    """
    current = _current(Path(models))
    return current["run"] if current else None


def model_in_use(models: str | Path) -> Run | None:
    """The run that ``current.json`` names; None when there is none yet.

    Raises
    ------
    ModelRefused
        When it names none in this folder, or that run can't be trusted to be what it was.
    """
    name = name_in_use(models)
    return None if name is None else load_run(Path(models) / name)


def put_to_use(models: Path, run: str) -> None:
    """Make a run the one in use, in one step; the one before it is remembered."""
    try:
        current = _current(models) or {"run": None, "before": []}
    except CurrentDamaged:
        current = {"run": None, "before": []}
    before = [name for name in (current["run"], *current["before"]) if name not in (None, run)]
    write_json(models / CURRENT, {"run": run, "before": before[:REMEMBERED]})


def roll_back(models: str | Path) -> Run:
    """Put the model back that was in use before the present one.

    Parameters
    ----------
    models : path
        Folder of runs.

    Returns
    -------
    Run
        The model that is in use now; those that can no longer be used are passed over.

    Raises
    ------
    NothingBefore
        When there is none to go back to.
    CurrentDamaged, RunLocked
        When ``current.json`` names no run here, or a run is being written.
    """
    models = Path(models)
    if not (models / CURRENT).exists():
        raise NothingBefore(folder=str(models))
    with one_at_a_time(models):
        before = (_current(models) or {"before": []})["before"]
        for place, name in enumerate(before):
            with contextlib.suppress(SalesInsightError):
                run = load_run(models / name)
                write_json(models / CURRENT, {"run": name, "before": before[place + 1 :]})
                return run
    raise NothingBefore(folder=str(models))


@contextlib.contextmanager
def remember_refusal(out: Path, run: str) -> Iterator[None]:
    """Note in ``status.json`` why a run was refused, or that the disk was full; the error goes on."""
    try:
        yield
    except (SalesInsightError, OSError) as error:
        refused = refusal_of(error)
        if isinstance(refused, SalesInsightError):
            with contextlib.suppress(OSError):  # a full disk has no room for this either
                write_status(out, run, refused)
        raise


def write_status(
    out: Path,
    run: str,
    refused: SalesInsightError | None,
    notices: tuple[SalesInsightError, ...] = (),
    scored_with: str | None = None,
) -> None:
    """Note how a run ended; the last good run stays known when this one was refused.

    Parameters
    ----------
    out : pathlib.Path
        Folder of runs.
    run : str
        Name of the run that ended.
    refused : SalesInsightError or None
        Why it was not put to use.
    notices : tuple of SalesInsightError
        What must be known and stopped nothing.
    scored_with : str, optional
        Name of the run that gave the scores; None when nothing was scored.
    """
    good = run if refused is None else _last_good(out)
    try:
        in_use = name_in_use(out)
    except CurrentDamaged:
        in_use = None
    status = {
        "last_good_run": good,
        "last_run": run,
        "ended": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        "exit_code": refused.exit_code if refused else 0,
        "refused": None if refused is None else told(refused),
        "notices": [told(notice) for notice in notices],
        "model_in_use": in_use,
        "scored_with": scored_with,
    }
    write_json(out / STATUS, status)


def told(error: SalesInsightError) -> dict[str, str]:
    """A refusal or notice for ``status.json``: its name, and its sentence in both languages."""
    return {"error": type(error).__name__, "en": error.text("en"), "nl": error.text("nl")}


def _last_good(out: Path) -> str | None:
    """What the status says now; one that can't be read says nothing."""
    try:
        return json.loads((out / STATUS).read_text("utf-8"))["last_good_run"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _current(models: Path) -> dict[str, Any] | None:
    """What ``current.json`` says, when that is the name of a folder in this one."""
    path = models / CURRENT
    if not path.exists():
        return None
    text = path.read_bytes().decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    found = found if isinstance(found, dict) else {}
    name, before = found.get("run"), found.get("before", [])
    if not _is_name(name) or not (models / str(name)).is_dir() or not isinstance(before, list):
        raise CurrentDamaged(folder=str(models), file=str(path), got=text.strip()[:80] or "-")
    return {"run": name, "before": [other for other in before if _is_name(other)]}


def _is_name(name: Any) -> bool:
    """Whether this is the plain name of a folder, and leads nowhere else.

    Examples
    --------
    >>> [_is_name(name) for name in ("20260302-070000", "../other", "/etc", "..", "a\\\\b", 3)]
    [True, False, False, False, False, False]
    """
    return isinstance(name, str) and re.fullmatch(r"[\w-][\w.-]*", name) is not None
