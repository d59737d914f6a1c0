"""Refusals of a run: too little data, a model that stays, a lock, a schema that changed."""

from __future__ import annotations

import errno
from typing import Any, ClassVar

from salesinsight.errors.base import InputRefused, SalesInsightError
from salesinsight.errors.reading import FileBusy


class NoProgressSource(InputRefused):
    """The export can't tell progress from standing still, so no deal can be called stalled."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "No deal can be called stalled: nothing in the export shows progress. Missing are a history of stages "
        "(events of kind 'stage' entered over time, with an order of stages in the profile) and conversations with a "
        "recorded 'outcome'. When only the stage of today is known, export once more each week and put the exports in "
        'folders named by date (docs/exports/snapshots.md). Or say in the profile [label] progress_rule = "none" that '
        "deals can only be won, lost or stalled.",
        "nl": "Van geen deal is te zeggen of die vastloopt: niets in de export laat vooruitgang zien. Er ontbreken een "
        "historie van fasen ('stage'-gebeurtenissen die in de loop van de tijd zijn ingevoerd, met een fasevolgorde in "
        "het profiel) en gesprekken met een vastgelegde 'outcome'. Is alleen de fase van vandaag bekend, exporteer dan "
        "elke week opnieuw en zet de exports in mappen met een datum als naam (docs/exports/snapshots.md). Of zet in het "
        'profiel [label] progress_rule = "none": deals zijn dan alleen gewonnen, verloren of misschien.',
    }


class NoStageOrder(NoProgressSource):
    """The export has a history of stages, and nobody said in which order they come."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "No deal can be called stalled: the export has stages ({stages}), but the profile does not say in which "
        "order they come. Put [stages.NAME] order = [...] in it; salesinsight profile FOLDER proposes one.",
        "nl": "Van geen deal is te zeggen of die vastloopt: de export heeft fasen ({stages}), maar het profiel zegt niet "
        "in welke volgorde ze komen. Zet er [stages.NAAM] order = [...] in; salesinsight profile MAP stelt er een voor.",
    }


class NoStrictSource(NoProgressSource):
    """The export holds nothing that the customer was seen to do, which the strict rule asks for."""

    sentence: ClassVar[dict[str, str]] = {
        "en": 'No deal can be called stalled by [label] progress_rule = "strict": it asks for conversations with a dated '
        "step of the customer's own (columns 'next_step_at' and 'next_step_owner') or for who sat in them ('attendance', "
        "and 'decision_role' of people). The export has neither. Add one of them, or set progress_rule to \"crm\".",
        "nl": 'Met [label] progress_rule = "strict" is van geen deal te zeggen of die vastloopt: die regel vraagt '
        "gesprekken met een gedateerde stap van de klant zelf (kolommen 'next_step_at' en 'next_step_owner') of wie erbij "
        "zat ('attendance', en 'decision_role' van personen). De export heeft geen van beide. Voeg er een toe, of zet "
        'progress_rule op "crm".',
    }


class NoMoment(InputRefused):
    """Nothing in the export carries a moment, so there is no now to look from."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The export has no dated conversations or events, so there is no moment to look from. Add them, or "
        "give as_of in the profile.",
        "nl": "De export heeft geen gesprekken of gebeurtenissen met een datum, dus er is geen moment om vanuit te "
        "kijken. Voeg ze toe, of zet as_of in het profiel.",
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
        "en": "Another run is writing to {folder} (since {since}, process {process} on {host}). Wait until it is done.",
        "nl": "Een andere run schrijft in {folder} (sinds {since}, proces {process} op {host}). Wacht tot die klaar is.",
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
            "foreign": "it is no run of this library, or one of before it kept checksums",
            "version": "it was made with another version",
            "features": "a feature that it uses is computed otherwise now",
            "untrusted": "it holds parts that don't belong in it",
        },
        "nl": {
            "incomplete": "er ontbreken bestanden",
            "altered": "het bestand is na de training veranderd",
            "foreign": "het is geen run van dit programma, of een van voordat er controlegetallen waren",
            "version": "het is met een andere versie gemaakt",
            "features": "een kenmerk dat het gebruikt, wordt nu anders berekend",
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
    kinds: ClassVar[dict[str, dict[str, str]]] = {
        "en": {"X": "columns", "crm_stage": "stages"},
        "nl": {"X": "kolommen", "crm_stage": "fasen"},
    }

    def words(self, language: str) -> dict[str, Any]:
        kind = self.kinds[language].get(self.facts.get("what", ""), "")
        return super().words(language) | {"what": kind}


class DiskFull(InputRefused):
    """No room to write what was asked."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The disk is full: there was no room to write {file}. Make room and run the same command again; the "
        "files of your export were not touched.",
        "nl": "De schijf is vol: er was geen ruimte om {file} te schrijven. Maak ruimte en geef dezelfde opdracht "
        "opnieuw; aan de bestanden van uw export is niet gezeten.",
    }

    def words(self, language: str) -> dict[str, Any]:
        return {"file": self.facts["file"] or {"en": "a file", "nl": "een bestand"}[language]}


class PathUnusable(InputRefused):
    """A path that can't be read or written: not there, a folder instead of a file, or the other way round."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{path} can't be used ({cause}). Check whether the path exists, and whether it should be a file or a folder.",
        "nl": "{path} is niet te gebruiken ({cause}). Controleer of het pad bestaat, en of het een bestand of een map "
        "moet zijn.",
    }
    causes: ClassVar[dict[str, dict[str, str]]] = {
        "en": {
            "absent": "it is not there",
            "folder": "it is a folder",
            "file": "it is a file",
            "empty": "there are no Parquet files in it",
        },
        "nl": {
            "absent": "het is er niet",
            "folder": "het is een map",
            "file": "het is een bestand",
            "empty": "er staan geen Parquet-bestanden in",
        },
    }

    def words(self, language: str) -> dict[str, Any]:
        return super().words(language) | {"cause": self.causes[language][self.facts["cause"]]}


def refusal_of(error: Exception) -> Exception:
    """What the system refused, as a refusal of ours; anything else stays what it is.

    Examples
    --------
    >>> refusal_of(FileNotFoundError(2, "No such file", "deals.csv"))
    PathUnusable("deals.csv can't be used (it is not there)...
    """
    if not isinstance(error, OSError):
        return error
    named = error.filename2 or error.filename
    path = str(named or str(error).partition("\n")[0])
    if isinstance(error, PermissionError):
        return FileBusy(file=path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(file=named)
    kinds = {FileNotFoundError: "absent", IsADirectoryError: "folder"}
    kinds |= {NotADirectoryError: "file", FileExistsError: "file"}
    cause = kinds.get(type(error))
    return error if cause is None else PathUnusable(path=path, cause=cause)
