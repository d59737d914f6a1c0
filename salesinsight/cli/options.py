"""What all commands share: the application itself, and the arguments that several of them take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="salesinsight",
    help="Reads sales conversations and tells, with the words behind it, which deals stall.",
    epilog="Nothing leaves this machine: no command uses the network.",
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
SellerWords = Annotated[
    bool, typer.Option("--seller-words", help="Show words and names of sellers in the report.")
]
Turns = Annotated[
    Path, typer.Argument(help="Parquet file of turns; with --profile, a folder with an export.")
]
Parquet = Annotated[Path, typer.Argument(help="Parquet file to write: one row per conversation.")]
Source = Annotated[
    str | None, typer.Option("--profile", help="Profile of the export, when that is the source.")
]
