"""Learn the weights of names from the marked sentences that served development.

Run from the project's root: ``python benchmarks/build_names.py``. It reads nl.txt, be.txt, round2.txt,
round3.txt, round5.txt, round6.txt and names.txt, never the blind sentences, and writes
``packs/nl/names/learned.csv``.
"""

import dataclasses
import re

import numpy as np
import pandas as pd
import polars as pl
from marked import clue_table, is_firm, material, weights_of, write_weights
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from salesinsight.privacy import Known, learned
from salesinsight.privacy.clues import FEATURES, REACH, clues, coded, features_of, reached, signs_of
from salesinsight.privacy.lexicon import Lexicon, load_lexicon, wide_names
from salesinsight.privacy.page import Page
from salesinsight.privacy.people import find_by_pattern

OWN = "names"  # lines written to learn from, never to measure on
STRENGTH = 0.15  # of the data against the pull to zero
LEAST = 4  # in how many places a clue must be seen
LEFT_OUT = 0.4  # of the names, for the lines that show what a name is that no list has
VARIANT = 0.3  # what a changed line weighs
TIMES = 2  # changed lines of each sort
AT_HOME = 0.4  # of the other names, how many the patterns know
SEED = 7
SPELLED = re.compile(r"(?<!\w)\w \w \w(?!\w)")
WORDS = re.compile(r"([^\W\d_]+)")


def main() -> None:
    write_weights(learn(lines()), learned.FILE)


def lines() -> pd.DataFrame:
    """The marked sentences that are learned from."""
    return material(OWN)


def learn(marked: pd.DataFrame) -> dict[str, float]:
    """Weights by what they weigh, in a fixed order; small ones left out."""
    parts = [(part, 1.0) for part in as_they_are(marked)] + [(part, VARIANT) for part in changed(marked)]
    label = np.concatenate([part["label"] for part, _ in parts])
    weight = np.concatenate([np.full(len(part["label"]), each) for part, each in parts])
    told = [clue for part, _ in parts for clue in part["clues"]]
    kept, table = clue_table(told, LEAST)
    signs = csr_matrix(np.vstack([part["signs"] for part, _ in parts]))
    model = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3)
    model.fit(hstack([signs, table]).tocsr(), label, sample_weight=weight)
    return weights_of(model, [*FEATURES, *kept])


def as_they_are(marked: pd.DataFrame) -> list[dict]:
    """The examples of the lines themselves, per CRM."""
    groups = marked.groupby(marked["crm"].map(tuple), sort=False)
    return [examples(group, names, load_lexicon("nl")) for names, group in groups]


def changed(marked: pd.DataFrame) -> list[dict]:
    """The examples of lines that show a name that is in no list, or another one in the same place.

    Without them the model would learn the names of these lines; it must learn where a name stands and what it
    looks like.
    """
    lexicon, random = load_lexicon("nl"), np.random.default_rng(SEED)
    unknown = marked[marked["crm"].map(len) == 0]
    parts = [examples(unknown, (), without(lexicon, unknown, random)) for _ in range(TIMES)]
    named = unknown[[any(kind == "person" for kind, *_ in marks) for marks in unknown["entities"]]]
    lists = name_lists(lexicon)
    for _ in range(TIMES):
        other = pd.DataFrame([renamed(row, lists, lexicon, random) for row in named.itertuples()])
        parts.append(examples(other, (), lexicon))
    return parts


def name_lists(lexicon: Lexicon) -> dict[tuple[bool, bool], list[str]]:
    """Names to put in the place of others: (first or last, from a list that the patterns know) to names."""
    lists = {}
    for first, home, wide in zip((True, False), (lexicon.first, lexicon.last), wide_names(), strict=True):
        for known, names in ((True, home - lexicon.also_words), (False, wide - home)):
            lists[first, known] = sorted(name for name in names if name.isalpha() and len(name) > 2)
    return lists


def renamed(row, lists: dict, lexicon: Lexicon, random: np.random.Generator) -> dict:
    """A line with other names of people in it."""
    skip = lexicon.people("particles") | lexicon.people("titles")
    text, last, entities = "", 0, []
    for kind, start, end in sorted(row.entities, key=lambda entity: entity[1]):
        surface = row.text[start:end]
        if kind == "person" and not SPELLED.search(surface):
            surface = other_name(surface, skip, lists, lexicon, random)
        text += row.text[last:start]
        entities.append((kind, len(text), len(text) + len(surface)))
        text, last = text + surface, end
    return {"text": text + row.text[last:], "entities": entities, "crm": row.crm}


def other_name(
    surface: str, skip: frozenset[str], lists: dict, lexicon: Lexicon, random: np.random.Generator
) -> str:
    """Another name in the same form: particles, titles, initials and capitals stay."""
    words = WORDS.split(surface)
    opening = True
    for at, word in enumerate(words):
        lower = word.lower()
        if not word.isalpha() or len(word) < 2 or lower in skip:
            continue
        first = opening and (lower in lexicon.first or (lower not in lexicon.last and len(words) > 1))
        names = lists[first, bool(random.random() < AT_HOME)]
        name = names[random.integers(len(names))]
        words[at] = name.upper() if word.isupper() else name.title() if word[0].isupper() else name
        opening = False
    return "".join(words)


def without(lexicon: Lexicon, part: pd.DataFrame, random: np.random.Generator) -> Lexicon:
    """A lexicon that lacks some of the names that are in these lines."""
    marked = {
        word
        for row in part.itertuples()
        for kind, start, end in row.entities
        if kind == "person"
        for word in re.findall(r"\w+(?:['-]\w+)*", row.text[start:end].lower())
    }
    mine = sorted(marked & (lexicon.first | lexicon.last) - lexicon.also_words)
    gone = {word for word in mine if random.random() < LEFT_OUT}
    return dataclasses.replace(lexicon, first=lexicon.first - gone, last=lexicon.last - gone)


def examples(group: pd.DataFrame, names: tuple[str, ...], lexicon: Lexicon) -> dict:
    """The words of sentences with one CRM that may be names: features, clues and whether they are."""
    marks = {
        (kind, text[start:end].lower())
        for text, entities in zip(group["text"], group["entities"], strict=True)
        for kind, start, end in entities
    }
    firms = tuple(name for at, name in enumerate(names) if is_firm(name, at, marks, lexicon.first))
    page = Page.of(pl.Series(group["text"].tolist()))
    line, found, rules = find_by_pattern(
        page, lexicon, Known(tuple(name for name in names if name not in firms), firms)
    )
    spans: dict[bool, list] = {True: [], False: []}
    for begin, entities in zip(page.starts.tolist(), group["entities"], strict=True):
        for kind, start, end in entities:
            spans[kind == "person"].append((begin + start, begin + end, kind))
    person, other = (
        learned.ruled_words(line, spans[which], ["marked"] * len(spans[which]))[0] > 0
        for which in (True, False)
    )
    ruled, called = learned.ruled_words(line, found, rules)
    # a name in an address is neither
    places = np.flatnonzero(learned.weighed(line, ruled) & ~other)
    code, distinct = coded(line)
    told: list[list[str]] = [[f"rule:{called[at]}"] if at else [] for at in ruled[places].tolist()]
    for place in REACH:
        for said, at in zip(told, reached(line, places, place).tolist(), strict=True):
            if at >= 0:
                said += clues(distinct[code[at]], place)
    return {
        "signs": features_of(signs_of(line, ruled, lexicon), places),
        "label": person[places],
        "clues": told,
    }


if __name__ == "__main__":
    main()
