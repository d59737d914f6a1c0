"""Which outcomes can't be excluded: conformal sets over won, lost, progress and stalled, class by class.

What is promised: were the next deal drawn as those of the test were (exchangeable deals), then whatever its
outcome is, that outcome is in its set at least `level` of the time; with n deals of an outcome at most about
1 / n more often. What is not: that this holds for every kind of deal, that it holds when selling changes
(drift; `monitor` watches that), or exactly for a model that is fitted once more, on all rows, after its test.

Landmarks of one deal are not independent. One of them per deal, the newest or a random one, is independent,
but has another mix than a list has: deals that linger stand on more lists. So all landmarks count, and an
outcome has as many independent ones as Kish's effective number of deals, (sum n)² / sum n² with n landmarks
per deal: a conformal p-value with equal weights per landmark and a whole deal's weight for the new one.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from salesinsight.deals.shares import wilson
from salesinsight.errors import BadArgument
from salesinsight.language import words
from salesinsight.modeling.metrics import COLUMNS, Z
from salesinsight.modeling.pipelines import PROBABILITIES
from salesinsight.schema import Y4

LEVEL = 0.9
# an outcome that fewer deals had than this can't be excluded for any deal
LEAST_DEALS = 30
BETWEEN = "|"


def conformal_sets(
    p_oof: pd.DataFrame | np.ndarray,
    y4_oof: Sequence[str] | pd.Series,
    deals: Sequence[str] | pd.Series,
    p_new: pd.DataFrame | np.ndarray,
    level: float = LEVEL,
) -> pd.Series:
    """Name the outcomes of new deals that can't be excluded.

    Parameters
    ----------
    p_oof : table of shape (landmarks, 4)
        Probabilities of won, lost, progress and stalled, in this order, by models that didn't know the deal.
    y4_oof, deals : sequences of str
        What came of each of these landmarks, and the deal that it is of.
    p_new : table of shape (deals, 4)
        The same probabilities of new deals; a row with NaN gets no set.
    level : float
        How often the outcome must be in the set, between 0 and 1.

    Returns
    -------
    pandas.Series of str
        Index of `p_new`: outcomes in the order of `schema.Y4` with "|" between. Never empty: when every
        outcome could be excluded, those with the largest p-value stay. An outcome of fewer than 30 deals is
        always in the set; one that no deal had, where its probability is above 0. Missing without
        probabilities or without landmarks.

    Raises
    ------
    BadArgument
        When `level` is not between 0 and 1, or an outcome is none of the four.

    Notes
    -----
    Strangeness is 1 minus the probability of the outcome; p-values by crepes, one category per outcome and
    without smoothing, so that the same deal always gets the same set.

    Examples
    --------
    >>> p = np.tile([[0.0, 0.0, 0.3, 0.7], [0.0, 0.0, 0.7, 0.3]], (40, 1))
    >>> conformal_sets(p, ["stalled", "progress"] * 40, range(80), [[0.0, 0.0, 0.2, 0.8]]).tolist()
    ['stalled']
    """
    _refuse(y4_oof, level)
    index = p_new.index if isinstance(p_new, pd.DataFrame) else pd.RangeIndex(len(p_new))
    new = np.asarray(p_new, dtype=float).reshape(len(index), len(Y4))
    told = ~np.isnan(new).any(axis=1)
    sets = pd.Series(pd.NA, index=index, dtype="string")
    if not len(y4_oof) or not told.any():
        return sets
    size, y4 = _sizes(y4_oof, deals), np.asarray(list(y4_oof), dtype=object)
    enough = (size["deals"] >= LEAST_DEALS).to_numpy()
    p = _p_values(np.asarray(p_oof, dtype=float), y4, size, new[told])[:, enough]
    # of an outcome that the model knows from elsewhere, a test without one says nothing
    kept = (size["deals"] > 0).to_numpy() | (new[told] > 0)
    kept[:, enough] = p >= np.minimum(1 - level, p.max(axis=1, keepdims=True, initial=0))
    sets[told] = [BETWEEN.join(name for name, held in zip(Y4, row, strict=True) if held) for row in kept]
    return sets


def set_coverage(oof: pd.DataFrame, level: float = LEVEL) -> pd.DataFrame:
    """Look how often sets held the outcome in the newest stretch of the test, with all before to go by.

    Parameters
    ----------
    oof : pandas.DataFrame
        As in `Evaluation`: deal_id, group, block, fold, y4 and the four probabilities.
    level : float
        As in `conformal_sets`.

    Returns
    -------
    pandas.DataFrame
        Rows for a table of metrics: "set_coverage", the share of landmarks whose set held the outcome, and
        "set_size", the mean number of outcomes in a set, 1 to 4. Intervals of 95 % take the number of deals
        as n, for landmarks of one deal are hardly more than one observation.

    Notes
    -----
    No account of the newest stretch has a part in its own sets. Without stretches of time the folds of
    accounts take turns. With drift the first figure is lower than `level`.
    """
    newest = oof["block"] == oof["block"].max()
    before, judged = (oof[~newest] if (~newest).any() else oof), []
    for _, part in oof[newest].groupby("fold"):
        known = before[~before["group"].isin(part["group"])]
        given = known[list(PROBABILITIES)], known["y4"], known["deal_id"]
        sets = (
            conformal_sets(*given, part[list(PROBABILITIES)], level).dropna().str.split(BETWEEN, regex=False)
        )
        told = part.loc[sets.index]
        held = [outcome in outcomes for outcome, outcomes in zip(told["y4"], sets, strict=True)]
        judged.append(pd.DataFrame({"deal": told["deal_id"], "held": held, "size": sets.str.len()}))
    rows = pd.concat(judged)
    n, deals = len(rows), rows["deal"].nunique()
    share, size = rows["held"].mean(), rows["size"].mean()
    half = Z * rows["size"].std() / np.sqrt(deals) if deals > 1 else np.nan
    found = [("set_coverage", share, *wilson(share * deals if deals else 0, deals)),
             ("set_size", size, max(1.0, size - half), min(4.0, size + half))]  # fmt: skip
    return pd.DataFrame([("full", *figures, n, deals) for figures in found], columns=COLUMNS)


def name_outcomes(conformal: str | None, language: str) -> str:
    """Say a set in the words of managers; "" when it is missing.

    Examples
    --------
    >>> name_outcomes("progress|stalled", "nl")
    'lijkt op deals die uitkwamen op vooruit of misschien'
    >>> name_outcomes("stalled", "en")
    'looks only like deals that came to maybe'
    """
    if conformal is None or pd.isna(conformal):
        return ""
    say = words(language)
    named = [say(f"common.y4.{outcome}") for outcome in conformal.split(BETWEEN)]
    if len(named) in (1, len(Y4)):
        return say(f"common.outcomes.{'only' if len(named) == 1 else 'all'}", outcome=named[0])
    listed = f"{', '.join(named[:-1])} {say('common.value.or')} {named[-1]}"
    return say("common.outcomes.some", outcomes=listed)


def _refuse(y4_oof: Sequence[str] | pd.Series, level: float) -> None:
    if not 0 < level < 1:
        expected = {"en": "a number between 0 and 1", "nl": "een getal tussen 0 en 1"}
        raise BadArgument(argument="level", expected=expected, got=level)
    others = sorted(set(map(str, y4_oof)) - set(Y4))
    if others:
        raise BadArgument(argument="y4_oof", expected=", ".join(Y4), got=others[0])


def _sizes(y4_oof: Sequence[str] | pd.Series, deals: Sequence[str] | pd.Series) -> pd.DataFrame:
    """Per outcome its landmarks, its deals, and how many of these stand alone (Kish)."""
    landmarks = pd.DataFrame({"y4": list(y4_oof), "deal": list(deals)})
    per_deal = landmarks.groupby(["y4", "deal"]).size().groupby("y4")
    alone = per_deal.agg(lambda n: n.sum() ** 2 / (n**2).sum())
    sizes = pd.DataFrame({"rows": per_deal.sum(), "deals": per_deal.size(), "alone": alone})
    return sizes.reindex(list(Y4), fill_value=0)


def _p_values(p_oof: np.ndarray, y4: np.ndarray, size: pd.DataFrame, new: np.ndarray) -> np.ndarray:
    """How usual each outcome would be for each new deal, beside the deals that had that outcome."""
    strange = 1 - p_oof[np.arange(len(y4)), pd.Index(Y4).get_indexer(y4)]
    fitted = _crepes().ConformalClassifier().fit(strange, bins=y4)
    asked = np.repeat(np.array(Y4, dtype=object), len(new))
    p = fitted.predict_p((1 - new).T.ravel(), bins=asked, smoothing=False).reshape(len(Y4), -1).T
    rows, alone = size["rows"].to_numpy(), size["alone"].to_numpy()
    # crepes says (k + 1) / (rows + 1), with k landmarks at least as strange
    share = (p * (rows + 1) - 1) / np.maximum(rows, 1)
    return (share * alone + 1) / (alone + 1)


@functools.cache
def _crepes() -> Any:
    """The library, imported without the filter for warnings that it sets for the whole program."""
    with warnings.catch_warnings():
        import crepes

        return crepes
