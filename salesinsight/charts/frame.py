"""What every chart has: room on paper, a title that states the finding, a caption, a watermark."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.language import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN = 7.2
TITLE_CHARS, CAPTION_CHARS = 66, 98
TITLE_PT, TEXT_PT = 12, 9.5
#: What a table carries in ``attrs`` so that its picture can never lose it.
FACTS = ("as_of", "time_zone", "horizon_days", "mode", "watermark", "version")

# Okabe and Ito's colours, which people who are colour-blind can tell apart
GREEN, BLUE, ORANGE, GREY, LIGHT, INK = "#009E73", "#0072B2", "#D55E00", "#7A7A7A", "#D4D4D4", "#222222"
LINES = (BLUE, ORANGE, GREEN, "#CC79A7", GREY)
OUTCOME_COLOURS = {"order": GREEN, "advance": BLUE, "continuation": ORANGE, "no_sale": GREY, "unknown": LIGHT}
Y4_COLOURS = {"won": GREEN, "progress": BLUE, "stalled": ORANGE, "lost": GREY}
BAND_COLOURS = {"laag": GREEN, "midden": BLUE, "hoog": ORANGE, "te weinig gegevens": GREY}


def facts_of(*sources: Any) -> dict[str, Any]:
    """Gather what a caption needs from an export, a data set or a run; the first that knows it wins.

    Examples
    --------
    >>> import salesinsight.schema as schema
    >>> empty = [schema.empty_table(name) for name in schema.TABLES]
    >>> facts_of(schema.Export(*empty, watermark="voorbeelddata"))
    {'time_zone': 'Europe/Amsterdam', 'watermark': 'voorbeelddata'}
    """
    found: dict[str, Any] = {}
    for name in FACTS:
        for source in sources:
            settings = getattr(source, "settings", None) or {}
            value = settings.get(name, getattr(source, name, None))
            if value is not None:
                found[name] = value
                break
    return found


def with_facts(table: pd.DataFrame, about: Mapping[str, Any], **more: Any) -> pd.DataFrame:
    """Give a table the facts that its caption needs."""
    table.attrs = {**about, **more}
    return table


def local_date(moment: Any, about: Mapping[str, Any]) -> pd.Timestamp:
    """A moment in the time zone of the people who read the chart."""
    stamp = pd.Timestamp(moment)
    return stamp if stamp.tz is None else stamp.tz_convert(about.get("time_zone", "UTC"))


def axes_for(ax: Axes | None, height_in: float) -> Axes:
    """The given axes, or those of a new figure that shows itself in a notebook."""
    if ax is not None:
        return ax
    # pyplot picks a window system when it is imported; the report draws without it
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(WIDTH_IN, height_in), layout="constrained")[1]


def blank_axes(height_in: float) -> Axes:
    """Axes of a new figure that no window system knows about."""
    from matplotlib.figure import Figure

    return Figure(figsize=(WIDTH_IN, height_in), layout="constrained").add_subplot()


def figure_of(ax: Axes) -> Figure:
    """The whole figure that the axes are on."""
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes that were removed from their figure"
    return figure


def dress(
    ax: Axes,
    table: pd.DataFrame,
    title: str,
    notes: Sequence[str],
    language: str,
    watermark: str | None = None,
) -> Axes:
    """Put title, caption and watermark on a chart and take away the lines that say nothing.

    Parameters
    ----------
    ax : Axes
        The drawn chart.
    table : pandas.DataFrame
        Its numbers; ``attrs`` holds the facts.
    title : str
        The finding, in a sentence.
    notes : sequence of str
        What the caption starts with: n, period, what the interval is.
    language : str
        Language of the display words.
    watermark : str, optional
        Overrides the table's own.
    """
    w, about = words(language), table.attrs
    if about.get("mode") == "voorlopig":
        title = w("charts.frame.provisional", title=title)
    if about.get("as_of") is not None:
        date = w.date(local_date(about["as_of"], about)).replace(" ", "\u00a0")
        notes = [*notes, w("charts.frame.export", date=date)]
    if about.get("version"):
        notes = [*notes, w("charts.frame.version", version=about["version"])]
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(GREY)
    ax.tick_params(labelsize=TEXT_PT, colors=INK, length=3)
    ax.set_axisbelow(True)
    _title_and_caption(ax, title, " · ".join(notes))
    mark = watermark or about.get("watermark")
    if mark:
        _stamp(ax, mark)
    return ax


def out_of_ten(ax: Axes, label: str) -> None:
    """Make the lower axis one of shares, as counts out of ten."""
    ax.set(xlim=(0, 10), xticks=range(0, 11, 2))
    # from the right: long names at the left leave the axes narrower than what is said below them
    ax.set_xlabel(label, fontsize=TEXT_PT, loc="right")
    ax.grid(axis="x", color="#E6E6E6")


def named_rows(ax: Axes, names: Sequence[str], heads: Sequence[str]) -> np.ndarray:
    """Name the rows of a chart, with a bold head over each run of rows that share one.

    Parameters
    ----------
    ax : Axes
        Gets the names at its left.
    names, heads : sequence of str
        Per row, from the top.

    Returns
    -------
    numpy.ndarray
        Where each row is: the first at -1, under the head at 0, and so on downwards.

    Examples
    --------
    >>> named_rows(blank_axes(2.0), ["30", "60", "yes"], ["term", "term", "parked"]).tolist()
    [-1.0, -2.0, -4.0]
    """
    head = pd.Series(heads, dtype=object)
    new = head.ne(head.shift()).to_numpy()
    places = -(np.arange(len(head)) + np.cumsum(new)).astype(float)
    ax.set_yticks([*places, *places[new] + 1], [*names, *head[new]])
    for tick in ax.yaxis.get_major_ticks()[len(places) :]:
        tick.tick1line.set_visible(False)
        tick.label1.set(fontweight="bold", color=INK)
    ax.set_ylim(places[-1] - 0.7, 0.6)
    return places


def leave_empty(
    ax: Axes, table: pd.DataFrame, chart: str, language: str, watermark: str | None, **facts: Any
) -> Axes:
    """Say in the middle of an empty chart why it is empty: too little data is an answer.

    Parameters
    ----------
    ax, table, language, watermark
        As in `dress`.
    chart : str
        The key of its words: ``nothing`` below it is what to say, ``title_nothing`` the title.
    **facts
        What ``nothing`` names.
    """
    w = words(language)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    text = textwrap.fill(w(f"{chart}.nothing", **facts), 60)
    ax.text(0.5, 0.5, text, ha="center", va="center", transform=ax.transAxes, fontsize=11)
    return dress(ax, table, w(f"{chart}.title_nothing"), [], language, watermark)


def _title_and_caption(ax: Axes, title: str, caption: str) -> None:
    figure = figure_of(ax)
    if len(figure.axes) == 1:
        style = {"ha": "left", "x": 0.012}
        title = textwrap.fill(title, TITLE_CHARS)
        figure.suptitle(title, fontsize=TITLE_PT, fontweight="bold", color=INK, **style)
        figure.supxlabel(textwrap.fill(caption, CAPTION_CHARS), fontsize=9, color="#555555", **style)
        return
    # beside other charts there is only the axes' own room
    ax.set_title(textwrap.fill(title, TITLE_CHARS // 2), loc="left", fontsize=10.5, fontweight="bold")
    ax.set_xlabel("\n".join([ax.get_xlabel(), textwrap.fill(caption, CAPTION_CHARS // 2)]), fontsize=9)


def _stamp(ax: Axes, mark: str) -> None:
    # long names at the left leave the axes too narrow for it
    figure = figure_of(ax)
    middle = figure.transFigure if len(figure.axes) == 1 else ax.transAxes
    stamp = ax.text(
        0.5, 0.5, mark, transform=middle, ha="center", va="center", rotation=24,
        fontsize=40, fontweight="bold", color=INK, alpha=0.1, zorder=9,
    )  # fmt: skip
    stamp.set_in_layout(False)
