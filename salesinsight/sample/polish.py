"""From script to turns: even out pronouns, give every turn a start and an end, roughen some transcripts.

Who is said to speak of "we" and of "you", and how often speakers change, is drawn here without looking
at the deal: these are the features that must stay null.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping

from salesinsight.sample.phrases import Chance, Voice
from salesinsight.sample.scene import SELLER, Turn

ROUGH_SHARE, UNTIMED_SHARE = 0.15, 0.03
STACKER_SHARE, STACK_SHARE = 0.4, 0.25
SWITCHES_PER_MIN, SWITCHES_SPREAD = 10.5, 0.12
WE_YOU_LOG, WE_YOU_SPREAD = 0.1, 0.35
WORDS_PER_S, REMARKS_PER_TURN, COUNTED_PER_REMARK = 2.7, 2, 1.4
WORD = re.compile(r"[^\W\d_]+")
PUNCTUATION = re.compile(r"[.,?!:;…]")


@dataclasses.dataclass(frozen=True)
class TimedTurn:
    """A turn with its time in seconds; NaN where the recorder kept no time. For `said` see `Turn`."""

    role: str
    text: str
    start_s: float
    end_s: float
    said: str


def stack_questions(turns: list[Turn], voice: Voice, chance: Chance) -> None:
    """Let some sellers put a second question right after the first, in a share of their question turns."""
    if not chance.happens(STACKER_SHARE):
        return
    asking = sum(turn.role == SELLER and "?" in turn.text for turn in turns)
    can = [turn for turn in turns if turn.can_stack]
    count = min(int(STACK_SHARE * asking + chance.uniform()), len(can))
    for _ in range(count):
        turn = can.pop(chance.whole(0, len(can) - 1))
        turn.pieces.append(voice.say("s_stack"))
        turn.said.append("s_stack")


def even_out(turns: list[Turn], voice: Voice, counted: Mapping[str, frozenset[str]], chance: Chance) -> None:
    """Add remarks full of "we" or "you" to the seller's turns until their ratio is the one drawn.

    The ratio is (we + 1) / (you + 1) in the seller's words, drawn from a log-normal.
    """
    places = [turn for turn in turns if turn.has_room] * REMARKS_PER_TURN
    words = [word.lower() for turn in turns if turn.role == SELLER for word in WORD.findall(turn.text)]
    count = {name: sum(word in wanted for word in words) for name, wanted in counted.items()}
    aim = chance.around(WE_YOU_LOG, WE_YOU_SPREAD)
    while places:
        gap = aim - math.log((count["we"] + 1) / (count["you"] + 1))
        side = "we" if gap > 0 else "you"
        # One remark too few or one too many, at random: else it would show from which side one came.
        step = math.log((count[side] + 1 + COUNTED_PER_REMARK) / (count[side] + 1))
        if abs(gap) < chance.uniform(0.0, step):
            break
        remark = voice.say(f"s_{side}")
        spoken = [word.lower() for word in WORD.findall(remark)]
        for name, wanted in counted.items():
            count[name] += sum(word in wanted for word in spoken)
        turn = places.pop(chance.whole(0, len(places) - 1))
        questions = [number for number, piece in enumerate(turn.pieces) if piece.endswith("?")]
        turn.pieces.insert(questions[0] if questions else len(turn.pieces), remark)
        turn.said.append(f"s_{side}")


def set_times(turns: list[Turn], chance: Chance) -> list[TimedTurn]:
    """Spread turns over time: speed of speech, gaps, silences, now and then an interruption.

    The number of turns per minute is drawn; speed and gaps stretch to it, within what people can do.
    """
    speaking = [max(len(turn.text.split()), 1) / WORDS_PER_S for turn in turns]
    gaps = [_gap(chance) for _ in turns]
    silences = [chance.uniform(3.0, 6.5) if turn.silence else 0.0 for turn in turns]
    pace = SWITCHES_PER_MIN * math.exp(chance.around(0.0, SWITCHES_SPREAD))
    wanted = 60.0 * (len(turns) - 1) / pace
    stretch = (wanted - sum(silences)) / (sum(speaking) + sum(gaps))
    stretch = min(max(stretch, 0.75), 1.7)
    timed, now = [], 0.0
    for turn, seconds, gap, silence in zip(turns, speaking, gaps, silences, strict=True):
        end = now + seconds * stretch
        said = " ".join(turn.said)
        timed.append(TimedTurn(turn.role, turn.text, round(now, 1), round(end, 1), said))
        now = max(end + gap * stretch + silence, now + 0.2)
    return timed


def roughen(turns: list[TimedTurn], chance: Chance) -> list[TimedTurn]:
    """Leave some transcripts as speech recognition leaves them, and some without times."""
    if chance.happens(ROUGH_SHARE):
        turns = [dataclasses.replace(turn, text=PUNCTUATION.sub("", turn.text).lower()) for turn in turns]
    if chance.happens(UNTIMED_SHARE):
        turns = [dataclasses.replace(turn, start_s=math.nan, end_s=math.nan) for turn in turns]
    return turns


def _gap(chance: Chance) -> float:
    """Seconds between two speakers; below 0 when the next one starts too early."""
    return chance.uniform(-1.6, -0.2) if chance.happens(0.07) else chance.uniform(0.1, 1.3)
