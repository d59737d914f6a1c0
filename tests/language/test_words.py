"""Display words and the way numbers, money and dates are written."""

import datetime

import numpy as np
import pandas as pd
import pytest

from salesinsight.errors import UnknownName
from salesinsight.language import words

NL, EN = words("nl"), words("en")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (NL.number(1234.5), "1.234"),
        (NL.number(1234567.891, decimals=2), "1.234.567,89"),
        (EN.number(1234567.891, decimals=2), "1,234,567.89"),
        (NL.number(-0.2), "0"),
        (NL.number(-1200), "-1.200"),
        (NL.number(np.nan), "onbekend"),
        (NL.number(None), "onbekend"),
        (NL.percent(0.423, decimals=1), "42,3%"),
        (EN.percent(0.42), "42%"),
        (NL.percent(pd.NA), "onbekend"),
        (NL.money(12000, "EUR"), "€ 12.000"),
        (EN.money(12000, "EUR"), "€12,000"),
        (NL.money(12000, "CHF"), "CHF 12.000"),
        (NL.money(12000, None), "12.000"),
        (NL.money(None, "EUR"), "onbekend"),
        (NL.date(datetime.date(2026, 3, 3)), "3 maart 2026"),
        (EN.date(pd.Timestamp("2026-12-01", tz="UTC")), "1 December 2026"),
        (NL.date(pd.NaT), "onbekend"),
    ],
)
def test_numbers_money_and_dates(written, expected):
    assert written == expected


def test_the_four_outcomes_have_their_dutch_names():
    assert NL.section("common.y4") == {
        "won": "ja",
        "lost": "nee",
        "progress": "vooruit",
        "stalled": "misschien",
    }


def test_facts_are_filled_in():
    assert NL("common.format.date", day=3, month="maart", year=2026) == "3 maart 2026"


@pytest.mark.parametrize("key", ["common.y4.stallled", "common.nothing", "nowhere.at.all"])
def test_a_missing_key_is_refused_with_the_nearest(key):
    assert key not in NL
    with pytest.raises(UnknownName, match=key):
        NL(key)


def test_an_unknown_language_is_refused():
    with pytest.raises(UnknownName, match="Known: 'en', 'nl'"):
        words("fr")
