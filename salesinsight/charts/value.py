"""Of the deals on a weekly list, how many stalled when the model was tested: beside what it must beat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.frame import BLUE, GREY, LINES, TEXT_PT, axes_for, dress, leave_empty, with_facts
from salesinsight.charts.shares import FEW, counted, in_ten
from salesinsight.language import words
from salesinsight.modeling.value import LENGTHS, list_precision, net_benefit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPREAD = 0.16


def precision_table(
    oof: pd.DataFrame, lengths: tuple[int, ...] = LENGTHS, *, about: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """`list_precision` without what could not be said, with the facts that a caption needs.

    Parameters
    ----------
    oof : pandas.DataFrame
        Predictions out of fold, of a run.
    lengths : tuple of int
        Deals on a list.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        As `list_precision`; no rows when fewer than 30 moments stood on lists. ``attrs`` adds base, the share
        of all moments.

    Examples
    --------
    >>> monday = pd.Timestamp("2026-01-05", tz="UTC")
    >>> oof = pd.DataFrame({"deal_id": ["a"], "landmark_at": [monday], "group": ["a"], "y": [1],
    ...     "p_stalled": [0.8]})
    >>> len(precision_table(oof))
    0
    """
    table = list_precision(oof, lengths)
    known = table.dropna(subset=["precision"]).reset_index(drop=True)
    return with_facts(known, about or {}, base=float(oof["y"].mean()))


def plot_precision(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `precision_table`: a dot with its interval per length of the list and per model.

    Parameters
    ----------
    table : pandas.DataFrame
        From `precision_table`.
    ax : Axes, optional
        Where to draw; a new figure by default.
    language : str
        Language of the words in the picture.
    watermark : str, optional
        Overrides the table's own.

    Examples
    --------
    >>> from salesinsight.charts.frame import blank_axes
    >>> len(plot_precision(pd.DataFrame(columns=["precision"]), blank_axes(2.0)).texts)
    1
    """
    ax, w = axes_for(ax, 4.0), words(language)
    if table.empty:
        return leave_empty(ax, table, "value", language, watermark)
    models, lengths = table["model"].unique(), table["k"].unique()
    for number, model in enumerate(models):
        rows = table[table["model"] == model]
        places = pd.factorize(table["k"])[0][rows.index] + SPREAD * (number - (len(models) - 1) / 2)
        reach = 10 * np.abs(rows[["low", "high"]].to_numpy().T - rows["precision"].to_numpy())
        look: dict[str, Any] = {"color": LINES[number], "ms": 7, "capsize": 3, "lw": 1.4}
        ax.errorbar(
            places, 10 * rows["precision"], yerr=reach, fmt="o", label=w(f"value.model_{model}"), **look
        )
    ax.axhline(10 * table.attrs["base"], color=GREY, ls=":", lw=1.4, label=w("value.base"))
    ax.set_xticks(range(len(lengths)), [w("value.length", k=k) for k in lengths])
    ax.set(ylim=(0, 10), yticks=range(0, 11, 2), xlim=(-0.5, len(lengths) - 0.5))
    ax.set_ylabel(w("value.axis"), fontsize=TEXT_PT)
    ax.legend(frameon=False, fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3)
    return dress(ax, table, _finding(table, language), _notes(table, language), language, watermark)


def _finding(table: pd.DataFrame, language: str) -> str:
    own = table[table["model"] == "full"]
    at = own[own["k"] == 10] if (own["k"] == 10).any() else own
    row = at.iloc[0]
    w = words(language)
    said = in_ten(row["precision"], row["low"], row["high"], language, of=w("value.of"))
    base = f"{w.number(10 * table.attrs['base'])}"
    return w("value.title", k=row["k"], share=said, base=base)


def _notes(table: pd.DataFrame, language: str) -> list[str]:
    w = words(language)
    row = table[table["model"] == "full"].iloc[-1]
    deals = counted(row["deals"], "deal", language)
    notes = [w("value.tested", weeks=w.number(row["weeks"]), deals=deals)]
    if "horizon_days" in table.attrs:
        notes.append(w("charts.frame.horizon", days=table.attrs["horizon_days"]))
    few = [w("value.few", few=FEW)] if row["deals"] < FEW else []
    return [*notes, w("charts.frame.interval"), *few]


def benefit_table(oof: pd.DataFrame, *, about: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """`net_benefit` with the facts that a caption needs.

    Examples
    --------
    >>> len(benefit_table(pd.DataFrame({"group": ["a", "b"], "y": [1, 0], "p_stalled": [0.8, 0.1]})))
    19
    """
    deals = int(oof["deal_id"].nunique()) if "deal_id" in oof else len(oof)
    return with_facts(net_benefit(oof), about or {}, deals=deals)


def plot_benefit(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `benefit_table`: the net benefit of the model over thresholds, beside acting on all and on none.

    Parameters
    ----------
    table : pandas.DataFrame
        From `benefit_table`.
    ax, language, watermark
        As in `plot_precision`.

    Examples
    --------
    >>> from salesinsight.charts.frame import blank_axes
    >>> table = benefit_table(pd.DataFrame({"group": ["a", "b"], "y": [1, 0], "p_stalled": [0.8, 0.1]}))
    >>> plot_benefit(table, blank_axes(3.6)).get_ylabel()
    'netto raak, per 100 deals'
    """
    ax, w = axes_for(ax, 3.8), words(language)
    at = 10 * table["threshold"]
    ax.fill_between(at, 100 * table["low"], 100 * table["high"], color=BLUE, alpha=0.15, lw=0)
    ax.plot(at, 100 * table["model"], color=BLUE, lw=2, label=w("value.model_full"))
    ax.plot(at, 100 * table["all"], color=GREY, lw=1.4, ls="--", label=w("value.act_all"))
    ax.axhline(0, color=GREY, lw=1, ls=":", label=w("value.act_none"))
    top = 100 * max(table["high"].max(), table["all"].max())
    ax.set(xlim=(0, 10), xticks=range(0, 11, 2), ylim=(-0.3 * top, 1.1 * top))
    ax.set_xlabel(w("value.threshold"), fontsize=TEXT_PT)
    ax.set_ylabel(w("value.benefit_axis"), fontsize=TEXT_PT)
    ax.legend(frameon=False, fontsize=TEXT_PT, loc="upper right")
    worth = (table["low"] > 0) & (table["better_low"] > 0)
    title = w("value.benefit_none")
    if worth.any():
        low, high = (f"{10 * edge:.0f}" for edge in (at[worth].min() / 10, at[worth].max() / 10))
        title = w("value.benefit_title", low=low, high=high)
    notes = [counted(table.attrs["deals"], "deal", language), w("value.benefit_note")]
    return dress(ax, table, title, notes, language, watermark)
