"""What a test of models came to, and how to look a figure up."""

from __future__ import annotations

import dataclasses

import pandas as pd

from salesinsight.modeling.pipelines import PROBABILITIES

OOF_COLUMNS = [
    "deal_id",
    "landmark_at",
    "group",
    "stage",
    "block",
    "fold",
    "newest",
    "y",
    "y4",
    *PROBABILITIES,
]
FOLD_COLUMNS = ["block", "part", "newest", "n_train", "n_test", "begins"]


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What a test came to.

    Attributes
    ----------
    metrics : pandas.DataFrame
        model, metric, value, low, high, n, n_deals; see `metrics.score_models`. "full" is the chosen model,
        which sees all columns; other candidates have the name of their kind; B0 ... B8 are the baselines.
    newest : pandas.DataFrame
        The same for the newest stretch of time, which played no part in any choice; empty when the data
        don't allow to keep it apart.
    oof : pandas.DataFrame
        Every tested landmark: deal_id, landmark_at, group, stage, block, fold, newest, y, y4, p_won, p_lost,
        p_progress, p_stalled of the chosen model, and p_stalled of the others as p_<model>.
    folds : pandas.DataFrame
        block, part, newest, n_train, n_test, begins, and the settings that were searched, as
        <kind>_<setting>.
    chosen : str
        Kind of the chosen model: the simplest within one standard error of the best Brier skill over B2.
    calibrated : bool
        Whether the model is followed by a temperature.
    splits : {"time", "grouped", "seller"}
        How it was tested in the end.
    notices : tuple of str
        Codes of what a reader of the figures must know; the sentences are in the language packs.
    """

    metrics: pd.DataFrame
    newest: pd.DataFrame
    oof: pd.DataFrame
    folds: pd.DataFrame
    chosen: str
    calibrated: bool
    splits: str
    notices: tuple[str, ...]

    def value(self, metric: str, model: str = "full", what: str = "value") -> float:
        """One figure, or its ``low`` or ``high``; NaN when it was not computed."""
        return look_up(self.metrics, metric, model, what)

    @property
    def conversation_helps(self) -> bool:
        """Whether the interval of the gain over the CRM columns alone lies above 0."""
        return self.value("gain_brier", what="low") > 0


def look_up(metrics: pd.DataFrame, metric: str, model: str = "full", what: str = "value") -> float:
    """One figure of a table of metrics; NaN when it isn't there."""
    found = metrics.loc[(metrics["model"] == model) & (metrics["metric"] == metric), what]
    return float(found.iloc[0]) if len(found) else float("nan")
