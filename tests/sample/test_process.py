import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import BadArgument
from salesinsight.sample import make_sample, oracle
from salesinsight.sample.oracle import outcome_chances
from salesinsight.sample.process import KINDS, LOST, N_STAGES, REST, WON, Latents, hazards, run
from salesinsight.sample.workdays import SPAN, clock, to_local, to_moment, working_days

DRAWS = 20_000
HORIZON = 44.0


def latents(authority=0.0, indecision=0.0, skill=0.0, log_size=0.0):
    one = np.ones(1)
    whole = np.zeros(1, dtype=int)
    return Latents(authority * one, indecision * one, skill * one, whole, whole, log_size * one)


def simulated(rates, stage, rested, grace):
    """Shares of won, lost, progress and stalled among many deals that stand at the landmark 0."""
    begin = np.full(DRAWS, -min(rested, REST))
    many = np.broadcast_to(rates, (DRAWS, *rates.shape[1:]))
    paths = run(many, begin, np.full(DRAWS, stage), np.random.default_rng([stage, int(10 * rested)]))
    top = paths.stage_at(grace)
    following = np.minimum(top + 1, N_STAGES - 1)
    progress = np.where(top < N_STAGES - 1, paths.entered[np.arange(DRAWS), following], np.inf)
    won = np.where(paths.ended_by == WON, paths.end, np.inf)
    lost = np.where(paths.ended_by == LOST, paths.end, np.inf)
    moments = np.stack([won, lost, progress], axis=1)
    first = np.where(moments.min(axis=1) <= HORIZON, moments.argmin(axis=1), 3)
    return np.bincount(first, minlength=4) / DRAWS


@pytest.mark.parametrize("stage", [0, 2, 3, 4])
@pytest.mark.parametrize(("rested", "grace"), [(10.0, 3.0), (0.0, 3.0), (1.6, 3.0), (10.0, 0.0)])
def test_the_closed_form_equals_simulation(stage, rested, grace):
    rates = hazards(latents(authority=0.7, indecision=-0.8, skill=0.5, log_size=-0.6), effect=1.0)
    wait = max(REST - rested, 0.0)
    exact = outcome_chances(
        rates, np.array([stage]), np.array([wait]), np.array([grace]), np.array([HORIZON])
    )[0]
    error = np.sqrt(exact * (1 - exact) / DRAWS)
    assert np.abs(simulated(rates, stage, rested, grace) - exact) == pytest.approx(0.0, abs=4 * error.max())


def test_stages_with_the_same_total_hazard_need_no_division_by_zero():
    rates = np.full((1, N_STAGES, len(KINDS)), 0.01)
    rates[:, -1, 2] = 0.0
    ask = (np.array([1]), np.array([0.0]), np.array([3.0]), np.array([HORIZON]))
    nearly = rates.copy()
    nearly[:, 2] *= 1.0001
    assert outcome_chances(rates, *ask) == pytest.approx(outcome_chances(nearly, *ask), abs=1e-4)


def test_the_oracle_agrees_with_what_happened(many, mondays):
    chances = oracle(many, mondays)
    assert chances.notna().all().all()
    assert chances.sum(axis=1).to_numpy() == pytest.approx(1.0)
    for name in ("won", "lost", "progress", "stalled"):
        gap = (mondays["seen"] == name).astype(float) - chances[f"p_{name}"]
        by_deal = gap.groupby(mondays["deal_id"]).sum()
        error = np.sqrt((by_deal**2).sum()) / len(mondays)
        assert abs(gap.mean()) < 4 * error, name


def test_the_shares_are_those_of_a_market_where_half_stalls(mondays):
    share = mondays["seen"].value_counts(normalize=True)
    assert share["stalled"] == pytest.approx(0.47, abs=0.06)
    assert share["progress"] == pytest.approx(0.20, abs=0.05)
    assert share["won"] == pytest.approx(0.14, abs=0.05)
    assert share["lost"] == pytest.approx(0.19, abs=0.05)


def test_the_ceiling_leaves_room_for_chance(many, mondays):
    rank = oracle(many, mondays)["p_stalled"].rank()
    stalled = mondays["seen"] == "stalled"
    count = stalled.sum()
    auc = (rank[stalled].sum() - count * (count + 1) / 2) / (count * (~stalled).sum())
    assert 0.79 < auc < 0.87


def test_the_oracle_takes_the_index_of_a_dataset(many, mondays):
    as_columns = oracle(many, mondays.head(20))
    as_index = oracle(many, mondays.head(20).set_index(["deal_id", "landmark_at"])[["seen"]])
    assert (as_index.to_numpy() == as_columns.to_numpy()).all()
    assert as_index.index.names == ["deal_id", "landmark_at"]


def test_without_effect_latents_do_not_touch_the_hazards():
    some, other = latents(2.0, -2.0, 1.0, 0.4), latents(-1.0, 1.0, -1.0, 0.4)
    assert (hazards(some, 0.0) == hazards(other, 0.0)).all()
    assert not (hazards(some, 1.0) == hazards(other, 1.0)).all()
    assert not (hazards(latents(log_size=1.0), 0.0) == hazards(latents(), 0.0)).all()


def test_the_oracle_knows_nothing_of_closed_deals(many):
    closing = many.events[many.events["kind"].isin(["won", "lost"])].drop_duplicates("deal_id").head(5)
    after = closing[["deal_id"]].assign(landmark_at=closing["at"] + pd.Timedelta("1h"))
    assert oracle(many, after).isna().all().all()


def test_the_oracle_refuses_what_it_can_not_know(many):
    marks = many.deals[["deal_id"]].assign(landmark_at=many.as_of)
    with pytest.raises(BadArgument):
        oracle(many, marks, grace_days=4)
    copy = make_sample(n_deals=3)
    copy.truth = None
    with pytest.raises(BadArgument):
        oracle(copy, marks)


def test_working_days_and_clock_are_each_others_inverse():
    moments = np.array([0.0, 3.25, 4.99, 5.0, 37.123, SPAN])
    assert working_days(to_local(to_moment(clock(moments)))) == pytest.approx(moments, abs=1e-4)
