"""The labels of utterances, as ``docs/annotation.md`` has them, and whether a table of them can be used."""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesinsight.errors import BadLabels, MissingColumns
from salesinsight.schema import (
    ACTS,
    ANSWERS,
    PUSH_PULL,
    QUESTION_FLAGS,
    QUESTION_FORMS,
    REQUEST_KINDS,
    SELLER_ACTS,
    SPIN_TYPES,
)
from salesinsight.speech.sheets import EXTRA, LINE

LABELS = ("question", "form", "flags", "spin", "push_pull", "acts", "request_kind", "answer")
NEEDED = ("text", "role", "question")
SEVERAL = ("flags", "acts")
VALUES = {
    "role": ("seller", "customer"),
    "question": ("yes", "no"),
    "form": QUESTION_FORMS,
    "flags": QUESTION_FLAGS,
    "spin": SPIN_TYPES,
    "push_pull": PUSH_PULL,
    "acts": ACTS,
    "request_kind": REQUEST_KINDS,
    "answer": ANSWERS,
}


def checked_labels(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the labelled rows of a table: previous, text, role and all label columns, "" where empty.

    Parameters
    ----------
    table : pandas.DataFrame
        At least text, role and question; rows without any label are left out.
    name : str
        How messages call it.

    Raises
    ------
    MissingColumns
        When one of the three is absent.
    BadLabels
        When there are labels that don't exist or don't go together.
    """
    absent = [column for column in NEEDED if column not in table]
    if absent:
        raise MissingColumns(table=name, absent=absent, present=[c for c in table if c not in (LINE, EXTRA)])
    lines = table.get(LINE, pd.Series(np.arange(1, len(table) + 1), index=table.index))
    told = pd.DataFrame(index=table.index)
    for column in ("previous", "text", "role", *LABELS):
        value = table[column].astype("string").fillna("").str.strip() if column in table else ""
        told[column] = pd.Series(value, index=table.index, dtype=object)
    for column in VALUES:
        told[column] = told[column].str.lower().str.replace(r"\s*\|\s*", "|", regex=True)
    labelled = told[list(LABELS)].ne("").any(axis=1)
    extra = table.get(EXTRA, pd.Series(False, index=table.index))[labelled]
    told, lines = told[labelled], lines[labelled]
    bad = [(line, "", "", "cells", "") for line in lines[extra.to_numpy(dtype=bool)]]
    for column, code, wrong in _wrong(told):
        expected = " | ".join(VALUES.get(column, ()))
        rows = np.flatnonzero(wrong)
        bad += [(lines.iloc[row], column, told[column].iloc[row], code, expected) for row in rows]
    if bad:
        raise BadLabels(file=name, bad=sorted(bad, key=lambda one: one[0]))
    return told.reset_index(drop=True)


def _wrong(told: pd.DataFrame) -> list[tuple[str, str, np.ndarray]]:
    """Column, code of the reason, and where it holds."""
    sets = {column: told[column].str.split("|") for column in SEVERAL}
    asks, seller = told["question"].eq("yes"), told["role"].eq("seller")
    is_other = [
        any(act in ACTS and (act in SELLER_ACTS) != by_seller for act in acts)
        for acts, by_seller in zip(sets["acts"], seller, strict=True)
    ]
    requests = sets["acts"].map(lambda acts: "action_request" in acts).astype(bool)
    found = [("text", "text", told["text"].eq(""))]
    for column, values in VALUES.items():
        allowed = {*values} if column in ("role", "question") else {"", *values}
        inside = sets[column].map(allowed.issuperset) if column in SEVERAL else told[column].isin(allowed)
        found.append((column, "value", ~inside.astype(bool)))
    found += [
        ("form", "form", asks != told["form"].ne("")),
        ("flags", "of_question", told["flags"].ne("") & ~asks),
        ("spin", "of_seller", told["spin"].ne("") & ~(asks & seller)),
        ("push_pull", "of_seller", told["push_pull"].ne("") & ~(asks & seller)),
        ("acts", "other_side", pd.Series(is_other, index=told.index, dtype=bool)),
        ("request_kind", "request_kind", requests != told["request_kind"].ne("")),
        ("answer", "of_customer", told["answer"].ne("") & seller),
    ]
    return [(column, code, wrong.to_numpy(dtype=bool)) for column, code, wrong in found]
