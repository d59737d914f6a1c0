"""Every feature of conversations on small conversations worked out by hand, in ``hand/``."""

import pathlib
import runpy

import pandas as pd
import pytest

from salesinsight.features import feature_catalog

FILES = sorted((pathlib.Path(__file__).parent / "hand").glob("*.py"))
CASES = [case for file in FILES for case in runpy.run_path(str(file))["CASES"]]
RECORDED = {"note_goed_gesprek", "authority_present", "duration_ratio", "met_in_person"}
CATALOG = feature_catalog().query("stage in ['conversation', 'class']").set_index("name")


@pytest.fixture(scope="module")
def measured(measure):
    return measure([turns for _, turns, _ in CASES])


@pytest.mark.parametrize("case", range(len(CASES)), ids=[name for name, _, _ in CASES])
def test_by_hand(case, measured):
    name, _, expected = CASES[case]
    value = measured.iloc[case][name]
    if expected is None or isinstance(expected, str):
        assert pd.isna(value) if expected is None else value == expected
    else:
        assert value == pytest.approx(expected, nan_ok=True, rel=1e-5)


def test_every_feature_has_a_number_worked_out_by_hand():
    # those of the records have theirs in test_record_features.py
    done = {name for name, _, expected in CASES if expected is not None and not pd.isna(expected)}
    assert sorted(set(CATALOG.index) - done - RECORDED - {"outcome_p"}) == []


def test_every_feature_that_can_be_unknown_has_a_case_of_it():
    unknown = {name for name, _, expected in CASES if expected is None or pd.isna(expected)}
    always = {"pleasant_rate", "dq_role_conf", "dq_timestamps", "dq_words"}  # any transcript will do
    assert sorted(set(CATALOG.index) - unknown - RECORDED - always - {"outcome_p"}) == []
