"""PersuasionForGood, from file to report: conversations in which people promised a donation and paid it or not.

Run from the project's root: ``python benchmarks/persuasion.py FOLDER``, where FOLDER holds ``p4g/``.
A broken promise is not quite a *misschien*: these people agreed in words. The set exercises the path on
words that nobody here wrote; it gives no verdict on requests or commitments.
"""

import pathlib
import tempfile

import numpy as np
import pandas as pd
from sections import real_data, table, write_section
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

import salesinsight as si

# measured on the same sentences by the version of commit d5c1614, in which cues alone gave the labels
BEFORE = (
    "With labels from cues alone the full model had an AUC of 0.48 (0.41 to 0.55), and a gain in log-loss over B3 of "
    "0.038 (0.009 to 0.067)."
)
NAMES = {
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "brier": "Brier",
    "brier_skill_b2": "Brier skill over B2",
    "log_loss": "log-loss (4 outcomes)",
    "calibration_slope": "calibration slope",
    "gain_brier": "gain over B3 (Brier)",
    "gain_log_loss": "gain over B3 (log-loss)",
}


def main() -> None:
    folder = real_data("p4g")
    export = si.read_export(folder, profile="persuasionforgood")
    tagged = si.tag_turns(export.turns, language="en")
    features = si.conversation_features(export, tagged)
    data = si.make_dataset(export, features, landmarks="conversation")
    with tempfile.TemporaryDirectory() as place:
        run = si.train(data, folder=pathlib.Path(place) / "run", splits="grouped")
        open_ = si.open_deals(export, features, at="2018-09-10")
        report = si.write_report(
            pathlib.Path(place) / "report",
            export=export,
            tagged=tagged,
            hits=si.evidence(tagged),
            features=features,
            notes=None,
            data=data,
            open_=open_,
            run=run,
            scores=run.score(open_),
            language="en",
        )
        size = report.stat().st_size
    text = page(export, data, run, tfidf(export, data), size)
    print(text)
    write_section("persuasion", text)


def tfidf(export: si.Export, data: si.Dataset) -> pd.DataFrame:
    """B7, words alone: TF-IDF and a logistic model, five random folds of dialogues."""
    words = export.turns.groupby("conversation_id")["text"].agg(" ".join)
    y4 = data.y4.droplevel("landmark_at")
    tasks = {
        "stalled (broken promise) against the rest": (y4.index, y4 == "stalled"),
        "broken promise, given a promise": (y4.index[y4 != "lost"], y4[y4 != "lost"] == "stalled"),
        "paid, of all": (y4.index, y4 == "won"),
    }
    rows = []
    for name, (deals, y) in tasks.items():
        model = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2), LogisticRegression(max_iter=2000))
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        p = cross_val_predict(model, words[deals], y.to_numpy(bool), cv=folds, method="predict_proba")[:, 1]
        truth = y.to_numpy(bool)
        low, high = auc_interval(truth, p)
        auc = f"{roc_auc_score(truth, p):.2f} ({low:.2f} to {high:.2f})"
        rows.append(
            {"words alone (TF-IDF + logistic)": name, "n": len(y), "of which": truth.sum(), "AUC": auc}
        )
    return pd.DataFrame(rows)


def given_promise(run: si.Run) -> str:
    """AUC of the full model among those who promised: broken or kept."""
    rows = run.oof[run.oof["y4"] != "lost"]
    broken = (rows["y4"] == "stalled").to_numpy(bool)
    p = (rows["p_stalled"] / (rows["p_stalled"] + rows["p_won"])).to_numpy(float)
    low, high = auc_interval(broken, p)
    return f"{roc_auc_score(broken, p):.2f} ({low:.2f} to {high:.2f}), n = {len(rows)}, of which {broken.sum()} broken"


def auc_interval(truth: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    """95 % of the AUC over 1,000 resamples of dialogues."""
    draws = np.random.default_rng(0).integers(0, len(truth), size=(1000, len(truth)))
    low, high = np.quantile([roc_auc_score(truth[d], p[d]) for d in draws], [0.025, 0.975])
    return float(low), float(high)


def page(export: si.Export, data: si.Dataset, run: si.Run, words: pd.DataFrame, size: int) -> str:
    """The section of docs/validation.md."""
    counts = {
        name: len(getattr(export, name)) for name in ("turns", "conversations", "deals", "events", "rejects")
    }
    outcomes = data.y4.value_counts().to_dict() | data.left_out["reason"].value_counts().to_dict()
    metrics = run.metrics[run.metrics["metric"].isin(NAMES)].copy()
    spread = metrics["low"].map("{:.3f}".format) + " to " + metrics["high"].map("{:.3f}".format)
    metrics["cell"] = metrics["value"].map("{:.3f}".format) + " (" + spread + ")"
    metrics = metrics[metrics["value"].notna()]
    grid = metrics.pivot(index="model", columns="metric", values="cell").reindex(columns=list(NAMES))
    full = run.metrics[run.metrics["model"] == "full"].set_index("metric")
    verdict = "do" if full.loc["gain_brier", "low"] > 0 else "do not demonstrably"

    def gained(metric: str) -> str:
        row = full.loc[metric]
        return f"{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f})"

    return "\n\n".join(
        [
            "## PersuasionForGood: from file to report, in English",
            "`python benchmarks/persuasion.py FOLDER`, read by the shipped profile `persuasionforgood` alone. Won is "
            "promised and paid, stalled is promised and not paid, lost is neither; paid without a promise is kept "
            "apart (lost without reason). No outcome dates, so lag and grace are 0, the horizon is 1 day and the "
            "folds are random, grouped by dialogue: nothing here tests time. A broken promise is not quite a "
            "*misschien*: these people agreed in words.",
            "Read: "
            + ", ".join(f"{n} {name}" for name, n in counts.items())
            + f"; report of {size // 1000} kB.",
            "Outcomes and what was left out: "
            + ", ".join(f"{name} {n}" for name, n in outcomes.items())
            + ".",
            "How well questions and requests are found in these talks stands under *what is said* "
            "(`python benchmarks/tagging.py quality`).",
            BEFORE,
            table(grid.reset_index().rename(columns=NAMES)),
            "A model that says the same of everyone (B0, and B1, B2, B3 and B8 here) has an AUC below 0.5: over "
            "random folds its share in training is low where the share in the test part is high.",
            f"For stalled, conversation features {verdict} add to a model without them (B3 has no stage, amount or "
            f"history to go on in this set). Over all four outcomes the gain in log-loss is {gained('gain_log_loss')}. "
            f"Full model, broken against kept promises: AUC {given_promise(run)}.",
            table(words),
        ]
    )


if __name__ == "__main__":
    main()
