"""Rows that hold several things at once → rows that hold one: compose, first, unpivot and split.

CRM exports put the ids of all contacts of a deal into one cell, the day of every stage into a column of
its own, and a name into two columns. These verbs undo that, in this order, before `where` looks at a row.
A row that becomes several counts as several rows read.
"""

from __future__ import annotations

import dataclasses
import re
import string
from collections.abc import Mapping

import polars as pl

from salesinsight.exports.findings import Findings
from salesinsight.exports.section import Section


@dataclasses.dataclass(frozen=True)
class Unpivot:
    """Columns that are rows: `columns` maps our column to patterns of theirs, `name` names the stars.

    Attributes
    ----------
    name : tuple of str
        Our columns for what stands at the ``*`` of a pattern, from left to right.
    columns : dict
        Our column → patterns of headers; those with the same text at the stars make one row.
    """

    name: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]


def read_unpivot(section: Section) -> Unpivot:
    """Check the ``unpivot`` of a source.

    Raises
    ------
    BadProfile
        When a pattern has another number of stars than there are names.
    """
    section.only(["name", "columns"])
    name = tuple(section.texts("name"))
    inner = section.inner("columns")
    columns = {key: tuple(inner.texts(key)) for key in inner.given}
    for key, patterns in columns.items():
        for pattern in patterns:
            if pattern.count("*") != len(name):
                raise inner.wrong(f"{len(name)} × *", pattern, key)
    if not columns:
        raise section.wrong('columns = { at = "Date entered *" }', "-", "columns")
    return Unpivot(name, columns)


def read_compose(section: Section) -> dict[str, str]:
    """Check the ``compose`` of a source: every template names at least one ``{column}``.

    Raises
    ------
    BadProfile
        When a template names no column, or a brace is not closed.
    """
    templates = section.scalars()
    for key, template in templates.items():
        try:
            parts = _fields(template)
        except ValueError as cause:
            raise section.wrong(f'{key} = "{{a}} {{b}}"', template, key) from cause
        if not parts:
            raise section.wrong(f'{key} = "{{a}} {{b}}"', template, key)
    return templates


def named_columns(
    compose: Mapping[str, str], first: Mapping[str, str], unpivot: Unpivot | None, split: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """Columns of the file that the verbs of this module read, and those that they make.

    Examples
    --------
    >>> needs, makes = named_columns({"name": "{first} {last}"}, {}, None, {"ids": ";"})
    >>> sorted(needs), sorted(makes)
    (['first', 'ids', 'last'], ['name'])
    """
    needs = {field for template in compose.values() for field in _fields(template)} | set(first) | set(split)
    made = set(compose) | ({*unpivot.name, *unpivot.columns} if unpivot else set())
    return needs - made, made


def compose_columns(frame: pl.DataFrame, compose: Mapping[str, str]) -> pl.DataFrame:
    """Write several columns as one; parts that are empty leave no space behind, and what is there stays.

    Examples
    --------
    >>> rows = pl.DataFrame({"first": ["Proef", None], "last": ["Persoon", "Alleen"]})
    >>> compose_columns(rows, {"name": "{first} {last}"})["name"].to_list()
    ['Proef Persoon', 'Alleen']
    """
    for name, template in compose.items():
        fields = [field for field in _fields(template) if field in frame.columns]
        text = pl.concat_str(
            [pl.lit(part) if plain else _text(part, fields) for part, plain in _pieces(template)]
        )
        clean = text.str.replace_all(r"\s+", " ").str.strip_chars()
        written = pl.when(pl.any_horizontal(pl.col(fields).is_not_null())).then(clean) if fields else None
        given = [pl.col(name)] if name in frame.columns else []
        parts = [*given, pl.lit(None, pl.String) if written is None else written]
        frame = frame.with_columns(pl.coalesce(parts).alias(name))
    return frame


def keep_first(frame: pl.DataFrame, first: Mapping[str, str], findings: Findings) -> pl.DataFrame:
    """Keep the first of several values in one cell, and tell how many cells had more.

    Notes
    -----
    A number instead of a sign keeps that many characters: an id of 18 characters of which the last three
    only check the others.

    Examples
    --------
    >>> rows = pl.DataFrame({"ids": ["7; 9", "8", None], "_source": 0, "_path": "a.csv"})
    >>> keep_first(rows, {"ids": ";"}, Findings())["ids"].to_list()
    ['7', '8', None]
    """
    for name, sign in first.items():
        if name not in frame.columns:
            continue
        if sign.isdigit():
            frame = frame.with_columns(pl.col(name).str.slice(0, int(sign)))
            continue
        parts = frame.select(_parts(name, sign))[name]
        several = parts.list.len().gt(1).sum()
        if several:
            place = (frame["_source"][0], frame["_path"][0])
            header = findings.headers.get((*place, name), name)
            findings.notice("first_of_several", file=place[1], column=header, n=several, total=frame.height)
        frame = frame.with_columns(parts.list.first().alias(name))
    return frame


def unpivot_columns(frame: pl.DataFrame, unpivot: Unpivot, findings: Findings) -> pl.DataFrame:
    """Make a row of every group of columns that has a value; rows without any are skipped.

    Notes
    -----
    Headers are matched whatever their capitals. Columns of different patterns belong together when the
    same text stands at their stars. Columns that no pattern names go along with every row.

    Examples
    --------
    >>> rows = pl.DataFrame({"id": ["a", "b"], "_source": 0, "_path": "a.csv", "Since x (p)": ["1", None]})
    >>> spec = Unpivot(("stage", "pipeline"), {"at": ("Since * (*)",)})
    >>> unpivot_columns(rows, spec, Findings()).select("id", "stage", "pipeline", "at").rows()
    [('a', 'x', 'p', '1')]
    """
    groups: dict[tuple[str, ...], dict[str, str]] = {}
    for ours, patterns in unpivot.columns.items():
        for header in frame.columns:
            stars = next((found for pattern in patterns if (found := _stars(pattern, header))), None)
            if stars:
                groups.setdefault(stars, {}).setdefault(ours, header)
    made = [*unpivot.name, *unpivot.columns]
    gone = {header for found in groups.values() for header in found.values()} | set(made)
    rows = frame.with_row_index("_row")
    along = [pl.col(name) for name in rows.columns if name not in gone]
    parts = [
        rows.select(
            *along,
            *(pl.lit(star).alias(name) for name, star in zip(unpivot.name, stars, strict=True)),
            *(_or_nothing(found.get(ours)).alias(ours) for ours in unpivot.columns),
        )
        for stars, found in groups.items()
    ]
    empty = rows.select(*along, *(pl.lit(None, pl.String).alias(name) for name in made)).clear()
    filled = pl.any_horizontal(pl.col(list(unpivot.columns)).is_not_null())
    long = pl.concat([empty, *parts], how="vertical_relaxed").filter(filled).sort("_row", maintain_order=True)
    findings.count("skipped", rows.filter(~pl.col("_row").is_in(long["_row"].implode())))
    findings.count("read", long.filter(~pl.col("_row").is_first_distinct()))
    return long.drop("_row")


def split_cells(frame: pl.DataFrame, split: Mapping[str, str], findings: Findings) -> pl.DataFrame:
    """Make a row of every value in a cell that holds several; an empty cell stays one row.

    Examples
    --------
    >>> rows = pl.DataFrame({"id": ["a", "b"], "_source": 0, "_path": "a.csv", "deals": ["7;9;7", None]})
    >>> split_cells(rows, {"deals": ";"}, Findings()).select("id", "deals").rows()
    [('a', '7'), ('a', '9'), ('b', None)]
    """
    for name, sign in split.items():
        if name not in frame.columns:
            continue
        rows = frame.with_row_index("_row").with_columns(_parts(name, sign)).explode(name)
        findings.count("read", rows.filter(~pl.col("_row").is_first_distinct()))
        frame = rows.drop("_row")
    return frame


def _parts(name: str, sign: str) -> pl.Expr:
    parts = pl.col(name).str.split(sign).list.eval(pl.element().str.strip_chars())
    return parts.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)


def _stars(pattern: str, header: str) -> tuple[str, ...] | None:
    """What stands at the stars of a pattern, when the header fits it."""
    parts = [re.escape(part) for part in pattern.split("*")]
    found = re.fullmatch("(.+)".join(parts), header, re.IGNORECASE)
    return tuple(part.strip() for part in found.groups()) if found else None


def _or_nothing(header: str | None) -> pl.Expr:
    return pl.col(header) if header else pl.lit(None, pl.String)


def _pieces(template: str) -> list[tuple[str, bool]]:
    """A template as texts (True) and names of columns (False)."""
    pieces: list[tuple[str, bool]] = []
    for text, field, _, _ in string.Formatter().parse(template):
        if text:
            pieces.append((text, True))
        if field:
            pieces.append((field, False))
    return pieces


def _fields(template: str) -> list[str]:
    return [part for part, plain in _pieces(template) if not plain]


def _text(name: str, present: list[str]) -> pl.Expr:
    return pl.col(name).fill_null("") if name in present else pl.lit("")
