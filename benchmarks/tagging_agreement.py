"""The section *tagging-agreement* of docs/validation.md: whether two people give an utterance the same labels."""

import csv
import pathlib

import pandas as pd
from sections import table

from salesinsight.language import load_pack
from salesinsight.speech.agreement import agreement
from salesinsight.speech.utterances import LABELS

FOLDER = pathlib.Path(__file__).parent / "tagging"
INTRODUCTION = """## Do two people label alike?

`python benchmarks/tagging.py agreement`. A part of the packs' utterances was labelled a second time, under \
`docs/annotation.md`, by someone who saw neither the labels nor who wrote them: `benchmarks/tagging/second_<language>.csv`, \
with the file and the line that each row came from. Cohen's κ per label, with 95 % intervals from resampled utterances; a \
label used fewer than ten times has none. Both followed the same guide, and most utterances were written to show a label: on \
talk as it comes people will differ more."""


def agreement_page() -> str:
    """Compare both labellings, per language."""
    parts = [INTRODUCTION]
    for path in sorted(FOLDER.glob("second_*.csv")):
        language = path.stem.removeprefix("second_")
        first, second = both(path, language)
        figures = agreement(first, second)
        shown = figures.select_dtypes("float").columns
        figures[shown] = figures[shown].map("{:.2f}".format, na_action="ignore")
        few = figures[figures["kappa"].isna()]
        parts += [
            f"### {load_pack(language).name}: {len(first)} utterances",
            table(figures.drop(index=few.index)),
            f"Used fewer than ten times: {', '.join(few['column'] + ' ' + few['label']) or 'none'}.",
        ]
    return "\n\n".join(parts)


def both(path: pathlib.Path, language: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The labels of the author and of the second labeller, row by row the same utterances."""
    second = pd.read_csv(path, dtype=str, keep_default_na=False)
    folder = load_pack(language).folder / "utterances"
    lines = {name: by_line(folder / f"{name}.csv") for name in second["file"].unique()}
    first = pd.DataFrame(
        [lines[name][int(line)] for name, line in zip(second["file"], second["line"], strict=True)]
    )
    if not (first["text"] == second["text"]).all():
        raise SystemExit(
            f"{path.name}: the utterances of the pack have moved since they were labelled a second time."
        )
    kept = ["text", "role", *LABELS]
    return first[kept], second[kept]


def by_line(path: pathlib.Path) -> dict[int, dict[str, str]]:
    """The rows of a CSV by their line in the file; the header is line 1."""
    with path.open(encoding="utf-8", newline="") as file:
        reader, rows = csv.DictReader(file), {}
        for row in reader:
            rows[reader.line_num] = row
    return rows
