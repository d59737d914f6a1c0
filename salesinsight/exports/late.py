"""Transcripts that came later than the row of their conversation: all of it counts from the later moment.

A conversation is known at one moment, when its row, what is written in it, and its words were all entered.
Otherwise a landmark would see words that nobody could have read by then.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from salesinsight.exports.convert import DTYPES
from salesinsight.exports.findings import Findings
from salesinsight.exports.readers.folder import View
from salesinsight.schema.tables import MOMENT


def mark_late(turns: pl.DataFrame, parts: Sequence[pl.DataFrame], views: Sequence[View]) -> pl.DataFrame:
    """Say of each turn since which export its conversation has these words.

    Parameters
    ----------
    turns : polars.DataFrame
        The turns of all exports put together.
    parts : sequence of polars.DataFrame
        The turns of each export, oldest first.
    views : sequence of View
        These exports.

    Returns
    -------
    polars.DataFrame
        `turns` with _since, the date of the first export that has the words as they are, and _before, the
        date of the export before it, which had turns of the same source and not these. Both are missing
        where the first export has them, and of files outside the dated folders.
    """
    shown = []
    for number, (part, view) in enumerate(zip(parts, views, strict=True)):
        inside = part.filter(pl.col("_path").str.starts_with(f"{view.top}/"))
        told = parts[number - 1]["_source"].unique() if number else pl.Series([], dtype=pl.Int64)
        missed = pl.col("_source").is_in(told.implode())
        dates = {"_since": view.at, "_before": views[number - 1].at if number else None}
        shown.append(
            _words(inside).with_columns(
                pl.when(missed).then(pl.lit(at, DTYPES[MOMENT])).alias(name) for name, at in dates.items()
            )
        )
    keys = ["conversation_id", "_words"]
    first = pl.concat(shown).unique(keys, keep="first", maintain_order=True)
    dated = _words(turns).join(first, on=keys, how="left").select("conversation_id", "_since", "_before")
    return turns.join(dated, on="conversation_id", how="left", maintain_order="left")


def _words(turns: pl.DataFrame) -> pl.DataFrame:
    """Per conversation a number that tells its words from others, and where they come from."""
    return turns.group_by("conversation_id", maintain_order=True).agg(
        pl.col("_source").first(), _words=pl.col("text").str.join("\n").hash()
    )


def enter_words(talks: pl.DataFrame, turns: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Let each conversation be entered when the last of its row and its words was.

    Parameters
    ----------
    talks : polars.DataFrame
        Conversations with entered_at.
    turns : polars.DataFrame
        Their turns: entered_at (of the transcript; missing where the source does not tell), and _since and
        _before of `mark_late` where there is more than one export.
    findings : Findings
        Is told how many became known later by this.

    Notes
    -----
    Words that an export did not have yet were late only when the conversation had taken place by then.
    """
    dates = [pl.col(name).max() for name in ("entered_at", "_since", "_before") if name in turns.columns]
    late = turns.group_by("conversation_id").agg(dates).rename({"entered_at": "_written"})
    talks = talks.join(late, on="conversation_id", how="left", maintain_order="left")
    moments = [pl.col("entered_at"), pl.col("_written")]
    if "_since" in late.columns:
        moments.append(pl.when(pl.col("started_at") <= pl.col("_before")).then("_since"))
    moved = talks.with_columns(_entered=pl.max_horizontal(moments))
    n = moved.filter(pl.col("_entered") > pl.col("entered_at")).height
    if n:
        findings.notice("late_words", n=n, total=talks.height)
    return moved.with_columns(entered_at="_entered").drop("_entered", *late.columns[1:])
