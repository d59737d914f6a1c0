"""Exports: files of any kind → the tables of the house, and what could not be used.

A profile (TOML) says which files make which table; ``profiles/README.md`` explains every key. The path
inside the room: `readers` open a file of any kind as rows of text, `opening` gathers those of one source,
`reshape` makes rows of a table of them, `clean` holds the tables against each other, `read` is the door.
`processed` keeps what was imported, without names; `linking` and `proposal` are rooms of their own.
"""

from salesinsight.exports.check import Check, TableCheck, check_export
from salesinsight.exports.linking.sheet import write_links
from salesinsight.exports.processed import (
    Processed,
    is_processed,
    nothing_forgotten,
    read_names,
    read_processed,
    refuse_other_files,
    write_processed,
)
from salesinsight.exports.profile import Profile, load_profile, profile_names
from salesinsight.exports.read import read_export

__all__ = [
    "Check",
    "Processed",
    "Profile",
    "TableCheck",
    "check_export",
    "is_processed",
    "load_profile",
    "nothing_forgotten",
    "profile_names",
    "read_export",
    "read_names",
    "read_processed",
    "refuse_other_files",
    "write_links",
    "write_processed",
]
