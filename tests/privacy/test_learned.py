"""The learned weights: what they add, what they drop, what they leave, and that they are the ones that are built."""

import importlib
import pathlib
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest

from salesinsight.language import load_pack
from salesinsight.privacy import Known, clues, find_personal, houses, learned
from salesinsight.privacy.lexicon import load_lexicon
from salesinsight.privacy.page import Page
from salesinsight.privacy.words import read_line

BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"


def line_of(*texts: str):
    page = Page.of(pl.Series(texts))
    return page, read_line(page, load_lexicon("nl"), Known())


def every(sign: str, weight: float = 9.0) -> learned.Weights:
    """Weights for which every word with this sign is a name, and no other."""
    return learned.Weights.of({"start": -5.0, sign: weight})


def spans_of(page, line, weights, found=(), rules=()):
    spans = learned.find_learned(page, line, list(found), list(rules), weights, load_lexicon("nl"))
    return [page.text[start:end] for start, end, _ in spans]


def test_without_weights_the_patterns_stand_alone():
    page, line = line_of("dag Kees")
    assert spans_of(page, line, None, [(4, 8, "person")], ["titled"]) == ["Kees"]
    assert learned.load_weights("en") is None


def test_a_word_that_weighs_enough_is_a_name():
    page, line = line_of("gisteren Grobbelmans gezien")
    assert spans_of(page, line, every("UNHEARD@0")) == ["Grobbelmans"]
    assert spans_of(page, line, every("UNHEARD@0", 1.0)) == []


def test_a_find_that_weighs_nothing_goes():
    page, line = line_of("dag Kees")
    doubted = learned.Weights.of({"start": 0.0, "rule:name3": -9.0})
    assert spans_of(page, line, doubted, [(4, 8, "person")], ["name3"]) == []
    assert spans_of(page, line, doubted, [(4, 8, "person")], ["name4"]) == ["Kees"]


def test_a_firm_never_goes():
    page, line = line_of("dag Kees")
    doubted = learned.Weights.of({"start": -9.0})
    assert spans_of(page, line, doubted, [(4, 8, "organisation")], ["firm"]) == ["Kees"]


def test_a_name_joins_the_one_beside_it():
    page, line = line_of("gisteren Kees Grobbelmans gezien")
    kept = learned.Weights.of({"start": -5.0, "UNHEARD@0": 9.0, "rule:name1": 9.0})
    assert spans_of(page, line, kept, [(9, 13, "person")], ["name1"]) == ["Kees Grobbelmans"]


def test_a_name_does_not_join_over_the_end_of_a_text():
    page, line = line_of("met Kees", "Grobbelmans belt")
    kept = learned.Weights.of({"start": -5.0, "UNHEARD@0": 9.0, "rule:name1": 9.0})
    assert spans_of(page, line, kept, [(4, 8, "person")], ["name1"]) == ["Kees", "Grobbelmans"]


def test_particles_come_along():
    page, line = line_of("toen van der grobbelmans gezien")
    assert spans_of(page, line, every("UNHEARD@0")) == ["van der grobbelmans"]


def test_a_firm_is_no_person():
    page, line = line_of("leverancier Grobbelmans kwam")
    assert spans_of(page, line, every("UNHEARD@0")) == []


def test_a_street_is_no_person():
    page, line = line_of("de Grobbelmans van Galenstraat is dicht")
    assert spans_of(page, line, every("UNHEARD@0")) == []


def test_a_word_behind_a_title_may_be_a_name():
    for text, weighed in (("mevrouw koekoek belt", True), ("een koekoek belt", False)):
        _, line = line_of(text)
        assert learned.candidates(line)[line.keys.to_list().index("koekoek")] == weighed


def test_neighbours_stay_within_their_text():
    _, line = line_of("mevrouw", "grobbelmans", "mevrouw")
    signs = clues.signs_of(line, np.zeros(len(line.bits)), load_lexicon("nl"))
    place = np.flatnonzero(learned.candidates(line))
    found = pd.Series(clues.features_of(signs, place)[0], index=clues.FEATURES)
    assert found["UNHEARD@0"] == 1 and found["SMALL@0"] == 1
    assert found["TITLE@-2"] == 0 and found["TITLE@2"] == 0
    assert clues.reached(line, place, -2).tolist() == [-1]


def test_words_and_their_parts_weigh():
    page, line = line_of("vraag naar grobbelmans")
    weights = learned.Weights.of({"start": -5.0, "word:naar@-1": 4.0, "part:ans$": 4.0})
    assert spans_of(page, line, weights) == ["grobbelmans"]


def test_a_word_that_is_said_again_has_a_sign_of_it():
    _, line = line_of("wu zei dat wu komt", "wu")
    again = clues.signs_of(line, np.zeros(len(line.bits)), load_lexicon("nl"))[
        2:-2, clues.SIGNS.index("AGAIN")
    ]
    assert line.keys.filter(pl.Series(again)).to_list() == ["wu", "wu"]


def test_the_input_is_not_changed():
    page, line = line_of("gisteren Kees Grobbelmans gezien")
    bits, found = line.bits.copy(), [(9, 13, "person")]
    learned.find_learned(page, line, found, ["name1"], every("UNHEARD@0"), load_lexicon("nl"))
    assert (line.bits == bits).all() and found == [(9, 13, "person")]


@pytest.mark.parametrize("text", ["", None, "...", "123"])
def test_texts_without_words(text):
    assert find_personal(pd.Series([text], dtype="string"), "nl")["kind"].to_list() == []


@pytest.mark.parametrize(("module", "build"), [("build_names", "lines"), ("build_addresses", "material")])
def test_the_weights_are_the_ones_that_are_built(monkeypatch, module, build):
    """Run ``python benchmarks/build_names.py`` and ``build_addresses.py`` after a change of patterns or words."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for name in ("build_names", "build_addresses", "marked"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    builder = importlib.import_module(module)
    built = builder.learn(builder.lines() if build == "lines" else builder.material(builder.OWN))
    file = load_pack("nl").folder / "names" / (learned.FILE if build == "lines" else houses.FILE)
    shipped = dict(pl.read_csv(file, schema={"feature": pl.String, "weight": pl.Float64}).iter_rows())
    names = sorted({*built, *shipped})
    apart = [abs(built.get(name, 0.0) - shipped.get(name, 0.0)) for name in names]
    assert max(apart) < 0.06
