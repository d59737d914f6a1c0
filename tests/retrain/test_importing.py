"""Importing without names and forgetting, from an export as it came to reports with and without the key."""

import json

import pandas as pd
import pytest

from salesinsight.errors import (
    BadArgument,
    FileMissing,
    FolderInUse,
    KeyBesideData,
    KeyNeeded,
    NotFound,
    UnreadableFile,
    WrongKey,
)
from salesinsight.exports import check_export, read_export, read_processed
from salesinsight.privacy import load_key, new_key
from salesinsight.retrain import forget, import_path, try_path

NAME, FIRST, MAIL, PHONE = "Jan de Vries", "Jan", "jan.devries@voorbeeld.nl", "06-12345678"


@pytest.fixture
def raw(write_tables):
    tables = {
        "deals": [
            "deal_id;account_id;created_at;amount;currency;pipeline;owner_id",
            "D1;A1;2026-01-05 09:00;1000;EUR;nieuw;Eva Smit",
            "D2;A2;2026-01-06 09:00;2000;EUR;nieuw;Eva Smit",
        ],
        "events": [
            "deal_id;at;kind;value;person_id",
            "D1;2026-01-05 09:00;stage;contact;",
            "D2;2026-01-06 09:00;stage;contact;P1",
            "D2;2026-02-20 09:00;lost;te duur;",
        ],
        "people": [
            "person_id;account_id;side;name;title",
            f"P1;A1;customer;{NAME};inkoper",
            "P2;A2;customer;Piet Bos;baas",
        ],
        "attendance": ["conversation_id;person_id", "C1;P1", "C2;P2"],
        "conversations": [
            "conversation_id;deal_id;account_id;started_at;ended_at;status;seller_id;note",
            f"C1;D1;A1;2026-01-12 10:00;2026-01-12 10:30;held;Eva Smit;{NAME} belt terug op {PHONE} of mailt {MAIL}.",
            "C2;D2;A2;2026-01-13 10:00;2026-01-13 10:30;held;Eva Smit;Goed gesprek met Piet Bos.",
        ],
        "turns": [
            "conversation_id;turn;role;speaker_id;start_s;end_s;text",
            f"C1;0;seller;Eva Smit;0;5;Dag {FIRST}, wat hebt u tot nu toe geprobeerd?",
            f"C1;1;customer;P1;6;20;Mijn naam is {NAME}, dat moet ik eerst aan mijn baas voorleggen, ik kom er nog op terug.",
            "C2;0;seller;Eva Smit;0;5;Zullen we een afspraak maken voor dinsdag?",
            "C2;1;customer;P2;6;20;Ja hoor Eva, dat is goed.",
        ],
    }
    return write_tables(tables)


def everything(folder):
    """All that a folder holds, as text: tables opened, files read."""
    parts = []
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            parts.append(pd.read_parquet(path).to_csv())
        elif path.is_file():
            parts.append(path.read_text("utf-8"))
    return "\n".join(parts)


def test_no_name_address_or_number_is_left_in_what_is_kept(imported, raw):
    kept = everything(imported.folder)
    for private in (NAME, "de Vries", "Vries", MAIL, PHONE, "Piet", "Bos", "Eva", "Smit"):
        assert private not in kept, private
    assert {"D1", "D2"} == set(imported.export.deals["deal_id"])
    assert NAME in (raw / "people.csv").read_text("utf-8")


def test_the_tables_are_read_without_a_profile_and_names_come_back_with_the_key_only(imported, raw):
    came = read_export(raw)
    coded = read_export(imported.folder)
    named = read_export(imported.folder, key=imported.key)
    assert NAME not in " ".join(coded.turns["text"])
    assert named.turns["text"].tolist() == came.turns["text"].tolist()
    assert named.people["name"].tolist() == came.people["name"].tolist()
    for name in ("deals", "events", "attendance"):
        pd.testing.assert_frame_equal(getattr(named, name), getattr(came, name))
    assert (coded.as_of, coded.stages, coded.time_zone) == (came.as_of, came.stages, came.time_zone)
    assert coded.turns["role"].tolist() == came.turns["role"].tolist()


def test_deals_have_names_in_what_is_said_with_the_key_only(raw, tmp_path):
    lines = (raw / "deals.csv").read_text("utf-8").splitlines()
    rows = [
        f"{lines[0]};name;account_name",
        f"{lines[1]};Dak Proefdam;Proefdam BV",
        f"{lines[2]};;Velzenbouw",
    ]
    (raw / "deals.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = import_path(raw, "sample", tmp_path / "p", tmp_path / "k.key")
    assert (
        "proefdam" not in everything(done.folder).lower()
        and "velzenbouw" not in everything(done.folder).lower()
    )
    without = try_path(done.folder, "sample", tmp_path / "a")
    with_key = try_path(done.folder, "sample", tmp_path / "b", key=done.key)
    assert without.scores["name"].str.contains("ORGANISATIE-").all()
    assert with_key.scores[["deal_id", "name", "account_name"]].values.tolist() == [
        ["D1", "Dak Proefdam", "Proefdam BV"]
    ]
    for outcome, shown in ((without, False), (with_key, True)):
        for page in ("report.html", "worklist.csv", "open_deals.csv", "charts/worklist.csv"):
            text = (outcome.folder / page).read_text("utf-8-sig")
            assert ("Proefdam" in text) == shown, page
    # what scores are kept in knows no names at all
    assert "Proefdam" not in (tmp_path / "b" / "trial" / "card.json").read_text("utf-8")


def test_another_key_is_refused(imported, tmp_path):
    new_key(tmp_path / "other.key")
    with pytest.raises(WrongKey):
        read_export(imported.folder, key=tmp_path / "other.key")


def test_the_key_stays_out_of_the_folder_and_an_import_is_not_imported_again(raw, imported, tmp_path):
    out = tmp_path / "again"
    with pytest.raises(KeyBesideData):
        import_path(raw, "sample", out, out / "owner.key")
    with pytest.raises(BadArgument):
        import_path(imported.folder, "sample", out, imported.key)


def test_the_same_key_gives_the_same_codes_and_a_failed_import_leaves_the_old_tables(
    raw, imported, monkeypatch
):
    before = everything(imported.folder)
    again = import_path(raw, "sample", imported.folder, imported.key)
    assert not again.made_key
    tables = {name: getattr(again.export, name) for name in ("turns", "people")}
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, getattr(imported.export, name))

    def full_disk(*given, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("salesinsight.privacy.Vault.write", full_disk)
    with pytest.raises(OSError, match="No space"):
        import_path(raw, "sample", imported.folder, imported.key)
    now = everything(imported.folder)
    assert now.count("PERSOON-") == before.count("PERSOON-")
    assert [path.name for path in imported.folder.parent.iterdir()] == ["firm"]


def test_old_words_go_and_the_fact_that_they_spoke_stays(raw, tmp_path):
    done = import_path(raw, "sample", tmp_path / "p", tmp_path / "k.key", keep_days=38)
    assert done.export.as_of == pd.Timestamp("2026-02-20 08:00", tz="UTC")
    assert set(done.export.turns["conversation_id"]) == {"C2"}
    assert done.export.conversations["note"].isna().tolist() == [True, False]
    assert len(done.export.conversations) == 2


def test_a_forgotten_person_is_nowhere_and_does_not_come_back(raw, imported, tmp_path):
    report = try_path(imported.folder, "sample", tmp_path / "out", key=imported.key).report
    assert "Vries" in report.read_text("utf-8")
    surfaces = set(read_processed(imported.folder).vault.open(load_key(imported.key)).values())
    assert {NAME, FIRST} <= surfaces
    with pytest.raises(KeyNeeded):
        forget(imported.folder, people=[NAME])
    with pytest.raises(NotFound):
        forget(imported.folder, people=["Karel Onbekend"], key=imported.key)
    done = forget(imported.folder, people=[NAME], key=imported.key, runs=[tmp_path / "out"])
    assert done.rows["people"] == 1 and done.rows["turns"] == 1 and done.rows["attendance"] == 1
    assert str(report) in done.files and not report.exists()
    for _ in range(2):
        kept = read_processed(imported.folder)
        surfaces = set(kept.vault.open(load_key(imported.key)).values())
        assert not {name for name in surfaces if "Jan" in name or "Vries" in name or name in (MAIL,)}
        assert "P1" not in set(kept.export.people["person_id"]) | set(kept.export.attendance["person_id"])
        assert kept.export.events["person_id"].isna().all()
        assert "[VERWIJDERD]" in kept.export.conversations["note"].iloc[0]
        import_path(raw, "sample", imported.folder, imported.key)


def test_a_forgotten_deal_is_nowhere_and_does_not_come_back(raw, imported, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    ledger = models / "ledger.csv"
    ledger.write_text(
        "run,date,deal_id,p_won\nr1,2026-01-01,D1,0.1\nr1,2026-01-01,D2,0.2\n", encoding="utf-8"
    )
    done = forget(imported.folder, deals=["D1"], runs=[models])
    assert done.ledger == 1
    assert ledger.read_text("utf-8") == "run,date,deal_id,p_won\nr1,2026-01-01,D2,0.2\n"
    for _ in range(2):
        export = read_export(imported.folder)
        assert set(export.deals["deal_id"]) == {"D2"}
        assert set(export.events["deal_id"]) == {"D2"}
        assert set(export.turns["conversation_id"]) == {"C2"}
        import_path(raw, "sample", imported.folder, imported.key)
    with pytest.raises(NotFound):
        forget(imported.folder, deals=["D9"])


def test_forgetting_needs_an_import_and_something_to_forget(raw, imported):
    with pytest.raises(BadArgument):
        forget(raw, deals=["D1"])
    with pytest.raises(BadArgument):
        forget(imported.folder)


def test_damaged_tables_are_refused_with_the_file(imported):
    facts = (imported.folder / "export.json").read_text("utf-8")
    (imported.folder / "export.json").write_text(json.dumps({"language": "nl"}), encoding="utf-8")
    with pytest.raises(UnreadableFile):
        read_processed(imported.folder)
    (imported.folder / "export.json").write_text(facts, encoding="utf-8")
    (imported.folder / "turns.parquet").write_bytes(b"no parquet")
    with pytest.raises(UnreadableFile):
        read_processed(imported.folder)
    (imported.folder / "turns.parquet").unlink()
    with pytest.raises(FileMissing, match=r"turns\.parquet"):
        read_processed(imported.folder)


def test_an_import_can_be_checked_and_has_no_names_in_what_is_said(imported):
    found = check_export(imported.folder)
    assert found.usable
    assert {name: table.used for name, table in found.tables.items()}["turns"] == 4
    assert NAME not in json.dumps(found.to_dict(), default=str)


def test_nothing_but_an_earlier_import_is_ever_replaced(raw, tmp_path):
    key = tmp_path / "k.key"
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", encoding="utf-8")
    before = {path: path.read_bytes() for path in raw.iterdir()}
    for out, wrong in [
        (mine, FolderInUse),
        (mine / "thesis.txt", FolderInUse),
        (raw, BadArgument),
        (raw / "tables", BadArgument),
        (raw.parent, BadArgument),
    ]:
        with pytest.raises(wrong):
            import_path(raw, "sample", out, key)
    with pytest.raises(KeyBesideData):
        import_path(raw, "sample", tmp_path / "p", raw / "keys" / "k.key")
    assert {path: path.read_bytes() for path in raw.iterdir()} == before
    assert (mine / "thesis.txt").read_text("utf-8") == "years of work"
    done = import_path(raw, "sample", tmp_path / "p", key)
    (done.folder / "remarks.txt").write_text("mine", encoding="utf-8")
    for change in (
        lambda: import_path(raw, "sample", done.folder, key),
        lambda: forget(done.folder, deals=["D1"]),
    ):
        with pytest.raises(FolderInUse, match=r"remarks\.txt"):
            change()
    assert set(read_processed(done.folder).export.deals["deal_id"]) == {"D1", "D2"}


def test_names_and_telephone_numbers_in_file_names_are_coded_and_moments_and_ids_stay(raw, tmp_path):
    words = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Eva Smit>Hallo\n"
    names = ["20260112_100000_+31612345678", "20260113_100000_0475123456", "2026-01-14 10.00 Jan de Vries"]
    for name in names:
        (raw / f"{name}.vtt").write_text(words, encoding="utf-8")
    (raw / "mine.toml").write_text(
        'base = "sample"\n[[turns]]\nfile = "*.vtt"\nhaving = ["speaker", "text"]\nlink = true\n'
        'columns = { speaker_id = "speaker", start_s = "start_s", end_s = "end_s", text = "text" }\n',
        encoding="utf-8",
    )
    done = import_path(raw, raw / "mine.toml", tmp_path / "p", tmp_path / "k.key")
    kept = everything(done.folder)
    for private in ("31612345678", "0475123456", "Vries"):
        assert private not in kept
    files = " ".join(done.export.links["file"])
    assert "20260112_100000_" in files and "2026-01-14 10.00" in files
    assert {"C1", "C2"} <= set(done.export.conversations["conversation_id"])
    named = read_export(done.folder, key=done.key)
    assert set(named.links["file"]) == {f"{name}.vtt" for name in names}
