"""The model card: everything that must be known about a run, as data and as a page to read."""

from __future__ import annotations

import hashlib
import importlib.metadata
from typing import TYPE_CHECKING, Any

import pandas as pd

from salesinsight.language import words
from salesinsight.language.words import Words
from salesinsight.modeling.comparable import comparable_deals
from salesinsight.modeling.conformal import LEAST_DEALS, LEVEL
from salesinsight.modeling.domain import WIDEST
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

LIBRARIES = ("salesinsight", "scikit-learn", "skops", "numpy", "pandas", "scipy", "statsmodels", "crepes")
SHOWN_METRICS = (
    "brier", "brier_skill_b2", "gain_brier", "log_loss", "roc_auc", "pr_auc", "prevalence",
    "calibration_intercept", "calibration_slope", "ece", "precision_at_10", "lift_at_10", "set_coverage",
    "set_size",
)  # fmt: skip
# a page has room for every figure of these, and for a few figures of all models
BESIDE, COMPARED = ("full", "B0", "B2", "B3"), ("brier", "roc_auc", "precision_at_10")
NOTHING = "–"
LIMITS = ("purpose", "cause", "hidden", "recorded", "people", "loop")


def start_card(data: Dataset, language: str) -> dict[str, Any]:
    """The part of a card that is known before anything is trained; the rest is there, and empty.

    Parameters
    ----------
    data : Dataset
        Closed windows.
    language : str
        Language of the page.

    Returns
    -------
    dict
        mode, language, watermark, settings, versions; data (fingerprint, deals, landmarks, accounts,
        outcomes, stalled_deals, first, last, left_out); and what training fills in: notices (codes), chosen,
        calibrated, tuned (settings of the chosen kind), splits, columns, typical (median or commonest value
        per column), stages, bands, dispersion, domain (see `learn_domain`), suspects, checks,
        conversation_helps. comparable: the rows of `comparable_deals`.
    """
    at = pd.DatetimeIndex(data.X.index.get_level_values("landmark_at"))
    deals = data.X.index.get_level_values("deal_id")
    known = {
        "fingerprint": fingerprint(data), "deals": int(deals.nunique()), "landmarks": len(data.X),
        "accounts": int(data.groups.nunique()), "outcomes": _counts(required(data.y4)),
        "stalled_deals": int(deals[required(data.y).to_numpy(dtype=float) == 1].nunique()),
        "first": None if at.empty else str(at.min().date()),
        "last": None if at.empty else str(at.max().date()),
        "left_out": _counts(data.left_out["reason"]),
    }  # fmt: skip
    return {
        "mode": data.mode, "language": language, "watermark": data.watermark, "settings": dict(data.settings),
        "versions": library_versions(), "data": known, "notices": [], "chosen": None, "calibrated": False,
        "tuned": {}, "splits": None, "columns": [], "typical": {}, "stages": [], "bands": [],
        "dispersion": 1.0, "domain": None, "suspects": [], "checks": [], "conversation_helps": False,
        "comparable": comparable_deals(data).to_dict("records"),
    }  # fmt: skip


def fingerprint(data: Dataset) -> str:
    """SHA-256 of the columns, the index, the values and the outcomes: the same data have the same one."""
    digest = hashlib.sha256("\n".join(map(str, data.X.columns)).encode())
    digest.update(pd.util.hash_pandas_object(data.X, index=True).to_numpy().tobytes())
    digest.update(pd.util.hash_pandas_object(required(data.y4), index=False).to_numpy().tobytes())
    return digest.hexdigest()


def library_versions() -> dict[str, str]:
    """Versions of the libraries that a kept model depends on."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


def card_page(card: dict[str, Any], metrics: pd.DataFrame, newest: pd.DataFrame, language: str) -> str:
    """The card as a Markdown page in Dutch or English."""
    say = words(language)
    known, settings = card["data"], card["settings"]
    lines = [f"# {say('card.title')}", ""]
    lines += [f"**{card['watermark']}**", ""] if card["watermark"] else []
    lines += [say("card.what", horizon=settings["horizon_days"]), "", say(f"card.mode.{card['mode']}"), ""]
    lines += [f"- {say(f'card.notice.{code}')}" for code in card["notices"]]
    lines += ["", f"## {say('card.heading.data')}", ""]
    facts = {name: say.number(known[name]) for name in ("deals", "landmarks", "accounts", "stalled_deals")}
    lines += [say("card.data", first=known["first"] or "-", last=known["last"] or "-", **facts), ""]
    lines += [
        f"- {say(f'common.y4.{name}')}: {say.number(count)}" for name, count in known["outcomes"].items()
    ]
    lines += _left_out(known["left_out"], say)
    if card["chosen"] is not None:
        lines += _model(card, metrics, newest, say)
    lines += ["", f"## {say('card.heading.limits')}", ""]
    lines += [f"- {say(f'card.limit.{name}')}" for name in LIMITS]
    lines += ["", f"## {say('card.heading.trace')}", ""]
    lines += [f"- {name}: `{value}`" for name, value in _trace(card).items()]
    return "\n".join(lines) + "\n"


def _left_out(left_out: dict[str, int], say: Words) -> list[str]:
    if not left_out:
        return []
    named = {reason: f"report.left_out.{reason}" for reason in left_out}
    rows = [
        f"- {say(key) if key in say else reason}: {say.number(left_out[reason])}"
        for reason, key in named.items()
    ]
    return ["", say("card.left_out"), "", *rows]


def _model(card: dict[str, Any], metrics: pd.DataFrame, newest: pd.DataFrame, say: Words) -> list[str]:
    chosen, splits = say(f"card.chosen.{card['chosen']}"), say(f"card.splits.{card['splits']}")
    helps = say("card.helps" if card["conversation_helps"] else "card.helps_not")
    lines = ["", f"## {say('card.heading.model')}", "", f"{chosen} {splits} {helps}"]
    lines += ["", f"## {say('card.heading.metrics')}", "", say("card.metrics"), "", *_table(metrics, say)]
    lines += ["", say("card.compared"), "", *_compared(metrics, say)]
    if len(newest):
        lines += ["", say("card.newest"), "", *_table(newest, say)]
    lines += ["", f"## {say('card.heading.bands')}", "", say("card.bands"), ""]
    lines += [say("card.band_columns"), "|---|---|---|---|---|"]
    for band in card["bands"]:
        edges = f"{say.percent(band['from'])} – {say.percent(band['to'])}"
        share = f"{say.percent(band['share'])} ({say.percent(band['low'])} – {say.percent(band['high'])})"
        counts = f"{say.number(band['stalled'])} / {say.number(band['n'])} | {say.number(band['n_deals'])}"
        lines.append(f"| {say('charts.band.' + band['band'])} | {edges} | {counts} | {share} |")
    return lines + _doubt(card.get("domain"), say)


def _table(metrics: pd.DataFrame, say: Words) -> list[str]:
    shown = metrics[metrics["metric"].isin(SHOWN_METRICS)]
    models = [model for model in metrics["model"].unique() if model in BESIDE]
    rows = [f"| | {' | '.join(models)} |", "|---" * (len(models) + 1) + "|"]
    for metric in SHOWN_METRICS:
        cells = [
            _cell(shown[(shown["metric"] == metric) & (shown["model"] == model)], say) for model in models
        ]
        if set(cells) != {NOTHING}:
            rows.append(f"| {say(f'card.metric.{metric}')} | {' | '.join(cells)} |")
    sizes = metrics.iloc[0]
    return [*rows, "", say("card.tested", n=say.number(sizes["n"]), deals=say.number(sizes["n_deals"]))]


def _compared(metrics: pd.DataFrame, say: Words) -> list[str]:
    rows = ["| | " + " | ".join(say(f"card.metric.{metric}") for metric in COMPARED) + " |"]
    rows.append("|---" * (len(COMPARED) + 1) + "|")
    for model, of in metrics.groupby("model", sort=False):
        cells = [_cell(of[of["metric"] == metric], say) for metric in COMPARED]
        rows.append(f"| {model} | {' | '.join(cells)} |")
    return rows


def _doubt(domain: dict[str, Any] | None, say: Words) -> list[str]:
    """When the model says that it doesn't know."""
    lines = [
        "",
        f"## {say('card.heading.doubt')}",
        "",
        say("card.doubt_sets", level=say.percent(LEVEL), few=LEAST_DEALS),
    ]
    if domain is None:
        return lines
    facts = {side: say.number(times, 1) for side, times in domain["wider"].items()}
    facts |= {"known": say.percent(domain["known"]), "widest": say.percent(WIDEST)}
    return [*lines, "", say("card.doubt_domain", **facts)]


def _cell(found: pd.DataFrame, say: Words) -> str:
    if found.empty or pd.isna(found["value"].iloc[0]):
        return NOTHING
    row = found.iloc[0]
    return f"{say.number(row['value'], 3)} ({say.number(row['low'], 3)} – {say.number(row['high'], 3)})"


def _trace(card: dict[str, Any]) -> dict[str, Any]:
    trace = {"data": card["data"]["fingerprint"], "model.skops": card["sha256"].get("model.skops", "-")}
    return {**trace, **card["settings"], **card["versions"]}


def _counts(values: pd.Series) -> dict[str, int]:
    return {str(name): int(count) for name, count in values.value_counts().sort_index().items()}
