"""The learned weights of names: what they add, what they leave, and that they are the ones that are built."""

import pathlib
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest

from salesinsight.language import load_pack
from salesinsight.privacy import Known, find_personal, learned, people
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


def test_without_weights_the_patterns_stand_alone():
    page, line = line_of("dag Kees")
    assert learned.find_learned(page, line, [(4, 8, "person")], None) == [(4, 8, "person")]
    assert learned.load_weights("en") is None


def test_a_word_that_weighs_enough_is_a_name():
    page, line = line_of("gisteren Grobbelmans gezien")
    spans = learned.find_learned(page, line, [], every("UNHEARD@0"))
    assert [page.text[start:end] for start, end, _ in spans] == ["Grobbelmans"]
    assert learned.find_learned(page, line, [], every("UNHEARD@0", 1.0)) == []


def test_a_name_joins_the_one_beside_it():
    page, line = line_of("gisteren Kees Grobbelmans gezien")
    spans = learned.find_learned(page, line, [(9, 13, "person")], every("UNHEARD@0"))
    assert [page.text[start:end] for start, end, _ in spans] == ["Kees Grobbelmans"]


def test_a_name_does_not_join_over_the_end_of_a_text():
    page, line = line_of("met Kees", "Grobbelmans belt")
    spans = learned.find_learned(page, line, [(4, 8, "person")], every("UNHEARD@0"))
    assert [page.text[start:end] for start, end, _ in spans] == ["Kees", "Grobbelmans"]


def test_particles_come_along():
    page, line = line_of("toen van der grobbelmans gezien")
    spans = learned.find_learned(page, line, [], every("UNHEARD@0"))
    assert [page.text[start:end] for start, end, _ in spans] == ["van der grobbelmans"]


def test_a_firm_is_no_person():
    page, line = line_of("leverancier Grobbelmans kwam")
    assert learned.find_learned(page, line, [], every("UNHEARD@0")) == []


def test_a_street_is_no_person():
    page, line = line_of("de Grobbelmans van Galenstraat is dicht")
    assert learned.find_learned(page, line, [], every("UNHEARD@0")) == []


def test_neighbours_stay_within_their_text():
    _, line = line_of("mevrouw", "grobbelmans", "mevrouw")
    signs = learned.signs_of(line, np.zeros(len(line.bits), dtype=bool))
    place = np.flatnonzero(learned.candidates(line))
    found = pd.Series(learned.features_of(signs, place)[0], index=learned.FEATURES)
    assert found["UNHEARD@0"] == 1 and found["SMALL@0"] == 1
    assert found["TITLE@-2"] == 0 and found["TITLE@2"] == 0


def test_words_and_endings_weigh():
    page, line = line_of("vraag naar grobbelmans")
    weights = learned.Weights.of({"start": -5.0, "word:naar@-1": 4.0, "ending:ans": 4.0})
    assert [page.text[a:b] for a, b, _ in learned.find_learned(page, line, [], weights)] == ["grobbelmans"]


def test_the_input_is_not_changed():
    page, line = line_of("gisteren Kees Grobbelmans gezien")
    bits, found = line.bits.copy(), [(9, 13, "person")]
    learned.find_learned(page, line, found, every("UNHEARD@0"))
    assert (line.bits == bits).all() and found == [(9, 13, "person")]


@pytest.mark.parametrize("text", ["", None, "...", "123"])
def test_texts_without_words(text):
    assert find_personal(pd.Series([text], dtype="string"), "nl")["kind"].to_list() == []


def test_the_weights_are_the_ones_that_are_built(monkeypatch):
    """``python benchmarks/build_names.py`` gives the file that is shipped; run it after a change of the patterns."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import build_names

    for name in ("build_names", "pseudonymiser", "sections"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    built = build_names.learn(build_names.material())
    file = load_pack("nl").folder / "names" / learned.FILE
    shipped = dict(pl.read_csv(file, schema={"feature": pl.String, "weight": pl.Float64}).iter_rows())
    names = sorted({*built, *shipped})
    apart = [abs(built.get(name, 0.0) - shipped.get(name, 0.0)) for name in names]
    assert max(apart) < 0.06
    assert people.load_weights is learned.load_weights
