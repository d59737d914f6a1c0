"""Parquet files of turns of any size, written piece by piece, from the texts that `tagging_speed` draws."""

import pathlib

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
    # a dictionary of texts would be small here and large in life
    repeated = ["conversation_id", "role"]
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", use_dictionary=repeated) as writer:
        for first in range(0, n, PIECE):
            drawn = np.random.default_rng(first).integers(len(pool), size=PIECE)[: n - first]
            writer.write_table(_conversations(pool[drawn], first).cast(SCHEMA))


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
