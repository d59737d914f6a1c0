"""Why a deal is seen as stalling: the families of features that push its probability up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.language import words
from salesinsight.modeling.moves import CONFIRM, Rule
from salesinsight.modeling.pipelines import predict_four
from salesinsight.modeling.wording import ColumnWords

if TYPE_CHECKING:
    from salesinsight.modeling.run import Run

REASONS = 3
# a push of the log-odds smaller than this is not worth a sentence
LEAST_PUSH = 0.05


def stall_reasons(run: Run, X: pd.DataFrame, p: np.ndarray, language: str) -> list[list[dict[str, Any]]]:
    """Up to three families per deal that push p_stalled up, the strongest first.

    Parameters
    ----------
    run : Run
        With a model.
    X : pandas.DataFrame
        The deals.
    p : numpy.ndarray
        Their p_stalled.
    language : str
        Language of the sentences.

    Returns
    -------
    list of list of dict
        family, feature, column, value, typical, direction (always "+": up), strength (by how much the
        log-odds of stalling would drop if the family had its typical values) and text. The feature is the
        one that does most within the family.

    Notes
    -----
    Typical values are the medians of the training rows. Asking the model what it would say otherwise works
    the same for every kind of model; it explains the model, not the customer.
    """
    found: list[list[dict[str, Any]]] = [[] for _ in range(len(X))]
    if not len(X):
        return found
    named = ColumnWords(run.card["columns"], language)
    about, sentence = named.about, _Sentences(run.card["typical"], named)
    for family, columns in about.groupby("family", sort=True).groups.items():
        push, each = _push(run, X, p, list(columns))
        for row in np.flatnonzero(push > LEAST_PUSH):
            column = columns[int(each[:, row].argmax())]
            value = X[column].iloc[row]
            reason = {"family": family, "feature": about.loc[column, "feature"], "column": column}
            reason |= {"value": value, "typical": run.card["typical"][column], "direction": "+"}
            reason |= {"strength": float(push[row]), "text": sentence(column, value)}
            found[row].append(reason)
    return [sorted(reasons, key=lambda reason: -reason["strength"])[:REASONS] for reasons in found]


def rule_reasons(rules: list[Rule], language: str) -> list[dict[str, Any]]:
    """Reasons where there is no model: the first rules that hold, each in words."""
    say = words(language)
    return [
        {
            "family": rule.family, "feature": None, "column": None, "value": np.nan, "typical": np.nan,
            "direction": "+", "strength": np.nan, "text": say(f"moves.{rule.move}.reason"),
        }
        for rule in rules[:REASONS]
        if rule is not CONFIRM
    ]  # fmt: skip


def _push(run: Run, X: pd.DataFrame, p: np.ndarray, columns: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """What the family as a whole adds to the log-odds, and what each of its columns adds; per deal."""
    typical = run.card["typical"]
    # one table, one copy of the deals per question: predicting once is much faster than once per question
    asked = pd.concat([X[run.card["columns"]]] * (len(columns) + 1), ignore_index=True)
    size = len(X)
    for number, column in enumerate(columns):
        values = asked[column].to_numpy(copy=True)
        values[:size] = typical[column]
        values[(number + 1) * size : (number + 2) * size] = typical[column]
        asked[column] = values
    otherwise = predict_four(run.model, asked)["p_stalled"].to_numpy().reshape(len(columns) + 1, size)
    odds = [np.log(q.clip(1e-6, 1 - 1e-6) / (1 - q).clip(1e-6, 1)) for q in (p, otherwise)]
    return odds[0] - odds[1][0], odds[0] - odds[1][1:]


class _Sentences:
    """Puts a column and its value into a sentence."""

    def __init__(self, typical: dict[str, Any], of: ColumnWords) -> None:
        self.typical, self.of = typical, of

    def __call__(self, column: str, value: Any) -> str:
        about, name = self.of.about.loc[column], self.of.name(column)
        family = self.of.say(f"common.family.{about['family']}")
        if pd.isna(value):
            return self.of.say("moves.why.reason_missing", family=family, name=name)
        form = "" if about["form"] == "last" else f"_{about['form']}"
        shown, usual = (self.of.value(column, number) for number in (value, self.typical[column]))
        return self.of.say(f"moves.why.reason{form}", family=family, name=name, value=shown, typical=usual)
