"""Names of the CRM as a recogniser writes them: apart, as one word, in another spelling."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import numpy as np

from salesinsight.privacy.alike import sound
from salesinsight.privacy.bits import Is
from salesinsight.privacy.known import Known
from salesinsight.privacy.lexicon import Lexicon, is_word, plain_letters
from salesinsight.privacy.page import Span
from salesinsight.privacy.words import Line, name_words

MOST_WORDS = 5  # behind the first word of a name
SHORTEST, LONG = 4, 7  # letters: below the one nothing may differ, from the other on two may
_SLIPS = 2
# how the rest of names sounds, with the kind of each, by its first letter
Rests = dict[str, list[tuple[str, str]]]


def find_heard(line: Line, lexicon: Lexicon, known: Known) -> list[Span]:
    """Find the whole names of people and firms by their first word and by how the rest sounds.

    Parameters
    ----------
    line : Line
        The words of the texts.
    lexicon : Lexicon
        The words of the language.
    known : Known
        Whom the CRM knows; of a name of one word nothing is looked for.

    Returns
    -------
    list of Span
        Finds of people and of organisations, in order.

    Examples
    --------
    >>> import polars as pl
    >>> from salesinsight.privacy.lexicon import load_lexicon
    >>> from salesinsight.privacy.page import Page
    >>> from salesinsight.privacy.words import read_line
    >>> page, known = Page.of(pl.Series(["met kimberly van euh hees"])), Known(("Kimberly Vanhees",))
    >>> find_heard(read_line(page, load_lexicon("nl"), known), load_lexicon("nl"), known)
    [(4, 25, 'person')]
    """
    table = _by_head(known, lexicon)
    if not table:
        return []
    distinct = line.keys.unique().to_list()
    heads = {word: head for word in distinct if (head := _sound(word, lexicon)) in table}
    at = np.flatnonzero(line.keys.is_in(list(heads)).to_numpy())
    found: list[Span] = []
    done: dict[tuple[str, ...], tuple[int, str]] = {}
    for place, head in zip(at.tolist(), line.keys.gather(at).to_list(), strict=True):
        words = (head, *_following(line, place))
        if words not in done:
            done[words] = _best(table[heads[head]], words[1:], lexicon)
        many, kind = done[words]
        if many:
            first = place + 1 if line.bits[place] & Is.TITLE else place
            found.append((int(line.start[first]), int(line.end[place + many]), kind))
    return found


def _following(line: Line, head: int) -> Iterator[str]:
    """The words behind a first one, up to a comma or the end of the sentence."""
    for place in range(head + 1, min(head + 1 + MOST_WORDS, len(line.bits))):
        if not line.bits[place] & Is.WORD:
            return
        yield line.keys[place]


def _best(rests: Rests, words: tuple[str, ...], lexicon: Lexicon) -> tuple[int, str]:
    """How many of these words sound most like the rest of a name, and its kind; 0 when none do."""
    best, found = _SLIPS + 1, (0, "")
    for many in range(1, len(words) + 1):
        said = words[:many]
        ordinary = all(is_word(word, lexicon.language) for word in said)
        for form in _forms(said, lexicon):
            for rest, kind in rests.get(form[0], ()):
                if abs(len(rest) - len(form)) <= _SLIPS:
                    most = 0 if ordinary or len(rest) < SHORTEST else 1 if len(rest) < LONG else _SLIPS
                    far = _apart(rest, form, most)
                    if far <= most and far < best:
                        best, found = far, (many, kind)
    return found


@functools.lru_cache(maxsize=8)
def _by_head(known: Known, lexicon: Lexicon) -> dict[str, Rests]:
    """The sound of a first word to how the rest of each such name sounds, with its kind."""
    table: dict[str, dict[tuple[str, str], None]] = {}
    skip = lexicon.people("titles") | lexicon.people("legal_forms")
    for names, kind in ((known.people, "person"), (known.organisations, "organisation")):
        for name in names:
            family, comma, given = name.partition(",")
            words = [word for word in name_words(f"{given} {family}" if comma else name) if word not in skip]
            if len(words) > 1 and len(words[0]) > 1:
                rests = table.setdefault(_sound(words[0], lexicon), {})
                rests |= {(form, kind): None for form in _forms(tuple(words[1:]), lexicon)}
    titles = {
        (form, "person"): None
        for name in known.people
        if len(parts := name_words(name)) > 2 and "," not in name
        for form in _forms(parts[1:], lexicon)[:1]
    }
    if titles:
        for title in lexicon.people("titles"):
            table.setdefault(_sound(title, lexicon), {}).update(titles)
    return {head: _by_letter(rests) for head, rests in table.items()}


def _by_letter(rests: Iterable[tuple[str, str]]) -> Rests:
    """Sort rests of names by their first letter, which is hardly ever misheard."""
    sorted_: Rests = {}
    for rest, kind in rests:
        sorted_.setdefault(rest[0], []).append((rest, kind))
    return sorted_


def _forms(words: tuple[str, ...], lexicon: Lexicon) -> list[str]:
    """How words sound as one, with and without the particles before them."""
    particles = lexicon.people("particles")
    bare = words
    while bare and bare[0] in particles:
        bare = bare[1:]
    forms = (_sound("".join(said), lexicon) for said in dict.fromkeys((words, bare)) if said)
    return [form for form in forms if len(form) > 1]


@functools.lru_cache(maxsize=200_000)
def _sound(word: str, lexicon: Lexicon) -> str:
    """How a word sounds, without the last e that is hardly heard, "'t" in full."""
    letters = plain_letters(word.replace("'t", "het").replace("'", "").replace("-", ""))
    heard = sound(letters, lexicon.settings["people"]["sounds"])
    return heard[:-1] if len(heard) > 3 and heard.endswith("e") else heard


def _apart(one: str, other: str, most: int) -> int:
    """In how many letters two words differ; anything above `most` when it is more.

    Examples
    --------
    >>> _apart("dikstra", "dikstrat", 2), _apart("bos", "bus", 0), _apart("vos", "kat", 3)
    (1, 1, 3)
    """
    if one == other or not most:
        return int(one != other)
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, start=1):
        before, row[0] = row[0], at
        for place, against in enumerate(other, start=1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (sign != against)),
            )
        if min(row) > most:
            return most + 1
    return row[-1]
