"""What lies ahead: how the open deals may end or, without a model, how long they have stood still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.charts.frame import (
    ORANGE,
    TEXT_PT,
    Y4_COLOURS,
    axes_for,
    dress,
    facts_of,
    leave_empty,
    with_facts,
)
from salesinsight.charts.shares import counted
from salesinsight.language import words
from salesinsight.schema import Y4

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ORDER = ("won", "progress", "lost", "stalled")
AGE_EDGES = (-np.inf, 7, 14, 30, 60, 90, np.inf)
AGES = ("to_7", "to_14", "to_30", "to_60", "to_90", "over_90")
LONG = 30


def outlook_table(
    scores: pd.DataFrame, expected: Mapping[str, Any], *, about: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """How many of the open deals are expected to end in ja, vooruit, nee and misschien.

    Parameters
    ----------
    scores : pandas.DataFrame
        From ``run.score``: one row per open deal with p_won, p_lost, p_progress and p_stalled. Deals with
        ``too_little`` are not counted.
    expected : mapping
        From ``run.expected_stalled``: count, low and high of the stalled deals, with the uncertainty of
        the model and not of chance alone.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        outcome, expected (sum of the probabilities), shown (whole numbers that add up to n), low and high
        (95 %; NaN but for stalled), n (deals that are counted). No rows when there are none.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"p_won": [0.1], "p_lost": [0.2], "p_progress": [0.3], "p_stalled": [0.4]})
    >>> outlook_table(scores, {"count": 0.4, "low": 0.0, "high": 1.0})["outcome"].tolist()
    ['won', 'progress', 'lost', 'stalled']
    """
    known = scores.dropna(subset=[f"p_{outcome}" for outcome in Y4])
    if "too_little" in known:
        known = known[known["too_little"].isna()]
    sums = known[[f"p_{outcome}" for outcome in ORDER]].sum().to_numpy(dtype=float)
    table = pd.DataFrame(
        {"outcome": ORDER, "expected": sums, "shown": _whole(sums), "low": np.nan, "high": np.nan}
    )
    table.loc[table["outcome"] == "stalled", ["low", "high"]] = [expected["low"], expected["high"]]
    table = table.assign(n=len(known)) if len(known) else table.assign(n=0).iloc[:0]
    return with_facts(table, about or facts_of(scores), left_out=len(scores) - len(known))


def _whole(sums: np.ndarray) -> np.ndarray:
    """Whole numbers that add up to the total: people do add them up. The last, stalled, is just rounded."""
    shown = np.floor(sums)
    shown[-1] = np.rint(sums[-1])
    short = int(np.rint(sums.sum()) - shown.sum())
    shown[np.argsort(shown[:-1] - sums[:-1])[:short]] += 1
    return shown.astype(int)


def plot_outlook(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `outlook_table`: a bar per outcome, misschien with its interval.

    Parameters
    ----------
    table : pandas.DataFrame
        From `outlook_table`.
    ax : Axes, optional
        Where to draw; a new figure by default.
    language : str
        Language of the words in the picture.
    watermark : str, optional
        Overrides the table's own.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"p_won": [0.1], "p_lost": [0.2], "p_progress": [0.3], "p_stalled": [0.4]})
    >>> table = outlook_table(scores, {"count": 0.4, "low": 0.0, "high": 1.0})
    >>> from salesinsight.charts.frame import blank_axes
    >>> plot_outlook(table, blank_axes(3.0)).get_ylabel()
    ''
    """
    from matplotlib.ticker import MaxNLocator

    ax, w = axes_for(ax, 3.3), words(language)
    if table.empty:
        return leave_empty(ax, table, "charts.outlook", language, watermark)
    shown = table.iloc[::-1].reset_index(drop=True)
    for place, row in shown.iterrows():
        ax.barh(place, row["expected"], color=Y4_COLOURS[row["outcome"]], height=0.62)
        label, end = w("charts.outlook.bar", count=w.number(row["shown"])), row["expected"]
        if not np.isnan(row["low"]):
            low, high = w.number(row["low"]), w.number(row["high"])
            label, end = (
                w("charts.outlook.bar_range", count=w.number(row["shown"]), low=low, high=high),
                row["high"],
            )
            reach = [[max(row["expected"] - row["low"], 0)], [max(row["high"] - row["expected"], 0)]]
            ax.errorbar(row["expected"], place, xerr=reach, color="black", capsize=4, lw=1.4)
        ax.annotate(
            label, (max(end, row["expected"]), place), (6, 0), textcoords="offset points", va="center"
        )
    ax.set_yticks(range(len(shown)), [w(f"charts.y4.{outcome}") for outcome in shown["outcome"]])
    ax.margins(x=0.22)
    ax.set_xlim(left=0)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    horizon = table.attrs.get("horizon_days", 60)
    ax.set_xlabel(w("charts.outlook.axis", days=horizon), fontsize=TEXT_PT)
    stalled = table.set_index("outcome").loc["stalled"]
    low, high = w.number(stalled["low"]), w.number(stalled["high"])
    n = int(stalled["n"])
    title = w("charts.outlook.title", count=w.number(stalled["shown"]), n=w.number(n), low=low, high=high)
    notes = [counted(n, "open", language), w("charts.frame.horizon", days=horizon)]
    if table.attrs.get("left_out"):
        notes.append(w("charts.outlook.left_out", n=w.number(table.attrs["left_out"])))
    return dress(ax, table, title, [*notes, w("charts.outlook.interval")], language, watermark)


def ages_table(info: pd.DataFrame, *, about: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """How long ago the customers of the open deals last took a step.

    Parameters
    ----------
    info : pandas.DataFrame
        One row per open deal with days_since_customer_step: the ``info`` of `open_deals`, or the scores.
    about : mapping, optional
        Facts for the caption, from `facts_of`.

    Returns
    -------
    pandas.DataFrame
        days (class of days since the customer's last step; "unknown" where no step was recorded), deals
        (how many), long (more than 30 days).

    Examples
    --------
    >>> import pandas as pd
    >>> ages_table(pd.DataFrame({"days_since_customer_step": [3.0, 40.0, None]}))["deals"].tolist()
    [1, 0, 0, 1, 0, 0, 1]
    """
    days = info["days_since_customer_step"].astype("float64")
    bins = pd.cut(days, AGE_EDGES, labels=list(AGES)).cat.add_categories("unknown").fillna("unknown")
    counts = bins.value_counts().reindex([*AGES, "unknown"], fill_value=0)
    table = pd.DataFrame({"days": counts.index.astype(str), "deals": counts.to_numpy()})
    table["long"] = table["days"].isin(["to_60", "to_90", "over_90"])
    return with_facts(table, about or facts_of(info))


def plot_ages(
    table: pd.DataFrame, ax: Axes | None = None, *, language: str = "nl", watermark: str | None = None
) -> Axes:
    """Draw `ages_table`: a bar per class of days; those over 30 days stand out.

    Parameters
    ----------
    table : pandas.DataFrame
        From `ages_table`.
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
    >>> table = ages_table(pd.DataFrame({"days_since_customer_step": [3.0, 40.0, None]}))
    >>> plot_ages(table, blank_axes(3.0)).get_xlabel()
    'dagen sinds de laatste stap van de klant'
    """
    from matplotlib.ticker import MaxNLocator

    ax, w = axes_for(ax, 3.3), words(language)
    total = int(table["deals"].sum())
    if not total:
        return leave_empty(ax, table, "charts.ages", language, watermark)
    colours = [ORANGE if is_long else Y4_COLOURS["lost"] for is_long in table["long"]]
    bars = ax.bar(range(len(table)), table["deals"], color=colours, width=0.7)
    ax.bar_label(bars, [w.number(count) for count in table["deals"]], padding=2, fontsize=TEXT_PT)
    ax.set_xticks(range(len(table)), [w(f"charts.ages.{name}") for name in table["days"]])
    ax.set_xlabel(w("charts.ages.axis"), fontsize=TEXT_PT)
    ax.set_ylabel(w("charts.ages.count"), fontsize=TEXT_PT)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax.margins(y=0.15)
    long = int(table.loc[table["long"], "deals"].sum())
    unknown = int(table.loc[table["days"] == "unknown", "deals"].sum())
    title = w("charts.ages.title", long=w.number(long), n=w.number(total), days=LONG)
    title += w("charts.ages.never", n=w.number(unknown)) if unknown else ""
    notes = [counted(total, "open", language), w("charts.ages.step")]
    return dress(ax, table, title, notes, language, watermark)
