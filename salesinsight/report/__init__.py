"""The manager's report: one page of HTML that needs nothing else, with its charts and lists beside it."""

from salesinsight.report.build import write_report
from salesinsight.report.label_pages import choices_in_words, counts_in_words, write_label_report

__all__ = ["choices_in_words", "counts_in_words", "write_label_report", "write_report"]
