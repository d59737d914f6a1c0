"""The moment up to which an export knows the world, and the events that its snapshots make."""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.gathering import Gathered, nothing
from salesinsight.exports.history import settle_history
from salesinsight.exports.profile import Profile
from salesinsight.exports.snapshots import snapshot_events

# rows so far ahead of all others, and so few, say nothing of when the export was made
FAR_AHEAD, FEW_AHEAD = pd.Timedelta(days=180), 0.01
# what has happened when an export is made; a meeting may be planned
HAPPENED = {
    "conversations": ["entered_at"],
    "deals": ["created_at"],
    "events": ["at", "entered_at"],
    "snapshot": ["closed_at", "changed_at"],
}


def add_snapshots(
    gathered: Gathered, profile: Profile, findings: Findings
) -> tuple[dict[str, pl.DataFrame], pd.Timestamp | None]:
    """Add the events that follow from how deals stood, and say when they were seen last.

    Notes
    -----
    Snapshots in folders without a date are of the profile's ``as_of``, else of the newest moment in the
    export, which a notice says.
    """
    tables = dict(gathered.tables)
    stood = pl.concat([nothing("snapshot"), *(state for _, state in gathered.states)], how="diagonal_relaxed")
    tables["events"] = settle_history(tables["events"], stood, profile.history, findings)
    if not any(state.height for _, state in gathered.states):
        dates = [at for at, _ in gathered.states if at is not None]
        return tables, max(dates, default=None)
    undated = None if gathered.states[0][0] is not None else _undated(gathered, profile, findings)
    states = [(at, state) for given, state in gathered.states if (at := given or undated) is not None]
    if not states:
        for _, state in gathered.states:
            findings.reject(state, "no_as_of")
        return tables, None
    events = snapshot_events(states, tables["events"], findings, profile.time_zone)
    tables["events"] = pl.concat([tables["events"], events], how="diagonal_relaxed")
    return tables, max(at for at, _ in states)


def newest_moment(entered: pd.Series, findings: Findings) -> pd.Timestamp:
    """When the last row was entered; a few that lie far ahead of all others are slips of the pen."""
    stamps = entered.dropna().sort_values(ignore_index=True)
    ahead = stamps.index[stamps.diff() > FAR_AHEAD]
    if len(ahead) and len(stamps) - ahead[-1] <= max(1, len(stamps) * FEW_AHEAD):
        newest = stamps[ahead[-1] - 1]
        days = {"newest": stamps.iloc[-1].date(), "as_of": newest.date()}
        findings.notice("far_ahead", n=len(stamps) - ahead[-1], **days)
        return newest
    return stamps.max()


def _undated(gathered: Gathered, profile: Profile, findings: Findings) -> pd.Timestamp | None:
    if profile.as_of is not None:
        return profile.as_of
    stood = pl.concat([state for _, state in gathered.states])
    # of an open deal the day of closing is a plan
    closed = pl.col("status").is_in(["won", "lost", "deleted"])
    tables = gathered.tables | {"snapshot": stood.with_columns(closed_at=pl.when(closed).then("closed_at"))}
    known = [tables[name][column] for name, columns in HAPPENED.items() for column in columns]
    talks = tables["conversations"]
    if not any(len(column.drop_nulls()) for column in known):
        known = [talks["started_at"], talks["ended_at"]]
    newest = newest_moment(pl.concat(column.alias("at") for column in known).to_pandas(), findings)
    if pd.isna(newest):
        return None
    findings.notice("snapshot_newest", date=str(newest.date()))
    return newest
