"""The shipped profile for PersuasionForGood, on invented rows in the layout of its files."""

import pandas as pd
import pytest

from salesinsight.exports import check_export, read_export

PROMISED_AND_PAID, BROKEN, NEITHER, SILENT_NO, PAID_ANYWAY = (
    f"2018070{n}-100000_{n}_live" for n in range(1, 6)
)


@pytest.fixture
def folder(tmp_path):
    talk = [
        (0, 0, "Hello."),
        (0, 0, "Would you like to give something?"),
        (1, 0, "Maybe."),
        (0, 1, "Please think about it."),
        (1, 1, "I will."),
        (1, 1, "Bye."),
    ]
    ids = [PROMISED_AND_PAID, BROKEN, NEITHER, SILENT_NO, PAID_ANYWAY]
    rows = [(name, *row) for name in ids for row in talk]
    pd.DataFrame(rows, columns=["B2", "B4", "Turn", "Unit"]).to_excel(tmp_path / "300_dialog.xlsx")
    money = [(0.5, 0.5), (1.0, 0.0), (0.0, 0.0), (None, 0.0), (None, 2.0)]
    info = [(name, f"asks{n}", 0, None, 0.1, 3) for n, name in enumerate(ids)]
    info += [(name, f"asked{n}", 1, *money[n], 3) for n, name in enumerate(ids)]
    frame = pd.DataFrame(info, columns=["B2", "B3", "B4", "B5", "B6", "B7"])
    frame.to_excel(tmp_path / "300_info.xlsx", index=False)
    return tmp_path


def test_a_dialogue_is_a_conversation_a_deal_and_an_account(folder):
    export = read_export(folder, "persuasionforgood")
    assert export.language == "en"
    assert len(export.rejects) == 0
    first = export.turns[export.turns.conversation_id == BROKEN]
    assert first.role.tolist() == ["seller", "customer", "seller", "customer"]
    assert first.text.tolist()[0] == "Hello. Would you like to give something?"
    talks = export.conversations
    assert talks.deal_id.tolist() == talks.account_id.tolist() == export.deals.deal_id.tolist()
    assert talks.seller_id.tolist() == [f"asks{n}" for n in range(5)]
    assert talks.started_at[1] == pd.Timestamp("2018-07-02 10:00", tz="UTC")
    assert set(talks.status) == {"held"}
    check = check_export(folder, "persuasionforgood")
    assert check.available == {"text", "roles", "crm"}


def test_promise_and_payment_give_the_outcome(folder):
    export = read_export(folder, "persuasionforgood")
    events = export.events.set_index("deal_id")
    assert events.kind[[PROMISED_AND_PAID, BROKEN, NEITHER, SILENT_NO, PAID_ANYWAY]].tolist() == [
        "won",
        "lost",
        "lost",
        "lost",
        "lost",
    ]
    assert events.value[BROKEN] in export.label["no_decision_reasons"]
    assert events.value[[NEITHER, SILENT_NO]].tolist() == ["no", "no"]
    assert events.value[[PROMISED_AND_PAID, PAID_ANYWAY]].isna().all()
    assert export.label["lost_without_reason"] == "exclude"
    # every outcome falls within the horizon after the end of its conversation
    talks = export.conversations.set_index("deal_id")
    after = events["at"] - talks.ended_at[events.index]
    assert after.between(pd.Timedelta(0), pd.Timedelta(days=export.label["horizon_days"])).all()
    assert export.as_of > events["at"].max() + pd.Timedelta(days=1)
