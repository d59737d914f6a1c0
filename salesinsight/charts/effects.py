"""How the model's expectation moves with one kind of data, beside what was counted and where the data lie."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.frame import (
    BLUE,
    GREY,
    INK,
    TEXT_PT,
    axes_for,
    dress,
    figure_of,
    leave_empty,
    with_facts,
)
from salesinsight.charts.shares import counted
from salesinsight.language import Words, words
from salesinsight.modeling import TOO_LITTLE
from salesinsight.modeling.effects import partial_effects
from salesinsight.modeling.wording import ColumnWords

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from salesinsight.deals import Dataset
    from salesinsight.modeling import Run

ROW_IN, FRAME_IN = 2.1, 1.9
# part of the width between panels; inches for what stands above and below a panel, and for the legend
APART, ABOVE_IN, BELOW_IN, LEGEND_IN = 0.1, 0.62, 0.36, 0.44
NAME_CHARS = 40


def effects_table(
    run: Run, data: Dataset, columns: Sequence[str] | None = None, *, about: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """The numbers of the chart: `partial_effects`, with the facts for its caption.

    Parameters
    ----------
    run : Run
        The model.
    data : Dataset
        Closed windows.
    columns : sequence of str, optional
        Columns of the model; by default the chief one of each of the families that weigh most.
    about : mapping, optional
        From `facts_of`.

    Returns
    -------
    pandas.DataFrame
        As `partial_effects`; no rows without a model.
    """
    return with_facts(partial_effects(run, data, columns), about or {})


def plot_effects(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `effects_table`: a panel per column with the model's curve, what was counted, and a rug.

    Parameters
    ----------
    table : pandas.DataFrame
        From `effects_table`.
    ax : Axes, optional
        Where to draw; a new figure by default. The panels are its ``child_axes``.
    language : str
        Language of the words in the picture.
    watermark : str, optional
        Overrides the table's own.

    Examples
    --------
    >>> from salesinsight.charts.frame import blank_axes
    >>> from salesinsight.modeling.effects import COLUMNS
    >>> plot_effects(pd.DataFrame(columns=COLUMNS), blank_axes(2.0)).child_axes
    []
    """
    ax, w = axes_for(ax, effects_height(table)), words(language)
    if table.empty:
        return leave_empty(ax, table, "charts.effects", language, watermark)
    named = ColumnWords(list(table["column"].unique()), language)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    parts = [rows for _, rows in table.groupby("column", sort=False)]
    bottom, top = _limits(table)
    panels = [ax.inset_axes(place) for place in _places(len(parts), ax)]
    for panel, rows in zip(panels, parts, strict=True):
        panel.set(ylim=(bottom, top), yticks=range(bottom, top + 1, 2))
        _draw(panel, rows, named, language)
    for panel in panels[::2]:
        panel.set_ylabel(w("charts.effects.axis"), fontsize=TEXT_PT)
    handles, names = panels[0].get_legend_handles_labels()
    labels = [w(f"charts.effects.{name}") for name in names]
    corner = (-0.02, 1.02)
    ax.legend(handles, labels, loc="upper left", bbox_to_anchor=corner, frameon=False, fontsize=9)
    notes = [w(f"charts.effects.{name}") for name in ("band", "rug", "again", "cause")]
    dress(ax, table, _title(table, named, w), notes, language, watermark)
    ax.spines[:].set_visible(False)
    return ax


def effects_height(table: pd.DataFrame) -> float:
    """How high the picture should be, in inches: two panels beside each other make a row."""
    return FRAME_IN + ROW_IN * -(-table["column"].nunique() // 2)


def _limits(table: pd.DataFrame) -> tuple[int, int]:
    """Even counts out of ten that hold all that is drawn, at least four apart."""
    drawn = 10 * table[["low", "high", "counted"]].to_numpy(dtype=float)
    bottom, top = 2 * int(np.nanmin(drawn) // 2), 2 * int(np.ceil(np.nanmax(drawn) / 2))
    bottom = max(0, min(bottom, top - 4))
    return bottom, max(top, bottom + 4)


def _places(count: int, ax: Axes) -> list[tuple[float, float, float, float]]:
    """Left, bottom, width and height of each panel, as parts of the room."""
    room = ax.get_position().height * figure_of(ax).get_figheight()
    legend, above, below = LEGEND_IN / room, ABOVE_IN / room, BELOW_IN / room
    across, down = min(count, 2), -(-count // 2)
    width, height = (1 - APART * (across - 1)) / across, (1 - legend) / down
    tops = [1 - legend - height * (number // across) for number in range(count)]
    return [
        ((number % across) * (width + APART), top - height + below, width, height - above - below)
        for number, top in enumerate(tops)
    ]


def _draw(panel: Axes, rows: pd.DataFrame, named: ColumnWords, language: str) -> None:
    """One column: curve and band, counted shares as large as they have moments, and the rug."""
    w, first = words(language), rows.iloc[0]
    column, value = first["column"], rows["value"].to_numpy(dtype=float)
    sure = first["verdict"] != TOO_LITTLE
    colour = BLUE if sure else GREY
    panel.plot(value, 10 * rows["share"], "o-", ms=3.5, lw=2, color=colour, label="share")
    panel.fill_between(value, 10 * rows["low"], 10 * rows["high"], color=colour, alpha=0.15, lw=0)
    size = 90 * rows["n"] / rows["n"].max()
    panel.scatter(value, 10 * rows["counted"], s=size, color="#9A9A9A", lw=0, zorder=1.5, clip_on=False,
                  label="counted")  # fmt: skip
    _name_values(panel, column, value, named)
    rug = np.unique(rows[["start", "value", "end"]].to_numpy(dtype=float))
    panel.plot(rug, np.full(len(rug), 0.03), "|", ms=7, color=INK, transform=panel.get_xaxis_transform())
    panel.grid(axis="y", color="#E6E6E6")
    panel.spines[["top", "right"]].set_visible(False)
    panel.spines[["left", "bottom"]].set_color(GREY)
    panel.tick_params(labelsize=9, colors=INK, length=3)
    panel.set_axisbelow(True)
    deals = counted(first["deals"], "deal", language)
    facts = {"deals": deals, "same": first["same"], "replicates": first["replicates"]}
    said = w(f"charts.effects.{'same' if sure else 'few'}", **facts)
    name = textwrap.fill(_called(column, named), NAME_CHARS)
    beside: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": 9}
    panel.annotate(said, (0, 1), (0, 5), color="#555555", **beside)
    panel.annotate(name, (0, 1), (0, 18), color=INK, fontweight="bold", **beside)


def _name_values(panel: Axes, column: str, value: np.ndarray, named: ColumnWords) -> None:
    """An axis as wide as the curve, with ticks in the column's own unit."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    if named.unit(column) == "0/1":
        panel.set_xticks([0, 1], [named.value(column, number) for number in (0, 1)])
        panel.set_xlim(-0.4, 1.4)
        return
    reach = value[-1] - value[0]
    panel.set_xlim(value[0] - 0.05 * reach, value[-1] + 0.05 * reach)
    panel.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    if (value == value.round()).all() and reach <= 5:
        panel.set_xticks(np.arange(value[0], value[-1] + 1))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda number, _: named.value(column, number)))


def _called(column: str, named: ColumnWords) -> str:
    name = named.name(column)
    is_mean = named.about.loc[column, "form"] == "mean"
    name = named.say("charts.effects.mean", name=name) if is_mean else name
    return name[:1].upper() + name[1:]


def _title(table: pd.DataFrame, named: ColumnWords, w: Words) -> str:
    """The column whose change is largest among those of which the direction is sure."""
    sure = table[table["verdict"] != TOO_LITTLE]
    if sure.empty:
        return w("charts.effects.title_few")
    strongest = sure[sure["column"] == sure.loc[sure["change"].abs().idxmax(), "column"]]
    first, last = (round(10 * strongest["share"].iloc[end]) for end in (0, -1))
    if first == last:
        return w("charts.effects.title_same")
    column = strongest["column"].iloc[0]
    low, high = (named.value(column, strongest["value"].iloc[end]) for end in (0, -1))
    return w("charts.effects.title", name=_called(column, named), low=low, high=high, first=first, last=last)
