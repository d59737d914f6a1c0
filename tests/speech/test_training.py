"""What is learned: the shipped files are the ones that the packs' utterances give, and how material is made of them."""

import pathlib
import sys

import numpy as np
import pandas as pd
import pytest

from salesinsight.language import languages, load_pack
from salesinsight.speech.learned import FILE, Taggers
from salesinsight.speech.training import Material, bare
from salesinsight.speech.utterances import LABELS

BENCHMARKS = pathlib.Path(__file__).parents[2] / "benchmarks"


def labelled(*rows: dict) -> pd.DataFrame:
    """Labelled turns, each a conversation of its own; what a row leaves out is empty."""
    base = dict.fromkeys(LABELS, "") | {"source": "own", "turn": 1, "labelled": True, "role": "customer"}
    return pd.DataFrame([base | {"conversation_id": f"own:{at}"} | row for at, row in enumerate(rows)])


@pytest.mark.parametrize("language", languages())
def test_the_shipped_taggers_are_the_ones_that_are_learned(language, monkeypatch, tmp_path):
    """``python benchmarks/build_taggers.py`` gives the shipped file; run it after a change of cues or utterances."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.delitem(sys.modules, "build_taggers", raising=False)
    import build_taggers

    build_taggers.learned(language).save(tmp_path / FILE)
    made, shipped = Taggers.load(tmp_path / FILE), Taggers.load(load_pack(language).folder / FILE)
    for name in ("cues", "outputs"):
        assert getattr(made, name) == getattr(shipped, name)
    assert made.vocabulary.kinds == shipped.vocabulary.kinds
    assert made.vocabulary.words.equals(shipped.vocabulary.words)
    assert made.vocabulary.pieces.equals(shipped.vocabulary.pieces)
    assert np.array_equal(made.vocabulary.pairs, shipped.vocabulary.pairs)
    # what is below 0.01 is left out, which a last digit can decide
    assert np.allclose(made.weights, shipped.weights, rtol=2e-3, atol=0.02)
    assert np.allclose(made.bias, shipped.bias, atol=0.01)
    assert made.mark == pytest.approx(shipped.mark) and np.allclose(made.needed, shipped.needed, atol=0.05)
    assert made.context.keys() == shipped.context.keys()
    for name, around in made.context.items():
        assert np.allclose(around.weights, shipped.context[name].weights, atol=0.02)
        assert around.needed == pytest.approx(shipped.context[name].needed, abs=0.05)


def test_learning_sees_every_turn_as_written_and_bare():
    material = Material(labelled({"text": "Hoe bevalt dat, eigenlijk?", "question": "yes"}), load_pack("nl"))
    mine = material.turns[~material.is_example]
    assert mine["text"].to_list() == ["Hoe bevalt dat, eigenlijk?", "hoe bevalt dat eigenlijk"]
    assert mine["conversation_id"].nunique() == 2


def test_bare_takes_capitals_and_marks_away():
    said = pd.Series(["Ja, da's 'n idee!", "Om 14:30? Prima…", ""])
    assert bare(said).to_list() == ["ja da's 'n idee", "om 14 30 prima", ""]


def test_the_example_of_a_cue_tells_of_its_own_label_alone():
    said = (("Ik denk er nog over na.", "stall"), ("Nee, laat maar.", "refusal"))
    rows = [{"text": text, "question": "no", "acts": acts} for text, acts in said]
    material = Material(labelled(*rows), load_pack("nl"))
    shows = material.turns["shows"].to_numpy()
    for name in ("stall", "refusal", "question"):
        _, where = material.told[name]
        assert set(shows[where & material.is_example]) == {name}
