"""Streaming: the same numbers as in memory, whatever the batches; nothing written when it fails."""

import pandas as pd
import pytest

from salesinsight.errors import BadTable, MissingColumns
from salesinsight.features import conversation_features, featurize, stream
from salesinsight.schema import conform
from salesinsight.speech import tag_turns

LINES = [
    ("seller", "Goedemorgen, hoe plannen jullie de ritten nu?"),
    ("customer", "Met een bord in de kantine. We zoeken eigenlijk iets anders."),
    ("seller", "Wat betekent dat voor de chauffeurs?"),
    ("customer", "Misschien dat ze vaker moeten wachten, ik weet het niet."),
    ("seller", "Zullen we dinsdag om tien uur bij u langskomen?"),
    ("customer", "Ja, dat is goed."),
]


@pytest.fixture
def turns():
    rows = [
        {
            "conversation_id": f"c{talk}",
            "turn": n,
            "role": role,
            "text": text,
            "start_s": 9.0 * n,
            "end_s": 9.0 * n + 7,
        }
        for talk in range(7)
        for n, (role, text) in enumerate(LINES[: 2 + talk % 5])
    ]
    return conform(pd.DataFrame(rows), "turns")


def _check(written, turns, export_of):
    export = export_of(turns["conversation_id"].unique(), turns=turns)
    expected = conversation_features(export, tag_turns(turns))
    pd.testing.assert_frame_equal(pd.read_parquet(written), expected, check_index_type=False)


@pytest.mark.parametrize("size", [1, 4, 11, 1000])
def test_equals_in_memory(turns, size, export_of, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "BATCH_TURNS", size)
    turns.to_parquet(tmp_path / "turns.parquet", index=False)
    done = []
    written = featurize(tmp_path / "turns.parquet", tmp_path / "features.parquet", progress=done.append)
    _check(written, turns, export_of)
    assert done[-1] == len(turns)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features.parquet", "turns.parquet"]


def test_folder_is_read_in_order_and_a_conversation_may_cross_files(turns, export_of, tmp_path):
    (tmp_path / "in").mkdir()
    turns.iloc[:10].to_parquet(tmp_path / "in" / "part-0.parquet", index=False)
    turns.iloc[10:].to_parquet(tmp_path / "in" / "part-1.parquet", index=False)
    written = featurize(tmp_path / "in", tmp_path / "features.parquet")
    _check(written, turns, export_of)


def test_no_turns_give_an_empty_table(turns, export_of, tmp_path):
    turns.iloc[:0].to_parquet(tmp_path / "turns.parquet", index=False)
    written = featurize(tmp_path / "turns.parquet", tmp_path / "features.parquet")
    _check(written, turns.iloc[:0], export_of)


@pytest.mark.parametrize("size", [3, 1000])
def test_scattered_conversation_is_refused_and_nothing_written(turns, size, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "BATCH_TURNS", size)
    (tmp_path / "features.parquet").write_text("the old one")
    pd.concat([turns, turns.iloc[:1].assign(turn=9)]).to_parquet(tmp_path / "turns.parquet", index=False)
    with pytest.raises(BadTable, match="c0"):
        featurize(tmp_path / "turns.parquet", tmp_path / "features.parquet")
    assert (tmp_path / "features.parquet").read_text() == "the old one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features.parquet", "turns.parquet"]


def test_file_without_texts_is_refused_by_name(turns, tmp_path):
    turns.drop(columns="text").to_parquet(tmp_path / "turns.parquet", index=False)
    with pytest.raises(MissingColumns, match="'text'"):
        featurize(tmp_path / "turns.parquet", tmp_path / "features.parquet")
