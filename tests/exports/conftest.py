"""Invented exports, written to a folder for one test."""

import pytest

TURNS = """conversation_id;turn;role;speaker_id;start_s;end_s;text;language
c1;0;seller;s1;0,0;2,5;Goedemiddag, met Proefpersoon Een.;nl
c1;1;customer;k1;2,5;4,0;Dag.;nl
c2;0;seller;s1;0,0;1,0;Hoe gaat het met het plan?;nl
c2;1;customer;k1;1,5;9,0;We willen in mei beslissen.;nl
"""
CONVERSATIONS = """conversation_id;deal_id;account_id;started_at;ended_at;kind;in_person;note;entered_at
c1;d1;a1;2026-01-12T10:00:00+01:00;2026-01-12T10:30:00+01:00;call;false;Goed gesprek.;2026-01-12T11:00:00+01:00
c2;d1;a1;2026-02-02T10:00:00+01:00;2026-02-02T10:45:00+01:00;meeting;true;;2026-02-02T12:00:00+01:00
"""
DEALS = """deal_id;account_id;created_at;amount;currency;pipeline
d1;a1;2026-01-05T09:00:00+01:00;12.500,50;EUR;nieuw
d2;a2;2026-01-06T09:00:00+01:00;800,00;EUR;nieuw
d3;a3;2026-01-07T09:00:00+01:00;;EUR;nieuw
"""
EVENTS = """deal_id;at;entered_at;kind;value
d1;2026-01-05T09:00:00+01:00;2026-01-05T09:00:00+01:00;stage;contact
d1;2026-02-02T11:00:00+01:00;2026-02-03T09:00:00+01:00;stage;offerte
d2;2026-03-01T09:00:00+01:00;2026-03-01T09:00:00+01:00;lost;te duur
"""


@pytest.fixture
def export_of(tmp_path):
    """Write files to a folder; text as UTF-8, bytes as they are."""

    def write(files):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


@pytest.fixture
def small(export_of):
    """A whole export of three deals in the layout of the sample."""
    files = {"turns": TURNS, "conversations": CONVERSATIONS, "deals": DEALS, "events": EVENTS}
    return export_of({f"{name}.csv": text for name, text in files.items()})


@pytest.fixture
def profile_of(tmp_path_factory):
    """Write a profile beside the export, not in it."""

    def write(text):
        path = tmp_path_factory.mktemp("profile") / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
