import hashlib
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import BadArgument, UnknownName
from salesinsight.language import load_pack
from salesinsight.sample import make_sample
from salesinsight.schema import TABLES, check_table

NAMES = ("turns", "conversations", "people", "attendance", "deals", "events")
DIGEST = (
    "import hashlib, salesinsight.sample as s; e = s.make_sample(n_deals=12, seed=5);"
    "print(hashlib.sha256((e.turns.to_csv() + e.events.to_csv() + e.conversations.to_csv()).encode()).hexdigest())"
)


def test_all_tables_fit_the_schema(export):
    for name in NAMES:
        table = getattr(export, name)
        assert list(table.columns) == TABLES[name].names
        check_table(table, name)


def test_keys_point_to_rows_that_exist(export):
    conversations = set(export.conversations["conversation_id"])
    assert set(export.turns["conversation_id"]) <= conversations
    assert set(export.attendance["conversation_id"]) <= conversations
    assert set(export.attendance["person_id"]) <= set(export.people["person_id"])
    assert set(export.events["deal_id"]) == set(export.deals["deal_id"]) == set(export.truth["deal_id"])
    assert set(export.turns["speaker_id"]) <= set(export.people["person_id"])
    accounts = set(export.deals["account_id"])
    assert set(export.conversations["account_id"]) <= accounts
    assert len(accounts) < len(export.deals)


def test_nothing_is_known_after_the_export(export):
    for table in (export.events, export.conversations):
        assert (table["entered_at"] <= export.as_of).all()
    assert (export.events["entered_at"] >= export.events["at"]).all()
    assert (export.conversations["entered_at"] >= export.conversations["ended_at"]).all()
    lag = export.events["entered_at"] - export.events["at"]
    assert (lag <= pd.Timedelta("5D")).all()
    assert 0.1 < (lag > pd.Timedelta("18h")).mean() < 0.3


def test_history_spans_fourteen_months_in_working_hours(export):
    assert export.deals["created_at"].min() < export.as_of - pd.DateOffset(months=13)
    local = export.events["at"].dt.tz_convert(export.time_zone)
    assert local.dt.day_of_week.max() < 5
    assert local.dt.hour.between(8, 17).all()


def test_what_a_dataset_has_to_leave_out_is_there(export):
    kinds = set(export.events["kind"])
    assert {
        "won",
        "lost",
        "reopened",
        "deleted",
        "quote_sent",
        "mail_in",
        "mail_out",
        "meeting_booked",
    } <= kinds
    assert {"close_date_set", "amount_set", "seller_estimate", "hours_logged", "contact_added"} <= kinds
    lost = export.events[export.events["kind"] == "lost"]
    assert 0 < lost["value"].isna().mean() < 0.15
    talks = export.conversations
    asked_for_time = talks["next_step_owner"] == "customer"
    later = talks["next_step_at"] - talks["started_at"] > pd.Timedelta("60D")
    assert 0 < (asked_for_time & later).sum() < 0.08 * len(talks)
    assert 0.03 < talks["status"].isin(["no_answer", "voicemail"]).mean() < 0.2
    closed = export.events[export.events["kind"].isin(["won", "lost", "deleted"])]["deal_id"].nunique()
    assert 20 < len(export.deals) - closed < 90


def test_no_decision_reasons_are_those_of_the_pack(export):
    pack = load_pack(export.language)
    lost = set(export.events.loc[export.events["kind"] == "lost", "value"].dropna())
    undecided = lost & set(pack.settings["label"]["no_decision_reasons"])
    assert len(undecided) == 3
    assert len(lost - undecided) == 6


def test_stages_come_in_order_and_start_on_the_first_day(export):
    order = next(iter(export.stages.values()))
    stages = export.events[export.events["kind"] == "stage"]
    first = stages.groupby("deal_id")["at"].min()
    created = export.deals.set_index("deal_id")["created_at"]
    assert (first == created.reindex(first.index)).all()
    reopened = set(export.events.loc[export.events["kind"] == "reopened", "deal_id"])
    for deal_id, mine in stages.sort_values("at").groupby("deal_id"):
        ranks = mine["value"].map(order.index).to_numpy(dtype=int)
        if deal_id not in reopened:
            assert (np.diff(ranks) == 1).all()


def test_values_of_events_are_plain(export):
    events = export.events
    numbers = events.loc[events["kind"].isin(["amount_set", "seller_estimate", "hours_logged"]), "value"]
    assert pd.to_numeric(numbers).gt(0).all()
    dates = events.loc[events["kind"].isin(["close_date_set", "meeting_booked"]), "value"]
    assert pd.to_datetime(dates, format="%Y-%m-%d").notna().all()
    last = events[events["kind"] == "amount_set"].groupby("deal_id")["value"].last().astype(float)
    amounts = export.deals.set_index("deal_id")["amount"]
    assert (amounts == last.reindex(amounts.index)).all()


def test_an_order_or_advance_is_recorded_only_at_the_moment_itself(export):
    moves = export.events.loc[export.events["kind"].isin(["won", "stage"]), ["deal_id", "at"]]
    moments = set(moves.itertuples(index=False, name=None))
    recorded = export.conversations[export.conversations["outcome"].isin(["order", "advance"])]
    assert len(recorded) > 10
    assert set(recorded[["deal_id", "started_at"]].itertuples(index=False, name=None)) <= moments


def test_conversations_last_as_long_as_their_transcript(export):
    last = export.turns.groupby("conversation_id")["end_s"].max()
    talks = export.conversations.set_index("conversation_id").loc[last.index]
    length = (talks["ended_at"] - talks["started_at"]).dt.total_seconds()
    timed = last.notna()
    assert ((length - last)[timed].between(0.0, 10.0)).all()
    assert 0 < (~timed).mean() < 0.1
    turns = export.turns.dropna(subset=["start_s"])
    assert (turns["end_s"] > turns["start_s"]).all()
    words = turns["text"].str.split().str.len()
    speed = words.sum() / (turns["end_s"] - turns["start_s"]).sum()
    assert 2.0 < speed < 3.2


def test_the_seed_decides_everything():
    one, two, other = (make_sample(n_deals=20, seed=seed) for seed in (1, 1, 2))
    for name in NAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    assert not one.turns["text"].equals(other.turns["text"])


def test_another_process_makes_the_same_sample():
    here = make_sample(n_deals=12, seed=5)
    text = here.turns.to_csv() + here.events.to_csv() + here.conversations.to_csv()
    there = subprocess.run(
        [sys.executable, "-c", DIGEST],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert there.stdout.strip() == hashlib.sha256(text.encode()).hexdigest()


def test_three_hundred_deals_take_less_than_two_seconds():
    make_sample(n_deals=2)
    begin = time.process_time()
    make_sample(n_deals=300, seed=4)
    assert time.process_time() - begin < 2.0


def test_effect_leaves_the_latents_of_talk_alone_and_silences_them_in_the_outcome():
    on, off = make_sample(n_deals=200, seed=2), make_sample(n_deals=200, seed=2, effect=0.0)
    assert (on.truth["indecision"] == off.truth["indecision"]).all()
    hazard = off.truth["h_won_0"]
    assert abs(np.corrcoef(hazard, off.truth["indecision"])[0, 1]) < 0.15
    assert np.corrcoef(on.truth["h_won_0"].map(np.log), on.truth["indecision"])[0, 1] < -0.6


@pytest.mark.parametrize("wrong", [{"n_deals": 0}, {"effect": -1.0}])
def test_impossible_wishes_are_refused(wrong):
    with pytest.raises(BadArgument):
        make_sample(**wrong)


def test_an_unknown_language_is_refused():
    with pytest.raises(UnknownName):
        make_sample(n_deals=2, language="xx")
