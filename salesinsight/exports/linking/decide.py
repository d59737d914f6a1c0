"""From evidence to a decision: one conversation, none, or a question to the user."""

from __future__ import annotations

import polars as pl

from salesinsight.exports.linking.evidence import REASONS

# Measured on invented calls with known truth (tests/exports/linking/test_link_quality.py), clocks an hour
# off and files renamed among them: of what is accepted at least 99 % is right.
LEAST_POINTS = 5.5
LEAST_MARGIN = 2.5
# what "no conversation of the export" is worth; a recording whose best one has less stands on its own
NO_CONVERSATION = 2.0
MOST_CANDIDATES = 5


def decide(evidence: pl.DataFrame) -> pl.DataFrame:
    """Choose the conversation of every recording that has candidates.

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
        )
    )
    second = pl.max_horizontal(pl.col("second").fill_null(NO_CONVERSATION), NO_CONVERSATION)
    margin = pl.col("points") - second
    verdict = (
        pl.when((pl.col("points") >= LEAST_POINTS) & (margin >= LEAST_MARGIN))
        .then(pl.lit("linked"))
        .when(pl.col("points") < NO_CONVERSATION)
        .then(pl.lit("none"))
        .otherwise(pl.lit("unsure"))
    )
    return found.with_columns(margin=margin, verdict=verdict).drop("second")
