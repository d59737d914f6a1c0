"""A run folder is read back only when it is what it was: nothing altered, older, foreign or hostile gets in."""

import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.dummy import DummyClassifier
from sklearn.preprocessing import FunctionTransformer

from salesinsight.errors import ModelRefused
from salesinsight.modeling import load_run, store
from salesinsight.modeling.pipelines import make_pipeline


@pytest.fixture
def copy(run, tmp_path):
    return shutil.copytree(run.folder, tmp_path / "copy")


def refused(folder):
    with pytest.raises(ModelRefused) as caught:
        load_run(folder)
    error = caught.value
    assert error.exit_code == 3
    assert "niet gebruikt" in error.text("nl") and "not used" in error.text("en")
    assert str(folder) in error.text("nl")
    return error.facts["why"]


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 0xFF
    path.write_bytes(bytes(content))


def restamp(folder, **changes):
    """Do what somebody does who means harm: change things, and make the checksums right again."""
    card = store.read_stamped(folder / "card.json")
    for name in card["sha256"]:
        card["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    store.write_stamped(folder / "card.json", {**card, **changes})


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(
    "name", ["model.skops", "card.json", "metrics.csv", "newest.csv", "folds.csv", "coefficients.csv"]
)
def test_one_wrong_bit_in_any_file_that_is_read_is_noticed(copy, name, place):
    flip(copy / name, place)
    assert refused(copy) == "altered"


@pytest.mark.parametrize("place", [0.02, 0.1, 0.3, 0.5])
def test_one_wrong_bit_in_the_predictions_is_noticed(copy, place):
    flip(copy / "oof.parquet", place)
    assert refused(copy) == "altered"


@pytest.mark.parametrize(
    "name",
    ["model.skops", "card.json", "metrics.csv", "newest.csv", "folds.csv", "coefficients.csv", "oof.parquet"],
)
def test_a_file_that_was_cut_short_or_is_gone_is_noticed(copy, name):
    whole = (copy / name).read_bytes()
    (copy / name).write_bytes(whole[: len(whole) // 2])
    assert refused(copy) == "altered"
    (copy / name).write_bytes(b"")
    assert refused(copy) in ("altered", "foreign")
    (copy / name).unlink()
    assert refused(copy) == "incomplete"


@pytest.mark.parametrize("content", ["[]", "null", "3", '{"mode": "volledig"}', "{", "[" * 100_000, "\x00"])
def test_a_card_of_something_else_is_refused(copy, content):
    (copy / "card.json").write_text(content, encoding="utf-8")
    assert refused(copy) in ("foreign", "altered")


@pytest.mark.parametrize(
    "changes",
    [{"sha256": []}, {"columns": None}, {"versions": 1}, {"typical": []},
     {"sha256": {"../other.skops": "0" * 64}}, {"sha256": {"/etc/hostname": "0" * 64}}],
)  # fmt: skip
def test_a_card_with_things_where_they_do_not_belong_is_refused(copy, changes):
    store.write_stamped(copy / "card.json", {**store.read_stamped(copy / "card.json"), **changes})
    assert refused(copy) in ("foreign", "altered")


@pytest.mark.parametrize("library", ["salesinsight", "scikit-learn"])
def test_an_older_version_is_refused(copy, library):
    card = store.read_stamped(copy / "card.json")
    restamp(copy, versions={**card["versions"], library: "0.0.9"})
    assert refused(copy) == "version"


def test_a_feature_that_is_computed_otherwise_now_is_refused(copy, monkeypatch):
    catalog = store.feature_catalog()
    changed = catalog.assign(formula=catalog["formula"].mask(catalog["name"] == "hedge_c_rate", "otherwise"))
    with monkeypatch.context() as now:
        now.setattr(store, "feature_catalog", lambda: changed)
        assert refused(copy) == "features"
    unused = catalog.assign(formula=catalog["formula"].mask(catalog["name"] == "outcome_tagged", "otherwise"))
    monkeypatch.setattr(store, "feature_catalog", lambda: unused)
    assert load_run(copy).model is not None


def test_without_its_model_a_run_is_no_run_with_rules_only(copy):
    card = store.read_stamped(copy / "card.json")
    (copy / "model.skops").unlink()
    assert refused(copy) == "incomplete"
    del card["sha256"]["metrics.csv"]
    store.write_stamped(copy / "card.json", card)
    assert refused(copy) in ("altered", "incomplete")


class Harm:
    """What a pickle would do when it is read."""

    def __reduce__(self):
        return os.mkdir, ("harm-was-done",)


def hostile_types():
    # a function of the system where a function of numbers is expected
    return skops.io.dumps({"model": FunctionTransformer(func=os.mkdir), "replicates": []})


def hostile_pickle():
    return pickle.dumps({"model": Harm(), "replicates": []})


def hostile_zip():
    buffer = io.BytesIO()
    schema = {"__class__": "mkdir", "__module__": "posix", "__loader__": "FunctionNode", "content": {
        "module_path": "posix", "function": "mkdir"}, "protocol": 2}  # fmt: skip
    with zipfile.ZipFile(buffer, "w") as parts:
        parts.writestr("schema.json", json.dumps(schema))
    return buffer.getvalue()


def other_model():
    model = DummyClassifier().fit([[0], [1]], ["yes", "no"])
    return skops.io.dumps({"model": model, "replicates": []})


def other_shape():
    return skops.io.dumps(["no", "model"])


def bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("schema.json", b" " * 2_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize("make", [hostile_types, hostile_pickle, hostile_zip, other_model, other_shape, bomb])
def test_a_hostile_model_with_right_checksums_does_nothing(copy, make, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(store, "MOST_BYTES", 1_000_000)
    (copy / "model.skops").write_bytes(make())
    restamp(copy)
    assert refused(copy) == "untrusted"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]


def test_deals_can_be_taken_out_of_the_predictions_and_the_run_still_loads(copy, run):
    oof = pd.read_parquet(copy / "oof.parquet")
    gone = oof["deal_id"].iloc[0]
    (copy / "oof.parquet").write_bytes(store.oof_bytes(oof[oof["deal_id"] != gone]))
    again = load_run(copy)
    assert gone not in set(again.oof["deal_id"]) and len(again.oof) < len(run.oof)
    flip(copy / "oof.parquet", 0.5)
    assert refused(copy) == "altered"


def test_a_run_of_before_settings_were_kept_is_refused(copy):
    card = store.read_stamped(copy / "card.json")
    card.pop("tuned")
    store.write_stamped(copy / "card.json", card)
    assert refused(copy) == "foreign"


@pytest.mark.parametrize(
    "wrong",
    [{"y4": "maybe"}, {"p_won": "much"}, {"p_stalled": 1.5}, {"p_lost": np.nan}],
)  # fmt: skip
def test_predictions_that_can_be_none_are_refused(copy, wrong):
    oof = pd.read_parquet(copy / "oof.parquet")
    (copy / "oof.parquet").write_bytes(store.oof_bytes(oof.assign(**wrong)))
    assert refused(copy) == "foreign"
    (copy / "oof.parquet").write_bytes(store.oof_bytes(oof[:0]))
    assert load_run(copy).oof.empty


def test_what_is_stamped_comes_back_and_nothing_else(tmp_path):
    path = store.write_stamped(tmp_path / "a.json", {"b": float("nan"), "a": {"2": [1, 0.1]}})
    assert store.read_stamped(path) == {"b": None, "a": {"2": [1, 0.1]}}
    path.write_text(path.read_text("utf-8").replace("0.1", "0.2"), "utf-8")
    with pytest.raises(ValueError, match="altered"):
        store.read_stamped(path)


@pytest.mark.parametrize("kind", ["logistic", "boosting"])
def test_every_pipeline_that_is_made_can_be_read_back(table, kind):
    pipeline = make_pipeline(kind, "volledig", list(table.X.columns))
    fitted = pipeline.fit(table.X, table.y4.to_numpy(dtype=object))
    again = skops.io.loads(skops.io.dumps(fitted), trusted=store.TRUSTED)
    np.testing.assert_array_equal(again.predict_proba(table.X), fitted.predict_proba(table.X))
