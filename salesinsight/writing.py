"""Writing: a file or a folder is there whole, or what stood there before still is.

Everything is made beside its place first and then moved, so that a reader never finds half of it and a
crash or a full disk leaves the old state usable.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from salesinsight.errors import FileBusy, NotAFile

__all__ = ["put_back", "whole_folder", "write_json", "write_whole"]


def write_whole(path: Path, content: bytes, private: bool = False) -> Path:
    """Write a file all at once, when `private` readable by its owner only; its folder is made when absent.

    Raises
    ------
    FileBusy
        When another program, often Excel, keeps the file that would be replaced.
    NotAFile
        When a folder stands in its place.

    Examples
    --------
    >>> import tempfile
    >>> write_whole(Path(tempfile.mkdtemp()) / "a" / "b.txt", b"whole").read_text()
    'whole'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)  # one left by a crash keeps its own rights
        part.touch(mode=0o600 if private else 0o666)
        part.write_bytes(content)
        os.replace(part, path)
    except IsADirectoryError as cause:
        raise NotAFile(file=str(path), link=False) from cause
    except PermissionError as cause:
        raise FileBusy(file=str(path)) from cause
    finally:
        part.unlink(missing_ok=True)
    return path


def write_json(path: Path, content: dict[str, Any]) -> Path:
    """Write an object as readable JSON, all at once; NaN is refused, for JSON has none."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    return write_whole(path, f"{text}\n".encode())


@contextlib.contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside this one to fill; when that went well, the two are swapped.

    What a crash left beside it earlier is put back or cleared; so let one write at a time (`retrain` locks).

    Raises
    ------
    FileBusy
        When another program keeps a file in the folder that would be replaced.

    Examples
    --------
    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "run"
    >>> with whole_folder(target) as part:
    ...     _ = (part / "a.txt").write_text("a")
    >>> [path.name for path in target.iterdir()]
    ['a.txt']
    """
    part = folder.parent / f".{folder.name}-{os.getpid()}"
    old = part.with_name(part.name + "-old")
    put_back(folder)
    for left in _left_over(folder):
        shutil.rmtree(left, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
        _swap(part, folder, old)
    except PermissionError as cause:
        raise FileBusy(file=str(folder)) from cause
    finally:
        shutil.rmtree(part, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Put back what stood here, when a crash came between taking it away and putting the new one there.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "run"
    >>> (folder.parent / ".run-7-old").mkdir()
    >>> put_back(folder)
    >>> folder.is_dir()
    True
    """
    old = [left for left in _left_over(folder) if left.name.endswith("-old")]
    if old and not folder.exists():
        os.replace(max(old, key=lambda left: left.stat().st_mtime), folder)


def _left_over(folder: Path) -> list[Path]:
    """Folders beside this one that a write which broke off has left."""
    name = re.compile(rf"\.{re.escape(folder.name)}-\d+(-old)?")
    beside = folder.parent.iterdir() if folder.name and folder.parent.is_dir() else ()
    return [path for path in beside if name.fullmatch(path.name) and path.is_dir()]


def _swap(part: Path, folder: Path, old: Path) -> None:
    if folder.exists():
        os.replace(folder, old)
    try:
        os.replace(part, folder)
    except BaseException:  # also when the user stops it here
        if old.exists():
            os.replace(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
