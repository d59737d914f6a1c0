"""What became of comparable deals: those of the past in which the same move was called for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from salesinsight.deals.shares import wilson
from salesinsight.modeling.moves import DEFAULT, fired_rules
from salesinsight.modeling.splits import required

if TYPE_CHECKING:
    from salesinsight.deals import Dataset

COLUMNS = ["move", "stage", "n", "stalled", "low", "high"]
#: With fewer comparable deals than this nothing is said about what became of them.
LEAST_DEALS = 10


def comparable_deals(data: Dataset) -> pd.DataFrame:
    """Count, per move and stage, the deals of the past in which the move was called for and that stalled.

    Parameters
    ----------
    data : Dataset
        Closed windows.

    Returns
    -------
    pandas.DataFrame
        move; stage (None: all stages); n (deals); stalled (of these); low and high: the 95 % interval of
        the number of stalled ones among `n`. No rows without deals.

    Notes
    -----
    A deal counts once per move and stage, at the first landmark at which the rule held: a deal that drags on
    has more landmarks, and would otherwise count for more. Deals of one customer are hardly more than one
    observation: Wilson's interval takes the number of accounts as its n. The rules learn nothing from these
    rows, so that counting on them is out of sample. It is an association: nobody knows who made the move.

    Examples
    --------
    >>> import salesinsight as si
    >>> counts = comparable_deals(si.make_dataset(si.make_sample(n_deals=30)))
    >>> bool((counts["stalled"] <= counts["high"]).all())
    True
    """
    moves = [
        {rule.move for rule in fired} or {DEFAULT} for fired in fired_rules(data.X, data.info)
    ]  # one row per landmark
    rows = pd.DataFrame(
        {
            "move": [sorted(called_for) for called_for in moves],
            "stage": data.info["stage"].to_numpy(dtype=object),
            "deal": data.X.index.get_level_values("deal_id"),
            "at": data.X.index.get_level_values("landmark_at"),
            "account": data.groups.to_numpy(dtype=object),
            "stalled": required(data.y).to_numpy(dtype=float),
        }
    ).explode("move")
    rows = rows.dropna(subset=["move"]).sort_values(["at", "deal"], kind="stable")
    counted = [
        _count(part.drop_duplicates("deal"), move, stage)
        for within, keys in (([], ["move"]), (["stage"], ["move", "stage"]))
        for (move, *stages), part in rows.dropna(subset=within).groupby(keys, sort=True)
        for stage in [stages[0] if stages else None]
    ]
    # as objects: pandas would make the stage None, which stands for all of them, a missing string
    return pd.DataFrame(counted, columns=COLUMNS, dtype=object)


def look_up_comparable(counts: list[dict[str, Any]], move: str, stage: Any) -> dict[str, Any] | None:
    """The counts of one move: of deals in the same stage where these are enough, else of all stages.

    Parameters
    ----------
    counts : list of dict
        `comparable_deals` as records, from the card of a run.
    move : str
        Key of the move.
    stage : str or missing
        The stage that the deal is in.

    Returns
    -------
    dict or None
        As the row, with ``enough``: whether there are at least `LEAST_DEALS`. None when there are none.

    Examples
    --------
    >>> row = {"move": "ask_step", "stage": None, "n": 14, "stalled": 9, "low": 5, "high": 12}
    >>> look_up_comparable([row], "ask_step", "offerte")["enough"]
    True
    """
    known = {row["stage"]: row for row in counts if row["move"] == move}
    same = known.get(None if pd.isna(stage) else stage)
    found = same if same is not None and same["n"] >= LEAST_DEALS else known.get(None)
    return None if found is None else {**found, "enough": found["n"] >= LEAST_DEALS}


def _count(deals: pd.DataFrame, move: str, stage: str | None) -> dict[str, Any]:
    n, stalled, accounts = len(deals), int(deals["stalled"].sum()), deals["account"].nunique()
    low, high = wilson(stalled / n * accounts, accounts)
    # in whole deals, outwards: a count of 7.2 to 10.8 lets 7 and 11 be
    ends = {"low": int(np.floor(low * n)), "high": int(np.ceil(high * n))}
    return {"move": move, "stage": stage, "n": n, "stalled": stalled, **ends}
