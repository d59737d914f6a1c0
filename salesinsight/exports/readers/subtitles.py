"""WebVTT and SRT transcripts → cells: who spoke, from when to when, and what."""

from __future__ import annotations

import html
import io
import re

import webvtt

from salesinsight.errors import UnreadableFile
from salesinsight.exports.readers.cells import Cells, gather

NAMES = ["speaker", "start_s", "end_s", "text"]
# <v Name> or <v.loud Name>; a cue may hold several
VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
CLOCK = re.compile(r"\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})")
BLOCK = re.compile(r"(?m)(?:^.*\S.*(?:\n|\Z))+")
NO_WORDS = re.compile(r"(?:NOTE|STYLE|REGION)\b")
TAG = re.compile(r"<[^>]*>")
SPOKEN_BY = re.compile(r"\s*([^\W\d][^:\n]{0,39}):\s+(?=\S)")


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
        Columns speaker, start_s, end_s and text; one row per voice in a cue. The speaker is missing
        where the file names none. ``Name: text`` counts as a name when at least half of the cues have it.

    Raises
    ------
    UnreadableFile
        When it is not in this format.
    """
    try:
        cues = webvtt.from_buffer(io.StringIO(text), format=kind).captions
    except webvtt.errors.MalformedFileError as cause:
        raise UnreadableFile(file=name, expected=kind.upper(), cause=str(cause)) from cause
    spoken = [_voices(cue.raw_text) for cue in cues]
    if not any(speaker for voices in spoken for speaker, _ in voices):
        spoken = _names_before([cue.raw_text for cue in cues], spoken)
    lines, broken = _find_lines(text, [_milliseconds(cue.start) for cue in cues])
    broken += _stray_blocks(text) if kind == "vtt" else []
    rows = [
        (line, speaker, cue.start, cue.end, words)
        for cue, voices, line in zip(cues, spoken, lines, strict=True)
        for speaker, words in voices
    ]
    numbers, *columns = map(list, zip(*rows, strict=True)) if rows else [[] for _ in range(5)]
    return gather(NAMES, columns, numbers, broken)


def _voices(raw: str) -> list[tuple[str | None, str]]:
    before, *rest = VOICE.split(raw)
    voices = [
        (name.strip() or None, _plain(words)) for name, words in zip(rest[::2], rest[1::2], strict=True)
    ]
    return [(None, _plain(before)), *voices] if _plain(before) or not voices else voices


def _names_before(
    raws: list[str], spoken: list[list[tuple[str | None, str]]]
) -> list[list[tuple[str | None, str]]]:
    named = [raw for raw in raws if SPOKEN_BY.match(_plain(raw))]
    if not named or len(named) < len(raws) / 2:
        return spoken
    return [_split_names(raw) for raw in raws]


def _split_names(raw: str) -> list[tuple[str | None, str]]:
    voices: list[tuple[str | None, str]] = []
    for line in TAG.sub("", raw).split("\n"):
        found = SPOKEN_BY.match(line)
        if found:
            voices.append((found.group(1).strip(), _plain(line[found.end() :])))
        elif voices:
            voices[-1] = (voices[-1][0], f"{voices[-1][1]} {_plain(line)}".strip())
        else:
            voices.append((None, _plain(line)))
    return voices


def _plain(raw: str) -> str:
    return html.unescape(" ".join(TAG.sub("", raw).split()))


def _find_lines(text: str, starts: list[int | None]) -> tuple[list[int | None], list[tuple[int, str, str]]]:
    """Find the line of every cue; lines with times that gave no cue are what the reader left out."""
    lines: list[int | None] = []
    lost: list[tuple[int, str, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if "-->" not in line:
            continue
        if len(lines) < len(starts) and _milliseconds(line) == starts[len(lines)]:
            lines.append(number)
        else:
            lost.append((number, line, "cue"))
    return lines + [None] * (len(starts) - len(lines)), lost


def _stray_blocks(text: str) -> list[tuple[int, str, str]]:
    """Find blocks that are no cue, comment or style: words without a time, which the reader leaves out."""
    blocks = list(BLOCK.finditer(text))[1:]
    stray = [found for found in blocks if "-->" not in found.group() and not NO_WORDS.match(found.group())]
    return [(text.count("\n", 0, found.start()) + 1, found.group().strip(), "cue") for found in stray]


def _milliseconds(times: str) -> int | None:
    found = CLOCK.match(times)
    if not found:
        return None
    hours, minutes, seconds, fraction = found.groups(default="0")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0")[:3])
