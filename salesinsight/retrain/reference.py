"""What a run keeps to hold later exports against: shares and counts, no rows, no words, no persons.

``reference.json`` beside the model::

    as_of, stages             the moment, and the order of stages of the profile
    stage_names               names of stages that deals stood in
    tables                    rows per table of the export
    deals, landmarks          how many were learned from
    open_deals                how many deals stood open on the last Monday of the export
    columns                   per column of the model: edges of its bins, share of rows learned from in each
                              (and missing), and `open`: share of those open deals
    hits                      per label of what was said, the share of conversations that have it
    conversations             of how many conversations with words that share is
    prevalence                per outcome, its share of closed windows
    roc_auc                   out of fold, with its interval
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from salesinsight.deals import Dataset, open_deals
from salesinsight.errors import NoReference
from salesinsight.modeling import Run
from salesinsight.modeling.pipelines import CATEGORY
from salesinsight.modeling.splits import required
from salesinsight.modeling.store import read_stamped, write_stamped
from salesinsight.retrain.prepare import Prepared
from salesinsight.schema import TABLES, Y4, Export

REFERENCE = "reference.json"
BINS = 10
MISSING, OTHER = "missing", "other"
Shares = dict[str, float]


def write_reference(run: Run, ready: Prepared) -> Path:
    """Keep the figures of a run's training data in its folder."""
    data = ready.data
    y4, open_ = required(data.y4), open_last_monday(ready, run.settings["horizon_days"])
    content = {
        "as_of": data.settings["as_of"],
        "stages": ready.export.stages,
        "stage_names": stage_names(ready.export),
        "tables": table_sizes(ready.export),
        "deals": int(data.X.index.get_level_values("deal_id").nunique()),
        "landmarks": len(data.X),
        "open_deals": len(open_.X),
        "columns": {name: _both(data.X[name], open_.X[name]) for name in run.card["columns"]},
        "hits": hit_shares(ready),
        "conversations": int(ready.tagged["conversation_id"].nunique()),
        "prevalence": {name: float((y4 == name).mean()) for name in Y4},
        "roc_auc": {what: run.value("roc_auc", what=what) for what in ("value", "low", "high")},
    }
    return write_stamped(run.folder / REFERENCE, content)


def read_reference(folder: Path) -> dict[str, Any]:
    """Read the figures of a run's training data.

    Raises
    ------
    NoReference
        When there are none, or they were altered since.
    """
    try:
        return read_stamped(folder / REFERENCE)
    except (OSError, ValueError) as cause:
        raise NoReference(folder=str(folder)) from cause


def _both(learned: pd.Series, open_: pd.Series) -> dict[str, Any]:
    """A column of what was learned from, and of the deals that stood open then, in the same bins."""
    about = describe(learned)
    return about | {"open": shares_in(open_, about["edges"], about["shares"])}


def open_last_monday(ready: Prepared, horizon_days: int) -> Dataset:
    """The deals that stood open on the last Monday at 07:00 of the export, its moment included.

    On a Friday no waiting time ends in a weekend: only Mondays can be compared with Mondays.
    """
    now = pd.Timestamp(ready.open_.settings["as_of"]).tz_convert(ready.export.time_zone)
    day = now.normalize() - pd.Timedelta(days=now.weekday())
    monday = day.tz_localize(None).normalize() + pd.Timedelta(hours=7)
    monday = monday - pd.Timedelta(days=7) if monday > now.tz_localize(None) else monday
    at = monday.tz_localize(ready.export.time_zone)
    return open_deals(ready.export, ready.features, at=at, horizon_days=horizon_days)


def stage_names(export: Export) -> list[str]:
    """Names of the stages that deals were moved to."""
    moves = export.events.loc[export.events["kind"] == "stage", "value"]
    return sorted(moves.dropna().unique())


def table_sizes(export: Export) -> dict[str, int]:
    """Rows per table."""
    return {name: len(getattr(export, name)) for name in TABLES}


def hit_shares(ready: Prepared, since: pd.Timestamp | None = None) -> Shares:
    """Per label, the share of conversations with words in which it was found; those since a moment only."""
    heard = heard_since(ready, since)
    hits = ready.hits[ready.hits["conversation_id"].isin(heard)]
    found = hits.groupby("label")["conversation_id"].nunique() / max(len(heard), 1)
    return {str(label): float(share) for label, share in found.items()}


def heard_since(ready: Prepared, since: pd.Timestamp | None = None) -> set[str]:
    """Conversations with words, begun after a moment."""
    talks = ready.export.conversations
    if since is not None:
        talks = talks[talks["started_at"] > since]
    return set(ready.tagged["conversation_id"]) & set(talks["conversation_id"])


def describe(values: pd.Series) -> dict[str, Any]:
    """Bins of a column and the share of rows in each: tenths of a number, or the stages as they are.

    Parameters
    ----------
    values : pandas.Series
        A column of X.

    Returns
    -------
    dict
        edges (None for stages) and shares; missing values are a bin of their own.

    Examples
    --------
    >>> describe(pd.Series([1.0, 1.0, 1.0, None]))["shares"]
    {'0': 0.75, 'missing': 0.25}
    """
    edges = None
    if values.name != CATEGORY:
        known = values.dropna().to_numpy(dtype=float)
        inner = np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]) if len(known) else []
        # a bin holds what is at or below its edge; the last one has none
        edges = [float(edge) for edge in np.unique(inner) if edge < known.max()]
    return {"edges": edges, "shares": shares_in(values, edges)}


def shares_in(values: pd.Series, edges: list[float] | None, known: Shares | None = None) -> Shares:
    """Share of rows in each bin; stages that `known` does not have are one bin, "other".

    Parameters
    ----------
    values : pandas.Series
        A column of X.
    edges : list of float or None
        From `describe`; None for stages.
    known : dict, optional
        The shares of the reference, when these are others.
    """
    if edges is None:
        bins = values.astype("string").fillna(MISSING)
        if known is not None:
            bins = bins.where(bins.isin(list(known)), OTHER)
    else:
        number = np.searchsorted(np.asarray(edges), values.to_numpy(dtype=float), side="left")
        bins = pd.Series(number.astype(str)).where(values.notna().to_numpy(), MISSING)
    return {str(name): float(share) for name, share in bins.value_counts(normalize=True).sort_index().items()}
