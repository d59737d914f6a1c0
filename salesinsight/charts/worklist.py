"""The deals to talk about this week, on one picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.called import called, cut
from salesinsight.charts.frame import (
    BAND_COLOURS,
    GREY,
    ORANGE,
    TEXT_PT,
    axes_for,
    dress,
    leave_empty,
    out_of_ten,
    with_facts,
)
from salesinsight.charts.shares import counted
from salesinsight.language import Words, words
from salesinsight.modeling import TOO_LITTLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST_STAGE = 24
COLUMNS = [
    "deal_id",
    "stage",
    "amount",
    "currency",
    "days_since_customer_step",
    "p_stalled",
    "low",
    "high",
    "band",
]


def worklist_table(
    worklist: pd.DataFrame, *, mode: str = "volledig", about: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """The numbers of the week's list, as far as the mode lets them be shown.

    Parameters
    ----------
    worklist : pandas.DataFrame
        From `salesinsight.modeling.worklist`, in its order.
    mode : {"beschrijvend", "voorlopig", "volledig"}
        Chances stay in only when it is volledig, bands only when there is a model.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        deal_id, stage, amount, currency, days_since_customer_step, p_stalled, low, high, band; missing
        what the mode hides, and the chance where the band is "te weinig gegevens". After deal_id, where any
        deal has a name, called: what people call it.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"deal_id": "d1", "stage": "offerte", "amount": 9000.0, "currency": "EUR",
    ...        "days_since_customer_step": 40.0, "p_stalled": 0.7, "low": 0.5, "high": 0.8, "band": "hoog"}
    >>> worklist_table(pd.DataFrame([row]), mode="voorlopig")["p_stalled"].isna().all()
    np.True_
    """
    table = worklist.reindex(columns=COLUMNS).reset_index(drop=True)
    names = called(worklist)
    if names.notna().any():
        table.insert(1, "called", names.to_numpy())
    hidden = (table["band"].astype("string") == TOO_LITTLE).fillna(False).astype(bool) | (mode != "volledig")
    table.loc[hidden, ["p_stalled", "low", "high"]] = np.nan
    if mode == "beschrijvend":
        table["band"] = pd.Series(pd.NA, table.index, dtype="string")
    return with_facts(table, {**(about or {}), "mode": mode})


def plot_worklist(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `worklist_table`: chances with their interval or, where they may not be shown, days of waiting.

    Parameters
    ----------
    table : pandas.DataFrame
        From `worklist_table`.
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
    >>> row = {"deal_id": "d1", "stage": "offerte", "amount": 9000.0, "currency": "EUR",
    ...        "days_since_customer_step": 40.0, "p_stalled": 0.7, "low": 0.5, "high": 0.8, "band": "hoog"}
    >>> ax = plot_worklist(worklist_table(pd.DataFrame([row])), blank_axes(4.0))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['d1 · offerte · € 9.000']
    """
    ax, w = axes_for(ax, 1.9 + 0.3 * max(len(table), 3)), words(language)
    if table.empty:
        return leave_empty(ax, table, "charts.worklist", language, watermark)
    places = -np.arange(len(table))
    with_chances = table["p_stalled"].notna().any()
    if with_chances:
        _draw_chances(ax, table, places, w)
    else:
        _draw_waiting(ax, table, places, w)
    ax.set_yticks(places, [_name(row, w) for _, row in table.iterrows()])
    ax.set_ylim(places[-1] - 0.6, 0.6)
    ax.grid(axis="x", color="#E6E6E6")
    notes = [counted(len(table), "open", language)]
    if "horizon_days" in table.attrs and table.attrs.get("mode") != "beschrijvend":
        notes.append(w("charts.frame.horizon", days=table.attrs["horizon_days"]))
    notes += [w("charts.frame.interval")] if with_chances else []
    return dress(ax, table, _title(table, language), notes, language, watermark)


def _draw_chances(ax: Axes, table: pd.DataFrame, places: np.ndarray, w: Words) -> None:
    share, low, high = (10 * table[name].to_numpy(dtype=float) for name in ("p_stalled", "low", "high"))
    reach = np.nan_to_num(np.clip([share - low, high - share], 0, None))
    ax.errorbar(share, places, xerr=reach, fmt="o", ms=8, color=ORANGE, capsize=4, lw=1.6)
    for place in places[np.isnan(share)]:
        ax.text(0.15, place, w(f"charts.band.{TOO_LITTLE}"), va="center", fontsize=9, color=GREY)
    out_of_ten(ax, w("charts.worklist.axis_chance"))


def _draw_waiting(ax: Axes, table: pd.DataFrame, places: np.ndarray, w: Words) -> None:
    days = table["days_since_customer_step"].to_numpy(dtype=float)
    ax.barh(places, days, height=0.55, color=[BAND_COLOURS.get(band, ORANGE) for band in table["band"]])
    for place, day, band in zip(places, days, table["band"], strict=True):
        text = w("charts.worklist.no_step") if np.isnan(day) else counted(day, "day", w.language)
        if pd.notna(band):
            text = w("charts.worklist.with_band", text=text, band=w(f"charts.band.{band}"))
        ax.annotate(
            text, (np.nan_to_num(day), place), (5, 0), textcoords="offset points", va="center", fontsize=9
        )
    # room for the words beside the longest bar
    ax.set_xlim(0, 1.45 * max(np.nanmax(days, initial=0), 1))
    ax.set_xlabel(w("charts.worklist.axis_days"), fontsize=TEXT_PT)


def _name(row: pd.Series, w: Words) -> str:
    parts = [
        row["deal_id"],
        None if pd.isna(row["stage"]) else cut(row["stage"], LONGEST_STAGE),
        w.money(row["amount"], row["currency"]) if pd.notna(row["amount"]) else None,
    ]
    facts = " · ".join(str(part) for part in parts if pd.notna(part))
    name = row.get("called")
    return facts if name is None or pd.isna(name) else f"{cut(name)}\n{facts}"


def _title(table: pd.DataFrame, language: str) -> str:
    w, deals = words(language), counted(len(table), "deal", language)
    currencies = table["currency"].dropna().unique()
    if table["amount"].notna().any() and len(currencies) < 2:
        money = w.money(table["amount"].sum(), currencies[0] if len(currencies) else None)
        return w("charts.worklist.title_money", deals=deals, money=money.replace(" ", "\u00a0"))
    return w("charts.worklist.title", deals=deals)
