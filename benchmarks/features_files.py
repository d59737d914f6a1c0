"""Parquet files of turns of any size, written piece by piece, from the texts that `tagging_speed` draws."""

import pathlib
from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from tagging_speed import TALK, corpus

POOL = 1_000_000  # turns drawn once, by `corpus`; the files draw from these
PIECE = 100_000  # turns in a row group
A_SECOND = 2.5  # words
SCHEMA = pa.schema(
    [
        ("conversation_id", pa.string()),
        ("turn", pa.int64()),
        ("role", pa.string()),
        ("start_s", pa.float64()),
        ("end_s", pa.float64()),
        ("text", pa.string()),
    ]
)


def pool_of(language: str, n: int = POOL) -> pl.DataFrame:
    """Turns to draw from, each with the seconds it takes to say."""
    turns = pl.from_pandas(corpus(language, n)[0][["role", "text"]])
    return turns.with_columns(seconds=pl.col("text").str.count_matches(r"\S+") / A_SECOND)


def write_turns(path: pathlib.Path, n: int, pool: pl.DataFrame) -> None:
    """Write n turns in conversations of `TALK`; a longer file begins with the conversations of a shorter one."""
    _write(path, _drawn(0, n, pool))


def write_between(path: pathlib.Path, n: int, more: int, places: int, pool: pl.DataFrame) -> None:
    """As `write_turns`, with so many new turns at so many places, evenly spread between the n."""
    new = pa.concat_tables(_drawn(n, n + more, pool))
    at = (np.arange(places) + 0.5) * (n / places) // TALK * TALK
    bounds = np.arange(places + 1) * (more // TALK) // places * TALK

    def pieces() -> Iterator[pa.Table]:
        done = 0
        for piece in _drawn(0, n, pool):
            begin = 0
            for place in np.flatnonzero((at >= done) & (at < done + len(piece))):
                yield piece[begin : int(at[place]) - done]
                yield new[bounds[place] : bounds[place + 1]]
                begin = int(at[place]) - done
            yield piece[begin:]
            done += len(piece)

    _write(path, pieces())


def _drawn(begin: int, end: int, pool: pl.DataFrame) -> Iterator[pa.Table]:
    """Turns from one up to another, a row group at a time."""
    for first in range(begin, end, PIECE):
        drawn = np.random.default_rng(first).integers(len(pool), size=PIECE)[: end - first]
        yield _conversations(pool[drawn], first).cast(SCHEMA)


def _write(path: pathlib.Path, pieces: Iterable[pa.Table]) -> None:
    held = SCHEMA.empty_table()
    # a dictionary of texts would be small here and large in life
    repeated = ["conversation_id", "role"]
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", use_dictionary=repeated) as writer:
        for piece in pieces:
            held = pa.concat_tables([held, piece])
            if len(held) >= PIECE:
                writer.write_table(held[:PIECE].combine_chunks())
                held = held[PIECE:]
        if len(held):
            writer.write_table(held.combine_chunks())


def _conversations(turns: pl.DataFrame, first: int) -> pa.Table:
    number = pl.int_range(first, first + pl.len())
    talk, end = number // TALK, pl.col("seconds").cum_sum()
    turns = turns.with_columns(
        conversation_id=pl.format("gesprek-{}", talk.cast(pl.String).str.zfill(9)),
        turn=number % TALK,
        end_s=end.over(talk),
    )
    return turns.select(
        "conversation_id",
        "turn",
        "role",
        start_s=pl.col("end_s") - pl.col("seconds"),
        end_s="end_s",
        text="text",
    ).to_arrow()
