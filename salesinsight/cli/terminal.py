"""What a command says and where: results on stdout, progress and refusals on stderr."""

from __future__ import annotations

import contextlib
import json
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.status import Status
from rich.table import Table
from typer.core import TyperGroup

from salesinsight.errors import LanguageMismatch, SalesInsightError, UsageError, refusal_of
from salesinsight.language import languages, words

UNEXPECTED = 1
ASKED = "salesinsight.asked"
PIPED_WIDTH = 120
RIGHT = {"read", "used", "merged", "skipped", "rejected", "amount", "waiting", "p_stalled"}


class Commands(TyperGroup):
    """All commands together: with ``--json`` a wrong use is one JSON object on stdout too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Remember what was asked, for the arguments are taken apart before any command begins."""
        ctx.meta[ASKED] = list(args)
        with _wrong_use(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        with _wrong_use(ctx):
            return super().invoke(ctx)


@contextlib.contextmanager
def _wrong_use(ctx: Any) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # every version of typer has classes of its own for this, with one method in common
        if hasattr(error, "format_message") and "--json" in ctx.meta[ASKED]:
            asked = next((name for name in ctx.meta[ASKED] if not name.startswith("-")), None)
            facts = {"command": asked, "exit_code": UsageError.exit_code, "error": type(error).__name__}
            typer.echo(_as_json({**facts, "message": error.format_message()}))
        raise


class Terminal:
    """One command's talk with its user, as a context: errors inside it become one message and an exit code.

    Parameters
    ----------
    command : str
        Name of the command, for the JSON.
    language : str
        Language of all that is said.
    as_json : bool
        Whether stdout gets one JSON object instead of sentences.
    debug : bool
        Whether an unexpected error shows its traceback.
    """

    def __init__(self, command: str, language: str, as_json: bool, debug: bool) -> None:
        self.command = command
        self.language = language if language in languages() else "en"
        self.as_json = as_json
        self.debug = debug
        self.words = words(self.language)
        self.stdout = Console(highlight=False)
        if not self.stdout.is_terminal:
            self.stdout.width = PIPED_WIDTH
        self.stderr = Console(stderr=True, highlight=False, soft_wrap=True)
        self._asked = language
        self._shown = warnings.catch_warnings()
        self._step = ""
        self._since = 0.0
        self._spinner: Status | Progress | None = None

    def __enter__(self) -> Terminal:
        """Refuse a language without a pack; all else is said by the command itself."""
        try:
            words(self._asked)
        except SalesInsightError as error:
            self._refuse(error.text(self.language), error.exit_code, type(error).__name__)
        self._shown.__enter__()
        warnings.simplefilter("default", LanguageMismatch)
        self._show_other, warnings.showwarning = warnings.showwarning, self._warn
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Turn what went wrong into one message and the exit code of the contract."""
        self._shown.__exit__(None, None, None)
        self._end_step(done=error is None)
        if isinstance(error, OSError) and not self.debug:
            error = refusal_of(error)
        if isinstance(error, SalesInsightError):
            self._refuse(error.text(self.language), error.exit_code, type(error).__name__)
        elif isinstance(error, Exception) and not isinstance(error, typer.Exit) and not self.debug:
            message = self.words("cli.unexpected", kind=type(error).__name__, text=str(error))
            self._refuse(message, UNEXPECTED, type(error).__name__)

    def step(self, name: str) -> None:
        """Say on stderr that a step starts, and how long the one before it took."""
        self._end_step(done=True)
        self._step, self._since = self.words(f"cli.step.{name}"), time.monotonic()
        if self.stderr.is_terminal:
            self._spinner = self.stderr.status(f"{self._step} ...")
            self._spinner.start()

    def bar(self) -> Callable[[int, int], None]:
        """Show on stderr how far this step is: call the result with what is done, and of how much."""
        if self._spinner is None:  # nobody looks
            return lambda done, of: None
        self._spinner.stop()
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        bar = self._spinner = Progress(*columns, console=self.stderr, transient=True)
        task = bar.add_task(self._step, total=None)
        bar.start()
        return lambda done, of: bar.update(task, completed=done, total=of)

    def say(self, key: str, **facts: Any) -> None:
        """Say one sentence of ``cli.toml`` on stdout."""
        self.line(self.words(f"cli.{key}", **facts))

    def line(self, text: str) -> None:
        """Write one line on stdout."""
        self._end_step(done=True)
        if not self.as_json:
            typer.echo(text)

    def table(self, rows: Iterable[Iterable[str]], headers: Iterable[str]) -> None:
        """Write a table on stdout, its headers by their key under ``cli.column``."""
        self._end_step(done=True)
        if self.as_json:
            return
        table = Table(box=None, pad_edge=False)
        for header in headers:
            name = self.words(f"cli.column.{header}")
            table.add_column(name, justify="right" if header in RIGHT else "left", overflow="fold")
        for row in rows:
            table.add_row(*row)
        self.stdout.print(table)

    def finish(self, exit_code: int = 0, **facts: Any) -> None:
        """End the command: with ``--json`` the facts as one object, and the exit code."""
        self._end_step(done=True)
        if self.as_json:
            typer.echo(_as_json({"command": self.command, "exit_code": exit_code, **facts}))
        if exit_code:
            raise typer.Exit(exit_code)

    def _end_step(self, done: bool) -> None:
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None
        if self._step and done:
            seconds = self.words.number(time.monotonic() - self._since, 1)
            self.stderr.print(self.words("cli.step_done", step=self._step, seconds=seconds), markup=False)
        self._step = ""

    def _warn(self, message: Any, *where: Any, **more: Any) -> None:
        """Show a warning of ours in the user's language; those of other libraries as they are."""
        if isinstance(message, SalesInsightError):
            self.stderr.print(message.text(self.language), style="yellow", markup=False)
        else:
            self._show_other(message, *where, **more)

    def _refuse(self, message: str, exit_code: int, error: str) -> None:
        self.stderr.print(message, style="red", markup=False)
        if self.as_json:
            facts = {"command": self.command, "exit_code": exit_code, "error": error, "message": message}
            typer.echo(_as_json(facts))
        raise typer.Exit(exit_code)


def _as_json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: Any) -> Any:
    """What JSON has no word for: tables as a list of rows, missing as null, moments and paths as text."""
    if isinstance(value, pd.DataFrame):
        return json.loads(value.to_json(orient="records", date_format="iso"))
    if isinstance(value, set | frozenset):
        return sorted(value)
    return None if pd.isna(value) else str(value)
