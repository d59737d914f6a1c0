"""The door of the room: a folder and a profile → an export."""

from __future__ import annotations

import dataclasses
import functools
import pathlib

import pandas as pd
import polars as pl

from salesinsight.errors import FolderMissing, InputRefused, NothingUsable, UnknownName
from salesinsight.exports.clean import clean
from salesinsight.exports.convert import DTYPES
from salesinsight.exports.readers.delimited import decode
from salesinsight.exports.readers.files import read_rows
from salesinsight.exports.findings import TRACE, Findings
from salesinsight.exports.opening import Opened, files_present, open_joined, open_source
from salesinsight.exports.profile import READABLE, Profile, load_profile
from salesinsight.exports.reshape import reshape
from salesinsight.exports.sources import Source
from salesinsight.language import languages, words
from salesinsight.schema import TABLES, Export, conform

WATERMARK = "WATERMARK.txt"


@dataclasses.dataclass(frozen=True)
class Reading:
    """An export together with how it came about, for the check.

    Attributes
    ----------
    export : Export
        What was read.
    findings : Findings
        What was set aside and assumed, as facts.
    opened : list of tuple
        The sources and what was opened for them; None where an optional file is absent or was refused.
    refused : list of InputRefused
        Files and sources that could not be used as a whole.
    """

    export: Export
    findings: Findings
    opened: list[tuple[Source, Opened | None]]
    refused: list[InputRefused]


# rows so far ahead of all others, and so few, say nothing of when the export was made
FAR_AHEAD, FEW_AHEAD = pd.Timedelta(days=180), 0.01


def read_export(
    folder: str | pathlib.Path, profile: str | pathlib.Path = "sample", language: str | None = None
) -> Export:
    """Read an export: a folder of files and a profile that says what is what.

    Parameters
    ----------
    folder : str or pathlib.Path
        The folder. A file ``WATERMARK.txt`` in it holds the words that must stand on everything made
        from it.
    profile : str or pathlib.Path
        Name of a profile of the library ("sample"), or path of a TOML file.
    language : str, optional
        Language of turns that don't name their own, and of the notices; else the most frequent language
        in the turns, else the profile's.

    Returns
    -------
    Export
        The tables; rows that could not be used are in ``rejects`` with file, line and reason.

    Raises
    ------
    FolderMissing, FileMissing, EmptyFile, UnreadableFile, FileBusy
        When there is nothing to read, or a file can't be read.
    MissingColumns, HeaderElsewhere, DuplicateColumns
        When a file has not the columns that the profile names.
    NothingUsable
        When not one row is left.
    BadProfile, UnknownName
        When the profile or the language is not right.

    Notes
    -----
    A turn is a speaker's stretch: consecutive rows of one speaker become one turn. ``entered_at`` that is
    not known is the moment itself (events) or the end, else the start (conversations), and a notice says
    so. ``as_of`` is the profile's, else the newest ``entered_at``. ``stages`` holds the pipelines that
    deals are in.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "turns.csv").write_text("conversation_id,text\\nc1,Hallo\\nc1,", encoding="utf-8")
    >>> export = read_export(folder, language="en")
    >>> export.turns.text.tolist(), export.rejects[["line", "reason"]].values.tolist()
    (['Hallo'], [[3, 'missing']])
    """
    return read(pathlib.Path(folder), load_profile(profile), language, keep_going=False).export


def read(folder: pathlib.Path, profile: Profile, language: str | None, keep_going: bool) -> Reading:
    """Read an export and keep what the check needs; `keep_going` gathers refusals instead of raising them."""
    if language is not None and language not in languages():
        raise UnknownName(kind="language", name=language, known=languages())
    if not folder.is_dir():
        raise FolderMissing(folder=str(folder))
    findings = Findings()
    # several tables may come from one file: it is read once, and forgotten after this call
    read_once = functools.cache(read_rows)
    other = functools.partial(open_joined, folder=folder, read=read_once)
    opened: list[tuple[Source, Opened | None]] = []
    refused: list[InputRefused] = []
    parts: dict[str, list[pl.DataFrame]] = {name: [_nothing(name)] for name in READABLE}
    for number, source in enumerate(profile.sources):
        found = None
        try:
            found = open_source(source, number, folder, read_once, findings)
            if found:
                zone = profile.time_zone
                parts[source.table].append(reshape(found.frame, source, other, zone, found.decimal, findings))
        except InputRefused as error:
            if not keep_going:
                raise
            refused.append(error)
            findings.forget(number)
            found = None
        opened.append((source, found))
    tables = {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in parts.items()}
    tables = clean(tables, profile, findings)
    for table in tables.values():
        findings.count("used", table)
    export = _export(tables, profile, language, folder, findings)
    if not keep_going and not any(
        tables[name].height for name in ("turns", "conversations", "deals", "events")
    ):
        expected = list(dict.fromkeys(source.file for source in profile.sources))
        present, rejected = files_present(folder), len(export.rejects)
        raise NothingUsable(folder=str(folder), expected=expected, present=present, rejected=rejected)
    return Reading(export, findings, opened, refused)


def _export(
    tables: dict[str, pl.DataFrame],
    profile: Profile,
    language: str | None,
    folder: pathlib.Path,
    findings: Findings,
) -> Export:
    spoken = tables["turns"]["language"].drop_nulls().mode().sort()
    language = language or (spoken[0] if len(spoken) else profile.language)
    tables["turns"] = tables["turns"].with_columns(pl.col("language").fill_null(language))
    said = words(language)
    frames = {name: conform(table.drop(TRACE).to_pandas(), name) for name, table in tables.items()}
    entered = pd.concat([frames[name]["entered_at"] for name in ("conversations", "events")])
    newest = _newest(entered, findings)
    mark = folder / WATERMARK
    watermark = decode(mark.read_bytes(), WATERMARK)[0].strip().split("\n")[0] if mark.is_file() else ""
    return Export(
        **frames,
        rejects=findings.rejects(said),
        language=language,
        time_zone=profile.time_zone,
        as_of=profile.as_of or (None if pd.isna(newest) else newest),
        stages=_stages_in_use(profile, tables["deals"]),
        label=dict(profile.label),
        watermark=watermark or profile.watermark,
        notices=findings.sentences(said),
    )


def _newest(entered: pd.Series, findings: Findings) -> pd.Timestamp:
    """When the last row was entered; a few that lie far ahead of all others are slips of the pen."""
    stamps = entered.dropna().sort_values(ignore_index=True)
    ahead = stamps.index[stamps.diff() > FAR_AHEAD]
    if len(ahead) and len(stamps) - ahead[-1] <= max(1, len(stamps) * FEW_AHEAD):
        newest = stamps[ahead[-1] - 1]
        days = {"newest": stamps.iloc[-1].date(), "as_of": newest.date()}
        findings.notice("far_ahead", n=len(stamps) - ahead[-1], **days)
        return newest
    return stamps.max()


def _stages_in_use(profile: Profile, deals: pl.DataFrame) -> dict[str, list[str]]:
    """Leave out pipelines that no deal is in; where no deal names one of them, all may be in use."""
    used = set(deals["pipeline"].drop_nulls()) & set(profile.stages)
    return {name: list(order) for name, order in profile.stages.items() if name in (used or profile.stages)}


def _nothing(name: str) -> pl.DataFrame:
    trace = {"_source": pl.Int64, "_path": pl.String, "_line": pl.Int64}
    return pl.DataFrame(schema=trace | {column.name: DTYPES[column.dtype] for column in TABLES[name].columns})
