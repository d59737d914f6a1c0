"""What is kept beside the features between runs, so that a next run only does what is new.

::

    features.parquet                     the features; its metadata name what is known of their turns
    .features.parquet.state/lock         held while a run is busy; the system lets go of it when that dies
    .features.parquet.state/<name>.npz   what is known of the turns; first a digest for each row above
    .features.parquet.state/<stamp>-7.arrow   rows that a run which broke off had measured already

A row is used again when the digest of its conversation and the stamp (`salesinsight.features.digests`) are
the same; its turns aren't read when the bytes they stand in are the same (`salesinsight.features.known`). No
words are kept, and no conversation that is gone from the turns.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import pathlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from salesinsight.errors import FileBusy, NotAFile, OutputLocked
from salesinsight.features.known import NOTHING, Known
from salesinsight.writing import write_whole

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

KEY = b"salesinsight"
ROWS = 10_000  # of features in a row group
OPEN_GROUPS = 8


class Source(Protocol):
    """Rows of features that were measured before."""

    digests: np.ndarray

    def take(self, rows: np.ndarray) -> pa.Table:
        """These rows, in this order."""


class Written:
    """The features as the last run wrote them; only a few row groups are in memory."""

    def __init__(self, file: pathlib.Path, digests: np.ndarray) -> None:
        self.digests = digests
        self._file = pq.ParquetFile(file)
        meta = self._file.metadata
        self._ends = np.cumsum([meta.row_group(group).num_rows for group in range(meta.num_row_groups)])
        self._group = functools.lru_cache(OPEN_GROUPS)(self._file.read_row_group)

    def take(self, rows: np.ndarray) -> pa.Table:
        """These rows, in this order."""
        group = np.searchsorted(self._ends, rows, side="right")
        begins = np.append(0, self._ends)
        parts, places = [], []
        for number in np.unique(group).tolist():
            of_group = group == number
            parts.append(self._group(number).take(rows[of_group] - begins[number]))
            places.append(np.flatnonzero(of_group))
        return together(parts, places)

    def close(self) -> None:
        """Let go of the file, so that another can take its place."""
        self._group.cache_clear()
        self._file.close()


class Measured:
    """Rows that were measured in one go: a file of digests and features."""

    def __init__(self, file: pathlib.Path) -> None:
        self.file = file
        flat = self._read().schema.metadata[KEY]
        self.digests = np.frombuffer(flat, dtype="<u8").reshape(-1, 2)

    def take(self, rows: np.ndarray) -> pa.Table:
        """These rows, in this order."""
        return self._read().take(rows)

    def _read(self) -> pa.Table:
        with pa.ipc.open_file(io.BytesIO(self.file.read_bytes())) as opened:
            return opened.read_all()


class Kept:
    """The folder beside the features, while one run holds it."""

    def __init__(self, target: pathlib.Path, stamp: str) -> None:
        self.target, self.stamp = target, stamp
        self.folder = target.with_name(f".{target.name}.state")
        self.sources: list[Written | Measured] = []  # what is known is of the first, when there is one
        self.known = NOTHING
        self._next = 0

    @contextlib.contextmanager
    def held(self) -> Iterator[Kept]:
        """Hold the folder and find what can be used again.

        Raises
        ------
        OutputLocked
            When another run is busy with it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("ab") as lock:
            try:
                _hold(lock.fileno())
            except OSError as cause:
                raise OutputLocked(file=str(self.target)) from cause
            try:
                self._find()
                yield self
            finally:
                self.close()

    def close(self) -> None:
        """Let go of the old features."""
        for source in self.sources:
            if isinstance(source, Written):
                source.close()

    def lookup(self) -> Lookup:
        """Finds the row of a conversation in what was kept."""
        return Lookup([source.digests for source in self.sources])

    def reserve(self) -> pathlib.Path:
        """The file for the next rows to measure."""
        self._next += 1
        return self.folder / f"{self.stamp}-{self._next - 1}.arrow"

    def write(self, parts: Iterable[pa.Table], known: Known) -> None:
        """Put the new features in the place of the old, whole, and forget what is no longer of use."""
        fingerprint = hashlib.blake2b(known.digests.tobytes(), digest_size=16).hexdigest()
        name = f"{self.stamp}-{fingerprint}"
        beside = write_whole(self.folder / f"{name}.npz", known.to_bytes())
        part = self.target.with_name(self.target.name + ".part")
        try:
            _write_parquet(part, parts, name)
            self.close()
            os.replace(part, self.target)
        except IsADirectoryError as cause:
            raise NotAFile(file=str(self.target), link=False) from cause
        except PermissionError as cause:
            raise FileBusy(file=str(self.target)) from cause
        finally:
            part.unlink(missing_ok=True)
        for left in self.folder.iterdir():
            if left not in (beside, self.folder / "lock"):
                left.unlink()

    def _find(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # no old features, not ours, or damaged: measure all
            self._find_written()
        for file in self.folder.glob("*.arrow*"):
            stamp, _, number = file.stem.rpartition("-")
            try:
                if stamp != self.stamp or file.suffix != ".arrow":
                    raise ValueError
                self.sources.append(Measured(file))
                self._next = max(self._next, int(number) + 1)
            except (ValueError, KeyError):  # of other taggers, or damaged; pyarrow's errors are ValueErrors
                file.unlink()

    def _find_written(self) -> None:
        name = ((pq.read_schema(self.target).metadata or {}).get(KEY) or b"").decode()
        if name.startswith(f"{self.stamp}-"):
            known = Known.read(self.folder / f"{name}.npz")
            self.sources.append(Written(self.target, known.digests))
            self.known = known


class Lookup:
    """Where the rows of conversations stand, by their digests."""

    def __init__(self, digests: list[np.ndarray]) -> None:
        lengths = [len(part) for part in digests]
        every = np.concatenate([np.zeros((0, 2), dtype="<u8"), *digests])
        order = np.argsort(every[:, 0], kind="stable")
        self._digests = every[order]
        self._source = np.repeat(np.arange(len(lengths)), lengths)[order]
        self._row = np.concatenate([np.zeros(0, dtype=np.int64), *map(np.arange, lengths)])[order]

    def __call__(self, digests: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Per digest the number of the source and the row in it; −1 for what was not measured before."""
        if not len(self._digests):
            return np.full(len(digests), -1), np.full(len(digests), -1)
        place = np.searchsorted(self._digests[:, 0], digests[:, 0]).clip(max=len(self._digests) - 1)
        known = (self._digests[place] == digests).all(axis=1)
        return np.where(known, self._source[place], -1), np.where(known, self._row[place], -1)


def gather(sources: Sequence[Source], source: np.ndarray, row: np.ndarray) -> pa.Table:
    """Rows from several sources, in the order asked."""
    parts, places = [], []
    for number in np.unique(source).tolist():
        of_source = source == number
        parts.append(sources[number].take(row[of_source]))
        places.append(np.flatnonzero(of_source))
    return together(parts, places)


def together(parts: list[pa.Table], places: list[np.ndarray]) -> pa.Table:
    """Put parts of a table together, each of their rows at its place."""
    order = np.concatenate(places)
    table = parts[0] if len(parts) == 1 else pa.concat_tables(parts)
    return table if (np.diff(order) == 1).all() else table.take(np.argsort(order))


def keep(file: pathlib.Path, features: pa.Table, digests: np.ndarray) -> Measured:
    """Write measured rows at once, so that a run which breaks off doesn't lose them."""
    sink = pa.BufferOutputStream()
    kept = features.replace_schema_metadata((features.schema.metadata or {}) | {KEY: digests.tobytes()})
    with pa.ipc.new_file(sink, kept.schema) as writer:
        writer.write_table(kept)
    return Measured(write_whole(file, sink.getvalue().to_pybytes()))


def _write_parquet(part: pathlib.Path, tables: Iterable[pa.Table], digests_name: str) -> None:
    writer: pq.ParquetWriter | None = None
    try:
        for table in tables:
            if writer is None:
                index = {name: value for name, value in table.schema.metadata.items() if name != KEY}
                schema = table.schema.with_metadata(index | {KEY: digests_name.encode()})
                writer = pq.ParquetWriter(part, schema, compression="zstd")
            writer.write_table(table.cast(schema), row_group_size=ROWS)
    finally:
        if writer:
            writer.close()


def _hold(file: int) -> None:
    """Lock an open file, or raise OSError when another process did; it is free again when this one ends."""
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
