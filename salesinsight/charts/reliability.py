"""Whether the model's chances come true: predicted against observed, on deals it had not learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.frame import (
    BAND_COLOURS,
    BLUE,
    GREY,
    TEXT_PT,
    axes_for,
    dress,
    leave_empty,
    with_facts,
)
from salesinsight.charts.shares import FEW, counted, in_ten
from salesinsight.language import words
from salesinsight.modeling import BANDS
from salesinsight.modeling.cells import share_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BINS = 5
# groups nearer to each other than this, out of ten, have no room for two names side by side
NEAR = 1.0


def reliability_table(
    oof: pd.DataFrame, bands: tuple[float, float] | None = None, *, about: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Compare predicted and observed shares of stalled deals, in groups of equal size or in bands.

    Parameters
    ----------
    oof : pandas.DataFrame
        Predictions for deals that were held out: y (1 is stalled), p_stalled, deal_id as a column or a
        level of the index, and group (the account; each deal its own without it).
    bands : tuple of float, optional
        The two cut-offs between laag, midden and hoog. Without them: up to five groups of equal size, of
        30 deals or more where there are enough.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        group (1, 2, … or laag, midden, hoog), deals (n), predicted (mean chance), observed (share that
        stalled), low and high (95 %, landmarks of an account taken together: `share_interval`),
        base_rate, few (fewer than 30 deals).

    Examples
    --------
    >>> import pandas as pd
    >>> oof = pd.DataFrame({"y": [0, 1] * 40, "p_stalled": [0.2, 0.8] * 40})
    >>> reliability_table(oof)["observed"].tolist()
    [0.0, 1.0]
    """
    frame = oof.reset_index().dropna(subset=["y", "p_stalled"])
    deal = frame["deal_id"] if "deal_id" in frame else pd.Series(frame.index, frame.index)
    frame = frame.assign(deal=deal, account=frame.get("group", deal), y=frame["y"].astype(float))
    columns = ["group", "deals", "predicted", "observed", "low", "high", "base_rate", "few"]
    if frame.empty:
        return with_facts(pd.DataFrame(columns=columns), about or {})
    if bands is None:
        groups = min(MOST_BINS, max(2, frame["deal"].nunique() // FEW))
        frame["group"] = pd.qcut(frame["p_stalled"], groups, labels=False, duplicates="drop") + 1
    else:
        frame["group"] = pd.cut(
            frame["p_stalled"], [-np.inf, *bands, np.inf], labels=list(BANDS), right=False
        )
    rows = [_group(name, rows) for name, rows in frame.groupby("group", observed=True)]
    table = pd.DataFrame(rows, columns=columns[:6])
    table = table.assign(base_rate=float(frame["y"].mean()), few=table["deals"] < FEW)
    return with_facts(table, about or {}, deals=int(frame["deal"].nunique()), rows=len(frame))


def _group(name: Any, rows: pd.DataFrame) -> tuple:
    deals, observed = rows["deal"].nunique(), float(rows["y"].mean())
    interval = share_interval(rows["y"].to_numpy(), rows["account"].to_numpy(dtype=object))
    return name, deals, float(rows["p_stalled"].mean()), observed, *interval


def plot_reliability(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `reliability_table`: a dot with its interval per group, on the diagonal where the model is right.

    Parameters
    ----------
    table : pandas.DataFrame
        From `reliability_table`.
    ax : Axes, optional
        Where to draw; a new figure by default.
    language : str
        Language of the words in the picture.
    watermark : str, optional
        Overrides the table's own.

    Examples
    --------
    >>> import pandas as pd
    >>> from salesinsight.charts.frame import blank_axes
    >>> oof = pd.DataFrame({"y": [0, 1] * 40, "p_stalled": [0.2, 0.8] * 40})
    >>> plot_reliability(reliability_table(oof), blank_axes(4.0)).get_ylabel()
    'van elke 10 deals liepen er vast'
    """
    ax, w = axes_for(ax, 4.4), words(language)
    if table.empty:
        return leave_empty(ax, table, "charts.reliability", language, watermark)
    banded = table["group"].isin(BANDS).all()
    places = np.arange(len(table)) if banded else 10 * table["predicted"].to_numpy()
    _draw_groups(ax, table, places, bool(banded), language)
    base = float(table["base_rate"].iloc[0])
    ax.axhline(10 * base, color=GREY, ls=":", lw=1.4, label=w("charts.reliability.base"))
    ax.set(ylim=(0, 10), yticks=range(0, 11, 2))
    ax.set_ylabel(w("charts.reliability.observed"), fontsize=TEXT_PT)
    if banded:
        ax.set_xticks(places, [w(f"charts.band.{name}") for name in table["group"]])
        ax.set_xlim(-0.6, len(table) - 0.4)
        ax.set_xlabel(w("charts.reliability.band"), fontsize=TEXT_PT)
    else:
        ax.plot([0, 10], [0, 10], color="#B0B0B0", lw=1, label=w("charts.reliability.diagonal"))
        ax.set(xlim=(0, 10), xticks=range(0, 11, 2))
        ax.set_xlabel(w("charts.reliability.predicted"), fontsize=TEXT_PT)
    ax.legend(frameon=False, fontsize=TEXT_PT, loc="upper left")
    title = _finding(table, bool(banded), base, language)
    deals = counted(table.attrs.get("deals", table["deals"].sum()), "deal", language)
    notes = [w("charts.reliability.deals", deals=deals)]
    if "horizon_days" in table.attrs:
        notes.append(w("charts.frame.horizon", days=table.attrs["horizon_days"]))
    notes += [w("charts.frame.interval")] + ([w("charts.frame.few", few=FEW)] if table["few"].any() else [])
    return dress(ax, table, title, notes, language, watermark)


def _draw_groups(ax: Axes, table: pd.DataFrame, places: np.ndarray, banded: bool, language: str) -> None:
    """A dot with its interval per group, named by its deals."""
    above = [True]
    for step in np.diff(places):
        # of groups that are near to each other one is named above its interval, the next below
        above.append(not (above[-1] and step < NEAR))
    for place, up, (_, row) in zip(places, above, table.iterrows(), strict=True):
        colour = BAND_COLOURS[row["group"]] if banded else BLUE
        reach = [[10 * (row["observed"] - row["low"])], [10 * (row["high"] - row["observed"])]]
        ax.errorbar(place, 10 * row["observed"], yerr=reach, fmt="o", ms=8, color=colour, capsize=4, lw=1.6,
                    mfc="white" if row["few"] else colour)  # fmt: skip
        end, aside, va = ("high", 4, "bottom") if up else ("low", -4, "top")
        ax.annotate(counted(row["deals"], "deal", language), (place, 10 * row[end]), (0, aside),
                    textcoords="offset points", ha="center", va=va, fontsize=9)  # fmt: skip


def _finding(table: pd.DataFrame, banded: bool, base: float, language: str) -> str:
    w = words(language)
    if banded:
        top = table.iloc[-1]
        observed = float("nan") if top["few"] else top["observed"]
        share = in_ten(observed, top["low"], top["high"], language, of=w("charts.reliability.of"))
        band = w(f"charts.band.{top['group']}")
        return w("charts.reliability.title_band", band=band, share=share, base=round(10 * base))
    agree = int(((table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])).sum())
    return w("charts.reliability.title", agree=agree, groups=len(table), base=round(10 * base))
