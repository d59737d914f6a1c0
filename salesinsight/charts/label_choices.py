"""How much each choice of the label moves the stalled share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesinsight.charts.frame import (
    BLUE,
    GREY,
    axes_for,
    dress,
    facts_of,
    leave_empty,
    named_rows,
    out_of_ten,
    with_facts,
)
from salesinsight.charts.shares import in_ten, tens
from salesinsight.deals import LabelReport
from salesinsight.language import Words, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def label_choices_table(report: LabelReport, *, about: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """The choices of a label report that give a share, with the facts that a caption needs.

    Parameters
    ----------
    report : LabelReport
        From `label_report`.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        choice, value, used, landmarks, deals, share (stalled, of the landmarks), low, high (95 %, with the
        number of deals as n).

    Examples
    --------
    >>> import salesinsight as si
    >>> from salesinsight.deals import label_report
    >>> label_choices_table(label_report(si.make_sample(n_deals=40)))["choice"].nunique()
    7
    """
    known = report.choices.dropna(subset=["share"]).drop(columns="refused").reset_index(drop=True)
    return with_facts(known, about or facts_of(report))


def plot_label_choices(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `label_choices_table`: a dot with its interval per choice, the ones in use filled.

    Parameters
    ----------
    table : pandas.DataFrame
        From `label_choices_table`.
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
    >>> from salesinsight.deals import label_report
    >>> table = label_choices_table(label_report(si.make_sample(n_deals=40)))
    >>> plot_label_choices(table, blank_axes(5.5)).get_xlabel()
    'van elke 10 momenten telt er zoveel als misschien'
    """
    ax, w = axes_for(ax, 5.6), words(language)
    used = table[table["used"].astype(bool)] if len(table) else table
    if used.empty:
        return leave_empty(ax, table, "charts.label_choices", language, watermark)
    values = [_value_name(row.choice, row.value, w) for row in table.itertuples()]
    places = named_rows(ax, values, [w(f"label.choice.{choice}") for choice in table["choice"]])
    for place, row in zip(places, table.itertuples(), strict=True):
        colour, fill = (BLUE, BLUE) if row.used else (GREY, "white")
        reach = [[10 * (row.share - row.low)], [10 * (row.high - row.share)]]
        ax.errorbar(
            10 * row.share, place, xerr=reach, fmt="o", ms=7, color=colour, capsize=3, lw=1.4, mfc=fill
        )
    ax.axvline(10 * used["share"].iloc[0], color=BLUE, lw=0.8, ls=":")
    out_of_ten(ax, w("charts.label_choices.axis"))
    now = used.iloc[0]
    least, most = (
        tens(share, share, share)["count"] for share in (table["share"].min(), table["share"].max())
    )
    share = in_ten(now["share"], now["low"], now["high"], language)
    title = w("charts.label_choices.title", share=share, least=least, most=most)
    n = w("charts.label_choices.n", landmarks=w.number(now["landmarks"]), deals=w.number(now["deals"]))
    return dress(ax, table, title, [n, w("charts.label_choices.explain")], language, watermark)


def choice_name(choice: str, value: str, w: Words) -> str:
    """A choice and its value in words.

    Examples
    --------
    >>> choice_name("horizon_days", "60", words("nl"))
    'termijn: 60 dagen'
    """
    return f"{w(f'label.choice.{choice}')}: {_value_name(choice, value, w)}"


def _value_name(choice: str, value: str, w: Words) -> str:
    key = f"label.value.{choice}.{value}"
    return w(key) if key in w else w(f"label.value.{choice}.any", value=value)
