"""What all commands share: the application itself, and the arguments that several of them take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from salesinsight.cli.terminal import Commands

app = typer.Typer(
    name="salesinsight",
    cls=Commands,
    help="Reads sales conversations and tells, with the words behind it, which deals stall.",
    epilog="Nothing leaves this machine: only featurize --cluster uses a network, to machines you name.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

Folder = Annotated[Path, typer.Argument(help="Folder with the export.", show_default=False)]
Profile = Annotated[str, typer.Option(help="Name of a profile, or path of a .toml file.")]
Models = Annotated[Path, typer.Option(help="Folder of runs; its current.json names the model in use.")]
Out = Annotated[Path, typer.Option(help="Folder for scores, charts and report.")]
Splits = Annotated[
    str, typer.Option(help="Test on later deals (time) or, without dates, on others (grouped).")
]
Landmarks = Annotated[str, typer.Option(help="Moments of prediction: weekly or conversation.")]
Horizon = Annotated[int | None, typer.Option(min=1, help="Length of the window in days; else the profile's.")]
Accept = Annotated[bool, typer.Option("--accept-changes", help="Also when the export has other stages.")]
At = Annotated[str | None, typer.Option(help="Look from this moment, such as 2026-03-02; else the export's.")]
Many = Annotated[int, typer.Option("--worklist", "-k", min=1, help="Number of deals on the worklist.")]
Language = Annotated[str, typer.Option(help="Language of all that is said and of the report: nl or en.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]
Key = Annotated[
    Path | None, typer.Option(help="File of the owner's key: names instead of codes in the report.")
]
Trackers = Annotated[
    Path | None, typer.Option(help="CSV of trackers of your own: cues, or labelled examples.")
]
Reserve = Annotated[
    float,
    typer.Option(min=0.0, max=0.5, help="Share of deals kept off the list by lot, to see what it does."),
]
SellerWords = Annotated[
    bool, typer.Option("--seller-words", help="Show words and names of sellers in the report.")
]
Turns = Annotated[
    str,
    typer.Argument(help="Parquet file of turns, a folder of them or a pattern; with --profile, an export."),
]
Parquet = Annotated[
    str, typer.Argument(help="Parquet file to write, one row per conversation; with --cluster, a folder.")
]
Cluster = Annotated[
    str | None, typer.Option(help="Address of a Dask scheduler, tcp://host:8786, whose workers do the work.")
]
Source = Annotated[
    str | None, typer.Option("--profile", help="Profile of the export, when that is the source.")
]
