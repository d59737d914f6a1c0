"""What a profile can say, and how it is told that it can't."""

import re

import pandas as pd
import pytest

from salesinsight import errors
from salesinsight.exports import load_profile, profile_names, read_export


@pytest.mark.parametrize("name", profile_names())
def test_the_profiles_of_the_library_are_right(name):
    assert load_profile(name).name == name


def test_names_constants_values_dates_offsets_units(export_of, profile_of):
    folder = export_of(
        {
            "bellen.csv": "Gesprek;Begin;Duur;Kant;Wat\n20260112-1000-a;12/01/26 10.00;90;Verkoper;call\n"
            "20260113-1000-b;13/01/26 10.00;;klant;x\n"
        }
    )
    profile = profile_of(
        """
        time_zone = "UTC"
        [[conversations]]
        file = "bellen.csv"
        columns = { conversation_id = "Gesprek", started_at = "Begin", direction = "Kant", kind = "Wat", entered_at = "Gesprek", planned_min = "Duur", next_step_at = "Gesprek" }
        constants = { planned_min = 120, next_step = "bellen" }
        values.direction = { verkoper = "out", klant = "in" }
        values.kind = { call = "call", "*" = "meeting" }
        units = { planned_min = "s" }
        dates = { started_at = ["%d-%m-%Y", "%d/%m/%y %H.%M"], entered_at = "%Y%m%d-%H%M*", next_step_at = "%Y%m%d*" }
        offsets = { ended_at = "started_at + {Duur} s", next_step_at = "next_step_at + 7 d" }
        """
    )
    talks = read_export(folder, profile).conversations
    at = pd.Timestamp("2026-01-12 10:00", tz="UTC")
    assert talks.started_at.tolist() == [at, at + pd.Timedelta(days=1)]
    assert talks.ended_at[0] == at + pd.Timedelta(seconds=90)
    assert pd.isna(talks.ended_at[1])
    assert talks.planned_min.tolist() == [1.5, 2.0]
    assert talks.direction.tolist() == ["out", "in"]
    assert talks.kind.tolist() == ["call", "meeting"]
    assert talks.next_step.tolist() == ["bellen", "bellen"]
    assert talks.entered_at[0] == at
    assert talks.next_step_at[0] == pd.Timestamp("2026-01-19", tz="UTC")


def test_stage_aliases_hold_for_their_own_time_and_pipeline(export_of, profile_of):
    folder = export_of(
        {
            "deals.csv": "deal_id,pipeline\nd1,a\nd2,b",
            "events.csv": "deal_id,at,kind,value\n"
            "d1,2025-01-01,stage,Voorstel\nd1,2026-01-01,stage,voorstel\nd1,2026-02-01,stage,OFFERTE\n"
            "d2,2025-01-01,stage,Voorstel\nd2,2025-01-02,stage,offertte\nd1,2025-01-01,note,Voorstel",
        }
    )
    profile = profile_of(
        """
        [stages.a]
        order = ["contact", "offerte"]
        aliases = [{ from = "voorstel", to = "offerte", until = 2025-06-01 }, { from = "voorstel", to = "contact", since = 2025-06-01 }]
        [stages.b]
        order = ["begin", "Voorstel"]
        [[deals]]
        file = "deals.csv"
        [[events]]
        file = "events.csv"
        """
    )
    export = read_export(folder, profile)
    assert export.events.value.tolist() == [
        "offerte",
        "contact",
        "offerte",
        "Voorstel",
        "offertte",
        "Voorstel",
    ]
    assert any("offertte (offerte?)" in notice for notice in export.notices)


BAD = [
    ('[[turn]]\nfile = "a"', "TOML", "'turns'"),
    ('[[turns]]\nfile = "a"\ncolums = {}', "[[turns]] 1", "'columns'"),
    ('[[turns]]\nfile = "a"\n[[turns]]\ncolumns = {}', "[[turns]] 2 file", ""),
    ('[[turns]]\nfile = "a"\ncolumns = { conversation_id = "x", tekst = "y" }', "columns", "'text'"),
    ('[[turns]]\nfile = "a"\ncolumns = { text = "y" }', "columns", "conversation_id"),
    ('[[turns]]\nfile = "../a.csv"', "file", ""),
    ('[[turns]]\nfile = "a"\nwhere = { x = { abov = 1 } }', "where x", "'above'"),
    ('[[turns]]\nfile = "a"\nwhere = { x = { above = "1" } }', "where x", "above = 0"),
    ('[[turns]]\nfile = "a"\nheader = 0', "header", ""),
    ('[[turns]]\nfile = "a"\nheader = true', "header", ""),
    ('[[turns]]\nfile = "a"\ndecimal = "punt"', "decimal", ""),
    ('[[turns]]\nfile = "a"\nunits = { text = "s" }', "units", "start_s"),
    ('[[turns]]\nfile = "a"\nunits = { start_s = "uur" }', "units start_s", "'h'"),
    ('[[deals]]\nfile = "a"\ndates = { created_at = "%Y-%Q" }', "dates created_at", "%d-%m-%Y"),
    ('[[deals]]\nfile = "a"\ndates = { created_at = "%H:%M" }', "dates created_at", "%d-%m-%Y"),
    ('[[deals]]\nfile = "a"\ndates = { amount = "%Y-%m-%d" }', "dates", "created_at"),
    ('[[events]]\nfile = "a"\noffsets = { at = "ended_at - 10 min" }', "offsets at", ""),
    ('[[events]]\nfile = "a"\noffsets = { at = "at - tien min" }', "offsets at", "10 min"),
    ('[[events]]\nfile = "a"\npair = { on = "x", column = "y", start = "S" }', "pair end", ""),
    ('[[events]]\nfile = "a"\njoin = { on = "x", take = "y" }', "join 1 file", ""),
    ('[[events]]\nfile = "a"\n[[events.case.kind]]\nwhen = { x = 1 }', "case kind 1 value", ""),
    ('language = "fr"', "language", "'nl'"),
    ('time_zone = "Europa/Amsterdam"', "time_zone", "Europe/Amsterdam"),
    ('as_of = "binnenkort"', "as_of", "2026-03-01"),
    ('[stages.a]\norder = ["x"]\naliases = [{ from = "y", to = "z" }]', "aliases 1 to", "'x'"),
    ("file = \nname = 1", "TOML", "line 1"),
]


@pytest.mark.parametrize(("text", "place", "expected"), BAD, ids=range(len(BAD)))
def test_a_wrong_profile_says_where_and_what_was_expected(profile_of, text, place, expected):
    with pytest.raises(errors.BadProfile) as caught:
        load_profile(profile_of(text))
    assert "mine.toml" in str(caught.value)
    assert place in str(caught.value)
    assert expected in str(caught.value)
    assert caught.value.text("nl").startswith("Profiel mine.toml")
    assert caught.value.exit_code == 2


def test_a_profile_that_is_not_there_names_those_that_are():
    with pytest.raises(errors.ProfileMissing, match="Did you mean 'sample'"):
        load_profile("sampel")


def test_the_page_about_profiles_names_every_key_and_its_example_is_read(profile_of):
    from salesinsight.exports.profile import FOLDER, KEYS
    from salesinsight.exports.sources import PLACED, Source

    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    keys = [*KEYS, *(name for name in Source.__dataclass_fields__ if name not in PLACED)]
    assert [key for key in keys if key not in page] == []
    general, events = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    columns = 'columns = { deal_id = "a", at = "b" }'
    whole = general + events.replace("# 1. where", columns + "\n# 1. where")
    profile = load_profile(profile_of(whole))
    assert profile.sellers == ("Eva", "toestel 12")
    assert profile.history.keeps == 20
    assert [source.pair is not None for source in profile.sources if source.profile == "mine.toml"] == [True]
