"""Hand-made conversations: turns as (role, text, tags), tags being columns of `tagged`, acts and cues."""

import pandas as pd
import polars as pl
import pytest

from salesinsight.features.build import features_from
from salesinsight.schema import ACTS, TABLES, Export, conform, empty_table

TEXTS = [
    "conversation_id",
    "role",
    "text",
    "question_form",
    "spin",
    "push_pull",
    "act",
    "acts",
    "request_kind",
    "answer",
]
TEXTS += ["language"]
FLAGS = ["is_question", "is_leading", "is_tag", "is_indirect", "is_rhetorical"]
WHOLES = ["turn", "answers_turn", "phase"]
NUMBERS = ["start_s", "end_s", "spin_p", *(f"act_{act}_p" for act in ACTS)]
DTYPES = (
    dict.fromkeys(TEXTS, "string")
    | dict.fromkeys(FLAGS, "boolean")
    | dict.fromkeys(WHOLES, "Int64")
    | dict.fromkeys(NUMBERS, "float64")
)
HITS = {
    "row": pl.UInt32,
    "label": pl.String,
    "cue": pl.String,
    "weight": pl.Float64,
    "start_char": pl.Int64,
    "end_char": pl.Int64,
    "sentence": pl.Int64,
    "position": pl.Int64,
}


def _row(conversation, number, role, text, tags):
    acts = {f"act_{act}_p": 1.0 if act in tags.get("acts", ()) else 0.0 for act in ACTS}
    row = {"conversation_id": conversation, "turn": number, "role": role, "text": text, "is_question": False}
    row["acts"] = "|".join(act for act in ACTS if act in tags.get("acts", ())) or None
    return row | acts | {name: value for name, value in tags.items() if name not in ("acts", "cues")}


def _hits(row, cues):
    for place, cue in enumerate(cues):
        label, weight, sentence = (cue, 1.0, 0) if isinstance(cue, str) else (*cue, 0)[:3]
        yield {
            "row": row,
            "label": label,
            "cue": label,
            "weight": weight,
            "start_char": place,
            "end_char": place + 1,
            "sentence": sentence,
            "position": place,
        }


@pytest.fixture(scope="session")
def lay_out():
    """Make `tagged` and `hits` of {conversation_id: turns}; a cue is a label, (label, weight) or with sentence."""

    def make(**conversations):
        rows, hits = [], []
        for conversation, turns in conversations.items():
            for number, (role, text, *tags) in enumerate(turns):
                tags = tags[0] if tags else {}
                hits += _hits(len(rows), tags.get("cues", ()))
                rows.append(_row(conversation, number, role, text, tags))
        tagged = pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)
        return tagged, pl.DataFrame(hits, schema=HITS)

    return make


@pytest.fixture(scope="session")
def export_of():
    """Make an export of these conversations; other tables by name."""

    def make(ids, **frames):
        tables = {name: empty_table(name) for name in TABLES}
        start = pd.Timestamp("2026-03-02 09:00", tz="UTC")
        tables["conversations"] = conform(
            pd.DataFrame({"conversation_id": list(ids), "started_at": start}), "conversations"
        )
        tables |= {name: conform(frame, name) for name, frame in frames.items()}
        return Export(**tables)

    return make


@pytest.fixture(scope="session")
def measure(lay_out, export_of):
    """Features of hand-made conversations: a row for each."""

    def make(conversations):
        named = {f"c{number:03}": turns for number, turns in enumerate(conversations)}
        tagged, hits = lay_out(**named)
        return features_from(export_of(named), tagged, hits)

    return make
