"""What changed in an export since the model in use learned: its tables, its columns, its stages.

A model goes on scoring the deals that it can: those in stages that it, or the profile, knows.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import json
from collections.abc import Iterator

import numpy as np
import pandas as pd

from salesinsight.deals import Dataset
from salesinsight.errors import (
    ColumnsLost,
    ExportChanged,
    MissingColumns,
    NoReference,
    StagesMoved,
    StagesUnknown,
)
from salesinsight.modeling import Run
from salesinsight.retrain.prepare import Prepared
from salesinsight.retrain.reference import MISSING, read_reference, stage_names
from salesinsight.schema import Export

UNKNOWN_STAGE = "unknown stage"
# a column that was missing this often told little, and may be missing everywhere by chance
MOSTLY_MISSING, LEAST_OPEN = 0.8, 10


@contextlib.contextmanager
def as_change(in_use: Run | None, accept_changes: bool = False) -> Iterator[None]:
    """A required column that is gone is a change, when there is a model that learned from it."""
    try:
        yield
    except MissingColumns as error:
        if in_use is None or accept_changes:
            raise
        raise ExportChanged(folder=str(in_use.folder), cause=error) from error


def invented(run: Run) -> bool:
    """Whether a model learned from invented data."""
    return bool(run.card["watermark"])


def fitting(
    in_use: Run | None, ready: Prepared, accept_changes: bool = False
) -> tuple[Run | None, Prepared, StagesUnknown | None]:
    """The model in use when it goes with this export, the deals that it can score, and what changed.

    A model of invented deals does not go with real ones, nor the other way round. See `what_it_can_score`.
    """
    if in_use is None or accept_changes or invented(in_use) != bool(ready.export.watermark):
        return None, ready, None
    open_, changed = what_it_can_score(in_use, ready)
    return in_use, dataclasses.replace(ready, open_=open_), changed


def what_it_can_score(model: Run, ready: Prepared) -> tuple[Dataset, StagesUnknown | None]:
    """The open deals that a model can score, and what keeps it from scoring all.

    Parameters
    ----------
    model : Run
        The model in use.
    ready : Prepared
        The export, prepared.

    Returns
    -------
    open_ : Dataset
        Deals in unknown stages are moved to its `left_out`.
    changed : StagesUnknown or None
        Which stages these are, with a line for the profile.

    Raises
    ------
    SchemaChanged
        When no deal can be scored safely: columns are gone, the profile's order of stages moved, or every
        deal stands in an unknown stage.
    """
    if model.model is None:
        return ready.open_, None
    _refuse_moved(model, ready.export)
    names = _new_names(model, ready.export)
    stage = ready.open_.info["stage"]
    strange = stage.isin(names).to_numpy(dtype=bool)
    rest = without(ready.open_, strange) if strange.any() else ready.open_
    if strange.any() and rest.X.empty:
        raise _unknown(model, ready, names, strange)
    model.refuse(rest)
    _refuse_lost(model, rest)
    return rest, _unknown(model, ready, names, strange) if names else None


def _new_names(model: Run, export: Export) -> list[str]:
    """Stages that deals stand in now, and that neither the profile nor the model has ever seen."""
    try:
        seen = {*read_reference(model.folder)["stage_names"]}
    except NoReference:
        seen = {*model.card["stages"]}
    named = {name for order in export.stages.values() for name in order}
    return sorted({*stage_names(export)} - seen - named)


def _unknown(model: Run, ready: Prepared, names: list[str], strange: np.ndarray) -> StagesUnknown:
    counts = {"deals": int(strange.sum()), "scored": int((~strange).sum())}
    return StagesUnknown(folder=str(model.folder), changed=names, toml=_proposal(ready, names), **counts)


def without(open_: Dataset, rows: np.ndarray) -> Dataset:
    """A data set without some deals, which are left out for standing in an unknown stage."""
    out = open_.X.index[rows].to_frame(index=False).assign(reason=UNKNOWN_STAGE)
    out = out.astype({"deal_id": "string", "reason": "string"})
    keep = {name: getattr(open_, name)[~rows] for name in ("X", "info", "groups", "weight")}
    return dataclasses.replace(open_, **keep, left_out=pd.concat([open_.left_out, out], ignore_index=True))


def _refuse_moved(model: Run, export: Export) -> None:
    """Refuse a profile in which stages stand elsewhere in the order: their ranks mean something else now."""
    try:
        then = read_reference(model.folder)["stages"]
    except NoReference:
        return
    now = export.stages
    moved = [
        f"{pipeline}: {stage}"
        for pipeline, order in then.items()
        for place, stage in enumerate(order)
        if pipeline not in now or now[pipeline][place : place + 1] != [stage]
    ]
    if moved:
        raise StagesMoved(folder=str(model.folder), changed=moved)


def _refuse_lost(model: Run, open_: Dataset) -> None:
    """Refuse an export in which what the model uses is missing for every deal, and was not before."""
    try:
        then = read_reference(model.folder)["columns"]
    except NoReference:
        return
    told = {name for name, about in then.items() if about["shares"].get(MISSING, 0.0) < MOSTLY_MISSING}
    gone = open_.X.columns[open_.X.isna().all()]
    lost = [name for name in gone if name in told]
    if lost and len(open_.X) >= LEAST_OPEN:
        raise ColumnsLost(folder=str(model.folder), changed=lost[:5])


def _proposal(ready: Prepared, names: list[str]) -> str:
    """Lines for the profile that take new names of stages for known ones, as far as one can guess.

    A stage in which no deal is left may well be the one that was renamed; of several, the name most alike.
    """
    export = ready.export
    moves = export.events[export.events["kind"] == "stage"]
    moves = moves.merge(export.deals[["deal_id", "pipeline"]], on="deal_id", how="left")
    held, lines = set(ready.open_.info["stage"].dropna()), []
    for pipeline, part in moves[moves["value"].isin(names)].groupby(moves["pipeline"].fillna("")):
        place = pipeline if pipeline in export.stages else next(iter(export.stages), "NAME")
        order = export.stages.get(place, [])
        gone = [name for name in order if name not in held] or order
        aliases = []
        for name, since in part.groupby("value")["at"].min().items():
            near = difflib.get_close_matches(str(name), gone, n=1, cutoff=0.0)
            began = f"since = {since:%Y-%m-%d}"
            aliases.append(f"{{ from = {_text(name)}, to = {_text(near[0] if near else '?')}, {began} }}")
        lines += [f"[stages.{_key(place)}]", f"aliases = [{', '.join(aliases)}]"]
    return "\n".join(lines)


def _text(value: object) -> str:
    """A string as TOML writes it, which for these is as JSON does."""
    return json.dumps(str(value), ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").replace("-", "").isalnum() else _text(name)
