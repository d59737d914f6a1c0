"""The section *tagging-speed* of docs/validation.md: turns per second, beside what people would use instead.

Every peer runs in a process of its own, from an environment outside the project, on a part of the work: it finds cues or
stems words, and tells nothing of what they mean. All take turns, three rounds; the median is what counts.
"""

import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd
import polars as pl
from sections import table

import salesinsight as si
from salesinsight.language import Pack, load_pack
from salesinsight.language.patterns import GAPS, grow
from salesinsight.speech.reading import FAMILIES
from salesinsight.speech.utterances import read_utterances

PEERS = pathlib.Path(__file__).parent / "tagging_peers"
NEEDED = ("spacy==3.8.*", "nltk==3.*", "pandas==3.*")
ROUNDS = 3
WORDS = 13.5  # words in a turn, on average
TALK = 40  # turns in a conversation
WIDEST = (
    500  # a phrase of word classes that stands for more phrases is left out for those that can't do classes
)
ASKED = {"turns a second": 150_000, "spaCy": 5, "NLTK": 25, "one pass in C": 25}


def speed(n: int) -> str:
    """Time everything in both languages and write it as Markdown."""
    python = environment()
    parts = [INTRODUCTION.format(n=n, cores=os.cpu_count())]
    for language in ("nl", "en"):
        turns, distinct = corpus(language, n)
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            n_phrases = prepare(folder, turns["text"], load_pack(language))
            runs = in_turn(folder, turns, language, python)
        parts.append(page(language, turns, distinct, n_phrases, runs))
    return "\n\n".join(parts)


def environment() -> pathlib.Path:
    """The Python of the peers' own environment, made at first use in the user's cache folder."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    folder = cache / "salesinsight-benchmarks" / "peers"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text("utf-8") != " ".join(NEEDED):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        if subprocess.call([python, "-m", "pip", "install", "--quiet", *NEEDED]):
            sys.exit(
                f"The peers could not be installed into {folder}: {', '.join(NEEDED)} from the package index are needed."
            )
        stamp.write_text(" ".join(NEEDED), "utf-8")
    return python


def corpus(language: str, n: int) -> tuple[pd.DataFrame, int]:
    """Draw n turns from the pack's utterances and invented deals; and how many distinct there are to draw from."""
    own = read_utterances(load_pack(language))[["text", "role"]]
    sample = si.make_sample(n_deals=1200, language=language, seed=1).turns[["text", "role"]].dropna()
    pool = pd.concat([own, sample]).drop_duplicates("text").reset_index(drop=True)
    pool["text"] = pool["text"].str.replace(r"\s+", " ", regex=True)
    length = pool["text"].str.split().str.len().to_numpy()
    chance = tilted(length)
    drawn = np.random.default_rng(0).choice(len(pool), size=n, p=chance)
    turns = pool.iloc[drawn].reset_index(drop=True)
    number = np.arange(n)
    return turns.assign(conversation_id=number // TALK, turn=number % TALK), len(np.unique(drawn))


def tilted(length: np.ndarray) -> np.ndarray:
    """Chances under which turns are `WORDS` long on average: longer ones a little likelier, or less likely."""
    low, high = -1.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        chance = np.exp(middle * (length - length.max() * (middle > 0)))
        chance /= chance.sum()
        low, high = (middle, high) if chance @ length < WORDS else (low, middle)
    return chance


def prepare(folder: pathlib.Path, texts: pd.Series, pack: Pack) -> int:
    """Write turns and cues as the peers read them; return how many phrases there are."""
    (folder / "texts").write_text("\n".join(texts), "utf-8")
    cues = pack.cues.filter(pl.col("family").is_in(FAMILIES))
    phrases, regexes = set(), {}
    for label, pattern in cues.select("label", "pattern").iter_rows():
        part = re.split(r" ~~? ", pattern)[0]
        phrases |= {f"{label}\t{phrase}" for phrase in spelled_out(part, pack)}
        regexes.setdefault(label, []).append(as_regex(pattern, pack))
    (folder / "phrases").write_text("\n".join(sorted(phrases)), "utf-8")
    rows = [f"{label}\t{'|'.join(own)}" for label, own in regexes.items()]
    (folder / "regexes").write_text("\n".join(rows), "utf-8")
    write_arrays(folder, texts, pack)
    return len(phrases)


def choices(word: str, pack: Pack) -> list[str]:
    """The words that one word of a pattern stands for."""
    return pack.word_class(word[1:-1]) if word.startswith("{") else [word]


def spelled_out(part: str, pack: Pack) -> list[str]:
    """All phrases that a part of a pattern stands for; none when they are too many."""
    lists = [choices(word, pack) for word in part.split() if word not in "^$"]
    if math.prod(map(len, lists)) > WIDEST:
        return []
    phrases = [""]
    for words in lists:
        phrases = [f"{phrase} {word}".strip() for phrase in phrases for word in words]
    return phrases


def as_regex(pattern: str, pack: Pack) -> str:
    """A pattern as a regular expression over text in lower case."""
    written, glue = "", ""
    for word in pattern.split():
        if word in GAPS:
            glue = rf"(?:\W+\w+){{0,{GAPS[word]}}}?\W+"
        elif word not in "^$":
            words = "|".join(r"\d+" if choice == "#" else re.escape(choice) for choice in choices(word, pack))
            written += f"{glue}(?:{words})"
            glue = r"\W+"
    return rf"(?<!\w){written}(?!\w)"


def write_arrays(folder: pathlib.Path, texts: pd.Series, pack: Pack) -> None:
    """Write the turns and the automaton of the cues as plain arrays, for the pass in C."""
    tree = grow(pack, tuple(sorted(FAMILIES)))
    label_of = {
        int(part): code for part, code in zip(tree.chain[:, 0], tree.cues["label"].to_physical(), strict=True)
    }
    begin, labels = [0], []
    for state in range(len(tree.table)):
        ending = tree.ends[tree.begin[state] : tree.begin[state + 1]]
        labels += sorted({label_of[part] for part in ending.tolist() if part in label_of})
        begin.append(len(labels))
    said, words = ([one.encode() for one in many] for many in (texts, tree.kinds["word"]))
    for name, texts_of in (("text", said), ("words", words)):
        (folder / name).write_bytes(b"".join(texts_of))
    n_labels = tree.cues["label"].n_unique()
    sizes = [len(said), len(words), tree.table.shape[1], len(tree.table), n_labels]
    for name, values, kind in (
        ("ends", np.cumsum([len(one) for one in said]), np.int64),
        ("word_ends", np.cumsum([len(one) for one in words]), np.int64),
        ("kinds", tree.kinds["kind"].to_numpy(), np.int32),
        ("table", tree.table, np.int32),
        ("begin", begin, np.int32),
        ("labels", labels, np.int32),
        ("sizes", sizes, np.int64),
    ):
        np.ascontiguousarray(values, dtype=kind).tofile(folder / name)


def in_turn(folder: pathlib.Path, turns: pd.DataFrame, language: str, python: pathlib.Path) -> pd.DataFrame:
    """Let all run in turn, several rounds: what, version, turns, wall and cpu seconds."""
    n, runs = len(turns), []
    si.tag_turns(turns[:2000], language=language)
    compiled = compiled_pass(folder)
    peers = (
        ("spaCy: tokenizer and PhraseMatcher", "spacy_cues", "phrases", n // 10),
        ("NLTK: tokenise and stem", "nltk_stems", "phrases", n // 50),
        ("pandas: a regular expression per label", "pandas_regexes", "regexes", n // 1000),
    )
    for _ in range(ROUNDS):
        tagged, run = timed("tag_turns: all labels", lambda: si.tag_turns(turns, language=language), n)
        runs.append(run)
        some = tagged[: n // 10]
        del tagged
        runs.append(timed("evidence, on request", lambda some=some: si.evidence(some), len(some))[1])
        for name, script, cues, few in peers:
            told = answer(
                [
                    python,
                    PEERS / f"{script}.py",
                    folder / "texts",
                    folder / cues,
                    language,
                    str(max(few, 100)),
                ]
            )
            runs.append({"what": name, **json.loads(told)})
        if compiled:
            repeats = [line.split()[:2] for line in answer([compiled, folder, "3"]).splitlines()]
            wall, cpu = np.median(np.array(repeats, dtype=float), axis=0)
            runs.append(
                {"what": "one pass in C, one thread", "turns": n, "wall": wall, "cpu": cpu, "version": ""}
            )
    return pd.DataFrame(runs)


def timed(what: str, work, n: int) -> tuple[pd.DataFrame, dict]:
    """Do something with n turns and say how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return made, {"what": what, "turns": n, "version": "", **took}


def compiled_pass(folder: pathlib.Path) -> pathlib.Path | None:
    """The pass in C, compiled; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    program = folder / "one_pass"
    subprocess.run([compiler, "-O3", "-march=native", "-o", program, PEERS / "one_pass.c"], check=True)
    return program


def answer(command: list) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def page(language: str, turns: pd.DataFrame, distinct: int, n_phrases: int, runs: pd.DataFrame) -> str:
    """What was timed in one language."""
    runs = runs.assign(fast=runs["turns"] / runs["wall"], lean=runs["turns"] / runs["cpu"])
    by = runs.groupby("what", sort=False)
    seen = pd.DataFrame(
        {
            "turns timed": by["turns"].first(),
            "turns a second": by["fast"].median(),
            "slowest": by["fast"].min(),
            "fastest": by["fast"].max(),
            "turns a second of processor": by["lean"].median(),
            "version": by["version"].first(),
        }
    )
    ours = seen.loc["tag_turns: all labels", "turns a second"]
    seen["tag_turns is"] = [faster(ours / rate) for rate in seen["turns a second"]]
    seen.loc[seen.index[:2], "tag_turns is"] = None  # itself, and what is not the same work
    numbers = seen.columns[:5]
    seen[numbers] = seen[numbers].map(lambda value: f"{float(f'{value:.3g}'):,.0f}")
    words = turns["text"].str.split().str.len().mean()
    cues = load_pack(language).cues.filter(pl.col("family").is_in(FAMILIES))
    text = (
        f"{len(turns):,} turns of {words:.1f} words on average, drawn from {distinct:,} distinct ones. {len(cues):,} cues; without "
        f"gaps and the widest word classes, as PhraseMatcher takes them, {n_phrases:,} phrases. {verdicts(ours, by['fast'].median())}"
    )
    return f"### {load_pack(language).name}\n\n{text}\n\n{table(seen.reset_index())}"


def faster(ratio: float) -> str:
    return f"{ratio:.1f} × as fast" if ratio >= 1 else f"{1 / ratio:.1f} × as slow"


def verdicts(ours: float, rates: pd.Series) -> str:
    """Which of the levels that were asked are reached."""

    def rate(start: str) -> float:
        own = rates[rates.index.str.startswith(start)]
        return float(own.iloc[0]) if len(own) else math.nan

    said = [(f"at least {ASKED['turns a second']:,} turns a second", ours >= ASKED["turns a second"])]
    for peer in ("spaCy", "NLTK"):
        said.append((f"at least {ASKED[peer]} × {peer}", ours >= ASKED[peer] * rate(peer)))
    limit = rate("one pass in C")
    if math.isnan(limit):
        return (
            "; ".join(f"{what}: {'reached' if so else 'NOT reached'}" for what, so in said)
            + "; no C compiler: no limit."
        )
    said.append(
        (f"within {ASKED['one pass in C']} × of one pass in C", ours * ASKED["one pass in C"] >= limit)
    )
    return "Asked: " + "; ".join(f"{what}, {'reached' if so else 'NOT reached'}" for what, so in said) + "."


INTRODUCTION = """## How fast turns are tagged

`python benchmarks/tagging.py speed`. {n:,} short turns on {cores} cores, drawn with repetition from the packs' utterances and \
invented deals, in conversations of 40; repetition flatters whatever remembers words, here and among the peers. `tag_turns` \
gives every label of the contract with context, on all cores; the peers do a part of that on one: find the cues of the same \
packs (spaCy: as phrases; pandas: as regular expressions) or cut and stem words (NLTK). They are timed on fewer turns, after a \
warm-up, without reading the file. *One pass in C* is the practical limit: lower case, words, and the whole automaton of the \
cues over the bytes, counted per turn and label (each part of a cue with a gap as if it were a cue). Three rounds in turn; \
medians."""
