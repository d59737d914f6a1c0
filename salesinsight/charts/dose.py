"""Requests for action against what became of the deal: raw, and between comparable conversations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.frame import (
    GREY,
    ORANGE,
    axes_for,
    dress,
    leave_empty,
    named_rows,
    out_of_ten,
    with_facts,
)
from salesinsight.charts.shares import counted
from salesinsight.language import Words, words
from salesinsight.modeling.dose import dose_response

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from salesinsight.deals import Dataset

# how far the raw share is drawn above its line, and the adjusted one below
APART = 0.14


def dose_table(data: Dataset, *, about: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """The numbers of the chart: `dose_response`, with the facts for its caption.

    Parameters
    ----------
    data : Dataset
        Closed windows.
    about : mapping, optional
        From `facts_of`.

    Returns
    -------
    pandas.DataFrame
        As `dose_response`; no rows where no conversation was heard.

    Examples
    --------
    >>> import salesinsight as si
    >>> dose_table(si.make_dataset(si.make_sample(n_deals=20))).empty
    True
    """
    return with_facts(dose_response(data), about or {})


def plot_dose(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `dose_table`: a line per level, with the raw and the adjusted share and their intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        From `dose_table`.
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
    >>> table = dose_table(si.make_dataset(si.make_sample(n_deals=20)))
    >>> len(plot_dose(table, blank_axes(2.0)).get_yticks())
    0
    """
    ax, w = axes_for(ax, 6.4), words(language)
    if table.empty:
        return leave_empty(ax, table, "charts.dose", language, watermark)
    table = with_facts(table[table["n"] > 0].reset_index(drop=True), table.attrs)
    levels = [w(f"charts.dose.level_{row.level}", n=w.number(row.n)) for row in table.itertuples()]
    places = named_rows(ax, levels, [w(f"charts.dose.{dose}") for dose in table["dose"]])
    for name, colour, up in (("share", GREY, APART), ("adjusted", ORANGE, -APART)):
        share, low, high = (10 * table[column].to_numpy() for column in (name, f"{name}_low", f"{name}_high"))
        reach = np.nan_to_num(np.clip([share - low, high - share], 0, None))
        ax.errorbar(
            share, places + up, xerr=reach, label=w(f"charts.dose.{name}"),
            fmt="o", ms=6, capsize=3, lw=1.4, color=colour,
        )  # fmt: skip
    for place in places[table["share"].isna().to_numpy()]:
        ax.text(0.15, place, w("charts.share.too_few"), va="center", fontsize=9, color=GREY)
    out_of_ten(ax, w("charts.dose.axis"))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.08), ncols=2, frameon=False, fontsize=9)
    talks = int(table.loc[table["dose"] == "count", "n"].sum())
    notes = [counted(talks, "conversation", language), w("charts.dose.alike"), w("charts.frame.interval")]
    return dress(ax, table, _title(table, w), [*notes, w("charts.dose.cause")], language, watermark)


def _title(table: pd.DataFrame, w: Words) -> str:
    """The two numbers of requests that differ most, where their intervals are apart."""
    told = table[(table["dose"] == "count") & table["adjusted"].notna()].sort_values("adjusted")
    if len(told) < 2:
        return w("charts.dose.title_few")
    least, most = told.iloc[0], told.iloc[-1]
    if least["adjusted_high"] >= most["adjusted_low"]:
        return w("charts.dose.title_same")
    facts = {"least": round(10 * least["adjusted"]), "most": round(10 * most["adjusted"])}
    names = {end: w(f"charts.dose.said_{row['level']}") for end, row in (("low", least), ("high", most))}
    return w("charts.dose.title", **facts, **names)
