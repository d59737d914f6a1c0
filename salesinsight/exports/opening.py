"""From a source in a profile to the rows of its files, refused as a whole when they can't be what it says."""

from __future__ import annotations

import dataclasses
import functools
import pathlib
from collections import Counter
from collections.abc import Callable, Iterable

import polars as pl

from salesinsight.errors import (
    EmptyFile,
    FileMissing,
    InputRefused,
    MissingColumns,
    NotAFile,
    UnknownName,
    UnreadableFile,
)
from salesinsight.exports.columns import Names, check_columns, fill_absent, shown
from salesinsight.exports.findings import Findings
from salesinsight.exports.profile import Profile, before
from salesinsight.exports.readers.files import OWN, Rows, name_columns
from salesinsight.exports.readers.folder import Found, find_files
from salesinsight.exports.sifting import sift_rows
from salesinsight.exports.sources import RECORDING, Join, Source

Reader = Callable[[pathlib.Path, str, str | None, int, str | None], Rows]
# a file that is open in Excel is not among these: it may be the one that matters
SET_ASIDE = (EmptyFile, UnreadableFile, NotAFile)


@dataclasses.dataclass(frozen=True)
class Opened:
    """The rows of one source.

    Attributes
    ----------
    frame : polars.DataFrame
        Rows of text, with _source, _path, _line and _file.
    files : list of str
        The files they came from.
    columns : list of str
        Column names in these files; our word for those that a profile's names know.
    decimal : str
        Decimal sign to assume where a column does not show it.
    """

    frame: pl.DataFrame
    files: list[str]
    columns: list[str]
    decimal: str


class Opener:
    """Opens the files of one folder, and remembers which of them were of use.

    Parameters
    ----------
    folder : pathlib.Path
        The folder, for messages.
    files : sequence of Found
        The files in it.
    profile : Profile
        The names that it gives to columns.
    read : callable
        `read_rows`, or one that remembers what it read.
    findings : Findings
        Gets the rows that can't be read.

    Attributes
    ----------
    used : set of str
        Files that a source or a join took.
    unfit : dict
        Files that were looked into and not taken: why they can't be read, or what the source that came
        nearest misses in them.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        files: tuple[Found, ...],
        profile: Profile,
        read: Reader,
        findings: Findings,
    ) -> None:
        self.folder, self.files, self.profile = folder, files, profile
        self.read, self.findings = read, findings
        self.used: set[str] = set()
        self.linked: set[str] = set()
        self.unfit: dict[str, InputRefused | tuple[Source, list[str]]] = {}

    def open_source(self, source: Source, number: int) -> Opened | None:
        """Read all files of a source; None when it is optional and there are none.

        Raises
        ------
        FileMissing
            When there is no such file.
        EmptyFile, UnreadableFile, FileBusy, NotAFile
            When a file can't be used. When a pattern named several files, these are set aside instead,
            as long as one is left.
        MissingColumns, HeaderElsewhere, DuplicateColumns
            When a file does not have the columns that the profile needs.
        """
        names = before(source.names, self.profile.names)
        found = find_files(self.files, source.file)
        if source.link:
            left = [file for file in found if file.name not in self.linked]
            if found and not left:
                return None
            found = left
        if source.having:
            taken = self._fitting(source, found, names)
        else:
            taken = self._readable(source, number, found, names)
        if not taken:
            if source.optional and (source.having or not found):
                return None
            raise self._missing(source.file, source.having, source.stands)
        self.used |= {file.name for file, _ in taken}
        # a transcript is read once, whatever other source would take it too
        self.linked |= {file.name for file, _ in taken if source.link}
        opened, columns = [], []
        for file, rows in taken:
            columns += _named_once(rows)
            rows = fill_absent(rows, source, file.name, names, self.findings) if source.having else rows
            rows = _mark_recording(rows, self._stem(file)) if source.link else rows
            check_columns(rows, source, file.name, names, self.findings)
            for word, header in rows.headers.items():
                self.findings.headers[number, file.name, word] = header
            opened.append(sift_rows(rows, number, file.name, self.findings))
        frame = pl.concat([part.frame for part in opened], how="diagonal_relaxed")
        # a transcript's conversation is not written in its rows
        own = (*OWN, RECORDING) if source.link else OWN
        given = [name for name in frame.columns if name not in own]
        empty = pl.all_horizontal(pl.col(given).is_null()) if given else pl.lit(True)
        self.findings.count("skipped", frame.filter(empty))
        files = [file.name for file, _ in taken]
        return Opened(frame.filter(~empty), files, list(dict.fromkeys(columns)), opened[0].decimal)

    def open_joined(self, join: Join, source: Source) -> pl.DataFrame:
        """Read the files of a join; of a source that is known by its columns they may be absent.

        Raises
        ------
        FileMissing, MissingColumns
            When they are not there or have not the columns.
        """
        names = before(source.names, self.profile.names)
        theirs = [*join.on.values(), *join.take.values(), *join.fill.values()]
        needed = list(dict.fromkeys([*theirs, *join.where]))
        parts = []
        for file in find_files(self.files, join.file):
            try:
                rows = name_columns(self.read(file.path, file.name, join.sheet, join.header, None), names)
            except SET_ASIDE:
                if not join.having:
                    raise
                continue
            absent = [name for name in needed if name not in rows.frame.columns]
            if join.having and not set(join.having) <= set(rows.frame.columns):
                continue
            if absent and not (join.having or source.having):
                raise MissingColumns(
                    table=file.name, absent=absent, present=shown(rows.frame.columns), headers=names
                )
            self.used.add(file.name)
            parts.append(rows.frame.with_columns(pl.lit(None, pl.String).alias(name) for name in absent))
        if not parts and not source.having:
            raise self._missing(join.file, join.having, f"{source.stands} join")
        empty = pl.DataFrame(schema=dict.fromkeys([*OWN, *needed], pl.String))
        return pl.concat(parts, how="diagonal_relaxed") if parts else empty

    def unused(self) -> list[str]:
        """Files that nothing took, those that can't be read among them."""
        known = (file.name for file in self.files if not file.path.is_dir())
        return [name for name in known if name not in self.used and not name.endswith(".toml")]

    def _fitting(self, source: Source, found: list[Found], names: Names) -> list[tuple[Found, Rows]]:
        """The files that have the columns by which this source knows its own."""
        taken = []
        for file in found:
            try:
                rows = self.read(file.path, file.name, source.sheet, source.header, source.rows)
            except SET_ASIDE as error:
                self.unfit[file.name] = error
                continue
            except UnknownName:
                # a workbook without this sheet is another source's
                continue
            rows = name_columns(rows, names)
            absent = [name for name in source.having if name not in rows.frame.columns]
            if not absent:
                taken.append((file, rows))
                continue
            known = self.unfit.get(file.name)
            share = len(absent) / len(source.having)
            best = len(known[1]) / len(known[0].having) if isinstance(known, tuple) else 1.0
            if share < best:
                self.unfit[file.name] = (source, absent)
        return taken

    def _readable(
        self, source: Source, number: int, found: list[Found], names: Names
    ) -> list[tuple[Found, Rows]]:
        """The files that a pattern names; of several, those that can't be read are set aside."""
        taken, refused = [], None
        for file in found:
            try:
                rows = self.read(file.path, file.name, source.sheet, source.header, source.rows)
            except SET_ASIDE as error:
                refused = error
                self.used.add(file.name)
                aside = pl.DataFrame({"_source": [number], "_path": [file.name], "_line": [None]})
                self.findings.note(aside, "unreadable", "", "", kept=False, why=error)
                continue
            taken.append((file, name_columns(rows, names)))
        if refused and not taken:
            raise refused
        return taken

    def _missing(self, patterns: Iterable[str], having: Iterable[str], place: str) -> FileMissing:
        present = [file.name for file in self.files if not file.path.is_dir()]
        name, columns = " / ".join(patterns), ", ".join(having)
        return FileMissing(
            name=f"{name} ({columns})" if columns else name,
            folder=str(self.folder),
            present=present,
            place=place,
        )

    def _stem(self, file: Found) -> str:
        """The path without its ending, unless that leaves two transcripts with one name."""
        stem = _without_ending(file.inside)
        return stem if self._stems[stem] == 1 else file.inside

    @functools.cached_property
    def _stems(self) -> Counter[str]:
        patterns = [pattern for source in self.profile.sources if source.link for pattern in source.file]
        return Counter(_without_ending(file.inside) for file in find_files(self.files, patterns))


def _without_ending(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return folder + slash + name.removesuffix(".gz").rsplit(".", 1)[0]


def _named_once(rows: Rows) -> list[str]:
    """Columns of a file, under our word where it has one."""
    hidden = {*OWN, *rows.headers.values()}
    return [name for name in rows.frame.columns if name not in hidden]


def _mark_recording(rows: Rows, stem: str) -> Rows:
    """Say which conversation a transcript is: the id in the file, else the path of the file."""
    told = [pl.col(name) for name in (RECORDING, "call_id") if name in rows.frame.columns]
    frame = rows.frame.with_columns(pl.coalesce(*told, pl.lit(stem)).alias(RECORDING))
    return dataclasses.replace(rows, frame=frame)
