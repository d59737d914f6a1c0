"""What holds for every feature: in the catalog, in its range, from its own conversation alone."""

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import MissingColumns
from salesinsight.features import conversation_features, feature_catalog
from salesinsight.features.build import features_from
from salesinsight.features.turns import ASKING, COUNTED
from salesinsight.schema import ACTS, ANSWERS, QUESTION_FORMS, REQUEST_KINDS, SPIN_TYPES

CATALOG = feature_catalog().query("stage == 'conversation'").set_index("name")
LABELS = [*ASKING, *(label for label in COUNTED if label != "asked"), "hedge"]
WORDS = ["een", "twee", "drie vier", "vijf zes zeven", "acht negen tien elf twaalf"]


def _any_turn(random, role, start):
    def some(values, chance):
        return random.choice(values) if random.random() < chance else None

    asks = random.random() < 0.4
    return (
        role,
        random.choice(WORDS),
        {
            "is_question": asks,
            "question_form": some(QUESTION_FORMS, 0.9) if asks else None,
            "is_leading": asks and random.random() < 0.2,
            "is_tag": asks and random.random() < 0.2,
            "spin": some(SPIN_TYPES, 0.7) if asks else None,
            "push_pull": some(("push", "pull"), 0.5) if asks else None,
            "request_kind": some(REQUEST_KINDS, 0.5),
            "answer": some(ANSWERS, 0.4) if role == "customer" else None,
            "answers_turn": random.integers(0, 4) if role == "customer" else None,
            "phase": some((1, 2, 3), 0.4),
            "language": some(("nl", "en"), 0.8),
            "acts": [act for act in ACTS if random.random() < 0.15],
            "cues": [
                (label, random.choice([0.3, 0.5, 1.0]), place % 2)
                for place, label in enumerate(LABELS)
                if random.random() < 0.2
            ],
            "start_s": start,
            "end_s": None if start is None else start + random.integers(1, 14),
        },
    )


def _any_conversation(random):
    clock = random.random() < 0.7
    roles = random.choice(
        ["seller", "customer", "seller", "customer", "other", "unknown"], size=random.integers(1, 25)
    )
    return [_any_turn(random, role, 8.0 * n if clock else None) for n, role in enumerate(roles)]


@pytest.fixture(scope="module")
def crowd(lay_out):
    random = np.random.default_rng(7)
    return lay_out(**{f"c{n:03}": _any_conversation(random) for n in range(150)})


@pytest.fixture(scope="module")
def measured(crowd, export_of):
    tagged, hits = crowd
    return features_from(export_of(tagged["conversation_id"].unique()), tagged, hits)


def test_columns_are_those_of_the_catalog(measured):
    classes = feature_catalog().query("stage == 'class'")["name"].to_list()
    assert list(measured.columns) == [*CATALOG.index, *classes]
    assert (measured[CATALOG.index].dtypes == "float64").all()
    assert measured[classes].dtypes.astype(str).to_dict() == {
        "outcome_tagged": "string",
        "outcome_p": "float64",
        "good_talk": "boolean",
        "buyer_phase": "Int64",
    }
    assert measured.index.name == "conversation_id"


@pytest.mark.parametrize("name", CATALOG.index)
def test_value_in_its_range_or_missing(name, measured):
    low, high = CATALOG.loc[name, ["low", "high"]]
    known = measured[name].dropna()
    assert np.isfinite(known).all()
    assert (known >= low).all()
    assert np.isnan(high) or (known <= high).all()
    assert CATALOG.loc[name, "needs"] in ("notes", "people") or known.nunique() > 1


def test_order_of_rows_and_conversations_is_no_matter(crowd, export_of, measured):
    tagged, hits = crowd
    shuffled = tagged.sample(frac=1, random_state=3)
    place = pd.Series(range(len(shuffled)), index=shuffled.index)
    moved = hits.with_columns(row=hits["row"].replace_strict(place.to_dict()).cast(hits["row"].dtype))
    again = features_from(
        export_of(measured.index[::-1]), shuffled, moved.sample(fraction=1, shuffle=True, seed=1)
    )
    assert again.index.to_list() == measured.index[::-1].to_list()
    pd.testing.assert_frame_equal(again.loc[measured.index], measured)


def test_other_conversations_are_no_matter(crowd, export_of, measured):
    tagged, hits = crowd
    alone = features_from(export_of(measured.index[40:43]), tagged, hits)
    pd.testing.assert_frame_equal(alone, measured.iloc[40:43])


def test_input_is_left_as_it_was(crowd, export_of, measured):
    tagged, hits = crowd
    before = tagged.copy(deep=True)
    features_from(export_of(measured.index[:5]), tagged, hits)
    pd.testing.assert_frame_equal(tagged, before)


def test_without_a_transcript_nothing_is_known(crowd, export_of):
    tagged, hits = crowd
    features = features_from(export_of(["elsewhere"]), tagged, hits)
    assert features.shape[0] == 1
    assert features.isna().all(axis=None)


def test_without_roles_no_side_is_blamed(crowd, export_of, measured):
    tagged, hits = crowd
    sided = CATALOG.index[CATALOG["needs"].str.contains("roles")].drop("dq_role_conf")
    unknown = tagged.assign(role=pd.Series("unknown", index=tagged.index, dtype="string"))
    features = features_from(export_of(measured.index), unknown, hits)
    assert features[sided].isna().all(axis=None)
    assert (features["dq_role_conf"] == 0).all()


def test_without_a_clock_no_time_is_measured(crowd, export_of, measured):
    tagged, hits = crowd
    timed = CATALOG.index[CATALOG["needs"].str.contains("timestamps")]
    features = features_from(export_of(measured.index), tagged.drop(columns=["start_s", "end_s"]), hits)
    assert measured[timed].notna().any().all()
    assert features[timed].isna().all(axis=None)


def test_empty_export(export_of, lay_out):
    features = features_from(export_of([]), *lay_out())
    assert features.shape == (0, len(feature_catalog().query("stage in ['conversation', 'class']")))
    assert (features[CATALOG.index].dtypes == "float64").all()


def test_untagged_turns_are_refused_by_name(crowd, export_of):
    tagged, _ = crowd
    with pytest.raises(MissingColumns, match="'spin'"):
        conversation_features(export_of(["c000"]), tagged.drop(columns="spin"))


def test_cues_come_from_the_language_pack(crowd, export_of, lay_out):
    tagged, _ = lay_out(
        a=[("seller", "Goedemorgen."), ("customer", "Misschien later, ik weet het nog niet.")]
    )
    features = conversation_features(export_of(["a"]), tagged).loc["a"]
    assert features["hedge_c_rate"] > 0
