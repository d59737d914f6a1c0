"""The marked sentences of ``benchmarks/pseudonymiser/``: what they say and what is personal in them."""

import pathlib
import re
from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from salesinsight.language import load_pack

SMALLEST = 0.02  # a weight below this is left out
FOLDER = pathlib.Path(__file__).parent / "pseudonymiser"
DEVELOPMENT = ("nl", "be", "round2", "round3", "round5", "round6")  # read while building, and learned from
BLIND = ("round7", "round8")  # never read by who built
MARK = re.compile(r"\{(\w+)\|([^{}]*)\}")


def material(*more: str) -> pd.DataFrame:
    """The sentences of development, and of other files."""
    return pd.concat([read(name) for name in (*DEVELOPMENT, *more)], ignore_index=True)


def read(name: str) -> pd.DataFrame:
    """The sentences of a file: file, line, text without marks, entities, known names."""
    rows = []
    for number, line in enumerate((FOLDER / f"{name}.txt").read_text("utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            rows.append({"file": name, "line": number, **parse(line)})
    return pd.DataFrame(rows)


def parse(line: str) -> dict:
    """One line: its text without marks, its entities as (kind, start, end) and the names before ``>``."""
    crm: list[str] = []
    if line.startswith("crm:"):
        names, _, line = line.removeprefix("crm:").partition(">")
        crm, line = [name.strip() for name in names.split(";") if name.strip()], line.strip()
    text, entities, last = "", [], 0
    for match in MARK.finditer(line):
        text += line[last : match.start()]
        entities.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        last = match.end()
    return {"text": text + line[last:], "entities": entities, "crm": crm}


def is_firm(name: str, place: int, marks: set[tuple[str, str]], first_names: frozenset[str]) -> bool:
    """Whether a name that the CRM knows is a firm's, which its table would tell: by legal form, marks, first name."""
    words = set(re.findall(r"\w+", name.lower()))
    if re.search(r"\b(BV|NV|BVBA|VOF|Groep|Group|Holding|&)(?!\w)", name):
        return True
    shared = {kind for kind, surface in marks if words & set(re.findall(r"\w{3,}", surface))}
    if len(shared & {"person", "organisation"}) == 1:
        return "organisation" in shared
    return name.split()[0].lower() not in first_names and place > 0


def clue_table(told: list[list[str]], least: int) -> tuple[list[str], csr_matrix]:
    """The clues that are seen at least so often, in order, and how often each of the places has each of them."""
    seen = Counter(clue for each in told for clue in each)
    kept = {clue: at for at, clue in enumerate(sorted(clue for clue, many in seen.items() if many >= least))}
    columns = [[kept[clue] for clue in each if clue in kept] for each in told]
    ends = np.cumsum([0, *map(len, columns)])
    flat = np.fromiter((at for each in columns for at in each), dtype=np.int64, count=ends[-1])
    table = csr_matrix((np.ones(len(flat), dtype=np.float32), flat, ends), shape=(len(columns), len(kept)))
    return list(kept), table


def weights_of(model: LogisticRegression, names: list[str]) -> dict[str, float]:
    """What a model weighs, in a fixed order; small weights left out."""
    found = dict(zip(names, model.coef_[0].round(2).tolist(), strict=True))
    return {"start": round(float(model.intercept_[0]), 2)} | {
        name: weight for name, weight in found.items() if abs(weight) >= SMALLEST
    }


def write_weights(weights: dict[str, float], file: str) -> None:
    """Write weights to the Dutch pack."""
    path = pathlib.Path(str(load_pack("nl").folder)) / "names" / file
    pl.DataFrame({"feature": list(weights), "weight": list(weights.values())}).write_csv(path)
