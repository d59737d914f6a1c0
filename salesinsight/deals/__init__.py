"""What was known of each deal and when: landmarks, the label, and the table to learn from."""

from salesinsight.deals.dataset import Dataset, make_dataset, open_deals
from salesinsight.deals.label_report import LabelReport, label_report
from salesinsight.deals.label_sheet import ticked_agreement
from salesinsight.deals.settings import LabelSettings, label_settings

__all__ = [
    "Dataset",
    "LabelReport",
    "LabelSettings",
    "label_report",
    "label_settings",
    "make_dataset",
    "open_deals",
    "ticked_agreement",
]
