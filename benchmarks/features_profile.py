"""Where the processor's time goes in `featurize`.

A timer interrupts every few milliseconds of processor time; the time since the last interrupt, of all threads, goes to the
line of salesinsight that is being run. Chunks are done one after the other, so that no two lines share it.
"""

import concurrent.futures
import pathlib
import signal
import sys
import tempfile
import time
from collections import Counter

import pandas as pd
from features_files import pool_of, write_turns
from features_runs import FULL, MORE, WARM
from sections import table

import salesinsight as si

EVERY_S = 0.002
SHOWN = 25
PACKAGE = "salesinsight."
DOORS = ("tag_turns", "conversation_features")
STAGES = {  # by the start of the module's name; the first that fits
    "language.text": "cut into words",
    "language.": "match cues",
    "speech.shape": "taggers",
    "speech.learned": "taggers",
    "speech.context": "context",
    "speech.dialogue": "how conversations ended",
    "speech.": "columns of the tags",
    "schema.": "check columns",
    "features.digests": "digests",
    "features.kept": "keep and write",
    "features.stream": "read and divide",
    "features.turn_files": "read and divide",
    "features.": "measure conversations",
    "": "elsewhere",
}


class OneByOne(concurrent.futures.Executor):
    """Does at once, in this thread, what it is given."""

    def __init__(self, *_, **__) -> None:
        super().__init__()

    def submit(self, fn, /, *args, **kwargs):
        """Do it, and hand it over as done."""
        done = concurrent.futures.Future()
        done.set_result(fn(*args, **kwargs))
        return done

    def map(self, fn, *iterables, **_):
        """Do each when it is asked for."""
        return map(fn, *iterables)


class Ticks:
    """Processor time per place in the code."""

    def __init__(self) -> None:
        self.seconds: Counter = Counter()
        self.last = time.process_time()

    def __call__(self, _, frame) -> None:
        """Give the time since the last tick to where the program is now."""
        now = time.process_time()
        self.seconds[place_of(frame)] += now - self.last
        self.last = now


def place_of(frame) -> tuple[str, str, int, str]:
    """Module, function, line of the innermost frame of the package; and the door it was entered by."""
    place, door = None, "featurize"
    while frame is not None:
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith(PACKAGE):
            place = place or (module.removeprefix(PACKAGE), name, frame.f_lineno)
            door = name if name in DOORS else door
        frame = frame.f_back
    return (*(place or ("", "", 0)), door)


def profile(n: int, language: str) -> str:
    """Featurize n turns, and 1 % more, and say, in microseconds per turn, where the processor was."""
    if not hasattr(signal, "setitimer"):
        sys.exit(
            "The profile needs a timer of processor time, which Windows doesn't have: use Linux or macOS."
        )
    concurrent.futures.ThreadPoolExecutor = OneByOne
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        turns, warm, out = (folder / f"{name}.parquet" for name in ("turns", "warm", "features"))
        pool = pool_of(language, min(n, 300_000))
        write_turns(warm, WARM, pool)
        si.featurize(warm, folder / "warm-features.parquet", language)
        parts = []
        for what, size in ((FULL, n), (MORE, n + n // 100)):
            write_turns(turns, size, pool)
            ticks = Ticks()
            signal.signal(signal.SIGPROF, ticks)
            signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
            si.featurize(turns, out, language)
            signal.setitimer(signal.ITIMER_PROF, 0)
            parts.append(page(what, ticks.seconds, size))
    return "\n\n".join(parts)


def page(what: str, seconds: Counter, n: int) -> str:
    """The stages, and the functions and lines that take most, in microseconds of processor per turn."""
    seen = pd.DataFrame(
        [(*place, spent / n * 1e6) for place, spent in seconds.items()],
        columns=["module", "function", "line", "door", "µs"],
    )
    seen["line"] = seen["line"].astype(str)
    seen["stage"] = [
        next(stage for start, stage in STAGES.items() if module.startswith(start))
        for module in seen["module"]
    ]
    stages = seen.pivot_table(
        index="stage",
        columns="door",
        values="µs",
        aggfunc="sum",
        fill_value=0.0,
        margins=True,
        margins_name="all",
    )
    parts = [f"## {n:,} turns, {what}: {seen['µs'].sum():.1f} µs of processor per turn"]
    parts.append(table(stages.sort_values("all").iloc[::-1].round(2).reset_index()))
    for by in (["module", "function"], ["module", "function", "line"]):
        most = seen.groupby(by, as_index=False)["µs"].sum().nlargest(SHOWN, "µs")
        parts.append(table(most.round(2)))
    return "\n\n".join(parts)
