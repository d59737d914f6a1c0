"""The baselines that look beyond X, on an invented export: the seller's estimate (B5), the words (B7), the rules."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import salesinsight as si
from salesinsight.language import words
from salesinsight.modeling import SilenceRule, word_counts
from salesinsight.modeling.baselines import BASELINES, baseline_columns, predict_baseline
from salesinsight.modeling.value import RIVALS
from salesinsight.report.method import MODELS

SEEN = pd.Timestamp("2026-01-12 12:00", tz="UTC")
FOUR = ["won", "lost", "progress", "stalled"]


@pytest.fixture(scope="module")
def export():
    return si.make_sample(n_deals=60)


@pytest.fixture(scope="module")
def features(export):
    notes = si.tag_notes(export.conversations, language=export.language)
    return si.conversation_features(export, si.tag_turns(export.turns, language=export.language), notes)


@pytest.fixture(scope="module")
def data(export, features):
    return si.make_dataset(export, features)


def predicted(name, data, train, test):
    return predict_baseline(name, baseline_columns(data)[name], data, train, test)


def parts(data):
    """Train on the landmarks of every other deal, all until `SEEN`, and test on the others."""
    deal, _ = pd.factorize(data.X.index.get_level_values("deal_id"))
    known = data.X.index.get_level_values("landmark_at") <= SEEN
    return np.flatnonzero(known & (deal % 2 == 0)), np.flatnonzero(known & (deal % 2 == 1))


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_gives_chances(data, name):
    train, test = parts(data)
    told = predicted(name, data, train, test)
    assert told.shape == (len(test), 4)
    assert ((told[:, 3] >= 0) & (told[:, 3] <= 1)).all() and np.ptp(told[:, 3]) > (0 if name != "B0" else -1)
    assert np.isnan(told[:, :3]).all() or told.sum(axis=1) == pytest.approx(1)


def test_without_talk_estimates_or_dates_their_baselines_are_left_out(export, data):
    bare = si.make_dataset(dataclasses.replace(export, turns=export.turns[:0]))
    events = export.events[~export.events["kind"].isin(["seller_estimate", "close_date_set"])]
    assert set(baseline_columns(bare)) == {"B0", "B1", "B1_07", "B1_30", "B1_overdue", "B2", "B3", "B5", "B8"}
    poor = si.make_dataset(dataclasses.replace(export, events=events))
    assert set(baseline_columns(bare)) - set(baseline_columns(poor)) == {"B1_overdue", "B5"}


def test_later_rows_reach_neither_the_estimate_nor_the_words(export, features, data):
    """Estimates and talks that were entered after the landmarks, whenever they say they were made, change nothing."""
    # one estimate more for every deal, of long ago and entered afterwards
    late = export.deals[["deal_id"]].assign(kind="seller_estimate", value="99", at=export.deals["created_at"])
    late = late.assign(entered_at=SEEN + pd.Timedelta(hours=1))
    events = pd.concat([export.events, late], ignore_index=True).astype(export.events.dtypes)
    talks = export.conversations
    entered = talks[["ended_at", "entered_at"]].max(axis=1)
    later = export.turns["conversation_id"].isin(talks.loc[entered > SEEN, "conversation_id"])
    turns = export.turns.assign(text=export.turns["text"].mask(later, "iets heel anders"))
    changed = si.make_dataset(dataclasses.replace(export, events=events, turns=turns), features)
    train, test = parts(data)
    for name in ("B5", "B7"):
        before, after = (predicted(name, one, train, test) for one in (data, changed))
        assert np.ptp(before[:, 3]) > 0.01
        assert (before == after).all()
    after_that = data.X.index.get_level_values("landmark_at") > SEEN + pd.Timedelta(days=1)
    assert (changed.info["seller_estimate"] == "99")[after_that].any()
    assert changed.words.astype(str).str.contains("iets heel anders")[after_that].any()


def with_estimates(data, values, y4):
    info = data.info.assign(seller_estimate=pd.array(np.resize(values, len(data.X)), dtype="string"))
    answers = pd.Series(np.resize(y4, len(data.X)), data.X.index, dtype="string")
    return dataclasses.replace(data, info=info, y4=answers)


def test_an_estimate_is_put_right_by_what_came_of_it(data):
    train, test = np.arange(0, 120), np.arange(120, 140)
    # of 80 per cent everything is won, of 20 everything stalls, of nothing filled in everything is lost
    judged = with_estimates(data, ["80", "20", None], ["won", "stalled", "lost"])
    told = predicted("B5", judged, train, test)
    assert (told.argmax(axis=1) == np.resize([0, 3, 1], len(data.X))[test]).all()
    assert told.sum(axis=1) == pytest.approx(1)


def test_an_estimate_in_words_is_a_class_and_an_unknown_one_says_little(data):
    train, test = np.arange(0, 120), np.arange(120, 123)
    judged = with_estimates(data, ["Commit", "best case ", "commit", "Best case"], ["won", "stalled"] * 2)
    judged.info.iloc[121, judged.info.columns.get_loc("seller_estimate")] = "inf"
    told = predicted("B5", judged, train, test)[:, 3]
    assert told[0] == told[2] < told[1] - 0.04
    assert told[1] == pytest.approx(0.5, abs=0.02)


def with_words(data, texts, y4):
    words = pd.Series(pd.Categorical(np.resize(np.array(texts, dtype=object), len(data.X))), data.X.index)
    return dataclasses.replace(
        data, words=words, y4=pd.Series(np.resize(y4, len(data.X)), data.X.index, dtype="string")
    )


def test_words_that_go_with_an_outcome_are_learned(data):
    texts = [f"gesprek {number} {'misschien' if number % 2 else 'akkoord'} dank" for number in range(60)]
    told = predicted("B7", with_words(data, texts, ["won", "stalled"]), np.arange(0, 40), np.arange(40, 60))
    stalled = told[:, 3]
    assert stalled[1::2].min() > stalled[::2].max() + 0.04
    assert (told[:, 1:3] == 0).all() and told.sum(axis=1) == pytest.approx(1)


def test_only_words_of_several_conversations_in_training_count(data, monkeypatch):
    texts = [f"vast {'eerder' if number < 4 else 'later'}" for number in range(60)]
    texts = [f"{text} n{number}" for number, text in enumerate(texts)]
    codes = np.arange(60)
    # of the first eight, four have "eerder" and four "later": too few of either; all have "vast"
    assert word_counts._weighed(tuple(texts), codes[:8]).shape == (61, 2)
    assert word_counts._weighed(tuple(texts), codes[:9]).shape == (61, 3)
    monkeypatch.setattr(word_counts, "MOST_WORDS", 1)
    assert word_counts._weighed(tuple(texts), codes[:9]).shape == (61, 2)


@pytest.mark.parametrize("texts", [["?", "...", None], [None, None, "een enkel gesprek"]])
def test_hardly_any_words_give_the_shares_alone(data, texts):
    told = predicted("B7", with_words(data, texts, FOUR), np.arange(0, 80), np.arange(80, 84))
    assert told == pytest.approx(0.25, abs=0.1)


def test_nobody_said_anything_is_a_row_of_its_own(data):
    judged = with_words(data, ["wij praten", None], ["stalled", "lost"])
    told = predicted("B7", judged, np.arange(0, 80), np.arange(80, 82))[:, 3]
    assert told[0] > told[1] + 0.04


def test_the_rule_of_silence_is_the_classifier(data):
    train, test = parts(data)
    rule = SilenceRule(30).fit(data.X.iloc[train], data.y.iloc[train])
    assert (predicted("B1_30", data, train, test)[:, 3] == rule.predict_proba(data.X.iloc[test])[:, 1]).all()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_readers_are_told_what_each_baseline_is(language):
    say = words(language)
    assert [name for name in BASELINES if name not in say("card.metrics")] == []
    assert {*MODELS, *RIVALS} <= {"full", *BASELINES}
    assert all(say(f"report.model.{name}") for name in MODELS)
    assert all(say(f"value.model_{name}") for name in RIVALS)
