"""The same features for files larger than memory: Parquet of turns in, Parquet of features out."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from salesinsight.errors import BadArgument, BadTable, FileBusy
from salesinsight.features.build import conversation_features
from salesinsight.schema import TABLES, Export, conform, empty_table
from salesinsight.speech import Trackers, tag_turns

BATCH_TURNS = 50_000


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
        A Parquet file of turns, or a folder of them (read in the order of their names). The turns of a
        conversation must stand together.
    out : path
        The Parquet file to write; it appears, or replaces an older one, when all is done.
    language : str
        "nl" or "en".
    trackers : Trackers, optional
        From `read_trackers`.
    progress : callable, optional
        Called with the number of turns done so far after each batch.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    MissingColumns, BadTable
        When a file doesn't hold turns, or those of a conversation don't stand together.
    BadArgument, FileBusy
        When `out` is the file of turns itself, or open in another program.

    Notes
    -----
    Memory holds one batch. There are no notes or people: what needs them is missing.

    Examples
    --------
    >>> import tempfile, salesinsight as si
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     si.make_sample(n_deals=20).turns.to_parquet(f"{folder}/turns.parquet")
    ...     si.featurize(f"{folder}/turns.parquet", f"{folder}/features.parquet").name
    'features.parquet'
    """
    target = pathlib.Path(out)
    if target.resolve() == pathlib.Path(path).resolve():
        raise BadArgument(argument="out", expected="another file than the turns", got=str(out))
    part = target.with_name(target.name + ".part")
    try:
        _write(part, _whole_conversations(pathlib.Path(path)), language, trackers, progress)
        os.replace(part, target)
    except PermissionError as cause:
        raise FileBusy(file=str(target)) from cause
    finally:
        part.unlink(missing_ok=True)
    return target


def _write(
    part: pathlib.Path,
    batches: Iterator[pd.DataFrame],
    language: str,
    trackers: Trackers | None,
    progress: Callable[[int], None] | None,
) -> None:
    writer: pq.ParquetWriter | None = None
    done = 0
    try:
        for turns in batches:
            table = pa.Table.from_pandas(_measure(turns, language, trackers))
            writer = writer or pq.ParquetWriter(part, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
            done += len(turns)
            if progress:
                progress(done)
    finally:
        if writer:
            writer.close()


def _measure(turns: pd.DataFrame, language: str, trackers: Trackers | None) -> pd.DataFrame:
    tables = {name: empty_table(name) for name in TABLES}
    tables["turns"] = turns
    talks = pd.DataFrame({"conversation_id": turns["conversation_id"].unique(), "started_at": pd.NaT})
    tables["conversations"] = conform(talks, "conversations")
    tagged = tag_turns(turns, language=language, trackers=trackers)
    return conversation_features(Export(**tables, language=language), tagged)


def _whole_conversations(path: pathlib.Path) -> Iterator[pd.DataFrame]:
    """Batches of turns that never end halfway a conversation; one empty batch for files without turns."""
    seen: set[str] = set()
    held = empty_table("turns")
    for turns in _batches(path):
        turns = pd.concat([held, turns], ignore_index=True) if len(held) else turns
        ids = turns["conversation_id"]
        cut = int((ids != ids.iloc[-1]).to_numpy().nonzero()[0].max(initial=-1)) + 1
        held = turns.iloc[cut:]
        if cut:
            yield _unseen(turns.iloc[:cut].reset_index(drop=True), seen)
    yield _unseen(held.reset_index(drop=True), seen)


def _unseen(turns: pd.DataFrame, seen: set[str]) -> pd.DataFrame:
    ids = turns["conversation_id"]
    starts = ids[ids.ne(ids.shift()).fillna(True)]
    scattered = starts[starts.duplicated() | starts.isin(seen)]
    if len(scattered):
        bad = pd.DataFrame({"row": scattered.index, "column": "conversation_id", "value": scattered})
        bad["reason"] = "not with its other turns: sort by conversation_id, turn"
        raise BadTable(table="turns", bad=bad.reset_index(drop=True))
    seen.update(starts)
    return turns


def _batches(path: pathlib.Path) -> Iterator[pd.DataFrame]:
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    for file in files:
        source = ds.dataset(file, format="parquet")
        columns = [name for name in TABLES["turns"].names if name in source.schema.names]
        for batch in source.to_batches(columns=columns, batch_size=BATCH_TURNS):
            if batch.num_rows:
                yield conform(batch.to_pandas(), "turns")
