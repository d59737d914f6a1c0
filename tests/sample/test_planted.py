"""The taggers, which never saw the generator, must find what was planted in the words."""

import numpy as np
import pandas as pd
import pytest

from salesinsight.features import feature_catalog
from salesinsight.sample import NULL_FEATURES, PLANTED, make_sample
from salesinsight.speech import tag_turns

LANGUAGES = ["nl", "en"]


@pytest.fixture(scope="module", params=LANGUAGES)
def tagged(request):
    export = make_sample(n_deals=300, language=request.param, seed=8)
    turns = tag_turns(export.turns, language=request.param)
    deal = export.conversations.set_index("conversation_id")["deal_id"]
    return turns.join(deal, on="conversation_id").join(export.truth.set_index("deal_id"), on="deal_id")


def slope(tagged, shows, rows, latent):
    """Correlation between a share per conversation and a latent."""
    chosen = tagged[rows]
    per_talk = pd.DataFrame({"share": shows[rows].astype(float), latent: chosen[latent]})
    per_talk = per_talk.groupby(chosen["conversation_id"]).mean()
    return per_talk["share"].corr(per_talk[latent])


@pytest.mark.parametrize(
    ("column", "latent", "role", "at_least"),
    [
        ("hedge_p", "indecision", "customer", 0.3),
        ("act_gatekeeper_p", "authority", "customer", -0.2),
        ("act_stall_p", "indecision", "customer", 0.15),
    ],
)
def test_what_customers_let_on_is_found(tagged, column, latent, role, at_least):
    found = slope(tagged, tagged[column] >= 0.5, tagged["role"] == role, latent)
    assert found * np.sign(at_least) > abs(at_least)


@pytest.mark.parametrize(("answer", "sign"), [("accept", -1), ("vague", 1)])
def test_answers_follow_indecision(tagged, answer, sign):
    answered = tagged["answer"].notna()
    assert sign * slope(tagged, tagged["answer"] == answer, answered, "indecision") > 0.15


def test_skill_shows_in_questions_about_consequences(tagged):
    typed = (tagged["role"] == "seller") & tagged["spin"].notna()
    deep = tagged["spin"].isin(["implication", "need_payoff"])
    assert slope(tagged, deep, typed, "skill") > 0.08


def test_planted_and_null_features_are_features():
    known = set(feature_catalog()["name"])
    assert set(PLANTED) | set(NULL_FEATURES) <= known
    assert not set(PLANTED) & set(NULL_FEATURES)
    assert set(PLANTED.values()) == {"+", "-"}
