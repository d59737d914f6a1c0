"""Learn the weights of names from the marked sentences that served development.

Run from the project's root: ``python benchmarks/build_names.py``. It reads the lines of nl.txt and be.txt with an
odd number and all of round2.txt, never the others, and writes ``packs/nl/names/learned.csv``.
"""

import pathlib

import numpy as np
import pandas as pd
import polars as pl
from pseudonymiser import FOLDER, is_firm, parse
from sklearn.linear_model import LogisticRegression

from salesinsight.language import load_pack
from salesinsight.privacy import Known, learned
from salesinsight.privacy.lexicon import load_lexicon
from salesinsight.privacy.page import Page
from salesinsight.privacy.people import find_by_pattern

STRENGTH = 0.5  # of the data against the pull to zero
LEAST_WORD, LEAST_ENDING = 8, 4  # how often a word, and in how many names an ending, must be there
SMALLEST = 0.02  # a weight below this is left out


def main() -> None:
    weights = learn(material())
    path = pathlib.Path(str(load_pack("nl").folder)) / "names" / learned.FILE
    pl.DataFrame({"feature": list(weights), "weight": list(weights.values())}).write_csv(path)


def material(files: tuple[str, ...] = ("nl", "be", "round2")) -> pd.DataFrame:
    """The marked sentences of development: text, entities, crm."""
    rows = []
    for name in files:
        for number, line in enumerate((FOLDER / f"{name}.txt").read_text("utf-8").splitlines(), start=1):
            unread = name != "round2" and number % 2 == 0
            if line.strip() and not line.startswith("#") and not unread:
                rows.append(parse(line))
    return pd.DataFrame(rows)


def learn(lines: pd.DataFrame) -> dict[str, float]:
    """Weights by what they weigh, in a fixed order; small ones left out."""
    parts = [examples(group, names) for names, group in lines.groupby(lines["crm"].map(tuple), sort=False)]
    signs = np.vstack([part["signs"] for part in parts])
    label = np.concatenate([part["label"] for part in parts])
    beside = {place: pl.concat([part["beside"][place] for part in parts]) for place in parts[0]["beside"]}
    own = pl.concat([part["own"] for part in parts])
    names = list(learned.FEATURES)
    columns = [signs]
    seen = pl.concat([part["said"] for part in parts]).value_counts()
    common = sorted(seen.filter(pl.col("count") >= LEAST_WORD)[seen.columns[0]])
    for place, words in beside.items():
        names += [f"word:{word}@{place}" for word in common]
        columns.append(np.column_stack([(words == word).to_numpy() for word in common]))
    ends = learned.endings_of(own.filter(pl.Series(label)).unique()).rename("ending").value_counts()
    kept = sorted(ends.filter((pl.col("count") >= LEAST_ENDING) & (pl.col("ending") != ""))["ending"])
    names += [f"ending:{ending}" for ending in kept]
    mine = learned.endings_of(own)
    columns.append(np.column_stack([(mine == ending).to_numpy() for ending in kept]))
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(np.hstack(columns).astype(np.float32), label)
    found = dict(zip(names, model.coef_[0].round(2).tolist(), strict=True))
    return {"start": round(float(model.intercept_[0]), 2)} | {
        name: weight for name, weight in found.items() if abs(weight) >= SMALLEST
    }


def examples(group: pd.DataFrame, names: tuple[str, ...]) -> dict:
    """The words of sentences with one CRM that may be names: features, neighbours and whether they are."""
    lexicon = load_lexicon("nl")
    marks = {
        (kind, text[start:end].lower())
        for text, entities in zip(group["text"], group["entities"], strict=True)
        for kind, start, end in entities
    }
    firms = tuple(name for at, name in enumerate(names) if is_firm(name, at, marks, lexicon.first))
    page = Page.of(pl.Series(group["text"].tolist()))
    line, found = find_by_pattern(
        page, lexicon, Known(tuple(name for name in names if name not in firms), firms)
    )
    marked: dict[bool, list] = {True: [], False: []}
    for begin, entities in zip(page.starts.tolist(), group["entities"], strict=True):
        for kind, start, end in entities:
            marked[kind == "person"].append((begin + start, begin + end, kind))
    person, other = (learned.ruled_words(line, sorted(marked[which])) for which in (True, False))
    ruled = learned.ruled_words(line, found)
    places = np.flatnonzero(learned.candidates(line) & ~other)  # a name in an address is neither
    return {
        "signs": learned.features_of(learned.signs_of(line, ruled), places),
        "label": person[places],
        "beside": {place: learned.neighbours(line, places, place) for place in learned.REACH if place},
        "own": line.keys.gather(places),
        "said": line.keys.filter(pl.Series(~person & ~other) & line.keys.str.contains(r"\p{L}")),
    }


if __name__ == "__main__":
    main()
