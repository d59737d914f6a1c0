"""What a model must beat: the same question answered without conversations, or with next to nothing.

===========  ====================================================================================
B0           the share of each outcome so far
B1           the rule "no step of the customer for 14 days", with the stalled share on either side
B1_07        the same rule with 7 days, as some CRMs have it
B1_30        the same rule with 30 days
B1_overdue   the rule "the expected close date has passed"
B2           how long deals of that stage, and already that long in it, went on without an answer
B3           a logistic model on the CRM columns alone; what conversations add is measured against it
B4           a logistic model on talk share and number of questions
B5           the seller's own estimate, as it stood at the landmark, put right by a logistic model
B6           the rule "the seller asked for a next step in the last fifth of the last conversation"
B7           a logistic model on which words were said (TF-IDF)
B8           a logistic model on number and length of conversations
popje        the rule of article 004, see `salesinsight.modeling.rules`
good_talk    the rule of article 001
===========  ====================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from salesinsight.modeling.fitting import equal_weights, fit_model
from salesinsight.modeling.pipelines import (
    PROBABILITIES,
    describe_columns,
    make_pipeline,
    model_columns,
    predict_four,
)
from salesinsight.modeling.rules import (
    SILENT_DAYS,
    GoodTalkRule,
    LateRequestRule,
    OverdueRule,
    PopjeRule,
    RuleClassifier,
    SilenceRule,
    silent_days,
)
from salesinsight.modeling.splits import required, row_horizons, window_weights
from salesinsight.modeling.stage_table import StageTable
from salesinsight.modeling.tuning import GRIDS
from salesinsight.modeling.word_counts import predict_by_words

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

RULES: dict[str, RuleClassifier] = {
    "B1": SilenceRule(SILENT_DAYS),
    "B1_07": SilenceRule(7),
    "B1_30": SilenceRule(30),
    "B1_overdue": OverdueRule(),
    "B6": LateRequestRule(),
    "popje": PopjeRule(),
    "good_talk": GoodTalkRule(),
}
FEATURES_OF = {
    "B4": ("talk_share", "question_s_count"),
    "B8": ("crm_conversations_count", "crm_conversation_minutes"),
}
BASELINES = (
    "B0", "B1", "B1_07", "B1_30", "B1_overdue", "B2", "B3", "B4", "B5", "B6", "B7", "B8",
    "popje", "good_talk",
)  # fmt: skip
FEW_COLUMNS_C = 0.1
ESTIMATE, NUMBER = "seller_estimate", "a number"


def baseline_columns(data: Dataset) -> dict[str, list[str]]:
    """Which baselines the data allow, and the columns of X that each sees.

    Parameters
    ----------
    data : Dataset
        Closed windows.

    Returns
    -------
    dict
        In the order of `BASELINES`. Empty for those that look elsewhere in the data set: B0, B2, B5 (the
        estimate), B7 (the words), and the rules of silence when X lacks the days of silence, which are in
        `info`. What is not in the data, or missing at every landmark, leaves its baselines out.
    """
    about, filled = describe_columns(data.X.columns), data.X.columns[data.X.notna().any()]
    of_X = {"B3": model_columns(data.X.columns, data.mode, conversation=False)}
    of_X |= {name: about.index[about["feature"].isin(own)].tolist() for name, own in FEATURES_OF.items()}
    rules = {name: rule.columns for name, rule in RULES.items() if rule.applies(filled)}
    of_X |= {name: [column for column in own if column in data.X] for name, own in rules.items()}
    found: dict[str, list[str]] = {name: [] for name in ("B0", "B1", "B1_07", "B1_30", "B2")}
    found |= {name: own for name, own in of_X.items() if own}
    if ESTIMATE in data.info and data.info[ESTIMATE].notna().any():
        found["B5"] = []
    if data.words is not None:
        found["B7"] = []
    return {name: found[name] for name in BASELINES if name in found}


def predict_baseline(
    name: str, columns: list[str], data: Dataset, train: np.ndarray, test: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Fit a baseline on some rows and predict others.

    Parameters
    ----------
    name : str
        One of `BASELINES`.
    columns : list of str
        From `baseline_columns`.
    data : Dataset
        Closed windows.
    train, test : numpy.ndarray
        Row numbers.
    seed : int
        For the choice of C.

    Returns
    -------
    numpy.ndarray
        One row per test row and the columns won, lost, progress, stalled. B2 and the rules say something of
        stalled only: the other columns are NaN.
    """
    y4 = required(data.y4).to_numpy(dtype=object)
    if name == "B0":
        weight = window_weights(data, train)
        shares = [np.average(y4[train] == p.removeprefix("p_"), weights=weight) for p in PROBABILITIES]
        return np.tile(shares, (len(test), 1))
    if name == "B7":
        return predict_by_words(data, train, test, seed)
    if name == "B2" or name in RULES:
        p = _stage_table(data, train, test) if name == "B2" else _rule(name, columns, data, train, test)
        return np.column_stack([np.full((len(test), 3), np.nan), p])
    if name == "B5":
        X, pipeline = _estimates(data.info[ESTIMATE]), _recalibrate()
    else:
        C = None if name == "B3" else FEW_COLUMNS_C
        X, pipeline = data.X[columns], make_pipeline("logistic", "volledig", columns, C=C)
    weight = equal_weights(X.index[train]) * window_weights(data, train)
    groups, grid = data.groups.to_numpy(dtype=object)[train], GRIDS["logistic"] if name == "B3" else {}
    model = fit_model(pipeline, X.iloc[train], y4[train], weight, grid=grid, groups=groups, seed=seed)
    return predict_four(model, X.iloc[test]).to_numpy()


def _rule(name: str, columns: list[str], data: Dataset, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """p_stalled of a rule, which learns its shares from the training rows."""
    X = data.X[columns] if columns else silent_days(data).to_frame(SilenceRule.columns[0])
    y = required(data.y).to_numpy(dtype=int)[train]
    rule = clone(RULES[name]).fit(X.iloc[train], y, window_weights(data, train))
    return rule.predict_proba(X.iloc[test])[:, 1]


def _stage_table(data: Dataset, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    """p_stalled of B2."""
    stage = data.info["stage"].astype("string").fillna("").to_numpy(dtype=object)
    days = data.info["days_in_stage"].to_numpy(dtype=float)
    at = pd.DatetimeIndex(data.X.index.get_level_values("landmark_at"))
    since = ((at - at.min()) / pd.Timedelta(days=1)).to_numpy() - np.nan_to_num(days)
    deal = data.X.index.get_level_values("deal_id").to_numpy(dtype=object)
    time = required(data.time).to_numpy(dtype=float)[train]
    stalled = required(data.y).to_numpy(dtype=int)[train] == 1
    table = StageTable.fit(deal[train], stage[train], since[train], days[train], time, stalled)
    return table.predict(stage[test], days[test], row_horizons(data)[test])


def _estimates(given: pd.Series) -> pd.DataFrame:
    """What sellers filled in: a number (a chance, in percent or otherwise), else the words of a category.

    Sellers don't mean the same by their figures, and none of them is about stalling: the model that follows
    learns what came of each.
    """
    number = pd.to_numeric(given, errors="coerce").astype("float64")
    number = number.where(np.isfinite(number))
    words = given.astype(object).where(given.notna(), "").astype(str).str.strip().str.casefold()
    return pd.DataFrame({"number": number, "said": words.where(number.isna(), NUMBER)})


def _recalibrate() -> Pipeline:
    """A logistic model on what sellers filled in; nothing filled in is a class of its own."""
    number = Pipeline([("fill", SimpleImputer(keep_empty_features=True)), ("scale", StandardScaler())])
    said = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10)
    columns = ColumnTransformer([("number", number, ["number"]), ("said", said, ["said"])])
    return Pipeline([("columns", columns), ("model", LogisticRegression(C=FEW_COLUMNS_C, max_iter=2000))])
