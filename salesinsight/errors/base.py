"""Every sentence in which the library refuses something: what was expected, what came, where, what to do.

Each error holds its sentence in English and in Dutch. ``str(error)`` is English; the commands print
``error.text(language)``. `exit_code` is what a command that ends with this error returns.
"""

from __future__ import annotations

import difflib
import functools
from typing import Any, ClassVar


def nearest(name: str, known: list[str]) -> str:
    """The known name that looks most like this one, or "" when none does.

    Examples
    --------
    >>> nearest("Gespreks ID", ["gesprek_id", "deal"])
    'gesprek_id'
    """
    folded = {str(candidate).lower(): str(candidate) for candidate in known}
    found = difflib.get_close_matches(str(name).lower(), list(folded), n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def did_you_mean(near: str, language: str) -> str:
    """The question after a name that is not known; nothing when none comes near.

    Examples
    --------
    >>> did_you_mean("deals.csv", "nl")
    " Bedoelde u 'deals.csv'?"
    """
    return {"en": f" Did you mean '{near}'?", "nl": f" Bedoelde u '{near}'?"}[language] if near else ""


class SalesInsightError(Exception):
    """Base of every error that the library raises on purpose.

    Parameters
    ----------
    **facts
        The facts that the sentence names; also kept in `facts`.
    """

    exit_code: ClassVar[int] = 3
    sentence: ClassVar[dict[str, str]] = {"en": "Something was refused.", "nl": "Er is iets geweigerd."}

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.text("en"))

    def __reduce__(self) -> tuple[Any, ...]:
        """So that an error can come from another process: facts are no positional arguments."""
        return functools.partial(type(self), **self.facts), ()

    def text(self, language: str = "en") -> str:
        """The message in "nl" or "en"."""
        return self.sentence[language].format(**self.words(language)).strip()

    def words(self, language: str) -> dict[str, Any]:
        """The facts as words; children override it to add derived ones."""
        return {name: _listed(_said_in(value, language)) for name, value in self.facts.items()}


class UsageError(SalesInsightError):
    """An argument that can't be used; the command ends with 2."""

    exit_code = 2


# what a name is of, in Dutch; what is not here is the same word in both languages, or a key of a file
KINDS = {
    "stage": "fase",
    "table": "tabel",
    "sheet": "werkblad",
    "profile": "profiel",
    "language": "taal",
    "column": "kolom",
    "feature of conversations": "kenmerk van gesprekken",
    "word": "woord",
    "word class": "woordklasse",
    "baseline": "vergelijkingsmodel",
    "assumption": "aanname",
}


class UnknownName(UsageError):
    """A name that is not one of the known ones; what it is of may end in brackets, as "sheet (deals.xlsx)"."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Unknown {kind} '{name}'. Known: {known}.{hint}",
        "nl": "Onbekend: {kind} '{name}'. Bekend zijn: {known}.{hint}",
    }

    def words(self, language: str) -> dict[str, Any]:
        near = nearest(self.facts["name"], self.facts["known"])
        # children that name one kind say it in their own sentence
        kind, bracket, of = self.facts.get("kind", "").partition(" (")
        said = KINDS.get(kind, kind) if language == "nl" else kind
        return super().words(language) | {"kind": said + bracket + of, "hint": did_you_mean(near, language)}


class BadArgument(UsageError):
    """A value outside what an argument takes."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{argument} takes {expected}; got {got}.",
        "nl": "{argument} moet {expected} zijn; er stond {got}.",
    }


class MissingExtra(UsageError):
    """An optional part is not installed."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "This needs the optional part '{extra}'. Install it with: pip install 'salesinsight[{extra}]'",
        "nl": "Hiervoor is het onderdeel '{extra}' nodig. Installeer het met: pip install 'salesinsight[{extra}]'",
    }


class InputRefused(SalesInsightError):
    """Input that can't be used at all; the command ends with 3."""


def _said_in(value: Any, language: str) -> Any:
    """A fact that is words, in one of the languages that it is given in."""
    return value[language] if isinstance(value, dict) and language in value else value


def _listed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"'{item}'" for item in value) or "-"
    return value
