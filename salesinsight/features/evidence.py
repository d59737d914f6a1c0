"""The turns behind a feature: what was counted, of what, and how much each turn adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.errors import UnknownName
from salesinsight.features.build import MEASURES, measured_turns, values_of
from salesinsight.features.catalog import feature_catalog
from salesinsight.features.measures import Combined
from salesinsight.features.records import RECORDS
from salesinsight.features.turns import KEY
from salesinsight.schema import Export, takes

COLUMNS = {
    "conversation_id": "string",
    "turn": "Int64",
    "role": "string",
    "start_s": "float64",
    "text": "string",
    "part": "string",
    "amount": "float64",
}


@takes(export=Export, tagged=pd.DataFrame, name=str, notes=pd.DataFrame)
def feature_evidence(
    export: Export, tagged: pd.DataFrame, name: str, notes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """List the turns that one feature of conversations was measured on.

    Parameters
    ----------
    export, tagged, notes
        As for `conversation_features`.
    name : str
        A feature of stage "conversation" in `feature_catalog`.

    Returns
    -------
    pandas.DataFrame
        conversation_id, turn, role, start_s (s), text, part and amount: one row per turn and part, in the
        order of the export and of the turns, for the conversations in which the feature is known. part is
        "counted" (the numerator, or what is counted), "of" (the denominator; a turn that counts stands in
        both), "value" (of which the largest, smallest or median is taken), "class", "plus" and "minus", or
        the kind that occurs; of a feature made of others it begins with the name of the other
        ("hedge_c_rate: counted"). amount is what the turn adds. What a note, a list of people or the
        calendar tells has no turn: turn and start_s are missing. How the number follows from the rows
        stands under *formula* in `feature_catalog`.

    Raises
    ------
    UnknownName
        When there is no such feature of conversations.
    MissingColumns
        When `tagged` lacks the columns that `tag_turns` gives.

    Examples
    --------
    >>> import salesinsight as si
    >>> export = si.make_sample(n_deals=5)
    >>> tagged = si.tag_turns(export.turns)
    >>> rows = feature_evidence(export, tagged, "request_count")
    >>> by_hand = rows.groupby("conversation_id")["amount"].sum()
    >>> features = si.conversation_features(export, tagged)
    >>> bool((features.loc[by_hand.index, "request_count"] == by_hand).all())
    True
    """
    catalog = feature_catalog()
    names = catalog.loc[catalog["stage"] == "conversation", "name"].to_list()
    if name not in names:
        raise UnknownName(kind="feature of conversations", name=name, known=names)
    if name in RECORDS:
        rows, value = RECORDS[name]
        told = rows(export, notes)
        known = value(told).dropna().index
        return _in_order(export, told[told["conversation_id"].isin(known)])
    return rows_behind(export, measured_turns(export, tagged), name)


def rows_behind(
    export: Export, turns: pl.DataFrame, name: str, values: pl.DataFrame | None = None
) -> pd.DataFrame:
    """As `feature_evidence`, of a feature of the transcript, with turns laid out, or measured too."""
    values = values_of(turns) if values is None else values
    known = values.filter(pl.col(name).is_not_null()).select(KEY)
    found = pl.concat(_parts(turns.join(known, on=KEY, how="semi"), name, ""))
    return _in_order(export, found.sort(KEY, "order", "place").to_pandas())


def recompute(rows: pd.DataFrame, name: str, conversation_ids: Iterable[str]) -> pd.Series:
    """The feature again from its evidence alone, for conversations in which it is known.

    A conversation without rows had nothing to count.
    """
    if name in RECORDS:
        return RECORDS[name][1](rows).reindex(list(conversation_ids))
    by_talk = {talk: dict(_amounts(of_talk)) for talk, of_talk in rows.groupby("conversation_id")}
    told = {talk: _again(by_talk.get(talk, {}), name, "") for talk in conversation_ids}
    return pd.Series(told, dtype="float64", name=name)


def _amounts(rows: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    for part, of_part in rows.groupby("part"):
        yield str(part), of_part["amount"].to_numpy()


def _again(amounts: dict[str, np.ndarray], name: str, within: str) -> float:
    measure = MEASURES[name]
    if isinstance(measure, Combined):
        return measure.again(*(_again(amounts, other, f"{within}{other}: ") for other in measure.of))
    return measure.again({part: amounts.get(within + part, np.empty(0)) for part in measure.evidence()})


def _parts(turns: pl.DataFrame, name: str, within: str) -> list[pl.DataFrame]:
    """The rows of each part of a feature, and of the features that it is made of."""
    measure = MEASURES[name]
    if isinstance(measure, Combined):
        return [part for other in measure.of for part in _parts(turns, other, f"{within}{other}: ")]
    columns = [KEY, "place", "conversation_id", "turn", "role", "start_s", "text"]
    return [
        turns.with_columns(amount=amount.cast(pl.Float64))
        .filter(where)
        .select(*columns, part=pl.lit(within + part), amount="amount", order=pl.lit(order))
        for order, (part, (where, amount)) in enumerate(measure.evidence().items())
    ]


def _in_order(export: Export, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of the conversations of the export, with the columns of the table of evidence."""
    place = pd.Series(range(len(export.conversations)), index=export.conversations["conversation_id"])
    rows = rows.reindex(columns=list(COLUMNS))
    order = rows["conversation_id"].map(place)
    rows = rows[order.notna()].assign(order=order).sort_values("order", kind="stable")
    return rows[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)
