"""How far an export has moved from what the model in use learned from.

Every check holds a figure of now against that of then, with a threshold on its size and one on chance:
with few deals every share moves, and a monitor that cries each week is switched off.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, norm

from salesinsight.deals import Dataset
from salesinsight.modeling import Run
from salesinsight.modeling.metrics import column_auc, interval, resamples
from salesinsight.modeling.splits import required
from salesinsight.retrain.prepare import Prepared
from salesinsight.retrain.promotion import later_than
from salesinsight.retrain.reference import (
    MISSING,
    Shares,
    heard_since,
    hit_shares,
    open_last_monday,
    shares_in,
    table_sizes,
)
from salesinsight.schema import Y4

COLUMNS = ["check", "what", "then", "now", "moved", "limit", "n", "alarm"]
#: Population stability index from which a column has moved: the customary "large shift".
PSI_LIMIT = 0.25
#: Difference of two shares, or of a mean probability and a share, that matters.
SHARE_LIMIT = 0.10
#: A table with less than this part of the rows that it had.
ROWS_LEFT = 0.5
#: Chance of one false alarm among all checks of a kind, when nothing moved.
CHANCE = 0.01
# fewer deals, conversations or scores than this tell nothing
LEAST = 20


@dataclasses.dataclass(frozen=True)
class Kept:
    """The reference of a run, and the scores that it gave: what now is held against."""

    run: Run
    reference: dict[str, Any]
    ledger: pd.DataFrame


def drift(kept: Kept, ready: Prepared) -> pd.DataFrame:
    """Hold an export against what the model in use learned from.

    Parameters
    ----------
    kept : Kept
        Model, reference and ledger.
    ready : Prepared
        The export of now.

    Returns
    -------
    pandas.DataFrame
        One row per figure: check (rows, missing, psi, hits, prevalence, calibration, auc), what (table,
        column, label, outcome), then, now, moved (difference, share, or PSI; for psi also js, the
        Jensen-Shannon distance with base 2), limit, n (deals, conversations or scores behind "now"), alarm
        (true, false; missing when there are fewer than `LEAST`).

    Notes
    -----
    psi and missing compare the deals open last Monday morning with those open when the model was made, not
    with the landmarks learned from: these are older, and in a young export deals have had fewer conversations
    then, which is no drift. PSI is the sum over bins of (now - then) ln(now / then). When nothing moved it is
    about chi-squared, times 1 / n now + 1 / n then; the limit is `PSI_LIMIT` or the `CHANCE` point of that,
    shared out over the columns, whichever is higher. Shares alarm when they differ more than `SHARE_LIMIT`
    and more than chance allows (a test of two proportions, shared out in the same way, n counting deals).
    calibration and prevalence look at windows that closed after the model was made, auc at scores in the
    ledger whose window has closed since: its interval must lie below that of then.
    """
    parts = [_rows(kept, ready), *_columns(kept, ready), _hits(kept, ready), *_closed(kept, ready.data)]
    parts.append(_auc(kept, ready.data))
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    table = table.reindex(columns=[*COLUMNS[:5], "js", *COLUMNS[5:]])
    return table.astype({"alarm": "boolean", "check": "string", "what": "string"})


def psi(then: Shares, now: Shares, n_then: float, n_now: float) -> float:
    """Population stability index of two sets of shares; half a case is added to each bin.

    Examples
    --------
    >>> round(psi({"a": 0.5, "b": 0.5}, {"a": 0.5, "b": 0.5}, 100, 100), 3)
    0.0
    >>> psi({"a": 0.5, "b": 0.5}, {"a": 0.9, "b": 0.1}, 100, 100) > 0.25
    True
    """
    p, q = _filled(then, now)
    p, q = (n * shares + 0.5 for n, shares in ((n_then, p), (n_now, q)))
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())


def _filled(then: Shares, now: Shares) -> tuple[np.ndarray, np.ndarray]:
    """Both sets of shares over the same bins."""
    bins = sorted({*then, *now})
    return tuple(np.array([shares.get(name, 0.0) for name in bins]) for shares in (then, now))  # type: ignore[return-value]


def _rows(kept: Kept, ready: Prepared) -> pd.DataFrame:
    then, now = kept.reference["tables"], table_sizes(ready.export)
    rows = [
        {"check": "rows", "what": name, "then": then.get(name, 0), "now": n, "limit": ROWS_LEFT,
         "moved": n / then[name] if then.get(name) else np.nan, "n": n}
        for name, n in now.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    return table.assign(alarm=table["moved"].lt(ROWS_LEFT).where(table["moved"].notna()))


def _columns(kept: Kept, ready: Prepared) -> list[pd.DataFrame]:
    """PSI and missing values per column of the model."""
    horizon = kept.run.settings["horizon_days"]
    X, about = open_last_monday(ready, horizon).X, kept.reference["columns"]
    n_then, n_now, count = kept.reference["open_deals"], len(X), max(len(about), 1)
    n_least = min(n_then, n_now)
    moved, missing = [], []
    for name, told in about.items():
        then = told["open"]
        # a column that the export has lost is missing for every deal
        now = shares_in(X[name], told["edges"], told["shares"]) if name in X else {MISSING: 1.0}
        spread = 1 / max(n_then, 1) + 1 / max(n_now, 1)
        chance = chi2.ppf(1 - CHANCE / count, max(len({*then, *now}) - 1, 1)) * spread
        p, q = _filled(then, now)
        js = float(jensenshannon(p, q, base=2)) if n_least else np.nan
        found = psi(then, now, n_then, n_now) if n_least else np.nan
        moved.append(
            {"check": "psi", "what": name, "moved": found, "js": js, "limit": max(PSI_LIMIT, chance)}
        )
        missing.append((name, then.get(MISSING, 0.0), now.get(MISSING, 0.0)))
    table = pd.DataFrame(moved, columns=["check", "what", "moved", "js", "limit"]).assign(n=n_now)
    few = table["n"].clip(upper=n_then)
    shares = _shares("missing", missing, n_then, n_now)
    alarm = _judged(table["moved"] > table["limit"], few)
    return [table.assign(alarm=alarm), shares.assign(alarm=_judged(shares["alarm"], few))]


def _hits(kept: Kept, ready: Prepared) -> pd.DataFrame:
    """In how many conversations each label was found since the model was made."""
    since = pd.Timestamp(kept.reference["as_of"]).tz_convert("UTC")
    then, now = kept.reference["hits"], hit_shares(ready, since)
    n = len(heard_since(ready, since))
    rows = [(name, then.get(name, 0.0), now.get(name, 0.0)) for name in sorted({*then, *now})]
    return _shares("hits", rows, kept.reference["conversations"], n)


def _closed(kept: Kept, data: Dataset) -> list[pd.DataFrame]:
    """Outcomes of windows that closed after the model was made, and what it said of them beforehand."""
    later = later_than(data, kept.reference["as_of"])
    y4 = required(data.y4)[later]
    deals = y4.index.get_level_values("deal_id")
    n = int(deals.nunique())
    then = kept.reference["prevalence"]
    shares = [(name, then[name], float((y4 == name).mean()) if n else np.nan) for name in Y4]
    prevalence = _shares("prevalence", shares, kept.reference["deals"], n)
    said = float(kept.run.predict(data.X[later])["p_stalled"].mean()) if n else np.nan
    came = float((y4 == "stalled").mean()) if n else np.nan
    # a model that learned from few deals is off by chance too, on average
    return [prevalence, _shares("calibration", [("stalled", said, came)], kept.reference["deals"], n)]


def _auc(kept: Kept, data: Dataset) -> pd.DataFrame:
    """How well the scores that were shown ranked the deals whose window has closed since."""
    rows = _answered(kept, data)
    then, low, n = *(kept.reference["roc_auc"][what] for what in ("value", "low")), len(rows)
    row: dict[str, Any] = {"check": "auc", "what": "stalled", "then": then, "n": n, "now": np.nan}
    row |= {"moved": np.nan, "limit": low, "alarm": None}
    if n >= LEAST and then is not None and rows["y"].nunique() == 2:
        y, p, deal = (rows[name].to_numpy() for name in ("y", "p_stalled", "deal_id"))
        weights = np.vstack(list(resamples(deal, 500)))
        drawn = [column_auc(np.repeat(y, w), np.repeat(p, w)) for w in weights.astype(int)]
        found = interval(np.array(drawn))
        row |= {"now": found["value"], "moved": found["value"] - then, "alarm": bool(found["high"] < low)}
    return pd.DataFrame([row])


def _answered(kept: Kept, data: Dataset) -> pd.DataFrame:
    """Scores of this run in the ledger with what came of the deal, seen from the first Monday after."""
    scores = kept.ledger[kept.ledger["run"] == kept.run.folder.name]
    if scores.empty:
        return pd.DataFrame(columns=["deal_id", "p_stalled", "y"])
    scores = scores.assign(at=pd.to_datetime(scores["date"], utc=True).astype("datetime64[us, UTC]"))
    known = required(data.y).rename("y").reset_index()
    known = known.assign(at=known["landmark_at"].dt.tz_convert("UTC").astype("datetime64[us, UTC]"))
    known, scores = (table.astype({"deal_id": str}).sort_values("at") for table in (known, scores))
    week = pd.Timedelta(days=7)
    rows = pd.merge_asof(
        scores, known[["deal_id", "at", "y"]], on="at", by="deal_id", direction="forward", tolerance=week
    )
    rows = rows.dropna(subset=["y", "p_stalled"])
    return rows[["deal_id", "p_stalled", "y"]].astype({"p_stalled": float, "y": float})


def _shares(check: str, rows: list[tuple[str, float, float]], n_then: float, n_now: float) -> pd.DataFrame:
    """Shares then and now: an alarm when they differ by more than matters, and more than chance allows."""
    table = pd.DataFrame(rows, columns=["what", "then", "now"]).assign(
        check=check, limit=SHARE_LIMIT, n=n_now
    )
    table["moved"] = table["now"] - table["then"]
    pooled = (n_then * table["then"] + n_now * table["now"]) / max(n_then + n_now, 1)
    error = np.sqrt(pooled * (1 - pooled) * (1 / max(n_then, 1) + 1 / max(n_now, 1)))
    chance = norm.ppf(1 - CHANCE / (2 * max(len(table), 1))) * error
    return table.assign(alarm=_judged(table["moved"].abs() > np.maximum(SHARE_LIMIT, chance), table["n"]))


def _judged(alarm: pd.Series, n: pd.Series) -> pd.Series:
    """Alarms; missing where there is too little to go on."""
    return alarm.astype("boolean").where(n >= LEAST)
