"""fill: gaps filled from another file, and never by guessing which of several rows is meant."""

from salesinsight.exports import read_export

DEALS = "id,title\nd1,Persen\nd2,Onderhoud\nd3,Onderhoud\nd4,Kraan\nd4,Kraan\n"
TALKS = (
    "talk,deal_id,title,started\n"
    "own,d2,Persen,2026-01-12 10:00\nbytitle,,Persen,2026-01-13 10:00\n"
    "two,,Onderhoud,2026-01-14 10:00\nsame,,Kraan,2026-01-15 10:00\nnone,,Onbekend,2026-01-16 10:00\n"
)
PROFILE = """
[[deals]]
file = "deals.csv"
columns = { deal_id = "id" }
distinct = true

[[conversations]]
file = "talks.csv"
columns = { conversation_id = "talk", deal_id = "deal_id", started_at = "started" }
join = [{ file = "deals.csv", on = "title", fill = { deal_id = "id" } }]
"""


def test_a_gap_is_filled_when_all_rows_with_the_key_agree(export_of, profile_of):
    folder = export_of({"deals.csv": DEALS, "talks.csv": TALKS})
    export = read_export(folder, profile_of(PROFILE))
    deals = export.conversations.set_index("conversation_id").deal_id.fillna("-")
    assert deals.to_dict() == {"own": "d2", "bytitle": "d1", "two": "-", "same": "d4", "none": "-"}
    assert any("1 rijen passen bij meer dan één rij" in notice for notice in export.notices)


def test_where_looks_at_what_was_filled(export_of, profile_of):
    folder = export_of({"deals.csv": DEALS, "talks.csv": TALKS})
    export = read_export(folder, profile_of(PROFILE + 'where = { deal_id = { not = "" } }\n'))
    assert export.conversations.conversation_id.tolist() == ["own", "bytitle", "same"]
    assert len(export.rejects) == 0
