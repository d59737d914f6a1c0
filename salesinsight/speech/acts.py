"""Speech acts: what a turn does in the sale, from a request for action to a refusal."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd

from salesinsight.language import Pack
from salesinsight.schema import ACTS, REQUEST_KINDS, SELLER_ACTS
from salesinsight.speech.learned import is_side
from salesinsight.speech.reading import Reading
from salesinsight.speech.scores import columns_of, likeliest, named

OTHERS = {"hedge_p": "hedge", "rapport_p": "rapport", "confront_p": "confront", "pitch_p": "pitch"}
PHASES = ("phase_1", "phase_2", "phase_3")
CLEAR = 0.5  # an opinion or a date that is this likely is there


def settle(reading: Reading, roles: pd.Series | None) -> Reading:
    """Apply what the articles lay down about acts to what was read.

    An act of the other side than the speaker's isn't there. "I'll put it to my management team" is a
    commitment when the customer gives an own opinion and a date with it, the right step of article 002.
    Without them it is someone else who decides (gatekeeper), and a stall: the deflection of article 004.
    """
    odds = reading.odds.copy(order="K")
    place = {act: reading.outputs.index(act) for act in ACTS}
    if roles is not None:
        for side in ("seller", "customer"):
            here = is_side(roles, side)
            for act, column in place.items():
                if (act in SELLER_ACTS) != (side == "seller"):
                    odds[here, column] = -np.inf
    passed_on = odds[:, place["gatekeeper"]] >= reading.needed[:, place["gatekeeper"]]
    clear = (reading.scores["own_opinion"] >= CLEAR) & (reading.scores["time_expression"] >= CLEAR)
    gatekeeper = odds[:, place["gatekeeper"]].copy()
    for rows, act in ((passed_on & clear, "commitment"), (passed_on & ~clear, "stall")):
        odds[rows, place[act]] = np.maximum(odds[rows, place[act]], gatekeeper[rows])
    odds[passed_on & clear, place["gatekeeper"]] = -np.inf
    odds[passed_on & clear, place["stall"]] = -np.inf
    return dataclasses.replace(reading, odds=odds)


def act_columns(reading: Reading, pack: Pack) -> dict[str, Any]:
    """Tag speech acts.

    Parameters
    ----------
    reading : Reading
        What was read in the turns, after `settle`.
    pack : Pack
        Gives the threshold of a phase.

    Returns
    -------
    dict
        The columns act, acts (all that hold, with | between), act_<name>_p, request_kind, hedge_p, rapport_p,
        confront_p, pitch_p and phase of the tagged table.
    """
    lead = columns_of([reading.lead(act) for act in ACTS])
    gatekeeper = ACTS.index("gatekeeper")
    # "someone else decides" is the more precise name of the stall that it is
    lead[lead[:, gatekeeper] >= 0, ACTS.index("stall")] = -np.inf
    best, _ = likeliest(lead, 0.0)
    kind, _ = likeliest(columns_of([reading.of(f"request_{kind}") for kind in REQUEST_KINDS]), -np.inf)
    phase, _ = reading.scores.likeliest(PHASES, pack.threshold("phase"))
    columns: dict[str, Any] = {"act": named(best, ACTS), "acts": _all_of(reading)}
    columns |= {f"act_{act}_p": reading.p(act) for act in ACTS}
    asks = lead[:, ACTS.index("action_request")] >= 0
    columns["request_kind"] = named(np.where(asks, kind, -1), REQUEST_KINDS)
    columns |= {name: reading.scores[label] for name, label in OTHERS.items()}
    columns["phase"] = pd.array(phase + 1, dtype="Int64")
    columns["phase"][phase < 0] = pd.NA
    return columns


def _all_of(reading: Reading) -> pd.api.extensions.ExtensionArray:
    """All acts that hold in each turn, with | between; missing where none does."""
    mixture = np.zeros(len(reading.odds), dtype=np.int64)  # a bit per act
    for place, act in enumerate(ACTS):
        mixture += reading.found(act).astype(np.int64) << place
    names = [
        "|".join(act for place, act in enumerate(ACTS) if one >> place & 1)
        for one in range(1, 1 << len(ACTS))
    ]
    return named(mixture - 1, names)
