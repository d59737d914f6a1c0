"""Pictures for managers: ``x_table`` gives the numbers, ``plot_x`` draws them, `save_chart` writes both."""

from salesinsight.charts.called import called, cut
from salesinsight.charts.frame import facts_of
from salesinsight.charts.outcomes import outcomes_table, plot_outcomes, plot_requests, requests_table
from salesinsight.charts.outlook import ages_table, outlook_table, plot_ages, plot_outlook
from salesinsight.charts.reliability import plot_reliability, reliability_table
from salesinsight.charts.saving import chart_svg, save_chart, table_csv
from salesinsight.charts.shares import counted, in_ten
from salesinsight.charts.waiting import plot_waiting, waiting_table
from salesinsight.charts.worklist import plot_worklist, worklist_table

__all__ = [
    "ages_table",
    "called",
    "chart_svg",
    "counted",
    "cut",
    "facts_of",
    "in_ten",
    "outcomes_table",
    "outlook_table",
    "plot_ages",
    "plot_outcomes",
    "plot_outlook",
    "plot_reliability",
    "plot_requests",
    "plot_waiting",
    "plot_worklist",
    "reliability_table",
    "requests_table",
    "save_chart",
    "table_csv",
    "waiting_table",
    "worklist_table",
]
