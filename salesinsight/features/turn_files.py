"""Parquet files of turns, larger than memory: found, read piece by piece, and cut between conversations."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import glob
import os
import pathlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from salesinsight.errors import BadTable, PathUnusable, UnreadableFile
from salesinsight.schema import TABLES, conform
from salesinsight.schema.tables import NUMBER, TEXT, WHOLE

PANDAS = {TEXT: pd.StringDtype("pyarrow"), WHOLE: pd.Int64Dtype()}
ARROW = {TEXT: pa.large_string(), WHOLE: pa.int64(), NUMBER: pa.float64()}
TURNS = pa.schema([(column.name, ARROW[column.dtype]) for column in TABLES["turns"].columns])
AS_PANDAS = {ARROW[name]: dtype for name, dtype in PANDAS.items()}
HIDDEN = (".", "_")


@dataclasses.dataclass(frozen=True)
class Talks:
    """Whole conversations as they stood in the files.

    Attributes
    ----------
    turns : pyarrow.Table
        Their turns, with the columns of the table *turns*, each in one piece.
    begin : numpy.ndarray
        The row at which each conversation begins.
    """

    turns: pa.Table
    begin: np.ndarray

    @property
    def end(self) -> np.ndarray:
        """The row after the last one of each conversation."""
        return np.append(self.begin[1:], len(self.turns))

    @property
    def ids(self) -> pl.Series:
        """The conversations, in order."""
        return pl.Series(pl.from_arrow(self.turns["conversation_id"].take(self.begin)), dtype=pl.String)

    @property
    def keys(self) -> np.ndarray:
        """A hash of the name of each."""
        return self.ids.hash().to_numpy()

    @property
    def lengths(self) -> np.ndarray:
        """How many turns each has."""
        return self.end - self.begin

    def only(self, chosen: np.ndarray) -> pa.Table:
        """The turns of the chosen conversations, a flag for each."""
        return self.turns.filter(pa.array(np.repeat(chosen, self.lengths)))

    def after(self, n: int) -> Talks:
        """The same without the first n conversations."""
        cut = self.begin[n] if n < len(self.begin) else len(self.turns)
        return Talks(self.turns.slice(cut), self.begin[n:] - cut)


def turn_files(path: str | os.PathLike[str]) -> list[pathlib.Path]:
    """The Parquet files that a path stands for, in the order in which they are read: that of their names.

    Parameters
    ----------
    path : path
        A file, a folder (its own files, not those that begin with a dot or an underscore), or a pattern
        with ``*``.

    Raises
    ------
    PathUnusable
        When it stands for no file at all.
    """
    place = pathlib.Path(path)
    if place.is_dir():
        files = [file for file in sorted(place.glob("*.parquet")) if not file.name.startswith(HIDDEN)]
    else:
        found = [str(place)] if place.is_file() else glob.glob(str(place), recursive=True)
        files = sorted(file for file in map(pathlib.Path, found) if file.is_file())
    if not files:
        raise PathUnusable(path=str(path), cause="empty" if place.is_dir() else "absent")
    return files


def count_turns(files: Iterable[pathlib.Path]) -> int:
    """How many turns stand in these files; only their ends are read."""
    n = 0
    for path in files:
        with opened(path) as file:
            n += file.metadata.num_rows
    return n


def opened(file: Any, name: str | None = None) -> pq.ParquetFile:
    """Open a Parquet file, given by its path or as an open file.

    Raises
    ------
    UnreadableFile
        When it is no Parquet file, or damaged.
    """
    try:
        return pq.ParquetFile(file)
    except pa.ArrowInvalid as cause:
        raise UnreadableFile(expected="Parquet", file=name or str(file), cause=str(cause)) from cause


def pieces_of(file: pq.ParquetFile, size: int, groups: Iterable[int] | None = None) -> Iterator[pa.Table]:
    """Turns of a file, or of some of its row groups, at most `size` at a time, in the columns of `TURNS`.

    Raises
    ------
    MissingColumns, BadTable
        When it doesn't hold turns, or values that don't fit.
    """
    present = [name for name in TURNS.names if name in file.schema_arrow.names]
    conform(pd.DataFrame(columns=present), "turns")  # refuses what lacks a column
    chosen = None if groups is None else list(groups)
    for piece in file.iter_batches(batch_size=size, columns=present, row_groups=chosen):
        yield _cast(piece)


def starts(turns: pa.Table) -> np.ndarray:
    """The rows at which a conversation begins."""
    ids = pl.Series(pl.from_arrow(turns["conversation_id"]), dtype=pl.String)
    other = ids.ne_missing(ids.shift()).to_numpy(allow_copy=True).copy()
    other[:1] = True
    return np.flatnonzero(other)


def whole_conversations(pieces: Iterable[pa.Table], size: int) -> Iterator[Talks]:
    """Put pieces together into about `size` turns at a time that don't cut a conversation in two.

    No more than that, but for a conversation that is longer; how the pieces were cut makes no difference.
    """
    held = TURNS.empty_table()
    for piece in pieces:
        held = pa.concat_tables([held, piece])
        while len(held) > size and len(begin := starts(held)) > 1:
            n = max(int(np.searchsorted(begin, size, side="right")) - 1, 1)
            cut = int(begin[n])
            yield Talks(held.slice(0, cut).combine_chunks(), begin[:n])
            held = held.slice(cut)
    if len(held):
        yield Talks(held.combine_chunks(), starts(held))


class TogetherCheck:
    """Refuses a conversation whose turns don't stand together; remembers 8 bytes of each."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._turns = 0

    def __call__(self, talks: Talks) -> None:
        """Look at the next conversations.

        Raises
        ------
        BadTable
            When one was there before, or a turn is of no conversation.
        """
        ids, keys = talks.ids, talks.keys.tolist()
        before = pl.Series([key in self._seen for key in keys], dtype=pl.Boolean)
        scattered, nameless = before | ~ids.is_first_distinct(), ids.is_null()
        if (scattered | nameless).any():
            rows = (nameless | scattered).arg_true().to_numpy()
            reason = np.where(
                nameless.to_numpy()[rows],
                "missing",
                "not with its other turns: sort by conversation_id, turn",
            )
            bad = {"row": self._turns + talks.begin[rows].astype(np.int64), "column": "conversation_id"}
            raise BadTable(
                table="turns", bad=pd.DataFrame(bad | {"value": ids[rows].to_list(), "reason": reason})
            )
        self._seen.update(keys)
        self._turns += len(talks.turns)

    def passes(self, keys: np.ndarray, lengths: np.ndarray) -> bool:
        """Look at the next conversations by their hashes alone; not when one was there before."""
        coming = keys.tolist()
        if not self._seen.isdisjoint(coming):
            return False
        self._seen.update(coming)
        self._turns += int(lengths.sum())
        return True


def ahead(items: Iterator[Any]) -> Iterator[Any]:
    """The same items, each made in a thread of its own while the one before it is used."""
    end = object()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item


def _cast(piece: pa.RecordBatch) -> pa.Table:
    """A piece in the columns and types of `TURNS`; absent columns are missing."""
    try:
        columns = [
            piece[field.name].cast(field.type)
            if field.name in piece.schema.names
            else pa.nulls(len(piece), field.type)
            for field in TURNS
        ]
    except (
        pa.ArrowInvalid,
        pa.ArrowNotImplementedError,
    ):  # what pandas can make of it, or else says is wrong
        frame = conform(piece.to_pandas(), "turns")
        return pa.Table.from_pandas(frame, schema=TURNS, preserve_index=False)
    return pa.Table.from_arrays(columns, schema=TURNS)
