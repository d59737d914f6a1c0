"""The words behind a deal's reasons and next move: the turns that the features themselves counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from salesinsight.features import feature_catalog
from salesinsight.features.build import measured_turns, values_of
from salesinsight.features.evidence import rows_behind
from salesinsight.features.records import RECORDS
from salesinsight.modeling.moves import Rule
from salesinsight.schema import Export

QUOTES = 3
KEYS = ["conversation_id", "turn", "role", "start_s", "words", "label", "feature"]
# parts of a feature that its turns are set against, rather than shown by
AGAINST = ("of", "minus")


def counted_quotes(
    export: Export,
    tagged: pd.DataFrame,
    latest: pd.Series,
    reasons: Sequence[list[dict[str, Any]]],
    rules: Sequence[list[Rule]],
) -> list[list[dict[str, Any]]]:
    """Up to three turns of each deal's last conversation that its move and its reasons were counted on.

    Parameters
    ----------
    export, tagged
        As for `conversation_features`.
    latest : pandas.Series
        conversation_id of the last conversation, per deal.
    reasons : sequence of list of dict
        From `stall_reasons`, per deal.
    rules : sequence of list of Rule
        The rules that hold, per deal, the one that is acted on first.

    Returns
    -------
    list of list of dict
        conversation_id, turn, role, start_s (s, or NaN), words (the whole turn), label (None) and feature.
        The customer's turns before the seller's; per feature those that add most first; a turn once.
    """
    wanted = [_features(why, fired) for why, fired in zip(reasons, rules, strict=True)]
    rows = _rows(export, tagged, latest, wanted)
    quotes: list[list[dict[str, Any]]] = []
    for talk, features in zip(latest, wanted, strict=True):
        found = [rows[talk, name] for name in features if pd.notna(talk) and (talk, name) in rows]
        if not found:
            quotes.append([])
            continue
        turns = pd.concat(found).assign(by_seller=lambda table: (table["role"] != "customer").fillna(True))
        turns = turns.sort_values("by_seller", kind="stable").drop_duplicates("turn").head(QUOTES)
        quotes.append(turns[KEYS].astype(object).to_dict("records"))
    return quotes


def _features(why: list[dict[str, Any]], fired: list[Rule]) -> list[str]:
    """What was counted, the move first: its turns are what the manager is asked to act on."""
    shown = [rule.shown_by for rule in fired[:1]] + [reason["feature"] for reason in why]
    shown += [rule.shown_by for rule in fired[1:]]
    return list(dict.fromkeys(name for name in shown if name is not None))


def _rows(
    export: Export, tagged: pd.DataFrame, latest: pd.Series, wanted: list[list[str]]
) -> dict[tuple[str, str], pd.DataFrame]:
    """Per conversation and feature the turns that count, those that add most first."""
    catalog = feature_catalog()
    of_turns = set(catalog.loc[catalog["stage"] == "conversation", "name"]) - set(RECORDS)
    names = sorted({name for features in wanted for name in features} & of_turns)
    tagged = tagged[tagged["conversation_id"].isin(latest.dropna())]
    if not names or tagged.empty:
        return {}
    turns = measured_turns(export, tagged)
    values = values_of(turns)
    found: dict[tuple[str, str], pd.DataFrame] = {}
    for name in names:
        rows = rows_behind(export, turns, name, values)
        against = rows["part"].str.split(": ").str[-1].isin(AGAINST)
        rows = rows[~against & rows["turn"].notna() & rows["text"].notna()]
        rows = rows.assign(feature=name, label=None).rename(columns={"text": "words"})
        rows = rows.sort_values(["amount", "turn"], ascending=[False, True], kind="stable")
        found |= {(talk, name): part for talk, part in rows.groupby("conversation_id")}
    return found
