"""Put the pages together and write them."""

from __future__ import annotations

import html
import importlib.metadata
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from salesinsight.charts.saving import table_csv
from salesinsight.charts.shares import counted
from salesinsight.deals import Dataset
from salesinsight.errors import UnknownName
from salesinsight.modeling import Run
from salesinsight.modeling.hours import hours_scenario
from salesinsight.privacy.vault import put_names
from salesinsight.report import decisions, front, method, review
from salesinsight.report.figures import draw_charts
from salesinsight.report.material import Material
from salesinsight.report.said import what_was_said
from salesinsight.schema import PATH, Export, takes
from salesinsight.writing import write_whole

CHANCES = ["p_won", "p_lost", "p_progress", "p_stalled", "low", "high", "conformal"]


@takes(
    folder=PATH,
    export=Export,
    tagged=pd.DataFrame,
    hits=pd.DataFrame,
    features=pd.DataFrame,
    notes=pd.DataFrame,
    data=Dataset,
    open_=Dataset,
    run=Run,
    scores=pd.DataFrame,
    past=pd.DataFrame,
    names=Mapping,
    hours=Mapping,
)
def write_report(
    folder: str | Path,
    *,
    export: Export,
    tagged: pd.DataFrame | None = None,
    hits: pd.DataFrame | None = None,
    features: pd.DataFrame | None = None,
    notes: pd.DataFrame | None = None,
    data: Dataset | None = None,
    open_: Dataset | None = None,
    run: Run | None = None,
    scores: pd.DataFrame | None = None,
    past: pd.DataFrame | None = None,
    language: str = "nl",
    names: Mapping[str, str] | None = None,
    seller_words: bool = False,
    hours: Mapping[str, Any] | None = None,
) -> Path:
    """Write the report for managers: one HTML file, the charts as files, and the lists as CSV.

    Parameters
    ----------
    folder : path
        Made when absent. Gets ``report.html``, ``worklist.csv``, ``open_deals.csv`` and ``charts/``.
    export : Export
        The tables as read.
    tagged, hits, features, notes : pandas.DataFrame, optional
        What was said: from `tag_turns`, `evidence`, `conversation_features` and `tag_notes`.
    data, open_ : Dataset, optional
        Deals with a closed window, and open deals.
    run, scores, past : Run and pandas.DataFrame, optional
        The model and the open deals it scored; without, the report counts and quotes and gives no chances.
        Scores shown before, with what came of the deals; from `look_back`.
    language : str
        Language of the report, "nl" or "en".
    names, seller_words, hours
        The name behind each code of a pseudonymised export, to show instead; whether words and names of
        sellers may be shown; what to assume in `hours_scenario`, UnknownName for anything else.

    Returns
    -------
    pathlib.Path
        ``report.html``; FileBusy when a file of it is open elsewhere, BadArgument for impossible hours.

    Notes
    -----
    How much is said follows from the model's mode: without one (*beschrijvend*) no chances at all;
    *voorlopig* gives bands and marks every page; *volledig* gives counts out of ten with their range. The
    page needs no network and no script, and prints on A4. The same input gives the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> import salesinsight as si
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(folder, export=si.make_sample(n_deals=10)).name
    'report.html'
    """
    tables = (export, tagged, hits, features, notes, data, open_, run, scores)
    return _write(Material(*tables, language, names or {}, seller_words, past, hours or {}), Path(folder))


def _refuse_unknown(hours: Mapping[str, Any]) -> None:
    """Refuse what is no assumption of the scenario."""
    taken = inspect.signature(hours_scenario).parameters.values()
    known = [one.name for one in taken if one.kind is one.KEYWORD_ONLY]
    for name in hours:
        if name not in known:
            raise UnknownName(kind="assumption", name=str(name), known=known)


def _write(material: Material, folder: Path) -> Path:
    _refuse_unknown(material.hours)
    listed = front.listed_deals(material)
    rows = front.worklist_rows(material, listed)
    facts = _facts(material) | _pages(material, listed, rows)
    facts["figures"] = draw_charts(material, folder / "charts", listed)
    escaped = {code: html.escape(name) for code, name in material.shown_names.items()}
    page = put_names(_environment().get_template("report.html.j2").render(facts), escaped)
    language, mark = material.language, material.export.watermark
    listed = _readable(material, rows).map(lambda cell: put_names(cell, material.shown_names))
    write_whole(folder / "worklist.csv", table_csv(listed, language, mark))
    write_whole(folder / "open_deals.csv", table_csv(_open_deals(material), language, mark))
    return write_whole(folder / "report.html", page.encode("utf-8"))


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("salesinsight.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _facts(material: Material) -> dict[str, Any]:
    """What every page needs."""
    return {
        "w": material.words,
        "language": material.language,
        "mode": material.mode,
        "watermark": material.export.watermark,
        "as_of": material.words("common.value.missing")
        if material.as_of is None
        else material.day(material.as_of),
        "model": material.model,
        "version": importlib.metadata.version("salesinsight"),
        "count": lambda n, noun: counted(n, noun, material.language),
    }


def _pages(material: Material, listed: pd.DataFrame, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The contents of the pages, in their order."""
    return {
        "cards": front.headline(material),
        "rows": rows,
        "band_rates": front.band_rates(material),
        "effort": front.effort(material, listed),
        "good": front.good_talks(material),
        "said": what_was_said(material),
        "review": review.judged(material),
        "worth": review.worth(material),
        "outcomes": decisions.outcome_counts(material),
        "recent": decisions.recent_decisions(material),
        "reasons": decisions.loss_reasons(material),
        "definition": method.definition(material),
        "used": method.data_used(material),
        "left_out": method.left_out(material),
        "rejects": method.rejects(material),
        "notices": material.export.notices,
        "limits": method.limits(material),
        "evaluation": method.evaluation(material),
    }


def _readable(material: Material, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The week's list as a table with the same words as on the page."""
    w = material.words
    columns = w.section("report.column")
    lines = [
        {
            "deal": row["deal"],
            "called": row["called"],
            "stage": row["stage"],
            "amount": row["amount"],
            "waiting": row["waiting"],
            "chance": _in_words(row["chance"]),
            "quote": row["quote"]["words"] if row["quote"] else "",
            "source": row["quote"]["source"] if row["quote"] else "",
            "question": row["move"]["text"] if row["move"] else "",
        }
        for row in rows
    ]
    names = ["deal", "called", "stage", "amount", "waiting", "chance", "quote", "source", "question"]
    if not any(row["called"] for row in rows):
        names.remove("called")
    return pd.DataFrame(lines, columns=names).rename(columns=columns)


def _in_words(chance: dict[str, str] | None) -> str:
    """A band, what goes with it and the outcomes, in one cell; a page sets them apart by their looks."""
    if chance is None:
        return ""
    told = ", ".join(part for part in (chance["share"], chance["outcomes"]) if part)
    return f"{chance['band']}: {told}" if told else chance["band"]


def _open_deals(material: Material) -> pd.DataFrame:
    """All open deals; chances only when the mode lets them be shown."""
    table = material.named(material.open_info if material.scores is None else material.scores)
    names = [name for name in ("name", "account_name") if name in table and table[name].notna().any()]
    wanted = ["deal_id", *names, "stage", "amount", "currency", "days_since_customer_step"]
    banded = ["band", "too_little", "outside"]
    wanted += {"beschrijvend": [], "voorlopig": banded, "volledig": [*banded, *CHANCES]}[material.mode]
    return table[[name for name in wanted if name in table]]
