"""Does what is known of a deal tell less the older the deal is: the linear model with and without fading columns.

``python benchmarks/trust.py FOLDER fading`` writes the section. FOLDER holds ``bpic2012/``.
"""

import dataclasses
from unittest import mock

import bpi
import numpy as np
import pandas as pd
from sections import real_data, table
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression

import salesinsight as si
from salesinsight.modeling import evaluate, pipelines, tuning
from salesinsight.modeling.attenuation import AGE, AttenuatedColumns

# the penalties that suited each best, the usual one first
SEEN = {"as they are": (ColumnTransformer, [0.01, 0.003, 0.03, 0.1]), "fading": (AttenuatedColumns, None)}
SEEDS, DEALS = (1, 2, 3), 2000


def section() -> str:
    invented = [
        row
        for seed in SEEDS
        for row in compared({"deals": f"{DEALS:,} invented, seed {seed}"}, make(DEALS, seed))
    ]
    real = []
    bank = si.read_export(real_data("bpic2012"), bpi.PROFILE)
    for name, reasons in bpi.READINGS.items():
        export = dataclasses.replace(bank, label=bank.label | {"no_decision_reasons": reasons})
        for day in bpi.QUOTE_DAYS:
            data = si.make_dataset(export, landmarks={"quote_sent": [day]}, horizon_days=bpi.HORIZON)
            real += compared({"stalled is": name, "day": f"+{day}"}, data)
    return "\n\n".join(
        [
            "## Fading with the age of a deal",
            "`python benchmarks/trust.py FOLDER fading`. The logistic model on columns as they are, and on columns "
            "drawn in to 2.5 standard deviations that fade with the age of the deal "
            "(`salesinsight/modeling/attenuation.py`), each with penalties searched around those that suit it. Tested "
            "on later deals of other accounts. Slope: below 1 where probabilities are too far apart, above 1 where "
            "they are too close together; by quarter of the deals' ages at the landmark, youngest first.",
            table(pd.DataFrame(invented)),
            "A bank's loan offers (BPI Challenge 2012), where an age is known but hardly differs on a fixed day after "
            "the offer:",
            table(pd.DataFrame(real).drop(columns="slope by age")),
        ]
    )


def make(n_deals: int, seed: int) -> si.Dataset:
    export = si.make_sample(n_deals=n_deals, seed=seed)
    tagged, notes = si.tag_turns(export.turns), si.tag_notes(export.conversations)
    return si.make_dataset(export, si.conversation_features(export, tagged, notes))


def compared(about: dict, data: si.Dataset) -> list[dict]:
    """One row with the columns as they are, one with columns that fade."""
    rows = []
    for name, (columns, penalties) in SEEN.items():
        grid = {"logistic": {"C": penalties or tuning.GRIDS["logistic"]["C"]}}
        with (
            mock.patch.object(pipelines, "AttenuatedColumns", columns),
            mock.patch.dict(tuning.GRIDS, grid),
            mock.patch.dict(pipelines.DEFAULT_C, {data.mode: grid["logistic"]["C"][0]}),
        ):
            tested = evaluate(data, baselines=["B2"], bootstrap=500)
        rows.append(about | {"columns": name} | figures(tested, data))
    return rows


def figures(tested, data: si.Dataset) -> dict:
    skill = [tested.value("brier_skill_b2", what=what) for what in ("value", "low", "high")]
    oof = tested.oof
    age = data.X[AGE].loc[pd.MultiIndex.from_frame(oof[["deal_id", "landmark_at"]])].to_numpy(dtype=float)
    p, y = oof["p_stalled"].to_numpy(dtype=float), oof["y"].to_numpy(dtype=int)
    quarter = np.searchsorted(np.nanquantile(age, [0.25, 0.5, 0.75]), age)
    slopes = [slope(p[quarter == part], y[quarter == part]) for part in range(4)]
    return {
        "skill over B2": "{:.3f} ({:.3f} to {:.3f})".format(*skill),
        "slope": f"{slope(p, y):.2f}",
        "slope by age": " / ".join(f"{value:.2f}" for value in slopes),
    }


def slope(p: np.ndarray, y: np.ndarray) -> float:
    """Calibration slope; NaN with one outcome."""
    if len(np.unique(y)) < 2:
        return float("nan")
    p = p.clip(1e-6, 1 - 1e-6)
    return float(LogisticRegression(C=1e9).fit(np.log(p / (1 - p))[:, None], y).coef_[0, 0])
