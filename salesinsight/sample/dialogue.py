"""One invented conversation: opening, exploration, solution, a request and its answer, closing."""

from __future__ import annotations

from salesinsight.sample.manner import OUT_OF_STEP, REQUESTS_BY_STAGE, Manner, manner_of
from salesinsight.sample.phrases import Chance, Voice
from salesinsight.sample.scene import CUSTOMER, SELLER, Scene, Script, Turn

CHALLENGE_SHARE, RAPPORT_SHARE = 0.2, 0.25
TOPICS_BY_PHASE = (
    ("start", "service", "proof", "planning"),
    ("start", "proof", "price", "service"),
    ("price", "contract", "planning", "proof"),
)
RAPPORT = ("trip", "praise", "busy", "weather")
QUESTIONS = {
    "situation": ("how", "how", "since", "size", "tried"),
    "problem": ("what", "what", "what", "often"),
    "implication": ("effect", "effect", "cost"),
    "need_payoff": ("gain", "gain", "demand"),
    "push": ("offer", "recognise"),
}
MEETINGS = ("meeting", "visit", "trial")
SHORT = {"internal_discussion": "internal", "introduction": "intro", "signature": "sign"}


def hold(scene: Scene, voice: Voice, chance: Chance) -> Script:
    """Let a conversation take place."""
    talk = _Talk(scene, voice, chance)
    talk.open()
    if scene.ending in ("won", "lost"):
        talk.decide()
    else:
        talk.explore()
        talk.solve()
        talk.finish()
    return talk.script


class _Talk:
    """A conversation while it goes on."""

    def __init__(self, scene: Scene, voice: Voice, chance: Chance) -> None:
        self.scene, self.voice, self.chance = scene, voice, chance
        self.manner: Manner = manner_of(scene.deal)
        self.script = Script([])
        self.started = False

    # Saying something

    def say(self, role: str, *names: str) -> None:
        """Say phrases; words of the same side on end become one turn."""
        text = self.voice.say(*names)
        turns = self.script.turns
        if turns and turns[-1].role == role:
            turns[-1].pieces.append(text)
        else:
            turns.append(Turn(role, [text]))
        turns[-1].said += names

    def ask(self, name: str) -> None:
        """Let the seller ask something, sometimes after a word about the last answer."""
        self.acknowledge(0.55)
        self.say(SELLER, name)
        self.script.turns[-1].silence = self.chance.happens(self.manner.waits)

    def acknowledge(self, share: float) -> None:
        """Let the seller say a word about what the customer said, unless the talk has just begun."""
        if self.started and self.script.turns[-1].role == CUSTOMER and self.chance.happens(share):
            self.say(SELLER, "s_ack")

    def reply(self, name: str, asked: bool = True, plan: bool = False) -> None:
        """Let the customer say something, with the hesitation that goes with the latents.

        `asked` when it answers a question, `plan` when it is about what is to happen next.
        """
        happens, manner = self.chance.happens, self.manner
        names = ["c_eh" if asked else "c_eh_short"] if happens(0.3) else []
        does_not_know = asked and not plan and happens(manner.does_not_know)
        self.say(CUSTOMER, *names, "c_dontknow" if does_not_know else name)
        if happens(manner.hedges) and not does_not_know:
            self.say(CUSTOMER, "c_hedge_plan" if plan else "c_hedge")
        if plan and happens(manner.refers_up):
            self.say(CUSTOMER, "c_gate")
        if plan and happens(manner.defers):
            self.say(CUSTOMER, "c_defer")

    # The parts of a conversation

    def open(self) -> None:
        """Greet, sometimes chat a little, and say what it is about."""
        if self.scene.inbound:
            self.say(SELLER, "s_hello_in")
            self.say(CUSTOMER, "c_hello_in", "c_in_reason")
            self.say(SELLER, "s_glad")
        elif self.scene.on_video:
            self.say(SELLER, "s_hello_video")
            self.say(CUSTOMER, "c_hello_video")
            self.say(SELLER, "s_reason_video")
        else:
            self.say(SELLER, "s_hello")
            self.say(CUSTOMER, "c_hello")
            self.say(SELLER, "s_hello_reason" if self.scene.first else "s_hello_again")
        if self.chance.happens(RAPPORT_SHARE):
            subject = self.chance.pick(RAPPORT)
            self.say(SELLER, f"s_rapport_{subject}")
            self.say(CUSTOMER, f"c_rapport_{subject}")

    def explore(self) -> None:
        """Ask about situation, problems, consequences and what a solution would be worth."""
        rounds = max(2, self.scene.exchanges - self.scene.phase)
        challenged = self.chance.happens(CHALLENGE_SHARE)
        for number in range(rounds):
            if number == 1 and self.chance.happens(self.manner.asks_early):
                self.request(early=True)
            self.question_round(first=number == 0)
        if challenged:
            self.acknowledge(0.35)
            self.say(SELLER, "s_confront")
            denies = self.chance.happens(self.manner.plays_down)
            self.reply("c_confront_deny" if denies else "c_confront_own", asked=False)

    def question_round(self, first: bool) -> None:
        """Let the seller ask one question, hear the answer, and sometimes dig."""
        happens, manner = self.chance.happens, self.manner
        kind = self.chance.weighted(manner.question_weights)
        if first and self.scene.first and kind != "push":
            kind = "situation"
        if kind == "implication" and not self.voice.told:
            kind = "problem"
        sort = self.chance.pick(QUESTIONS[kind])
        self.ask(f"s_{kind}_{sort}")
        self.script.turns[-1].can_stack = True
        self.script.turns[-1].has_room = self.started
        self.started = True
        if kind == "push":
            self.reply("c_push_no" if happens(0.25) else f"c_push_{sort}", asked=False)
        elif kind in ("problem", "implication") and happens(manner.plays_down):
            self.reply("c_downplay")
        elif kind == "need_payoff" and not happens(manner.states_need):
            self.reply("c_soft")
        else:
            self.reply(f"c_{kind}_{sort}")
            if kind in ("problem", "implication") and happens(manner.digs):
                self.ask("s_probe")
                self.script.turns[-1].can_stack = True
                self.reply("c_elaborate")
        if kind != "need_payoff" and happens(0.5 * manner.states_need):
            self.say(CUSTOMER, "c_need")

    def solve(self) -> None:
        """Tell what is on offer; the customer nods, asks, objects or warms up."""
        rounds = 2 if self.scene.phase > 1 and self.scene.exchanges > 2 else 1
        topics = list(TOPICS_BY_PHASE[self.scene.phase - 1])
        for _ in range(rounds):
            self.acknowledge(0.35)
            self.say(SELLER, "s_reasons" if self.chance.happens(0.15) else "s_pitch")
            if self.chance.happens(0.3):
                self.say(SELLER, "s_proof")
            self.script.turns[-1].has_room = True
            self.react(topics)
        if self.chance.happens(self.manner.asks_who):
            self.ask("s_who")
            self.reply("c_decides" if self.chance.happens(self.manner.decides_here) else "c_gate_answer")

    def react(self, topics: list[str]) -> None:
        """Let the customer react to what is on offer."""
        happens, manner = self.chance.happens, self.manner
        if topics and happens(manner.asks_back):
            topic = topics.pop(0)
            self.say(CUSTOMER, *(["c_eh_ask"] if happens(0.3) else []), f"c_ask_{topic}")
            self.say(SELLER, f"s_reply_{topic}")
            if topics and happens(0.6 * manner.asks_back):
                topic = topics.pop(0)
                self.say(CUSTOMER, "c_reply_ok", f"c_ask_{topic}")
                self.say(SELLER, f"s_reply_{topic}")
            self.script.turns[-1].has_room = True
            self.reply("c_reply_ok", asked=False, plan=True)
        elif happens(manner.objects):
            self.reply("c_objection", asked=False, plan=True)
            if happens(0.5):
                self.ask("s_handle_ask")
                self.reply("c_handle_reason")
            else:
                self.say(SELLER, "s_handle_tell")
                unmoved = happens(manner.plays_down + 0.2)
                self.reply("c_unmoved" if unmoved else "c_handled", asked=False, plan=True)
        else:
            self.reply("c_signal" if happens(manner.signals) else "c_flat", asked=False, plan=True)

    def finish(self) -> None:
        """Come to a request, or not, and say goodbye."""
        if self.scene.ending == "park":
            self.ask("s_request_meeting")
            self.say(CUSTOMER, "c_park")
            self.script.kind, self.script.answer = "meeting", "park"
            self.say(SELLER, "s_after_refuse")
        elif self.scene.ending == "move" or self.chance.happens(self.manner.asks_late):
            if self.chance.happens(self.manner.asks_opinion):
                self.ask("s_opinion")
                sure = self.chance.happens(self.manner.has_opinion)
                self.reply("c_opinion_pos" if sure else "c_opinion_hedge", plan=not sure)
            self.request()
        if self.script.answer == "accept":
            self.voice.facts["step"] = self.voice.fill("steps", str(self.script.kind), "seller")
            self.say(SELLER, "s_close_step" if self.chance.happens(0.5) else "s_after_accept")
        else:
            self.say(SELLER, "s_close_open")
        self.say(CUSTOMER, "c_bye_nice" if self.chance.happens(0.3) else "c_bye")
        if self.chance.happens(0.25):
            self.say(SELLER, "s_bye")

    def request(self, early: bool = False) -> None:
        """Ask for a next step, hear the answer, and take it from there."""
        happens, manner = self.chance.happens, self.manner
        fitting = REQUESTS_BY_STAGE[self.scene.stage]
        kind = self.chance.pick(fitting if happens(manner.fits_stage) else OUT_OF_STEP)
        self.one_request(kind, early)
        if self.script.answer != "vague" or early:
            return
        if happens(manner.nags):
            self.say(SELLER, "s_nag")
            self.answer_request(kind, untimely=True)
        elif happens(manner.asks_why):
            self.ask("s_why")
            self.reply("c_why_open" if happens(manner.has_opinion) else "c_why_vague")
            if happens(0.5):
                self.one_request(self.chance.pick(REQUESTS_BY_STAGE[max(0, self.scene.stage - 1)]), early)
        if self.script.answer == "vague":
            self.say(SELLER, "s_after_vague")

    def one_request(self, kind: str, early: bool) -> None:
        """Ask once for one thing."""
        which = "meet" if kind in MEETINGS else "due"
        for form in ("date", "date_short"):
            self.voice.facts[form] = self.voice.facts[f"{which}_{form}"]
        self.ask(f"s_request_{SHORT.get(kind, kind)}")
        self.answer_request(kind, untimely=early)
        if self.script.answer == "accept" and early:
            self.say(SELLER, "s_after_accept")
        elif self.script.answer == "refuse":
            self.say(SELLER, "s_after_refuse")

    def answer_request(self, kind: str, untimely: bool = False) -> None:
        """Let the customer accept, put off or refuse; a request too early or repeated finds less ear."""
        weights = dict(self.manner.answer_weights)
        if untimely:
            weights["accept"] *= 0.3
        if kind == "signature":
            weights["accept"] *= 0.4
        answer = "accept" if self.scene.ending == "move" else self.chance.weighted(weights)
        self.script.kind, self.script.answer = kind, answer
        if answer == "accept":
            self.say(CUSTOMER, f"c_accept_{SHORT.get(kind, kind)}")
        elif answer == "refuse":
            self.say(CUSTOMER, "c_refuse")
        elif self.chance.happens(min(1.0, 2.0 * self.manner.refers_up)):
            self.say(CUSTOMER, "c_vague_gate")
        else:
            self.reply("c_vague", asked=False, plan=True)

    def decide(self) -> None:
        """Hear the final yes or no."""
        self.started = True
        self.say(SELLER, "s_ask_decision")
        if self.scene.ending == "won":
            self.say(CUSTOMER, "c_sign_yes")
            self.script.kind, self.script.answer = "signature", "order"
            self.say(SELLER, "s_close_won")
            topic = self.chance.pick(("start", "service", "planning"))
            self.say(CUSTOMER, f"c_ask_{topic}")
            self.say(SELLER, f"s_reply_{topic}")
        else:
            self.say(CUSTOMER, f"c_no_{self.scene.reason}")
            self.script.kind, self.script.answer = "signature", "refuse"
            self.say(SELLER, "s_why_lost")
            self.script.turns[-1].has_room = True
            self.say(CUSTOMER, "c_elaborate_no")
            self.say(SELLER, "s_close_no")
        self.say(CUSTOMER, "c_bye")
