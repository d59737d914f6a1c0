"""Learn the weights of numbers of houses from the marked sentences that served development.

Run from the project's root: ``python benchmarks/build_addresses.py``. It reads nl.txt, be.txt, round2.txt,
round3.txt, round5.txt, round6.txt and addresses.txt, never the blind sentences, and writes
``packs/nl/names/houses.csv``.
"""

import numpy as np
import pandas as pd
import polars as pl
from marked import clue_table, material, weights_of, write_weights
from sklearn.linear_model import LogisticRegression

from salesinsight.privacy import houses
from salesinsight.privacy.lexicon import load_lexicon
from salesinsight.privacy.page import Page
from salesinsight.privacy.streets import streets_of

OWN = "addresses"  # lines written to learn from, never to measure on
STRENGTH = 0.5  # of the data against the pull to zero
LEAST = 2  # how often a clue must be seen


def main() -> None:
    write_weights(learn(material(OWN)), houses.FILE)


def learn(lines: pd.DataFrame) -> dict[str, float]:
    """Weights by what they weigh, in a fixed order; small ones left out."""
    told, label = examples(lines)
    kept, table = clue_table(told, LEAST)
    model = LogisticRegression(C=STRENGTH, max_iter=500, tol=1e-3).fit(table, label)
    return weights_of(model, kept)


def examples(lines: pd.DataFrame) -> tuple[list[list[str]], np.ndarray]:
    """Every number that may be a house's, as written and in small letters: its clues and whether it is one."""
    lexicon = load_lexicon("nl")
    streets = streets_of(lexicon)
    told, label = [], []
    for row in lines.itertuples():
        for text in dict.fromkeys((row.text, row.text.lower())):
            if len(text) != len(row.text):
                continue
            page = Page.of(pl.Series([text]))
            for house in houses.houses(page.text, (0, len(text)), streets, lexicon):
                kinds = {kind for kind, start, end in row.entities if start <= house.start < end}
                if kinds - {"address"}:  # part of a telephone number
                    continue
                told.append(
                    [*dict.fromkeys(houses.clues(house, page.text, (0, len(text)), streets, lexicon))]
                )
                label.append("address" in kinds)
    return told, np.array(label)


if __name__ == "__main__":
    main()
