"""Where the turns and the features of a cluster stand: files of any file system that fsspec knows, by URL."""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from salesinsight.errors import PathUnusable
from salesinsight.features.kept import KEY
from salesinsight.features.turn_files import HIDDEN, opened
from salesinsight.writing import write_whole

HALF = "._half"


def url_of(path: str) -> str:
    """The same place as a URL, which means the same in every working folder."""
    system, root = _system(path)
    return str(system.unstrip_protocol(root)).rstrip("/")


def parquet_files(path: str) -> tuple[str, list[str]]:
    """The folder that all Parquet files of a path are in, and the files in the order of their names; as URLs.

    Raises
    ------
    PathUnusable
        When it stands for no file at all.
    """
    system, root = _system(path)
    system.invalidate_cache()
    folder = system.isdir(root)
    if folder:
        names = [name for name in system.ls(root, detail=False) if name.endswith(".parquet")]
        files = [name for name in names if not posixpath.basename(name).startswith(HIDDEN)]
    else:
        files = [name for name in system.glob(root) if system.isfile(name)]
    if not files:
        raise PathUnusable(path=path, cause="empty" if folder else "absent")
    base = posixpath.commonpath([posixpath.dirname(name) for name in files])
    return url_of(system.unstrip_protocol(base)), sorted(system.unstrip_protocol(name) for name in files)


@contextlib.contextmanager
def open_parquet(url: str) -> Iterator[pq.ParquetFile]:
    """Open a Parquet file.

    Raises
    ------
    UnreadableFile
        When it is no Parquet file, or damaged.
    """
    system, root = _system(url)
    with system.open(root, "rb") as raw, opened(raw, url) as file:
        yield file


def put_whole(url: str, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    system, root = _system(url)
    if _is_local(system):
        write_whole(Path(root), content)
        return
    system.makedirs(posixpath.dirname(root), exist_ok=True)
    system.pipe_file(root + HALF, content)
    system.mv(root + HALF, root)


def mark_of(url: str) -> bytes | None:
    """What a file of features says that it was made of; None when there is no such file."""
    system, root = _system(url)
    system.invalidate_cache()
    if not system.exists(root):
        return None
    try:
        with system.open(root, "rb") as raw:
            return (pq.read_schema(raw).metadata or {}).get(KEY)
    except pa.ArrowInvalid:
        return None


def remove(url: str) -> None:
    """Take a file away, when it is there."""
    system, root = _system(url)
    if system.exists(root):
        system.rm_file(root)


def remove_other_features(folder: str, keep: Iterable[str]) -> None:
    """Take away files of features that are not among these, and halves of files; other files stay."""
    system, root = _system(folder)
    system.invalidate_cache()
    kept = set(keep)
    for name in system.find(root):
        url = system.unstrip_protocol(name)
        old = name.endswith(".parquet") and url not in kept and mark_of(url) is not None
        if old or name.endswith(HALF):
            system.rm_file(name)


def _system(path: str) -> tuple[Any, str]:
    from fsspec.core import url_to_fs

    return url_to_fs(path)


def _is_local(system: Any) -> bool:
    return "file" in ((system.protocol,) if isinstance(system.protocol, str) else system.protocol)
