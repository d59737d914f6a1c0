"""Refusals of what is read: files, profiles, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import pandas as pd

from salesinsight.errors.base import InputRefused, UnknownName, UsageError, did_you_mean, nearest


def nearest_header(name: str, present: list[str], headers: Mapping[str, Iterable[str]]) -> str:
    """The column that looks most like a name, or like one of the headers that mean it; else "".

    Examples
    --------
    >>> nearest_header("stage", ["Dealfases"], {"stage": ["Deal Stage", "Dealfase"]})
    'Dealfases'
    """
    return next(filter(None, (nearest(one, present) for one in (name, *headers.get(name, ())))), "")


class MissingColumns(InputRefused):
    """Required columns are absent from a table."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Table {table} lacks {absent}. It has: {present}.{hint} Add them, or map them in the profile.",
        "nl": "Tabel {table} mist {absent}. Wel aanwezig: {present}.{hint} Voeg ze toe of wijs ze aan in het profiel.",
    }

    def words(self, language: str) -> dict[str, Any]:
        headers, present = self.facts.get("headers", {}), self.facts["present"]
        pairs = [(name, nearest_header(name, present, headers)) for name in self.facts["absent"]]
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


class IdsRounded(InputRefused):
    """A spreadsheet took the ids in the links for numbers and rounded them."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{name}: a spreadsheet has rounded an id to something like 6.34E+10 on {count} lines (first: {first}). "
        "Type the number of the candidate (1, 2 …) there, or the id with an apostrophe before it ('63400017641).",
        "nl": "{name}: een spreadsheet heeft op {count} regels een nummer afgerond tot iets als 6,34E+10 (eerste: "
        "{first}). Typ daar het nummer van de kandidaat (1, 2 …), of het hele nummer met een apostrof ervoor "
        "('63400017641).",
    }


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
        return super().words(language) | {"hint": did_you_mean(near, language)}


class FolderInUse(UsageError):
    """A folder to write to that holds something else."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected an empty folder, or tables of an earlier import, in {folder}; it holds {files}. Nothing was "
        "written. Choose another folder, or move those files.",
        "nl": "In {folder} werd een lege map verwacht, of tabellen van een eerdere import; er staat {files}. Er is niets "
        "geschreven. Kies een andere map, of verplaats die bestanden.",
    }


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


class NotAFile(InputRefused):
    """What bears the name of a file is a folder, or a link to something that is gone."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected a file {file}; it is {what}. Put the file itself there, or take this away.",
        "nl": "{file} moet een bestand zijn, maar is {what}. Zet het bestand zelf daar neer of haal dit weg.",
    }

    def words(self, language: str) -> dict[str, Any]:
        what = {
            "en": ("a folder", "a link to a file that is not there"),
            "nl": ("een map", "een verwijzing naar een bestand dat er niet is"),
        }
        return super().words(language) | {"what": what[language][self.facts["link"]]}


class WordDocument(UnreadableFile):
    """A transcript in a Word document, in which names, times and words are only layout."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file} is a Word document, which is not read. In Teams, download the transcript as .vtt; or open it "
        "in Word and save it as plain text (.txt).",
        "nl": "{file} is een Word-document en wordt niet gelezen. Download het transcript in Teams als .vtt, of open "
        "het in Word en sla het op als platte tekst (.txt).",
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


class DatesUnread(InputRefused):
    """A column of moments of which (nearly) none can be read, with what to put in the profile."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file}, column '{column}': {n} of {total} values can't be read as a date or time, such as {examples}. "
        "{advice}",
        "nl": "{file}, kolom '{column}': {n} van de {total} waarden zijn niet als datum of tijd te lezen, zoals "
        "{examples}. {advice}",
    }
    advice: ClassVar[dict[str, tuple[str, str, str]]] = {
        "en": (
            'No common pattern fits. Put theirs in the profile ({place}), for example: dates = {{ {target} = "%d/%m/%Y '
            '%H:%M" }}',
            'Put in the profile ({place}): dates = {{ {target} = "{first}" }}',
            "They fit more than one pattern ({patterns}), since no day is above 12, so it is not decided which is meant. "
            'Put the right one in the profile ({place}): dates = {{ {target} = "{first}" }}',
        ),
        "nl": (
            "Geen gangbaar patroon past. Zet het juiste in het profiel ({place}), bijvoorbeeld: dates = {{ {target} = "
            '"%d/%m/%Y %H:%M" }}',
            'Zet in het profiel ({place}): dates = {{ {target} = "{first}" }}',
            "Er past meer dan één patroon ({patterns}), want geen dag komt boven de 12; welk bedoeld is, staat dus niet "
            'vast. Zet het juiste in het profiel ({place}): dates = {{ {target} = "{first}" }}',
        ),
    }

    def words(self, language: str) -> dict[str, Any]:
        patterns = self.facts["patterns"]
        facts = super().words(language) | {"first": patterns[0] if patterns else ""}
        return facts | {"advice": self.advice[language][min(len(patterns), 2)].format(**facts)}


class TableLost(InputRefused):
    """Not one row of a table could be used."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Table {table}: not one of {n} rows in {files} can be used. Most often because of '{column}' in {file}, "
        "line {line}: {reason}. Correct the file, or map another column in the profile.",
        "nl": "Tabel {table}: van de {n} rijen in {files} is er niet één bruikbaar. Meestal door '{column}' in {file}, "
        "regel {line}: {reason}. Verbeter het bestand of wijs in het profiel een andere kolom aan.",
    }

    def words(self, language: str) -> dict[str, Any]:
        return super().words(language) | {"reason": self.facts["reasons"][language]}


class ProfileMissing(UnknownName):
    """A profile that is neither one of the library's nor a file."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected a profile; '{name}' is no file here and none of the profiles that come along: {known}.{hint} "
        "For a profile of your own: salesinsight profile FOLDER",
        "nl": "Een profiel werd verwacht; '{name}' is hier geen bestand en geen van de meegeleverde profielen: {known}."
        "{hint} Voor een eigen profiel: salesinsight profile MAP",
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
        return super().words(language) | {"hint": did_you_mean(near, language)}


class BadToml(BadProfile):
    """A profile that is no TOML: a quote, a bracket or a comma too few, or one name twice."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Profile {profile} is not TOML: line {line}, column {column} {why}. It says: {shown}. "
        "Correct that line; profiles/README.md has an example of every key.",
        "nl": "Profiel {profile} is geen TOML: regel {line}, kolom {column} {why}. Er staat: {shown}. "
        "Verbeter die regel; profiles/README.md geeft van elke sleutel een voorbeeld.",
    }
    why: ClassVar[dict[str, tuple[str, str]]] = {
        "en": (
            "gives a name that already stands above it",
            "can't be read: check quotes, brackets and commas",
        ),
        "nl": (
            "geeft een naam die er al boven staat",
            "is niet te lezen: controleer aanhalingstekens, haken en komma's",
        ),
    }

    def words(self, language: str) -> dict[str, Any]:
        cause, lines = self.facts["cause"], self.facts["text"].splitlines() or [""]
        place = re.search(r"at line (\d+), column (\d+)", cause)
        line, column = (int(part) for part in place.groups()) if place else (len(lines), len(lines[-1]) + 1)
        twice = "overwrite" in cause or "twice" in cause
        shown = lines[min(line, len(lines)) - 1].strip()[:80] or "-"
        facts = {"line": line, "column": column, "shown": shown, "why": self.why[language][not twice]}
        return {"profile": self.facts["profile"]} | facts
