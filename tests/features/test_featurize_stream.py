"""Streaming: the same numbers as in memory, whatever the batches; only what is new is measured, whatever broke off."""

import errno
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from salesinsight.errors import (
    BadArgument,
    BadTable,
    MissingColumns,
    OutputLocked,
    PathUnusable,
    UnreadableFile,
)
from salesinsight.features import conversation_features, featurize, kept, stream
from salesinsight.features.digests import digests_of, stamp_of
from salesinsight.features.kept import Kept
from salesinsight.features.turn_files import opened, pieces_of, whole_conversations
from salesinsight.schema import conform
from salesinsight.speech import read_trackers, tag_turns

VISIBLE = ["features.parquet", "turns.parquet"]
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


@pytest.fixture
def files(turns, tmp_path, monkeypatch):
    """The turns in a file, and where their features go; a batch is two conversations or so."""
    monkeypatch.setattr(stream, "BATCH_TURNS", 8)
    turns.to_parquet(tmp_path / "turns.parquet", index=False)
    return tmp_path / "turns.parquet", tmp_path / "features.parquet"


@pytest.fixture
def measured(monkeypatch):
    """The conversations that were really measured, in order."""
    seen, measure = [], stream.measure

    def watch(turns, *rest):
        seen.extend(turns["conversation_id"].unique().to_pylist())
        return measure(turns, *rest)

    monkeypatch.setattr(stream, "measure", watch)
    return seen


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def _check(written, turns, export_of):
    export = export_of(turns["conversation_id"].unique(), turns=turns)
    expected = conversation_features(export, tag_turns(turns))
    pd.testing.assert_frame_equal(pd.read_parquet(written), expected, check_index_type=False)


@pytest.mark.parametrize("size", [3, 11, 1000])
def test_equals_in_memory(turns, size, export_of, tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "BATCH_TURNS", size)
    turns.to_parquet(tmp_path / "turns.parquet", index=False)
    done = []
    written = featurize(tmp_path / "turns.parquet", tmp_path / "features.parquet", progress=done.append)
    _check(written, turns, export_of)
    assert done[-1] == len(turns) and done == sorted(done)
    assert visible(tmp_path) == VISIBLE


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
    assert visible(tmp_path) == VISIBLE


def test_file_without_texts_is_refused_by_name(turns, tmp_path):
    turns.drop(columns="text").to_parquet(tmp_path / "turns.parquet", index=False)
    with pytest.raises(MissingColumns, match="'text'"):
        featurize(tmp_path / "turns.parquet", tmp_path / "features.parquet")


def test_pattern_takes_the_files_that_fit(turns, export_of, tmp_path):
    turns.to_parquet(tmp_path / "calls-1.parquet", index=False)
    (tmp_path / "other.parquet").write_text("no Parquet at all")
    _check(featurize(tmp_path / "calls-*.parquet", tmp_path / "features.parquet"), turns, export_of)


def test_nothing_to_read_or_unreadable_is_refused_by_name(tmp_path):
    with pytest.raises(PathUnusable, match="nope"):
        featurize(tmp_path / "nope.parquet", tmp_path / "features.parquet")
    with pytest.raises(PathUnusable, match="no Parquet files"):
        featurize(tmp_path, tmp_path / "features.parquet")
    (tmp_path / "text.parquet").write_text("no Parquet at all")
    with pytest.raises(UnreadableFile, match=r"text\.parquet"):
        featurize(tmp_path / "text.parquet", tmp_path / "features.parquet")


def test_output_among_the_turns_is_refused(turns, tmp_path):
    turns.to_parquet(tmp_path / "turns.parquet", index=False)
    with pytest.raises(BadArgument):
        featurize(tmp_path, tmp_path / "turns.parquet")


def test_turn_of_no_conversation_is_refused(turns, files):
    turns.loc[3, "conversation_id"] = pd.NA
    turns.to_parquet(files[0], index=False)
    with pytest.raises(BadTable, match="missing"):
        featurize(*files)


def test_values_of_another_type_are_read_or_refused_as_elsewhere(turns, export_of, files):
    turns.astype({"turn": "float64", "role": "category", "conversation_id": "category"}).to_parquet(files[0])
    _check(featurize(*files), turns, export_of)
    turns.astype({"start_s": "string"}).assign(start_s="soon").to_parquet(files[0])
    with pytest.raises(BadTable, match="start_s"):
        featurize(*files)


def test_second_run_measures_only_what_is_new_or_changed(turns, export_of, files, measured):
    featurize(*files)
    assert len(measured) == turns["conversation_id"].nunique()
    measured.clear()
    run = stream.stream_features(*files)
    assert (measured, run.measured, run.conversations, run.turns) == ([], 0, 7, len(turns))

    turns.loc[turns["conversation_id"] == "c2", "text"] += " Zeker weten?"
    turns.loc[(turns["conversation_id"] == "c4") & (turns["turn"] == 1), "end_s"] += 1
    new = turns[turns["conversation_id"] == "c6"].assign(conversation_id="c99")
    turns = pd.concat([turns[turns["conversation_id"] != "c1"], new], ignore_index=True)
    turns.to_parquet(files[0], index=False)
    run = stream.stream_features(*files)
    assert measured == ["c2", "c4", "c99"] and run.measured == 3
    _check(files[1], turns, export_of)


def test_conversations_may_change_places(turns, export_of, files, measured, monkeypatch):
    monkeypatch.setattr(kept, "ROWS", 2)
    monkeypatch.setattr(stream, "ROWS", 2)
    featurize(*files)
    measured.clear()
    order = [f"c{number}" for number in (3, 6, 0, 5, 1, 4, 2)]
    turns = pd.concat([turns[turns["conversation_id"] == name] for name in order], ignore_index=True)
    turns.to_parquet(files[0], index=False)
    _check(featurize(*files), turns, export_of)
    assert measured == [] and pq.ParquetFile(files[1]).num_row_groups == 4


@pytest.mark.parametrize("what", ["language", "trackers", "stamp", "state", "output"])
def test_all_is_measured_again_when_the_numbers_could_differ(what, files, measured, monkeypatch):
    featurize(*files)
    measured.clear()
    options = {}
    if what == "language":
        options["language"] = "en"
    elif what == "trackers":
        (files[0].parent / "mine.csv").write_text("name,pattern\nritten,ritten\n", "utf-8")
        options["trackers"] = read_trackers(files[0].parent / "mine.csv")
    elif what == "stamp":
        monkeypatch.setattr(stream, "stamp_of", lambda *arguments: "another")
    elif what == "state":
        next(files[1].with_name(".features.parquet.state").glob("*.npz")).unlink()
    else:
        pd.read_parquet(files[1]).to_parquet(files[1])
    featurize(*files, **options)
    assert len(measured) == 7
    assert ("tracker_ritten_count" in pd.read_parquet(files[1])) == (what == "trackers")


def test_stamp_tells_languages_trackers_and_code_apart(tmp_path, monkeypatch):
    (tmp_path / "mine.csv").write_text("name,pattern\nritten,ritten\n", "utf-8")
    trackers = read_trackers(tmp_path / "mine.csv")
    stamps = [stamp_of("nl"), stamp_of("en"), stamp_of("nl", trackers)]
    assert stamp_of("nl") == stamps[0] and len(set(stamps)) == 3
    read = pathlib.Path.read_bytes
    monkeypatch.setattr(
        pathlib.Path, "read_bytes", lambda file: read(file) + b" " * (file.name == "taggers.npz")
    )
    assert stamp_of("nl") not in stamps


def _digests(frame, tmp_path, size):
    frame.to_parquet(tmp_path / "digested.parquet", index=False)
    with opened(tmp_path / "digested.parquet") as file:
        batches = list(whole_conversations(pieces_of(file, size), size))
    return np.concatenate([digests_of(batch) for batch in batches])


def test_digests_are_of_the_conversation_alone(turns, tmp_path):
    whole = _digests(turns, tmp_path, 1000)
    assert len(np.unique(whole, axis=0)) == 7
    assert (_digests(turns, tmp_path, 3) == whole).all()
    other = turns.astype({"role": "category"}).drop(columns=["speaker_id", "language"])
    assert (_digests(other, tmp_path, 5) == whole).all()


@pytest.mark.parametrize(
    "change",
    [{"text": "Ja, dat is goed!"}, {"text": pd.NA}, {"role": "seller"}, {"start_s": 1.0}, {"end_s": np.nan},
     {"turn": 8}, {"language": "nl"}, {"speaker_id": "p1"}],
)  # fmt: skip
def test_digest_changes_with_anything_in_the_turns(change, turns, tmp_path):
    before = _digests(turns, tmp_path, 1000)
    name, value = next(iter(change.items()))
    turns.loc[turns.index[turns["conversation_id"] == "c4"][-1], name] = value
    assert (_digests(turns, tmp_path, 1000) != before).any(axis=1).tolist() == [n == 4 for n in range(7)]


@pytest.fixture
def snapshots(files, tmp_path, monkeypatch):
    """What is on the disk whenever something is about to be written or put in place: what a kill leaves there."""
    taken, alone = [], threading.RLock()  # else a file goes while the other thread copies it

    def watched(work):
        def copy_first(*arguments, **options):
            with alone:
                taken.append(tmp_path / "snapshots" / f"{len(taken)}")
                shutil.copytree(files[1].parent, taken[-1], ignore=shutil.ignore_patterns("snapshots"))
                return work(*arguments, **options)

        return copy_first

    monkeypatch.setattr(os, "replace", watched(os.replace))
    monkeypatch.setattr(pq.ParquetWriter, "close", watched(pq.ParquetWriter.close))
    monkeypatch.setattr(pathlib.Path, "unlink", watched(pathlib.Path.unlink))
    return taken


def test_whenever_it_is_broken_off_the_next_run_ends_with_the_same_file(turns, files, tmp_path, request):
    turns.assign(text="anders").to_parquet(tmp_path / "old.parquet", index=False)
    old = featurize(tmp_path / "old.parquet", files[1]).read_bytes()
    snapshots = request.getfixturevalue("snapshots")
    whole = featurize(*files).read_bytes()
    request.getfixturevalue("monkeypatch").undo()
    assert len(snapshots) > 15
    worked = []
    for place in snapshots[::2] + snapshots[-3:]:
        assert (place / "features.parquet").read_bytes() in (old, whole)
        run = stream.stream_features(place / "turns.parquet", place / "features.parquet")
        worked.append(run.measured)
        assert run.path.read_bytes() == whole
        left = [path.suffix for path in (place / ".features.parquet.state").iterdir()]
        assert sorted(left) == ["", ".npz"] and visible(place) == [
            *VISIBLE[:1],
            "old.parquet",
            "turns.parquet",
        ]
    assert worked[0] == 7 and worked[-1] == 0 and worked == sorted(worked, reverse=True)


KILLED = """
import os, signal, sys
from salesinsight.features import stream
stream.BATCH_TURNS, measure, done = 8, stream.measure, []
def die(*arguments):
    if len(done) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(1)
    return measure(*arguments)
stream.measure, stream.AT_ONCE = die, 1
stream.featurize(*sys.argv[1:])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
def test_goes_on_after_a_real_kill(files, measured, tmp_path):
    whole = featurize(files[0], tmp_path / "whole.parquet").read_bytes()
    measured.clear()
    assert subprocess.run([sys.executable, "-c", KILLED, *files], check=False).returncode == -signal.SIGKILL
    assert not files[1].exists()
    assert featurize(*files).read_bytes() == whole
    assert 0 < len(measured) < 7


def test_damaged_rows_of_a_broken_run_are_measured_again(files, measured, tmp_path, monkeypatch):
    whole = featurize(files[0], tmp_path / "whole.parquet").read_bytes()
    write = Kept.write
    monkeypatch.setattr(Kept, "write", lambda *rest: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        featurize(*files)
    rows = sorted(files[1].with_name(".features.parquet.state").glob("*.arrow"))
    rows[0].write_bytes(rows[0].read_bytes()[:100])
    rows[1].with_suffix(".arrow.part").write_bytes(b"half")
    monkeypatch.setattr(Kept, "write", write)
    measured.clear()
    assert featurize(*files).read_bytes() == whole
    assert 0 < len(measured) < 7


def test_full_disk_leaves_the_old_file_usable(turns, files, monkeypatch):
    before = featurize(*files).read_bytes()
    turns.assign(text="anders").to_parquet(files[0], index=False)
    write = pq.ParquetWriter.write_table

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(OSError, match="No space"):
        featurize(*files)
    assert files[1].read_bytes() == before and len(pd.read_parquet(files[1])) == 7
    assert visible(files[1].parent) == VISIBLE
    monkeypatch.setattr(pq.ParquetWriter, "write_table", write)
    assert featurize(*files).read_bytes() != before


def test_two_runs_at_once_on_one_output_are_told_apart(files):
    with Kept(files[1], "stamp").held(), pytest.raises(OutputLocked, match=r"features\.parquet"):
        featurize(*files)
    featurize(*files)
