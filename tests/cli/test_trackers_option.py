"""``--trackers FILE``: trackers of one's own on the command line."""

import json

import pandas as pd
import pytest

import salesinsight as si
from salesinsight.retrain import prepare


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "sample"
    si.write_sample(si.make_sample(n_deals=12), path)
    return path


@pytest.fixture
def trackers(tmp_path):
    path = tmp_path / "mijn.csv"
    path.write_text("name;pattern\nprijs;ik\nprijs;{nergens} prijs\n", "utf-8")
    return path


def test_featurize_adds_their_columns(folder, trackers, tmp_path, run):
    out = tmp_path / "features.parquet"
    assert run("featurize", folder, out, "--profile", "sample", "--trackers", trackers).exit_code == 0
    assert {"tracker_prijs_count", "tracker_prijs_share"} <= set(pd.read_parquet(out).columns)


def test_a_file_that_is_not_there_is_refused(folder, tmp_path, run):
    gone = tmp_path / "weg.csv"
    out = tmp_path / "f.parquet"
    command = run("featurize", folder, out, "--profile", "sample", "--trackers", gone, "--json")
    assert command.exit_code == 3
    assert "weg.csv" in json.dumps(command.facts)


def test_the_whole_path_uses_them_and_counts_what_was_set_aside(folder, trackers):
    ready = prepare(folder, trackers=trackers)
    assert "tracker_prijs_count_mean" in ready.data.X
    assert "tracker_prijs" in set(ready.hits["label"])
    aside = ready.export.rejects[ready.export.rejects["file"] == "mijn.csv"]
    assert aside["line"].tolist() == [3]
