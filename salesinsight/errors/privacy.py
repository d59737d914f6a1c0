"""Refusals around private names: the key, the vault and what can't be restored."""

from __future__ import annotations

from typing import ClassVar

from salesinsight.errors.base import BadArgument, InputRefused, UsageError


class KeyMissing(InputRefused):
    """There is no key at the place that was named."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected a key in {path}; there is no such file. Name the file that holds it, or make one with "
        "new_key. A lost key can't be made again: names hidden with it stay hidden.",
        "nl": "In {path} werd een sleutel verwacht, maar dat bestand is er niet. Noem het bestand waar hij in staat, "
        "of maak er een met new_key. Een verloren sleutel is niet opnieuw te maken: wat ermee verborgen is, "
        "blijft verborgen.",
    }


class KeyUnreadable(InputRefused):
    """A file that does not hold a key."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected a key in {path}: one line that begins with '{start}'. This file holds something else, or was "
        "cut short. Put back a copy of the key.",
        "nl": "In {path} werd een sleutel verwacht: één regel die begint met '{start}'. Dit bestand bevat iets anders "
        "of is afgebroken. Zet een kopie van de sleutel terug.",
    }


class KeyExists(UsageError):
    """A new key would overwrite a file."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{path} exists already and is not overwritten: without the old key, names hidden with it stay hidden. "
        "Use load_key for it, or choose another file.",
        "nl": "{path} bestaat al en wordt niet overschreven: zonder de oude sleutel blijft verborgen wat ermee "
        "verborgen is. Gebruik load_key, of kies een ander bestand.",
    }


class KeyBesideData(UsageError):
    """A key would be kept in the folder that it protects."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{path} lies in the data folder {folder}. Who gets the data would get the key along. Choose a place "
        "elsewhere, for example your own home folder or a password safe.",
        "nl": "{path} ligt in de gegevensmap {folder}. Wie de gegevens krijgt, krijgt dan de sleutel mee. Kies een "
        "plek daarbuiten, bijvoorbeeld uw eigen map of een wachtwoordkluis.",
    }


class WrongKey(InputRefused):
    """A vault that was made with another key, or was changed since."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{bad} of the {total} codes in the vault don't open with this key. It belongs to another vault, or the "
        "vault was changed. Use the key with which these tables were imported. Nothing was restored.",
        "nl": "{bad} van de {total} codes in de kluis gaan met deze sleutel niet open. De sleutel hoort bij een andere "
        "kluis, of de kluis is veranderd. Gebruik de sleutel waarmee deze tabellen zijn ingelezen. Er is niets "
        "hersteld.",
    }


class VaultUnreadable(InputRefused):
    """A file that is not a vault."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected a vault in {path}, a CSV file with the columns {expected}; got: {got}. Choose the vault that "
        "was written when these tables were imported.",
        "nl": "In {path} werd een kluis verwacht, een CSV-bestand met de kolommen {expected}; gevonden: {got}. Kies "
        "de kluis die bij het inlezen van deze tabellen is geschreven.",
    }


class KeyNeeded(UsageError):
    """Something can't be found without the key."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "To find how {people} is named in the tables, the key is needed: add --key FILE. When the key no longer "
        "exists, nobody's name can come back.",
        "nl": "Om te vinden hoe {people} in de tabellen heet, is de sleutel nodig: voeg --key BESTAND toe. Als de "
        "sleutel niet meer bestaat, kan van niemand de naam nog terugkomen.",
    }


class NotFound(InputRefused):
    """A deal or person that the imported tables don't know."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Not in these tables: {what}. Expected a deal_id, a person_id, or a name or address as the export writes "
        "it. Nothing was changed.",
        "nl": "Niet in deze tabellen: {what}. Verwacht werd een deal_id, een person_id, of een naam of adres zoals de "
        "export het schrijft. Er is niets veranderd.",
    }


class OtherKey(InputRefused):
    """An import with a key that can't keep out what was forgotten."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The tables in {folder} were imported with another key than {path}, and only that key keeps out what was "
        "forgotten in them ({n} lines in forgotten.csv). Nothing was written. Give the other key with --key, or "
        "import into a new folder, forget there again, and throw these tables away.",
        "nl": "De tabellen in {folder} zijn met een andere sleutel dan {path} ingelezen, en alleen die sleutel houdt "
        "tegen wat erin vergeten is ({n} regels in forgotten.csv). Er is niets geschreven. Geef de andere sleutel met "
        "--key, of importeer naar een nieuwe map, vergeet daar opnieuw en gooi deze tabellen weg.",
    }


class NotImported(BadArgument):
    """A folder without an imported export where one is needed."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{folder} holds no imported export. Import the export first (salesinsight import) and name the folder "
        "that the tables came in.",
        "nl": "{folder} bevat geen geïmporteerde export. Importeer de export eerst (salesinsight import) en noem de "
        "map waar de tabellen in kwamen.",
    }


class ImportedAlready(BadArgument):
    """An import of what was imported already."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{folder} holds tables of an earlier import. Name the folder of the export as it came.",
        "nl": "{folder} bevat tabellen van een eerdere import. Noem de map met de oorspronkelijke export.",
    }


class TablesInExport(BadArgument):
    """Tables would be written in, or around, the export itself."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{out} and the export in {folder} lie one inside the other. Choose a folder apart from the export (--out); "
        "nothing was written.",
        "nl": "{out} en de export in {folder} liggen in elkaar. Kies een map los van de export (--out); er is niets "
        "geschreven.",
    }


class NothingAsked(BadArgument):
    """Forgetting without saying what."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Say what to forget: --deal, --person or --before.",
        "nl": "Zeg wat er vergeten moet worden: --deal, --person of --before.",
    }


class NoDay(BadArgument):
    """What should be a day and is none."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "'{got}' is no day. Write year, month and day, such as 2024-01-31.",
        "nl": "'{got}' is geen dag. Schrijf jaar, maand en dag, zoals 2024-01-31.",
    }


class RunsMissing(UsageError):
    """Folders with runs that are not there, so that nothing would be cleaned."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected folders with runs and reports; there is no {folders}. Nothing was changed. Check the path (--runs).",
        "nl": "Mappen met runs en rapporten werden verwacht; {folders} bestaat niet. Er is niets veranderd. Controleer "
        "het pad (--runs).",
    }
