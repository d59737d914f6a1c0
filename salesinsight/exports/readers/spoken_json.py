"""Transcripts that are JSON (Whisper, Gong, Fireflies, Amazon) → cells; other JSON is left to `typed`.

The forms, and where they are described:

- Whisper: ``segments`` (https://platform.openai.com/docs/api-reference/audio/verbose-json-object), with
  speakers by WhisperX (https://github.com/m-bain/whisperX); ``transcription`` of whisper.cpp
  (https://github.com/ggml-org/whisper.cpp, ``output_json`` in ``examples/cli/cli.cpp``).
- Gong: https://help.gong.io/apidocs/retrieve-transcripts-of-calls-by-date-or-callids-v2callstranscript-2,
  and who spoke: https://help.gong.io/apidocs/retrieve-detailed-call-data-by-various-filters-v2callsextensive-2
- Fireflies: https://docs.fireflies.ai/schema/transcript, https://docs.fireflies.ai/schema/sentence
- Amazon: see `amazon_json`.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from salesinsight.exports.readers.amazon_json import read_contact_lens, read_transcribe
from salesinsight.exports.readers.cells import Cells, as_cell
from salesinsight.exports.readers.utterances import Utterance, dicts, gather_utterances, times_of

# one of these stands in every transcript; looking for them spares other files a second reading
TOKENS = tuple(
    f'"{key}"'
    for key in ("segments", "transcription", "seek", "callTranscripts", "sentences", "results", "Transcript")
)
# what Whisper writes where nobody speaks or where the speaker changes
NO_SPEECH = re.compile(r"\[(?:BLANK_AUDIO|SPEAKER_TURN)\]")
NOBODY = "?"


def read_spoken(text: str) -> Cells | None:
    """Read a transcript that is one JSON document; None when it is something else.

    Parameters
    ----------
    text : str
        The whole file.

    Returns
    -------
    Cells or None
        One row per utterance with the columns of `Utterance`; its line is its number in the file. An
        utterance without words is a broken row. None also for what is not JSON.

    Examples
    --------
    >>> cells = read_spoken('{"segments": [{"start": 0, "end": 1.5, "text": " Hallo.", "speaker": "A"}]}')
    >>> cells.frame.row(0)
    ('A', '00:00:00.000', '00:00:01.500', 'Hallo.', 1)
    >>> read_spoken('[{"deal_id": "d1"}]') is None
    True
    """
    if not any(token in text for token in TOKENS):
        return None
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    for read in READERS:
        found = read(document)
        if found is not None:
            break
    else:
        return None
    said, broken = [], []
    for number, one in enumerate(found, 1):
        words = NO_SPEECH.sub("", as_cell(one.text) or "").strip()
        if words:
            said.append(one._replace(line=number, text=" ".join(words.split())))
        else:
            broken.append((number, one.text or one.speaker or one.start_s or "", "no_words"))
    return gather_utterances(said, broken)


def _whisper(document: Any) -> list[Utterance] | None:
    # faster-whisper has no file of its own: people save its list of segments
    bare = dicts(document) if isinstance(document, list) else []
    if bare and all({"seek", "start", "end", "text"} <= set(part) for part in bare):
        document = {"segments": bare}
    if not isinstance(document, dict):
        return None
    segments, parts = document.get("segments"), document.get("transcription")
    if parts and isinstance(parts, list) and any("text" in part for part in dicts(parts)):
        return [_whisper_cpp(part) for part in dicts(parts)]
    if segments == [] and isinstance(document.get("text"), str):
        segments = [{"start": None, "text": document["text"]}]
    if not segments or not any({"start", "text"} <= set(part) for part in dicts(segments)):
        return None
    duration = as_cell(document.get("duration"))
    return [
        Utterance(
            0, as_cell(part.get("text")), _speaker(part), *times_of(part, "start", "end"), duration_s=duration
        )
        for part in dicts(segments)
    ]


def _whisper_cpp(part: dict[str, Any]) -> Utterance:
    offsets, stamps = part.get("offsets"), part.get("timestamps")
    if isinstance(offsets, dict):
        times = times_of(offsets, "from", "to", per_second=1000)
    else:
        times = times_of(stamps if isinstance(stamps, dict) else {}, "from", "to")
    return Utterance(0, as_cell(part.get("text")), _speaker(part), *times)


def _speaker(part: dict[str, Any]) -> str | None:
    """The speaker of a segment, else the only one that its words name."""
    known = as_cell(part.get("speaker"))
    heard = {as_cell(word.get("speaker")) for word in dicts(part.get("words"))} - {None}
    found = known or (heard.pop() if len(heard) == 1 else None)
    return None if found == NOBODY else found


def _gong(document: Any) -> list[Utterance] | None:
    pages = dicts(document if isinstance(document, list) else [document])
    if not any(isinstance(page.get("callTranscripts"), list) for page in pages):
        return None
    calls = [call for page in pages for call in dicts(page.get("calls"))]
    about = {as_cell(_inner(call, "metaData").get("id")): call for call in calls}
    return [
        one
        for page in pages
        for talk in dicts(page.get("callTranscripts"))
        for one in _gong_call(talk, about.get(as_cell(talk.get("callId")), {}))
    ]


def _gong_call(talk: dict[str, Any], call: dict[str, Any]) -> Iterator[Utterance]:
    meta = _inner(call, "metaData")
    parties = {as_cell(party.get("speakerId")): party for party in dicts(call.get("parties"))}
    for monologue in dicts(talk.get("transcript")):
        speaker = as_cell(monologue.get("speakerId"))
        party = parties.get(speaker, {})
        email = as_cell(party.get("emailAddress"))
        for sentence in dicts(monologue.get("sentences")):
            yield Utterance(
                0,
                as_cell(sentence.get("text")),
                as_cell(party.get("name")) or email or speaker,
                *times_of(sentence, "start", "end", per_second=1000),
                speaker_email=email,
                speaker_side=as_cell(party.get("affiliation")),
                call_id=as_cell(talk.get("callId")),
                title=as_cell(meta.get("title")),
                recorded_at=as_cell(meta.get("started")),
                duration_s=as_cell(meta.get("duration")),
            )


def _fireflies(document: Any) -> list[Utterance] | None:
    # the answer of the programming interface, or what somebody took out of it
    if isinstance(document, dict) and isinstance(document.get("data"), dict):
        document = document["data"]
    if isinstance(document, dict) and ("transcript" in document or "transcripts" in document):
        document = document.get("transcripts") or [document.get("transcript")]
    meetings = dicts(document if isinstance(document, list) else [document])
    meetings = [meeting for meeting in meetings if isinstance(meeting.get("sentences"), list)]
    if not meetings or not any("start_time" in one for each in meetings for one in dicts(each["sentences"])):
        return None
    return [one for meeting in meetings for one in _fireflies_meeting(meeting)]


def _fireflies_meeting(meeting: dict[str, Any]) -> Iterator[Utterance]:
    names = {as_cell(one.get("id")): as_cell(one.get("name")) for one in dicts(meeting.get("speakers"))}
    emails = {
        str(person[key]).casefold(): as_cell(person.get("email"))
        for person in dicts(meeting.get("meeting_attendees"))
        for key in ("name", "displayName")
        if person.get(key)
    }
    minutes = meeting.get("duration")
    for sentence in dicts(meeting["sentences"]):
        number = as_cell(sentence.get("speaker_id"))
        speaker = as_cell(sentence.get("speaker_name")) or names.get(number) or number
        yield Utterance(
            0,
            # text is what a user may have corrected, raw_text what was heard
            as_cell(sentence.get("text")) or as_cell(sentence.get("raw_text")),
            speaker,
            *times_of(sentence, "start_time", "end_time"),
            speaker_email=emails.get((speaker or "").casefold()),
            call_id=as_cell(meeting.get("id")),
            title=as_cell(meeting.get("title")),
            recorded_at=_moment(meeting.get("date")) or _moment(meeting.get("dateString")),
            duration_s=as_cell(float(minutes) * 60) if isinstance(minutes, (int, float)) else None,
        )


def _moment(value: Any) -> str | None:
    """A moment as ISO: milliseconds since 1970, or a text that is ISO by itself."""
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, str):
        return value
    if not isinstance(value, (int, float)):
        return None
    start = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    try:
        return (start + datetime.timedelta(milliseconds=value)).isoformat(timespec="seconds")
    except (OverflowError, ValueError):
        return None


def _inner(part: dict[str, Any], key: str) -> dict[str, Any]:
    value = part.get(key)
    return value if isinstance(value, dict) else {}


READERS: list[Callable[[Any], list[Utterance] | None]] = [
    _gong,
    _fireflies,
    read_transcribe,
    read_contact_lens,
    _whisper,
]
