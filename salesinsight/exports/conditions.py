"""Which rows a `where` or a `case` means."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping
from typing import Any

import polars as pl

from salesinsight.exports.convert import numbers
from salesinsight.exports.findings import Findings
from salesinsight.exports.section import as_text

COMPARISONS = {"above": operator.gt, "at_least": operator.ge, "below": operator.lt, "at_most": operator.le}


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
