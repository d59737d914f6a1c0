"""The pages of ``benchmarks/meaning.py``: its section of docs/validation.md, and the register docs/hypotheses.md."""

import argparse

import pandas as pd
from scipy.stats import binom
from sections import table

import salesinsight as si
from salesinsight.modeling.scoring import TOO_LITTLE
from salesinsight.sample import NULL_FEATURES, PLANTED, PLANTED_WEAKLY

SURE = 0.05
SETS = {
    "P4G": "PersuasionForGood, 264 English talks in which a donation was asked: stalled is promised and not paid",
    "P4G, promised": "the same, among the 198 who promised: broken against kept",
    "BPI, timeout": "BPI Challenge 2012, a Dutch bank's loan offers 7 days after sending: stalled also when "
    "the system cancelled after a month of silence",
    "BPI, all cancelled": "the same, every cancellation counted as no decision",
}
#: What is claimed, what is held against it, and the features that can tell; after field notes, in own words.
CONFLICTS = (
    (
        "Confronting a customer moves him",
        "Pressing somebody who hesitates makes him freeze",
        ["challenge_count", "challenge_x_hedge"],
        "challenge_count falls while challenge_x_hedge rises: both are right, each about other customers",
    ),
    (
        "Open questions get customers to talk",
        "Their share makes no difference; customers tire of being questioned",
        ["question_open_share", "question_s_count"],
        "a sign for the share that holds at an equal number of questions",
    ),
    (
        "Ask for an action, in every conversation",
        "In large sales, closing techniques backfire",
        ["request_count", "request_overreach", "request_underreach"],
        "not how often, but whether what is asked fits the phase: overreach and underreach both rise",
    ),
    (
        "Silence after a question works",
        "Only for the side with the higher status, and through its own thinking",
        ["silence_after_q", "request_then_silence", "silence_c_breaks"],
        "a sign for silence at all, and whether it hangs on who breaks it; needs timestamps",
    ),
    (
        "Following up on answers makes people like you, and so helps",
        "Being liked is the trap: a pleasant talk takes the place of a step",
        ["question_followup_share", "pleasant_rate", "pleasant_no_progress"],
        "pleasant_no_progress rises while question_followup_share falls",
    ),
    (
        "Questions from the customer show interest",
        "Endless requests for information put off deciding",
        ["question_c_count", "question_c_share", "question_c_process", "defer_count"],
        "questions on process fall while others don't",
    ),
    (
        "More people involved means real power at the table",
        "More people involved means a slower decision",
        ["crm_stakeholders_count", "crm_new_stakeholder", "authority_present"],
        "number and new faces have opposite signs, or one sign at an equal age of the deal",
    ),
    (
        "Hesitant words foretell a stall",
        "Early doubt comes before the largest change of mind",
        ["hedge_c_rate", "hedge_c_rate_change", "commit_balance"],
        "the level rises with stalling, while a fall since last time matters more",
    ),
)


def small(q: float) -> str:
    return f"{q:.3f}" if q >= 0.001 else "< 0.001"


def verdict_in_words(row: pd.Series) -> str:
    """One cell: verdict, correlation and interval."""
    if row["verdict"] == TOO_LITTLE:
        return "too little data"
    figures = f"{row['correlation']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})"
    if row["direction"] == "?" and row["q"] <= SURE:
        return f"{'rises' if row['correlation'] > 0 else 'falls'}: {figures}"
    shown = "not shown" if row["verdict"] == "undecided" else f"**{row['verdict']}**"
    return f"{shown}: {figures}"


def planted_in_words(part: pd.DataFrame) -> str:
    """One cell: in how many invented exports the direction came out, and in how many the other way."""
    known = part[part["p"].notna()]
    sure = known[known["q"] <= SURE]
    if known.empty:
        return "too little data"
    up, down = (int((sure["correlation"] * sign > 0).sum()) for sign in (1, -1))
    return f"+{up} / -{down} of {len(known)}"


def register_page(tested: dict[str, pd.DataFrame], found: pd.DataFrame) -> str:
    """docs/hypotheses.md."""
    catalog = si.feature_catalog()
    catalog = catalog[(catalog["stage"] != "class") & (catalog["family"] != "quality")].set_index("name")
    cells = {name: one.set_index("feature").apply(verdict_in_words, axis=1) for name, one in tested.items()}
    effect = found[found["effect"] == 1.0]
    cells["invented"] = effect.groupby("feature").apply(planted_in_words, include_groups=False)
    heads = ["invented", *tested]
    results = pd.DataFrame({name: cells[name] for name in heads}).reindex(catalog.index).astype(object)
    results = results.where(results.notna(), "not there")
    parts = [
        "# The register of hypotheses",
        "Generated by `python benchmarks/meaning.py FOLDER`; don't edit. Every feature has an expected direction, "
        "written in the catalog from its sources, not from these figures: **+** more stalled deals, **-** fewer, **?** nothing "
        "expected. It is never imposed on a model. `hypotheses` (in `salesinsight.modeling.hypotheses`) tests all "
        "of them on an export, and this page says what came of it so far.",
        "A cell is the rank correlation with stalled at equal stage and amount, as far as the set knows these (in P4G: at equal length in words); what "
        "adds up over a deal's life, such as mails so far, is compared at equal age of the deal too. Beside it stands "
        "its 95 % interval over resampled customers. *Confirmed* and *contradicted* only when q, after "
        "Benjamini–Hochberg over all features of that set, is at most 0.05; else *not shown*, however suggestive. "
        "*Rises* and *falls* stand where nothing was expected. None of it says that the one makes the other.",
        table(pd.DataFrame({"set": [*SETS, "invented"], "what it is": [*SETS.values(), INVENTED]})),
        "P4G says nothing about requests and commitments in sales: its people agree in words and then don't pay. "
        "No set here is of real Dutch sales conversations with their outcomes: on those, every hypothesis about "
        "talk is still open.",
        "## Conflicts",
        "Where the sources disagree. What would decide is written down before the data that could decide it.",
    ]
    for number, (claim, against, names, decides) in enumerate(CONFLICTS, 1):
        rows = results.loc[names].drop(columns=["BPI, timeout", "BPI, all cancelled"])
        if any(name.startswith("crm_") for name in names):
            rows = results.loc[names]
        parts += [
            f"### {number}. {claim} — or not",
            f"Against it: {against[0].lower()}{against[1:]}. What would decide: {decides}.",
            table(rows.rename_axis("feature").reset_index()),
        ]
    parts.append("## All features")
    for family, part in catalog.groupby("family", sort=False):
        shown = pd.DataFrame({
            "feature": part.index, "Dutch": part["dutch_name"].to_numpy(), "expected": part["direction"].to_numpy(),
            "source": part["source"].to_numpy(),
        })  # fmt: skip
        own = results.loc[part.index].reset_index(drop=True)
        told = own.columns[(own != "not there").any() & (own != "too little data").any()]
        parts += [f"### {family}", table(shown.join(own[told]))]
    return "\n\n".join(parts) + "\n"


INVENTED = (
    "invented exports with a planted truth: in how many of them the feature was shown to rise (+) or fall (-); "
    "this tests the path and says nothing about sales"
)


def section(
    asked: argparse.Namespace,
    tested: dict[str, pd.DataFrame],
    added: dict[str, pd.DataFrame],
    bare: dict[str, pd.DataFrame],
    found: pd.DataFrame,
    families: pd.DataFrame,
    large: pd.DataFrame,
) -> str:
    """The section of docs/validation.md."""
    return "\n\n".join(
        [
            "## Does it mean anything: hypotheses and families",
            f"`python benchmarks/meaning.py FOLDER --seeds {asked.seeds} --deals {asked.deals} --ablations "
            f"{asked.ablations} --large {asked.large}`. Hypotheses: rank correlation of every feature with stalled at equal stage and "
            "amount (as far as a set knows these; what adds up over a deal's life, at equal age of the deal too), whole customers resampled 1,000 times, Benjamini–Hochberg over all features of a set. Per "
            "feature, and where the sources disagree: [hypotheses.md](hypotheses.md). Ablation: logistic models "
            "with one fixed C on the same folds, paired intervals, Benjamini–Hochberg over all comparisons of a "
            "metric. What is not shown may still be there: the sets are small.",
            "### Real sets",
            "\n".join(f"- {name}: {what}." for name, what in SETS.items()),
            "P4G has no outcome dates, so its folds are random, by dialogue: nothing there tests time. Its people "
            "agreed in words before breaking a promise, so on the whole set commitments should point the other way: "
            f"{commitments(tested)}. No verdict on requests or commitments in sales follows from it. It has no CRM to "
            'speak of: "beside CRM" there is beside nothing. BPI has no words: its features are those of CRM and '
            "timing, its calls follow from the customer's silence, "
            "and who wanted a cancellation is not recorded, so both readings are given.",
            table(pd.DataFrame([verdicts(name, one) for name, one in tested.items()])),
            f"P4G knows neither stage nor amount; talks are held equal on their length in words, which stands in the "
            f"place of minutes. At any length there would have been shown: {at_any_length(bare)}.",
            "Shown (q at most 0.05):",
            table(pd.concat([shown(name, one) for name, one in tested.items()], ignore_index=True)),
            "Families, against all columns without them, against the CRM columns, and alone against the length of "
            "conversations; gain is what the loss falls by:",
            table(pd.concat([gains(name, one) for name, one in added.items()], ignore_index=True)),
            "### Invented data: is what is planted found, and nothing else",
            *invented(found),
            f"Families on the first {asked.ablations} invented exports of each kind, at conversations, folds by "
            "customer: in how many does the family help or harm, by either metric?",
            table(family_counts(families)),
            f"The same on one export of {asked.large} deals of each kind, by what is shown:",
            table(pd.concat([gains(f"effect {size:g}", part) for size, part in large.groupby("effect")])),
        ]
    )


def commitments(tested: dict[str, pd.DataFrame]) -> str:
    """How commitments go with broken promises, among all and among those who promised."""
    sets = [tested[name].set_index("feature") for name in ("P4G", "P4G, promised")]
    said = [
        f"{name} {verdict_in_words(sets[0].loc[name])} among all, {verdict_in_words(sets[1].loc[name])} among those "
        "who promised"
        for name in ("advance_score", "next_dated")
    ]
    return "; ".join(said)


def at_any_length(bare: dict[str, pd.DataFrame]) -> str:
    """What is shown when long talks are compared with short ones."""
    parts = []
    for name, one in bare.items():
        rows = one[one["q"] <= SURE]
        said = [f"{row['feature']} {row['correlation']:+.2f}" for _, row in rows.iterrows()]
        parts.append(f"{name}: {', '.join(said) or 'nothing'}")
    return "; ".join(parts)


def verdicts(name: str, one: pd.DataFrame) -> dict:
    counts = one["verdict"].value_counts()
    rises = int(((one["q"] <= SURE) & (one["direction"] == "?")).sum())
    return {
        "set": name, "features": len(one), "confirmed": counts.get("confirmed", 0),
        "contradicted": counts.get("contradicted", 0), "shown, nothing expected": rises,
        "not shown": counts.get("undecided", 0) - rises, "too little data": counts.get(TOO_LITTLE, 0),
        "p below 0.05": int((one["p"] < SURE).sum()), "at equal": one["given"].iloc[0] or "nothing",
    }  # fmt: skip


def shown(name: str, one: pd.DataFrame) -> pd.DataFrame:
    rows = one[one["q"] <= SURE]
    return pd.DataFrame({
        "set": name, "feature": rows["feature"], "expected": rows["direction"], "deals": rows["n_deals"],
        "correlation": rows.apply(verdict_in_words, axis=1), "q": rows["q"].map(small),
    })  # fmt: skip


def gains(name: str, one: pd.DataFrame) -> pd.DataFrame:
    """What is shown of the families, and the conversations as a whole in any case."""
    rows = one[(one["verdict"] != "not shown") | (one["family"] == "conversations")]
    silent = len(one) - len(rows)
    last = {"set": name, "family": f"all else ({silent})", "verdict": "not shown"}
    told = pd.DataFrame({
        "set": name, "family": rows["family"], "compared": rows["compared"], "metric": rows["metric"],
        "gain": [f"{g:+.4f} ({a:+.4f} to {b:+.4f})" for g, a, b in rows[["gain", "low", "high"]].to_numpy()],
        "q": rows["q"].map(small), "verdict": rows["verdict"], "landmarks": rows["n"].astype(str),
    })  # fmt: skip
    return pd.concat([told, pd.DataFrame([last])], ignore_index=True)


def invented(found: pd.DataFrame) -> list[str]:
    """What is planted, what is not, and how often something false is found."""
    effect, nothing = (found[found["effect"] == size] for size in (1.0, 0.0))
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
    wrong = int((talk.groupby("seed")["q talk"].min() <= SURE).sum())
    nulls = effect[effect["feature"].isin(NULL_FEATURES) & effect["p"].notna()]
    chance = int(binom.ppf(0.95, seeds, SURE))
    return [
        table(pd.DataFrame(rows)),
        f"At effect 0 nothing that is said bears on the outcome: of {len(talk)} tests of conversation features "
        f"{(talk['p'] < SURE).mean():.1%} have p below 0.05 (nominal 5 %) and {(talk['p'] < 0.01).mean():.1%} below "
        f"0.01 (nominal 1 %). After Benjamini–Hochberg over these features {wrong} of {seeds} exports show anything "
        f"at all; 5 % would be {seeds * SURE:g}, and up to {chance} is within chance (95 % of a binomial). At effect 1 "
        f"the features in which nothing is planted have p below 0.05 in {(nulls['p'] < SURE).mean():.1%} of {len(nulls)} "
        f"tests and are discovered, among all features, in {(nulls['q'] <= SURE).mean():.1%}.",
    ]


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
