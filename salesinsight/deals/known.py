"""Everything known of deals at their landmarks, gathered from the modules that each know a part."""

from __future__ import annotations

import pandas as pd
import polars as pl

from salesinsight.deals.context import surroundings
from salesinsight.deals.history import crm_history, phase_of_stage
from salesinsight.deals.people import known_people
from salesinsight.deals.talks import carry_conversations
from salesinsight.deals.timeline import Timeline
from salesinsight.deals.written import written_requests
from salesinsight.schema import Export


def known_at_landmarks(
    marks: pl.DataFrame, timeline: Timeline, export: Export, features: pd.DataFrame | None
) -> tuple[pl.DataFrame, list[str]]:
    """Join all that was known at each landmark.

    Parameters
    ----------
    marks : polars.DataFrame
        row, deal_id, t, episode_at.
    timeline : Timeline
        The deals on their two clocks.
    export : Export
        Where the timeline came from.
    features : pandas.DataFrame or None
        From `conversation_features`; without it nothing that was said or written is looked at.

    Returns
    -------
    table : polars.DataFrame
        marks, sorted by row, with the features of deals and what is shown beside them.
    inputs : list of str
        The columns that make up X, beside the stage.
    """
    table = crm_history(marks, timeline).pipe(phase_of_stage, export.stages)
    table = table.join(known_people(table, timeline, export), on="row", how="left")
    inputs = [name for name in table.columns if name.startswith("crm_")]
    if features is not None:
        told = carry_conversations(table, timeline, features)
        written = written_requests(marks, timeline, export.language)
        inputs += [name for part in (told, written) for name in part.columns if name != "row"]
        table = table.join(told, on="row", how="left").join(written, on="row", how="left")
    around = surroundings(table, timeline, export, features)
    return table.join(around, on="row", how="left").sort("row"), inputs
