"""Everything that is timed, each in a fresh process: `featurize` itself, the peers, and the limit."""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from features_files import PIECE, write_between, write_turns
from tagging_speed import TALK, compiled_pass, prepare

from salesinsight.language import Pack, load_pack
from salesinsight.speech.reading import FAMILIES

SCRIPTS = pathlib.Path(__file__).parent / "feature_peers"
FULL, AGAIN, MORE = "all of it", "the same file again", "1 % more at its end"
MIDDLE, SPREAD = "1 % more in the middle", "1 % more spread over all of it"
WARM = 4_000  # turns done before the clock starts
LIMIT = "read Parquet, one pass in C, one thread"


@dataclasses.dataclass(frozen=True)
class Peer:
    """What someone would use instead: its script, cues, turns per run, and what it needs installed."""

    name: str
    script: str
    turns: int
    needs: tuple[str, ...]
    bare: tuple[str, ...] = ()  # installed without what they ask for
    cues: str = "phrases"
    part: str = ""


PANDAS = ("pandas==3.*", "pyarrow>=18")
SPACY = ("spacy==3.8.*", "pyarrow>=18")
# What ConvoKit imports for a corpus and its words; all it asks for holds torch, 6 GB.
CONVOKIT = (
    "pandas==2.*",
    "nltk==3.*",
    "scikit-learn",
    "scipy",
    "pymongo",
    "pyyaml",
    "clean-text",
    "unidecode",
    "tqdm",
    "requests",
)
PEERS = (
    Peer("pandas: a regular expression per label", "pandas_regexes", 800, PANDAS, cues="regexes", part="the same cues"),
    Peer("pandas: short regular expressions", "pandas_regexes", 8_000, PANDAS, cues="short", part="six cues of plain words per label"),
    Peer("spaCy: blank tokenizer, PhraseMatcher", "spacy_cues", 60_000, SPACY, part="the cues as phrases"),
    Peer("NLTK: tokenise and stem", "nltk_stems", 12_000, ("nltk==3.*", "pyarrow>=18"), part="words and stems"),
    Peer(
        "TextDescriptives: lengths, readability",
        "textdescriptives_table",
        8_000,
        ("textdescriptives==2.*", "pyarrow<21"),  # it asks for an old NumPy, which newer pyarrow refuses
        part="lengths and readability per conversation",
    ),
    Peer(
        "ConvoKit: corpus, words, questions",
        "convokit_corpus",
        8_000,
        (*SPACY, *CONVOKIT),
        ("convokit==5.*",),
        part='words, and sentences that end in "?"',
    ),
)  # fmt: skip


def environment(peer: Peer) -> pathlib.Path | None:
    """The Python of this peer's own environment, made at first use in the user's cache; None when that fails."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = cache / "salesinsight-benchmarks" / f"features-{peer.script}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp, needed = folder / "installed.txt", " ".join([*peer.needs, "bare:", *peer.bare])
    if stamp.exists() and stamp.read_text("utf-8") == needed:
        return python
    say(f"makes the environment of {peer.script} in {folder}")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = [[sys.executable, "-m", "venv", "--clear", folder], [*pip, *peer.needs]]
    steps += [[*pip, "--no-deps", *peer.bare]] if peer.bare else []
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            told = " ".join(done.stderr.splitlines()[-1:])
            say(
                f"{peer.name} is left out: {', '.join([*peer.needs, *peer.bare])} could not be installed. {told}"
            )
            return None
    stamp.write_text(needed, "utf-8")
    return python


def sizes(folder: pathlib.Path, n: int, pool: pl.DataFrame, language: str, everywhere: bool) -> list[dict]:
    """Featurize n turns, and again with 1 % more conversations at the end; also elsewhere and with nothing more."""
    own = folder / f"{n}"
    own.mkdir()
    warm, turns, out = own / "warm-turns.parquet", own / "turns.parquet", own / "features.parquet"
    write_turns(warm, WARM, pool)
    more = n // 100
    less = more - TALK  # row groups after these don't stand as they did by chance
    written = {
        FULL: (n, lambda: write_turns(turns, n, pool)),
        MORE: (n + more, lambda: write_turns(turns, n + more, pool)),
    }
    if everywhere:
        written |= {
            MIDDLE: (n + less, lambda: write_between(turns, n, less, 1, pool)),
            SPREAD: (n + less, lambda: write_between(turns, n, less, less // TALK, pool)),
            AGAIN: (n, written[FULL][1]),
        }
    runs = []
    for what, (size, write) in written.items():
        write()
        if what != FULL:
            put(own / "full", own)
        command = [sys.executable, SCRIPTS / "salesinsight_table.py", turns, out, language, warm]
        run = {**answer(command), "what": what, "n": n, "bytes": turns.stat().st_size / size}
        if run["rows"] != size // TALK:
            sys.exit(f"{run['rows']:,} conversations came out where {size // TALK:,} went in.")
        say(f"{n:,} turns, {what}: {run['wall']:.1f} s")
        runs.append(run)
        if what == FULL:
            put(own, own / "full")
    shutil.rmtree(own)
    return runs


def put(source: pathlib.Path, target: pathlib.Path) -> None:
    """Put the features of one folder, and what is kept beside them, in the place of those of another."""
    target.mkdir(exist_ok=True)
    shutil.copy(source / "features.parquet", target)
    state = ".features.parquet.state"
    shutil.rmtree(target / state, ignore_errors=True)
    shutil.copytree(source / state, target / state)


def peer_run(peer: Peer, python: pathlib.Path, folder: pathlib.Path, language: str) -> dict | None:
    """Let a peer make its table of the first turns of the file; None when it fails."""
    turns = folder / "peers.parquet"
    command = [python, SCRIPTS / f"{peer.script}.py", turns, str(peer.turns), folder / peer.cues, language]
    try:
        return {**answer(command, home=folder), "what": peer.name, "n": peer.turns}
    except RuntimeError as problem:
        say(f"{peer.name} is left out, it failed: {' '.join(str(problem).splitlines()[-1:])}")
        return None


def ready(folder: pathlib.Path, n: int, pool: pl.DataFrame, language: str) -> pathlib.Path | None:
    """Write what peers and limit read; return the pass in C, if there is a compiler."""
    turns = folder / "peers.parquet"
    write_turns(turns, max(n, PIECE), pool)
    texts = pq.read_table(turns, columns=["text"])["text"].to_pandas()
    pack = load_pack(language)
    prepare(folder, texts, pack)
    (folder / "short").write_text(short_regexes(pack), "utf-8")
    return compiled_pass(folder)


def short_regexes(pack: Pack) -> str:
    """Per label its six surest cues of plain words as one regular expression: what one would write by hand."""
    cues = pack.cues.filter(pl.col("family").is_in(FAMILIES), ~pl.col("pattern").str.contains(r"[{~^$#?]"))
    surest = cues.sort("weight", descending=True, maintain_order=True)
    found = surest.group_by("label", maintain_order=True).head(6).group_by("label", maintain_order=True)
    rows = found.agg(pl.col("pattern").str.join("|")).iter_rows()
    return "\n".join(rf"{label}	\b(?:{phrases})\b" for label, phrases in rows)


def limit_run(program: pathlib.Path, folder: pathlib.Path) -> dict:
    """Read the file, and pass over its bytes once."""
    read = answer([sys.executable, SCRIPTS / "read_only.py", folder / "peers.parquet"])
    lines = subprocess.run(
        [program, folder, "3"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    wall, cpu = np.median([[float(part) for part in line.split()[:2]] for line in lines], axis=0)
    return {
        **read,
        "what": LIMIT,
        "wall": read["wall"] + wall,
        "cpu": read["cpu"] + cpu,
        "peak": None,
        "version": "",
    }


def answer(command: list, home: pathlib.Path | None = None) -> dict:
    """Run a command and read the last line it prints; `home` keeps what it would write for its user."""
    own = os.environ | ({"HOME": str(home), "USERPROFILE": str(home)} if home else {})
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=own)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout.splitlines()[-1])


def say(text: str) -> None:
    print(f"[features] {text}", file=sys.stderr, flush=True)
