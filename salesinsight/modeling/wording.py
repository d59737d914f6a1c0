"""Columns of X in the words of people: what each is called, and how its values are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from salesinsight.features import feature_catalog, of_trackers
from salesinsight.language import words
from salesinsight.modeling.pipelines import describe_columns


class ColumnWords:
    """Puts columns of X and their values into words.

    Parameters
    ----------
    columns : sequence of str
        Columns of X.
    language : str
        Language of the words.

    Attributes
    ----------
    about : pandas.DataFrame
        From `describe_columns`.

    Examples
    --------
    >>> say = ColumnWords(["talk_share", "talk_share_mean"], "en")
    >>> say.name("talk_share_mean"), say.value("talk_share", 0.62)
    ("seller's share of talk", '62%')
    """

    def __init__(self, columns: Sequence[str], language: str) -> None:
        self.about, self.say = describe_columns(columns), words(language)
        catalog = feature_catalog().set_index("name")
        self._units = catalog["unit"].to_dict()
        self._names = catalog["dutch_name" if language == "nl" else "english_name"].to_dict()

    def name(self, column: str) -> str:
        """What the feature behind a column is called; of an unknown one its own name."""
        feature = self.about.loc[column, "feature"]
        if feature in self._names:
            return self._names[feature]
        if not of_trackers(feature):
            return feature
        _, *name, measure = feature.split("_")
        return self.say(f"moves.why.tracker_{measure}", name=" ".join(name))

    def unit(self, column: str) -> str:
        """Unit of a column by the catalog, "" where nobody knows; a mean of yes and no is a share."""
        feature, form = self.about.loc[column, ["feature", "form"]]
        unit = self._units.get(feature, "share" if feature.endswith("_share") else "")
        return "share" if unit == "position" or (unit == "0/1" and form != "last") else unit

    def value(self, column: str, value: Any) -> str:
        """A value as people write it; what is missing is called so."""
        if pd.isna(value):
            return self.say("common.value.missing")
        if isinstance(value, str):
            return value
        unit = self.unit(column)
        if unit == "0/1":
            return self.say("common.value.yes" if value > 0 else "common.value.no")
        if unit == "share":
            return self.say.percent(value)
        if unit == "phase" and float(value).is_integer():
            return self.say(f"common.phase.{value:.0f}")
        if unit == "log10 currency":
            return self.say.number(10**value)
        return self.say.number(value, 0 if float(value).is_integer() else 1)
