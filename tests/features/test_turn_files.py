"""Turns are cut between conversations, in batches that don't hang on how they came."""

import numpy as np
import pyarrow as pa
import pytest

from salesinsight.features.turn_files import TURNS, whole_conversations


def _turns(lengths):
    ids = np.repeat([f"c{number}" for number in range(len(lengths))], lengths)
    nothing = {field.name: pa.nulls(len(ids), field.type) for field in TURNS}
    return pa.table(nothing | {"conversation_id": ids}).cast(TURNS)


def _batches(turns, at_once, size=10):
    pieces = (turns.slice(begin, at_once) for begin in range(0, len(turns), at_once))
    return [talks.lengths.tolist() for talks in whole_conversations(pieces, size)]


@pytest.mark.parametrize("at_once", [1, 4, 10, 33, 1000])
def test_batches_are_the_same_however_the_turns_come(at_once):
    lengths = [4, 4, 4, 1, 9, 30, 2, 2, 2, 2, 2, 3]
    told = _batches(_turns(lengths), at_once)
    assert told == [[4, 4], [4, 1], [9], [30], [2, 2, 2, 2, 2], [3]]


def test_no_turns_are_no_batches():
    assert _batches(_turns([]), 5) == [] and list(whole_conversations([], 5)) == []
