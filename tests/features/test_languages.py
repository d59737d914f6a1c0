"""Turns that say they are in another language than they are read in: one warning."""

import warnings

import pandas as pd
import pytest

import salesinsight as si
from salesinsight.errors import LanguageMismatch

TURNS = pd.DataFrame(
    {
        "conversation_id": "a",
        "turn": range(4),
        "role": ["seller", "customer"] * 2,
        "text": ["Hello.", "Hello.", "Who decides?", "I do."],
        "language": pd.array(["en", "en", "nl", None], dtype="string"),
    }
)


def said_by(what):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        result = what()
    return result, [str(one.message) for one in said if issubclass(one.category, LanguageMismatch)]


@pytest.mark.parametrize(
    ("spoken", "asked", "warned"),
    [
        (["en", "en", "nl", None], "nl", True),
        (["en", "en", "nl", None], "en", False),
        (["en", "en", "nl", "nl"], "nl", False),  # half is not most
        ([None, None, None, None], "nl", False),
        (["fr", "fr", "nl", None], "nl", False),  # of French nothing is known
    ],
)
def test_tagging_warns_of_another_language(spoken, asked, warned):
    turns = TURNS.assign(language=pd.array(spoken, dtype="string"))
    _, said = said_by(lambda: si.tag_turns(turns, asked))
    assert len(said) == warned
    assert all("'en'" in sentence and "'nl'" in sentence for sentence in said)


def test_without_the_column_nothing_is_known():
    assert said_by(lambda: si.tag_turns(TURNS.drop(columns="language")))[1] == []


def test_measuring_warns_once(export_of):
    export = export_of(["a"])  # Dutch
    dutch, english = (said_by(lambda asked=asked: si.tag_turns(TURNS, asked))[0] for asked in ("nl", "en"))
    assert said_by(lambda: si.conversation_features(export, dutch))[1] == []  # tagging warned
    assert len(said_by(lambda: si.conversation_features(export, english))[1]) == 1
    export.language = "en"
    assert said_by(lambda: si.conversation_features(export, english))[1] == []


def test_a_file_of_turns_warns_once(tmp_path):
    export = si.make_sample(n_deals=3, language="en")
    export.turns.to_parquet(tmp_path / "turns.parquet")
    assert len(said_by(lambda: si.featurize(tmp_path / "turns.parquet", tmp_path / "out.parquet"))[1]) == 1
