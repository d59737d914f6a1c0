"""What a cluster of workers does with Parquet files of turns, and what many machines would: docs/scale.md.

Run from the project's root, with the extra `cluster`, on a machine with two free cores or more:

    python benchmarks/scale.py              400,000 turns on one and two workers, three rounds; a few minutes
    python benchmarks/scale.py --quick      80,000 turns, one round; prints, writes nothing

Every worker is a process of its own that is held to one core.
"""

import argparse
import os
import pathlib
import tempfile
import time

import distributed
import features_files
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from sections import VALIDATION, table, write_section

import salesinsight as si
from salesinsight.features.digests import with_digests
from salesinsight.features.turn_files import opened, pieces_of, whole_conversations
from salesinsight.scale import featurize_on

LANGUAGE = "nl"
PART = 25_000  # turns in a row group, and in a part
ONE_THREAD = dict.fromkeys(
    ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "ARROW_NUM_THREADS"), "1"
)
TASKS = 2_000
ASKED = 1.6  # × one worker, of two
LIFE_PART = 1_000_000  # turns in a part, in life
YEARS = {"a firm": 10**6, "a call centre": 10**8, "a country": 10**10}  # turns in a year
MACHINES = (1, 10, 100)


def main() -> None:
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--quick", action="store_true")
    n, rounds = (80_000, 1) if reader.parse_args().quick else (400_000, 3)
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / "in").mkdir()
        features_files.PIECE = PART
        features_files.write_turns(folder / "in" / "turns.parquet", n, features_files.pool_of(LANGUAGE, n))
        runs, facts = on_workers(folder, rounds)
        alone(folder)
        facts |= {"turns": n} | files(folder) | reading(folder)
    text = page(runs, facts)
    print(text)
    if rounds > 1:
        write_section("measured", text, VALIDATION.with_name("scale.md"))


def on_workers(folder: pathlib.Path, rounds: int) -> tuple[pd.DataFrame, dict]:
    """The same work on one and on two workers, in turn; what starting and giving out tasks costs."""
    runs, facts = [], {}
    begun = time.perf_counter()
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, env=ONE_THREAD, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        workers = list(client.scheduler_info()["workers"])
        for core, worker in zip(cores(), workers, strict=False):
            client.run(hold_to, core, workers=[worker])
        client.gather([client.submit(warm, None, workers=[worker], pure=False) for worker in workers])
        facts["start"] = time.perf_counter() - begun
        asked = time.perf_counter()
        client.gather(client.map(abs, range(TASKS), pure=False))
        facts["tasks"] = TASKS / (time.perf_counter() - asked)
        for number in range(rounds):
            for used in (workers, workers[:1]):
                runs.append({"workers": len(used), "seconds": timed(client, folder, used, number)})
        facts["peak"] = max(client.run(peak_bytes).values())
    return pd.DataFrame(runs), facts


def timed(client: distributed.Client, folder: pathlib.Path, used: list[str], number: int) -> float:
    """Seconds that it takes these workers; the others get no work."""
    out = folder / f"out-{len(used)}-{number}"
    with distributed.Client(client.scheduler.address, set_as_default=False) as own:
        own.map = lambda *arguments, map=own.map, **options: map(*arguments, workers=used, **options)
        begun = time.perf_counter()
        featurize_on(own, str(folder / "in"), str(out), LANGUAGE, part_turns=PART)
        return time.perf_counter() - begun


def alone(folder: pathlib.Path) -> None:
    """Hold what the workers made against what one machine makes of it."""
    expected = pd.read_parquet(si.featurize(folder / "in", folder / "alone.parquet", LANGUAGE))
    for out in sorted(folder.glob("out-*-0")):
        pd.testing.assert_frame_equal(pd.read_parquet(out), expected, rtol=1e-5, atol=1e-6)


def warm(ignored: object) -> int:
    """Have a worker import and load all that it needs."""
    return len(si.conversation_features(export := si.make_sample(n_deals=2), si.tag_turns(export.turns)))


def cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def hold_to(core: int) -> None:
    """Let all threads of this process run on one core only."""
    for task in pathlib.Path("/proc/self/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


def peak_bytes() -> float:
    """The most memory that this process has had; NaN where the system doesn't tell."""
    try:
        lines = pathlib.Path("/proc/self/status").read_text("utf-8").splitlines()
    except OSError:
        return float("nan")
    return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def files(folder: pathlib.Path) -> dict:
    """Bytes in and out."""
    source = folder / "in" / "turns.parquet"
    parts = sorted((folder / "out-2-0").glob("*.parquet"))
    one = pq.ParquetFile(folder / "alone.parquet").metadata
    return {
        "bytes in": source.stat().st_size,
        "bytes out": (folder / "alone.parquet").stat().st_size,
        "parts": len(parts),
        "conversations": one.num_rows,
        "columns": one.num_columns,
    }


def reading(folder: pathlib.Path) -> dict:
    """Turns a second that are read and digested, all that a second run over unchanged turns does."""
    begun, turns = time.perf_counter(), 0
    with opened(folder / "in" / "turns.parquet") as source:
        for talks, _ in with_digests(whole_conversations(pieces_of(source, 50_000), 50_000)):
            turns += len(talks.turns)
    return {"reading": turns / (time.perf_counter() - begun)}


def page(runs: pd.DataFrame, facts: dict) -> str:
    """What was measured, and what follows for many machines."""
    seconds = runs.groupby("workers")["seconds"].agg(["median", "min", "max"])
    rate = {workers: facts["turns"] / took for workers, took in seconds["median"].items()}
    gain = rate[2] / rate[1]
    n_conversations = facts["conversations"]
    measured = pd.DataFrame(
        [
            ("turns a second, one worker on one core", short(rate[1])),
            ("turns a second, two workers on two cores", short(rate[2])),
            (
                f"two workers are (asked: at least {ASKED} ×)",
                f"{gain:.2f} × one: {'reached' if gain >= ASKED else 'NOT reached'}",
            ),
            (
                "seconds on one worker: median, fastest, slowest",
                " / ".join(f"{value:.1f}" for value in seconds.loc[1]),
            ),
            (
                "seconds on two workers: median, fastest, slowest",
                " / ".join(f"{value:.1f}" for value in seconds.loc[2]),
            ),
            ("most memory of a worker", f"{facts['peak'] / 2**20:,.0f} MiB"),
            ("turns, in Parquet (zstd)", f"{facts['bytes in'] / facts['turns']:.0f} bytes a turn"),
            (
                "features, in Parquet (zstd)",
                f"{facts['bytes out'] / n_conversations:.0f} bytes a conversation, in {facts['columns']} columns",
            ),
            (
                "read and digested, when nothing is new",
                f"{short(facts['reading'])} turns a second on one core",
            ),
            ("tasks given out and gathered", f"{short(facts['tasks'])} a second"),
            ("until two workers on this machine are ready", f"{facts['start']:.0f} s"),
        ],
        columns=["what", "measured"],
    )
    return "\n\n".join(
        (
            f"`python benchmarks/scale.py`: {facts['turns']:,} turns in {n_conversations:,} conversations, {facts['parts']} parts, "
            f"{runs.groupby('workers').size().iloc[0]} rounds in turn, medians; salesinsight {si.__version__}, distributed "
            f"{distributed.__version__}. Equal to `featurize` on one machine: checked in the same run.",
            table(measured),
            f"From these, for machines such as this one with two cores ({short(rate[2])} turns a second each), computed, not "
            f"measured: turns ÷ (machines × rate), never less than one part of {LIFE_PART:,} turns on one core, plus the start and "
            "the giving out of tasks; storage is taken to keep up.",
            table(projected(rate, facts)),
        )
    )


def projected(rate: dict, facts: dict) -> pd.DataFrame:
    """Hours that so many machines take for so many turns, and what their storage has to give."""
    rows = []
    in_bytes, out_bytes = facts["bytes in"] / facts["turns"], facts["bytes out"] / facts["turns"]
    for who, turns in YEARS.items():
        parts = int(np.ceil(turns / LIFE_PART))
        row = {
            "a year of": who,
            "turns": f"{turns:.0e}".replace("e+", " × 10^").replace("^0", "^"),
            "parts": f"{parts:,}",
        }
        row |= {"turns, GB": short(turns * in_bytes / 1e9), "features, GB": short(turns * out_bytes / 1e9)}
        for machines in MACHINES:
            slots = min(parts, 2 * machines)  # a part is not split: more cores than parts stand idle
            busy = (
                np.ceil(parts / slots) * min(turns, LIFE_PART) / rate[1]
                if slots == parts
                else turns / (slots * rate[2] / 2)
            )
            row[f"{machines} machine{'s' * (machines > 1)}"] = lasting(
                busy + facts["start"] + parts / facts["tasks"]
            )
        row["MB/s from storage, 100"] = short(100 * rate[2] * in_bytes / 1e6) if parts >= 200 else "–"
        rows.append(row)
    return pd.DataFrame(rows)


def short(value: float) -> str:
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"


def lasting(seconds: float) -> str:
    units = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "s"))
    size, name = next((size, name) for size, name in units if seconds >= 2 * size or size == 1)
    return f"{short(float(f'{seconds / size:.2g}'))} {name}"


if __name__ == "__main__":
    main()
