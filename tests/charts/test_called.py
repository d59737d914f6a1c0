"""What a deal is called, and where the charts say it."""

import pandas as pd
import pytest

from salesinsight.charts import called, cut, plot_worklist, table_csv, worklist_table
from salesinsight.charts.frame import blank_axes

LIST = pd.DataFrame({
    "deal_id": ["18000028408", "18000031442"], "name": ["Trainingen", None], "account_name": ["Proefhuis", None],
    "stage": ["offerte", "contact"], "amount": [9000.0, 4000.0], "currency": ["EUR", "EUR"],
    "days_since_customer_step": [40.0, None], "p_stalled": [0.7, 0.6], "low": [0.5, 0.5], "high": [0.8, 0.7],
    "band": ["hoog", "midden"],
})  # fmt: skip


@pytest.mark.parametrize(
    ("name", "firm", "said"),
    [
        ("Trainingen", "Proefhuis", "Proefhuis · Trainingen"),
        ("Trainingen PROEFHUIS", "Proefhuis", "Trainingen PROEFHUIS"),
        ("Trainingen", None, "Trainingen"),
        (None, "Proefhuis", "Proefhuis"),
        (None, None, None),
        ("Trainingen [ORGANISATIE-ABCDEFGH]", "[ORGANISATIE-ABCDEFGH]", "Trainingen [ORGANISATIE-ABCDEFGH]"),
    ],
)
def test_a_deal_is_called_by_its_firm_and_its_name_and_never_twice_by_the_firm(name, firm, said):
    found = called(pd.DataFrame({"name": [name], "account_name": [firm]}, index=["d"]))
    assert found.fillna("-").to_dict() == {"d": said or "-"}


def test_without_columns_for_it_no_deal_has_a_name():
    assert called(pd.DataFrame({"deal_id": ["d1", "d2"]})).isna().all()


def test_long_names_are_cut_and_short_ones_are_not():
    assert cut("x" * 44) == "x" * 44
    assert cut("x" * 45) == "x" * 43 + "…"


def test_the_chart_shows_the_name_above_the_number_and_the_number_alone_without_it():
    table = worklist_table(LIST)
    labels = plot_worklist(table, blank_axes(4.0)).get_yticklabels()
    assert [label.get_text().replace("\xa0", " ") for label in labels] == [
        "Proefhuis · Trainingen\n18000028408 · offerte · € 9.000",
        "18000031442 · contact · € 4.000",
    ]
    assert b"Proefhuis" in table_csv(table)


def test_without_names_the_numbers_of_the_chart_are_as_they_were():
    table = worklist_table(LIST.drop(columns=["name", "account_name"]))
    assert list(table.columns)[:2] == ["deal_id", "stage"]
