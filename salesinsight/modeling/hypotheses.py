"""Which registered hypotheses an export bears out: the direction of each feature, all tested together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, rankdata, t

from salesinsight.features import feature_catalog
from salesinsight.modeling.coefficients import SURE_Q
from salesinsight.modeling.fitted import FittedFeatures, fitted_inputs
from salesinsight.modeling.pipelines import CATEGORY
from salesinsight.modeling.scoring import TOO_LITTLE
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

#: What deals are held equal on: both move the talk as well as the outcome.
COVARIATES = (CATEGORY, "crm_amount_log10")
#: What adds up over the life of a deal, by unit, is held equal on its age too: a deal that won't end gathers
#: mails and conversations until it is a stall.
AGE, ADDING_UP = "crm_deal_age_days", ("count", "min", "hours")
#: Deals needed in which it is known; and among these stalled ones, others, and off the commonest value.
LEAST_DEALS, LEAST_OF_EACH = 40, 10
COLUMNS = [
    "feature", "family", "direction", "n_deals", "correlation", "low", "high", "p", "q", "verdict", "given",
]  # fmt: skip


def hypotheses(data: Dataset, *, covariates: Sequence[str] = COVARIATES) -> pd.DataFrame:
    """Hold each feature's registered direction against what became of the deals.

    Parameters
    ----------
    data : Dataset
        Closed windows.
    covariates : sequence of str
        Columns of X on which deals are held equal; those that are absent, or the same for all, are passed
        over. They are not tested themselves. What adds up over the life of a deal (mails so far) is held
        equal on the deal's age as well, unless this is empty.

    Returns
    -------
    pandas.DataFrame
        One row per feature of the catalog in X, those of `FittedFeatures` included, quality left out.
        feature, family. direction: registered in the catalog, "+", "-" or "?". n_deals: deals in which it is
        known. correlation with stalled at equal covariates, from -1 to 1, of ranks, each deal counting once.
        low, high (95 %) and p (two-sided) take accounts, not deals, as independent; 0 lies outside low and
        high where p is below 0.05. q (p after Benjamini-Hochberg over all features tested). verdict:
        confirmed, contradicted, undecided (q above 0.05, or no direction registered) or "te weinig gegevens"
        (figures NaN). given: the covariates used for that feature.

    Raises
    ------
    BadArgument
        For open deals, which have no outcome yet.

    Notes
    -----
    A feature is its value at the last conversation before the landmark. What is confirmed goes together; that
    the one makes the other is not shown: customers who are warm invite requests. Sources: Benjamini and
    Hochberg (1995); Guo, Pan, Connett, Hannan and French (2005) on the robust score test, which keeps its
    level where few accounts show a feature.

    Examples
    --------
    >>> import salesinsight as si
    >>> found = hypotheses(si.make_dataset(si.make_sample(n_deals=120)))
    >>> found.set_index("feature").loc["crm_deal_age_days", "direction"]
    '+'
    """
    y, weight = required(data.y).to_numpy(dtype=float), data.weight.to_numpy(dtype=float)
    deals = data.X.index.get_level_values("deal_id").to_numpy(dtype=object)
    values, about = _features(data.X, covariates)
    held = _held_equal(data.X, covariates, about.pop("adds_up"))
    enough = [name for name in values if _enough(values[name].to_numpy(), y, deals)]
    parts = {name: _parts(values[name].to_numpy(), y, weight, held[name][1]) for name in enough}
    parts = {name: part for name, part in parts.items() if part.any(axis=0).all()}
    table = about.assign(
        n_deals=[len(set(deals[values[name].notna()])) for name in values],
        given=[held[name][0] for name in values],
    )
    spanned = np.array([held[name][1].shape[1] for name in parts])
    figures = _score_tests(list(parts.values()), data.groups.to_numpy(dtype=object), spanned)
    table = table.join(pd.DataFrame(figures, index=list(parts), columns=["correlation", "low", "high", "p"]))
    return _judged(table).rename_axis("feature").reset_index()[COLUMNS]


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """The table with q and verdict."""
    known = table["p"].notna()
    q = table["p"].copy()
    q[known] = false_discovery_control(q[known].to_numpy()) if known.any() else np.nan
    table = table.assign(q=q)
    sure = (table["q"] <= SURE_Q) & (table["direction"] != "?")
    agrees = np.sign(table["correlation"]) == table["direction"].map({"+": 1, "-": -1, "?": 0})
    verdicts = [TOO_LITTLE, "confirmed", "contradicted"]
    return table.assign(verdict=np.select([~known, sure & agrees, sure], verdicts, "undecided"))


def _features(X: pd.DataFrame, covariates: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values of the features to test, in the order of the catalog, and what the catalog says of each."""
    catalog = feature_catalog().set_index("name")[["family", "stage", "direction", "unit"]]
    catalog["adds_up"] = (catalog["stage"] == "deal") & catalog["unit"].isin(ADDING_UP)
    about = catalog[(catalog["family"] != "quality") & (catalog["stage"] != "class")]
    made = FittedFeatures().fit_transform(X[fitted_inputs(list(X.columns))])
    values = X.drop(columns=made.columns, errors="ignore").join(made)
    names = [name for name in about.index if name in values and name not in (*covariates, CATEGORY)]
    return values[names].astype(float), about.loc[names, ["family", "direction", "adds_up"]].astype(object)


def _held_equal(
    X: pd.DataFrame, covariates: Sequence[str], adds_up: pd.Series
) -> dict[str, tuple[str, np.ndarray]]:
    """Per feature the covariates that it is held equal on, and columns that span them."""
    plain = _spanned(X, covariates)
    aged = _spanned(X, dict.fromkeys([*covariates, AGE])) if covariates else plain
    return {name: aged if added else plain for name, added in adds_up.items()}


def _spanned(X: pd.DataFrame, covariates: Iterable[str]) -> tuple[str, np.ndarray]:
    """The covariates that vary, and columns that span them; an unknown number is a class of its own."""
    given = [name for name in covariates if name in X and X[name].nunique(dropna=False) > 1]
    parts = [np.ones((len(X), 1))]
    for name in given:
        if pd.api.types.is_numeric_dtype(X[name]):
            number = X[name].to_numpy(dtype=float)
            missing = np.isnan(number)
            parts.append(np.where(missing, np.nanmean(number), number)[:, None])
            parts += [missing[:, None].astype(float)] if missing.any() else []
        else:
            parts.append(pd.get_dummies(X[name], dummy_na=bool(X[name].isna().any())).to_numpy(float)[:, 1:])
    return ", ".join(given), np.hstack(parts)


def _enough(x: np.ndarray, y: np.ndarray, deals: np.ndarray) -> bool:
    known = ~np.isnan(x)
    if not known.any():
        return False
    found, counts = np.unique(x[known], return_counts=True)
    kinds = [known & (y == 1), known & (y == 0), known & (x != found[counts.argmax()])]
    return len(set(deals[known])) >= LEAST_DEALS and all(len(set(deals[k])) >= LEAST_OF_EACH for k in kinds)


def _parts(x: np.ndarray, y: np.ndarray, weight: np.ndarray, around: np.ndarray) -> np.ndarray:
    """Per landmark what it adds to the covariance and both variances at equal covariates; 0 where unknown."""
    known = ~np.isnan(x)
    root = np.sqrt(weight[known])[:, None]
    both = np.column_stack([rankdata(x[known]), y[known]]) * root
    Z = around[known] * root
    rest = both - Z @ np.linalg.lstsq(Z, both, rcond=None)[0]
    # what is left of a column that the covariates explain whole is rounding
    rest[:, (rest**2).sum(axis=0) < 1e-9 * (both**2).sum(axis=0)] = 0.0
    added = np.zeros((len(x), 3))
    added[known] = np.column_stack([rest[:, 0] * rest[:, 1], rest**2])
    return added


def _score_tests(parts: list[np.ndarray], groups: np.ndarray, covariates: np.ndarray) -> np.ndarray:
    """Correlation, low, high and p of each feature.

    The spread is that of the accounts' shares in the covariance, around 0: as it would be if nothing were
    true. Around their own mean it comes out too small when the few accounts that show a feature happen to
    agree, and rare features are then found too often.
    """
    if not parts:
        return np.empty((0, 4))
    names, account = np.unique(groups, return_inverse=True)
    sums = np.zeros((len(names), len(parts), 3))
    np.add.at(sums, account, np.stack(parts, axis=1))
    both, of_x, of_y = sums.sum(axis=0).T
    accounts = (sums[:, :, 1:] > 0).any(axis=2).sum(axis=0)
    freedom = np.maximum(accounts - covariates, 1)
    # covariates take their part of what varies
    spread = np.sqrt((sums[:, :, 0] ** 2).sum(axis=0) * accounts / freedom)
    value, far = both / np.sqrt(of_x * of_y), t.ppf(0.975, freedom) * spread / np.sqrt(of_x * of_y)
    edges = [np.clip(value + side * far, -1, 1) for side in (-1, 1)]
    return np.column_stack([value, *edges, 2 * t.sf(np.abs(both) / spread, freedom)])
