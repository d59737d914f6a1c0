"""Learn how conversations end from the packs' labelled conversations, and tell how well that goes.

Run from the project's root: ``python benchmarks/build_dialogue.py``. It writes ``salesinsight/speech/conversations.csv``.
The numbers mean the same in every language, so that all languages teach together. What it prints is measured on
conversations that the weights were not learned from, tagged by taggers that didn't learn from their file.
"""

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from salesinsight.language import languages, load_pack
from salesinsight.schema import OUTCOMES
from salesinsight.speech.dialogue import FILE, LIKELY, PLEASANT, chances
from salesinsight.speech.dialogue_learning import (
    TEMPER,
    WITHOUT_PROGRESS,
    labelled_conversations,
    learn_conversations,
)

PARTS, TIMES = 6, 5


def main() -> None:
    talks = labelled()
    weights = learn_conversations(talks)
    weights.to_csv(FILE)
    print(f"{FILE.name}: {len(weights) - 1} numbers, from {len(talks)} conversations")
    print(measure(talks))


def labelled() -> pd.DataFrame:
    """The labelled conversations of every language in numbers; this learns taggers and takes minutes."""
    parts = [labelled_conversations(load_pack(name)).assign(language=name) for name in languages()]
    return pd.concat(parts)


def measure(talks: pd.DataFrame) -> str:
    """How often the outcome is right, for conversations left out and for languages left out."""
    lines = []
    told = [left_out(talks, seed) for seed in range(TIMES)]
    right = pd.concat([outcome.idxmax(axis=1) == talks["outcome"] for outcome, _ in told], axis=1)
    for language, mine in talks.groupby("language"):
        lines.append(f"{language}, other conversations: {share(right.loc[mine.index])} of {len(mine)}")
    for language, mine in talks.groupby("language"):
        others = talks[talks["language"] != language]
        if len(others):
            told_by = chances(mine, OUTCOMES, learn_conversations(others)).idxmax(axis=1)
            lines.append(
                f"{language}, learned from other languages: {share(told_by == mine['outcome'])} of {len(mine)}"
            )
    sure = pd.concat([outcome.max(axis=1) >= LIKELY for outcome, _ in told], axis=1)
    lines.append(f"named: {share(sure)}, right when named: {right.to_numpy()[sure.to_numpy()].mean():.2f}")
    flat = talks["outcome"].isin(WITHOUT_PROGRESS)
    nice = talks.loc[flat, "good_talk"] == "yes"
    auc = np.mean([roc_auc_score(nice, pleasant[flat]) for _, pleasant in told])
    agree = np.mean([((pleasant[flat] >= PLEASANT) == nice).mean() for _, pleasant in told])
    lines.append(f"pleasant, without progress: AUC {auc:.2f}, right {agree:.2f} of {len(nice)}")
    said = told[0][0].idxmax(axis=1)
    lines.append(str(pd.crosstab(talks["outcome"], said.rename("told")).reindex(OUTCOMES)[list(OUTCOMES)]))
    return "\n".join(lines)


def left_out(talks: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """The chances of outcomes and of pleasantness, each conversation by weights not learned from it."""
    folds = StratifiedKFold(PARTS, shuffle=True, random_state=seed)
    outcome, pleasant = [], []
    for others, mine in folds.split(talks, talks["language"] + talks["outcome"]):
        weights = learn_conversations(talks.iloc[others])
        outcome.append(chances(talks.iloc[mine], OUTCOMES, weights))
        pleasant.append(chances(talks.iloc[mine], TEMPER, weights)[TEMPER[0]])
    return pd.concat(outcome).loc[talks.index], pd.concat(pleasant).loc[talks.index]


def share(right: pd.DataFrame | pd.Series) -> str:
    return f"{right.to_numpy().mean():.2f}"


if __name__ == "__main__":
    main()
