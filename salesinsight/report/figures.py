"""The report's charts: drawn, saved as files, and given back as pictures for the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from salesinsight import charts
from salesinsight.charts.effects import effects_height
from salesinsight.charts.frame import blank_axes
from salesinsight.modeling.effects import chief_columns
from salesinsight.report.material import Material

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# a chart that only says that there is too little data
LOW = 1.5
HEIGHTS = {
    "outlook": 3.4,
    "ages": 3.4,
    "worklist": 4.7,
    "waiting": 4.7,
    "reliability": 4.5,
    "outcomes": 4.3,
    "requests": 4.1,
    "dose": 6.4,
    "importance": 4.2,
    "review": 4.8,
    "precision": 3.6,
    "benefit": 3.1,
}


def draw_charts(material: Material, folder: Path, listed: pd.DataFrame) -> dict[str, Markup]:
    """Draw every chart that this material allows, and save each as PNG, SVG and CSV.

    Parameters
    ----------
    material : Material
        The tables.
    folder : pathlib.Path
        Where the files go.
    listed : pandas.DataFrame
        The week's list, in its order.

    Returns
    -------
    dict
        Per chart its picture, to stand in the page.
    """
    drawn = {}
    for name, table in _tables(material, listed):
        plot = getattr(charts, f"plot_{name}")
        height = effects_height(table) if name == "effects" else HEIGHTS[name]
        ax: Axes = plot(table, blank_axes(LOW if table.empty else height), language=material.language)
        files = charts.save_chart(ax, folder, name, table, material.language)
        drawn[name] = Markup(files["svg"].read_text("utf-8"))
    return drawn


def _tables(material: Material, listed: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    run, data, about = material.run, material.data, material.about
    expected = material.expected
    if material.scores is not None and expected is not None:
        yield "outlook", charts.outlook_table(material.scores, expected, about=about)
    else:
        yield "ages", charts.ages_table(material.open_info, about=about)
    yield "worklist", charts.worklist_table(listed, mode=material.mode, about=about)
    if data is not None and data.time is not None:
        stages = [stage for pipeline in material.export.stages.values() for stage in pipeline]
        yield "waiting", charts.waiting_table(data, stages, about=about)
    if run is not None and material.mode != "beschrijvend":
        bands = run.cut_offs if material.mode == "voorlopig" else None
        yield "reliability", charts.reliability_table(run.oof, bands, about=about)
    if run is not None and material.mode != "beschrijvend" and len(run.oof):
        yield "precision", charts.precision_table(run.oof, about=about)
        yield "benefit", charts.benefit_table(run.oof, about=about)
    if material.review is not None:
        yield "review", material.review
    if run is not None and run.model is not None and data is not None and data.y is not None:
        importance = charts.importance_table(run, data, about=about)
        yield "importance", importance
        # chances, if only averages of them
        if material.mode == "volledig":
            columns = chief_columns(run, importance["family"].tolist())
            yield "effects", charts.effects_table(run, data, columns, about=about)
    if material.features is not None:
        yield "outcomes", charts.outcomes_table(material.export, material.features, about=about)
        yield "requests", charts.requests_table(material.features, about=about)
    if data is not None and data.y is not None and material.features is not None:
        yield "dose", charts.dose_table(data, about=about)
