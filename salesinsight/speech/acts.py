"""Speech acts: what a turn does in the sale, from a request for action to a refusal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from salesinsight.language import Pack
from salesinsight.schema import ACTS, REQUEST_KINDS
from salesinsight.speech.scores import Scores, likeliest, named

OTHERS = {"hedge_p": "hedge", "rapport_p": "rapport", "confront_p": "confront", "pitch_p": "pitch"}
PHASES = ("phase_1", "phase_2", "phase_3")
CLEAR = 0.5  # an opinion or a date that is this likely is there


def act_columns(scores: Scores, pack: Pack) -> dict[str, Any]:
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
    vouched = passed_on & (scores["own_opinion"] >= CLEAR) & (scores["time_expression"] >= CLEAR)
    deflected = passed_on & ~vouched
    acts[vouched, commitment] = np.maximum(acts[vouched, commitment], acts[vouched, gatekeeper])
    acts[vouched, gatekeeper] = acts[vouched, stall] = 0
    acts[deflected, stall] = np.maximum(acts[deflected, stall], acts[deflected, gatekeeper])
    thresholds = np.array([pack.threshold(act) for act in ACTS])
    likely = np.where(acts >= thresholds, acts, 0)
    likely[deflected, stall] = 0  # "someone else decides" is the more precise name
    best, _ = likeliest(likely, thresholds.min())
    kind, _ = scores.likeliest([f"request_{kind}" for kind in REQUEST_KINDS], pack.threshold("request_kind"))
    asks = acts[:, ACTS.index("action_request")] >= pack.threshold("action_request")
    phase, _ = scores.likeliest(PHASES, pack.threshold("phase"))
    columns: dict[str, Any] = {"act": named(best, ACTS)}
    columns |= {f"act_{act}_p": acts[:, place] for place, act in enumerate(ACTS)}
    columns["request_kind"] = named(np.where(asks, kind, -1), REQUEST_KINDS)
    columns |= {name: scores[label] for name, label in OTHERS.items()}
    columns["phase"] = pd.array(phase + 1, dtype="Int64")
    columns["phase"][phase < 0] = pd.NA
    return columns
