"""The command that proposes a profile for files that none was written for yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from salesinsight.cli.options import AsJson, Debug, Language, app
from salesinsight.cli.terminal import Terminal
from salesinsight.errors import BadArgument, InputRefused
from salesinsight.exports.proposal import FileSeen, Proposal, propose_profile
from salesinsight.writing import write_whole

# so many columns without a use are named per file
NAMED = 30


@app.command("profile")
def profile_(
    place: Annotated[Path, typer.Argument(help="Folder with files, or one file.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="TOML file to write the proposal to.")] = None,
    base: Annotated[
        str | None, typer.Option(help="Built-in profile to build on, or none; else the one that fits.")
    ] = None,
    sellers: Annotated[
        bool, typer.Option("--sellers", help="Put the names of sellers into the proposal.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file when it is there.")
    ] = False,
    language: Language = "nl",
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Look at your files and propose a profile: what is sure, what is asked, what is not used."""
    with Terminal("profile", language, as_json, debug) as screen:
        if out is not None and out.exists() and not overwrite:
            raise BadArgument(
                argument="--out", expected=screen.words("proposal.screen.new_file"), got=str(out)
            )
        screen.step("read")
        found = propose_profile(place, base, language, sellers)
        _tell(screen, found)
        if out is None:
            _say(screen, "not_written")
        else:
            write_whole(out, found.toml.encode())
            _say(screen, "wrote", path=out)
            _say(screen, "next", folder=place, path=out)
        code = 0 if found.used else InputRefused.exit_code
        screen.finish(code, **found.to_dict(), out=out)


def _tell(screen: Terminal, found: Proposal) -> None:
    """First which profile fits, then file by file, then what must be answered."""
    words = screen.words
    tables = [one for one in found.files if one.what != "transcript"]
    if found.base:
        based = sum(one.what == "base" for one in tables)
        _say(screen, "base", name=found.base, n=based, total=len(tables))
    else:
        _say(screen, "no_base")
    for one in tables:
        screen.line("")
        if one.what == "unread":
            _say(screen, "file_failed", file=one.name, why=one.why)
        else:
            _tell_file(screen, one, found.base)
    spoken = sum(one.what == "transcript" for one in found.files)
    screen.line("")
    if spoken:
        _say(screen, "transcripts_one" if spoken == 1 else "transcripts", n=words.number(spoken))
    _tell_answers(screen, found)


def _tell_file(screen: Terminal, one: FileSeen, base: str) -> None:
    words = screen.words
    what = words(f"proposal.file.{one.what}", name=base)
    _say(screen, "file", file=one.name, what=what, rows=words.number(one.rows))
    used = [column for column in one.columns if column.sureness != "unused"]
    if one.what == "base" and used:
        # a vendor's columns need no explaining
        _say(screen, "base_columns", n=len(used), total=len(one.columns))
    elif used and not screen.as_json:
        table = Table(box=None, pad_edge=False)
        for header in ("column", "meaning", "sureness", "why"):
            table.add_column(words(f"proposal.column.{header}"), overflow="fold")
        for column in used:
            sureness = words(f"proposal.sureness.{column.sureness}")
            table.add_row(*map(escape, (column.name, _meaning(screen, column.meaning), sureness, column.why)))
        screen.stdout.print(table)
    left = [column.name for column in one.columns if column.sureness == "unused"]
    if left:
        shown = [*left[:NAMED], *(["…"] if len(left) > NAMED else [])]
        _say(screen, "unused", columns=", ".join(shown))


def _tell_answers(screen: Terminal, found: Proposal) -> None:
    words = screen.words
    for order in found.orders:
        pipeline = order.pipeline or words("proposal.screen.stages_all")
        how = words(f"proposal.how.{order.how}")
        _say(screen, "stages", pipeline=pipeline, stages=" → ".join(order.stages), how=how)
    if found.used:
        counts = [words(f"proposal.table.{name}", n=words.number(n)) for name, n in found.used.items()]
        _say(screen, "read", tables=", ".join(counts))
    else:
        _say(screen, "read_nothing")
    if found.questions:
        screen.line("")
        _say(screen, "questions")
        for number, text in enumerate(found.questions, 1):
            _say(screen, "question", number=number, text=text)
        screen.line("")


def _meaning(screen: Terminal, meaning: str) -> str:
    key = f"proposal.meaning.{meaning or 'steering'}"
    return screen.words(key) if key in screen.words else meaning


def _say(screen: Terminal, key: str, **facts: object) -> None:
    screen.line(screen.words(f"proposal.screen.{key}", **facts))
