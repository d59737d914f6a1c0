"""Profiles: what a TOML file says about an export, checked before a file is opened."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import tomllib
from typing import Any

import pandas as pd

from salesinsight.errors import BadProfile, UnknownName
from salesinsight.exports.section import Section, time_zone
from salesinsight.exports.sources import Source, read_source
from salesinsight.language import languages
from salesinsight.schema import TABLES

FOLDER = pathlib.Path(__file__).parent / "profiles"
READABLE = [name for name in TABLES if name != "rejects"]
KEYS = ["name", "language", "time_zone", "as_of", "watermark", "sellers", "stages", "label", *READABLE]


@dataclasses.dataclass(frozen=True)
class Alias:
    """Another name that a stage had: `was` counts as `now`, from `since` on and before `until`."""

    pipeline: str
    was: str
    now: str
    since: pd.Timestamp | None
    until: pd.Timestamp | None


@dataclasses.dataclass(frozen=True)
class Profile:
    """How to read one kind of export.

    Attributes
    ----------
    name : str
        Name of the profile.
    language : str
        Language of the conversations where neither the file nor the caller says it.
    time_zone : str
        Time zone of moments without one, and of the users.
    as_of : pandas.Timestamp or None
        The moment up to which the export knows the world.
    watermark : str or None
        Words that must stand on everything made from this export.
    sellers : tuple of str
        Speakers who sell, as the source names them.
    stages : dict
        Stage names per pipeline, in order.
    aliases : tuple of Alias
        Earlier names of stages.
    label : dict
        Settings of the label that differ from the defaults.
    sources : tuple of Source
        The ``[[table]]`` sections, in the order of the tables.
    """

    name: str
    language: str
    time_zone: str
    as_of: pd.Timestamp | None
    watermark: str | None
    sellers: tuple[str, ...]
    stages: dict[str, list[str]]
    aliases: tuple[Alias, ...]
    label: dict[str, Any]
    sources: tuple[Source, ...]


def profile_names() -> list[str]:
    """List the profiles that come with the library.

    Examples
    --------
    >>> "sample" in profile_names()
    True
    """
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_profile(profile: str | pathlib.Path) -> Profile:
    """Read and check a profile.

    Parameters
    ----------
    profile : str or pathlib.Path
        Name of a profile of the library, or path of a TOML file.

    Raises
    ------
    UnknownName
        When there is no such profile.
    BadProfile
        When it is not TOML, has a key that does not exist or a value that can't be used; says where.

    Examples
    --------
    >>> load_profile("sample").stages["new"][0]
    'contact'
    """
    path = FOLDER / f"{profile}.toml" if str(profile) in profile_names() else pathlib.Path(profile)
    if not path.is_file():
        known = [*profile_names(), "….toml"]
        raise UnknownName(kind="profile", name=str(profile), known=known)
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise BadProfile(profile=path.name, place="TOML", expected="key = value", got=str(cause)) from cause
    return _profile(Section(path.name, "TOML", given), path.stem)


def _profile(section: Section, stem: str) -> Profile:
    section.only(KEYS)
    zone = time_zone(section, "Europe/Amsterdam") or "UTC"
    language = section.get("language", str, '"nl"', "nl")
    if language not in languages():
        raise section.wrong(languages(), language, "language")
    stages, aliases = _stages(section, zone)
    return Profile(
        name=section.get("name", str, '"text"', stem),
        language=language,
        time_zone=zone,
        as_of=_moment(section, "as_of", zone),
        watermark=section.get("watermark", str, '"text"'),
        sellers=tuple(section.texts("sellers")) if "sellers" in section.given else (),
        stages=stages,
        aliases=aliases,
        label=dict(section.inner("label").given),
        sources=tuple(source for table in READABLE for source in _sources(section, table)),
    )


def _sources(section: Section, table: str) -> list[Source]:
    given = section.given.get(table, [])
    parts = given if isinstance(given, list) else [given]
    return [
        read_source(table, Section(section.profile, f"[[{table}]] {number}", part))
        for number, part in enumerate(parts, 1)
    ]


def _stages(section: Section, zone: str) -> tuple[dict[str, list[str]], tuple[Alias, ...]]:
    stages: dict[str, list[str]] = {}
    aliases: list[Alias] = []
    for pipeline in section.inner("stages").given:
        inner = Section(section.profile, f"[stages.{pipeline}]", section.given["stages"][pipeline])
        inner.only(["order", "aliases"])
        stages[pipeline] = inner.texts("order")
        for number, given in enumerate(inner.get("aliases", list, '[{ from = "a", to = "b" }]', []), 1):
            part = Section(section.profile, f"{inner.place} aliases {number}", given)
            part.only(["from", "to", "since", "until"])
            now = part.need("to", str, '"text"')
            if now not in stages[pipeline]:
                raise part.wrong(stages[pipeline], now, "to")
            was = part.need("from", str, '"text"')
            since, until = _moment(part, "since", zone), _moment(part, "until", zone)
            aliases.append(Alias(pipeline, was, now, since, until))
    return stages, tuple(aliases)


def _moment(section: Section, key: str, zone: str) -> pd.Timestamp | None:
    value = section.get(key, (str, datetime.date), "2026-03-01")
    if value is None:
        return None
    try:
        moment = pd.Timestamp(value)
    except ValueError as cause:
        raise section.wrong(f"{key} = 2026-03-01", value, key) from cause
    return moment.tz_localize(zone).tz_convert("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
