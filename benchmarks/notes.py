"""Notes of sellers, labelled blind by two people: how well `tag_notes` reads them, beside simple learning.

Run from the project's root: ``python benchmarks/notes.py``. The cues were written with the odd-numbered rows of
``benchmarks/notes/*.csv`` at hand; every figure here is of the even-numbered rows.
"""

import pathlib

import numpy as np
import pandas as pd
import polars as pl
from sections import table, write_section
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import salesinsight as si
from salesinsight.exports.linking.status import statuses_in_notes

FOLDER = pathlib.Path(__file__).parent / "notes"
UNTOLD = "can't be told"
CLASSES = ["order", "advance", "continuation", "no_sale", UNTOLD]
FLAGS = {"good_talk": "good_talk_p", "request": "action_request_p", "commitment": "commitment_p"}
IMPORTED = "tag_notes after import"
READERS = [IMPORTED, "tag_notes", "TF-IDF + logistic", "majority class"]
RESAMPLES = 2000


def main() -> None:
    notes = read()
    developed, tested = notes[notes["odd"]], notes[~notes["odd"]].reset_index(drop=True)
    answers = {IMPORTED: tag(tested, imported=True), "tag_notes": tag(tested), **learn(developed, tested)}
    text = page(tested, answers, len(developed))
    print(text)
    write_section("notes", text)


def read() -> pd.DataFrame:
    """Every labelled note, with whether its row is odd-numbered in its file."""
    parts = []
    for path in sorted(FOLDER.glob("*.csv")):
        rows = pd.read_csv(path, sep=";", dtype="string")
        odd = np.arange(len(rows)) % 2 == 0
        language = rows.get("language", "nl")
        parts.append(rows.assign(file=path.stem, language=language, odd=odd))
    notes = pd.concat(parts, ignore_index=True)
    flags = {flag: notes[flag].eq("1").astype(bool) for flag in FLAGS}
    return notes.assign(outcome=notes["outcome"].fillna(UNTOLD), **flags)


def tag(tested: pd.DataFrame, imported: bool = False) -> pd.DataFrame:
    """What `tag_notes` says, of the words alone or with the status that an import reads in those words."""
    parts = []
    for language, rows in tested.groupby("language"):
        talks = rows.assign(conversation_id=rows.index)
        if imported:
            talks["status"] = statuses_in_notes(pl.Series(rows["note"].to_list()), str(language)).to_list()
        tags = si.tag_notes(talks, language=str(language))
        flags = {
            flag: tags[p].ge(0.5).to_numpy(dtype=bool) for flag, p in FLAGS.items() if flag != "good_talk"
        }
        flags["good_talk"] = tags["good_talk"].fillna(False).to_numpy(dtype=bool)
        outcome = tags["outcome"].fillna(UNTOLD).to_numpy(dtype=object)
        parts.append(pd.DataFrame({"outcome": outcome, **flags}, index=rows.index))
    return pd.concat(parts).sort_index()


def learn(developed: pd.DataFrame, tested: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Words and a logistic model, fitted on the odd rows; and the class that is most common there."""
    learned, common = {}, {}
    for target in ["outcome", *FLAGS]:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        model = make_pipeline(words, LogisticRegression(C=10, class_weight="balanced", max_iter=2000))
        known = developed[target].to_numpy(dtype=object if target == "outcome" else bool)
        learned[target] = model.fit(developed["note"], known).predict(tested["note"])
        common[target] = np.repeat(developed[target].mode()[0], len(tested))
    return {"TF-IDF + logistic": pd.DataFrame(learned), "majority class": pd.DataFrame(common)}


def macro_f1(truth: np.ndarray, said: np.ndarray) -> float:
    """The mean over the classes of F1, of the classes that occur."""
    both = [
        2 * ((truth == c) & (said == c)).sum() / max((truth == c).sum() + (said == c).sum(), 1)
        for c in CLASSES
    ]
    return float(np.mean([f1 for f1, c in zip(both, CLASSES, strict=True) if c in truth]))


def f1(truth: np.ndarray, said: np.ndarray) -> float:
    return float(2 * (truth & said).sum() / max(truth.sum() + said.sum(), 1))


def accuracy(truth: np.ndarray, said: np.ndarray) -> float:
    return float((truth == said).mean())


def interval(measure, truth: np.ndarray, said: np.ndarray, other: np.ndarray | None = None) -> str:
    """A measure, or how much higher it is than for another reader, with 95 % over resamples of notes."""

    def value(rows: np.ndarray) -> float:
        own = measure(truth[rows], said[rows])
        return own if other is None else own - measure(truth[rows], other[rows])

    draws = np.random.default_rng(0).integers(0, len(truth), size=(RESAMPLES, len(truth)))
    low, high = np.quantile([value(rows) for rows in draws], [0.025, 0.975])
    return f"{value(np.arange(len(truth))):.2f} ({low:.2f} to {high:.2f})"


def groups(tested: pd.DataFrame) -> dict[str, np.ndarray]:
    """The notes by file and language, and all of them."""
    by = (tested["file"] + ".csv, " + tested["language"]).to_numpy(dtype=str)
    return {name: by == name for name in sorted(set(by))} | {"all": np.ones(len(tested), dtype=bool)}


def outcomes(tested: pd.DataFrame, answers: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for name, mask in groups(tested).items():
        truth = tested.loc[mask, "outcome"].to_numpy(dtype=str)
        for reader in READERS:
            said = answers[reader].loc[mask, "outcome"].to_numpy(dtype=str)
            figures = {
                "accuracy": interval(accuracy, truth, said),
                "macro-F1": interval(macro_f1, truth, said),
            }
            rows.append({"notes": name, "n": mask.sum(), "reader": reader, **figures})
    return pd.DataFrame(rows)


def flags(tested: pd.DataFrame, answers: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for name, mask in groups(tested).items():
        for flag in FLAGS:
            truth = tested.loc[mask, flag].to_numpy(dtype=bool)
            said = answers[IMPORTED].loc[mask, flag].to_numpy(dtype=bool)
            learned = answers["TF-IDF + logistic"].loc[mask, flag].to_numpy(dtype=bool)
            right = (truth & said).sum()
            rows.append(
                {
                    "notes": name,
                    "what": flag,
                    "of which": truth.sum(),
                    "precision": f"{right / said.sum():.2f}" if said.any() else "–",
                    "recall": f"{right / truth.sum():.2f}" if truth.any() else "–",
                    "F1": interval(f1, truth, said),
                    "F1 of TF-IDF + logistic": interval(f1, truth, learned),
                }
            )
    return pd.DataFrame(rows)


def page(tested: pd.DataFrame, answers: dict[str, pd.DataFrame], n_developed: int) -> str:
    """The section of docs/validation.md."""
    truth, said = tested["outcome"].to_numpy(dtype=str), answers[IMPORTED]["outcome"].to_numpy(dtype=str)
    learned = answers["TF-IDF + logistic"]["outcome"].to_numpy(dtype=str)
    crossed = pd.crosstab(truth, said).reindex(index=CLASSES, columns=CLASSES, fill_value=0)
    ahead = interval(accuracy, truth, said, learned)
    return "\n\n".join(
        [
            "## Notes: how a conversation ended, by the seller's own words",
            f"`python benchmarks/notes.py`. Invented notes in the style of sellers, written and labelled blind by two "
            f"people: `nl.csv`, and `be.csv` with Flemish and some English. The cues were written with the "
            f"{n_developed} odd-numbered rows at hand, of which they read nearly all; the figures are of the "
            f"{len(tested)} even-numbered ones, whose words the writer of the cues never saw (he did see their "
            f"totals, a few times). *{IMPORTED}* also has the status that an import reads in the same words "
            f"(voicemail, no answer …). Where a note doesn't tell how the talk ended, or there was no talk, the right "
            f"answer is that it {UNTOLD}. With a few notes of a kind, an interval says little.",
            table(outcomes(tested, answers)),
            f"Accuracy of *{IMPORTED}* less that of TF-IDF + logistic, fitted on the {n_developed} odd rows: {ahead}.",
            f"What else is read, by *{IMPORTED}*:",
            table(flags(tested, answers)),
            f"Rows are what the label says, columns what *{IMPORTED}* says:",
            table(crossed.reset_index(names="label")),
        ]
    )


if __name__ == "__main__":
    main()
