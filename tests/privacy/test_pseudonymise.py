"""Codes for names in every table, and the way back with key and vault only."""

import dataclasses
import os
import stat

import pandas as pd
import polars as pl
import pytest

from salesinsight.errors import KeyBesideData, KeyExists, KeyMissing, KeyUnreadable, VaultUnreadable, WrongKey
from salesinsight.language import load_pack
from salesinsight.language.text import tokenise
from salesinsight.privacy import Key, Vault, load_key, new_key, pseudonymise, restore
from salesinsight.sample import make_sample

KEY = Key(b"k" * 32)
TABLES = ("turns", "conversations", "people", "attendance", "deals", "events", "rejects")


@pytest.fixture
def export():
    made = make_sample(n_deals=4)
    people = made.people.copy()
    people.loc[0, "name"] = "Kees van Proefdam"
    turns = made.turns.copy()
    turns.loc[0, ["text", "speaker_id"]] = ["met kees van proefdam, 06-12345678", "Kees van Proefdam"]
    conversations = made.conversations.copy()
    conversations.loc[0, ["note", "seller_id", "account_id"]] = [
        "Kees wil door",
        "kees@bedrijf.example",
        "Proefdam BV",
    ]
    links = pd.DataFrame(
        {
            "kind": ["transcript"],
            "file": ["gesprek_Kees_van_Proefdam.vtt"],
            "conversation_id": ["gesprek_Kees_van_Proefdam"],
            "deal_id": [made.deals.deal_id[0]],
            "account_id": ["Proefdam BV"],
            "sellers": ["Kees van Proefdam; Sanne"],
            "candidates": [None],
            "question": ["Is Kees de verkoper?"],
        },
        dtype="string",
    )
    notices = ["Kees van Proefdam staat niet onder sellers."]
    changed = {
        "people": people,
        "turns": turns,
        "conversations": conversations,
        "links": links,
        "notices": notices,
    }
    return dataclasses.replace(made, **changed)


def test_no_known_name_is_left_and_all_comes_back(export):
    hidden, vault = pseudonymise(export, KEY)
    for name in (*TABLES, "links"):
        text = getattr(hidden, name).to_csv().lower()
        assert "kees" not in text and "proefdam" not in text, name
    assert "Kees" not in hidden.notices[0]
    back = restore(hidden, vault, KEY)
    for name in ("people", "deals", "attendance"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(export, name))
    assert back.links.file[0] == export.links.file[0]
    assert back.conversations.note[0] == export.conversations.note[0]
    # a name comes back as it was first seen
    assert back.turns.text[0] == "met Kees van Proefdam, 06-12345678"


def test_ids_stay_and_names_in_id_columns_get_the_code_of_the_text(export):
    hidden, _ = pseudonymise(export, KEY)
    assert hidden.deals.deal_id.equals(export.deals.deal_id)
    assert hidden.people.person_id.equals(export.people.person_id)
    code = f"PERSOON-{KEY.code('person', 'Kees van Proefdam')}"
    assert hidden.people.name[0] == f"[{code}]"
    assert hidden.turns.speaker_id[0] == code
    assert hidden.links.sellers[0].startswith(f"{code}; PERSOON-")
    assert hidden.turns.text[0].startswith(f"met [{code}], [TELEFOON-")
    assert hidden.conversations.seller_id[0].startswith("EMAIL-")
    assert hidden.conversations.account_id[0].startswith("ORGANISATIE-")


def test_customers_and_deals_lose_their_names_and_get_them_back():
    made = make_sample(n_deals=4)
    deals = made.deals.copy()
    deals["name"] = ["Dak Proefdam", "Goot voor Kees van Velzen, Proefdam B.V.", "Onderhoud 2026", None]
    deals["account_name"] = ["Proefdam B.V.", "Proefdam B.V.", "Bakkerij De Proef", None]
    turns = made.turns.copy()
    turns.loc[0, "text"] = "dag met Sanne van proefdam bv, wij doen ook bakkerij de proef en Proefdam zelf"
    export = dataclasses.replace(made, deals=deals.astype(made.deals.dtypes), turns=turns)
    hidden, vault = pseudonymise(export, KEY)
    for table in (hidden.deals, hidden.turns):
        assert "proefdam" not in table.to_csv().lower() and "bakkerij" not in table.to_csv().lower()
    assert hidden.deals["name"].iloc[2:].fillna("-").tolist() == ["Onderhoud 2026", "-"]
    assert hidden.deals["account_name"][0] == f"[ORGANISATIE-{KEY.code('organisation', 'Proefdam B.V.')}]"
    assert "Velzen" not in hidden.deals["name"][1]
    pd.testing.assert_frame_equal(restore(hidden, vault, KEY).deals, export.deals)
    again, _ = pseudonymise(hidden, KEY)
    pd.testing.assert_frame_equal(again.deals, hidden.deals)


def test_the_sellers_own_firm_stays_readable(export):
    made = make_sample(n_deals=4)
    deals = made.deals.assign(
        account_name=pd.array(["Proefdam Techniek BV", "Klantbouw", None, None], "string")
    )
    turns = made.turns.copy()
    turns.loc[0, "text"] = "goedemorgen, u spreekt met Kees, Proefdam Techniek, is dat klantbouw?"
    said = {}
    for own in ([], ["proefdam.example"]):
        hidden, _ = pseudonymise(dataclasses.replace(made, deals=deals, turns=turns, own_domains=own), KEY)
        said[bool(own)] = hidden.turns.text[0]
    assert "Proefdam Techniek" in said[True] and "Proefdam" not in said[False]
    assert "klantbouw" not in said[True] and "klantbouw" not in said[False]


def test_input_is_not_changed_and_a_second_round_changes_nothing(export):
    before = export.turns.copy()
    hidden, _ = pseudonymise(export, KEY)
    pd.testing.assert_frame_equal(export.turns, before)
    again, vault = pseudonymise(hidden, KEY)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(hidden, name))
    assert vault.frame.empty


def test_another_key_gives_other_codes_and_opens_nothing(export):
    hidden, vault = pseudonymise(export, KEY)
    other = Key(b"o" * 32)
    assert pseudonymise(export, other)[0].people.name[0] != hidden.people.name[0]
    with pytest.raises(WrongKey) as refused:
        restore(hidden, vault, other)
    assert "Nothing was restored" in str(refused.value) and "niets" in refused.value.text("nl")


def test_a_vault_of_which_rows_were_exchanged_is_refused(export):
    _, vault = pseudonymise(export, KEY)
    frame = vault.frame.copy()
    frame.loc[[0, 1], "token"] = frame.loc[[1, 0], "token"].to_numpy()
    with pytest.raises(WrongKey):
        Vault(frame).open(KEY)


def test_a_vault_goes_to_disk_and_back_and_forgets_without_the_key(tmp_path, export):
    hidden, vault = pseudonymise(export, KEY)
    path = vault.write(tmp_path / "vault.csv")
    assert "Kees" not in path.read_text("utf-8")
    assert os.listdir(tmp_path) == ["vault.csv"]
    code = hidden.people.name[0]
    less = Vault.read(path).without([code])
    back = restore(hidden, less, KEY)
    assert back.people.name[0] == code and back.people.name[1] == export.people.name[1]
    assert len(less.merged(vault).frame) == len(vault.frame)


def test_a_file_that_is_no_vault_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    for place in (path, tmp_path / "absent.csv"):
        with pytest.raises(VaultUnreadable):
            Vault.read(place)


def test_a_key_is_private_and_is_never_overwritten_or_kept_with_the_data(tmp_path):
    path = tmp_path / "owner.key"
    key = new_key(path)
    assert load_key(path) == key and new_key(tmp_path / "other.key") != key
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key.secret.hex() not in repr(key) and repr(key) == "Key()"
    with pytest.raises(KeyExists):
        new_key(path)
    assert load_key(path) == key
    (tmp_path / "data").mkdir()
    with pytest.raises(KeyBesideData):
        new_key(tmp_path / "data" / "owner.key", data_folder=tmp_path / "data")
    assert not (tmp_path / "data" / "owner.key").exists()


@pytest.mark.parametrize("content", [b"", b"salesinsight-key-1:AAAA\n", b"\xff\xfe", b"name,key\n"])
def test_a_file_without_a_key_is_refused(tmp_path, content):
    path = tmp_path / "owner.key"
    path.write_bytes(content)
    with pytest.raises(KeyUnreadable):
        load_key(path)
    with pytest.raises(KeyMissing):
        load_key(tmp_path / "absent.key")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_code_is_one_word_and_ends_no_sentence(language):
    pack = load_pack(language)
    said = pd.Series(["met [PERSOON-7KQ2MX4A] spreekt u", "met kees spreekt u"], dtype="string")
    tokens = tokenise(pl.from_pandas(said), pack)
    assert [int((tokens.row == row).sum()) for row in (0, 1)] == [4, 4]
    assert len(set(tokens.sentence.tolist())) == 2


def test_ids_of_the_tables_and_headers_of_files_stay(export):
    number = "85073003328"  # the id of a deal that could be a national number
    deals = export.deals.assign(deal_id=export.deals.deal_id.replace(export.deals.deal_id[0], number))
    links = export.links.assign(candidates=f"{number} (2026-01-02 14:11)")
    notices = ["vergaderingen.xlsx heeft geen kolom Associated Company IDs.", "Kees van Proefdam ontbreekt."]
    changed = dataclasses.replace(export, deals=deals, links=links, notices=notices)
    hidden, _ = pseudonymise(changed, KEY)
    assert hidden.links.candidates[0] == links.candidates[0]
    assert hidden.notices[0] == notices[0] and "Kees" not in hidden.notices[1]


def test_candidates_name_a_conversation_as_its_own_table_does(export):
    talk = "gesprek_Kees_van_Proefdam"
    conversations = export.conversations.copy()
    conversations.loc[0, "conversation_id"] = talk
    links = export.links.assign(candidates=f"{talk} (2026-01-02)")
    hidden, _ = pseudonymise(dataclasses.replace(export, conversations=conversations, links=links), KEY)
    assert hidden.links.candidates[0] == f"{hidden.conversations.conversation_id[0]} (2026-01-02)"


def test_ids_that_differ_in_capitals_only_stay_two(export):
    people = export.people.copy()
    people.loc[[0, 1], "person_id"] = ["Kees@bedrijf.example", "kees@bedrijf.example"]
    attendance = export.attendance.copy()
    attendance.loc[0, "person_id"] = "kees@bedrijf.example"
    changed = dataclasses.replace(export, people=people, attendance=attendance)
    hidden, _ = pseudonymise(changed, KEY)
    one, two = hidden.people.person_id[:2]
    assert one != two and hidden.attendance.person_id[0] == two
    assert pseudonymise(hidden, KEY)[0].people.person_id.equals(hidden.people.person_id)
