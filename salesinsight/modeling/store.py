"""A run on disk: one folder, written in one go, read back only when it is what the card says.

::

    model.skops          the model and its replicates
    card.json, card.md   everything that must be known about it
    settings.json        settings of the label and the landmarks
    metrics.csv, newest.csv, folds.csv, coefficients.csv, oof.parquet
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from salesinsight.errors import ModelRefused
from salesinsight.modeling.card import card_page, library_versions
from salesinsight.modeling.run import Run
from salesinsight.writing import whole_folder, write_json

MODEL, CARD, PAGE, SETTINGS, OOF = "model.skops", "card.json", "card.md", "settings.json", "oof.parquet"
TABLES = ("metrics", "newest", "folds", "coefficients")
# what our pipelines hold beside the types that skops trusts by itself; never more than this list is loaded
TRUSTED = [
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.frozen._frozen.FrozenEstimator",
]
# a model kept by another minor version of this may give other numbers without a word
MUST_AGREE = "scikit-learn"


def save_run(run: Run, language: str) -> Run:
    """Write a run to its folder, all at once; what stood there is replaced.

    Parameters
    ----------
    run : Run
        With the folder to write to.
    language : str
        Language of ``card.md``.

    Returns
    -------
    Run
        The same run, its card with the checksum of the model.
    """
    with whole_folder(run.folder) as part:
        checksum = None
        if run.model is not None:
            kept = {"model": run.model, "replicates": list(run.replicates)}
            skops.io.dump(kept, part / MODEL, compression=zipfile.ZIP_DEFLATED)
            checksum = _checksum(part / MODEL)
        write_json(part / CARD, _plain({**run.card, "model_sha256": checksum}))
        run = dataclasses.replace(run, card=_read_card(part))
        write_json(part / SETTINGS, _plain(run.settings))
        (part / PAGE).write_text(card_page(run.card, run.metrics, run.newest, language), encoding="utf-8")
        for name in TABLES:
            getattr(run, name).to_csv(part / f"{name}.csv", index=False, lineterminator="\n")
        run.oof.to_parquet(part / OOF, index=False)
    return run


def load_run(folder: str | Path) -> Run:
    """Read a run back from its folder.

    Parameters
    ----------
    folder : path
        Written by `train`.

    Returns
    -------
    Run

    Raises
    ------
    ModelRefused
        When files are absent, when the model isn't the one that the card describes, holds other types than
        our pipelines do, or was made with another version of scikit-learn.

    Examples
    --------
    >>> import tempfile
    >>> load_run(tempfile.mkdtemp())
    Traceback (most recent call last):
    salesinsight.errors.running.ModelRefused: The model in ...
    """
    folder = Path(folder)
    absent = [
        name for name in (CARD, OOF, *(f"{table}.csv" for table in TABLES)) if not (folder / name).exists()
    ]
    if absent:
        raise ModelRefused(folder=str(folder), why="incomplete", detail=", ".join(absent))
    card = _read_card(folder)
    model, replicates = None, ()
    if card["model_sha256"] is not None:
        kept = _load_model(folder, card)
        model, replicates = kept["model"], tuple(kept["replicates"])
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in TABLES}
    oof = pd.read_parquet(folder / OOF)
    return Run(folder=folder, card=card, **tables, oof=oof, model=model, replicates=replicates)


def _load_model(folder: Path, card: dict[str, Any]) -> dict[str, Any]:
    path = folder / MODEL
    if not path.exists():
        raise ModelRefused(folder=str(folder), why="incomplete", detail=MODEL)
    if _checksum(path) != card["model_sha256"]:
        raise ModelRefused(folder=str(folder), why="altered", detail=MODEL)
    made, here = card["versions"][MUST_AGREE], library_versions()[MUST_AGREE]
    if made.split(".")[:2] != here.split(".")[:2]:
        raise ModelRefused(folder=str(folder), why="version", detail=f"{MUST_AGREE} {made}, {here}")
    try:
        return skops.io.load(path, trusted=TRUSTED)
    except UntrustedTypesFoundException as cause:
        raise ModelRefused(folder=str(folder), why="untrusted", detail=str(cause)) from cause


def _read_card(folder: Path) -> dict[str, Any]:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    # JSON has no NaN
    card["typical"] = {name: math.nan if value is None else value for name, value in card["typical"].items()}
    return card


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _plain(value: Any) -> Any:
    """The value as JSON knows it: numbers of numpy become Python's, NaN becomes null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
