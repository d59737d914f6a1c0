import math

import pytest

from salesinsight.cli.assumed import assumed_hours
from salesinsight.errors import BadArgument
from salesinsight.modeling.hours import check_hours


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ((None, None, None), {}),
        (("25-75", None, None), {"avoidable": (0.25, 0.75)}),
        (("10% - 12,5 %", 0, 0), {"avoidable": (0.1, 0.125), "review_hours": 0, "per_deal": 0}),
        ((None, 90, 6.5), {"review_hours": 1.5, "per_deal": 6.5}),
    ],
)
def test_what_is_stated_is_what_is_assumed(stated, expected):
    assert assumed_hours(*stated) == expected
    check_hours(**assumed_hours(*stated))


@pytest.mark.parametrize(
    ("stated", "option"),
    [
        (("75-25", None, None), "--avoidable"),
        (("25", None, None), "--avoidable"),
        (("half-all", None, None), "--avoidable"),
        (("-5-50", None, None), "--avoidable"),
        (("50-101", None, None), "--avoidable"),
        (("nan-nan", None, None), "--avoidable"),
        ((None, -1, None), "--review-minutes"),
        ((None, 2000, None), "--review-minutes"),
        ((None, math.nan, None), "--review-minutes"),
        ((None, None, -0.5), "--deal-hours"),
        ((None, None, 5000), "--deal-hours"),
    ],
)
def test_what_can_not_be_is_refused_in_both_languages(stated, option):
    with pytest.raises(BadArgument) as refused:
        assumed_hours(*stated)
    english, dutch = (refused.value.text(language) for language in ("en", "nl"))
    assert option in english and option in dutch
    assert " takes " in english and " moet " in dutch
    assert not {"two", "minutes", "hours"} & set(dutch.split())


def test_the_command_refuses_before_it_reads_anything(run, tmp_path):
    told = run("report", tmp_path / "nowhere", "--avoidable", "90-10")
    assert told.exit_code == 2
    assert "--avoidable" in told.stderr and "het laagste eerst" in told.stderr
