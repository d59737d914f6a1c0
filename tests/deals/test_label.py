"""The label by hand: one deal each, looked at on the first Monday it can be, horizon 60 days."""

import pytest

from salesinsight.deals import label_settings, make_dataset
from salesinsight.errors import BadArgument, NoProgressSource, UnknownName

START = [("d", 0, "stage", "contact")]


def outcome(data, landmark_day=7):
    """y4 and time at the landmark so many days after the first Monday, or the reason it was left out."""
    at = data.X.index.get_level_values("landmark_at")
    zone = "Europe/Amsterdam"
    wanted = f"{(5 + landmark_day):02d}-01"
    for number, moment in enumerate(at):
        if moment.tz_convert(zone).strftime("%d-%m") == wanted:
            return data.y4.iloc[number], data.time.iloc[number]
    out = data.left_out
    local = out["landmark_at"].dt.tz_convert(zone).dt.strftime("%d-%m")
    return out.loc[local == wanted, "reason"].item()


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("d", 20, "won")], ("won", 13)),
        ([("d", 20, "lost", "te duur")], ("lost", 13)),
        ([("d", 20, "lost", "Geen reactie ")], ("stalled", 60)),
        ([("d", 20, "lost")], "lost without reason"),
        ([("d", 20, "deleted")], "deleted"),
        ([("d", 20, "stage", "oplossing")], ("progress", 13)),
        ([("d", 20, "stage", "oplossing"), ("d", 50, "won")], ("progress", 13)),
        # within the grace days: bookkeeping, and the new top for what follows
        ([("d", 9, "stage", "oplossing")], ("stalled", 60)),
        ([("d", 9, "stage", "oplossing"), ("d", 30, "stage", "behoefte")], ("stalled", 60)),
        ([("d", 9, "stage", "oplossing"), ("d", 30, "stage", "offerte")], ("progress", 23)),
        # not held for the dwell days
        ([("d", 20, "stage", "oplossing"), ("d", 22, "stage", "contact")], ("stalled", 60)),
        ([("d", 20, "stage", "oplossing"), ("d", 24, "stage", "contact")], ("progress", 13)),
        ([("d", 20, "stage", "behoefte"), ("d", 21, "stage", "offerte")], ("progress", 13)),
        ([("d", 20, "stage", "oplossing"), ("d", 21, "lost", "te duur")], ("lost", 14)),
        # the seller's own work is no progress
        (
            [("d", 20, "quote_sent"), ("d", 21, "mail_out"), ("d", 22, "close_date_set", "2026-09-01")],
            ("stalled", 60),
        ),
        # progress after an end without decision belongs to another episode
        (
            [("d", 20, "lost", "geen reactie"), ("d", 30, "reopened"), ("d", 31, "stage", "offerte")],
            ("stalled", 60),
        ),
        # after the horizon
        ([("d", 68, "won")], ("stalled", 60)),
        ([("d", 67, "won")], ("won", 60)),
    ],
)
def test_first_event_after_the_landmark_decides(build, events, expected):
    assert outcome(make_dataset(build(START + events))) == expected


@pytest.mark.parametrize(
    ("talks", "expected"),
    [
        ([{"deal": "d", "day": 20, "outcome": "advance"}], ("progress", 13)),
        ([{"deal": "d", "day": 20, "outcome": "order"}], ("progress", 13)),
        ([{"deal": "d", "day": 20, "outcome": "continuation"}], ("stalled", 60)),
        ([{"deal": "d", "day": 20, "outcome": "advance", "status": "cancelled"}], ("stalled", 60)),
        ([{"deal": "d", "day": 3, "outcome": "advance"}], ("stalled", 60)),
        ([{"deal": "d", "day": 3, "owner": "customer", "next_step_day": 90}], "parked"),
        ([{"deal": "d", "day": 3, "owner": "seller", "next_step_day": 90}], ("stalled", 60)),
        ([{"deal": "d", "day": 30, "owner": "customer", "next_step_day": 90}], "parked"),
        ([{"deal": "d", "day": 3, "owner": "customer", "next_step_day": 40}], ("stalled", 60)),
    ],
)
def test_conversations_progress_and_park(build, talks, expected):
    assert outcome(make_dataset(build(START, talks))) == expected


def test_a_deal_parked_later_but_answered_within_the_horizon_is_answered(build):
    talks = [{"deal": "d", "day": 30, "owner": "customer", "next_step_day": 90}]
    assert outcome(make_dataset(build([*START, ("d", 40, "won")], talks))) == ("won", 33)


def test_the_conversation_in_which_the_order_was_given_is_the_won_deal(build):
    talks = [{"deal": "d", "day": 20, "outcome": "order"}]
    assert outcome(make_dataset(build([*START, ("d", 20.1, "won")], talks))) == ("won", 14)
    assert outcome(make_dataset(build([*START, ("d", 30, "won")], talks))) == ("progress", 13)


def test_an_open_window_is_not_yet_known_even_when_already_answered(build):
    data = make_dataset(build([*START, ("d", 20, "won")], as_of=69.9))
    assert outcome(data) == "window not closed"
    assert outcome(make_dataset(build([*START, ("d", 20, "won")], as_of=70))) == ("won", 13)


def test_reopening_starts_a_new_episode_with_its_own_top(build):
    events = [("d", 1, "stage", "offerte"), ("d", 16, "lost", "te duur"), ("d", 18, "reopened")]
    events += [("d", 18, "stage", "contact"), ("d", 40, "stage", "behoefte")]
    data = make_dataset(build(START + events))
    assert outcome(data, 7) == ("lost", 9)
    assert outcome(data, 21) == ("progress", 19)


def test_choices_of_the_profile(build):
    lost = [*START, ("d", 20, "lost")]
    assert outcome(make_dataset(build(lost, label={"lost_without_reason": "lost"}))) == ("lost", 13)
    assert outcome(make_dataset(build(lost, label={"lost_without_reason": "stalled"}))) == ("stalled", 60)
    gone = [*START, ("d", 20, "deleted")]
    assert outcome(make_dataset(build(gone, label={"deleted_deals": "stalled"}))) == ("stalled", 60)
    per_stage = {"horizon_days": {"default": 60, "per_stage": {"contact": 10}}}
    late = [*START, ("d", 20, "won")]
    assert outcome(make_dataset(build(late, label=per_stage))) == ("stalled", 10)
    assert outcome(make_dataset(build(late), horizon_days=30)) == ("won", 13)


def test_without_stages_and_outcomes_stalling_cannot_be_told(build):
    export = build([("d", 20, "won")])
    with pytest.raises(NoProgressSource, match="progress_rule"):
        make_dataset(export)
    export.label = {"progress_rule": "none"}
    assert outcome(make_dataset(export)) == ("won", 13)


def test_unknown_settings_are_refused_with_the_nearest_name():
    with pytest.raises(UnknownName, match="grace_days"):
        label_settings({"grace_day": 3})
    with pytest.raises(BadArgument, match="exclude / lost / stalled"):
        label_settings({"lost_without_reason": "maybe"})
    with pytest.raises(BadArgument, match="horizon_days"):
        label_settings({}, horizon_days=0)
