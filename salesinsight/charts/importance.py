"""What the model leans on: how much worse it foretells without each family of features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.frame import BLUE, GREY, TEXT_PT, axes_for, dress, leave_empty, with_facts
from salesinsight.charts.shares import counted
from salesinsight.language import words
from salesinsight.modeling.explain import family_importance

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from salesinsight.deals import Dataset
    from salesinsight.modeling import Run


def importance_table(run: Run, data: Dataset, *, about: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """The numbers of the chart: `family_importance`, with the facts for its caption.

    Parameters
    ----------
    run : Run
        The model.
    data : Dataset
        Closed windows.
    about : mapping, optional
        From `facts_of`.

    Returns
    -------
    pandas.DataFrame
        As `family_importance`; no rows without a model.
    """
    return with_facts(family_importance(run, data), about or {})


def plot_importance(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `importance_table`: a dot per family with its interval; grey where that holds 0.

    Parameters
    ----------
    table : pandas.DataFrame
        From `importance_table`.
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
    >>> row = {"family": "hedge", "gain": 0.04, "low": 0.01, "high": 0.07, "n": 900, "n_deals": 120}
    >>> ax = plot_importance(pd.DataFrame([row]), blank_axes(3.0))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['twijfeltaal']
    """
    ax, w = axes_for(ax, 4.6), words(language)
    if table.empty:
        return leave_empty(ax, table, "charts.importance", language, watermark)
    places = -np.arange(len(table))
    gain, low, high = (100 * table[name].to_numpy(dtype=float) for name in ("gain", "low", "high"))
    sure = low > 0
    for part, colour in ((sure, BLUE), (~sure, GREY)):
        reach = [(gain - low)[part], (high - gain)[part]]
        ax.errorbar(
            gain[part], places[part], xerr=reach, fmt="o", ms=7, capsize=4, lw=1.6, color=colour
        )  # fmt: skip
    ax.axvline(0, color=GREY, lw=1)
    ax.set_yticks(places, [w(f"common.family.{family}") for family in table["family"]])
    ax.set_ylim(places[-1] - 0.6, 0.6)
    ax.grid(axis="x", color="#E6E6E6")
    ax.set_xlabel(w("charts.importance.axis"), fontsize=TEXT_PT)
    title = w("charts.importance.title_none")
    if sure.any():
        family = table["family"].to_numpy()[sure.argmax()]
        title = w("charts.importance.title", family=w(f"common.family.{family}"))
    first = table.iloc[0]
    deals = counted(first["n_deals"], "deal", language)
    notes = [w("charts.importance.tested", deals=deals, n=w.number(first["n"])), w("charts.frame.interval")]
    return dress(ax, table, title, [*notes, w("charts.importance.model")], language, watermark)
