"""A run on disk: one folder, written in one go, read back only when it is what the card says.

::

    model.skops          the model and its replicates
    card.json, card.md   everything that must be known about it, with a checksum of itself and of what is read
    settings.json        settings of the label and the landmarks
    metrics.csv, newest.csv, folds.csv, coefficients.csv
    oof.parquet          has checksums of its own, for deals that must be forgotten are taken out of it; what
                         can't be excluded of an open deal is reckoned from it at each scoring

Checksums tell what a disk or a hand has altered. Whoever can write here can make them right again, so the
model file is never run: it is read as a list of numbers and of the types below.
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
import pyarrow.parquet as pq

from salesinsight.errors import ModelRefused
from salesinsight.features import feature_catalog
from salesinsight.modeling.card import card_page, library_versions
from salesinsight.modeling.evaluation import OOF_COLUMNS
from salesinsight.modeling.pipelines import PROBABILITIES, describe_columns
from salesinsight.modeling.run import Run
from salesinsight.schema import PATH, Y4, takes
from salesinsight.writing import whole_folder, write_json

MODEL, CARD, PAGE, SETTINGS, OOF = "model.skops", "card.json", "card.md", "settings.json", "oof.parquet"
TABLES = ("metrics", "newest", "folds", "coefficients")
# what our pipelines hold beside the types that skops trusts by itself; never more than this list is loaded
TRUSTED = [
    "numpy.dtype",
    "salesinsight.modeling.attenuation.AttenuatedColumns",
    "salesinsight.modeling.fitted.FittedFeatures",
    "salesinsight.modeling.monotone.MonotoneBoosting",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.frozen._frozen.FrozenEstimator",
]
# a model kept by another minor version of these may give other numbers without a word
MUST_AGREE = ("salesinsight", "scikit-learn")
# a small file may unpack to one that fills the memory
MOST_BYTES = 1 << 30
NEEDED = {
    "mode": str, "settings": dict, "versions": dict, "columns": list, "typical": dict, "stages": list,
    "bands": list, "sha256": dict, "features": str, "tuned": dict,
}  # fmt: skip


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
        The same run, its card with checksums.
    """
    import skops.io  # loaded where it is used: it takes a second

    with whole_folder(run.folder) as part:
        if run.model is not None:
            kept = {"model": run.model, "replicates": list(run.replicates)}
            skops.io.dump(kept, part / MODEL, compression=zipfile.ZIP_DEFLATED)
        for name in TABLES:
            getattr(run, name).to_csv(part / f"{name}.csv", index=False, lineterminator="\n")
        (part / OOF).write_bytes(oof_bytes(run.oof))
        sums = {path.name: _checksum(path) for path in sorted(part.iterdir()) if path.name != OOF}
        card = {**run.card, "sha256": sums, "features": feature_digest(run.card["columns"])}
        write_stamped(part / CARD, card)
        run = dataclasses.replace(run, card=_read_card(part))
        write_json(part / SETTINGS, _plain(run.settings))
        (part / PAGE).write_text(card_page(run.card, run.metrics, run.newest, language), encoding="utf-8")
    return run


@takes(folder=PATH)
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
        When files are absent or damaged, are not what the card says, hold other types than our pipelines do,
        were made with another version of this or of scikit-learn, or use a feature that is computed
        otherwise now.

    Examples
    --------
    >>> import tempfile
    >>> load_run(tempfile.mkdtemp())
    Traceback (most recent call last):
    salesinsight.errors.running.ModelRefused: The model in ...
    """
    folder = Path(folder)
    absent = [
        name for name in (CARD, OOF, *(f"{table}.csv" for table in TABLES)) if not (folder / name).is_file()
    ]
    if absent:
        raise ModelRefused(folder=str(folder), why="incomplete", detail=", ".join(absent))
    card = _read_card(folder)
    _check(folder, card)
    model, replicates = None, ()
    if MODEL in card["sha256"]:
        kept = _load_model(folder)
        model, replicates = kept["model"], tuple(kept["replicates"])
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in TABLES}
    return Run(folder=folder, card=card, **tables, oof=_read_oof(folder), model=model, replicates=replicates)


def feature_digest(columns: list[str]) -> str:
    """SHA-256 of how the catalog computes the features behind these columns.

    Examples
    --------
    >>> feature_digest(["hedge_c_rate"]) == feature_digest(["hedge_c_rate_mean"]) != feature_digest([])
    True
    """
    catalog = feature_catalog().set_index("name")[["formula", "unit"]]
    used = sorted(set(describe_columns(columns)["feature"]) & set(catalog.index))
    return hashlib.sha256(catalog.loc[used].to_csv(lineterminator="\n").encode()).hexdigest()


def write_stamped(path: Path, content: dict[str, Any]) -> Path:
    """Write an object as JSON with a checksum of itself; NaN becomes null."""
    plain = _plain(content)
    return write_json(path, {**plain, "self_sha256": _digest(plain)})


def read_stamped(path: Path) -> dict[str, Any]:
    """Read back what `write_stamped` wrote.

    Raises
    ------
    ValueError
        When it is no such object (``foreign``) or was altered since (``altered``).

    Examples
    --------
    >>> import tempfile
    >>> read_stamped(write_stamped(Path(tempfile.mkdtemp()) / "a.json", {"a": 1}))
    {'a': 1}
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as cause:
        raise ValueError("altered") from cause
    if not isinstance(found, dict) or "self_sha256" not in found:
        raise ValueError("foreign")
    if found.pop("self_sha256") != _digest(found):
        raise ValueError("altered")
    return found


def oof_bytes(oof: pd.DataFrame) -> bytes:
    """Predictions out of fold as a Parquet file whose pages have checksums."""
    return oof.to_parquet(index=False, write_page_checksum=True)


def _check(folder: Path, card: dict[str, Any]) -> None:
    """Refuse a folder that holds something else than its card says, or that is not for this version."""
    here = library_versions()
    for name in MUST_AGREE:
        made = str(card["versions"].get(name))
        if made.split(".")[:2] != here[name].split(".")[:2]:
            raise ModelRefused(folder=str(folder), why="version", detail=f"{name} {made}, {here[name]}")
    if card["features"] != feature_digest(card["columns"]):
        raise ModelRefused(folder=str(folder), why="features", detail=CARD)
    for name in sorted({*card["sha256"], *(f"{table}.csv" for table in TABLES)}):
        path = folder / name
        if name not in (MODEL, *(f"{table}.csv" for table in TABLES)):
            raise ModelRefused(folder=str(folder), why="foreign", detail=name)
        if not path.is_file():
            raise ModelRefused(folder=str(folder), why="incomplete", detail=name)
        if _checksum(path) != card["sha256"].get(name):
            raise ModelRefused(folder=str(folder), why="altered", detail=name)


def _load_model(folder: Path) -> dict[str, Any]:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    path = folder / MODEL
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                raise ValueError(f"> {MOST_BYTES} bytes")
        kept = skops.io.load(path, trusted=TRUSTED)
        models = [kept["model"], *kept["replicates"]]
        strange = {str(name) for model in models for name in model.classes_} - set(Y4)
        if strange or not all(hasattr(model, "predict_proba") for model in models):
            raise ValueError(", ".join(sorted(strange)))
    except UntrustedTypesFoundException as cause:
        raise ModelRefused(folder=str(folder), why="untrusted", detail=str(cause)) from cause
    except Exception as cause:  # a file made to harm may break a reader in any way
        raise ModelRefused(folder=str(folder), why="untrusted", detail=type(cause).__name__) from cause
    return kept


def _read_oof(folder: Path) -> pd.DataFrame:
    try:
        oof = pq.read_table(folder / OOF, page_checksum_verification=True).to_pandas()
    except (ValueError, OSError) as cause:
        raise ModelRefused(folder=str(folder), why="altered", detail=OOF) from cause
    if not _are_predictions(oof):
        raise ModelRefused(folder=str(folder), why="foreign", detail=OOF)
    return oof


def _are_predictions(oof: pd.DataFrame) -> bool:
    """Whether a table holds what a test gives: the four outcomes, and their probabilities."""
    if not set(OOF_COLUMNS) <= set(oof.columns) or oof.empty:
        return set(OOF_COLUMNS) <= set(oof.columns)
    p = oof[list(PROBABILITIES)]
    if not all(pd.api.types.is_float_dtype(kind) for kind in p.dtypes):
        return False
    return bool(oof["y4"].isin(Y4).all() and ((p >= -1e-9) & (p <= 1 + 1e-9)).all(axis=None))


def _read_card(folder: Path) -> dict[str, Any]:
    try:
        card = read_stamped(folder / CARD)
    except ValueError as cause:
        raise ModelRefused(folder=str(folder), why=str(cause), detail=CARD) from cause
    if not all(isinstance(card.get(name), kind) for name, kind in NEEDED.items()):
        raise ModelRefused(folder=str(folder), why="foreign", detail=CARD)
    # JSON has no NaN
    card["typical"] = {name: math.nan if value is None else value for name, value in card["typical"].items()}
    return card


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _digest(plain: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


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
