"""From a run and open deals to the week's list: probabilities, bands, reasons, quotes and the next move."""

from __future__ import annotations

from collections.abc import Collection
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from salesinsight.errors import SchemaChanged
from salesinsight.modeling.comparable import look_up_comparable
from salesinsight.modeling.conformal import BETWEEN, conformal_sets
from salesinsight.modeling.domain import WIDEST, find_strange
from salesinsight.modeling.metrics import Z
from salesinsight.modeling.moves import DEFAULT, Rule, chosen_rule, fired_rules
from salesinsight.modeling.pipelines import (
    CATEGORY,
    PROBABILITIES,
    core_pipeline,
    predict_four,
    predict_stalled,
    stages_as_names,
)
from salesinsight.modeling.quoting import KEYS, QUOTES, counted_quotes
from salesinsight.modeling.reasons import rule_reasons, stall_reasons
from salesinsight.modeling.recalibration import likely_share
from salesinsight.schema import Y4, takes

if TYPE_CHECKING:
    from salesinsight.deals import Dataset
    from salesinsight.modeling.run import Run
    from salesinsight.schema import Export

BANDS = ("laag", "midden", "hoog")
TOO_LITTLE = "te weinig gegevens"
DOUBT = ["conformal", "too_little", "outside"]
CHANGED_SHARE = 0.5
SHOWN = ["name", "account_id", "account_name", "stage", "amount", "currency", "days_since_customer_step"]
# which hits bear out which family of features, the most telling first
LABELS = {
    "authority": ("gatekeeper",),
    "hedge": ("defer", "dont_know", "hedge"),
    "answer": ("answer_vague", "stall"),
    "request": ("action_request", "answer_vague"),
    "good_talk": ("rapport", "stall"),
    "question": ("leading", "rhetorical"),
    "push_pull": ("push",),
    "spin": ("spin_situation", "pitch"),
    "talk": ("pitch",),
    "discomfort": ("assent", "objection"),
    "phase": ("phase_1", "phase_2", "phase_3"),
}
ALWAYS = ("stall", "gatekeeper", "answer_vague", "defer", "dont_know", "hedge")


@threadpool_limits.wrap(limits=1)
def score_deals(
    run: Run,
    open_: Dataset,
    evidence: pd.DataFrame | None = None,
    language: str | None = None,
    export: Export | None = None,
    tagged: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Score open deals; see `Run.score`."""
    X, language = open_.X, language or run.language
    refuse_other_table(run, open_)
    table = pd.DataFrame({"deal_id": X.index.get_level_values("deal_id")})
    table[SHOWN] = open_.info[SHOWN].reset_index(drop=True)
    rules = fired_rules(X, open_.info)
    if run.model is None:
        told = pd.DataFrame(np.nan, index=table.index, columns=[*PROBABILITIES, "low", "high"])
        band, doubt = [TOO_LITTLE] * len(table), pd.DataFrame(pd.NA, index=table.index, columns=DOUBT)
        reasons = [rule_reasons(fired, language) for fired in rules]
    else:
        told, _ = _chances(run, X)
        doubt = _doubt(run, open_, told)
        band = _bands(run, told["p_stalled"], doubt["too_little"])
        reasons = stall_reasons(run, X, told["p_stalled"].to_numpy(), language)
    table = table.join(told)
    table["band"] = pd.array(band, dtype="string")
    table["reasons"] = _column(reasons)
    chosen = [
        chosen_rule(fired, {reason["family"] for reason in why})
        for fired, why in zip(rules, reasons, strict=True)
    ]
    moves = [DEFAULT if rule is None else rule.move for rule in chosen]
    # the rule that is acted on first: its turns are the ones to see
    rules = [fired if rule is None else [rule, *fired] for rule, fired in zip(chosen, rules, strict=True)]
    latest = open_.info["conversation_id"]
    if export is None or tagged is None:
        quotes = _quotes(evidence, latest, reasons, rules)
    else:
        quotes = counted_quotes(export, tagged, latest, reasons, rules)
    table["quotes"] = _column(quotes)
    table["next_move"] = pd.array(moves, dtype="string")
    counts = run.card.get("comparable", [])
    table["comparable"] = _column(
        [look_up_comparable(counts, move, of) for move, of in zip(moves, table["stage"], strict=True)]
    )
    return table.join(doubt.astype("string"))


@takes(scores=pd.DataFrame, k=Integral)
def worklist(scores: pd.DataFrame, k: int = 10) -> pd.DataFrame:
    """The deals to talk about this week.

    Parameters
    ----------
    scores : pandas.DataFrame
        From ``run.score``; those held back (``reserved``, from `hold_back`) don't come on the list.
    k : int
        Length of the list.

    Returns
    -------
    pandas.DataFrame
        At most `k` rows of `scores` with ``rank`` (1 is first) in front. By p_stalled x amount; deals about
        which too little is known come last. Without probabilities: the longest time since the customer's
        last step first, and deals whose customer never took one last.

    Notes
    -----
    A missing amount counts as the median of its currency, and amounts are compared as multiples of that
    median: exchange rates are not known here.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({
    ...     "deal_id": ["a", "b"], "p_stalled": [0.9, 0.4], "band": ["hoog", "midden"],
    ...     "amount": [1000.0, 9000.0], "currency": ["EUR", "EUR"], "days_since_customer_step": [3.0, 5.0]})
    >>> worklist(scores)["deal_id"].tolist()
    ['b', 'a']
    """
    if "reserved" in scores:
        scores = scores[~scores["reserved"].astype(bool)]
    amount = scores["amount"].astype("float64")
    middle = amount.groupby(scores["currency"].astype("string").fillna("")).transform("median")
    relative = (amount.fillna(middle) / middle.where(middle > 0)).fillna(1.0)
    known = scores["p_stalled"].notna() & (scores["band"] != TOO_LITTLE)
    order = pd.DataFrame(
        {
            "known": known,
            "at_stake": (scores["p_stalled"] * relative).fillna(-1.0),
            "waiting": scores["days_since_customer_step"].astype("float64").fillna(-1.0),
        }
    )
    order = order.sort_values(["known", "at_stake", "waiting"], ascending=False, kind="stable").index[:k]
    listed = scores.loc[order].reset_index(drop=True)
    listed.insert(0, "rank", np.arange(1, len(listed) + 1))
    return listed


def refuse_other_table(run: Run, open_: Dataset) -> None:
    """Raise SchemaChanged when the deals lack columns, or mostly stand in stages, unknown to the model."""
    if run.model is None:
        return
    absent = [name for name in run.card["columns"] if name not in open_.X.columns]
    if absent:
        raise SchemaChanged(folder=str(run.folder), what="X", changed=absent)
    stages = open_.info["stage"].dropna()
    strange = ~stages.isin(run.card["stages"])
    if run.card["stages"] and len(stages) and strange.mean() > CHANGED_SHARE:
        raise SchemaChanged(folder=str(run.folder), what=CATEGORY, changed=sorted(stages[strange].unique()))


def replicate_stalled(run: Run, X: pd.DataFrame) -> np.ndarray:
    """p_stalled according to every replicate: one row per replicate, one column per deal."""
    if X.empty:
        return np.empty((len(run.replicates), 0))
    table = core_pipeline(run.model).named_steps["columns"].transform(stages_as_names(X))
    return np.array([predict_stalled(last, table) for last in run.replicates])


def _chances(run: Run, X: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The four probabilities of deals with the interval of p_stalled, and what every replicate says."""
    told, replicates = predict_four(run.model, X).reset_index(drop=True), replicate_stalled(run, X)
    told["low"], told["high"] = likely_share(told["p_stalled"].to_numpy(), replicates, run.oof)
    return told, replicates


def expect_stalled(run: Run, open_: Dataset) -> dict[str, Any]:
    """How many open deals will stall, and for how much money; see `Run.expected_stalled`."""
    info = open_.info
    empty = {"n": len(info), "left_out": 0, "count": np.nan, "low": np.nan, "high": np.nan}
    nothing = {"amount": np.nan, "amount_low": np.nan, "amount_high": np.nan, "currency": None}
    if run.model is None:
        return {**empty, **nothing, "per_currency": {}}
    refuse_other_table(run, open_)
    told, replicates = _chances(run, open_.X)
    # no chance stands beside these deals, so none is added up
    known = _strange(run, open_, told)["too_little"].isna().to_numpy()
    p, replicates, info = told["p_stalled"].to_numpy()[known], replicates[:, known], info[known]
    amount, currency = info["amount"].to_numpy(dtype=float), info["currency"].astype("string")
    total = dict(
        zip(("count", "low", "high"), _sum(p, replicates, np.ones(len(p)), run.dispersion), strict=True)
    )
    per_currency = {}
    for name in sorted(currency[~np.isnan(amount)].fillna("").unique()):
        rows = (currency.fillna("") == name).to_numpy() & ~np.isnan(amount)
        value, low, high = _sum(p[rows], replicates[:, rows], amount[rows], run.dispersion)
        per_currency[name] = {"n": int(rows.sum()), "amount": value, "amount_low": low, "amount_high": high}
        per_currency[name]["of"] = float(amount[rows].sum())
    single = {}
    if len(per_currency) == 1:
        [(name, found)] = per_currency.items()
        single = {key: found[key] for key in ("amount", "amount_low", "amount_high")} | {
            "currency": name or None
        }
    counted = {"n": int(known.sum()), "left_out": int((~known).sum())}
    return {**counted, **total, **nothing, **single, "per_currency": per_currency}


def _sum(
    p: np.ndarray, replicates: np.ndarray, size: np.ndarray, dispersion: float
) -> tuple[float, float, float]:
    """A sum over deals with its 95 % interval: the model may be wrong, and the deals are drawn besides."""
    value, most = float(p @ size), float(size.sum())
    variance = (replicates @ size).var() + dispersion * (p * (1 - p)) @ size**2
    half = Z * float(np.sqrt(variance))
    return value, max(0.0, value - half), min(most, value + half)


def _strange(run: Run, open_: Dataset, told: pd.DataFrame) -> pd.DataFrame:
    """Per deal why too little is known to judge it, and the column that lies furthest outside."""
    stage, stages = open_.info["stage"], run.card["stages"]
    unseen = (stage.notna() & ~stage.isin(stages)).to_numpy() & bool(stages)
    X = open_.X[run.card["columns"]].reset_index(drop=True)
    found = find_strange(run.card.get("domain"), X, unseen)
    wide = (told["high"] - told["low"]) > WIDEST
    found["too_little"] = found["too_little"].mask(wide & found["too_little"].isna(), "interval")
    return found


def _doubt(run: Run, open_: Dataset, told: pd.DataFrame) -> pd.DataFrame:
    """Per deal the outcomes that can't be excluded, and why too little is known to judge it."""
    found = _strange(run, open_, told)
    tested = run.oof[list(PROBABILITIES)], run.oof["y4"], run.oof["deal_id"]
    sets = conformal_sets(*tested, told[list(PROBABILITIES)])
    # about a deal unlike any other nothing can be excluded
    unlike = found["too_little"].notna() & (found["too_little"] != "interval")
    found["conformal"] = sets.mask(unlike, BETWEEN.join(Y4))
    return found[DOUBT]


def _bands(run: Run, p: pd.Series, too_little: pd.Series) -> list[str]:
    number = np.searchsorted(run.cut_offs, p.to_numpy(), side="right")
    return [
        TOO_LITTLE if vague else BANDS[place] for vague, place in zip(too_little.notna(), number, strict=True)
    ]


def _quotes(
    evidence: pd.DataFrame | None, latest: pd.Series, reasons: list[list[dict]], rules: list[list[Rule]]
) -> list[list[dict]]:
    """Up to three hits of each deal's last conversation that bear out its reasons."""
    if evidence is None or evidence.empty:
        return [[] for _ in latest]
    hits = dict(list(evidence[evidence["conversation_id"].isin(latest.dropna())].groupby("conversation_id")))
    found = []
    for talk, why, fired in zip(latest, reasons, rules, strict=True):
        families = [reason["family"] for reason in why] + [rule.family for rule in fired]
        found.append(_pick(hits[talk], families) if pd.notna(talk) and talk in hits else [])
    return found


def _pick(hits: pd.DataFrame, families: Collection[str]) -> list[dict]:
    labels = list(
        dict.fromkeys([label for family in families for label in LABELS.get(family, ())] + list(ALWAYS))
    )
    place = hits["label"].map({label: number for number, label in enumerate(labels)})
    chosen = hits.assign(place=place).dropna(subset=["place"])
    chosen = chosen.sort_values(["place", "weight", "turn"], ascending=[True, False, True], kind="stable")
    chosen = chosen.drop_duplicates("turn").head(QUOTES)
    return chosen.assign(feature=None)[KEYS].astype(object).to_dict("records")


def _column(values: list[Any]) -> np.ndarray:
    """A column of objects; made one by one, since numpy would take equal lengths for a table."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
