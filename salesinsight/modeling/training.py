"""Train a model on closed windows: probe, test, choose, fit on everything, and keep it in a run folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from salesinsight.deals import Dataset
from salesinsight.errors import BadArgument, TooLittleData
from salesinsight.modeling.card import start_card
from salesinsight.modeling.cells import share_interval
from salesinsight.modeling.coefficients import COLUMNS as WEIGHT_COLUMNS
from salesinsight.modeling.coefficients import coefficient_table
from salesinsight.modeling.conformal import set_coverage
from salesinsight.modeling.domain import learn_domain
from salesinsight.modeling.evaluate import evaluate
from salesinsight.modeling.evaluation import FOLD_COLUMNS, OOF_COLUMNS, Evaluation
from salesinsight.modeling.fitting import calibration_rows, fit_kind, fit_model, row_weights
from salesinsight.modeling.metrics import COLUMNS as METRIC_COLUMNS
from salesinsight.modeling.metrics import resamples
from salesinsight.modeling.pipelines import CATEGORY, KINDS, LINEAR, core_pipeline, model_columns
from salesinsight.modeling.probes import leak_checks, leak_probe
from salesinsight.modeling.run import Run
from salesinsight.modeling.scoring import BANDS
from salesinsight.modeling.splits import required
from salesinsight.modeling.store import CARD, save_run
from salesinsight.schema import PATH, takes

# how a model in use may be tested; by seller is another question
TESTED = ("time", "grouped")
REPLICATES, FEWER_REPLICATES = {"logistic": 40}, 20


@takes(data=Dataset, folder=PATH)
def train(
    data: Dataset,
    folder: str | Path,
    splits: str = "time",
    *,
    seed: int = 0,
    models: Sequence[str] = KINDS,
    bootstrap: int = 1000,
    language: str | None = None,
) -> Run:
    """Train, test and keep a model of the four outcomes.

    Parameters
    ----------
    data : Dataset
        From `make_dataset`. Its mode decides how much is tried: none ("beschrijvend": the run has rules
        only), a logistic model on one summary per family ("voorlopig"), or everything ("volledig").
    folder : path
        Where the run is written, in one go; an older run there is replaced.
    splits : {"time", "grouped"}
        How it is tested; "grouped" where there are no dates. By seller: only in `evaluate`.
    seed : int
        The same data and seed give the same numbers.
    models : sequence of str
        Kinds to try, the simplest first; chosen is the simplest within one standard error of the best Brier
        skill over B2. "boosting_monotone" is tried only when named.
    bootstrap : int
        Resamples of accounts for the intervals of the metrics.
    language : str, optional
        Language of ``card.md``; that of the export by default.

    Raises
    ------
    BadArgument
        For a folder that holds something else than a run, or splits that are no test of a model in use.

    Notes
    -----
    The model is tested out of fold (see `evaluate`) and then fitted on all rows. It is left as it is unless
    the interval of its calibration slope excludes 1 and a temperature lowers its log-loss out of fold.
    A run that is `Run.suspect` is not to be promoted; ``card["checks"]`` is what `leak_checks` gives.

    Examples
    --------
    >>> import salesinsight as si, tempfile
    >>> data = si.make_dataset(si.make_sample(n_deals=60))
    >>> train(data, tempfile.mkdtemp(), bootstrap=50).mode
    'voorlopig'
    """
    if splits not in TESTED:
        raise BadArgument(argument="splits", expected=" / ".join(TESTED), got=repr(splits))
    folder, language = _free(folder), language or data.language
    card = start_card(data, language)
    if data.mode == "beschrijvend":
        return save_run(_without_model(folder, card, "few_deals"), language)
    try:
        tested = _test(data, models, splits, bootstrap, seed)
    except TooLittleData:
        return save_run(_without_model(folder, card, "few_accounts"), language)
    return save_run(_with_model(data, folder, card, tested, seed), language)


def _with_model(data: Dataset, folder: Path, card: dict[str, Any], tested: Evaluation, seed: int) -> Run:
    moments = data.X.index.get_level_values("landmark_at")
    suspects = leak_probe(data.X, required(data.y), moments)
    checks = leak_checks(data.X, required(data.y), moments, suspects=suspects, seed=seed)
    model, replicates, tuned, weights = _fit(tested, data, seed)
    used, bands = model_columns(data.X.columns, data.mode), _bands(tested.oof)
    card = card | {
        "chosen": tested.chosen, "calibrated": tested.calibrated, "tuned": tuned, "splits": tested.splits,
        "notices": [*tested.notices, *_warnings(bands, suspects, checks)],
        "columns": used, "typical": _typical(data.X[used]),
        "stages": sorted(data.info["stage"].dropna().unique()),
        "bands": bands, "dispersion": _dispersion(tested.oof),
        "domain": learn_domain(data.X[used], data.groups, seed),
        "suspects": suspects.to_dict("records"), "checks": _records(checks),
        "conversation_helps": tested.conversation_helps,
    }  # fmt: skip
    metrics = pd.concat([_with_suspects(tested, suspects), set_coverage(tested.oof)], ignore_index=True)
    return Run(
        folder=folder, card=card, metrics=metrics, newest=tested.newest,
        oof=tested.oof, folds=tested.folds, coefficients=weights, model=model, replicates=tuple(replicates),
    )  # fmt: skip


def _free(folder: str | Path) -> Path:
    """The folder, when a run may be put there without losing anything but an older run."""
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / CARD).exists():
        expected = {"en": "a new or empty folder, or an older run", "nl": "nieuw of leeg, of een eerdere run"}
        raise BadArgument(argument="folder", expected=expected, got=str(folder))
    return folder


def _fit(
    tested: Evaluation, data: Dataset, seed: int
) -> tuple[BaseEstimator, list[BaseEstimator], dict[str, Any], pd.DataFrame]:
    """The chosen model on all rows, its replicates, its settings, and the weights of a linear model."""
    every, calibrate = np.arange(len(data.X)), tested.calibrated
    with threadpool_limits(1):
        model, tuned = fit_kind(tested.chosen, data, every, calibrate=calibrate, seed=seed)
        replicates = _replicates(tested.chosen, model, data, calibrate, seed)
        if tested.chosen in LINEAR:
            return model, replicates, tuned, coefficient_table(model, replicates, data)
        readable, _ = fit_kind("logistic", data, every, calibrate=False, seed=seed)
        others = _replicates("logistic", readable, data, False, seed)
        return model, replicates, tuned, coefficient_table(readable, others, data)


def _test(data: Dataset, models: Sequence[str], splits: str, bootstrap: int, seed: int) -> Evaluation:
    kinds = ["logistic"] if data.mode == "voorlopig" else list(models)
    newest = data.mode == "volledig" and splits == "time"
    return evaluate(data, kinds, splits=splits, bootstrap=bootstrap, newest=newest, calibrate=None, seed=seed)


def _replicates(
    kind: str, model: BaseEstimator, data: Dataset, calibrate: bool, seed: int
) -> list[BaseEstimator]:
    """The model's last step, fitted on resamples of accounts; medians and scales stay the model's own."""
    columns, last = (step for _, step in core_pipeline(model).steps)
    table, y4 = columns.transform(data.X), required(data.y4).to_numpy(dtype=object)
    groups = data.groups.to_numpy(dtype=object)
    deals = data.X.index.get_level_values("deal_id").to_numpy(dtype=object)
    draws = REPLICATES.get(kind, FEWER_REPLICATES)
    fitted = []
    # the first of the resamples are the data as they are
    for times in np.concatenate(list(resamples(groups, draws, seed)))[1:]:
        rows = np.flatnonzero(times)
        weight = row_weights(kind, data, rows) * times[rows]
        apart = calibration_rows(groups[rows], seed) if calibrate else None
        given: dict = {"calibrate_on": apart, "deals": deals[rows]}
        fitted.append(fit_model(Pipeline([("model", last)]), table[rows], y4[rows], weight, **given))
    return fitted


def _without_model(folder: Path, card: dict[str, Any], notice: str) -> Run:
    return Run(
        folder=folder, card={**card, "mode": "beschrijvend", "notices": [notice]},
        metrics=pd.DataFrame(columns=METRIC_COLUMNS), newest=pd.DataFrame(columns=METRIC_COLUMNS),
        oof=pd.DataFrame(columns=OOF_COLUMNS), folds=pd.DataFrame(columns=FOLD_COLUMNS),
        coefficients=pd.DataFrame(columns=WEIGHT_COLUMNS),
    )  # fmt: skip


def _typical(X: pd.DataFrame) -> dict[str, Any]:
    typical: dict[str, Any] = X.drop(columns=CATEGORY, errors="ignore").median().astype(float).to_dict()
    if CATEGORY in X:
        common = X[CATEGORY].mode()
        typical[CATEGORY] = common.iloc[0] if len(common) else float("nan")
    return typical


def _bands(oof: pd.DataFrame) -> list[dict[str, Any]]:
    """Thirds of the probabilities out of fold, and what became of the deals in each."""
    tested = oof[~oof["newest"]]
    first, second = np.quantile(tested["p_stalled"], [1 / 3, 2 / 3])
    edges = [0.0, float(first), float(second), 1.0]
    place = np.searchsorted(edges[1:3], tested["p_stalled"].to_numpy(), side="right")
    bands = []
    for number, name in enumerate(BANDS):
        part = tested[place == number]
        stalled, n, deals = int(part["y"].sum()), len(part), int(part["deal_id"].nunique())
        share = stalled / n if n else float("nan")
        low, high = share_interval(part["y"].to_numpy(dtype=float), part["group"].to_numpy())
        bands.append(
            {
                "band": name, "from": edges[number], "to": edges[number + 1], "n": n, "n_deals": deals,
                "stalled": stalled, "share": share, "low": low, "high": high,
            }
        )  # fmt: skip
    return bands


def _warnings(bands: list[dict[str, Any]], suspects: pd.DataFrame, checks: pd.DataFrame) -> list[str]:
    overlap = not bands[0]["high"] < bands[-1]["low"]
    failed = checks["check"][~checks["passed"].fillna(True).astype(bool)]
    found = [*(["suspect"] if len(suspects) else []), *(f"check_{name}" for name in failed)]
    return [*found, *(["bands_overlap"] if overlap else [])]


def _records(checks: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts; None where nothing is to pass."""
    return checks.astype({"passed": object}).where(checks.notna(), None).to_dict("records")


def _dispersion(oof: pd.DataFrame) -> float:
    """How many times the errors of weekly lists vary more than independent deals would; at least 1.

    Half-way between what the lists show and 1, since lists of neighbouring weeks hold the same deals and only
    a few stand on their own.
    """
    p, y = oof["p_stalled"].to_numpy(dtype=float), oof["y"].to_numpy(dtype=float)
    lists = pd.DataFrame({"at": oof["landmark_at"], "error": y - p, "variance": p * (1 - p)})
    sums = lists.groupby("at")[["error", "variance"]].sum()
    shown = (sums["error"] ** 2).sum() / max(sums["variance"].sum(), 1e-9)
    return float(max(1.0, (1.0 + shown) / 2))


def _with_suspects(tested: Evaluation, suspects: pd.DataFrame) -> pd.DataFrame:
    found = {
        "model": "full",
        "metric": "suspect",
        "value": float(len(suspects)),
        "low": np.nan,
        "high": np.nan,
    }
    return pd.concat([tested.metrics, tested.metrics.iloc[:1].assign(**found)], ignore_index=True)
