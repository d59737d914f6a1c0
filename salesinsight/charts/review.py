"""Was last month's list right: how many of its deals stalled, beside other lists, per band, and by lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.frame import (
    BAND_COLOURS,
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    axes_for,
    dress,
    leave_empty,
    local_date,
    out_of_ten,
    with_facts,
)
from salesinsight.charts.shares import FEW, counted, in_ten
from salesinsight.language import Words, words
from salesinsight.modeling import BANDS, TOO_LITTLE
from salesinsight.modeling.cells import share_interval
from salesinsight.modeling.review import LISTS, compare_lists, lot, measure_benefit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ["part", "name", "scores", "deals", "stalled", "share", "low", "high", "predicted", "few"]
COLOURS = {"model": BLUE, "rule": ORANGE, "seller": GREEN, "all": GREY, "shown": BLUE, "reserved": ORANGE}
GAP = 0.6


def review_table(
    rows: pd.DataFrame, *, about: Mapping[str, Any] | None = None, draws: int = 1000
) -> pd.DataFrame:
    """How often deals stalled: on each list, per band, and by lot shown or held back.

    Parameters
    ----------
    rows : pandas.DataFrame
        From `look_back`.
    about : mapping, optional
        Facts for the caption; those of `rows` by default.
    draws : int
        Resamples of accounts behind the verdicts.

    Returns
    -------
    pandas.DataFrame
        part (list, band, lot), name (model, rule, seller, all; the bands; shown, reserved), scores, deals,
        stalled (scores whose deal stalled), share, low and high (95 %, scores of an account taken together:
        `share_interval`), predicted (mean chance; bands only), few (fewer than 30 deals).
        ``attrs`` adds first and last (date of the lists judged), scores
        (shown so far), judged, deals, and what `compare_lists` and `measure_benefit` say: vs_rule, vs_seller
        and benefit.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "deal_id": ["a", "b"], "group": ["a", "b"], "y": [1.0, 0.0], "y4": ["stalled", "won"],
    ...     "landmark_at": pd.to_datetime(["2026-01-05"] * 2, utc=True), "p_stalled": [0.8, 0.1],
    ...     "band": ["hoog", "laag"], "rank": [1, 2], "reserved": [False, False], "model": [True, False],
    ...     "rule": [False, True], "seller": [None, None]})
    >>> review_table(rows)[["name", "share"]].head(2).to_numpy().tolist()
    [['model', 1.0], ['rule', 0.0]]
    """
    judged = rows[rows["y"].notna()]
    drawn = lot(rows)
    parts = [("list", name, judged[judged[name].astype("boolean").fillna(False)]) for name in LISTS]
    parts += [("list", "all", judged)]
    parts += [("band", name, judged[judged["band"] == name]) for name in (*BANDS, TOO_LITTLE)]
    if drawn["reserved"].any():
        parts += [("lot", "shown", drawn[~drawn["reserved"]]), ("lot", "reserved", drawn[drawn["reserved"]])]
    told = [_row(*part) for part in parts if len(part[2])]
    table = pd.DataFrame(told, columns=COLUMNS)
    moments = judged["landmark_at"]
    facts = {
        "first": moments.min(),
        "last": moments.max(),
        "scores": len(rows),
        "judged": len(judged),
        "deals": int(judged["deal_id"].nunique()),
        "vs_rule": compare_lists(rows, "rule", draws=draws),
        "vs_seller": compare_lists(rows, "seller", draws=draws),
        "benefit": measure_benefit(rows, draws=draws),
    }
    return with_facts(table, rows.attrs if about is None else about, **facts)


def _row(part: str, name: str, rows: pd.DataFrame) -> tuple:
    deals, share = int(rows["deal_id"].nunique()), float(rows["y"].mean())
    predicted = float(rows["p_stalled"].mean()) if part == "band" else np.nan
    low, high = share_interval(rows["y"].to_numpy(dtype=float), rows["group"].to_numpy(dtype=object))
    return part, name, len(rows), deals, int(rows["y"].sum()), share, low, high, predicted, deals < FEW


def plot_review(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `review_table`: a dot with its interval per list and band, hollow where there are few deals.

    Parameters
    ----------
    table : pandas.DataFrame
        From `review_table`.
    ax : Axes, optional
        Where to draw; a new figure by default.
    language : str
        Language of the words in the picture.
    watermark : str, optional
        Overrides the table's own.

    Examples
    --------
    >>> from salesinsight.charts.frame import blank_axes
    >>> plot_review(pd.DataFrame(columns=COLUMNS), blank_axes(2.0)).texts[0].get_text()
    'Van geen enkele getoonde lijst is de termijn al voorbij.'
    """
    ax, w = axes_for(ax, 4.6), words(language)
    if table.empty:
        return leave_empty(ax, table, "review", language, watermark)
    places = -(np.arange(len(table)) + GAP * pd.factorize(table["part"])[0])
    shown = table["predicted"].notna() & (table.attrs.get("mode") != "voorlopig")
    for place, row, predicted in zip(places, table.itertuples(), shown, strict=True):
        colour = COLOURS.get(row.name) or BAND_COLOURS[row.name]
        reach = [[10 * (row.share - row.low)], [10 * (row.high - row.share)]]
        look: dict[str, Any] = {"color": colour, "mfc": "white" if row.few else colour}
        ax.errorbar(10 * row.share, place, xerr=reach, fmt="o", ms=8, capsize=4, lw=1.6, **look)
        if predicted:
            ax.plot(10 * row.predicted, place, marker="|", ms=15, mew=2.4, color=INK, ls="none")
    ax.set_yticks(places, [_name(row, w, language) for row in table.itertuples()])
    out_of_ten(ax, w("review.axis"))
    notes = _notes(table, bool(shown.any()), language)
    return dress(ax, table, _finding(table, language), notes, language, watermark)


def _name(row: Any, w: Words, language: str) -> str:
    if row.part == "band":
        name = w("review.band", band=w(f"charts.band.{row.name}"))
    else:
        name = w(f"review.{row.part}_{row.name}")
    return f"{name}\n({counted(row.deals, 'deal', language)})"


def _finding(table: pd.DataFrame, language: str) -> str:
    """How many on the list stalled, and whether the rule would have done as well."""
    w, lists = words(language), table[table["part"] == "list"].set_index("name")
    if "model" not in lists.index:
        return w("review.title_no_list")
    ours = lists.loc["model"]
    if ours["few"]:
        return w("review.title_few", deals=counted(ours["deals"], "deal", language))
    said = in_ten(ours["share"], ours["low"], ours["high"], language, of=w("review.of"))
    return w("review.title", share=said, verdict=verdict_on("rule", table, language))


def verdict_on(what: str, table: pd.DataFrame, language: str = "nl") -> str:
    """The verdict on the list beside the "rule" or the "seller", or on its "benefit", in words.

    Examples
    --------
    >>> verdict_on("rule", with_facts(pd.DataFrame(), {}, vs_rule={"verdict": "too_few", "deals": 3}), "en")
    'better than the 14-day rule? too little data to say'
    """
    found = table.attrs["benefit" if what == "benefit" else f"vs_{what}"]
    return words(language)(f"review.{what}_{found['verdict']}")


def _notes(table: pd.DataFrame, predicted: bool, language: str) -> list[str]:
    w, about = words(language), table.attrs
    first, last = (w.date(local_date(about[name], about)) for name in ("first", "last"))
    notes = [w("review.period", first=first, last=last, n=w.number(about["judged"]))]
    if "horizon_days" in about:
        notes.append(w("charts.frame.horizon", days=about["horizon_days"]))
    notes += [w("charts.frame.interval")] + ([w("review.predicted")] if predicted else [])
    return notes + ([w("charts.frame.few", few=FEW)] if table["few"].any() else [])
