"""What conversations led to, month by month, and how that goes together with asking for action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesinsight.charts.frame import (
    BLUE,
    OUTCOME_COLOURS,
    TEXT_PT,
    axes_for,
    dress,
    facts_of,
    leave_empty,
    out_of_ten,
    with_facts,
)
from salesinsight.charts.shares import FEW, counted, in_ten
from salesinsight.deals.shares import wilson
from salesinsight.language import Words, words
from salesinsight.schema import OUTCOMES, Export

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AGREED = ("order", "advance")
KINDS = (*OUTCOMES, "unknown")
MOST_MONTHS = 12


def outcomes_table(
    export: Export, features: pd.DataFrame, *, about: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Count per month what the conversations led to, and how many ended in an agreed step.

    Parameters
    ----------
    export : Export
        Its conversations give the months, in the export's time zone.
    features : pandas.DataFrame
        From `conversation_features`; outcome_tagged is read.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        month (first day), order, advance, continuation, no_sale, unknown (counts of held conversations),
        known (with a known outcome), agreed (order or advance), share (agreed of known), low and high
        (95 % after Wilson), few (fewer than 30 known). The last 12 months with conversations.

    Examples
    --------
    >>> import salesinsight as si
    >>> export = si.make_sample(n_deals=20)
    >>> features = si.conversation_features(export, si.tag_turns(export.turns))
    >>> table = outcomes_table(export, features)
    >>> bool((table["agreed"] == table["order"] + table["advance"]).all())
    True
    """
    held = export.conversations[export.conversations["status"].fillna("held") == "held"]
    outcome = held["conversation_id"].map(features["outcome_tagged"]).astype("string").fillna("unknown")
    local = held["started_at"].dt.tz_convert(export.time_zone)
    month = local.dt.tz_localize(None).dt.to_period("M").dt.to_timestamp().rename("month")
    counts = pd.crosstab(month, outcome).reindex(columns=list(KINDS), fill_value=0)
    if len(counts):
        every = pd.date_range(counts.index.min(), counts.index.max(), freq="MS", name="month")
        counts = counts.reindex(every, fill_value=0).tail(MOST_MONTHS)
    table = counts.rename_axis(columns=None).reset_index()
    table["known"] = table[list(OUTCOMES)].sum(axis=1)
    table["agreed"] = table[list(AGREED)].sum(axis=1)
    table["share"] = (table["agreed"] / table["known"]).where(table["known"] > 0)
    bounds = [wilson(agreed, known) for agreed, known in zip(table["agreed"], table["known"], strict=True)]
    table[["low", "high"]] = pd.DataFrame(bounds, index=table.index, columns=["low", "high"], dtype="float64")
    return with_facts(table.assign(few=table["known"] < FEW), about or facts_of(export))


def plot_outcomes(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `outcomes_table`: a bar per month, above it how many conversations ended in an agreed step.

    Parameters
    ----------
    table : pandas.DataFrame
        From `outcomes_table`.
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
    >>> export = si.make_sample(n_deals=20)
    >>> features = si.conversation_features(export, si.tag_turns(export.turns))
    >>> plot_outcomes(outcomes_table(export, features), blank_axes(4.0)).get_ylabel()
    'gesprekken'
    """
    from matplotlib.ticker import MaxNLocator

    ax, w = axes_for(ax, 4.2), words(language)
    total = int(table["known"].sum()) if len(table) else 0
    if not total:
        return leave_empty(ax, table, "charts.outcomes", language, watermark)
    _draw_bars(ax, table, w)
    _name_months(ax, table, w)
    ax.set_ylabel(w("charts.outcomes.axis"), fontsize=TEXT_PT)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.margins(y=0.12)
    ax.legend(ncols=5, frameon=False, fontsize=TEXT_PT, loc="upper center", bbox_to_anchor=(0.5, -0.14),
              columnspacing=1.4, handlelength=1.4)  # fmt: skip
    agreed, good = int(table["agreed"].sum()), int(table["continuation"].sum())
    share = in_ten(agreed / total if total >= FEW else float("nan"), *wilson(agreed, total), language)
    title = w(
        "charts.outcomes.title", agreed=w.number(agreed), n=w.number(total), share=share, good=w.number(good)
    )
    period = w("charts.frame.period", start=w.date(table["month"].min()), end=w.date(_last(table)))
    notes = [
        w("charts.outcomes.n", n=counted(total, "conversation", language)),
        period,
        w("charts.outcomes.explain"),
    ]
    if table["unknown"].any():
        notes.append(w("charts.outcomes.unknown", n=w.number(table["unknown"].sum())))
    return dress(ax, table, title, notes, language, watermark)


def _draw_bars(ax: Axes, table: pd.DataFrame, w: Words) -> None:
    below = pd.Series(0, table.index)
    for kind in KINDS:
        if table[kind].any():
            label = w(f"charts.outcome.{kind}")
            ax.bar(
                table.index, table[kind], bottom=below, color=OUTCOME_COLOURS[kind], width=0.72, label=label
            )
        below = below + table[kind]
    for place, row in table.iterrows():
        if row["known"]:
            text = w("charts.outcomes.above", agreed=row["agreed"], known=row["known"])
            ax.annotate(
                text, (place, below[place]), (0, 3), textcoords="offset points", ha="center", fontsize=9
            )


def _name_months(ax: Axes, table: pd.DataFrame, w: Words) -> None:
    short = [w(f"charts.month.{month.month}") for month in table["month"]]
    years = [
        f"\n{month.year}" if place == 0 or month.month == 1 else ""
        for place, month in enumerate(table["month"])
    ]
    ax.set_xticks(table.index, [name + year for name, year in zip(short, years, strict=True)])


def _last(table: pd.DataFrame) -> pd.Timestamp:
    """The last day that the months cover: not later than the export."""
    end = table["month"].max() + pd.offsets.MonthEnd(1)
    as_of = table.attrs.get("as_of")
    return end if as_of is None else min(end, pd.Timestamp(as_of).tz_localize(None))


def requests_table(features: pd.DataFrame, *, about: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Share of conversations that ended in an agreed step, by when and how often the seller asked for action.

    Parameters
    ----------
    features : pandas.DataFrame
        From `conversation_features`: request_count, request_last20 and outcome_tagged are read.
        Conversations without a transcript or without a known outcome play no part.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        by (moment, count), group (none, early, last20; 0, 1, 2, 3+), conversations (n), agreed, share,
        low and high (95 % after Wilson), few (fewer than 30).

    Notes
    -----
    An association: warm customers invite requests, so it does not say what asking more would bring.

    Examples
    --------
    >>> import pandas as pd
    >>> features = pd.DataFrame({"request_count": [0.0, 2.0], "request_last20": [0.0, 1.0],
    ...     "outcome_tagged": ["continuation", "advance"]})
    >>> requests_table(features).query("group == 'last20'")["share"].tolist()
    [1.0]
    """
    heard = features.dropna(subset=["request_count", "outcome_tagged"])
    asked, late = heard["request_count"] > 0, heard["request_last20"] > 0
    moment = pd.Series("none", heard.index).mask(asked, "early").mask(late, "last20")
    count = heard["request_count"].clip(upper=3).astype(int).astype(str).replace("3", "3+")
    agreed = heard["outcome_tagged"].isin(AGREED)
    by = {"moment": (moment, ["none", "early", "last20"]), "count": (count, ["0", "1", "2", "3+"])}
    parts = []
    for name, (groups, order) in by.items():
        part = agreed.groupby(groups).agg(conversations="size", agreed="sum").reindex(order, fill_value=0)
        parts.append(part.rename_axis("group").reset_index().assign(by=name))
    table = pd.concat(parts, ignore_index=True)
    table["share"] = (table["agreed"] / table["conversations"]).where(table["conversations"] > 0)
    bounds = [wilson(hits, n) for hits, n in zip(table["agreed"], table["conversations"], strict=True)]
    table[["low", "high"]] = pd.DataFrame(bounds, index=table.index, columns=["low", "high"])
    table["few"] = table["conversations"] < FEW
    columns = ["by", "group", "conversations", "agreed", "share", "low", "high", "few"]
    return with_facts(table[columns], about or {})


def plot_requests(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `requests_table`: a dot with its interval per group; hollow where there are few conversations.

    Parameters
    ----------
    table : pandas.DataFrame
        From `requests_table`.
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
    >>> features = pd.DataFrame({"request_count": [0.0, 2.0], "request_last20": [0.0, 1.0],
    ...     "outcome_tagged": ["continuation", "advance"]})
    >>> plot_requests(requests_table(features), blank_axes(4.0)).get_xlabel()
    'van elke 10 gesprekken eindigden er met een order of vervolgstap'
    """
    ax, w = axes_for(ax, 4.0), words(language)
    n = int(table.loc[table["by"] == "moment", "conversations"].sum())
    if not n:
        return leave_empty(ax, table, "charts.requests", language, watermark)
    again = (table["by"] == "count") & ((table["group"] == "0") | (table["conversations"] == 0))
    rows = table[~again].reset_index(drop=True)
    gap = (rows["by"] == "count") * 0.6
    places = -(rows.index + gap)
    for place, (_, row) in zip(places, rows.iterrows(), strict=True):
        if row["conversations"]:
            reach = [[10 * (row["share"] - row["low"])], [10 * (row["high"] - row["share"])]]
            ax.errorbar(10 * row["share"], place, xerr=reach, fmt="o", ms=8, color=BLUE, capsize=4, lw=1.6,
                        mfc="white" if row["few"] else BLUE)  # fmt: skip
    names = [
        w(
            "charts.requests.group",
            name=w(f"charts.requests.{by}_{group.replace('+', '_more')}"),
            n=w.number(count),
        )
        for by, group, count in zip(rows["by"], rows["group"], rows["conversations"], strict=True)
    ]
    ax.set_yticks(places, names)
    out_of_ten(ax, w("charts.requests.axis"))
    notes = [w("charts.requests.n", n=counted(n, "conversation", language)), w("charts.frame.interval")]
    notes += [w("charts.frame.few", few=FEW)] if rows["few"].any() else []
    notes.append(w("charts.requests.association"))
    return dress(ax, table, _finding(table, language), notes, language, watermark)


def _finding(table: pd.DataFrame, language: str) -> str:
    """Late requests beside none, where both were seen often enough."""
    w = words(language)
    said = table[table["by"] == "moment"].set_index("group")
    if said.loc[["last20", "none"], "few"].any():
        return w("charts.requests.title_few")
    late, none = said.loc["last20"], said.loc["none"]
    last = in_ten(late["share"], late["low"], late["high"], language, of=w("charts.requests.of"))
    without = in_ten(none["share"], none["low"], none["high"], language)
    return w("charts.requests.title", last=last, none=without)
