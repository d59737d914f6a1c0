"""Do the intervals hold what they should: many firms drawn from invented worlds of which the truth is known.

A world is a `make_sample` of thousands of deals. A firm is a draw of whole accounts from it. On the last Monday
whose windows have closed the firm looks back: it has the windows closed by then, makes its folds in time, fits, gives
figures with their intervals, and scores the deals open on that Monday. What came of those is known, and so is how
the firm's own models do on all other customers: what each interval should have held. There are several worlds, since
all firms of one score deals of the same Monday.
"""

import concurrent.futures
import dataclasses

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

import salesinsight as si
from salesinsight.modeling.baselines import predict_baseline
from salesinsight.modeling.conformal import conformal_sets
from salesinsight.modeling.fitted import fitted_names
from salesinsight.modeling.fitting import fit_kind, fit_model, row_weights
from salesinsight.modeling.metrics import _figures, score_models
from salesinsight.modeling.pipelines import (
    DEFAULT_C,
    model_columns,
    predict_four,
    predict_stalled,
)
from salesinsight.modeling.recalibration import likely_share
from salesinsight.modeling.scoring import _sum
from salesinsight.modeling.splits import PARTS, Fold, make_folds, window_times
from salesinsight.modeling.training import _bands, _dispersion, _replicates
from salesinsight.sample import oracle
from salesinsight.schema import Y4

WORLDS, WORLD_DEALS, ACCOUNTS, DRAWS = 6, 10_000, 300, 1000
# deals alike are looked for among the lists of so many days before
ALIKE, LATELY, SAMPLE = 1000, 91, 1000
MODE = "voorlopig"
FIXED = {"C": DEFAULT_C[MODE]}
METRICS = [
    "prevalence",
    "brier",
    "log_loss",
    "roc_auc",
    "pr_auc",
    "calibration_intercept",
    "calibration_slope",
    "ece",
]
FIRST_WORLD, WORLD = 77, {}


def make_world(n_deals: int, seed: int) -> None:
    """Invent a world, and fit what the same model would say after all of its deals."""
    export = si.make_sample(n_deals=n_deals, seed=seed)
    tagged, notes = si.tag_turns(export.turns), si.tag_notes(export.conversations)
    data = si.make_dataset(export, si.conversation_features(export, tagged, notes))
    # one summary per family, as a small firm's model has: a thousand firms must be fitted within the hour
    data = dataclasses.replace(data, X=data.X[model_columns(data.X.columns, MODE)], mode=MODE)
    with threadpool_limits(1):
        limit, _ = fit_kind("logistic", data, np.arange(len(data.X)), calibrate=False, tuned=FIXED)
    WORLD.update(
        data=data,
        at=window_times(data)[0],
        known_at=window_times(data)[1],
        account=pd.factorize(data.groups)[0],
        limit=predict_four(limit, data.X)["p_stalled"].to_numpy(),
        truth=oracle(export, data.X)["p_stalled"].to_numpy(),
    )


def simulate(simulations: int, jobs: int) -> pd.DataFrame:
    """One row per firm, with what `one` found."""
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        firms = pool.map(firms_of, range(WORLDS), np.array_split(np.arange(simulations), WORLDS))
        return pd.concat(firms, ignore_index=True)


def firms_of(world: int, seeds: np.ndarray) -> pd.DataFrame:
    """The firms of one world."""
    make_world(WORLD_DEALS, FIRST_WORLD + world)
    return pd.DataFrame([one(int(seed)) for seed in seeds]).assign(world=world)


def one(seed: int) -> dict:
    """One firm: whether each of its intervals held what it should, and how wide it was."""
    rng = np.random.default_rng([7, seed])
    place = rng.permutation(WORLD["account"].max() + 1)[WORLD["account"]]
    mine, others = place < ACCOUNTS, place >= ACCOUNTS
    today = WORLD["at"].max()
    lately = WORLD["at"] > today - np.timedelta64(LATELY, "D")
    learned = np.flatnonzero(mine & (WORLD["known_at"] <= today))
    data = take(learned)
    with threadpool_limits(1):
        folds = make_folds(data, "time", seed=seed)
        if not folds:
            return {"seed": seed}
        deals = data.X.index.get_level_values("deal_id").nunique()
        found = {"seed": seed, "deals": deals, "landmarks": len(learned)}
        told, elsewhere = out_of_fold(data, folds, np.where(mine, -1, place % PARTS))
        found |= figures(told, elsewhere, seed) | bands(told, elsewhere)
        sample = elsewhere.sample(SAMPLE, weights="weight", random_state=seed)
        found |= sets(told, _probabilities(sample, "full"), sample["y4"].to_numpy(), "tested")
        listed = np.flatnonzero(mine & (WORLD["at"] == today))
        return found | next_list(told, data, listed, np.flatnonzero(others & lately), seed)


def take(rows: np.ndarray) -> si.Dataset:
    """Some rows of the world as a data set of their own."""
    data = WORLD["data"]
    parts = ("X", "groups", "weight", "info", "y", "y4", "time", "event", "label")
    return dataclasses.replace(data, **{name: getattr(data, name).iloc[rows] for name in parts})


def out_of_fold(data: si.Dataset, folds: list[Fold], part: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the models of the folds say of the firm's own rows, and of other customers in the same weeks.

    Both with p_<model>_<outcome>, y, y4, deal, landmark_at and account; the weight of the others makes each fold
    count as much as it does among the firm's own rows. As its own accounts, each other customer is in one `part`.
    B3 takes medians and scales from the full model, so that the tables are made once.
    """
    at, elsewhere = window_times(data)[0], WORLD["at"]
    own_rows, other_rows = [], []
    for fold in folds:
        block = at[np.concatenate([other.test for other in folds if other.block == fold.block])]
        weeks = (elsewhere >= block.min()) & (elsewhere <= block.max())
        same = take(np.flatnonzero(weeks & (part == fold.part)))
        both = pd.concat([_answers(data, fold.test), _answers(same, slice(None))], ignore_index=True)
        told = _logistic(data, fold, same) | {"B2": _stage_table(data, same, fold)}
        for name, P in told.items():
            both[[f"p_{name}_{place}" for place in range(4)]] = P
        m = len(fold.test)
        own_rows.append(both.iloc[:m].assign(weight=1.0))
        other_rows.append(both.iloc[m:].assign(weight=m / len(same.X)))
    return pd.concat(own_rows, ignore_index=True), pd.concat(other_rows, ignore_index=True)


def _logistic(data: si.Dataset, fold: Fold, same: si.Dataset) -> dict[str, np.ndarray]:
    """The full model and B3, fitted on the fold's training rows."""
    full, _ = fit_kind("logistic", data, fold.train, calibrate=False, tuned=FIXED)
    columns, last = (step for _, step in full.steps)
    n = len(fold.train)
    table = columns.transform(pd.concat([data.X.iloc[np.r_[fold.train, fold.test]], same.X]))
    crm = model_columns(list(data.X.columns), data.mode, conversation=False)
    about = [name.startswith("crm_") or name in fitted_names(crm) for name in columns.get_feature_names_out()]
    y4, weight = data.y4.to_numpy(dtype=object)[fold.train], row_weights("logistic", data, fold.train)
    bare = fit_model(Pipeline([("model", last)]), table[:n, about], y4, weight)
    return {"full": _four(last, table[n:]), "B3": _four(bare, table[n:, about])}


def _four(model, table: np.ndarray) -> np.ndarray:
    place = {outcome: number for number, outcome in enumerate(model.classes_)}
    told = np.column_stack([model.predict_proba(table), np.zeros(len(table))])
    return told[:, [place.get(outcome, -1) for outcome in Y4]]


def _stage_table(own: si.Dataset, same: si.Dataset, fold: Fold) -> np.ndarray:
    """B2 learned on the fold's training rows."""
    rows = np.r_[fold.train, fold.test]
    # of X it takes the deals and the dates
    needed = {"X": [], "info": ["stage", "days_in_stage"]}
    joined = {
        name: pd.concat([getattr(own, name)[columns].iloc[rows], getattr(same, name)[columns]])
        for name, columns in needed.items()
    }
    joined |= {
        name: pd.concat([getattr(own, name).iloc[rows], getattr(same, name)]) for name in ("y", "y4", "time")
    }
    every = np.arange(len(joined["X"]))
    n = len(fold.train)
    return predict_baseline("B2", [], dataclasses.replace(own, label=None, **joined), every[:n], every[n:])


def _answers(data: si.Dataset, rows: np.ndarray | slice) -> pd.DataFrame:
    index = data.X.index[rows]
    return pd.DataFrame(
        {
            "y4": data.y4.to_numpy(dtype=object)[rows], "y": data.y.to_numpy(dtype=float)[rows],
            "deal": index.get_level_values("deal_id").to_numpy(dtype=object),
            "landmark_at": index.get_level_values("landmark_at"),
            "account": data.groups.to_numpy(dtype=object)[rows],
        }
    )  # fmt: skip


def _probabilities(table: pd.DataFrame, model: str) -> np.ndarray:
    return table[[f"p_{model}_{place}" for place in range(4)]].to_numpy()


def figures(told: pd.DataFrame, elsewhere: pd.DataFrame, seed: int) -> dict:
    """The metrics with their intervals against the same metrics of the same models among other customers."""
    models = ("full", "B2", "B3")
    predictions = {name: _probabilities(told, name) for name in models}
    parts = [told[name].to_numpy(dtype=object) for name in ("y4", "account", "deal")]
    nobody = dict.fromkeys(models, np.zeros(len(told), dtype=bool))
    table, _ = score_models(predictions, *parts, nobody, draws=DRAWS, seed=seed)
    table = table.set_index(["model", "metric"])
    y4, y, weight = (elsewhere[name].to_numpy() for name in ("y4", "y", "weight"))
    listed = np.zeros(len(y), dtype=bool)
    truth = {
        name: {key: value[0] for key, value in _figures(P, y4, y, weight[None], listed).items()}
        for name, P in ((name, _probabilities(elsewhere, name)) for name in models)
    }
    truth["full"]["ece"] = np.abs(truth["full"]["ece"]).sum()
    right = {("full", metric): truth["full"][metric] for metric in METRICS}
    right["full", "brier_skill_b2"] = 1 - truth["full"]["brier"] / truth["B2"]["brier"]
    for metric, sign in (("brier", -1), ("log_loss", -1), ("roc_auc", 1)):
        right["full", f"gain_{metric}"] = sign * (truth["full"][metric] - truth["B3"][metric])
    found = {}
    for (model, metric), value in right.items():
        row = table.loc[(model, metric)]
        found |= _one_figure(metric, value, row["value"], row["low"], row["high"])
    return found


def bands(told: pd.DataFrame, elsewhere: pd.DataFrame) -> dict:
    """Share of stalled deals per band, against that of other customers with the same probabilities."""
    names = {"p_full_3": "p_stalled", "deal": "deal_id", "account": "group"}
    p, y, weight = (elsewhere[name].to_numpy() for name in ("p_full_3", "y", "weight"))
    found = {}
    for band in _bands(told.rename(columns=names).assign(newest=False)):
        inside = (p >= band["from"]) & (p < band["to"])
        right = np.average(y[inside], weights=weight[inside])
        found |= _one_figure(f"band {band['band']}", right, band["share"], band["low"], band["high"])
    return found


def next_list(told: pd.DataFrame, data: si.Dataset, today: np.ndarray, others: np.ndarray, seed: int) -> dict:
    """The deals open today: conformal sets, the expected number of stalled deals, the interval of each p_stalled."""
    open_ = take(today)
    model, _ = fit_kind("logistic", data, np.arange(len(data.X)), calibrate=False, tuned=FIXED)
    P, y4 = predict_four(model, open_.X).to_numpy(), open_.y4.to_numpy(dtype=object)
    table = model.named_steps["columns"].transform(open_.X)
    fits = np.array(
        [predict_stalled(fit, table) for fit in _replicates("logistic", model, data, False, seed)]
    )
    tested = told.rename(columns={"p_full_3": "p_stalled", "account": "group"})
    dispersion = _dispersion(tested)
    count, low, high = _sum(P[:, 3], fits, np.ones(len(P)), dispersion)
    found = {"open": len(P), "dispersion": dispersion}
    found |= _one_figure("expected", float((y4 == "stalled").sum()), count, low, high)
    low, high = likely_share(P[:, 3], fits, tested)
    elsewhere = predict_four(model, take(others).X)["p_stalled"].to_numpy()
    alike = share_of_alike(P[:, 3], elsewhere, WORLD["truth"][others])
    for name, right in {"alike": alike, **{name: WORLD[name][today] for name in ("limit", "truth")}}.items():
        known = ~np.isnan(right)
        found[f"p_{name}.held"] = np.mean(((low <= right) & (right <= high))[known])
    found["p.width"] = np.mean(high - low)
    return found | sets(told, P, y4, "set")


def sets(told: pd.DataFrame, P: np.ndarray, y4: np.ndarray, name: str) -> dict:
    """How many conformal sets held the outcome."""
    named = conformal_sets(_probabilities(told, "full"), told["y4"], told["deal"], P).str.split("|").tolist()
    held = np.array([outcome in names for outcome, names in zip(y4, named, strict=True)])
    found = {f"{name}.size": np.mean([len(names) for names in named])}
    for words, those in {"": y4 != "", **{f" {outcome}": y4 == outcome for outcome in Y4}}.items():
        found |= {f"{name}{words}.n": those.sum(), f"{name}{words}.held": held[those].sum()}
    return found


def share_of_alike(p: np.ndarray, elsewhere: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """What share truly stalls of the `ALIKE` other deals to which the same model gives nearly the same chance."""
    known = ~np.isnan(truth)
    order = np.argsort(elsewhere[known])
    sums = np.append(0.0, np.cumsum(truth[known][order]))
    middle = np.searchsorted(elsewhere[known][order], p)
    first = np.clip(middle - ALIKE // 2, 0, known.sum() - ALIKE)
    return (sums[first + ALIKE] - sums[first]) / ALIKE


def _one_figure(name: str, truth: float, value: float, low: float, high: float) -> dict:
    edges = {"truth": truth, "value": value, "low": low, "high": high}
    return {f"{name}.{what}": number for what, number in edges.items()}
