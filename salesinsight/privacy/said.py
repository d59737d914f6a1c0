"""Numbers in words: one grammar from "zes" to "drieduizend vijfhonderdelf", and what they come to."""

from __future__ import annotations

import dataclasses
import functools

from salesinsight.privacy.lexicon import Lexicon
from salesinsight.privacy.numbers import any_of


@dataclasses.dataclass(frozen=True)
class Counting:
    """How a language says numbers.

    Attributes
    ----------
    below : str
        A pattern for a number below a hundred.
    whole : str
        A pattern for any number in words below ten thousand; the longest first.
    values : dict of str to str
        Digits of every number below a hundred.
    """

    below: str
    whole: str
    values: dict[str, str]


@functools.cache
def counting_of(lexicon: Lexicon) -> Counting:
    """Write the grammar of a language; made once."""
    said = lexicon.settings["numbers"]
    values: dict[str, str] = {**said["units"], **said["teens"]}
    for word, ten in said["tens"].items():
        values[word] = ten + "0"
        for unit, digit in said["units"].items():
            if digit != "0":
                values |= {f"{unit}{join}{word}": ten + digit for join in said["joins"]}
                # "acht en twintig"
                values |= {
                    f"{unit} {join} {word}": ten + digit for join in said["joins"] if join in said["links"]
                }
                values |= {f"{word}{join}{unit}": ten + digit for join in said["joins_after"]}
    # written as a grammar: all numbers behind each other would make slow patterns
    link, units, tens = (any_of(said[name]) for name in ("links", "units", "tens"))
    after = rf"{tens}{any_of(said['joins_after'])}{units}|" if said["joins_after"] else ""
    below = rf"(?:{after}{units}(?:{any_of(said['joins'])}|[ ]{link}[ ]){tens}"
    below += rf"|{any_of(said['teens'])}|{tens}|{units})"
    hundreds = rf"(?:{below}[ ]?)?{any_of(said['hundred'])}(?:[ ]?{link}?[ ]?{below})?"
    lead = rf"(?:{any_of(said['units'])}|{any_of(said['teens'])})?"
    thousands = rf"{lead}[ ]?{any_of(said['thousand'])}(?:[ ]?{link}?[ ]?(?:{hundreds}|{below}))?"
    return Counting(below, rf"(?:(?:{thousands}|{hundreds}|{below})(?!\w))", values)


def said_number(text: str, lexicon: Lexicon) -> str:
    """The digits of a number in words or digits; "" when it is none.

    Examples
    --------
    >>> from salesinsight.privacy.lexicon import load_lexicon
    >>> said = ("vierendertig", "tweehonderdelf", "07", "drieduizend vijfhonderd", "fiets")
    >>> [said_number(text, load_lexicon("nl")) for text in said]
    ['34', '211', '07', '3500', '']
    """
    if text.isdigit():
        return text
    return _value(text, lexicon)


@functools.lru_cache(maxsize=20_000)
def _value(text: str, lexicon: Lexicon) -> str:
    grammar = counting_of(lexicon)
    if text in grammar.values:
        return grammar.values[text]
    said = lexicon.settings["numbers"]
    for words, size in ((said["thousand"], 1000), (said["hundred"], 100)):
        word = next((word for word in words if word in text), "")
        if word:
            lead, _, rest = (part.strip() for part in text.partition(word))
            rest = next((rest[len(link) :] for link in said["links"] if rest.startswith(link)), rest).strip()
            many = _value(lead, lexicon) if lead else "1"
            more = _value(rest, lexicon) if rest else "0"
            return str(int(many) * size + int(more)) if many and more else ""
    return ""


def number_starts(lexicon: Lexicon) -> str:
    """A short pattern for how numbers in words begin."""
    said = lexicon.settings["numbers"]
    return any_of([*said["units"], *said["teens"], *said["tens"], *said["hundred"], *said["thousand"]])
