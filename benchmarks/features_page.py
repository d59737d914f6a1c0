"""What was timed, as a page and a picture: docs/performance.md and docs/images/performance.png."""

import math
import os
import pathlib
import platform

import numpy as np
import pandas as pd
from features_runs import AGAIN, FULL, LIMIT, MIDDLE, MORE, PEERS, SPREAD
from matplotlib.figure import Figure
from sections import VALIDATION, table, write_section
from tagging_speed import faster

from salesinsight.charts.frame import BLUE, GREY, INK, ORANGE, TEXT_PT, WIDTH_IN

DOCS = VALIDATION.parent
PICTURE = "images/performance.png"
ASKED = {"turns a second": 100_000, "pandas": 10, "exponent": 1.05, "MiB": 2048, "1 % more": 0.05}
WHOLE = 10_000_000  # turns at which memory is asked


def write_page(text: str, growth: pd.DataFrame) -> None:
    """Put the text between the marks of docs/performance.md, and draw the picture it shows."""
    write_section("features-speed", text, DOCS / "performance.md")
    draw(growth, DOCS / PICTURE)


def growth_of(runs: pd.DataFrame) -> pd.DataFrame:
    """Per number of turns: medians over the rounds, and how they spread."""
    runs = runs[runs["what"].isin([FULL, MORE])].astype({"n": int})
    full, more = (runs[runs["what"] == what].groupby("n") for what in (FULL, MORE))
    seconds = full["wall"].median()
    rate = {
        "turns a second": seconds.index / seconds,
        "a second of processor": seconds.index / full["cpu"].median(),
    }
    return pd.DataFrame(
        {
            "rounds": full.size(),
            "seconds": seconds,
            "fastest": full["wall"].min(),
            "slowest": full["wall"].max(),
            **rate,
            "peak MiB": runs.groupby("n")["peak"].max(),
            "more": more["wall"].median(),
            "share": more["wall"].median() / seconds,
            "start": full["start"].median(),
            "bytes": full["bytes"].median(),
        }
    )


def exponent(growth: pd.DataFrame) -> float:
    """The slope of log seconds over log turns; NaN for one size."""
    if len(growth) < 2:
        return math.nan
    return float(np.polyfit(np.log(growth.index), np.log(growth["seconds"]), 1)[0])


def levels(growth: pd.DataFrame, against: pd.DataFrame) -> pd.DataFrame:
    """What was asked, what it came to, and whether that is enough."""
    n, last = growth.index[-1], growth.iloc[-1]
    pandas = against["times"].get(PEERS[0].name, math.nan)
    peak = last["peak MiB"] if n >= WHOLE else math.nan
    rows = [
        ("turns a second, end to end", f"at least {ASKED['turns a second']:,}", last["turns a second"], "{:,.0f}", 1),
        ("times pandas with regular expressions", f"at least {ASKED['pandas']}", pandas, "{:,.0f}", 1),
        (f"exponent of growth, {growth.index[0]:,} to {n:,}", f"at most {ASKED['exponent']}", exponent(growth), "{:.3f}", -1),
        (f"peak memory at {WHOLE:,} turns, MiB", f"at most {ASKED['MiB']:,}", peak, "{:,.0f}", -1),
        ("1 % more conversations, share of a full run", f"at most {ASKED['1 % more']:.0%}", last["share"], "{:.1%}", -1),
    ]  # fmt: skip
    told = []
    for (what, asked, value, form, sign), bar in zip(rows, ASKED.values(), strict=True):
        so = (
            "not measured"
            if math.isnan(value)
            else "reached"
            if sign * value >= sign * bar
            else "NOT reached"
        )
        told.append((what, asked, None if math.isnan(value) else form.format(value), so))
    return pd.DataFrame(told, columns=["what", "asked", "measured", ""])


def beside(runs: pd.DataFrame, growth: pd.DataFrame) -> pd.DataFrame:
    """The peers and the limit, and how many times as fast `featurize` is."""
    runs = runs[~runs["what"].isin([FULL, AGAIN, MORE, MIDDLE, SPREAD])]
    runs = runs.assign(fast=runs["turns"] / runs["wall"], lean=runs["turns"] / runs["cpu"])
    by = runs.groupby("what", sort=False)
    usual = growth["turns a second"].iloc[min(1, len(growth) - 1)]
    seen = pd.DataFrame(
        {
            "it gives": {peer.name: peer.part for peer in PEERS}
            | {LIMIT: "counts of the same cues per turn"},
            "turns timed": by["turns"].first(),
            "turns a second": by["fast"].median(),
            "slowest": by["fast"].min(),
            "fastest": by["fast"].max(),
            "a second of processor": by["lean"].median(),
            "peak MiB": by["peak"].median(),
            "version": by["version"].first(),
        }
    ).reindex([*(peer.name for peer in PEERS), LIMIT])
    seen["times"] = usual / seen["turns a second"]
    return seen


def page(runs: pd.DataFrame, language: str) -> str:
    """The whole section."""
    growth = growth_of(runs)
    against = beside(runs, growth)
    usual = growth.index[min(1, len(growth) - 1)]
    parts = [
        "## Levels",
        table(levels(growth, against)),
        "## Growth",
        f"On {machine()}. Language pack `{language}`, {growth['bytes'].iloc[-1]:.0f} bytes a turn in Parquet. Start (import, "
        f"reading the language, the first conversations) takes {growth['start'].median():.1f} s and is not counted. Seconds are "
        "medians over the rounds; memory is the most that any process held.",
        table(growth_table(growth)),
        f"![Seconds and memory over the number of turns]({PICTURE})",
        "## What a next run costs",
        f"At {growth.index[-1]:,} turns, after a run over all of them.",
        table(next_runs(runs)),
        "## Beside what people would use instead",
        f"`featurize` at {usual:,} turns, on all cores, against each; the others use one, so compare turns a second of processor too.",
        table(peers_table(against)),
    ]
    absent = [name for name in against.index if math.isnan(against.loc[name, "turns timed"])]
    if absent:
        parts.append(f"Left out, because it could not be installed or run here: {'; '.join(absent)}.")
    return "\n\n".join(parts)


def growth_table(growth: pd.DataFrame) -> pd.DataFrame:
    """Numbers as people read them."""
    shown = pd.DataFrame({"turns": [f"{n:,}" for n in growth.index]})
    shown["rounds"] = growth["rounds"].to_numpy()
    seconds = growth[["seconds", "fastest", "slowest"]].map("{:,.2f}".format)
    shown["seconds (fastest – slowest)"] = [f"{a} ({b} – {c})" for a, b, c in seconds.to_numpy()]
    for name in ("turns a second", "a second of processor", "peak MiB"):
        shown[name] = growth[name].map(three).to_numpy()
    again = zip(growth["more"], growth["share"], strict=True)
    shown["1 % more: seconds (share)"] = [f"{more:,.2f} ({share:.1%})" for more, share in again]
    return shown


def next_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """What a run after the first takes, at the largest size, by what was done to the file."""
    by = runs[runs["n"] == runs.loc[runs["what"] == FULL, "n"].max()].groupby("what")
    took = by[["wall", "cpu"]].median().reindex([FULL, AGAIN, MORE, MIDDLE, SPREAD])
    share = took["wall"] / took.loc[FULL, "wall"]
    return pd.DataFrame(
        {
            "the file": took.index,
            "seconds": took["wall"].map("{:,.2f}".format),
            "of processor": took["cpu"].map("{:,.2f}".format),
            "share": share.map("{:.1%}".format),
        }
    )


def peers_table(against: pd.DataFrame) -> pd.DataFrame:
    shown = against.dropna(subset="turns timed").copy()
    shown["turns timed"] = shown["turns timed"].map("{:,.0f}".format)
    for name in ("turns a second", "slowest", "fastest", "a second of processor", "peak MiB"):
        shown[name] = shown[name].map(three, na_action="ignore")
    shown["featurize is"] = shown.pop("times").map(faster)
    return shown.reset_index(names="what")


def three(value: float) -> str:
    """Three digits that mean something."""
    return f"{float(f'{value:.3g}'):,.0f}"


def machine() -> str:
    """The processor, its cores, what else it was doing, and the Python."""
    info = pathlib.Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next(
        (line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    load = (
        f", load {os.getloadavg()[2]:.1f} over the last quarter of an hour"
        if hasattr(os, "getloadavg")
        else ""
    )
    return f"{os.cpu_count()} cores ({model}{load}), Python {platform.python_version()}"


def draw(growth: pd.DataFrame, file: pathlib.Path) -> None:
    """Seconds and memory over the number of turns, each with what was asked."""
    figure = Figure(figsize=(WIDTH_IN, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    n = growth.index.to_numpy(float)
    asked = {"color": GREY, "ls": "--"}
    left.plot(n, growth["seconds"], "o-", color=BLUE, label="measured")
    left.plot(n, n / ASKED["turns a second"], label=f"{ASKED['turns a second']:,} turns a second", **asked)
    left.set(yscale="log", ylabel="seconds")
    right.plot(n, growth["peak MiB"], "o-", color=ORANGE, label="measured")
    right.axhline(ASKED["MiB"], label=f"{ASKED['MiB']:,} MiB", **asked)
    right.set(ylim=(0, None), ylabel="MiB")
    titles = (f"Time grows with power {exponent(growth):.2f} of the turns", "Most memory ever held")
    for ax, title in zip((left, right), titles, strict=True):
        ax.set(xscale="log", xlabel="turns")
        ax.set_title(title, loc="left", fontsize=TEXT_PT, color=INK)
        ax.set_xticks(n, labels=[f"{turns:,.0f}" for turns in n])
        ax.minorticks_off()
        ax.legend(frameon=False, fontsize=8)
        ax.spines[["top", "right"]].set_visible(False)
        ax.tick_params(labelsize=8, colors=INK)
    file.parent.mkdir(exist_ok=True)
    figure.savefig(file, dpi=110, metadata={"Software": None})
