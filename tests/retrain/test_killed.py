"""kill -9 at any moment of training or promotion, and a full disk: the model in use stays whole and is used."""

import dataclasses
import errno
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import skops.io

from salesinsight import writing
from salesinsight.errors import LedgerCut, RunTakenOver
from salesinsight.modeling import load_run, store, train, training
from salesinsight.retrain import ledger, model_in_use, path, prepare, run_path
from salesinsight.retrain.ledger import add_to_ledger, read_ledger
from salesinsight.retrain.records import put_to_use, write_status
from salesinsight.retrain.reference import write_reference
from salesinsight.sample import make_sample, write_sample

CHILD = """
import dataclasses, os, pathlib, pickle, signal, sys
from salesinsight import writing
from salesinsight.modeling import load_run, store
from salesinsight.retrain import path, records, run_path

models, ready, point = pathlib.Path(sys.argv[1]), pickle.loads(pathlib.Path(sys.argv[2]).read_bytes()), sys.argv[3]
old = load_run(models / "old")

def die(*given, **rest):
    os.kill(os.getpid(), signal.SIGKILL)

def train(data, folder, **rest):
    return store.save_run(dataclasses.replace(old, folder=folder), "nl")

def report(folder, **tables):
    (folder / "report.html").write_text("report")
    return folder / "report.html"

def half_a_ledger(models, run, *rest):
    with open(models / "ledger.csv", "ab", buffering=0) as file:
        file.write(f"{run},2026-06-29,d00".encode())
    die()

move = os.replace
def replace(old, new):
    if str(new).endswith("current.json"):
        die()
    move(old, new)

path.prepare, path.train, path.write_report = lambda *given, **rest: ready, train, report
path.refusal = lambda *given: None
if point == "half a run": store.write_stamped = die
if point == "half a ledger": path.add_to_ledger = half_a_ledger
if point == "before it is put to use": writing.os.replace = replace
if point == "after it is put to use": path.write_status = die
run_path("export", out=models)
"""
POINTS = ["half a run", "half a ledger", "before it is put to use", "after it is put to use"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An export, prepared, and a folder with a model in use."""
    place = tmp_path_factory.mktemp("world")
    write_sample(make_sample(n_deals=70, seed=5), place / "export")
    ready, models = prepare(place / "export"), place / "models"
    with pytest.MonkeyPatch.context() as few:
        few.setattr(training, "REPLICATES", {"logistic": 3, "boosting": 3})
        run = train(ready.data, models / "old", bootstrap=5)
    write_reference(run, ready)
    put_to_use(models, "old")
    add_to_ledger(models, "old", run.score(ready.open_), "2026-06-22")
    write_status(models, "old", None)
    (place / "ready.pickle").write_bytes(pickle.dumps(ready))
    return place, ready


@pytest.fixture
def models(world, tmp_path):
    return shutil.copytree(world[0] / "models", tmp_path / "models")


@pytest.fixture
def again(world, models, monkeypatch):
    """Train once more, without what takes long."""
    old = load_run(models / "old")

    def learned(data, folder, **rest):
        return store.save_run(dataclasses.replace(old, folder=folder), "nl")

    def reported(folder, **tables):
        return writing.write_whole(Path(folder) / "report.html", b"report")

    for name, stub in {
        "prepare": lambda *given, **rest: world[1],
        "train": learned,
        "write_report": reported,
    }.items():
        monkeypatch.setattr(path, name, stub)
    monkeypatch.setattr(path, "refusal", lambda *given: None)
    return lambda: run_path("export", out=models)


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_moment_the_model_in_use_stays_whole_and_the_next_run_goes_on(
    world, models, again, point
):
    child = subprocess.run(
        [sys.executable, "-c", CHILD, models, world[0] / "ready.pickle", point], check=False
    )
    assert child.returncode == -9
    used = model_in_use(models)
    assert (used.folder.name == "old") == (point != "after it is put to use")
    assert used.model is not None and len(read_ledger(models)) > 0
    outcome = again()
    assert outcome.exit_code == 0
    cut = [LedgerCut] if point == "half a ledger" else []
    assert [type(notice) for notice in outcome.notices] == [RunTakenOver, *cut]
    assert model_in_use(models).folder == outcome.folder
    assert not [left for left in models.iterdir() if left.name.startswith(".") or left.suffix == ".part"]
    ledger = pd.read_csv(models / "ledger.csv", dtype=str)
    assert not ledger.duplicated(["run", "date", "deal_id"]).any() and ledger.notna().all(axis=None)
    assert set(ledger["run"]) >= {"old", outcome.folder.name}


def full(*given, **rest):
    raise OSError(errno.ENOSPC, "No space left on device")


FULL = {
    "the model": (skops.io, "dump"),
    "the card": (store, "write_stamped"),
    "the predictions": (store, "oof_bytes"),
    "the folder": (writing, "_swap"),
    "the report": (path, "write_report"),
    "the ledger": (ledger, "_set_aside"),
    "current.json": (writing.os, "replace"),
}


@pytest.mark.parametrize("what", FULL)
def test_a_full_disk_leaves_the_model_in_use(models, again, monkeypatch, what):
    before = {name: (models / name).read_bytes() for name in ("current.json", "ledger.csv")}
    with monkeypatch.context() as disk:
        place, name = FULL[what]
        move = getattr(place, name)

        def replace(old, new):
            return full() if str(new).endswith("current.json") else move(old, new)

        disk.setattr(place, name, replace if what == "current.json" else full)
        with pytest.raises(OSError, match="No space"):
            again()
        assert model_in_use(models).folder.name == "old"
    status = json.loads((models / "status.json").read_text("utf-8"))
    assert (status["last_good_run"], status["model_in_use"]) == ("old", "old")
    assert (status["exit_code"], status["refused"]["error"]) == (3, "DiskFull")
    assert (models / "current.json").read_bytes() == before["current.json"]
    assert (models / "ledger.csv").read_bytes().startswith(before["ledger.csv"])
    assert again().exit_code == 0
