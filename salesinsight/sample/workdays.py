"""The clock of the invented world: time runs on working days only, from 08:00 to 17:30.

Process time is counted in working days since `ORIGIN`; nothing happens at night or at the weekend.
Public holidays are ignored.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from salesinsight.schema.tables import MOMENT

ORIGIN = np.datetime64("2025-04-28", "D")
AS_OF = pd.Timestamp("2026-06-29 07:00", tz="Europe/Amsterdam")
TIME_ZONE = "Europe/Amsterdam"
OPENS_S, OPEN_FOR_S = 8 * 3600, int(9.5 * 3600)
SPAN = float(np.busday_count(ORIGIN, np.datetime64("2026-06-29", "D")))


def clock(working_days: np.ndarray | float) -> np.ndarray:
    """Local time of a moment in process time.

    Examples
    --------
    >>> clock(np.array([0.0, 4.5, 5.0]))
    array(['2025-04-28T08:00:00', '2025-05-02T12:45:00', '2025-05-05T08:00:00'],
          dtype='datetime64[s]')
    """
    working_days = np.asarray(working_days, dtype=float)
    whole = np.floor(working_days)
    day = np.busday_offset(ORIGIN, whole.astype(int)).astype("datetime64[s]")
    seconds = OPENS_S + np.round((working_days - whole) * OPEN_FOR_S).astype(int)
    return day + seconds.astype("timedelta64[s]")


def working_days(local: np.ndarray) -> np.ndarray:
    """Process time of a local time; nights and weekends count for nothing.

    Examples
    --------
    >>> working_days(np.array(["2025-05-03T11:00", "2025-05-05T07:00", "2025-05-05T12:45"], "datetime64[s]"))
    array([5. , 5. , 5.5])
    """
    day = local.astype("datetime64[D]")
    seconds = (local - day).astype("timedelta64[s]").astype(float)
    part = np.clip((seconds - OPENS_S) / OPEN_FOR_S, 0.0, 1.0)
    return np.busday_count(ORIGIN, day) + np.where(np.is_busday(day), part, 0.0)


def to_moment(local: np.ndarray | pd.Series) -> pd.Series:
    """Local times as moments of the tables: time-zone aware, in UTC."""
    aware = pd.Series(local).dt.tz_localize(TIME_ZONE, nonexistent="shift_forward", ambiguous=True)
    return aware.dt.tz_convert("UTC").astype(MOMENT)


def to_local(moments: pd.Series) -> np.ndarray:
    """Moments as local times without zone."""
    aware = pd.to_datetime(pd.Series(moments), utc=True).dt.tz_convert(TIME_ZONE)
    return aware.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
