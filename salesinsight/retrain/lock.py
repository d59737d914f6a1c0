"""The lock of a folder: one run at a time writes in it, and a run that was killed holds nothing.

The system itself holds the lock, on the open file ``.lock``, and lets go of it when the process ends, however
that happens: ``kill -9``, a crash, a stopped container. The words in the file only say who holds it, or whose
run ended halfway.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from salesinsight.errors import RunLocked, RunTakenOver

LOCK = ".lock"
# Windows keeps others from reading what is locked: so a byte is locked that lies behind the words
FAR = 1 << 20


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[RunTakenOver | None]:
    """Hold the lock of a folder, which is made when absent.

    Parameters
    ----------
    folder : pathlib.Path
        Where one run at a time may write.

    Yields
    ------
    RunTakenOver or None
        When the run before ended halfway: since when it ran, in which process and where.

    Raises
    ------
    RunLocked
        When another run holds it.

    Examples
    --------
    >>> import tempfile
    >>> with one_at_a_time(Path(tempfile.mkdtemp())) as before:
    ...     before is None
    True
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK
    handle = _take(path)
    try:
        left = _words(handle)
        _write(handle, {"since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC", **_process()})
        yield None if left is None else RunTakenOver(folder=str(folder), **left)
    finally:
        _let_go(handle, path)


def _process() -> dict[str, Any]:
    return {"process": os.getpid(), "host": socket.gethostname()}


def _take(path: Path) -> int:
    """The open and locked file; a file that was removed between opening and locking locks nobody out."""
    while True:
        handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
        if not _lock(handle):
            held = _words(handle) or dict.fromkeys(("since", "process", "host"), "?")
            os.close(handle)
            raise RunLocked(folder=str(path.parent), **held)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)


def _let_go(handle: int, path: Path) -> None:
    if os.name == "nt":
        # an open file can't be removed there; when another has opened it meanwhile, it stays, without words
        os.ftruncate(handle, 0)
        os.close(handle)
        with contextlib.suppress(OSError):
            path.unlink()
        return
    path.unlink(missing_ok=True)
    os.close(handle)


def _words(handle: int) -> dict[str, str] | None:
    """Who wrote in the file; None when it is empty, unknown values when it can't be read."""
    os.lseek(handle, 0, os.SEEK_SET)
    text = os.read(handle, 4096).decode("utf-8", "replace").strip()
    if not text:
        return None
    try:
        told = json.loads(text)
    except json.JSONDecodeError:
        told = {"since": text[:40]}
    told = told if isinstance(told, dict) else {}
    return {name: str(told.get(name, "?")) for name in ("since", "process", "host")}


def _write(handle: int, told: dict[str, Any]) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    os.ftruncate(handle, 0)
    os.write(handle, json.dumps(told).encode())


if os.name == "nt":
    import msvcrt

    def _lock(handle: int) -> bool:
        os.lseek(handle, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
