"""The catalog: complete, known words only, and the page made from it."""

import pathlib

from salesinsight.features import feature_catalog, features_page

ROOT = pathlib.Path(__file__).parents[2]
NEEDS = {"text", "roles", "timestamps", "position", "crm", "history", "people", "notes"}


def test_every_row_is_complete():
    catalog = feature_catalog()
    filled = ["name", "family", "stage", "formula", "unit", "needs", "languages", "direction", "dutch_name"]
    filled += ["sentence", "english_name", "sentence_en", "summary"]
    assert catalog[filled].notna().all().all()
    assert catalog["name"].is_unique
    assert catalog["alias"].dropna().is_unique
    assert set(catalog["stage"]) <= {"conversation", "class", "deal", "fitted"}
    assert set(catalog["direction"]) <= {"+", "-", "?"}
    assert {need for needs in catalog["needs"] for need in needs.split()} <= NEEDS
    assert {code for codes in catalog["languages"] for code in codes.split()} == {"nl", "en"}
    assert not (catalog["low"] >= catalog["high"]).any()


def test_display_words_are_sentences_and_names():
    catalog = feature_catalog()
    for column in ("sentence", "sentence_en"):
        assert catalog[column].str.match(r"^[A-Z'].*\.$").all()
    assert catalog["dutch_name"].is_unique
    assert catalog["english_name"].is_unique
    assert catalog["dutch_name"].str.len().max() <= 50


def test_one_summary_per_family_of_conversations():
    said = feature_catalog().query("stage == 'conversation'")
    counts = said.groupby("family")["summary"].sum()
    assert counts.drop("quality").eq(1).all()
    assert counts["quality"] == 0


def test_summaries_are_few_enough_for_small_data():
    assert 13 <= feature_catalog()["summary"].sum() <= 18


def test_catalog_given_out_is_a_copy():
    taken = feature_catalog()
    taken["name"] = "changed"
    assert not (feature_catalog()["name"] == "changed").any()


def test_page_is_up_to_date():
    assert (ROOT / "docs" / "features.md").read_text(encoding="utf-8") == features_page()
