"""salesinsight: Parquet of turns to its table of features: PARQUET OUT LANGUAGE WARM.

WARM is a small file of turns. It is done first, into a file of its own, so that loading the language is told
apart; each time afresh, for what is measured already loads nothing.
"""

import pathlib
import sys
import tempfile
import time

start = time.perf_counter()
import pyarrow.parquet as pq  # noqa: E402 - the import is timed
from timing import answer  # noqa: E402

import salesinsight as si  # noqa: E402

path, out, language, warm = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    si.featurize(warm, pathlib.Path(folder) / "warm.parquet", language)
start = time.perf_counter() - start


def table():
    si.featurize(path, out, language)
    made = pq.read_metadata(out)
    return made.num_rows, made.num_columns


answer(table, f"salesinsight {si.__version__}", turns=pq.read_metadata(path).num_rows, start=start)
