"""Whether a new model is put to use: it beats what is known without it, and is not worse than the old one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from salesinsight.deals import Dataset, LabelSettings, make_dataset
from salesinsight.deals.dataset import MODES
from salesinsight.errors import (
    ForStudy,
    LeakyTest,
    ModelSuspect,
    NotBetter,
    NotComparable,
    SalesInsightError,
    TooFewDeals,
    Worse,
)
from salesinsight.modeling import Run
from salesinsight.modeling.metrics import interval, resamples
from salesinsight.modeling.splits import window_times
from salesinsight.retrain.prepare import Prepared

SHORTER_DAYS = 30
# fewer moments or deals than this tell nothing about which of two models is better
LEAST_ROWS, LEAST_DEALS, DRAWS = 30, 10, 1000
# with other settings of the label it is another question
LABEL = [field.name for field in dataclasses.fields(LabelSettings)]
DEAL = ["deal_id", "landmark_at"]


def refusal(new: Run, in_use: Run | None, ready: Prepared) -> SalesInsightError | None:
    """Why a new model may not be put to use; None when it may.

    Parameters
    ----------
    new : Run
        Just trained on ``ready.data``.
    in_use : Run or None
        The model it would replace.
    ready : Prepared
        What was learned from.

    Notes
    -----
    It must find nothing in labels drawn at random (`leak_checks`), and have a Brier skill over B2 above 0 out
    of fold. Against the model in use it is held on the newest
    block, both on the same rows: it is worse when the whole 95 % interval of the difference in Brier score,
    accounts resampled, lies above 0. A comparison that can't be made is no reason to change.
    """
    name = new.folder.name
    if new.model is None:
        return _too_few(new, ready)
    if new.suspect:
        return ModelSuspect(new=name, columns=[suspect["column"] for suspect in new.card["suspects"]])
    random = next((check for check in new.card["checks"] if check["check"] == "permuted"), None)
    # None where nothing could be tried
    if random is not None and random["passed"] is False:
        return LeakyTest(new=name, auc=random["auc"])
    if new.settings["landmarks"] != "weekly":
        return ForStudy(new=name)
    skill, low, high = (new.value("brier_skill_b2", what=what) for what in ("value", "low", "high"))
    if not skill > 0:
        return NotBetter(new=name, skill=skill, low=low, high=high)
    return None if in_use is None else _against(new, in_use, ready.data)


def _against(new: Run, in_use: Run, data: Dataset) -> SalesInsightError | None:
    """Why the model in use stays; None when the new one may well be as good."""
    names = {"new": new.folder.name, "used": in_use.folder.name}
    if any(new.settings.get(key) != in_use.settings.get(key) for key in LABEL):
        return NotComparable(**names, why="label")
    rows = paired(new, in_use, data)
    deals = rows["deal_id"].nunique()
    if len(rows) < LEAST_ROWS or deals < LEAST_DEALS:
        return NotComparable(**names, why="few")
    more = (rows["new"] - rows["y"]) ** 2 - (rows["used"] - rows["y"]) ** 2
    worse = more.to_numpy(dtype=float)
    groups = rows["group"].to_numpy(dtype=object)
    drawn = [weights @ worse / weights.sum(axis=1) for weights in resamples(groups, DRAWS)]
    found = interval(np.concatenate(drawn))
    if found["low"] > 0:
        return Worse(
            **names, n=len(rows), deals=deals, worse=found["value"], low=found["low"], high=found["high"]
        )
    return None


def paired(new: Run, in_use: Run, data: Dataset) -> pd.DataFrame:
    """What two models said of the newest closed moments, when neither had seen how these ended.

    Parameters
    ----------
    new, in_use : Run
        The new one was trained on `data`.
    data : Dataset
        Closed windows.

    Returns
    -------
    pandas.DataFrame
        deal_id, landmark_at, group, y, new, used (p_stalled). The new model's are out of fold. Of windows
        that closed after the model in use was made, its own prediction; of older ones what it said out of
        fold; moments of which it said neither are left out.
    """
    newest = _newest(new.oof)
    rows = newest[[*DEAL, "group", "y"]].assign(new=newest["p_stalled"].astype(float))
    rows = rows.astype({"deal_id": "string"})
    then = in_use.oof[DEAL].astype({"deal_id": "string"}).assign(tested=in_use.oof["p_stalled"].astype(float))
    rows = rows.merge(then.astype({"landmark_at": rows["landmark_at"].dtype}), on=DEAL, how="left")
    later = later_than(data, in_use.settings["as_of"])
    told = in_use.predict(data.X[later])["p_stalled"].rename("later").reset_index()
    rows = rows.merge(told.astype({name: rows[name].dtype for name in DEAL}), on=DEAL, how="left")
    rows["used"] = rows["later"].fillna(rows["tested"])
    return rows.dropna(subset="used")[[*DEAL, "group", "y", "new", "used"]].astype({"y": float})


def later_than(data: Dataset, as_of: str) -> np.ndarray:
    """Which windows closed after a moment."""
    moment = pd.Timestamp(as_of)
    moment = moment.tz_convert("UTC").tz_localize(None) if moment.tz is not None else moment
    return window_times(data)[1] > moment.to_datetime64()


def _newest(oof: pd.DataFrame) -> pd.DataFrame:
    """The newest block of tested moments; with the ones before it as long as it is too small."""
    if oof["newest"].any():
        return oof[oof["newest"]]
    rows = oof
    for block in sorted(oof["block"].unique(), reverse=True):
        rows = oof[oof["block"] >= block]
        if len(rows) >= LEAST_ROWS and rows["deal_id"].nunique() >= LEAST_DEALS:
            break
    return rows


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
