"""The commands for somebody's own files: look at them, import them without names, forget what must go."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from salesinsight.cli.options import AsJson, Debug, Folder, Key, Language, Profile, app
from salesinsight.cli.telling import costs, tell_check, tell_forgotten, tell_imported
from salesinsight.cli.terminal import Terminal
from salesinsight.deals import label_report, label_settings, make_dataset
from salesinsight.errors import InputRefused
from salesinsight.exports import check_export, load_profile, read_export, write_links
from salesinsight.features import conversation_features
from salesinsight.report import choices_in_words, counts_in_words, write_label_report
from salesinsight.retrain import forget, import_path
from salesinsight.retrain.prepare import names_in
from salesinsight.speech import tag_notes, tag_turns

RUNS = (Path("models"), Path("out"))
KEY = Path.home() / ".salesinsight" / "salesinsight.key"
Imported = Annotated[
    Path,
    typer.Argument(help="Folder of an imported export, such as data/processed/name.", show_default=False),
]


@app.command()
def check(
    folder: Folder,
    profile: Profile = "sample",
    links: Annotated[
        Path | None, typer.Option(help="CSV file to write: which transcript belongs where, to correct.")
    ] = None,
    label: Annotated[
        Path | None, typer.Option(help="Folder to write: what counts as stalled, and 20 deals to tick.")
    ] = None,
    key: Key = None,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Say what an export and a profile yield, what is missing, and what that costs."""
    with Terminal("check", language, as_json, debug) as screen:
        screen.step("read")
        label_settings(load_profile(profile).label)
        found = check_export(folder, profile, told_in=screen.language)
        tell_check(screen, found)
        if links is not None:
            screen.say("check.links", path=write_links(found.links, links))
        code = 0 if found.usable else InputRefused.exit_code
        told = found.to_dict() | {"cost": costs(found.available)}
        if label is not None and found.usable:
            told["label"] = _label(screen, folder, profile, label, names_in(folder, key))
        screen.finish(code, **told)


def _label(screen: Terminal, folder: Path, profile: str, out: Path, names: dict[str, str]) -> dict:
    """Write the label report of an export, and say what is in it."""
    screen.step("dataset")
    export = read_export(folder, profile)
    features = None
    if label_settings(export.label).outcome_source == "tagged":
        notes = tag_notes(export.conversations, language=export.language)
        tagged = tag_turns(export.turns, language=export.language)
        features = conversation_features(export, tagged, notes)
    report, data = label_report(export, features), make_dataset(export, features)
    shown: dict = {"language": screen.language, "names": names}
    sheet = write_label_report(out, export=export, report=report, data=data, **shown)
    for table in (counts_in_words(report, screen.words), choices_in_words(report, screen.words)):
        screen.table(table.to_numpy().tolist(), table.columns)
    screen.say("check.label", path=sheet)
    tables = {"counts": report.counts, "choices": report.choices, "stages": report.stages}
    return {name: table.to_dict("records") for name, table in tables.items()} | {"sheet": sheet}


@app.command("import")
def import_(
    folder: Folder,
    profile: Profile = "sample",
    out: Annotated[
        Path | None, typer.Option(help="Folder for the tables; else data/processed/NAME-OF-THE-FOLDER.")
    ] = None,
    key: Annotated[Path, typer.Option(help="File of the owner's key; made when absent.")] = KEY,
    keep_days: Annotated[
        int | None, typer.Option(min=1, help="Drop what was said and noted longer ago than this.")
    ] = None,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Keep an export as tables without names; with the key, names come back in reports."""
    with Terminal("import", language, as_json, debug) as screen:
        target = out or Path("data") / "processed" / folder.resolve().name
        done = import_path(folder, profile, target, key, keep_days=keep_days, progress=screen.step)
        tell_imported(screen, done)
        screen.finish(folder=done.folder, names=done.names, key=done.key, made_key=done.made_key)


@app.command("forget")
def forget_(
    folder: Imported,
    deal: Annotated[list[str] | None, typer.Option(help="A deal_id; may be given more than once.")] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(help="A name, e-mail address, number or person_id; may be given more than once."),
    ] = None,
    before: Annotated[
        str | None, typer.Option(help="What was said and noted before this day, such as 2024-01-01.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="File of the owner's key; needed to find a person.")
    ] = None,
    runs: Annotated[
        list[Path] | None, typer.Option(help="Folders with runs and reports; else models and out.")
    ] = None,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Take a deal, a person or old words out of imported tables, runs, ledger and reports."""
    with Terminal("forget", language, as_json, debug) as screen:
        places = runs or [place for place in RUNS if place.is_dir()]
        done = forget(folder, deals=deal or (), people=person or (), before=before, key=key, runs=places)
        tell_forgotten(screen, done, absent=[] if runs else [place for place in RUNS if not place.is_dir()])
        screen.finish(**dataclasses.asdict(done), cleaned=places)
