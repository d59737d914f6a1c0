"""The label report: how many deals fall where and why, and how much each choice of the label moves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.deals.known import known_at_landmarks
from salesinsight.deals.label_sheet import draw_sheet
from salesinsight.deals.landmarks import Landmarks, find_landmarks, keep_open
from salesinsight.deals.settings import LabelSettings, label_settings
from salesinsight.deals.shares import wilson
from salesinsight.deals.timeline import Timeline, known_by, moment_of, read_timeline
from salesinsight.deals.windows import label_windows, with_windows
from salesinsight.errors import NoProgressSource
from salesinsight.schema import Y4, Export

#: The choices of a label that people dispute, each with the values it can have.
CHOICES: dict[str, tuple[Any, ...]] = {
    "horizon_days": (30, 60, 90),
    "progress_rule": ("crm", "strict"),
    "outcome_source": ("recorded", "tagged"),
    "parked": ("exclude", "stalled"),
    "deleted_deals": ("censor", "stalled"),
    "lost_without_reason": ("exclude", "lost", "stalled"),
    "bulk_closes": ("keep", "exclude"),
    "censoring": ("closed_window", "ipcw"),
}
#: How long deals are followed to see what a step takes: the first of these for which there are enough deals.
FOLLOWED_DAYS, LEAST_FOLLOWED = (180, 120, 90, 60, 30), 30
TIMES_MEDIAN, SHORTEST_DAYS, LONGEST_DAYS, LEAST_STEPS = 1.5, 30, 180, 10


@dataclasses.dataclass(frozen=True)
class LabelReport:
    """What the label does to one export.

    Attributes
    ----------
    counts : pandas.DataFrame
        part {outcome, decided_by, stalled, flag, left_out}, name, landmarks, deals, share (of the labelled
        landmarks; for left_out of all).
    choices : pandas.DataFrame
        choice, value, used (whether it is the one in use), landmarks, deals, share (stalled), low and high
        (95 %), refused (why there is no share, in the export's language). The share counts every landmark
        alike, as the model does; with "ipcw" by the windows it stands for. Landmarks of one deal are much
        alike, so the interval (Wilson) takes the number of deals as n.
    stages : pandas.DataFrame
        stage, deals, followed_days (how long; 180 where the export is long enough), progressed (by then),
        median_days (of those that progressed), suggested_days (1.5 times that, between 30 and 180; missing
        when fewer than 10 progressed), horizon_days (in use).
    sheet : pandas.DataFrame
        Deals to tick off; see `salesinsight.deals.label_sheet.draw_sheet`.
    settings : dict
        The label in use, as_of and landmarks.
    language, time_zone, watermark
        Those of the export.
    """

    counts: pd.DataFrame
    choices: pd.DataFrame
    stages: pd.DataFrame
    sheet: pd.DataFrame
    settings: dict[str, Any]
    language: str = "nl"
    time_zone: str = "Europe/Amsterdam"
    watermark: str | None = None


@dataclasses.dataclass(frozen=True)
class _Looked:
    """Deals at their landmarks, to be labelled again and again."""

    table: pl.DataFrame
    left_out: pl.DataFrame
    timeline: Timeline
    features: pd.DataFrame | None
    as_of: pd.Timestamp

    def label(self, settings: LabelSettings) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows with their labels, and those left out."""
        table = with_windows(self.table, self.timeline, settings)
        labelled, out = label_windows(table, self.timeline, self.features, settings, self.as_of)
        kept = table.select("row", "deal_id", "t", "stage", "horizon").join(labelled, on="row")
        return kept.sort("row"), pl.concat([self.left_out, out])


def label_report(
    export: Export,
    features: pd.DataFrame | None = None,
    *,
    as_of: pd.Timestamp | str | None = None,
    horizon_days: int | None = None,
    landmarks: Landmarks = "weekly",
    n: int = 20,
    seed: int = 0,
) -> LabelReport:
    """Show what the label does: who falls where, what each choice changes, and deals to check it on.

    Parameters
    ----------
    export : Export
        The tables.
    features : pandas.DataFrame, optional
        From `conversation_features`; only `outcome_tagged` is read, for outcomes tagged in the words.
    as_of, horizon_days, landmarks
        As in `make_dataset`.
    n, seed : int
        How many deals on the sheet, and which: the same seed gives the same sheet.

    Returns
    -------
    LabelReport
        Each choice is varied alone, the others as the profile has them.

    Raises
    ------
    NoProgressSource, NoMoment, BadArgument
        As in `make_dataset`, when the label in use can't be given.

    Examples
    --------
    >>> import salesinsight as si
    >>> from salesinsight.deals import label_report
    >>> report = label_report(si.make_sample(n_deals=40))
    >>> report.choices.query("choice == 'progress_rule'")["value"].tolist()
    ['crm', 'strict']
    """
    moment = moment_of(as_of, export)
    settings = label_settings(export.label, horizon_days, export.stages)
    known = known_by(export, moment)
    timeline = read_timeline(known)
    marks, left_out = keep_open(find_landmarks(timeline, landmarks, settings, moment), timeline, settings)
    table, _ = known_at_landmarks(marks, timeline, known, None)
    looked = _Looked(table, left_out, timeline, features, moment)
    labelled, out = looked.label(settings)
    return LabelReport(
        counts=_counts(labelled, out),
        choices=_choices(looked, export, settings, horizon_days),
        stages=_stages(looked, settings, export),
        sheet=draw_sheet(labelled, timeline.deals, n=n, seed=seed, time_zone=export.time_zone),
        settings=dataclasses.asdict(settings) | {"as_of": moment.isoformat(), "landmarks": landmarks},
        language=export.language,
        time_zone=export.time_zone,
        watermark=export.watermark,
    )


def _counts(labelled: pl.DataFrame, out: pl.DataFrame) -> pd.DataFrame:
    stalled = labelled.filter(pl.col("y4") == "stalled")
    active = pl.when("active").then(pl.lit("active")).otherwise(pl.lit("dormant"))
    parts = [
        _counted("outcome", labelled.select("deal_id", name="y4"), labelled.height),
        _counted("decided_by", labelled.select("deal_id", name="decided_by"), labelled.height),
        _counted("stalled", stalled.select("deal_id", name=active), labelled.height),
        _counted("flag", labelled.filter("bulk").select("deal_id", name=pl.lit("bulk")), labelled.height),
        _counted("left_out", out.select("deal_id", name="reason"), labelled.height + out.height),
    ]
    table = pl.concat(parts).to_pandas()
    order = {name: place for place, name in enumerate([*Y4, "active", "dormant"])}
    known = table["name"].map(order).where(table["part"] != "decided_by")
    place = known.fillna(-table["landmarks"])
    parts_order = pd.Categorical(table["part"], ["outcome", "decided_by", "stalled", "flag", "left_out"])
    rows = np.lexsort((table["name"], place, parts_order.codes))
    return table.iloc[rows].reset_index(drop=True).astype({"part": "string", "name": "string"})


def _counted(part: str, rows: pl.DataFrame, of: int) -> pl.DataFrame:
    counts = rows.group_by("name").agg(landmarks=pl.len(), deals=pl.col("deal_id").n_unique())
    return counts.select(
        pl.lit(part).alias("part"),
        pl.col("name").cast(pl.String),
        pl.col("landmarks", "deals").cast(pl.Int64),
        share=pl.col("landmarks") / max(of, 1),
    )


def _choices(
    looked: _Looked, export: Export, settings: LabelSettings, horizon_days: int | None
) -> pd.DataFrame:
    rows = []
    for choice, values in CHOICES.items():
        if choice == "outcome_source" and looked.features is None:
            continue
        used = getattr(settings, choice)
        for value in values if used in values else (*values, used):
            own: Mapping[str, Any] = {**export.label, choice: value}
            days = horizon_days
            if choice == "horizon_days":
                own, days = export.label, value
            found = _stalled(looked, label_settings(own, days, export.stages), export.language)
            rows.append({"choice": choice, "value": str(value), "used": value == used, **found})
    texts = dict.fromkeys(["choice", "value", "refused"], "string")
    return pd.DataFrame(rows).astype(texts | {"used": "boolean"})


def _stalled(looked: _Looked, settings: LabelSettings, language: str) -> dict[str, Any]:
    """Share of the landmarks that stalled, with its interval."""
    nothing = {"landmarks": 0, "deals": 0, "share": np.nan, "low": np.nan, "high": np.nan}
    try:
        labelled, _ = looked.label(settings)
    except NoProgressSource as error:
        return {**nothing, "refused": error.text(language)}
    if not labelled.height:
        return {**nothing, "refused": None}
    weight = labelled["window_weight"].to_numpy()
    share = float(np.average((labelled["y4"] == "stalled").to_numpy(), weights=weight))
    deals = labelled["deal_id"].n_unique()
    low, high = wilson(share * deals, deals)
    return {
        "landmarks": labelled.height,
        "deals": deals,
        "share": share,
        "low": low,
        "high": high,
        "refused": None,
    }


def _stages(looked: _Looked, settings: LabelSettings, export: Export) -> pd.DataFrame:
    """How long progress takes in each stage, from the first landmark at which each deal stood there."""
    for days in FOLLOWED_DAYS:
        long = dataclasses.replace(
            settings, horizon_days=days, horizon_per_stage={}, censoring="closed_window"
        )
        labelled, _ = looked.label(long)
        first = labelled.sort("t").drop_nulls("stage").unique(["deal_id", "stage"], keep="first")
        if first["deal_id"].n_unique() >= LEAST_FOLLOWED:
            break
    moved = pl.col("y4") == "progress"
    table = first.group_by("stage").agg(
        deals=pl.len(),
        followed_days=pl.col("horizon").first(),
        progressed=moved.sum(),
        median_days=pl.col("time").filter(moved).median(),
    )
    frame = table.to_pandas()
    enough = frame["progressed"] >= LEAST_STEPS
    suggested = (TIMES_MEDIAN * frame["median_days"]).round().clip(SHORTEST_DAYS, LONGEST_DAYS)
    frame["suggested_days"] = suggested.where(enough)
    own = dict(settings.horizon_per_stage)
    frame["horizon_days"] = [own.get(stage, settings.horizon_days) for stage in frame["stage"]]
    order = {stage: place for stages in export.stages.values() for place, stage in enumerate(stages)}
    rows = np.lexsort((frame["stage"], frame["stage"].map(order).fillna(len(order))))
    counts = dict.fromkeys(["deals", "followed_days", "progressed", "horizon_days"], "int64")
    return frame.iloc[rows].reset_index(drop=True).astype({"stage": "string"} | counts)
