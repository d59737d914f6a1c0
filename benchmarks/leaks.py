"""Leak probes on real tables with known leaks, on tables known to be clean, and on planted columns.

``python benchmarks/trust.py FOLDER leaks`` writes the section. FOLDER holds ``bank_marketing/`` (Moro, S., Rita,
P., & Cortez, P., 2014, UCI, https://doi.org/10.24432/C5K306) and ``xeducation/`` (a lead scoring export).
"""

import io
import time
import zipfile

import numpy as np
import pandas as pd
from sections import real_data, table
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

import salesinsight as si
from salesinsight.deals.shares import wilson
from salesinsight.modeling import leak_checks, leak_probe
from salesinsight.modeling.foretelling import FOLDS, Foretelling

TRAINED = 0.7
# what the description of the set and its own dates show to be written after the outcome
AFTERWARDS = [
    "Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity", "Asymmetrique Activity Index",
    "Asymmetrique Profile Index", "Asymmetrique Activity Score", "Asymmetrique Profile Score",
]  # fmt: skip
SEEDS, DEALS, SHUFFLES, ROWS = 20, 150, 200, 3000
Table = tuple[pd.DataFrame, pd.Series, pd.Series]


def section() -> str:
    with threadpool_limits(1):
        tables = {"bank marketing": bank(), "X Education": leads()}
        parts = [
            "## Leak probes",
            "`python benchmarks/trust.py FOLDER leaks`. A suspect is a question for a person. *after* is the area of "
            "all that is left when that column and those above it are dropped; *beside* names the suspect that a "
            "column seems to be filled in with.",
        ]
        for name, (X, y, moment) in tables.items():
            began = time.process_time()
            found = leak_probe(X, y, moment)
            took = time.process_time() - began
            checks = leak_checks(X, y, moment, suspects=found)
            parts += [
                f"### {name}: {len(X):,} rows, {X.shape[1]} columns, {y.mean():.1%} yes",
                f"Named, in {took:.1f} s of processor time:",
                table(found.round(3)),
                f"With headers replaced by numbers, so that no name helps: {nameless(X, y, moment)}.",
                "The checks (a logistic model on shares learned on other rows; rows held against rows of the same "
                "fifth of time):",
                table(checks.round(3)),
                NOTES[name],
                "A usual model, as people build it:",
                table(usual(name, X, y, moment, set(found["column"]))),
            ]
        return "\n\n".join([*parts, *clean(tables)])


def bank() -> Table:
    """Telephone calls in the order of time; there are no dates."""
    with zipfile.ZipFile(real_data("bank_marketing", "bank.zip")) as packed:
        name = next(name for name in packed.namelist() if name.endswith(".csv"))
        X = pd.read_csv(io.BytesIO(packed.read(name)), sep=";")
    return X.drop(columns="y"), (X["y"] == "yes").astype(int), pd.Series(np.arange(len(X)))


def leads() -> Table:
    """Leads; a later one has a higher number, but for the first digits all that is known of its date."""
    X = pd.read_csv(real_data("xeducation", "Leads.csv.gz"))
    return X.drop(columns=["Prospect ID", "Lead Number", "Converted"]), X["Converted"], X["Lead Number"]


def nameless(X: pd.DataFrame, y: pd.Series, moment: pd.Series) -> str:
    """What the figures alone name, and the area of what is left."""
    found = leak_probe(X.set_axis(range(X.shape[1]), axis=1), y, moment)
    named = [f"{X.columns[row.column]} ({row.reason})" for row in found.itertuples() if row.column != "*"]
    return ", ".join(named) + f"; {found['after'].iloc[-1]:.3f} is left"


NOTES = {
    "bank marketing": "`duration` is how long the call lasted: known only when the answer is. The share of yes climbs "
    "from 3 % to 46 % over the file, so that columns which follow the calendar look strong on random folds.",
    "X Education": "Nine columns are known to be written afterwards: " + ", ".join(AFTERWARDS) + ".",
}


def usual(name: str, X: pd.DataFrame, y: pd.Series, moment: pd.Series, named: set) -> pd.DataFrame:
    """Areas of a boosting and a logistic model on random folds and on later rows, with and without suspects."""
    left = {"all": list(X.columns), "without all that is named": [c for c in X.columns if c not in named]}
    if name == "X Education":
        left["without the nine"] = [c for c in X.columns if c not in AFTERWARDS]
    ready, order = Foretelling.of(X, y), moment.rank(method="first").to_numpy()
    early = order <= TRAINED * len(X)
    rows = []
    for what, columns in left.items():
        for tested in ("random folds", f"last {1 - TRAINED:.0%} of time"):
            row = {"columns": what, "tested on": tested}
            for kind, model in (("boosting", boosting()), ("logistic", logistic())):
                score = np.full(len(X), np.nan)
                parts = [(ready.fold != k, ready.fold == k) for k in range(FOLDS)]
                for train, test in parts if tested == "random folds" else [(early, ~early)]:
                    model.fit(categories(X[columns])[train], y[train])
                    score[test] = model.predict_proba(categories(X[columns])[test])[:, 1]
                row[kind] = "{:.3f} ({:.3f} to {:.3f})".format(*ready.figure(score))
            rows.append(row)
    return pd.DataFrame(rows)


def categories(X: pd.DataFrame) -> pd.DataFrame:
    texts = X.select_dtypes(exclude="number").columns
    return X.dropna(axis=1, how="all").astype(dict.fromkeys(texts, "category"))


def boosting() -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)


def logistic():
    texts = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing", missing_values=np.nan),
        OneHotEncoder(handle_unknown="ignore"),
    )
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer(
        (texts, make_column_selector(dtype_include="category")),
        (numbers, make_column_selector(dtype_include="number")),
    )
    return make_pipeline(columns, LogisticRegression(max_iter=1000))


def clean(tables: dict[str, Table]) -> list[str]:
    """How often something is named where nothing leaks, and how often a planted leak is."""
    alarms, caught = [], []
    for name, (X, y, moment) in tables.items():
        rng, named = np.random.default_rng(0), 0
        for _ in range(SHUFFLES):
            start = rng.integers(0, len(X) - ROWS)
            part = slice(start, start + ROWS)
            labels = pd.Series(rng.permutation(y[part]))
            named += not leak_probe(X[part].reset_index(drop=True), labels, moment[part]).empty
        alarms.append(
            {
                "clean tables": f"{name}, {ROWS:,} rows in a row, outcomes shuffled",
                "n": SHUFFLES,
                "named": named,
            }
        )
    invented = [sample(seed) for seed in range(SEEDS)]
    named = sum(not leak_probe(X, y, moments(X)).empty for X, y, _ in invented)
    alarms.append({"clean tables": f"`make_sample({DEALS})`, other seeds", "n": SEEDS, "named": named})
    named = sum(
        not leak_probe(X, shuffled(X, y, s), moments(X)).empty for s, (X, y, _) in enumerate(invented)
    )
    alarms.append({"clean tables": "the same, outcomes of other deals", "n": SEEDS, "named": named})
    for what, column in PLANTED.items():
        hits = [leak_probe(X.assign(planted=column(X, y, t)), y, moments(X)) for X, y, t in invented]
        times = sum("planted" in set(found["column"]) for found in hits)
        others = sum(bool(set(found["column"]) - {"planted", "*"}) for found in hits)
        caught.append({"planted column": what, "n": SEEDS, "caught": times, "others named besides": others})
    drawn = [leak_checks(X, y, moments(X)).set_index("check") for X, y, _ in invented]
    permuted = np.array([one.loc["permuted", "auc"] for one in drawn])
    half = 1.96 * permuted.std(ddof=1) / np.sqrt(len(permuted))
    passed = {check: sum(bool(one.loc[check, "passed"]) for one in drawn) for check in ("permuted", "canary")}
    gap = np.mean([one.loc["random", "auc"] - one.loc["later", "auc"] for one in drawn])
    return [
        "### False alarms on clean tables",
        "*most*: the upper end of the 95 % interval (Wilson) of the share on which something is named.",
        table(pd.DataFrame(alarms).assign(most=[f"{wilson(a['named'], a['n'])[1]:.1%}" for a in alarms])),
        "Planted in the invented exports:",
        table(pd.DataFrame(caught)),
        f"Checks on these exports: shuffled labels give {permuted.mean():.3f} ({permuted.mean() - half:.3f} to "
        f"{permuted.mean() + half:.3f}) and pass {passed['permuted']} of {SEEDS} times; the canary is seen "
        f"{passed['canary']} of {SEEDS} times; random folds flatter by {gap:.3f} on average. A weak leak that does not "
        "stand out from honest columns is not found, by this or any probe on the figures alone.",
    ]


def sample(seed: int) -> Table:
    export = si.make_sample(n_deals=DEALS, seed=seed)
    tagged = si.tag_turns(export.turns, language=export.language)
    notes = si.tag_notes(export.conversations, language=export.language)
    data = si.make_dataset(export, si.conversation_features(export, tagged, notes))
    return data.X, data.y, data.time


def moments(X: pd.DataFrame) -> pd.Index:
    return X.index.get_level_values("landmark_at")


def shuffled(X: pd.DataFrame, y: pd.Series, seed: int) -> pd.Series:
    return pd.Series(Foretelling.of(X, y).shuffled(seed).y, X.index)


def blurred(X: pd.DataFrame, y: pd.Series, noise: float) -> np.ndarray:
    return y.to_numpy(float) + np.random.default_rng(0).normal(size=len(y)) * noise


# what a careless export could hold at each landmark
PLANTED = {
    "the outcome with little noise (area 0.99)": lambda X, y, t: blurred(X, y, 0.3),
    "the outcome with more noise (area 0.92)": lambda X, y, t: blurred(X, y, 0.5),
    "the outcome with much noise (area 0.80)": lambda X, y, t: blurred(X, y, 0.85),
    "days to the next event": lambda X, y, t: t.to_numpy(float),
    "a reason of loss, filled in for half of the stalled": lambda X, y, t: np.where(
        (y.to_numpy(float) == 1) & (np.random.default_rng(0).random(len(y)) < 0.5), "geen besluit", None
    ),
}
