"""How latents show in talk: the probability of every kind of thing that sellers and customers say.

Nothing here touches what becomes of the deal; talk only reveals. `PLANTED` says which features of the
catalog should therefore rise (+) or fall (-) with stalling, `NULL_FEATURES` which must not move:
whatever makes them is drawn without looking at the latents.
"""

from __future__ import annotations

import dataclasses
import math

from salesinsight.sample.cast import Deal

PLANTED: dict[str, str] = {
    "hedge_c_rate": "+",
    "defer_count": "+",
    "answer_vague_share": "+",
    "authority_ref_count": "+",
    "answer_accept_share": "-",
    "next_c_owned": "-",
    "next_dated": "-",
    "request_last20": "-",
    "need_explicit_count": "-",
    "question_c_share": "-",
}
# the kinds of questions follow the seller's skill alone: with nine sellers too weak to see in one export
PLANTED_WEAKLY: dict[str, str] = {"spin_depth": "-"}
NULL_FEATURES: tuple[str, ...] = ("we_you_ratio", "switch_rate", "question_stacked_share", "challenge_count")

REQUESTS_BY_STAGE: tuple[tuple[str, ...], ...] = (
    ("meeting", "visit", "information", "introduction"),
    ("visit", "meeting", "information", "introduction", "internal_discussion"),
    ("trial", "internal_discussion", "introduction", "quote"),
    ("internal_discussion", "introduction", "meeting", "signature"),
    ("signature", "meeting", "internal_discussion"),
)
OUT_OF_STEP: tuple[str, ...] = ("signature", "quote", "trial", "meeting")


@dataclasses.dataclass(frozen=True)
class Manner:
    """Probabilities of one conversation; weights where one of several is picked."""

    hedges: float
    does_not_know: float
    defers: float
    refers_up: float
    asks_back: float
    states_need: float
    plays_down: float
    signals: float
    objects: float
    has_opinion: float
    decides_here: float
    asks_late: float
    asks_early: float
    asks_opinion: float
    asks_who: float
    digs: float
    waits: float
    nags: float
    asks_why: float
    fits_stage: float
    question_weights: dict[str, float]
    answer_weights: dict[str, float]


def manner_of(deal: Deal) -> Manner:
    """Turn the latents of a deal into probabilities of saying things."""
    a, i, s = deal.authority, deal.indecision, deal.skill
    return Manner(
        hedges=logistic(-1.4 + 2.0 * i - 0.5 * a),
        does_not_know=logistic(-3.3 + 1.2 * i - 0.5 * a),
        defers=logistic(-2.9 + 1.7 * i),
        refers_up=logistic(-2.3 - 1.9 * a),
        asks_back=logistic(-0.4 - 1.3 * i + 0.7 * a + 0.3 * s),
        states_need=logistic(-0.1 - 1.5 * i + 0.3 * a + 0.4 * s),
        plays_down=logistic(-1.5 + 1.2 * i),
        signals=logistic(-1.1 - 1.2 * i + 0.6 * a),
        objects=logistic(-1.2 - 0.6 * a),
        has_opinion=logistic(0.3 - 1.5 * i + 0.8 * a),
        decides_here=logistic(0.1 + 2.5 * a),
        asks_late=logistic(1.5 + 1.5 * s),
        asks_early=logistic(-2.4 - 1.1 * s),
        asks_opinion=logistic(-1.0 + 0.9 * s),
        asks_who=logistic(-1.3 + 0.3 * s),
        digs=logistic(-1.3 + 0.9 * s),
        waits=logistic(-2.0 + 1.0 * s),
        nags=logistic(-1.2 - 1.1 * s),
        asks_why=logistic(-0.8 + 1.0 * s),
        fits_stage=logistic(1.2 + 0.9 * s),
        question_weights={
            "situation": math.exp(0.2 - 0.7 * s),
            "problem": math.exp(0.1),
            "implication": math.exp(-0.6 + 1.4 * s),
            "need_payoff": math.exp(-0.6 + 1.4 * s),
            "push": math.exp(-0.1 - 0.9 * s),
        },
        answer_weights={
            "accept": math.exp(0.5 + 1.1 * a - 1.5 * i + 0.4 * s),
            "vague": math.exp(0.2 - 0.6 * a + 1.2 * i),
            "refuse": math.exp(-1.1 + 0.4 * a - 0.6 * i),
        },
    )


def logistic(x: float) -> float:
    """Probability of a log-odds.

    Examples
    --------
    >>> logistic(0.0)
    0.5
    """
    return 1.0 / (1.0 + math.exp(-x))
