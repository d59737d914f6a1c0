"""What the invented sellers write down after a conversation: a note, an outcome, a next step."""

from __future__ import annotations

import dataclasses

from salesinsight.sample.phrases import Chance, Voice
from salesinsight.sample.scene import Scene, Script

NO_NOTE_SHARE, RECORDED_SHARE, GOOD_TALK_SHARE = 0.15, 0.6, 0.45


@dataclasses.dataclass(frozen=True)
class Report:
    """What the seller recorded; `step_owner` is None when no step was recorded."""

    note: str | None
    outcome: str | None
    step: str | None
    step_owner: str | None


def write_up(scene: Scene, script: Script, voice: Voice, chance: Chance) -> Report:
    """Write the seller's report of a conversation, in line with what was said.

    House rule of the invented sellers: *advance* is recorded only for a conversation in which the deal
    entered its next stage. An accepted request without that is left without a recorded outcome.
    """
    answer = script.answer or "none"
    voice.facts["kind"] = voice.fill("kinds", script.kind) if script.kind else ""
    voice.facts["step"] = voice.fill("steps", script.kind, "note") if script.kind else ""
    note = None
    if not chance.happens(NO_NOTE_SHARE):
        note = voice.say(*_note_parts(scene, answer, chance)).strip()
    outcome = _outcome(scene, answer) if chance.happens(RECORDED_SHARE) else None
    step, owner = None, None
    if answer == "park" or (answer == "accept" and chance.happens(0.85)):
        step, owner = voice.facts["step"], "customer"
    elif answer in ("vague", "none") and chance.happens(0.3):
        step, owner = voice.say("note_call_back"), "seller"
    return Report(note, outcome, step, owner)


def _outcome(scene: Scene, answer: str) -> str | None:
    if scene.ending == "move":
        return "advance"
    return {"order": "order", "refuse": "no_sale", "accept": None, "park": None}.get(answer, "continuation")


def _note_parts(scene: Scene, answer: str, chance: Chance) -> list[str]:
    """Name the phrase lists that make up the note."""
    parts = ["note_fact"] if chance.happens(0.55) else []
    open_ended = answer in ("vague", "none")
    if chance.happens(GOOD_TALK_SHARE if open_ended else 0.1):
        parts.append("note_good_talk")
        if open_ended and chance.happens(0.5):
            return parts
    if chance.happens(0.25 if scene.deal.authority < -0.7 else 0.03):
        parts.append("note_gate")
    if scene.ending == "lost":
        return [*parts, "note_lost"]
    last = {"order": "note_order", "accept": "note_advance", "park": "note_park", "refuse": "note_no_sale"}
    return [*parts, last.get(answer, "note_continuation")]
