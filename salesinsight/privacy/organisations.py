"""Organisations that the CRM knows, found by the words of their name."""

from __future__ import annotations

import numpy as np
import polars as pl

from salesinsight.privacy.bits import Is
from salesinsight.privacy.known import Known
from salesinsight.privacy.lexicon import Lexicon, is_word, plain_letters, towns
from salesinsight.privacy.page import Page, Span
from salesinsight.privacy.words import Line, name_words, names_of


def find_organisations(page: Page, line: Line, lexicon: Lexicon, known: Known) -> list[Span]:
    """Find known organisations, with or without "bv" behind; one that is a word needs its capital."""
    people = frozenset().union(*names_of(known, lexicon))
    sayings: set[tuple[str, ...]] = set()
    sizes: dict[str, set[int]] = {}  # by the first word
    for name in known.organisations:
        for said in _sayings(name, lexicon):
            # "Proefdam BV" of Kees van Proefdam: the name alone is his
            if len("".join(said)) > 2 and not (len(said) == 1 and said[0] in people):
                sayings.add(said)
                sizes.setdefault(said[0], set()).add(len(said))
    if not sayings:
        return []
    spoken = np.flatnonzero((line.bits & (Is.BREAK | Is.STOP)) == 0)
    keys = line.keys.gather(spoken).to_list()
    spans: list[Span] = []
    done = -1
    # only places where a known name may begin come by here
    for place in np.flatnonzero(pl.Series(keys).is_in(list(sizes)).to_numpy()).tolist():
        for size in sorted(sizes[keys[place]], reverse=True):
            last = place + size - 1
            said = tuple(keys[place : last + 1])
            if len(said) < size or said not in sayings:
                continue
            first_word, last_word = spoken[place], spoken[last]
            capital = page.text[line.start[first_word]].isupper() and (
                len(said) > 1 or bool(line.bits[first_word] & Is.INSIDE) or _own_word(said[0], lexicon)
            )
            if line.start[first_word] > done and (capital or len(said) > 1 or not _plain(said, lexicon)):
                spans.append((int(line.start[first_word]), int(line.end[last_word]), "organisation"))
                done = int(line.end[last_word])
                break
    return spans


def _sayings(name: str, lexicon: Lexicon) -> set[tuple[str, ...]]:
    """The ways in which people say the name of a firm, as words."""
    legal = lexicon.people("legal_forms")
    articles = lexicon.people("determiners") | lexicon.people("old_articles")
    endings = tuple(lexicon.settings["people"]["firm_endings"])
    words = tuple(name_words(name))
    core = words
    while len(core) > 1 and core[-1] in legal:
        core = core[:-1]
    # "Veldzicht" for Veldzicht Kassenbouw, where that word is nothing else; or its last words
    first_alone = core[:1] if len(core) > 1 and _own_word(core[0], lexicon) else ()
    behind = next((core[at:] for at in (1, 2) if len(core) > at + 1 and core[at] in articles), ())
    # "Pinokkio" of Kinderopvang Pinokkio
    if len(core) == 2 and (is_word(core[0], lexicon.language) or core[0].endswith(endings)):
        behind = core[1:]
    plain = [tuple(map(plain_letters, said)) for said in (words, core)]
    if len(core) > 2 and core[0].endswith(endings):
        plain.append(core[1:])  # "kalk en co" for Stucadoorsbedrijf Kalk & Co
    plain += _fronts(core, lexicon)
    if len(behind) == 1 and _own_word(behind[0], lexicon):
        plain += [(article, *behind) for article in articles]
    # "Lemmens Tuinen" in one word
    if len(core) > 1 and len("".join(core)) > 7:
        plain.append(("".join(core),))
    # "Kalk & Co" is said as "kalk en co"
    if "&" in name:
        spelled = [tuple(name_words(name.replace("&", f" {word} "))) for word in lexicon.people("and")]
        plain += [
            *spelled,
            *(said[1:] for said in spelled if len(said) > 2 and said[0].endswith(endings)),
        ]
    return {said for said in (words, core, first_alone, behind, *plain) if said}


def _fronts(core: tuple[str, ...], lexicon: Lexicon) -> list[tuple[str, ...]]:
    """What people leave of a long name: "Gouden Lotus" of Gouden Lotus Groothandel, "Lemmens Fruit"."""
    skip = lexicon.people("not_names") | lexicon.people("particles") | lexicon.people("and")
    fronts = [core[:many] for many in range(2, len(core)) if core[many - 1] not in skip]
    if len(core) == 2 and core[0] not in skip:
        fronts.append((core[1], core[0]))  # "koeltechniek baeten"
    short = next(
        (
            core[-1].removesuffix(end)
            for end in lexicon.settings["people"]["firm_endings"]
            if core[-1].endswith(end)
        ),
        "",
    )
    if len(core) > 1 and len(short) > 2:
        fronts.append((*core[:-1], short))
    first = core[0]
    if len(core) > 1 and len(first) > 4 and first not in skip | towns() and not _own_word(first, lexicon):
        fronts.append((first,))
    return fronts


def _plain(said: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether a name is ordinary words only, such as "de brug"."""
    return all(is_word(word, lexicon.language) or word in lexicon.people("not_names") for word in said)


def _own_word(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is no ordinary word, town or name, so that it can stand for a firm alone."""
    lists = (lexicon.first, lexicon.last, towns(), lexicon.people("brands"))
    return len(word) > 3 and not is_word(word, lexicon.language) and not any(word in names for names in lists)
