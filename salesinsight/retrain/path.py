"""The whole path: a folder with an export becomes a run folder with a model, a worklist and a report.

The only place that knows all rooms.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from salesinsight.errors import ModelRefused, NoModel, SalesInsightError, SchemaChanged
from salesinsight.modeling import Run, hold_back, look_back, train
from salesinsight.report import write_report
from salesinsight.retrain.changes import as_change, fitting
from salesinsight.retrain.ledger import add_to_ledger, check_ledger, read_ledger
from salesinsight.retrain.lock import one_at_a_time
from salesinsight.retrain.prepare import Prepared, Progress, Shown, names_in, prepare, quiet
from salesinsight.retrain.promotion import refusal
from salesinsight.retrain.records import (
    clear_half_written,
    model_in_use,
    new_run_name,
    put_to_use,
    remember_refusal,
    write_status,
)
from salesinsight.retrain.reference import write_reference


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What walking the path came to.

    Attributes
    ----------
    folder : pathlib.Path
        Where model, charts and report were written; its name is the name of the run.
    report : pathlib.Path
        The report's ``report.html``.
    model : Run
        The run that gave the scores; in *beschrijvend* it has rules and no model.
    scores : pandas.DataFrame
        The open deals, scored; called as the report calls them.
    refused : SalesInsightError or None
        Why no new model was put to use; None when one was, or when none was asked for.
    prepared : Prepared
        The tables behind it.
    notices : tuple of SalesInsightError
        What must be known and stopped nothing: an earlier run that ended halfway, a model in use that can't
        be read.
    """

    folder: Path
    report: Path
    model: Run
    scores: pd.DataFrame
    refused: SalesInsightError | None
    prepared: Prepared
    notices: tuple[SalesInsightError, ...] = ()

    @property
    def exit_code(self) -> int:
        """What the command returns: 0, 10 the model in use stays, 11 too little data, 13 stages changed."""
        return self.refused.exit_code if self.refused else 0

    @property
    def scored_with(self) -> str | None:
        """Name of the run that gave the scores; None without a model."""
        return None if self.model.model is None else self.model.folder.name


def run_path(
    folder: str | Path,
    profile: str | Path = "sample",
    out: str | Path = "models",
    *,
    language: str | None = None,
    at: pd.Timestamp | str | None = None,
    splits: str = "time",
    landmarks: str | dict = "weekly",
    horizon_days: int | None = None,
    accept_changes: bool = False,
    key: str | Path | None = None,
    trackers: str | Path | None = None,
    seller_words: bool = False,
    reserve: float = 0.0,
    progress: Progress = quiet,
) -> Outcome:
    """Walk the whole path from an export to a report, and put the new model to use if it may.

    Parameters
    ----------
    folder, profile, out : path
        The export, the profile that explains it, and the folder of runs. A run is named after its moment.
    language, at
        Language of the report, and the moment up to which the world is known; the export's by default.
    splits, landmarks, horizon_days
        As in `train` and `make_dataset`.
    accept_changes : bool
        Go on when stages or columns are others than those of the model in use, without comparing with it.
    key, trackers, seller_words, reserve, progress
        The key, for names; trackers; whether to show sellers' words; share kept off the list; told each step.

    Raises
    ------
    SalesInsightError
        When the export can't be used (``status.json`` says why), or another run is writing to `out`.

    Notes
    -----
    `promotion.refusal` tells when a model is not put to use; nothing is learned when deals stand in stages
    that nobody knows. The model in use, if any, then scores, and the report is written all the same.
    """
    out = Path(out)
    with one_at_a_time(out) as killed:
        clear_half_written(out)
        target = out / new_run_name(out)
        with remember_refusal(out, target.name):
            in_use, notices = _begin(out, killed)
            names = names_in(folder, key)
            window: dict = {"at": at, "landmarks": landmarks, "horizon_days": horizon_days}
            with as_change(in_use, accept_changes):
                ready = prepare(folder, profile, **window, trackers=trackers, progress=progress)
            in_use, ready, changed = fitting(in_use, ready, accept_changes)
            model, refused = _learn(ready, in_use, changed, target, splits, language, progress)
            shown = Shown(language or ready.export.language, names, seller_words, reserve)
            outcome = _show(ready, model, target, out, refused, shown, progress, notices)
            if refused is None:
                put_to_use(out, target.name)
            write_status(out, target.name, refused, outcome.notices, outcome.scored_with)
    return outcome


def try_path(
    folder: str | Path,
    profile: str | Path = "sample",
    out: str | Path = "out",
    *,
    language: str | None = None,
    at: pd.Timestamp | str | None = None,
    splits: str = "time",
    landmarks: str | dict = "weekly",
    horizon_days: int | None = None,
    key: str | Path | None = None,
    trackers: str | Path | None = None,
    seller_words: bool = False,
    hours: Mapping[str, Any] | None = None,
    progress: Progress = quiet,
) -> Outcome:
    """Walk the whole path for once: learn, score and report in one folder, without putting anything to use.

    Parameters
    ----------
    folder, profile, language, at, splits, landmarks, horizon_days, key, trackers, seller_words, progress
        As in `run_path`; hours as in `write_report`.
    out : path
        Gets the report; the model goes into its folder ``trial``.
    """
    out = Path(out)
    with one_at_a_time(out):
        names = names_in(folder, key)
        window: dict = {"at": at, "landmarks": landmarks, "horizon_days": horizon_days}
        ready = prepare(folder, profile, **window, trackers=trackers, progress=progress)
        progress("train")
        new = train(ready.data, folder=out / "trial", splits=splits, language=language)
        shown = Shown(language or ready.export.language, names, seller_words, hours=hours or {})
        return _show(ready, new, out, out, refusal(new, None, ready), shown, progress)


def score_path(
    folder: str | Path,
    profile: str | Path = "sample",
    models: str | Path = "models",
    out: str | Path = "out",
    *,
    language: str | None = None,
    at: pd.Timestamp | str | None = None,
    key: str | Path | None = None,
    trackers: str | Path | None = None,
    seller_words: bool = False,
    reserve: float = 0.0,
    hours: Mapping[str, Any] | None = None,
    progress: Progress = quiet,
) -> Outcome:
    """Score the open deals with the model in use and write the report; nothing is learned.

    Parameters
    ----------
    folder, profile, language, at, key, trackers, seller_words, reserve, progress
        As in `run_path`; hours as in `write_report`.
    models : path
        Folder of runs, whose ``current.json`` names the model.
    out : path
        Where scores.csv, charts and report go.

    Raises
    ------
    NoModel
        When no model is in use, or the one in use learned from invented data and these are not, or the
        other way round.
    ModelRefused
        When the model in use can't be trusted to be what it was.
    SchemaChanged
        When the export no longer has what the model learned from. When open deals stand in stages that nobody
        knows, the others are scored and `Outcome.refused` tells.
    """
    models, out = Path(models), Path(out)
    with one_at_a_time(models) as killed:
        check_ledger(models)
        names = names_in(folder, key)
        model = model_in_use(models)
        if model is None:
            raise NoModel(folder=str(models))
        horizon = model.settings["horizon_days"]
        with as_change(model):
            ready = prepare(
                folder, profile, at=at, horizon_days=horizon, trackers=trackers, progress=progress
            )
        fit, ready, changed = fitting(model, ready)
        if fit is None:
            raise NoModel(folder=str(models))
        shown = Shown(language or ready.export.language, names, seller_words, reserve, hours or {})
        notices = () if killed is None else (killed,)
        return _show(ready, model, out, models, changed, shown, progress, notices)


def _begin(out: Path, killed: SalesInsightError | None) -> tuple[Run | None, tuple[SalesInsightError, ...]]:
    """The model in use, and what must be known: one that can't be read must not stop a new one."""
    check_ledger(out)
    notices = () if killed is None else (killed,)
    try:
        return model_in_use(out), notices
    except ModelRefused as refused:
        return None, (*notices, refused)


def _learn(
    ready: Prepared,
    in_use: Run | None,
    changed: SchemaChanged | None,
    target: Path,
    splits: str,
    language: str | None,
    progress: Progress,
) -> tuple[Run, SalesInsightError | None]:
    """The model to score with, and why no new one may be put to use."""
    if changed is not None and in_use is not None:
        return in_use, changed
    progress("train")
    new = train(ready.data, folder=target, splits=splits, language=language)
    write_reference(new, ready)
    refused = refusal(new, in_use, ready)
    return (in_use if refused and in_use else new), refused


def _show(
    ready: Prepared,
    model: Run,
    target: Path,
    models: Path,
    refused: SalesInsightError | None,
    shown: Shown,
    progress: Progress,
    notices: tuple[SalesInsightError, ...] = (),
) -> Outcome:
    """Score, write the report, and put the scores that it shows in the ledger."""
    progress("score")
    scores = model.score(
        ready.open_,
        evidence=ready.hits,
        language=shown.language,
        export=ready.export,
        tagged=ready.tagged,
    )
    if shown.reserve:
        scores["reserved"] = hold_back(scores["deal_id"], shown.reserve)
    progress("report")
    tables = {field.name: getattr(ready, field.name) for field in dataclasses.fields(ready)}
    tables["past"] = _look_back(models, ready)
    report = write_report(target, **tables, run=model, scores=scores, **shown.report)
    if model.model is not None and (refused is None or model.folder != target):
        cut = add_to_ledger(models, model.folder.name, scores, ready.open_.settings["as_of"])
        notices = notices if cut is None else (*notices, cut)
    return Outcome(target, Path(report), model, shown.named(scores, ready.export), refused, ready, notices)


def _look_back(models: Path, ready: Prepared) -> pd.DataFrame | None:
    """What came of the deals whose scores were shown before; None when none were."""
    ledger, settings = read_ledger(models), ready.data.settings
    if ledger.empty:
        return None
    window = {"as_of": settings["as_of"], "horizon_days": settings["horizon_days"]}
    return look_back(ledger, ready.export, ready.features, **window)
