"""A cluster: the same numbers as one machine, complete when a worker is lost; parts that don't know each other."""

import json
import os
import pickle
import shutil
import signal
import threading

import pandas as pd
import pyarrow as pa
import pytest

from salesinsight.errors import (
    BadArgument,
    BadTable,
    MissingColumns,
    MissingExtra,
    NoCluster,
    OtherWorkers,
    PartFailed,
    PathUnusable,
)
from salesinsight.features import featurize
from salesinsight.sample import make_sample
from salesinsight.scale import cluster as clusters
from salesinsight.scale import featurize_on, parts
from salesinsight.scale.storage import url_of

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")  # of tornado and others, while a cluster starts and ends


@pytest.fixture(scope="module")
def turns():
    return make_sample(n_deals=40, seed=5).turns


@pytest.fixture(scope="module")
def folder(turns, tmp_path_factory):
    """Three files of several row groups each; conversations run on over groups and files."""
    folder = tmp_path_factory.mktemp("calls")
    third = len(turns) // 3 + 5
    for number in range(3):
        part = turns.iloc[number * third : (number + 1) * third]
        part.to_parquet(folder / f"calls-{number}.parquet", index=False, row_group_size=80)
    return folder


@pytest.fixture(scope="module")
def expected(folder, tmp_path_factory):
    return pd.read_parquet(featurize(folder, tmp_path_factory.mktemp("alone") / "features.parquet"))


@pytest.fixture(scope="module")
def client():
    """A cluster of two worker processes."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def thread():
    """A cluster without processes, for what doesn't need them."""
    with distributed.Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None, set_as_default=False
    ) as client:
        yield client


def same(out, expected):
    pd.testing.assert_frame_equal(pd.read_parquet(out), expected, check_exact=False, rtol=1e-6, atol=1e-6)


def test_equals_one_machine_also_when_a_worker_is_killed_midway(client, folder, expected, tmp_path):
    workers = client.run(os.getpid)
    progress, killed = [], threading.Event()

    def kill_one(done, of):
        progress.append((done, of))
        if not killed.is_set():
            killed.set()
            os.kill(next(iter(workers.values())), signal.SIGKILL)

    done = featurize_on(client, str(folder), str(tmp_path / "out"), part_turns=100, progress=kill_one)
    same(tmp_path / "out", expected)
    assert set(client.run(os.getpid).values()) != set(workers.values())
    assert (done.conversations, done.measured) == (len(expected), len(expected)) and done.parts > 6
    assert progress[-1][0] == progress[-1][1] == done.turns
    told = json.loads((tmp_path / "out" / "_done.json").read_text())
    assert len(told["parts"]) == done.parts and told["conversations"] == len(expected)


def test_parts_that_are_there_are_left_and_others_made_again(thread, folder, expected, tmp_path):
    calls, out = tmp_path / "calls", str(tmp_path / "out")
    shutil.copytree(folder, calls)
    first = featurize_on(thread, str(calls / "calls-*.parquet"), out, part_turns=600)
    written = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.parquet")}
    assert len(written) == first.parts
    (tmp_path / "out" / "calls-1.00000.parquet").unlink()
    again = featurize_on(thread, str(calls / "calls-*.parquet"), out, part_turns=600)
    assert 0 < again.measured < first.measured == again.conversations
    same(out, expected)
    kept = [
        path for path in (tmp_path / "out").glob("*.parquet") if path.stat().st_mtime_ns == written[path.name]
    ]
    assert len(kept) == first.parts - 1

    turns = pd.read_parquet(calls / "calls-2.parquet")
    last = turns["conversation_id"] == turns["conversation_id"].iloc[-1]
    turns[last].assign(text="anders").to_parquet(calls / "calls-2.parquet", index=False)
    (tmp_path / "out" / "own.parquet").write_bytes((calls / "calls-2.parquet").read_bytes())
    changed = featurize_on(thread, str(calls), out, part_turns=600)
    assert changed.conversations < first.conversations and 0 < changed.measured < changed.conversations
    left = sorted(path.name for path in (tmp_path / "out").glob("calls-2*"))
    assert left == ["calls-2.00000.parquet"]
    assert (tmp_path / "out" / "own.parquet").exists()


def _turns_of_all(folder, part_turns, tmp_path):
    plan = parts.plan_parts(url_of(str(folder)), url_of(str(tmp_path / "out")), part_turns)
    return [list(parts._turns_of(plan, place)) for place in range(len(plan))]


@pytest.mark.parametrize("part_turns", [1, 300, 10_000])
def test_each_turn_is_in_one_part_with_the_rest_of_its_conversation(
    part_turns, turns, folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(parts, "BATCH_TURNS", 70)
    read = [
        pa.concat_tables(pieces).to_pandas()
        for pieces in _turns_of_all(folder, part_turns, tmp_path)
        if pieces
    ]
    assert len(read) > 1
    pd.testing.assert_frame_equal(
        pd.concat(read, ignore_index=True)[["conversation_id", "turn"]],
        turns[["conversation_id", "turn"]].reset_index(drop=True),
        check_dtype=False,
    )
    names = [set(part["conversation_id"]) for part in read]
    assert sum(map(len, names)) == len(set().union(*names))


def test_conversation_of_many_row_groups_goes_to_one_part(turns, tmp_path):
    (tmp_path / "in").mkdir()
    long = turns.head(90).assign(conversation_id="long", turn=range(90))
    long.to_parquet(tmp_path / "in" / "a.parquet", index=False, row_group_size=10)
    long.tail(5).assign(turn=range(90, 95)).to_parquet(tmp_path / "in" / "b.parquet", index=False)
    read = [sum(map(len, pieces)) for pieces in _turns_of_all(tmp_path / "in", 10, tmp_path)]
    assert read == [95] + [0] * 9


def test_conversation_in_two_parts_is_refused_by_name(thread, turns, tmp_path):
    (tmp_path / "in").mkdir()
    for name in "abc":
        one = turns["conversation_id"] == turns["conversation_id"].iloc[0 if name != "b" else -1]
        turns[one].to_parquet(tmp_path / "in" / f"{name}.parquet", index=False)
    with pytest.raises(BadTable, match=turns["conversation_id"].iloc[0]):
        featurize_on(thread, str(tmp_path / "in"), str(tmp_path / "out"))
    assert not (tmp_path / "out" / "_done.json").exists()


def test_what_one_machine_refuses_is_refused_the_same(thread, turns, folder, tmp_path):
    out = str(tmp_path / "out")
    with pytest.raises(PathUnusable, match="nowhere"):
        featurize_on(thread, str(tmp_path / "nowhere"), out)
    with pytest.raises(BadArgument):
        featurize_on(thread, str(folder), str(folder))
    turns.drop(columns="text").to_parquet(tmp_path / "turns.parquet")
    with pytest.raises(MissingColumns, match="'text'"):
        featurize_on(thread, str(tmp_path / "turns.parquet"), out)


def test_storage_that_fails_ends_with_what_to_do(thread, folder, tmp_path, monkeypatch):
    def fail(url, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parts, "put_whole", fail)
    with pytest.raises(PartFailed, match="No space left"):
        featurize_on(thread, str(folder), str(tmp_path / "out"))


def test_other_file_systems_than_that_of_the_machine(thread, folder, expected, tmp_path):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(str(folder), "/calls", recursive=True)
    featurize_on(thread, "memory://calls", "memory://features/2026")
    memory.get("/features/2026", str(tmp_path / "out"), recursive=True)
    same(tmp_path / "out", expected)
    assert not [name for name in memory.find("/features") if "half" in name]


def test_workers_of_another_version_are_refused(thread, folder, tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "stamp_of", lambda *arguments: "of another version")
    with pytest.raises(OtherWorkers, match="inproc"):
        featurize_on(thread, str(folder), str(tmp_path / "out"))


def test_without_a_cluster_or_the_extra_it_says_what_to_do(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "WAIT_S", 1)
    with pytest.raises(NoCluster, match="dask scheduler"):
        featurize_on("tcp://127.0.0.1:9", str(folder), str(tmp_path / "out"))
    monkeypatch.setattr(clusters.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"pip install 'salesinsight\[cluster\]'"):
        featurize_on("tcp://127.0.0.1:9", str(folder), str(tmp_path / "out"))


def test_refusals_come_whole_from_another_process():
    refusal = pickle.loads(pickle.dumps(PathUnusable(path="x", cause="absent")))
    assert (refusal.text("nl"), refusal.facts) == (
        PathUnusable(path="x", cause="absent").text("nl"),
        refusal.facts,
    )
