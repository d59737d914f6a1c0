"""Charts on disk: a picture for slides, one for the report, and the numbers behind it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import pandas as pd

from salesinsight.charts.frame import figure_of
from salesinsight.language import words
from salesinsight.writing import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 160

FORMULA = tuple("=+-@\t\r")


def save_chart(
    ax: Axes, folder: str | Path, name: str, table: pd.DataFrame, language: str = "nl"
) -> dict[str, Path]:
    """Write a chart as PNG and SVG and its numbers as CSV; the same chart gives the same bytes.

    Parameters
    ----------
    ax : Axes
        The chart; its whole figure is written.
    folder : path
        Made when absent.
    name : str
        File name without extension.
    table : pandas.DataFrame
        The numbers that were drawn.
    language : str
        Decides the decimal sign and the separator of the CSV, as spreadsheets there expect them.

    Returns
    -------
    dict of str to pathlib.Path
        Paths under "png", "svg" and "csv".

    Raises
    ------
    FileBusy
        When one of the files is open in another program, such as Excel.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from salesinsight.charts.frame import blank_axes
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(save_chart(blank_axes(2.0), folder, "empty", pd.DataFrame({"n": [1]})))
    ['csv', 'png', 'svg']
    """
    folder = Path(folder)
    png = io.BytesIO()
    plain(ax).savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    content = {
        "png": png.getvalue(),
        "svg": chart_svg(ax, name).encode("utf-8"),
        "csv": table_csv(table, language, mark=table.attrs.get("watermark")),
    }
    return {kind: write_whole(folder / f"{name}.{kind}", data) for kind, data in content.items()}


def chart_svg(ax: Axes, name: str) -> str:
    """The chart as one ``<svg>`` element, to stand in a page beside others.

    Parameters
    ----------
    ax : Axes
        The chart.
    name : str
        Goes before every id in the picture, so that two pictures in one page keep theirs apart.

    Notes
    -----
    The title says the finding, so it is also the picture's label for people who can't see it.
    """
    import matplotlib

    out, figure = io.StringIO(), plain(ax)
    # letters become outlines: the picture is the same on a machine without our fonts
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": name}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", svg)
    label = quoteattr(" ".join((figure.get_suptitle() or ax.get_title(loc="left")).split()))
    return svg.replace("<svg ", f'<svg role="img" aria-label={label} ', 1)


def plain(ax: Axes) -> Figure:
    """Return the chart's figure with texts as they are: a dollar sign in a name starts no formula."""
    from matplotlib.text import Text

    figure = figure_of(ax)
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    return figure


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run as a formula.

    Examples
    --------
    >>> harmless(pd.DataFrame({"deal_id": ["=1+1", "d1"]}))["deal_id"].tolist()
    ["'=1+1", 'd1']
    """
    return table.map(lambda cell: f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell)


def table_csv(table: pd.DataFrame, language: str = "nl", mark: str | None = None) -> bytes:
    """A table as CSV that a spreadsheet in this language opens rightly.

    Parameters
    ----------
    table : pandas.DataFrame
        Written without its index. Missing values become empty cells.
    language : str
        A decimal comma goes with semicolons between the columns.
    mark : str, optional
        Watermark: a last column that says it on every row.

    Notes
    -----
    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    decimal = words(language).numbers["decimal"]
    marked = harmless(table.assign(watermark=mark) if mark else table)
    text = marked.to_csv(
        index=False,
        sep=";" if decimal == "," else ",",
        decimal=decimal,
        lineterminator="\n",
        float_format="%.6g",
    )
    # the byte order mark tells Excel that this is UTF-8
    return text.encode("utf-8-sig")
