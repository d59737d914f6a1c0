"""Names of people: what words are becomes one sign per word, and patterns of signs are names."""

from __future__ import annotations

import re

import numpy as np

from salesinsight.privacy.bits import Is
from salesinsight.privacy.heard import find_heard
from salesinsight.privacy.known import Known
from salesinsight.privacy.learned import find_learned, load_weights, one_of, ruled_words
from salesinsight.privacy.lexicon import Lexicon
from salesinsight.privacy.organisations import find_organisations
from salesinsight.privacy.page import Page, Span
from salesinsight.privacy.words import Line, read_line

FIRST_SIGN = 0x4E00  # signs of a block without meaning to regular expressions

BESIDE_FIRM = int(Is.PARTICLE | Is.UPON)  # "rusthuis De Linde"
SURE_RULES = ("one", "two", "titled")  # with a title
# what bars a word that nobody has heard of from being a name
NO_NAME = Is.NEVER | Is.FIRM_BEFORE | Is.FIRM_NEXT | Is.STREET | Is.MADE
# A pattern is written in named sets of words; {name} is one word of that set.
SETS: dict[str, tuple[Is, Is]] = {
    # name: what a word must be, what it may not be
    "first": (Is.FIRST, Is.NEVER),
    "sure_first": (Is.FIRST, Is.ALSO | Is.NEVER),
    "inside_first": (Is.FIRST | Is.ALSO | Is.CAPITAL | Is.INSIDE, Is.NEVER),
    "opening_first": (Is.FIRST | Is.ALSO, Is.NEVER | Is.INSIDE),
    "opening_cap": (Is.FIRST | Is.ALSO | Is.CAPITAL, Is.NEVER | Is.INSIDE),
    "cap_first": (Is.FIRST | Is.CAPITAL, Is(0)),
    "known_first": (Is.FIRST | Is.KNOWN, Is.NEVER),
    "known_last": (Is.LAST | Is.KNOWN, Is.NEVER),
    "sure_known": (Is.LAST | Is.KNOWN, Is.NEVER | Is.ALSO),
    "cap_known": (Is.LAST | Is.KNOWN | Is.CAPITAL, Is.NEVER),
    "last": (Is.LAST, Is.NEVER),
    "sure_last": (Is.LAST, Is.ALSO | Is.NEVER | Is.FIRST | Is.TOWN),
    "acting_last": (Is.LAST | Is.CAPITAL, Is.NEVER | Is.TOWN),
    "cap_last": (Is.LAST | Is.CAPITAL, Is.NEVER),
    "van_last": (Is.LAST | Is.CAPITAL, Is.NEVER | Is.BARE | Is.TOWN),
    "from_town": (Is.LAST | Is.CAPITAL | Is.TOWN | Is.JOINED, Is.NEVER),
    "inside_last": (Is.LAST | Is.CAPITAL | Is.INSIDE, Is.NEVER | Is.TOWN),
    "capital": (Is.CAPITAL | Is.INSIDE, Is.NEVER | Is.TITLE | Is.FIRM_BEFORE | Is.INITIAL | Is.STREET),
    "unheard": (Is.UNHEARD, Is.NEVER | Is.FIRM_BEFORE | Is.STREET),
    "cap_unheard": (Is.UNHEARD | Is.CAPITAL, Is.NEVER | Is.FIRM_BEFORE | Is.TITLE | Is.STREET),
    "small_unheard": (Is.UNHEARD, NO_NAME | Is.CAPITAL),
    "cap_plain": (Is.PLAIN | Is.CAPITAL | Is.INSIDE, Is.PARTICLE),
    "plain_word": (Is.WORD | Is.PLAIN, Is.NEVER | Is.TITLE | Is.ACTS),
    "word": (Is.WORD, Is.NEVER | Is.TITLE),
    "starts": (Is.STARTS, Is(0)),
    "from": (Is.STARTS, Is.ARTICLE),
    "particle": (Is.PARTICLE, Is(0)),
    "old": (Is.OLD, Is(0)),
    "inner": (Is.INNER, Is(0)),
    "article": (Is.ARTICLE, Is(0)),
    "initial": (Is.INITIAL, Is(0)),
    "small_initial": (Is.SMALL_INITIAL, Is.NEVER),
    "title": (Is.TITLE, Is.PLURAL),
    "plural": (Is.PLURAL, Is(0)),
    "and": (Is.AND, Is(0)),
    "acts": (Is.ACTS, Is(0)),
    "named_first": (Is.NAMED | Is.FIRST, Is.NEVER),
    "named_last": (Is.NAMED | Is.LAST, Is.NEVER),
    "named_capital": (Is.NAMED | Is.CAPITAL | Is.INSIDE, Is.NEVER | Is.FIRM_NEXT),
    "named_unheard": (Is.NAMED | Is.UNHEARD, Is.NEVER),
    "named_old": (Is.NAMED | Is.OLD, Is(0)),
    "named_starts": (Is.NAMED | Is.STARTS, Is(0)),
    "met_first": (Is.MET | Is.FIRST, Is.NEVER),
    "met_cap": (Is.MET | Is.FIRST | Is.CAPITAL | Is.INSIDE, Is(0)),
    "met_unheard": (Is.MET | Is.UNHEARD | Is.CAPITAL | Is.INSIDE, Is.NEVER | Is.FIRM_BEFORE),
    "maybe_unheard": (Is.MAYBE | Is.UNHEARD | Is.CAPITAL | Is.INSIDE, Is.NEVER | Is.FIRM_BEFORE),
    "maybe_known": (Is.MAYBE | Is.FIRST | Is.KNOWN, Is.NEVER),
    "met_from": (Is.MET | Is.STARTS, Is.ARTICLE),
    "opening_from": (Is.STARTS, Is.ARTICLE | Is.INSIDE),
    "town": (Is.TOWN, Is.NEVER),
    "by_initials": (Is.BY_INITIALS, Is(0)),
    "named_initial": (Is.NAMED | Is.INITIAL, Is(0)),
    "der": (Is.DER, Is(0)),
    "street": (Is.STREET, Is(0)),
    "desk": (Is.DESK, Is(0)),
    "upon": (Is.UPON, Is(0)),
    "abroad": (Is.ABROAD, Is(0)),
    "firm": (Is.FIRM, Is(0)),
    "owns": (Is.OWNS, Is(0)),
    "being": (Is.BEING, Is(0)),
    "opening_known": (Is.FIRST | Is.KNOWN | Is.CAPITAL, Is.NEVER | Is.INSIDE),
    "neuter": (Is.NEUTER, Is(0)),
    "met_starts": (Is.MET | Is.STARTS, Is(0)),
    "more": (Is.UNHEARD | Is.CAPITAL | Is.INSIDE, Is.NEVER | Is.FIRM_BEFORE | Is.TITLE | Is.STREET | Is.MADE),
    "cap_starts": (Is.STARTS | Is.CAPITAL | Is.INSIDE, Is(0)),
    "opening_starts": (Is.STARTS | Is.CAPITAL, Is.INSIDE),
    "opening_unheard": (Is.UNHEARD, NO_NAME | Is.INSIDE),
    "opening_strange": (Is.UNHEARD | Is.CAPITAL, NO_NAME | Is.INSIDE),
    "break": (Is.BREAK, Is.FIRM | Is.NUMBER),
    "sure_name": (Is.CAPITAL | Is.LAST, Is.NEVER | Is.ALSO | Is.TOWN),
    "sure_cap": (Is.CAPITAL | Is.FIRST, Is.NEVER | Is.ALSO),
    "opening_last": (Is.LAST, Is.NEVER | Is.INSIDE),
    "end": (Is.STOP, Is(0)),
    "edge": (Is.EDGE, Is(0)),
    "firm_next": (Is.FIRM_NEXT, Is(0)),
    "firm_before": (Is.FIRM_BEFORE, Is(0)),
}
# a last name right after a first name, an initial or a title
LAST_NAME = (
    "(?:{starts}{particle}{{0,2}}(?:{capital}|{last}|{unheard})|{starts}?{old}{word}"
    "|{particle}{inner}(?:{capital}|{last}|{unheard})|{upon}{inner}{plain_word}"
    "|{capital}|{sure_last}|{known_last}|{unheard}{small_unheard}?|{last}|{initial})"
)
DOUBLE = "(?:(?:{starts}{particle}{{0,2}})?(?:{cap_last}|{more})){{0,2}}"
NO_FIRM = "(?!{firm_before}|{cap_plain})"
NO_STREET = "(?!(?:{starts}{particle}{{0,2}})?{street})"
PATTERNS = [
    # MvdB; Vermeersch R.; Cornelissen, T.P.; u spreekt met annelies hoogstraten
    "{by_initials}",
    "(?:{starts}{particle}{{0,2}})?(?:{cap_last}|{cap_unheard}|{sure_last}){break}?(?:{initial}|{small_initial})(?={break}|{end}|{edge})",
    "(?:{named_first}|{met_first}){town}",
    # el bakali; Kees en Xandro; de smet kim, Peeters Kim
    "{abroad}(?:{unheard}|{last})",
    "(?<={sure_cap}{and})(?:{cap_first}|{cap_unheard})|(?<={sure_name}{and})(?:{capital})",
    "(?:{starts}{particle}{{0,2}}{last}|(?<!{article}){last}){sure_first}" + DOUBLE,
    "(?<!{article}){sure_last}{first}|{small_unheard}{sure_last}",
    "{met_starts}{particle}{{0,2}}{known_last}|{first}{particle}{{1,3}}{known_last}",
    # griet haar rekening; ward en matthias; Sterre, luister
    "(?:{opening_first}|{known_first})(?={owns})|{opening_first}(?={and}{first})|{opening_cap}(?={break})|{opening_known}(?={being})",
    # tjin a sjoe
    "{named_unheard}{particle}{word}",
    # sam van (a known firm); De Klerck inside a sentence; boom dries
    "{first}(?={from}{particle}?{firm})",
    "(?<!{firm_next}){cap_starts}{particle}{{0,2}}(?:{more}|{cap_last})" + DOUBLE + NO_FIRM,
    "{opening_starts}{particle}{{0,2}}{more}(?={acts})|{known_last}{known_first}",
    # qurine woont
    "{opening_unheard}(?:{first}|(?={acts}))|{opening_strange}(?:(?={break})|{capital}{{1,2}}(?={acts}))",
    # gr. F.
    "{named_initial}(?={end}|{edge})",
    # met van der wal, van dijk belt
    "{met_from}{particle}{{0,2}}(?:{last}|{unheard})",
    "{opening_from}{particle}{{0,2}}(?:{last}|{unheard})(?={acts})",
    "{from}?{der}{word}",
    # Storm en Merel, Fleur van receptie
    "{opening_cap}(?={and}{cap_first})|(?:{opening_cap}|{cap_first})(?={from}{article}?{desk})",
    # mijn naam is Oudekerk, achternaam ter Braak
    "{named_starts}{particle}{{0,2}}(?:{capital}|{last}|{unheard})" + DOUBLE,
    "{named_starts}{particle}?{old}{word}|{named_old}{word}",
    "(?:{named_first}|{named_capital}|{named_unheard}|{named_last}){initial}*{tail}?",
    # Kees, Kees van Dam, kees van dam; Bas inside a sentence
    "(?:(?<!{neuter}){sure_first}|{sure_cap}|{inside_first})(?:{first}|{initial}){{0,2}}{title}?{tail}",
    "(?:(?<!{neuter}){sure_first}|{sure_cap}|{inside_first})(?:{first}(?!{firm_before}))?",
    # Mark de Groot; mark jansen; mark van der meer; Mark belt morgen; heeft u bas nog gezien
    "{opening_cap}(?:{starts}{particle}{{0,2}})?(?:{capital}|{cap_last})" + DOUBLE,
    "{first}(?:{starts}{particle}{{0,2}}{last}|{starts}?{old}{word}|{sure_last}|{known_last})",
    "(?:{opening_first}|{cap_first})(?={acts})|{opening_cap}(?={from}{article})",
    "{cap_first}(?:{starts}{particle}{{0,2}})?{cap_last}" + DOUBLE,
    "(?<!{article}){known_first}{word}?(?={acts})",
    "(?:{met_first}|{met_cap}|{maybe_known}){tail}?",
    # J.P. de Vries, j.p. de vries
    "{initial}+{starts}?{particle}{{0,2}}(?:{capital}|{last})" + DOUBLE,
    "{small_initial}{starts}?{particle}{{0,2}}{last}",
    # Ngozi Okafor, Hayat El Yaakoubi: two words that nobody has heard of, or one before a last name
    "{cap_unheard}{cap_unheard}" + DOUBLE + NO_FIRM,
    "{cap_unheard}(?:{starts}{particle}{{0,2}}{capital}|{cap_last})(?!{firm_before}|{cap_plain})",
    "{cap_unheard}{cap_first}" + DOUBLE,
    "{small_unheard}{small_unheard}{{1,2}}(?={acts})",
    # met Xandra, vraag naar Oudewinkel
    "(?:{met_unheard}|{maybe_unheard})(?!{firm_before}|{cap_plain})",
    "(?<!{firm_next}{starts})(?:{cap_unheard}|{acting_last})(?={acts})",
]
AFTER_TITLE = [
    "{initial}*{first}?{starts}{particle}{{0,2}}(?:{capital}|{last}|{unheard})" + DOUBLE,
    "{initial}*{particle}{{2,3}}{capital}" + DOUBLE,
    "{initial}*(?:{starts}?{old}{word}|{first}{title}?{tail}|{capital}|{last}|{first}|{unheard})" + DOUBLE,
]
# a last name without anything before it
ALONE = [
    "(?<!{upon}){starts}(?:{particle}{{1,2}}{cap_last}|{particle}{{0,2}}(?:{van_last}|{from_town}))" + DOUBLE,
    "{particle}{{1,3}}{cap_known}|{particle}{inner}{known_last}",
    "(?:{starts}{particle}{{0,2}}{sure_known}|{from}{particle}{{0,2}}{known_last})",
    "{starts}{old}(?:{sure_last}|{unheard})",
    "{starts}{particle}{{0,2}}{sure_last}",
    "(?<!{article})(?<!{upon}){sure_last}",
    "(?<!{firm_next}{starts})(?<!{upon}){inside_last}",
    "{sure_known}",
    "(?<!{article}){known_last}(?={acts})",
]


def find_names(page: Page, lexicon: Lexicon, known: Known) -> list[Span]:
    """Find names of people, and of organisations that the CRM knows."""
    line, found, rules = find_by_pattern(page, lexicon, known)
    return find_learned(page, line, found, rules, load_weights(lexicon.language), lexicon)


def find_by_pattern(page: Page, lexicon: Lexicon, known: Known) -> tuple[Line, list[Span], list[str]]:
    """The words, the names among them that patterns find, and which pattern found each."""
    line = read_line(page, lexicon, known)
    heard = find_heard(line, lexicon, known)
    firms = [span for span in heard if span[2] != "person"]
    spans: list[Span] = one_of([*find_organisations(page, line, lexicon, known), *firms])
    for start, end, _ in spans:  # no name of a person reaches into one of a firm
        line.bits[np.searchsorted(line.start, start) : np.searchsorted(line.start, end)] = Is.BREAK | Is.FIRM
    rules = ["firm"] * len(spans)
    signs, write = _signs(line)
    names = "|".join(f"(?P<name{at}>{write(pattern)})" for at, pattern in enumerate(PATTERNS))
    titled = "|".join(write(pattern) for pattern in AFTER_TITLE)
    alone = "|".join(f"(?P<alone{at}>{write(pattern)})" for at, pattern in enumerate(ALONE))
    whole = re.compile(
        write("{plural}") + f"(?P<one>{titled})(?:{write('{and}')}(?P<two>{titled}))?"
        + write("|{title}+") + f"(?P<titled>{titled})"
        + f"|(?:{names})" + write(NO_STREET)
        + write("|(?<!{firm_next})(?<!{firm_next}{starts})(?<!{firm_next}{starts}{particle})")
        + f"(?:{alone})" + write(NO_FIRM + NO_STREET)
    )  # fmt: skip
    for match in whole.finditer(signs):
        for rule in ("one", "two") if match.lastgroup == "two" else (str(match.lastgroup),):
            first, last = match.span(rule)
            if first < last and (rule in SURE_RULES or not _in_firm(line, first, last)):
                spans.append((int(line.start[first]), _end(page, line, last - 1), "person"))
                rules.append(rule)
    mine = [span for span in heard if span[2] == "person"]
    return line, *_with_heard(line, spans, rules, mine)


def _with_heard(
    line: Line, spans: list[Span], rules: list[str], heard: list[Span]
) -> tuple[list[Span], list[str]]:
    """Finds with the whole names that the CRM knows in the place of their parts; none reaches into a firm."""
    whole = []
    for span in heard:
        first, last = np.searchsorted(line.start, span[:2])
        if not (line.bits[first:last] & Is.FIRM).any():
            whole.append(span)
    if not whole or not spans:
        return [*spans, *whole], [*rules, *["heard"] * len(whole)]
    covered, _ = ruled_words(line, whole, ["heard"] * len(whole))
    first = np.searchsorted(line.end, [span[0] for span in spans], side="right")
    last = np.searchsorted(line.start, [span[1] for span in spans]) - 1
    kept = np.flatnonzero((covered[first] == 0) | (covered[last] == 0)).tolist()
    return [*(spans[at] for at in kept), *whole], [*(rules[at] for at in kept), *["heard"] * len(whole)]


def _in_firm(line: Line, first: int, last: int) -> bool:
    """Whether what stands beside a name makes it a firm's: "rusthuis De Linde", "Jansen & Co"."""
    bits = line.bits
    before = first - 1 if first and bits[first - 1] & BESIDE_FIRM else first
    begun = before and bits[before - 1] & Is.FIRM_NEXT
    # every page ends with an edge
    ended = bits[last] & Is.AND and bits[last + 1] & Is.FIRM_BEFORE
    return bool(begun or ended) and not (bits[first:last] & Is.KNOWN).any()


def _end(page: Page, line: Line, word: int) -> int:
    """Where a name ends: "Jan's" gives its s back."""
    end = int(line.end[word])
    written = page.text[int(line.start[word]) : end]
    return end - 2 if re.search(r"['\u2018\u2019`\u00b4]s$", written) else end


def _signs(line: Line):
    """Write the line as one sign per word, and give what writes a pattern in those signs."""
    distinct, code = np.unique(line.bits, return_inverse=True)
    signs = (code + FIRST_SIGN).astype("<u4").tobytes().decode("utf-32-le")
    sets = {}
    for name, (needs, bars) in SETS.items():
        places = np.flatnonzero(((distinct & needs) == needs) & ((distinct & bars) == 0))
        # a set without words matches nothing, but may be looked behind for
        sets[name] = f"[{''.join(chr(FIRST_SIGN + place) for place in places)}]" if len(places) else "\ufffe"
    sets["tail"] = f"(?:{LAST_NAME.format(**sets)}{DOUBLE.format(**sets)})"

    def write(pattern: str) -> str:
        return pattern.format(**sets)

    return signs, write
