"""Trackers: labels of one's own, from a CSV of cues or of labelled examples."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import unicodedata
from typing import Any

import pandas as pd

from salesinsight.errors import NameTaken, NothingTracked, TooFewExamples, TrackerColumns
from salesinsight.language import load_pack, words
from salesinsight.schema import PATH, conform, empty_table, takes
from salesinsight.speech.cue_rows import write_patterns
from salesinsight.speech.sheets import EXTRA, LINE, read_sheet

FEW = 15  # fewer examples teach nothing
USUAL = {"side": "any", "weight": "0.8", "negatable": "no"}
SIDES, ROLES, YES_NO = ("seller", "customer", "any"), ("seller", "customer", "unknown"), ("yes", "no")
LONGEST_VALUE = 120


@dataclasses.dataclass(frozen=True, eq=False)
class Trackers:
    """Labels of one's own, ready for `tag_turns`.

    Attributes
    ----------
    file : str
        The name of the file they came from.
    kind : {"cues", "examples"}
        What its rows are.
    names : tuple of str
        The trackers, as they are called in columns: ``tracker_<name>``.
    rows : pandas.DataFrame
        The rows that are used: tracker, and pattern, side, weight, negatable or text, role.
    rejects : pandas.DataFrame
        The rows that aren't: file, line, column, value, reason.
    """

    file: str
    kind: str
    names: tuple[str, ...]
    rows: pd.DataFrame
    rejects: pd.DataFrame

    @property
    def columns(self) -> list[str]:
        """The columns that they make."""
        return [f"tracker_{name}{ending}" for name in self.names for ending in ("", "_p")]


@takes(path=PATH)
def read_trackers(path: str | os.PathLike[str], language: str = "nl") -> Trackers:
    r"""Read trackers: a competitor, a product or an objection of one's own that becomes a label of turns.

    Parameters
    ----------
    path : path
        A CSV file, told by its columns: ``name, pattern`` (and ``side, weight, negatable``), a cue per row,
        in the pattern language of the packs; or ``name, text`` (and ``role``), a labelled example per row,
        with rows of something else under an empty name or another one. See ``docs/trackers.md``.
    language : str, default "nl"
        The language pack whose word classes the patterns use; reasons are given in this language.

    Returns
    -------
    Trackers
        For ``tag_turns(turns, language, trackers=...)``. Rows that can't be used are in its ``rejects``.

    Raises
    ------
    PathUnusable, EmptyFile, UnreadableFile
        When there is no such file, nothing in it, or no text.
    TrackerColumns, NothingTracked
        When the columns are those of neither or of both; when not one row can be used.
    TooFewExamples
        When a tracker has fewer than 15 different examples.
    NameTaken
        When two trackers would make the same column.

    Examples
    --------
    >>> import tempfile, salesinsight as si
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "mine.csv")
    ...     _ = path.write_text("name;pattern\nLevertijd;hoe snel ~ leveren", "utf-8")
    ...     trackers = si.read_trackers(path)
    >>> turns = pd.DataFrame({"text": ["En hoe snel kunt u dat leveren?"]})
    >>> si.tag_turns(turns, "nl", trackers=trackers)["tracker_levertijd"].to_list()
    [True]
    """
    sheet, file = read_sheet(path), pathlib.Path(path).name
    present = [column for column in sheet.columns if column not in (LINE, EXTRA)]
    if "name" not in present or ("pattern" in present) == ("text" in present):
        raise TrackerColumns(file=file, present=present)
    kind = "cues" if "pattern" in present else "examples"
    rows, rejects = _sift(sheet, kind, file, language)
    if not (rows["tracker"] != "").any():
        reason = words(language)("trackers.reject.name")
        first = rejects.iloc[0] if len(rejects) else {"line": 1, "reason": reason}
        raise NothingTracked(file=file, rows=len(sheet), line=first["line"], reason=first["reason"])
    names = tuple(name for name in rows["tracker"].unique() if name)
    if kind == "examples":
        count = rows["tracker"].value_counts()
        found = {name: int(count[name]) for name in names if count[name] < FEW}
        if found:
            raise TooFewExamples(file=file, needed=FEW, found=found)
    trackers = Trackers(file, kind, names, rows, rejects)
    columns = pd.Series(trackers.columns)
    for column in columns[columns.duplicated()]:
        raise NameTaken(name=column.removeprefix("tracker_"), column=column)
    return trackers


def refuse_taken(trackers: Trackers, turns: pd.DataFrame) -> None:
    """Raise NameTaken when a tracker would write over a column that no tracker made."""
    made = turns.attrs.get("trackers", {}).get("names", [])
    for name in trackers.names:
        for column in (f"tracker_{name}", f"tracker_{name}_p"):
            if column in turns and name not in made:
                raise NameTaken(name=name, column=column)


def _sift(sheet: pd.DataFrame, kind: str, file: str, language: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that can be used, filled in with what is usual, and those that can't, with the reason."""
    value, usual = ("pattern", USUAL) if kind == "cues" else ("text", {"role": "unknown"})
    rows = sheet.assign(**{name: sheet.get(name, "") for name in usual})
    rows["tracker"] = rows["name"].map(_slug)
    problems = _problems_of_cues(rows, language) if kind == "cues" else _problems_of_examples(rows)
    bad = problems.map(bool).to_numpy(dtype=bool)
    rejects = _rejects(rows[bad], problems[bad], file, language)
    rows = rows.loc[~bad, ["tracker", value, *usual]]
    for column, filler in usual.items():
        rows[column] = rows[column].str.lower().replace("", filler)
    if kind == "cues":
        rows["weight"] = rows["weight"].str.replace(",", ".").astype("float64")
    apart = [name for name in rows if name in ("tracker", value, "side")]
    return rows.drop_duplicates(apart, ignore_index=True), rejects


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


Problems = list[tuple[str, str, dict[str, Any]]]  # code of the reason, column, facts


def _problems_of_cues(rows: pd.DataFrame, language: str) -> pd.Series:
    """Per row what is wrong with it."""
    patterns = write_patterns(rows["pattern"].tolist(), load_pack(language))
    found: list[Problems] = []
    for row, (_, wrong, facts) in zip(rows.to_dict("records"), patterns, strict=True):
        here = _of_row(row, named=True)
        if not row["pattern"]:
            here.append(("pattern", "pattern", {}))
        elif wrong:
            here.append((wrong, "pattern", facts))
        here += _of_choice(row, "side", SIDES) + _of_choice(row, "negatable", YES_NO)
        if row["weight"] and not re.fullmatch(r"0?[.,]0*[1-9]\d*|1([.,]0*)?", row["weight"]):
            here.append(("weight", "weight", {}))
        found.append(here)
    return pd.Series(found, index=rows.index, dtype=object)


def _problems_of_examples(rows: pd.DataFrame) -> pd.Series:
    found: list[Problems] = []
    for row in rows.to_dict("records"):
        here = _of_row(row, named=bool(row["name"]))
        if not row["text"]:
            here.append(("text", "text", {}))
        found.append(here + _of_choice(row, "role", ROLES))
    return pd.Series(found, index=rows.index, dtype=object)


def _of_row(row: dict[str, Any], named: bool) -> Problems:
    found: Problems = [("cells", "", {})] if row[EXTRA] else []
    if named and not row["tracker"]:
        found.append(("name_form" if row["name"] else "name", "name", {}))
    return found


def _of_choice(row: dict[str, Any], column: str, values: tuple[str, ...]) -> Problems:
    return [] if row[column].lower() in ("", *values) else [(column, column, {})]


def _rejects(rows: pd.DataFrame, problems: pd.Series, file: str, language: str) -> pd.DataFrame:
    """The rows set aside, each with the first thing that is wrong with it."""
    if rows.empty:
        return empty_table("rejects")
    say = words(language)
    listed = []
    for row, [(code, column, facts), *_] in zip(rows.to_dict("records"), problems, strict=True):
        value = str(row[column])[:LONGEST_VALUE] if column else ""
        reason = say(f"trackers.reject.{code}", **facts)
        told = {"file": file, "line": row[LINE], "column": column or None, "value": value or None}
        listed.append(told | {"reason": reason})
    return conform(pd.DataFrame(listed), "rejects")
