"""The refusal of something of another kind than an argument takes."""

from __future__ import annotations

from typing import Any, ClassVar

from salesinsight.errors.base import BadArgument

#: What a thing is called, and where it comes from; by the name of its class.
NAMES: dict[str, dict[str, str]] = {
    "DataFrame": {"en": "a table", "nl": "een tabel"},
    "Series": {"en": "a column", "nl": "een kolom"},
    "Export": {"en": "an Export", "nl": "een Export"},
    "Dataset": {"en": "a Dataset", "nl": "een Dataset"},
    "Run": {"en": "a Run", "nl": "een Run"},
    "Trackers": {"en": "Trackers", "nl": "Trackers"},
    "Taggers": {"en": "Taggers", "nl": "Taggers"},
    "str": {"en": "a text", "nl": "een tekst"},
    "PathLike": {"en": "a path", "nl": "een pad"},
    "list": {"en": "a list", "nl": "een lijst"},
    "Sequence": {"en": "a list", "nl": "een lijst"},
    "Mapping": {"en": "a dict", "nl": "een dict"},
    "dict": {"en": "a dict", "nl": "een dict"},
    "Integral": {"en": "a whole number", "nl": "een geheel getal"},
    "Real": {"en": "a number", "nl": "een getal"},
}
SOURCES: dict[str, tuple[str, ...]] = {
    "DataFrame": ("pandas.DataFrame",),
    "Series": ("pandas.Series",),
    "Export": ("read_export", "make_sample"),
    "Dataset": ("make_dataset", "open_deals"),
    "Run": ("train", "load_run"),
    "Trackers": ("read_trackers",),
    "Taggers": ("learn_taggers",),
}
OR = {"en": " or ", "nl": " of "}


class WrongKind(BadArgument):
    """A table where an Export is meant, a path where a table is meant, and the like."""

    sentence: ClassVar[dict[str, str]] = {
        "en": "{function}: {argument} takes {expected}; got {got}.{hint}",
        "nl": "{function}: {argument} moet {expected} zijn; er kwam {got}.{hint}",
    }
    hints: ClassVar[dict[str, dict[str, str]]] = {
        "en": {
            "field": " Did you mean {hint}?",
            "pandas": " Make a pandas table of it with .to_pandas().",
        },
        "nl": {
            "field": " Bedoelde u {hint}?",
            "pandas": " Maak er een tabel van pandas van met .to_pandas().",
        },
    }

    def words(self, language: str) -> dict[str, Any]:
        facts = self.facts
        said = self.hints[language].get(facts["why"], "").format(hint=facts["hint"])
        # a path may be told as text, and that goes without saying
        kinds = [kind for kind in facts["kinds"] if kind != "str" or "PathLike" not in facts["kinds"]]
        *others, last = (_from(kind, language) for kind in kinds)
        expected = OR[language].join([*([", ".join(others)] if others else []), last])
        got = NAMES.get(facts["got"], {}).get(language, facts["got"])
        return {"function": facts["function"], "argument": facts["argument"]} | {
            "expected": expected,
            "got": got,
            "hint": said,
        }


def _from(kind: str, language: str) -> str:
    """A kind of thing and where it comes from: "an Export (read_export or make_sample)"."""
    source = OR[language].join(SOURCES.get(kind, ()))
    return NAMES[kind][language] + (f" ({source})" if source else "")
