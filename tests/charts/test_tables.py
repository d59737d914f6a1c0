"""The numbers under the charts."""

import math

import numpy as np
import pandas as pd
import pytest

from salesinsight.charts import (
    ages_table,
    counted,
    facts_of,
    in_ten,
    outcomes_table,
    outlook_table,
    plot_worklist,
    reliability_table,
    requests_table,
    waiting_table,
    worklist_table,
)
from salesinsight.charts.frame import blank_axes
from salesinsight.deals.shares import wilson
from salesinsight.errors import BadArgument


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 10, 0.0, 0.278), (10, 20, 0.299, 0.701), (9, 9, 0.701, 1)]
)
def test_wilson_gives_the_published_bounds(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-4)


def test_the_share_lies_within_its_interval():
    for n in range(1, 60):
        for hits in range(n + 1):
            low, high = wilson(hits, n)
            assert 0 <= low <= hits / n <= high <= 1


def test_wilson_of_nothing_is_unknown():
    assert all(math.isnan(bound) for bound in wilson(0, 0))


def test_a_share_is_said_as_a_count_that_lies_in_its_range():
    assert plain(in_ten(0.62, 0.41, 0.78)) == "6 van de 10 (4 tot 8)"
    assert plain(in_ten(0.55, 0.56, 0.58)) == "6 van de 10 (6 tot 6)"
    assert in_ten(math.nan, 0, 1) == "te weinig gegevens"
    assert counted(1, "conversation", "en") == "1 conversation"
    assert counted(0, "day", "nl") == "0 dagen"


def test_facts_come_from_the_first_that_knows(data, export):
    data.mode = "voorlopig"
    facts = facts_of(data, export)
    assert facts["mode"] == "voorlopig"
    assert facts["horizon_days"] == 60
    assert facts["watermark"] == "voorbeelddata"


def test_outlook_adds_up_to_all_deals_with_a_score(scores, about):
    scores.loc[0, ["p_won", "p_lost", "p_progress", "p_stalled"]] = np.nan
    table = outlook_table(scores, {"count": 15, "low": 11, "high": 19}, about=about).set_index("outcome")
    assert table["expected"].sum() == pytest.approx(len(scores) - 1)
    assert table["shown"].sum() == len(scores) - 1
    assert (table["shown"] - table["expected"]).abs().max() < 1
    assert table.loc["stalled", ["low", "high"]].tolist() == [11, 19]
    assert table["low"].notna().sum() == 1
    assert table.attrs["left_out"] == 1


def test_outlook_leaves_out_deals_about_which_too_little_is_known(scores, about):
    scores["too_little"] = pd.array(["stage", "interval"] + [None] * (len(scores) - 2), dtype="string")
    table = outlook_table(scores, {"count": 15, "low": 11, "high": 19}, about=about)
    assert table["expected"].sum() == pytest.approx(len(scores) - 2)
    assert (table["n"].unique().tolist(), table.attrs["left_out"]) == ([len(scores) - 2], 2)


def test_outlook_without_any_score_has_no_rows(scores, about):
    scores[["p_won", "p_lost", "p_progress", "p_stalled"]] = np.nan
    assert outlook_table(scores, {"low": np.nan, "high": np.nan}, about=about).empty


def test_ages_count_every_deal_once_and_keep_the_unknown_apart():
    days = [0.0, 7.0, 8.0, 30.0, 31.0, 90.0, 91.0, None]
    table = ages_table(pd.DataFrame({"days_since_customer_step": days})).set_index("days")
    assert table["deals"].to_dict() == {
        "to_7": 2, "to_14": 1, "to_30": 1, "to_60": 1, "to_90": 1, "over_90": 1, "unknown": 1,
    }  # fmt: skip
    assert table.index[table["long"]].tolist() == ["to_60", "to_90", "over_90"]


def test_waiting_is_the_plain_share_when_nobody_leaves_early(data):
    table = waiting_table(data, ["offerte", "contact", "behoefte"])
    assert table["stage"].unique().tolist() == ["offerte", "contact", "behoefte"]
    here = (data.info["stage"] == "offerte") & (data.info["stage"].notna())
    gone = (data.time[here] <= 30) & (data.event[here] != "stalled")
    found = table.query("stage == 'offerte' and day == 30").iloc[0]
    assert found["waiting"] == pytest.approx(1 - gone.mean())
    assert found["low"] < found["waiting"] < found["high"]
    assert found["deals"] == here.sum()


def test_waiting_never_rises_and_starts_with_everybody(data):
    table = waiting_table(data)
    assert (table.query("day == 0")["waiting"] == 1).all()
    assert (table.groupby("stage")["waiting"].diff().dropna() <= 1e-12).all()


def test_small_stages_are_pooled_or_left_out(data):
    assert "proef" not in set(waiting_table(data)["stage"])
    few = data.info.index[data.info["stage"].isin(["proef"])]
    assert len(few) < 30
    data.info["stage"] = "stage " + pd.Series(range(len(data.info)), data.info.index).floordiv(20).astype(
        "string"
    )
    assert set(waiting_table(data)["stage"]) == {"all"}


def test_of_many_stages_the_smallest_are_taken_together(make):
    data = make.data(600)
    data.info["stage"] = [f"stage {(number % 66) // 6:02d}" for number in range(600)]
    assert waiting_table(data).query("day == 0")["deals"].tolist()[-1] > 100
    assert waiting_table(data)["stage"].nunique() == 6
    assert waiting_table(data)["stage"].iloc[-1] == "pooled"


def test_a_deal_counts_once_per_stage(data):
    doubled = pd.concat([data.info, data.info.set_axis(_later(data.info.index))])
    data.info = doubled
    data.time = pd.concat([data.time, data.time.set_axis(_later(data.time.index))])
    data.event = pd.concat([data.event, data.event.set_axis(_later(data.event.index))])
    table = waiting_table(data).query("day == 0")
    assert table["deals"].sum() == (doubled["stage"] != "proef").sum() / 2


def _later(index: pd.MultiIndex) -> pd.MultiIndex:
    days = index.get_level_values(1) + pd.Timedelta(days=7)
    return pd.MultiIndex.from_arrays([index.get_level_values(0), days], names=index.names)


def test_waiting_refuses_deals_without_outcomes(data):
    data.time = None
    with pytest.raises(BadArgument):
        waiting_table(data)


def test_a_calibrated_model_is_reliable_and_a_boastful_one_is_not(oof):
    table = reliability_table(oof)
    assert ((table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])).mean() >= 0.8
    boast = reliability_table(oof.assign(p_stalled=oof["p_stalled"] ** 0.2))
    assert (boast["predicted"] > boast["high"]).mean() >= 0.6


def test_landmarks_of_one_deal_are_one_observation(oof):
    once = oof.drop_duplicates("deal_id")
    many = pd.concat([once] * 5, ignore_index=True)
    first, second = reliability_table(once), reliability_table(many)
    pd.testing.assert_frame_equal(first, second)


def test_bands_follow_the_cut_offs_and_mark_small_ones(oof):
    table = reliability_table(oof, (0.1, 0.9)).set_index("group")
    assert table.index.tolist() == ["laag", "midden", "hoog"]
    assert table.loc["laag", "predicted"] < 0.1 <= table.loc["midden", "predicted"]
    assert table["few"].to_dict() == (table["deals"] < 30).to_dict()


def test_outcomes_count_every_held_conversation(export, features, about):
    export.conversations.loc[0, "status"] = "cancelled"
    table = outcomes_table(export, features, about=about)
    assert len(table) == 12
    months = export.conversations["started_at"].dt.tz_convert("Europe/Amsterdam").dt.tz_localize(None)
    kept = months.between(
        table["month"].min(), table["month"].max() + pd.offsets.MonthEnd(1) + pd.Timedelta(days=1)
    )
    held = export.conversations["status"] == "held"
    assert table[["known", "unknown"]].sum().sum() == (kept & held).sum()
    assert table["few"].all()


def test_requests_compare_late_early_and_none(features):
    table = requests_table(features).set_index(["by", "group"])
    heard = features.dropna(subset=["outcome_tagged"])
    late = heard[heard["request_last20"] == 1]
    agreed = late["outcome_tagged"].isin(["order", "advance"])
    assert table.loc[("moment", "last20"), "conversations"] == len(late)
    assert table.loc[("moment", "last20"), "share"] == pytest.approx(agreed.mean())
    assert (
        table.loc["moment", "conversations"].sum() == table.loc["count", "conversations"].sum() == len(heard)
    )


def test_a_missing_transcript_is_not_a_missing_request(features):
    silent = features.assign(request_count=np.nan, request_last20=np.nan)
    assert requests_table(silent)["conversations"].sum() == 0
    assert requests_table(silent)["share"].isna().all()


def test_the_worklist_hides_what_the_mode_does_not_allow(scores):
    full = worklist_table(scores.head(10).assign(band=["te weinig gegevens", *["hoog"] * 9]))
    assert full["p_stalled"].isna().tolist() == [True, *[False] * 9]
    assert plot_worklist(full, blank_axes(4.0)).texts[0].get_text() == "te weinig gegevens"
    provisional = worklist_table(scores.head(10), mode="voorlopig")
    assert provisional[["p_stalled", "low", "high"]].isna().all(axis=None)
    assert provisional["band"].notna().all()
    assert worklist_table(scores.head(10), mode="beschrijvend")["band"].isna().all()
    assert scores["p_stalled"].notna().all()
