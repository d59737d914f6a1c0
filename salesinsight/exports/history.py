"""What a CRM records of its deals → events: a stage that closes a deal, and a value that did not change.

Many CRMs have no separate record of winning and losing: a deal is won when it comes into the stage
"Closed Won". And many write down the whole deal at every change, so the same stage comes again with a new
amount. ``[history]`` in a profile tells which names of stages close, and this module does the rest.
"""

from __future__ import annotations

import dataclasses

import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.section import Section

CLOSED = ["won", "lost"]
# kinds that say how a deal stands; coming back from a closing is one of the same line
STATES = ["stage", *CLOSED, "reopened", "deleted"]
# kinds whose value counts only when it differs from the one before
VALUED = ["amount_set", "close_date_set", "seller_estimate"]


@dataclasses.dataclass(frozen=True)
class History:
    """How a CRM keeps the history of its deals.

    Attributes
    ----------
    won, lost : tuple of str
        Names of stages in which a deal is won or lost; capitals make no difference.
    keeps : int or None
        How many changes of one property it keeps per deal; the older ones are gone.
    """

    won: tuple[str, ...]
    lost: tuple[str, ...]
    keeps: int | None


def read_history(section: Section, base: History | None = None) -> History | None:
    """Check ``[history]``; what the profile adds to its base comes on top. None when neither has one.

    Raises
    ------
    BadProfile
        For a key that does not exist or a value that can't be used.
    """
    if not section.given:
        return base
    section.only(["won", "lost", "keeps"])
    base = base or History((), (), None)
    own = {key: section.names(key) if key in section.given else [] for key in CLOSED}
    won, lost = (*base.won, *own["won"]), (*base.lost, *own["lost"])
    keeps = section.get("keeps", int, "20", base.keeps)
    if keeps is not None and keeps < 1:
        raise section.wrong("keeps >= 1", keeps, "keeps")
    return History(won, lost, keeps)


def settle_history(
    events: pl.DataFrame, states: pl.DataFrame, history: History | None, findings: Findings
) -> pl.DataFrame:
    """Read recorded stages as what they mean: won, lost, reopened, or no change at all.

    Parameters
    ----------
    events : polars.DataFrame
        Events as the files record them, with the columns in `findings.TRACE`.
    states : polars.DataFrame
        How deals stand in the export (deal_id, stage, status, reason); the last row of a deal counts.
    history : History or None
        What the profile says; without it the events are returned as they are.
    findings : Findings
        Gets the rows that say the same as the row before (merged), and what may be lost.

    Returns
    -------
    polars.DataFrame
        The columns of `events`. A stage that closes is ``won`` or ``lost``, without the name of the stage;
        the last loss of a deal that is lost now has the reason that the deal has now. A stage after a
        closing is ``reopened`` first. Where nothing changed, the first row counts.

    Notes
    -----
    A stage closes when its name is listed, or when every deal that is in it now is won, or lost: so names
    of the user's own need not be listed as long as the export has deals in them.
    """
    if history is None or not events.height:
        return events
    if history.keeps:
        _notice_full(events, history.keeps, findings)
    closing = _closing(states, history)
    given = pl.col("value").str.strip_chars().str.to_lowercase()
    kind = given.replace_strict(closing, default=None, return_dtype=pl.String) if closing else pl.lit(None)
    is_stage = pl.col("kind") == "stage"
    settled = events.with_columns(_ends=pl.when(is_stage).then(kind))
    settled = settled.with_columns(
        kind=pl.coalesce("_ends", "kind"), value=pl.when(pl.col("_ends").is_null()).then("value")
    ).drop("_ends")
    return _reopen(_explain(_changes(settled, findings), states))


def _closing(states: pl.DataFrame, history: History) -> dict[str, str]:
    """Names of stages in small letters → won or lost; what the profile says goes first."""
    now = states.with_columns(pl.col("stage").str.strip_chars().str.to_lowercase()).drop_nulls("stage")
    per = now.group_by("stage").agg(pl.col("status").unique(), n=pl.len())
    sure = per.filter((pl.col("status").list.len() == 1) & pl.col("status").list.first().is_in(CLOSED))
    learned = dict(zip(sure["stage"], sure["status"].list.first(), strict=True))
    return learned | {name.strip().lower(): kind for kind in CLOSED for name in getattr(history, kind)}


def _changes(events: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Leave out what says the same as the event of that deal and line before it."""
    line = pl.when(pl.col("kind").is_in(STATES)).then(pl.lit("state")).otherwise("kind")
    same_line = ["deal_id", "_kind"]
    rows = events.with_row_index("_row").with_columns(_kind=line)
    told = rows.filter(pl.col("kind").is_in([*STATES, *VALUED])).sort("at", "_row", maintain_order=True)
    # a loss that is told twice is one loss, whatever reasons are given
    value = pl.when(pl.col("kind").is_in(CLOSED)).then(pl.lit("")).otherwise("value").str.to_lowercase()
    said = pl.concat_str("kind", value.fill_null(""), separator=" ")
    again = said == said.shift(1).over(same_line)
    repeat = told.with_columns(_again=again.fill_null(False)).filter("_again")
    findings.count("merged", repeat)
    return rows.join(repeat.select("_row"), on="_row", how="anti", maintain_order="left").drop(
        "_row", "_kind"
    )


def _explain(events: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Give the last loss of a deal that is lost now the reason that stands with the deal."""
    now = states.unique("deal_id", keep="last", maintain_order=True)
    now = now.filter(pl.col("status") == "lost").select("deal_id", _reason="reason")
    ends = pl.col("kind").is_in(CLOSED)
    last = pl.col("at") == pl.col("at").filter(ends).max().over("deal_id")
    rows = events.join(now, on="deal_id", how="left", maintain_order="left")
    lost = (pl.col("kind") == "lost") & last & pl.col("value").is_null()
    value = pl.when(lost).then("_reason").otherwise("value")
    return rows.with_columns(value=value).drop("_reason")


def _reopen(events: pl.DataFrame) -> pl.DataFrame:
    """Say that a deal was reopened where a stage comes after its closing."""
    line = events.with_row_index("_row").filter(pl.col("kind").is_in(STATES))
    line = line.sort("at", "_row", maintain_order=True)
    before = pl.col("kind").shift(1).over("deal_id")
    back = line.filter((pl.col("kind") == "stage") & before.is_in(CLOSED).fill_null(False))
    if not back.height:
        return events
    opened = back.select(
        # it is in no file, so it is of no source
        pl.lit(-1, pl.Int64).alias("_source"),
        pl.col("_path", "_line", "_row", "deal_id", "at", "entered_at"),
        kind=pl.lit("reopened"),
        value=pl.lit(None, pl.String),
        person_id=pl.lit(None, pl.String),
    )
    rows = events.with_row_index("_row")
    both = pl.concat([opened.select(rows.columns), rows]).sort("_row", maintain_order=True)
    return both.drop("_row")


def _notice_full(events: pl.DataFrame, keeps: int, findings: Findings) -> None:
    """Tell how many deals have as many changes of their stage as the CRM keeps: the oldest are gone."""
    stages = events.filter(pl.col("kind").is_in(["stage", *CLOSED]))
    per = stages.group_by("deal_id", "_source").len().filter(pl.col("len") >= keeps)
    if per.height:
        findings.notice("history_full", n=per["deal_id"].n_unique(), keeps=keeps)
