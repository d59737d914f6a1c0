"""Learning how conversations end, from the labelled conversations of the language packs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from salesinsight.language import Pack, match_cues
from salesinsight.schema import OUTCOMES
from salesinsight.speech.dialogue import START, TEMPER
from salesinsight.speech.dialogue_numbers import FAMILIES, SPEAKS_FOR, conversation_numbers
from salesinsight.speech.tagging import tag_turns
from salesinsight.speech.training import learn_taggers
from salesinsight.speech.utterances import read_outcomes, read_utterances

PULL = 1 / 6  # of the weights to zero, against one conversation
UNSAID = ("continuation", "pleasant")  # what is more or less likely where nothing is said
WITHOUT_PROGRESS = ("continuation", "no_sale")  # only these are labelled as pleasant or not


def labelled_conversations(pack: Pack) -> pd.DataFrame:
    """Measure the labelled conversations of a pack.

    Each file is tagged by taggers that learned from all other files: the tags are then as good, and as bad,
    as those of conversations that nobody has labelled.

    Returns
    -------
    pandas.DataFrame
        Index conversation_id; source (the file), outcome, good_talk ("yes" or "no") and the numbers of
        `conversation_numbers`.
    """
    turns, outcomes = read_utterances(pack), read_outcomes(pack).set_index("conversation_id")
    parts = []
    for source in turns.loc[turns["conversation_id"].isin(outcomes.index), "source"].unique():
        taggers = learn_taggers(turns[turns["source"] != source].reset_index(drop=True), pack)
        mine = turns[(turns["source"] == source) & turns["conversation_id"].isin(outcomes.index)]
        tagged = tag_turns(mine[["conversation_id", "turn", "role", "text"]], pack.language, taggers=taggers)
        hits = match_cues(tagged["text"], pack, roles=tagged["role"], families=FAMILIES, with_words=False)
        parts.append(conversation_numbers(tagged, hits).assign(source=source))
    if not parts:
        return pd.DataFrame(columns=["source", "outcome", "good_talk", *SPEAKS_FOR])
    return pd.concat(parts).join(outcomes[["outcome", "good_talk"]], how="inner")


def learn_conversations(talks: pd.DataFrame) -> pd.DataFrame:
    """Learn how much each number speaks for each outcome.

    Parameters
    ----------
    talks : pandas.DataFrame
        From `labelled_conversations`, of one language or more.

    Returns
    -------
    pandas.DataFrame
        Index number, the first row `START`; a column per outcome, and pleasant and unpleasant: what to add to
        the log-odds per unit of the number.
    """
    temper = talks[talks["outcome"].isin(WITHOUT_PROGRESS)]
    pleasant = temper["good_talk"].map({"yes": "pleasant", "no": "unpleasant"})
    learned = [_fit(talks, talks["outcome"], OUTCOMES), _fit(temper, pleasant, TEMPER)]
    return pd.concat(learned, axis=1).round(2).rename_axis("number")


def _fit(talks: pd.DataFrame, label: pd.Series, classes: tuple[str, ...]) -> pd.DataFrame:
    """Multinomial logistic regression in which a number only speaks for what it can speak for."""
    table = np.column_stack([np.ones(len(talks)), talks[list(SPEAKS_FOR)].to_numpy()])
    true = (label.to_numpy()[:, None] == np.array(classes)).astype(float)
    may = [[name in speaks for name in classes] for speaks in SPEAKS_FOR.values()]
    bounds: list[tuple[float | None, float | None]]
    bounds = [(None, None) if name in UNSAID else (0.0, 0.0) for name in classes]
    bounds += [(0.0, None if there else 0.0) for there in np.ravel(may)]
    pull = PULL * np.append(0, np.ones(len(SPEAKS_FOR)))[:, None]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(-1, len(classes))
        odds = table @ weights
        odds -= np.logaddexp.reduce(odds, axis=1, keepdims=True)
        slope = table.T @ (np.exp(odds) - true) + pull * weights
        return float(-(odds * true).sum() + (pull * weights**2).sum() / 2), slope.ravel()

    found = minimize(
        loss, np.zeros(table.shape[1] * len(classes)), jac=True, bounds=bounds, method="L-BFGS-B"
    )
    return pd.DataFrame(found.x.reshape(-1, len(classes)), [START, *SPEAKS_FOR], list(classes))
