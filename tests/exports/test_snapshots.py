"""The state of deals at several dates becomes events, and nothing is known before its date."""

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from salesinsight.deals.history import crm_history
from salesinsight.deals.timeline import known_by, read_timeline
from salesinsight.exports import read_export
from salesinsight.exports.findings import Findings
from salesinsight.exports.profile import load_profile
from salesinsight.exports.read import read
from salesinsight.exports.snapshots import snapshot_events

FOLDER = Path(__file__).parent / "vendors" / "snapshots"
NONE = pl.DataFrame(schema={"deal_id": pl.String, "kind": pl.String})
COLUMNS = ["deal_id", "stage", "status", "reason", "amount", "close_date", "closed_at", "changed_at"]


def day(text):
    return pd.Timestamp(text, tz="UTC")


def state(date, *deals):
    """One snapshot; each deal is a text "d1 offerte" or a dict."""
    rows = []
    for line, deal in enumerate(deals, 2):
        given = (
            deal if isinstance(deal, dict) else dict(zip(("deal_id", "stage"), deal.split(), strict=False))
        )
        row = dict.fromkeys(COLUMNS) | {"_source": 0, "_path": f"{date}/deals.csv", "_line": line} | given
        rows.append(
            {
                key: day(value) if key.endswith(("_at", "_date")) and value else value
                for key, value in row.items()
            }
        )
    moments = dict.fromkeys(["close_date", "closed_at", "changed_at"], pl.Datetime("us", "UTC"))
    texts = dict.fromkeys(["deal_id", "stage", "status", "reason", "_path"], pl.String)
    schema = {"amount": pl.Float64, "_source": pl.Int64, "_line": pl.Int64} | moments | texts
    return day(date), pl.DataFrame(rows, schema=schema)


def events(*states, recorded=NONE, findings=None, zone="UTC"):
    found = snapshot_events(list(states), recorded, findings or Findings(), zone)
    assert (found["at"] <= found["entered_at"]).all()
    return found


def told(found, *, at=False):
    """Events as short texts: deal, kind, value, day of entry (and of happening)."""
    rows = found.sort("entered_at", "deal_id", maintain_order=True)
    return [
        " ".join(
            str(part)
            for part in (
                row["deal_id"],
                row["kind"],
                row["value"],
                f"{row['entered_at']:%m-%d}",
                *([f"{row['at']:%m-%d}"] if at else []),
            )
            if part is not None
        )
        for row in rows.iter_rows(named=True)
    ]


def codes(findings):
    return [code for code, _ in findings.notices]


JAN, FEB, MAR, APR = "2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"


def test_first_snapshot_gives_each_deal_its_stage_or_its_end():
    lost = {
        "deal_id": "c",
        "stage": "offerte",
        "status": "lost",
        "reason": "te duur",
        "closed_at": "2025-11-05",
    }
    won = {"deal_id": "b", "status": "won", "closed_at": "2025-12-20"}
    assert told(events(state(JAN, "a contact", won, lost)), at=True) == [
        "a stage contact 01-01 01-01",
        "b won 01-01 12-20",
        "c lost te duur 01-01 11-05",
    ]


def test_later_snapshots_give_differences_only():
    first = {"deal_id": "a", "stage": "contact", "amount": 1000.0, "close_date": "2026-03-31"}
    later = first | {"stage": "offerte", "amount": 1250.5, "close_date": "2026-05-15"}
    found = events(state(JAN, first), state(FEB, first), state(MAR, later))
    assert told(found) == [
        "a stage contact 01-01",
        "a amount_set 1000 01-01",
        "a close_date_set 2026-03-31 01-01",
        "a stage offerte 03-01",
        "a amount_set 1250.5 03-01",
        "a close_date_set 2026-05-15 03-01",
    ]
    assert found["_path"].unique().sort().to_list() == ["2026-01-01/deals.csv", "2026-03-01/deals.csv"]


def test_dates_of_the_crm_count_only_between_the_two_snapshots():
    """A stage can't have been reached before the snapshot that still shows the old one."""
    before = state(FEB, "a contact", "b contact", "c contact", "d contact")
    after = state(
        MAR,
        {"deal_id": "a", "stage": "offerte", "changed_at": "2026-02-10"},
        {"deal_id": "b", "stage": "offerte", "changed_at": "2026-01-10"},
        {"deal_id": "c", "status": "won", "closed_at": "2026-02-20"},
        {"deal_id": "d", "status": "won", "closed_at": "2026-05-20"},
    )
    assert told(events(before, after), at=True)[4:] == [
        "a stage offerte 03-01 02-10",
        "b stage offerte 03-01 03-01",
        "c won 03-01 02-20",
        "d won 03-01 03-01",
    ]


def test_a_date_of_the_day_of_the_snapshot_itself_is_kept_inside_the_interval():
    """A date without a time stands at midnight; the export of that day was made some hours later."""
    evening = "2026-02-01 23:59:59"
    before = (day(evening), state(FEB, "a contact", "b contact")[1])
    after = state(
        MAR,
        {"deal_id": "a", "status": "won", "closed_at": "2026-02-01"},
        {"deal_id": "b", "status": "won", "closed_at": "2026-03-01 16:00"},
    )
    won = events(before, after).filter(kind="won").sort("deal_id")
    assert [str(at) for at in won["at"].dt.to_string("%m-%d %H:%M")] == ["02-01 23:59", "03-01 00:00"]


def test_stage_that_goes_there_and_back_moves_twice():
    found = events(state(JAN, "a contact"), state(FEB, "a offerte"), state(MAR, "a contact"))
    assert told(found) == ["a stage contact 01-01", "a stage offerte 02-01", "a stage contact 03-01"]


def test_capitals_and_spaces_are_no_move_and_an_empty_cell_says_nothing():
    full = {"deal_id": "a", "stage": "Offerte", "amount": 10.0, "status": "open"}
    empty = {"deal_id": "a"}
    found = events(state(JAN, full), state(FEB, empty), state(MAR, full | {"stage": "offerte "}))
    assert told(found) == ["a stage Offerte 01-01", "a amount_set 10 01-01"]


def test_reopened_deal_gets_its_stage_again_at_the_same_moment():
    won = {"deal_id": "a", "status": "won", "stage": "offerte", "closed_at": "2026-01-20"}
    open_ = {"deal_id": "a", "status": "open", "stage": "offerte", "changed_at": "2026-01-05"}
    found = events(state(JAN, "a offerte"), state(FEB, won), state(MAR, open_))
    assert told(found, at=True)[1:] == [
        "a won 02-01 01-20",
        "a reopened 03-01 03-01",
        "a stage offerte 03-01 03-01",
    ]


def test_status_that_is_empty_keeps_a_closed_deal_closed():
    won = {"deal_id": "a", "status": "won", "closed_at": "2025-12-20"}
    assert told(events(state(JAN, won), state(FEB, "a offerte"))) == ["a won 01-01"]


def test_open_deal_that_disappears_is_deleted_and_a_closed_one_is_not():
    won = {"deal_id": "w", "status": "won", "closed_at": "2025-12-20"}
    found = events(
        state(JAN, "a contact", "b contact", "c contact", won), state(FEB, "b contact", "c contact")
    )
    assert told(found.filter(kind="deleted")) == ["a deleted 02-01"]
    assert found.filter(kind="deleted")["_path"].to_list() == ["2026-01-01/deals.csv"]


def test_deal_that_comes_back_is_reopened_and_the_past_is_not_rewritten():
    rest = ["b contact", "c contact", "d contact"]
    two = [state(JAN, "a contact", *rest), state(FEB, *rest)]
    three = [*two, state(MAR, "a offerte", *rest)]
    assert told(events(*two))[-1] == "a deleted 02-01"
    assert told(events(*three))[-3:] == ["a deleted 02-01", "a reopened 03-01", "a stage offerte 03-01"]


def test_deal_that_comes_back_closed_was_not_closed_before_it_was_gone():
    rest = ["b contact", "c contact", "d contact"]
    won = {"deal_id": "a", "status": "won", "closed_at": "2026-01-20"}
    found = events(state(JAN, "a contact", *rest), state(FEB, *rest), state(MAR, won, *rest))
    assert told(found, at=True)[-2:] == ["a deleted 02-01 02-01", "a won 03-01 03-01"]


def test_number_given_to_another_deal_begins_a_new_episode():
    """Snapshots can't tell a reopened deal from another under the same number: both begin anew."""
    won = {"deal_id": "7", "status": "won", "closed_at": "2025-12-20", "amount": 900.0}
    other = {"deal_id": "7", "status": "open", "stage": "contact", "amount": 50.0}
    assert told(events(state(JAN, won), state(FEB, other)))[1:] == [
        "7 reopened 02-01",
        "7 stage contact 02-01",
        "7 amount_set 50 02-01",
    ]


@pytest.mark.parametrize(("left", "deleted"), [(7, 3), (6, 0), (0, 0)])
def test_many_that_disappear_at_once_are_a_cut_export(left, deleted):
    """More than a third of the open deals: 3 of 10 are deleted, 4 of 10 were filtered away."""
    deals = [f"d{number} contact" for number in range(10)]
    findings = Findings()
    found = events(state(JAN, *deals), state(FEB, *deals[:left]), findings=findings)
    assert len(found.filter(kind="deleted")) == deleted
    assert ("snapshot_cut" in codes(findings)) == (not deleted)


def test_a_few_of_a_few_may_be_deleted_but_an_empty_export_is_never_believed():
    findings = Findings()
    assert (
        told(events(state(JAN, "a contact", "b contact"), state(FEB, "b contact")))[-1] == "a deleted 02-01"
    )
    assert len(events(state(JAN, "a contact"), state(FEB), findings=findings)) == 1
    assert "snapshot_cut" in codes(findings)


def test_after_a_cut_export_differences_are_taken_from_when_a_deal_was_last_seen():
    deals = [f"d{number} contact" for number in range(6)]
    moved = {"deal_id": "d5", "stage": "offerte", "changed_at": "2026-01-15"}
    found = events(state(JAN, *deals), state(FEB, *deals[:1]), state(MAR, *deals[:5], moved))
    assert told(found, at=True)[6:] == ["d5 stage offerte 03-01 01-15"]


def test_parts_of_one_day_are_one_snapshot_and_the_later_goes_first():
    findings = Findings()
    found = events(
        state(JAN, "a contact", "b contact"),
        state(FEB, "a offerte"),
        state(FEB, "a contact", "b offerte"),
        findings=findings,
    )
    assert told(found)[2:] == ["b stage offerte 02-01"]
    assert dict(sum(findings.tallies.values(), Counter())) == {"used": 4, "merged": 1}


def test_deal_twice_in_a_file_counts_once_and_is_told():
    findings = Findings()
    found = events(state(JAN, "a contact", "a offerte"), findings=findings)
    assert told(found) == ["a stage contact 01-01"]
    assert dict(sum(findings.tallies.values(), Counter())) == {"used": 1, "rejected": 1}
    assert findings.set_aside[0].rows["line"].to_list() == [3]


def test_order_in_which_snapshots_are_given_makes_no_difference():
    states = [state(JAN, "a contact"), state(FEB, "a offerte"), state(MAR, "a contact")]
    assert told(events(*states)) == told(events(*states[::-1]))


def test_what_files_record_goes_before_snapshots_per_deal_and_kind():
    recorded = pl.DataFrame(
        [("a", "stage"), ("a", "amount_set"), ("b", "lost"), ("c", "won")],
        schema=["deal_id", "kind"],
        orient="row",
    )
    both = [{"deal_id": name, "stage": "contact", "amount": 5.0} for name in "abcde"]
    won = [deal | {"status": "won", "closed_at": "2026-01-10"} for deal in both[:3]]
    found = events(state(JAN, *both), state(FEB, *won, both[4]), recorded=recorded)
    assert told(found.filter(deal_id="a")) == ["a won 02-01"]
    assert told(found.filter(deal_id="b")) == ["b stage contact 01-01", "b amount_set 5 01-01"]
    assert told(found.filter(kind="deleted")) == ["d deleted 02-01"]


def test_recorded_end_of_a_deal_that_disappears_is_its_end():
    recorded = pl.DataFrame([("a", "won")], schema=["deal_id", "kind"], orient="row")
    states = [state(JAN, "a contact", "b contact"), state(FEB, "b contact")]
    assert "deleted" not in events(*states, recorded=recorded)["kind"].to_list()


def test_recorded_win_does_not_hide_that_a_deal_was_reopened():
    recorded = pl.DataFrame([("a", "won")], schema=["deal_id", "kind"], orient="row")
    won = {"deal_id": "a", "status": "won", "closed_at": "2025-12-20"}
    found = events(
        state(JAN, won), state(FEB, {"deal_id": "a", "status": "open", "stage": "contact"}), recorded=recorded
    )
    assert told(found) == ["a reopened 02-01", "a stage contact 02-01"]


def test_reason_filled_in_afterwards_belongs_to_the_same_loss():
    lost = {"deal_id": "a", "status": "lost", "closed_at": "2026-01-10"}
    found = events(state(JAN, "a contact"), state(FEB, lost), state(MAR, lost | {"reason": "geen reactie"}))
    assert told(found, at=True)[1:] == ["a lost 02-01 01-10", "a lost geen reactie 03-01 01-10"]


def test_deal_with_status_deleted_is_deleted_once():
    gone = {"deal_id": "a", "status": "deleted"}
    rest = [f"d{number} contact" for number in range(4)]
    found = events(state(JAN, "a contact", *rest), state(FEB, gone, *rest), state(MAR, *rest))
    assert told(found.filter(kind="deleted")) == ["a deleted 02-01"]


def test_date_of_closing_is_the_local_day():
    deal = {"deal_id": "a", "close_date": "2026-03-30 22:00"}
    assert events(state(JAN, deal), zone="Europe/Amsterdam")["value"].to_list() == ["2026-03-31"]


def test_notices_say_what_the_dates_can_and_can_not_show():
    findings = Findings()
    undated = {"deal_id": "b", "status": "won"}
    events(state(JAN, "a contact", undated), state(APR, "a contact", undated), findings=findings)
    assert dict(findings.notices)["snapshots"] == {"n": 2, "first": JAN, "last": APR, "days": 90}
    assert dict(findings.notices)["snapshot_undated"] == {"date": JAN, "n": 1}
    only_open = Findings()
    events(state(JAN, "a contact", "b contact"), state(FEB, "b contact"), findings=only_open)
    assert "snapshots_open_only" in codes(only_open)


def test_no_snapshots_and_empty_snapshots_give_no_events():
    assert events().height == 0
    findings = Findings()
    assert events(state(JAN), findings=findings).columns == events().columns
    assert findings.notices == []


@pytest.mark.parametrize("seed", range(8))
def test_what_was_known_at_a_date_never_changes_afterwards(seed):
    """Reading the first k snapshots gives what was entered up to the k-th in all of them."""
    rng = np.random.default_rng(seed)
    states = []
    for date in pd.date_range("2026-01-01", periods=7, freq="9D"):
        deals = [
            {
                "deal_id": f"d{number}",
                "stage": rng.choice(["contact", "behoefte", "offerte", None]),
                "status": rng.choice(["open", "open", "open", "won", "lost", "deleted", None]),
                "reason": rng.choice(["te duur", None]),
                "amount": rng.choice([100.0, 250.0]),
                "close_date": rng.choice(["2026-04-01", "2026-05-01"]),
                "closed_at": str(date - pd.Timedelta(days=int(rng.integers(-5, 30)))),
                "changed_at": str(date - pd.Timedelta(days=int(rng.integers(-5, 30)))),
            }
            for number in range(30)
            if rng.random() > 0.2
        ]
        states.append(state(f"{date:%Y-%m-%d}", *deals))
    whole = events(*states)
    assert {"stage", "won", "lost", "deleted", "reopened", "amount_set"} <= set(whole["kind"])
    for number in range(1, len(states) + 1):
        known = whole.filter(pl.col("entered_at") <= pl.lit(states[number - 1][0]))
        assert told(events(*states[:number]), at=True) == told(known, at=True)


# --- from folders to features: tests/exports/vendors/snapshots, which its README.md describes ---------------


def local(moments):
    return moments.dt.tz_convert("Europe/Amsterdam").dt.strftime("%m-%d").tolist()


@pytest.fixture(scope="module")
def export():
    return read_export(FOLDER, profile=FOLDER / "mijn.toml")


def test_dated_folders_become_events(export):
    events = export.events.assign(day=local(export.events.entered_at), on=local(export.events["at"]))
    shown = events[["deal_id", "kind", "value", "on", "day"]].fillna("-").agg(" ".join, axis=1)
    assert sorted(shown) == sorted(
        [
            "1 stage Contact 12-20 01-05",
            "1 amount_set 1000 01-05 01-05",
            "1 close_date_set 2026-02-28 01-05 01-05",
            "2 stage Contact 12-02 01-05",
            "2 amount_set 500 01-05 01-05",
            "3 stage Offerte 12-21 01-05",
            "4 won - 12-15 01-05",
            "5 stage Contact 12-05 01-05",
            "6 stage Contact 12-06 01-05",
            "1 stage Behoefte 01-08 01-12",
            "1 amount_set 1250 01-12 01-12",
            "1 close_date_set 2026-03-31 01-12 01-12",
            "3 stage Offerte 01-12 01-12",
            "5 lost - 01-09 01-12",
            "1 stage Contact 01-15 01-19",
            "2 stage Behoefte 01-19 01-19",
            "3 won - 01-19 01-19",
            "4 reopened - 01-19 01-19",
            "4 stage Offerte 01-19 01-19",
            "5 lost te duur 01-09 01-19",
            "6 deleted - 01-19 01-19",
            "7 stage Contact 01-14 01-19",
            "7 amount_set 70 01-19 01-19",
            "6 reopened - 01-26 01-26",
            "6 stage Behoefte 01-26 01-26",
        ]
    )
    assert export.as_of == pd.Timestamp("2026-02-02 23:59:59", tz="Europe/Amsterdam")
    assert export.deals.set_index("deal_id").amount["1"] == 1250.0
    assert len(export.deals) == 7


def test_conversation_noted_later_was_not_known_earlier(export):
    talks = export.conversations.set_index("conversation_id")
    assert local(talks.started_at) == ["12-20", "12-22"]
    assert local(talks.entered_at) == ["12-20", "01-12"]


def test_cut_off_export_and_double_rows_are_told(export):
    assert any("2026-02-02 ontbreken 4 van de 5 open deals" in notice for notice in export.notices)
    assert export.rejects[["file", "line"]].values.tolist() == [["2026-01-19 tweede deel/deals.csv", 6]]


def test_every_row_of_every_snapshot_ends_in_one_of_four_places():
    profile = load_profile(FOLDER / "mijn.toml")
    tallies = read(FOLDER, profile, None).findings.tallies
    for (number, file), tally in tallies.items():
        if number >= 0:
            assert tally["read"] == sum(tally[what] for what in ("used", "merged", "skipped", "rejected")), (
                file
            )
    states = {
        file: tally
        for (n, file), tally in tallies.items()
        if n >= 0 and profile.sources[n].table == "snapshot"
    }
    assert sum(tally["read"] for tally in states.values()) == 28
    assert sum(tally["merged"] for tally in states.values()) == 1
    assert sum(tally["rejected"] for tally in states.values()) == 1


def test_reading_the_first_folders_gives_what_was_known_then(export, tmp_path):
    for name in ("2026-01-05 voor de vergadering", "20260112"):
        shutil.copytree(FOLDER / name, tmp_path / name)
    early = read_export(tmp_path, profile=FOLDER / "mijn.toml")
    known = known_by(export, early.as_of)
    columns = ["deal_id", "at", "entered_at", "kind", "value"]
    order = ["deal_id", "entered_at", "kind"]
    pd.testing.assert_frame_equal(
        early.events[columns].sort_values(order, ignore_index=True),
        known.events[columns].sort_values(order, ignore_index=True),
    )


@pytest.mark.parametrize(
    ("moment", "stage", "amount"),
    [
        ("2026-01-05 23:00", None, None),
        ("2026-01-12 07:00", "Contact", 1000.0),
        ("2026-01-12 23:00", "Contact", 1000.0),
        ("2026-01-19 07:00", "Behoefte", 1250.0),
        ("2026-01-26 07:00", "Contact", 1250.0),
    ],
)
def test_feature_sees_a_stage_only_after_the_snapshot_that_showed_it(export, moment, stage, amount):
    """Deal 1 reached Behoefte on 8 January, which the export of the 12th was the first to show."""
    timeline = read_timeline(export)
    t = pd.Timestamp(moment, tz="Europe/Amsterdam").tz_convert("UTC")
    marks = pl.DataFrame({"row": [0], "deal_id": ["1"], "t": [t], "episode_at": [day("2025-12-01")]})
    marks = marks.with_columns(pl.col("t", "episode_at").dt.cast_time_unit("us"))
    found = crm_history(marks.with_columns(pl.col("row").cast(pl.UInt32)), timeline).row(0, named=True)
    assert found["stage"] == stage
    assert found["crm_amount_log10"] == (None if amount is None else pytest.approx(np.log10(amount)))


def test_a_note_that_was_written_over_is_known_only_from_the_export_that_shows_it(tmp_path):
    calls = "conversation_id;started_at;deal_id;note;entered_at\n"
    first = calls + "C1;2026-01-20 10:00;;Goed gesprek.;2026-01-20 10:30\nC2;2026-01-21 10:00;D1;Zelfde.;\n"
    second = (
        calls
        + "C1;2026-01-20 10:00;D1;Verloren wegens prijs.;2026-01-20 10:30\nC2;2026-01-21 10:00;D1;Zelfde.;\n"
    )
    # entered in January according to its own column, and not in the export of February
    third = (
        second
        + "C3;2026-01-25 10:00;D1;Achteraf.;2026-01-25 10:30\nC4;2026-03-28 10:00;D1;Vers.;2026-03-28 11:00\n"
    )
    profile = (
        '[[conversations]]\nfile = "calls.csv"\n[[deals]]\nfile = "deals.csv"\n'
        '[[snapshot]]\nfile = "deals.csv"\ncolumns = { deal_id = "deal_id", stage = "stage" }\n'
    )
    for day, text in {"2026-02-01": first, "2026-03-01": second, "2026-04-01": third}.items():
        (tmp_path / day).mkdir()
        (tmp_path / day / "calls.csv").write_text(text, encoding="utf-8")
        (tmp_path / day / "deals.csv").write_text(
            "deal_id;created_at;stage\nD1;2026-01-05;Offerte\n", encoding="utf-8"
        )
    (tmp_path / "mine.toml").write_text(profile, encoding="utf-8")
    export = read_export(tmp_path, tmp_path / "mine.toml")
    entered = export.conversations.set_index("conversation_id")["entered_at"].dt.tz_convert(
        "Europe/Amsterdam"
    )
    days = entered.dt.strftime("%Y-%m-%d").to_dict()
    assert days == {"C1": "2026-03-01", "C2": "2026-01-21", "C3": "2026-04-01", "C4": "2026-03-28"}
    assert any("1 van de 4 gesprekken" in notice for notice in export.notices)
