"""Sides from what is said: measured on the invented conversations of the sample, whose sides are known."""

import polars as pl
import pytest

from salesinsight import make_sample
from salesinsight.exports.linking.said import sides_by_words
from tests.exports.linking.conftest import tables_of


@pytest.mark.parametrize("language", ["nl", "en"])
def test_sides_from_words_are_nearly_always_right(language):
    turns = pl.from_pandas(make_sample(n_deals=60, language=language, seed=3).turns)
    turns = turns.filter(pl.col("role").is_in(["seller", "customer"])).with_columns(speaker_id=pl.col("role"))
    found = sides_by_words(turns, tables_of(), language)
    right = (found["side"] == found["speaker_id"]).mean()
    assert right >= 0.97
    assert found["conversation_id"].n_unique() / turns["conversation_id"].n_unique() >= 0.6
