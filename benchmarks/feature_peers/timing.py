"""What the scripts here share: the turns they read, the clock, the memory, and the line they answer with."""

import json
import os
import pathlib
import time

import pyarrow.parquet as pq

WARM = 400  # turns done once before the clock starts


def read_turns(path, n):
    """The first n turns, as an Arrow batch; n is at most a row group of the file."""
    columns = ["conversation_id", "turn", "role", "text", "start_s", "end_s"]
    return next(pq.ParquetFile(path).iter_batches(batch_size=n, columns=columns))


def cues_of(path):
    """Per label its phrases, or its one regular expression."""
    found = {}
    for row in pathlib.Path(path).read_text("utf-8").splitlines():
        label, cue = row.split("\t")
        found.setdefault(label, []).append(cue)
    return found


def processor():
    """Seconds of processor so far, of this process and of those it started."""
    return sum(os.times()[:4])


def peak():
    """The most memory this process ever held, in MiB; None where the system doesn't tell."""
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(held.split()[1]) / 1024
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts bytes


def answer(work, version, **more):
    """Do the work and print how long it took; it gives its rows and columns."""
    wall, cpu = time.perf_counter(), processor()
    rows, columns = work()
    took = {"wall": time.perf_counter() - wall, "cpu": processor() - cpu}
    print(json.dumps({**took, "rows": rows, "columns": columns, "peak": peak(), "version": version, **more}))


def answer_warm(work, n, version):
    """As `answer`, of n turns, after a warm-up."""
    work(min(n, WARM))
    answer(lambda: work(n), version, turns=n)
