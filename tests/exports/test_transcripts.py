"""Transcripts of every kind: who said what and when, and what becomes of the rest."""

import json
import re
import shutil
from pathlib import Path

import pytest

from salesinsight import errors
from salesinsight.exports import read_export
from salesinsight.exports.readers.files import read_rows
from salesinsight.exports.readers.named_lines import find_names, read_named, split_named
from salesinsight.exports.readers.spoken_json import read_spoken
from salesinsight.exports.readers.subtitles import read_subtitles

FOLDER = Path(__file__).parent / "vendors" / "transcripts"
CELLS = re.compile(r"\| (\S+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|")
EXPECTED = [
    (name, *map(int, counts)) for name, *counts in CELLS.findall((FOLDER / "README.md").read_text("utf-8"))
]
OTHERS = {"README.md", "no-head.vtt", "transcript.docx", "note.txt", "deals.json"}


def rows_of(name):
    return read_rows(FOLDER / name, name).frame


def said(name, *columns):
    frame = rows_of(name).drop_nulls("text")
    return frame.select(columns or ("speaker", "text")).rows()


def test_every_file_is_in_the_table():
    assert {name for name, *_ in EXPECTED} | OTHERS == {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize(("name", "rows", "repeats", "no_words", "heading", "values"), EXPECTED)
def test_counts(name, rows, repeats, no_words, heading, values):
    found = read_rows(FOLDER / name, name)
    assert found.frame.height == rows
    assert found.frame["text"].null_count() == repeats
    codes = found.broken["code"].to_list()
    assert (codes.count("no_words"), codes.count("heading")) == (no_words, heading)
    assert len(codes) == no_words + heading


def test_a_folder_of_all_of_them_adds_up(tmp_path):
    # a date in the name makes a conversation of a recording that no CRM knows
    for path in FOLDER.iterdir():
        if path.name != "README.md":
            shutil.copy(path, tmp_path / f"2026-02-03 10.00 {path.name}")
    export = read_export(tmp_path, "transcripts")
    expected = {name: counts for name, *counts in EXPECTED}
    rejects = export.rejects
    for name, (_, _, no_words, heading, values) in expected.items():
        mine = rejects[rejects.file == f"2026-02-03 10.00 {name}"]
        assert mine.column.notna().sum() == values, name
        assert mine.column.isna().sum() == no_words + heading, name
    # every word that was read stands in a turn: turns join rows, they lose none
    kept = " ".join(export.turns.text)
    for name in expected:
        for _, text in said(name):
            assert text in kept, (name, text)
    refused = rejects[rejects.line.isna()].set_index("file").reason
    assert "WEBVTT" in refused["2026-02-03 10.00 no-head.vtt"]
    assert ".vtt" in refused["2026-02-03 10.00 transcript.docx"]
    assert any("note.txt" in notice and "deals.json" in notice for notice in export.notices)


def test_teams_names_voices_and_times():
    frame = rows_of("teams.vtt")
    assert frame["speaker"].to_list() == [
        "de Proef, Eva",
        "de Proef, Eva",
        "Piet Voorbeeld",
        "Noor Voorbeeld",
        "Spreker (2)",
        "de Proef, Eva",
        None,
    ]
    assert frame["speaker_side"].to_list() == [None, None, "Gast", "Unverified", None, None, None]
    assert frame["text"][2] == "Ja hoor & mijn collega luistert mee."
    assert frame["text"][6] == "Let op: minder dan 5 < 6 stuks."
    # out of order in the file, in order of time here; the line tells where it stands
    assert frame["_line"].to_list() == [4, 9, 13, 13, 30, 18, 26]
    assert frame["end_s"][5] == "00:00:1x.500"


def test_teams_metadata_tells_when_the_recording_began():
    assert said("teams-metadata.vtt", "speaker", "text", "recorded_at") == [
        ("Eva de Proef", "Goedemiddag.", "2026-02-03T13:00:00+00:00"),
        ("Piet Voorbeeld", "Dag mevrouw: zegt u het eens.", "2026-02-03T13:00:00+00:00"),
    ]
    assert rows_of("teams-stream.vtt")["duration_s"].unique().to_list() == ["1523.194"]


def test_zoom_names_are_those_that_return():
    assert [speaker for speaker, _ in said("zoom.vtt")] == [
        "Eva de Proef",
        "Piet Voorbeeld",
        "31612345678",
        "Eva de Proef",
        None,
        "Piet Voorbeeld",
        "Noor",
    ]
    assert said("zoom.vtt")[1][1] == "Ja. Let op: ik heb maar tien minuten."


def test_srt_keeps_words_without_times_apart():
    assert said("names.srt", "speaker", "start_s", "text") == [
        ("Eva", "00:00:00.500", "Goedemiddag."),
        ("Piet", "00:00:03.000", "Dag, met Piet."),
        ("Eva", "00:00:05.500", "Wat zoekt u?"),
        ("Piet", None, "Een dakkapel."),
        ("Eva", "00:01:01.000", "In 2027?"),
        ("Piet", "00:01:05.000", "Liever eerder."),
    ]


def test_rolling_captions_count_every_word_once():
    words = [text for (text,) in said("youtube.vtt", "text")]
    assert words == ["goedemiddag allemaal welkom", "bij deze uitleg", "over kozijnen", "ja ja"]


def test_people_who_say_the_same_are_no_rolling_captions():
    cues = ["Ja.", "Ja.", "Nee.", "Nee.", "Goed.", "Dat denk ik ook."]
    text = "WEBVTT\n\n" + "\n\n".join(f"00:{n:02d}.000 --> 00:{n:02d}.900\n{c}" for n, c in enumerate(cues))
    assert read_subtitles(text, "g.vtt", "vtt").frame["3"].to_list() == cues


def test_captions_stand_in_order_of_time():
    assert said("captions.vtt", "text", "_line") == [
        ("Goedemiddag, komt het uit?", 16),
        ("Ja.", 13),
        ("Ja.", 21),
        ("Woorden zonder tijd.", 24),
        ("Met komma in de tijd.", 28),
        ("Woorden na een lege regel.", 31),
        ("Het einde ligt voor het begin.", 35),
    ]


@pytest.mark.parametrize(
    ("name", "speakers"),
    [
        ("whisper.json", [None, None]),
        ("whisper-cpp.json", ["0", "1", None, "0"]),
        ("whisperx.json", ["SPEAKER_00", "SPEAKER_01", None]),
        ("faster-whisper.json", [None, None]),
        ("transcribe-speakers.json", ["spk_0", "spk_0", "spk_1", "spk_0"]),
        ("transcribe-channels.json", ["ch_0", "ch_1", "ch_0"]),
        ("transcribe-segments.json", ["spk_0", "spk_1"]),
        ("contact-lens.json", ["p-agent", "p-klant"]),
    ],
)
def test_speakers_of_machines(name, speakers):
    frame = rows_of(name)
    assert frame["speaker"].to_list() == speakers
    assert not frame["text"].str.contains(r"\[[A-Z_]+\]").any()


def test_amazon_words_become_sentences():
    assert said("transcribe-speakers.json", "start_s", "end_s", "text") == [
        ("00:00:00.500", "00:00:01.600", "Goedemiddag, met Eva."),
        ("00:00:01.900", "00:00:03.200", "Wat zoekt u?"),
        ("00:00:04.000", "00:00:05.100", "Een dakkapel"),
        ("00:00:09.000", "00:00:09.400", "Mooi."),
    ]
    # channels talk across each other, but words of one sentence stay together
    assert [text for _, text in said("transcribe-channels.json")] == [
        "Ik zoek een dakkapel.",
        "Juist.",
        "Graag",
    ]
    call = rows_of("contact-lens.json")
    assert call["speaker_side"].to_list() == ["AGENT", "CUSTOMER"]
    assert float(call["duration_s"][0]) == 32.11


def test_gong_joins_speakers_to_parties():
    frame = rows_of("gong.json").select(
        "speaker", "speaker_email", "speaker_side", "call_id", "recorded_at", "duration_s", "title"
    )
    known = "7782342274025937895", "2026-02-03T14:00:00+01:00", "1523", "Offerte dakkapel"
    assert frame.rows()[1:4] == [
        ("Eva de Proef", "eva@kozijnwerk.example", "Internal", *known),
        ("Piet Voorbeeld", "piet@klant.example", "External", *known),
        ("noor@klant.example", "noor@klant.example", "Unknown", *known),
    ]
    assert frame.rows()[4] == ("99", None, None, "7782342274025937896", None, None, None)


def test_fireflies_tells_the_moment_the_length_and_the_addresses():
    frame = rows_of("fireflies.json")
    assert frame["speaker"].to_list() == ["Eva de Proef", "Piet Voorbeeld", "2"]
    assert frame["speaker_email"].to_list() == ["eva@kozijnwerk.example", "piet@klant.example", None]
    # what was corrected goes before what was heard
    assert frame["text"].to_list() == ["Goedemiddag, met Eva.", "Dag Eva.", "Ik ben er ook."]
    assert frame["recorded_at"][0] == "2026-02-03T12:00:00+00:00"
    assert float(frame["duration_s"][0]) == pytest.approx(25.4 * 60)


@pytest.mark.parametrize(
    "wrap", [lambda meeting: meeting, lambda meeting: [meeting], lambda m: {"transcripts": [m]}]
)
def test_fireflies_taken_out_of_its_answer(wrap):
    meeting = json.loads((FOLDER / "fireflies.json").read_text("utf-8"))["data"]["transcript"]
    assert read_spoken(json.dumps(wrap(meeting))).frame.height == 3


@pytest.mark.parametrize(
    "document",
    [
        {"results": []},
        {"results": {"items": "x"}},
        {"segments": []},
        {"segments": [{"name": "particulier"}]},
        {"segments": "x", "transcription": []},
        {"sentences": [{"words": 3}]},
        {"callTranscripts": "x"},
        {"Transcript": [{"a": 1}]},
        [1, "segments"],
        "segments",
        None,
    ],
)
def test_other_json_is_left_alone(document):
    found = read_spoken(json.dumps(document) + " ")
    assert found is None or not found.frame.height


@pytest.mark.parametrize("odd", [None, "x", 3, [], {}, True, -1, float("nan"), "later"])
def test_odd_values_in_json_are_no_accident(odd):
    part = {"start": odd, "end": odd, "text": "Ja.", "speaker": odd, "words": odd}
    sentence = {"start": odd, "end": odd, "text": "Ja."}
    documents = [
        {"segments": [part, odd], "duration": odd},
        {"transcription": [{"offsets": odd, "timestamps": odd, "text": "Ja."}]},
        {
            "callTranscripts": [{"callId": odd, "transcript": [{"speakerId": odd, "sentences": [sentence]}]}],
            "calls": odd,
        },
        {
            "callTranscripts": [{"transcript": [{"sentences": [sentence]}]}],
            "calls": [{"metaData": odd, "parties": odd}],
        },
        {
            "sentences": [{"start_time": odd, "speaker_id": odd, "text": "Ja."}],
            "date": odd,
            "duration": odd,
            "speakers": odd,
        },
        {
            "results": {
                "items": [{"start_time": odd, "end_time": odd, "alternatives": [{"content": "Ja."}]}],
                "speaker_labels": odd,
            }
        },
        {
            "Transcript": [{"ParticipantId": odd, "BeginOffsetMillis": odd, "Content": "Ja."}],
            "Participants": odd,
        },
    ]
    for document in documents:
        assert read_spoken(json.dumps(document)).frame["3"].to_list() == ["Ja."], document


def test_a_profile_that_says_where_the_rows_are_is_followed():
    rows = read_rows(FOLDER / "whisper.json", "whisper.json", rows="segments")
    assert rows.frame.height == 3
    assert "no_speech_prob" in rows.frame.columns


def test_text_with_names():
    assert said("names.txt")[1:3] == [
        ("Piet Voorbeeld", "Dag Eva. Ik heb een vraag: kan het ook in mei? Want anders wordt het later."),
        ("Eva de Proef", "Let op: in mei zijn we vol. Bijvoorbeeld: de eerste week."),
    ]
    assert rows_of("names.txt")["_line"].to_list() == [3, 4, 7, 9, 10]
    assert said("otter.txt", "speaker", "start_s", "text") == [
        ("Eva de Proef", "00:00:03.000", "Goedemiddag, met Eva. Bel me om 14:30"),
        ("Spreker 2", "00:00:08.000", "Dag Eva, zeg het eens."),
        ("Eva de Proef", "00:00:12.000", "Bijvoorbeeld: morgen."),
        ("Pieter", "01:00:15.000", "Ja."),
    ]
    assert said("zoom-captions.txt", "speaker", "start_s", "text") == [
        ("Eva de Proef", "00:00:00.000", "Goedemiddag, komt het uit?"),
        ("Piet Voorbeeld", "00:00:08.000", "Ja hoor. Bijvoorbeeld: nu meteen."),
        ("Eva de Proef", "00:00:48.000", "Mooi."),
    ]
    assert said("times.txt", "speaker", "speaker_side", "text")[-2:] == [
        ("Voorbeeld, Piet", "Gast", "Ja."),
        ("Eva de Proef", None, "Zullen we beginnen?"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Let op: bel terug.",
        "Let op: a\nBijvoorbeeld: b\nActie: c",
        "Om 14:30 bellen.\nOm 15:30 mailen.\nOm 14:30 lunch.",
        "We spraken over de prijs.\n" * 12 + "Let op: a\nKortom: b\nLet op: c\n" + "En zo verder.\n" * 12,
        "https://voorbeeld.example\nhttps://voorbeeld.example",
        "conversation_id;text\nc1;Eva: a\nc1;Eva: b\n",
        "id,text\nc1,Eva: a\nc2,Eva: b\n",
        "tekst\tid\nEva: a\t1\nPiet: b\t2\nEva: c\t3\n",
        "",
    ],
)
def test_colons_and_times_that_make_no_names(text):
    assert read_named(text) is None
    if "\t" not in text:
        assert split_named(text) == [(None, text)]


@pytest.mark.parametrize(
    "text",
    [
        "Eva: Hallo\nPiet: Dag\nEva: Zo\nPiet: Ja",
        "[00:01] Eva: Hallo\n[00:02] Piet: Dag\n[00:03] Eva: Zo\n[00:04] Piet: Ja",
        "00:00:01 Eva: Hallo\n00:00:02 Piet: Dag\n00:00:03 Eva: Zo\n00:00:04 Piet: Ja",
        "0:01 - 0:02 Eva: Hallo\n0:02 - 0:03 Piet: Dag\n0:03 - 0:04 Eva: Zo\n0:04 - 0:05 Piet: Ja",
        "Eva (00:01): Hallo\nPiet (00:02): Dag\nEva (00:03): Zo\nPiet (00:04): Ja",
        "Eva [00:01] Hallo\nPiet [00:02] Dag\nEva [00:03] Zo\nPiet [00:04] Ja",
        "Eva  0:01\nHallo\nPiet  0:02\nDag\nEva  0:03\nZo\nPiet  0:04\nJa",
        "0:01 Eva\nHallo\n0:02 Piet\nDag\n0:03 Eva\nZo\n0:04 Piet\nJa",
        "Eva\n0:01\nHallo\n\nPiet\n0:02\nDag\n\nEva\n0:03\nZo\n\nPiet\n0:04\nJa",
        "Eva:\nHallo\n\nPiet:\nDag\n\nEva:\nZo\n\nPiet:\nJa",
    ],
)
def test_ways_to_write_a_name_and_a_time(text):
    frame = read_named(text).frame
    expected = [("Eva", "Hallo"), ("Piet", "Dag"), ("Eva", "Zo"), ("Piet", "Ja")]
    assert frame.select("0", "3").rows() == expected
    assert split_named(text) == expected
    if "0:01" in text:
        assert frame["1"].to_list() == [f"00:00:0{n}.000" for n in (1, 2, 3, 4)]


def test_times_with_words_that_return_are_no_names():
    lines = [f"[00:{n:02d}] {words}" for n, words in enumerate(["Ja", "Nee", "Ja", "Nee", "Ja", "Goed zo"])]
    frame = read_named("\n".join(lines)).frame
    assert frame["0"].to_list() == [None] * 6
    assert frame["3"].to_list() == ["Ja", "Nee", "Ja", "Nee", "Ja", "Goed zo"]


def test_two_people_never_get_one_name():
    cues = ["Jan (Gast)", "Jan", "Spreker (1)", "Spreker (2)"]
    text = "WEBVTT\n\n" + "\n\n".join(
        f"00:0{n}.000 --> 00:0{n}.900\n<v {c}>Ja</v>" for n, c in enumerate(cues)
    )
    assert read_subtitles(text, "g.vtt", "vtt").frame["0"].to_list() == cues


def test_names_of_cues_need_to_return():
    assert find_names([["Let op: het regent"], ["Goed"], ["Zeker"], ["Nou ja"]]) == frozenset()
    assert find_names([["Eva: a"], ["Eva: b"], ["Eva: c"]]) == {"Eva"}


@pytest.mark.parametrize(("name", "hint"), [("no-head.vtt", "WEBVTT"), ("transcript.docx", ".vtt")])
def test_what_is_refused_teaches(name, hint):
    with pytest.raises(errors.UnreadableFile) as caught:
        read_rows(FOLDER / name, name)
    for language in ("en", "nl"):
        assert name in caught.value.text(language)
        assert hint in caught.value.text(language).replace(name, "")


def test_a_note_and_other_json_are_no_transcript():
    assert "speaker" not in rows_of("note.txt").columns
    assert rows_of("deals.json").drop("_path", "_file", "_line").columns == ["results", "segments"]


@pytest.mark.parametrize("name", [name for name, *_ in EXPECTED if name.endswith(".txt")])
def test_no_word_is_lost_when_a_line_is(name):
    lines = (FOLDER / name).read_text("utf-8").split("\n")
    for gone in range(len(lines)):
        text = "\n".join(lines[:gone] + lines[gone + 1 :])
        cells = read_named(text)
        if cells is not None:
            kept = str(cells.frame.rows()) + str(cells.broken.rows())
            assert [word for word in re.findall(r"[A-Za-z]{3,}", text) if word not in kept] == []


def test_a_tag_that_is_not_closed_swallows_no_words():
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Eva>Goede\n<v Piet\nmiddag.</v>\n"
    assert read_subtitles(text, "g.vtt", "vtt").frame["3"].to_list() == ["Goede <v Piet middag."]


def test_a_long_transcript_is_read_to_its_end():
    lines = [f"{'Piet' if n % 2 else 'Eva'}: zin {n}" for n in range(2500)]
    assert read_named("\n".join(lines)).frame.height == 2500
    assert read_named("\n".join([f"rij {n}, kolom" for n in range(1500)] + lines)) is None
