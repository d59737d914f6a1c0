"""The manager's report: one page of HTML that needs nothing else, with its charts and lists beside it."""

from salesinsight.report.build import write_report

__all__ = ["write_report"]
