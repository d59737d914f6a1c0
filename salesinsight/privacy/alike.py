"""Names that sound or look like one that the CRM knows: what speech recognition makes of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from salesinsight.privacy.lexicon import Lexicon

SHORTEST_SOUND, SHORTEST_SLIP = 4, 5


@dataclasses.dataclass(frozen=True)
class Alike:
    """Names, by how they sound and with one letter left out.

    Attributes
    ----------
    sounds : frozenset of str
        The names as they sound.
    slips : frozenset of str
        The names, and what is left of each without one of its letters.
    pairs : tuple
        Spellings that sound the same, from the language pack.
    """

    sounds: frozenset[str]
    slips: frozenset[str]
    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, names: Iterable[str], lexicon: Lexicon) -> Alike:
        """Gather names."""
        pairs = tuple((one, other) for one, other in lexicon.settings["people"]["sounds"])
        long = {name for name in names if len(name) >= SHORTEST_SOUND}
        slips = {less for name in long if len(name) >= SHORTEST_SLIP for less in _less(name)}
        return cls(frozenset(sound(name, pairs) for name in long), frozenset(slips), pairs)

    def has(self, word: str) -> bool:
        """Whether a word sounds like a name, or is one with one letter more, fewer or other.

        Examples
        --------
        >>> from salesinsight.privacy.lexicon import load_lexicon
        >>> names = Alike.of({"kuypers", "quirine"}, load_lexicon("nl"))
        >>> [names.has(word) for word in ("kuipers", "qurine", "kasten")]
        [True, True, False]
        """
        return self.sounds_like(word) or self._slips(word)

    def sounds_like(self, word: str) -> bool:
        """Whether a word sounds like a name."""
        long = bool(self.sounds) and len(word) >= SHORTEST_SOUND
        return long and sound(word, self.pairs) in self.sounds

    def _slips(self, word: str) -> bool:
        return len(word) >= SHORTEST_SLIP and not self.slips.isdisjoint(_less(word))


def sound(word: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A word in the simplest spelling that sounds the same, without doubled letters."""
    for one, other in pairs:
        word = word.replace(one, other)
    return "".join(sign for place, sign in enumerate(word) if place == 0 or word[place - 1] != sign)


def _less(word: str) -> set[str]:
    """A word, and what is left of it without one of its letters; the first one stays."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(1, len(word)))}
