"""A transcript that came later than its conversation, or the reverse: known when both were."""

import numpy as np
import pandas as pd
import pytest

import salesinsight as si
from salesinsight.exports import read_export

ZONE = "Europe/Amsterdam"
PROFILE = (
    '[[conversations]]\nfile = "calls.csv"\n[[turns]]\nfile = "words.csv"\n[[deals]]\nfile = "deals.csv"\n'
    '[[snapshot]]\nfile = "deals.csv"\ncolumns = { deal_id = "deal_id", stage = "stage" }\n'
    '[stages.main]\norder = ["Contact", "Offerte"]\n'
)
CALLS = "conversation_id;started_at;deal_id;entered_at\n"
C1 = "C1;2026-01-20 10:00;D1;2026-01-20 11:00\n"
C2 = "C2;2026-01-21 10:00;D1;2026-01-21 11:00\n"
C3 = "C3;2026-02-10 10:00;D1;2026-02-10 11:00\n"
WORDS = "conversation_id;role;text\n"
W1 = "C1;seller;Wat wilt u bereiken?\nC1;customer;Misschien moeten we eens nadenken.\n"
W2 = "C2;seller;Hoe gaat het nu?\nC2;customer;Goed.\n"
W3 = "C3;seller;Wat doet u nu zelf?\nC3;customer;Niets.\n"
# the folder of March has everything; that of February lacks the words of C1, and C3 had not taken place
FOLDERS = {
    "2026-02-01": (CALLS + C1 + C2, WORDS + W2),
    "2026-03-01": (CALLS + C1 + C2 + C3, WORDS + W1 + W2 + W3),
}


def write(place, folders, beside=""):
    for day, (calls, words) in folders.items():
        (place / day).mkdir(parents=True)
        (place / day / "calls.csv").write_text(calls, encoding="utf-8")
        (place / day / "words.csv").write_text(words, encoding="utf-8")
        deals = "deal_id;created_at;stage;pipeline\nD1;2026-01-05;Contact;main\n"
        (place / day / "deals.csv").write_text(deals, encoding="utf-8")
    if beside:
        (place / "words.csv").write_text(beside, encoding="utf-8")
    (place / "mine.toml").write_text(PROFILE, encoding="utf-8")
    return read_export(place, place / "mine.toml")


def entered(export):
    talks = export.conversations.set_index("conversation_id")["entered_at"]
    return talks.dt.tz_convert(ZONE).dt.strftime("%m-%d").to_dict()


def known(export, moment):
    """What the features of the deal show at a moment: conversations, and the share that the customer said."""
    tagged = si.tag_turns(export.turns, language="nl")
    features = si.conversation_features(export, tagged)
    at = pd.Timestamp(moment, tz=ZONE)
    row = si.open_deals(export, features, at=at).X.iloc[0]
    return row["crm_conversations_count"], row["hedge_c_rate"]


def test_words_that_an_export_did_not_have_yet_make_the_conversation_known_later(tmp_path):
    export = write(tmp_path, FOLDERS)
    assert entered(export) == {"C1": "03-01", "C2": "01-21", "C3": "02-10"}
    assert any("1 van de 3 gesprekken" in notice and "transcript" in notice for notice in export.notices)
    count, hedge = known(export, "2026-02-16 07:00")
    assert (count, hedge) == (2, 0)
    count, hedge = known(export, "2026-03-02 07:00")
    assert count == 3 and hedge > 0


def test_a_row_that_was_logged_after_its_transcript_decides_too(tmp_path):
    late = "C1;2026-01-20 10:00;D1;2026-02-20 09:00\n"
    folders = {
        "2026-02-01": (CALLS + C2, WORDS + W1 + W2),
        "2026-03-01": (CALLS + late + C2, WORDS + W1 + W2),
    }
    export = write(tmp_path, folders)
    assert entered(export) == {"C1": "02-20", "C2": "01-21"}
    assert known(export, "2026-02-16 07:00") == (1, 0)
    count, hedge = known(export, "2026-02-23 07:00")
    assert count == 2 and hedge > 0


def test_words_that_were_written_over_count_from_the_export_that_shows_them(tmp_path):
    better = W1.replace("Misschien", "Wellicht")
    folders = {"2026-02-01": (CALLS + C1, WORDS + W1), "2026-03-01": (CALLS + C1, WORDS + better)}
    export = write(tmp_path, folders)
    assert entered(export) == {"C1": "03-01"}
    assert export.turns["text"].str.contains("Wellicht").any()


def test_the_same_words_in_every_folder_change_nothing(tmp_path):
    folders = dict.fromkeys(FOLDERS, (CALLS + C1 + C2, WORDS + W1 + W2))
    export = write(tmp_path, folders)
    assert entered(export) == {"C1": "01-20", "C2": "01-21"}
    assert not any("transcript" in notice for notice in export.notices)


def test_transcripts_made_long_afterwards_can_be_put_beside_the_dated_folders(tmp_path):
    folders = {day: (calls, WORDS + W2) for day, (calls, _) in FOLDERS.items()}
    export = write(tmp_path, folders, beside=WORDS + W1 + W3)
    assert entered(export) == {"C1": "01-20", "C2": "01-21", "C3": "02-10"}
    assert set(export.turns["conversation_id"]) == {"C1", "C2", "C3"}


@pytest.mark.parametrize(
    ("written", "day"), [("2026-02-05 09:00", "02-05"), ("2026-01-20 10:30", "01-20"), ("", "01-20")]
)
def test_a_transcript_with_a_moment_of_its_own_is_known_from_then(tmp_path, written, day):
    lines = "".join(f"{line};{written}\n" for line in W1.splitlines())
    files = {"conversations.csv": CALLS + C1, "turns.csv": WORDS.strip() + ";entered_at\n" + lines}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    export = read_export(tmp_path)
    assert entered(export) == {"C1": day}
    assert "entered_at" not in export.turns
    assert not np.isnan(export.conversations["entered_at"].astype("int64").iloc[0])
