"""A table of any kind as classes and tenths, and how well its columns foretell an outcome on other deals."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import logit
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mutual_info_score
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from salesinsight.errors import BadArgument
from salesinsight.modeling.metrics import Z

FOLDS, STRETCHES, BINS, PRIOR, C = 5, 5, 10, 5.0, 0.01
# so many deals with the rarer outcome and hardly one without it: less than one in a million by chance
CERTAIN, CERTAIN_DEALS = 0.99, 20
# a whole table is tried on so many cells at most; more deals don't change the verdict
MOST_CELLS = 2_000_000


@dataclasses.dataclass(frozen=True)
class Foretelling:
    """A table made ready: classes per column, folds of whole deals, stretches of time.

    Attributes
    ----------
    codes : dict
        Per column the class or tenth of each row, numbered from 0; missing is a class of its own.
    numbers : dict
        Per column its values with NaN; None for a column of names.
    y : numpy.ndarray
        0.0 or 1.0.
    deal, fold, stretch : numpy.ndarray
        Deal, fold (whole deals) and stretch of time (0 throughout without moments) of each row.
    """

    codes: dict[str, np.ndarray]
    numbers: dict[str, np.ndarray | None]
    y: np.ndarray
    deal: np.ndarray
    fold: np.ndarray
    stretch: np.ndarray

    @classmethod
    def of(
        cls, X: pd.DataFrame, y: pd.Series, time: pd.Series | pd.Index | None = None
    ) -> Foretelling | None:
        """Make a table ready; None when either outcome, or the deals, are fewer than the folds.

        Raises BadArgument for a table, outcomes or moments that don't go together.
        """
        _refuse(X, y, time)
        known = y.notna().to_numpy()
        moments = None if time is None else pd.Series(np.asarray(time))[known].to_numpy()
        X, answer = X[known], y[known].to_numpy(dtype=float)
        deal = _deals(X)
        if min(answer.sum(), len(answer) - answer.sum()) < FOLDS or deal.max() + 1 < FOLDS:
            return None
        fold = np.zeros(len(X), dtype=int)
        parts = GroupKFold(FOLDS, shuffle=True, random_state=0).split(X, groups=deal)
        for number, (_, test) in enumerate(parts):
            fold[test] = number
        numbers = {name: _numbers(X[name]) for name in X.columns}
        codes = {name: _codes(X[name], numbers[name]) for name in X.columns}
        return cls(codes, numbers, answer, deal, fold, _stretches(moments, len(X)))

    @property
    def strata(self) -> np.ndarray:
        """Rows that a score may be compared within: of one stretch, and of one fold.

        A row's score hangs on the outcomes in other folds: across folds even noise has an area below 0.5.
        """
        return self.stretch * FOLDS + self.fold

    @property
    def noise(self) -> float:
        """Standard error of the area of a column that says nothing, with one observation per deal."""
        n1, n0 = self.y.sum(), len(self.y) - self.y.sum()
        return float(np.sqrt((n1 + n0 + 1) / (12 * n1 * n0) * len(self.y) / (self.deal.max() + 1)))

    def alone(self, name: str) -> float:
        """Area under the ROC curve of one column, rows of one stretch of time held against each other.

        The larger of two: that of its values in order, in either direction, and that of the share of ones
        per class or tenth, learned on other deals.
        """
        every = np.full(len(self.y), True)
        shares = _Shares(self.codes[name], self.y, self.fold, every).on_others()
        best = area(self.y, shares, self.strata)
        numbers = self.numbers[name]
        if numbers is not None and not np.isnan(numbers).all():
            values = np.where(np.isnan(numbers), np.nanmedian(numbers), numbers)
            raw = area(self.y, values, self.stretch)
            best = max(best, raw, 1 - raw)
        return best

    def certain(self, name: str) -> bool:
        """Whether a class or tenth of a column comes with the rarer outcome deal after deal."""
        rare = self.y if self.y.mean() <= 0.5 else 1 - self.y
        codes = self.codes[name]
        deals = np.bincount(np.unique(np.stack([codes, self.deal]), axis=1)[0])
        return bool(
            np.any((deals >= CERTAIN_DEALS) & (np.bincount(codes, rare) >= CERTAIN * np.bincount(codes)))
        )

    def together(self, names: Sequence[str], *, later: bool = False) -> np.ndarray:
        """Score of a logistic model on the shares of all these columns, learned on other deals.

        NaN where a row was not tested. With `later` the model learns from the first three fifths of time and
        is tested on the rest; the shares, too, are never learned on the deals that they are tested on.
        """
        score, used = np.full(len(self.y), np.nan), self._rows(len(names))
        learns = used & (self.stretch < (STRETCHES + 1) // 2) if later else used
        tested = used & ~learns if later else used
        shares = [_Shares(self.codes[name], self.y, self.fold, learns) for name in names]
        with threadpool_limits(1):
            for number in range(FOLDS) if shares else ():
                train, test = learns & (self.fold != number), tested & (self.fold == number)
                if test.any() and 0 < self.y[train].sum() < train.sum():
                    table = np.column_stack([share.on_others(but=number) for share in shares])
                    model = LogisticRegression(C=C, max_iter=300).fit(table[train], self.y[train])
                    # without its intercept, which is low where the share in the tested part is high
                    score[test] = table[test] @ model.coef_[0]
        return score

    def figure(self, score: np.ndarray) -> tuple[float, float, float]:
        """Area of a score and its 95 % interval, whole deals as the unit; 0.5 when nothing was tested."""
        rows = ~np.isnan(score)
        y = self.y[rows]
        wins, pairs = _pairs(y, score[rows], self.strata[rows])
        every = pairs[y == 1].sum()
        if not every:
            return 0.5, 0.0, 1.0
        value = wins[y == 1].sum() / every
        pull = np.bincount(self.deal[rows], (wins - value * pairs) / every)
        error = Z * float(np.sqrt((pull**2).sum()))
        return float(value), float(max(value - error, 0.0)), float(min(value + error, 1.0))

    def alike(self, one: str, other: str) -> float:
        """How much two columns say of each other among rows of one outcome; 0 nothing, 1 everything.

        Their mutual information over the smaller of their entropies, less what chance gives.
        """
        said = 0.0
        for outcome in (0, 1):
            rows = self.y == outcome
            a, b = self.codes[one][rows], self.codes[other][rows]
            least = min(mutual_info_score(a, a), mutual_info_score(b, b))
            chance = (len(np.unique(a)) - 1) * (len(np.unique(b)) - 1) / (2 * rows.sum())
            said += rows.mean() * max(0.0, mutual_info_score(a, b) - chance) / max(least, 1e-9)
        return said

    def shuffled(self, seed: int = 0) -> Foretelling:
        """The same table, each deal with the outcomes of a deal drawn at random.

        Drawn with replacement: in a mere permutation what one fold has too much of, the others lack, and
        areas fall below 0.5. Outcomes begin anywhere in the deal that gives them, or young rows would keep
        the outcomes of young rows.
        """
        order, size, rng = (
            np.argsort(self.deal, kind="stable"),
            np.bincount(self.deal),
            np.random.default_rng(seed),
        )
        start, donor = np.cumsum(size) - size, rng.integers(0, len(size), len(size))
        first = rng.integers(0, size[donor])
        place = np.arange(len(self.y)) - np.repeat(start - first, size)
        giver = np.repeat(donor, size)
        y = np.empty_like(self.y)
        y[order] = self.y[order[start[giver] + place % size[giver]]]
        return dataclasses.replace(self, y=y)

    def _rows(self, columns: int) -> np.ndarray:
        most = max(1, MOST_CELLS // max(columns, 1))
        if len(self.y) <= most:
            return np.full(len(self.y), True)
        drawn = np.random.default_rng(0).random(self.deal.max() + 1)[self.deal]
        return drawn < most / len(self.y)


class _Shares:
    """Log-odds of the share of ones per class, less those of the whole, learned on other deals."""

    def __init__(self, codes: np.ndarray, y: np.ndarray, fold: np.ndarray, learns: np.ndarray) -> None:
        shape = (FOLDS, int(codes.max()) + 1)
        cell = fold[learns] * shape[1] + codes[learns]
        self.codes, self.fold = codes, fold
        self.ones = np.bincount(cell, y[learns], minlength=shape[0] * shape[1]).reshape(shape)
        self.every = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)

    def on_others(self, but: int | None = None) -> np.ndarray:
        """Each row by the folds that it is not in; leaving out one more fold, when given."""
        left = [[f for f in range(FOLDS) if f not in (own, but)] for own in range(FOLDS)]
        ones = np.array([self.ones[folds].sum(axis=0) for folds in left])
        every = np.array([self.every[folds].sum(axis=0) for folds in left])
        whole = (ones.sum(axis=1, keepdims=True) + 0.5) / (every.sum(axis=1, keepdims=True) + 1.0)
        share = (ones + PRIOR * whole) / (every + PRIOR)
        return (logit(share) - logit(whole))[self.fold, self.codes]


def area(y: np.ndarray, score: np.ndarray, stretch: np.ndarray) -> float:
    """Share of pairs (a one, a zero of the same stretch) in which the one has the higher score."""
    wins = pairs = 0.0
    for number in np.unique(stretch):
        rows = stretch == number
        one = y[rows] == 1
        n1, n0 = float(one.sum()), float((~one).sum())
        if n1 and n0:
            wins += rankdata(score[rows])[one].sum() - n1 * (n1 + 1) / 2
            pairs += n1 * n0
    return wins / pairs if pairs else 0.5


def _pairs(y: np.ndarray, score: np.ndarray, stretch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per row: in how many of its pairs the one has the higher score (half for equal), and how many pairs."""
    wins, pairs = np.zeros(len(y)), np.zeros(len(y))
    for number in np.unique(stretch):
        rows = np.flatnonzero(stretch == number)
        one, ranks = y[rows] == 1, rankdata(score[rows])
        # how many of the other outcome lie below
        ranks[one] -= rankdata(score[rows][one])
        ranks[~one] -= rankdata(score[rows][~one])
        wins[rows] = np.where(one, ranks, one.sum() - ranks)
        pairs[rows] = np.where(one, (~one).sum(), one.sum())
    return wins, pairs


def _refuse(X: pd.DataFrame, y: pd.Series, time: pd.Series | pd.Index | None) -> None:
    if not isinstance(X, pd.DataFrame) or not X.columns.is_unique:
        expected = {
            "en": "a pandas.DataFrame, each column with a name of its own",
            "nl": "een pandas.DataFrame met voor elke kolom een eigen naam",
        }
        got = type(X).__name__ if not isinstance(X, pd.DataFrame) else X.columns[X.columns.duplicated()][0]
        raise BadArgument(argument="X", expected=expected, got=str(got))
    for name, values in (("y", y), ("time", time)):
        if values is not None and len(values) != len(X):
            expected = {
                "en": f"{len(X)} values, one per row of X",
                "nl": f"een reeks van {len(X)} waarden (één per rij van X)",
            }
            raise BadArgument(argument=name, expected=expected, got=str(len(values)))
    odd = y.dropna()[~y.dropna().isin([0, 1])]
    if len(odd):
        expected = {"en": "0, 1 or missing", "nl": "0, 1 of ontbrekend"}
        raise BadArgument(argument="y", expected=expected, got=repr(odd.iloc[0]))


def _deals(X: pd.DataFrame) -> np.ndarray:
    """The deal of each row as a number; every row its own where the index has no deals."""
    if "deal_id" in X.index.names:
        return pd.factorize(X.index.get_level_values("deal_id"), use_na_sentinel=False)[0]
    return np.arange(len(X))


def _stretches(moments: np.ndarray | None, n: int) -> np.ndarray:
    """Stretches of time with about as many rows each; rows of one moment are never parted."""
    if moments is None:
        return np.zeros(n, dtype=int)
    rank = pd.Series(moments).rank(method="average").fillna(1.0).to_numpy()
    return np.minimum((rank - 0.5) * STRETCHES / n, STRETCHES - 1).astype(int)


def _numbers(column: pd.Series) -> np.ndarray | None:
    """The values as numbers with NaN; None for a column of names."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return ((column - column.min()) / pd.Timedelta(days=1)).to_numpy(dtype=float)
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        numbers = column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        return np.where(np.isinf(numbers), np.nan, numbers)
    return None


def _codes(column: pd.Series, numbers: np.ndarray | None) -> np.ndarray:
    """Classes or tenths of the values, numbered from 0; missing is a class of its own."""
    if numbers is None:
        return pd.factorize(column.astype("string"), use_na_sentinel=False)[0]
    if pd.Series(numbers).nunique() > BINS:
        edges = np.unique(np.nanquantile(numbers, np.linspace(0, 1, BINS + 1)[1:-1]))
        binned = np.searchsorted(edges, numbers, side="right").astype(float)
        numbers = np.where(np.isnan(numbers), np.nan, binned)
    return pd.factorize(numbers, use_na_sentinel=False)[0]
