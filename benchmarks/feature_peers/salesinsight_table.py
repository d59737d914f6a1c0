"""salesinsight: Parquet of turns to its table of features: PARQUET OUT LANGUAGE WARM.

WARM is a small file of turns. It is done first, into another file, so that loading the language is told apart.
"""

import pathlib
import sys
import time

start = time.perf_counter()
import pyarrow.parquet as pq  # noqa: E402 - the import is timed
from timing import answer  # noqa: E402

import salesinsight as si  # noqa: E402

path, out, language, warm = sys.argv[1:]
si.featurize(warm, pathlib.Path(out).with_name("warm.parquet"), language)
start = time.perf_counter() - start


def table():
    si.featurize(path, out, language)
    made = pq.read_metadata(out)
    return made.num_rows, made.num_columns


answer(table, f"salesinsight {si.__version__}", turns=pq.read_metadata(path).num_rows, start=start)
