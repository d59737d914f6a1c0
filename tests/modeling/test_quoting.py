import pandas as pd
import pytest

import salesinsight as si
from salesinsight.features.evidence import feature_evidence
from salesinsight.modeling.moves import RULES
from salesinsight.modeling.quoting import QUOTES, counted_quotes


@pytest.fixture(scope="module")
def said():
    export = si.make_sample(n_deals=25)
    return export, si.tag_turns(export.turns)


def quotes_of(said, talk, features=(), rules=()):
    reasons = [[{"feature": name} for name in features]]
    [found] = counted_quotes(*said, pd.Series([talk], dtype="string"), reasons, [list(rules)])
    return found


def test_quotes_are_turns_that_the_feature_counted(said):
    rows = feature_evidence(*said, "hedge_c_rate")
    counted = rows[rows["part"] == "counted"]
    talk = counted["conversation_id"].iloc[0]
    found = quotes_of(said, talk, ["hedge_c_rate"])
    own = counted[counted["conversation_id"] == talk]
    assert 0 < len(found) <= QUOTES
    assert {quote["turn"] for quote in found} <= set(own["turn"])
    assert found[0]["words"] in set(own["text"])
    assert {quote["feature"] for quote in found} == {"hedge_c_rate"}


def test_what_the_feature_did_not_count_is_no_quote(said):
    rows = feature_evidence(*said, "hedge_c_rate")
    silent = set(rows["conversation_id"]) - set(rows.loc[rows["part"] == "counted", "conversation_id"])
    assert silent
    assert quotes_of(said, min(silent), ["hedge_c_rate"]) == []


def test_the_turns_of_the_move_go_first(said):
    rule = next(rule for rule in RULES if rule.move == "name_doubt")
    both = [feature_evidence(*said, name) for name in (rule.shown_by, "buying_signal_count")]
    talk = min(set(both[0]["conversation_id"]) & set(both[1]["conversation_id"]))
    found = quotes_of(said, talk, ["buying_signal_count"], [rule])
    assert found[0]["feature"] == rule.shown_by


@pytest.mark.parametrize("feature", ["crm_days_in_stage", "met_in_person", None])
def test_what_nobody_said_has_no_quote(said, feature):
    assert quotes_of(said, said[0].turns["conversation_id"].iloc[0], [feature]) == []


def test_a_deal_without_a_conversation_has_no_quote(said):
    assert quotes_of(said, pd.NA, ["hedge_c_rate"]) == []
