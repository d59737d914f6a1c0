"""Checks against the tables: conform a frame to one, list every bad value at once, describe them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from salesinsight.errors import BadTable, MissingColumns, UnknownName
from salesinsight.schema.tables import MOMENT, TABLES, TEXT, Table
from salesinsight.schema.taking import takes

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema


def empty_table(name: str) -> pd.DataFrame:
    """Return a table of the contract without rows, its columns in order and in the right dtype.

    Examples
    --------
    >>> from salesinsight.schema import empty_table
    >>> empty_table("attendance").dtypes.astype(str).to_dict()
    {'conversation_id': 'string', 'person_id': 'string'}
    """
    table = _table(name)
    return pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in table.columns})


def conform(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give a frame the columns and dtypes of a table: absent optional columns become missing.

    Parameters
    ----------
    frame : pandas.DataFrame
        At least the required columns; others beyond the table's are dropped.
    name : str
        Name of the table.

    Raises
    ------
    MissingColumns
        When required columns are absent; names the nearest ones that are there.
    BadTable
        When values don't fit the dtype, for example a text in a column of numbers.
    """
    table = _table(name)
    absent = [column for column in table.required if column not in frame.columns]
    if absent:
        raise MissingColumns(table=name, absent=absent, present=list(frame.columns))
    done = {}
    for column in table.columns:
        if column.name not in frame.columns:
            done[column.name] = pd.Series(index=frame.index, dtype=column.dtype)
            continue
        try:
            done[column.name] = _cast(frame[column.name], column.dtype)
        except (ValueError, TypeError) as cause:
            bad = pd.DataFrame({"row": [pd.NA], "column": [column.name], "value": [str(cause)[:120]]})
            bad["reason"] = f"not {column.dtype}"
            raise BadTable(table=name, bad=bad) from cause
    return pd.DataFrame(done, index=frame.index)


def find_bad_rows(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """List every value of a conformed table that the schema forbids, all at once.

    Returns
    -------
    pandas.DataFrame
        Columns row (label of the row), column, value, reason; empty when all is well.
    """
    # loaded where it is used: it takes half a second
    from pandera.errors import SchemaErrors

    table = _table(name)
    bad: list[pd.DataFrame] = []
    try:
        _pandera(table).validate(frame, lazy=True)
    except SchemaErrors as found:
        cases = found.failure_cases
        bad.append(
            pd.DataFrame(
                {
                    "row": cases["index"],
                    "column": cases["column"],
                    "value": cases["failure_case"].map(lambda value: str(value)[:120]),
                    "reason": cases["check"].map(_reason),
                }
            )
        )
    if table.key:
        twice = frame.duplicated(list(table.key), keep="first")
        if twice.any():
            keys = frame.loc[twice, list(table.key)].astype("string").agg(" / ".join, axis=1)
            bad.append(
                pd.DataFrame(
                    {"row": keys.index, "column": " + ".join(table.key), "value": keys, "reason": "duplicate"}
                )
            )
    columns = ["row", "column", "value", "reason"]
    return pd.concat(bad, ignore_index=True)[columns] if bad else pd.DataFrame(columns=columns)


@takes(frame=pd.DataFrame)
def check_table(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Conform a frame to a table and refuse it, with all bad rows in one message, when it doesn't fit.

    Examples
    --------
    >>> import pandas as pd
    >>> from salesinsight.schema import check_table
    >>> check_table(pd.DataFrame({"conversation_id": ["c1"], "person_id": ["p1"]}), "attendance").shape
    (1, 2)
    """
    done = conform(frame, name)
    bad = find_bad_rows(done, name)
    if len(bad):
        raise BadTable(table=name, bad=bad)
    return done


def data_dictionary() -> str:
    """The tables as a Markdown page: the source of ``data/README.md``."""
    lines: list[str] = []
    for table in TABLES.values():
        key = " + ".join(f"`{name}`" for name in table.key) or "none"
        lines += [f"## {table.name}", "", f"A row is {table.row}. Key: {key}.", ""]
        lines += ["| column | dtype | unit | may be missing | meaning |", "|---|---|---|---|---|"]
        for c in table.columns:
            meaning = c.meaning + (f" {{{', '.join(c.values)}}}" if c.values else "")
            missing = "no" if c.required else "yes"
            lines.append(f"| `{c.name}` | {c.dtype} | {c.unit} | {missing} | {meaning} |")
        lines.append("")
    return "\n".join(lines)


def _table(name: str) -> Table:
    if name not in TABLES:
        raise UnknownName(kind="table", name=name, known=list(TABLES))
    return TABLES[name]


def _cast(values: pd.Series, dtype: str) -> pd.Series:
    if dtype == MOMENT:
        return pd.to_datetime(values, utc=True).astype(MOMENT)
    if dtype == TEXT:
        text = values.astype(TEXT)
        return text.mask(text.str.strip() == "")
    return values.astype(dtype)


def _pandera(table: Table) -> DataFrameSchema:
    import pandera.pandas as pa

    columns = {
        c.name: pa.Column(
            nullable=not c.required,
            checks=[
                *([pa.Check.isin(c.values)] if c.values else []),
                *([pa.Check.ge(c.least)] if c.least is not None else []),
                *([pa.Check.le(c.most)] if c.most is not None else []),
            ],
        )
        for c in table.columns
    }
    return pa.DataFrameSchema(columns)


def _reason(check: str) -> str:
    if check == "not_nullable":
        return "missing"
    if check.startswith("isin"):
        return "not one of " + check.removeprefix("isin(").removesuffix(")")
    if check.startswith("greater_than_or_equal_to"):
        return "below " + check.split("(")[1].rstrip(")")
    return check
