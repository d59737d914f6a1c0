"""What was said, one stretch at a time, whatever file it came from → cells."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from salesinsight.exports.readers.cells import Cells, gather

# columns that every transcript has; the others are there only when the file has them
ALWAYS = ("speaker", "start_s", "end_s", "text")
CLOCK = re.compile(r"\s*(?:(\d+):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3}))?")
# "Piet Jansen (Gast)": meeting programs put behind a name how somebody came in. A number is no such
# thing: it tells two nameless speakers apart
BEHIND_NAME = re.compile(r"(\S.*?)\s*\(([^\W\d][^()]*)\)")


class Utterance(NamedTuple):
    """What one speaker said in one go.

    Attributes
    ----------
    line : int
        The line it stands on; in JSON the number of the utterance, from 1.
    text : str or None
        The words. Missing where the file only repeats words that stand above.
    speaker, start_s, end_s : str or None
        Who, and from when to when since the recording began. A time that can't be read stays as the file
        has it, so that it is listed with its value.
    speaker_email, speaker_side : str or None
        What the file knows about the speaker, as it says it.
    call_id, title, recorded_at, duration_s : str or None
        What the file knows about the recording: its moment as ISO, its length in seconds.
    """

    line: int
    text: str | None
    speaker: str | None = None
    start_s: str | None = None
    end_s: str | None = None
    speaker_email: str | None = None
    speaker_side: str | None = None
    call_id: str | None = None
    title: str | None = None
    recorded_at: str | None = None
    duration_s: str | None = None


NAMES = [*ALWAYS, *(name for name in Utterance._fields if name not in (*ALWAYS, "line"))]


def gather_utterances(said: Iterable[Utterance], broken: list[tuple[int, str, str]] | None = None) -> Cells:
    """Put utterances together as cells, in the order in which they were spoken.

    Parameters
    ----------
    said : iterable of Utterance
        In the order of the file.
    broken : list of tuple
        What could not be used: line, text, code of the reason.

    Returns
    -------
    Cells
        Columns speaker, start_s, end_s and text, and of the other fields of `Utterance` those that are
        known for at least one.

    Examples
    --------
    >>> said = [Utterance(3, "Dag.", "Bo", "00:05"), Utterance(1, "Hallo", "An (Gast)", "00:01")]
    >>> cells = gather_utterances(said)
    >>> cells.names, cells.frame["0"].to_list(), cells.frame["4"].to_list()
    (['speaker', 'start_s', 'end_s', 'text', 'speaker_side'], ['An', 'Bo'], ['Gast', None])
    """
    rows = _with_sides(_in_order(list(said)))
    given = {name: [getattr(row, name) for row in rows] for name in NAMES}
    names = [name for name in NAMES if name in ALWAYS or any(given[name])]
    return gather(names, [given[name] for name in names], [row.line for row in rows], broken)


def seconds_of(time: str | None) -> float | None:
    """Read ``[hours:]minutes:seconds`` at the start of a text; None where there is none.

    Examples
    --------
    >>> seconds_of("00:01:02,5 --> 00:01:04"), seconds_of("later")
    (62.5, None)
    """
    found = CLOCK.match(time) if time else None
    if not found:
        return None
    hours, minutes, seconds, fraction = found.groups(default="0")
    return (int(hours) * 60 + int(minutes)) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def as_clock(seconds: float) -> str:
    """Write seconds as ``hours:minutes:seconds``, which can't be taken for a number with thousands.

    Examples
    --------
    >>> as_clock(3723.5)
    '01:02:03.500'
    """
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def as_time(value: Any, per_second: int = 1) -> str | None:
    """Write a number of seconds, or of parts of a second, as a clock; other texts stay as they are.

    Examples
    --------
    >>> as_time(2500, per_second=1000), as_time("4.87"), as_time("00:12"), as_time(None)
    ('00:00:02.500', '00:00:04.870', '00:12', None)
    """
    try:
        seconds = float(value) / per_second
        return as_clock(seconds) if seconds >= 0 else str(seconds)
    except (TypeError, ValueError, OverflowError):
        return value if isinstance(value, str) else None


def times_of(
    part: dict[str, Any], start: str, end: str, per_second: int = 1
) -> tuple[str | None, str | None]:
    """The start and end of a part of a JSON document, under these keys.

    Examples
    --------
    >>> times_of({"from": 1500, "to": None}, "from", "to", per_second=1000)
    ('00:00:01.500', None)
    """
    return as_time(part.get(start), per_second), as_time(part.get(end), per_second)


def dicts(value: Any) -> list[dict[str, Any]]:
    """The dictionaries in a list; none when it is no list.

    Examples
    --------
    >>> dicts([{"a": 1}, "b"]), dicts(None)
    ([{'a': 1}], [])
    """
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _in_order(said: list[Utterance]) -> list[Utterance]:
    """Order by start within a recording; what has no time stays behind what it followed."""
    calls: dict[str | None, int] = {}
    latest: dict[str | None, float] = defaultdict(float)
    keys = []
    for one in said:
        start = seconds_of(one.start_s)
        latest[one.call_id] = latest[one.call_id] if start is None else start
        keys.append((calls.setdefault(one.call_id, len(calls)), latest[one.call_id]))
    return [said[n] for n in sorted(range(len(said)), key=keys.__getitem__)]


def _with_sides(said: list[Utterance]) -> list[Utterance]:
    """Take what stands in brackets behind a name apart from it, unless two people then get one name."""
    found = {name: BEHIND_NAME.fullmatch(name) for name in {one.speaker for one in said if one.speaker}}
    bare: dict[str, set[str]] = defaultdict(set)
    for name, match in found.items():
        bare[match.group(1) if match else name].add(name)
    apart = {
        name: match.groups() for name, match in found.items() if match and bare[match.group(1)] == {name}
    }
    return [
        one._replace(speaker=apart[one.speaker][0], speaker_side=one.speaker_side or apart[one.speaker][1])
        if one.speaker in apart
        else one
        for one in said
    ]
