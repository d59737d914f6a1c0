"""Deals like those learned from are judged; deals from elsewhere are not."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from salesinsight.deals import make_dataset, open_deals
from salesinsight.modeling.domain import find_strange, learn_domain, why_too_little
from salesinsight.modeling.store import read_stamped, write_stamped
from salesinsight.sample import make_sample


def deals(rng, n, talk=0.8):
    """Landmarks of deals, four per deal: amounts, ages, counts and what was said, as lopsided as they are."""
    account = np.repeat(np.arange(n), 4)
    X = pd.DataFrame({
        "crm_amount_log10": rng.normal(4, 0.5, size=n)[account],
        "crm_deal_age_days": np.repeat(rng.exponential(60, size=n), 4) + np.tile([0, 7, 14, 21], n),
        "crm_mails_in_count": rng.poisson(rng.exponential(3, size=n)[account]).astype(float),
        "crm_stage": rng.choice(["contact", "offerte"], size=4 * n),
    })  # fmt: skip
    for number in range(12):
        X[f"talk_share_{number}"] = rng.exponential(size=4 * n)
        X[f"spin_{number}_count"] = rng.poisson(0.05, size=4 * n).astype(float)
    silent = np.repeat(rng.random(n) > talk, 4)
    X.loc[silent, X.columns[4:]] = np.nan
    X.loc[rng.random(4 * n) < 0.1, "crm_amount_log10"] = np.nan
    return X, pd.Series(account)


def known_stage(X):
    return np.zeros(len(X), dtype=bool)


@pytest.mark.parametrize("n", [60, 300])
def test_of_deals_like_those_learned_from_hardly_any_is_called_strange(n):
    strange = []
    for seed in range(15):
        rng = np.random.default_rng(seed)
        domain, (new, _) = learn_domain(*deals(rng, n)), deals(rng, 200)
        strange.append(find_strange(domain, new, known_stage(new))["too_little"].notna().mean())
    assert 0 < np.mean(strange) <= 0.02


@pytest.fixture
def learned():
    return deals(np.random.default_rng(0), 200)


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [({"crm_amount_log10": 4 + 3.0}, "domain", "crm_amount_log10"),
     ({"crm_deal_age_days": 3 * 365.0}, "domain", "crm_deal_age_days"),
     ({"talk_share_3": 60.0}, "domain", "talk_share_3"),
     (dict.fromkeys(["crm_amount_log10", "crm_mails_in_count", "crm_stage"]), "known", None),
     ({}, None, None)],
)  # fmt: skip
def test_a_deal_from_elsewhere_is_called_so(learned, change, code, column):
    X, accounts = learned
    domain = learn_domain(X, accounts)
    silent = "talk_share_3" not in change
    row = X[X["talk_share_0"].isna() == silent].dropna(subset=["crm_amount_log10"]).iloc[[0]]
    found = find_strange(domain, row.assign(**change), known_stage(row)).iloc[0]
    assert (found["too_little"], found["outside"]) == (code or pd.NA, column or pd.NA)


def test_a_stage_never_seen_comes_before_all_else(learned):
    domain, odd = learn_domain(*learned), learned[0][:2].assign(crm_amount_log10=9.0)
    found = find_strange(domain, odd, np.array([True, False]))
    assert found["too_little"].tolist() == ["stage", "domain"]
    assert found["outside"].tolist() == [pd.NA, "crm_amount_log10"]
    # a run from before this was learned knows its stages all the same
    assert find_strange(None, odd, np.array([True, False]))["too_little"].tolist() == ["stage", pd.NA]


def test_columns_that_tell_no_range_have_none(learned):
    X = learned[0].assign(crm_always=1.0, crm_never=np.nan, crm_rare=np.nan)
    X.loc[:20, "crm_rare"] = np.arange(21.0)
    domain = learn_domain(X, learned[1])
    assert not {"crm_always", "crm_never", "crm_rare", "crm_stage"} & set(domain["ranges"])
    low, high = domain["ranges"]["crm_amount_log10"]
    seen = X["crm_amount_log10"]
    width = seen.max() - seen.min()
    assert low <= seen.min() - width / 2 and high >= seen.max() + width / 2
    found = find_strange(domain, X.assign(crm_rare=1e9, crm_always=7.0), known_stage(X))
    assert found["too_little"].isna().all()


def test_one_account_can_be_learned_from_and_no_deal_judged(learned):
    X, accounts = learned
    domain = learn_domain(X[:40], accounts[:40] * 0)
    assert domain["wider"] == {"crm": 0.5, "talk": 0.5}
    assert find_strange(domain, X[:0], known_stage(X[:0])).empty
    assert learn_domain(X[["crm_stage"]], accounts)["ranges"] == {}


def test_it_can_be_kept_on_a_card_and_changes_nothing(learned, tmp_path):
    X, before = learned[0], learned[0].copy()
    domain = learn_domain(*learned)
    again = read_stamped(write_stamped(tmp_path / "card.json", domain))
    odd = X.assign(crm_deal_age_days=X["crm_deal_age_days"] * 6)
    told = find_strange(domain, odd, known_stage(X))
    pd.testing.assert_frame_equal(find_strange(again, odd, known_stage(X)), told)
    assert 0 < told["outside"].eq("crm_deal_age_days").sum() < len(X)
    pd.testing.assert_frame_equal(X, before)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_reason_has_its_own_sentence(language):
    codes = ("stage", "known", "domain", "interval")
    said = {why_too_little({"too_little": code, "outside": "crm_deal_age_days"}, language) for code in codes}
    assert len(said) == len(codes) and "" not in said
    assert "leeftijd van de deal" in why_too_little(
        {"too_little": "domain", "outside": "crm_deal_age_days"}, "nl"
    )
    assert why_too_little({"too_little": pd.NA}, language) == why_too_little({}, language) == ""


def test_planted_in_an_export_all_of_them_are_found():
    export = make_sample(n_deals=120)
    data, open_ = make_dataset(export, None), open_deals(export, None)
    domain, ids = learn_domain(data.X, data.groups), open_.X.index.get_level_values("deal_id").tolist()
    abroad, old, bare = ids[:3], ids[3:6], ids[6:9]
    deals, events = export.deals.copy(), export.events.copy()
    # amounts in another currency, a thousand times as many of it
    deals.loc[deals["deal_id"].isin(abroad), "amount"] *= 1000
    deals.loc[deals["deal_id"].isin(abroad), "currency"] = "JPY"
    set_ = events["deal_id"].isin(abroad) & (events["kind"] == "amount_set")
    events.loc[set_, "value"] = (pd.to_numeric(events.loc[set_, "value"]) * 1000).astype("string")
    # opened three years ago, and nothing filled in at all
    long_ago = pd.Timedelta(days=3 * 365)
    deals.loc[deals["deal_id"].isin(old), "created_at"] -= long_ago
    first = events[events["deal_id"].isin(old)].sort_values("at").drop_duplicates("deal_id").index
    events.loc[first, ["at", "entered_at"]] -= long_ago
    events = events[~events["deal_id"].isin(bare)]
    deals.loc[deals["deal_id"].isin(bare), ["amount", "currency"]] = pd.NA
    talks = export.conversations[~export.conversations["deal_id"].isin(bare)]
    odd = open_deals(dataclasses.replace(export, deals=deals, events=events, conversations=talks), None)
    found = find_strange(domain, odd.X, known_stage(odd.X)).droplevel("landmark_at")
    assert found.loc[abroad, "outside"].tolist() == ["crm_amount_log10"] * 3
    assert found.loc[old, "outside"].isin(["crm_deal_age_days", "crm_days_in_stage"]).all()
    assert found.loc[bare, "too_little"].tolist() == ["known"] * 3
    assert found.drop([*abroad, *old, *bare])["too_little"].notna().mean() <= 0.1
