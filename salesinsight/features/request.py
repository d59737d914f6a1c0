"""Asking for action: whether, when, how far and how insistently the seller asks for a next step.

======================  =======================================================================  ============
feature                 formula                                                                  source
======================  =======================================================================  ============
request_any             1 when the seller asks for a next step, else 0                           002
request_count           seller turns that ask for one                                            002; Rackham
request_first_pos       position (0 start, 1 end) of the first                                   002
request_last20          1 when one stands in the last 20 %, else 0                               002
request_level           the furthest: 0 none, 1 information, 2 meeting or visit, 3 talk it       002
                        over at home or introduce, 4 trial or quote, 5 signature
request_visit_any       1 when the seller invites to a visit, a seminar or a showroom, else 0    000
request_phase_gap       request_level − the nearest level that fits the buyer's phase            002; 000
request_overreach       request_phase_gap where it is above 0, else 0                            002
request_underreach      −request_phase_gap where it is below 0, else 0                           002
request_nagging_count   requests at least as far as the one before, which the customer did not   002
                        accept, without a question, a reason or something new in between
request_after_opinion   requests with a question for the customer's opinion in the five turns    002
                        before ÷ requests
request_then_silence    requests followed by ≥ 3 seconds of silence that the seller doesn't      001; Curhan
                        break ÷ requests; needs a clock with ends
======================  =======================================================================  ============

A request of unknown kind counts as level 1. The customer must have spoken between a request and its
repetition: two requests in one breath are one.

What fits the buyer's phase (`phase_c`; articles 000 and 002):

=====================  ======  ===========================================================================
phase                  levels  requests that fit
=====================  ======  ===========================================================================
1 need                 1–2     information, a meeting, the nudge of an invitation to a visit or seminar
2 solution             2–4     a meeting, putting it to the management team, a trial, a quote
3 risk and price       3–5     bringing in who decides, a quote, a signature
=====================  ======  ===========================================================================

A gap of 0 fits. A signature asked of who still puts his need into words is +3; asking nothing in phase 3
is −3. Missing where the customer shows no phase.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import SELLER, Combined, Count, Measure, Occurs, Pick, Ratio
from salesinsight.features.turns import LAST_FIFTH

ASKS = pl.col("request")
LEVEL_NAMES = {
    1: "information",
    2: "a meeting, a visit or seminar",
    3: "talking it over, bringing in who decides",
    4: "a trial, a quote",
    5: "a signature",
}
FITS = {1: (1, 2), 2: (2, 4), 3: (3, 5)}  # phase: from and to which level


def phase_gap(level: pl.Expr, phase: pl.Expr) -> pl.Expr:
    """How far a request goes beyond, or stays below, the levels that fit the buyer's phase."""
    least, most = (
        phase.replace_strict({of: float(fits[end]) for of, fits in FITS.items()}, default=None)
        for end in (0, 1)
    )
    return pl.when(phase.is_not_null()).then(level - level.clip(least, most))


REQUEST: dict[str, Measure | Combined] = {
    "request_any": Occurs(ASKS, SELLER),
    "request_count": Count(ASKS, given=SELLER),
    "request_first_pos": Pick("smallest", pl.col("p"), ASKS),
    "request_last20": Occurs(ASKS & (pl.col("p") >= LAST_FIFTH), SELLER),
    "request_level": Pick("largest", pl.col("level"), ASKS, none=0, given=SELLER),
    "request_visit_any": Occurs(ASKS & (pl.col("request_kind") == "visit"), SELLER),
    "request_phase_gap": Combined(("request_level", "phase_c"), phase_gap),
    "request_overreach": Combined(("request_phase_gap",), lambda gap: gap.clip(lower_bound=0)),
    "request_underreach": Combined(("request_phase_gap",), lambda gap: gap.clip(upper_bound=0).abs()),
    "request_nagging_count": Count(pl.col("nagging"), given=SELLER),
    "request_after_opinion": Ratio(ASKS & pl.col("opinion_before"), ASKS),
    "request_then_silence": Ratio(
        ASKS & pl.col("silent_after") & (pl.col("role_after") != "seller").fill_null(True),
        ASKS,
        given=("ended",),
    ),
}
