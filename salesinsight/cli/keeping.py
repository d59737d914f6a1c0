"""The commands for whoever keeps a model running: has the world moved, and back to the model before."""

from __future__ import annotations

from pathlib import Path

from salesinsight.cli.options import AsJson, At, Debug, Folder, Language, Models, Out, Profile, Trackers, app
from salesinsight.cli.terminal import Terminal
from salesinsight.retrain import monitor_path, roll_back
from salesinsight.retrain.monitor import figures, verdict


@app.command()
def monitor(
    folder: Folder,
    profile: Profile = "sample",
    models: Models = Path("models"),
    out: Out = Path("out/monitor"),
    at: At = None,
    trackers: Trackers = None,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Hold an export against what the model in use learned from; exit code 12 when it has moved."""
    with Terminal("monitor", language, as_json, debug) as screen:
        given: dict = {"language": language, "at": at, "trackers": trackers, "progress": screen.step}
        found = monitor_path(folder, profile, models, out, **given)
        screen.line(verdict(found.checks, screen.words))
        for _, row in found.alarms.iterrows():
            screen.say("monitor.shown", **figures(row, screen.words))
        screen.say("monitor.page")
        screen.line(str(found.page))
        facts = {"model": found.model, "alarms": found.alarms, "checks": found.checks, "page": found.page}
        screen.finish(found.exit_code, **facts)


@app.command()
def rollback(
    models: Models = Path("models"),
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Put the model back that was in use before the present one."""
    with Terminal("rollback", language, as_json, debug) as screen:
        run = roll_back(models).folder.name
        screen.say("rollback.done", run=run)
        screen.finish(model=run)
