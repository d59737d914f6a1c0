"""A small export by hand: one pipeline of four stages, times in days after Monday 5 January 2026, 07:00."""

from collections.abc import Callable

import pandas as pd
import pytest

from salesinsight.schema import Export, conform, empty_table

MONDAY = pd.Timestamp("2026-01-05 07:00", tz="Europe/Amsterdam")
STAGES = {"nieuw": ["contact", "behoefte", "oplossing", "offerte"]}


def day(number: float | None) -> pd.Timestamp:
    """The moment so many days after the first Monday."""
    return pd.NaT if number is None else MONDAY + pd.Timedelta(days=number)


@pytest.fixture
def build() -> Callable[..., Export]:
    def export(
        events: list[tuple],  # (deal, day, kind[, value[, day entered]])
        talks: list[dict] | None = None,  # deal, day[, outcome, entered, next_step_day, owner, status]
        created: dict[str, float] | None = None,
        as_of: float = 200.0,
        label: dict | None = None,
    ) -> Export:
        rows = [(*row, None, None)[:5] for row in events]
        frame = pd.DataFrame(rows, columns=["deal_id", "day", "kind", "value", "entered"])
        frame["at"] = frame["day"].map(day)
        frame["entered_at"] = frame["entered"].fillna(frame["day"]).map(day)
        calls = pd.DataFrame(
            [
                {
                    "conversation_id": talk.get("id", f"c{number}"),
                    "deal_id": talk["deal"],
                    "started_at": day(talk["day"]),
                    "ended_at": day(talk["day"]) + pd.Timedelta(minutes=30),
                    "status": talk.get("status", "held"),
                    "outcome": talk.get("outcome"),
                    "next_step_at": day(talk.get("next_step_day")),
                    "next_step_owner": talk.get("owner"),
                    "entered_at": day(talk.get("entered", talk["day"] + 0.1)),
                }
                for number, talk in enumerate(talks or [])
            ],
            columns=None if talks else ["conversation_id", "started_at"],
        )
        names = sorted({row[0] for row in events} | {talk["deal"] for talk in talks or []})
        created = created or {}
        deals = pd.DataFrame(
            {
                "deal_id": names,
                "account_id": [f"a-{name}" for name in names],
                "created_at": [day(created.get(name, 0.0)) for name in names],
                "amount": 1000.0,
                "currency": "EUR",
                "pipeline": "nieuw",
            }
        )
        return Export(
            turns=empty_table("turns"),
            conversations=conform(calls, "conversations"),
            people=empty_table("people"),
            attendance=empty_table("attendance"),
            deals=conform(deals, "deals"),
            events=conform(frame, "events"),
            rejects=empty_table("rejects"),
            as_of=day(as_of),
            stages=STAGES,
            label=label or {},
        )

    return export
