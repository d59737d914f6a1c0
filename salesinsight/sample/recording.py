"""Act out the planned conversations of a deal: what is said, recorded and written down of each."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from salesinsight.sample.cast import Deal
from salesinsight.sample.dialogue import MEETINGS, hold
from salesinsight.sample.notes import Report, write_up
from salesinsight.sample.phrases import Chance, Phrases, Voice
from salesinsight.sample.polish import TimedTurn, even_out, roughen, set_times, stack_questions
from salesinsight.sample.scene import Scene, Script
from salesinsight.sample.timeline import Event, Talk
from salesinsight.sample.workdays import clock

KINDS = {"call": 0.70, "video": 0.17, "meeting": 0.13}
RECORDED = {"call": 0.50, "video": 0.40, "meeting": 0.0}
MINUTES = {"call": (3.0, 12.0), "video": (15.0, 40.0), "meeting": (30.0, 80.0)}
PLANNED_MIN = {"meeting": 60.0, "video": 30.0}
MISSED = {"no_answer": 0.58, "voicemail": 0.34, "cancelled": 0.05, "wrong_number": 0.03}
PHASE_BY_STAGE = (1, 1, 2, 3, 3)
ESTIMATE_BY_STAGE = (10.0, 25.0, 40.0, 55.0, 75.0)
INBOUND_SHARE, BOSS_SHARE, ESTIMATE_SHARE = 0.15, 0.07, 0.25


@dataclasses.dataclass
class Held:
    """One conversation as the export knows it: times in working days, its length in seconds."""

    deal: Deal
    at: float
    seconds: float
    row: dict[str, Any]
    step_at: float | None = None
    turns: list[TimedTurn] = dataclasses.field(default_factory=list)
    with_boss: bool = False
    events: list[Event] = dataclasses.field(default_factory=list)


def act_out(deal: Deal, talk: Talk, phrases: Phrases, chance: Chance) -> Held:
    """Let one planned conversation take place."""
    kind = chance.weighted(KINDS)
    inbound = kind == "call" and talk.ending is None and chance.happens(INBOUND_SHARE)
    row: dict[str, Any] = {"kind": kind, "in_person": kind == "meeting"}
    row |= {"direction": "in" if inbound else "out", "planned_min": PLANNED_MIN.get(kind)}
    due = talk.at + chance.uniform(1.5, 7.0)
    voice = Voice(phrases, chance, deal.register, deal.sector, _facts(deal, talk, due, phrases, chance))
    if not talk.held:
        row |= {"kind": "call", "in_person": False, "direction": "out", "planned_min": None}
        row["status"] = chance.weighted(MISSED)
        row["note"] = voice.say("note_voicemail") if chance.happens(0.5) else None
        return Held(deal, talk.at, chance.uniform(15.0, 45.0), row)
    scene = _scene(deal, talk, row, chance)
    script = hold(scene, voice, chance)
    report = write_up(scene, script, voice, chance)
    stack_questions(script.turns, voice, chance)
    even_out(script.turns, voice, phrases.counted, chance)
    turns = set_times(script.turns, chance)
    seconds = turns[-1].end_s + chance.uniform(1.0, 8.0)
    if not chance.happens(RECORDED[kind]):
        turns = []
        seconds = 60.0 * chance.uniform(*MINUTES[kind])
    row |= {"status": "held", "note": report.note, "outcome": report.outcome}
    row |= {"next_step": report.step, "next_step_owner": report.step_owner}
    return Held(
        deal=deal,
        at=talk.at,
        seconds=seconds,
        row=row,
        step_at=_step_at(talk, script, report, due),
        turns=roughen(turns, chance),
        with_boss=chance.happens(BOSS_SHARE),
        events=_events(deal, talk, script, chance),
    )


def _scene(deal: Deal, talk: Talk, row: dict[str, Any], chance: Chance) -> Scene:
    phase = min(max(PHASE_BY_STAGE[talk.stage] + deal.phase_shift, 1), 3)
    exchanges = round(chance.around(2.8 + 0.6 * deal.size, 0.8))
    return Scene(
        deal=deal,
        stage=talk.stage,
        phase=phase,
        first=talk.first,
        inbound=row["direction"] == "in",
        on_video=row["kind"] == "video",
        exchanges=min(max(exchanges, 2), 8),
        ending=talk.ending,
        reason=talk.reason,
    )


def _step_at(talk: Talk, script: Script, report: Report, due: float) -> float | None:
    """When the recorded next step is due."""
    if report.step is None or report.step_owner == "seller":
        return None
    return talk.following if script.kind in MEETINGS else due


def _events(deal: Deal, talk: Talk, script: Script, chance: Chance) -> list[Event]:
    """What else gets into the CRM because of a conversation."""
    after = talk.at + 0.02
    events: list[Event] = []
    if script.kind in MEETINGS and script.answer in ("accept", "park"):
        events.append((after, "meeting_booked", str(clock(talk.following))[:10]))
    if talk.ending not in ("won", "lost") and chance.happens(ESTIMATE_SHARE):
        felt = ESTIMATE_BY_STAGE[talk.stage] + 6.0 * deal.authority - 6.0 * deal.indecision
        guess = min(max(chance.around(felt, 12.0), 5.0), 95.0)
        events.append((after, "seller_estimate", f"{round(guess / 5.0) * 5}"))
    return events


def _facts(deal: Deal, talk: Talk, due: float, phrases: Phrases, chance: Chance) -> dict[str, Any]:
    """Everything that phrases of this conversation may name."""
    people, register = phrases.people, phrases.registers[deal.register]
    today, meet, by = (clock(moment).item().date() for moment in (talk.at, talk.following, due))
    thousands = phrases.settings["numbers"]["thousands"]
    facts: dict[str, Any] = {
        "customer": deal.contact.address,
        "first": deal.contact.first,
        "last": deal.contact.last,
        "title": deal.contact.title,
        "company": deal.company,
        "seller_first": deal.seller.first,
        "my_company": people["my_company"],
        "boss": deal.boss_words["mine"].format_map(register),
        "boss_yours": deal.boss_words["yours"].format_map(register),
        "amount": people["money"].format(n=f"{deal.amount:,.0f}".replace(",", thousands)),
        "contact_two": lambda: chance.pick(people["colleagues"]),
        "time": lambda: chance.pick(people["times"]),
        "meet_date": date_words(meet, today, phrases, chance),
        "due_date": date_words(by, today, phrases, chance),
        "meet_date_short": _day_and_month(meet, phrases),
        "due_date_short": _day_and_month(by, phrases),
        "park_date": _day_and_month(meet, phrases),
        "reason": people["reasons"]["lost"][talk.reason] if talk.reason else "",
    }
    facts |= {"date": facts["meet_date"], "date_short": facts["meet_date_short"]}
    numbers = {"n_years": (2, 9), "n_people": (25, 240), "n_people_small": (8, 22), "n_sites": (2, 6)}
    numbers |= {"n_months": (3, 14), "n_k": (5, 25), "percent": (12, 40)}
    spelled = people["numerals"]
    drawn = {name: chance.whole(*limits) for name, limits in numbers.items()}
    return facts | {name: spelled[n] if n < len(spelled) else str(n) for name, n in drawn.items()}


def date_words(day: datetime.date, today: datetime.date, phrases: Phrases, chance: Chance) -> str:
    """Say a date as people do: "volgende week dinsdag" when near, "dinsdag 12 mei" when far."""
    week_of_day, week_of_today = (date - datetime.timedelta(days=date.weekday()) for date in (day, today))
    away = (week_of_day - week_of_today).days // 7
    forms = phrases.people[("this_week", "next_week", "far")[min(away, 2)]]
    return _dated(chance.pick(forms), day, phrases)


def _day_and_month(day: datetime.date, phrases: Phrases) -> str:
    return _dated(phrases.people["day_and_month"], day, phrases)


def _dated(form: str, day: datetime.date, phrases: Phrases) -> str:
    return form.format(
        weekday=phrases.people["weekdays"][day.weekday()],
        day=day.day,
        month=phrases.settings["months"][day.month - 1],
    )
