"""Partial effects: how the expected share of stalled deals moves with one number, the rest left as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import false_discovery_control, t
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence
from threadpoolctl import threadpool_limits

from salesinsight.errors import UnknownName
from salesinsight.modeling.coefficients import LEAST_SAME, SURE_Q, account_freedom
from salesinsight.modeling.explain import drawn_accounts
from salesinsight.modeling.hypotheses import LEAST_DEALS
from salesinsight.modeling.pipelines import CATEGORY, describe_columns, predict_four
from salesinsight.modeling.recalibration import log_odds
from salesinsight.modeling.scoring import TOO_LITTLE, replicate_stalled
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from salesinsight.deals import Dataset
    from salesinsight.modeling.run import Run

COLUMNS = [
    "column", "family", "value", "start", "end", "n", "n_deals", "counted", "share", "low", "high", "alone",
    "change", "change_low", "change_high", "same", "replicates", "deals", "q", "verdict",
]  # fmt: skip
#: Values are told in up to so many groups, of at least so many deals each.
GROUPS, LEAST_HERE = 10, 10
#: Columns shown when none are asked for; rows that are asked what they would be otherwise.
MOST_COLUMNS, MOST_ROWS = 4, 1000


class _Stalled(RegressorMixin, BaseEstimator):
    """p_stalled as the one number that a model predicts, however many outcomes it knows."""

    def __init__(self, model: BaseEstimator) -> None:
        self.model = model

    def fit(self, X: pd.DataFrame, y: object = None) -> _Stalled:
        """Nothing is left to learn; scikit-learn wants to see the method."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        return predict_four(self.model, X)["p_stalled"].to_numpy()


@threadpool_limits.wrap(limits=1)
def partial_effects(
    run: Run, data: Dataset, columns: Sequence[str] | None = None, *, seed: int = 0
) -> pd.DataFrame:
    """What share of deals the model expects to stall as one column takes the values that it has in the data.

    Parameters
    ----------
    run : Run
        Its model is asked; its replicates give the band.
    data : Dataset
        Closed windows.
    columns : sequence of str, optional
        Columns of the model that hold numbers; by default `chief_columns`.
    seed : int
        The same run, data and seed give the same numbers.

    Returns
    -------
    pandas.DataFrame
        A row per column and group of about equally many landmarks with near values, in order of value.
        column, family; value (median of the group), start and end (its least and greatest); n (landmarks),
        n_deals; counted (share of these that stalled); share: the mean p_stalled, had all landmarks in which
        the column is known been like this group in the whole family, with low and high (95 %, from the
        replicates); alone: the same with nothing but this column changed (scikit-learn's partial
        dependence). Same in all rows of a column: change (share in the last group less that in the first),
        change_low and change_high (95 %), same (replicates in which the change has the same sign),
        replicates, deals (in which the column is known), q (p of the change after Benjamini-Hochberg over the
        columns told about), and verdict: "higher" or "lower" where q <= 0.05, `LEAST_SAME` of the replicates
        agree and there are `LEAST_DEALS`, else "te weinig gegevens". No rows of a column without two groups.

    Raises
    ------
    UnknownName
        For a column that the model doesn't have, or that holds names.

    Notes
    -----
    Columns of one family tell much the same, and the penalty spreads the weight over them: each `alone` seems
    to do little, and makes conversations that nobody ever had. So the family changes as a whole, to that of a
    random landmark of the group (Au and others, 2022, "Grouped feature importance and combined features
    effect plot"). The stage stays the deal's own; no value is asked beyond those found. It is an association,
    not what a change would bring about.

    Examples
    --------
    >>> import tempfile
    >>> import salesinsight as si
    >>> few = si.make_dataset(si.make_sample(n_deals=20))
    >>> partial_effects(si.train(few, tempfile.mkdtemp()), few).empty
    True
    """
    if run.model is None:
        return pd.DataFrame(columns=COLUMNS)
    families = describe_columns([name for name in run.card["columns"] if name != CATEGORY])["family"]
    asked = chief_columns(run) if columns is None else list(columns)
    for name in asked:
        if name not in families:
            raise UnknownName(kind="column", name=name, known=families.index.tolist())
    found = [part for name in asked if len(part := _effect(run, data, name, families, seed))]
    return _judged(pd.concat(found, ignore_index=True)) if found else pd.DataFrame(columns=COLUMNS)


def chief_columns(run: Run, families: Sequence[str] | None = None, most: int = MOST_COLUMNS) -> list[str]:
    """One column per family to tell about: its summary (last or mean, what weighs more), else the weightiest.

    Parameters
    ----------
    run : Run
        With a model.
    families : sequence of str, optional
        In the order wanted; by default that of their largest weight in the readable model.
    most : int
        No more columns than this.
    """
    weighed = run.coefficients[run.coefficients["column"].isin(set(run.card["columns"]) - {CATEGORY})]
    summary = describe_columns(weighed["column"].tolist())["summary"].to_numpy(dtype=bool)
    order = weighed["family"].drop_duplicates() if families is None else families
    chief = pd.concat([weighed[summary], weighed[~summary]]).drop_duplicates("family").set_index("family")
    return [str(chief.loc[family, "column"]) for family in order if family in chief.index][:most]


def _effect(run: Run, data: Dataset, column: str, families: pd.Series, seed: int) -> pd.DataFrame:
    """The rows of one column; none where it has too few values."""
    known = data.X[column].notna().to_numpy()
    X, y = data.X[known].astype({column: float}), required(data.y).to_numpy(dtype=float)[known]
    deals = X.index.get_level_values("deal_id")
    rows = pd.DataFrame({"value": X[column].to_numpy(), "y": y, "deal": deals})
    rows["group"] = _groups(rows)
    if rows["group"].nunique() < 2:
        return pd.DataFrame(columns=COLUMNS)
    table = rows.groupby("group").agg(
        value=("value", _middle), start=("value", "min"), end=("value", "max"), n=("y", "size"),
        n_deals=("deal", "nunique"), counted=("y", "mean"),
    ).reset_index()  # fmt: skip
    # drawn from those in which the column is known: of a rare one the draw of all might hold none
    asked = X[drawn_accounts(data.groups[known], MOST_ROWS, seed)]
    together = families.index[families == families[column]].tolist()
    rng, otherwise = np.random.default_rng(seed), []
    for group in table.pop("group"):
        like = X.loc[(rows["group"] == group).to_numpy(), together]
        like = like.iloc[rng.integers(len(like), size=len(asked))].set_axis(asked.index)
        otherwise.append(_means(run, asked.assign(**like)))
    alone = partial_dependence(_Stalled(run.model), asked, [column], custom_values={column: table["value"]})
    facts = {"column": column, "family": families[column], "alone": alone["average"][0]}
    groups, held = data.groups.to_numpy(dtype=object)[known], len(run.card["stages"])
    freedom, widen = (found[0] for found in account_freedom(X[[column]].to_numpy(), groups, held))
    return table.assign(**facts, deals=deals.nunique(), **_curve(np.array(otherwise), freedom, widen))


def _groups(rows: pd.DataFrame) -> pd.Series:
    """Number of the group of each value: neighbours together until enough; the last group takes the rest."""
    enough = len(rows) / GROUPS if rows["value"].nunique() > GROUPS else 1
    number, n, of = 0, 0, {}
    deals: set[object] = set()
    for value, part in rows.groupby("value")["deal"]:
        of[value] = number
        n, deals = n + len(part), deals | set(part)
        if n >= enough and len(deals) >= LEAST_HERE:
            number, n, deals = number + 1, 0, set()
    return rows["value"].map(of).clip(upper=number - 1)


def _middle(values: pd.Series) -> float:
    """The median; of an even number the lower of the two: a value that was found."""
    return float(values.quantile(interpolation="lower"))


def _means(run: Run, X: pd.DataFrame) -> np.ndarray:
    """Mean p_stalled according to the model, then according to each replicate."""
    return np.array([predict_four(run.model, X)["p_stalled"].mean(), *replicate_stalled(run, X).mean(axis=1)])


def _curve(means: np.ndarray, freedom: float, widen: float) -> dict[str, object]:
    """The curve, its band and its change, from the means per group (rows) and model (columns)."""
    share, others = means[:, 0], means[:, 1:]
    times = t.ppf(0.975, min(freedom, others.shape[1] - 1)) * widen
    reach = times * log_odds(others).std(axis=1)
    low, high = (expit(log_odds(share) + sign * reach) for sign in (-1, 1))
    change, changes = share[-1] - share[0], others[-1] - others[0]
    spread = changes.std() * widen
    half = times * changes.std()
    return {
        "share": share, "low": np.minimum(low, share), "high": np.maximum(high, share),
        "change": change, "change_low": change - half, "change_high": change + half,
        "same": int((np.sign(changes) == np.sign(change)).sum()), "replicates": len(changes),
        "p": 2 * t.sf(abs(change) / spread, min(freedom, len(changes) - 1)) if spread > 0 else 1.0,
    }  # fmt: skip


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """The table with q and verdict."""
    p = table.drop_duplicates("column").set_index("column")["p"]
    table = table.assign(q=table["column"].map(pd.Series(false_discovery_control(p), p.index)))
    sure = (table["q"] <= SURE_Q) & (table["same"] >= LEAST_SAME * table["replicates"])
    sure &= table["deals"] >= LEAST_DEALS
    side = np.where(table["change"] > 0, "higher", "lower")
    return table.assign(verdict=np.where(sure, side, TOO_LITTLE))[COLUMNS]
