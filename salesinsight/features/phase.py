"""Where the buyer is: 1 need, 2 solution, 3 risk and price (article 000).

``phase_c`` is the phase in which most of the customer's turns with a phase stand; a tie goes to the
earlier phase, so that a buyer isn't thought further than he shows. Missing when no customer turn has one.
It has no presumed direction. ``buyer_phase`` is the same as a class.
"""

from __future__ import annotations

import polars as pl

from salesinsight.features.turns import KEY


def phase(turns: pl.DataFrame) -> pl.DataFrame:
    """The buyer's phase, one row per conversation where the customer showed one."""
    shown = turns.filter("customer").drop_nulls("phase").group_by(KEY, "phase").len()
    shown = shown.sort(KEY, "len", "phase", descending=[False, True, False])
    return shown.group_by(KEY, maintain_order=True).agg(phase_c=pl.col("phase").first())
