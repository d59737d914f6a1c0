"""Moments in the names of files: programs and people write the start of a talk there in many ways."""

from __future__ import annotations

import functools

import polars as pl

from salesinsight.language import languages, words

TIME = r"(?:[ T_,-]+(?:\p{L}{2,3} )?(\d{1,2})[.:_hu-]?(\d{2})(?:[.:_-]?(\d{2}))?)?(Z)?(?:\D|$)"
YEAR_FIRST = r"(?:^|\D)(20\d{2})[-_. ]?(\d{1,2})[-_. ]?(\d{1,2})" + TIME
# "3 mrt 2026", "March 3, 2026"
DAY_MONTH = r"(?:^|\D)(\d{1,2})[-_. ]+(%s)\.?[-_. ,]+(20\d{2})(?:\D|$)"
MONTH_DAY = r"(?:^|\P{L})(%s)\.?[-_. ]+(\d{1,2})(?:st|nd|rd|th)?[-_. ,]+(20\d{2})(?:\D|$)"
DAY_FIRST = r"(?:^|\D)(\d{1,2})[-_. ](\d{1,2})[-_. ](20\d{2})" + TIME
# Zoom writes the moments of its own names in UTC
UTC_BEFORE = r"(?:GMT|UTC)[-_ ]?20\d{2}"


def moments_in_names(paths: pl.Series, zone: str) -> pl.DataFrame:
    """Read the moment that a file's name, else its folder's, holds.

    Parameters
    ----------
    paths : polars.Series
        Paths without the folder of the export.
    zone : str
        Time zone in which names are written, unless they say UTC ("GMT20260302-130000", "…140000Z").

    Returns
    -------
    polars.DataFrame
        at (UTC; midnight in `zone` when the name has a date only; missing when there is none), timed
        (whether the name has a time) and rest (the name without ending and moment, for the words in it).

    Notes
    -----
    ``2-3-2026`` is the second of March, as everywhere in profiles.

    Examples
    --------
    >>> names = pl.Series(["GMT20260302-130000_Recording.vtt", "opname 2-3-2026.srt", "gesprek.vtt"])
    >>> found = moments_in_names(names, "Europe/Amsterdam")
    >>> found["at"].dt.strftime("%d %H:%M").to_list(), found["timed"].to_list()
    (['02 13:00', '01 23:00', None], [True, False, False])
    """
    file = _numbered(paths.str.extract(r"([^/]+)$").str.replace(r"(?:\.\p{L}[\p{L}\d]{1,10}){1,2}$", ""))
    folder = _numbered(paths.str.extract(r"^(.*)/[^/]+$"))
    own, outer = _moment(file, zone), _moment(folder, zone)
    found = own.with_columns(
        at=pl.coalesce(own["at"], outer["at"]),
        timed=pl.when(own["at"].is_null()).then(outer["timed"]).otherwise(own["timed"]).fill_null(False),
    )
    rest = file
    for pattern in (YEAR_FIRST, DAY_FIRST):
        rest = rest.str.replace(pattern, " ")
    return found.with_columns(rest=rest)


def _numbered(text: pl.Series) -> pl.Series:
    """Write months in words as numbers, year first: "3 mrt 2026" → "2026-03-03"."""
    low = text.str.to_lowercase()
    for number, names in _months().items():
        any_of = "|".join(names)
        here = low.str.contains(rf"\b(?:{any_of})").fill_null(False)
        if here.any():
            for pattern, moment in ((DAY_MONTH, "$3-%02d-$1"), (MONTH_DAY, "$3-%02d-$2")):
                done = text.str.replace(
                    f"(?i){pattern % any_of}", f" {moment % number} ".replace("$3", "${3}")
                )
                text = done.zip_with(here, text)
    return text


@functools.cache
def _months() -> dict[int, list[str]]:
    """The names of each month, whole and short, in every language there is."""
    found: dict[int, list[str]] = {}
    for code in languages():
        said = words(code)
        for number, (whole, short) in enumerate(
            zip(said.months, said("exports.link.months").split(), strict=True), 1
        ):
            found.setdefault(number, []).extend([whole.lower(), short])
    # the longest first: "mar" would take the start of "maart"
    return {
        number: sorted(set(names), key=lambda name: (-len(name), name)) for number, names in found.items()
    }


def _moment(text: pl.Series, zone: str) -> pl.DataFrame:
    year_first = text.str.extract_groups(YEAR_FIRST).struct.unnest()
    day_first = text.str.extract_groups(DAY_FIRST).struct.unnest()
    orders = ((year_first, (0, 1, 2)), (day_first, (2, 1, 0)))
    at, timed = None, None
    for groups, order in orders:
        numbers = [groups[groups.columns[place]].cast(pl.Int32) for place in (*order, 3, 4, 5)]
        year, month, day, hour, minute, second = numbers
        frame = pl.DataFrame({"y": year, "m": month, "d": day, "h": hour, "n": minute, "s": second})
        real = frame["m"].is_between(1, 12) & frame["d"].is_between(1, 31)
        clock = (frame["h"].is_between(0, 23) & frame["n"].is_between(0, 59)).fill_null(False)
        digits = [
            frame[name].cast(pl.String).str.zfill(width).fill_null("0" * width)
            for name, width in (("y", 4), ("m", 2), ("d", 2), ("h", 2), ("n", 2), ("s", 2))
        ]
        none = pl.Series(["00"], dtype=pl.String)
        hours, minutes, seconds = (part.zip_with(clock, none) for part in digits[3:])
        written = digits[0] + digits[1] + digits[2] + hours + minutes + seconds
        naive = written.str.to_datetime("%Y%m%d%H%M%S", time_unit="us", strict=False)
        naive = naive.set(~real.fill_null(False), None)
        is_utc = (groups[groups.columns[6]].is_not_null() | text.str.contains(UTC_BEFORE)).fill_null(False)
        local = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        moment = local.dt.convert_time_zone("UTC").zip_with(
            ~(is_utc & clock), naive.dt.replace_time_zone("UTC")
        )
        at = moment if at is None else at.zip_with(at.is_not_null(), moment)
        timed = clock & moment.is_not_null() if timed is None else timed | (clock & moment.is_not_null())
    return pl.DataFrame({"at": at, "timed": timed})
