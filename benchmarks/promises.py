"""Broken promises in talks that nobody here wrote (PersuasionForGood): what is shown of them, and what is not.

``python benchmarks/trust.py FOLDER promises`` writes the section. FOLDER holds ``p4g/``.
"""

import numpy as np
import pandas as pd
from sections import real_data, table
from threadpoolctl import threadpool_limits

import salesinsight as si
from salesinsight.modeling import evaluate, leak_checks, leak_probe

# figure, its name, and what a model without any sense has
METRICS = {
    "roc_auc": ("AUC", 0.5),
    "brier_skill_b2": ("Brier skill over B2", 0.0),
    "gain_brier": ("gain over CRM alone (Brier)", 0.0),
}


def section() -> str:
    export = si.read_export(real_data("p4g"), profile="persuasionforgood")
    features = si.conversation_features(export, si.tag_turns(export.turns, language="en"))
    data = si.make_dataset(export, features, landmarks="conversation")
    with threadpool_limits(1):
        tested = evaluate(data, splits="grouped", bootstrap=1000)
        found = leak_probe(data.X, data.y)
        checks = leak_checks(data.X, data.y).set_index("check")["auc"].round(2)
    broken = int(data.y.sum())
    return "\n\n".join(
        [
            "## Broken promises (PersuasionForGood): intervals only",
            f"`python benchmarks/trust.py FOLDER promises`. {len(data.X)} talks, {broken} broken promises. No dates: "
            "random folds, grouped by talk, so nothing here tests time. These people agreed in words and did not pay; "
            "that is not quite a *misschien*. Of so few only intervals are given, and an interval that holds the value "
            "of a model without any sense counts as not shown.",
            table(pd.DataFrame(verdicts(tested))),
            f"Calibration slope {spread(tested, 'calibration_slope')}. The probe names "
            f"{', '.join(found['column']) or 'nothing'}; shuffled labels give {checks['permuted']}, the planted column "
            f"{checks['canary']}.",
        ]
    )


def verdicts(tested) -> list[dict]:
    rows = []
    for metric, (name, senseless) in METRICS.items():
        low, high = tested.value(metric, what="low"), tested.value(metric, what="high")
        told = "shown" if low > senseless else "shown to be worse" if high < senseless else "not shown"
        rows.append({"figure": name, "interval": f"{low:.3f} to {high:.3f}", "better than none": told})
    return rows


def spread(tested, metric: str) -> str:
    low, high = tested.value(metric, what="low"), tested.value(metric, what="high")
    return "not known" if np.isnan(low) else f"{low:.2f} to {high:.2f}"
