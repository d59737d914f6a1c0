"""When things happen to the invented deals: stages, conversations, mails, quotes, closing.

Conversations follow each other at a rate that depends on stage and size alone. Besides, some take place
at the very moment of a stage move or of the decision: they tell what happens then, not before.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from salesinsight.sample.cast import Deal
from salesinsight.sample.phrases import Chance, Phrases
from salesinsight.sample.process import LOST, N_STAGES, NO_DECISION, START_SHARE, WON, Paths, run
from salesinsight.sample.workdays import SPAN, clock

DELETED_SHARE, REOPENED_SHARE, NO_REASON_SHARE = 0.03, 0.06, 0.05
MOVE_TALK_SHARE, LAST_TALK_SHARE, PARK_SHARE, MISSED_SHARE = 0.35, 0.5, 0.012, 0.1
QUOTE_STAGE = 3
GAP_DAYS = (22.0, 20.0, 18.0, 16.0, 13.0)
MAILS_PER_DAY = (0.022, 0.024, 0.026, 0.034, 0.036)


@dataclasses.dataclass
class Episode:
    """A deal from its opening (or reopening) until it closed, in working days.

    `moves` holds (stage, when entered); `ending` is won, lost, no_decision, deleted or None when it
    was still going when the export was made.
    """

    begin: float
    end: float
    ending: str | None
    moves: list[tuple[int, float]]
    reason: str | None = None

    def stage_at(self, moment: float) -> int:
        """The stage at a moment."""
        return [stage for stage, entered in self.moves if entered <= moment][-1]


@dataclasses.dataclass
class Talk:
    """A conversation that is to take place; `following` is when the next one is planned."""

    at: float
    stage: int
    first: bool
    ending: str | None
    held: bool
    following: float
    reason: str | None = None


Event = tuple[float, str, str | None]


def live(
    rates: np.ndarray, rng: np.random.Generator, chance: Chance, phrases: Phrases
) -> list[list[Episode]]:
    """Let all deals live: one list of episodes per deal, up to the moment of the export."""
    n = len(rates)
    begin = np.sort(rng.uniform(0.0, SPAN - 2.0, n))
    stage = rng.choice(len(START_SHARE), n, p=START_SHARE)
    paths = run(rates, begin, stage, rng)
    again = paths.end + rng.uniform(8.0, 25.0, n)
    last = paths.stage_at(paths.end)
    second = run(rates, again, last, rng)
    lives = []
    for number in range(n):
        episodes = [_episode(paths, number, float(begin[number]), chance, phrases)]
        closed = episodes[0].ending in ("lost", "no_decision")
        if closed and again[number] < SPAN - 1.0 and chance.happens(REOPENED_SHARE):
            episodes.append(_episode(second, number, float(again[number]), chance, phrases))
        lives.append(episodes)
    return lives


def _episode(paths: Paths, number: int, begin: float, chance: Chance, phrases: Phrases) -> Episode:
    end, ending = float(paths.end[number]), int(paths.ended_by[number])
    name = {WON: "won", LOST: "lost", NO_DECISION: "no_decision"}[ending]
    gone = begin + chance.uniform(5.0, 80.0)
    if chance.happens(DELETED_SHARE) and gone < end:
        end, name = gone, "deleted"
    entered = paths.entered[number].tolist()
    moves = [(stage, entered[stage]) for stage in range(N_STAGES) if entered[stage] < min(end, SPAN)]
    if end >= SPAN:
        return Episode(begin, SPAN, None, moves)
    return Episode(begin, end, name, moves, _reason(name, chance, phrases))


def _reason(ending: str, chance: Chance, phrases: Phrases) -> str | None:
    """Key (lost) or words of the reason of a closing; sometimes nobody fills it in."""
    reasons = phrases.people["reasons"]
    if ending == "lost":
        return chance.pick(list(reasons["lost"]))
    if ending == "deleted" or chance.happens(0.3 if ending == "won" else 0.0):
        return None
    return chance.pick(reasons[ending])


def plan_talks(deal: Deal, episodes: list[Episode], chance: Chance) -> list[Talk]:
    """Plan the conversations of a deal, in order of time."""
    talks: list[Talk] = []
    for number, episode in enumerate(episodes):
        moments = {entered: "move" for _, entered in episode.moves[1:] if chance.happens(MOVE_TALK_SHARE)}
        if episode.ending in ("won", "lost") and chance.happens(LAST_TALK_SHARE):
            moments[episode.end] = episode.ending
        now = episode.begin + chance.uniform(0.05, 4.0)
        for special in [*sorted(moments), math.inf]:
            while now < min(special - 0.2, episode.end, SPAN):
                first = number == 0 and not talks
                stage = episode.stage_at(now)
                parked = not first and chance.happens(PARK_SHARE)
                held = not chance.happens(MISSED_SHARE)
                gap = chance.uniform(46.0, 75.0) if parked and held else _gap(deal, stage, chance)
                gap = gap if held else chance.uniform(0.8, 2.5)
                talks.append(Talk(now, stage, first, "park" if parked and held else None, held, now + gap))
                now += gap
            if special < SPAN:
                stage = episode.stage_at(special)
                now = special + _gap(deal, stage, chance)
                reason = episode.reason if moments[special] == "lost" else None
                talks.append(Talk(special, stage, not talks, moments[special], True, now, reason))
    return talks


def _gap(deal: Deal, stage: int, chance: Chance) -> float:
    """Working days until the next conversation."""
    return GAP_DAYS[stage] * math.exp(-0.12 * deal.size) * chance.uniform(0.35, 1.65)


def plain_events(deal: Deal, episodes: list[Episode], phrases: Phrases, chance: Chance) -> list[Event]:
    """Everything that happens to a deal outside its conversations: (when, kind, value)."""
    events: list[Event] = [(episodes[0].begin, "amount_set", _number(deal.amount))]
    stages = phrases.people["stages"]
    for number, episode in enumerate(episodes):
        if number:
            events.append((episode.begin, "reopened", None))
        events += [(entered, "stage", stages[stage]) for stage, entered in episode.moves]
        events += _quote(deal, episode, chance)
        events += _mails(deal, episode, chance)
        events += _close_dates(episode, chance)
        if episode.ending:
            kind = "lost" if episode.ending == "no_decision" else episode.ending
            reason = episode.reason
            if episode.ending == "lost":
                reason = phrases.people["reasons"]["lost"][reason]
            if kind == "lost" and chance.happens(NO_REASON_SHARE):
                reason = None
            events.append((episode.end, kind, reason))
    return events


def _quote(deal: Deal, episode: Episode, chance: Chance) -> list[Event]:
    """The quote, the hours that went into it, and sometimes another amount."""
    entered = dict(episode.moves).get(QUOTE_STAGE)
    sent = math.inf if entered is None else entered + chance.uniform(0.02, 1.5)
    if sent >= episode.end:
        return []
    events: list[Event] = [
        (sent, "quote_sent", None),
        (sent, "hours_logged", _number(chance.whole(4, 16) / 2)),
    ]
    if chance.happens(0.2):
        events.append((sent, "amount_set", _number(round(deal.amount * chance.uniform(0.8, 1.2) / 50) * 50)))
    return events


def _close_dates(episode: Episode, chance: Chance) -> list[Event]:
    """The expected closing date, pushed on each time it passes while the deal is still going."""
    events: list[Event] = []
    now = episode.begin
    while now < episode.end:
        expected = now + chance.uniform(25.0, 60.0)
        events.append((now, "close_date_set", str(clock(expected))[:10]))
        now = expected + chance.uniform(-1.0, 3.0)
    return events


def _mails(deal: Deal, episode: Episode, chance: Chance) -> list[Event]:
    """Mails in and out, at a rate that depends on stage and size alone."""
    mails: list[Event] = []
    now = episode.begin
    while True:
        rate = MAILS_PER_DAY[episode.stage_at(now)] * math.exp(0.15 * deal.size)
        now += -math.log(1.0 - chance.uniform()) / rate
        if now >= episode.end:
            return mails
        mails.append((now, "mail_out", None))
        answered = now + chance.uniform(0.1, 4.0)
        if chance.happens(0.45) and answered < episode.end:
            mails.append((answered, "mail_in", None))


def _number(value: float) -> str:
    return f"{value:.10g}"
