"""What the scenario of hours assumes, as its user writes it on the command line."""

from __future__ import annotations

import contextlib
from typing import Annotated, Any

import typer

from salesinsight.errors import BadArgument
from salesinsight.modeling.hours import MOST

MINUTES = 60
Avoidable = Annotated[
    str | None,
    typer.Option(help="Hours scenario: % of the later hours of a stalled deal to be avoided; else 25-75."),
]
ReviewMinutes = Annotated[
    float | None, typer.Option(help="Hours scenario: minutes to look at one deal of the list; else 15.")
]
DealHours = Annotated[
    float | None,
    typer.Option(help="Hours scenario: hours that a stalled deal still takes; else counted in the export."),
]


def assumed_hours(
    avoidable: str | None, review_minutes: float | None, deal_hours: float | None
) -> dict[str, Any]:
    """What was stated, as `hours_scenario` takes it; what was not stated is left out.

    Raises
    ------
    BadArgument
        When one of them can't be, with what it takes.

    Examples
    --------
    >>> assumed_hours("20-50", 30, None)
    {'avoidable': (0.2, 0.5), 'review_hours': 0.5}
    """
    assumed: dict[str, Any] = {}
    if avoidable is not None:
        assumed["avoidable"] = _shares(avoidable)
    if review_minutes is not None:
        _check("--review-minutes", review_minutes, MOST[0] * MINUTES, {"en": "minutes", "nl": "minuten"})
        assumed["review_hours"] = review_minutes / MINUTES
    if deal_hours is not None:
        _check("--deal-hours", deal_hours, MOST[1], {"en": "hours", "nl": "uur"})
        assumed["per_deal"] = deal_hours
    return assumed


def _shares(text: str) -> tuple[float, float]:
    """Two percentages with a hyphen between."""
    parts = text.replace("%", "").replace(",", ".").split("-")
    with contextlib.suppress(ValueError):
        low, high = (float(part) / 100 for part in parts)
        if 0 <= low <= high <= 1:
            return low, high
    expected = {
        "en": "two percentages from 0 to 100, lowest first, such as 25-75",
        "nl": "twee percentages van 0 tot 100, het laagste eerst, zoals 25-75",
    }
    raise BadArgument(argument="--avoidable", expected=expected, got=text)


def _check(option: str, value: float, most: int, unit: dict[str, str]) -> None:
    if not 0 <= value <= most:
        expected = {"en": f"0 to {most} {unit['en']}", "nl": f"0 tot {most} {unit['nl']}"}
        raise BadArgument(argument=option, expected=expected, got=f"{value:g}")
