"""The invented world as the tables of the contract: only what had been entered by the moment of export."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from salesinsight.sample.cast import Deal, Person
from salesinsight.sample.phrases import Chance, Phrases
from salesinsight.sample.process import Latents
from salesinsight.sample.recording import Held
from salesinsight.sample.timeline import Episode, Event
from salesinsight.sample.workdays import AS_OF, clock, to_moment
from salesinsight.schema import check_table

LATE_SHARE, SAME_MOMENT_SHARE = 0.2, 0.6
EVENT_ORDER = ("reopened", "stage", "amount_set", "close_date_set", "quote_sent")


def export_tables(
    deals: list[Deal],
    lives: list[list[Episode]],
    sellers: list[Person],
    held: list[Held],
    events: list[tuple[str, Event]],
    latents: Latents,
    phrases: Phrases,
    chance: Chance,
) -> dict[str, pd.DataFrame]:
    """Make the six tables, and `truth_turns` beside them."""
    held = sorted(held, key=lambda talk: talk.at)
    conversations = _conversations(held, chance)
    known = conversations["entered_at"] <= AS_OF
    kept = [talk for talk, is_known in zip(held, known, strict=True) if is_known]
    conversations = conversations[known].reset_index(drop=True)
    ids = conversations["conversation_id"].tolist()
    tables = {
        "turns": _turns(kept, ids, phrases.settings["language"]),
        "conversations": conversations,
        "people": _people(deals, sellers, kept),
        "attendance": _attendance(kept, ids),
        "events": _events(events, kept, chance),
    }
    tables["deals"] = _deals(deals, lives, latents, tables["events"], phrases)
    checked = {name: check_table(frame, name) for name, frame in tables.items()}
    return checked | {"truth_turns": _meant(kept, ids)}


def _conversations(held: list[Held], chance: Chance) -> pd.DataFrame:
    table = pd.DataFrame([talk.row for talk in held])
    table["conversation_id"] = [f"c{number + 1:05d}" for number in range(len(held))]
    table["deal_id"] = [talk.deal.deal_id for talk in held]
    table["account_id"] = [talk.deal.account_id for talk in held]
    table["seller_id"] = [talk.deal.seller.person_id for talk in held]
    start = clock(np.array([talk.at for talk in held]))
    seconds = np.array([round(talk.seconds) for talk in held]).astype("timedelta64[s]")
    table["started_at"] = to_moment(start)
    table["ended_at"] = to_moment(start + seconds)
    entered = clock(np.array([talk.at + _lag(chance) for talk in held]))
    table["entered_at"] = to_moment(np.maximum(entered, start + seconds))
    steps = np.array([np.nan if talk.step_at is None else talk.step_at for talk in held])
    planned = np.full(len(held), np.datetime64("NaT", "s"))
    planned[~np.isnan(steps)] = clock(steps[~np.isnan(steps)])
    mornings = planned.astype("datetime64[D]").astype("datetime64[s]") + np.timedelta64(9, "h")
    table["next_step_at"] = to_moment(mornings)
    return table


def _turns(held: list[Held], ids: list[str], language: str) -> pd.DataFrame:
    rows = [
        (identifier, n, turn.role, _speaker(talk, turn.role), turn.start_s, turn.end_s, turn.text, language)
        for talk, identifier in zip(held, ids, strict=True)
        for n, turn in enumerate(talk.turns)
    ]
    columns = ["conversation_id", "turn", "role", "speaker_id", "start_s", "end_s", "text", "language"]
    return pd.DataFrame(rows, columns=columns)


def _meant(held: list[Held], ids: list[str]) -> pd.DataFrame:
    """Which phrase lists each turn was spoken from; rows as those of the turns."""
    rows = [
        (identifier, n, turn.said)
        for talk, identifier in zip(held, ids, strict=True)
        for n, turn in enumerate(talk.turns)
    ]
    types = {"conversation_id": "string", "turn": "Int64", "said": "string"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _speaker(talk: Held, role: str) -> str:
    return talk.deal.seller.person_id if role == "seller" else talk.deal.contact.person_id


def _attendance(held: list[Held], ids: list[str]) -> pd.DataFrame:
    rows = []
    for talk, identifier in zip(held, ids, strict=True):
        present = [talk.deal.seller]
        if talk.row["status"] == "held":
            present += [talk.deal.contact, *([talk.deal.boss] if talk.with_boss else [])]
        rows += [(identifier, person.person_id) for person in present]
    return pd.DataFrame(rows, columns=["conversation_id", "person_id"])


def _people(deals: list[Deal], sellers: list[Person], held: list[Held]) -> pd.DataFrame:
    bosses = {talk.deal.boss.person_id: talk.deal.boss for talk in held if talk.with_boss}
    people = [*sellers, *(deal.contact for deal in deals), *bosses.values()]
    rows = [dataclasses.asdict(person) | {"name": person.name} for person in people]
    columns = ["person_id", "account_id", "side", "name", "title", "decision_role"]
    return pd.DataFrame(rows, columns=columns).sort_values("person_id", ignore_index=True)


def _events(events: list[tuple[str, Event]], held: list[Held], chance: Chance) -> pd.DataFrame:
    rows: list[tuple[str, float, str, str | None, str | None]]
    rows = [(deal_id, at, kind, value, None) for deal_id, (at, kind, value) in events]
    met: set[str] = set()
    for talk in held:
        boss = talk.deal.boss.person_id
        if talk.with_boss and boss not in met:
            met.add(boss)
            rows.append((talk.deal.deal_id, talk.at, "contact_added", None, boss))
    table = pd.DataFrame(rows, columns=["deal_id", "when", "kind", "value", "person_id"])
    rank = {kind: place for place, kind in enumerate(EVENT_ORDER)}
    table["rank"] = table["kind"].map(rank).fillna(len(rank))
    table = table.sort_values(["when", "deal_id", "rank"], kind="stable", ignore_index=True)
    when = table["when"].to_numpy()
    table["at"] = to_moment(clock(when))
    lag = np.array([_lag(chance) for _ in when])
    at_opening = when == table.groupby("deal_id")["when"].transform("min").to_numpy()
    table["entered_at"] = to_moment(clock(when + np.where(at_opening, 0.0, lag)))
    return table[(table["at"] <= AS_OF) & (table["entered_at"] <= AS_OF)].reset_index(drop=True)


def _deals(
    deals: list[Deal], lives: list[list[Episode]], latents: Latents, events: pd.DataFrame, phrases: Phrases
) -> pd.DataFrame:
    amounts = events[events["kind"] == "amount_set"].groupby("deal_id")["value"].last().astype(float)
    sources = phrases.people["lead_sources"]
    ids = [deal.deal_id for deal in deals]
    return pd.DataFrame(
        {
            "deal_id": ids,
            "account_id": [deal.account_id for deal in deals],
            "created_at": to_moment(clock(np.array([episodes[0].begin for episodes in lives]))),
            "amount": amounts.reindex(ids).to_numpy(),
            "currency": phrases.people["currency"],
            "pipeline": phrases.people["pipeline"],
            "product": [deal.sector["product"] for deal in deals],
            "lead_source": [sources[number] for number in latents.source],
            "owner_id": [deal.seller.person_id for deal in deals],
        }
    )


def _lag(chance: Chance) -> float:
    """Working days between happening and being entered: mostly none, sometimes days."""
    if chance.happens(LATE_SHARE):
        return chance.uniform(1.0, 2.4)
    return 0.0 if chance.happens(SAME_MOMENT_SHARE) else chance.uniform(0.0, 0.3)
