"""From evidence to a decision: one conversation, none, or a question to the user."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.evidence import REASONS

# Set on invented offices with known truth, those of tests/exports/linking and twelve of
# benchmarks/linking_offices.py: of what is accepted at least 99 % is right.
LEAST_POINTS = 6.0
LEAST_MARGIN = 3.0
# what "no conversation of the export" is worth; a recording whose best one has less stands on its own
NO_CONVERSATION = 2.0
MOST_CANDIDATES = 5


def decide(evidence: pl.DataFrame) -> pl.DataFrame:
    """Choose the conversation of every recording that has candidates.

    Neither names nor time decide alone: without a time of day or a length that agrees it may be another talk
    of the same people, and without a seller, participant or organisation that agrees another talk of that
    moment. Those are asked.

    Parameters
    ----------
    evidence : polars.DataFrame
        Of `weigh`.

    Returns
    -------
    polars.DataFrame
        One row per rec: best, points, margin (to the second, or to none at all), sure (0 to 1), reasons
        (those that spoke for it), candidates (the best few) and verdict {linked, unsure, none}.
    """
    ranked = evidence.sort("rec", "points", "conversation_id", descending=[False, True, False])
    likely = pl.col("points").exp()
    for_it = [pl.when(pl.col(name) > 0).then(pl.lit(name)) for name in REASONS]
    found = (
        ranked.with_columns(reasons=pl.concat_list(for_it).list.drop_nulls())
        .group_by("rec", maintain_order=True)
        .agg(
            best=pl.col("conversation_id").first(),
            reasons=pl.col("reasons").first(),
            second=pl.col("points").slice(1, 1).first(),
            sure=likely.first() / (likely.sum() + pl.lit(NO_CONVERSATION).exp()),
            candidates=pl.col("conversation_id").filter(pl.col("points") > 0).head(MOST_CANDIDATES),
            points=pl.col("points").first(),
            told=_told().first(),
        )
    )
    second = pl.max_horizontal(pl.col("second").fill_null(NO_CONVERSATION), NO_CONVERSATION)
    margin = pl.col("points") - second
    verdict = (
        pl.when((pl.col("points") >= LEAST_POINTS) & (margin >= LEAST_MARGIN) & pl.col("told"))
        .then(pl.lit("linked"))
        .when(pl.col("points") < NO_CONVERSATION)
        .then(pl.lit("none"))
        .otherwise(pl.lit("unsure"))
    )
    return found.with_columns(margin=margin, verdict=verdict).drop("second", "told")


def _told() -> pl.Expr:
    """Whether who and when both agree. A seller has many talks: with him alone the length must agree too."""
    customer = pl.any_horizontal(pl.col("people", "account") > 0)
    length = pl.col("duration") > 0
    by_seller = pl.col("timed") & (pl.col("seller") > 0) & length
    return (pl.col("id") > 0) | ((pl.col("timed") | length) & customer) | by_seller
