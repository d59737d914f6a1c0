"""WebVTT and SRT transcripts → cells: who spoke, from when to when, and what.

webvtt-py says whether a file is one of these. Its cues are not taken over: it leaves out those with a time
that it can't read, and puts words without a time with the cue above. Here such words are kept, with their
line and without their time, and nothing is dropped unseen.

The forms, and where they are described: voices in a cue (https://www.w3.org/TR/webvtt1/), Microsoft Teams,
also with JSON in its cues (https://learn.microsoft.com/graph/api/calltranscript-get), Zoom
(https://support.zoom.us/hc/en-us/articles/203650745-Recording-Formats). `docs/exports/transcripts.md` tells
how a user gets such a file.
"""

from __future__ import annotations

import datetime
import html
import io
import itertools
import json
import re
from typing import Any, NamedTuple

import webvtt

from salesinsight.errors import UnreadableFile
from salesinsight.exports.readers.cells import Cells
from salesinsight.exports.readers.named_lines import find_names, split_label
from salesinsight.exports.readers.utterances import Utterance, as_clock, gather_utterances, seconds_of

# <v Name> or <v.loud Name>; a cue may hold several
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>\n]*)>")
# tags of WebVTT and SRT and moments between words; not the signs of "5 < 6"
TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>|<\d[\d:.]*>|\{\\[^}\n]*\}")
WORD_TIME = re.compile(r"<\d+:[\d:.]+>")
NO_WORDS = re.compile(r"(?:NOTE|STYLE|REGION)\b")
LENGTH = re.compile(r'(?m)^NOTE duration:"?([\d:.]+)')
SHOWN = 20


class Cue(NamedTuple):
    """One cue as the file has it: its line, its times as written, and its words with their tags."""

    line: int
    start: str | None
    end: str | None
    raw: str


def read_subtitles(text: str, name: str, kind: str) -> Cells:
    """Read a transcript that was saved as subtitles.

    Parameters
    ----------
    text : str
        The whole file.
    name : str
        How messages call it.
    kind : {"vtt", "srt"}
        The format.

    Returns
    -------
    Cells
        One row per voice in a cue, with the columns of `Utterance`. The speaker is missing where the file
        names none; ``Name: text`` is a name where names return through the file. Where captions roll (every
        line stands in two cues), words that stand above are left out; a cue without any other is an empty
        row.

    Raises
    ------
    UnreadableFile
        When it is not in this format.

    Examples
    --------
    >>> cells = read_subtitles("WEBVTT\\n\\n00:01.000 --> 00:02.500\\n<v Eva>Goedemiddag</v>", "g.vtt", "vtt")
    >>> cells.frame.row(0)
    ('Eva', '00:00:01.000', '00:00:02.500', 'Goedemiddag', 3)
    """
    _check(text, name, kind)
    cues, broken = _find_cues(text, kind)
    length = LENGTH.search(text)
    duration = seconds_of(length.group(1)) if length else None
    said = _metadata(cues, broken) or _voices(cues)
    if duration is not None:
        said = [one._replace(duration_s=str(duration)) if one.text else one for one in said]
    return gather_utterances(said, broken)


def _check(text: str, name: str, kind: str) -> None:
    body = text.lstrip("\n") if kind == "srt" else text
    try:
        webvtt.from_buffer(io.StringIO(body), format=kind)
    except webvtt.errors.MalformedFileError as cause:
        expected = "WEBVTT" if kind == "vtt" else "1 ↵ 00:00:01,000 --> 00:00:02,000"
        seen = next((line.strip() for line in text.split("\n") if line.strip()), "")
        raise UnreadableFile(
            file=name, expected=kind.upper(), cause=f"'{seen[:SHOWN]}' ≠ '{expected}'"
        ) from cause


def _find_cues(text: str, kind: str) -> tuple[list[Cue], list[tuple[int, str, str]]]:
    """Find every cue and the words that have no time of their own; times without words are broken."""
    lines = text.split("\n")
    times = [number for number, line in enumerate(lines) if "-->" in line]
    # above the first time stands the head of the file; SRT has none
    above = _paragraphs(lines, 0, times[0] if times else len(lines))
    cues = [cue for _, cue in _loose(above[1:] if kind == "vtt" else above, times[0] if times else None)]
    broken: list[tuple[int, str, str]] = []
    for number, until in zip(times, [*times[1:], len(lines)], strict=False):
        start, _, end = (part.strip() for part in lines[number].partition("-->"))
        # settings of the cue may stand behind its end
        end = end.split()[0] if end else end
        parts = _paragraphs(lines, number + 1, until)
        own = parts.pop(0)[1] if parts and parts[0][0] == number + 1 else []
        if len(own) > 1 and number + 1 + len(own) == until < len(lines) and own[-1].strip().isdigit():
            own = own[:-1]
        loose = _loose(parts, until if until < len(lines) else None)
        # an empty line within the words: SRT has them, in WebVTT it is a slip
        while loose and not loose[0][0] and (kind == "srt" or not own):
            own = [*own, loose.pop(0)[1].raw]
        if _plain("\n".join(own)):
            cues.append(Cue(number + 1, start or None, end or None, "\n".join(own)))
        else:
            broken.append((number + 1, lines[number], "no_words"))
        cues += [cue for _, cue in loose]
    return cues, broken


def _paragraphs(lines: list[str], start: int, until: int) -> list[tuple[int, list[str]]]:
    """Cut lines at empty ones; a line of spaces is part of a paragraph."""
    parts: list[tuple[int, list[str]]] = []
    for number in range(start, until):
        if not lines[number]:
            continue
        if parts and parts[-1][0] + len(parts[-1][1]) == number:
            parts[-1][1].append(lines[number])
        else:
            parts.append((number, [lines[number]]))
    return parts


def _loose(parts: list[tuple[int, list[str]]], next_time: int | None) -> list[tuple[bool, Cue]]:
    """Words without a time, and whether a number marks them as a cue; comments and marks are no words."""
    found = []
    for number, words in parts:
        if NO_WORDS.match(words[0]):
            continue
        # the line right above a time is the mark of that cue
        if number + len(words) == next_time:
            words = words[:-1]
        marked = bool(words) and words[0].strip().isdigit()
        if marked and len(words) > 1:
            number, words = number + 1, words[1:]
        elif marked and next_time and number == parts[-1][0]:
            continue
        if _plain("\n".join(words)):
            found.append((marked, Cue(number + 1, None, None, "\n".join(words))))
    return found


def _voices(cues: list[Cue]) -> list[Utterance]:
    """Who says what in every cue: by voice, else by the name before the words, else nobody is named."""
    if any(VOICE.search(cue.raw) for cue in cues):
        return [said for cue in cues for said in _by_voice(cue)]
    texts = [[_plain(line) for line in cue.raw.split("\n")] for cue in cues]
    texts = [[line for line in lines if line] for lines in texts]
    known = find_names(texts)
    if known:
        return [said for cue, lines in zip(cues, texts, strict=True) for said in _by_name(cue, lines, known)]
    if _rolls(cues, texts):
        texts = [_new_lines(lines, above) for lines, above in zip(texts, [[], *texts], strict=False)]
    return [
        _utterance(cue, None, " ".join(lines)) if lines else Utterance(cue.line, None)
        for cue, lines in zip(cues, texts, strict=True)
    ]


def _by_voice(cue: Cue) -> list[Utterance]:
    before, *rest = VOICE.split(cue.raw)
    voices = [(html.unescape(name).strip(), words) for name, words in zip(rest[::2], rest[1::2], strict=True)]
    said = [_utterance(cue, name or None, _plain(words)) for name, words in [("", before), *voices]]
    return [one for one in said if one.text]


def _by_name(cue: Cue, lines: list[str], known: frozenset[str]) -> list[Utterance]:
    said: list[Utterance] = []
    for line in lines:
        speaker, words = split_label(line, known)
        if speaker or not said:
            said.append(_utterance(cue, speaker, words))
        else:
            said[-1] = said[-1]._replace(text=f"{said[-1].text} {words}".strip())
    return said


def _rolls(cues: list[Cue], texts: list[list[str]]) -> bool:
    """Whether captions roll: as a rule a cue begins with the last line of the one above it."""
    pairs = [(above, lines) for above, lines in itertools.pairwise(texts) if above and lines]
    same = sum(above[-1] == lines[0] for above, lines in pairs)
    timed = any(WORD_TIME.search(cue.raw) for cue in cues)
    return same >= (1 if timed else 3) and same >= len(pairs) * 0.4


def _new_lines(lines: list[str], above: list[str]) -> list[str]:
    """Leave out the lines at the start that stand at the end of the cue above."""
    most = next((n for n in range(min(len(lines), len(above)), 0, -1) if above[-n:] == lines[:n]), 0)
    return lines[most:]


def _metadata(cues: list[Cue], broken: list[tuple[int, str, str]]) -> list[Utterance]:
    """Cues that hold JSON, as Microsoft Graph gives them; empty when the file is not of that kind."""
    try:
        given = [json.loads(cue.raw) for cue in cues]
    except json.JSONDecodeError:
        return []
    if not all(isinstance(item, dict) and "spokenText" in item for item in given):
        return []
    said = []
    for cue, item in zip(cues, given, strict=True):
        text = _plain(str(item["spokenText"] or ""))
        if text:
            said.append(_utterance(cue, item.get("speakerName") or None, text))
        else:
            broken.append((cue.line, cue.raw, "no_words"))
    began = next((_began(cue, item) for cue, item in zip(cues, given, strict=True)), None)
    return [one._replace(recorded_at=began) for one in said]


def _began(cue: Cue, item: dict[str, Any]) -> str | None:
    """When the recording began: the moment of these words, less their place in it."""
    try:
        moment = datetime.datetime.fromisoformat(str(item.get("startDateTime")))
    except ValueError:
        return None
    return (moment - datetime.timedelta(seconds=_whole(cue.start) or 0)).isoformat(timespec="seconds")


def _utterance(cue: Cue, speaker: str | None, text: str) -> Utterance:
    times = [
        as_clock(found) if (found := _whole(time)) is not None else time for time in (cue.start, cue.end)
    ]
    return Utterance(cue.line, text, speaker, *times)


def _whole(time: str | None) -> float | None:
    # a time is read only when nothing but a fraction follows it
    return seconds_of(time) if time and re.fullmatch(r"[\d:.,]+", time) else None


def _plain(raw: str) -> str:
    return " ".join(html.unescape(TAG.sub("", raw)).split())
