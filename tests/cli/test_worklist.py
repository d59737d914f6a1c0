"""The week's list on the screen: names where there are any, and words instead of gaps."""

import pandas as pd

from salesinsight.cli.telling import _tell_worklist
from salesinsight.cli.terminal import Terminal

ROWS = pd.DataFrame({
    "deal_id": ["18000028408", "18000031442"], "stage": ["offerte", None], "amount": [9000.0, 4000.0],
    "currency": ["EUR", "EUR"], "days_since_customer_step": [40.0, None], "p_stalled": [0.7, None],
    "low": [0.5, None], "high": [0.81, None], "band": ["hoog", "midden"], "next_move": ["decision_maker", "decision_maker"],
})  # fmt: skip


def shown(rows, capsys):
    with Terminal("score", "nl", as_json=False, debug=True) as screen:
        _tell_worklist(screen, rows, "volledig")
    return capsys.readouterr().out.splitlines()[1:]


def test_a_deal_shows_its_name_with_the_number_behind_it(capsys):
    names = {"name": ["Trainingen " * 8, None], "account_name": ["Proefhuis", None]}
    lines = shown(ROWS.assign(**names), capsys)
    # a long name goes over several lines of its column
    column = " ".join(line.split("  ")[0].strip() for line in lines)
    assert column == "Proefhuis · Trainingen Trainingen Traininge… (18000028408) 18000031442"


def test_a_customer_who_took_no_step_is_not_a_figure_that_failed(capsys):
    first, second = shown(ROWS, capsys)
    assert first.startswith("18000028408 ") and " 40 " in first
    assert "geen stap bekend" in second


def test_chances_are_counts_out_of_ten_with_their_range(capsys):
    first, second = shown(ROWS, capsys)
    assert "7 (5 tot 8)" in first and "%" not in first
    assert "onbekend" in second


def test_a_deal_of_which_too_little_is_known_has_no_chance(capsys):
    first, _ = shown(ROWS.assign(band="te weinig gegevens"), capsys)
    assert "7 (5 tot 8)" not in first and "onbekend" in first
