"""Test models and baselines on landmarks they could not know, all on the same rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from salesinsight.errors import BadArgument, TooLittleData, UnknownName
from salesinsight.modeling.baselines import BASELINES, baseline_columns, predict_baseline
from salesinsight.modeling.evaluation import Evaluation, look_up
from salesinsight.modeling.fitting import fit_kind
from salesinsight.modeling.metrics import COLUMNS as METRIC_COLUMNS
from salesinsight.modeling.metrics import LEAST_ROWS, score_models, weekly_lists
from salesinsight.modeling.pipelines import ALL_KINDS, PROBABILITIES, predict_four
from salesinsight.modeling.splits import Fold, make_folds, required

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

LEAST_NEWEST = {"rows": 100, "deals": 20, "of each": 10}


def evaluate(
    data: Dataset,
    models: Sequence[str] = ("logistic",),
    *,
    splits: str = "time",
    bootstrap: int = 1000,
    newest: bool = False,
    calibrate: bool | None = False,
    baselines: Sequence[str] = BASELINES,
    seed: int = 0,
) -> Evaluation:
    """Test models and baselines out of fold; every landmark counts once, as on a weekly list.

    Parameters
    ----------
    data : Dataset
        Closed windows.
    models : sequence of str
        Kinds to try, the simplest first (`pipelines.KINDS`). Chosen is the first whose Brier skill over B2
        (so whose Brier score) is within one standard error, of the difference, of the best.
    splits : {"time", "grouped", "seller"}
        See `make_folds`. When the history is too short for "time" it becomes "grouped", with a notice.
    bootstrap, seed : int
        Resamples of whole accounts for the intervals; and what decides on these and on the folds.
    newest : bool
        Keep the newest stretch of time, when large enough, out of all choices and report it apart.
    calibrate : bool, optional
        Follow models by a temperature, learned on accounts kept apart. None: the chosen one only, where the
        interval of its calibration slope excludes 1 and the log-loss falls.
    baselines : sequence of str
        Which baselines to put beside it.

    Raises
    ------
    UnknownName, BadArgument, TooLittleData
        For an unknown kind or baseline; no kind at all; too few accounts or sellers, or no fold.

    Examples
    --------
    >>> import salesinsight as si
    >>> evaluate(si.make_dataset(si.make_sample(n_deals=60)), bootstrap=50).splits
    'time'
    """
    _refuse_unknown(models, baselines)
    folds, splits, notices = _folds(data, splits, newest, seed)
    rows, later = (_rows(folds, newest=part) for part in (False, True))
    # small tables are slower on several threads, and not repeatable to the last digit
    with threadpool_limits(1):
        tried = {kind: _out_of_fold(kind, data, folds, calibrate is True, seed) for kind in models}
        chosen = _choose(data, {kind: told for kind, (told, _) in tried.items()}, rows, bootstrap, seed)
        told = {("full" if kind == chosen else kind): p for kind, (p, _) in tried.items()}
        told |= _baselines(data, folds, baselines, chosen, calibrate is True, seed)
        told, metrics, calibrate = _scored(told, chosen, calibrate, data, folds, rows, bootstrap, seed)
    return Evaluation(
        metrics=metrics,
        newest=_score(data, told, later, bootstrap, seed)[0],
        oof=_oof(data, told, folds),
        folds=_fold_table(data, folds, {kind: tuned for kind, (_, tuned) in tried.items()}),
        chosen=chosen, calibrated=calibrate, splits=splits, notices=tuple(notices),
    )  # fmt: skip


def _refuse_unknown(models: Sequence[str], baselines: Sequence[str]) -> None:
    if not len(models):
        raise BadArgument(argument="models", expected=" / ".join(ALL_KINDS), got="[]")
    for kind, names, known in (("model", models, ALL_KINDS), ("baseline", baselines, BASELINES)):
        for name in names:
            if name not in known:
                raise UnknownName(kind=kind, name=name, known=list(known))


def _out_of_fold(
    kind: str, data: Dataset, folds: list[Fold], calibrate: bool, seed: int
) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """Probabilities of a kind of model, and the settings it had in each fold."""
    told, settings = np.full((len(data.X), len(PROBABILITIES)), np.nan), []
    for fold in folds:
        fitted, tuned = fit_kind(kind, data, fold.train, calibrate=calibrate, seed=seed)
        told[fold.test] = predict_four(fitted, data.X.iloc[fold.test]).to_numpy()
        settings.append(tuned)
    return told, settings


def _scored(
    told: dict[str, np.ndarray],
    chosen: str,
    calibrate: bool | None,
    data: Dataset,
    folds: list[Fold],
    rows: np.ndarray,
    draws: int,
    seed: int,
) -> tuple[dict[str, np.ndarray], pd.DataFrame, bool]:
    """The predictions and their figures; where nobody decided on a temperature, with one if that pays."""
    metrics, _ = _score(data, told, rows, draws, seed)
    low, high = (look_up(metrics, "calibration_slope", what=edge) for edge in ("low", "high"))
    if calibrate is not None or np.isnan(low) or low <= 1 <= high:
        return told, metrics, bool(calibrate)
    tempered = told | {"full": _out_of_fold(chosen, data, folds, True, seed)[0]}
    crm = [name for name in told if name == "B3" and chosen != "logistic"]
    tempered |= _baselines(data, folds, crm, chosen, True, seed)
    again, _ = _score(data, tempered, rows, draws, seed)
    pays = look_up(again, "log_loss") < look_up(metrics, "log_loss")
    return (tempered, again, True) if pays else (told, metrics, False)


def _baselines(
    data: Dataset, folds: list[Fold], names: Sequence[str], chosen: str, calibrate: bool, seed: int
) -> dict[str, np.ndarray]:
    """Probabilities out of fold per baseline.

    What conversations add is measured between models of one kind, or bending would pass for talking: beside
    another kind than the logistic model, B3 is of that kind.
    """
    told = {}
    for name, columns in baseline_columns(data).items():
        if name == "B3" and name in names and chosen != "logistic":
            crm = dataclasses.replace(data, X=data.X[columns])
            told[name], _ = _out_of_fold(chosen, crm, folds, calibrate, seed)
        elif name in names:
            told[name] = np.full((len(data.X), len(PROBABILITIES)), np.nan)
            for fold in folds:
                told[name][fold.test] = predict_baseline(name, columns, data, fold.train, fold.test, seed)
    return told


def _folds(data: Dataset, splits: str, newest: bool, seed: int) -> tuple[list[Fold], str, list[str]]:
    notices = ["grouped_asked"] if splits == "grouped" else []
    folds = make_folds(data, splits, newest=newest, seed=seed)
    if newest and splits == "time" and not _enough_newest(data, folds):
        folds, notices = make_folds(data, splits, newest=False, seed=seed), [*notices, "no_newest"]
    if not folds and splits == "time":
        folds, splits, notices = (
            make_folds(data, "grouped", seed=seed),
            "grouped",
            [*notices, "grouped_short"],
        )
    if sum(len(fold.test) for fold in folds) < LEAST_ROWS:
        found = sum(len(fold.test) for fold in folds)
        what = {"en": "landmarks", "nl": "peilmomenten"}
        raise TooLittleData(found=found, what=what, needed=LEAST_ROWS, advice="")
    return folds, splits, notices


def _enough_newest(data: Dataset, folds: list[Fold]) -> bool:
    rows, y = _rows(folds, newest=True), required(data.y).to_numpy(dtype=float)
    if not len(rows):
        return False
    deals = data.X.index[rows].get_level_values("deal_id").nunique()
    least = min(y[rows].sum(), len(rows) - y[rows].sum())
    return bool(
        len(rows) >= LEAST_NEWEST["rows"]
        and deals >= LEAST_NEWEST["deals"]
        and least >= LEAST_NEWEST["of each"]
    )


def _rows(folds: list[Fold], *, newest: bool) -> np.ndarray:
    parts = [fold.test for fold in folds if fold.newest == newest]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=int)


def _score(
    data: Dataset, predictions: dict[str, np.ndarray], rows: np.ndarray, draws: int, seed: int
) -> tuple[pd.DataFrame, dict]:
    if not len(rows):
        return pd.DataFrame(columns=METRIC_COLUMNS), {}
    index = data.X.index[rows]
    at = pd.DatetimeIndex(index.get_level_values("landmark_at"))
    deals = index.get_level_values("deal_id").to_numpy(dtype=object)
    told = {name: p[rows] for name, p in predictions.items()}
    listed = {name: weekly_lists(at, deals, p[:, 3]) for name, p in told.items()}
    y4, groups = (part.to_numpy(dtype=object)[rows] for part in (required(data.y4), data.groups))
    return score_models(told, y4, groups, deals, listed, draws=draws, seed=seed)


def _choose(data: Dataset, candidates: dict[str, np.ndarray], rows: np.ndarray, draws: int, seed: int) -> str:
    """The simplest kind within one standard error of the best, over resamples of whole accounts."""
    if len(candidates) == 1:
        return next(iter(candidates))
    _, samples = _score(data, candidates, rows, draws, seed)
    brier = {kind: samples[kind, "brier"] for kind in candidates}
    best = min(brier, key=lambda kind: brier[kind][0])
    behind = {kind: values - brier[best] for kind, values in brier.items()}
    return next(kind for kind, values in behind.items() if values[0] <= values[1:].std())


def _oof(data: Dataset, final: dict[str, np.ndarray], folds: list[Fold]) -> pd.DataFrame:
    table = data.X.index.to_frame(index=False)
    table["group"] = data.groups.to_numpy()
    table["stage"] = data.info["stage"].to_numpy()
    for number, fold in enumerate(folds):
        table.loc[fold.test, ["block", "fold"]] = fold.block, number
        table.loc[fold.test, "newest"] = fold.newest
    table["y"], table["y4"] = required(data.y).to_numpy(), required(data.y4).to_numpy()
    table[list(PROBABILITIES)] = final["full"]
    others = {f"p_{name}": p[:, 3] for name, p in final.items() if name != "full"}
    table = table.assign(**others)[table["fold"].notna()].reset_index(drop=True)
    return table.astype({"block": int, "fold": int, "newest": bool})


def _fold_table(data: Dataset, folds: list[Fold], tuned: dict[str, list[dict[str, Any]]]) -> pd.DataFrame:
    at = pd.DatetimeIndex(data.X.index.get_level_values("landmark_at"))
    rows = [
        {
            "block": fold.block, "part": fold.part, "newest": fold.newest, "n_train": len(fold.train),
            "n_test": len(fold.test), "begins": str(at[fold.test].min().date()),
        }
        | {f"{kind}_{name}": value for kind in tuned for name, value in tuned[kind][number].items()}
        for number, fold in enumerate(folds)
    ]  # fmt: skip
    return pd.DataFrame(rows)
