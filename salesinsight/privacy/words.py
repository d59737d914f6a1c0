"""The words of a page, each with what a language and the CRM know of it, as bits."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import polars as pl

from salesinsight.privacy.alike import Alike
from salesinsight.privacy.bits import Is
from salesinsight.privacy.known import Known
from salesinsight.privacy.lexicon import Lexicon, is_made, is_word, plain_letters, towns, without_hooks
from salesinsight.privacy.page import BETWEEN, Page
from salesinsight.privacy.phrases import after, leave

_HOOK = "['\u2018\u2019`\u00b4]"
_SEGMENT = "|".join(
    [
        r"\p{L}\.(?:-?\p{L}\.)+",  # J.P. and t.a.v.
        rf"{_HOOK}\p{{L}}\b",  # 't
        rf"[\p{{L}}\p{{M}}\p{{N}}]+(?:(?:{_HOOK}|-)[\p{{L}}\p{{M}}\p{{N}}]+)*",
        _HOOK,
        r"[^\p{L}\p{M}\p{N}'\u2018\u2019`\u00b4]+",
    ]
)

_INITIAL = r"^(?:\p{Lu}|\p{Lu}\.(?:-?\p{Lu}\.)+|Th|Ch|Ph|IJ|Fr|Chr|Joh|Tj|Sj|Dj)$"
_INITIALS = r"^\p{Lu}{1,2}v(?:d|dn|an)?\p{Lu}{1,2}$"  # MvdB


@dataclasses.dataclass(frozen=True)
class Line:
    """The words and the breaks of a page, in order.

    Attributes
    ----------
    start, end : numpy.ndarray
        Place on the page, in characters.
    bits : numpy.ndarray
        What is known of each, as `Is`.
    keys : polars.Series
        The words in lower case.
    """

    start: np.ndarray
    end: np.ndarray
    bits: np.ndarray
    keys: pl.Series


def read_line(page: Page, lexicon: Lexicon, known: Known) -> Line:
    """Cut a page into words and breaks, and say what is known of each."""
    segments = pl.Series([page.text]).str.extract_all(_SEGMENT).explode(empty_as_null=False)
    encoded = segments.to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
    code = encoded.indices.to_numpy()
    distinct = pl.Series("segment", encoded.dictionary, dtype=pl.String)
    bits = _describe(distinct, lexicon, known)
    end = np.cumsum(distinct.str.len_chars().cast(pl.Int64).to_numpy()[code])
    start = np.concatenate([[0], end[:-1]])
    bits = bits[code]
    # "o. de jong"
    point = distinct.str.contains(r"^\.\s*$").to_numpy()[code]
    letter = distinct.str.contains(r"^\p{Ll}$").to_numpy()[code] & ((bits & Is.NEVER) == 0)
    bits[:-1][letter[:-1] & point[1:]] |= Is.SMALL_INITIAL
    # the point of "dhr." and "J." ends no sentence
    short = np.zeros(len(bits), dtype=bool)
    short[1:] = (bits[:-1] & (Is.TITLE | Is.INITIAL | Is.SMALL_INITIAL)) > 0
    kept = (bits > 0) & ~(short & point)
    bits, start, end, code = bits[kept], start[kept], end[kept], code[kept]
    opens = np.ones(len(bits), dtype=bool)
    opens[1:] = (bits[:-1] & (Is.STOP | Is.EDGE)) > 0
    bits[~opens] |= Is.INSIDE
    line = Line(start, end, bits, _lower(distinct).gather(code))
    for name, flag in (("name_phrases", Is.NAMED), ("person_phrases", Is.MET), ("known_phrases", Is.MAYBE)):
        line.bits[after(line.keys, line.bits, lexicon.settings["people"][name])] |= flag
    for phrase_end in after(line.keys, line.bits, lexicon.settings["people"]["product_phrases"]):
        line.bits[phrase_end] &= ~(Is.MET | Is.MAYBE | Is.NAMED)
    _leave_towns(line, towns() | lexicon.people("more_towns"))
    leave(line.keys, line.bits, lexicon.people("no_name_phrases"))
    # "dag Erna", but not "de dag erna"
    line.bits[after(line.keys, line.bits, lexicon.settings["people"]["greetings"], opening=True)] |= Is.MET
    return line


def _leave_towns(line: Line, names: frozenset[str]) -> None:
    """Den Haag and Ter Apel are no names, though they are built as such."""
    capital = Is.STARTS | Is.CAPITAL
    for place in map(int, np.flatnonzero((line.bits[:-1] & capital) == capital)):
        titled = place and line.bits[place - 1] & Is.TITLE
        if f"{line.keys[place]} {line.keys[place + 1]}" in names and not titled:
            line.bits[place : place + 2] = Is.NEVER | Is.WORD | Is.INSIDE


def _lower(words: pl.Series) -> pl.Series:
    return words.to_frame("word").select(without_hooks(pl.col("word"))).to_series()


def _describe(segments: pl.Series, lexicon: Lexicon, known: Known) -> np.ndarray:
    """Say of each distinct segment what it is; plain space and quotation marks are nothing."""
    lower = _lower(segments)
    is_word_like = segments.str.contains(r"\p{L}").to_numpy()
    bits = np.zeros(len(segments), dtype=np.int64)

    def mark(flag: Is, where: pl.Series | np.ndarray) -> None:
        bits[np.asarray(where)] |= flag

    number = ~is_word_like & segments.str.contains(r"\p{N}").to_numpy()
    mark(Is.EDGE, segments.str.contains(BETWEEN, literal=True))
    mark(Is.STOP, ~is_word_like & segments.str.contains(r"[.?!:;\n\r\u2026]").to_numpy())
    mark(Is.BREAK, ~is_word_like & segments.str.contains(r"[^\s.?!:;'\u2018\u2019`\u00b4]").to_numpy())
    mark(Is.BREAK | Is.NUMBER, number)
    mark(Is.WORD, is_word_like)
    mark(Is.UPPER, segments.str.contains(r"^\p{Lu}{2,}$"))
    mark(Is.BY_INITIALS, segments.str.contains(_INITIALS) & ~lower.is_in(list(lexicon.people("brands"))))
    people = lexicon.settings["people"]
    for name, flag in (
        ("particles", Is.PARTICLE),
        ("particle_starts", Is.STARTS),
        ("titles", Is.TITLE),
        ("plural_titles", Is.TITLE | Is.PLURAL),
        ("not_names", Is.NEVER),
        ("capital_words", Is.NEVER),
        ("person_verbs", Is.ACTS),
        ("organisation_before", Is.FIRM_NEXT),
        ("organisation_after", Is.FIRM_BEFORE),
        ("determiners", Is.ARTICLE),
        ("old_articles", Is.OLD),
        ("only_in_names", Is.DER),
        ("desks", Is.DESK),
        ("upon", Is.UPON),
        ("owns", Is.OWNS),
        ("neuter", Is.NEUTER),
        ("inner_articles", Is.INNER),
        ("being", Is.BEING),
        ("particles_abroad", Is.ABROAD),
    ):
        mark(flag, lower.is_in(people[name]))
    mark(Is.AND, lower.str.strip_chars().is_in(people["and"]))
    mark(Is.NEVER, lower.is_in(list(lexicon.cues)))
    # "SharePoint" has its capital as a trade mark
    capital = segments.str.contains(r"^\p{Lu}(?:\p{Ll}|\p{M}|['\u2019-]\p{L}|$)")
    capital &= ~segments.str.contains(r"^\p{Lu}\p{Ll}{3,}\p{Lu}")
    mark(Is.CAPITAL, capital)
    mark(Is.INITIAL, segments.str.contains(_INITIAL))
    mark(Is.SMALL_INITIAL, segments.str.contains(r"^(?:\p{Ll}\.)(?:-?\p{Ll}\.)+$"))
    endings = "(?:" + "|".join(people["firm_endings"]) + ")$"
    mark(Is.FIRM_BEFORE, lower.str.contains(endings) & ~capital.not_())
    mark(Is.FIRM_NEXT, lower.str.contains(r"\p{L}{2}" + endings))
    streets = lexicon.settings["people"]["street_endings"]
    street = lower.str.contains(r"\p{L}{3}(?:" + "|".join(streets) + ")$")
    mark(Is.STREET | Is.NEVER, street & ~lower.is_in(list(lexicon.last)))
    first, last = names_of(known, lexicon)
    like = _alike(known, lexicon)
    for place in map(int, np.flatnonzero(is_word_like & (segments.str.len_chars() > 1).to_numpy())):
        bits[place] |= _name_bits(lower[place], segments[place], lexicon, (first, last), like)
    bits[lower.is_in(list(lexicon.people("hesitations"))).to_numpy()] = 0  # "liesbet euh van damme"
    return bits


def _name_bits(
    word: str,
    written: str,
    lexicon: Lexicon,
    names: tuple[frozenset[str], frozenset[str]],
    like: tuple[Alike, Alike],
) -> int:
    """What a word is as a name: itself, without the s of possession, or a part of a double name."""
    bits = Is(0)
    if word.startswith(tuple(lexicon.settings["people"]["not_starts"])):
        return 0
    for form, by_s in _forms(word):
        in_crm = _in_crm(form, names, like, lexicon)
        listed = (form in lexicon.first) * Is.FIRST | (form in lexicon.last and not by_s) * Is.LAST
        if not in_crm | listed or (by_s and bits):
            continue
        # "rozes" is no Roos: without its s it must be a name and nothing else
        if by_s and not in_crm and (form in lexicon.also_words or is_word(word, lexicon.language)):
            continue
        also = (
            form in lexicon.also_words
            or _ordinary(form, lexicon)
            or (by_s and is_word(word, lexicon.language))
        )
        bits |= in_crm | listed
        bits |= Is.KNOWN if in_crm else Is(0)
        bits |= Is.ALSO if also and not word.endswith("'s") else Is(0)
        bits |= Is.BARE if form in lexicon.bare else Is(0)
        bits |= Is.JOINED if form in lexicon.joined else Is(0)
        bits |= Is.TOWN if form in towns() and not in_crm else Is(0)
    if written.isupper() and len(word) > 3 and bits & (Is.FIRST | Is.LAST) and not bits & Is.ALSO:
        bits |= Is.CAPITAL
    if not bits & (Is.FIRST | Is.LAST) and len(word) > 2:
        ordinary = (
            is_word(word, lexicon.language) or any(map(str.isdigit, word)) or word in lexicon.people("brands")
        )
        ordinary |= (
            word in towns() or word in lexicon.people("places") or word in lexicon.people("more_words")
        )
        bits |= Is.PLAIN if ordinary else Is.UNHEARD
        bits |= Is.BRAND if word in lexicon.people("brands") else Is(0)
        bits |= Is.TOWN if word in towns() or word in lexicon.people("places") else Is(0)
        # "SharePoint" and "kickoff" are made too
        made = not written[1:].islower() or is_made(word, lexicon.language) or is_word(word, "en")
        made &= not (written[:1].isupper() and word.startswith(tuple(lexicon.people("joined_starts"))))
        bits |= Is.MADE if not ordinary and made else Is(0)
    return int(bits)


def _in_crm(
    form: str, names: tuple[frozenset[str], frozenset[str]], like: tuple[Alike, Alike], lexicon: Lexicon
) -> Is:
    """Whether the CRM has somebody of this name, or of one that a recogniser writes so."""
    found = Is((form in names[0]) * Is.FIRST | (form in names[1]) * Is.LAST)
    if found or form in lexicon.first:
        return found
    if is_word(form, lexicon.language):  # "de klerk" for De Clercq
        return Is(like[1].sounds_like(form) * Is.LAST)
    return Is(like[0].has(form) * Is.FIRST | like[1].has(form) * Is.LAST)


def _forms(word: str) -> list[tuple[str, bool]]:
    """The ways in which a word may hold a name, each with whether an s was taken off."""
    forms = [(word, False)]
    if word.endswith("'s"):
        forms = [(word[:-2], False)]
    elif word.endswith("s") and len(word) > 3:
        forms.append((word[:-1], True))
    forms += [(part, False) for part in word.split("-") if "-" in word and len(part) > 2]
    # "hubèrt" and "yildiz" for Yıldız
    bare = [(plain_letters(form), by_s) for form, by_s in forms]
    return [*forms, *(pair for pair in bare if pair not in forms)]


def _ordinary(word: str, lexicon: Lexicon) -> bool:
    """Whether a name of the CRM, in no list, is a word of the language."""
    return word not in lexicon.first and word not in lexicon.last and is_word(word, lexicon.language)


@functools.lru_cache(maxsize=8)
def names_of(known: Known, lexicon: Lexicon) -> tuple[frozenset[str], frozenset[str]]:
    """First names and last names, without particles, of the people that the CRM knows."""
    first: set[str] = set()
    last: set[str] = set()
    skip = lexicon.people("particles") | lexicon.people("titles") | lexicon.people("roles")
    for name in known.people:
        family, comma, given = name.partition(",")
        words = [
            [word for word in name_words(part) if len(word) > 1 and word not in skip and "." not in word]
            for part in ((given, family) if comma else (name, ""))
        ]
        if comma:
            first |= set(words[0])
            last |= set(words[1])
        elif words[0]:
            alone = len(words[0]) == 1 and len(name.split()) > 1  # "J. de Vries", "mevrouw Smit"
            first |= set() if alone else {words[0][0]}
            last |= set(words[0] if alone else words[0][1:])
    return tuple(frozenset({*names, *map(plain_letters, names)}) for names in (first, last))  # type: ignore[return-value]


@functools.lru_cache(maxsize=8)
def _alike(known: Known, lexicon: Lexicon) -> tuple[Alike, Alike]:
    first, last = names_of(known, lexicon)
    return Alike.of(first, lexicon), Alike.of(last, lexicon)


@functools.lru_cache(maxsize=50_000)
def name_words(name: str) -> tuple[str, ...]:
    """The words of one name, in lower case."""
    cut = pl.Series([name]).str.extract_all(_SEGMENT).explode(empty_as_null=False)
    return tuple(word for word in _lower(cut) if any(map(str.isalnum, word)))
