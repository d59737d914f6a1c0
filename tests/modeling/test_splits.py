import dataclasses

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import BadArgument, TooLittleData
from salesinsight.modeling.splits import make_folds, row_horizons, window_times


def test_no_account_is_on_both_sides_and_every_label_was_known(table):
    at, closed_at = window_times(table)
    folds = make_folds(table, newest=True)
    assert len({fold.block for fold in folds}) == 4
    for fold in folds:
        groups = table.groups.to_numpy(dtype=object)
        assert not set(groups[fold.train]) & set(groups[fold.test])
        # an account's share of a stretch begins when the whole stretch does
        begin = min(at[other.test].min() for other in folds if other.block == fold.block)
        assert (closed_at[fold.train] <= begin).all()
        assert (at[fold.train] < begin - np.timedelta64(60, "D")).all()


def test_no_row_is_tested_twice_and_stretches_follow_each_other(table):
    at, _ = window_times(table)
    folds = make_folds(table)
    tested = np.concatenate([fold.test for fold in folds])
    assert len(set(tested)) == len(tested)
    last = [max(at[f.test].max() for f in folds if f.block == b) for b in range(3)]
    first = [min(at[f.test].min() for f in folds if f.block == b) for b in range(3)]
    assert all(end < begin for end, begin in zip(last, first[1:], strict=False))
    # everything after the first stretch begins is tested
    assert len(tested) == (at >= first[0]).sum()


def test_only_the_last_stretch_is_the_newest(table):
    marked = {fold.block: fold.newest for fold in make_folds(table, newest=True)}
    assert list(marked.values()) == [False, False, False, True]
    assert not any(fold.newest for fold in make_folds(table))


def test_grouped_splits_by_account_alone(table):
    folds = make_folds(table, "grouped")
    tested = np.sort(np.concatenate([fold.test for fold in folds]))
    assert (tested == np.arange(len(table.X))).all()


def of_sellers(table, names):
    """The table with a seller per deal, in turn."""
    deals = pd.factorize(table.X.index.get_level_values("deal_id"))[0]
    owner = pd.array(np.array(names, dtype=object)[deals % len(names)], dtype="string")
    return dataclasses.replace(table, info=table.info.assign(owner_id=owner))


def test_each_seller_is_tested_on_what_others_showed(table):
    sold = of_sellers(table, ["S1", "S2", "S3", "S1", None])
    folds = make_folds(sold, "seller")
    owner, groups = sold.info["owner_id"].to_numpy(dtype=object), table.groups.to_numpy(dtype=object)
    tested = [set(pd.Series(owner[fold.test]).dropna()) for fold in folds]
    assert tested == [{"S1"}, {"S2"}, {"S3"}, set()]
    for fold in folds:
        assert not set(owner[fold.test]) & set(owner[fold.train])
        assert not set(groups[fold.test]) & set(groups[fold.train])
    assert (np.sort(np.concatenate([fold.test for fold in folds])) == np.arange(len(table.X))).all()


def test_sellers_with_few_landmarks_are_tested_together(table):
    deals = table.X.index.get_level_values("deal_id")
    sold = of_sellers(table, ["S1", "S2"])
    counts = deals.value_counts()
    few = list(counts.index[counts < 15][:3])
    owner = sold.info["owner_id"].mask(deals.isin(few[:2]), "S8").mask(deals == few[2], "S9")
    folds = make_folds(dataclasses.replace(sold, info=sold.info.assign(owner_id=owner)), "seller")
    assert len(folds) == 3
    assert set(owner.iloc[folds[-1].test]) == {"S8", "S9"}


def test_two_sellers_are_too_few_to_tell(table):
    with pytest.raises(TooLittleData, match="sellers") as caught:
        make_folds(of_sellers(table, ["S1", "S2"]), "seller")
    assert "verkopers" in caught.value.text("nl")


def test_a_short_history_gives_no_folds_in_time(build_table):
    assert make_folds(build_table(40, days=110)) == []


def test_a_stage_with_its_own_horizon_is_known_later(table):
    own = dataclasses.replace(table, settings={**table.settings, "horizon_per_stage": {"offerte": 120}})
    offered = (table.info["stage"] == "offerte").to_numpy()
    assert (row_horizons(own)[offered] == 120).all()
    assert (row_horizons(own)[~offered] == 60).all()
    later = window_times(own)[1] - window_times(table)[1]
    assert (later[offered] == np.timedelta64(60, "D")).all()


def test_refusals(table):
    with pytest.raises(BadArgument):
        make_folds(table, "random")
    one = dataclasses.replace(table, groups=pd.Series("A1", table.X.index, dtype="string"))
    with pytest.raises(TooLittleData):
        make_folds(one, "grouped")
