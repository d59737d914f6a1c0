"""Cleaning what was made from imported tables: ledgers, kept predictions, reports and lists."""

from __future__ import annotations

import contextlib
import dataclasses
import html
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import pandas as pd

from salesinsight.modeling.store import oof_bytes
from salesinsight.retrain.lock import LOCK, one_at_a_time
from salesinsight.writing import write_whole

Reader = Callable[[Path], pd.DataFrame]
Writer = Callable[[pd.DataFrame], bytes]
LEDGER, CUT, PREDICTED = "ledger.csv", "ledger-cut.txt", "oof.parquet"
# what shows words or deals to people; it can be made again
SHOWN = ("report.html", "worklist.csv", "open_deals.csv", "scores.csv")
# what tells that a folder is one that runs are written to
RUNS = (LOCK, LEDGER, "status.json", "current.json")


@dataclasses.dataclass
class Cleaned:
    """What was taken out of folders with runs.

    Attributes
    ----------
    scores : int
        Scores taken out of ledgers.
    removed : list of str
        Reports and lists that are gone.
    unread : list of str
        Files that bear the name of one of ours and could not be read, or have no deals; left as they were.
    """

    scores: int = 0
    removed: list[str] = dataclasses.field(default_factory=list)
    unread: list[str] = dataclasses.field(default_factory=list)


@contextlib.contextmanager
def held(runs: Iterable[Path], beside: Path) -> Iterator[None]:
    """Hold the lock of imported tables, and of folders with runs and every such folder in them.

    Parameters
    ----------
    runs : iterable of path
        Folders with runs, at any depth.
    beside : path
        Folder of imported tables. It is replaced as a whole, so its lock stands beside it.

    Raises
    ------
    RunLocked
        When one of them is held by another.
    """
    places = list(runs)
    inside = {path.parent for place in places for name in RUNS for path in place.rglob(name)}
    folders = {folder.resolve() for folder in (*places, *inside)} | {beside.resolve().parent}
    with contextlib.ExitStack() as locks:
        for folder in sorted(folders):
            locks.enter_context(one_at_a_time(folder))
        yield


def clean_runs(places: Iterable[Path], deals: Collection[str], shown: Collection[str]) -> Cleaned:
    """Take deals out of ledgers and predictions, and remove what shows one of these words to people.

    Parameters
    ----------
    places : iterable of path
        Folders, looked through at any depth.
    deals : collection of str
        Their deal_id.
    shown : collection of str
        Names, ids and codes; capitals don't count.
    """
    done = Cleaned()
    for place in places:
        if deals:
            for path in place.rglob(CUT):  # half a row can't be read, so nobody knows whose it is
                path.unlink(missing_ok=True)
            for path in sorted(place.rglob(LEDGER)):
                done.scores += _without_deals(path, deals, _read_ledger, _ledger_bytes, done)
            for path in sorted(place.rglob(PREDICTED)):
                _without_deals(path, deals, _read_predictions, oof_bytes, done)
        if shown:
            _remove_pages(place, shown, done)
    return done


def _without_deals(path: Path, deals: Collection[str], read: Reader, write: Writer, done: Cleaned) -> int:
    """Take deals out of a table on disk; how many rows went. One that is not ours is left, and told."""
    try:
        rows = read(path)
    except ValueError:  # no such table, no UTF-8, nothing in it
        done.unread.append(str(path))
        return 0
    if "deal_id" not in rows:
        done.unread.append(str(path))
        return 0
    kept = rows[~rows["deal_id"].isin(list(deals))]
    if len(kept) < len(rows):
        write_whole(path, write(kept))
    return len(rows) - len(kept)


def _read_ledger(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _read_predictions(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except OSError as cause:  # how Arrow calls a file that was cut short
        raise ValueError(str(path)) from cause


def _ledger_bytes(rows: pd.DataFrame) -> bytes:
    return rows.to_csv(index=False, lineterminator="\n").encode()


def _remove_pages(place: Path, shown: Collection[str], done: Cleaned) -> None:
    """Remove what was made for people from every folder in which something shows one of these words."""
    words = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(shown))
    pattern = re.compile(words, re.IGNORECASE)
    for folder in sorted({path.parent for name in SHOWN for path in place.rglob(name)}):
        pages = [folder / name for name in SHOWN if (folder / name).is_file()]
        read = [*pages, *(folder / "charts").glob("*.csv")]
        if any(pattern.search(_seen(path)) for path in read):
            for path in pages:
                path.unlink(missing_ok=True)
                done.removed.append(str(path))
            shutil.rmtree(folder / "charts", ignore_errors=True)


def _seen(path: Path) -> str:
    """What a reader of a page or a list sees: no signs of HTML or CSV, whatever else is in the file.

    Examples
    --------
    >>> import tempfile
    >>> page = Path(tempfile.mkdtemp()) / "report.html"
    >>> _ = page.write_bytes(b"\\xff Anouk d&#x27;Argentelle")
    >>> "Anouk d'Argentelle" in _seen(page)
    True
    """
    return html.unescape(path.read_bytes().decode("utf-8", "replace")).replace('""', '"')
