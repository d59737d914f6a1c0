"""The tables of the contract and the checks that hold data against them."""

from salesinsight.schema.checks import check_table, conform, data_dictionary, empty_table, find_bad_rows
from salesinsight.schema.tables import (
    ACTS,
    ANSWERS,
    EVENT_KINDS,
    MOMENT,
    OUTCOMES,
    QUESTION_FORMS,
    REQUEST_KINDS,
    ROLES,
    SPIN_TYPES,
    TABLES,
    Y4,
    Column,
    Export,
    Table,
)

__all__ = [
    "ACTS",
    "ANSWERS",
    "EVENT_KINDS",
    "MOMENT",
    "OUTCOMES",
    "QUESTION_FORMS",
    "REQUEST_KINDS",
    "ROLES",
    "SPIN_TYPES",
    "TABLES",
    "Y4",
    "Column",
    "Export",
    "Table",
    "check_table",
    "conform",
    "data_dictionary",
    "empty_table",
    "find_bad_rows",
]
