"""Parts: what one worker does at a time, and how it reads whole conversations without knowing what others do.

A part is a Parquet file of turns or some of its row groups. A conversation belongs to the part in which it
begins, also when it runs on into the next one.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import hashlib
import io
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from salesinsight.errors import BadArgument, OtherWorkers, SalesInsightError
from salesinsight.features.digests import digests_of, stamp_of
from salesinsight.features.kept import KEY
from salesinsight.features.stream import measure
from salesinsight.features.turn_files import (
    TURNS,
    Talks,
    TogetherCheck,
    ahead,
    pieces_of,
    starts,
    whole_conversations,
)
from salesinsight.scale.storage import mark_of, open_parquet, parquet_files, put_whole, url_of
from salesinsight.speech import Trackers

PART_TURNS = 1_000_000  # row groups of a file are taken together up to here
BATCH_TURNS = (
    20_000  # measured at a time, in one thread: a worker does as many parts at once as it has threads
)
OPEN_AT_ONCE = 16


@dataclasses.dataclass(frozen=True)
class Part:
    """Row groups ``first`` up to ``end`` of a file of turns, and the file for their features."""

    file: str
    first: int
    end: int
    turns: int
    target: str

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The row groups, each with its file."""
        return [(self.file, group) for group in range(self.first, self.end)]


@dataclasses.dataclass(frozen=True)
class Done:
    """A part that is there: how many turns, a hash per conversation, and whether it had to be measured."""

    turns: int
    ids: np.ndarray
    measured: bool


def plan_parts(path: str, out: str, part_turns: int) -> list[Part] | SalesInsightError:
    """Cut files of turns into parts; a refusal is returned, as by `do_part`."""
    try:
        base, files = parquet_files(path)
        folder = url_of(out)
        if folder == base:
            expected = {
                "en": "another folder than that of the turns",
                "nl": "een andere map dan die van de beurten",
            }
            raise BadArgument(argument="out", expected=expected, got=out)
        with concurrent.futures.ThreadPoolExecutor(OPEN_AT_ONCE) as pool:
            rows = list(pool.map(_rows_of_groups, files))
    except SalesInsightError as refusal:
        return refusal
    parts = []
    for file, counts in zip(files, rows, strict=True):
        name = file.removeprefix(f"{base}/").removesuffix(".parquet")
        for first, end in _cuts(counts, part_turns):
            target = f"{folder}/{name}.{first:05d}.parquet"
            parts.append(Part(file, first, end, sum(counts[first:end]), target))
    return parts


def do_part(
    place: int, parts: list[Part], language: str, trackers: Trackers | None, stamp: str
) -> Done | SalesInsightError:
    """Measure one part and write its file, unless it is there.

    A refusal is returned, not raised: it would not help to try again.
    """
    from distributed import get_worker

    try:
        if stamp_of(language, trackers) != stamp:
            raise OtherWorkers(workers=[get_worker().address])
        there = mark_of(parts[place].target)
        if there is not None:
            mark, done = _read(parts, place, stamp)
            if mark == there:
                return done
        return _measure(parts, place, language, trackers, stamp)
    except SalesInsightError as refusal:
        return refusal


def _read(parts: list[Part], place: int, stamp: str) -> tuple[bytes, Done]:
    """What the file of a part has to say that it was made of, and the part if it does."""
    digest, ids, turns = _Digest(stamp), [_hashes(None)], 0
    for talks in whole_conversations(_turns_of(parts, place), BATCH_TURNS):
        digest.add(talks)
        ids.append(_hashes(talks))
        turns += len(talks.turns)
    return digest.mark, Done(turns, np.concatenate(ids), False)


def _measure(parts: list[Part], place: int, language: str, trackers: Trackers | None, stamp: str) -> Done:
    check, digest, ids, turns = TogetherCheck(), _Digest(stamp), [_hashes(None)], 0
    tables = [measure(TURNS.empty_table(), language, trackers)]
    for talks in ahead(whole_conversations(_turns_of(parts, place), BATCH_TURNS)):
        check(talks)
        digest.add(talks)
        ids.append(_hashes(talks))
        turns += len(talks.turns)
        tables.append(measure(talks.turns, language, trackers))
    table, whole = pa.concat_tables(tables), io.BytesIO()
    metadata = table.schema.metadata | {KEY: digest.mark}
    pq.write_table(table.replace_schema_metadata(metadata), whole, compression="zstd")
    put_whole(parts[place].target, whole.getvalue())
    return Done(turns, np.concatenate(ids), True)


class _Digest:
    """Digests the conversations of a part, and all that their numbers hang on."""

    def __init__(self, stamp: str) -> None:
        self._digest = hashlib.blake2b(stamp.encode(), digest_size=16)

    def add(self, talks: Talks) -> None:
        self._digest.update(digests_of(talks).tobytes())

    @property
    def mark(self) -> bytes:
        return self._digest.hexdigest().encode()


def _hashes(talks: Talks | None) -> np.ndarray:
    return np.zeros(0, dtype=np.uint64) if talks is None else talks.ids.hash().to_numpy()


def _rows_of_groups(file: str) -> list[int]:
    with open_parquet(file) as opened:
        return [opened.metadata.row_group(group).num_rows for group in range(opened.metadata.num_row_groups)]


def _cuts(counts: list[int], part_turns: int) -> Iterator[tuple[int, int]]:
    """Row groups of a file, from and up to, that together have so many turns or fewer, and at least one."""
    first = held = 0
    for group, rows in enumerate(counts):
        if held and held + rows > part_turns:
            yield first, group
            first, held = group, 0
        held += rows
    yield first, len(counts)


def _turns_of(parts: list[Part], place: int) -> Iterator[pa.Table]:
    """The turns of the conversations that begin in a part."""
    earlier = (group for part in reversed(parts[:place]) for group in reversed(part.groups))
    last = next((one for one in map(_last_id, earlier) if len(one)), TURNS.empty_table())
    own = False
    for piece in _pieces(parts[place].groups):
        cut = 0 if own else _run_on(last, piece)
        if cut < len(piece):
            own, last = True, piece.slice(len(piece) - 1)
            yield piece.slice(cut)
    later = (group for part in parts[place + 1 :] for group in part.groups)
    for piece in _pieces(later) if own else ():
        cut = _run_on(last, piece)
        if cut:
            yield piece.slice(0, cut)
        if cut < len(piece):
            return


def _pieces(groups: Iterable[tuple[str, int]]) -> Iterator[pa.Table]:
    for file, group in groups:
        with open_parquet(file) as opened:
            yield from pieces_of(opened, BATCH_TURNS, [group])


def _last_id(place: tuple[str, int]) -> pa.Table:
    """The last turn in a row group, its conversation only; nothing when it has no turns."""
    file, group = place
    with open_parquet(file) as opened:
        ids = opened.read_row_group(group, columns=["conversation_id"])["conversation_id"]
    return pa.table({"conversation_id": ids[max(len(ids) - 1, 0) :].cast(pa.large_string())})


def _run_on(last: pa.Table, piece: pa.Table) -> int:
    """How many turns at the beginning of a piece are of the conversation of the turn before it."""
    if not len(last) or not len(piece):
        return 0
    ids = pa.concat_tables([last.select(["conversation_id"]), piece.select(["conversation_id"])])
    begin = starts(ids)
    return int(begin[1]) - 1 if len(begin) > 1 else len(piece)
