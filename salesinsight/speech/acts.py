"""Speech acts: what a turn does in the sale, from a request for action to a refusal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesinsight.language import Pack
from salesinsight.schema import ACTS, REQUEST_KINDS
from salesinsight.speech.scores import Scores, named

OTHERS = {"hedge_p": "hedge", "rapport_p": "rapport", "confront_p": "confront", "pitch_p": "pitch"}
PHASES = ("phase_1", "phase_2", "phase_3")


def act_columns(scores: Scores, pack: Pack) -> dict[str, object]:
    """Tag speech acts.

    Parameters
    ----------
    scores : Scores
        The probabilities of all labels per turn.
    pack : Pack
        Gives the thresholds.

    Returns
    -------
    dict
        The columns act, act_<name>_p, request_kind, hedge_p, rapport_p, confront_p, pitch_p and phase of the
        tagged table.

    Notes
    -----
    "I'll put it to my management team" is a commitment when the customer gives an own opinion and a date
    with it, the right step of article 002. Without them it is someone else who decides (gatekeeper), and a
    stall: the deflection of article 004.
    """
    acts = np.stack([scores[act] for act in ACTS], axis=1)
    gatekeeper, commitment, stall = (ACTS.index(act) for act in ("gatekeeper", "commitment", "stall"))
    passed_on = acts[:, gatekeeper] >= pack.threshold("gatekeeper")
    vouched = passed_on & (scores["own_opinion"] >= 0.5) & (scores["time_expression"] >= 0.5)
    deflected = passed_on & ~vouched
    acts[vouched, commitment] = np.maximum(acts[vouched, commitment], acts[vouched, gatekeeper])
    acts[vouched, gatekeeper] = acts[vouched, stall] = 0
    acts[deflected, stall] = np.maximum(acts[deflected, stall], acts[deflected, gatekeeper])
    likely = np.where(acts >= [pack.threshold(act) for act in ACTS], acts, 0)
    likely[deflected, stall] = 0  # "someone else decides" is the more precise name
    best = np.where(likely.any(axis=1), likely.argmax(axis=1), -1) if len(acts) else np.empty(0, dtype=int)
    kind, _ = scores.likeliest([f"request_{kind}" for kind in REQUEST_KINDS], pack.threshold("request_kind"))
    asks = acts[:, ACTS.index("action_request")] >= pack.threshold("action_request")
    phase, _ = scores.likeliest(PHASES, pack.threshold("phase"))
    columns: dict[str, object] = {"act": named(best, ACTS)}
    columns |= {f"act_{act}_p": acts[:, place] for place, act in enumerate(ACTS)}
    columns["request_kind"] = named(np.where(asks, kind, -1), REQUEST_KINDS)
    columns |= {name: scores[label] for name, label in OTHERS.items()}
    columns["phase"] = pd.array(np.where(phase < 0, 0, phase + 1), dtype="Int64")
    columns["phase"][phase < 0] = pd.NA
    return columns
