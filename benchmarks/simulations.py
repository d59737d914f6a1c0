"""Simulations: planted labels against labels found, and whether intervals hold what they should.

``python benchmarks/trust.py FOLDER simulations`` writes the section; run alone it takes ``--simulations 1000 --deals
5000 --seeds 6 --jobs 2`` and ``--only skill`` or ``--only intervals``. Needs no real data. Invented data says nothing
about real sales: this tests whether what the library promises of its figures is so.
"""

import argparse
import concurrent.futures
import resource
import time

import numpy as np
import pandas as pd
from invented_firms import ALIKE, FIXED, LATELY, WORLD_DEALS, WORLDS, simulate
from planted_labels import planted_features
from sections import table, write_section

import salesinsight as si
from salesinsight.deals.shares import wilson
from salesinsight.modeling.metrics import interval, resamples
from salesinsight.modeling.training import _test
from salesinsight.sample import oracle

KINDS = ("logistic",)
DRAWS = 1000
AVERAGED = ("of planted", "of planted, chance of outcomes taken out", "calibration slope")


def section(simulations: int = 1000, deals: int = 5000, seeds: int = 6, jobs: int = 2, only: str = "") -> str:
    """Both parts of the page."""
    parts = ["## Simulations", "`python benchmarks/trust.py FOLDER simulations`. Invented data only."]
    if only != "intervals":
        with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
            runs = pd.DataFrame(list(pool.map(one_export, range(1, seeds + 1), [deals] * seeds)))
        parts += skill_page(runs, deals)
    if only != "skill":
        began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        firms = simulate(simulations, jobs)
        seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began
        parts += interval_page(firms.dropna(subset="brier.value"), seconds)
    return "\n\n".join(parts)


def one_export(seed: int, n_deals: int) -> dict:
    """From text to figures twice: with the taggers' labels, and with the labels that were planted."""
    laps, began = {}, time.process_time()

    def lap(name: str) -> None:
        nonlocal began
        laps[name], began = time.process_time() - began, time.process_time()

    export = si.make_sample(n_deals=n_deals, seed=seed)
    lap("make")
    tagged, notes = si.tag_turns(export.turns), si.tag_notes(export.conversations)
    lap("tag")
    found = si.make_dataset(export, si.conversation_features(export, tagged, notes))
    lap("features")
    planted = si.make_dataset(export, planted_features(export, tagged, notes))
    lap("planted")
    tested = {"found": _test(found, KINDS, "time", DRAWS, seed)}
    lap("evaluate")
    tested["planted"] = _test(planted, KINDS, "time", DRAWS, seed)
    oof = {name: run.oof[~run.oof["newest"]].reset_index(drop=True) for name, run in tested.items()}
    rows = oof["found"]
    y, group = rows["y"].to_numpy(dtype=float), rows["group"].to_numpy(dtype=object)
    p = {name: part["p_stalled"].to_numpy() for name, part in oof.items()} | {
        "B2": rows["p_B2"],
        "B3": rows["p_B3"],
    }
    known = oracle(export, rows[["deal_id", "landmark_at"]])["p_stalled"].to_numpy()
    # a deal that had closed before anybody entered it: whoever knows the truth knows its answer
    p["oracle"] = np.where(np.isnan(known), y, known)
    losses = np.column_stack([(np.asarray(values) - y) ** 2 for values in p.values()])
    drawn = np.vstack(
        [weights @ losses / weights.sum(axis=1, keepdims=True) for weights in resamples(group, DRAWS)]
    )
    brier = dict(zip(p, drawn.T, strict=True))
    run = tested["found"]
    told = {"seed": seed, "landmarks": len(rows), "deals tested": rows["deal_id"].nunique()}
    told |= {
        f"skill {name}": within(1 - brier[name] / brier["B2"])
        for name in ("found", "planted", "oracle", "B3")
    }
    told["of planted"] = within((brier["B2"] - brier["found"]) / (brier["B2"] - brier["planted"]))
    expected = {
        name: float(((np.asarray(values) - p["oracle"]) ** 2 + p["oracle"] * (1 - p["oracle"])).mean())
        for name, values in p.items()
    }
    kept = (expected["B2"] - expected["found"]) / (expected["B2"] - expected["planted"])
    told["of planted, chance of outcomes taken out"] = f"{kept:.3f}"
    slope = [run.value("calibration_slope", what=what) for what in ("value", "low", "high")]
    told["calibration slope"] = said(*slope)
    told["temperature"] = "yes" if run.calibrated else "no"
    return told | {f"s {name}": round(seconds, 1) for name, seconds in laps.items()}


def mean(told: pd.Series) -> str:
    """The mean of what stands first in each cell."""
    return f"{told.str.split().str[0].astype(float).mean():.3f}"


def within(values: np.ndarray) -> str:
    """A figure of the data themselves with its 95 % interval."""
    return said(**interval(values))


def said(value: float, low: float, high: float) -> str:
    """0.123 (0.100 to 0.150)."""
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def skill_page(runs: pd.DataFrame, deals: int) -> list[str]:
    """What the taggers cost."""
    times = runs[[name for name in runs if name.startswith("s ")]]
    return [
        f"### From text to figures at {deals:,} deals: labels found against labels planted",
        "The same pipeline (the logistic model, tested out of fold in time as `train` does) on the features counted on "
        "the taggers' labels and on the labels that the turns were made from. Skill is Brier skill over B2, on the "
        "same landmarks; *of planted* is the share of it that is left with the taggers' labels, resampled by account, and "
        "once more with P(y4 | latents) in the place of what happened to become of each deal; "
        "oracle is P(y4 | latents), which knows of each deal what no conversation tells in full. Asked: at least 0.95, "
        "and a calibration slope within 0.9 to 1.1.",
        table(runs.drop(columns=times.columns)),
        "On average over the exports: " + ", ".join(f"{name} {mean(runs[name])}" for name in AVERAGED) + ".",
        "Seconds of processor time, median: "
        + ", ".join(f"{name.removeprefix('s ')} {value:.0f}" for name, value in times.median().items())
        + ".",
    ]


def interval_page(firms: pd.DataFrame, seconds: float) -> list[str]:
    """Whether the intervals held."""
    n = len(firms)
    rows = [coverage(firms, name, words) for name, words in FIGURES.items()]
    outcomes = ("won", "lost", "progress", "stalled")
    sets = [
        {"outcome": words, **sets_held(firms, name)}
        for name, words in {"": "all", **{f" {y}": y for y in outcomes}}.items()
    ]
    return [
        f"### Intervals and sets over {n:,} invented firms",
        f"{WORLDS} worlds of {WORLD_DEALS:,} deals. A firm is a draw of whole accounts from one of them "
        f"({firms['deals'].median():.0f} deals with "
        f"{firms['landmarks'].median():.0f} closed windows, the middle firm), which looks back on the last Monday whose "
        "windows have closed: folds in time, a logistic model of one summary per family with C fixed at "
        f"{FIXED['C']}, figures with their intervals, and a score of the {firms['open'].median():.0f} deals open that day. *Held* is the share "
        "of firms whose 95 % interval held the truth, give or take chance (95 %). Truth: what the same models of the "
        "folds come to on all other customers of that world in the same weeks. That truth is itself measured, on some "
        "7,000 accounts, which costs an exact interval a few tenths of a point. Asked: 0.93 to 0.97.",
        table(pd.DataFrame(rows)),
        outside(rows),
        f"The model's calibration slope among other customers is {firms['calibration_slope.truth'].mean():.2f} on "
        f"average (middle half of the firms {firms['calibration_slope.truth'].quantile(0.25):.2f} to "
        f"{firms['calibration_slope.truth'].quantile(0.75):.2f}).",
        "Conformal sets at level 0.90 on the deals open that day, whose outcome is known by now (chance as the spread "
        f"between firms; {firms['set.size'].mean():.1f} outcomes in a set on average). All firms of a world score deals "
        "of one Monday, so what the worlds differ by says more than the chance between firms. Asked: 0.88 to 0.92. "
        "*Models of the test*: the same sets for other customers in the weeks of the test, by the models that were "
        "tested. The model in use, fitted once more on all rows, puts its chances further apart than those, and "
        "learned from earlier weeks of the deals that it scores.",
        table(pd.DataFrame(sets)),
        "The interval of one deal's p_stalled (low to high in `score`) is about deals like it. It holds the share that "
        f"stalls of the {ALIKE:,} landmarks of other customers with nearest the same chance in the last {LATELY} days in "
        f"{firms['p_alike.held'].mean():.1%} of the deals, what the same model would say after all deals of the world in {firms['p_limit.held'].mean():.1%}, and "
        "the deal's own chance given the latents that no one sees, which it does not promise, in "
        f"{firms['p_truth.held'].mean():.1%}; it is {firms['p.width'].mean():.2f} wide on average.",
        f"Processor time: {seconds / 60:.0f} minutes.",
    ]


FIGURES = {
    "prevalence": "stalled share",
    "brier": "Brier",
    "log_loss": "log-loss",
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "brier_skill_b2": "Brier skill over B2",
    "calibration_intercept": "calibration intercept",
    "calibration_slope": "calibration slope",
    "ece": "mean calibration error",
    "gain_brier": "gain over B3 (Brier)",
    "gain_log_loss": "gain over B3 (log-loss)",
    "gain_roc_auc": "gain over B3 (AUC)",
    "band laag": "stalled share, band laag",
    "band midden": "stalled share, band midden",
    "band hoog": "stalled share, band hoog",
    "expected": "stalled deals on the next list",
}


def sets_held(firms: pd.DataFrame, name: str) -> dict:
    """How often a set held the outcome: over all firms, and in the worlds where it did least and most."""
    held, size = firms[f"set{name}.held"], firms[f"set{name}.n"]
    share = held.sum() / size.sum()
    error = 1.96 * np.sqrt(((held - share * size) ** 2).sum()) / size.sum()
    worlds = held.groupby(firms["world"]).sum() / size.groupby(firms["world"]).sum()
    return {
        "deals": int(size.sum()),
        "held": f"{share:.3f} ± {error:.3f}",
        "per world": f"{worlds.min():.3f} to {worlds.max():.3f}",
        "models of the test": f"{firms[f'tested{name}.held'].sum() / firms[f'tested{name}.n'].sum():.3f}",
    }


def outside(rows: list[dict]) -> str:
    """Which figures surely hold less, or more, than 2 points from nominal."""
    less, more = [], []
    for row in rows:
        low, high = (float(edge) for edge in row["held"].split("(")[1].rstrip(")").split(" to "))
        less += [row["figure"]] if high < 0.93 else []
        more += [row["figure"]] if low > 0.97 else []
    return (
        f"Surely too narrow (below 0.93 beyond chance): {', '.join(less) or 'none'}. Surely too wide (above 0.97 beyond "
        f"chance): {', '.join(more) or 'none'}."
    )


def coverage(firms: pd.DataFrame, name: str, words: str) -> dict:
    """How often the interval of one figure held its truth."""
    value, low, high, truth = (firms[f"{name}.{what}"] for what in ("value", "low", "high", "truth"))
    known = low.notna() & truth.notna()
    hits = int(((low <= truth) & (truth <= high))[known].sum())
    least, most = wilson(hits, int(known.sum()))
    return {
        "figure": words,
        "held": f"{hits / known.sum():.3f} ({least:.3f} to {most:.3f})",
        "truth below": f"{(truth < low)[known].mean():.3f}",
        "truth above": f"{(truth > high)[known].mean():.3f}",
        "truth": f"{truth.mean():.4f}",
        "figure, mean": f"{value.mean():.4f}",
        "error, sd": f"{(value - truth).std():.4f}",
        "interval ÷ 3.92": f"{((high - low) / 3.92).mean():.4f}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--deals", type=int, default=5000)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=("skill", "intervals"), default="")
    asked = vars(parser.parse_args())
    text = section(**asked)
    print(text)
    if not asked["only"]:
        write_section("simulations", text)


if __name__ == "__main__":
    main()
