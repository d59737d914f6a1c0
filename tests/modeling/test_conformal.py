"""Sets hold the outcome as often as promised, class by class, with many landmarks per deal."""

import warnings

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import BadArgument
from salesinsight.modeling.conformal import LEAST_DEALS, _crepes, conformal_sets, name_outcomes
from salesinsight.schema import Y4

ALL = "|".join(Y4)


def draw(rng, deals, lingering=0.0):
    """Landmarks of deals: the likelier a deal lingers, the more landmarks it has, all of them alike."""
    leaning = np.column_stack([rng.normal(size=(deals, 3)), rng.normal(lingering, 1.2, size=deals)])
    times = 1 + rng.poisson(np.exp(leaning[:, 3])) if lingering else np.ones(deals, int)
    deal = np.repeat(np.arange(deals), times)
    odds = np.exp(1.3 * leaning[deal] + rng.normal(0, 0.4, size=(len(deal), 4)))
    p = odds / odds.sum(axis=1, keepdims=True)
    y4 = np.array(Y4)[(p.cumsum(axis=1) > rng.random(len(p))[:, None]).argmax(axis=1)]
    # a model that is not calibrated: sets must not depend on that
    return p**1.5 / (p**1.5).sum(axis=1, keepdims=True), y4, deal


def holds(sets, y4):
    return np.array([outcome in held.split("|") for held, outcome in zip(sets, y4, strict=True)])


@pytest.mark.parametrize("lingering", [0.0, 0.8])
def test_the_outcome_is_in_the_set_as_often_as_promised_whatever_it_is(lingering):
    rng, hits = np.random.default_rng(1), []
    for _ in range(60):
        p, y4, deals = draw(rng, 300, lingering)
        new, came, _ = draw(rng, 60, lingering)
        hits.append(pd.DataFrame({"y4": came, "held": holds(conformal_sets(p, y4, deals, new), came)}))
    hits = pd.concat(hits)
    assert hits["held"].mean() == pytest.approx(0.91, abs=0.02)
    for outcome, held in hits.groupby("y4")["held"]:
        assert held.mean() == pytest.approx(0.915, abs=0.03), outcome


def test_saying_everything_again_makes_nothing_surer():
    p, y4, deals = draw(np.random.default_rng(2), 150)
    new, *_ = draw(np.random.default_rng(3), 40)
    once = conformal_sets(p, y4, deals, new)
    again = conformal_sets(np.repeat(p, 7, axis=0), np.repeat(y4, 7), np.repeat(deals, 7), new)
    assert once.tolist() == again.tolist()
    assert once.nunique() > 4
    # the same rows as deals of their own would promise more
    alone = conformal_sets(np.repeat(p, 7, axis=0), np.repeat(y4, 7), range(7 * len(p)), new)
    assert alone.str.len().sum() < once.str.len().sum()


def test_a_higher_level_only_adds_outcomes_and_the_input_stays():
    p, y4, deals = draw(np.random.default_rng(4), 200)
    new = pd.DataFrame(draw(np.random.default_rng(5), 50)[0], index=[f"d{i}" for i in range(50)])
    before = p.copy(), new.copy()
    narrow, wide = (conformal_sets(p, y4, deals, new, level=level) for level in (0.8, 0.95))
    assert narrow.index.equals(new.index)
    for small, large in zip(narrow, wide, strict=True):
        assert set(small.split("|")) <= set(large.split("|"))
        assert [name for name in Y4 if name in small.split("|")] == small.split("|")
    assert (before[0] == p).all() and before[1].equals(new)


def test_a_rare_outcome_is_never_excluded_and_never_alone():
    p, y4, deals = draw(np.random.default_rng(6), 400)
    rare = np.flatnonzero(y4 == "won")
    few = np.setdiff1d(np.arange(len(p)), rare[LEAST_DEALS - 1 :])
    new, *_ = draw(np.random.default_rng(7), 80)
    sets = conformal_sets(p[few], y4[few], deals[few], new)
    assert sets.str.startswith("won|").all()
    enough = np.setdiff1d(np.arange(len(p)), rare[LEAST_DEALS:])
    assert not conformal_sets(p[enough], y4[enough], deals[enough], new).str.contains("won").all()


def test_an_outcome_that_never_came_is_in_a_set_only_where_the_model_knows_it():
    p, y4, deals = draw(np.random.default_rng(8), 300)
    there = y4 != "progress"
    known = (p[there], y4[there], deals[there])
    assert (
        not conformal_sets(*known, np.where(np.array(Y4) == "progress", 0, p[:50]))
        .str.contains("progress")
        .any()
    )
    # the model saw it elsewhere, say before the test began: nothing excludes it
    assert conformal_sets(*known, p[:50]).str.contains("progress").all()


def test_a_set_is_never_empty():
    p = np.tile(0.97 * np.eye(4) + 0.0075, (50, 1))
    sets = conformal_sets(p, np.tile(Y4, 50), range(200), [[0.25, 0.25, 0.25, 0.25], [0.1, 0.2, 0.3, 0.4]])
    # neither looks like any deal before: all are as strange, so all stay
    assert sets.tolist() == [ALL, ALL]


def test_without_probabilities_or_landmarks_there_is_no_set():
    p, y4, deals = draw(np.random.default_rng(9), 100)
    new = pd.DataFrame([[0.1, 0.1, 0.1, 0.7], [np.nan] * 4])
    assert conformal_sets(p, y4, deals, new).isna().tolist() == [False, True]
    assert conformal_sets(p[:0], y4[:0], deals[:0], new).isna().all()
    assert conformal_sets(p, y4, deals, new[:0]).empty


@pytest.mark.parametrize("level", [0, 1, 1.5, -0.1])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(BadArgument, match="level"):
        conformal_sets(np.empty((0, 4)), [], [], np.empty((0, 4)), level=level)


def test_an_outcome_that_is_none_is_refused():
    with pytest.raises(BadArgument, match="maybe"):
        conformal_sets(np.full((2, 4), 0.25), ["won", "maybe"], [1, 2], np.full((1, 4), 0.25))


def test_the_library_leaves_warnings_as_they_were():
    _crepes.cache_clear()
    with warnings.catch_warnings():
        warnings.resetwarnings()
        before = list(warnings.filters)
        _crepes()
        assert warnings.filters == before


@pytest.mark.parametrize(
    ("held", "nl", "en"),
    [("won|progress|stalled", "lijkt op deals die uitkwamen op ja, vooruit of misschien", "looks like deals that came to yes, forward or maybe"),
     ("lost", "lijkt alleen op deals die uitkwamen op nee", "looks only like deals that came to no"),
     (ALL, "kan nog alle kanten op", "can still go any way"),
     (None, "", ""), (pd.NA, "", "")],
)  # fmt: skip
def test_sets_are_said_in_the_words_of_managers(held, nl, en):
    assert (name_outcomes(held, "nl"), name_outcomes(held, "en")) == (nl, en)
