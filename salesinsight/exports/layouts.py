"""The tables that a profile can have sources for: those of the house, and the snapshot."""

from __future__ import annotations

import dataclasses

from salesinsight.schema import TABLES
from salesinsight.schema.tables import MOMENT, NUMBER, TEXT, Column, Table

# the state of every deal when the export was made; it becomes events and is no table of an export
SNAPSHOT = Table(
    "snapshot",
    "one deal as it stood at the moment of the export",
    ("deal_id",),
    (
        Column("deal_id", TEXT, "the deal", required=True),
        Column("stage", TEXT, "its stage"),
        Column("status", TEXT, "whether it is closed", values=("open", "won", "lost", "deleted")),
        Column("reason", TEXT, "reason of loss"),
        Column("amount", NUMBER, "amount", unit="currency"),
        Column("estimate", TEXT, "the seller's own chance, or the words of a forecast category"),
        Column("close_date", MOMENT, "the day on which it is expected to close"),
        Column("closed_at", MOMENT, "when it was won or lost"),
        Column("changed_at", MOMENT, "when the stage last changed"),
    ),
)
# a transcript may be made later than the row of its conversation; that conversation is then known later
TURNS = dataclasses.replace(
    TABLES["turns"],
    columns=(*TABLES["turns"].columns, Column("entered_at", MOMENT, "when the transcript was entered")),
)
READABLE = [name for name in TABLES if name != "rejects"]
LAYOUTS: dict[str, Table] = {name: TABLES[name] for name in READABLE} | {
    "turns": TURNS,
    SNAPSHOT.name: SNAPSHOT,
}
