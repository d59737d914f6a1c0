"""What ``benchmarks/meaning.py`` finds on invented exports: what is planted, and how often something false."""

import pandas as pd
from scipy.stats import binom
from sections import table

from salesinsight.sample import NULL_FEATURES, PLANTED, PLANTED_WEAKLY

SURE = 0.05
#: How parked windows are labelled: as in use, and as they would be if nothing that was said mattered.
PARKED = ("exclude", "stalled")


def planted_in_words(part: pd.DataFrame) -> str:
    """One cell: in how many invented exports the direction came out, and in how many the other way."""
    known = part[part["p"].notna()]
    sure = known[known["q"] <= SURE]
    if known.empty:
        return "too little data"
    up, down = (int((sure["correlation"] * sign > 0).sum()) for sign in (1, -1))
    return f"+{up} / -{down} of {len(known)}"


def invented(found: pd.DataFrame) -> list[str]:
    """What is planted, what is not, and how often something false is found."""
    effect, nothing = (found[found["effect"] == size] for size in (1.0, 0.0))
    kept, nothing = (nothing[nothing["parked"] == parked] for parked in reversed(PARKED))
    names = {**PLANTED, **PLANTED_WEAKLY, **dict.fromkeys(NULL_FEATURES, "nothing")}
    rows = []
    for name, planted in names.items():
        own, none = (part[part["feature"] == name] for part in (effect, nothing))
        rows.append({
            "feature": name, "planted": planted, "shown to rise / fall": planted_in_words(own),
            "median correlation": f"{own['correlation'].median():+.3f}",
            "p below 0.05": f"{(own['p'].dropna() < SURE).mean():.0%}", "at effect 0": planted_in_words(none),
        })  # fmt: skip
    talk = nothing[nothing["talk"]]
    seeds = talk["seed"].nunique()
    nulls = effect[effect["feature"].isin(NULL_FEATURES) & effect["p"].notna()]
    chance = int(binom.ppf(0.95, seeds, SURE))
    return [
        table(pd.DataFrame(rows)),
        f"At effect 0 nothing that is said bears on what becomes of a deal: of {len(talk)} tests of conversation features "
        f"{below(talk, 0.05)} have p below 0.05 (nominal 5 %), {below(talk, 0.01)} below 0.01 and "
        f"{below(talk, 0.001, 2)} below 0.001. After Benjamini–Hochberg over these features {anything(talk)} of {seeds} exports show anything "
        f"at all; 5 % would be {seeds * SURE:g}, and up to {chance} is within chance (95 % of a binomial). At effect 1 "
        f"the features in which nothing is planted have p below 0.05 in {below(nulls, SURE)} of {len(nulls)} "
        f"tests and are discovered, among all features, in {(nulls['q'] <= SURE).mean():.1%}.",
        "The label itself lets a little through: a window in which the customer's latest step is dated beyond the "
        "horizon counts as parked and is left out, but only where the deal stalled, and customers who agree on dated "
        f"steps are the decided ones. Mean correlation at effect 0 (± its standard error) as the label is: {on_average(talk)}; with "
        f'`parked = "stalled"`: {on_average(kept)}, and then {anything(kept[kept["talk"]])} of {seeds} exports show '
        "anything.",
    ]


def below(tests: pd.DataFrame, p: float, digits: int = 1) -> str:
    return f"{(tests['p'] < p).mean():.{digits}%}"


def anything(talk: pd.DataFrame) -> int:
    """Exports in which something about talk was found."""
    return int((talk.groupby("seed")["q talk"].min() <= SURE).sum())


def on_average(tests: pd.DataFrame) -> str:
    """Mean correlation of the features that show how decided a customer is, with its standard error."""
    own = [tests.loc[tests["feature"] == name, "correlation"] for name in ("hedge_c_rate", "next_c_owned")]
    return ", ".join(f"{name} {part.mean():+.3f} (± {part.sem():.3f})" for name, part in
                     zip(("hedge_c_rate", "next_c_owned"), own, strict=True))  # fmt: skip


def family_counts(families: pd.DataFrame) -> pd.DataFrame:
    """Per family and effect, in how many exports it helps and harms; left out where it never does either."""
    rows = []
    for (family, compared), part in families.groupby(["family", "compared"], sort=False):
        row = {"family": family, "compared": compared}
        for effect in (1.0, 0.0):
            own = part[part["effect"] == effect]
            seeds = own["seed"].nunique()
            for verdict in ("helps", "harms"):
                hit = own.loc[own["verdict"] == verdict, "seed"].nunique()
                row[f"{verdict}, effect {effect:g}"] = f"{hit} of {seeds}"
            median = own.loc[own["metric"] == "brier", "gain"].median()
            row[f"median gain (Brier), effect {effect:g}"] = f"{median:+.4f}"
        if family == "conversations" or (part["verdict"] != "not shown").any():
            rows.append(row)
    return pd.DataFrame(rows)
