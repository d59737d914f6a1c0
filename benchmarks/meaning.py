"""Does it mean anything: which registered directions hold, and what each family of features adds.

Run from the project's root: ``python benchmarks/meaning.py FOLDER [--seeds 50] [--deals 300] [--ablations 8]
[--large 1200]``, where FOLDER holds ``p4g/`` and ``bpic2012/``. It writes a section of docs/validation.md and
docs/hypotheses.md.
"""

import argparse
import concurrent.futures
import dataclasses
import multiprocessing
import pathlib

import pandas as pd
from meaning_invented import PARKED
from meaning_page import register_page, section
from scipy.stats import false_discovery_control
from sections import VALIDATION, real_data, write_section

import salesinsight as si
from salesinsight.modeling.ablation import ablation
from salesinsight.modeling.hypotheses import hypotheses

PROFILE = pathlib.Path(__file__).parent / "profiles" / "bpic2012.toml"
# one landmark per offer: how long ago it was sent is then the same for all
BANK_DAY = 7
BANK_FAMILIES = {
    "stage": ["crm_stage", "crm_stage_rank", "crm_stage_moves_count", "crm_stage_back_count"],
    "time": [
        "crm_days_in_stage",
        "crm_deal_age_days",
        "crm_days_since_customer_step",
        "crm_days_since_quote",
    ],
    "calls": ["crm_conversations_count", "crm_conversation_minutes", "crm_days_since_conversation"],
    "quotes": ["crm_quotes_count"],
}
# nothing else is known of these dialogues to hold equal
LENGTH = ("crm_conversation_minutes",)
TIMEOUT, BY_HAND = "geen reactie", "met de hand geannuleerd"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--deals", type=int, default=300)
    parser.add_argument("--ablations", type=int, default=8)
    parser.add_argument("--large", type=int, default=1200)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    tested, added, bare = real_sets()
    work = [
        (seed, effect, asked.deals, seed < asked.ablations)
        for seed in range(asked.seeds)
        for effect in (1.0, 0.0)
    ]
    # the threads of Polars don't survive a fork
    fresh = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(asked.jobs, mp_context=fresh) as pool:
        planted = list(pool.map(one, *zip(*work, strict=True)))
        large = pool.map(one, [0, 0], [1.0, 0.0], [asked.large] * 2, [True] * 2)
        shown = pd.concat([part for _, part in large if part is not None], ignore_index=True)
    found = pd.concat([part for part, _ in planted], ignore_index=True)
    families = pd.concat([part for _, part in planted if part is not None], ignore_index=True)
    text = section(asked, tested, added, bare, found, families, shown)
    print(text)
    write_section("meaning", text)
    page = register_page(tested, found)
    VALIDATION.with_name("hypotheses.md").write_text(page, encoding="utf-8")


def real_sets() -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Hypotheses and ablation on the real sets that can carry them, and the former at any length of talk."""
    export = si.read_export(real_data("p4g"), profile="persuasionforgood")
    features = si.conversation_features(export, si.tag_turns(export.turns, language="en"))
    every = in_words(si.make_dataset(export, features, landmarks="conversation"), features)
    promised = part_of(every, (every.y4 != "lost").to_numpy(dtype=bool))
    sets = {"P4G": every, "P4G, promised": promised}
    tested = {name: hypotheses(data, covariates=LENGTH) for name, data in sets.items()}
    bare = {name: hypotheses(data, covariates=()) for name, data in sets.items()}
    added = {name: ablation(data, splits="grouped") for name, data in sets.items()}
    bank = si.read_export(real_data("bpic2012"), PROFILE)
    for name, reasons in {"BPI, timeout": [TIMEOUT], "BPI, all cancelled": [TIMEOUT, BY_HAND]}.items():
        read = dataclasses.replace(bank, label=bank.label | {"no_decision_reasons": reasons})
        data = si.make_dataset(read, landmarks={"quote_sent": [BANK_DAY]})
        tested[name] = hypotheses(data)
        added[name] = ablation(data, families=BANK_FAMILIES)
    return tested, added, bare


def in_words(data: si.Dataset, features: pd.DataFrame) -> si.Dataset:
    """Length in words, where nothing was timed."""
    words = features["dq_words"]
    length = data.info["conversation_id"].map(words).astype(float)
    return dataclasses.replace(data, X=data.X.assign(**dict.fromkeys(LENGTH, length)))


def part_of(data: si.Dataset, rows) -> si.Dataset:
    """Some landmarks of a data set."""
    parts = ("X", "groups", "weight", "info", "y", "y4", "time", "event", "label")
    return dataclasses.replace(data, **{name: getattr(data, name)[rows] for name in parts})


def one(
    seed: int, effect: float, n_deals: int, with_families: bool
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """One invented export: hypotheses on Mondays, and the ablation at conversations."""
    export = si.make_sample(n_deals=n_deals, effect=effect, seed=seed)
    notes = si.tag_notes(export.conversations, language=export.language)
    features = si.conversation_features(export, si.tag_turns(export.turns, language=export.language), notes)
    about = {"seed": seed, "effect": effect}
    found = pd.concat([on_talk(export, features, parked) for parked in PARKED[: 1 + (effect == 0)]])
    found = found.assign(**about)
    if not with_families:
        return found, None
    spoken = si.make_dataset(export, features, landmarks="conversation")
    return found, ablation(spoken, splits="grouped", seed=seed).assign(**about)


def on_talk(export: si.Export, features: pd.DataFrame, parked: str) -> pd.DataFrame:
    """Hypotheses on Mondays, and q over those about talk alone."""
    read = dataclasses.replace(export, label=export.label | {"parked": parked})
    found = hypotheses(si.make_dataset(read, features)).assign(parked=parked)
    talk = (
        found["p"].notna()
        & ~found["feature"].str.startswith("crm_")
        & ~found["family"].isin(["history", "context"])
    )
    found["talk"] = talk
    # among what was said nothing is true at effect 0, so that every discovery there is false
    found.loc[talk, "q talk"] = false_discovery_control(found.loc[talk, "p"].to_numpy())
    return found


if __name__ == "__main__":
    main()
