"""Whether the world has moved away from the model in use: the figures as a page and a table."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import jinja2
import pandas as pd

from salesinsight.errors import NoModel, NoReference
from salesinsight.language import Words, words
from salesinsight.retrain.changes import as_change, invented
from salesinsight.retrain.drift import CHANCE, LEAST, PSI_LIMIT, ROWS_LEFT, SHARE_LIMIT, Kept, drift
from salesinsight.retrain.ledger import check_ledger, read_ledger
from salesinsight.retrain.prepare import Prepared, Progress, prepare, quiet
from salesinsight.retrain.records import model_in_use
from salesinsight.retrain.reference import read_reference
from salesinsight.writing import write_whole

TABLE, PAGE = "monitor.csv", "monitor.html"


@dataclasses.dataclass(frozen=True)
class Monitored:
    """What a look at an export came to.

    Attributes
    ----------
    checks : pandas.DataFrame
        As `drift` gives it.
    model : str
        Name of the run in use.
    page : pathlib.Path
        The page to read; ``monitor.csv`` with all figures stands beside it.
    """

    checks: pd.DataFrame
    model: str
    page: Path

    @property
    def alarms(self) -> pd.DataFrame:
        """The checks that raised an alarm."""
        return self.checks[self.checks["alarm"].fillna(False)]

    @property
    def exit_code(self) -> int:
        """What ``salesinsight monitor`` returns: 0, or 12 on an alarm."""
        return 12 if len(self.alarms) else 0


def monitor_path(
    folder: str | Path,
    profile: str | Path = "sample",
    models: str | Path = "models",
    out: str | Path = "out/monitor",
    *,
    language: str | None = None,
    at: pd.Timestamp | str | None = None,
    trackers: str | Path | None = None,
    progress: Progress = quiet,
) -> Monitored:
    """Hold an export against what the model in use learned from, and write a page about it.

    Parameters
    ----------
    folder, profile, language, at, trackers, progress
        As in `run_path`.
    models : path
        Folder of runs; only read.
    out : path
        Gets ``monitor.html`` and ``monitor.csv``.

    Raises
    ------
    NoModel, ModelRefused, NoReference
        When no model is in use for such deals, or it can't be trusted to be what it was, or has nothing to be
        compared with.
    ExportChanged
        When the export can't be read any more as it was.
    """
    models, out = Path(models), Path(out)
    check_ledger(models)
    model = model_in_use(models)
    if model is None or model.model is None:
        raise NoModel(folder=str(models))
    kept = Kept(model, read_reference(model.folder), read_ledger(models))
    if "open_deals" not in kept.reference:  # of before open deals were kept
        raise NoReference(folder=str(model.folder))
    horizon = model.settings["horizon_days"]
    with as_change(model):
        ready = prepare(folder, profile, at=at, horizon_days=horizon, trackers=trackers, progress=progress)
    if invented(model) != bool(ready.export.watermark):
        raise NoModel(folder=str(models))
    progress("monitor")
    checks = drift(kept, ready)
    write_whole(out / TABLE, checks.to_csv(index=False, lineterminator="\n").encode())
    page = _page(kept, checks, ready, words(language or ready.export.language))
    return Monitored(checks, model.folder.name, write_whole(out / PAGE, page.encode()))


def figures(row: pd.Series, say: Words) -> dict[str, str]:
    """One check as words: what it looked at, then, now, how far it moved and the limit."""
    kind = row["check"]
    share = kind in ("missing", "hits", "prevalence", "calibration")
    plain = {"psi": 2, "rows": 0, "auc": 2}
    shown = {
        name: say.percent(row[name], 1) if share else say.number(row[name], plain[kind])
        for name in ("then", "now")
    }
    moved = say.percent(row["moved"]) if kind == "rows" else None if share else say.number(row["moved"], 2)
    limit = say.percent(row["limit"]) if kind == "rows" or share else say.number(row["limit"], 2)
    what = f"common.y4.{row['what']}" if kind in ("prevalence", "calibration", "auc") else ""
    return {
        "check": say(f"monitor.check.{kind}"),
        "what": say(what) if what in say else str(row["what"]),
        **shown,
        "moved": moved or say.percent(row["moved"], 1),
        "limit": limit,
        "n": say.number(row["n"]),
    }


def verdict(checks: pd.DataFrame, say: Words) -> str:
    """One sentence: how many alarms, or none."""
    alarms, judged = int(checks["alarm"].sum()), int(checks["alarm"].notna().sum())
    counts = {"n": alarms, "judged": judged, "unjudged": len(checks) - judged}
    numbers = {name: say.number(count) for name, count in counts.items()}
    return say("monitor.alarm" if alarms else "monitor.calm", **numbers)


def _page(kept: Kept, checks: pd.DataFrame, ready: Prepared, say: Words) -> str:
    judged = checks["alarm"].fillna(False)
    headings = ["check", "what", "then", "now", "moved", "limit", "n"]
    limits = {
        "psi": say.number(PSI_LIMIT, 2), "share": say.percent(SHARE_LIMIT), "rows": say.percent(ROWS_LEFT),
        "chance": say.percent(CHANCE), "least": say.number(LEAST),
    }  # fmt: skip
    moment = say.date(pd.Timestamp(ready.open_.settings["as_of"]))
    learned = say.date(pd.Timestamp(kept.reference["as_of"]))
    return TEMPLATE.render(
        language=say.language,
        title=say("monitor.title"),
        intro=say("monitor.intro", run=kept.run.folder.name, learned=learned, moment=moment),
        verdict=verdict(checks, say),
        advice=say("monitor.advice") if judged.any() else "",
        limits=say("monitor.limits", **limits),
        headings=[say(f"monitor.column.{name}") for name in headings],
        parts=[
            (say(f"monitor.heading.{name}"), [list(figures(row, say).values()) for _, row in part.iterrows()])
            for name, part in (("alarms", checks[judged]), ("rest", checks[~judged]))
            if len(part)
        ],
    )


TEMPLATE = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!DOCTYPE html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font-family: sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; line-height: 1.5 }
table { border-collapse: collapse } th, td { padding: .2em .8em .2em 0; text-align: left }
th { border-bottom: 1px solid #888 } .verdict { font-weight: bold }
</style>
</head>
<body>
<h1>{{ title }}</h1>
<p>{{ intro }}</p>
<p class="verdict">{{ verdict }}</p>
{% if advice %}
<p>{{ advice }}</p>
{% endif %}
{% for heading, rows in parts %}
<h2>{{ heading }}</h2>
<table>
<tr>{% for name in headings %}<th scope="col">{{ name }}</th>{% endfor %}</tr>
{% for row in rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</table>
{% endfor %}
<p>{{ limits }}</p>
</body>
</html>
""")
