"""Features of trackers of one's own."""

import numpy as np
import pandas as pd
import pytest

import salesinsight as si
from salesinsight.features.catalog import feature_catalog
from salesinsight.modeling.pipelines import describe_columns, model_columns


@pytest.fixture(scope="module")
def trackers(tmp_path_factory):
    path = tmp_path_factory.mktemp("trackers") / "t.csv"
    path.write_text("name,pattern\nacme,acme\nkoffie,koffie\n", "utf-8")
    return si.read_trackers(path)


@pytest.fixture(scope="module")
def export():
    return si.make_sample(n_deals=40)


def measured(export, trackers, said):
    """Features of the first conversations, with these turns in them."""
    ids = export.conversations["conversation_id"]
    rows = [
        (ids[talk], turn, role, text)
        for talk, turns in enumerate(said)
        for turn, (role, text) in enumerate(turns)
    ]
    turns = pd.DataFrame(rows, columns=["conversation_id", "turn", "role", "text"])
    return si.conversation_features(export, si.tag_turns(turns, trackers=trackers))


def test_counts_and_shares(export, trackers):
    features = measured(export, trackers, [
        [("seller", "Bij Acme?"), ("customer", "Ja, Acme. Acme!"), ("customer", "Nee."), ("other", "Acme.")],
        [("seller", "Goedemorgen."), ("customer", "Dag.")],
        [("unknown", "Acme, zei u?")],
    ])  # fmt: skip
    assert features["tracker_acme_count"].tolist()[:4] == pytest.approx([3, 0, 1, np.nan], nan_ok=True)
    assert features["tracker_acme_share"].tolist()[:4] == pytest.approx(
        [2 / 3, 0, np.nan, np.nan], nan_ok=True
    )
    assert features["tracker_koffie_count"].tolist()[:3] == [0, 0, 0]


def test_without_trackers_nothing_is_added(export):
    features = si.conversation_features(export, si.tag_turns(export.turns))
    assert not any(name.startswith("tracker_") for name in features)


def test_other_features_stay_as_they_are(export, trackers):
    plain = si.conversation_features(export, si.tag_turns(export.turns))
    own = si.conversation_features(export, si.tag_turns(export.turns, trackers=trackers))
    pd.testing.assert_frame_equal(own[plain.columns], plain)
    assert list(own.columns)[-len(plain.columns) :] != list(plain.columns)
    assert set(own.columns) - set(plain.columns) == {
        f"tracker_{name}_{measure}" for name in ("acme", "koffie") for measure in ("count", "share")
    }


def test_they_go_into_the_dataset_and_the_model(export, trackers):
    features = si.conversation_features(export, si.tag_turns(export.turns, trackers=trackers))
    data = si.make_dataset(export, features, horizon_days=60)
    own = [name for name in data.X if name.startswith("tracker_")]
    assert {"tracker_acme_count", "tracker_acme_count_mean", "tracker_acme_share_change"} <= set(own)
    assert set(describe_columns(own)["family"]) == {"tracker"}
    assert "tracker_acme_count_mean" in model_columns(own, "volledig")
    assert model_columns(own, "voorlopig") == []


def test_the_catalog_stays_as_it_is():
    assert not feature_catalog()["name"].str.startswith("tracker_").any()


def test_streamed_features_are_the_same(export, trackers, tmp_path):
    export.turns.to_parquet(tmp_path / "turns.parquet")
    si.featurize(tmp_path / "turns.parquet", tmp_path / "features.parquet", trackers=trackers)
    streamed = pd.read_parquet(tmp_path / "features.parquet")
    own = ["tracker_acme_count", "tracker_koffie_share"]
    whole = si.conversation_features(export, si.tag_turns(export.turns, trackers=trackers))
    pd.testing.assert_frame_equal(streamed[own], whole.loc[streamed.index, own], check_index_type=False)
