"""What holds for every feature: in the catalog, in its range, from its own conversation, from its evidence."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import salesinsight as si
from salesinsight.errors import MissingColumns, UnknownName
from salesinsight.features import conversation_features, feature_catalog, feature_evidence
from salesinsight.features.build import MEASURES, features_from, measured_turns
from salesinsight.features.evidence import COLUMNS, recompute, rows_behind
from salesinsight.features.measures import Combined, Ratio
from salesinsight.features.records import RECORDS
from salesinsight.features.turns import LABELS
from salesinsight.language import load_pack
from salesinsight.schema import ACTS, ANSWERS, OUTCOMES, QUESTION_FORMS, REQUEST_KINDS, SPIN_TYPES

CATALOG = feature_catalog().query("stage == 'conversation'").set_index("name")
TEXTS = ["een", "twee", "drie vier", "de planning? loopt vast zonder bord", "acht planning tien elf twaalf"]
SOME = {"action_request": 0.4, "commitment": 0.2, "objection": 0.25, "stall": 0.2}
START = pd.Timestamp("2026-03-02 09:00", tz="UTC")
MOMENTS = ["started_at", "ended_at", "next_step_at", "entered_at"]


def _any_turn(random, role, start, requests):
    def some(values, chance):
        return random.choice(values) if random.random() < chance else None

    asks, customer = random.random() < 0.4, role == "customer"
    answers = customer and len(requests) and random.random() < 0.6
    return (
        role,
        random.choice(TEXTS),
        {
            "is_question": asks,
            "question_form": some(QUESTION_FORMS, 0.9) if asks else None,
            "is_leading": asks and random.random() < 0.2,
            "is_tag": asks and random.random() < 0.2,
            "spin": some(SPIN_TYPES, 0.7) if asks else None,
            "push_pull": some(("push", "pull"), 0.5) if asks else None,
            "request_kind": some(REQUEST_KINDS, 0.9),
            "answer": some(ANSWERS, 0.9) if answers else None,
            "answers_turn": requests[-1] if answers else None,
            "phase": some((1, 2, 3), 0.4),
            "language": some(("nl", "en"), 0.8),
            "acts": [act for act in ACTS if random.random() < SOME.get(act, 0.1)],
            "cues": [
                (label, random.choice([0.3, 0.5, 1.0]), sentence)
                for label in LABELS
                for sentence in (0, 1)
                if random.random() < 0.12
            ],
            "start_s": start,
            "end_s": None if start is None else start + random.integers(1, 14),
        },
    )


def _any_conversation(random):
    clock, requests, turns = random.random() < 0.7, [], []
    sides = ["seller", "customer", "seller", "customer", "other", "unknown"]
    for number, role in enumerate(random.choice(sides, size=random.integers(1, 25))):
        turns.append(_any_turn(random, role, 8.0 * number if clock else None, requests))
        if role == "seller" and "action_request" in turns[-1][2]["acts"]:
            requests.append(number)
    return turns


def _any_record(random, number):
    start = START + pd.Timedelta(days=int(number))
    return {
        "conversation_id": f"c{number:03}",
        "started_at": start,
        "ended_at": random.choice([start + pd.Timedelta(minutes=int(random.integers(5, 90))), pd.NaT]),
        "planned_min": random.choice([30.0, 60.0, np.nan]),
        "in_person": random.choice([True, False, None]),
        "next_step": random.choice(["bezoek", None]),
        "note": "Goed gesprek gehad.",
    }


@pytest.fixture(scope="module")
def world(lay_out, export_of):
    """Any export of 150 conversations, their tagged turns, cues and tagged notes."""
    random = np.random.default_rng(7)
    tagged, hits = lay_out(**{f"c{n:03}": _any_conversation(random) for n in range(150)})
    ids = tagged["conversation_id"].unique()
    people = pd.DataFrame({"person_id": ["p", "q", "r"], "side": "customer"})
    people["decision_role"] = ["decider", "user", "unknown"]
    came = [(talk, person) for talk in ids for person in "pqr" if random.random() < 0.4]
    export = export_of(
        ids,
        conversations=pd.DataFrame([_any_record(random, number) for number in range(150)]),
        people=people,
        attendance=pd.DataFrame(came, columns=["conversation_id", "person_id"]),
    )
    notes = pd.DataFrame(
        {
            "outcome": random.choice([*OUTCOMES, None], size=150),
            "good_talk": random.choice([True, False, None], size=150),
        },
        index=pd.Index(ids, name="conversation_id"),
    )
    return export, tagged, hits, notes.astype({"outcome": "string", "good_talk": "boolean"})


@pytest.fixture(scope="module")
def measured(world):
    return features_from(*world)


@pytest.fixture(scope="module")
def turns(world):
    export, tagged, hits, _ = world
    return measured_turns(export, tagged, hits)


def _only(export, ids, **changed):
    """The export with these conversations, in this order."""
    talks = export.conversations.set_index("conversation_id", drop=False).loc[list(ids)]
    tables = {name: getattr(export, name) for name in ("turns", "people", "attendance", "deals", "events")}
    talks = talks.reset_index(drop=True).assign(**changed)
    return si.schema.Export(**tables, conversations=talks, rejects=export.rejects, language=export.language)


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
    assert known.nunique() > 1


@pytest.mark.parametrize("name", CATALOG.index)
def test_value_follows_from_its_evidence(name, world, turns, measured):
    export, tagged, _, notes = world
    if name in RECORDS:
        rows = feature_evidence(export, tagged, name, notes)
    else:
        rows = rows_behind(export, turns, name)
    assert rows.dtypes.astype(str).to_dict() == COLUMNS
    known = measured[name].dropna()
    assert set(rows["conversation_id"]) <= set(known.index)
    again = recompute(rows, name, known.index)
    pd.testing.assert_series_equal(again, known, check_names=False, check_index_type=False, rtol=1e-12)
    words = tagged.set_index(["conversation_id", "turn"])["text"]
    said = rows.dropna(subset="turn").set_index(["conversation_id", "turn"])["text"]
    assert (words.loc[said.index].to_numpy() == said.to_numpy()).all()


@pytest.mark.parametrize("name", [name for name, how in MEASURES.items() if getattr(how, "given", ())])
def test_a_side_that_is_not_heard_is_not_measured(name, turns, measured):
    heard = turns.group_by("conversation_id").agg(pl.col(*MEASURES[name].given).any())
    heard = heard.filter(pl.all_horizontal(MEASURES[name].given))["conversation_id"].to_list()
    unheard = ~measured.index.isin(heard)
    assert unheard.any()
    if name in measured:
        assert measured.loc[unheard, name].isna().all()


@pytest.mark.parametrize(
    "name", [name for name, how in MEASURES.items() if isinstance(how, Ratio) and not how.plus[1]]
)
def test_a_share_of_nothing_is_missing(name, turns, measured):
    how = MEASURES[name]
    of = turns.filter(how.of & (how.of_amount > 0))["conversation_id"].unique().to_list()
    assert measured.loc[~measured.index.isin(of), name].isna().all()
    assert measured.loc[measured.index.isin(of), name].notna().any()


def test_every_measure_serves_a_feature():
    made_of = {other for how in MEASURES.values() if isinstance(how, Combined) for other in how.of}
    assert set(MEASURES) | set(RECORDS) >= set(CATALOG.index)
    assert set(MEASURES) <= set(CATALOG.index) | made_of


def test_evidence_of_an_unknown_feature_is_refused_by_name(world):
    export, tagged, _, _ = world
    with pytest.raises(UnknownName, match="hedge_rate"):
        feature_evidence(export, tagged, "hedge_rate")


def test_order_of_rows_and_conversations_is_no_matter(world, measured):
    export, tagged, hits, notes = world
    shuffled = tagged.sample(frac=1, random_state=3)
    place = pd.Series(range(len(shuffled)), index=shuffled.index)
    moved = hits.with_columns(row=hits["row"].replace_strict(place.to_dict()).cast(hits["row"].dtype))
    moved = moved.sample(fraction=1, shuffle=True, seed=1)
    again = features_from(_only(export, measured.index[::-1]), shuffled, moved, notes)
    assert again.index.to_list() == measured.index[::-1].to_list()
    pd.testing.assert_frame_equal(again.loc[measured.index], measured)


def test_other_and_later_conversations_are_no_matter(world, measured):
    export, tagged, hits, notes = world
    alone = features_from(_only(export, measured.index[:60]), tagged, hits, notes)
    pd.testing.assert_frame_equal(alone, measured.iloc[:60], check_exact=True)


def test_shifting_all_dates_is_no_matter(world, measured):
    export, tagged, hits, notes = world
    talks = export.conversations
    later = {name: talks[name] + pd.Timedelta(days=400) for name in MOMENTS}
    again = features_from(_only(export, measured.index, **later), tagged, hits, notes)
    pd.testing.assert_frame_equal(again, measured)


def test_input_is_left_as_it_was(world, measured):
    export, tagged, hits, notes = world
    before, talks = tagged.copy(deep=True), export.conversations.copy(deep=True)
    features_from(export, tagged, hits, notes)
    pd.testing.assert_frame_equal(tagged, before)
    pd.testing.assert_frame_equal(export.conversations, talks)


def test_without_a_transcript_nothing_said_is_known(world, export_of):
    _, tagged, hits, _ = world
    features = features_from(export_of(["elsewhere"]), tagged, hits)
    assert features.shape[0] == 1
    assert features.isna().all(axis=None)


def test_without_roles_no_side_is_blamed(world, measured):
    export, tagged, hits, notes = world
    sided = CATALOG.index[CATALOG["needs"].str.contains("roles")].drop("dq_role_conf")
    unknown = tagged.assign(role=pd.Series("unknown", index=tagged.index, dtype="string"))
    features = features_from(export, unknown, hits, notes)
    assert features[sided].isna().all(axis=None)
    assert (features["dq_role_conf"] == 0).all()


def test_without_a_clock_no_time_is_measured(world, measured):
    export, tagged, hits, notes = world
    timed = CATALOG.index[CATALOG["needs"].str.contains("timestamps")]
    features = features_from(export, tagged.drop(columns=["start_s", "end_s"]), hits, notes)
    assert measured[timed].notna().any().all()
    assert features[timed].isna().all(axis=None)


def test_empty_export(export_of, lay_out):
    features = features_from(export_of([]), *lay_out())
    assert features.shape == (0, len(feature_catalog().query("stage in ['conversation', 'class']")))
    assert (features[CATALOG.index].dtypes == "float64").all()


def test_untagged_turns_are_refused_by_name(world, export_of):
    _, tagged, _, _ = world
    with pytest.raises(MissingColumns, match="'spin'"):
        conversation_features(export_of(["c000"]), tagged.drop(columns="spin"))


def test_cues_come_from_the_language_pack(export_of, lay_out):
    tagged, _ = lay_out(
        a=[("seller", "Goedemorgen."), ("customer", "Misschien later, ik weet het nog niet.")]
    )
    features = conversation_features(export_of(["a"]), tagged).loc["a"]
    assert features["hedge_c_rate"] > 0


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_feature_is_there_in_both_languages(language):
    labels = set(load_pack(language).cues["label"])
    assert [label for label in LABELS if label not in labels] == []
    export = si.make_sample(n_deals=25, language=language)
    tagged = si.tag_turns(export.turns, language=language)
    notes = si.tag_notes(export.conversations, language=language)
    features = si.conversation_features(export, tagged, notes)[CATALOG.index]
    assert sorted(features.columns[features.isna().all()]) == []
