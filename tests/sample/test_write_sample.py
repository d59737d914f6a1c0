import dataclasses
import pathlib

import pandas as pd
import pytest

from salesinsight.exports import read_export
from salesinsight.sample import make_sample, write_sample
from salesinsight.sample import write as writing

FILES = ["attendance.csv", "conversations.csv", "deals.csv", "events.csv", "people.csv", "turns.csv"]


@pytest.mark.parametrize(("language", "sep", "decimal"), [("nl", ";", ","), ("en", ",", ".")])
def test_files_hold_what_the_tables_hold(tmp_path, language, sep, decimal):
    export = make_sample(n_deals=12, language=language)
    folder = write_sample(export, tmp_path / "new" / "folder")
    assert sorted(path.name for path in folder.iterdir()) == ["WATERMARK.txt", *FILES]
    assert (folder / "WATERMARK.txt").read_text("utf-8") == f"{export.watermark}\n"
    deals = pd.read_csv(folder / "deals.csv", sep=sep, decimal=decimal)
    assert deals["amount"].tolist() == export.deals["amount"].tolist()
    turns = pd.read_csv(folder / "turns.csv", sep=sep, decimal=decimal)
    assert turns["text"].tolist() == export.turns["text"].tolist()
    assert turns["start_s"].sum() == pytest.approx(export.turns["start_s"].sum())
    talks = pd.read_csv(folder / "conversations.csv", sep=sep, decimal=decimal)
    assert talks["started_at"].str.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00").all()
    assert (pd.to_datetime(talks["started_at"], utc=True) == export.conversations["started_at"]).all()
    assert talks["next_step_at"].isna().tolist() == export.conversations["next_step_at"].isna().tolist()


def test_writing_again_replaces_and_leaves_other_files_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    write_sample(make_sample(n_deals=8), tmp_path)
    size = (tmp_path / "events.csv").stat().st_size
    write_sample(make_sample(n_deals=3), tmp_path)
    assert (tmp_path / "events.csv").stat().st_size < size
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "WATERMARK.txt",
        *FILES[:4],
        "mine.txt",
        *FILES[4:],
    ]


def test_a_failure_leaves_the_old_files_whole(tmp_path, monkeypatch):
    write_sample(make_sample(n_deals=8), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    good = writing._for_people

    def fails_halfway(frame, name, time_zone):
        if name == "deals":
            raise OSError("disk full")
        return good(frame, name, time_zone)

    monkeypatch.setattr(writing, "_for_people", fails_halfway)
    with pytest.raises(OSError, match="disk full"):
        write_sample(make_sample(n_deals=3), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_shipped_sample_is_what_the_command_makes(tmp_path, language):
    shipped = pathlib.Path(__file__).parents[2] / "data" / "sample" / language
    made = write_sample(make_sample(language=language), tmp_path)
    for path in made.iterdir():
        assert (shipped / path.name).read_bytes() == path.read_bytes(), path.name
    assert sum(path.stat().st_size for path in made.iterdir()) < 950_000


def test_a_column_of_which_nothing_is_known_is_left_out_and_an_empty_table_keeps_its_columns(tmp_path):
    made = make_sample(n_deals=3)
    bare = dataclasses.replace(made, people=made.people.iloc[:0], deals=made.deals.assign(name="Dak"))
    write_sample(bare, tmp_path)
    header = {
        name: (tmp_path / f"{name}.csv").read_text("utf-8").splitlines()[0] for name in ("deals", "people")
    }
    assert header["deals"].startswith("deal_id;name;account_id;created_at;")
    assert header["people"] == "person_id;account_id;side;name;title;decision_role"
    assert set(read_export(tmp_path).deals["name"]) == {"Dak"}
