"""All sources of a profile, in every folder of the export → one frame per table.

A folder that holds folders named by a date is read date by date, by the same profile. Of rows with one
key the newest counts, and what only an older export still has stays.
"""

from __future__ import annotations

import dataclasses
import functools
import pathlib

import pandas as pd
import polars as pl

from salesinsight.errors import InputRefused
from salesinsight.exports.convert import DTYPES
from salesinsight.exports.findings import Findings
from salesinsight.exports.late import mark_late
from salesinsight.exports.layouts import LAYOUTS, READABLE
from salesinsight.exports.linking import recordings_of
from salesinsight.exports.opening import Opened, Opener
from salesinsight.exports.profile import Profile
from salesinsight.exports.readers.files import read_rows
from salesinsight.exports.readers.folder import View, find_views, list_files
from salesinsight.exports.reshape import reshape
from salesinsight.exports.sources import Source
from salesinsight.schema.tables import MOMENT

# what is filled in or written over after a conversation
WRITTEN_LATER = ("deal_id", "status", "outcome", "note", "next_step", "next_step_at", "next_step_owner")
# so many files that were not used are named; of more, how many
NAMED = 20


@dataclasses.dataclass
class Gathered:
    """What came out of the files, before the tables are held against each other.

    Attributes
    ----------
    tables : dict
        Per table its rows, in its dtypes, with the columns in `TRACE`.
    states : list of tuple
        Per export, oldest first: its date (None when nothing says it) and how deals stood in it.
    recordings : list of polars.DataFrame
        The transcripts whose conversation is still to be found.
    opened : list of tuple
        Number and source, and what was opened for it; None where nothing was, or it was refused.
    refused : list of tuple
        Table and refusal: files and sources that could not be used as a whole.
    unused : list of str
        Files that no source took.
    """

    tables: dict[str, pl.DataFrame]
    states: list[tuple[pd.Timestamp | None, pl.DataFrame]]
    recordings: list[pl.DataFrame]
    opened: list[tuple[int, Source, Opened | None]]
    refused: list[tuple[str, InputRefused]]
    unused: list[str]


def gather(folder: pathlib.Path, profile: Profile, findings: Findings, keep_going: bool) -> Gathered:
    """Read every source of a profile; `keep_going` gathers refusals instead of raising them."""
    files = list_files(folder)
    stated = any(source.table == "snapshot" for source in profile.sources)
    views = find_views(files, profile.time_zone) if stated else [View(None, "", files)]
    # several tables may come from one file: it is read once, and forgotten after this call
    read_once = functools.cache(read_rows)
    gathered = Gathered({}, [], [], [], [], [])
    openers, views_tables = [], []
    for view in views:
        opener = Opener(folder, view.files, profile, read_once, findings)
        tables = _read_view(opener, profile, findings, keep_going, gathered)
        state = tables.pop("snapshot")
        if stated:
            gathered.states.append((view.at, state))
        views_tables.append(tables)
        openers.append(opener)
    gathered.tables = {
        name: _union(name, [tables[name] for tables in views_tables], views, findings) for name in READABLE
    }
    gathered.unused = _tell_unused(openers, findings)
    return gathered


def nothing(name: str) -> pl.DataFrame:
    """A table without rows, with the columns in `TRACE`."""
    trace = {"_source": pl.Int64, "_path": pl.String, "_line": pl.Int64}
    return pl.DataFrame(
        schema=trace | {column.name: DTYPES[column.dtype] for column in LAYOUTS[name].columns}
    )


def _read_view(
    opener: Opener, profile: Profile, findings: Findings, keep_going: bool, gathered: Gathered
) -> dict[str, pl.DataFrame]:
    parts: dict[str, list[pl.DataFrame]] = {name: [nothing(name)] for name in LAYOUTS}
    for number, source in enumerate(profile.sources):
        mark, found = findings.mark(), None
        try:
            found = opener.open_source(source, number)
            if found:
                rows = reshape(
                    found.frame, source, opener.open_joined, profile.time_zone, found.decimal, findings
                )
                parts[source.table].append(rows)
                if source.link:
                    gathered.recordings.append(recordings_of(found.frame))
        except InputRefused as error:
            if not keep_going:
                raise
            gathered.refused.append((source.table, error))
            findings.undo(mark)
            found = None
        gathered.opened.append((number, source, found))
    return {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in parts.items()}


def _union(name: str, parts: list[pl.DataFrame], views: list[View], findings: Findings) -> pl.DataFrame:
    """One table of several exports: of each key the newest row, and first what stands in the newest."""
    if len(parts) == 1:
        return parts[0]
    keys = list(LAYOUTS[name].key)
    if name == "turns":
        # the turns of a conversation stay together
        keys = ["conversation_id"]
    elif name == "events":
        keys = ["deal_id", "at", "kind", "value", "person_id"]
    whole = parts[-1]
    for part in reversed(parts[:-1]):
        newer = whole.select(keys).unique()
        findings.count("merged", part.join(newer, on=keys, how="semi", nulls_equal=True))
        older = part.join(newer, on=keys, how="anti", nulls_equal=True, maintain_order="left")
        whole = pl.concat([whole, older])
    if name == "turns":
        return mark_late(whole, parts, views)
    return _enter(whole, keys, parts, views, findings) if "entered_at" in whole.columns else whole


def _enter(
    whole: pl.DataFrame, keys: list[str], parts: list[pl.DataFrame], views: list[View], findings: Findings
) -> pl.DataFrame:
    """What the exports before did not have, or had otherwise, was entered before the one that shows it so.

    Notes
    -----
    A conversation counts from the first export that has its present note, outcome and deal: what was written
    later was not known earlier. An event of after the export before was entered when it happened, as far as
    anyone knows; one of earlier had been there if it had been entered by then, and so had a row with an
    earlier moment of entering of its own, where the same source gave rows to that export. Files outside the
    dated folders were not there to look into, so nothing follows from them.
    """
    content = list(dict.fromkeys([*keys, *(name for name in WRITTEN_LATER if name in whole.columns)]))
    shown = []
    for number, (part, view) in enumerate(zip(parts, views, strict=True)):
        before = parts[number - 1]["_source"].unique() if number else pl.Series([], dtype=pl.Int64)
        shown.append(
            part.filter(pl.col("_path").str.starts_with(f"{view.top}/")).select(
                *content,
                _seen=pl.lit(number, pl.Int64),
                _now=pl.lit(view.at, DTYPES[MOMENT]),
                _before=pl.lit(views[number - 1].at if number else None, DTYPES[MOMENT]),
                _was=pl.col("_source").is_in(before.implode()),
            )
        )
    seen = pl.concat(shown)
    first = seen.unique(content, keep="first", maintain_order=True)
    found = whole.join(first, on=content, how="left", nulls_equal=True, maintain_order="left")
    later, entered = pl.col("_seen") > 0, pl.col("entered_at")
    # an event that happened since the export before may have been entered at once
    missed = later & (pl.col("at") <= pl.col("_before")) if "at" in whole.columns else later
    impossible = later & pl.col("_was") & (entered <= pl.col("_before"))
    moved = (pl.when(entered.is_null() & missed).then("_now").when(impossible).then("_now")).otherwise(
        entered
    )
    known = seen.group_by(keys).agg(_key=pl.col("_seen").min())
    changed = found.join(known, on=keys, how="left", nulls_equal=True).filter(
        pl.col("_key") < pl.col("_seen")
    )
    if changed.height:
        findings.notice("rewritten", n=changed.height, total=whole.height)
    return found.with_columns(entered_at=moved).drop("_seen", "_now", "_before", "_was")


def _tell_unused(openers: list[Opener], findings: Findings) -> list[str]:
    """Say which files nothing took, and what the source that came nearest misses in them."""
    unused, shown = [], []
    for opener in openers:
        for name in opener.unused():
            why = opener.unfit.get(name)
            unused.append(name)
            shown.append(name)
            if isinstance(why, InputRefused):
                aside = pl.DataFrame({"_source": [None], "_path": [name], "_line": [None]})
                findings.note(aside, "unreadable", "", "", kept=False, why=why)
            elif why:
                source, absent = why
                lacking = ", ".join(f"'{column}'" for column in absent)
                shown[-1] = f"{name} ({source.place}: {lacking}?)"
    if unused:
        rest = len(unused) - NAMED
        findings.notice("unused_files", n=len(unused), files=shown[:NAMED] + ["…"] * (rest > 0))
    return unused
