"""Features on a Dask cluster: the parts are given out, and what became of them is gathered."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl

from salesinsight.errors import BadTable, MissingExtra, NoCluster, PartFailed, SalesInsightError
from salesinsight.features.digests import stamp_of
from salesinsight.scale.parts import PART_TURNS, Done, Part, do_part, plan_parts
from salesinsight.scale.storage import open_parquet, put_whole, remove, remove_other_features, url_of
from salesinsight.speech import Trackers

if TYPE_CHECKING:
    import distributed

RETRIES = 2  # of a part, when the storage fails; a lost worker's parts are done again anyway
WAIT_S = 30
DONE = "_done.json"


@dataclasses.dataclass(frozen=True)
class Spread:
    """What a run of `featurize_on` came to.

    Attributes
    ----------
    out : str
        The folder with the features.
    parts, turns, conversations : int
        How many files there are, and of how many turns and conversations.
    measured : int
        Conversations in the parts that had to be measured; the other parts were there already.
    """

    out: str
    parts: int
    turns: int
    conversations: int
    measured: int


def featurize_on(
    cluster: str | distributed.Client,
    path: str,
    out: str,
    language: str = "nl",
    *,
    trackers: Trackers | None = None,
    part_turns: int = PART_TURNS,
    progress: Callable[[int, int], None] | None = None,
) -> Spread:
    """Measure conversations as `salesinsight.featurize` does, spread over the workers of a Dask cluster.

    Parameters
    ----------
    cluster : str or distributed.Client
        The address of the scheduler, such as ``tcp://host:8786``.
    path, out : str
        Parquet files of turns (a file, a folder or a pattern), and the folder for the features, a file per
        part; as paths or fsspec URLs that all workers can reach. ``_done.json`` stands in the folder when all
        is there. The turns of a conversation must stand together; they may run on into the next file.
    language, trackers
        As in `featurize`.
    part_turns : int
        Row groups of a file go to a worker together up to so many turns.
    progress : callable, optional
        Called with the number of turns done so far, and that of all turns.

    Returns
    -------
    Spread
        How much there was to do.

    Raises
    ------
    MissingExtra, NoCluster, OtherWorkers
        When `distributed` is not installed, no scheduler or worker answers, or one would measure otherwise.
    PartFailed
        When a part could not be finished; the others stay. All that `featurize` refuses is refused too.

    Notes
    -----
    A part that is there is left when its turns and all that the numbers hang on are the same, so the same
    call goes on after a failure. Dask gives the parts of a lost worker to another.

    Examples
    --------
    >>> featurize_on("tcp://host:8786", "s3://calls/2026", "s3://features/2026")  # doctest: +SKIP
    Spread(out='s3://features/2026', parts=40, turns=39204417, conversations=812040, measured=812040)
    """
    _refuse_without_extra()
    path, out, stamp = url_of(path), url_of(out), stamp_of(language, trackers)
    given = {"language": language, "trackers": trackers, "stamp": stamp}
    with _connected(cluster) as client:
        plan = client.submit(plan_parts, path, out, part_turns, pure=False)
        parts = _value(plan, path)
        remove(f"{out}/{DONE}")
        # the plan goes along as a task, not as a value: Dask makes it again when its worker is lost
        done = _measured(client, parts, given | {"parts": plan}, progress)
    return _finish(out, parts, done, stamp)


def _refuse_without_extra() -> None:
    if importlib.util.find_spec("distributed") is None:
        raise MissingExtra(extra="cluster")


def _measured(
    client: distributed.Client,
    parts: list[Part],
    given: dict[str, Any],
    progress: Callable[[int, int], None] | None,
) -> list[Done]:
    """What became of all parts, in their order; the first that fails ends it."""
    from distributed import as_completed

    futures = client.map(do_part, range(len(parts)), **given, retries=RETRIES, pure=False)
    place_of = {future.key: place for place, future in enumerate(futures)}
    done: dict[int, Done] = {}
    turns, of = 0, sum(part.turns for part in parts)
    try:
        for future in as_completed(futures, loop=client.loop):
            place = place_of[future.key]
            done[place] = _value(future, parts[place].file)
            turns += parts[place].turns
            if progress:
                progress(turns, of)
    finally:
        client.cancel(futures)
    return [done[place] for place in range(len(parts))]


def _value(future: distributed.Future, file: str) -> Any:
    """What a task returned; a refusal among it is raised here."""
    try:
        value = future.result()
    except Exception as cause:  # of the storage, or a worker that was lost again and again
        raise PartFailed(file=file, cause=f"{type(cause).__name__}: {cause}"[:300]) from cause
    if isinstance(value, SalesInsightError):
        raise value
    return value


def _finish(out: str, parts: list[Part], done: list[Done], stamp: str) -> Spread:
    """Refuse conversations that stand in several parts; else say that all is there."""
    ids = pl.Series(np.concatenate([part.ids for part in done]))
    if ids.n_unique() < len(ids):
        raise BadTable(table="turns", bad=_scattered(parts, done, ids.is_duplicated().to_numpy()))
    remove_other_features(out, [part.target for part in parts])
    turns, conversations = sum(part.turns for part in done), len(ids)
    names = [part.target.removeprefix(f"{out}/") for part in parts]
    facts = {"stamp": stamp, "turns": turns, "conversations": conversations, "parts": names}
    put_whole(f"{out}/{DONE}", json.dumps(facts, indent=2).encode())
    return Spread(out, len(parts), turns, conversations, sum(len(part.ids) for part in done if part.measured))


def _scattered(parts: list[Part], done: list[Done], twice: np.ndarray) -> pd.DataFrame:
    """The conversations that stand in several parts."""
    begin, bad = 0, []
    for part, result in zip(parts, done, strict=True):
        here = np.flatnonzero(twice[begin : begin + len(result.ids)])
        begin += len(result.ids)
        if len(here):
            with open_parquet(part.target) as file:
                ids = file.read(columns=["conversation_id"])["conversation_id"].take(here).to_pylist()
            bad.append(pd.DataFrame({"row": part.file, "column": "conversation_id", "value": ids}))
    return pd.concat(bad, ignore_index=True).assign(
        reason="not with its other turns: sort by conversation_id, turn"
    )


@contextlib.contextmanager
def _connected(cluster: str | distributed.Client) -> Iterator[distributed.Client]:
    """A client of the cluster that has at least one worker."""
    from distributed import Client

    with contextlib.ExitStack() as stack:
        try:
            if isinstance(cluster, str):
                client = stack.enter_context(Client(cluster, timeout=WAIT_S, set_as_default=False))
            else:
                client = cluster
            client.wait_for_workers(1, timeout=WAIT_S)
        except (OSError, ValueError) as cause:  # TimeoutError is an OSError
            raise NoCluster(address=str(cluster), cause=str(cause) or type(cause).__name__) from cause
        yield client
