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


class MissingExtra(UsageError):
    """An optional part is not installed."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "This needs the optional part '{extra}'. Install it with: pip install 'salesinsight[{extra}]'",
        "nl": "Hiervoor is het onderdeel '{extra}' nodig. Installeer het met: pip install 'salesinsight[{extra}]'",
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


class FolderMissing(InputRefused):
    """There is no folder to read."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected a folder with an export; {folder} is not a folder. Check the path.",
        "nl": "Een map met een export werd verwacht; {folder} is geen map. Controleer het pad.",
    }


class FileMissing(InputRefused):
    """A file that the profile names is not in the folder."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected {name} in {folder}; it is not there. The folder has: {present}.{hint} "
        "Add the file, or name another one in the profile ({place}).",
        "nl": "{name} werd verwacht in {folder}, maar staat er niet. De map bevat: {present}.{hint} "
        "Voeg het bestand toe of noem een ander in het profiel ({place}).",
    }

    def words(self, language: str) -> dict[str, Any]:
        near = nearest(self.facts["name"], self.facts["present"])
        hint = {"en": f" Did you mean '{near}'?", "nl": f" Bedoelde u '{near}'?"}[language] if near else ""
        return super().words(language) | {"hint": hint}


class EmptyFile(InputRefused):
    """A file without anything in it."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected rows in {file}; the file is empty. Export it again, or take it out of the folder.",
        "nl": "In {file} werden rijen verwacht; het bestand is leeg. Exporteer het opnieuw of haal het uit de map.",
    }


class UnreadableFile(InputRefused):
    """A file that is not what its name says, or not text that can be decoded."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected {expected} in {file}; it can't be read ({cause}). Save it again from the program it came from.",
        "nl": "In {file} werd {expected} verwacht, maar het is niet te lezen ({cause}). "
        "Sla het opnieuw op vanuit het programma waar het uit komt.",
    }


class FileLocked(InputRefused):
    """A file that another program, often Excel, keeps for itself."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file} can't be opened: it is in use or closed to you. Close it in Excel, then try again.",
        "nl": "{file} is niet te openen: het is in gebruik of voor u afgesloten. Sluit het in Excel en probeer opnieuw.",
    }


class HeaderElsewhere(InputRefused):
    """The names of the columns don't stand where they are expected."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file}: expected the column names on line {expected}; they stand on line {found}. "
        "Remove the lines above them, or set header = {found} in the profile ({place}).",
        "nl": "{file}: de kolomnamen werden verwacht op regel {expected}, maar staan op regel {found}. "
        "Verwijder de regels erboven of zet header = {found} in het profiel ({place}).",
    }


class DuplicateColumns(InputRefused):
    """Two columns of one file have a name that the profile uses, and what they hold differs."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file} has more than one column {names}, with different values. Rename one of them.",
        "nl": "{file} heeft meer dan één kolom {names}, met verschillende waarden. Hernoem er een.",
    }


class NothingUsable(InputRefused):
    """No turn, conversation, deal or event came out of the folder."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Nothing in {folder} can be used. Expected: {expected}. The folder has: {present}. Rows set aside: "
        "{rejected}. Choose another folder or profile.",
        "nl": "In {folder} is niets bruikbaar. Verwacht: {expected}. De map bevat: {present}. Rijen terzijde gelegd: "
        "{rejected}. Kies een andere map of een ander profiel.",
    }


class BadProfile(UsageError):
    """A profile with a key that does not exist or a value that can't be used."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Profile {profile}, {place}: expected {expected}; got {got}.{hint}",
        "nl": "Profiel {profile}, {place}: verwacht werd {expected}; er staat {got}.{hint}",
    }

    def words(self, language: str) -> dict[str, Any]:
        known = self.facts["expected"] if isinstance(self.facts["expected"], list) else []
        near = nearest(self.facts["got"], known)
        hint = {"en": f" Did you mean '{near}'?", "nl": f" Bedoelde u '{near}'?"}[language] if near else ""
        return super().words(language) | {"hint": hint}


class NoProgressSource(InputRefused):
    """The export can't tell progress from standing still, so no deal can be called stalled."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "No deal can be called stalled: the export has neither events of kind 'stage' with an order of stages "
        "in the profile, nor conversations with a recorded 'outcome'. Add one of these, or say in the profile "
        '[label] progress_rule = "none" that deals can only be won, lost or stalled.',
        "nl": "Van geen deal is te zeggen of die vastloopt: de export heeft geen 'stage'-gebeurtenissen met een "
        "fasevolgorde in het profiel en ook geen gesprekken met een vastgelegde 'outcome'. Voeg een van beide toe, "
        'of zet in het profiel [label] progress_rule = "none": deals zijn dan alleen gewonnen, verloren of misschien.',
    }


class NoModel(InputRefused):
    """There is no model to score with."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "No model is in use in {folder}. Make one first: salesinsight train EXPORT --models {folder}",
        "nl": "In {folder} is geen model in gebruik. Maak er eerst een: salesinsight train EXPORT --models {folder}",
    }


class TooLittleData(SalesInsightError):
    """Not enough decided deals for what was asked; the command ends with 11 (a report is still written)."""

    exit_code = 11
    sentence: ClassVar[dict[str, str]] = {
        "en": "Found {found} {what}; at least {needed} are needed. {advice}",
        "nl": "{found} {what} gevonden; er zijn er minstens {needed} nodig. {advice}",
    }


class TooFewDeals(TooLittleData):
    """Too few deals with a known outcome to learn from."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{deals} deals have a known outcome, {stalled} of which stalled; a model needs {needed_deals} and "
        "{needed_stalled}, of enough different customers. The report describes what was said.{shorter}",
        "nl": "Van {deals} deals is de afloop bekend, {stalled} daarvan liepen vast; een model vraagt er "
        "{needed_deals} en {needed_stalled}, van genoeg verschillende klanten. Het rapport beschrijft wat er is "
        "gezegd.{shorter}",
    }

    def words(self, language: str) -> dict[str, Any]:
        days, more = self.facts["shorter_days"], self.facts["shorter_deals"]
        said = {"en": f" A shorter horizon gives more: {days} days, {more} deals.",
                "nl": f" Een kortere horizon geeft er meer: {days} dagen, {more} deals."}  # fmt: skip
        return super().words(language) | {"shorter": said[language] if more > self.facts["deals"] else ""}


class ModelStays(SalesInsightError):
    """A new model predicts worse than the one in use, which stays; the command ends with 10."""

    exit_code = 10
    sentence: ClassVar[dict[str, str]] = {
        "en": "The new model {new} predicts worse than {used}, which stays in use.",
        "nl": "Het nieuwe model {new} voorspelt slechter dan {used}; dat blijft in gebruik.",
    }


class ModelSuspect(ModelStays):
    """Something foretells the outcome too well to have been known in time."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Model {new} is not put to use: {columns} foretells the outcome too well. Check when it is entered.",
        "nl": "Model {new} komt niet in gebruik: {columns} verraadt de afloop. Ga na wanneer dat wordt ingevuld.",
    }


class ForStudy(ModelStays):
    """A model of other moments than Monday mornings, which can't fill a weekly list."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Model {new} is for study and is not put to use: only weekly landmarks can fill a worklist.",
        "nl": "Model {new} is voor onderzoek en komt niet in gebruik: alleen wekelijkse peilmomenten geven een werklijst.",
    }


class RunLocked(SalesInsightError):
    """Another run holds the lock; the command ends with 14."""

    exit_code = 14
    sentence: ClassVar[dict[str, str]] = {
        "en": "Another run is writing to {folder} (since {since}). Wait for it, or remove {lock} if it died.",
        "nl": "Een andere run schrijft in {folder} (sinds {since}). Wacht daarop, of verwijder {lock} als die is gestopt.",
    }


class FileBusy(SalesInsightError):
    """A file that is open in another program, so that it can't be replaced."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file} is open in another program, such as Excel. Close it there and try again.",
        "nl": "{file} staat open in een ander programma, zoals Excel. Sluit het daar en probeer het opnieuw.",
    }


class ModelRefused(InputRefused):
    """A kept model that can't be trusted to be what its card says."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The model in {folder} is not used: {reason} ({detail}). Train again, or put back a copy of the folder.",
        "nl": "Het model in {folder} wordt niet gebruikt: {reason} ({detail}). Train opnieuw of zet een kopie terug.",
    }
    reasons: ClassVar[dict[str, dict[str, str]]] = {
        "en": {
            "incomplete": "files are missing",
            "altered": "the file was changed after training",
            "version": "it was made with another version",
            "untrusted": "it holds parts that don't belong in it",
        },
        "nl": {
            "incomplete": "er ontbreken bestanden",
            "altered": "het bestand is na de training veranderd",
            "version": "het is met een andere versie gemaakt",
            "untrusted": "er zitten onderdelen in die er niet horen",
        },
    }

    def words(self, language: str) -> dict[str, Any]:
        return super().words(language) | {"reason": self.reasons[language][self.facts["why"]]}


class SchemaChanged(SalesInsightError):
    """The export no longer has the columns or stages that the model learned from; the command ends with 13."""

    exit_code = 13
    sentence: ClassVar[dict[str, str]] = {
        "en": "The model in {folder} was trained on other {what}: {changed}. Train with --accept-changes, or map the new names.",
        "nl": "Het model in {folder} is getraind op andere {what}: {changed}. Train met --accept-changes of wijs de nieuwe namen aan.",
    }


def _listed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return ", ".join(f"'{item}'" for item in value) or "-"
    return value
