"""Somebody's own files, in small: HubSpot in Dutch and Teams transcripts, held against the truth they were made from."""

import importlib
from pathlib import Path

import pytest

import salesinsight as si
from salesinsight.privacy import new_key, pseudonymise, restore

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "sample" / "hubspot"
PLACES = {"note": ("conversations", "note"), "talk": ("turns", "text")}


@pytest.fixture(scope="module")
def bench():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("own_export")


@pytest.fixture(scope="module")
def made(bench, tmp_path_factory):
    folder = tmp_path_factory.mktemp("own") / "hubspot"
    return folder, bench.write_small(folder)


@pytest.fixture(scope="module")
def export(made):
    return si.read_export(made[0], profile="hubspot")


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_shipped_folder_is_the_one_that_the_benchmark_makes(made):
    assert contents(SHIPPED) == contents(made[0])
    assert sum(map(len, contents(SHIPPED).values())) < 300_000


def test_every_row_of_every_file_is_accounted_for(made, export):
    found = si.check_export(made[0], profile="hubspot")
    assert found.usable
    for table in found.tables.values():
        assert table.used + table.merged + table.skipped + table.rejected == table.read
    assert len(export.deals) == 40
    assert export.watermark


def test_no_transcript_comes_to_the_wrong_conversation(bench, made, export):
    found = bench.scored(export.links, made[1])
    of_customers = found.drop(index="own_talk")
    assert of_customers["wrong"].sum() == 0
    assert found["right"].sum() >= 0.85 * made[1].links["call"].notna().sum()
    assert found.loc["no_call", "right"] == 0


def test_who_sells_is_known_by_name(made, export):
    told = export.turns.dropna(subset=["speaker_id"])
    mine = told["speaker_id"].isin(made[1].sellers)
    assert mine.any()
    assert set(told.loc[mine, "role"]) == {"seller"}


def test_a_voicemail_or_a_wrong_number_is_no_conversation(made, export):
    calls = made[1].links.query("case in ['voicemail', 'wrong_number']").set_index("call")["case"]
    status = export.conversations.set_index("conversation_id")["status"]
    assert status[calls.index].tolist() == calls.tolist()


def test_what_a_user_answers_in_links_csv_counts(bench, made, export, tmp_path):
    answered = bench.answer(export.links, made[1])
    open_ = export.links["question"].notna() & answered["conversation_id"].notna()
    path = tmp_path / "links.csv"
    answered.to_csv(path, sep=";", index=False, encoding="utf-8-sig")
    again = si.read_export(made[0], profile="hubspot", links=path).links.set_index("file")["conversation_id"]
    wanted = answered[open_].set_index("file")["conversation_id"]
    assert again[wanted.index].tolist() == wanted.tolist()


def test_names_come_out_and_come_back_with_the_key(bench, made, export, tmp_path):
    key = new_key(tmp_path / "my.key")
    hidden, vault = pseudonymise(export, key)
    share = bench.covered(hidden, made[1]).groupby("what")["hidden"].mean()
    assert share[["person", "email", "phone"]].min() >= 0.95
    for name in made[1].sellers:
        assert not hidden.conversations["seller_id"].eq(name).any()
    back = restore(hidden, vault, key)
    for table, column in PLACES.values():
        was, now = (getattr(one, table)[column].fillna("").str.casefold() for one in (export, back))
        assert now.tolist() == was.tolist()
