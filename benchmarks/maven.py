"""A negative control: an invented CRM pipeline in which nothing foretells the outcome (Maven).

``python benchmarks/trust.py FOLDER maven`` writes the section. FOLDER holds ``maven_crm/``.
"""

import pathlib

import numpy as np
import pandas as pd
from leaks import categories, logistic
from real_exports import refusal
from sections import real_data, table
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold
from threadpoolctl import threadpool_limits

import salesinsight as si
from salesinsight.modeling import leak_probe
from salesinsight.modeling.foretelling import FOLDS, Foretelling
from salesinsight.modeling.metrics import interval, resamples

PROFILE = pathlib.Path(__file__).parent / "profiles" / "maven.toml"
KNOWN = [
    "sales_agent",
    "product",
    "account",
    "sector",
    "revenue",
    "employees",
    "office_location",
    "year_established",
]
KNOWN += ["manager", "regional_office", "series", "sales_price", "month"]


def section() -> str:
    folder = real_data("maven_crm")
    export = si.read_export(folder, PROFILE)
    closed = opportunities(folder)
    y = (closed["deal_stage"] == "Won").astype(int)
    engaged = pd.to_datetime(closed["engage_date"], format="%m/%d/%Y")
    raw = closed.drop(columns=["opportunity_id", "deal_stage"])
    with threadpool_limits(1):
        found = leak_probe(raw, y, engaged, profile=PROFILE)
        rows = control(closed[KNOWN], y, closed["account"].fillna(closed["opportunity_id"]))
    return "\n\n".join(
        [
            "## A control in which nothing is to be found (Maven CRM)",
            f"`python benchmarks/trust.py FOLDER maven`. Fictitious, {len(export.deals):,} opportunities, without "
            "conversations and without a history of stages. It is read whole, and refused for stalls:",
            f"*{refusal(PROFILE)}*",
            f"Won or lost of the {len(closed):,} closed ones, from what is known when they begin, five folds of whole "
            "accounts, 95 % intervals over accounts. The gain is in Brier score over the share won in training, its "
            "interval widened for the training rows that folds share; one that holds 0 is what a control must give.",
            table(pd.DataFrame(rows)),
            "And on the table as it is exported, before anybody thinks about dates, the probe names:",
            table(found.round(3)) if len(found) else "nothing",
            "`close_value` is the price paid: 0 when lost. `close_date` is marked by the profile, as the end of a deal.",
        ]
    )


def opportunities(folder) -> pd.DataFrame:
    """Closed opportunities with what the other files say of account, product and seller."""
    pipeline = pd.read_csv(folder / "sales_pipeline.csv")
    pipeline["product"] = pipeline["product"].replace("GTXPro", "GTX Pro")
    pipeline["month"] = pd.to_datetime(pipeline["engage_date"], format="%m/%d/%Y").dt.month
    for file, key in (("accounts", "account"), ("products", "product"), ("sales_teams", "sales_agent")):
        pipeline = pipeline.merge(pd.read_csv(folder / f"{file}.csv"), on=key, how="left")
    return pipeline[pipeline["deal_stage"].isin(["Won", "Lost"])].reset_index(drop=True)


def control(X: pd.DataFrame, y: pd.Series, account: pd.Series) -> list[dict]:
    """Area and gain of usual models, tuned on their training part, on accounts that they did not see."""
    few = HistGradientBoostingClassifier(
        categorical_features="from_dtype", max_leaf_nodes=8, min_samples_leaf=50, random_state=0
    )
    inner = {"scoring": "neg_brier_score", "cv": GroupKFold(5)}
    linear = GridSearchCV(logistic(), {"logisticregression__C": np.logspace(-5, -1, 5)}, **inner)
    bent = GridSearchCV(few, {"max_iter": [1, 10, 50]}, **inner)
    without = X.drop(columns="month")
    return [
        tested("logistic", linear, without, y, account),
        tested("boosting", bent, without, y, account),
        tested("boosting, with the month it began", bent, X, y, account),
    ]


def tested(name: str, model, X: pd.DataFrame, y: pd.Series, account: pd.Series) -> dict:
    """One row: the area, and what is gained over the share won in training."""
    deals = pd.MultiIndex.from_arrays([account], names=["deal_id"])
    ready, truth, told = Foretelling.of(X.set_axis(deals), y), y.to_numpy(float), categories(X)
    p, base = np.empty(len(y)), np.empty(len(y))
    for number in range(FOLDS):
        train, test = ready.fold != number, ready.fold == number
        model.fit(told[train], truth[train], groups=ready.deal[train])
        p[test] = model.predict_proba(told[test])[:, 1]
        base[test] = truth[train].mean()
    better = (base - truth) ** 2 - (p - truth) ** 2
    gain = interval(np.concatenate([w @ better / w.sum(axis=1) for w in resamples(ready.deal, 1000)]))
    # wider, for the training rows that folds share, as `evaluate` does (Nadeau and Bengio, 2003)
    wider = np.sqrt(1 + FOLDS / (FOLDS - 1))
    low, high = (gain["value"] + wider * (gain[edge] - gain["value"]) for edge in ("low", "high"))
    return {
        "model": name,
        "n": len(y),
        "won": f"{truth.mean():.1%}",
        "AUC": "{:.3f} ({:.3f} to {:.3f})".format(*ready.figure(p)),
        "gain": f"{gain['value']:.5f} ({low:.5f} to {high:.5f})",
        "holds 0": "yes" if low <= 0 <= high else "no",
    }
