"""The catalog of features: what each is, how it is computed, why it might matter and what people call it."""

from __future__ import annotations

import functools
import pathlib

import pandas as pd

FOLDER = pathlib.Path(__file__).parent


def feature_catalog() -> pd.DataFrame:
    """List every feature: one row each. Those of trackers of your own stand in ``docs/trackers.md``.

    Returns
    -------
    pandas.DataFrame
        name; alias (the short name of older notes); family; stage: "conversation" (a number from that
        conversation alone), "class" (a class from that conversation, no input of a model), "deal" (history
        up to the moment) or "fitted"; formula; unit; low and high (the range; NaN is no limit); needs
        (text, roles, timestamps, crm, history, people, notes; position: a clock where there is one, else
        words); languages; source; direction: the expected effect on stalling, "+", "-" or "?", a
        registered hypothesis that is never imposed on a model;
        summary: the one feature of its family for small data; dutch_name and sentence (what it says, in
        Dutch); english_name and sentence_en.

    Examples
    --------
    >>> catalog = feature_catalog().set_index("name")
    >>> catalog.loc["hedge_c_rate", ["family", "direction", "unit"]].to_list()
    ['hedge', '+', 'per 100 turns']
    """
    return _catalog().copy()


@functools.cache
def _catalog() -> pd.DataFrame:
    text = {"dtype": "string", "keep_default_na": False, "na_values": [""]}
    files = [pd.read_csv(file, **text) for file in sorted(FOLDER.glob("*.csv"))]
    catalog = pd.concat(files, ignore_index=True)
    return catalog.assign(
        low=catalog["low"].astype("float64"),
        high=catalog["high"].astype("float64"),
        summary=(catalog["summary"] == "true").astype(bool),
    )
