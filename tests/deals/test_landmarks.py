"""Which moments a deal is looked at, and which are left out with the reason."""

import pandas as pd
import pytest

from salesinsight.deals import make_dataset, open_deals
from salesinsight.errors import BadArgument

START = [("d", 0, "stage", "contact")]


def moments(data):
    return list(data.X.index.get_level_values("landmark_at").tz_convert("Europe/Amsterdam"))


def test_weekly_is_every_monday_at_seven_while_the_deal_is_open(build):
    found = moments(make_dataset(build([*START, ("d", 30, "won")])))
    assert [(m.day_name(), m.hour) for m in found] == [("Monday", 7)] * 4
    assert found[0] == pd.Timestamp("2026-01-12 07:00", tz="Europe/Amsterdam")


def test_mondays_stay_at_seven_across_summer_time(build):
    found = moments(make_dataset(build(START, as_of=300)))
    assert {m.hour for m in found} == {7}
    assert {m.utcoffset().total_seconds() for m in found} == {3600.0, 7200.0}


def test_conversations_give_a_landmark_after_the_lag(build):
    data = make_dataset(build(START, [{"deal": "d", "day": 5}]), landmarks="conversation")
    assert moments(data) == [pd.Timestamp("2026-01-11 07:30", tz="Europe/Amsterdam")]


def test_days_after_the_first_quote(build):
    events = [*START, ("d", 10, "quote_sent"), ("d", 12, "quote_sent")]
    data = make_dataset(build(events), landmarks={"quote_sent": [0, 7]})
    assert [m.date().isoformat() for m in moments(data)] == ["2026-01-15", "2026-01-22"]


@pytest.mark.parametrize("wrong", ["daily", {}, {"quote": [0]}, 7])
def test_other_landmarks_are_refused(build, wrong):
    with pytest.raises(BadArgument, match="weekly"):
        make_dataset(build(START), landmarks=wrong)


def test_reasons_for_leaving_out(build):
    events = [*START, ("d", 30, "won"), ("e", 0, "stage", "contact"), ("e", 20, "deleted")]
    data = make_dataset(build(events, created={"d": -1}))
    reasons = data.left_out.groupby("reason", observed=True).size()
    assert reasons.to_dict() == {"opened too recently": 2, "deleted": 2}


def test_open_deals_believe_what_was_entered(build):
    events = [*START, ("d", 30, "won", None, 40), ("e", 0, "stage", "contact"), ("e", 10, "lost", "te duur")]
    at = pd.Timestamp("2026-02-09 07:00", tz="Europe/Amsterdam")
    assert list(open_deals(build(events), at=at).X.index.get_level_values("deal_id")) == ["d"]


def test_training_looks_at_the_deals_that_stood_on_the_list_of_that_morning(build):
    # lost on day 10, entered on day 30: on the lists of days 14, 21 and 28 it was open
    export = build([*START, ("d", 10, "lost", "te duur", 30), ("e", 0, "stage", "contact"), ("e", 15, "won")])
    data = make_dataset(export)
    for moment in data.X.index.get_level_values("landmark_at").unique():
        listed = open_deals(export, at=moment)
        trained = data.X.xs(moment, level="landmark_at").index
        assert set(trained) == set(listed.X.index.get_level_values("deal_id"))
    assert data.y4.loc["d"].tolist() == ["lost"] * 4
    assert data.time.loc["d"].tolist() == [3.0, 1.0, 1.0, 1.0]  # from day 14 on the answer was there already


def test_days_after_an_event_keep_the_time_of_day_when_the_clock_changes(build):
    events = [*START, ("d", 80, "quote_sent")]
    data = make_dataset(build(events), landmarks={"quote_sent": [0, 7, 0.5]})
    assert [f"{m:%d-%m %H:%M}" for m in moments(data)] == ["26-03 07:00", "26-03 19:00", "02-04 07:00"]


def test_parked_deals_are_counted_apart(build):
    talks = [{"deal": "d", "day": 3, "owner": "customer", "next_step_day": 150}]
    open_ = open_deals(build(START, talks), at=pd.Timestamp("2026-02-09 07:00", tz="Europe/Amsterdam"))
    assert open_.X.empty
    assert list(open_.left_out["reason"]) == ["parked"]


def test_modes_by_amount_of_data(build):
    def mode(deals, stalled):
        events = [(f"d{n:03}", 0, "stage", "contact") for n in range(deals)]
        events += [(f"d{n:03}", 20, "won") for n in range(stalled, deals)]
        return make_dataset(build(events)).mode

    assert mode(39, 30) == "beschrijvend"
    assert mode(60, 9) == "beschrijvend"
    assert mode(60, 10) == "voorlopig"
    assert mode(200, 49) == "voorlopig"
    assert mode(200, 50) == "volledig"


def test_no_deals_give_an_empty_dataset(build):
    data = make_dataset(build([*START, ("d", 1, "won")]))
    assert len(data.X) == 0
    assert data.mode == "beschrijvend"


def test_an_export_without_stages_or_pipelines_gives_landmarks(build):
    export = build([("d", 20, "won")], label={"progress_rule": "none"})
    export.stages = {}
    export.deals = export.deals.assign(pipeline=pd.Series(pd.NA, index=export.deals.index, dtype="string"))
    assert len(make_dataset(export).X) == 2
