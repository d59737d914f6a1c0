import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import BadArgument, ProfileMissing
from salesinsight.features import feature_catalog
from salesinsight.modeling import leak_checks, leak_probe
from salesinsight.modeling.afterwards import written_later
from salesinsight.modeling.foretelling import Foretelling


def noise(rng, n, columns=5):
    return pd.DataFrame(rng.normal(size=(n, columns)), columns=list("abcdefghij")[:columns])


def test_an_honest_table_is_not_suspect(table):
    assert leak_probe(table.X, table.y, table.X.index.get_level_values("landmark_at")).empty


@pytest.mark.parametrize("seed", range(5))
def test_noise_of_few_deals_is_not_suspect(seed):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(60, 100)))
    assert leak_probe(X, pd.Series(rng.integers(0, 2, 60))).empty


@pytest.mark.parametrize("kind", ["number", "reversed", "text", "missing", "moment"])
def test_a_column_from_the_future_is_caught(table, kind):
    y = table.y.to_numpy(dtype=float)
    rng = np.random.default_rng(0)
    column = {
        "number": y + rng.normal(size=len(y)) / 3,
        "reversed": -y + rng.normal(size=len(y)) / 3,
        # neither class comes first in the alphabet: only the shares per class tell
        "text": pd.Series(
            np.where(y == 1, "b", rng.choice(["a", "c"], len(y))), table.X.index, dtype="string"
        ),
        "missing": np.where(y == 1, np.nan, rng.normal(size=len(y))),
        "moment": pd.to_datetime(np.where(y == 1, "2030-01-01", "2020-01-01")).where(
            rng.random(len(y)) < 0.9
        ),
    }[kind]
    found = leak_probe(table.X.assign(canary=column), table.y)
    assert found["column"].tolist() == ["canary", "*"]
    assert found["reason"].tolist() == ["alone", "together"]
    assert found.loc[0, "after"] < found.loc[1, "auc"] - 0.1


def test_a_column_far_above_the_others_stands_out():
    rng = np.random.default_rng(0)
    y = pd.Series(rng.integers(0, 2, 600))
    found = leak_probe(noise(rng, 600).assign(canary=y + rng.normal(size=600) * 0.85), y)
    assert found[["column", "reason"]].values.tolist() == [["canary", "stands_out"]]


def test_a_column_that_dates_the_rows_does_not_hide_the_one_that_knows():
    rng, n = np.random.default_rng(0), 4000
    day = np.arange(n)
    # the share of ones climbs, so that a column which follows the calendar foretells it nearly as well
    y = pd.Series((rng.random(n) < np.where(day < n / 2, 0.05, 0.45)).astype(int))
    X = noise(rng, n).assign(rate=day // 400, asked=y + rng.normal(size=n) * 0.9)
    assert leak_probe(X, y).empty
    assert leak_probe(X, y, pd.Series(day))["column"].tolist() == ["asked"]


def test_a_group_is_found_by_dropping_the_strongest_and_trying_again():
    rng, n = np.random.default_rng(0), 2000
    y = pd.Series(rng.integers(0, 2, n))
    leaks = {f"f{i}": y + rng.normal(size=n) for i in range(4)}
    found = leak_probe(noise(rng, n, 3).assign(**leaks), y)
    assert set(found["column"]) <= {*leaks, "*"} and set(found["reason"]) == {"group", "together"}
    assert (found["auc"].iloc[:-1] < 0.85).all()
    assert found["after"].is_monotonic_decreasing and found["after"].iloc[-1] <= 0.90


def test_what_was_filled_in_together_with_a_suspect_is_named_beside_it():
    rng, n = np.random.default_rng(0), 2000
    y = pd.Series(rng.integers(0, 2, n))
    called = rng.random(n) < np.where(y == 1, 0.9, 0.3)
    strong = np.where(called, np.where(y == 1, "hot", rng.choice(["cold", "hot"], n, p=[0.9, 0.1])), None)
    weak = np.where(called, rng.choice(["north", "south"], n), None)
    found = leak_probe(noise(rng, n).assign(tag=strong, region=weak), y).set_index("column")
    assert found["reason"].to_dict() == {"tag": "alone", "region": "with", "*": "together"}
    assert found.loc["region", "beside"] == "tag" and found.loc["tag", "beside"] is None


def test_a_value_that_never_fails_is_named_though_the_area_is_modest():
    rng, n = np.random.default_rng(0), 600
    y = pd.Series((rng.random(n) < 0.3).astype(int))
    filled = (y == 1) & (rng.random(n) < 0.3)
    found = leak_probe(noise(rng, n).assign(seen=np.where(filled, "x", None)), y)
    assert found[["column", "reason"]].values.tolist() == [["seen", "certain"]]
    # nearly always is not always
    often = filled | (rng.random(n) < 0.02)
    assert leak_probe(noise(rng, n).assign(seen=np.where(often, "x", None)), y).empty


def test_a_value_of_few_deals_is_not_certain():
    rng = np.random.default_rng(0)
    X = noise(rng, 300).set_index(pd.Index(np.repeat(np.arange(30), 10), name="deal_id"))
    y = pd.Series(np.repeat(np.arange(30) % 3 == 0, 10).astype(int), X.index)
    # a mark of three deals, on thirty rows
    assert leak_probe(X.assign(mark=(X.index.isin([0, 3, 6])).astype(int)), y).empty


def test_a_name_counts_only_when_the_column_says_something():
    rng = np.random.default_rng(0)
    y = pd.Series(rng.integers(0, 2, 1000))
    X = noise(rng, 1000).rename(columns={"a": "last_activity"})
    assert leak_probe(X, y).empty
    X["Laatste activiteit"] = y + rng.normal(size=1000) * 2
    assert leak_probe(X, y)[["column", "reason"]].values.tolist() == [["Laatste activiteit", "name"]]


def test_a_profile_marks_what_it_reads_as_the_end_of_a_deal():
    rng = np.random.default_rng(0)
    y = pd.Series(rng.integers(0, 2, 1000))
    X = noise(rng, 1000).assign(**{"Deal - Status": np.where(rng.random(1000) < 0.7, y, 1 - y)})
    assert leak_probe(X, y).empty
    assert leak_probe(X, y, profile="pipedrive")["reason"].tolist() == ["profile"]
    with pytest.raises(ProfileMissing):
        leak_probe(X, y, profile="nergens")


def test_names_are_known_however_they_are_written_and_no_feature_bears_one():
    same = ["closed_at", "Closed At", "closedAt", "GESLOTEN OP", "LastModifiedDate", "duration", "duur"]
    assert list(written_later(same)) == same
    # only at the end of the name, or the start, do such words say when a column was written
    assert written_later(["blast furnace", "at last", "expected close date", "duration_ratio"]) == {}
    features = feature_catalog()["name"]
    assert written_later([*features, *features + "_mean", *features + "_change"]) == {}


def test_no_column_of_the_models_bears_the_name_of_one_written_later(table):
    assert written_later(table.X.columns) == {}


def test_rows_without_an_answer_are_left_out_and_nothing_is_said_of_a_handful():
    X = pd.DataFrame({"a": range(12)})
    y = pd.Series([0, 1] * 4 + [pd.NA] * 4, dtype="Int64")
    assert leak_probe(X, y).empty
    assert leak_checks(X, y).empty


def test_what_does_not_go_together_is_refused():
    X, y = noise(np.random.default_rng(0), 40), pd.Series([0, 1] * 20)
    twice = X.set_axis(["a", "a", "b", "c", "d"], axis=1)
    for bad in ((X.to_numpy(), y), (twice, y), (X, y.head()), (X, y, y.head()), (X, y + 1)):
        with pytest.raises(BadArgument):
            leak_probe(*bad)


def test_odd_columns_are_borne():
    rng, y = np.random.default_rng(0), pd.Series([0, 1] * 100)
    odd = {
        "nothing": np.nan, "no text": None, "endless": np.inf, "lists": [[1], [2]] * 100,
        "days": pd.to_timedelta(rng.integers(0, 9, 200), unit="D"), "class": pd.Categorical(["a", "b"] * 100),
    }  # fmt: skip
    found = leak_probe(noise(rng, 200).assign(**odd), y)
    assert set(found["column"]) == {"lists", "class", "*"}
    assert leak_probe(pd.DataFrame(index=range(200)), y).empty


def test_the_checks_of_an_honest_table_pass(table):
    checks = leak_checks(table.X, table.y, table.X.index.get_level_values("landmark_at"))
    assert checks["check"].tolist() == ["random", "later", "permuted", "canary"]
    assert checks.set_index("check").loc[["permuted", "canary"], "passed"].all()
    assert ((checks["low"] <= checks["auc"]) & (checks["auc"] <= checks["high"])).all()


def test_the_checks_give_the_honest_area_beside_the_suspect_one(table):
    X = table.X.assign(canary=table.y.to_numpy(dtype=float))
    checks = leak_checks(X, table.y, suspects=leak_probe(X, table.y)).set_index("check")["auc"]
    assert checks["random"] > 0.99 and checks["random without suspects"] < 0.9


def test_too_few_deals_to_see_a_leak_is_said():
    rng = np.random.default_rng(0)
    checks = leak_checks(noise(rng, 12), pd.Series([0, 1] * 6)).set_index("check")
    assert not checks.loc["canary", "passed"]


def test_a_split_that_lets_deals_through_would_not_pass(table, monkeypatch):
    """Rows of a deal on both sides: its own shuffled outcomes are then foretold by what marks the deal."""
    marked = table.X.assign(account=table.X.index.get_level_values("deal_id"))
    alone = marked.reset_index(drop=True)

    def passed(X):
        shuffled = Foretelling.of(marked, table.y).shuffled().y
        ready = Foretelling.of(X, pd.Series(shuffled, X.index))
        return ready.figure(ready.together(list(X.columns)))[0]

    assert passed(marked) < 0.65 < 0.9 < passed(alone)


def test_the_interval_of_an_area_covers_what_chance_does():
    rng, hits = np.random.default_rng(0), 0
    for _ in range(100):
        y = pd.Series(rng.integers(0, 2, 200))
        ready = Foretelling.of(pd.DataFrame({"a": range(200)}), y)
        _, low, high = ready.figure(y.to_numpy() + rng.normal(size=200))
        hits += low <= 0.760 <= high
    # 0.760 is the area of a unit shift between normals
    assert 88 <= hits <= 100


def test_the_input_stays_as_it_is(table):
    before = table.X.copy()
    leak_probe(table.X, table.y)
    leak_checks(table.X, table.y)
    pd.testing.assert_frame_equal(table.X, before)
