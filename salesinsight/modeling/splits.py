"""Which rows a model may learn from when it is tested on others: earlier ones, of other accounts.

A label is known only when its window has closed. A test that begins at a cut therefore learns from windows
that had closed by the cut, and from no account that is tested: random folds flatter.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from salesinsight.errors import BadArgument, TooLittleData

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

Part = TypeVar("Part", pd.Series, pd.DataFrame)
SPLITS = ("time", "grouped", "seller")
BLOCKS, PARTS, GROUPED_FOLDS = 3, 4, 5
# a first training part of 30 % of the rows when the history is long enough for it, else 15 %
FIRST_TRAINING_SHARES, LEAST_TESTED_SHARE = (0.30, 0.15), 0.30
LEAST_ROWS, LEAST_OF_EACH = 30, 5
LEAST_SELLERS = 3


@dataclasses.dataclass(frozen=True)
class Fold:
    """Row numbers to learn from and to test on.

    Attributes
    ----------
    block, part : int
        Which stretch of time and which share of the accounts is tested.
    newest : bool
        Whether this is the last stretch, which plays no part in any choice.
    train, test : numpy.ndarray
        Row numbers.
    """

    block: int
    part: int
    newest: bool
    train: np.ndarray
    test: np.ndarray


def make_folds(data: Dataset, splits: str = "time", *, newest: bool = False, seed: int = 0) -> list[Fold]:
    """Cut a data set into folds in which no account is on both sides and no label was unknown at the cut.

    Parameters
    ----------
    data : Dataset
        Closed windows.
    splits : {"time", "grouped", "seller"}
        "time": rolling origin. The rows after a first training part fall into `BLOCKS` stretches of time,
        and each stretch into `PARTS` shares of the accounts; a share is tested on what the other accounts
        had shown when the stretch began. "grouped": by account alone, for data without usable dates.
        "seller": one seller (the deal's owner) at a time is tested on what the others showed, accounts that
        the tested one has a deal with left out. Whether the model holds for somebody it doesn't know; it
        looks at all times at once, so it is no test of next month. Sellers with fewer than `LEAST_ROWS`
        landmarks, and deals without an owner, are tested together.
    newest : bool
        Cut one stretch more and mark the last.
    seed : int
        Which accounts go together.

    Returns
    -------
    list of Fold
        Empty when the history is too short for "time". No row is tested twice.

    Raises
    ------
    BadArgument
        For other splits.
    TooLittleData
        When there are fewer accounts than parts, or fewer than `LEAST_SELLERS` sellers.

    Notes
    -----
    A window is closed when landmark + horizon (of its stage) + dwell days have passed and what its label
    hangs on was entered. Windows that have not closed yet are in no fold. First training part:
    `FIRST_TRAINING_SHARES` of the rows.
    """
    if splits not in SPLITS:
        raise BadArgument(argument="splits", expected=" / ".join(SPLITS), got=repr(splits))
    groups, closed = data.groups.to_numpy(dtype=object), _closed(data)
    if splits == "grouped":
        part = _parts(groups, GROUPED_FOLDS, seed)
        return [_fold(0, p, False, (part != p) & closed, (part == p) & closed) for p in range(GROUPED_FOLDS)]
    if splits == "seller":
        return _by_seller(_sellers(data), groups, closed)
    at, closed_at = window_times(data)
    cuts = _cuts(at, closed_at, required(data.y).to_numpy(dtype=float), BLOCKS + newest)
    part = _parts(groups, PARTS, seed)
    ends = [*cuts[1:], at.max()] if cuts else []
    folds = [
        _fold(block, p, newest and block == len(cuts) - 1, (part != p) & (closed_at <= cut),
              (part == p) & (at > cut) & (at <= end) & closed)
        for block, (cut, end) in enumerate(zip(cuts, ends, strict=True))
        for p in range(PARTS)
    ]  # fmt: skip
    return [fold for fold in folds if len(fold.test) and len(fold.train)]


def shared_training(folds: Sequence[Fold]) -> float:
    """By how much to widen an interval that is to hold what columns add, whatever is learned from.

    Resampled accounts say how a gain varies with who is tested, not with what was learned from; models of
    folds that share most of their training rows are wrong together (Nadeau and Bengio, 2003).
    """
    share = np.mean([len(fold.test) for fold in folds]) / np.mean([len(fold.train) for fold in folds])
    return float(np.sqrt(1 + len(folds) * share))


def required(part: Part | None) -> Part:
    """An answer of a data set; raises BadArgument for open deals, which have none.

    Examples
    --------
    >>> required(None)
    Traceback (most recent call last):
    salesinsight.errors.base.BadArgument: ...got open deals.
    """
    if part is None:
        expected = {
            "en": "a data set with known outcomes (make_dataset)",
            "nl": "een dataset met bekende afloop (make_dataset)",
        }
        got = {"en": "open deals", "nl": "een dataset van openstaande deals"}
        raise BadArgument(argument="data", expected=expected, got=got)
    return part


def window_times(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Moment of each landmark and moment from when on its label stands, as ``datetime64``.

    A label stands when its window has closed and the rows that it hangs on were entered.
    """
    at = pd.DatetimeIndex(data.X.index.get_level_values("landmark_at"))
    at = at.tz_convert("UTC").tz_localize(None) if at.tz is not None else at
    label = getattr(data, "label", None)
    if label is not None:
        known = pd.DatetimeIndex(label["known_at"]).tz_convert("UTC").tz_localize(None)
        return at.to_numpy(), known.to_numpy()
    days = row_horizons(data) + float(data.settings.get("min_dwell_days", 0.0))
    return at.to_numpy(), (at + pd.to_timedelta(days, unit="D")).to_numpy()


def _closed(data: Dataset) -> np.ndarray:
    """Which windows have closed: all, unless answered ones were kept before that."""
    if data.settings.get("censoring") != "ipcw":
        return np.full(len(data.X), True)
    as_of = pd.Timestamp(data.settings["as_of"]).tz_convert("UTC").tz_localize(None)
    return window_times(data)[1] <= as_of.to_datetime64()


def window_weights(data: Dataset, rows: np.ndarray) -> np.ndarray:
    """How many windows each row stands for; 1 among windows that have closed, which stand for themselves."""
    label = getattr(data, "label", None)
    if label is None or _closed(data)[rows].all():
        return np.ones(len(rows))
    return label["window_weight"].to_numpy()[rows]


def row_horizons(data: Dataset) -> np.ndarray:
    """Horizon of each row in days: that of the stage it stands in, when the stage has its own."""
    own = dict(data.settings.get("horizon_per_stage") or {})
    stage = data.info["stage"].astype("string")
    return stage.map(own).astype(float).fillna(float(data.settings["horizon_days"])).to_numpy()


def _fold(block: int, part: int, newest: bool, train: np.ndarray, test: np.ndarray) -> Fold:
    return Fold(block, part, newest, np.flatnonzero(train), np.flatnonzero(test))


def _by_seller(seller: np.ndarray, groups: np.ndarray, closed: np.ndarray) -> list[Fold]:
    folds = []
    for number in range(seller.max() + 1):
        tested = seller == number
        others = ~tested & ~np.isin(groups, groups[tested])
        folds.append(_fold(0, number, False, others & closed, tested & closed))
    return [fold for fold in folds if len(fold.test) and len(fold.train)]


def _sellers(data: Dataset) -> np.ndarray:
    """A number per row: each owner of enough landmarks has one, all others share the last."""
    owner = data.info["owner_id"].astype("string")
    counts = owner.value_counts()
    enough = sorted(counts.index[counts >= LEAST_ROWS])
    place = {name: number for number, name in enumerate(enough)}
    number = owner.map(place).fillna(len(enough)).to_numpy(dtype=int)
    if len(np.unique(number)) < LEAST_SELLERS:
        what = {
            "en": f"sellers with {LEAST_ROWS} landmarks (all others count as one)",
            "nl": f"verkopers met {LEAST_ROWS} peilmomenten (alle andere tellen als één)",
        }
        advice = {"en": "Test by customer: splits='grouped'.", "nl": "Test per klant: splits='grouped'."}
        raise TooLittleData(found=len(np.unique(number)), what=what, needed=LEAST_SELLERS, advice=advice)
    return number


def _parts(groups: np.ndarray, parts: int, seed: int) -> np.ndarray:
    """A part number per row; all rows of an account have the same."""
    accounts = len(set(groups))
    if accounts < parts:
        raise TooLittleData(found=accounts, what={"en": "accounts", "nl": "klanten"}, needed=parts, advice="")
    number = np.zeros(len(groups), dtype=int)
    folds = GroupKFold(parts, shuffle=True, random_state=seed).split(groups, groups=groups)
    for part, (_, test) in enumerate(folds):
        number[test] = part
    return number


def _cuts(at: np.ndarray, closed_at: np.ndarray, y: np.ndarray, blocks: int) -> list[np.datetime64]:
    """Moments at which the tested stretches begin, each stretch with about as many rows."""
    moments = np.unique(at)
    for share in FIRST_TRAINING_SHARES:
        for cut in moments:
            known, later = closed_at <= cut, np.sort(at[at > cut])
            stalled = y[known].sum()
            if (
                known.sum() >= max(LEAST_ROWS, share * len(at))
                and min(stalled, known.sum() - stalled) >= LEAST_OF_EACH
            ):
                break
        else:
            continue
        if len(later) < max(LEAST_ROWS, LEAST_TESTED_SHARE * len(at)):
            continue
        # a stretch begins after the last landmark of the one before, never in the middle of a day's list
        edges = [later[len(later) * i // blocks - 1] for i in range(1, blocks)]
        return list(dict.fromkeys([cut, *edges]))
    return []
