"""Forgetting that broke off, addresses of people, foreign files, locks, and what a crash left."""

import html
import os

import pandas as pd
import pytest

from salesinsight.errors import FileBusy, NoDay, NotFound, OtherKey, RunLocked, RunsMissing
from salesinsight.exports import is_processed, read_export, read_processed
from salesinsight.privacy import load_key
from salesinsight.retrain import forget, import_path, persons
from salesinsight.retrain.lock import one_at_a_time

WHO, FIRM = "Anouk d'Argentelle", "Daktotaal BV"
WORK, OWN, OTHER, PHONE = "anouk@daktotaal.nl", "a.dargentelle@post.nl", "anna@daktotaal.nl", "06-12345678"


@pytest.fixture
def raw(write_tables):
    tables = {
        "deals": [
            "deal_id;account_id;account_name;created_at;amount;currency;pipeline;owner_id",
            f"D1;A1;{FIRM};2026-01-05 09:00;1000;EUR;nieuw;Eva Smit",
            "D2;A2;;2026-01-06 09:00;2000;EUR;nieuw;Eva Smit",
        ],
        "events": [
            "deal_id;at;kind;value;person_id",
            "D1;2026-01-05 09:00;stage;contact;",
            f"D1;2026-01-08 09:00;stage;Wacht op {WHO};",
            "D2;2026-01-06 09:00;stage;contact;P2",
        ],
        "people": [
            "person_id;account_id;side;name;title",
            f"P1;A1;customer;{WHO};inkoper",
            "P2;A2;customer;Piet Bos;baas",
        ],
        "attendance": ["conversation_id;person_id", "C1;P1", "C2;P2"],
        "conversations": [
            "conversation_id;deal_id;account_id;started_at;ended_at;status;seller_id;note",
            f"C1;D1;A1;2026-01-12 10:00;2026-01-12 10:30;held;Eva Smit;{WHO} ({WORK} en {OWN}) belt op {PHONE}.",
            f"C2;D2;A2;2026-01-13 10:00;2026-01-13 10:30;held;Eva Smit;Piet Bos kent {WORK} en {OTHER}.",
        ],
        "turns": [
            "conversation_id;turn;role;speaker_id;start_s;end_s;text",
            "C1;0;seller;Eva Smit;0;5;Wat hebt u tot nu toe geprobeerd?",
            "C1;1;customer;P1;6;20;Dat moet ik eerst voorleggen.",
            "C2;0;seller;Eva Smit;0;5;Zullen we een afspraak maken voor dinsdag?",
        ],
    }
    return write_tables(tables)


@pytest.fixture
def runs(tmp_path):
    folder = tmp_path / "models"
    (folder / "r1").mkdir(parents=True)
    (folder / "ledger.csv").write_text("deal_id,p_won\nD1,0.1\nD2,0.2\n", encoding="utf-8")
    (folder / "ledger-cut.txt").write_text("r1,2026-03-02,D1,0.\n", encoding="utf-8")
    pd.DataFrame({"deal_id": ["D1", "D2"]}).to_parquet(folder / "r1" / "oof.parquet")
    (folder / "r1" / "report.html").write_text("<p>D1</p>", encoding="utf-8")
    return folder


def surfaces(imported):
    return set(read_processed(imported.folder).vault.open(load_key(imported.key)).values())


def test_what_broke_off_halfway_is_finished_by_the_same_command(imported, runs, monkeypatch):
    def busy(processed, folder):
        raise FileBusy(file=str(folder))

    with monkeypatch.context() as broken:
        broken.setattr("salesinsight.retrain.forgetting.write_processed", busy)
        with pytest.raises(FileBusy):
            forget(imported.folder, deals=["D1"], runs=[runs])
    done = forget(imported.folder, deals=["D1"], runs=[runs])
    assert done.rows["deals"] == 1
    assert set(read_export(imported.folder).deals["deal_id"]) == {"D2"}
    assert set(pd.read_csv(runs / "ledger.csv")["deal_id"]) == {"D2"}
    assert not (runs / "ledger-cut.txt").exists()
    assert not (runs / "r1" / "report.html").exists()


def test_what_is_forgotten_may_be_asked_again_and_cleans_what_is_left(imported, runs):
    for asked in ({"deals": ["D1"]}, {"people": ["Piet Bos"]}, {"people": ["P2"]}):
        shown = "D1" if "deals" in asked else "Piet Bos"
        forget(imported.folder, **asked, key=imported.key)
        before = read_processed(imported.folder)
        (runs / "r1" / "report.html").write_text(shown, encoding="utf-8")
        again = forget(imported.folder, **asked, key=imported.key, runs=[runs])
        assert set(again.rows.values()) == {0} and again.names == 0
        if asked != {"people": ["P2"]}:
            assert again.files == [str(runs / "r1" / "report.html")]
        pd.testing.assert_frame_equal(read_processed(imported.folder).forgotten, before.forgotten)
        assert "[VERWIJDERD]" not in set(read_processed(imported.folder).export.people["person_id"])
    assert set(pd.read_csv(runs / "ledger.csv")["deal_id"]) == {"D2"}
    with pytest.raises(NotFound):
        forget(imported.folder, deals=["D1", "D9"])


def test_files_of_others_are_left_and_told(imported, runs):
    foreign = {"a/ledger.csv": b"deal,x\n1,2\n", "b/ledger.csv": b"\xff\xfe\x00", "c/oof.parquet": b"no"}
    for name, content in foreign.items():
        (runs / name).parent.mkdir()
        (runs / name).write_bytes(content)
    (runs / "d").mkdir()
    (runs / "d" / "report.html").write_bytes(b"\xff about D1")
    done = forget(imported.folder, deals=["D1"], runs=[runs])
    assert done.unread == [str(runs / name) for name in foreign]
    assert {name: (runs / name).read_bytes() for name in foreign} == foreign
    assert str(runs / "d" / "report.html") in done.files and done.ledger == 1
    assert set(pd.read_parquet(runs / "r1" / "oof.parquet")["deal_id"]) == {"D2"}


def test_a_name_is_found_in_pages_as_html_writes_it(imported, runs):
    (runs / "r1" / "report.html").write_text(html.escape(f"<p>{WHO}</p>"), encoding="utf-8")
    other = runs / "report.html"
    other.write_text("Anouk d'Argentellestraat", encoding="utf-8")
    done = forget(imported.folder, people=[WHO], key=imported.key, runs=[runs])
    assert done.files == [str(runs / "r1" / "report.html")] and other.exists()


def test_addresses_of_a_person_go_and_what_stands_beside_is_told(raw, imported):
    assert {WORK, OWN, OTHER, PHONE} <= surfaces(imported)
    done = forget(
        imported.folder, people=["Anouk d\N{RIGHT SINGLE QUOTATION MARK}Argentelle"], key=imported.key
    )
    assert done.beside == {"phone": 1, "email": 1}
    assert done.stages == [f"Wacht op {WHO}"]
    kept = surfaces(imported)
    assert not kept & {WHO, WORK, OWN} and {OTHER, PHONE, "Piet Bos"} <= kept
    gone = forget(imported.folder, people=["0612345678"], key=imported.key)
    assert PHONE not in surfaces(imported) and gone.names == 1
    import_path(raw, "sample", imported.folder, imported.key)
    assert not surfaces(imported) & {WHO, WORK, OWN, PHONE}


@pytest.mark.parametrize(
    ("address", "name", "own"),
    [
        ("zoe.kovacs@a.nl", "Zoë Kovács", True),
        ("jp.devries@a.nl", "Jan de Vries", True),
        ("vries.jan@a.nl", "Jan de Vries", True),
        ("anna.devries-jansen@a.nl", "Anna de Vries", True),
        ("jan.devriesema@a.nl", "Jan de Vries", False),
        ("pim.bos@a.nl", "Piet Bos", False),
        ("devries@a.nl", "Jan de Vries", False),
    ],
)
def test_which_address_is_whose(address, name, own):
    assert persons._is_of(address, {name}) is own


def test_a_namesake_at_the_same_firm_keeps_the_address(raw, tmp_path):
    with (raw / "people.csv").open("a", encoding="utf-8") as file:
        file.write("P3;A1;customer;Anouk Bakker;baas\n")
    done = import_path(raw, "sample", tmp_path / "p", tmp_path / "k.key")
    forget(done.folder, people=[WHO], key=done.key)
    assert WORK in surfaces(done) and OWN not in surfaces(done)


def test_runs_that_are_not_there_and_days_that_are_none_are_refused(imported, tmp_path, runs):
    with pytest.raises(RunsMissing, match="typo"):
        forget(imported.folder, deals=["D1"], runs=[runs, tmp_path / "typo"])
    for day in ("gisteren", "2099-99-99", "nat"):
        with pytest.raises(NoDay):
            forget(imported.folder, before=day)
    assert len(read_export(imported.folder).deals) == 2


def test_forgetting_waits_for_a_run_and_for_an_import(raw, imported, runs, tmp_path):
    for busy, given in ((runs, [runs]), (runs, [tmp_path]), (imported.folder.parent, [])):
        with one_at_a_time(busy), pytest.raises(RunLocked):
            forget(imported.folder, deals=["D1"], runs=given)
    with one_at_a_time(imported.folder.parent), pytest.raises(RunLocked):
        import_path(raw, "sample", imported.folder, imported.key)
    assert len(read_export(imported.folder).deals) == 2
    assert not list(tmp_path.rglob(".lock"))


def test_another_key_does_not_undo_forgetting(raw, imported, tmp_path):
    other = tmp_path / "other.key"
    import_path(raw, "sample", tmp_path / "fresh", other)
    import_path(raw, "sample", imported.folder, other)  # nothing was forgotten yet
    forget(imported.folder, people=[WHO], key=other)
    before = read_processed(imported.folder)
    for key in (imported.key, tmp_path / "new" / "k.key"):
        with pytest.raises(OtherKey):
            import_path(raw, "sample", imported.folder, key)
        assert not (tmp_path / "new").exists()
    pd.testing.assert_frame_equal(read_processed(imported.folder).forgotten, before.forgotten)
    import_path(raw, "sample", imported.folder, other)


@pytest.mark.parametrize("read_first", [True, False])
def test_a_crash_between_taking_away_and_putting_there_loses_nothing(raw, imported, read_first):
    forget(imported.folder, deals=["D1"])
    beside = imported.folder.parent
    os.replace(imported.folder, beside / ".firm-99-old")
    for left in (".firm-99", ".firm-98"):
        (beside / left).mkdir()
        (beside / left / "turns.parquet").write_bytes(b"half")
    (beside / ".firm-2-mine").mkdir()
    if read_first:
        assert set(read_export(imported.folder).deals["deal_id"]) == {"D2"}
    import_path(raw, "sample", imported.folder, imported.key)
    assert set(read_export(imported.folder).deals["deal_id"]) == {"D2"}
    assert {path.name for path in beside.iterdir()} == {"firm", ".firm-2-mine"}


def test_an_import_that_is_stopped_at_the_swap_leaves_the_old_tables(raw, imported, monkeypatch):
    move, forgotten = os.replace, forget(imported.folder, deals=["D1"])
    assert forgotten.rows["deals"] == 1

    def stop(old, new):
        if str(new) == str(imported.folder) and not str(old).endswith("-old"):
            raise KeyboardInterrupt
        move(old, new)

    monkeypatch.setattr("salesinsight.writing.os.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        import_path(raw, "sample", imported.folder, imported.key)
    assert is_processed(imported.folder)
    assert [path.name for path in imported.folder.parent.iterdir()] == ["firm"]
