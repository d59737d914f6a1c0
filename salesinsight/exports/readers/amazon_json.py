"""Transcripts of Amazon: Transcribe, Call Analytics and Contact Lens.

Described at https://docs.aws.amazon.com/transcribe/latest/dg/diarization-output-batch.html (speakers),
https://docs.aws.amazon.com/transcribe/latest/dg/channel-id-output-batch.html (channels),
https://docs.aws.amazon.com/transcribe/latest/dg/tca-output-batch.html (Call Analytics) and
https://docs.aws.amazon.com/connect/latest/adminguide/contact-lens-example-output-files.html (Contact Lens).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from salesinsight.exports.readers.cells import as_cell
from salesinsight.exports.readers.utterances import Utterance, dicts, times_of

SENTENCE_ENDS = (".", "?", "!")
# a silence of this many seconds ends what somebody says in one go
SILENCE = 2.0


def read_transcribe(document: Any) -> list[Utterance] | None:
    """Read the output of a transcription job; None when it is something else.

    Parameters
    ----------
    document : object
        A JSON document.

    Returns
    -------
    list of Utterance or None
        The segments of the file where these say who speaks, else its words, cut where the speaker changes,
        a sentence ends or a silence falls. Of several alternatives the first counts, which is the likeliest.
    """
    results = document.get("results") if isinstance(document, dict) else None
    if not isinstance(results, dict) or not {"items", "audio_segments", "channel_labels"} & set(results):
        return None
    title = as_cell(document.get("jobName"))
    segments = dicts(results.get("audio_segments"))
    labelled = bool({"speaker_labels", "channel_labels"} & set(results))
    if segments and all(part.get("transcript") and (_name(part) or not labelled) for part in segments):
        said = [
            Utterance(0, as_cell(part["transcript"]), _name(part), *times_of(part, "start_time", "end_time"))
            for part in segments
        ]
    else:
        said = [one for words in _streams(results) for one in _runs(words)]
    return [one._replace(title=title) for one in said]


def read_contact_lens(document: Any) -> list[Utterance] | None:
    """Read the output of Contact Lens or Call Analytics; None when it is something else.

    Parameters
    ----------
    document : object
        A JSON document.

    Returns
    -------
    list of Utterance or None
        One per turn of the file, with the role (AGENT, CUSTOMER) as the side. Chats have no times.
    """
    turns = dicts(document.get("Transcript")) if isinstance(document, dict) else []
    if not any({"ParticipantId", "ParticipantRole"} & set(turn) for turn in turns):
        return None
    people = dicts(document.get("Participants"))
    roles = {as_cell(one.get("ParticipantId")): as_cell(one.get("ParticipantRole")) for one in people}
    about = document.get("CustomerMetadata")
    length = document.get("ConversationCharacteristics")
    length = length.get("TotalConversationDurationMillis") if isinstance(length, dict) else None
    said = []
    for turn in turns:
        speaker = as_cell(turn.get("ParticipantId"))
        role = as_cell(turn.get("ParticipantRole")) or roles.get(speaker)
        one = Utterance(
            0,
            as_cell(turn.get("Content")),
            as_cell(turn.get("DisplayName")) or speaker or role,
            *times_of(turn, "BeginOffsetMillis", "EndOffsetMillis", per_second=1000),
            speaker_side=role,
            call_id=as_cell(about.get("ContactId")) if isinstance(about, dict) else None,
            title=as_cell(document.get("JobName")),
            duration_s=as_cell(length / 1000) if isinstance(length, (int, float)) else None,
        )
        said.append(one)
    return said


def _streams(results: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The words in order, each with its speaker; a stream per channel, for people talk across each other."""
    labels = results.get("speaker_labels")
    parts = dicts(labels.get("segments")) if isinstance(labels, dict) else []
    speakers = {
        as_cell(item.get("start_time")): item.get("speaker_label")
        for part in parts
        for item in dicts(part.get("items"))
    }
    channels = results.get("channel_labels")
    streams = (
        [dicts(part.get("items")) for part in dicts(channels.get("channels"))]
        if isinstance(channels, dict)
        else []
    )
    streams = streams or [dicts(results.get("items"))]
    return [
        [{"speaker_label": speakers.get(as_cell(item.get("start_time")))} | item for item in stream]
        for stream in streams
    ]


def _runs(words: list[dict[str, Any]]) -> Iterator[Utterance]:
    current: Utterance | None = None
    latest, ended = 0.0, False
    for word in words:
        choices = dicts(word.get("alternatives"))
        content = (as_cell(choices[0].get("content")) if choices else None) or ""
        if word.get("type") == "punctuation":
            ended = content in SENTENCE_ENDS
            current = current._replace(text=f"{current.text}{content}") if current else None
            continue
        start, end = (_number(word.get(key)) for key in ("start_time", "end_time"))
        times = times_of(word, "start_time", "end_time")
        apart = current and (current.speaker != _name(word) or (start or latest) - latest > SILENCE)
        if current is None or ended or apart:
            if current:
                yield current
            current = Utterance(0, content, _name(word), *times)
        else:
            current = current._replace(text=f"{current.text} {content}", end_s=times[1] or current.end_s)
        latest, ended = end if end is not None else latest, False
    if current:
        yield current


def _name(part: dict[str, Any]) -> str | None:
    """Channel and speaker: speakers are numbered anew in every channel."""
    return "/".join(str(part[key]) for key in ("channel_label", "speaker_label") if part.get(key)) or None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
