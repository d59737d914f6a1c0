"""The loops under the taggers, beside what NumPy and plain Python say."""

import subprocess
import sys

import numpy as np
import pytest

from salesinsight.speech.counting import pair_kinds, places_in_table, table_of
from salesinsight.speech.summing import (
    add_numbers,
    add_rows,
    add_scaled_rows,
    bring_to_turns,
    cover,
    mix,
    sum_pairs,
)

RANDOM = np.random.default_rng(0)


def test_places_in_a_table():
    keys = np.unique(RANDOM.integers(0, 1 << 40, 5000))
    wanted = np.append(RANDOM.permutation(keys)[:999], [keys[0] + 1, 0, -1])
    places = places_in_table(wanted, keys, table_of(keys))
    known = np.isin(wanted, keys)
    assert (
        (keys[places[known]] == wanted[known]).all() and (places[~known] == -1).all() and known.sum() == 999
    )
    assert places_in_table(wanted, keys[:0], table_of(keys[:0])).max() == -1


def test_kinds_stay_in_their_stretch():
    kind = np.array([1, 2, 3], dtype=np.int32)
    code = np.array([0, 1, 2, 2], dtype=np.int32)
    begin, opening = np.array([0, 3, 4], dtype=np.int32), np.array([1, 3], dtype=np.int32)
    double, triple = pair_kinds(kind, code, begin, opening, 10)
    assert double.tolist() == [12, 23, -1, -1]
    assert triple.tolist() == [230, 300]


def test_rows_are_added_where_they_belong():
    unit, column = RANDOM.integers(0, 5, 200).astype(np.int32), RANDOM.integers(-1, 7, 200).astype(np.int32)
    weights = RANDOM.normal(size=(7, 3)).astype(np.float32)
    scale = np.where(column < 0, 0, RANDOM.normal(size=200)).astype(np.float32)
    plain, scaled = np.zeros((5, 3), np.float32), np.zeros((5, 3), np.float32)
    add_rows(unit, column, weights, plain)
    add_scaled_rows(unit, np.maximum(column, 0), scale, weights, scaled)
    expected = np.zeros((2, 5, 3))
    known = column >= 0
    np.add.at(expected[0], unit[known], weights[column[known]])
    np.add.at(expected[1], unit[known], scale[known, None] * weights[column[known]])
    assert np.allclose(plain, expected[0], atol=1e-5) and np.allclose(scaled, expected[1], atol=1e-5)


def test_numbers_of_a_pair_are_added_up():
    unit, column = RANDOM.integers(0, 6, 300).astype(np.int32), RANDOM.integers(-1, 4, 300).astype(np.int32)
    number = RANDOM.integers(-2, 3, 300).astype(np.float64)
    expected, table = np.zeros((6, 4)), np.zeros((6, 4))
    np.add.at(expected, (unit[column >= 0], column[column >= 0]), number[column >= 0])
    of, which, total = sum_pairs(unit, column, number, 6, 4)
    assert (
        (total != 0).all() and (np.diff(of) >= 0).all() and len(set(zip(of, which, strict=True))) == len(of)
    )
    add_numbers(of, which, total, table)
    assert (table == expected).all()
    again = np.zeros((4, 6))
    add_numbers(column, unit, number, again)
    assert (again == expected.T).all()


@pytest.mark.parametrize("n", [0, 1, 50])
def test_mixing_is_multiplying(n):
    weights, rows = (RANDOM.normal(size=shape).astype(np.float32) for shape in ((3, 5), (5, n)))
    assert np.allclose(mix(weights, rows), weights @ rows, atol=1e-5)


def test_stretches_are_brought_to_turns():
    """Of turn 1 column 0 shows column 1: its last highest stretch tells both; column 2 is told by its highest."""
    odds = np.array([[1, 5, 2], [3, 6, 0], [3, 7, -1], [2, 9, 4]], dtype=np.float32)
    row, shown_by = np.array([0, 1, 1, 1], dtype=np.int32), np.array([0, 0, 2])
    table = bring_to_turns(odds, row, shown_by, 3)
    assert table.tolist() == [[1, 5, 2], [3, 7, 4], [-np.inf] * 3]


def test_what_covers_most_surely_counts():
    out = np.zeros(6)
    cover(np.array([0, 2]), np.array([3, 4]), np.array([0.4, 0.9]), out)
    assert out.tolist() == [0.4, 0.4, 0.9, 0.9, 0.9, 0]


WATCH = """
import sys
import pandas as pd
import salesinsight as si

assert "numba" not in sys.modules, "importing the library loads the compiler"
from salesinsight.language.compiling import compiled

roles = pd.Series(["seller", None, "customer"], dtype="category")
for text in (["Hoe regelt u dat nu?", None, "Ja, dat is goed."], [None] * 3, ["", "?", "..."]):
    turns = pd.DataFrame({"text": text, "role": roles, "conversation_id": 1})
    si.evidence(si.tag_turns(turns))
    si.tag_turns(turns[["text"]].iloc[:0], language="en")
modules = [module for name, module in sys.modules.items() if name.startswith("salesinsight.")]
loops = {one for module in modules for one in vars(module).values() if isinstance(one, compiled)}
used = {one.__name__: len(one.machine.signatures) for one in loops if one.machine}
assert len(used) > 15, used
assert set(used.values()) == {1}, used
"""


def test_loops_load_late_and_are_compiled_for_one_kind_of_arrays():
    """A second kind of the same arrays would be compiled while somebody waits."""
    told = subprocess.run([sys.executable, "-c", WATCH], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
