"""Pictures for managers: ``x_table`` gives the numbers, ``plot_x`` draws them, `save_chart` writes both."""

from salesinsight.charts.called import called, cut
from salesinsight.charts.dose import dose_table, plot_dose
from salesinsight.charts.effects import effects_table, plot_effects
from salesinsight.charts.frame import facts_of
from salesinsight.charts.importance import importance_table, plot_importance
from salesinsight.charts.label_choices import label_choices_table, plot_label_choices
from salesinsight.charts.label_incidence import incidence_table, plot_incidence
from salesinsight.charts.outcomes import outcomes_table, plot_outcomes, plot_requests, requests_table
from salesinsight.charts.outlook import ages_table, outlook_table, plot_ages, plot_outlook
from salesinsight.charts.reliability import plot_reliability, reliability_table
from salesinsight.charts.review import plot_review, review_table
from salesinsight.charts.saving import chart_svg, save_chart, table_csv
from salesinsight.charts.shares import counted, in_ten
from salesinsight.charts.value import benefit_table, plot_benefit, plot_precision, precision_table
from salesinsight.charts.waiting import plot_waiting, waiting_table
from salesinsight.charts.worklist import plot_worklist, worklist_table

__all__ = [
    "ages_table",
    "benefit_table",
    "called",
    "chart_svg",
    "counted",
    "cut",
    "dose_table",
    "effects_table",
    "facts_of",
    "importance_table",
    "in_ten",
    "incidence_table",
    "label_choices_table",
    "outcomes_table",
    "outlook_table",
    "plot_ages",
    "plot_benefit",
    "plot_dose",
    "plot_effects",
    "plot_importance",
    "plot_incidence",
    "plot_label_choices",
    "plot_outcomes",
    "plot_outlook",
    "plot_precision",
    "plot_reliability",
    "plot_requests",
    "plot_review",
    "plot_waiting",
    "plot_worklist",
    "precision_table",
    "reliability_table",
    "requests_table",
    "review_table",
    "save_chart",
    "table_csv",
    "waiting_table",
    "worklist_table",
]
