import dataclasses

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import SchemaChanged
from salesinsight.modeling import BANDS, TOO_LITTLE, load_run, train, worklist
from salesinsight.modeling.scoring import DOUBT

COLUMNS = [
    "deal_id", "name", "account_id", "account_name", "stage", "amount", "currency", "days_since_customer_step",
    "p_won", "p_lost", "p_progress", "p_stalled", "low", "high", "band", "reasons", "quotes", "next_move", "comparable",
    "conformal", "too_little", "outside",
]  # fmt: skip


@pytest.fixture(scope="module")
def scores(run, open_table):
    return run.score(open_table)


def hit(talk, turn, label, role="customer", weight=1.0, words="nou misschien"):
    return {
        "conversation_id": talk, "turn": turn, "role": role, "start_s": 4.0 * turn, "words": words, "label": label,
        "cue": words, "start_char": 0, "end_char": 5, "weight": weight,
    }  # fmt: skip


def test_scores_have_the_columns_and_rows_that_were_asked(scores, open_table):
    assert list(scores.columns) == COLUMNS
    assert scores["deal_id"].tolist() == open_table.X.index.get_level_values("deal_id").tolist()
    assert np.allclose(scores[["p_won", "p_lost", "p_progress", "p_stalled"]].sum(axis=1), 1)


def test_the_interval_holds_the_probability(scores):
    assert ((scores["low"] <= scores["p_stalled"]) & (scores["p_stalled"] <= scores["high"])).all()
    assert scores["low"].between(0, 1).all()
    assert scores["high"].between(0, 1).all()
    assert (scores["high"] > scores["low"]).all()


def test_bands_follow_the_cut_offs_of_the_card(run, scores):
    known = scores[scores["band"] != TOO_LITTLE]
    low, high = run.cut_offs
    expected = np.select([known["p_stalled"] < low, known["p_stalled"] < high], BANDS[:2], BANDS[2])
    assert known["band"].tolist() == expected.tolist()


def test_an_unknown_stage_without_any_talk_is_too_little(run, open_table):
    info = open_table.info.copy()
    info.iloc[0, info.columns.get_loc("stage")] = "never seen"
    info.iloc[0, info.columns.get_loc("conversation_id")] = pd.NA
    scores = run.score(dataclasses.replace(open_table, info=info))
    assert scores["band"].iloc[0] == TOO_LITTLE


def with_row(table, row, X=None, info=None):
    """The same deals, one of them changed."""
    changed = table.X.copy(), table.info.copy()
    for part, values in zip(changed, (X or {}, info or {}), strict=True):
        for column, value in values.items():
            part.iloc[row, part.columns.get_loc(column)] = value
    return dataclasses.replace(table, X=changed[0], info=changed[1])


@pytest.mark.parametrize(
    ("X", "info", "code", "outside"),
    [({"crm_amount_log": 9 + np.log(1000) + 2}, {}, "domain", "crm_amount_log"),
     ({"crm_days_in_stage": 3 * 365.0}, {}, "domain", "crm_days_in_stage"),
     ({}, {"stage": "never seen"}, "stage", None),
     ({"crm_amount_log": 99.0}, {"stage": "never seen"}, "stage", None)],
)  # fmt: skip
def test_about_a_deal_unlike_any_other_too_little_is_known(run, open_table, scores, X, info, code, outside):
    odd = run.score(with_row(open_table, 0, X, info))
    assert (odd["too_little"].iloc[0], odd["outside"].iloc[0]) == (code, outside or pd.NA)
    assert odd["band"].iloc[0] == TOO_LITTLE
    # nothing can be excluded of what was never seen
    assert odd["conformal"].iloc[0] == "won|lost|progress|stalled"
    pd.testing.assert_frame_equal(odd[DOUBT].iloc[1:], scores[DOUBT].iloc[1:])


def test_of_a_deal_about_which_nothing_is_filled_in_too_little_is_known(run, open_table):
    numbers = open_table.X.columns.drop("crm_stage")
    odd = run.score(with_row(open_table, 3, dict.fromkeys(numbers, np.nan)))
    assert odd["too_little"].iloc[3] == "known"


def test_a_wide_interval_says_so_and_leaves_the_set(run, open_table, scores, monkeypatch):
    monkeypatch.setattr("salesinsight.modeling.scoring.WIDEST", -1.0)
    wide = run.score(open_table)
    assert set(wide["too_little"]) >= {"interval"} and wide["too_little"].notna().all()
    assert (wide["band"] == TOO_LITTLE).all()
    assert wide["conformal"].tolist() == scores["conformal"].tolist()


def test_sets_come_from_what_the_test_of_the_run_showed(run, open_table, scores):
    assert scores["conformal"].notna().all()
    fewer = dataclasses.replace(run, oof=run.oof[run.oof["y4"] != "lost"])
    # the model knows deals that were lost, and with none left to compare with nothing excludes it
    assert fewer.score(open_table)["conformal"].str.contains("lost").all()


def test_a_run_read_back_says_the_same_and_an_older_one_knows_no_domain(run, open_table):
    odd = with_row(open_table, 0, {"crm_days_in_stage": 999.0})
    told = run.score(odd)
    pd.testing.assert_frame_equal(load_run(run.folder).score(odd)[DOUBT], told[DOUBT])
    older = dataclasses.replace(
        run, card={name: value for name, value in run.card.items() if name != "domain"}
    )
    assert told["too_little"].iloc[0] == "domain"
    assert not older.score(odd)["too_little"].isin(["domain", "known"]).any()


def test_reasons_are_what_the_model_would_say_less_without(run, open_table):
    X = open_table.X.copy()
    row = X.index[0]
    # odd in one thing only
    X.loc[row, list(run.card["typical"])] = pd.Series(run.card["typical"])
    X.loc[row, "hedge_c_rate"] = 9.0
    [first, *_] = run.score(dataclasses.replace(open_table, X=X))["reasons"].iloc[0]
    assert (first["family"], first["column"], first["direction"]) == ("hedge", "hedge_c_rate", "+")
    typical = X.copy()
    typical.loc[row, "hedge_c_rate"] = run.card["typical"]["hedge_c_rate"]
    odds = [np.log(p / (1 - p)) for p in (run.predict(table)["p_stalled"].iloc[0] for table in (X, typical))]
    assert first["strength"] == pytest.approx(odds[0] - odds[1])
    assert first["text"].startswith("twijfeltaal: slagen om de arm 9 (meestal")


def test_reasons_are_few_sorted_and_in_the_language_asked(run, open_table):
    scores = run.score(open_table, language="en")
    for reasons in scores["reasons"]:
        strengths = [reason["strength"] for reason in reasons]
        assert len(reasons) <= 3
        assert strengths == sorted(strengths, reverse=True)
        assert min(strengths, default=1) > 0
    texts = [reason["text"] for reasons in scores["reasons"] for reason in reasons]
    assert texts
    assert not any("meestal" in text for text in texts)


def test_quotes_are_of_the_last_talk_and_bear_out_the_reasons(run, open_table):
    X = open_table.X.copy()
    X.loc[X.index[0], "hedge_c_rate"] = 9.0
    talk = open_table.info["conversation_id"].iloc[0]
    hits = pd.DataFrame(
        [
            hit(talk, 1, "rapport", weight=1.0), hit(talk, 2, "hedge", weight=0.4), hit(talk, 3, "defer"),
            hit(talk, 3, "hedge"), hit(talk, 4, "hedge", weight=0.9), hit(talk, 5, "hedge", weight=0.1),
            hit("another talk", 6, "defer"),
        ]
    )  # fmt: skip
    quotes = run.score(dataclasses.replace(open_table, X=X), evidence=hits)["quotes"]
    assert [(quote["turn"], quote["label"]) for quote in quotes.iloc[0]] == [
        (3, "defer"),
        (4, "hedge"),
        (2, "hedge"),
    ]
    assert quotes.iloc[0][0] == {
        "conversation_id": talk, "turn": 3, "role": "customer", "start_s": 12.0, "words": "nou misschien", "label": "defer",
        "feature": None,
    }  # fmt: skip
    assert quotes.iloc[1] == []


def test_other_tables_are_refused(run, open_table):
    with pytest.raises(SchemaChanged, match="hedge_c_rate"):
        run.score(dataclasses.replace(open_table, X=open_table.X.drop(columns="hedge_c_rate")))
    renamed = open_table.info.assign(stage=pd.array(["renamed"] * len(open_table.X), dtype="string"))
    with pytest.raises(SchemaChanged, match="renamed"):
        run.score(dataclasses.replace(open_table, info=renamed))


def test_more_columns_in_another_order_change_nothing(run, open_table, scores):
    X = open_table.X[open_table.X.columns[::-1]].assign(new_column=1.0)
    pd.testing.assert_frame_equal(run.score(dataclasses.replace(open_table, X=X)), scores)


def test_no_open_deals_give_no_rows(run, open_table):
    none = dataclasses.replace(open_table, X=open_table.X[:0], info=open_table.info[:0])
    assert list(run.score(none).columns) == COLUMNS
    assert run.score(none).empty
    assert run.expected_stalled(none)["count"] == 0
    assert worklist(run.score(none)).empty


def test_the_input_stays_as_it_is(run, open_table):
    X, info = open_table.X.copy(), open_table.info.copy()
    run.score(open_table)
    pd.testing.assert_frame_equal(open_table.X, X)
    pd.testing.assert_frame_equal(open_table.info, info)


def test_expected_stalled_adds_up(run, open_table, scores):
    told = run.expected_stalled(open_table)
    assert told["left_out"] == scores["too_little"].notna().sum()
    scores = scores[scores["too_little"].isna()]
    assert told["n"] == len(scores)
    assert told["count"] == pytest.approx(scores["p_stalled"].sum())
    assert told["amount"] == pytest.approx((scores["p_stalled"] * scores["amount"]).sum())
    assert told["per_currency"]["EUR"]["of"] == pytest.approx(scores["amount"].sum())
    assert told["currency"] == "EUR"
    assert 0 <= told["low"] < told["count"] < told["high"] <= len(scores)
    # independent coins alone already spread this much
    p = scores["p_stalled"]
    assert told["high"] - told["low"] >= 2 * 1.96 * np.sqrt((p * (1 - p)).sum()) - 1e-9


def test_deals_about_which_too_little_is_known_are_not_added_up(run, open_table, scores):
    info = open_table.info.copy()
    strange = scores["too_little"].isna().to_numpy().nonzero()[0][:3]
    info.iloc[strange, info.columns.get_loc("stage")] = "never seen"
    odd = dataclasses.replace(open_table, info=info)
    told, before = run.expected_stalled(odd), run.expected_stalled(open_table)
    assert (told["n"], told["left_out"]) == (before["n"] - 3, before["left_out"] + 3)
    assert told["count"] == pytest.approx(before["count"] - scores["p_stalled"].iloc[strange].sum())
    assert told["high"] <= told["n"]
    assert told["per_currency"]["EUR"]["n"] == before["per_currency"]["EUR"]["n"] - 3


def test_money_of_two_currencies_is_not_added(run, open_table):
    info = open_table.info.copy()
    info["currency"] = pd.array(["EUR", "USD"] * len(info), dtype="string")[: len(info)]
    info.iloc[0, info.columns.get_loc("amount")] = np.nan
    told = run.expected_stalled(dataclasses.replace(open_table, info=info))
    assert np.isnan(told["amount"])
    assert {name: part["n"] for name, part in told["per_currency"].items()} == {"EUR": 12, "USD": 12}


def test_the_worklist_is_sorted_by_what_is_at_stake():
    scores = pd.DataFrame(
        {
            "deal_id": list("abcde"), "p_stalled": [0.9, 0.4, 0.5, 0.9, 0.5], "days_since_customer_step": 3.0,
            "amount": [1000.0, 9000.0, np.nan, 90000.0, 2000.0], "currency": ["EUR"] * 5,
            "band": ["hoog", "midden", "midden", TOO_LITTLE, "midden"],
        }
    )  # fmt: skip
    # the median amount is 5500, which stands in for the missing one
    assert worklist(scores)["deal_id"].tolist() == ["b", "c", "e", "a", "d"]
    assert worklist(scores, k=2)["rank"].tolist() == [1, 2]


def test_amounts_are_compared_within_their_currency():
    scores = pd.DataFrame(
        {
            "deal_id": list("abc"), "p_stalled": [0.5, 0.6, 0.5], "days_since_customer_step": 3.0,
            "amount": [1000.0, 5_000_000.0, np.nan], "currency": ["EUR", "JPY", None], "band": "midden",
        }
    )  # fmt: skip
    assert worklist(scores)["deal_id"].tolist()[0] == "b"
    assert worklist(scores.assign(p_stalled=[0.7, 0.6, 0.5]))["deal_id"].tolist()[0] == "a"


def test_without_a_model_rules_speak_and_waiting_decides(build_table, tmp_path, open_table):
    run = train(build_table(30, mode="beschrijvend"), tmp_path / "run")
    scores = run.score(open_table)
    assert scores[["p_won", "p_lost", "p_progress", "p_stalled", "low", "high"]].isna().all(axis=None)
    assert (scores["band"] == TOO_LITTLE).all()
    assert scores[DOUBT].isna().all(axis=None)
    assert scores["next_move"].nunique() > 2
    waiting = worklist(scores)["days_since_customer_step"]
    assert waiting.is_monotonic_decreasing
    # a step that stands needs no answer
    stands = open_table.X["next_dated"].gt(0).to_numpy()
    silent = scores[scores["days_since_customer_step"].gt(30) & ~stands]["reasons"]
    assert len(silent)
    assert all(
        "geen stap" in " ".join(reason["text"] for reason in reasons)
        for reasons in silent
        if len(reasons) < 3
    )
    assert run.expected_stalled(open_table)["n"] == len(open_table.X)
    assert run.predict(open_table.X)["p_stalled"].isna().all()
