"""The ledger: every score ever shown, to hold against what happens later; rows are added, never changed."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pandas as pd

from salesinsight.errors import LedgerCut, LedgerDamaged
from salesinsight.modeling import worklist
from salesinsight.writing import write_whole

#: Columns of a ledger before it told which deals were on the list.
BEFORE = ["run", "date", "deal_id", "p_won", "p_lost", "p_progress", "p_stalled", "low", "high", "band"]
LEDGER = [*BEFORE, "rank", "listed", "reserved"]
KEY = ["run", "date", "deal_id"]
TYPES = dict.fromkeys(KEY, "str") | {"rank": "Int64", "listed": "boolean", "reserved": "boolean"}
LEDGER_FILE, CUT_FILE = "ledger.csv", "ledger-cut.txt"
LISTED = 10


def check_ledger(models: Path) -> None:
    """Refuse a ledger to which nothing can be added, before any work is done.

    Raises
    ------
    LedgerDamaged
        When its first line is not that of this version or the one before.
    """
    path, header = models / LEDGER_FILE, ",".join(LEDGER)
    if path.exists():
        with path.open("rb") as file:
            first = file.readline(1 + 2 * len(header)).decode("utf-8-sig", "replace")
        # the first line may have been cut short by a full disk; then there is nothing behind it either
        whole = first.strip() in (header, ",".join(BEFORE))
        if not whole and not (header.startswith(first) and "\n" not in first):
            raise LedgerDamaged(file=str(path), expected=header)


def placed(scores: pd.DataFrame, length: int = LISTED) -> pd.DataFrame:
    """Scores with their place among all open deals, and whether they are on the list or held back.

    Parameters
    ----------
    scores : pandas.DataFrame
        From ``run.score``, with ``reserved`` when deals are held back.
    length : int
        Of the list.

    Returns
    -------
    pandas.DataFrame
        With rank (1 is first, those held back counted too), listed and reserved.
    """
    everyone = scores.drop(columns="reserved", errors="ignore")
    rank = worklist(everyone, k=len(scores)).set_index("deal_id")["rank"]
    reserved = scores.get("reserved", False)
    listed = scores["deal_id"].isin(worklist(scores, k=length)["deal_id"])
    return scores.assign(rank=scores["deal_id"].map(rank), listed=listed, reserved=reserved)


def add_to_ledger(models: Path, run: str, scores: pd.DataFrame, date: str) -> LedgerCut | None:
    """Add the scores that are about to be shown to ``ledger.csv``; what stands there stays.

    A score that stands there already (same run, date and deal) is not added twice. A last line that was cut
    short when an earlier run was killed is set aside in ``ledger-cut.txt``. The lock of the folder must
    be held.

    Returns
    -------
    LedgerCut or None
        What to tell when a line was set aside.
    """
    check_ledger(models)
    path = models / LEDGER_FILE
    rows = placed(scores).assign(run=run, date=date)[LEDGER].astype(dict.fromkeys(KEY, str))
    cut = _set_aside(path)
    _extend(path)
    if path.exists():
        known = read_ledger(models)[KEY].astype(str)
        rows = rows[~pd.MultiIndex.from_frame(rows[KEY]).isin(pd.MultiIndex.from_frame(known))]
    empty = not path.exists() or not path.stat().st_size
    text = rows.to_csv(header=empty, index=False, lineterminator="\n")
    with path.open("ab", buffering=0) as file:  # one write: a kill leaves all of it or nothing
        file.write(text.encode())
    return cut


def _set_aside(path: Path) -> LedgerCut | None:
    """Take off a last line that was cut short; unless it is a piece of the first, it is kept beside."""
    whole = path.read_bytes() if path.exists() else b""
    end = whole.rfind(b"\n") + 1
    if end == len(whole):
        return None
    beside = path.with_name(CUT_FILE)
    if end:
        with beside.open("ab", buffering=0) as file:
            file.write(whole[end:] + b"\n")
    os.truncate(path, end)
    return LedgerCut(file=str(path), beside=str(beside)) if end else None


def _extend(path: Path) -> None:
    """Give the rows of a ledger of the version before the columns of this one, empty."""
    header = (",".join(BEFORE) + "\n").encode()
    whole = path.read_bytes().replace(b"\r\n", b"\n") if path.exists() else b""
    whole = whole.removeprefix(b"\xef\xbb\xbf")
    if whole.startswith(header):
        empty = b"," * (len(LEDGER) - len(BEFORE)) + b"\n"
        rows = whole.removeprefix(header).replace(b"\n", empty)
        write_whole(path, (",".join(LEDGER) + "\n").encode() + rows)


def read_ledger(models: Path) -> pd.DataFrame:
    """The ledger as a table; empty when there is none. A last line that was cut short is left out.

    ``rank``, ``listed`` and ``reserved`` are missing for scores of before they were kept.
    """
    path = models / LEDGER_FILE
    whole = path.read_bytes() if path.exists() else b""
    whole = whole[: whole.rfind(b"\n") + 1]
    if not whole:
        return pd.DataFrame(columns=LEDGER)
    rows = pd.read_csv(io.BytesIO(whole), dtype=TYPES)
    return rows.reindex(columns=[*rows.columns, *(name for name in LEDGER if name not in rows)])
