"""Deals at their landmarks as a table to learn from, and open deals as the same table without answers."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd
import polars as pl

from salesinsight.deals.context import CONTEXT
from salesinsight.deals.known import known_at_landmarks
from salesinsight.deals.label import DETAILS
from salesinsight.deals.landmarks import Landmarks, find_landmarks, keep_open
from salesinsight.deals.said import last_words
from salesinsight.deals.settings import LabelSettings, label_settings
from salesinsight.deals.timeline import Timeline, known_by, moment_of, read_timeline
from salesinsight.deals.windows import label_windows, with_windows
from salesinsight.schema import Export, takes

INDEX = ["deal_id", "landmark_at"]
INFO = [
    "name",
    "account_id",
    "account_name",
    "stage",
    "amount",
    "currency",
    "days_since_customer_step",
    "days_in_stage",
]
INFO += [
    "pipeline",
    "owner_id",
    "product",
    "lead_source",
    "seller_estimate",
    "conversation_id",
    "parked_until",
    *CONTEXT,
]
# (deals, deals with a stalled window) needed for the second and the third mode
MODES = {"voorlopig": (40, 10), "volledig": (200, 50)}


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Deals at landmarks: what was known then and, for closed windows, what came of it.

    Attributes
    ----------
    X : pandas.DataFrame
        Index (deal_id, landmark_at). ``float64`` columns and the text column ``crm_stage``. Only rows
        entered by the landmark have any part in it. NaN is "not known", never 0.
    y : pandas.Series or None
        1 when stalled, else 0 (``Int64``); None for open deals.
    y4 : pandas.Series or None
        won, lost, progress or stalled.
    time : pandas.Series or None
        Days from the landmark to the event; the horizon for stalled deals.
    event : pandas.Series or None
        The same names as `y4`.
    groups : pandas.Series
        account_id, else deal_id: what must not be split between training and testing.
    weight : pandas.Series
        1 / number of landmarks of the deal, so that long-lived deals don't dominate; times
        ``label["window_weight"]``.
    label : pandas.DataFrame or None
        What stands behind each answer: decided_by, decided_at, what, active, bulk, known_at and
        window_weight, as in `salesinsight.deals.label.label_landmarks`; None for open deals. Nothing of it is
        an input of a model.
    left_out : pandas.DataFrame
        deal_id, landmark_at, reason: the landmarks not used.
    info : pandas.DataFrame
        What people want to see beside a deal; never an input of a model.
    mode : {"beschrijvend", "voorlopig", "volledig"}
        How much may be said with this much data.
    settings : dict
        Horizon, grace and the rest, landmarks, as_of: what the figures depend on.
    words : pandas.Series or None
        What was said in the last conversation known, for the baseline of plain word counts (``category``);
        None for open deals, without features and without turns. Nothing of it is kept in a run.
    """

    X: pd.DataFrame
    groups: pd.Series
    weight: pd.Series
    left_out: pd.DataFrame
    info: pd.DataFrame
    settings: dict[str, Any]
    mode: str = "beschrijvend"
    y: pd.Series | None = None
    y4: pd.Series | None = None
    time: pd.Series | None = None
    event: pd.Series | None = None
    label: pd.DataFrame | None = None
    words: pd.Series | None = dataclasses.field(default=None, repr=False)
    language: str = "nl"
    watermark: str | None = None


@takes(export=Export, features=pd.DataFrame)
def make_dataset(
    export: Export,
    features: pd.DataFrame | None = None,
    *,
    as_of: pd.Timestamp | str | None = None,
    horizon_days: int | None = None,
    landmarks: Landmarks = "weekly",
) -> Dataset:
    """Look at every deal at its landmarks and label what came of it, windows that have closed only.

    Parameters
    ----------
    export : Export
        The tables.
    features : pandas.DataFrame, optional
        From `conversation_features`; without it X holds CRM and timing alone.
    as_of : pandas.Timestamp or str, optional
        Until when the world is known; the export's own moment by default. Rows entered later are not seen.
    horizon_days : int, optional
        Of the window; the profile's, or 60.
    landmarks : "weekly", "conversation", dict or list of str
        Mondays 07:00 in the export's time zone; each held conversation plus the lag; days after the first
        event of a kind, ``{"quote_sent": [0, 7, 14]}``; or these moments.

    Returns
    -------
    Dataset
        Windows closed by as_of: landmark + horizon + dwell days. Keeping early answers of later windows would
        make the stalled share too low, unless they are weighed (``[label] censoring = "ipcw"``).

    Raises
    ------
    BadArgument
        For landmarks that are none of these, or an as_of long after the export's own.
    NoMoment, NoProgressSource
        When nothing in the export carries a moment, or can tell progress from standing still.
    BadTable
        When two different rows are about one deal or conversation.

    Examples
    --------
    >>> import salesinsight as si
    >>> si.make_dataset(si.make_sample(n_deals=30), horizon_days=30).settings["horizon_days"]
    30
    """
    moment = moment_of(as_of, export)
    settings = label_settings(export.label, horizon_days, export.stages)
    timeline = read_timeline(known_by(export, moment))
    marks, left_out = keep_open(find_landmarks(timeline, landmarks, settings, moment), timeline, settings)
    table, inputs = _table(marks, timeline, export, features, settings)
    labelled, unlabelled = label_windows(table, timeline, features, settings, moment)
    table = table.join(labelled, on="row").sort("deal_id", "t")
    return Dataset(
        **_parts(table, inputs),
        **_answers(table),
        **_about(export, settings, as_of=moment.isoformat(), landmarks=landmarks),
        left_out=_left_out(left_out, unlabelled),
        mode=_mode(table),
        words=None if features is None else _words(table, timeline, export),
    )


@takes(export=Export, features=pd.DataFrame)
def open_deals(
    export: Export,
    features: pd.DataFrame | None = None,
    *,
    at: pd.Timestamp | str | None = None,
    horizon_days: int | None = None,
) -> Dataset:
    """Look at the deals known to be open at one moment: the same columns as `make_dataset`, no answers.

    Parameters
    ----------
    export : Export
        The tables; rows entered after `at` play no part.
    features : pandas.DataFrame, optional
        From `conversation_features`.
    at : pandas.Timestamp or str, optional
        The moment; the export's as_of by default.
    horizon_days : int, optional
        Decides which deals are parked; the profile's, or 60.

    Returns
    -------
    Dataset
        Parked deals, whose customer agreed a dated step beyond the horizon, are in `left_out`.

    Examples
    --------
    >>> import salesinsight as si
    >>> si.open_deals(si.make_sample(n_deals=30)).y is None
    True
    """
    moment = moment_of(at, export)
    settings = label_settings(export.label, horizon_days, export.stages)
    timeline = read_timeline(known_by(export, moment))
    marks = timeline.deals.select("deal_id", t=pl.lit(moment).cast(pl.Datetime("us", "UTC")))
    marks, left_out = keep_open(marks.with_row_index("row"), timeline, settings)
    table, inputs = _table(marks, timeline, known_by(export, moment), features, settings)
    parked = pl.col("parked_until").is_not_null() & pl.lit(settings.parked == "exclude")
    out = table.filter(parked).select("deal_id", "t", reason=pl.lit("parked"))
    still = left_out.filter(pl.col("reason") != "closed at the landmark")
    return Dataset(
        **_parts(table.filter(parked.not_()), inputs),
        **_about(export, settings, as_of=moment.isoformat(), landmarks="open"),
        left_out=_left_out(still, out),
    )


def _about(export: Export, label: LabelSettings, **used: Any) -> dict[str, Any]:
    settings = used | {"time_zone": export.time_zone} | dataclasses.asdict(label)
    return {"settings": settings, "language": export.language, "watermark": export.watermark}


def _table(
    marks: pl.DataFrame,
    timeline: Timeline,
    export: Export,
    features: pd.DataFrame | None,
    settings: LabelSettings,
) -> tuple[pl.DataFrame, list[str]]:
    """Everything known at each landmark, sorted by deal and moment, and which columns make up X."""
    table, inputs = known_at_landmarks(marks, timeline, export, features)
    table = with_windows(table, timeline, settings)
    table = table.join(timeline.deals, on="deal_id", how="left").with_columns(
        landmark_at="t",
        days_since_customer_step="crm_days_since_customer_step",
        days_in_stage="crm_days_in_stage",
    )
    return table.sort("deal_id", "t"), inputs


def _parts(table: pl.DataFrame, inputs: list[str]) -> dict[str, Any]:
    """X, info, groups and weight of a table, all with the index (deal_id, landmark_at)."""
    index = _index(table)
    X = table.select(pl.col(inputs).cast(pl.Float64).fill_null(float("nan"))).to_pandas().set_axis(index)
    # a plain object column with NaN is what scikit-learn's encoders take on every pandas version
    X.insert(
        0, "crm_stage", pd.Series(table["stage"].to_list(), index=index, dtype=object).fillna(float("nan"))
    )
    info = table.select(INFO).to_pandas().set_axis(index)
    texts = [name for name, dtype in table.select(INFO).schema.items() if dtype == pl.String]
    info[texts] = info[texts].astype("string")
    owner = table.select(pl.coalesce("account_id", pl.lit("deal:") + pl.col("deal_id")))
    windows = pl.col("window_weight") if "window_weight" in table.columns else pl.lit(1.0)
    count = table.select(windows / pl.len().over("deal_id"))
    return {
        "X": X,
        "info": info,
        "groups": pd.Series(owner.to_series().to_list(), index=index, dtype="string", name="group"),
        "weight": pd.Series(count.to_series().to_numpy(), index=index, name="weight"),
    }


def _words(table: pl.DataFrame, timeline: Timeline, export: Export) -> pd.Series | None:
    said = last_words(table, timeline, export)
    return None if said is None else said.set_axis(_index(table))


def _answers(table: pl.DataFrame) -> dict[str, Any]:
    index = _index(table)
    label = table.select(DETAILS).to_pandas().set_axis(index)
    y4 = pd.Series(table["y4"].to_list(), index=index, dtype="string", name="y4")
    return {
        "label": label.astype({"decided_by": "string", "what": "string", "active": "boolean"}),
        "y": (y4 == "stalled").astype("Int64").rename("stalled"),
        "y4": y4,
        "event": y4.rename("event"),
        "time": pd.Series(table["time"].to_numpy(), index=index, dtype="float64", name="days"),
    }


def _index(table: pl.DataFrame) -> pd.MultiIndex:
    deals = pd.Index(table["deal_id"].to_list(), dtype="string")
    return pd.MultiIndex.from_arrays([deals, pd.DatetimeIndex(table["t"].to_pandas())], names=INDEX)


def _left_out(*parts: pl.DataFrame) -> pd.DataFrame:
    out = pl.concat([part.select("deal_id", landmark_at="t", reason="reason") for part in parts])
    frame = out.sort("deal_id", "landmark_at").to_pandas()
    return frame.astype({"deal_id": "string", "reason": "string"})


def _mode(table: pl.DataFrame) -> str:
    deals = table["deal_id"].n_unique()
    stalled = table.filter(pl.col("y4") == "stalled")["deal_id"].n_unique()
    reached = [mode for mode, (d, s) in MODES.items() if deals >= d and stalled >= s]
    return reached[-1] if reached else "beschrijvend"
