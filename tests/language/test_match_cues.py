"""The cue matcher, on a small pack made here."""

import dataclasses

import pandas as pd
import polars as pl
import pytest

from salesinsight.errors import UnknownName
from salesinsight.language import languages, load_pack, match_cues
from salesinsight.language.packs import CUE_COLUMNS


def pack_with(*rows: tuple[str, str], side: str = "any", negatable: str = "no"):
    """Make a Dutch pack with these (label, pattern) rows only."""
    cues = pl.DataFrame(
        [(label, pattern, side, 0.5, negatable, "test", "", "") for label, pattern in rows],
        schema=CUE_COLUMNS,
        orient="row",
    )
    return dataclasses.replace(load_pack("nl"), cues=cues.with_columns(family=pl.lit("test")))


def spans(pattern: str, *texts: str | None) -> list[tuple[int, str]]:
    hits = match_cues(pl.Series(texts, dtype=pl.String), pack_with(("x", pattern)))
    return list(zip(hits["row"], hits["words"], strict=True))


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("te duur", "Dat is te duur!", "te duur"),
        ("te duur", "Dat is te duurzaam", None),
        ("duur", "Duurzaam en duurder", None),
        ("hè", "Mooi hè?", "hè"),
        ("foto's", "Mijn FOTO’S zijn klaar", "FOTO’S"),
        ("te duur", "te. duur", None),
        ("te duur", "te, euh, duur", "te, euh, duur"),
        ("^ hoe", "Ja maar, hoe dan", "hoe"),
        ("^ hoe", "ik weet hoe dat gaat", None),
        ("^ hoe", "Duidelijk. Hoe dan", "Hoe"),
        ("toch $", "dat klopt toch", "toch"),
        ("toch $", "dat klopt toch?", "toch"),
        ("toch $", "dat is toch zo", None),
        ("toch ?", "Dat klopt, toch?", "toch?"),
        ("leg ~ voor", "ik leg het ze morgen even voor", "leg het ze morgen even voor"),
        ("leg ~ voor", "ik leg het morgen aan ons team voor", None),
        ("leg ~~ voor", "ik leg het morgen aan ons team voor", "leg het morgen aan ons team voor"),
        ("leg ~ voor", "ik leg het. En voor u?", None),
        ("leg ~ voor ~ op", "ik leg het voor aan hem op dinsdag", "leg het voor aan hem op"),
        ("over # weken", "over 3 weken", "over 3 weken"),
        ("kunt {you}", "Kunt gij dat", "Kunt gij"),
        ("kunt {you}", "Kunt zij dat", None),
    ],
)
def test_a_pattern_finds_what_it_says(pattern, text, found):
    assert spans(pattern, text) == ([(0, found)] if found else [])


def test_a_gap_joins_the_nearest_parts():
    assert spans("leg ~ voor", "leg leg het voor en voor") == [(0, "leg het voor")]


def test_overlapping_cues_are_all_found_in_order():
    pack = pack_with(
        ("a", "nog even nadenken"), ("b", "even nadenken"), ("c", "nadenken"), ("d", "nog ~ nadenken")
    )
    hits = match_cues(pl.Series(["nog even nadenken"]), pack)
    assert sorted(hits["label"]) == ["a", "b", "c", "d"]
    assert hits["position"].to_list() == sorted(hits["position"])


def test_positions_and_spans():
    hit = match_cues(pl.Series(["Ja. Dat is \U0001f600 te duur"]), pack_with(("x", "te duur"))).row(
        0, named=True
    )
    assert (hit["sentence"], hit["position"]) == (1, 3)
    assert "Ja. Dat is \U0001f600 te duur"[hit["start_char"] : hit["end_char"]] == "te duur"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("dat is interessant", True),
        ("dat is niet interessant", False),
        ("niet echt heel interessant", False),
        ("niet wat ik had gedacht maar interessant", True),
        ("Nee, dat niet. Interessant wel", True),
    ],
)
def test_a_negation_shortly_before_drops_a_negatable_cue(text, kept):
    pack = pack_with(("x", "interessant"), negatable="yes")
    assert len(match_cues(pl.Series([text]), pack)) == kept


def test_a_cue_that_is_not_negatable_ignores_negation():
    assert len(match_cues(pl.Series(["dat is niet interessant"]), pack_with(("x", "interessant")))) == 1


def test_a_side_counts_only_for_its_turns_unless_the_role_is_unknown():
    texts = pd.Series(["te duur"] * 5)
    roles = pd.Series(["customer", "seller", "unknown", None, "other"])
    hits = match_cues(texts, pack_with(("x", "te duur"), side="customer"), roles=roles)
    assert hits["row"].to_list() == [0, 2, 3]


def test_nothing_in_nothing_out():
    for texts in ([], [None], [""], ["?"], ["onbekend woord"]):
        hits = match_cues(pl.Series(texts, dtype=pl.String), pack_with(("x", "te duur")))
        assert len(hits) == 0 and "words" in hits.columns
    assert len(match_cues(pd.Series([], dtype="string"), load_pack("nl"))) == 0


def test_a_text_has_the_same_hits_alone_and_among_others():
    texts = ["Dat is te duur, leg het maar voor", "ik leg het neer", None, "voor u te duur", "leg", "voor"]
    pack = pack_with(("x", "te duur"), ("y", "leg ~ voor"))
    together = match_cues(pl.Series(texts), pack).drop("row")
    alone = pl.concat([match_cues(pl.Series([text], dtype=pl.String), pack) for text in texts]).drop("row")
    assert together.equals(alone)


def test_families_choose_the_files():
    pack = load_pack("nl")
    hits = match_cues(pl.Series(["Dat is te duur?"]), pack, families=["questions"])
    assert set(hits["label"]) <= set(pack.cues.filter(pl.col("family") == "questions")["label"])
    assert "objection" in match_cues(pl.Series(["Dat is te duur?"]), pack)["label"]


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(UnknownName, match=r"'yuo'.*Did you mean 'you'"):
        match_cues(pl.Series(["kunt u"]), pack_with(("x", "kunt {yuo}")))
    with pytest.raises(UnknownName, match="'de'"):
        load_pack("de")
    assert languages() == ["en", "nl"]
