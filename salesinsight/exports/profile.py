"""Profiles: what a TOML file says about an export, checked before a file is opened."""

from __future__ import annotations

import dataclasses
import pathlib
import tomllib
from collections.abc import Mapping
from typing import Any

import pandas as pd

from salesinsight.errors import BadProfile, BadToml, ProfileMissing
from salesinsight.exports.history import History, read_history
from salesinsight.exports.keys import read_names
from salesinsight.exports.layouts import LAYOUTS
from salesinsight.exports.section import Section, moment, time_zone
from salesinsight.exports.sources import Source, read_source
from salesinsight.exports.stages import Alias, read_stages
from salesinsight.language import languages

FOLDER = pathlib.Path(__file__).parent / "profiles"
SETTINGS = ["base", "name", "language", "time_zone", "as_of", "watermark", "sellers", "own_domains"]
KEYS = [*SETTINGS, "names", "history", "stages", "label", *LAYOUTS]


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
    own_domains : tuple of str
        What stands behind the @ in the e-mail addresses of the sellers' own organisation.
    names : dict
        Our words for columns of files, and the headers that mean them, in the order they are tried.
    history : History or None
        How the CRM keeps the history of its deals.
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
    own_domains: tuple[str, ...]
    names: dict[str, tuple[str, ...]]
    history: History | None
    stages: dict[str, list[str]]
    aliases: tuple[Alias, ...]
    label: dict[str, Any]
    sources: tuple[Source, ...]


EMPTY = Profile("", "nl", "Europe/Amsterdam", None, None, (), (), {}, None, {}, (), {}, ())


def before(
    own: Mapping[str, tuple[str, ...]], known: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Headers per word, the own ones going before those that were known.

    Examples
    --------
    >>> before({"stage": ("Fase",)}, {"stage": ("Deal Stage",), "amount": ("Amount",)})
    {'stage': ('Fase', 'Deal Stage'), 'amount': ('Amount',)}
    """
    words = dict.fromkeys([*own, *known])
    return {word: tuple(dict.fromkeys([*own.get(word, ()), *known.get(word, ())])) for word in words}


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
    ProfileMissing
        When there is no such profile or file.
    BadProfile
        When it is not TOML, has a key that does not exist or a value that can't be used; says where.

    Examples
    --------
    >>> load_profile("sample").stages["new"][0]
    'contact'
    """
    path = FOLDER / f"{profile}.toml" if str(profile) in profile_names() else pathlib.Path(profile)
    if not path.is_file():
        raise ProfileMissing(name=str(profile), known=profile_names())
    return _read(path, ())


def _read(path: pathlib.Path, below: tuple[pathlib.Path, ...]) -> Profile:
    """Read the profile at a path; `below` are the ones that build on it."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as cause:
        raise BadToml(profile=path.name, cause=str(cause), text=path.read_text("utf-8-sig")) from cause
    except (UnicodeDecodeError, OSError) as cause:
        raise BadProfile(profile=path.name, place="TOML", expected="UTF-8", got=str(cause)) from cause
    section = Section(path.name, "TOML", given)
    section.only(KEYS)
    return _profile(section, path.stem, _base(section, path, below))


def _base(section: Section, path: pathlib.Path, below: tuple[pathlib.Path, ...]) -> Profile:
    """The profile that this one builds on; an empty one when it names none."""
    name = section.get("base", str, '"hubspot"')
    if name is None:
        return EMPTY
    found = FOLDER / f"{name}.toml" if name in profile_names() else path.parent / name
    if not found.is_file():
        raise section.wrong([*profile_names(), "….toml"], name, "base")
    if found.resolve() in [one.resolve() for one in (*below, path)]:
        round_ = " → ".join(one.name for one in (*below, path, found))
        raise section.wrong('base = "…"', round_, "base")
    return _read(found, (*below, path))


def _profile(section: Section, stem: str, base: Profile) -> Profile:
    zone = time_zone(section, base.time_zone) or "UTC"
    language = section.get("language", str, '"nl"', base.language)
    if language not in languages():
        raise section.wrong(languages(), language, "language")
    stages, aliases = read_stages(section, zone)
    kept = tuple(alias for alias in base.aliases if alias.pipeline not in stages)
    own = [source for table in LAYOUTS for source in _sources(section, table)]
    tables = list(LAYOUTS)
    return Profile(
        name=section.get("name", str, '"text"', stem),
        language=language,
        time_zone=zone,
        as_of=moment(section, "as_of", zone) or base.as_of,
        watermark=section.get("watermark", str, '"text"', base.watermark),
        sellers=_added(section, "sellers", base.sellers),
        own_domains=_added(section, "own_domains", base.own_domains),
        names=before(read_names(section.inner("names")), base.names),
        history=read_history(section.inner("history"), base.history),
        stages=base.stages | stages,
        aliases=kept + aliases,
        label=base.label | dict(section.inner("label").given),
        # of rows with one key the first counts: those of the profile that this one builds on
        sources=tuple(sorted((*base.sources, *own), key=lambda source: tables.index(source.table))),
    )


def _added(section: Section, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
    own = section.names(key) if key in section.given else []
    return tuple(dict.fromkeys([*known, *own]))


def _sources(section: Section, table: str) -> list[Source]:
    given = section.given.get(table, [])
    parts = given if isinstance(given, list) else [given]
    return [
        read_source(table, Section(section.profile, f"[[{table}]] {number}", part))
        for number, part in enumerate(parts, 1)
    ]
