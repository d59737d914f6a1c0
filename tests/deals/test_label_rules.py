"""Rules of the label beyond the first event: strict progress, horizons, clean-ups, clocks, what came when."""

import dataclasses

import pandas as pd
import pytest

from salesinsight.deals import label_settings, make_dataset, open_deals
from salesinsight.errors import BadArgument, BadTable, NoStrictSource, UnknownName
from salesinsight.schema import conform

START = [("d", 0, "stage", "contact")]
ZONE = "Europe/Amsterdam"
STRICT = {"progress_rule": "strict"}


def at(data, landmark_day=7):
    """Place of the landmark so many days after the first Monday."""
    local = data.X.index.get_level_values("landmark_at").tz_convert(ZONE).strftime("%d-%m").tolist()
    return local.index(f"{(5 + landmark_day):02d}-01")


def row(data, landmark_day=7):
    """All that the label says at a landmark."""
    place = at(data, landmark_day)
    return data.label.assign(y4=data.y4, time=data.time).iloc[place]


def attended(export, *who):
    """The same export with people in conversations: (conversation, person, decision role)."""
    people = pd.DataFrame(
        [{"person_id": person, "side": "customer", "decision_role": role} for _, person, role in who]
    )
    sat = pd.DataFrame([{"conversation_id": talk, "person_id": person} for talk, person, _ in who])
    return dataclasses.replace(
        export,
        people=conform(people.drop_duplicates("person_id"), "people"),
        attendance=conform(sat, "attendance"),
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        # promised on day 3 for day 20, and heard of on day 15
        ([("d", 15, "mail_in")], ("progress", "kept_step", 8)),
        ([("d", 20.4, "mail_in")], ("progress", "kept_step", 14)),  # later on the day itself
        ([("d", 21, "mail_in")], ("stalled", "silence", 60)),
        ([("d", 15, "mail_out")], ("stalled", "silence", 60)),
        # dragging a card is no deed of the customer
        ([("d", 15, "stage", "offerte")], ("stalled", "silence", 60)),
        # kept before the landmark is no progress after it
        ([("d", 5, "mail_in"), ("d", 15, "mail_in")], ("stalled", "silence", 60)),
        ([("d", 30, "won")], ("won", "won", 23)),
        ([("d", 10, "won"), ("d", 15, "mail_in")], ("won", "won", 3)),
    ],
)
def test_strictly_a_step_counts_when_the_customer_kept_it(build, more, expected):
    talks = [{"deal": "d", "day": 3, "owner": "customer", "next_step_day": 20}]
    found = row(make_dataset(build([*START, *more], talks, label=STRICT)))
    assert (found["y4"], found["decided_by"], found["time"]) == expected


def test_strictly_a_step_of_the_seller_or_without_a_date_is_none(build):
    for talk in ({"owner": "seller", "next_step_day": 20}, {"owner": "customer"}):
        talks = [
            {"deal": "d", "day": 3, **talk},
            {"deal": "e", "day": 1, "owner": "customer", "next_step_day": 2},
        ]
        events = [*START, ("d", 15, "mail_in"), ("e", 0, "stage", "contact")]
        assert row(make_dataset(build(events, talks, label=STRICT)))["y4"] == "stalled"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("user", "decider", "progress"),
        ("influencer", "decider", "progress"),
        ("decider", "decider", "stalled"),
        ("decider", "influencer", "stalled"),
        ("unknown", "influencer", "progress"),
        ("unknown", "user", "stalled"),
    ],
)
def test_strictly_somebody_new_counts_when_he_has_more_say(build, before, after, expected):
    talks = [{"deal": "d", "day": 3}, {"deal": "d", "day": 20}]
    export = attended(build(START, talks, label=STRICT), ("c0", "p1", before), ("c1", "p2", after))
    found = row(make_dataset(export))
    assert found["y4"] == expected
    if expected == "progress":
        assert (found["decided_by"], found["what"], found["time"]) == ("new_decider", "c1", 13)


def test_strictly_without_steps_and_attendance_stalling_cannot_be_told(build):
    export = build([*START, ("d", 20, "stage", "offerte")], label=STRICT)
    with pytest.raises(NoStrictSource, match="next_step_owner"):
        make_dataset(export)
    assert "next_step_owner" in NoStrictSource().text("nl")


def test_the_last_stage_has_a_horizon_of_its_own(build):
    label = {"horizon_days": {"default": 60, "last_stage": 120}}
    events = [
        ("d", 0, "stage", "offerte"),
        ("e", 0, "stage", "contact"),
        ("d", 100, "won"),
        ("e", 100, "won"),
    ]
    data = make_dataset(build(events, label=label))
    assert data.y4.loc["d"].iloc[0] == "won"
    assert data.y4.loc["e"].iloc[0] == "stalled"
    assert data.settings["horizon_per_stage"] == {"offerte": 120}
    own = label_settings(
        {"horizon_days": {"last_stage": 120, "per_stage": {"offerte": 90}}}, stages={"a": ["offerte"]}
    )
    assert own.horizon_per_stage == {"offerte": 90}
    # a name that is not the last one in another pipeline says nothing
    both = {"a": ["contact", "offerte"], "b": ["offerte", "tekenen"]}
    shared = label_settings({"horizon_days": {"last_stage": 120}}, stages=both)
    assert shared.horizon_per_stage == {"tekenen": 120}


@pytest.mark.parametrize(
    ("label", "error", "says"),
    [
        ({"horizon_days": "auto"}, BadArgument, "horizon_days"),
        ({"horizon_days": {"last": 3}}, UnknownName, "last_stage"),
        ({"horizon_days": {"per_stage": 3}}, BadArgument, "per_stage"),
        ({"horizon_days": {"last_stage": 0}}, BadArgument, "last_stage"),
        ({"bulk_close_count": 1}, BadArgument, "bulk_close_count"),
        ({"censoring": "none"}, BadArgument, "closed_window / ipcw"),
        ({"no_decision_reasons": "geen reactie"}, BadArgument, "no_decision_reasons"),
    ],
)
def test_settings_that_cannot_be_are_refused(label, error, says):
    with pytest.raises(error, match=says):
        label_settings(label)


def test_an_outcome_heard_in_the_words_counts_only_when_asked_for(build):
    features = pd.DataFrame({"outcome_tagged": ["advance"]}, index=pd.Index(["c0"], name="conversation_id"))
    export = build(START, [{"deal": "d", "day": 20}])
    assert row(make_dataset(export, features))["y4"] == "stalled"
    export.label = {"outcome_source": "tagged"}
    found = row(make_dataset(export, features))
    assert (found["y4"], found["decided_by"], found["what"]) == ("progress", "tagged", "c0")
    with pytest.raises(BadArgument, match="conversation_features"):
        make_dataset(export)
    # what was recorded wins
    recorded = build(START, [{"deal": "d", "day": 20, "outcome": "continuation"}], label=export.label)
    assert row(make_dataset(recorded, features))["y4"] == "stalled"


@pytest.mark.parametrize(
    ("more", "talks", "active"),
    [
        ([("d", 20, "mail_out")], [], True),
        ([("d", 20, "hours_logged", "1")], [], True),
        ([], [{"deal": "d", "day": 20, "outcome": "continuation"}], True),
        ([], [{"deal": "d", "day": 20, "status": "no_answer"}], True),
        ([("d", 20, "mail_in"), ("d", 5, "mail_out"), ("d", 70, "mail_out")], [], False),
    ],
)
def test_a_stalled_deal_is_active_when_the_seller_still_did_something(build, more, talks, active):
    found = row(make_dataset(build([*START, *more], talks)))
    assert (found["y4"], found["active"]) == ("stalled", active)
    assert pd.isna(row(make_dataset(build([*START, ("d", 20, "won")])))["active"])


def test_many_losses_of_one_seller_on_one_day_are_a_clean_up(build):
    def export(count, owners, **label):
        names = [f"d{n}" for n in range(count)]
        events = [(name, 0, "stage", "contact") for name in names]
        events += [(name, 20 + n / 100, "lost", "te duur") for n, name in enumerate(names)]
        made = build(events, label={"bulk_close_count": 4} | label)
        return dataclasses.replace(
            made, deals=made.deals.assign(owner_id=pd.array(owners[:count], dtype="string"))
        )

    assert make_dataset(export(4, ["s1"] * 4)).label["bulk"].all()
    assert not make_dataset(export(3, ["s1"] * 3)).label["bulk"].any()
    assert not make_dataset(export(4, ["s1", "s1", "s2", "s2"])).label["bulk"].any()
    assert not make_dataset(export(4, [None] * 4)).label["bulk"].any()
    left = make_dataset(export(4, ["s1"] * 4, bulk_closes="exclude")).left_out
    assert (left["reason"] == "closed in a clean-up").sum() == 8


def test_a_label_stands_from_when_what_it_hangs_on_was_entered(build):
    events = [*START, ("d", 20, "won", None, 100), ("e", 0, "stage", "contact"), ("e", 20, "won")]
    data = make_dataset(build(events))
    known = data.label["known_at"].xs(data.X.index[at(data)][1], level="landmark_at").dt.tz_convert(ZONE)
    assert known["d"] == pd.Timestamp("2026-04-15 08:00", tz=ZONE)  # entered on day 100
    assert known["e"] == pd.Timestamp("2026-03-16 07:00", tz=ZONE)  # 7 + 60 + 3 days


def test_no_label_is_learned_before_it_was_entered(build):
    from salesinsight.modeling.splits import window_times

    data = make_dataset(build([*START, ("d", 20, "won", None, 100)]))
    _, known = window_times(data)
    assert (known >= pd.Timestamp("2026-04-15").to_datetime64()).all()


def test_a_window_ends_at_the_time_of_day_at_which_it_began(build):
    # from Monday 2 March 07:00; the clock changes on 29 March
    end = pd.Timestamp("2026-05-01 07:00", tz=ZONE)
    for minutes, expected in ((-10, "won"), (0, "won"), (10, "stalled")):
        export = build([*START, ("d", 80, "won")])
        moment = (end + pd.Timedelta(minutes=minutes)).tz_convert("UTC")
        won = export.events["kind"] == "won"
        export.events.loc[won, ["at", "entered_at"]] = moment
        data = make_dataset(export)
        assert data.y4.xs(pd.Timestamp("2026-03-02 07:00", tz=ZONE), level="landmark_at").item() == expected
    # with the dwell days it has closed at 07:00 too, which is an hour before 119 times 24 hours
    closed = make_dataset(build(START, as_of=119 - 1 / 24))
    assert closed.X.index.get_level_values("landmark_at").max() == pd.Timestamp("2026-03-02 07:00", tz=ZONE)


def test_the_same_row_twice_counts_once_and_two_different_rows_are_refused(build):
    talks = [{"deal": "d", "day": 3}]
    events = [*START, ("d", 20, "won")]
    once = build(events, talks)
    twice = dataclasses.replace(
        once,
        deals=pd.concat([once.deals, once.deals], ignore_index=True),
        conversations=pd.concat([once.conversations, once.conversations], ignore_index=True),
    )
    assert make_dataset(twice).X.equals(make_dataset(once).X)
    assert len(open_deals(twice, at=once.events["at"].max() - pd.Timedelta(days=3)).X) == 1
    other = dataclasses.replace(
        once, deals=pd.concat([once.deals, once.deals.assign(amount=5.0)], ignore_index=True)
    )
    with pytest.raises(BadTable, match="deal_id"):
        make_dataset(other)


def test_the_pipeline_of_today_says_nothing_of_the_stages_before(build):
    export = build([("d", 0, "stage", "bellen"), ("d", 20, "stage", "afspraak")])
    export.stages = {"nieuw": ["contact", "behoefte"], "warm": ["bellen", "afspraak"]}
    then = make_dataset(dataclasses.replace(export, deals=export.deals.assign(pipeline="warm")))
    now = make_dataset(export)  # moved to another pipeline since
    assert now.X.equals(then.X)
    assert now.y4.equals(then.y4)
    assert row(now)["y4"] == "progress"


def test_stages_of_another_pipeline_are_no_progress_and_no_standing_still(build):
    export = build([("d", 0, "stage", "bellen"), ("d", 20, "stage", "behoefte")])
    export.stages = {"nieuw": ["contact", "behoefte"], "warm": ["bellen", "afspraak"]}
    assert (make_dataset(export).left_out["reason"] == "stage not known").any()
