"""Text with names in it (``Naam: tekst``) → who said what.

A colon does not make a name: "Let op: …" and "om 14: …" stand in what people say. So it is decided over a
whole text: names return, there are few of them, and they stand at the start of a good part of the lines.
Read are ``Naam: tekst``, with a time before or behind the name, and a name and a time on a line of their
own with the words below, as copying from Teams, Zoom or Otter gives.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise, zip_longest
from typing import NamedTuple

from salesinsight.exports.readers.cells import Cells
from salesinsight.exports.readers.utterances import Utterance, as_clock, gather_utterances, seconds_of

# a name begins with a letter, a telephone number with a digit; signs of tables and sentences are in neither
NAME = r"(?P<name>[^\W\d_][^:;|\t\"<>?!{}=\n]{0,59}?|\+?[\d*][\d*()\s-]{5,20})"
TIME = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
SPAN = rf"(?P<start>{TIME})(?:\s*(?:-->|[-–—])\s*(?P<end>{TIME}))?"
STAMP = rf"[\[(]?{SPAN}[\])]?"
# name and words on one line
FORMS = [
    re.compile(form)
    for form in (
        rf"{STAMP}\s*[-–|]?\s*{NAME}:(?:\s+(?P<words>.*))?",
        rf"{NAME}\s*{STAMP}\s*:(?:\s+(?P<words>.*))?",
        rf"{NAME}\s*[\[(]{SPAN}[\])]\s+(?P<words>\S.*)",
    )
]
# name and time on a line of their own
ALONE = [re.compile(form) for form in (rf"\[?{NAME}\]?[\s,|·–-]*{STAMP}", rf"{STAMP}\s+{NAME}")]
LABEL = re.compile(rf"{NAME}:(?:\s+(?P<words>.*))?")
TIMED = re.compile(rf"(?P<bracket>[\[(])?{SPAN}[\])]?\s*(?P<words>.*)")
MOST_WORDS = 6
SEPARATORS = ";\t|"
# how much of the lines names must begin: less where they take turns, least where times stand with them
ONE_NAME, IN_TURN, WITH_TIMES = 0.5, 0.34, 0.1
NEARLY_ALL = 0.8
# as many lines show what a file is: a large table is not searched for names to its end
MANY = 1000
# nobody says the first words after an hour: such times are of the clock on the wall
HOUR = 3600


class Mark(NamedTuple):
    """One line and the name and time it may begin with.

    `opens` tells that a paragraph starts here, `alone` that the words stand below.
    """

    line: int
    text: str
    opens: bool
    name: str | None = None
    start: str | None = None
    end: str | None = None
    words: str = ""
    alone: bool = False


def split_named(text: str) -> list[tuple[str | None, str]]:
    """Cut one text into stretches of one speaker.

    Parameters
    ----------
    text : str
        What was said, each speaker on a new line.

    Returns
    -------
    list of tuple
        Speaker and words, in order. The speaker is missing for what stands above the first name, and for
        the whole text when no names return in it.

    Examples
    --------
    >>> split_named("Eva: Hallo.\\nPiet: Dag.\\nEva: Let op: het is\\nbijna vijf.\\nPiet: Goed.")
    [('Eva', 'Hallo.'), ('Piet', 'Dag.'), ('Eva', 'Let op: het is bijna vijf.'), ('Piet', 'Goed.')]
    >>> split_named("Let op: bel terug om 14:30.")
    [(None, 'Let op: bel terug om 14:30.')]
    """
    marks = _marks(text)
    names = _decide(marks)
    if not names:
        return [(None, text)]
    said, above = _said(marks, names)
    first = [(None, " ".join(mark.text for mark in above))] if above else []
    return first + [(one.speaker, one.text) for one in said if one.text]


def read_named(text: str) -> Cells | None:
    """Read a transcript that is plain text; None when it is no such thing.

    Parameters
    ----------
    text : str
        The whole file.

    Returns
    -------
    Cells or None
        One row per stretch of a speaker, with the columns of `Utterance`. Lines above the first speaker
        and speakers without words are broken ones. Where every stretch has a time but nobody a name, the
        speaker is missing.

    Examples
    --------
    >>> cells = read_named("Eva  0:03\\nHallo.\\n\\nPiet  0:05\\nDag.\\n\\nEva  0:06\\nMooi zo.")
    >>> cells.frame["0"].to_list(), cells.frame["1"][1], cells.frame["3"].to_list()
    (['Eva', 'Piet', 'Eva'], '00:00:05.000', ['Hallo.', 'Dag.', 'Mooi zo.'])
    """
    head = "\n".join(text.split("\n", MANY)[:MANY])
    if _is_table(head) or (len(head) < len(text) and not read_named(head)):
        return None
    marks = _marks(text)
    names = _decide(marks)
    said, above = _said(marks, names) if names else _timed_only(text)
    if not said:
        return None
    broken = [(mark.line, mark.text, "heading") for mark in above]
    broken += [(one.line, one.speaker or one.start_s or "", "no_words") for one in said if not one.text]
    return gather_utterances(_from_zero([one for one in said if one.text]), sorted(broken))


def find_names(paragraphs: list[list[str]]) -> frozenset[str]:
    """The names that lines begin with, where ``Name: text`` is how a transcript says who speaks.

    Parameters
    ----------
    paragraphs : list of list of str
        Lines that belong together, such as those of one subtitle.

    Returns
    -------
    frozenset of str
        Empty when names don't return.

    Examples
    --------
    >>> sorted(find_names([["Eva: Hallo"], ["Piet: Dag", "Eva: Zo"], ["Let op: het regent"], ["Piet: Ja"]]))
    ['Eva', 'Let op', 'Piet']
    >>> find_names([["Goedemiddag"], ["Let op: het regent"], ["Zeker"]])
    frozenset()
    """
    return _decide([_label(0, line, not place) for lines in paragraphs for place, line in enumerate(lines)])


def split_label(line: str, names: frozenset[str]) -> tuple[str | None, str]:
    """Take the name before the colon apart, when it is one of these.

    Examples
    --------
    >>> eva = frozenset({"Eva"})
    >>> split_label("Eva: Let op: vijf uur", eva), split_label("Let op: nu", eva)
    (('Eva', 'Let op: vijf uur'), (None, 'Let op: nu'))
    """
    found = _label(0, line, True)
    return (found.name, found.words) if found.name in names else (None, line)


def _marks(text: str) -> list[Mark]:
    """What every line may begin with; a time below a name alone belongs to that name."""
    marks: list[Mark] = []
    opens = True
    for number, line in enumerate(text.split("\n"), 1):
        line = " ".join(line.split())
        if not line:
            opens = True
            continue
        above = marks[-1] if marks else None
        time = re.fullmatch(STAMP, line)
        if time and above and not (above.name or opens) and _can_be_name(above.text.strip("[]")):
            name = above.text.strip("[]")
            marks[-1] = above._replace(name=name, start=time["start"], end=time["end"], alone=True)
        else:
            marks.append(_mark(number, line, opens))
        opens = False
    # below a name that stands alone come words: not the end, and not the next time
    return [
        mark._replace(name=None) if mark.alone and (not below or TIMED.fullmatch(below.text)) else mark
        for mark, below in zip_longest(marks, marks[1:])
    ]


def _mark(number: int, line: str, opens: bool) -> Mark:
    for form in [*FORMS, *ALONE]:
        found = form.fullmatch(line)
        if found and _can_be_name(found["name"]):
            words = found.groupdict().get("words") or ""
            times = found["start"], found["end"]
            return Mark(number, line, opens, found["name"].strip(), *times, words, form in ALONE)
    return _label(number, line, opens)


def _label(number: int, line: str, opens: bool) -> Mark:
    found = LABEL.fullmatch(line)
    if found and _can_be_name(found["name"]):
        return Mark(number, line, opens, found["name"].strip(), words=found["words"] or "")
    return Mark(number, line, opens)


def _can_be_name(text: str) -> bool:
    short = 0 < len(text) <= 60 and len(text.split()) <= MOST_WORDS
    # after the comma of a name stands a space; in a table there is none
    return short and not re.search(r",\S", text) and re.fullmatch(NAME, text) is not None


def _decide(marks: list[Mark]) -> frozenset[str]:
    """Which of the possible names are names: those at the start of paragraphs, else of all lines."""
    starts = [mark for mark in marks if mark.opens]
    if 1 < len(starts) < len(marks) and sum(bool(mark.name) for mark in starts) >= NEARLY_ALL * len(starts):
        return _returning(starts) or _returning(marks)
    return _returning(marks)


def _returning(marks: list[Mark]) -> frozenset[str]:
    """Names that return in good part of these lines, and with them those that occur once."""
    named = [mark for mark in marks if mark.name]
    counts = Counter(mark.name for mark in named)
    back = [mark for mark in named if counts[mark.name] > 1]
    if not back or len(back) < len(named) / 2:
        return frozenset()
    turns = sum(one.name != other.name for one, other in pairwise(named))
    timed = sum(mark.start is not None for mark in back) >= len(back) / 2
    least = ONE_NAME if turns < 2 else WITH_TIMES if timed else IN_TURN
    if len(back) < least * len(marks):
        return frozenset()
    every = len(named) >= NEARLY_ALL * len(marks)
    once = [mark for mark in named if counts[mark.name] == 1]
    also = [mark for mark in once if (every and not mark.alone) or _looks_like_name(mark)]
    return frozenset(mark.name for mark in [*back, *also] if mark.name)


def _looks_like_name(mark: Mark) -> bool:
    """Whether who speaks once has the form of a name (a capital first, none small last) or a number."""
    words = (mark.name or "").split()
    if not words[0][0].isalpha():
        return True
    return len(words) > (mark.start is None) and words[0][0].isupper() and not words[-1][0].islower()


def _said(marks: list[Mark], names: frozenset[str]) -> tuple[list[Utterance], list[Mark]]:
    """Stretches of speakers, and the lines above the first of them."""
    said: list[Utterance] = []
    above: list[Mark] = []
    for mark in marks:
        time = TIMED.fullmatch(mark.text)
        if mark.name in names:
            said.append(Utterance(mark.line, mark.words, mark.name, mark.start, mark.end))
        elif not said:
            above.append(mark)
        elif time and time["bracket"]:
            said.append(Utterance(mark.line, time["words"], said[-1].speaker, time["start"], time["end"]))
        else:
            said[-1] = said[-1]._replace(text=f"{said[-1].text} {mark.text}".strip())
    return said, above


def _timed_only(text: str) -> tuple[list[Utterance], list[Mark]]:
    """Stretches that begin with a time and name nobody; none when the times are not in order."""
    said: list[Utterance] = []
    lines = [(n, " ".join(line.split())) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    for number, line in lines:
        time = TIMED.fullmatch(line)
        if time:
            said.append(Utterance(number, time["words"], None, time["start"], time["end"]))
        elif not said:
            return [], []
        else:
            said[-1] = said[-1]._replace(text=f"{said[-1].text} {line}".strip())
    starts = [seconds_of(one.start_s) or 0 for one in said]
    enough = len(said) > 1 and len(said) >= ONE_NAME * len(lines)
    return (said, []) if enough and starts == sorted(starts) else ([], [])


def _from_zero(said: list[Utterance]) -> list[Utterance]:
    """Count times of the clock on the wall from the first one."""
    times = [(seconds_of(one.start_s), seconds_of(one.end_s)) for one in said]
    first = next((start for start, _ in times if start is not None), 0)
    first = first if first >= HOUR else 0
    clocks = [[None if time is None else as_clock(max(time - first, 0)) for time in pair] for pair in times]
    return [one._replace(start_s=start, end_s=end) for one, (start, end) in zip(said, clocks, strict=True)]


def _is_table(text: str) -> bool:
    lines = [line for line in text.split("\n") if line.strip()]
    return any(
        lines and lines[0].count(sign) and sum(sign in line for line in lines) >= NEARLY_ALL * len(lines)
        for sign in SEPARATORS
    )
