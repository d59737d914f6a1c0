"""The frame of a conversation and what is kept of it."""

from __future__ import annotations

import dataclasses

from salesinsight.sample.cast import Deal

SELLER, CUSTOMER = "seller", "customer"


@dataclasses.dataclass(frozen=True)
class Scene:
    """The frame of a conversation, all of it without looking at the latents.

    `ending` is None or says why the conversation is what it is: it takes place at the very moment at
    which the deal is "won", "lost" or enters its next stage ("move"), or the customer parks the
    matter ("park").
    """

    deal: Deal
    stage: int
    phase: int
    first: bool
    inbound: bool
    on_video: bool
    exchanges: int
    ending: str | None
    reason: str | None


@dataclasses.dataclass
class Turn:
    """Consecutive words of one side.

    `said` names the phrase lists that the words come from. `silence` says that the speaker then waits;
    `has_room` that a remark in between would not disturb, `can_stack` that a second question may follow.
    """

    role: str
    pieces: list[str]
    said: list[str] = dataclasses.field(default_factory=list)
    silence: bool = False
    has_room: bool = False
    can_stack: bool = False

    @property
    def text(self) -> str:
        """The words of the turn."""
        return " ".join(self.pieces)


@dataclasses.dataclass
class Script:
    """A conversation as spoken and what came of it.

    `answer` is the answer to the last request (accept, vague, refuse), None without a request;
    `kind` what was requested.
    """

    turns: list[Turn]
    kind: str | None = None
    answer: str | None = None
