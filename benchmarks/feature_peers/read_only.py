"""The limit, first half: read the turns from Parquet and do nothing with them: PARQUET."""

import sys

import pyarrow
import pyarrow.parquet as pq
from timing import answer


def read():
    turns = pq.read_table(sys.argv[1])
    return turns.num_rows, turns.num_columns


read()  # into the system's cache, where the files of the others stand too
answer(read, f"pyarrow {pyarrow.__version__}", turns=pq.read_metadata(sys.argv[1]).num_rows)
