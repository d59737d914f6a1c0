"""Write a sample to CSV files that the profile ``sample`` reads, the way CRMs of the language write them."""

from __future__ import annotations

import os
import pathlib
import shutil
import tempfile

import pandas as pd

from salesinsight.language import load_pack
from salesinsight.schema import PATH, TABLES, Export, takes
from salesinsight.schema.tables import MOMENT

TABLES_WRITTEN = ("turns", "conversations", "people", "attendance", "deals", "events")
WATERMARK_FILE = "WATERMARK.txt"


@takes(export=Export, folder=PATH)
def write_sample(export: Export, folder: str | os.PathLike[str]) -> pathlib.Path:
    """Write the six tables and the watermark.

    Parameters
    ----------
    export : Export
        From `make_sample`.
    folder : path
        Is made when absent; files of an earlier sample are replaced, all at once at the end.

    Returns
    -------
    pathlib.Path
        The folder.

    Notes
    -----
    UTF-8 with one header row; ``;`` and a decimal comma where the language writes numbers so, else
    ``,`` and a point. Times are ISO 8601 with the offset of the export's time zone. What is not known is
    an empty field; a column of which nothing is known is left out.

    Examples
    --------
    >>> import tempfile
    >>> from salesinsight.sample import make_sample, write_sample
    >>> with tempfile.TemporaryDirectory() as place:
    ...     len(list(write_sample(make_sample(n_deals=3), place).iterdir()))
    7
    """
    target = pathlib.Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    decimal = load_pack(export.language).settings["numbers"]["decimal"]
    aside = pathlib.Path(tempfile.mkdtemp(prefix=".writing-", dir=target))
    try:
        for name in TABLES_WRITTEN:
            _for_people(getattr(export, name), name, export.time_zone).to_csv(
                aside / f"{name}.csv",
                index=False,
                sep=";" if decimal == "," else ",",
                decimal=decimal,
                lineterminator="\n",
                encoding="utf-8",
            )
        (aside / WATERMARK_FILE).write_text(f"{export.watermark}\n", encoding="utf-8")
        for path in sorted(aside.iterdir()):
            os.replace(path, target / path.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _for_people(frame: pd.DataFrame, name: str, time_zone: str) -> pd.DataFrame:
    """Write moments in local time with their offset and whole numbers without decimals."""
    done = frame.copy()
    for column in TABLES[name].columns:
        if column.dtype == MOMENT:
            local = done[column.name].dt.tz_convert(time_zone).dt.strftime("%Y-%m-%dT%H:%M:%S%z")
            done[column.name] = local.str.replace(r"(\d\d)$", r":\1", regex=True)
    return done.dropna(axis="columns", how="all") if len(done) else done
