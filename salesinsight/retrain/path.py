"""The whole path: a folder with an export becomes a run folder with a model, a worklist and a report.

The only place that knows all rooms.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from salesinsight.deals import make_dataset
from salesinsight.deals.dataset import MODES
from salesinsight.errors import (
    ForStudy,
    ModelRefused,
    ModelStays,
    ModelSuspect,
    NoModel,
    SalesInsightError,
    SchemaChanged,
    TooFewDeals,
)
from salesinsight.modeling import Run, train
from salesinsight.report import write_report
from salesinsight.retrain.prepare import Prepared, Progress, Shown, names_in, prepare, quiet
from salesinsight.retrain.records import (
    add_to_ledger,
    model_in_use,
    new_run_name,
    one_at_a_time,
    remember_refusal,
    write_status,
)
from salesinsight.writing import write_json

SHORTER_DAYS = 30


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
    """

    folder: Path
    report: Path
    model: Run
    scores: pd.DataFrame
    refused: SalesInsightError | None
    prepared: Prepared

    @property
    def exit_code(self) -> int:
        """What ``salesinsight train`` returns: 0, 10 the model in use stays, 11 too little data."""
        return self.refused.exit_code if self.refused else 0


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
    progress: Progress = quiet,
) -> Outcome:
    """Walk the whole path from an export to a report, and put the new model to use if it may.

    Parameters
    ----------
    folder, profile, out : path
        The export, the profile that explains it, and the folder of runs. A run is named after its moment.
    language, at
        Language of the report, and the moment up to which the world is known; the export's by default.
    splits, landmarks, horizon_days, accept_changes
        As in `train` and `make_dataset`; whether to go on when stages differ from those learned from.
    key, trackers, seller_words
        Files of the owner's key (the report on an imported export then shows names) and of trackers of your
        own. Whether the report may show words and names of sellers.
    progress : callable
        Called with the name of each step as it starts.

    Raises
    ------
    SalesInsightError
        When the export can't be used (``status.json`` then says why), or another run is writing to `out`.

    Notes
    -----
    A model is not put to use when it is worse than the one in use, too good to be true, or for study
    (landmarks other than weekly); with too little data there are rules and no model. The open deals are
    then scored with the model in use, if any. The report is written all the same.
    """
    out = Path(out)
    target = out / new_run_name()
    with one_at_a_time(out), remember_refusal(out, target.name):
        names = names_in(folder, key)
        window: dict = {"at": at, "landmarks": landmarks, "horizon_days": horizon_days}
        ready = prepare(folder, profile, **window, trackers=trackers, progress=progress)
        in_use = _comparable_model(out, ready, accept_changes)
        progress("train")
        new = train(ready.data, folder=target, splits=splits, language=language)
        refused = _refusal(new, in_use, ready)
        model = in_use if refused and in_use else new
        shown = Shown(language or ready.export.language, names, seller_words)
        outcome = _show(ready, model, target, out, refused, shown, progress)
        if refused is None:
            write_json(out / "current.json", {"run": target.name})
        write_status(out, target.name, refused)
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
    progress: Progress = quiet,
) -> Outcome:
    """Walk the whole path for once: learn, score and report in one folder, without putting anything to use.

    Parameters
    ----------
    folder, profile, language, at, splits, landmarks, horizon_days, key, trackers, seller_words, progress
        As in `run_path`.
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
        shown = Shown(language or ready.export.language, names, seller_words)
        return _show(ready, new, out, out, _refusal(new, None, ready), shown, progress)


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
    progress: Progress = quiet,
) -> Outcome:
    """Score the open deals with the model in use and write the report; nothing is learned.

    Parameters
    ----------
    folder, profile, language, at, key, trackers, seller_words, progress
        As in `run_path`.
    models : path
        Folder of runs, whose ``current.json`` names the model.
    out : path
        Where scores.csv, charts and report go.

    Raises
    ------
    NoModel
        When no model is in use, or the one in use learned from invented data and these are not, or the
        other way round.
    SchemaChanged
        When the export no longer has what the model learned from.
    """
    models, out = Path(models), Path(out)
    with one_at_a_time(models):
        names = names_in(folder, key)
        model = model_in_use(models)
        if model is None:
            raise NoModel(folder=str(models))
        horizon = model.settings["horizon_days"]
        ready = prepare(folder, profile, at=at, horizon_days=horizon, trackers=trackers, progress=progress)
        if _invented(model) != bool(ready.export.watermark):
            raise NoModel(folder=str(models))
        shown = Shown(language or ready.export.language, names, seller_words)
        return _show(ready, model, out, models, None, shown, progress)


def _comparable_model(out: Path, ready: Prepared, accept_changes: bool) -> Run | None:
    """The model in use, when it can still be read, can score these deals and is not of invented ones."""
    try:
        in_use = model_in_use(out)
        if in_use is not None and _invented(in_use) != bool(ready.export.watermark):
            return None
        if in_use is not None:
            in_use.refuse(ready.open_)
    except ModelRefused:  # after an upgrade, say: that must not stop a new one from being made
        return None
    except SchemaChanged:
        if accept_changes:
            return None
        raise
    return in_use


def _invented(run: Run) -> bool:
    """Whether a model learned from invented data."""
    return bool(run.card["watermark"])


def _refusal(new: Run, in_use: Run | None, ready: Prepared) -> SalesInsightError | None:
    """Why a new model may not be put to use; None when it may."""
    if new.model is None:
        return _too_few(new, ready)
    if new.suspect:
        columns = [suspect["column"] for suspect in new.card["suspects"]]
        return ModelSuspect(new=new.folder.name, columns=columns)
    if new.settings["landmarks"] != "weekly":
        return ForStudy(new=new.folder.name)
    # worse for certain: the whole interval of the new one lies below what the old one reached; a figure
    # that can't be had is no reason to change
    if in_use is not None and not new.value("brier_skill_b2", what="high") >= in_use.value("brier_skill_b2"):
        return ModelStays(new=new.folder.name, used=in_use.folder.name)
    return None


def _too_few(new: Run, ready: Prepared) -> TooFewDeals:
    """How many deals there are to learn from, how many it takes, and what a shorter horizon would give."""
    deals, stalled = MODES["voorlopig"]
    settings, known = new.settings, new.card["data"]
    shorter = make_dataset(
        ready.export,
        as_of=settings["as_of"],
        landmarks=settings["landmarks"],
        horizon_days=min(SHORTER_DAYS, settings["horizon_days"]),
    )
    return TooFewDeals(
        deals=known["deals"],
        stalled=known["stalled_deals"],
        needed_deals=deals,
        needed_stalled=stalled,
        shorter_days=shorter.settings["horizon_days"],
        shorter_deals=shorter.X.index.get_level_values("deal_id").nunique(),
    )


def _show(
    ready: Prepared,
    model: Run,
    target: Path,
    models: Path,
    refused: SalesInsightError | None,
    shown: Shown,
    progress: Progress,
) -> Outcome:
    """Score, write the report, and put the scores that it shows in the ledger."""
    progress("score")
    scores = model.score(ready.open_, evidence=ready.hits, language=shown.language)
    progress("report")
    tables = {field.name: getattr(ready, field.name) for field in dataclasses.fields(ready)}
    report = write_report(target, **tables, run=model, scores=scores, **vars(shown))
    if model.model is not None and (refused is None or model.folder != target):
        add_to_ledger(models, model.folder.name, scores, ready.open_.settings["as_of"])
    return Outcome(target, Path(report), model, shown.named(scores, ready.export), refused, ready)
