"""What was known of each deal and when: landmarks, the label, and the table to learn from."""

from salesinsight.deals.dataset import Dataset, make_dataset, open_deals
from salesinsight.deals.settings import LabelSettings, label_settings

__all__ = ["Dataset", "LabelSettings", "label_settings", "make_dataset", "open_deals"]
