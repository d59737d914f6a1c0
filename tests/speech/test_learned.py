"""Taggers in a file: what is written is read, and what is read can't do anything."""

import dataclasses
import io
import zipfile

import numpy as np
import pandas as pd
import polars as pl
import pytest

from salesinsight.errors import TaggersUnreadable
from salesinsight.language import Hits, load_pack, match_tokens, tokenise
from salesinsight.language.patterns import grow
from salesinsight.speech.learned import (
    CERTAIN,
    FAR,
    FILE,
    SIGNS,
    Taggers,
    cue_sums,
    ends_asking,
    load_taggers,
    sign_table,
)
from salesinsight.speech.reading import FAMILIES
from salesinsight.speech.shape import stretches_of

PACK = load_pack("nl")


def read(*texts):
    tokens = tokenise(pl.Series(texts, dtype=pl.String), PACK)
    return tokens, stretches_of(tokens, PACK)


def test_what_is_saved_is_loaded(tmp_path):
    taggers = load_taggers(PACK)
    taggers.save(tmp_path / FILE)
    again = Taggers.load(tmp_path / FILE)
    assert again.outputs == taggers.outputs and again.cues == taggers.cues
    assert again.vocabulary.pieces.equals(taggers.vocabulary.pieces)
    assert again.vocabulary.words.equals(taggers.vocabulary.words)
    assert (again.vocabulary.pairs == taggers.vocabulary.pairs).all()
    assert (again.weights == taggers.weights).all() and (again.bias == taggers.bias).all()
    assert again.mark == taggers.mark and (again.needed == taggers.needed).all()
    assert again.context.keys() == taggers.context.keys()
    for name, around in taggers.context.items():
        assert (again.context[name].weights == around.weights).all()
        assert (again.context[name].bias, again.context[name].needed) == (around.bias, around.needed)


def test_a_file_can_run_nothing(tmp_path):
    """Arrays of objects are pickles, which run what they like when they are read; they are refused."""

    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    load_taggers(PACK).save(tmp_path / FILE)
    body = io.BytesIO()
    np.lib.format.write_array(body, np.array([Trap()], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(tmp_path / FILE) as arrays, zipfile.ZipFile(tmp_path / "trap.npz", "w") as trap:
        for name in arrays.namelist():
            trap.writestr(name, body.getvalue() if name == "bias.npy" else arrays.read(name))
    with pytest.raises(TaggersUnreadable):
        Taggers.load(tmp_path / "trap.npz")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("damage", ["empty", "no archive", "cut short", "an array less", "not a file"])
def test_a_damaged_file_is_refused_with_what_to_do(tmp_path, damage):
    path = tmp_path / FILE
    load_taggers(PACK).save(path)
    whole = path.read_bytes()
    if damage == "an array less":
        arrays = zipfile.ZipFile(io.BytesIO(whole))
        with zipfile.ZipFile(path, "w") as less:
            for name in arrays.namelist():
                if name != "needed.npy":
                    less.writestr(name, arrays.read(name))
    elif damage == "not a file":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(
            {"empty": b"", "no archive": b"a,b,c", "cut short": whole[: len(whole) // 2]}[damage]
        )
    with pytest.raises(TaggersUnreadable, match=FILE):
        Taggers.load(path)


def test_log_odds_stay_within_reach_and_are_the_same_alone():
    taggers = load_taggers(PACK)
    texts = ["Hoe regelt u dat nu?", "Nee, laat maar.", "zqxwv"]
    tokens, stretches = read(*texts)
    hits = match_tokens(tokens, PACK, None, FAMILIES)
    odds = taggers.log_odds(tokens, stretches, hits, None, PACK)
    assert odds.shape == (3, len(taggers.outputs)) and (np.abs(odds) <= FAR).all()
    for row, text in enumerate(texts):
        own = read(text)
        alone = taggers.log_odds(*own, match_tokens(own[0], PACK, None, FAMILIES), None, PACK)
        assert np.allclose(odds[row], alone[0], atol=1e-4)


def test_a_question_mark_speaks_for_itself():
    """Whatever the words say, what ends with a question mark is as likely a question as such things are."""
    taggers = load_taggers(PACK)
    place = taggers.outputs.index("question")
    tokens, stretches = read("dat is goed?", "dat is goed!", "dat is goed")
    odds = taggers.log_odds(tokens, stretches, match_tokens(tokens, PACK, None, FAMILIES), None, PACK)[
        :, place
    ]
    assert ends_asking(tokens, stretches).tolist() == [True, False, False]
    assert odds[0] >= min(taggers.mark, FAR) - 1e-4 and odds[2] < odds[0]


def hits_of(*told: tuple[str, int, float]) -> Hits:
    """Hits as label, token and weight."""
    labels, places, weights = zip(*told, strict=True)
    tree = dataclasses.replace(grow(PACK, ("acts",)), cues=pl.DataFrame({"label": labels}))
    at = np.array(places)
    return Hits(tree, np.arange(len(told)), at, at, np.array(weights))


def test_cues_count_in_the_stretch_where_they_stand():
    _, stretches = read("Dat is goed. Hoe laat past het?", "Prima")
    hits = hits_of(("b", 4, 0.5), ("b", 5, 0.5), ("other", 8, 0.9), ("a", 1, 0.0))
    stretch, label, total = cue_sums(stretches, hits, ("a", "b"))
    assert (stretch.tolist(), label.tolist()) == ([1], [1])  # a cue of no weight says nothing
    assert total.tolist() == pytest.approx([2 * -np.log(0.5)])


def test_no_pile_of_cues_is_proof():
    _, stretches = read("goed " * 9)
    hits = hits_of(*(("a", place, 1.0) for place in range(9)))
    *_, total = cue_sums(stretches, hits, ("a",))
    assert total.tolist() == pytest.approx([2 * -np.log(1 - CERTAIN)], rel=1e-4)


def test_signs_tell_length_and_side():
    tokens, stretches = read("Goed?", "Goed zo dan.", "Ja")
    table = sign_table(tokens, stretches, pd.Series(["seller", "customer", None], dtype="string"))
    of = dict(zip(SIGNS, table.T, strict=True))
    assert of["is_seller"].tolist() == [1, 0, 0] and of["is_customer"].tolist() == [0, 1, 0]
    assert of["length"][1] > of["length"][2] == 0
    assert of["is_stopped"].tolist() == [0, 1, 0]
    assert (sign_table(tokens, stretches, None)[:, 2:] == 0).all()
    assert ends_asking(*read()).tolist() == []
