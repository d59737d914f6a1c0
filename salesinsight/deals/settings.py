"""The settings of the label: what counts as *misschien*, and from when on.

The defaults are those of the definition that a sales manager must accept: no yes, no clear no and no
demonstrable step of the customer within the horizon. A profile overrides them in ``[label]``.
"""

from __future__ import annotations

import dataclasses
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

from salesinsight.errors import BadArgument, UnknownName
from salesinsight.language import languages, load_pack

CHOICES = {
    "lost_without_reason": ("exclude", "lost", "stalled"),
    "deleted_deals": ("censor", "stalled"),
    "bulk_closes": ("keep", "exclude"),
    "progress_rule": ("crm", "strict", "none"),
    "outcome_source": ("recorded", "tagged"),
    "parked": ("exclude", "stalled"),
    "censoring": ("closed_window", "ipcw"),
}


@dataclasses.dataclass(frozen=True)
class LabelSettings:
    """What makes a deal won, lost, in progress or stalled at the horizon.

    Attributes
    ----------
    horizon_days : int
        Length of the window after the landmark, in days.
    horizon_last_stage : int or None
        Another length for deals that stand in the last stage of their pipeline: above it nothing is left to
        reach, so a wait for a signature or a lawyer would look like a stall.
    horizon_per_stage : dict
        Other lengths for deals that stand in these stages at the landmark; wins over the two above.
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
    bulk_closes : {"keep", "exclude"}
        What happens to deals that were lost or deleted in a clean-up.
    bulk_close_count : int
        So many losses and deletions of one owner on one day are a clean-up.
    progress_rule : {"crm", "strict", "none"}
        "crm" believes stages and recorded outcomes. "strict" believes what the customer did only: he kept a
        dated step of his own, or somebody with more say came to a conversation. "none" says that the source
        has neither, and that deals can only be won, lost or stalled.
    outcome_source : {"recorded", "tagged"}
        Whether a conversation without a recorded outcome has none, or the one tagged in its words.
    parked : {"exclude", "stalled"}
        What a deal counts as whose customer agreed a dated step beyond the horizon.
    censoring : {"closed_window", "ipcw"}
        Whether windows that have not closed are left out, or those already answered are kept and weighed.
    """

    horizon_days: int = 60
    horizon_last_stage: int | None = None
    horizon_per_stage: Mapping[str, int] = dataclasses.field(default_factory=dict)
    log_lag_h: float = 24.0
    grace_days: float = 3.0
    min_dwell_days: float = 3.0
    min_open_days: float = 2.0
    no_decision_reasons: tuple[str, ...] = ()
    lost_without_reason: str = "exclude"
    deleted_deals: str = "censor"
    bulk_closes: str = "keep"
    bulk_close_count: int = 10
    progress_rule: str = "crm"
    outcome_source: str = "recorded"
    parked: str = "exclude"
    censoring: str = "closed_window"


def label_settings(
    overrides: Mapping[str, Any],
    horizon_days: int | None = None,
    stages: Mapping[str, Sequence[str]] | None = None,
) -> LabelSettings:
    """Defaults, overridden by a profile's ``[label]`` and then by the caller's horizon.

    Parameters
    ----------
    overrides : mapping
        Keys of `LabelSettings`; ``horizon_days`` may also be
        ``{default = 60, last_stage = 120, per_stage = {...}}``.
    horizon_days : int, optional
        Wins over the profile's default; stages with a horizon of their own keep it.
    stages : mapping, optional
        The stages per pipeline in their order. They tell which stage is a last one: with ``last_stage`` it
        gets its horizon, unless the name is that of a stage before the last in another pipeline.

    Raises
    ------
    UnknownName
        For a key that is not a setting; names the nearest one.
    BadArgument
        For a value outside the choices or below what makes sense.

    Notes
    -----
    There is no horizon fitted on the data. It would be another one in every fold and every month, so that no
    two figures were about the same question, and no caption could state it. `label_report` shows how long
    progress takes per stage, and what horizon that would suggest.

    Examples
    --------
    >>> label_settings({"grace_days": 0}, horizon_days=30).horizon_days
    30
    >>> own = {"horizon_days": {"last_stage": 120}}
    >>> label_settings(own, stages={"new": ["talk", "offer"]}).horizon_per_stage
    {'offer': 120}
    """
    known = [field.name for field in dataclasses.fields(LabelSettings)]
    values = _flat(overrides)
    if horizon_days is not None:
        values["horizon_days"] = horizon_days
    for key in values:
        if key not in known:
            raise UnknownName(kind="[label]", name=key, known=known)
    _check(values)
    reasons = values.get("no_decision_reasons", _default_reasons())
    values["no_decision_reasons"] = tuple(str(reason).strip().casefold() for reason in reasons)
    last = values.get("horizon_last_stage")
    own = dict.fromkeys(_last_stages(stages or {}), last) if last is not None else {}
    values["horizon_per_stage"] = own | dict(values.get("horizon_per_stage", {}))
    return LabelSettings(**values)


def _flat(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a profile, with those of a table of horizons beside the others."""
    values = dict(overrides)
    horizon = values.get("horizon_days")
    if isinstance(horizon, Mapping):
        parts = {
            "default": "horizon_days",
            "last_stage": "horizon_last_stage",
            "per_stage": "horizon_per_stage",
        }
        for key in horizon:
            if key not in parts:
                raise UnknownName(kind="[label] horizon_days", name=key, known=list(parts))
        del values["horizon_days"]
        values |= {parts[key]: value for key, value in horizon.items()}
    return values


def _last_stages(stages: Mapping[str, Sequence[str]]) -> list[str]:
    """Stages that are the last one wherever they are."""
    earlier = {stage for order in stages.values() for stage in list(order)[:-1]}
    return [order[-1] for order in stages.values() if len(order) and order[-1] not in earlier]


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
    reasons = values.get("no_decision_reasons", ())
    if isinstance(reasons, str) or not isinstance(reasons, Sequence):
        expected = '["geen reactie", "uitgesteld"]'
        raise BadArgument(argument="[label] no_decision_reasons", expected=expected, got=repr(reasons))
    per_stage = values.get("horizon_per_stage", {})
    if not isinstance(per_stage, Mapping):
        raise BadArgument(argument="[label] per_stage", expected="{ stage = 90 }", got=repr(per_stage))
    lengths = {key: values[key] for key in values if key.endswith(("_days", "_h"))}
    lengths |= {key: values[key] for key in ("bulk_close_count",) if key in values}
    if values.get("horizon_last_stage") is not None:
        lengths["horizon_last_stage"] = values["horizon_last_stage"]
    lengths |= {f"horizon_per_stage.{stage}": days for stage, days in per_stage.items()}
    for key, value in lengths.items():
        whole = key.startswith(("horizon", "bulk"))
        kinds = numbers.Integral if whole else numbers.Real
        least = 2 if key.startswith("bulk") else 1 if whole else 0
        if isinstance(value, bool) or not isinstance(value, kinds) or value < least:
            raise BadArgument(argument=f"[label] {key}", expected=f">= {least}", got=repr(value))
