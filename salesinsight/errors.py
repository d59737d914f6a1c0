"""Every sentence in which the library refuses something: what was expected, what came, where, what to do.

Each error holds its sentence in English and in Dutch. ``str(error)`` is English; the commands print
``error.text(language)``. `exit_code` is what a command that ends with this error returns.
"""

from __future__ import annotations

import difflib
from typing import Any, ClassVar

import pandas as pd


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

    def text(self, language: str = "en") -> str:
        """The message in "nl" or "en"."""
        return self.sentence[language].format(**self.words(language)).strip()

    def words(self, language: str) -> dict[str, Any]:
        """The facts as words; children override it to add derived ones."""
        return {name: _listed(value) for name, value in self.facts.items()}


class UsageError(SalesInsightError):
    """An argument that can't be used; the command ends with 2."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that is not one of the known ones."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Unknown {kind} '{name}'. Known: {known}.{hint}",
        "nl": "Onbekend: {kind} '{name}'. Bekend zijn: {known}.{hint}",
    }

    def words(self, language: str) -> dict[str, Any]:
        near = nearest(self.facts["name"], self.facts["known"])
        hint = {"en": f" Did you mean '{near}'?", "nl": f" Bedoelde u '{near}'?"}[language] if near else ""
        return super().words(language) | {"hint": hint}


class BadArgument(UsageError):
    """A value outside what an argument takes."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{argument} takes {expected}; got {got}.",
        "nl": "{argument} moet {expected} zijn; er stond {got}.",
    }


class InputRefused(SalesInsightError):
    """Input that can't be used at all; the command ends with 3."""


class MissingColumns(InputRefused):
    """Required columns are absent from a table."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Table {table} lacks {absent}. It has: {present}.{hint} Add them, or map them in the profile.",
        "nl": "Tabel {table} mist {absent}. Wel aanwezig: {present}.{hint} Voeg ze toe of wijs ze aan in het profiel.",
    }

    def words(self, language: str) -> dict[str, Any]:
        pairs = [(name, nearest(name, self.facts["present"])) for name in self.facts["absent"]]
        said = {"en": "nearest to", "nl": "lijkt op"}[language]
        near = "; ".join(f"'{found}' {said} '{name}'" for name, found in pairs if found)
        return super().words(language) | {"hint": f" ({near}.)" if near else ""}


class BadTable(InputRefused):
    """Rows of a table that the schema forbids. All of them are in `bad` (row, column, value, reason)."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Table {table}: {count} values can't be used. First ones:\n{first}\nCorrect or remove these rows.",
        "nl": "Tabel {table}: {count} waarden zijn onbruikbaar. De eerste:\n{first}\nVerbeter of verwijder deze rijen.",
    }

    @property
    def bad(self) -> pd.DataFrame:
        """All bad values: row, column, value, reason."""
        return self.facts["bad"]

    def words(self, language: str) -> dict[str, Any]:
        bad = self.facts["bad"]
        return {"table": self.facts["table"], "count": len(bad), "first": bad.head(10).to_string(index=False)}


class TooLittleData(SalesInsightError):
    """Not enough decided deals for what was asked; the command ends with 11 (a report is still written)."""

    exit_code = 11
    sentence: ClassVar[dict[str, str]] = {
        "en": "Found {found} {what}; at least {needed} are needed. {advice}",
        "nl": "{found} {what} gevonden; er zijn er minstens {needed} nodig. {advice}",
    }


class RunLocked(SalesInsightError):
    """Another run holds the lock; the command ends with 14."""

    exit_code = 14
    sentence: ClassVar[dict[str, str]] = {
        "en": "Another run is writing to {folder} (since {since}). Wait for it, or remove {lock} if it died.",
        "nl": "Een andere run schrijft in {folder} (sinds {since}). Wacht daarop, of verwijder {lock} als die is gestopt.",
    }


class SchemaChanged(SalesInsightError):
    """The export no longer has the columns or stages that the model learned from; the command ends with 13."""

    exit_code = 13
    sentence: ClassVar[dict[str, str]] = {
        "en": "The model in {folder} was trained on other {what}: {changed}. Train again, or map the new names.",
        "nl": "Het model in {folder} is getraind op andere {what}: {changed}. Train opnieuw of wijs de nieuwe namen aan.",
    }


def _listed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"'{item}'" for item in value) or "-"
    return value
