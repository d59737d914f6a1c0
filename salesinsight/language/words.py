"""Display words: every sentence, name and number format that a user gets to see, per language."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import tomllib
from collections.abc import Mapping
from typing import Any

import pandas as pd

from salesinsight.errors import UnknownName
from salesinsight.language.packs import load_pack

MISSING = "common.value.missing"


@dataclasses.dataclass(frozen=True)
class Words:
    """The display words of one language, called by key: ``words("nl")("common.y4.stalled")``.

    Attributes
    ----------
    language : str
        Language code.
    texts : Mapping
        Text per key; a key is "<file>.<section>.<key>" of ``packs/<language>/words/*.toml``.
    numbers : Mapping
        ``[numbers]`` of the pack: decimal and thousands.
    months : tuple of str
        Names of the twelve months.
    """

    language: str
    texts: Mapping[str, str]
    numbers: Mapping[str, str]
    months: tuple[str, ...]

    def __call__(self, key: str, **facts: Any) -> str:
        """Return the text of a key, with the facts filled in.

        Raises
        ------
        UnknownName
            When the key is in none of the pack's files.

        Examples
        --------
        >>> words("nl")("common.y4.stalled")
        'misschien'
        """
        if key not in self.texts:
            raise UnknownName(kind=f"word ({self.language})", name=key, known=self._near(key))
        return self.texts[key].format(**facts)

    def __contains__(self, key: str) -> bool:
        """Whether the key exists."""
        return key in self.texts

    def section(self, prefix: str) -> dict[str, str]:
        """All texts under a prefix, by the rest of their key.

        Examples
        --------
        >>> words("nl").section("common.y4")["won"]
        'ja'
        """
        start = prefix + "."
        return {key.removeprefix(start): text for key, text in self.texts.items() if key.startswith(start)}

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Write a number as people of this language do.

        Examples
        --------
        >>> words("nl").number(1234.5, decimals=1)
        '1.234,5'
        """
        if value is None or pd.isna(value):
            return self.texts[MISSING]
        swap = str.maketrans({",": self.numbers["thousands"], ".": self.numbers["decimal"]})
        text = f"{value:,.{decimals}f}".translate(swap)
        is_zero = not any(digit in text for digit in "123456789")
        return text.removeprefix("-") if is_zero else text

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """Write a share between 0 and 1 as a percentage.

        Examples
        --------
        >>> words("nl").percent(0.42)
        '42%'
        """
        if share is None or pd.isna(share):
            return self.texts[MISSING]
        return self("common.format.percent", number=self.number(100 * share, decimals))

    def money(self, amount: float | None, currency: str | None = "EUR", decimals: int = 0) -> str:
        """Write an amount of money; an unknown currency keeps its three letters, a missing one has none.

        Examples
        --------
        >>> words("nl").money(12000, "EUR")
        '€ 12.000'
        """
        if amount is None or pd.isna(amount):
            return self.texts[MISSING]
        number = self.number(amount, decimals)
        if currency is None or pd.isna(currency):
            return number
        symbol = self.texts.get(f"common.currency.{currency}")
        style = "money_code" if symbol is None else "money"
        return self(f"common.format.{style}", symbol=symbol or currency, number=number)

    def date(self, moment: datetime.date | pd.Timestamp | None) -> str:
        """Write the date of a moment, in the moment's own time zone.

        Examples
        --------
        >>> words("nl").date(pd.Timestamp("2026-03-03"))
        '3 maart 2026'
        """
        if moment is None or pd.isna(moment):
            return self.texts[MISSING]
        month = self.months[moment.month - 1]
        return self("common.format.date", day=moment.day, month=month, year=moment.year)

    def _near(self, key: str) -> list[str]:
        """Keys of the same section or, when there is no such section, of the same file."""
        for prefix in (key.rpartition(".")[0], key.partition(".")[0]):
            found = [known for known in self.texts if prefix and known.startswith(prefix + ".")]
            if found:
                return found
        return sorted({known.partition(".")[0] for known in self.texts})


@functools.cache
def words(language: str) -> Words:
    """Gather the display words of a language from all files in ``packs/<language>/words``.

    Raises
    ------
    UnknownName
        When there is no pack for this language.

    Examples
    --------
    >>> words("en")("common.y4.stalled")
    'maybe'
    """
    pack = load_pack(language)
    texts: dict[str, str] = {}
    for file in sorted((pack.folder / "words").glob("*.toml")):
        texts |= _flatten(tomllib.loads(file.read_text(encoding="utf-8")), file.stem)
    return Words(language, texts, pack.settings["numbers"], tuple(pack.settings["months"]))


def _flatten(table: Mapping[str, Any], prefix: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        name = f"{prefix}.{key}"
        flat |= _flatten(value, name) if isinstance(value, Mapping) else {name: str(value)}
    return flat
