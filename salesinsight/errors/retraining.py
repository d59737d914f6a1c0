"""Refusals and notices of training again and again: which model stays, what changed, what a crash left."""

from __future__ import annotations

from typing import Any, ClassVar

from salesinsight.errors.base import InputRefused, UsageError
from salesinsight.errors.running import ModelRefused, ModelStays, SchemaChanged


class Worse(ModelStays):
    """On the same newest moments the new model is worse than the one in use, by more than chance."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The new model {new} is not put to use: on the {n} newest moments ({deals} deals) that both were tested on, "
        "it is further off than {used} (Brier score {worse} higher, 95%: {low} to {high}). {used} stays in use.",
        "nl": "Het nieuwe model {new} komt niet in gebruik: op de {n} nieuwste peilmomenten ({deals} deals) waarop beide "
        "zijn getoetst, zit het er verder naast dan {used} (Brier-score {worse} hoger, 95%: {low} tot {high}). {used} "
        "blijft in gebruik.",
    }

    def words(self, language: str) -> dict[str, Any]:
        return super().words(language) | _decimals(self.facts, ("worse", "low", "high"), language)


class NotBetter(ModelStays):
    """A model that is no better than what a manager has without it: stage and days in stage."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Model {new} is not put to use: on deals that it had not seen, it predicted no better than the stage and the "
        "days in it do by themselves (skill {skill}, 95%: {low} to {high}; below zero is worse). More closed deals may "
        "help; the report shows what was tried.",
        "nl": "Model {new} komt niet in gebruik: op deals die het niet kende, voorspelde het niet beter dan de fase en de "
        "dagen daarin op zichzelf al doen (winst {skill}, 95%: {low} tot {high}; onder nul is slechter). Meer afgeronde "
        "deals kunnen helpen; het rapport toont wat is geprobeerd.",
    }

    def words(self, language: str) -> dict[str, Any]:
        return super().words(language) | _decimals(self.facts, ("skill", "low", "high"), language)


class LeakyTest(ModelStays):
    """A test that finds something in labels drawn at random, so that none of its figures can be believed."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Model {new} is not put to use: its test finds something even when the outcomes are dealt out at random "
        "(area {auc}; 0.5 is chance). The test itself leaks, so none of its figures can be trusted. No export should "
        "do that: report it, with the card of the model.",
        "nl": "Model {new} komt niet in gebruik: de toets vindt ook iets als de uitkomsten willekeurig zijn verdeeld "
        "(oppervlakte {auc}; 0,5 is toeval). De toets zelf lekt, dus geen van de cijfers is te vertrouwen. Dat hoort bij "
        "geen enkele export te gebeuren: meld het, met de kaart van het model erbij.",
    }

    def words(self, language: str) -> dict[str, Any]:
        return super().words(language) | _decimals(self.facts, ("auc",), language)


class NotComparable(ModelStays):
    """Both models could not be tested on the same moments, and that is no reason to change."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The new model {new} can't be compared with {used}: {reason}. {used} stays in use; train with "
        "--accept-changes to change without a comparison.",
        "nl": "Het nieuwe model {new} is niet te vergelijken met {used}: {reason}. {used} blijft in gebruik; train met "
        "--accept-changes om zonder vergelijking over te gaan.",
    }
    reasons: ClassVar[dict[str, dict[str, str]]] = {
        "en": {
            "few": "there are too few moments that both were tested on",
            "label": "it learned another label (horizon or rules)",
        },
        "nl": {
            "few": "er zijn te weinig peilmomenten waarop beide zijn getoetst",
            "label": "het leerde een ander label (horizon of regels)",
        },
    }

    def words(self, language: str) -> dict[str, Any]:
        return super().words(language) | {"reason": self.reasons[language][self.facts["why"]]}


class StagesUnknown(SchemaChanged):
    """Open deals stand in stages that neither the profile nor the model in use knows."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Neither the profile nor the model in {folder} knows the stages {changed}. Open deals in them: {deals}; other "
        "open deals, which can be scored: {scored}. Nothing new was learned. Was a stage renamed, then accept its new name "
        "in the profile and run again:\n{toml}\nIs it a new stage, put it in the order and train with --accept-changes.",
        "nl": "Het profiel en het model in {folder} kennen deze fasen niet: {changed}. Open deals daarin: {deals}; andere "
        "open deals, die wel te wegen zijn: {scored}. Er is niets nieuws geleerd. Heeft een fase een andere naam gekregen, "
        "neem die dan op in het profiel en geef de opdracht opnieuw:\n{toml}\nIs het een nieuwe fase, zet die dan in de "
        "volgorde en train met --accept-changes.",
    }


class StagesMoved(SchemaChanged):
    """The profile has other stages, or the same in another order, than when the model learned."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The profile no longer has the stages in the order that the model in {folder} learned: {changed}. Put the "
        "order back and give new names as aliases, or train with --accept-changes.",
        "nl": "Het profiel heeft de fasen niet meer in de volgorde die het model in {folder} leerde: {changed}. Zet de "
        "volgorde terug en geef nieuwe namen als aliassen, of train met --accept-changes.",
    }


class ColumnsLost(SchemaChanged):
    """What the model uses is missing for every open deal, and it was not when the model learned."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The export no longer tells what the model in {folder} uses: {changed} is missing for every open deal. "
        "Nothing was scored. Export these again, or train with --accept-changes.",
        "nl": "De export vertelt niet meer wat het model in {folder} gebruikt: {changed} ontbreekt bij alle open deals. Er "
        "is niets gewogen. Exporteer deze gegevens weer mee, of train met --accept-changes.",
    }


class ExportChanged(SchemaChanged):
    """The export can't be read the way it was when the model in use was made."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The export is not what it was when the model in {folder} was made. {cause}",
        "nl": "De export is niet meer wat hij was toen het model in {folder} werd gemaakt. {cause}",
    }

    def words(self, language: str) -> dict[str, Any]:
        return super().words(language) | {"cause": self.facts["cause"].text(language)}


class CurrentDamaged(ModelRefused):
    """``current.json`` does not name a run in its own folder."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file} does not name a run in its own folder (it holds: {got}). Train again, or put the name of an older run "
        'in it: {{"run": "20260302-070000"}}',
        "nl": "{file} noemt geen run in de eigen map (er staat: {got}). Train opnieuw, of zet er de naam van een oudere run "
        'in: {{"run": "20260302-070000"}}',
    }

    def words(self, language: str) -> dict[str, Any]:
        return dict(self.facts)


class NothingBefore(UsageError):
    """There is no earlier model to go back to."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "No model was in use in {folder} before the present one, so there is nothing to go back to.",
        "nl": "In {folder} was vóór het huidige geen model in gebruik, dus er is niets om naar terug te gaan.",
    }


class LedgerDamaged(InputRefused):
    """A ledger that is none of ours, to which nothing can be added."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file} is no ledger of this version: its first line should read {expected}. Move it away (the scores in it "
        "stay yours) and run again; a new one is begun.",
        "nl": "{file} is geen logboek van deze versie: de eerste regel hoort te zijn {expected}. Zet het ergens anders neer "
        "(de scores erin blijven van u) en geef de opdracht opnieuw; er wordt een nieuw begonnen.",
    }


class LedgerCut(InputRefused):
    """Told, never raised: the last line of the ledger was cut short and is set aside."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The last line of {file} was cut short when an earlier run was stopped. It was set aside in {beside}; all "
        "other scores are whole.",
        "nl": "De laatste regel van {file} is afgebroken toen een eerdere run werd gestopt. Die regel staat nu in {beside}; "
        "alle andere scores zijn heel.",
    }


class NoReference(InputRefused):
    """A run without the figures that an export is held against."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "The run in {folder} has no usable reference.json, so there is nothing to compare with. Train again with "
        "salesinsight train.",
        "nl": "De run in {folder} heeft geen bruikbare reference.json, dus er is niets om mee te vergelijken. Train opnieuw "
        "met salesinsight train.",
    }


class RunTakenOver(InputRefused):
    """Told, never raised: the run before ended halfway and its lock was taken over."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "An earlier run in {folder} (since {since}, process {process} on {host}) ended halfway. Its lock was taken "
        "over; nothing half of it is in use.",
        "nl": "Een eerdere run in {folder} (sinds {since}, proces {process} op {host}) is halverwege gestopt. De vergrendeling "
        "is overgenomen; er is niets halfs van in gebruik.",
    }


def _decimals(facts: dict[str, Any], names: tuple[str, ...], language: str) -> dict[str, str]:
    """Numbers with three decimals and the sign of the language."""
    return {name: f"{facts[name]:.3f}".replace(".", "," if language == "nl" else ".") for name in names}
