"""The settings of the label: what counts as *misschien*, and from when on.

The defaults are those of the definition that a sales manager must accept: no yes, no clear no and no
demonstrable step of the customer within the horizon. A profile overrides them in ``[label]``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from salesinsight.errors import BadArgument, UnknownName
from salesinsight.language import languages, load_pack

CHOICES = {
    "lost_without_reason": ("exclude", "lost", "stalled"),
    "deleted_deals": ("censor", "stalled"),
    "progress_rule": ("crm", "none"),
    "parked": ("exclude", "stalled"),
}


@dataclasses.dataclass(frozen=True)
class LabelSettings:
    """What makes a deal won, lost, in progress or stalled at the horizon.

    Attributes
    ----------
    horizon_days : int
        Length of the window after the landmark, in days.
    horizon_per_stage : dict
        Other lengths for deals that stand in these stages at the landmark; for the last stage, above
        which nothing is left to reach, a longer one is often right.
    log_lag_h : float
        Hours between the end of a conversation and the landmark it gives.
    grace_days : float
        A stage reached this soon after the landmark is bookkeeping, not progress.
    min_dwell_days : float
        A higher stage must be held this long to be progress.
    min_open_days : float
        A deal younger than this gives no landmark.
    no_decision_reasons : tuple of str
        Reasons of loss that are no answer ("geen reactie"); compared without case.
    lost_without_reason : {"exclude", "lost", "stalled"}
        What a loss without a reason counts as.
    deleted_deals : {"censor", "stalled"}
        What a deal that disappeared counts as.
    progress_rule : {"crm", "none"}
        "none" says that the source has neither stages nor outcomes of conversations, and that deals
        can only be won, lost or stalled.
    parked : {"exclude", "stalled"}
        What a deal counts as whose customer agreed a dated step beyond the horizon.
    """

    horizon_days: int = 60
    horizon_per_stage: Mapping[str, int] = dataclasses.field(default_factory=dict)
    log_lag_h: float = 24.0
    grace_days: float = 3.0
    min_dwell_days: float = 3.0
    min_open_days: float = 2.0
    no_decision_reasons: tuple[str, ...] = ()
    lost_without_reason: str = "exclude"
    deleted_deals: str = "censor"
    progress_rule: str = "crm"
    parked: str = "exclude"


def label_settings(overrides: Mapping[str, Any], horizon_days: int | None = None) -> LabelSettings:
    """Defaults, overridden by a profile's ``[label]`` and then by the caller's horizon.

    Parameters
    ----------
    overrides : mapping
        Keys of `LabelSettings`; ``horizon_days`` may also be ``{default = 60, per_stage = {...}}``.
    horizon_days : int, optional
        Wins over the profile.

    Raises
    ------
    UnknownName
        For a key that is not a setting; names the nearest one.
    BadArgument
        For a value outside the choices or below what makes sense.

    Examples
    --------
    >>> label_settings({"grace_days": 0}, horizon_days=30).horizon_days
    30
    """
    known = [field.name for field in dataclasses.fields(LabelSettings)]
    values = dict(overrides)
    horizon = values.get("horizon_days")
    if isinstance(horizon, Mapping):
        values["horizon_days"] = horizon.get("default", LabelSettings.horizon_days)
        values["horizon_per_stage"] = dict(horizon.get("per_stage", {}))
    if horizon_days is not None:
        values["horizon_days"] = horizon_days
    for key in values:
        if key not in known:
            raise UnknownName(kind="[label]", name=key, known=known)
    reasons = values.get("no_decision_reasons", _default_reasons())
    values["no_decision_reasons"] = tuple(str(reason).strip().casefold() for reason in reasons)
    _check(values)
    return LabelSettings(**values)


def _default_reasons() -> list[str]:
    return [
        reason
        for language in languages()
        for reason in load_pack(language).settings["label"]["no_decision_reasons"]
    ]


def _check(values: Mapping[str, Any]) -> None:
    for key, choices in CHOICES.items():
        if key in values and values[key] not in choices:
            expected = " / ".join(choices)
            raise BadArgument(argument=f"[label] {key}", expected=expected, got=repr(values[key]))
    lengths = {key: values[key] for key in values if key.endswith(("_days", "_h"))}
    lengths |= {f"horizon_per_stage.{k}": v for k, v in values.get("horizon_per_stage", {}).items()}
    for key, value in lengths.items():
        least = 1 if key.startswith("horizon") else 0
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < least:
            raise BadArgument(argument=f"[label] {key}", expected=f">= {least}", got=repr(value))
