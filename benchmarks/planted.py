"""Planted truth: the planted effects must come out, and nothing where nothing was planted.

Run from the project's root: ``python benchmarks/planted.py [--seeds 100] [--deals 300] [--jobs 2]``.
Invented data says nothing about real sales; this only tests whether the path finds what is there.
"""

import argparse
import concurrent.futures
import time

import numpy as np
import pandas as pd
from scipy.stats import binom
from sections import table, write_section
from sklearn.metrics import roc_auc_score

import salesinsight as si
from salesinsight.modeling import evaluate
from salesinsight.sample import NULL_FEATURES, PLANTED, PLANTED_WEAKLY, oracle


def one(seed: int, effect: float, n_deals: int) -> dict:
    """One invented export, from text to evaluation."""
    export = si.make_sample(n_deals=n_deals, effect=effect, seed=seed)
    tagged = si.tag_turns(export.turns, language=export.language)
    notes = si.tag_notes(export.conversations, language=export.language)
    data = si.make_dataset(export, si.conversation_features(export, tagged, notes))
    tested = evaluate(data, bootstrap=400, baselines=("B2", "B3"), seed=seed)
    rows = tested.oof[~tested.oof["newest"]].set_index(["deal_id", "landmark_at"])
    truth = oracle(export, rows.index.to_frame(index=False))["p_stalled"].to_numpy()
    y = rows["y"].to_numpy(dtype=float)
    # a deal that had closed before anybody entered it: whoever knows the truth knows its answer
    truth = np.where(np.isnan(truth), y, truth)
    base = tested.value("brier", "B2")
    found = {
        "seed": seed,
        "effect": effect,
        "deals": data.X.index.get_level_values(0).nunique(),
        "landmarks": len(data.X),
        "stalled": float(data.y.mean()),
        "AUC": tested.value("roc_auc"),
        "AUC B3": tested.value("roc_auc", "B3"),
        "AUC oracle": roc_auc_score(y, truth),
        "skill": 1 - tested.value("brier") / base,
        "skill B3": 1 - tested.value("brier", "B3") / base,
        "skill oracle": 1 - np.mean((truth - y) ** 2) / base,
        "gain": tested.value("gain_brier"),
        "gain low": tested.value("gain_brier", what="low"),
        "gain high": tested.value("gain_brier", what="high"),
    }
    return found | {f"r {name}": r for name, r in correlations(data).items()}


def correlations(data: si.Dataset) -> dict[str, float]:
    """Correlation of features with stalled at equal stage and amount, each deal counting once.

    Stage and amount move both the talk and the outcome in the invented data, so they are taken out first.
    """
    root = np.sqrt(data.weight.to_numpy())[:, None]
    amount = data.X["crm_amount_log10"].fillna(data.X["crm_amount_log10"].median())
    about = np.column_stack([pd.get_dummies(data.X["crm_stage"]).to_numpy(float), amount]) * root
    y = data.y.to_numpy(dtype=float)[:, None] * root
    found = {}
    for name in [*PLANTED, *PLANTED_WEAKLY, *NULL_FEATURES]:
        x = data.X[name].to_numpy(dtype=float)[:, None] * root
        known = ~np.isnan(x[:, 0])
        both = np.hstack([x, y])[known]
        left = both - about[known] @ np.linalg.lstsq(about[known], both, rcond=None)[0]
        found[name] = float(left[:, 0] @ left[:, 1] / np.sqrt((left**2).sum(axis=0).prod()))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--deals", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    began = time.perf_counter()
    work = [(seed, effect, asked.deals) for seed in range(asked.seeds) for effect in (1.0, 0.0)]
    with concurrent.futures.ProcessPoolExecutor(asked.jobs) as pool:
        runs = pd.DataFrame(list(pool.map(one, *zip(*work, strict=True), chunksize=2)))
    text = page(runs, asked)
    print(text)
    print(f"{time.perf_counter() - began:.0f} s")
    write_section("planted", text)


def page(runs: pd.DataFrame, asked: argparse.Namespace) -> str:
    """The section of docs/validation.md."""
    planted, nothing = (runs[runs["effect"] == effect] for effect in (1.0, 0.0))
    n = len(planted)
    signs = pd.DataFrame(
        [
            {
                "feature": name,
                "planted": sign,
                "right sign at effect 1": f"{(np.sign(planted[f'r {name}']) == int(sign + '1')).sum()} of {n}",
                "median correlation": f"{planted[f'r {name}'].median():+.3f}",
                "at effect 0": f"{nothing[f'r {name}'].median():+.3f}",
            }
            for name, sign in (PLANTED | PLANTED_WEAKLY).items()
        ]
    )
    nulls = pd.DataFrame(
        [
            {
                "null feature": name,
                "positive sign at effect 1": f"{(planted[f'r {name}'] > 0).sum()} of {n}",
                "median correlation": f"{planted[f'r {name}'].median():+.3f}",
            }
            for name in NULL_FEATURES
        ]
    )
    shown = ["AUC", "AUC B3", "AUC oracle", "skill", "skill B3", "skill oracle", "gain"]
    medians = runs.groupby("effect")[["landmarks", "stalled", *shown]].median().round(3).reset_index()
    above = pd.DataFrame(
        [
            {
                "effect": effect,
                "seeds": len(part),
                "gain above 0": (part["gain low"] > 0).sum(),
                "gain below 0": (part["gain high"] < 0).sum(),
            }
            for effect, part in runs.groupby("effect")
        ]
    )
    chance = int(binom.ppf(0.95, n, 0.025))
    return "\n\n".join(
        [
            "## Planted truth in invented data",
            f"`python benchmarks/planted.py --seeds {asked.seeds} --deals {asked.deals}`. Invented data: this tests "
            "the path, it is no evidence about sales. Features are the values of the last conversation, "
            "correlated with stalled at equal stage and amount, each deal counting once; spin_depth is planted only "
            "weakly, through the skill of nine sellers. Models are tested out of fold (time, accounts "
            "apart, purged).",
            table(signs),
            table(nulls),
            "Medians over the seeds; skill is Brier skill over B2, oracle is P(y4 | latents) on the same rows, "
            "gain is the Brier score of B3 (CRM alone) minus that of the full model:",
            table(medians),
            "In how many seeds does the 95 % interval of the gain lie above or below 0? At effect 0 at most "
            f"{chance} of {n} seeds above 0 are what chance allows (upper 95 % of a binomial with 2.5 %):",
            table(above),
        ]
    )


if __name__ == "__main__":
    main()
