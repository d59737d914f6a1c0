import dataclasses
import json
import tomllib

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from salesinsight.errors import BadArgument, ModelRefused
from salesinsight.language import load_pack
from salesinsight.modeling import load_run, store, train, training
from salesinsight.modeling.card import LIMITS, SHOWN_METRICS, card_page
from salesinsight.modeling.fitting import fit_model

FAST = {"models": ["logistic"], "bootstrap": 20}


def test_a_run_comes_back_as_it_was_kept(run, open_table):
    again = load_run(run.folder)
    pd.testing.assert_frame_equal(again.score(open_table), run.score(open_table))
    assert again.card == run.card
    assert (again.mode, again.settings) == ("volledig", run.settings)
    assert again.value("brier") == run.value("brier")
    assert again.conversation_helps == run.conversation_helps
    assert again.expected_stalled(open_table) == run.expected_stalled(open_table)
    pd.testing.assert_frame_equal(again.oof, run.oof)
    pd.testing.assert_frame_equal(again.bands, run.bands)


def test_the_folder_holds_what_the_card_says(run):
    assert {path.name for path in run.folder.iterdir()} == {
        "model.skops", "card.json", "card.md", "settings.json", "oof.parquet",
        "metrics.csv", "newest.csv", "folds.csv", "coefficients.csv",
    }  # fmt: skip
    card = json.loads((run.folder / "card.json").read_text("utf-8"))
    assert card["data"]["deals"] == run.card["data"]["deals"] > 40
    assert card["versions"]["scikit-learn"]
    assert [band["band"] for band in card["bands"]] == ["laag", "midden", "hoog"]
    assert not [path for path in run.folder.parent.iterdir() if path != run.folder]


def test_the_same_data_give_the_same_run(table, run, tmp_path):
    again = train(table, tmp_path / "run", **FAST)
    pd.testing.assert_frame_equal(again.metrics, run.metrics, check_exact=True)
    pd.testing.assert_frame_equal(again.coefficients, run.coefficients, check_exact=True)
    assert again.card["data"]["fingerprint"] == run.card["data"]["fingerprint"]
    changed = table.X.assign(talk_share=0.0)
    other = train(dataclasses.replace(table, X=changed, mode="beschrijvend"), tmp_path / "other")
    assert other.card["data"]["fingerprint"] != run.card["data"]["fingerprint"]


def test_bands_part_the_tested_landmarks_in_three(run):
    bands = run.bands
    assert np.ptp(bands["n"]) <= 2
    assert bands["stalled"].sum() == run.oof.loc[~run.oof["newest"], "y"].sum()
    assert tuple(bands["from"][1:]) == run.cut_offs
    assert ((bands["low"] <= bands["share"]) & (bands["share"] <= bands["high"])).all()


def test_weights_have_the_planted_signs_and_noise_stays_undecided(build_table, tmp_path):
    run = train(build_table(150, effect=1.5, seed=2), tmp_path / "run", **FAST)
    weights = run.coefficients.set_index("column")
    for column, verdict in {"hedge_c_rate": "confirmed", "next_dated": "confirmed"}.items():
        assert weights.loc[column, "verdict"] == verdict
        assert weights.loc[column, "same_sign"] > 0.9
    assert (weights.loc[["we_you_ratio", "question_stacked_share"], "verdict"] == "undecided").all()
    assert (weights["low"] <= weights["high"]).all()
    assert weights["weight"].abs().is_monotonic_decreasing


def test_little_data_gets_a_logistic_model_on_summaries(build_table, tmp_path):
    table = build_table(60, mode="voorlopig")
    run = train(table, tmp_path / "run", bootstrap=20)
    assert (run.mode, run.card["chosen"]) == ("voorlopig", "logistic")
    assert "answer_vague_share" not in run.card["columns"]
    assert "hedge_c_rate" in run.card["columns"]


def test_too_few_deals_give_rules_and_still_a_folder(build_table, tmp_path):
    table = build_table(30, mode="beschrijvend")
    run = train(table, tmp_path / "run")
    again = load_run(run.folder)
    assert again.model is None
    assert (again.mode, again.card["notices"]) == ("beschrijvend", ["few_deals"])
    assert not again.conversation_helps
    assert np.isnan(again.value("brier"))
    assert "Beschrijvend" in (run.folder / "card.md").read_text("utf-8")


def test_too_few_accounts_give_rules_too(table, tmp_path):
    one = dataclasses.replace(table, groups=pd.Series("A1", table.X.index, dtype="string"))
    run = train(one, tmp_path / "run", **FAST)
    assert (run.mode, run.card["notices"]) == ("beschrijvend", ["few_accounts"])


def test_a_column_from_the_future_makes_the_run_suspect(table, run, tmp_path):
    assert not run.suspect
    leaky = dataclasses.replace(table, X=table.X.assign(crm_closed_reason_code=table.y.to_numpy(dtype=float)))
    caught = train(leaky, tmp_path / "run", **FAST)
    assert caught.suspect
    assert caught.card["suspects"][0]["column"] == "crm_closed_reason_code"
    assert "suspect" in caught.card["notices"]
    assert caught.value("suspect") == 2
    assert "verdacht goed" in (caught.folder / "card.md").read_text("utf-8")


def test_every_training_tries_the_probes_and_the_card_tells_when_one_fails(run):
    checks = {row["check"]: row for row in run.card["checks"]}
    assert list(checks) == ["random", "later", "permuted", "canary"]
    assert checks["canary"]["passed"] is True and checks["random"]["passed"] is None
    assert "geplante kolom" not in (run.folder / "card.md").read_text("utf-8")
    made = pd.DataFrame(run.card["checks"]).assign(passed=[None, None, False, False])
    told = training._warnings(run.card["bands"], pd.DataFrame(), made.astype({"passed": "boolean"}))
    assert {"check_permuted", "check_canary"} <= set(told)
    assert "geplante kolom" in card_page({**run.card, "notices": told}, run.metrics, run.newest, "nl")


def test_a_model_in_use_is_not_tested_by_seller(table, tmp_path):
    with pytest.raises(BadArgument, match="time / grouped"):
        train(table, tmp_path / "run", splits="seller")
    assert not (tmp_path / "run").exists()


def test_a_chosen_net_has_weights_to_read_and_comes_back(table, open_table, tmp_path):
    run = train(table, tmp_path / "run", models=["elastic_net"], bootstrap=20)
    assert run.card["chosen"] == "elastic_net"
    assert set(run.card["tuned"]) == {"C", "l1_ratio"}
    assert (run.coefficients["weight"] == 0).any() and (run.coefficients["weight"] != 0).any()
    again = load_run(run.folder)
    assert again.predict(open_table.X).equals(run.predict(open_table.X))


def test_an_older_run_is_replaced_and_anything_else_left_alone(build_table, tmp_path):
    table = build_table(30, mode="beschrijvend")
    folder = tmp_path / "run"
    train(table, folder)
    (folder / "old.txt").write_text("of the older run")
    train(table, folder)
    assert not (folder / "old.txt").exists()
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("not a run")
    with pytest.raises(BadArgument):
        train(table, other)
    assert (other / "thesis.txt").exists()


@pytest.fixture
def copy(run, tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in run.folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def refused(folder):
    with pytest.raises(ModelRefused) as caught:
        load_run(folder)
    assert "niet gebruikt" in caught.value.text("nl")
    return caught.value.facts["why"]


def test_an_altered_model_is_refused(copy):
    with (copy / "model.skops").open("ab") as file:
        file.write(b" ")
    assert refused(copy) == "altered"


@pytest.mark.parametrize("name", ["model.skops", "card.json", "oof.parquet"])
def test_an_incomplete_run_is_refused(copy, name):
    (copy / name).unlink()
    assert refused(copy) == "incomplete"


def test_a_model_of_another_version_is_refused(copy):
    card = store.read_stamped(copy / "card.json")
    card["versions"]["scikit-learn"] = "0.24.2"
    store.write_stamped(copy / "card.json", card)
    assert refused(copy) == "version"


def test_a_model_with_foreign_parts_is_refused(copy, monkeypatch):
    monkeypatch.setattr(store, "TRUSTED", [])
    assert refused(copy) == "untrusted"


def test_only_named_types_are_trusted():
    ours = ("sklearn.", "numpy.", "salesinsight.modeling.")
    assert all(name.startswith(ours) for name in store.TRUSTED)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_card_can_be_read_in_both_languages(run, language):
    page = card_page(run.card, run.metrics, run.metrics, language)
    assert page.startswith({"nl": "# Modelkaart", "en": "# Model card"}[language])
    assert "voorbeelddata" in page
    assert run.card["data"]["fingerprint"] in page
    assert run.card["sha256"]["model.skops"] in page
    assert "nan" not in page.lower().split()
    assert "(nan" not in page.lower()


def test_card_words_are_complete_and_equal_in_both_languages():
    keys = {}
    for language in ("nl", "en"):
        text = (load_pack(language).folder / "words" / "card.toml").read_text("utf-8")
        found = tomllib.loads(text)
        assert set(found["limit"]) == set(LIMITS)
        assert set(found["metric"]) == set(SHOWN_METRICS)
        keys[language] = {
            name: sorted(part) if isinstance(part, dict) else "" for name, part in found.items()
        }
    assert keys["nl"] == keys["en"]


def test_many_landmarks_of_few_deals_are_too_few_to_calibrate_on():
    X = np.random.default_rng(0).normal(size=(80, 2))
    y4 = np.array(["won", "stalled"] * 40)
    apart = np.arange(80) < 40
    pipeline = Pipeline([("model", LogisticRegression())])

    def calibrated(deals):
        model = fit_model(pipeline, X, y4, np.ones(80), calibrate_on=apart, deals=deals)
        return isinstance(model, CalibratedClassifierCV)

    assert calibrated(np.arange(80)) and calibrated(None)
    assert not calibrated(np.arange(80) % 8)
