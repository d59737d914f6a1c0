"""The commands themselves: each takes its arguments, calls the library and says what came of it.

Exit codes: 0 done, 1 unexpected error, 2 wrong use, 3 input refused, 10 the model in use stays, 11 too
little data (the report is still written), 12 an alarm of monitor, 13 the export changed since training, 14
another run is busy.
"""

from __future__ import annotations

import contextlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from salesinsight.cli.assumed import Avoidable, DealHours, ReviewMinutes, assumed_hours
from salesinsight.cli.options import (
    Accept,
    AsJson,
    At,
    Cluster,
    Debug,
    Folder,
    Horizon,
    Key,
    Landmarks,
    Language,
    Many,
    Models,
    Out,
    Parquet,
    Profile,
    Reserve,
    SellerWords,
    Source,
    Splits,
    Trackers,
    Turns,
    app,
)
from salesinsight.cli.telling import outcome_facts, tell_outcome
from salesinsight.cli.terminal import Terminal
from salesinsight.errors import MissingExtra, NoModel
from salesinsight.exports import is_processed, read_export
from salesinsight.features import Streamed, conversation_features, stream_features
from salesinsight.retrain import Outcome, model_in_use, run_path, score_path, try_path
from salesinsight.sample import make_sample, write_sample
from salesinsight.scale import Spread, featurize_on
from salesinsight.speech import read_trackers, tag_notes, tag_turns

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Run the command line; console code pages that lack a character show a question mark for it."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app()


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder in which demo-<language> is made.")] = Path("out"),
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Walk the whole path on the sample and end with the path of the report."""
    with Terminal("demo", language, as_json, debug) as screen:
        screen.say("demo.intro")
        folder = ROOT / "data" / "sample" / language
        if not folder.exists():
            folder = out / f"sample-{language}"
            write_sample(make_sample(language=language), folder)
        target = out / f"demo-{language}"
        outcome = try_path(folder, "sample", target, language=language, progress=screen.step)
        tell_outcome(screen, outcome, many=5)
        _end(screen, outcome, many=5)


@app.command("featurize")
def featurize_(
    source: Turns,
    out: Parquet,
    profile: Source = None,
    trackers: Trackers = None,
    cluster: Cluster = None,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Turn conversations into numbers: files larger than memory too, and next time only what is new."""
    with Terminal("featurize", language, as_json, debug) as screen:
        screen.step("featurize")
        if cluster is not None or (profile is None and not is_processed(Path(source))):
            shared: dict = {"trackers": read_trackers(trackers, language) if trackers else None}
            shared |= {"language": language, "progress": screen.bar()}
            if cluster is not None:
                done: Spread | Streamed = featurize_on(cluster, source, out, **shared)
            else:
                done = stream_features(source, out, **shared)
            facts = {name: getattr(done, name) for name in ("turns", "conversations", "measured")}
        else:
            export = read_export(source, profile=profile or "sample")
            own = read_trackers(trackers, export.language) if trackers else None
            tagged = tag_turns(export.turns, language=export.language, trackers=own)
            notes = tag_notes(export.conversations, language=export.language)
            Path(out).parent.mkdir(parents=True, exist_ok=True)
            features = conversation_features(export, tagged, notes)
            features.to_parquet(out)
            facts = {"turns": len(tagged), "conversations": len(features), "measured": len(features)}
        screen.finish(path=out, **facts)
        numbers = {name: screen.words.number(count, 0) for name, count in facts.items()}
        screen.say("featurize.counts", **numbers)
        screen.say("wrote", path=out)


@app.command("train")
def train_(
    folder: Folder,
    profile: Profile = "sample",
    models: Models = Path("models"),
    splits: Splits = "time",
    landmarks: Landmarks = "weekly",
    horizon_days: Horizon = None,
    accept_changes: Accept = False,
    at: At = None,
    many: Many = 10,
    key: Key = None,
    trackers: Trackers = None,
    seller_words: SellerWords = False,
    reserve: Reserve = 0.0,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Learn from an export, score its open deals, write the report, and put the model to use if it may."""
    with Terminal("train", language, as_json, debug) as screen:
        outcome = run_path(
            folder, profile, models, language=language, at=at, splits=splits, landmarks=landmarks,
            horizon_days=horizon_days, accept_changes=accept_changes, key=key, trackers=trackers,
            seller_words=seller_words, reserve=reserve, progress=screen.step,
        )  # fmt: skip
        tell_outcome(screen, outcome, many)
        if outcome.refused is None:
            screen.say("outcome.promoted", run=outcome.folder.name)
        _end(screen, outcome, many, outcome.exit_code)


@app.command()
def score(
    folder: Folder,
    profile: Profile = "sample",
    models: Models = Path("models"),
    out: Out = Path("out/score"),
    at: At = None,
    many: Many = 10,
    key: Key = None,
    trackers: Trackers = None,
    seller_words: SellerWords = False,
    reserve: Reserve = 0.0,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Score the open deals with the model in use: the week's worklist."""
    with Terminal("score", language, as_json, debug) as screen:
        shared: dict = {"language": language, "at": at, "key": key, "trackers": trackers}
        shared |= {"seller_words": seller_words, "reserve": reserve}
        outcome = score_path(folder, profile, models, out, **shared, progress=screen.step)
        tell_outcome(screen, outcome, many)
        _end(screen, outcome, many, outcome.exit_code)


@app.command()
def report(
    folder: Folder,
    profile: Profile = "sample",
    models: Models = Path("models"),
    out: Out = Path("out/report"),
    splits: Splits = "time",
    landmarks: Landmarks = "weekly",
    horizon_days: Horizon = None,
    at: At = None,
    key: Key = None,
    trackers: Trackers = None,
    seller_words: SellerWords = False,
    avoidable: Avoidable = None,
    review_minutes: ReviewMinutes = None,
    deal_hours: DealHours = None,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Write the manager's report, with the model in use or else with one learned for the occasion."""
    with Terminal("report", language, as_json, debug) as screen:
        shared: dict = {"language": language, "at": at, "key": key, "trackers": trackers}
        shared |= {"hours": assumed_hours(avoidable, review_minutes, deal_hours)}
        shared |= {"seller_words": seller_words, "progress": screen.step}
        if landmarks == "weekly" and model_in_use(models) is not None:
            with contextlib.suppress(NoModel):  # one of invented data is none for real data
                outcome = score_path(folder, profile, models, out, **shared)
                _end(screen, outcome, 5, outcome.exit_code)
                return
        given: dict = {"splits": splits, "landmarks": landmarks, "horizon_days": horizon_days}
        _end(screen, try_path(folder, profile, out, **given, **shared), many=5)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(help="Folder to write the invented export to.")],
    deals: Annotated[int, typer.Option(min=1, help="Number of deals.")] = 260,
    effect: Annotated[float, typer.Option(help="Strength of the planted effects; 0 is none.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Same seed, same files.")] = 0,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Invent conversations and deals with a planted, stated truth, to try things on."""
    with Terminal("sample", language, as_json, debug) as screen:
        screen.step("sample")
        write_sample(make_sample(n_deals=deals, language=language, effect=effect, seed=seed), folder)
        screen.finish(folder=folder, deals=deals)
        screen.say("wrote", path=folder)


@app.command()
def lab(
    language: Language = "nl",
    debug: Debug = False,
) -> None:
    """Open the notebooks in JupyterLab."""
    with Terminal("lab", language, as_json=False, debug=debug) as screen:
        if importlib.util.find_spec("jupyterlab") is None:
            raise MissingExtra(extra="notebooks")
        notebooks = ROOT / "notebooks"
        screen.say("lab.start")
        where = notebooks if notebooks.exists() else Path.cwd()
        screen.finish(subprocess.call([sys.executable, "-m", "jupyterlab", str(where)]))


def _end(screen: Terminal, outcome: Outcome, many: int, exit_code: int = 0) -> None:
    """The path of the report is the last line, so that a script can take it from there."""
    screen.say("outcome.report")
    screen.line(str(outcome.report))
    screen.finish(exit_code, **outcome_facts(outcome, many))
