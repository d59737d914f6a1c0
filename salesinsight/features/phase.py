"""Where the buyer is: 1 need, 2 solution, 3 risk and price (article 000).

============  ================================================================================
feature       formula
============  ================================================================================
phase_c       the phase in which most of the customer's turns with a phase stand
phase_margin  (turns in that phase − turns in the next) ÷ turns with a phase
============  ================================================================================

A tie goes to the earlier phase, so that a buyer isn't thought further than he shows. Missing when no
customer turn has one. ``phase_c`` has no presumed direction. ``buyer_phase`` is the same as a class.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.measures import Classes, Measure

SHOWN = pl.col("customer") & pl.col("phase").is_not_null()

PHASE: dict[str, Measure] = {
    "phase_c": Classes("commonest", pl.col("phase"), SHOWN, 3),
    "phase_margin": Classes("margin", pl.col("phase"), SHOWN, 3),
}
