"""The label report: counts that add up, choices that move the share, a sheet that comes back with ticks."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import salesinsight as si
from salesinsight.deals import label_report, make_dataset, ticked_agreement
from salesinsight.errors import NoProgressSource


@pytest.fixture(scope="module")
def export():
    return si.make_sample(n_deals=120, seed=4)


@pytest.fixture(scope="module")
def data(export):
    return make_dataset(export)


@pytest.fixture(scope="module")
def report(export):
    return label_report(export)


def counted(report, part):
    return report.counts[report.counts["part"] == part].set_index("name")["landmarks"].to_dict()


def test_every_landmark_is_counted_once_and_why(report, data):
    assert counted(report, "outcome") == data.y4.value_counts().to_dict()
    assert counted(report, "decided_by") == data.label["decided_by"].value_counts().to_dict()
    assert counted(report, "left_out") == data.left_out["reason"].value_counts().to_dict()
    touched = counted(report, "stalled")
    assert touched["active"] + touched["dormant"] == (data.y == 1).sum()
    of_outcome = report.counts[report.counts["part"] == "outcome"]
    assert of_outcome["share"].sum() == pytest.approx(1)


def test_each_choice_gives_what_a_dataset_with_that_choice_gives(export, report):
    assert report.choices.groupby("choice", sort=False)["used"].sum().tolist() == [1] * 7
    for choice, value in (
        ("progress_rule", "strict"),
        ("parked", "stalled"),
        ("lost_without_reason", "lost"),
    ):
        own = make_dataset(dataclasses.replace(export, label={choice: value}))
        row = report.choices.query("choice == @choice and value == @value").iloc[0]
        assert (row["landmarks"], row["share"]) == (len(own.X), pytest.approx(own.y.mean()))
        assert row["low"] < row["share"] < row["high"]
    short = make_dataset(export, horizon_days=30)
    assert report.choices.query("value == '30'")["share"].item() == pytest.approx(short.y.mean())
    weighed = make_dataset(dataclasses.replace(export, label={"censoring": "ipcw"}))
    expected = np.average(weighed.y.astype(float), weights=weighed.label["window_weight"])
    assert report.choices.query("value == 'ipcw'")["share"].item() == pytest.approx(expected)


def test_a_longer_horizon_and_a_milder_rule_stall_less(report):
    share = report.choices.set_index(["choice", "value"])["share"]
    by_days = share["horizon_days"]
    assert by_days["30"] > by_days["60"] > by_days["90"]
    assert share["lost_without_reason"]["lost"] < share["lost_without_reason"]["stalled"]


def test_a_choice_that_cannot_be_made_says_why(export):
    bare = dataclasses.replace(
        export,
        attendance=export.attendance.head(0),
        conversations=export.conversations.assign(
            next_step_owner=pd.array([None] * len(export.conversations), "string")
        ),
    )
    strict = label_report(bare).choices.query("value == 'strict'").iloc[0]
    assert np.isnan(strict["share"])
    assert "next_step_owner" in strict["refused"]
    with pytest.raises(NoProgressSource):
        label_report(dataclasses.replace(bare, label={"progress_rule": "strict"}))


def test_heard_outcomes_are_a_choice_when_there_are_features(export):
    features = pd.DataFrame(
        {"outcome_tagged": pd.array(["advance"] * len(export.conversations), dtype="string")},
        index=pd.Index(export.conversations["conversation_id"], name="conversation_id"),
    )
    share = label_report(export, features).choices.set_index(["choice", "value"])["share"]["outcome_source"]
    assert share["tagged"] < share["recorded"] - 0.05


def test_a_horizon_that_fits_is_suggested_from_how_long_steps_take(export, report):
    long = make_dataset(export, horizon_days=180)
    rows = long.info[["stage"]].assign(y4=long.y4, time=long.time).reset_index()
    rows = rows.sort_values("landmark_at").drop_duplicates(["deal_id", "stage"])
    moved = rows[(rows["y4"] == "progress") & (rows["stage"] == "contact")]["time"]
    contact = report.stages.set_index("stage").loc["contact"]
    assert contact["progressed"] == len(moved)
    assert contact["median_days"] == moved.median()
    assert contact["suggested_days"] == np.clip(round(1.5 * moved.median()), 30, 180)
    assert contact["horizon_days"] == 60
    few = report.stages["progressed"] < 10
    assert few.any()
    assert report.stages.loc[few, "suggested_days"].isna().all()


def test_the_sheet_holds_as_many_of_each_outcome_and_is_the_same_each_time(export, report, data):
    sheet = report.sheet
    assert len(sheet) == sheet["deal_id"].nunique() == 20
    assert sheet["y4"].value_counts().to_dict() == {"won": 5, "lost": 5, "progress": 5, "stalled": 5}
    assert set(sheet["y4"].head(4)) == {"won", "lost", "progress", "stalled"}
    mixed = {name: getattr(export, name).sample(frac=1, random_state=2) for name in ("events", "deals")}
    assert label_report(dataclasses.replace(export, **mixed)).sheet.equals(sheet)
    assert not label_report(export, seed=1).sheet.equals(sheet)
    local = data.X.index.get_level_values("landmark_at").tz_convert(export.time_zone).date
    known = {
        (deal, day): y4
        for deal, day, y4 in zip(data.X.index.get_level_values(0), local, data.y4, strict=True)
    }
    days = pd.to_datetime(sheet["landmark_at"]).dt.date
    assert [known[pair] for pair in zip(sheet["deal_id"], days, strict=True)] == sheet["y4"].tolist()


def test_few_deals_give_a_short_sheet_and_none_an_empty_one(export):
    few = dataclasses.replace(export, deals=export.deals.head(8))
    few.events = few.events[few.events["deal_id"].isin(few.deals["deal_id"])]
    few.conversations = few.conversations[few.conversations["deal_id"].isin(few.deals["deal_id"])]
    assert 0 < len(label_report(few).sheet) <= 8
    empty = label_report(few, as_of=few.events["at"].min() + pd.Timedelta(days=20))
    assert empty.sheet.empty
    assert empty.choices["share"].isna().all()


def test_agreement_counts_what_was_ticked():
    right = pd.array([True, True, False, None], dtype="boolean")
    found = ticked_agreement(pd.DataFrame({"y4": ["won", "stalled", "stalled", "won"], "right": right}))
    assert found.set_index("y4")["ticked"].to_dict() == {"all": 3, "won": 1, "stalled": 2}
    assert found.loc[0, ["right", "share"]].tolist() == [2, pytest.approx(2 / 3)]
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([0.2077, 0.9385], abs=1e-3)  # Wilson
    assert (
        ticked_agreement(pd.DataFrame({"y4": ["won"], "right": pd.array([None], dtype="boolean")}))["share"]
        .isna()
        .all()
    )
