"""What becomes of deals in each stage, day by day: the share won, lost and moved on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.curves import draw_curve, dress_curves, share_band
from salesinsight.charts.frame import Y4_COLOURS, axes_for, dress, facts_of, leave_empty, with_facts
from salesinsight.charts.shares import FEW, in_ten
from salesinsight.charts.waiting import ALL
from salesinsight.deals import Dataset
from salesinsight.errors import UnknownName
from salesinsight.language import words
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OUTCOMES = ("won", "progress", "lost")
STYLES = dict(zip(OUTCOMES, ("-", "--", "-."), strict=True))
COLUMNS = ["stage", "deals", "outcome", "day", "share", "low", "high"]


def incidence_table(
    data: Dataset, stages: Sequence[str] = (), *, about: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Per stage, the share of deals won, lost or moved on by each day, side by side (cumulative incidence).

    Each deal counts once per stage: from the first landmark at which it stood there.

    Parameters
    ----------
    data : Dataset
        From `make_dataset`; only windows that have closed are looked at.
    stages : sequence of str
        The stages in their order; by name when it is not given.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        stage ("all" first: all stages together, each deal once), deals (n of that stage), outcome {won,
        progress, lost}, day (0, 1, … horizon), share, low and high (pointwise 95 % band, on the log-log
        scale). What is left after the three is misschien. Stages of fewer than 30 deals are in "all" only.

    Raises
    ------
    BadArgument
        For open deals.

    Notes
    -----
    Outcomes compete: who has said no can't say yes. Taking each apart with the others as censored would make
    every share too high. Aalen, O. O. and Johansen, S. (1978), An empirical transition matrix for
    non-homogeneous Markov chains based on censored observations. Lost as "no decision" is no answer, so
    such a deal stays among the undecided.

    Examples
    --------
    >>> import salesinsight as si
    >>> table = incidence_table(si.make_dataset(si.make_sample(n_deals=60)))
    >>> bool(table.groupby(["stage", "day"])["share"].sum().le(1).all())
    True
    """
    closed = required(data.label)["known_at"] <= pd.Timestamp(data.settings["as_of"])
    rows = data.info[["stage"]].assign(time=data.time, event=data.event)[closed.to_numpy()].reset_index()
    rows = rows.sort_values(["landmark_at", "deal_id"], kind="stable").dropna(subset=["time"])
    found = rows.dropna(subset=["stage"]).drop_duplicates(["deal_id", "stage"])
    known = found["stage"].value_counts()
    order = [name for name in dict.fromkeys([*stages, *sorted(known.index)]) if known.get(name, 0) >= FEW]
    groups = {ALL: rows.drop_duplicates("deal_id")} | {name: found[found["stage"] == name] for name in order}
    parts = [_curves(group).assign(stage=name) for name, group in groups.items() if len(group) >= FEW]
    table = pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)
    return with_facts(table, about or facts_of(data))


def _curves(rows: pd.DataFrame) -> pd.DataFrame:
    # statsmodels takes a second to import, and only this chart needs it
    from statsmodels.duration.survfunc import CumIncidenceRight

    status = rows["event"].map({name: number for number, name in enumerate(OUTCOMES, 1)}).fillna(0)
    time, codes = rows["time"].to_numpy(dtype=float), status.to_numpy(dtype=int)
    # of outcomes that nobody had the curve has nothing
    absent = [number for number in range(1, len(OUTCOMES) + 1) if number not in codes]
    days = np.arange(int(time.max()) + 1)
    curves = None if len(absent) == len(OUTCOMES) else CumIncidenceRight(time, codes)
    parts = []
    for number, name in enumerate(OUTCOMES, 1):
        share, error = np.zeros(len(days)), np.zeros(len(days))
        if curves is not None and number not in absent:
            place = np.searchsorted(curves.times, days, side="right")
            share = np.r_[0.0, curves.cinc[number - 1]][place]
            error = np.r_[0.0, curves.cinc_se[number - 1]][place]
        low, high = share_band(share, error)
        parts.append(pd.DataFrame({"outcome": name, "day": days, "share": share, "low": low, "high": high}))
    return pd.concat(parts, ignore_index=True).assign(deals=len(rows))


def plot_incidence(
    table: pd.DataFrame,
    ax: Axes | None = None,
    *,
    stage: str = ALL,
    language: str = "nl",
    watermark: str | None = None,
) -> Axes:
    """Draw `incidence_table` for one stage: a line with its band per outcome.

    Parameters
    ----------
    table : pandas.DataFrame
        From `incidence_table`.
    ax : Axes, optional
        Where to draw; a new figure by default.
    stage : str
        Which stage; all together by default.
    language : str
        Language of the words in the picture.
    watermark : str, optional
        Overrides the table's own.

    Raises
    ------
    UnknownName
        For a stage that the table doesn't have.

    Examples
    --------
    >>> import salesinsight as si
    >>> from salesinsight.charts.frame import blank_axes
    >>> table = incidence_table(si.make_dataset(si.make_sample(n_deals=60)))
    >>> plot_incidence(table, blank_axes(4.0)).get_xlabel()
    'dagen na het eerste peilmoment'
    """
    ax, w = axes_for(ax, 4.4), words(language)
    if table.empty:
        return leave_empty(ax, table, "charts.incidence", language, watermark, few=FEW)
    if stage not in set(table["stage"]):
        raise UnknownName(kind="stage", name=stage, known=list(dict.fromkeys(table["stage"])))
    rows = table[table["stage"] == stage]
    horizon, n = int(rows["day"].max()), int(rows["deals"].iloc[0])
    for name in OUTCOMES:
        part, colour = rows[rows["outcome"] == name], Y4_COLOURS[name]
        label = w(f"charts.y4.{name}")
        draw_curve(ax, part, "share", STYLES[name], colour, label)
    dress_curves(ax, horizon, w("charts.incidence.axis"), w("charts.incidence.share"), "upper left")
    notes = [w("charts.incidence.n", n=w.number(n)), w("charts.incidence.band")]
    return dress(ax, table, _finding(rows, stage, language), notes, language, watermark)


def _finding(rows: pd.DataFrame, stage: str, language: str) -> str:
    """What had become of the deals on the last day."""
    w, horizon = words(language), int(rows["day"].max())
    last = rows[rows["day"] == horizon].set_index("outcome")
    left = 1 - last["share"].sum()
    where = w("charts.incidence.where_all" if stage == ALL else "charts.incidence.where_stage", stage=stage)
    parts = {row.Index: in_ten(row.share, row.low, row.high, language) for row in last.itertuples()}
    return w("charts.incidence.title", day=horizon, where=where, left=w.number(10 * left), **parts)
