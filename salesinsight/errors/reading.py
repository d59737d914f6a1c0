"""Refusals of what is read: files, profiles, tables."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from salesinsight.errors.base import InputRefused, UsageError, nearest


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


class FileBusy(InputRefused):
    """A file that another program, often Excel, keeps for itself, so that it can't be read or replaced."""

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
