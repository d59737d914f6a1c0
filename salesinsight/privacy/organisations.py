"""Organisations that the CRM knows, found by the words of their name."""

from __future__ import annotations

import numpy as np

from salesinsight.privacy.bits import Is
from salesinsight.privacy.known import Known
from salesinsight.privacy.lexicon import Lexicon, is_word, plain_letters, towns
from salesinsight.privacy.page import Page, Span
from salesinsight.privacy.words import Line, name_words, names_of


def find_organisations(page: Page, line: Line, lexicon: Lexicon, known: Known) -> list[Span]:
    """Find known organisations, with or without "bv" behind; one that is a word needs its capital."""
    people = frozenset().union(*names_of(known, lexicon))
    by_first: dict[str, list[tuple[str, ...]]] = {}
    legal, articles = lexicon.people("legal_forms"), lexicon.people("determiners")
    endings = tuple(lexicon.settings["people"]["firm_endings"])
    for name in known.organisations:
        words = tuple(name_words(name))
        core = words
        while len(core) > 1 and core[-1] in legal:
            core = core[:-1]
        # "Veldzicht" for Veldzicht Kassenbouw, where that word is nothing else; or its last words
        first_alone = core[:1] if len(core) > 1 and _own_word(core[0], lexicon) else ()
        behind = next((core[at:] for at in (1, 2) if len(core) > at + 1 and core[at] in articles), ())
        plain = [tuple(map(plain_letters, said)) for said in (words, core)]
        if len(core) > 2 and core[0].endswith(endings):
            plain.append(core[1:])  # "kalk en co" for Stucadoorsbedrijf Kalk & Co
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
        for said in {words, core, first_alone, behind, *plain}:
            # "Proefdam BV" of Kees van Proefdam: the name alone is his
            if len("".join(said)) > 2 and not (len(said) == 1 and said[0] in people):
                by_first.setdefault(said[0], []).append(said)
    if not by_first:
        return []
    spoken = np.flatnonzero((line.bits & (Is.BREAK | Is.STOP)) == 0)
    keys = line.keys.gather(spoken)
    spans: list[Span] = []
    done = -1
    # only places where a known name may begin come by here
    for place in np.flatnonzero(keys.is_in(list(by_first)).to_numpy()):
        for said in sorted(by_first[keys[int(place)]], key=len, reverse=True):
            last = place + len(said) - 1
            if last >= len(spoken) or tuple(keys[int(place) : int(last) + 1]) != said:
                continue
            first_word, last_word = spoken[place], spoken[last]
            capital = page.text[line.start[first_word]].isupper()
            if line.start[first_word] > done and (capital or len(said) > 1 or not _plain(said, lexicon)):
                spans.append((int(line.start[first_word]), int(line.end[last_word]), "organisation"))
                done = int(line.end[last_word])
                break
    return spans


def _plain(said: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether a name is ordinary words only, such as "de brug"."""
    return all(is_word(word, lexicon.language) or word in lexicon.people("not_names") for word in said)


def _own_word(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is no ordinary word, town or name, so that it can stand for a firm alone."""
    lists = (lexicon.first, lexicon.last, towns(), lexicon.people("brands"))
    return len(word) > 3 and not is_word(word, lexicon.language) and not any(word in names for names in lists)
