"""The label report on disk: its charts and tables, and the sheet that a manager ticks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from salesinsight import charts
from salesinsight.charts.frame import blank_axes
from salesinsight.charts.label_choices import choice_name
from salesinsight.charts.saving import table_csv
from salesinsight.deals import Dataset, LabelReport
from salesinsight.exports.readers.folder import TICKS
from salesinsight.exports.readers.links import MARK, RETYPED
from salesinsight.language import Words
from salesinsight.report.decisions import LONGEST_REASON
from salesinsight.report.material import Material
from salesinsight.schema import Export
from salesinsight.writing import write_whole

CHOICES_IN, INCIDENCE_IN = 6.4, 4.4


def write_label_report(
    folder: str | Path,
    *,
    export: Export,
    report: LabelReport,
    data: Dataset | None = None,
    language: str = "nl",
    names: Mapping[str, str] | None = None,
    seller_words: bool = False,
) -> Path:
    """Write what the label does to an export, and a sheet of deals for a manager to tick.

    Parameters
    ----------
    folder : path
        Made when absent. Gets the sheet ``label_check.csv``, ``label_counts.csv``, ``label_stages.csv``, and
        in ``charts/`` the choices and, with `data`, what becomes of deals over time.
    export : Export
        The tables.
    report : LabelReport
        From `label_report`.
    data : Dataset, optional
        From `make_dataset`.
    language : str
        Language of the words.
    names, seller_words
        As in `write_report`: names only with the owner's key, sellers only when asked for.

    Returns
    -------
    pathlib.Path
        ``label_check.csv``. Ticked and put into the folder of the export, it is read with the next one.

    Raises
    ------
    FileBusy
        When one of the files is open in another program.

    Examples
    --------
    >>> import tempfile
    >>> import salesinsight as si
    >>> from salesinsight.deals import label_report
    >>> export = si.make_sample(n_deals=30)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_label_report(place, export=export, report=label_report(export)).name
    'label_check.csv'
    """
    shown: dict[str, Any] = {"language": language, "names": names or {}, "seller_words": seller_words}
    material = Material(export, None, None, None, None, None, None, None, None, **shown)
    folder, w = Path(folder), material.words
    _draw(report, data, export, folder / "charts", language)
    tables = {
        "label_counts.csv": _headed(counts_in_words(report, w), w),
        "label_stages.csv": _headed(report.stages, w),
        TICKS[0]: _sheet(report, material),
    }
    for name, table in tables.items():
        write_whole(folder / name, table_csv(table, language, report.watermark))
    return folder / TICKS[0]


def _draw(report: LabelReport, data: Dataset | None, export: Export, folder: Path, language: str) -> None:
    choices = charts.label_choices_table(report)
    drawn = charts.plot_label_choices(choices, blank_axes(CHOICES_IN), language=language)
    charts.save_chart(drawn, folder, "label_choices", choices, language)
    if data is not None:
        order = [stage for stages in export.stages.values() for stage in stages]
        curves = charts.incidence_table(data, order)
        drawn = charts.plot_incidence(curves, blank_axes(INCIDENCE_IN), language=language)
        charts.save_chart(drawn, folder, "incidence", curves, language)


def counts_in_words(report: LabelReport, w: Words) -> pd.DataFrame:
    """The counts of a label report as people read them: part, what, moments, deals, share."""
    counts = report.counts
    said = [_name(*pair, report, w) for pair in zip(counts["part"], counts["name"], strict=True)]
    rows = counts.drop(columns="name").assign(
        part=[w(f"label.part.{part}") for part in counts["part"]],
        what=said,
        share=counts["share"].map(w.percent),
    )
    rows[["landmarks", "deals"]] = rows[["landmarks", "deals"]].map(w.number)
    return rows[["part", "what", "landmarks", "deals", "share"]]


def choices_in_words(report: LabelReport, w: Words) -> pd.DataFrame:
    """The choices of a label report as people read them: choice, moments, deals, stalled, interval."""
    rows = []
    for row in report.choices.itertuples():
        name = choice_name(str(row.choice), str(row.value), w)
        none = pd.isna(row.share)
        rows.append(
            {
                "choice": w("label.said.used", value=name) if row.used else name,
                "landmarks": w("label.said.none") if none else w.number(row.landmarks),
                "deals": w("label.said.none") if none else w.number(row.deals),
                "misschien": w("label.said.none") if none else w.percent(row.share),
                "margin": "" if none else f"{w.percent(row.low)}–{w.percent(row.high)}",
            }
        )
    return pd.DataFrame(rows)


def _name(part: str, name: str, report: LabelReport, w: Words) -> str:
    if part == "outcome":
        return w(f"common.y4_long.{name}")
    if part == "left_out":
        key = f"report.left_out.{name}"
        return w(key) if key in w else name
    return w(f"label.{part}.{name}", count=report.settings["bulk_close_count"])


def _headed(table: pd.DataFrame, w: Words) -> pd.DataFrame:
    heads = w.section("label.column")
    return table.rename(columns=heads)


def _sheet(report: LabelReport, material: Material) -> pd.DataFrame:
    """The sheet in words, with room for the ticks."""
    w, drawn = material.words, report.sheet
    called = charts.called(material.named(drawn)).fillna("")
    ids = drawn["deal_id"]
    rows = {
        # a spreadsheet would round a long number
        "deal_id": ids.mask(ids.str.contains(RETYPED).fillna(False), MARK + ids),
        "called": called,
        "landmark_at": [w.date(day) for day in drawn["landmark_at"]],
        "stage": drawn["stage"].fillna(""),
        "horizon": drawn["horizon"],
        "label": [w(f"common.y4.{y4}") for y4 in drawn["y4"]],
        "because": [_because(row, material) for row in drawn.itertuples()],
        "tick": "",
        "remark": "",
    }
    return pd.DataFrame(rows).rename(columns=w.section("label.sheet"))


def _because(row: Any, material: Material) -> str:
    """What decided the label, with its date and, as far as they may be shown, the words behind it."""
    w, what = material.words, row.what
    unknown = w("report.decisions.no_reason")
    if pd.isna(what):
        what = unknown
    elif row.decided_by in ("won", "lost", "no_decision"):
        own = len(what) > LONGEST_REASON and not material.seller_words
        what = w("report.decisions.own_words") if own else material.discreet(what)
    said = [w(f"label.because.{row.decided_by}", date=w.date(row.decided_at), what=what)]
    if row.y4 == "stalled" and not row.active:
        said.append(w("label.because.dormant"))
    if row.bulk:
        said.append(w("label.because.bulk"))
    return "; ".join(said)
