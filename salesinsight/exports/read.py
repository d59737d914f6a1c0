"""The door of the room: a folder and a profile → an export."""

from __future__ import annotations

import dataclasses
import pathlib

import pandas as pd
import polars as pl

from salesinsight.errors import (
    BadArgument,
    FolderMissing,
    InputRefused,
    NothingUsable,
    TableLost,
    UnknownName,
)
from salesinsight.exports.clean import clean
from salesinsight.exports.findings import TRACE, Findings
from salesinsight.exports.gathering import gather, nothing
from salesinsight.exports.linking import link_transcripts, recordings_of
from salesinsight.exports.moments import add_snapshots, newest_moment
from salesinsight.exports.opening import Opened
from salesinsight.exports.processed import is_processed, read_imported
from salesinsight.exports.profile import Profile, load_profile
from salesinsight.exports.readers.delimited import decode
from salesinsight.exports.readers.folder import WATERMARK, list_files
from salesinsight.exports.readers.links import read_links
from salesinsight.exports.readers.ticks import read_ticks
from salesinsight.exports.sources import Source
from salesinsight.language import languages, words
from salesinsight.schema import PATH, Export, conform, takes

# what a row that no file has by itself counts under
NO_SOURCE = -1
# without one of these an export says nothing, or something else
NEEDED = ("turns", "conversations", "deals", "events", "snapshot")


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
        Number and source, and what was opened for it; None where an optional file is absent or was refused.
    refused : list of tuple
        Table and refusal: files and sources that could not be used as a whole.
    unused : list of str
        Files that no source took.
    """

    export: Export
    findings: Findings
    opened: list[tuple[int, Source, Opened | None]]
    refused: list[tuple[str, InputRefused]]
    unused: list[str]


@takes(folder=PATH, profile=PATH)
def read_export(
    folder: str | pathlib.Path,
    profile: str | pathlib.Path = "sample",
    language: str | None = None,
    links: str | pathlib.Path | None = None,
    key: str | pathlib.Path | None = None,
) -> Export:
    """Read an export: a folder of files and a profile that says what is what.

    Parameters
    ----------
    folder : str or pathlib.Path
        A file ``WATERMARK.txt`` in it holds the words that must stand on everything made from it.
    profile : str or pathlib.Path
        Name of a profile of the library ("sample"), or path of a TOML file.
    language : str, optional
        Of turns that don't name their own, and of notices; else the commonest in turns, or the profile's.
    links : str or pathlib.Path, optional
        A file that says which transcript is of which conversation, in the layout of ``Export.links``;
        else ``links.csv`` in the folder, when it is there.
    key : str or pathlib.Path, optional
        File of the owner's key, for a folder that ``salesinsight import`` wrote: names come back. Such a
        folder needs no profile; without the key it has codes for names.

    Returns
    -------
    Export
        The tables; rows that could not be used are in ``rejects`` with file, line and reason.

    Raises
    ------
    InputRefused
        When there is nothing to read, a file can't be read or lacks the columns of the profile, no row of a
        table is left, or rows of the links or the key can't be used. All at once: `check_export`.
    UsageError
        When the profile, the language or the key is not right.

    Notes
    -----
    A turn is a speaker's stretch: consecutive rows of one speaker become one turn. ``entered_at`` that is
    not known is the moment itself (events) or the end, else the start (conversations), and a notice says
    so; a transcript that came later makes its conversation later too. ``as_of`` is the profile's, else the
    newest snapshot, else the newest ``entered_at``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "turns.csv").write_text("conversation_id,text\\nc1,Hallo\\nc1,", encoding="utf-8")
    >>> export = read_export(folder, language="en")
    >>> export.turns.text.tolist(), export.rejects[["line", "reason"]].values.tolist()
    (['Hallo'], [[3, 'missing']])
    """
    folder = pathlib.Path(folder)
    if is_processed(folder):
        return read_imported(folder, key)
    if key is not None:
        expected = {"en": "given with an imported export", "nl": "bij een geïmporteerde export gegeven"}
        raise BadArgument(argument="key", expected=expected, got=str(folder))
    return read(folder, load_profile(profile), language, links).export


def read(
    folder: pathlib.Path,
    profile: Profile,
    language: str | None,
    links: str | pathlib.Path | None = None,
    keep_going: bool = False,
    told_in: str | None = None,
) -> Reading:
    """Read an export and keep what the check needs.

    `keep_going` gathers refusals instead of raising them; `told_in` is the language of notices and reasons.
    """
    if language is not None and language not in languages():
        raise UnknownName(kind="language", name=language, known=languages())
    if not folder.is_dir():
        raise FolderMissing(folder=str(folder))
    findings = Findings()
    given = read_links(folder, links)
    gathered = gather(folder, profile, findings, keep_going)
    tables, at = add_snapshots(gathered, profile, findings)
    recordings = pl.concat([recordings_of(nothing("turns")), *gathered.recordings], how="diagonal_relaxed")
    words_alone = not tables["conversations"].height
    tables, linked = link_transcripts(tables, recordings, given, profile, findings)
    tables = clean(_own_rows(tables, profile), profile, findings, words_alone)
    for table in tables.values():
        findings.count("used", table)
    lost = _lost_tables(profile, findings)
    if lost and not keep_going:
        raise lost[0][1]
    gathered.refused += lost
    export = _export(tables, linked, profile, language, folder, at, findings, told_in)
    if not keep_going and not any(
        tables[name].height for name in ("turns", "conversations", "deals", "events")
    ):
        expected = list(dict.fromkeys(name for source in profile.sources for name in source.file))
        present = [file.name for file in list_files(folder) if not file.path.is_dir()]
        raise NothingUsable(
            folder=str(folder), expected=expected, present=present, rejected=len(export.rejects)
        )
    return Reading(export, findings, gathered.opened, gathered.refused, gathered.unused)


def _lost_tables(profile: Profile, findings: Findings) -> list[tuple[str, InputRefused]]:
    """Tables of which every row was rejected: going on without them would tell another story."""
    lost: list[tuple[str, InputRefused]] = []
    for name in NEEDED:
        # a transcript that is not linked yet waits for its user
        sources = enumerate(profile.sources)
        numbers = [n for n, source in sources if source.table == name and not source.link]
        tally = findings.tally(numbers)
        if not tally["rejected"] or tally["used"] or tally["merged"]:
            continue
        unread = [error for number, error in findings.unread if number in numbers]
        said = {language: findings.commonest(numbers, words(language)) for language in languages()}
        reasons = {language: facts.pop("reason") for language, facts in said.items()}
        files = sorted({path for number, path in findings.tallies if number in numbers})
        facts = said["en"] | {"table": name, "n": tally["rejected"], "files": files, "reasons": reasons}
        lost.append((name, unread[0] if unread else TableLost(**facts)))
    return lost


def _own_rows(tables: dict[str, pl.DataFrame], profile: Profile) -> dict[str, pl.DataFrame]:
    """Rows that were made of another table's (events of snapshots) count under that one, and not twice."""
    own = {name: [n for n, source in enumerate(profile.sources) if source.table == name] for name in tables}
    return {
        name: table.with_columns(
            _source=pl.when(pl.col("_source").is_in(own[name])).then("_source").otherwise(NO_SOURCE)
        )
        for name, table in tables.items()
    }


def _export(
    tables: dict[str, pl.DataFrame],
    links: pl.DataFrame | None,
    profile: Profile,
    language: str | None,
    folder: pathlib.Path,
    at: pd.Timestamp | None,
    findings: Findings,
    told_in: str | None,
) -> Export:
    spoken = tables["turns"]["language"].drop_nulls().mode().sort()
    language = language or (spoken[0] if len(spoken) else profile.language)
    tables["turns"] = tables["turns"].with_columns(pl.col("language").fill_null(language))
    said = words(told_in or language)
    frames = {name: conform(table.drop(TRACE).to_pandas(), name) for name, table in tables.items()}
    entered = pd.concat([frames[name]["entered_at"] for name in ("conversations", "events")])
    newest = newest_moment(entered, findings) if at is None else at
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
        own_domains=list(profile.own_domains),
        links=None if links is None else links.to_pandas(),
        ticks=read_ticks(folder),
    )


def _stages_in_use(profile: Profile, deals: pl.DataFrame) -> dict[str, list[str]]:
    """Leave out pipelines that no deal is in; where no deal names one of them, all may be in use."""
    used = set(deals["pipeline"].drop_nulls()) & set(profile.stages)
    return {name: list(order) for name, order in profile.stages.items() if name in (used or profile.stages)}
