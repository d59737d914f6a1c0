"""A part of a profile that knows where it stands, so that every complaint about it says so."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from typing import Any

import pandas as pd

from salesinsight.errors import BadProfile


class Section:
    """A table of a TOML file that knows where it stands, so that every complaint says so.

    Parameters
    ----------
    profile : str
        File of the profile.
    place : str
        Where this table stands in it, as a reader would look it up.
    given : mapping
        The table itself.
    """

    def __init__(self, profile: str, place: str, given: Any) -> None:
        self.profile, self.place = profile, place
        if not isinstance(given, Mapping):
            raise self.wrong("{ key = … }", given)
        self.given = given

    def wrong(self, expected: str | list[str], got: Any, key: str = "") -> BadProfile:
        """The complaint about a key of this table."""
        place = f"{self.place} {key}".strip()
        return BadProfile(profile=self.profile, place=place, expected=expected, got=got)

    def only(self, known: list[str]) -> None:
        """Refuse keys that don't exist."""
        for key in self.given:
            if key not in known:
                raise self.wrong(known, key)

    def get(self, key: str, kind: type | tuple[type, ...], example: str, default: Any = None) -> Any:
        """The value of a key, when it is of the right kind."""
        value = self.given.get(key, default)
        wrong_flag = isinstance(value, bool) and kind is not bool
        if key in self.given and (wrong_flag or not isinstance(value, kind)):
            raise self.wrong(f"{key} = {example}", value, key)
        return value

    def need(self, key: str, kind: type | tuple[type, ...], example: str) -> Any:
        """The value of a key that must be there."""
        if key not in self.given:
            raise self.wrong(f"{key} = {example}", "-", key)
        return self.get(key, kind, example)

    def inner(self, key: str) -> Section:
        """The table under a key; empty when it is absent."""
        return Section(self.profile, f"{self.place} {key}", self.given.get(key, {}))

    def texts(self, key: str) -> list[str]:
        """A text or a list of texts."""
        value = self.need(key, (str, list), '"a" / ["a", "b"]')
        found = [value] if isinstance(value, str) else value
        if not all(isinstance(item, str) for item in found):
            raise self.wrong('["a", "b"]', value, key)
        return found

    def names(self, key: str) -> list[str]:
        """A list of texts; one text alone is refused, for it is likely to be meant as several."""
        value = self.need(key, (str, list), '["a", "b"]')
        if isinstance(value, str):
            raise self.wrong(f'{key} = ["{value}"]', f'"{value}"', key)
        return self.texts(key)

    def scalars(self) -> dict[str, str]:
        """Every key of the table with one text."""
        for key, value in self.given.items():
            if not isinstance(value, (str, int, float)):
                raise self.wrong('"text"', value, key)
        return {key: as_text(value) for key, value in self.given.items()}


def as_text(value: Any) -> str:
    """A TOML value as the text that a file would have for it.

    Examples
    --------
    >>> as_text(True), as_text(1.0), as_text("a")
    ('true', '1', 'a')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def time_zone(section: Section, default: str | None) -> str | None:
    """The time zone a section names, when it exists."""
    name = section.get("time_zone", str, '"Europe/Amsterdam"', default)
    try:
        return name and zoneinfo.ZoneInfo(name).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as cause:
        raise section.wrong('"Europe/Amsterdam" / "UTC" / …', name, "time_zone") from cause


def moment(section: Section, key: str, zone: str) -> pd.Timestamp | None:
    """The moment under a key, in UTC; without a zone of its own it is one of `zone`."""
    value = section.get(key, (str, datetime.date), "2026-03-01")
    if value is None:
        return None
    try:
        found = pd.Timestamp(value)
    except ValueError as cause:
        raise section.wrong(f"{key} = 2026-03-01", value, key) from cause
    return found.tz_localize(zone).tz_convert("UTC") if found.tzinfo is None else found.tz_convert("UTC")
