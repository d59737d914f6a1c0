"""What the records tell of a conversation, not the transcript: note, people, planning, place.

=================  ===========================================================================  =========
feature            formula                                                                      source
=================  ===========================================================================  =========
note_goed_gesprek  1 when the seller's note calls it a good talk while no next step is          001
                   recorded and the note tells of no order, step or no; 0 for other notes
authority_present  1 when a decider of the customer attended, 0 when all who did are known      Gong; 004
                   not to decide; missing when that isn't known
duration_ratio     minutes from start to end ÷ minutes planned                                  practice
met_in_person      1 when they sat at one table, 0 when they didn't                             000
=================  ===========================================================================  =========

Each follows from rows of its own: conversation_id, role, text, part and amount, as in `feature_evidence`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pandas as pd

from salesinsight.schema import Export

Notes: TypeAlias = pd.DataFrame | None


def note_rows(export: Export, notes: Notes) -> pd.DataFrame:
    """The seller's note: 1 when it calls the talk good and nothing more, 0 for other notes."""
    talks = export.conversations
    if notes is None:
        return _rows(talks.iloc[:0], amount=[])
    known = notes.reindex(talks["conversation_id"])
    step = talks[["next_step", "next_step_at"]].notna().any(axis=1).to_numpy()
    decided = known["outcome"].isin(["order", "advance", "no_sale"]).to_numpy(dtype=bool)
    praised = known["good_talk"].astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
    amount = np.where((praised == 1) & (step | decided), 0.0, praised)
    told = _rows(talks, amount=amount, role="seller", text=talks["note"].to_numpy())
    return told.dropna(subset="amount")


def people_rows(export: Export, notes: Notes) -> pd.DataFrame:
    """The customer's people who attended: 1 who decides, 0 who doesn't, missing where nobody knows."""
    customers = export.people[export.people["side"] == "customer"]
    came = export.attendance.merge(customers[["person_id", "decision_role"]], on="person_id")
    part = came["decision_role"].mask(came["decision_role"] == "unknown")
    decides = (part == "decider").astype("Float64").mask(part.isna())
    amount = decides.to_numpy(dtype="float64", na_value=np.nan)
    return _rows(came, amount=amount, role="customer", text=part.to_numpy())


def minutes_rows(export: Export, notes: Notes) -> pd.DataFrame:
    """Minutes talked, as counted, and minutes planned, of which; both must be known and above 0."""
    talks = export.conversations
    minutes = (talks["ended_at"] - talks["started_at"]).dt.total_seconds() / 60
    known = (minutes > 0) & (talks["planned_min"] > 0)
    parts = [
        _rows(talks[known], amount=amount[known], part=part)
        for part, amount in (("counted", minutes), ("of", talks["planned_min"]))
    ]
    return pd.concat(parts, ignore_index=True)


def table_rows(export: Export, notes: Notes) -> pd.DataFrame:
    """Whether they sat at one table, where that is recorded."""
    talks = export.conversations.dropna(subset="in_person")
    return _rows(talks, amount=talks["in_person"].astype("float64"))


def _rows(talks: pd.DataFrame, amount, part: str = "value", role=pd.NA, text=pd.NA) -> pd.DataFrame:
    columns = {"conversation_id": talks["conversation_id"].to_numpy(), "role": role, "text": text}
    rows = pd.DataFrame({**columns, "part": part, "amount": np.asarray(amount, dtype="float64")})
    return rows.astype({"conversation_id": "string", "role": "string", "text": "string", "part": "string"})


def _largest(rows: pd.DataFrame) -> pd.Series:
    """The largest amount; missing where one is not known, unless another is 1 already."""
    amounts = rows.groupby("conversation_id")["amount"]
    return amounts.max().where((amounts.max() == 1) | (amounts.count() == amounts.size()))


def _ratio(rows: pd.DataFrame) -> pd.Series:
    counted, of = (rows[rows["part"] == part].set_index("conversation_id") for part in ("counted", "of"))
    return counted["amount"] / of["amount"]


RECORDS: dict[str, tuple[Callable[[Export, Notes], pd.DataFrame], Callable[[pd.DataFrame], pd.Series]]] = {
    "note_goed_gesprek": (note_rows, _largest),
    "authority_present": (people_rows, _largest),
    "duration_ratio": (minutes_rows, _ratio),
    "met_in_person": (table_rows, _largest),
}


def recorded(export: Export, notes: Notes) -> pd.DataFrame:
    """The features of the records, by conversation_id as in the export; missing where they don't tell."""
    ids = pd.Index(export.conversations["conversation_id"], name="conversation_id")
    values = {name: value(rows(export, notes)).reindex(ids) for name, (rows, value) in RECORDS.items()}
    return pd.DataFrame(values, index=ids).astype("float64")
