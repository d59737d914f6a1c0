"""Rows of a file → rows of a table: the four verbs, then columns, constants, value maps and offsets.

The verbs come in one order: `where` keeps rows, `pair` makes one row of two, `join` adds columns and
`case` makes one value of several columns. A `where` about columns that `pair` or `join` bring comes
after these.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from salesinsight.errors import BadProfile
from salesinsight.exports.convert import convert, convert_event_values, numbers
from salesinsight.exports.findings import TRACE, Findings
from salesinsight.exports.section import as_text
from salesinsight.exports.sources import Join, Pair, Source
from salesinsight.schema import TABLES
from salesinsight.schema.tables import FLAG, MOMENT, NUMBER, WHOLE, Column

OpenOther = Callable[[Join, Source], pl.DataFrame]
COMPARISONS = {"above": operator.gt, "at_least": operator.ge, "below": operator.lt, "at_most": operator.le}
REASONS = {MOMENT: "not_a_moment", NUMBER: "not_a_number", WHOLE: "not_a_number", FLAG: "not_a_flag"}


def reshape(
    frame: pl.DataFrame, source: Source, open_other: OpenOther, zone: str, decimal: str, findings: Findings
) -> pl.DataFrame:
    """Turn the rows of a source into rows of its table.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows of text with the columns in `TRACE`.
    source : Source
        What the profile says about them.
    open_other : callable
        Opens the file of a join.
    zone : str
        Time zone of moments that don't name one.
    decimal : str
        Decimal sign to assume where a column does not show it.
    findings : Findings
        Gets what is skipped, merged or rejected.

    Returns
    -------
    polars.DataFrame
        All columns of the table, in its dtypes, and `TRACE`.
    """
    frame, later = keep_where(frame, source.where, findings)
    if source.pair:
        frame = pair_rows(frame, source.pair, findings)
    for join in source.join:
        frame = join_file(frame, join, source, open_other, findings)
    frame, _ = keep_where(frame, later, findings)
    text = frame.select(
        *TRACE, *(fill(column, source, frame.columns) for column in TABLES[source.table].columns)
    )
    table, bad = _convert(text, source, zone, decimal, findings)
    table = _shift(table, frame, source)
    return _keep_whole(table, bad, source, findings)


def condition(tests: Mapping[str, Any]) -> pl.Expr:
    """All of these tests hold: column equals a value, is one of a list, is empty ("") or compares.

    Examples
    --------
    >>> rows = pl.DataFrame({"paid": ["2.50", "0", None], "side": ["1", "1", "0"]})
    >>> rows.filter(condition({"paid": {"above": 0}, "side": 1})).height
    1
    >>> rows.filter(condition({"paid": ""})).height
    1
    """
    return functools.reduce(operator.and_, (_test(name, test) for name, test in tests.items()), pl.lit(True))


def keep_where(
    frame: pl.DataFrame, where: Mapping[str, Any], findings: Findings
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Keep the rows for which every test holds; tests about columns that are not there yet are returned."""
    later = {name: test for name, test in where.items() if name not in frame.columns}
    keep = condition({name: test for name, test in where.items() if name not in later})
    findings.count("skipped", frame.filter(~keep))
    return frame.filter(keep), later


def pair_rows(frame: pl.DataFrame, pair: Pair, findings: Findings) -> pl.DataFrame:
    """Make one row of a start and the end that follows it, with the end's columns as ``end.<name>``.

    Notes
    -----
    A start without an end keeps its row, its end missing. An end without a start is rejected. Rows that
    are neither are skipped. "Follows" is in the order of the file, among rows with the same keys.
    """
    keys = list(pair.on)
    is_start, is_end = pl.col(pair.column) == pair.start, pl.col(pair.column) == pair.end
    findings.count("skipped", frame.filter((is_start | is_end).fill_null(False).not_()))
    keyless = (is_start | is_end) & pl.any_horizontal(pl.col(keys).is_null())
    findings.reject(frame.filter(keyless), "missing", " + ".join(keys))
    frame = frame.drop_nulls(keys)
    rows = frame.filter(is_start | is_end).with_columns(
        _starts=is_start,
        _ended=is_end.shift(-1).over(keys).fill_null(False),
        _started=is_start.shift(1).over(keys).fill_null(False),
    )
    names = [name for name in frame.columns if name not in TRACE]
    after = rows.with_columns(pl.col(names).shift(-1).over(keys).name.prefix("end."))
    ends = rows.filter(pl.col("_starts").not_())
    findings.count("merged", ends.filter("_started"))
    findings.reject(ends.filter(pl.col("_started").not_()), "end_alone", pair.column, pair.column)
    found = after.filter("_starts").with_columns(pl.when("_ended").then(pl.col("^end\\..*$")).name.keep())
    return found.drop("_starts", "_ended", "_started")


def join_file(
    frame: pl.DataFrame, join: Join, source: Source, open_other: OpenOther, findings: Findings
) -> pl.DataFrame:
    """Add columns of another file to the rows that share its keys; rows without a partner stay."""
    for name in join.take:
        if name in frame.columns:
            place = f"{source.place} join {join.file}"
            raise BadProfile(
                profile=source.file, place=place, expected=f'take = {{ new = "{name}" }}', got=name
            )
    other = open_other(join, source)
    if join.where:
        other = other.filter(condition(join.where))
    theirs = list(join.on.values())
    other = other.drop_nulls(theirs).select(
        *theirs, *(pl.col(t).alias(ours) for ours, t in join.take.items())
    )
    single = other.unique(theirs, keep="first", maintain_order=True)
    if single.height < other.height:
        findings.notice("join_twice", file=join.file, n=other.height - single.height, keys=theirs)
    ours = list(join.on)
    single = single.rename({t: f"_key {o}" for o, t in join.on.items() if t not in join.take})
    right = [f"_key {name}" for name in ours]
    alone = frame.join(single, left_on=ours, right_on=right, how="anti").height
    if alone:
        findings.notice("join_alone", file=join.file, n=alone, total=frame.height)
    return frame.join(single, left_on=ours, right_on=right, how="left", maintain_order="left")


def fill(column: Column, source: Source, present: list[str]) -> pl.Expr:
    """The text of one column of the table: its column in the file, a case, a constant, a value map."""
    name = column.name if source.columns is None else source.columns.get(column.name)
    found = pl.col(name).cast(pl.String) if name in present else pl.lit(None, pl.String)
    # from the last case to the first, so that the first that holds wins
    for when, value in reversed(source.case.get(column.name, [])):
        found = pl.when(condition(when)).then(pl.lit(value)).otherwise(found)
    if column.name in source.constants:
        found = found.fill_null(source.constants[column.name])
    mapping = {key.lower(): value for key, value in source.values.get(column.name, {}).items()}
    if mapping:
        rest = pl.when(found.is_not_null()).then(pl.lit(mapping["*"])) if "*" in mapping else found
        known = {key: value for key, value in mapping.items() if key not in ("", "*")}
        if known:
            lower = found.str.to_lowercase()
            found = lower.replace_strict(list(known), list(known.values()), default=rest)
        else:
            found = rest
        found = found.fill_null(mapping[""]) if "" in mapping else found
    return found.cast(pl.String).alias(column.name)


def _test(name: str, test: Any) -> pl.Expr:
    column = pl.col(name)
    if isinstance(test, Mapping):
        parts = (
            ~_test(name, limit) if sign == "not" else COMPARISONS[sign](_number(name), limit)
            for sign, limit in test.items()
        )
        return functools.reduce(operator.and_, parts, pl.lit(True)).fill_null(False)
    if isinstance(test, list):
        return functools.reduce(operator.or_, (_test(name, one) for one in test), pl.lit(False))
    if test == "":
        return column.is_null()
    if isinstance(test, bool):
        return column.str.to_lowercase().is_in(["true", "1"] if test else ["false", "0"]).fill_null(False)
    if isinstance(test, (int, float)):
        return (_number(name) == test).fill_null(False)
    return (column == as_text(test)).fill_null(False)


def _number(name: str) -> pl.Expr:
    return pl.col(name).map_batches(numbers, return_dtype=pl.Float64)


def _convert(
    text: pl.DataFrame, source: Source, zone: str, decimal: str, findings: Findings
) -> tuple[pl.DataFrame, pl.Series]:
    """Give every column its dtype; list the values that can't be, and say which rows fall with them."""
    done, bad = text.get_columns()[: len(TRACE)], pl.repeat(False, text.height, eager=True)
    for column in TABLES[source.table].columns:
        given = text[column.name]
        patterns, local = source.dates.get(column.name, ()), source.time_zone or zone
        values = convert(given, column, patterns, local, source.decimal, decimal)
        if column.name in source.units:
            values = values * source.units[column.name]
        done.append(values.alias(column.name))
        if values.null_count() == given.null_count():
            continue
        wrong = given.is_not_null() & values.is_null()
        required = column.name in source.required
        bad = bad | wrong if required else bad
        name = (source.columns or {}).get(column.name, column.name)
        reason, allowed = REASONS.get(column.dtype, "not_one_of"), list(column.values)
        findings.note(text.filter(wrong), reason, name, column.name, kept=not required, allowed=allowed)
    table = pl.DataFrame(done)
    if source.table == "events":
        patterns = source.dates.get("value", ())
        local = source.time_zone or zone
        values = convert_event_values(table["kind"], table["value"], patterns, local, source.decimal, decimal)
        wrong = values.is_null() & table["value"].is_not_null()
        name = (source.columns or {}).get("value", "value")
        findings.note(table.filter(wrong), "not_a_value", name, "value")
        table = table.with_columns(values)
    return table, bad


def _shift(table: pl.DataFrame, frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    for name, offset in source.offsets.items():
        if offset.amount_column:
            amount = numbers(frame[offset.amount_column], source.decimal)
        else:
            amount = pl.Series([offset.amount], dtype=pl.Float64)
        span = (amount * offset.unit_ms * 1000 * offset.sign).cast(pl.Duration("us"))
        moved = table[offset.column] + span
        # an offset fills what the file leaves open; on its own column it moves it
        kept = moved if name == offset.column else table[name].fill_null(moved)
        table = table.with_columns(kept.alias(name))
    return table


def _keep_whole(table: pl.DataFrame, bad: pl.Series, source: Source, findings: Findings) -> pl.DataFrame:
    lacking = pl.repeat(False, table.height, eager=True)
    for name in source.required:
        if not table[name].null_count():
            continue
        empty = table[name].is_null() & ~bad
        column = (source.columns or {}).get(name, name)
        findings.note(table.filter(empty), "missing", column, "", kept=False)
        lacking = lacking | empty
    findings.count("rejected", table.filter(bad | lacking))
    table = table.filter(~(bad | lacking))
    if source.distinct:
        keys = list(TABLES[source.table].key) or TABLES[source.table].names
        first = table.select(first=pl.struct(keys).is_first_distinct())["first"]
        findings.count("merged", table.filter(~first))
        return table.filter(first)
    return table
