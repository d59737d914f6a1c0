"""What counts of what was tagged: tags lean to finding all there is, features count what is likely."""

from __future__ import annotations

import polars as pl

LIKELY = 0.5


def meant(act: str) -> pl.Expr:
    """Whether a turn is tagged with this act, and likelier is one than not."""
    tagged = pl.col("acts").str.contains(act, literal=True).fill_null(False)
    return tagged & (pl.col(f"act_{act}_p").fill_null(1) >= LIKELY)


def inquires() -> pl.Expr:
    """Whether a question looks into a need: of a likely kind, asking neither for action nor who decides."""
    asks_else = pl.col("action_request") | pl.col("decision_maker_probe")
    return (pl.col("spin_p").fill_null(1) >= LIKELY) & ~asks_else
