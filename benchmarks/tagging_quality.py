"""The section *tagging* of docs/validation.md: how well the taggers do, on whose words."""

import pathlib

import numpy as np
import pandas as pd
import tagging_sets as sets
from sections import table
from tagging_measures import (
    CLASSES,
    NOTHING,
    Figure,
    average_precision,
    f1_of,
    measured,
    reliability,
    share_of,
)

from salesinsight.schema import OUTCOMES

FOLDER = pathlib.Path(__file__).parent / "tagging"
LEVELS = {
    "question, bare": 0.96,
    "form": 0.95,
    "SPIN": 0.75,
    "push/pull": 0.85,
    "acts": 0.80,
    "false alarms": 0.25,
}
SPEECH = {"AP": 0.50, "F1": 0.52}
ENDINGS = 10


def quality(folder: pathlib.Path) -> str:
    """Measure everything and write it as Markdown; `folder` holds gold_nl/, ifadv/ and p4g/."""
    gold, talk = sets.gold_nl(folder / "gold_nl"), sets.ifadv(folder / "ifadv")
    talks, asked = sets.endings(folder / "gold_nl"), sets.p4g(folder / "p4g")
    blind = {language: sets.held_out(language) for language in ("nl", "en")}
    own = sets.author_out(list(blind))
    frames = {"gold_nl": gold}
    for language, rows in own.items():
        if blind[language] is not None:
            frames[f"held out, {language}"] = sets.by_words(blind[language])
        frames[f"author out, {language}"] = sets.by_words(rows)
    figures = {name: measured(rows) for name, rows in frames.items()}
    parts = [
        INTRODUCTION,
        f"### Levels\n\nMacro-F1; words alone.\n\n{table(levels(figures))}\n\n{said_of_levels(blind)}",
        f"### Before and after\n\n{BEFORE}\n\n{table(before_and_after(figures))}",
        *spontaneous(talk),
        *ended(talks),
        f"### Per label\n\nF1, words alone, and how often the label is there.\n\n{table(per_label(figures))}",
        f"### Per file\n\n{PER_FILE}\n\n{table(per_file(own, blind))}",
        f"### gold_nl per source and labeller\n\n{PER_SOURCE}\n\n{table(per_source(gold))}",
        f"### PersuasionForGood, sentence by sentence\n\n{P4G}\n\n{table(persuasion(asked))}",
        f"### Calibration\n\n{CALIBRATION}\n\n{table(calibrated(own))}",
        (FOLDER / "errors.md").read_text("utf-8").strip(),
    ]
    return "\n\n".join(parts)


def levels(figures: dict[str, dict]) -> pd.DataFrame:
    """The levels that were asked, and which figures reach them."""
    rows = []
    for name, level in LEVELS.items():
        is_cost = name == "false alarms"
        row = {"measure": name, "asked": f"{'≤' if is_cost else '≥'} {level:.2f}"}
        rows.append(row | {of: verdict(those[name][""], level, is_cost) for of, those in figures.items()})
    return pd.DataFrame(rows)


def verdict(figure: Figure, level: float, is_cost: bool = False) -> str:
    """A figure and whether it reaches a level; rounded as it is shown."""
    if figure is NOTHING:
        return "–"
    value = round(figure.value, 2)
    reached = value <= level if is_cost else value >= level
    return f"{figure}, {'reached' if reached else 'NOT reached'}"


def before() -> pd.Series:
    """What cues alone gave, by measure and set."""
    return pd.read_csv(FOLDER / "before.csv").set_index(["measure", "of"])["value"]


def before_and_after(figures: dict[str, dict]) -> pd.DataFrame:
    """The same measures by cues alone and by the taggers."""
    was, rows = before(), []
    for name in next(iter(figures.values())):
        row = {"measure": name}
        for of, those in figures.items():
            told = not np.isnan(those[name][""].value) and (name, of) in was.index
            row[of] = f"{was[name, of]:.2f} → {those[name][''].value:.2f}" if told else "–"
        rows.append(row)
    return pd.DataFrame(rows)


def said_of_levels(blind: dict) -> str:
    absent = [language for language, rows in blind.items() if rows is None]
    return LEVELS_SAID + (f" Not there yet: held out, {', '.join(absent)}." if absent else "")


def spontaneous(talk: pd.DataFrame) -> list[str]:
    """Questions in spontaneous Dutch speech, beside a rule of thumb."""
    unit, asked = talk["unit"].to_numpy(), talk["question"].map({True: "yes", False: "no"})
    rows = []
    for name, column in (
        ("taggers", "said_question"),
        ("question word or verb first, or a tag last", "rule"),
    ):
        f1 = f1_of(asked, talk[column].map({True: "yes", False: "no"}), ("yes",), unit)[""]
        right = talk["question"] & talk[column]
        row = {"reader": name, "precision": f"{right.sum() / talk[column].sum():.2f}"}
        rows.append(row | {"recall": f"{right.sum() / talk['question'].sum():.2f}", "F1": f1})
    ap = average_precision(talk["question"], talk["question_p"], unit)
    said = ", ".join((f"AP {verdict(ap, SPEECH['AP'])}", f"F1 {verdict(rows[0]['F1'], SPEECH['F1'])}"))
    talks, was = talk["unit"].nunique(), before()
    text = (
        f"{talk['question'].sum()} of {len(talk):,} stretches of {talks} spontaneous conversations between two people end "
        f"in “?”, which is taken away and to be foretold; resampled by conversation. Asked: AP ≥ {SPEECH['AP']:.2f}, "
        f"F1 ≥ {SPEECH['F1']:.2f}. {said}. AP of saying the same of everything: {talk['question'].mean():.2f}. "
        f"Cues alone, which were tuned on these very conversations: AP {was['AP', 'ifadv']:.2f}, F1 {was['F1', 'ifadv']:.2f}."
    )
    return [f"### Spontaneous Dutch speech (ifadv)\n\n{text}\n\n{table(pd.DataFrame(rows))}"]


def ended(talks: pd.DataFrame) -> list[str]:
    """How 13 conversations ended."""
    right = int((talks["ended"] == talks["said"]).sum())
    reached = "reached" if right >= ENDINGS else "NOT reached"
    crossed = pd.crosstab(talks["ended"], talks["said"])
    crossed = (
        crossed.reindex(index=OUTCOMES, columns=[*OUTCOMES, "not told"], fill_value=0)
        .rename_axis("ended as")
        .reset_index()
    )
    text = (
        f"Of the {len(talks)} dialogues of gold_nl {right} are read right; asked: at least {ENDINGS}, {reached}. Columns are "
        f"what is said; thirteen are few. Before, by rules over cues, it was {int(before()['right', 'dialogues'])}."
    )
    return [f"### How conversations end\n\n{text}\n\n{table(crossed)}"]


def per_label(figures: dict[str, dict]) -> pd.DataFrame:
    """F1 of every label of which there are enough."""
    rows = []
    for measure, classes in CLASSES.items():
        for label in classes:
            cells = {of: cell(those[measure].get(label, NOTHING)) for of, those in figures.items()}
            rows.append({"measure": measure, "label": label, **cells})
    return pd.DataFrame(rows)


def cell(figure: Figure) -> str:
    return "–" if figure is NOTHING else f"{figure}, n = {figure.n}"


def per_file(own: dict[str, pd.DataFrame], blind: dict) -> pd.DataFrame:
    """The measures of every file, by words alone and among the turns around."""
    parts = []
    for language, rows in own.items():
        parts += [(language, name, group) for name, group in rows.groupby("source", sort=True)]
        parts.append((language, "all", rows))
        if blind[language] is not None:
            parts.append((language, "held out", blind[language]))
    rows = []
    for language, name, group in parts:
        for how, seen in (("words", sets.by_words(group)), ("context", group)):
            figures = {measure: those[""] for measure, those in measured(seen).items()}
            rows.append({"pack": language, "file": name, "by": how, "n": len(group), **figures})
    return pd.DataFrame(rows)


def per_source(gold: pd.DataFrame) -> pd.DataFrame:
    """Of gold_nl the share that is right, per source and per who labelled."""
    rows = []
    for source, part in gold.groupby("source_key"):
        rows.append(
            {"rows of": f"source {source}", **shares(part, {"form": part, "spin": part, "act": part})}
        )
    for by in ("author", "author_mapped", "judged"):
        own = {name: gold[gold[f"by_{name}"] == by] for name in ("form", "spin", "act")}
        rows.append({"rows of": f"label by {by}", **shares(gold[:0], own)})
    rows.append({"rows of": "all", **shares(gold, dict.fromkeys(("form", "spin", "act"), gold))})
    return pd.DataFrame(rows)


def shares(rows: pd.DataFrame, own: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Shares right of what can be told of some rows."""
    asks = rows["question"] == rows["bare_question"]
    row = {"question, bare": share_of(asks, rows["unit"].to_numpy()).counted()}
    for name, column in (("form", "form"), ("spin", "spin"), ("act", "acts")):
        told = own[name][own[name][column] != ""]
        fits = [
            said in label.split("|") for said, label in zip(told[f"said_{name}"], told[column], strict=True)
        ]
        row[name] = share_of(pd.Series(fits, dtype=bool), told["unit"].to_numpy()).counted()
    still = rows[rows["acts"] == ""]
    return row | {"false alarms": share_of(still["said_act"] != "", still["unit"].to_numpy()).counted()}


def persuasion(rows: pd.DataFrame) -> pd.DataFrame:
    """Questions and requests in English talk about a donation."""
    asker = rows[rows["role"] == "seller"]
    parts = [
        ("question: “?” in the text, taken away", rows, "question", "bare_question"),
        ("question: by label, “?” taken away", rows, "asked", "bare_question"),
        ("question: by label, as written", rows, "asked", "said_question"),
        ("action request: sentences of the asker", asker, "request", "said_request"),
    ]
    lines = []
    for name, part, gold, said in parts:
        both = (part[gold] & part[said]).sum()
        f1 = f1_of(
            part[gold].map({True: "yes"}), part[said].map({True: "yes"}), ("yes",), part["unit"].to_numpy()
        )[""]
        line = {
            "what": name,
            "n": len(part),
            "of which": part[gold].sum(),
            "precision": f"{both / part[said].sum():.2f}",
        }
        lines.append(line | {"recall": f"{both / part[gold].sum():.2f}", "F1": f1})
    return pd.DataFrame(lines)


def calibrated(own: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Reliability per group of outputs."""
    return pd.DataFrame(
        {
            "pack": language,
            "probability of": name,
            **reliability(part["p"], part["true"], part["unit"].to_numpy()),
        }
        for language, rows in own.items()
        for name, part in sets.calibration(rows).items()
    )


INTRODUCTION = """## What is said: how well turns are tagged

`python benchmarks/tagging.py quality FOLDER`, where FOLDER holds `gold_nl/`, `ifadv/` and `p4g/`. Utterances of one or two \
words are left out. Macro-F1 is over the labels that are there at least 15 times. Intervals: 95 %, 1,000 resamples of \
utterances, or of whole conversations where conversations were labelled. *Form* is judged on questions, *SPIN* and \
*push/pull* on questions that have one, *acts* on rows that have one (a second fitting act is right too), *false alarms* are \
the share of rows without an act that are given one; *bare* is without capitals and punctuation.

- **gold_nl**: Dutch sales sentences from public sources, labelled by their authors or by a judge. No label of it was learned \
from, but cue lists were written and tuned while looking at these very sentences, in earlier work: for the cues these figures \
are in-sample, and too kind.
- **author out**: the packs' own labelled utterances and conversations, each file tagged by taggers that learned from the \
other files only, thresholds and calibration included. Every file is of another writer. These are the honest figures of the \
development data.
- **held out**: utterances written and labelled by people who saw nothing of the taggers, in a file that nobody who built \
them read; totals over it were seen while building, lines never. What stands word for word in a pack too (short, usual \
things) is left out. Push and pull are judged here."""
LEVELS_SAID = """The English levels that were asked (open or closed on real counselling talk ≥ 0.85, questions in unpunctuated \
telephone speech F1 ≥ 0.77) are of sets that are not here: they are measured at acceptance only."""
BEFORE = """By cues alone (how it was done before anything was learned; kept in `benchmarks/tagging/before.csv`) → by the \
taggers; words alone. The cues were tuned on gold_nl; the other columns show what they do with words that nobody here had \
seen. They raised few false alarms there because they found little."""
PER_FILE = """Author out, per file, by the words alone and with the turns around them. Files without sales talk have no SPIN, \
push, pull or acts to judge. *held out* is tagged by the shipped taggers."""
PER_SOURCE = (
    """The share that is right, words alone. A row of a labeller counts the labels that came from there."""
)
P4G = """English talk in which one asks the other for a donation, words alone; resampled by dialogue. No label of it was \
learned from. Its writers often leave out the “?”, so that some rows ask and are not counted as such in the first row; its \
labels of inquiries leave out other questions (rhetorical ones, small talk), which then count as wrong."""
CALIBRATION = """Author out, with context: of the turns that were given a probability in this tenth, the share of which it was \
so (how many); “–” is fewer than 15. ECE is the mean distance between what was said and what was so."""
