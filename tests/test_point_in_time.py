"""Nothing from after the landmark may reach a feature: the tests that hunt for leaks."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import salesinsight as si

AT = pd.Timestamp("2026-02-02 07:00", tz="Europe/Amsterdam")
MOMENTS = ("started_at", "ended_at", "next_step_at", "entered_at", "created_at", "at")


@pytest.fixture(scope="module")
def export():
    return si.make_sample(n_deals=80, seed=5)


def features_of(export):
    tagged = si.tag_turns(export.turns, language=export.language)
    notes = si.tag_notes(export.conversations, language=export.language)
    return si.conversation_features(export, tagged, notes)


def open_at(export):
    return si.open_deals(export, features_of(export), at=AT).X


def as_bytes(X):
    """Every bit of a table, so that not even a rounding differs."""
    numbers = X.drop(columns="crm_stage").to_numpy(dtype="float64").tobytes()
    return numbers, X["crm_stage"].astype("string").fillna("").tolist(), X.index.to_list(), list(X.columns)


def later(export):
    """Which conversations, events and turns were entered after AT."""
    talks = export.conversations["entered_at"] > AT
    events = export.events["entered_at"] > AT
    turns = export.turns["conversation_id"].isin(export.conversations.loc[talks, "conversation_id"])
    return talks, events, turns


def test_deleting_everything_entered_later_changes_no_bit(export):
    talks, events, turns = later(export)
    assert talks.sum() > 20
    assert events.sum() > 100
    cut = dataclasses.replace(
        export,
        conversations=export.conversations[~talks],
        events=export.events[~events],
        turns=export.turns[~turns],
    )
    assert as_bytes(open_at(cut)) == as_bytes(open_at(export))


def test_changing_everything_entered_later_changes_no_bit(export):
    talks, events, turns = later(export)
    rng = np.random.default_rng(1)
    changed = dataclasses.replace(
        export,
        conversations=export.conversations.copy(),
        events=export.events.copy(),
        turns=export.turns.copy(),
        deals=export.deals.assign(amount=1.0, pipeline=export.deals["pipeline"], owner_id="x"),
    )
    changed.conversations.loc[talks, "outcome"] = "order"
    changed.conversations.loc[talks, "note"] = "goed gesprek gehad"
    changed.events.loc[events, "kind"] = rng.choice(["won", "stage", "mail_in"], events.sum())
    changed.events.loc[events, "value"] = "onderhandeling"
    changed.turns.loc[turns, "text"] = "Dat weet ik niet, misschien later."
    assert as_bytes(open_at(changed)) == as_bytes(open_at(export))


def test_what_deals_and_customers_are_called_changes_no_bit(export):
    names = [f"Dak {number}" for number in range(len(export.deals))]
    named = dataclasses.replace(export, deals=export.deals.assign(name=names, account_name=names[::-1]))
    assert as_bytes(open_at(named)) == as_bytes(open_at(export))
    before, after = (si.make_dataset(given, features_of(given)) for given in (export, named))
    assert as_bytes(after.X) == as_bytes(before.X)
    assert after.groups.equals(before.groups)
    assert set(after.info["name"]) <= set(names)


def test_adding_rows_entered_later_changes_no_bit(export):
    extra = export.events.head(200).assign(kind="mail_in", entered_at=AT + pd.Timedelta(hours=1))
    added = dataclasses.replace(export, events=pd.concat([export.events, extra], ignore_index=True))
    assert as_bytes(open_at(added)) == as_bytes(open_at(export))


def test_the_training_table_shows_each_landmark_what_was_open_then(export):
    features = features_of(export)
    data = si.make_dataset(export, features)
    at = data.X.index.get_level_values("landmark_at")
    for moment in at.unique()[[3, 12, 20]]:
        trained = data.X[at == moment]
        scored = si.open_deals(export, features, at=moment).X.loc[trained.index]
        assert as_bytes(trained) == as_bytes(scored)


def shifted(export, weeks):
    """The same export, everything so many weeks later."""
    move = pd.Timedelta(weeks=weeks)
    tables = {}
    for name in ("conversations", "deals", "events"):
        table = getattr(export, name).copy()
        for column in table.columns.intersection(list(MOMENTS)):
            table[column] = table[column] + move
        tables[name] = table
    dated = tables["events"]["kind"].isin(["close_date_set", "meeting_booked"])
    dates = pd.to_datetime(tables["events"].loc[dated, "value"].str.slice(0, 10)) + move
    tables["events"].loc[dated, "value"] = dates.dt.strftime("%Y-%m-%d")
    return dataclasses.replace(export, as_of=export.as_of + move, **tables)


@pytest.mark.parametrize("weeks", [-52, 3, 13])
def test_shifting_all_dates_by_whole_weeks_changes_nothing_else(export, weeks):
    features = features_of(export)
    before = si.make_dataset(export, features)
    moved = shifted(export, weeks)
    after = si.make_dataset(moved, features_of(moved))
    assert as_bytes(after.X.droplevel("landmark_at")) == as_bytes(before.X.droplevel("landmark_at"))
    assert after.y4.tolist() == before.y4.tolist()
    assert after.time.tolist() == before.time.tolist()
    assert after.left_out["reason"].tolist() == before.left_out["reason"].tolist()


def test_row_order_in_the_files_changes_nothing(export):
    mixed = dataclasses.replace(
        export,
        **{
            name: getattr(export, name).sample(frac=1, random_state=3)
            for name in ("conversations", "events", "deals")
        },
    )
    assert as_bytes(open_at(mixed)) == as_bytes(open_at(export))


def test_a_column_from_the_future_is_caught(export):
    data = si.make_dataset(export, features_of(export))
    rng = np.random.default_rng(0)
    canary = data.y.astype(float) + rng.normal(0, 0.3, len(data.y))
    suspects = si.leak_probe(data.X.assign(canary=canary), data.y)
    assert "canary" in set(suspects["column"])
    assert "canary" not in set(si.leak_probe(data.X, data.y)["column"])
