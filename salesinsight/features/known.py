"""What a run keeps of the turns it read, so that the next needn't read again what is the same to the byte.

A *block* is some row groups of one file on end, as many as hold a batch of turns. Blocks whose bytes were
there before, in the same order, hold the same conversations, and need no reading. Only the turns at both
edges of such a run of blocks are read: their conversation may begin before it, or go on after it.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import io
import itertools
import pathlib
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from salesinsight.features.turn_files import (
    TURNS,
    Talks,
    TogetherCheck,
    opened,
    pieces_of,
    whole_conversations,
)

PRINT = 16  # bytes of a fingerprint
STEP = 2**22  # bytes read at a time
OPEN_FILES = 4


@dataclasses.dataclass(frozen=True)
class Block:
    """Row groups of one file on end. The same fingerprint, the same turns."""

    file: pathlib.Path
    groups: range
    turns: int
    fingerprint: bytes


@dataclasses.dataclass(frozen=True)
class Known:
    """All that a run keeps of the turns it read, in their order.

    Attributes
    ----------
    digests : numpy.ndarray
        Two ``uint64`` per conversation (`salesinsight.features.digests`).
    keys : numpy.ndarray
        A hash of the name of each conversation, ``uint64``.
    begins : numpy.ndarray
        The turn at which each conversation begins, counted over all files; last the number of turns.
    prints : numpy.ndarray
        The fingerprint of each block, a row of `PRINT` bytes.
    block_begins : numpy.ndarray
        As `begins`, of each block.
    """

    digests: np.ndarray
    keys: np.ndarray
    begins: np.ndarray
    prints: np.ndarray
    block_begins: np.ndarray

    @staticmethod
    def of(digests: np.ndarray, keys: np.ndarray, lengths: np.ndarray, blocks: Sequence[Block]) -> Known:
        """What is known of conversations of so many turns each, and of the blocks they stand in."""
        prints = np.frombuffer(b"".join(block.fingerprint for block in blocks), dtype=np.uint8)
        turns = np.array([block.turns for block in blocks], dtype=np.int64)
        begins, block_begins = (np.append(0, np.cumsum(each)) for each in (lengths, turns))
        return Known(digests, keys, begins, prints.reshape(-1, PRINT), block_begins)

    @staticmethod
    def read(file: pathlib.Path) -> Known:
        """What `to_bytes` gave.

        Raises
        ------
        OSError
            When it isn't there.
        ValueError
            When it is damaged.
        """
        flat = io.BytesIO(file.read_bytes())
        try:
            with np.load(flat, allow_pickle=False) as kept:
                return Known(*(kept[field.name] for field in dataclasses.fields(Known)))
        except (KeyError, EOFError, zipfile.BadZipFile) as cause:
            raise ValueError(file) from cause

    def to_bytes(self) -> bytes:
        """The same, for a file."""
        flat = io.BytesIO()
        np.savez(flat, **{field.name: getattr(self, field.name) for field in dataclasses.fields(self)})
        return flat.getvalue()


NOTHING = Known.of(np.zeros((0, 2), dtype="<u8"), np.zeros(0, dtype="<u8"), np.zeros(0, dtype=np.int64), [])


@dataclasses.dataclass(frozen=True)
class Same:
    """Conversations that need no reading: those of what is known from one up to another.

    Attributes
    ----------
    rows : numpy.ndarray
        Their places in what is known.
    digests, keys : numpy.ndarray
        As of `Known`.
    lengths : numpy.ndarray
        How many turns each has.
    pieces : callable
        Reads their turns all the same.
    """

    rows: np.ndarray
    digests: np.ndarray
    keys: np.ndarray
    lengths: np.ndarray
    pieces: Callable[[], Iterator[pa.Table]]


class Walk:
    """All conversations in some files, in order: `Talks` when their turns were read, `Same` when not.

    Parameters
    ----------
    files : sequence of pathlib.Path
        Parquet files of turns.
    known : Known
        What an earlier run kept.
    size : int
        Turns in a batch.

    Attributes
    ----------
    blocks : list of Block
        Those gone through so far.

    Raises
    ------
    UnreadableFile, MissingColumns, BadTable
        On the way, when a file doesn't hold turns, or those of a conversation don't stand together.
    """

    def __init__(self, files: Sequence[pathlib.Path], known: Known, size: int) -> None:
        self.blocks: list[Block] = []
        self._files, self._known, self._size = files, known, size
        self._open = functools.lru_cache(OPEN_FILES)(_Opened)

    def __iter__(self) -> Iterator[Talks | Same]:
        check = TogetherCheck()
        try:
            for part in self._whole():
                if isinstance(part, Talks):
                    check(part)
                    yield part
                elif check.passes(part.keys, part.lengths):
                    yield part
                else:  # read, to say which conversation it is
                    for talks in whole_conversations(part.pieces(), self._size):
                        check(talks)
                        yield talks
        finally:
            self._open.cache_clear()

    def _whole(self) -> Iterator[Talks | Same]:
        """Put turns together to whole conversations; what is `Same` begins and ends between two of these."""
        for same, parts in itertools.groupby(self._parts(), lambda part: isinstance(part, Same)):
            if same:
                yield from parts
            else:
                yield from whole_conversations(parts, self._size)

    def _parts(self) -> Iterator[Any]:
        """Turns as they stand in the files, tables of them, and `Same` for those that need no reading."""
        places = {row.tobytes(): place for place, row in enumerate(self._known.prints)}
        run: list[Block] = []  # blocks that stood after each other before too,
        first = 0  # and the place of the first of them
        for block in self._cut():
            self.blocks.append(block)
            place = places.get(block.fingerprint)
            if run and place == first + len(run):
                run.append(block)
                continue
            yield from self._known_parts(run, first)
            run, first = ([], 0) if place is None else ([block], place)
            if place is None:
                yield from self._pieces(block)
        yield from self._known_parts(run, first)

    def _known_parts(self, run: list[Block], first: int) -> Iterator[Any]:
        """The turns at the edges of a run, and between them the conversations that lie whole within it."""
        begins, block_begins = self._known.begins, self._known.block_begins
        begin, end = block_begins[first], block_begins[first + len(run)]
        low, high = np.searchsorted(begins, begin, side="right"), np.searchsorted(begins, end) - 1
        if low >= high:
            for block in run:
                yield from self._pieces(block)
            return
        cut = slice(low, high)
        left, right = begins[low] - begin, begins[high] - begin
        yield from self._between(run, 0, left)
        yield Same(
            np.arange(low, high),
            self._known.digests[cut],
            self._known.keys[cut],
            np.diff(begins[low : high + 1]),
            functools.partial(self._between, run, left, right),
        )
        yield from self._between(run, right, end - begin)

    def _cut(self) -> Iterator[Block]:
        """The blocks of all files; a file without row groups is one too: its columns are looked at."""
        for file in self._files:
            source = self._open(file)
            first = turns = 0
            for group, rows in enumerate(source.rows):
                turns += rows
                if turns >= self._size:
                    yield source.block(range(first, group + 1), turns)
                    first, turns = group + 1, 0
            if first < len(source.rows) or not source.rows:
                yield source.block(range(first, len(source.rows)), turns)

    def _pieces(self, block: Block) -> Iterator[pa.Table]:
        return pieces_of(self._open(block.file).parquet, self._size, block.groups)

    def _between(self, run: list[Block], begin: int, end: int) -> Iterator[pa.Table]:
        """The turns of a run from one up to another, counted from its first."""
        for block in run:
            if begin >= block.turns:
                begin, end = begin - block.turns, end - block.turns
                continue
            for piece in self._pieces(block):
                yield piece[max(begin, 0) : max(end, 0)]
                begin, end = begin - len(piece), end - len(piece)
                if end <= 0:
                    return


class _Opened:
    """A file of turns: to be read, and the bytes its turns are made of."""

    def __init__(self, file: pathlib.Path) -> None:
        self._file, self._bytes = file, pa.OSFile(str(file))
        self.parquet = opened(self._bytes, str(file))
        meta = self.parquet.metadata
        self.rows = [meta.row_group(group).num_rows for group in range(meta.num_row_groups)]
        self._columns = [
            number
            for name in TURNS.names
            for number in range(meta.num_columns)
            if meta.schema.column(number).path.split(".")[0] == name  # what is nested has more than one
        ]
        types = sorted(str(field) for field in self.parquet.schema_arrow if field.name in TURNS.names)
        self._form = "".join(
            [*types, *(str(meta.schema.column(number)) for number in self._columns)]
        ).encode()

    def block(self, groups: range, turns: int) -> Block:
        """These row groups, with a digest of all their turns hang on: the bytes, and how to read these."""
        digest = hashlib.blake2b(self._form, digest_size=PRINT)
        for group in groups:
            for number in self._columns:
                column = self.parquet.metadata.row_group(group).column(number)
                begin = column.data_page_offset
                if column.has_dictionary_page and column.dictionary_page_offset:
                    begin = min(begin, column.dictionary_page_offset)
                end = begin + column.total_compressed_size
                digest.update(f"{column.compression} {column.num_values} {end - begin}".encode())
                for at in range(begin, end, STEP):
                    digest.update(self._bytes.read_at(min(STEP, end - at), at))
        return Block(self._file, groups, turns, digest.digest())
