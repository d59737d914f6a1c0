"""Exports of one CRM at several dates → what happened to its deals in between.

Many small CRMs tell how a deal stands today and nothing of how it came there. Two exports of different
dates do. The rule that all of this keeps: what a snapshot adds was not known before its date
(``entered_at``), and a later snapshot never rewrites what the earlier ones together said. So an export
of the first three months, read alone, gives the same events as a year of which the rest is covered up.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

import pandas as pd
import polars as pl

from salesinsight.exports.convert import DTYPES
from salesinsight.exports.findings import TRACE, Findings
from salesinsight.schema import TABLES
from salesinsight.schema.tables import MOMENT

STATE = {
    "deal_id": pl.String,
    "stage": pl.String,
    "status": pl.String,
    "reason": pl.String,
    "amount": pl.Float64,
    "estimate": pl.String,
    "close_date": DTYPES[MOMENT],
    "closed_at": DTYPES[MOMENT],
    "changed_at": DTYPES[MOMENT],
    "_source": pl.Int64,
    "_path": pl.String,
    "_line": pl.Int64,
}
# what is known of a deal between two snapshots: its state, when it was last seen, when it ended
KNOWN = STATE | {"seen_at": DTYPES[MOMENT], "ended_at": DTYPES[MOMENT]}
CLOSED = ["won", "lost", "deleted"]
VALUES = ["amount", "close_date", "estimate"]
# a date without a time stands at midnight, and an export is made at some hour of its day
ONE_DAY = pl.duration(days=1)
# so many open deals don't disappear between two exports: the second was made with another filter
LEAST, SHARE = 3, 1 / 3
# a deal whose files record one of these kinds gets no event of the kind on the left from snapshots
RECORDED = {
    "stage": ["stage"],
    "won": ["won", "lost"],
    "lost": ["won", "lost"],
    "deleted": CLOSED,
    "reopened": ["reopened"],
    "amount_set": ["amount_set"],
    "close_date_set": ["close_date_set"],
    "seller_estimate": ["seller_estimate"],
}
EVENT = {name: STATE.get(name, pl.String) for name in (*TRACE, *TABLES["events"].names)}
EVENT |= {"at": DTYPES[MOMENT], "entered_at": DTYPES[MOMENT]}


def snapshot_events(
    states: list[tuple[pd.Timestamp, pl.DataFrame]],
    recorded: pl.DataFrame,
    findings: Findings,
    zone: str = "UTC",
) -> pl.DataFrame:
    """Turn the state of deals at several dates into events.

    Parameters
    ----------
    states : list of tuple
        Date of the snapshot (UTC) and its deals: deal_id, stage, status {open, won, lost, deleted},
        reason, amount, estimate, close_date, closed_at, changed_at, and the columns in `TRACE`. Frames of
        one date are parts of one snapshot; the later goes before the earlier.
    recorded : polars.DataFrame
        Events that the files themselves tell: deal_id and kind. What is recorded of a deal goes before
        what snapshots would add to it, kind by kind.
    findings : Findings
        Gets the rows of every snapshot (used, or set aside as double) and what was assumed.
    zone : str
        Time zone in which a date of closing is a date.

    Returns
    -------
    polars.DataFrame
        The columns of events, and `TRACE`, by ``entered_at``, which is the date of the snapshot. ``at`` is
        ``closed_at`` (won, lost) or ``changed_at`` (stage) where it lies after the snapshot in which the
        deal was last seen and not after this one; else the snapshot's date.

    Notes
    -----
    A deal that is seen first gets its stage, amount, date of closing and estimate, or only won or lost. A
    cell that is empty says nothing: what was known before stays. An open deal that is gone is deleted,
    unless more than a third of the open deals go at once: then the export was most likely filtered or cut
    off, and a notice says so. A deal that comes back is reopened, with its stage. When a deal moved there
    and back between two snapshots, nobody knows.

    Examples
    --------
    >>> march, april = (pd.Timestamp(day, tz="UTC") for day in ("2026-03-01", "2026-04-01"))
    >>> row = {"_source": 0, "_path": "deals.csv", "_line": 2, "deal_id": "d1", "status": "open"}
    >>> states = [(march, pl.DataFrame([row | {"stage": "contact"}])),
    ...           (april, pl.DataFrame([row | {"stage": "offerte"}]))]
    >>> none = pl.DataFrame(schema={"deal_id": pl.String, "kind": pl.String})
    >>> snapshot_events(states, none, Findings(), "UTC").select("entered_at", "kind", "value").rows()[1]
    (datetime.datetime(2026, 4, 1, 0, 0, tzinfo=zoneinfo.ZoneInfo(key='UTC')), 'stage', 'offerte')
    """
    known, parts = pl.DataFrame(schema=KNOWN), [pl.DataFrame(schema=EVENT)]
    for moment, frame in _one_a_day(states, findings):
        found = _compare(known, frame, moment, findings)
        parts += _tell(found, zone)
        known = _carry(found)
    _notice_dates(states, known, findings)
    return _unrecorded(pl.concat(parts), recorded)


def _one_a_day(
    states: list[tuple[pd.Timestamp, pl.DataFrame]], findings: Findings
) -> Iterator[tuple[pd.Timestamp, pl.DataFrame]]:
    """One row per deal and date, oldest first: the first of a file, the newest of the files of a day."""
    dated = sorted(states, key=lambda state: state[0])
    for moment, several in groupby(dated, key=lambda state: state[0]):
        frames: list[pl.DataFrame] = []
        for _, given in several:
            frame = pl.concat([pl.DataFrame(schema=STATE), given], how="diagonal_relaxed").select(*STATE)
            first = pl.col("deal_id").is_first_distinct()
            findings.reject(frame.filter(~first), "duplicate", "deal_id", "deal_id")
            frames.insert(0, frame.filter(first))
        day = pl.concat(frames)
        first = pl.col("deal_id").is_first_distinct()
        findings.count("merged", day.filter(~first))
        findings.count("used", day.filter(first))
        yield moment, day.filter(first)


def _compare(
    known: pl.DataFrame, frame: pl.DataFrame, moment: pd.Timestamp, findings: Findings
) -> pl.DataFrame:
    """Put what was known of every deal beside what stands in the snapshot of a date.

    Returns
    -------
    polars.DataFrame
        The columns of `STATE` as they are now (what is empty as it was), ``was_`` with what was known,
        and on (the date), seen, gone (an open deal that disappeared), back (open after it had ended) and
        ended_at.
    """
    now, was = (
        pl.lit(moment).cast(DTYPES[MOMENT]),
        known.rename({n: f"was_{n}" for n in KNOWN if n != "deal_id"}),
    )
    both = frame.with_columns(seen=pl.lit(True)).join(was, on="deal_id", how="full", coalesce=True)
    seen, open_before = pl.col("seen").fill_null(False), (pl.col("was_status") == "open").fill_null(False)
    still = pl.when(~seen | (pl.col("was_status") != "deleted").fill_null(True)).then("was_status")
    both = both.with_columns(
        *(pl.coalesce(name, f"was_{name}") for name in ("stage", *VALUES, *TRACE)),
        status=pl.coalesce("status", still, pl.lit("open")),
        on=now,
        seen=seen,
        gone=~seen & open_before,
    )
    gone, before = both["gone"].sum(), both.select(open_before.sum()).item()
    if gone and (not frame.height or (gone >= LEAST and gone > before * SHARE)):
        findings.notice("snapshot_cut", date=_day(moment), n=gone, total=before)
        both = both.with_columns(gone=pl.lit(False))
    ended = pl.col("seen") & pl.col("status").is_in(CLOSED)
    ended_now = ended & pl.col("status").ne_missing(pl.col("was_status"))
    decided = ended_now & pl.col("status").is_in(["won", "lost"])
    undated = both.filter(decided & pl.col("was_status").is_null() & pl.col("closed_at").is_null()).height
    if undated:
        findings.notice("snapshot_undated", date=_day(moment), n=undated)
    return both.with_columns(
        status=pl.when("gone").then(pl.lit("deleted")).otherwise("status"),
        back=pl.col("seen")
        & (pl.col("status") == "open")
        & pl.col("was_status").is_in(CLOSED).fill_null(False),
        # a loss whose reason is filled in later is still the same loss
        ended_at=pl.when("gone")
        .then("on")
        .when(ended_now)
        .then(_between("closed_at"))
        .otherwise("was_ended_at"),
        ends=ended_now,
    )


def _between(name: str) -> pl.Expr:
    """A moment the CRM gives, where it lies between the snapshot that last had the deal and this one."""
    since, now, given = pl.col("was_seen_at"), pl.col("on"), pl.col(name)
    fits = (given <= now + ONE_DAY) & (since.is_null() | (given > since - ONE_DAY))
    return (
        pl.when(fits.fill_null(False))
        .then(pl.min_horizontal(pl.max_horizontal(given, since), now))
        .otherwise(now)
    )


def _tell(found: pl.DataFrame, zone: str) -> list[pl.DataFrame]:
    """The events between two snapshots, one frame per kind."""
    status, back = pl.col("status"), pl.col("back")
    alive = pl.col("seen") & (status == "open")
    text = pl.lit(None, pl.String)
    stage = pl.col("stage")
    moved = _same_word(stage).ne_missing(_same_word(pl.col("was_stage")))
    explained = (status == "lost") & (pl.col("was_status") == "lost") & pl.col("reason").is_not_null()
    explained = (pl.col("seen") & explained & pl.col("was_reason").is_null()).fill_null(False)
    whole = pl.col("amount").cast(pl.Int64, strict=False)
    amount = (
        pl.when(whole == pl.col("amount"))
        .then(whole.cast(pl.String))
        .otherwise(pl.col("amount").cast(pl.String))
    )
    date = pl.col("close_date").dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d")
    # after a reopening the CRM's own date may still be that of a move before it
    stage_at = pl.when(back).then("on").otherwise(_between("changed_at"))
    rows = {
        "reopened": (back, pl.col("on"), text),
        "stage": (alive & stage.is_not_null() & (moved | back), stage_at, stage),
        "amount_set": (alive & _changed("amount"), pl.col("on"), amount),
        "close_date_set": (alive & _changed("close_date"), pl.col("on"), date),
        # what the CRM fills in at a closing is no estimate
        "seller_estimate": (alive & _changed("estimate"), pl.col("on"), pl.col("estimate")),
        "won": (pl.col("ends") & (status == "won"), pl.col("ended_at"), text),
        "lost": (pl.col("ends") & (status == "lost") | explained, pl.col("ended_at"), pl.col("reason")),
        "deleted": (pl.col("gone") | (pl.col("ends") & (status == "deleted")), pl.col("ended_at"), text),
    }
    return [
        found.filter(holds).select(
            *TRACE,
            "deal_id",
            at=at,
            entered_at="on",
            kind=pl.lit(kind),
            value=value,
            person_id=text,
        )
        for kind, (holds, at, value) in rows.items()
    ]


def _changed(name: str) -> pl.Expr:
    return pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"was_{name}"))


def _same_word(name: pl.Expr) -> pl.Expr:
    return name.str.strip_chars().str.to_lowercase()


def _carry(found: pl.DataFrame) -> pl.DataFrame:
    """What is known of every deal after a snapshot; a deal that was gone is known to be gone."""
    met = pl.col("seen") | pl.col("gone")
    # the reason of an earlier loss says nothing of a later one
    lost_on = (pl.col("status") == "lost") & (pl.col("was_status") == "lost")
    reason = pl.coalesce("reason", pl.when(lost_on).then("was_reason"))
    return found.with_columns(reason=reason, seen_at=pl.when(met).then("on").otherwise("was_seen_at")).select(
        pl.col(*KNOWN)
    )


def _notice_dates(
    states: list[tuple[pd.Timestamp, pl.DataFrame]], known: pl.DataFrame, findings: Findings
) -> None:
    days = sorted({moment for moment, _ in states})
    if len(days) > 1:
        gap = max(later - earlier for earlier, later in pairwise(days))
        facts = {"n": len(days), "first": _day(days[0]), "last": _day(days[-1]), "days": gap.days}
        findings.notice("snapshots", **facts)
        if known.height and not known["status"].is_in(["won", "lost"]).any():
            findings.notice("snapshots_open_only")


def _unrecorded(events: pl.DataFrame, recorded: pl.DataFrame) -> pl.DataFrame:
    """Leave out the kinds of event that the files themselves record of a deal."""
    covers = [(kind, other) for kind, others in RECORDED.items() for other in others]
    pairs = pl.DataFrame(covers, schema={"kind": pl.String, "_recorded": pl.String}, orient="row")
    told = recorded.select("deal_id", _recorded="kind").join(pairs, on="_recorded").select("deal_id", "kind")
    return events.join(told.unique(), on=["deal_id", "kind"], how="anti", maintain_order="left")


def _day(moment: pd.Timestamp) -> str:
    return str(moment.date())
