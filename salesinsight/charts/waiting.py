"""How long deals wait in each stage for a decision or a step forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.called import cut
from salesinsight.charts.curves import draw_curve, dress_curves, share_band
from salesinsight.charts.frame import LINES, axes_for, dress, facts_of, figure_of, leave_empty, with_facts
from salesinsight.charts.shares import FEW, in_ten
from salesinsight.deals import Dataset
from salesinsight.language import Words, words
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POOLED, ALL = "pooled", "all"
TITLE_DAY = 30
# more curves than this can't be told apart; of longer names the start is enough
MOST, LONGEST = 6, 26
STYLES = ("-", "--", "-.", ":")


def waiting_table(
    data: Dataset, stages: Sequence[str] = (), *, about: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Per stage, the share of deals without decision or progress, day by day (Kaplan–Meier).

    Each deal counts once per stage: from the first landmark at which it stood there.

    Parameters
    ----------
    data : Dataset
        From `make_dataset`.
    stages : sequence of str
        The stages in their order; by name when it is not given.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        stage, deals (n of that stage), day (0, 1, … horizon), waiting (share still without decision or
        progress), low and high (pointwise 95 % band, on the log-log scale), at_risk (deals still followed).
        Stages of fewer than 30 deals and, where more than six are larger, those after the first five, are
        taken together as "pooled" (or, when no stage is large enough, "all"), and left out when they are
        fewer than 30 together.

    Notes
    -----
    Lost as "no decision" is no answer, so such a deal keeps waiting. Kaplan, E. L. and Meier, P. (1958),
    Nonparametric estimation from incomplete observations.

    Examples
    --------
    >>> import salesinsight as si
    >>> table = waiting_table(si.make_dataset(si.make_sample(n_deals=60)))
    >>> bool(table["waiting"].between(0, 1).all())
    True
    """
    first = _first_days(data)
    horizon = int(data.settings["horizon_days"])
    found = set(first["stage"])
    order = [
        name
        for name in dict.fromkeys([*stages, *sorted(found - {POOLED, ALL}), POOLED, ALL])
        if name in found
    ]
    parts = [_curve(first[first["stage"] == name], horizon).assign(stage=name) for name in order]
    parts = [part for part in parts if part["deals"].iloc[0] >= FEW]
    columns = ["stage", "deals", "day", "waiting", "low", "high", "at_risk"]
    table = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return with_facts(table, about or facts_of(data))


def _first_days(data: Dataset) -> pd.DataFrame:
    """Each deal once per stage, at its first landmark there; small stages together."""
    frame = data.info[["stage"]].assign(time=required(data.time), event=required(data.event)).reset_index()
    first = frame.sort_values("landmark_at").drop_duplicates(["deal_id", "stage"])
    first = first.dropna(subset=["stage", "time"])
    sizes = first["stage"].value_counts()
    large = sizes[sizes >= FEW].index
    large = large if len(large) <= MOST else large[: MOST - 1]
    return first.assign(stage=first["stage"].where(first["stage"].isin(large), POOLED if len(large) else ALL))


def _curve(rows: pd.DataFrame, horizon: int) -> pd.DataFrame:
    # statsmodels takes a second to import, and only this chart needs it
    from statsmodels.duration.survfunc import SurvfuncRight

    happened = (rows["event"] != "stalled").to_numpy(dtype=float)
    time = rows["time"].to_numpy(dtype=float)
    days = np.arange(horizon + 1)
    at_risk = [(time >= day).sum() for day in days]
    if not happened.any():
        share, error = np.ones(len(days)), np.zeros(len(days))
    else:
        curve = SurvfuncRight(time, happened)
        place = np.searchsorted(curve.surv_times, days, side="right")
        share = np.r_[1.0, curve.surv_prob][place]
        error = np.r_[0.0, curve.surv_prob_se][place]
    low, high = share_band(share, error)
    return pd.DataFrame(
        {"day": days, "waiting": share, "low": low, "high": high, "at_risk": at_risk, "deals": len(rows)}
    )


def plot_waiting(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `waiting_table`: a line with its band per stage, and under it how many deals are still followed.

    Parameters
    ----------
    table : pandas.DataFrame
        From `waiting_table`.
    ax : Axes, optional
        Where to draw; a new figure by default.
    language : str
        Language of the words in the picture.
    watermark : str, optional
        Overrides the table's own.

    Examples
    --------
    >>> import salesinsight as si
    >>> from salesinsight.charts.frame import blank_axes
    >>> table = waiting_table(si.make_dataset(si.make_sample(n_deals=60)))
    >>> plot_waiting(table, blank_axes(4.0)).get_ylabel()
    'van 10 deals wachten er nog'
    """
    ax, w = axes_for(ax, 4.6), words(language)
    if table.empty:
        return leave_empty(ax, table, "charts.waiting", language, watermark, few=FEW)
    stages = list(dict.fromkeys(table["stage"]))
    horizon = int(table["day"].max())
    ticks = np.unique(np.linspace(0, horizon, 5).round().astype(int))
    for place, stage in enumerate(stages):
        rows, colour = table[table["stage"] == stage], LINES[place % len(LINES)]
        name, style = cut(_name(stage, w), LONGEST), STYLES[place % len(STYLES)]
        draw_curve(ax, rows, "waiting", style, colour, name)
        _write_at_risk(ax, rows.set_index("day")["at_risk"].loc[ticks], place, colour, style, name)
    _below(ax, w("charts.waiting.at_risk"), 0, 0, ha="left")
    ax.set_xticks(ticks)
    dress_curves(ax, horizon, w("charts.waiting.axis"), w("charts.waiting.share"))
    title, n = _finding(table, stages, min(TITLE_DAY, horizon), language)
    notes = [
        w("charts.waiting.n", n=w.number(n)),
        w("charts.frame.horizon", days=horizon),
        w("charts.waiting.band"),
    ]
    return dress(ax, table, title, notes, language, watermark)


def _finding(table: pd.DataFrame, stages: list[str], day: int, language: str) -> tuple[str, int]:
    """The title, about the stage in which most deals wait at that day, and n."""
    w = words(language)
    then = table[table["day"] == day].set_index("stage").loc[stages]
    worst = then.iloc[int(then["waiting"].to_numpy().argmax())]
    share = in_ten(worst["waiting"], worst["low"], worst["high"], language, of=w("charts.waiting.of"))
    stage = str(worst.name)
    where = w(f"charts.waiting.where_{stage if stage in (POOLED, ALL) else 'stage'}", stage=_name(stage, w))
    return w("charts.waiting.title", day=day, where=where, share=share), int(then["deals"].sum())


def _name(stage: str, w: Words) -> str:
    return w(f"charts.waiting.{stage}") if stage in (POOLED, ALL) else stage


def _write_at_risk(ax: Axes, counts: pd.Series, place: int, colour: str, style: str, name: str) -> None:
    """One line below the axis; the piece of curve in it makes it the legend as well."""
    from matplotlib.transforms import blended_transform_factory, offset_copy

    _below(ax, name, 0, place + 1, ha="right", color=colour, shift=-42)
    across = blended_transform_factory(ax.transData, ax.transAxes)
    start, end = (
        offset_copy(across, figure_of(ax), x, -43 - 13 * (place + 1), units="points") for x in (-38, -14)
    )
    look = {
        "arrowstyle": "-",
        "linestyle": style,
        "color": colour,
        "linewidth": 2,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    ax.annotate("", (0, 0), (0, 0), xycoords=start, textcoords=end, arrowprops=look)
    for day, count in counts.items():
        _below(ax, str(count), day, place + 1, ha="center", color=colour)


def _below(
    ax: Axes, text: str, day: float, line: int, ha: str, color: str = "#555555", shift: float = 0
) -> None:
    """Write under the axis, at a day and on a line."""
    from matplotlib.transforms import blended_transform_factory

    where = (shift, -38 - 13 * line)
    across = blended_transform_factory(ax.transData, ax.transAxes)
    ax.annotate(text, (day, 0), where, across, "offset points", ha=ha, va="top", fontsize=9, color=color)
