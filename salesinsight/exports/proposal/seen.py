"""What is told of every file and every column: what it means, how sure that is, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from salesinsight.exports.proposal.builtin import Fit
from salesinsight.exports.proposal.looking import Looked
from salesinsight.exports.proposal.mapping import CELLS, CHOICES, MOMENTS, SHORT, Layout, Mapped
from salesinsight.exports.proposal.sections import Sheet, usable
from salesinsight.exports.readers.files import OWN
from salesinsight.language import Words


@dataclasses.dataclass(frozen=True)
class ColumnSeen:
    """One column: what it means ("" when not known), how sure that is, and why.

    Attributes
    ----------
    name, meaning : str
        The header, and what it means.
    sureness : str
        "sure", "likely" (used, with a question), "perhaps" (only asked) or "unused".
    why : str
        One line, in the language asked in.
    """

    name: str
    meaning: str
    sureness: str
    why: str


@dataclasses.dataclass(frozen=True)
class FileSeen:
    """One file.

    Attributes
    ----------
    name : str
        The file.
    what : str
        "deals", "calls", "people", "turns", "history", "transcript", "base", "unknown" or "unread".
    rows : int
        Its rows.
    columns : tuple of ColumnSeen
        Its columns.
    why : str
        Why it can't be read; "" when it can.
    """

    name: str
    what: str
    rows: int
    columns: tuple[ColumnSeen, ...]
    why: str = ""


def seen_files(
    looked: Looked, fitted: Fit | None, sheets: list[Sheet], unused: set[str], words: Words
) -> Iterator[FileSeen]:
    """Tell of every file what it is and what its columns mean; `unused` are those that nothing read."""
    layouts = {file: sheet.layout for sheet in sheets for file in sheet.files}
    for file, rows in looked.rows:
        names = [name for name in rows.frame.columns if name not in OWN]
        height = rows.frame.height
        if fitted and file.name in fitted.known:
            known = fitted.known[file.name]
            columns = tuple(_of_base(name, known.get(name), fitted.name, words) for name in names)
            yield FileSeen(file.name, "base", height, columns)
        elif file.name in layouts:
            layout = layouts[file.name]
            columns = tuple(_of_own(one, layout, words) for one in layout.columns)
            yield FileSeen(file.name, layout.file or "unknown", height, columns)
        else:
            # a file that another is joined with is of the base too
            columns = tuple(_of_base(name, None, "", words) for name in names)
            joined = fitted is not None and file.name not in unused
            yield FileSeen(file.name, "base" if joined else "unknown", height, columns)
    for name in looked.transcripts:
        yield FileSeen(name, "transcript", 0, ())
    for name, error in looked.failed.items():
        yield FileSeen(name, "unread", 0, (), error.text(words.language))


def _of_base(name: str, meaning: str | None, profile: str, words: Words) -> ColumnSeen:
    if meaning is None:
        return ColumnSeen(name, "", "unused", words("proposal.why.unused"))
    return ColumnSeen(name, meaning, "sure", words("proposal.why.base", name=profile))


def _of_own(one: Mapped, layout: Layout, words: Words) -> ColumnSeen:
    if not one.meaning or not layout.file:
        return ColumnSeen(one.name, "", "unused", words("proposal.why.unused"))
    sureness = "sure" if one.sure else "likely" if usable(one, layout) else "perhaps"
    code = one.how if one.sure or one.how != "exact" else "exact_doubt"
    code = "rival" if one.rival else code
    why = words(f"proposal.why.{code}", word=one.word, rival=one.rival, cells=_cells(one, words))
    return ColumnSeen(one.name, one.meaning, sureness, why)


def _cells(one: Mapped, words: Words) -> str:
    """What stands in a column, in a word or two."""
    cells = one.cells
    if one.meaning in CHOICES or (one.meaning in SHORT and cells.values):
        return words("proposal.cells.few", n=cells.distinct)
    if cells.patterns is not None and one.meaning in MOMENTS:
        return words("proposal.cells.two" if len(cells.patterns) > 1 else "proposal.cells.moment")
    expected = CELLS.get(one.meaning, set()) & cells.kinds or cells.kinds
    return words(f"proposal.cells.{min(expected, default='empty')}")
