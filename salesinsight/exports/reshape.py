"""Rows of a file → rows of a table: the four verbs, then columns, constants, value maps and offsets.

The verbs come in one order: `where` keeps rows, `pair` makes one row of two, `join` adds columns and
`case` makes one value of several columns. A `where` about columns that `pair` or `join` bring comes
after these.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from salesinsight.errors import BadProfile
from salesinsight.exports.conditions import condition, keep_where
from salesinsight.exports.convert import clock, convert, convert_event_values, date_patterns, numbers
from salesinsight.exports.dating import Dated, tell_moments
from salesinsight.exports.findings import TRACE, Findings
from salesinsight.exports.keys import Join, Pair
from salesinsight.exports.layouts import LAYOUTS
from salesinsight.exports.sources import Source
from salesinsight.exports.talks import split_talks
from salesinsight.exports.verbs import compose_columns, keep_first, split_cells, unpivot_columns
from salesinsight.schema.tables import FLAG, MOMENT, NUMBER, WHOLE, Column

OpenOther = Callable[[Join, Source], pl.DataFrame]
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
    usual = date_patterns(frame)
    # gaps in what a join brings are filled after it
    joined = {name for join in source.join for name in join.take}
    gaps = {name: template for name, template in source.compose.items() if name in joined}
    frame = compose_columns(frame, {k: v for k, v in source.compose.items() if k not in gaps})
    frame = keep_first(frame, source.first, findings)
    if source.unpivot:
        frame = unpivot_columns(frame, source.unpivot, findings)
    frame = split_cells(frame, source.split, findings)
    # what a join may still fill is tested after it
    late = {name: test for name, test in source.where.items() if name in source.filled}
    early = {name: test for name, test in source.where.items() if name not in late}
    frame, later = keep_where(frame, early, findings)
    if source.pair:
        frame = pair_rows(frame, source.pair, findings)
    for join in source.join:
        frame = join_file(frame, join, source, open_other, findings)
    frame = compose_columns(frame, gaps)
    frame, _ = keep_where(frame, later | late, findings)
    text = frame.select(
        *TRACE, *(fill(column, source, frame.columns) for column in LAYOUTS[source.table].columns)
    )
    text = split_talks(text, findings) if source.table == "turns" else text
    table, bad = _convert(text, source, zone, decimal, usual, findings)
    table = _shift(table, frame, source)
    return _keep_whole(table, bad, source, findings)


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
            place = f"{source.place} join {join.file[0]}"
            raise BadProfile(
                profile=source.profile, place=place, expected=f'take = {{ new = "{name}" }}', got=name
            )
    other = open_other(join, source)
    if join.where:
        other = other.filter(condition(join.where))
    frame = fill_gaps(frame, join, other, findings)
    if not join.take:
        return frame
    theirs = list(join.on.values())
    other = other.drop_nulls(theirs).select(
        *theirs, *(pl.col(t).alias(ours) for ours, t in join.take.items())
    )
    single = other.unique(theirs, keep="first", maintain_order=True)
    if single.height < other.height:
        findings.notice("join_twice", file=" / ".join(join.file), n=other.height - single.height, keys=theirs)
    ours = list(join.on)
    single = single.rename({t: f"_key {o}" for o, t in join.on.items() if t not in join.take})
    right = [f"_key {name}" for name in ours]
    alone = frame.join(single, left_on=ours, right_on=right, how="anti").height
    if alone:
        findings.notice("join_alone", file=" / ".join(join.file), n=alone, total=frame.height)
    return frame.join(single, left_on=ours, right_on=right, how="left", maintain_order="left")


def fill_gaps(frame: pl.DataFrame, join: Join, other: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Fill empty cells from the rows of another file with the same keys, where these agree on one value."""
    theirs = list(join.on.values())
    for ours, column in join.fill.items():
        known = other.drop_nulls([*theirs, column])
        known = known.group_by([pl.col(name).alias(f"_{name}") for name in theirs]).agg(
            _several=pl.col(column).n_unique() > 1, _value=pl.col(column).first()
        )
        if ours not in frame.columns:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(ours))
        right = [f"_{name}" for name in theirs]
        found = frame.join(known, left_on=list(join.on), right_on=right, how="left", maintain_order="left")
        unsure = found.filter(pl.col(ours).is_null() & pl.col("_several")).height
        if unsure:
            findings.notice("fill_unsure", file=" / ".join(join.file), n=unsure, keys=list(join.on))
        sure = pl.when(pl.col("_several").not_()).then("_value")
        frame = found.with_columns(pl.coalesce(ours, sure).alias(ours)).drop("_several", "_value")
    return frame


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


def _convert(
    text: pl.DataFrame, source: Source, zone: str, decimal: str, usual: tuple[str, ...], findings: Findings
) -> tuple[pl.DataFrame, pl.Series]:
    """Give every column its dtype; list the values that can't be, and say which rows fall with them."""
    done, bad = text.get_columns()[: len(TRACE)], pl.repeat(False, text.height, eager=True)
    for column in LAYOUTS[source.table].columns:
        given = text[column.name]
        patterns, local = source.dates.get(column.name, usual), source.time_zone or zone
        values = convert(given, column, patterns, local, source.decimal, decimal)
        if column.name in source.units:
            values = values * source.units[column.name]
        done.append(values.alias(column.name))
        wrong, required = given.is_not_null() & values.is_null(), column.name in source.required
        name = (source.columns or {}).get(column.name, column.name)
        if column.dtype == MOMENT and given.null_count() < len(given):
            dated = Dated(given, values, text, name, column.name, source.stands, patterns, local)
            skipped, unread = tell_moments(dated, findings)
            findings.note(text.filter(skipped), "skipped_hour", name, column.name, kept=not required)
            bad, wrong = bad | skipped if required else bad, wrong & ~skipped
            if unread and required:
                findings.unread.append((text["_source"][0], unread))
        if wrong.any():
            bad = bad | wrong if required else bad
            reason, allowed = REASONS.get(column.dtype, "not_one_of"), list(column.values)
            findings.note(text.filter(wrong), reason, name, column.name, kept=not required, allowed=allowed)
    table = pl.DataFrame(done)
    if source.table == "events":
        patterns = source.dates.get("value", usual)
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
            given = frame[offset.amount_column]
            amount = numbers(given, source.decimal) * offset.unit_ms
            # a telephone exchange writes 1:05, whatever the unit
            amount = amount.zip_with(amount.is_not_null(), clock(given) * 1000)
        else:
            amount = pl.Series([offset.amount], dtype=pl.Float64) * offset.unit_ms
        span = (amount * 1000 * offset.sign).cast(pl.Duration("us"))
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
        keys = list(LAYOUTS[source.table].key) or LAYOUTS[source.table].names
        first = table.select(first=pl.struct(keys).is_first_distinct())["first"]
        findings.count("merged", table.filter(~first))
        return table.filter(first)
    return table
