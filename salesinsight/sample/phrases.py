"""Phrases of the language pack, and a voice that speaks them with the facts of one conversation."""

from __future__ import annotations

import csv
import functools
import re
import string
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from salesinsight.language import load_pack

T = TypeVar("T")
Part = tuple[str, str | None]
Facts = Mapping[str, str | Callable[[], str]]

BLOCK = 8192
PROBLEMS = ("problem", "problem_sub", "problem_you")
SENTENCE_START = re.compile(r"(^|[.?!]\s+)(\w)")


class Chance:
    """Chance in small portions: one number at a time out of blocks drawn by a numpy generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._block: list[float] = []

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Draw a number between low and high."""
        if not self._block:
            self._block = self._rng.random(BLOCK).tolist()
        return low + (high - low) * self._block.pop()

    def happens(self, probability: float) -> bool:
        """Whether something with this probability happens."""
        return self.uniform() < probability

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number from low up to and including high."""
        return low + int(self.uniform() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """Pick one of equally likely choices."""
        return choices[int(self.uniform() * len(choices))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """Pick a key with a probability in proportion to its weight."""
        left = self.uniform() * sum(weights.values())
        choices = list(weights)
        for choice in choices:
            left -= weights[choice]
            if left < 0:
                return choice
        return choices[-1]

    def around(self, middle: float, spread: float) -> float:
        """Draw a number around a middle; `spread` is about one standard deviation."""
        return middle + spread * (self.uniform() + self.uniform() + self.uniform() - 1.5) * 2.0


class Phrases:
    """Everything in ``packs/<language>/sample``: phrase lists, sectors, people and forms of address."""

    def __init__(self, language: str) -> None:
        pack = load_pack(language)
        folder = pack.folder / "sample"
        self.settings = pack.settings
        texts = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.toml")}
        tables = {name: tomllib.loads(text) for name, text in texts.items()}
        self.sectors: list[dict[str, Any]] = tables.pop("sectors")["sector"]
        self.people: dict[str, Any] = tables["people"]
        self.notes: dict[str, Any] = tables["notes"]
        self.counted: dict[str, frozenset[str]] = {
            name: frozenset(tables["seller"][f"{name}_words"]) for name in ("we", "you")
        }
        rows = list(csv.DictReader((folder / "register.csv").read_text(encoding="utf-8").splitlines()))
        self.registers = {
            name: {row["slot"]: row[name] for row in rows} for name in rows[0] if name != "slot"
        }
        self.lists: dict[str, tuple[tuple[Part, ...], ...]] = {}
        self.regional: dict[str, dict[str, tuple[tuple[Part, ...], ...]]] = {}
        for table in tables.values():
            self.lists |= _compiled(table)
            for name in self.registers:
                if name in table:
                    self.regional.setdefault(name, {}).update(_compiled(table[name]))


@functools.cache
def load_phrases(language: str) -> Phrases:
    """Read the phrases of a language once."""
    return Phrases(language)


class Voice:
    """Says phrases of one conversation: fills their slots and avoids saying the same thing twice.

    Parameters
    ----------
    phrases : Phrases
        The phrases of the language.
    chance : Chance
        Source of chance.
    register : str
        Form of address, a column of ``register.csv``.
    sector : dict
        What the conversation is about, a table of ``sectors.toml``.
    facts : dict
        Slots of this conversation; a value may be a function that makes the words.
    """

    def __init__(
        self, phrases: Phrases, chance: Chance, register: str, sector: Mapping[str, Any], facts: Facts
    ) -> None:
        self._phrases, self._chance, self._sector = phrases, chance, sector
        self._regional = phrases.regional.get(register, {})
        self.facts: dict[str, Any] = {**phrases.registers[register], **facts}
        self._used: set[tuple[str, int]] = set()
        self._order = sorted(range(len(sector["problem"])), key=lambda _: chance.uniform())
        self.told = False
        """Whether a problem has been named."""

    def say(self, *names: str) -> str:
        """Say a phrase of each list, as one text with capitals where sentences start."""
        said = ""
        for name in names:
            phrase = self._phrase(name)
            if said.endswith(","):
                keeps = phrase.split(" ")[0] in self._phrases.people["capitals"]
                phrase = phrase if keeps else phrase[:1].lower() + phrase[1:]
            said = f"{said} {phrase}".strip()
        return SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), said)

    def fill(self, *keys: str) -> str:
        """Fill the slots of one template of ``notes.toml``."""
        template: Any = self._phrases.notes
        for key in keys:
            template = template[key]
        return "".join(text + (self._slot(slot) if slot else "") for text, slot in _parts(template))

    def _phrase(self, name: str) -> str:
        variants = self._phrases.lists[name] + self._regional.get(name, ())
        parts = variants[self._fresh(name, len(variants))]
        return "".join(text + (self._slot(slot) if slot else "") for text, slot in parts)

    def _fresh(self, name: str, count: int) -> int:
        """Number of a variant of a list, one not used yet as long as there is one."""
        number = self._chance.whole(0, count - 1)
        for _ in range(count):
            if (name, number) not in self._used:
                break
            number = (number + 1) % count
        self._used.add((name, number))
        return number

    def _slot(self, slot: str) -> str:
        if slot.endswith("_cap"):
            words = self._slot(slot.removesuffix("_cap"))
            return words[:1].upper() + words[1:]
        if slot.removeprefix("that_") in PROBLEMS:
            return self._problem(slot)
        if slot in self.facts:
            value = self.facts[slot]
            return value() if callable(value) else value
        if slot == "any_problem":
            return self._sector["problem"][self._fresh(slot, len(self._sector["problem"]))]
        if slot in self._sector:
            value = self._sector[slot]
            return value if isinstance(value, str) else value[self._fresh(slot, len(value))]
        return self._phrase(slot)

    def _problem(self, slot: str) -> str:
        """A problem not told before, or (that_…) the one told last."""
        if not slot.startswith("that_") and self.told:
            self._order.append(self._order.pop(0))
        self.told = True
        return self._sector[slot.removeprefix("that_")][self._order[0]]


def _compiled(table: Mapping[str, Any]) -> dict[str, tuple[tuple[Part, ...], ...]]:
    return {
        name: tuple(_parts(variant) for variant in variants)
        for name, variants in table.items()
        if isinstance(variants, list) and all(isinstance(variant, str) for variant in variants)
    }


def _parts(template: str) -> tuple[Part, ...]:
    """Split a template into pieces of text, each with the slot that follows it."""
    return tuple((text, slot) for text, slot, _, _ in string.Formatter().parse(template))
