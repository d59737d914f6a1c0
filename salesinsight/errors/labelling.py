"""Refusals of what an analyst labels herself: trackers and utterances."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from salesinsight.errors.base import InputRefused, UsageError


class TrackerColumns(InputRefused):
    """A file of trackers whose columns tell neither cues nor examples, or both."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file}: expected a column 'name' and either 'pattern' (cues, one per row) or 'text' (labelled examples, "
        "one per row), not both. It has: {present}.",
        "nl": "{file}: verwacht werden een kolom 'name' en daarnaast 'pattern' (signalen, een per rij) of 'text' "
        "(gelabelde voorbeelden, een per rij), niet allebei. Wel aanwezig: {present}.",
    }


class NothingTracked(InputRefused):
    """Not one row of a file of trackers can be used."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file}: none of the {rows} rows can be used. The first, line {line}: {reason}",
        "nl": "{file}: geen van de {rows} rijen is bruikbaar. De eerste, regel {line}: {reason}",
    }


class TooFewExamples(InputRefused):
    """Trackers with too few examples to learn from."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file}: a tracker needs {needed} different examples. {short}. Add examples, write cues instead (a column "
        "'pattern' in place of 'text'), or leave the name empty: a row then only shows what the others are not.",
        "nl": "{file}: een tracker vraagt {needed} verschillende voorbeelden. {short}. Voeg voorbeelden toe, schrijf "
        "signalen (een kolom 'pattern' in plaats van 'text'), of laat de naam leeg: de rij toont dan alleen wat de "
        "andere niet zijn.",
    }
    each: ClassVar[dict[str, str]] = {
        "en": "'{name}' has {found}: {more} more needed",
        "nl": "'{name}' heeft er {found}: nog {more} nodig",
    }

    def words(self, language: str) -> dict[str, Any]:
        needed = self.facts["needed"]
        short = [
            self.each[language].format(name=name, found=found, more=needed - found)
            for name, found in self.facts["found"].items()
        ]
        return {"file": self.facts["file"], "needed": needed, "short": "; ".join(short)}


class NameTaken(UsageError):
    """A tracker whose column is there already."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "A tracker called '{name}' makes the column {column}, which is there already. Call the tracker otherwise, "
        "or rename the column.",
        "nl": "Een tracker '{name}' maakt de kolom {column}, maar die is er al. Noem de tracker anders, of hernoem de "
        "kolom.",
    }


class NotTheSame(UsageError):
    """Two tables of labels that aren't about the same utterances."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Agreement compares two tables row by row: expected the same utterances in the same order; {difference}.",
        "nl": "Overeenstemming vergelijkt twee tabellen rij voor rij: verwacht werden dezelfde uitingen in dezelfde "
        "volgorde; {difference}.",
    }
    differences: ClassVar[dict[str, tuple[str, str]]] = {
        "en": (
            "the first has {first} rows, the second {second}",
            "row {row} differs: '{first}' and '{second}'",
        ),
        "nl": (
            "de eerste heeft {first} rijen, de tweede {second}",
            "rij {row} verschilt: '{first}' en '{second}'",
        ),
    }

    def words(self, language: str) -> dict[str, Any]:
        said = self.differences[language]["row" in self.facts]
        return {"difference": said.format(**self.facts)}


class BadLabels(InputRefused):
    """Labelled utterances with labels that don't exist or don't go together. All of them are in `bad`."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{file}: {count} labels can't be used. First ones:\n{first}\nCorrect them; docs/annotation.md has the "
        "rules. Rows without any label are left out.",
        "nl": "{file}: {count} labels zijn onbruikbaar. De eerste:\n{first}\nVerbeter ze; docs/annotation.md geeft de "
        "regels. Rijen zonder enig label tellen niet mee.",
    }
    reasons: ClassVar[dict[str, dict[str, str]]] = {
        "en": {
            "cells": "the row has more cells than the header",
            "text": "no text",
            "value": "expected {expected}",
            "form": "a question has a form, and nothing else has one",
            "of_question": "only a question has this",
            "of_seller": "only a question of the seller has this",
            "other_side": "an act of the other side",
            "request_kind": "an action_request has a kind, and nothing else has one",
            "of_customer": "only a customer answers",
        },
        "nl": {
            "cells": "de rij heeft meer cellen dan de kop",
            "text": "geen tekst",
            "value": "verwacht werd {expected}",
            "form": "een vraag heeft een vorm, en iets anders niet",
            "of_question": "alleen een vraag heeft dit",
            "of_seller": "alleen een vraag van de verkoper heeft dit",
            "other_side": "een handeling van de andere kant",
            "request_kind": "een action_request heeft een soort, en iets anders niet",
            "of_customer": "alleen een klant antwoordt",
        },
    }

    @property
    def bad(self) -> pd.DataFrame:
        """All bad labels: line, column, value, reason."""
        return self._table("en")

    def _table(self, language: str) -> pd.DataFrame:
        listed = [
            (line, column, value, self.reasons[language][code].format(expected=expected))
            for line, column, value, code, expected in self.facts["bad"]
        ]
        return pd.DataFrame(listed, columns=["line", "column", "value", "reason"])

    def words(self, language: str) -> dict[str, Any]:
        table = self._table(language)
        return {
            "file": self.facts["file"],
            "count": len(table),
            "first": table.head(10).to_string(index=False),
        }


class TaggersUnreadable(InputRefused):
    """A file of learned taggers that is absent or damaged."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Expected learned taggers in {path}; they can't be read. Install salesinsight again, or learn them again "
        "with: python benchmarks/build_taggers.py",
        "nl": "In {path} werden geleerde herkenners verwacht, maar ze zijn niet te lezen. Installeer salesinsight "
        "opnieuw, of leer ze opnieuw met: python benchmarks/build_taggers.py",
    }


class LanguageMismatch(UsageError, UserWarning):
    """Turns that say they are in another language than they are read in: a warning, nothing is refused."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "Most turns have '{found}' in the column 'language', but are read as '{asked}': what is found in them then "
        "means little. Ask for '{found}', or correct the column.",
        "nl": "De meeste beurten hebben '{found}' in de kolom 'language', maar worden gelezen als '{asked}': wat erin "
        "gevonden wordt, zegt dan weinig. Vraag om '{found}', of verbeter de kolom.",
    }
