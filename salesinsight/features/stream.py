"""The same features for files larger than memory: Parquet of turns in, Parquet of features out."""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import os
import pathlib
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from salesinsight.errors import BadArgument
from salesinsight.features.build import conversation_features
from salesinsight.features.digests import stamp_of, with_digests
from salesinsight.features.kept import ROWS, Kept, Lookup, Measured, gather, keep
from salesinsight.features.known import NOTHING, Block, Known, Same, Walk
from salesinsight.features.turn_files import AS_PANDAS, TURNS, Talks, ahead, count_turns, turn_files
from salesinsight.schema import PATH, TABLES, Export, conform, empty_table, takes
from salesinsight.speech import Trackers, tag_turns

BATCH_TURNS = 50_000  # measured at a time
AT_ONCE = 2  # batches being measured: while one waits for a single thread, the other uses the rest

Progress = Callable[[int, int], None]  # turns done so far, and all turns


@dataclasses.dataclass(frozen=True)
class Streamed:
    """What a run of `featurize` came to.

    Attributes
    ----------
    path : pathlib.Path
        The file written.
    turns, conversations : int
        How many were read.
    measured : int
        Conversations that were new or changed; the others stood in the file already, or had been measured by
        a run that broke off.
    """

    path: pathlib.Path
    turns: int
    conversations: int
    measured: int


@takes(path=PATH, out=PATH, trackers=Trackers)
def featurize(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    language: str = "nl",
    *,
    trackers: Trackers | None = None,
    progress: Callable[[int], None] | None = None,
) -> pathlib.Path:
    """Measure conversations as `conversation_features` does, from Parquet files of turns, batch by batch.

    Parameters
    ----------
    path : path
        A Parquet file of turns, a folder of them, or a pattern such as ``calls/2026-*.parquet``; read in the
        order of their names. The turns of a conversation must stand together.
    out : path
        The Parquet file to write; it appears, or replaces an older one, when all is done.
    language : str
        "nl" or "en".
    trackers : Trackers, optional
        From `read_trackers`.
    progress : callable, optional
        Called with the number of turns done so far, now and then.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    MissingColumns, BadTable, UnreadableFile, PathUnusable
        When a file doesn't hold turns, those of a conversation don't stand together, or there is no file.
    BadArgument, FileBusy, OutputLocked
        When `out` is one of the files of turns, open in another program, or being written by another run.

    Notes
    -----
    A next run to the same file measures only what is new or changed, and reads only what doesn't stand in
    the files to the byte as it did; conversations that are gone from the turns go from it too. With another
    language, pack, trackers or version all is measured again. A run that was broken off goes on where it
    was, and ends with the same file. What that takes stands in a hidden folder beside `out` (no words);
    without that folder all is measured. Memory holds a few batches and some hundred bytes per conversation.
    There are no notes or people: what needs them is missing.

    Examples
    --------
    >>> import tempfile, salesinsight as si
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     si.make_sample(n_deals=20).turns.to_parquet(f"{folder}/turns.parquet")
    ...     si.featurize(f"{folder}/turns.parquet", f"{folder}/features.parquet").name
    'features.parquet'
    """
    show: Progress | None = (lambda done, of: progress(done)) if progress else None
    return stream_features(path, out, language, trackers=trackers, progress=show).path


def stream_features(
    path: str | os.PathLike[str],
    out: str | os.PathLike[str],
    language: str = "nl",
    *,
    trackers: Trackers | None = None,
    progress: Progress | None = None,
) -> Streamed:
    """As `featurize`, and tell how much there was to do."""
    files, target = turn_files(path), pathlib.Path(out)
    if target.resolve() in [file.resolve() for file in files]:
        expected = {"en": "another file than the turns", "nl": "een ander bestand dan de beurten"}
        raise BadArgument(argument="out", expected=expected, got=str(out))
    with Kept(target, stamp_of(language, trackers)).held() as kept:
        of, show = count_turns(files), progress or _silent
        run = _Run(kept, lambda turns: measure(turns, language, trackers), lambda done: show(done, of))
        walk = Walk(files, kept.known, BATCH_TURNS)
        run.read(with_digests(ahead(iter(walk))))
        run.write(walk.blocks)
        return Streamed(target, run.turns, run.conversations, run.measured)


def measure(turns: pa.Table, language: str, trackers: Trackers | None) -> pa.Table:
    """The features of some whole conversations, from their turns alone, in the order in which they stand."""
    frame = conform(turns.to_pandas(types_mapper=AS_PANDAS.get), "turns")
    tables = {name: empty_table(name) for name in TABLES}
    tables["turns"] = frame
    talks = pd.DataFrame({"conversation_id": frame["conversation_id"].unique(), "started_at": pd.NaT})
    tables["conversations"] = conform(talks, "conversations")
    tagged = tag_turns(frame, language=language, trackers=trackers)
    return pa.Table.from_pandas(conversation_features(Export(**tables, language=language), tagged))


class _Run:
    """One walk over all conversations: what is new is measured, then all rows are put in order."""

    def __init__(
        self, kept: Kept, measure: Callable[[pa.Table], pa.Table], progress: Callable[[int], None]
    ) -> None:
        self._kept, self._measure, self._progress = kept, measure, progress
        # per conversation in which source its row will be found, at which row of it, digest, key and length
        self._rows: list[tuple[np.ndarray, ...]] = []
        self._new: list[tuple[pa.Table, np.ndarray]] = []  # turns and digests of what is to be measured next
        self._next = len(kept.sources)  # the source that it will be
        self._busy: collections.deque[concurrent.futures.Future[tuple[Measured, int]]] = collections.deque()
        self._done = 0
        self.turns = self.conversations = self.measured = 0

    def read(self, parts: Iterator[tuple[Talks | Same, np.ndarray]]) -> None:
        """Go through all conversations and measure those that were not measured before."""
        lookup = self._kept.lookup()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for part, digests in ahead(parts):
                if isinstance(part, Same):
                    self._place(np.zeros(len(digests), dtype=np.int64), part.rows, digests, part)
                else:
                    self._add(part, digests, lookup, pool)
                while len(self._busy) > AT_ONCE:
                    self._end_one()
                self._progress(self._done)
            if self._new:
                self._begin(pool)
            while self._busy:
                self._end_one()
                self._progress(self._done)

    def write(self, blocks: list[Block]) -> None:
        """Write all rows in the order of the conversations, and keep what is known of them."""
        if not self.conversations:
            self._kept.write([self._measure(TURNS.empty_table())], NOTHING)
            return
        source, row, digests, keys, lengths = map(np.concatenate, zip(*self._rows, strict=True))
        cuts = [slice(begin, begin + ROWS) for begin in range(0, len(source), ROWS)]
        tables = (gather(self._kept.sources, source[cut], row[cut]) for cut in cuts)
        self._kept.write(ahead(tables), Known.of(digests, keys, lengths, blocks))

    def _add(
        self, talks: Talks, digests: np.ndarray, lookup: Lookup, pool: concurrent.futures.Executor
    ) -> None:
        source, row = lookup(digests)
        new = source < 0
        turns = talks.only(new)
        if self._new and sum(len(earlier) for earlier, _ in self._new) + len(turns) > BATCH_TURNS:
            self._begin(pool)
        if new.any():
            source[new] = self._next
            row[new] = sum(len(earlier) for _, earlier in self._new) + np.arange(new.sum())
            self._new.append((turns, digests[new]))
        self.measured += int(new.sum())
        self._place(source, row, digests, talks)
        self._done -= len(turns)  # not yet

    def _place(self, source: np.ndarray, row: np.ndarray, digests: np.ndarray, part: Talks | Same) -> None:
        self._rows.append((source, row, digests, part.keys, part.lengths))
        turns = int(part.lengths.sum())
        self.turns += turns
        self.conversations += len(digests)
        self._done += turns

    def _begin(self, pool: concurrent.futures.Executor) -> None:
        """Let what is new be measured and kept."""
        turns = pa.concat_tables([part for part, _ in self._new])
        digests = np.concatenate([part for _, part in self._new])
        self._busy.append(pool.submit(self._measure_and_keep, turns, digests, self._kept.reserve()))
        self._new, self._next = [], self._next + 1

    def _measure_and_keep(
        self, turns: pa.Table, digests: np.ndarray, file: pathlib.Path
    ) -> tuple[Measured, int]:
        return keep(file, self._measure(turns), digests), len(turns)

    def _end_one(self) -> None:
        measured, turns = self._busy.popleft().result()
        self._kept.sources.append(measured)
        self._done += turns


def _silent(done: int, of: int) -> None:
    """Tell nobody."""
