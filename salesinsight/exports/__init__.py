"""Exports: files of any kind → the tables of the house, and what could not be used.

A profile (TOML) says which files make which table; ``profiles/README.md`` explains every key. The path
inside the room: `readers` open a file of any kind as rows of text, `opening` gathers those of one source,
`reshape` makes rows of a table of them, `clean` holds the tables against each other, `read` is the door.
"""

from salesinsight.exports.check import Check, TableCheck, check_export
from salesinsight.exports.profile import Profile, load_profile, profile_names
from salesinsight.exports.read import read_export

__all__ = [
    "Check",
    "Profile",
    "TableCheck",
    "check_export",
    "load_profile",
    "profile_names",
    "read_export",
]
